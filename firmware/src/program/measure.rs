//! Classifies a data set on the host and logs one line of results.

use sinapse_firmware::count::Stopwatch;
use sinapse_firmware::dataset::{Answer, evaluate};
use sinapse_firmware::idx::IdxError;

use crate::board::Board;
use crate::host::{File, Files, Path};
use crate::model::Net;
use crate::refuse::refuse;
use crate::stack;

/// Classifies all pictures of two IDX files; logs `result {…}` in JSON as its last line.
pub fn dataset(board: Board, network: &Net, files: &Files) {
    let stopwatch = Stopwatch::new(board.counter);
    let mut scratch = Net::SCRATCH;
    let tally = evaluate(open(&files.images), open(&files.labels), |pixels| {
        let (answer, cost) = stopwatch.measure(|| network.classify(pixels, &mut scratch));
        Answer { class: answer.class, logits: answer.scores, cost }
    });
    let tally = match tally {
        Ok(tally) => tally,
        Err(reason) => refuse_files(reason, files),
    };
    let stack_bytes = stack::deepest_bytes();
    defmt::println!(
        "result {{\"images\":{=u32},\"correct\":{=u32},\"logits_crc32\":\"{=u32:08x}\",\
         \"unit\":\"{=str}\",\"mean\":{=u32},\"max\":{=u32},\"stack_bytes\":{=usize}}}",
        tally.images,
        tally.correct,
        tally.logits_crc32,
        stopwatch.unit().name(),
        tally.cost_mean,
        tally.cost_max,
        stack_bytes
    );
}

fn text(path: &Path) -> &str {
    path.as_c_str().to_str().unwrap_or("?")
}

fn open(path: &Path) -> File {
    match File::open(path) {
        Some(file) => file,
        None => refuse!("{=str}: the host cannot open this file", text(path)),
    }
}

/// Ends the program with a message that names the file, what was found in it and what was expected.
fn refuse_files(reason: IdxError, files: &Files) -> ! {
    let (images, labels) = (text(&files.images), text(&files.labels));
    match reason {
        IdxError::WrongMagic { found, expected } => {
            refuse!(
                "{=str}, {=str}: an IDX file starts with {=u32:#010x}, \
                 expected {=u32:#010x} (0x803 pictures, 0x801 labels)",
                images,
                labels,
                found,
                expected
            )
        }
        IdxError::WrongSize { height, width, pixels } => {
            refuse!(
                "{=str}: pictures of {=u32} x {=u32} pixels, but the network reads {=u32}",
                images,
                height,
                width,
                pixels
            )
        }
        IdxError::Truncated { found, expected } => {
            refuse!(
                "{=str}, {=str}: a file ends after {=u32} of {=u32} pictures or labels",
                images,
                labels,
                found,
                expected
            )
        }
        IdxError::NoHeader => refuse!("{=str}, {=str}: a file ends within its header", images, labels),
        IdxError::CountsDiffer { images: count, labels: other } => {
            refuse!(
                "{=str} has {=u32} pictures, {=str} has {=u32} labels: expected equal numbers",
                images,
                count,
                labels,
                other
            )
        }
        IdxError::LabelTooLarge { index, found } => {
            refuse!("{=str}: label {=u32} is {=u8}, expected 0 to 9", labels, index, found)
        }
        IdxError::Empty => refuse!("{=str}: no pictures", images),
        IdxError::Unreadable => refuse!("{=str}, {=str}: the host could not read a file", images, labels),
    }
}

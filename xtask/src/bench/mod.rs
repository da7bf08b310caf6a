//! `cargo xtask bench`: what layers and models cost on each core, with results checked while measuring.

pub mod count;
mod document;
mod host;
mod row;
pub mod work;

use std::path::Path;

use sinapse::crc::Crc32;
use sinapse_trainer::data::{self as datasets, Dataset, Images, Part};
use sinapse_trainer::model::{Blob, Model};

use crate::bench::row::Row;
use crate::bench::work::Work;
use crate::data::{self, TestFiles};
use crate::machine::{MACHINES, Machine};
use crate::{Failure, firmware, shell, target_eval};

/// Images that every figure is the mean over.
const IMAGES: usize = 1000;
/// The same with `--quick`.
const QUICK_IMAGES: usize = 100;

/// Arguments of `bench`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Print a JSON list of rows, and write no document.
    #[arg(long)]
    json: bool,
    /// 100 images instead of 1,000, on the Cortex-M4 alone, and write no document.
    #[arg(long)]
    quick: bool,
}

/// The quick measurement, whose results are checked: for `cargo xtask test`.
///
/// # Errors
///
/// As [`run`].
pub fn quick() -> Result<(), Failure> {
    run(Arguments { json: false, quick: true })
}

/// Runs the command.
///
/// # Errors
///
/// A failed set-up, a guest that complains, or logits that differ from those of this computer.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let source = datasets::locate(None)?;
    let mut test = datasets::load(&source, Part::Test)?;
    let count = test.labels.len().min(if arguments.quick { QUICK_IMAGES } else { IMAGES });
    test.labels.truncate(count);
    test.images.pixels.truncate(count * test.images.width * test.images.height);
    test.images.count = count;
    // The document must not name folders of this computer.
    let data = if source == datasets::Source::Drawn { source.to_string() } else { "MNIST".into() };
    let note = format!("the first {count} test images of {data}");

    let plugin = count::build()?;
    // One machine a core: another with the same executes the same instructions.
    let distinct =
        |&(index, machine): &(usize, &Machine)| MACHINES[..index].iter().all(|other| other.short != machine.short);
    let machines: Vec<&Machine> = MACHINES.iter().enumerate().filter(distinct).map(|(_, machine)| machine).collect();
    let machines = if arguments.quick { &machines[..1] } else { &machines };
    let mut rows = Vec::new();
    for work in work::all()? {
        for machine in machines {
            eprintln!("{} on {}", work.name, machine.name);
            rows.push(measure(&work, machine, &test, &note, &plugin)?);
        }
    }
    if !arguments.quick {
        rows.push(host::measure(&test)?);
    }

    if arguments.json {
        println!("{}", serde_json::to_string(&rows)?);
    } else {
        print!("{}", document::table(&rows));
    }
    if !arguments.json && !arguments.quick {
        let path = shell::root().join("docs").join("performance.md");
        data::write(&path, document::of(&rows, &note).as_bytes())?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

fn measure(work: &Work, machine: &'static Machine, test: &Dataset, note: &str, plugin: &Path) -> Result<Row, Failure> {
    let firmware = firmware::build(machine, &work.blob)?;
    // An input without zeros: nothing can be skipped.
    let full = Images { pixels: vec![255; test.images.width * test.images.height], count: 1, ..test.images };
    let dense = Dataset { images: full, labels: vec![0] };
    let mut counted = Vec::new();
    let mut last = None;
    for images in [test, &dense] {
        let files: TestFiles = data::write_files(&images.images, &images.labels, note.to_owned())?;
        let regions = count::Regions::new(plugin)?;
        let report = target_eval::evaluate_files(machine, &firmware, &work.blob, &files, Some(regions.argument()))?;
        let expected = checksum(&work.blob, &images.images)?;
        if report.logits_crc32 != expected {
            let (name, found) = (machine.name, &report.logits_crc32);
            return Err(format!("{} on {name}: logits CRC-32 {found}, expected {expected}", work.name).into());
        }
        counted.push(regions.read(images.labels.len())?);
        last = Some(report);
    }
    let report = last.ok_or("nothing was measured")?;
    Ok(Row::of_device(work, machine, &counted[0], &counted[1], &report))
}

/// CRC-32 of the logits that this computer gives.
fn checksum(blob: &Path, images: &Images) -> Result<String, Failure> {
    let blob = Blob::read(blob)?;
    let model = Model::load(&blob)?;
    let mut crc = Crc32::new();
    model.scores_of_all(&images.pixels).iter().for_each(|scores| scores.checksum(&mut crc));
    Ok(format!("{:08x}", crc.finish()))
}

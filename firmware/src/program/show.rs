//! The bare-metal loop: a picture in, a digit out.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;
use embedded_io::Write;
use sinapse_firmware::count::Stopwatch;
use sinapse_firmware::idx::{IdxError, Images};
use sinapse_firmware::text_art;

use crate::board::Board;
use crate::model::{HEIGHT, Net, WIDTH};
use crate::refuse::refuse;
use crate::stack;

/// One picture of each class, 0 to 9, as an IDX file.
static PICTURES: &[u8] = include_bytes!("../../digits.idx");

/// Pause after each digit, in milliseconds, so that a person can follow.
const PAUSE_MS: u32 = 100;

/// Classifies the compiled-in digits, one after the other.
///
/// Each is logged as text art; its class goes to the serial port as one character, `?` if the network is not confident.
/// The LED is on while the network is confident.
pub fn digits(mut board: Board, network: &Net) {
    let stopwatch = Stopwatch::new(board.counter);
    let mut images = match Images::open(PICTURES) {
        Ok(images) => images,
        Err(IdxError::WrongSize { height, width, .. }) => refuse!(
            "the compiled-in digits have {=u32} x {=u32} pixels, but the network reads {=usize} x {=usize}; \
             give it files by --images and --labels",
            height,
            width,
            HEIGHT,
            WIDTH
        ),
        Err(_) => refuse!("the compiled-in digits are not an IDX file of pictures"),
    };
    let mut pixels = [0; HEIGHT * WIDTH]; // [HEIGHT][WIDTH], one picture
    let mut scratch = Net::SCRATCH; // all the RAM that the network works in
    let (mut shown, mut correct) = (0, 0);

    while let Ok(true) = images.read(&mut pixels) {
        let (answer, cost) = stopwatch.measure(|| network.classify(&pixels, &mut scratch));
        let known = network.known_class(&answer, &pixels).is_some();

        for line in text_art::lines(&pixels, WIDTH) {
            defmt::println!("{=str}", line.as_str());
        }
        let (unit, sure) = (stopwatch.unit().name(), if known { "" } else { ", unknown" });
        defmt::println!(
            "read as {=usize}{=str}: margin {}, {=u32} {=str}",
            answer.class,
            sure,
            answer.margin,
            cost,
            unit
        );
        defmt::debug!("{}", answer); // all logits, if built with DEFMT_LOG=debug
        let _ = board.led.set_state(known.into()); // cannot fail
        let _ = board.serial.write_all(&[if known { b'0' + answer.class as u8 } else { b'?' }]); // cannot fail
        board.delay.delay_ms(PAUSE_MS);

        correct += u32::from(answer.class == shown);
        shown += 1;
    }
    let _ = board.serial.write_all(b"\r\n"); // cannot fail
    defmt::println!("{=u32} of {=usize} digits right, {=usize} bytes of stack", correct, shown, stack::deepest_bytes());
}

//! ESP32-C3: reads a picture of a digit once a second, and prints the digit and the time that it took.
#![no_std]
#![no_main]

use esp_backtrace as _;
use esp_hal::time::{Duration, Instant};
use esp_println::println;
use sinapse::ScratchOf;
use static_cell::ConstStaticCell;

// The type `Digits` and the static `DIGITS`: checked while building, nothing is loaded at start.
sinapse::include_network!(static DIGITS: Digits = "../../models/digits.postcard");

/// The network's working memory: the linker counts it, and `take` hands it out once.
static SCRATCH: ConstStaticCell<ScratchOf<Digits>> = ConstStaticCell::new(Digits::SCRATCH);

/// 28 × 28 pixels, ink 255 on background 0. A camera's picture would first go through `sinapse::picture::normalize`.
static PICTURE: &[u8; 784] = include_bytes!("../../seven.pgm").last_chunk().unwrap();

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_hal::main]
fn main() -> ! {
    esp_hal::init(esp_hal::Config::default());
    let scratch = SCRATCH.take();
    loop {
        let start = Instant::now();
        let answer = DIGITS.classify(PICTURE, scratch);
        let time = start.elapsed().as_micros();
        match DIGITS.is_confident(&answer) {
            true => println!("{}, by a margin of {}, in {time} µs", answer.class, answer.margin),
            false => println!("unknown, in {time} µs"),
        }
        while start.elapsed() < Duration::from_secs(1) {}
    }
}

//! ESP32-C3: reads a picture of a digit once a second, and prints the digit and the time that it took.
#![no_std]
#![no_main]

use esp_backtrace as _;
use esp_hal::time::{Duration, Instant};
use esp_println::println;
use sinapse::layer::downscale::Half;
use sinapse::{Dense, Downscale, I4, Identity, Network, Pixel, Relu, ScratchOf, U4, include_model, layers};
use static_cell::ConstStaticCell;

type Digits = Network<
    layers![
        Downscale<784, 28, 2, Half, 144, U4>,
        Dense<'static, 144, 112, Pixel<U4>, I4, Relu<U4>>,
        Dense<'static, 112, 48, U4, I4, Relu<U4>>,
        Dense<'static, 48, 10, U4, I4, Identity>,
    ],
>;

/// The network's working memory: the linker counts it, and `take` hands it out once.
static SCRATCH: ConstStaticCell<ScratchOf<Digits>> = ConstStaticCell::new(Digits::SCRATCH);

/// 28 × 28 pixels, ink 255 on background 0. A camera's picture would first go through `sinapse::picture::normalize`.
static PICTURE: &[u8; 784] = include_bytes!("../../seven.pgm").last_chunk().unwrap();

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_hal::main]
fn main() -> ! {
    esp_hal::init(esp_hal::Config::default());
    let network = Digits::load(include_model!(Digits, "../../../models/digits.postcard")).unwrap(); // once
    let scratch = SCRATCH.take();
    loop {
        let start = Instant::now();
        let answer = network.classify(PICTURE, scratch);
        let time = start.elapsed().as_micros();
        match network.is_confident(&answer) {
            true => println!("{}, by a margin of {}, in {time} µs", answer.class, answer.margin),
            false => println!("unknown, in {time} µs"),
        }
        while start.elapsed() < Duration::from_secs(1) {}
    }
}

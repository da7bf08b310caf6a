//! micro:bit v2 with Embassy: a task that a button's interrupt wakes and the main loop share one DIGITS.
#![no_std]
#![no_main]

use defmt_rtt as _;
use embassy_nrf::gpio::{Input, Pull};
use embassy_time::Timer;
use panic_halt as _;
use sinapse::ScratchOf;
use static_cell::ConstStaticCell;

// The type `Digits` and the static `DIGITS`: checked while building, nothing is loaded at start.
sinapse::include_network!(static DIGITS: Digits = "../../models/digits.postcard");

/// A scratch for each user of the network, which is shared: classifying changes nothing but the scratch.
static LOOP_SCRATCH: ConstStaticCell<ScratchOf<Digits>> = ConstStaticCell::new(Digits::SCRATCH);
static BUTTON_SCRATCH: ConstStaticCell<ScratchOf<Digits>> = ConstStaticCell::new(Digits::SCRATCH);

/// 28 × 28 pixels, ink 255 on background 0. A camera's picture would first go through `sinapse::picture::normalize`.
static PICTURE: &[u8; 784] = include_bytes!("../../seven.pgm").last_chunk().unwrap();

/// Reads the picture whenever button A is pressed.
#[embassy_executor::task]
async fn on_button(mut button: Input<'static>, scratch: &'static mut ScratchOf<Digits>) {
    loop {
        button.wait_for_falling_edge().await;
        let answer = DIGITS.classify(PICTURE, scratch);
        defmt::info!("button: {}, by a margin of {}", answer.class, answer.margin);
    }
}

#[embassy_executor::main]
async fn main(spawner: embassy_executor::Spawner) {
    let board = embassy_nrf::init(Default::default());
    let button = Input::new(board.P0_14, Pull::Up);
    spawner.spawn(on_button(button, BUTTON_SCRATCH.take()).unwrap());
    let scratch = LOOP_SCRATCH.take();
    loop {
        let answer = DIGITS.classify(PICTURE, scratch);
        defmt::info!("loop: {}, confident: {}", answer.class, DIGITS.is_confident(&answer));
        Timer::after_secs(1).await;
    }
}

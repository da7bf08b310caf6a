//! micro:bit v2 with Embassy: a task that a button's interrupt wakes and the main loop share one network.
#![no_std]
#![no_main]

use defmt_rtt as _;
use embassy_nrf::gpio::{Input, Pull};
use embassy_time::Timer;
use panic_halt as _;
use sinapse::layer::downscale::Half;
use sinapse::{Dense, Downscale, I4, Identity, Network, Pixel, Relu, ScratchOf, U4, include_model, layers};
use static_cell::{ConstStaticCell, StaticCell};

type Digits = Network<
    layers![
        Downscale<784, 28, 2, Half, 144, U4>,
        Dense<'static, 144, 112, Pixel<U4>, I4, Relu<U4>>,
        Dense<'static, 112, 48, U4, I4, Relu<U4>>,
        Dense<'static, 48, 10, U4, I4, Identity>,
    ],
>;

/// Loaded once, and then shared by everyone: classifying changes nothing but the scratch.
static NETWORK: StaticCell<Digits> = StaticCell::new();

/// A scratch for each user of it.
static LOOP_SCRATCH: ConstStaticCell<ScratchOf<Digits>> = ConstStaticCell::new(Digits::SCRATCH);
static BUTTON_SCRATCH: ConstStaticCell<ScratchOf<Digits>> = ConstStaticCell::new(Digits::SCRATCH);

/// 28 × 28 pixels, ink 255 on background 0. A camera's picture would first go through `sinapse::picture::normalize`.
static PICTURE: &[u8; 784] = include_bytes!("../../seven.pgm").last_chunk().unwrap();

/// Reads the picture whenever button A is pressed.
#[embassy_executor::task]
async fn on_button(mut button: Input<'static>, network: &'static Digits, scratch: &'static mut ScratchOf<Digits>) {
    loop {
        button.wait_for_falling_edge().await;
        let answer = network.classify(PICTURE, scratch);
        defmt::info!("button: {}, by a margin of {}", answer.class, answer.margin);
    }
}

#[embassy_executor::main]
async fn main(spawner: embassy_executor::Spawner) {
    let board = embassy_nrf::init(Default::default());
    let button = Input::new(board.P0_14, Pull::Up);
    let network: &Digits =
        NETWORK.init(Digits::load(include_model!(Digits, "../../../models/digits.postcard")).unwrap());
    spawner.spawn(on_button(button, network, BUTTON_SCRATCH.take()).unwrap());
    let scratch = LOOP_SCRATCH.take();
    loop {
        let answer = network.classify(PICTURE, scratch);
        defmt::info!("loop: {}, confident: {}", answer.class, network.is_confident(&answer));
        Timer::after_secs(1).await;
    }
}

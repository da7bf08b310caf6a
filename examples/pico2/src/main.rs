//! Raspberry Pi Pico 2: reads a picture of a digit and blinks it: seven times for a seven, ten times if unknown.
#![no_std]
#![no_main]

use embedded_hal::{delay::DelayNs, digital::OutputPin};
use panic_halt as _;
use rp235x_hal::{self as hal, clocks::init_clocks_and_plls};
use sinapse::ScratchOf;
use static_cell::ConstStaticCell;

// The type `Digits` and the static `DIGITS`: checked while building, nothing is loaded at start.
sinapse::include_network!(static DIGITS: Digits = "../../models/digits.postcard");

/// The network's working memory: the linker counts it, and `take` hands it out once.
static SCRATCH: ConstStaticCell<ScratchOf<Digits>> = ConstStaticCell::new(Digits::SCRATCH);

/// 28 × 28 pixels, ink 255 on background 0. A camera's picture would first go through `sinapse::picture::normalize`.
static PICTURE: &[u8; 784] = include_bytes!("../../seven.pgm").last_chunk().unwrap();

#[unsafe(link_section = ".start_block")]
#[used]
static IMAGE_DEF: hal::block::ImageDef = hal::block::ImageDef::secure_exe();

#[hal::entry]
fn main() -> ! {
    let mut p = hal::pac::Peripherals::take().unwrap();
    let mut watchdog = hal::Watchdog::new(p.WATCHDOG);
    let reset = &mut p.RESETS;
    let clocks = init_clocks_and_plls(12_000_000, p.XOSC, p.CLOCKS, p.PLL_SYS, p.PLL_USB, reset, &mut watchdog);
    let mut timer = hal::Timer::new_timer0(p.TIMER0, reset, &clocks.ok().unwrap());
    let sio = hal::Sio::new(p.SIO);
    let pins = hal::gpio::Pins::new(p.IO_BANK0, p.PADS_BANK0, sio.gpio_bank0, reset);
    let mut led = pins.gpio25.into_push_pull_output();

    let scratch = SCRATCH.take();
    loop {
        let answer = DIGITS.classify(PICTURE, scratch);
        let blinks = if DIGITS.is_confident(&answer) { answer.class } else { 10 };
        for _ in 0..blinks {
            led.set_high().unwrap();
            timer.delay_ms(200);
            led.set_low().unwrap();
            timer.delay_ms(300);
        }
        timer.delay_ms(2_000);
    }
}

//! STM32F411: takes pictures of 28 × 28 bytes from a serial line (PA9, PA10, 115,200 baud) and answers with the digit.
#![no_std]
#![no_main]

use nb::block;
use panic_halt as _;
use sinapse::ScratchOf;
use static_cell::ConstStaticCell;
use stm32f4xx_hal::{pac, prelude::*, rcc, serial::Config};

// The type `Digits` and the static `DIGITS`: checked while building, nothing is loaded at start.
sinapse::include_network!(static DIGITS: Digits = "../../models/digits.postcard");

/// The network's working memory: the linker counts it, and `take` hands it out once.
static SCRATCH: ConstStaticCell<ScratchOf<Digits>> = ConstStaticCell::new(Digits::SCRATCH);

/// The picture being received, ink 255 on background 0, row by row.
static PICTURE: ConstStaticCell<[u8; 784]> = ConstStaticCell::new([0; 784]);

#[cortex_m_rt::entry]
fn main() -> ! {
    let chip = pac::Peripherals::take().unwrap();
    let mut rcc = chip.RCC.freeze(rcc::Config::hsi().sysclk(96.MHz()));
    let pins = chip.GPIOA.split(&mut rcc);
    let config = Config::default().baudrate(115_200.bps());
    let mut line = chip.USART1.serial((pins.pa9, pins.pa10), config, &mut rcc).unwrap();

    let (scratch, picture) = (SCRATCH.take(), PICTURE.take());
    loop {
        for pixel in picture.iter_mut() {
            *pixel = block!(line.read()).unwrap_or(0);
        }
        let answer = DIGITS.classify(picture, scratch);
        let digit = if DIGITS.is_confident(&answer) { b'0' + answer.class as u8 } else { b'?' };
        for byte in [digit, b'\n'] {
            block!(line.write(byte)).unwrap();
        }
    }
}

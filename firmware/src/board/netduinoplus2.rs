//! Netduino Plus 2: STM32F405 (Cortex-M4F, 168 MHz).
//!
//! Source: STMicroelectronics, RM0090 "STM32F405/415 reference manual" (RCC, FLASH, GPIO, USART). QEMU has the USART and the
//! timer; it takes what is written to the clock and the pins, and answers 0.
#![allow(unsafe_code)] // addresses of registers

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write;

use super::register::Register;
use super::systick::{CorePeripherals, Cost, Delay};

/// The register at an offset in a block of the board.
const fn register(block: Block, offset: u32) -> Register {
    // SAFETY: blocks and offsets of this file are those of the manual; none of these peripherals writes memory.
    unsafe { Register::at(block as u32 + offset) }
}

/// Peripherals in use.
#[derive(Clone, Copy)]
enum Block {
    Usart1 = 0x4001_1000,
    GpioA = 0x4002_0000,
    Clocks = 0x4002_3800,
    Flash = 0x4002_3C00,
}

const USART_STATE: Register = register(Block::Usart1, 0x00);
const USART_DATA: Register = register(Block::Usart1, 0x04);
const USART_BAUD: Register = register(Block::Usart1, 0x08);
const USART_CONTROL: Register = register(Block::Usart1, 0x0C);

const GPIO_MODES: Register = register(Block::GpioA, 0x00);
const GPIO_SET_CLEAR: Register = register(Block::GpioA, 0x18);
const GPIO_FUNCTIONS: Register = register(Block::GpioA, 0x24);

const CLOCK_CONTROL: Register = register(Block::Clocks, 0x00);
const CLOCK_MULTIPLIER: Register = register(Block::Clocks, 0x04);
const CLOCK_CONFIGURATION: Register = register(Block::Clocks, 0x08);
const CLOCK_OF_PORTS: Register = register(Block::Clocks, 0x30);
const CLOCK_OF_PERIPHERALS: Register = register(Block::Clocks, 0x44);

const FLASH_ACCESS: Register = register(Block::Flash, 0x00);

/// The core's clock, in MHz.
const CORE_MHZ: u32 = 168;
/// Half of it is the USART's.
const BAUD: u32 = CORE_MHZ / 2 * 1_000_000 / 115_200;
/// The blue LED is at A10.
const LED: u32 = 10;

/// The board, as the rest of the firmware sees it.
pub struct Board {
    /// USART1 at A9, 115,200 baud.
    pub serial: Serial,
    /// The blue LED.
    pub led: Led,
    /// Busy waiting.
    pub delay: Delay,
    /// Counter of cycles or instructions.
    pub counter: Cost,
}

impl Board {
    /// Sets up the board; `None` on the second call.
    pub fn take() -> Option<Self> {
        let core = cortex_m::Peripherals::take()?;
        run_at_full_speed();
        CLOCK_OF_PORTS.write(1); // A
        CLOCK_OF_PERIPHERALS.write(1 << 4); // USART1
        GPIO_FUNCTIONS.write(7 << 4); // A9 is the USART's
        GPIO_MODES.write(0xA800_0000 | 0b01 << (2 * LED) | 0b10 << 18); // the debugger's pins stay as they are
        USART_BAUD.write(BAUD);
        USART_CONTROL.write(1 << 13 | 1 << 3); // on, transmit
        let core = CorePeripherals { syst: core.SYST, dwt: core.DWT, dcb: core.DCB };
        let (counter, delay) = Cost::start(core, CORE_MHZ);
        Some(Board { serial: Serial(()), led: Led(()), delay, counter })
    }
}

/// From the 16 MHz of the internal oscillator to 168 MHz.
fn run_at_full_speed() {
    FLASH_ACCESS.write(0x705); // five waits, both caches, prefetch
    CLOCK_MULTIPLIER.write(7 << 24 | 168 << 6 | 8); // 16 MHz / 8 · 168 / 2
    CLOCK_CONTROL.write(CLOCK_CONTROL.read() | 1 << 24);
    // It is ready after 0.3 ms at most; an emulator has none to wait for.
    for _ in 0..10_000 {
        if CLOCK_CONTROL.read() & 1 << 25 != 0 {
            break;
        }
    }
    CLOCK_CONFIGURATION.write(0b100 << 13 | 0b101 << 10 | 0b10); // peripherals at a half and a quarter
}

/// The serial port, to send.
pub struct Serial(());

impl embedded_io::ErrorType for Serial {
    type Error = Infallible;
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            while USART_STATE.read() & 1 << 7 == 0 {} // the transmit register is full
            USART_DATA.write(u32::from(byte));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while USART_STATE.read() & 1 << 6 == 0 {} // not all is sent
        Ok(())
    }
}

/// The blue LED.
pub struct Led(());

impl ErrorType for Led {
    type Error = Infallible;
}

impl OutputPin for Led {
    fn set_low(&mut self) -> Result<(), Infallible> {
        GPIO_SET_CLEAR.write(1 << (16 + LED));
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        GPIO_SET_CLEAR.write(1 << LED);
        Ok(())
    }
}

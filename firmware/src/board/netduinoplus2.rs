//! Netduino Plus 2: STM32F405 (Cortex-M4F, 168 MHz).
//!
//! Source: STMicroelectronics, RM0090 "STM32F405/415 reference manual" (RCC, FLASH, GPIO, USART). QEMU emulates
//! USART and timer; its clock and pin registers ignore writes and read as 0.
#![allow(unsafe_code)] // addresses of registers

use core::convert::Infallible;

use defmt_semihosting as _; // the logger
use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write;

use super::register::Register;
use super::systick::{CorePeripherals, Cost, Delay};

/// The register at an offset in a peripheral.
const fn register(peripheral: Peripheral, offset: u32) -> Register {
    // SAFETY: addresses and offsets in this file are from the manual; none of these peripherals writes memory.
    unsafe { Register::at(peripheral as u32 + offset) }
}

/// Peripherals in use.
#[derive(Clone, Copy)]
enum Peripheral {
    Usart1 = 0x4001_1000,
    GpioA = 0x4002_0000,
    Clocks = 0x4002_3800,
    Flash = 0x4002_3C00,
}

const USART_STATE: Register = register(Peripheral::Usart1, 0x00);
const USART_DATA: Register = register(Peripheral::Usart1, 0x04);
const USART_BAUD: Register = register(Peripheral::Usart1, 0x08);
const USART_CONTROL: Register = register(Peripheral::Usart1, 0x0C);

const GPIO_MODES: Register = register(Peripheral::GpioA, 0x00);
const GPIO_SET_CLEAR: Register = register(Peripheral::GpioA, 0x18);
const GPIO_FUNCTIONS: Register = register(Peripheral::GpioA, 0x24);

const CLOCK_CONTROL: Register = register(Peripheral::Clocks, 0x00);
const CLOCK_MULTIPLIER: Register = register(Peripheral::Clocks, 0x04);
const CLOCK_CONFIGURATION: Register = register(Peripheral::Clocks, 0x08);
const CLOCK_OF_PORTS: Register = register(Peripheral::Clocks, 0x30);
const CLOCK_OF_PERIPHERALS: Register = register(Peripheral::Clocks, 0x44);

const FLASH_ACCESS: Register = register(Peripheral::Flash, 0x00);

/// The core's clock, in MHz.
const CORE_MHZ: u32 = 168;
/// Divisor of the USART's clock, which is half of the core's.
const BAUD: u32 = CORE_MHZ / 2 * 1_000_000 / 115_200;
/// The blue LED is at A10.
const LED: u32 = 10;

/// The board's peripherals.
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
    /// Sets up the board; returns `None` on the second call.
    pub fn take() -> Option<Self> {
        let core = cortex_m::Peripherals::take()?;
        run_at_full_speed();
        CLOCK_OF_PORTS.write(1); // A
        CLOCK_OF_PERIPHERALS.write(1 << 4); // USART1
        GPIO_FUNCTIONS.write(7 << 4); // A9 belongs to the USART
        GPIO_MODES.write(0xA800_0000 | 0b01 << (2 * LED) | 0b10 << 18); // the debugger's pins keep their mode
        USART_BAUD.write(BAUD);
        USART_CONTROL.write(1 << 13 | 1 << 3); // on, transmit
        let core = CorePeripherals { syst: core.SYST, dwt: core.DWT, dcb: core.DCB };
        let (counter, delay) = Cost::start(core, CORE_MHZ);
        Some(Board { serial: Serial(()), led: Led(()), delay, counter })
    }
}

/// Raises the clock from the 16 MHz of the internal oscillator to 168 MHz.
fn run_at_full_speed() {
    FLASH_ACCESS.write(0x705); // five wait states, both caches, prefetch
    CLOCK_MULTIPLIER.write(7 << 24 | 168 << 6 | 8); // 16 MHz / 8 · 168 / 2
    CLOCK_CONTROL.write(CLOCK_CONTROL.read() | 1 << 24);
    // The PLL locks within 0.3 ms; QEMU has none, and its bit stays 0.
    for _ in 0..10_000 {
        if CLOCK_CONTROL.read() & 1 << 25 != 0 {
            break;
        }
    }
    CLOCK_CONFIGURATION.write(0b100 << 13 | 0b101 << 10 | 0b10); // APB2 at half of the clock, APB1 at a quarter
}

/// The transmit half of USART1.
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
        while USART_STATE.read() & 1 << 6 == 0 {} // not all has been sent
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

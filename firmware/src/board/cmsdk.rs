//! What Arm's FPGA boards have in common: UART, LEDs, timer of the "Cortex-M System Design Kit".
//!
//! Source: Arm, "Cortex-M System Design Kit Technical Reference Manual" (UART registers).
#![allow(unsafe_code)] // addresses of registers

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write;

use super::addresses::ADDRESSES;
use super::register::Register;
use super::systick::{CorePeripherals, Cost, Delay};

/// Where a board has what this file drives.
pub struct Addresses {
    /// First register of UART0.
    pub uart: u32,
    /// The register of the user LEDs.
    pub leds: u32,
    /// Clock of core, timer and UART, in MHz.
    pub ticks_per_us: u32,
}

const BAUD: u32 = 115_200;

/// The board, as the rest of the firmware sees it.
pub struct Board {
    /// UART0, 115,200 baud.
    pub serial: Serial,
    /// LED 0.
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
        let core = CorePeripherals { syst: core.SYST, dwt: core.DWT, dcb: core.DCB };
        let (counter, delay) = Cost::start(core, ADDRESSES.ticks_per_us);
        UART_BAUD_DIVISOR.write(ADDRESSES.ticks_per_us * 1_000_000 / BAUD);
        UART_CONTROL.write(1); // transmit
        Some(Board { serial: Serial(()), led: Led(()), delay, counter })
    }
}

/// The register at an address of this board.
const fn register(address: u32) -> Register {
    // SAFETY: the addresses of this file are those of the board's registers; none of them makes it write memory.
    unsafe { Register::at(address) }
}

const UART_DATA: Register = register(ADDRESSES.uart);
/// Bit 0: the transmit buffer is full.
const UART_STATE: Register = register(ADDRESSES.uart + 4);
/// Bit 0: transmitter on.
const UART_CONTROL: Register = register(ADDRESSES.uart + 8);
const UART_BAUD_DIVISOR: Register = register(ADDRESSES.uart + 16);
/// Bits 0 and 1: the two user LEDs.
const LEDS: Register = register(ADDRESSES.leds);

/// The serial port, to send.
pub struct Serial(());

impl embedded_io::ErrorType for Serial {
    type Error = Infallible;
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            while UART_STATE.read() & 1 != 0 {}
            UART_DATA.write(u32::from(byte));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while UART_STATE.read() & 1 != 0 {}
        Ok(())
    }
}

/// User LED 0.
pub struct Led(());

impl ErrorType for Led {
    type Error = Infallible;
}

impl OutputPin for Led {
    fn set_low(&mut self) -> Result<(), Infallible> {
        LEDS.write(LEDS.read() & !1);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        LEDS.write(LEDS.read() | 1);
        Ok(())
    }
}

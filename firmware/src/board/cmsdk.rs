//! What Arm's FPGA boards have in common: UART, LEDs, timer of the "Cortex-M System Design Kit".
//!
//! Source: Arm, "Cortex-M System Design Kit Technical Reference Manual" (UART registers).
#![allow(unsafe_code)] // memory-mapped registers; every access goes through `read` and `write` below

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write;

use super::ADDRESSES;
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
        write(Register::UartBaudDivisor, ADDRESSES.ticks_per_us * 1_000_000 / BAUD);
        write(Register::UartControl, 1); // transmit
        Some(Board { serial: Serial(()), led: Led(()), delay, counter })
    }
}

/// The registers in use. All are 32 bits wide and may be read and written at any time.
#[derive(Clone, Copy)]
enum Register {
    UartData,
    /// Bit 0: the transmit buffer is full.
    UartState,
    /// Bit 0: transmitter on.
    UartControl,
    UartBaudDivisor,
    /// Bits 0 and 1: the two user LEDs.
    Leds,
}

impl Register {
    fn address(self) -> u32 {
        match self {
            Register::UartData => ADDRESSES.uart,
            Register::UartState => ADDRESSES.uart + 4,
            Register::UartControl => ADDRESSES.uart + 8,
            Register::UartBaudDivisor => ADDRESSES.uart + 16,
            Register::Leds => ADDRESSES.leds,
        }
    }
}

fn read(register: Register) -> u32 {
    // SAFETY: an address of `Register` is a 32-bit register of this board, readable without effect on memory.
    unsafe { (register.address() as *const u32).read_volatile() }
}

fn write(register: Register, value: u32) {
    // SAFETY: an address of `Register` is a 32-bit register of this board; none of them makes the board write memory.
    unsafe { (register.address() as *mut u32).write_volatile(value) }
}

/// The serial port, to send.
pub struct Serial(());

impl embedded_io::ErrorType for Serial {
    type Error = Infallible;
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            while read(Register::UartState) & 1 != 0 {}
            write(Register::UartData, u32::from(byte));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while read(Register::UartState) & 1 != 0 {}
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
        write(Register::Leds, read(Register::Leds) & !1);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        write(Register::Leds, read(Register::Leds) | 1);
        Ok(())
    }
}

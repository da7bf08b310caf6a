//! Arm's MPS2 and MPS2+ boards: AN385 (Cortex-M3), AN386 (M4F), AN500 (M7), all alike to a program.
//!
//! Source: Arm, "Application Note AN386, Cortex-M4 SMM on V2M-MPS2" (memory map, FPGAIO), and "Cortex-M System Design
//! Kit Technical Reference Manual" (UART registers).
#![allow(unsafe_code)] // memory-mapped registers; every access goes through `read` and `write` below

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write;

use super::systick::{CorePeripherals, Cost, Delay};

/// Clock of core and timers.
const TICKS_PER_US: u32 = 25;
/// 25 MHz / 115,200 baud.
const BAUD_DIVISOR: u32 = 217;

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
        let (counter, delay) = Cost::start(core, TICKS_PER_US);
        write(Register::UartBaudDivisor, BAUD_DIVISOR);
        write(Register::UartControl, 1); // transmit
        Some(Board { serial: Serial(()), led: Led(()), delay, counter })
    }
}

/// The registers in use. All are 32 bits wide and may be read and written at any time.
#[derive(Clone, Copy)]
enum Register {
    UartData = 0x4000_4000,
    /// Bit 0: the transmit buffer is full.
    UartState = 0x4000_4004,
    /// Bit 0: transmitter on.
    UartControl = 0x4000_4008,
    UartBaudDivisor = 0x4000_4010,
    /// Bits 0 and 1: the two user LEDs.
    FpgaLeds = 0x4002_8000,
}

fn read(register: Register) -> u32 {
    // SAFETY: an address of `Register` is a 32-bit register of this board, readable without effect on memory.
    unsafe { (register as usize as *const u32).read_volatile() }
}

fn write(register: Register, value: u32) {
    // SAFETY: an address of `Register` is a 32-bit register of this board; none of them makes the board write memory.
    unsafe { (register as usize as *mut u32).write_volatile(value) }
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
        write(Register::FpgaLeds, read(Register::FpgaLeds) & !1);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        write(Register::FpgaLeds, read(Register::FpgaLeds) | 1);
        Ok(())
    }
}

//! Arm's FPGA boards: UART, LEDs and timer of the Cortex-M System Design Kit. They differ in a few addresses.
//!
//! Source: Arm, "Cortex-M System Design Kit Technical Reference Manual" (UART registers).
#![allow(unsafe_code)] // addresses of registers

use core::convert::Infallible;
use core::marker::PhantomData;

use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write;

use super::register::Register;
use super::systick::{CorePeripherals, Cost, Delay};

/// Addresses and clock of a board.
///
/// Implementers name registers of the board; writing to them must not make it write memory.
pub trait Addresses {
    /// First register of UART0.
    const UART: u32;
    /// Register of the user LEDs.
    const LEDS: u32;
    /// Clock of core, timer and UART, in MHz.
    const TICKS_PER_US: u32;
}

const BAUD: u32 = 115_200;

/// A board's peripherals.
pub struct Cmsdk<A> {
    /// UART0, 115,200 baud.
    pub serial: Serial<A>,
    /// LED 0.
    pub led: Led<A>,
    /// Busy waiting.
    pub delay: Delay,
    /// Counter of cycles or instructions.
    pub counter: Cost,
}

impl<A: Addresses> Cmsdk<A> {
    /// Sets up the board; returns `None` on the second call.
    pub fn take() -> Option<Self> {
        let core = cortex_m::Peripherals::take()?;
        let core = CorePeripherals { syst: core.SYST, dwt: core.DWT, dcb: core.DCB };
        let (counter, delay) = Cost::start(core, A::TICKS_PER_US);
        Serial::<A>::BAUD_DIVISOR.write(A::TICKS_PER_US * 1_000_000 / BAUD);
        Serial::<A>::CONTROL.write(1); // transmit
        Some(Cmsdk { serial: Serial(PhantomData), led: Led(PhantomData), delay, counter })
    }
}

/// The register at an address of a board.
const fn register(address: u32) -> Register {
    // SAFETY: the addresses are those of `Addresses`, and offsets within its UART; none of them makes it write memory.
    unsafe { Register::at(address) }
}

/// The transmit half of UART0.
pub struct Serial<A>(PhantomData<A>);

impl<A: Addresses> Serial<A> {
    const DATA: Register = register(A::UART);
    /// Bit 0: the transmit buffer is full.
    const STATE: Register = register(A::UART + 4);
    /// Bit 0: transmitter on.
    const CONTROL: Register = register(A::UART + 8);
    const BAUD_DIVISOR: Register = register(A::UART + 16);
}

impl<A> embedded_io::ErrorType for Serial<A> {
    type Error = Infallible;
}

impl<A: Addresses> Write for Serial<A> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            while Self::STATE.read() & 1 != 0 {}
            Self::DATA.write(u32::from(byte));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while Self::STATE.read() & 1 != 0 {}
        Ok(())
    }
}

/// User LED 0.
pub struct Led<A>(PhantomData<A>);

impl<A: Addresses> Led<A> {
    /// Bits 0 and 1: the two user LEDs.
    const LEDS: Register = register(A::LEDS);
}

impl<A> ErrorType for Led<A> {
    type Error = Infallible;
}

impl<A: Addresses> OutputPin for Led<A> {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Self::LEDS.write(Self::LEDS.read() & !1);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Self::LEDS.write(Self::LEDS.read() | 1);
        Ok(())
    }
}

//! QEMU's RISC-V machine `virt`: any core, a 16550 UART, a timer, no LED.
//!
//! Source: QEMU, `hw/riscv/virt.c` (memory map); "PC16550D" (UART); SiFive, "CLINT" (timer).
#![allow(unsafe_code)] // addresses of registers

use core::convert::Infallible;
use core::sync::atomic::{AtomicBool, Ordering};

use defmt_semihosting as _; // the logger
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write;
use riscv::register::{mie, minstret};
use sinapse_firmware::count::{Counter, Unit};

use super::register::Register;

// SAFETY: a register of this machine that does not make it write memory.
const SERIAL_DATA: Register<u8> = unsafe { Register::at(0x1000_0000) };
// SAFETY: as above.
const SERIAL_STATE: Register<u8> = unsafe { Register::at(0x1000_0005) };
// SAFETY: as above; both halves of the first hart's timer comparator.
const COMPARE: [Register; 2] = unsafe { [Register::at(0x0200_4000), Register::at(0x0200_4004)] };
// SAFETY: as above; both halves of the timer.
const TIME: [Register; 2] = unsafe { [Register::at(0x0200_BFF8), Register::at(0x0200_BFFC)] };

/// The timer runs at 10 MHz.
const NS_PER_TICK: u32 = 100;

/// The board's peripherals.
pub struct Board {
    /// The UART.
    pub serial: Serial,
    /// Placeholder for an LED.
    pub led: NoLed,
    /// Sleeping until the timer wakes the hart.
    pub delay: Delay,
    /// Counter of instructions.
    pub counter: InstructionCounter,
}

impl Board {
    /// Sets up the board; returns `None` on the second call.
    pub fn take() -> Option<Self> {
        static TAKEN: AtomicBool = AtomicBool::new(false);
        // Load and store, because this hart has no atomic swap; nothing can interrupt them.
        if TAKEN.load(Ordering::Relaxed) {
            return None;
        }
        TAKEN.store(true, Ordering::Relaxed);
        Some(Board { serial: Serial(()), led: NoLed(()), delay: Delay(()), counter: InstructionCounter(()) })
    }
}

/// The transmit half of the UART.
pub struct Serial(());

impl embedded_io::ErrorType for Serial {
    type Error = Infallible;
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            while SERIAL_STATE.read() & 1 << 5 == 0 {} // the transmit buffer is full
            SERIAL_DATA.write(byte);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while SERIAL_STATE.read() & 1 << 6 == 0 {} // not all has been sent
        Ok(())
    }
}

/// A pin that is not connected.
pub struct NoLed(());

impl ErrorType for NoLed {
    type Error = Infallible;
}

impl OutputPin for NoLed {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Sleeping with `wfi`, which a pending timer interrupt ends even while interrupts are disabled.
pub struct Delay(());

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        let until = time() + u64::from(ns.div_ceil(NS_PER_TICK));
        COMPARE[1].write(u32::MAX); // no match between the two writes
        COMPARE[0].write(until as u32);
        COMPARE[1].write((until >> 32) as u32);
        // SAFETY: interrupts stay disabled globally: the timer wakes the hart and enters no handler.
        unsafe { mie::set_mtimer() };
        while time() < until {
            riscv::asm::wfi();
        }
    }
}

/// Timer ticks since reset.
fn time() -> u64 {
    loop {
        let high = TIME[1].read();
        let low = TIME[0].read();
        if TIME[1].read() == high {
            return u64::from(high) << 32 | u64::from(low);
        }
    }
}

/// Counter of retired instructions, which QEMU increments under `-icount shift=0`.
#[derive(Clone, Copy)]
pub struct InstructionCounter(());

impl Counter for InstructionCounter {
    #[inline(always)]
    fn bits(&self) -> u32 {
        32
    }

    #[inline(always)]
    fn now(&self) -> u32 {
        minstret::read() as u32
    }

    fn unit(&self) -> Unit {
        Unit::Instructions
    }

    fn ratio(&self) -> (u32, u32) {
        (1, 1)
    }
}

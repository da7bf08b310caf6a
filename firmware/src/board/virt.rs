//! QEMU's RISC-V machine `virt`: a core of any kind, a serial port of type 16550, a timer. It has no LED.
//!
//! Source: QEMU, `hw/riscv/virt.c` (memory map); "PC16550D" (serial port); SiFive, "CLINT" (timer).
#![allow(unsafe_code)] // addresses of registers

use core::convert::Infallible;
use core::sync::atomic::{AtomicBool, Ordering};

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write;
use riscv::register::{mie, minstret};
use sinapse_firmware::count::{Counter, Unit};

use super::register::Register;

// SAFETY: these are this machine's registers; none of them makes it write memory.
const SERIAL_DATA: Register<u8> = unsafe { Register::at(0x1000_0000) };
// SAFETY: as above.
const SERIAL_STATE: Register<u8> = unsafe { Register::at(0x1000_0005) };
// SAFETY: as above; both halves of the first core's alarm.
const ALARM: [Register; 2] = unsafe { [Register::at(0x0200_4000), Register::at(0x0200_4004)] };
// SAFETY: as above; both halves of the time.
const TIME: [Register; 2] = unsafe { [Register::at(0x0200_BFF8), Register::at(0x0200_BFFC)] };

/// The timer runs at 10 MHz.
const NS_A_TICK: u32 = 100;

/// The board, as the rest of the firmware sees it.
pub struct Board {
    /// The serial port.
    pub serial: Serial,
    /// In place of an LED.
    pub led: NoLed,
    /// Sleeping until the timer wakes the core.
    pub delay: Delay,
    /// Counter of instructions.
    pub counter: Instructions,
}

impl Board {
    /// Sets up the board; `None` on the second call.
    pub fn take() -> Option<Self> {
        static TAKEN: AtomicBool = AtomicBool::new(false);
        // Two steps, because this core has no atomic swap; nothing interrupts them.
        if TAKEN.load(Ordering::Relaxed) {
            return None;
        }
        TAKEN.store(true, Ordering::Relaxed);
        Some(Board { serial: Serial(()), led: NoLed(()), delay: Delay(()), counter: Instructions(()) })
    }
}

/// The serial port, to send.
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
        while SERIAL_STATE.read() & 1 << 6 == 0 {} // not all is sent
        Ok(())
    }
}

/// A pin that leads nowhere.
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

/// Sleeping: `wfi` ends when the alarm goes off, also while interrupts are off.
pub struct Delay(());

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        let until = time() + u64::from(ns.div_ceil(NS_A_TICK));
        ALARM[1].write(u32::MAX); // no alarm between the halves
        ALARM[0].write(until as u32);
        ALARM[1].write((until >> 32) as u32);
        // SAFETY: interrupts as such stay off: the alarm wakes the core and calls nothing.
        unsafe { mie::set_mtimer() };
        while time() < until {
            riscv::asm::wfi();
        }
    }
}

/// Ticks of the timer since reset.
fn time() -> u64 {
    loop {
        let high = TIME[1].read();
        let low = TIME[0].read();
        if TIME[1].read() == high {
            return u64::from(high) << 32 | u64::from(low);
        }
    }
}

/// What a region of code costs: the core counts the instructions that it has finished.
///
/// QEMU does so under `-icount shift=0`.
#[derive(Clone, Copy)]
pub struct Instructions(());

impl Counter for Instructions {
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

//! SysTick, the timer of every Cortex-M but the smallest, as a delay and as a counter of cost.

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{DCB, DWT, SYST};
use embedded_hal::delay::DelayNs;
use sinapse_firmware::count::{Counter, Unit};

const RELOAD: u32 = 0xFF_FFFF; // 24 bits

/// Timing peripherals of the core.
pub struct CorePeripherals {
    /// Timer, counting down.
    pub syst: SYST,
    /// Cycle counter.
    pub dwt: DWT,
    /// Enables the cycle counter.
    pub dcb: DCB,
}

/// Starts the timer at the core's clock, free-running.
fn start(syst: &mut SYST) {
    syst.set_clock_source(SystClkSource::Core);
    syst.set_reload(RELOAD);
    syst.clear_current();
    syst.enable_counter();
}

/// Busy waiting on the timer.
#[derive(Clone, Copy)]
pub struct Delay {
    ticks_per_us: u32,
}

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        let mut left = (u64::from(ns) * u64::from(self.ticks_per_us)).div_ceil(1000);
        let mut last = SYST::get_current();
        while left > 0 {
            let now = SYST::get_current();
            left = left.saturating_sub(u64::from(last.wrapping_sub(now) & RELOAD)); // counts down
            last = now;
        }
    }
}

/// Counter of cycles if the core counts them, else of instructions, derived from the timer.
///
/// QEMU's cycle counter stands still. Under `-icount shift=6` every instruction takes 64 ns of QEMU's time, so the
/// timer counts instructions.
#[derive(Clone, Copy)]
pub struct Cost {
    unit: Unit,
    ticks_per_us: u32,
}

impl Cost {
    /// Starts both counters and finds out which of them runs.
    pub fn start(mut core: CorePeripherals, ticks_per_us: u32) -> (Self, Delay) {
        start(&mut core.syst);
        let unit = if counts_cycles(&mut core) { Unit::Cycles } else { Unit::Instructions };
        (Cost { unit, ticks_per_us }, Delay { ticks_per_us })
    }
}

/// Starts the cycle counter; returns whether it runs.
fn counts_cycles(core: &mut CorePeripherals) -> bool {
    core.dcb.enable_trace();
    core.dwt.enable_cycle_counter();
    let before = cycle_count();
    cortex_m::asm::delay(8);
    cycle_count() != before
}

#[inline(always)]
fn cycle_count() -> u32 {
    DWT::cycle_count()
}

impl Counter for Cost {
    #[inline(always)]
    fn bits(&self) -> u32 {
        match self.unit {
            Unit::Cycles => 32,
            Unit::Instructions => 24,
        }
    }

    #[inline(always)]
    fn now(&self) -> u32 {
        match self.unit {
            Unit::Cycles => cycle_count(),
            Unit::Instructions => RELOAD - SYST::get_current(),
        }
    }

    fn unit(&self) -> Unit {
        self.unit
    }

    fn ratio(&self) -> (u32, u32) {
        match self.unit {
            Unit::Cycles => (1, 1),
            Unit::Instructions => (64 * self.ticks_per_us, 1000), // 64 ns per instruction
        }
    }
}

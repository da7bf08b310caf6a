//! Measuring the cost of a region of code.

use core::hint::black_box;
use core::sync::atomic::{Ordering, compiler_fence};

use crate::mark;

/// Unit of a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Clock cycles, on a real core.
    Cycles,
    /// Instructions, on an emulated core.
    Instructions,
}

impl Unit {
    /// Name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Cycles => "cycles",
            Unit::Instructions => "instructions",
        }
    }
}

/// A free-running counter.
pub trait Counter {
    /// Width of the counter, in bits; a measured region must take less than `2^bits` ticks.
    fn bits(&self) -> u32;
    /// Current count, upwards, modulo `2^bits`.
    fn now(&self) -> u32;
    /// Unit that [`ratio`](Self::ratio) converts ticks to.
    fn unit(&self) -> Unit;
    /// Conversion factor `(ticks, units)`: so many ticks are so many cycles or instructions.
    fn ratio(&self) -> (u32, u32);
}

/// Measures regions of code; the overhead of reading the counter is subtracted.
pub struct Stopwatch<C> {
    counter: C,
    empty_ticks: u32,
}

impl<C: Counter> Stopwatch<C> {
    /// Calibrates the overhead by measuring an empty region.
    pub fn new(counter: C) -> Self {
        let mut stopwatch = Stopwatch { counter, empty_ticks: 0 };
        stopwatch.empty_ticks = (0..8).map(|_| stopwatch.since(stopwatch.start())).min().unwrap_or(0);
        stopwatch
    }

    /// Runs `region`; returns its result and its cost in cycles or instructions, rounded to the nearest.
    #[inline(always)]
    pub fn measure<T>(&self, region: impl FnOnce() -> T) -> (T, u32) {
        let start = self.start();
        mark::start();
        let result = region();
        black_box(&result); // by reference: a copy of the result would be counted
        mark::stop();
        let ticks = self.since(start);
        (result, units(ticks.saturating_sub(self.empty_ticks), self.counter.ratio()))
    }

    /// Unit of the costs.
    pub fn unit(&self) -> Unit {
        self.counter.unit()
    }

    #[inline(always)]
    fn start(&self) -> u32 {
        let start = self.counter.now();
        compiler_fence(Ordering::SeqCst);
        start
    }

    #[inline(always)]
    fn since(&self, start: u32) -> u32 {
        compiler_fence(Ordering::SeqCst);
        self.counter.now().wrapping_sub(start) & (u32::MAX >> (32 - self.counter.bits()))
    }
}

/// Converts ticks to units, rounded to the nearest.
fn units(ticks: u32, (ticks_of, units_of): (u32, u32)) -> u32 {
    // The product is below 2³² · units_of, and ratios are small. The quotient fits if a tick is at most one unit.
    ((u64::from(ticks) * u64::from(units_of) + u64::from(ticks_of / 2)) / u64::from(ticks_of)) as u32
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;

    /// Each read takes 16 ticks; the count starts just before it wraps.
    struct Fake(Cell<u32>);

    impl Counter for &Fake {
        fn bits(&self) -> u32 {
            24
        }
        fn now(&self) -> u32 {
            self.0.set((self.0.get() + 16) & 0xFF_FFFF);
            self.0.get()
        }
        fn unit(&self) -> Unit {
            Unit::Instructions
        }
        fn ratio(&self) -> (u32, u32) {
            (8, 5)
        }
    }

    #[test]
    fn a_region_is_measured_without_overhead_and_across_a_wrap() {
        let fake = Fake(Cell::new(0xFF_FFFF - 8 * 32 - 20));
        let stopwatch = Stopwatch::new(&fake);
        let ((), instructions) = stopwatch.measure(|| fake.0.set(fake.0.get() + 160));
        assert_eq!(instructions, 100);
    }

    #[test]
    fn ticks_become_the_nearest_number_of_units() {
        assert_eq!(units(16, (8, 5)), 10);
        assert_eq!(units(17, (8, 5)), 11); // 10.6
        assert_eq!(units(u32::MAX, (1, 1)), u32::MAX);
    }
}

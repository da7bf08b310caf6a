//! Counting what a piece of code costs.

use core::hint::black_box;
use core::sync::atomic::{Ordering, compiler_fence};

use crate::mark;

/// What a count counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Clock cycles of a real core.
    Cycles,
    /// Instructions of an emulated one.
    Instructions,
}

impl Unit {
    /// As it stands in a report.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Cycles => "cycles",
            Unit::Instructions => "instructions",
        }
    }
}

/// A free-running counter of `BITS` bits, and what its ticks are worth.
pub trait Counter {
    /// Width of the counter; a measured region must end before it wraps.
    fn bits(&self) -> u32;
    /// Ticks so far, counting up, modulo `2^bits`.
    fn now(&self) -> u32;
    /// What is counted.
    fn unit(&self) -> Unit;
    /// `(ticks, units)`: that many ticks are that many cycles or instructions.
    fn ratio(&self) -> (u32, u32);
}

/// Measures regions, without what reading the counter itself takes.
pub struct Stopwatch<C> {
    counter: C,
    empty_ticks: u32,
}

impl<C: Counter> Stopwatch<C> {
    /// A stopwatch that has measured an empty region.
    pub fn new(counter: C) -> Self {
        let mut stopwatch = Stopwatch { counter, empty_ticks: 0 };
        stopwatch.empty_ticks = (0..8).map(|_| stopwatch.since(stopwatch.start())).min().unwrap_or(0);
        stopwatch
    }

    /// Runs `region`; its result, and how many cycles or instructions it took (rounded to the nearest).
    #[inline(always)]
    pub fn measure<T>(&self, region: impl FnOnce() -> T) -> (T, u32) {
        let start = self.start();
        mark::start();
        let result = region();
        black_box(&result); // a reference: the result itself would be copied, and the copy counted
        mark::stop();
        let ticks = self.since(start);
        (result, units(ticks.saturating_sub(self.empty_ticks), self.counter.ratio()))
    }

    /// What is counted.
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

/// `ticks` in units, rounded to the nearest.
fn units(ticks: u32, (ticks_of, units_of): (u32, u32)) -> u32 {
    // At most 2³² · units_of, and ratios are small; the quotient fits where a tick is worth at most one unit.
    ((u64::from(ticks) * u64::from(units_of) + u64::from(ticks_of / 2)) / u64::from(ticks_of)) as u32
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;

    /// Every look takes 16 ticks; starts just before it wraps.
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
    fn a_region_is_measured_without_the_looks_and_across_a_wrap() {
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

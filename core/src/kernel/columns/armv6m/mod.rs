//! The inner loops for Armv6-M: Cortex-M0 and M0+.
//!
//! Only r0 to r7 can be loaded, shifted, masked and multiplied; the other registers can be added to, so they hold the
//! lanes. Inline assembly can use neither r6 and r7 nor, as operands, r8 and higher, so whole functions are assembly.

mod accumulate;
mod scan;

pub use accumulate::{bytes, nibbles, pairs};
pub use scan::scan;

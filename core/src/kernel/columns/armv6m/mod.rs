//! The inner loops for Armv6-M: Cortex-M0 and M0+.
//!
//! Only r0 to r7 can be loaded, shifted, masked and multiplied; the others can be added to, so that the sums live there. The
//! compiler lends neither r6 and r7 nor, as operands, r8 and higher: the functions are assembly as a whole.

mod accumulate;
mod scan;

pub use accumulate::{bytes, nibbles, pairs};
pub use scan::scan;

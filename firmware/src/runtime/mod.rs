//! What differs between cores rather than boards: start, stack, faults. One file an architecture.
//!
//! Each has `entry`, the attribute of `main`; `stack`, the ends of the stack; `paint_stack`, which fills it with `PAINT` where
//! that is not done before `main`; and the handler of faults.

#[cfg(target_arch = "arm")]
mod cortex_m;
#[cfg(target_arch = "riscv32")]
mod riscv;

#[cfg(target_arch = "arm")]
pub use cortex_m::*;
#[cfg(target_arch = "riscv32")]
pub use riscv::*;

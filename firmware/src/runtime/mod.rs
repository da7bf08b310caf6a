//! Differences between architectures: start, stack, faults. One file each.
//!
//! An architecture's file has `entry`, the attribute of `main`; `stack`, the ends of the stack; `paint_stack`, which
//! fills it with `PAINT` unless that is done before `main`; and the fault handler.

#[cfg(target_arch = "arm")]
mod cortex_m;
#[cfg(target_arch = "arm")]
mod interrupts;
#[cfg(target_arch = "riscv32")]
mod riscv;

#[cfg(target_arch = "arm")]
pub use cortex_m::*;
#[cfg(target_arch = "riscv32")]
pub use riscv::*;

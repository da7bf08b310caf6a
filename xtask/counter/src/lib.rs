//! A QEMU plugin: exact instruction counts and modelled Cortex-M4 cycles of marked regions.
//!
//! A region starts where the guest executes `mov r9, r9` and ends at `mov r10, r10`, on RISC-V at the hints
//! `slti x0, x0, 1` and `slti x0, x0, 2`; compilers emit none of them. Each region is one line of the file that the
//! argument `out=FILE` names: instructions, a space, cycles. With `profile=FILE`, every executed instruction of the
//! regions is listed at exit: address, executions, cycles, text.
//!
//! Cycles follow the timing table of Arm's "Cortex-M4 Technical Reference Manual" (r0p1, 3.3.1) for memory without wait
//! states; they are a model, not silicon. Cycles of RISC-V are not modelled, and 0. See [`cycles`].

mod cycles;
mod instruction;
// QEMU does not load the test program, whose link would miss QEMU's symbols.
#[cfg(not(test))]
mod plugin;
mod regions;

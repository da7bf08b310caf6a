//! Arm's MPS2 and MPS2+ boards: AN385 (Cortex-M3), AN386 (M4F), AN500 (M7), all alike to a program.
//!
//! Source: Arm, "Application Note AN386, Cortex-M4 SMM on V2M-MPS2" (memory map, FPGAIO).

use defmt_semihosting as _; // the logger

use super::cmsdk::{Addresses, Cmsdk};

/// The board's peripherals.
pub type Board = Cmsdk<Mps2>;

/// Addresses of this board.
pub struct Mps2;

impl Addresses for Mps2 {
    const UART: u32 = 0x4000_4000;
    const LEDS: u32 = 0x4002_8000;
    const TICKS_PER_US: u32 = 25;
}

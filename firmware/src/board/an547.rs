//! Arm's MPS3 board with AN547 (Cortex-M55), in the secure state in which it starts.
//!
//! Source: Arm, "Application Note AN547, Corstone SSE-300 with Cortex-M55 and Ethos-U55 for MPS3" (memory map, FPGAIO).

use defmt_semihosting as _; // the logger

use super::cmsdk::{Addresses, Cmsdk};

/// The board's peripherals.
pub type Board = Cmsdk<An547>;

/// Addresses of this board.
pub struct An547;

impl Addresses for An547 {
    const UART: u32 = 0x5930_3000;
    const LEDS: u32 = 0x5930_2000;
    const TICKS_PER_US: u32 = 32;
}

//! Arm's MPS2+ board with AN505 (Cortex-M33), in the secure state in which it starts.
//!
//! Source: Arm, "Application Note AN505, Cortex-M33 with IoT kit FPGA for MPS2+" (memory map, FPGAIO).

use defmt_semihosting as _; // the logger

use super::cmsdk::{Addresses, Cmsdk};

/// The board's peripherals.
pub type Board = Cmsdk<An505>;

/// Addresses of this board.
pub struct An505;

impl Addresses for An505 {
    const UART: u32 = 0x5020_0000;
    const LEDS: u32 = 0x5030_2000;
    const TICKS_PER_US: u32 = 20;
}

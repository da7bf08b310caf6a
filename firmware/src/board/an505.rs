//! Arm's MPS2+ board with AN505 (Cortex-M33), in the secure state in which it starts.
//!
//! Source: Arm, "Application Note AN505, Cortex-M33 with IoT kit FPGA for MPS2+" (memory map, FPGAIO).

use super::chosen::Addresses;

pub const ADDRESSES: Addresses = Addresses { uart: 0x5020_0000, leds: 0x5030_2000, ticks_per_us: 20 };

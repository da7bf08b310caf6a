//! Arm's MPS3 board with AN547 (Cortex-M55), in the secure state in which it starts.
//!
//! Source: Arm, "Application Note AN547, Corstone SSE-300 with Cortex-M55 and Ethos-U55 for MPS3" (memory map, FPGAIO).

use super::chosen::Addresses;

pub const ADDRESSES: Addresses = Addresses { uart: 0x5930_3000, leds: 0x5930_2000, ticks_per_us: 32 };

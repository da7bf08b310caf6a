//! Arm's MPS2 and MPS2+ boards: AN385 (Cortex-M3), AN386 (M4F), AN500 (M7), all alike to a program.
//!
//! Source: Arm, "Application Note AN386, Cortex-M4 SMM on V2M-MPS2" (memory map, FPGAIO).

use super::chosen::Addresses;

pub const ADDRESSES: Addresses = Addresses { uart: 0x4000_4000, leds: 0x4002_8000, ticks_per_us: 25 };

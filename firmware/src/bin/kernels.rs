//! Compares kernels for tiles with the reference where they run: every tail of inputs and outputs, extremes, random numbers.
//!
//! `cargo xtask test` runs it on every emulated core. It needs no network and no board but the memory map.
#![no_std]
#![no_main]

use defmt_semihosting as _; // the logger
use sinapse::kernel::{reference, tiles};
use sinapse::{I8, U8};

#[path = "../fault.rs"]
mod fault;
#[path = "../host.rs"]
#[allow(dead_code)] // files are not read
mod host;
#[path = "../runtime/mod.rs"]
#[allow(dead_code, unused_imports)] // the stack is not looked at
mod runtime;

use core::mem::MaybeUninit;

use crate::host::ExitCode;
use crate::runtime::entry;

/// Most words of weights: what leaves room for the rest in 16 KB of RAM.
const WEIGHTS: usize = 2304;
/// Most inputs, and as many bytes before them as move them to any place in a word.
const INPUTS: usize = 1100;
const SHIFTS: usize = 4;
/// Most outputs.
const OUTPUTS: usize = 34;

/// Rows of sixteen that are not whole, turns of kernels that are not whole, a list that overflows.
const INPUT_COUNTS: [usize; 17] = [1, 3, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 96, 100, 144, 784, INPUTS];

/// How bytes are chosen.
#[derive(Clone, Copy, defmt::Format)]
enum Fill {
    /// All the same.
    Same(u8),
    Random,
    /// Four of five zero.
    Sparse,
    /// Random in every third sixteen, the first of them zero.
    Rows,
}

const WEIGHT_FILLS: [Fill; 3] = [Fill::Random, Fill::Same(0x7f), Fill::Same(0x81)];
const INPUT_FILLS: [Fill; 5] = [Fill::Random, Fill::Sparse, Fill::Rows, Fill::Same(255), Fill::Same(0)];

/// Marsaglia's xorshift with 32 bits.
struct Random(u32);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    fn byte(&mut self, at: usize, fill: Fill) -> u8 {
        let [byte, share, ..] = self.next().to_le_bytes();
        match fill {
            Fill::Same(byte) => byte,
            Fill::Random => byte,
            Fill::Sparse if share < 205 => 0,
            Fill::Rows if at / 16 % 3 != 1 => 0,
            Fill::Sparse | Fill::Rows => byte,
        }
    }
}

/// All that a layer needs, of any size.
struct Layer {
    random: Random,
    weights: [u32; WEIGHTS],
    input: [u8; INPUTS + SHIFTS],
    bias: [i32; OUTPUTS],
    kept: [i32; OUTPUTS],
}

impl Layer {
    /// Compares all fills of one size; how many were compared, 0 where there is no room for the weights.
    fn compare(&mut self, inputs: usize, outputs: usize) -> u32 {
        let words = inputs.div_ceil(16) * 8 * outputs.div_ceil(2);
        let Some(weights) = self.weights.get_mut(..words) else { return 0 };
        let (Some(bias), Some(kept)) = (self.bias.get_mut(..outputs), self.kept.get_mut(..outputs)) else { return 0 };
        let mut compared = 0;
        for weight_fill in WEIGHT_FILLS {
            for word in weights.iter_mut() {
                *word = u32::from_le_bytes([0, 1, 2, 3].map(|at| self.random.byte(at, weight_fill)));
            }
            for bias in bias.iter_mut() {
                *bias = self.random.next().cast_signed() >> 8;
            }
            tiles::keep(weights, bias, inputs, kept);
            for input_fill in INPUT_FILLS {
                let shift = self.random.next() as usize % SHIFTS;
                let input = self.input.get_mut(shift..).unwrap_or_default().get_mut(..inputs).unwrap_or_default();
                for (at, input) in input.iter_mut().enumerate() {
                    *input = self.random.byte(at, input_fill);
                }
                let mut expected = [0; OUTPUTS];
                let expected = expected.get_mut(..outputs).unwrap_or_default();
                reference::sums::<I8, U8>(weights, bias, input, expected);
                // With what a layer keeps, and without it.
                for kept in [&*kept, &[]] {
                    let mut room = [const { MaybeUninit::uninit() }; OUTPUTS];
                    let room = room.get_mut(..outputs).unwrap_or_default();
                    if tiles::sums(weights, bias, kept, input, room) != expected {
                        defmt::error!(
                            "{=usize} inputs ({}), {=usize} outputs ({}), {=usize} numbers kept, from byte {=usize}: not the reference's sums",
                            inputs,
                            input_fill,
                            outputs,
                            weight_fill,
                            kept.len(),
                            shift
                        );
                        host::exit(ExitCode::Differs)
                    }
                    compared += 1;
                }
            }
        }
        compared
    }
}

#[entry]
fn main() -> ! {
    let mut layer = Layer {
        random: Random(1),
        weights: [0; WEIGHTS],
        input: [0; INPUTS + SHIFTS],
        bias: [0; OUTPUTS],
        kept: [0; OUTPUTS],
    };
    let mut compared = 0;
    for inputs in INPUT_COUNTS {
        for outputs in 1..=OUTPUTS {
            compared += layer.compare(inputs, outputs);
        }
    }
    defmt::println!("{=u32} layers of tiles give the reference's sums", compared);
    host::exit(ExitCode::Success)
}

//! Compares the integer kernels with the reference on the target: every tail of inputs and outputs, extremes, random
//! numbers.
//!
//! `cargo xtask test` runs it on every emulated core. It needs no network, and of the board only the memory map.
#![no_std]
#![no_main]

use defmt_semihosting as _; // the logger
use sinapse::format::{Layout, QuantizedActivation, QuantizedInput, Requantization, Weight};
use sinapse::kernel::{Kernel, MatVec, reference, tiles};
use sinapse::workspace::{ListWorkspace, Workspace, Zeros};
use sinapse::{I2, I4, I8, Pixel, U2, U4, U8};

#[path = "../host.rs"]
#[allow(dead_code)] // files are not read
mod host;
#[path = "../panic_handler.rs"]
mod panic_handler;
#[path = "../runtime/mod.rs"]
#[allow(dead_code, unused_imports)] // the stack is not measured
mod runtime;

use core::mem::MaybeUninit;

use crate::host::ExitCode;
use crate::runtime::entry;

/// Maximum number of words of weights; everything else must fit next to them in 16 KB of RAM.
const WEIGHTS: usize = 2304;
/// Maximum number of inputs, and extra bytes that shift them to every alignment within a word.
const INPUTS: usize = 1100;
const OFFSETS: usize = 4;
/// Maximum number of outputs.
const OUTPUTS: usize = 34;

/// Partial rows of sixteen, partial iterations of the kernels, a list that overflows.
const INPUT_COUNTS: [usize; 17] = [1, 3, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 96, 100, 144, 784, INPUTS];

/// The same for columns: partial words and chunks of words, sums of levels and lists that overflow, columns at the
/// maximum level, which are summed separately.
const COLUMN_INPUT_COUNTS: [usize; 10] = [1, 3, 7, 16, 17, 33, 64, 144, 528, 784];

/// Pattern of a buffer of bytes.
#[derive(Clone, Copy, defmt::Format)]
enum Fill {
    /// All equal.
    Same(u8),
    Random,
    /// Four out of five are zero.
    Sparse,
    /// Random in every third row of sixteen, beginning with the second; zero elsewhere.
    Rows,
}

const WEIGHT_FILLS: [Fill; 3] = [Fill::Random, Fill::Same(0x7f), Fill::Same(0x81)];
const INPUT_FILLS: [Fill; 5] = [Fill::Random, Fill::Sparse, Fill::Rows, Fill::Same(255), Fill::Same(0)];

/// Marsaglia's 32-bit xorshift.
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

/// Buffers for a layer of any size.
struct Layer {
    random: Random,
    weights: [u32; WEIGHTS],
    input: [u8; INPUTS + OFFSETS],
    bias: [i32; OUTPUTS],
    prepared: [i32; OUTPUTS],
}

impl Layer {
    /// Compares all fills of one size; returns the number of comparisons, 0 if the weights do not fit.
    fn compare(&mut self, inputs: usize, outputs: usize) -> u32 {
        let words = inputs.div_ceil(16) * 8 * outputs.div_ceil(2);
        let Some(weights) = self.weights.get_mut(..words) else { return 0 };
        let (Some(bias), Some(prepared)) = (self.bias.get_mut(..outputs), self.prepared.get_mut(..outputs)) else {
            return 0;
        };
        let mut compared = 0;
        for weight_fill in WEIGHT_FILLS {
            for word in weights.iter_mut() {
                *word = u32::from_le_bytes([0, 1, 2, 3].map(|at| self.random.byte(at, weight_fill)));
            }
            for bias in bias.iter_mut() {
                *bias = self.random.next().cast_signed() >> 8;
            }
            tiles::prepare(weights, bias, inputs, prepared);
            for input_fill in INPUT_FILLS {
                let shift = self.random.next() as usize % OFFSETS;
                let input = self.input.get_mut(shift..).unwrap_or_default().get_mut(..inputs).unwrap_or_default();
                for (at, input) in input.iter_mut().enumerate() {
                    *input = self.random.byte(at, input_fill);
                }
                let mut expected = [0; OUTPUTS];
                let expected = expected.get_mut(..outputs).unwrap_or_default();
                reference::matvec::<I8, U8>(weights, bias, input, expected);
                // With and without the corrections that a layer computes when it is loaded.
                for prepared in [&*prepared, &[]] {
                    let (mut workspace, mut accumulators) =
                        (tiles::Workspace::UNINIT, [const { MaybeUninit::uninit() }; OUTPUTS]);
                    let accumulators = accumulators.get_mut(..outputs).unwrap_or_default();
                    if tiles::matvec(weights, bias, prepared, input, workspace.entries(), accumulators) != expected {
                        defmt::error!(
                            "{=usize} inputs ({}), {=usize} outputs ({}), {=usize} corrections, from byte {=usize}: \
                             not the reference's sums",
                            inputs,
                            input_fill,
                            outputs,
                            weight_fill,
                            prepared.len(),
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

/// Pattern of integer weights.
#[derive(Clone, Copy, defmt::Format)]
enum Weights {
    Least,
    Most,
    Random,
}

impl Layer {
    /// Like [`compare`](Self::compare), for weights in columns and the kernel that this target has for these formats.
    fn compare_columns<W, X>(&mut self, inputs: usize, outputs: usize) -> u32
    where
        W: Kernel<X> + Weight<Value = i32, Cell = u32>,
        X: QuantizedInput,
    {
        const { assert!(matches!(W::FORMAT.layout(X::FORMAT), Layout::Columns)) };
        let words = inputs * W::row_cells(X::FORMAT, outputs);
        let Some(weights) = self.weights.get_mut(..words) else { return 0 };
        let Some(bias) = self.bias.get_mut(..outputs) else { return 0 };
        let (bits, limit) = (W::FORMAT.bits(), W::FORMAT.limit());
        // Mask of the bits that a level may have; pixels have all.
        let level = if X::SHIFT == 0 { X::FORMAT.max_level() } else { 255 };
        let mut compared = 0;
        for weight_fill in [Weights::Random, Weights::Least, Weights::Most] {
            for word in weights.iter_mut() {
                *word = 0;
                for at in (0..32).step_by(bits as usize) {
                    let weight = match weight_fill {
                        Weights::Least => -limit,
                        Weights::Most => limit,
                        Weights::Random => (self.random.next() >> 8) as i32 % (2 * limit + 1) - limit,
                    };
                    *word |= (weight + W::FORMAT.offset()).cast_unsigned() << at;
                }
            }
            for bias in bias.iter_mut() {
                *bias = self.random.next().cast_signed() >> 8;
            }
            for input_fill in INPUT_FILLS {
                let shift = self.random.next() as usize % OFFSETS;
                let input = self.input.get_mut(shift..).unwrap_or_default().get_mut(..inputs).unwrap_or_default();
                for (at, input) in input.iter_mut().enumerate() {
                    *input = self.random.byte(at, input_fill) & level;
                }
                let mut expected = [0; OUTPUTS];
                let expected = expected.get_mut(..outputs).unwrap_or_default();
                reference::matvec::<W, X>(weights, bias, input, expected);
                let mut workspace = [const { MaybeUninit::uninit() }; OUTPUTS];
                let workspace = workspace.get_mut(..outputs).unwrap_or_default();
                if W::matvec_unprepared(weights, bias, input, workspace) != expected {
                    defmt::error!(
                        "{=usize} inputs ({}, {=u32} bits), {=usize} outputs ({}, {=u32} bits), from byte {=usize}: \
                         not the reference's sums",
                        inputs,
                        input_fill,
                        X::FORMAT.bits(),
                        outputs,
                        weight_fill,
                        bits,
                        shift
                    );
                    host::exit(ExitCode::Differs)
                }
                for rescaling in &RESCALINGS {
                    compare_levels::<W, X, U4>(weights, bias, input, rescaling, expected);
                    compare_levels::<W, X, U2>(weights, bias, input, rescaling, expected);
                }
                compared += 1;
            }
        }
        compared
    }
}

/// Rescalings of sums below 2²⁴ to levels below, within and above their range.
///
/// A multiplier and a rounding shift alone; with a shift before; with a multiplier that is not a
/// [scale](Requantisation::scale).
const RESCALINGS: [Rescaling; 3] = [
    Rescaling { pre_shift: 0, shift: 25, multiplier: 127 },
    Rescaling { pre_shift: 8, shift: 18, multiplier: 255 },
    Rescaling { pre_shift: 20, shift: 1, multiplier: 3 },
];

struct Rescaling {
    pre_shift: u8,
    shift: u8,
    multiplier: u16,
}

/// Compares levels with those of the sums `expected`, with one multiplier for all outputs and with one for each.
fn compare_levels<W, X, E>(weights: &[u32], bias: &[i32], input: &[u8], rescaling: &Rescaling, expected: &[i32])
where
    W: Kernel<X> + Weight<Value = i32, Cell = u32>,
    X: QuantizedInput,
    E: QuantizedActivation,
{
    let each: [[u8; 2]; OUTPUTS] = core::array::from_fn(|o| (rescaling.multiplier - o as u16 % 3).to_le_bytes());
    for count in [1, expected.len()] {
        let multipliers = each.get(..count).unwrap_or_default();
        let requantization = Requantization { pre_shift: rescaling.pre_shift, shift: rescaling.shift, multipliers };
        let (mut accumulators, mut levels) = ([const { MaybeUninit::uninit() }; OUTPUTS], [99; OUTPUTS]);
        let accumulators = accumulators.get_mut(..expected.len()).unwrap_or_default();
        let levels = levels.get_mut(..expected.len()).unwrap_or_default();
        let mut workspace = W::Workspace::UNINIT;
        let product = MatVec { prepared: &[], workspace: &mut workspace, weights, bias, input };
        W::matvec_requantize::<E>(product, &requantization, accumulators, levels);
        for (o, (&level, &sum)) in levels.iter().zip(expected).enumerate() {
            let wanted = requantization.relu(sum, o, E::FORMAT.max_level());
            if level != wanted {
                defmt::error!(
                    "{=usize} inputs, output {=usize} of {=usize}, {=u32} bits: sum {=i32} becomes level {=u8}, \
                     not {=u8}, with {=usize} multipliers, {=u16} >> {=u8}, after {=u8}",
                    input.len(),
                    o,
                    expected.len(),
                    E::FORMAT.bits(),
                    sum,
                    level,
                    wanted,
                    count,
                    rescaling.multiplier,
                    rescaling.shift,
                    rescaling.pre_shift
                );
                host::exit(ExitCode::Differs)
            }
        }
    }
}

/// Compares corrections that were computed while building with those of load time.
fn compare_prepared() {
    const INPUTS: usize = 7 * 16;
    const WORDS: usize = 7 * 8 * OUTPUTS.div_ceil(2);
    const WEIGHTS: [u32; WORDS] = {
        let (mut weights, mut word) = ([0u32; WORDS], 0);
        while word < WORDS {
            weights[word] = (word as u32).wrapping_mul(0x9e37_79b9);
            word += 1;
        }
        weights
    };
    const BIAS: [u32; OUTPUTS] = [7; OUTPUTS];
    static BUILT: tiles::Prepared<OUTPUTS> =
        sinapse::kernel::prepared_while_building::<tiles::Prepared<OUTPUTS>, OUTPUTS>(&WEIGHTS, &BIAS, INPUTS);
    static STORED: [u32; WORDS] = WEIGHTS;
    let mut loaded = tiles::Prepared::<OUTPUTS>::ZEROS;
    tiles::prepare(&STORED, &[7; OUTPUTS], INPUTS, loaded.as_mut_slice());
    if loaded != BUILT {
        defmt::error!("corrections of tiles computed while building differ from those of load time");
        host::exit(ExitCode::Differs)
    }
}

#[entry]
fn main() -> ! {
    let mut layer = Layer {
        random: Random(1),
        weights: [0; WEIGHTS],
        input: [0; INPUTS + OFFSETS],
        bias: [0; OUTPUTS],
        prepared: [0; OUTPUTS],
    };
    compare_prepared();
    let mut compared = 0;
    for inputs in INPUT_COUNTS {
        for outputs in 1..=OUTPUTS {
            compared += layer.compare(inputs, outputs);
        }
    }
    let mut columns = 0;
    for inputs in COLUMN_INPUT_COUNTS {
        for outputs in 1..=OUTPUTS {
            columns += layer.compare_columns::<I8, U4>(inputs, outputs);
            columns += layer.compare_columns::<I8, Pixel<U4>>(inputs, outputs);
            columns += layer.compare_columns::<I4, U4>(inputs, outputs);
            columns += layer.compare_columns::<I4, U8>(inputs, outputs);
            columns += layer.compare_columns::<I2, Pixel<U4>>(inputs, outputs);
            columns += layer.compare_columns::<I2, U8>(inputs, outputs);
        }
    }
    defmt::println!("{=u32} layers of tiles and {=u32} of columns give the reference's sums", compared, columns);
    host::exit(ExitCode::Success)
}

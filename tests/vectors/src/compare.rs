//! The comparisons: every instruction set of this target, every pair of number formats, shapes with every tail.

use sinapse::format::{Element, Layout, QuantizedActivation, QuantizedInput, Requantization, Weight};
use sinapse::kernel::reference;
use sinapse::kernel::simd::Instructions;
use sinapse::{I2, I4, I8, Pixel, U1, U2, U4, U8};

/// Words of the largest layer below.
const CELLS: usize = INPUTS * 3;
/// Maximum number of inputs: more than one block of each kernel's loop.
const INPUTS: usize = 17_000;
const OUTPUTS: usize = 65;

/// Inputs and outputs, in addition to all numbers from 1 to 33 of either.
const SHAPES: [(usize, usize); 7] = [(784, 10), (784, 32), (1000, 7), (3, 1), (100, 65), (1500, 7), (INPUTS, 3)];

/// Pseudo-random numbers: the upper bits of Numerical Recipes' linear congruential generator.
struct Random(u32);

impl Random {
    fn next(&mut self) -> u32 {
        let mut half = || {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            self.0 >> 16
        };
        half() << 16 | half()
    }

    fn real(&mut self) -> f32 {
        self.next() as f32 / (1u64 << 31) as f32 - 1.0
    }
}

/// Pattern of inputs and weights.
#[derive(Clone, Copy)]
enum Fill {
    Sparse,
    Random,
    Largest,
    Smallest,
}

impl Fill {
    fn input(self, random: &mut Random) -> u8 {
        match self {
            Fill::Sparse if random.next() & 3 != 0 => 0,
            Fill::Sparse | Fill::Random => random.next() as u8,
            Fill::Largest | Fill::Smallest => 0xff,
        }
    }

    fn weights(self, random: &mut Random) -> u32 {
        match self {
            Fill::Sparse | Fill::Random => random.next(),
            Fill::Largest => u32::MAX,
            Fill::Smallest => 0,
        }
    }
}

/// Returns the number of the first comparison that fails, or 0.
pub fn all() -> u32 {
    let tails = (1..=33).flat_map(|n| [(5, n), (n, 10)]);
    let mut number = 0;
    for (inputs, outputs) in tails.chain(SHAPES) {
        for fill in [Fill::Sparse, Fill::Random, Fill::Largest, Fill::Smallest] {
            let equal = [
                integers::<I8, U4>(inputs, outputs, fill),
                integers::<I8, U8>(inputs, outputs, fill),
                integers::<I4, U8>(inputs, outputs, fill),
                integers::<I2, U8>(inputs, outputs, fill),
                integers::<I8, Pixel<U1>>(inputs, outputs, fill),
                integers::<I4, Pixel<U4>>(inputs, outputs, fill),
                integers::<I2, Pixel<U2>>(inputs, outputs, fill),
                floats::<Pixel<f32>>(inputs, outputs, fill, |byte| byte),
                floats::<f32>(inputs, outputs, fill, |byte| f32::from(byte) - 100.0 * f32::from(byte & 1)),
                levels::<U4>(outputs, 1),
                levels::<U8>(outputs, outputs),
            ];
            for equal in equal {
                number += 1;
                if !equal {
                    return number;
                }
            }
        }
    }
    0
}

fn integers<W, X>(inputs: usize, outputs: usize, fill: Fill) -> bool
where
    W: Weight<Value = i32, Cell = u32>,
    X: QuantizedInput,
{
    let mut random = Random((inputs * 100 + outputs) as u32);
    let cells = W::FORMAT.rows(X::FORMAT, inputs) * W::row_cells(X::FORMAT, outputs);
    let mut weights = [0; CELLS];
    weights[..cells].fill_with(|| fill.weights(&mut random));
    let mut input = [0; INPUTS];
    // Levels, unlike pixels, are limited to the maximum level.
    let mask = if X::SHIFT == 0 { X::FORMAT.max_level() } else { 0xff };
    input[..inputs].fill_with(|| fill.input(&mut random) & mask);
    let mut bias = [0; OUTPUTS];
    bias.fill_with(|| random.next().cast_signed() >> 8);

    let (weights, input, bias) = (&weights[..cells], &input[..inputs], &bias[..outputs]);
    let mut expected = [0; OUTPUTS];
    reference::matvec::<W, X>(weights, bias, input, &mut expected[..outputs]);
    Instructions::all().all(|set| {
        let mut found = [0; OUTPUTS];
        found[..outputs].copy_from_slice(bias);
        match W::FORMAT.layout(X::FORMAT) {
            Layout::Columns => set.add_columns::<W, X>(weights, input, &mut found[..outputs]),
            Layout::Tiles => set.add_tiles(weights, input, &mut found[..outputs]),
        }
        found == expected
    })
}

fn floats<X: Element<Value = f32>>(inputs: usize, outputs: usize, fill: Fill, read: fn(u8) -> X::Raw) -> bool {
    let mut random = Random((inputs * 100 + outputs) as u32);
    let mut weights = [0.0; CELLS];
    weights[..inputs * outputs].fill_with(|| random.real());
    let mut input = [X::Raw::default(); INPUTS];
    input[..inputs].fill_with(|| read(fill.input(&mut random)));
    let mut bias = [0.0; OUTPUTS];
    bias.fill_with(|| random.real());

    let (weights, input, bias) = (&weights[..inputs * outputs], &input[..inputs], &bias[..outputs]);
    let mut expected = [0.0; OUTPUTS];
    reference::matvec::<f32, X>(weights, bias, input, &mut expected[..outputs]);
    Instructions::all().all(|set| {
        let mut found = [0.0; OUTPUTS];
        found[..outputs].copy_from_slice(bias);
        set.add_floats::<X>(weights, input, &mut found[..outputs]);
        found.map(f32::to_bits) == expected.map(f32::to_bits)
    })
}

/// Compares requantisation with one multiplier or one per output.
fn levels<E: QuantizedActivation>(outputs: usize, multipliers: usize) -> bool {
    let mut random = Random((outputs * 100 + multipliers) as u32);
    let mut sums = [0; OUTPUTS];
    sums.fill_with(|| random.next().cast_signed() >> 8);
    let mut all = [[0; 2]; OUTPUTS];
    all.fill_with(|| (random.next() as u16).to_le_bytes());
    // Sums are below 2²³; shifted by 9 and times less than 2¹⁶, below 2³⁰.
    let requantization = Requantization { pre_shift: 9, shift: 20, multipliers: &all[..multipliers] };
    let mut expected = [0; OUTPUTS];
    for (o, (level, &sum)) in expected[..outputs].iter_mut().zip(&sums).enumerate() {
        *level = requantization.relu(sum, o, E::FORMAT.max_level());
    }
    Instructions::all().all(|set| {
        let mut found = [0; OUTPUTS];
        set.relu::<E>(&requantization, &sums[..outputs], &mut found[..outputs]);
        found == expected
    })
}

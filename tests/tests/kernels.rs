//! Every kernel equals the reference, bit for bit, and typed networks equal those of any shape.

use std::mem::MaybeUninit;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sinapse::I2;
use sinapse::activation::ActivationKind::{Identity, Relu, Sigmoid};
use sinapse::element::{ElementFormat, Levels};
use sinapse::kernel::{Kernel, lanes, reference, skip, tiles};
use sinapse::weight::{Order, Weight, WeightFormat};
use sinapse::{Dense, I4, I8, Network, Pixel, U1, U2, U4, U8, layers};
use sinapse_tests::{description, layer, random_blob, random_image};
use sinapse_trainer::blob::LayerBytes;
use sinapse_trainer::model::{Blob, Model, Scores};

/// How the integer weights or inputs of a case are chosen.
#[derive(Clone, Copy, Debug)]
enum Fill {
    Random,
    Least,
    Most,
    Alternating,
}

const FILLS: [Fill; 4] = [Fill::Random, Fill::Least, Fill::Most, Fill::Alternating];

impl Fill {
    fn number(self, rng: &mut ChaCha8Rng, index: usize, least: i32, most: i32) -> i32 {
        match self {
            Fill::Random => rng.random_range(least..=most),
            Fill::Least => least,
            Fill::Most => most,
            Fill::Alternating => {
                if index.is_multiple_of(2) {
                    least
                } else {
                    most
                }
            }
        }
    }
}

/// An integer kernel.
type SumsOf = fn(&[u32], &[i32], &[u8]) -> Vec<i32>;

fn skip_sums<W: skip::Column<Value = i32, Cell = u32>, X: Levels>(
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
) -> Vec<i32> {
    let mut sums = bias.to_vec();
    skip::add::<W, X>(weights, input, &mut sums);
    sums
}

fn tiles_sums(weights: &[u32], bias: &[i32], input: &[u8]) -> Vec<i32> {
    let mut sums = bias.to_vec();
    tiles::add(weights, input, &mut sums);
    sums
}

fn lanes_sums<W: Weight<Value = i32, Cell = u32>, X: Levels>(weights: &[u32], bias: &[i32], input: &[u8]) -> Vec<i32> {
    lanes::sums::<W, X>(weights, bias, input, &mut vec![MaybeUninit::uninit(); bias.len()]).to_vec()
}

fn selected<W: Kernel<X> + Weight<Value = i32, Cell = u32>, X: Levels>(
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
) -> Vec<i32> {
    W::sums(weights, bias, input, &mut vec![MaybeUninit::uninit(); bias.len()]).to_vec()
}

fn integer_sums_equal_the_reference<W, X>(inputs: usize, outputs: usize, fill: Fill)
where
    W: skip::Column + Kernel<X> + Weight<Value = i32, Cell = u32>,
    X: Levels,
{
    let mut rng = ChaCha8Rng::seed_from_u64((inputs * 1000 + outputs) as u64);
    let limit = W::FORMAT.limit();
    let number = |at: usize| fill.number(&mut rng, at / outputs + at % outputs, -limit, limit) as i8;
    let weights: Vec<i8> = (0..inputs * outputs).map(number).collect();
    let weights = LayerBytes::rows(&weights, outputs, W::FORMAT, X::FORMAT);
    let weights: Vec<u32> = weights.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
    let bias: Vec<i32> = (0..outputs).map(|_| rng.random_range(-1_000_000..1_000_000)).collect();
    let kernels: Vec<(&str, SumsOf)> = match W::FORMAT.order(X::FORMAT) {
        Order::Columns => {
            vec![("skip", skip_sums::<W, X>), ("lanes", lanes_sums::<W, X>), ("selected", selected::<W, X>)]
        }
        Order::Tiles => vec![("tiles", tiles_sums), ("selected", selected::<W, X>)],
    };
    let top = i32::from(X::FORMAT.top_level());
    for sparse in [false, true] {
        let pixel = |i| if sparse && rng.random_bool(0.8) { 0 } else { fill.number(&mut rng, i, 0, top) as u8 };
        let input: Vec<u8> = (0..inputs).map(pixel).collect();
        let mut expected = vec![0; outputs];
        reference::sums::<W, X>(&weights, &bias, &input, &mut expected);
        for (name, kernel) in &kernels {
            let found = kernel(&weights, &bias, &input);
            assert_eq!(found, expected, "{name}, {inputs} inputs, {outputs} outputs, {fill:?}, sparse {sparse}");
        }
    }
}

#[test]
fn integer_kernels_equal_the_reference_for_every_tail_and_real_shape() {
    let mut shapes: Vec<(usize, usize)> = (1..=33).map(|outputs| (5, outputs)).collect();
    shapes.extend((1..=9).map(|inputs| (inputs, 10)));
    shapes.extend([(784, 32), (784, 10), (1000, 7), (3, 1), (256, 64)]);
    for (inputs, outputs) in shapes {
        for fill in FILLS {
            integer_sums_equal_the_reference::<I8, U4>(inputs, outputs, fill);
            integer_sums_equal_the_reference::<I8, U8>(inputs, outputs, fill);
            integer_sums_equal_the_reference::<I8, Pixel<U4>>(inputs, outputs, fill);
            integer_sums_equal_the_reference::<I4, U4>(inputs, outputs, fill);
            integer_sums_equal_the_reference::<I2, Pixel<U4>>(inputs, outputs, fill);
            integer_sums_equal_the_reference::<I2, U8>(inputs, outputs, fill);
            integer_sums_equal_the_reference::<I8, Pixel<U1>>(inputs, outputs, fill);
            integer_sums_equal_the_reference::<I4, U2>(inputs, outputs, fill);
            integer_sums_equal_the_reference::<I4, Pixel<U8>>(inputs, outputs, fill);
        }
    }
}

#[test]
fn float_kernels_equal_the_reference_bit_for_bit() {
    for (inputs, outputs) in [(1, 1), (7, 3), (784, 16), (16, 10), (100, 33)] {
        let mut rng = ChaCha8Rng::seed_from_u64(inputs as u64);
        let mut numbers = |count: usize| (0..count).map(|_| rng.random_range(-1.0f32..1.0)).collect::<Vec<_>>();
        let (weights, bias) = (numbers(inputs * outputs), numbers(outputs));
        let input = random_image(inputs, 2);
        let (mut expected, mut found) = (vec![0.0f32; outputs], bias.clone());
        reference::sums::<f32, Pixel<f32>>(&weights, &bias, &input, &mut expected);
        skip::add::<f32, Pixel<f32>>(&weights, &input, &mut found);
        let bits = |sums: &[f32]| sums.iter().map(|sum| sum.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&found), bits(&expected), "{inputs} inputs, {outputs} outputs");
    }
}

#[test]
fn negative_zero_sums_keep_their_sign_past_zero_inputs() {
    let mut sums = [-0.0f32];
    skip::add::<f32, f32>(&[5.0], &[0.0], &mut sums);
    assert!(sums[0] == 0.0 && sums[0].is_sign_negative());
}

#[test]
fn a_typed_integer_network_equals_the_one_of_any_shape() {
    type Typed<'a> = Network<
        layers![
            Dense<'a, 784, 33, Pixel<U4>, I4, sinapse::Relu<U4>>,
            Dense<'a, 33, 17, U4, I8, sinapse::Sigmoid<U8>>,
            Dense<'a, 17, 10, U8, I8, sinapse::Identity>,
        ],
    >;
    let hidden = layer(33, WeightFormat::I4, Relu, ElementFormat::U4);
    let squashed = layer(17, WeightFormat::I8, Sigmoid, ElementFormat::U8);
    let last = layer(10, WeightFormat::I8, Identity, ElementFormat::I32);
    let blob = Blob::new(&random_blob(&description(784, ElementFormat::U4, &[hidden, squashed, last]), 7));
    let typed = Typed::load(blob.bytes()).unwrap();
    let model = Model::load(&blob).unwrap();
    let mut scratch = Typed::SCRATCH;
    for seed in 0..40 {
        let image = random_image(784, seed);
        let logits = typed.logits(image.as_slice().try_into().unwrap(), &mut scratch);
        assert_eq!(model.scores(&image), Scores::I32(logits.to_vec()));
    }
}

#[test]
fn a_typed_float_network_equals_the_one_of_any_shape() {
    type Typed<'a> = Network<
        layers![
            Dense<'a, 784, 16, Pixel<f32>, f32, sinapse::Sigmoid<f32>>,
            Dense<'a, 16, 16, f32, f32, sinapse::Relu<f32>>,
            Dense<'a, 16, 10, f32, f32, sinapse::Identity>,
        ],
    >;
    let squashed = layer(16, WeightFormat::F32, Sigmoid, ElementFormat::F32);
    let hidden = layer(16, WeightFormat::F32, Relu, ElementFormat::F32);
    let last = layer(10, WeightFormat::F32, Identity, ElementFormat::F32);
    let blob = Blob::new(&random_blob(&description(784, ElementFormat::F32, &[squashed, hidden, last]), 7));
    let typed = Typed::load(blob.bytes()).unwrap();
    let model = Model::load(&blob).unwrap();
    let mut scratch = Typed::SCRATCH;
    for seed in 0..40 {
        let image = random_image(784, seed);
        let logits = typed.logits(image.as_slice().try_into().unwrap(), &mut scratch);
        assert_eq!(model.scores(&image), Scores::F32(logits.to_vec()));
    }
}

#[test]
fn a_typed_network_that_reduces_its_picture_equals_the_one_of_any_shape() {
    use sinapse::description::Reduction;
    use sinapse::reduce::{Reduce, Scale, TwoThirds};
    type Typed<'a> = Network<
        layers![
            Reduce<784, 28, 2, TwoThirds, 256, U4>,
            Dense<'a, 256, 20, Pixel<U4>, I4, sinapse::Relu<U4>>,
            Dense<'a, 20, 10, U4, I4, sinapse::Identity>,
        ],
    >;
    let hidden = layer(20, WeightFormat::I4, Relu, ElementFormat::U4);
    let last = layer(10, WeightFormat::I4, Identity, ElementFormat::I32);
    let reduction = Reduction { width: 28, height: 28, crop: 2, scale: Scale::TwoThirds };
    let network = description(256, ElementFormat::U4, &[hidden, last]).reduced_by(reduction);
    let blob = Blob::new(&random_blob(&network, 7));
    let typed = Typed::load(blob.bytes()).unwrap();
    let model = Model::load(&blob).unwrap();
    let mut scratch = Typed::SCRATCH;
    for seed in 0..40 {
        let image = random_image(784, seed);
        let logits = typed.logits(image.as_slice().try_into().unwrap(), &mut scratch);
        assert_eq!(model.scores(&image), Scores::I32(logits.to_vec()));
    }
}

//! Every kernel equals the reference, bit for bit, and typed networks equal those of any shape.

use std::fs;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sinapse::I2;
use sinapse::activation::ActivationKind::{Identity, Relu, Sigmoid};
use sinapse::element::{Element, ElementFormat, Levels};
use sinapse::kernel::vector::Instructions;
use sinapse::kernel::{Kernel, lanes, quads, reference, skip};
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

/// A kernel for weights in cells `C`, values `V` and inputs `R`.
type SumsOf<C, V, R> = Box<dyn Fn(&[C], &[V], &[R], &mut [V])>;

/// Kernels with the names of their files.
type Named<C, V, R> = Vec<(&'static str, SumsOf<C, V, R>)>;

/// Every kernel for integers that this CPU can run, by its file in `core/src/kernel`.
fn integer_kernels<W, X>() -> Named<u32, i32, u8>
where
    W: skip::Column + Kernel<X> + Weight<Value = i32, Cell = u32> + 'static,
    X: Levels + 'static,
{
    let mut kernels: Named<u32, i32, u8> =
        vec![("reference", Box::new(reference::sums::<W, X>)), ("mod", Box::new(<W as Kernel<X>>::sums))];
    match W::FORMAT.order(X::FORMAT) {
        Order::Columns => {
            kernels.push(("skip", Box::new(skip::sums::<W, X>)));
            kernels.push(("lanes", Box::new(lanes::sums::<W, X>)));
            for set in Instructions::all() {
                kernels.push((set.name(), Box::new(move |w, b, x, sums| set.columns::<W, X>(w, b, x, sums))));
            }
        }
        Order::Quads => {
            kernels.push(("quads", Box::new(quads::sums)));
            for set in Instructions::all() {
                kernels.push((set.name(), Box::new(move |w, b, x, sums| set.quads(w, b, x, sums))));
            }
        }
    }
    kernels
}

/// Every kernel for `f32` that this CPU can run.
fn float_kernels<X: Element<Value = f32> + 'static>() -> Named<f32, f32, X::Raw> {
    let mut kernels: Named<f32, f32, X::Raw> = vec![
        ("reference", Box::new(reference::sums::<f32, X>)),
        ("mod", Box::new(<f32 as Kernel<X>>::sums)),
        ("skip", Box::new(skip::sums::<f32, X>)),
    ];
    for set in Instructions::all() {
        kernels.push((set.name(), Box::new(move |w, b, x, sums| set.floats::<X>(w, b, x, sums))));
    }
    kernels
}

fn integer_sums_equal_the_reference<W, X>(inputs: usize, outputs: usize, fill: Fill)
where
    W: skip::Column + Kernel<X> + Weight<Value = i32, Cell = u32> + 'static,
    X: Levels + 'static,
{
    let mut rng = ChaCha8Rng::seed_from_u64((inputs * 1000 + outputs) as u64);
    let limit = W::FORMAT.limit();
    let number = |at: usize| fill.number(&mut rng, at / outputs + at % outputs, -limit, limit) as i8;
    let weights: Vec<i8> = (0..inputs * outputs).map(number).collect();
    let weights = LayerBytes::rows(&weights, outputs, W::FORMAT, X::FORMAT);
    let weights: Vec<u32> = weights.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
    let bias: Vec<i32> = (0..outputs).map(|_| rng.random_range(-1_000_000..1_000_000)).collect();
    let kernels = integer_kernels::<W, X>();
    let top = i32::from(X::FORMAT.top_level());
    for sparse in [false, true] {
        let pixel = |i| if sparse && rng.random_bool(0.8) { 0 } else { fill.number(&mut rng, i, 0, top) as u8 };
        let input: Vec<u8> = (0..inputs).map(pixel).collect();
        let mut expected = vec![0; outputs];
        reference::sums::<W, X>(&weights, &bias, &input, &mut expected);
        for (name, kernel) in &kernels {
            let mut found = vec![1; outputs];
            kernel(&weights, &bias, &input, &mut found);
            assert_eq!(found, expected, "{name}, {inputs} inputs, {outputs} outputs, {fill:?}, sparse {sparse}");
        }
    }
}

#[test]
fn integer_kernels_equal_the_reference_for_every_tail_and_real_shape() {
    let mut shapes: Vec<(usize, usize)> = (1..=33).map(|outputs| (5, outputs)).collect();
    shapes.extend((1..=9).map(|inputs| (inputs, 10)));
    shapes.extend([(784, 32), (784, 10), (1000, 7), (3, 1), (256, 64), (5000, 65)]);
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

fn float_sums_equal_the_reference<X: Element<Value = f32> + 'static>(
    inputs: usize,
    outputs: usize,
    read: fn(u8) -> X::Raw,
) {
    let mut rng = ChaCha8Rng::seed_from_u64((inputs * 1000 + outputs) as u64);
    let mut numbers = |count: usize| (0..count).map(|_| rng.random_range(-1.0f32..1.0)).collect::<Vec<_>>();
    let (weights, bias) = (numbers(inputs * outputs), numbers(outputs));
    let input: Vec<X::Raw> = random_image(inputs, 2).into_iter().map(read).collect();
    let mut expected = vec![0.0f32; outputs];
    reference::sums::<f32, X>(&weights, &bias, &input, &mut expected);
    let bits = |sums: &[f32]| sums.iter().map(|sum| sum.to_bits()).collect::<Vec<_>>();
    for (name, kernel) in float_kernels::<X>() {
        let mut found = vec![1.0f32; outputs];
        kernel(&weights, &bias, &input, &mut found);
        assert_eq!(bits(&found), bits(&expected), "{name}, {inputs} inputs, {outputs} outputs");
    }
}

#[test]
fn float_kernels_equal_the_reference_bit_for_bit() {
    let mut shapes: Vec<(usize, usize)> = (1..=33).map(|outputs| (5, outputs)).collect();
    shapes.extend((1..=33).map(|inputs| (inputs, 10)));
    shapes.extend([(784, 16), (784, 32), (100, 33), (1000, 7), (1500, 40)]);
    for (inputs, outputs) in shapes {
        float_sums_equal_the_reference::<Pixel<f32>>(inputs, outputs, |pixel| pixel);
        float_sums_equal_the_reference::<f32>(inputs, outputs, |pixel| f32::from(pixel) - 100.0 * f32::from(pixel & 1));
    }
}

#[test]
fn negative_zero_sums_keep_their_sign_past_zero_inputs() {
    for (name, kernel) in float_kernels::<f32>() {
        let mut sums = [1.0f32; 2];
        kernel(&[5.0, 5.0, 5.0, 5.0], &[-0.0, -0.0], &[0.0, -0.0], &mut sums);
        assert!(sums.iter().all(|sum| *sum == 0.0 && sum.is_sign_negative()), "{name}");
    }
}

#[test]
fn inputs_in_any_place_of_memory_give_the_same_sums() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let weights: Vec<u32> = (0..100 * 3).map(|_| rng.random::<u32>() | 0x1111_1111).collect();
    let pixels = random_image(100 + 32, 5);
    for start in 0..32 {
        let input = &pixels[start..start + 100];
        let mut expected = [0; 10];
        reference::sums::<I8, Pixel<U4>>(&weights, &[7; 10], input, &mut expected);
        for (name, kernel) in integer_kernels::<I8, Pixel<U4>>() {
            let mut found = [1; 10];
            kernel(&weights, &[7; 10], input, &mut found);
            assert_eq!(found, expected, "{name}, from byte {start}");
        }
    }
}

#[test]
fn every_kernel_of_this_cpu_is_in_the_lists() {
    // Files for other machines, which on-target tests and `tests/vectors` compare, and files that hold no kernel of their own.
    const ELSEWHERE: [&str; 7] = ["armv6m", "armv7m", "float", "neon", "simd128", "portable", "mod"];
    const NO_KERNELS: [&str; 3] = ["cpuid", "part", "walk"];
    let kernels = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/kernel");
    let mut files = Vec::new();
    for folder in [kernels.clone(), kernels.join("lanes"), kernels.join("quads"), kernels.join("vector")] {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut listed: Vec<&str> = integer_kernels::<I8, U4>().into_iter().map(|kernel| kernel.0).collect();
    listed.extend(integer_kernels::<I8, U8>().into_iter().map(|kernel| kernel.0));
    let has_avx512 = Instructions::all().any(|set| set.name() == "avx512");
    for file in files {
        let file = file.as_str();
        let known = ELSEWHERE.contains(&file) || NO_KERNELS.contains(&file) || listed.contains(&file);
        let absent = ["avx2", "avx512"].contains(&file) && !has_avx512;
        assert!(known || absent, "core/src/kernel has `{file}.rs`, which no test compares with the reference");
    }
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

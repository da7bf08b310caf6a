//! Every kernel equals the reference, bit for bit, and typed networks equal those of any shape.

use std::collections::BTreeSet;
use std::fs;
use std::mem::MaybeUninit;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sinapse::I2;
use sinapse::activation::ActivationKind::{Identity, Relu, Sigmoid};
use sinapse::blob::Logits;
use sinapse::element::{Element, ElementFormat, Level, Levels};
use sinapse::kernel::vector::Instructions;
use sinapse::kernel::{Kernel, lanes, reference, relu, skip, tiles};
use sinapse::requantize::Requantization;
use sinapse::room::Room;
use sinapse::weight::{Order, Weight, WeightFormat};
use sinapse::{Dense, Description, I4, I8, Network, Pixel, U1, U2, U4, U8, layers};
use sinapse_tests::{PROVENANCE, description, layer, random_blob, random_image};
use sinapse_trainer::blob::{LayerBytes, encode};
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

/// Sums of a kernel for weights in cells `C`, values `V` and inputs `R`: weights, bias, inputs.
type SumsOf<C, V, R> = Box<dyn Fn(&[C], &[V], &[R]) -> Vec<V>>;

/// Kernels with the paths of their files in `core/src/kernel`.
type Named<C, V, R> = Vec<(String, SumsOf<C, V, R>)>;

/// A kernel that adds to the bias.
fn adding<C, V: Copy, R>(add: impl Fn(&[C], &[R], &mut [V]) + 'static) -> SumsOf<C, V, R> {
    Box::new(move |weights, bias, input| {
        let mut sums = bias.to_vec();
        add(weights, input, &mut sums);
        sums
    })
}

/// A kernel that writes sums where there was nothing.
fn writing<C, V: Copy + 'static, R>(
    sums: impl for<'s> Fn(&[C], &[V], &[R], &'s mut [MaybeUninit<V>]) -> &'s mut [V] + 'static,
) -> SumsOf<C, V, R> {
    Box::new(move |weights, bias, input| {
        sums(weights, bias, input, &mut vec![MaybeUninit::uninit(); bias.len()]).to_vec()
    })
}

/// The file of a set of vector instructions.
fn file_of(set: Instructions) -> String {
    format!("vector/{}", set.name())
}

/// Every kernel for integers that this CPU can run.
fn integer_kernels<W, X>() -> Named<u32, i32, u8>
where
    W: skip::Column + Kernel<X> + Weight<Value = i32, Cell = u32> + 'static,
    X: Levels + 'static,
{
    let mut kernels: Named<u32, i32, u8> = vec![("mod".into(), writing(<W as Kernel<X>>::sums))];
    match W::FORMAT.order(X::FORMAT) {
        Order::Columns => {
            kernels.push(("skip".into(), adding(skip::add::<W, X>)));
            kernels.push((
                "lanes/portable".into(),
                writing(|w, b, x, sums| lanes::sums::<W, X>(w, b, x, &mut { lanes::Room::ANY }, sums)),
            ));
            for set in Instructions::all() {
                kernels.push((file_of(set), adding(move |w, x, sums| set.add_columns::<W, X>(w, x, sums))));
            }
        }
        Order::Tiles => {
            kernels.push(("tiles/portable".into(), adding(tiles::portable::add)));
            kernels.push((
                "tiles/scalar/portable".into(),
                writing(|w, b, x, sums| tiles::sums(w, b, &[], x, &mut { tiles::Room::ANY }, sums)),
            ));
            for set in Instructions::all() {
                kernels.push((file_of(set), adding(move |w, x, sums| set.add_tiles(w, x, sums))));
            }
        }
    }
    kernels
}

/// Every kernel for `f32` that this CPU can run.
fn float_kernels<X: Element<Value = f32> + 'static>() -> Named<f32, f32, X::Raw> {
    let mut kernels: Named<f32, f32, X::Raw> =
        vec![("mod".into(), writing(<f32 as Kernel<X>>::sums)), ("skip".into(), adding(skip::add::<f32, X>))];
    for set in Instructions::all() {
        kernels.push((file_of(set), adding(move |w, x, sums| set.add_floats::<X>(w, x, sums))));
    }
    kernels
}

/// What turns sums into levels.
type LevelsOf = Box<dyn Fn(&Requantization<'_>, &[i32], &mut [u8])>;

/// Every loop from sums to levels that this CPU can run.
fn relu_kernels<E: Level + 'static>() -> Vec<(String, LevelsOf)> {
    let mut kernels: Vec<(String, LevelsOf)> = vec![
        ("relu/mod".into(), Box::new(relu::relu::<E>)),
        ("relu/portable".into(), Box::new(relu::portable::relu::<E>)),
    ];
    for set in Instructions::all() {
        kernels.push((file_of(set), Box::new(move |by, sums, levels| set.relu::<E>(by, sums, levels))));
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
            let found = kernel(&weights, &bias, &input);
            assert_eq!(found, expected, "{name}, {inputs} inputs, {outputs} outputs, {fill:?}, sparse {sparse}");
        }
    }
}

#[test]
fn integer_kernels_equal_the_reference_for_every_tail_and_real_shape() {
    let mut shapes: Vec<(usize, usize)> = (1..=33).map(|outputs| (5, outputs)).collect();
    shapes.extend((1..=9).map(|inputs| (inputs, 10)));
    shapes.extend([(784, 32), (784, 10), (1000, 7), (3, 1), (256, 64), (5000, 65), (17_000, 3)]);
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
        let found = kernel(&weights, &bias, &input);
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
        let sums = kernel(&[5.0, 5.0, 5.0, 5.0], &[-0.0, -0.0], &[0.0, -0.0]);
        assert!(sums.iter().all(|sum| *sum == 0.0 && sum.is_sign_negative()), "{name}");
    }
}

fn sums_from_any_place_are_equal<W, X>()
where
    W: skip::Column + Kernel<X> + Weight<Value = i32, Cell = u32> + 'static,
    X: Levels + 'static,
{
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let weights: Vec<u32> = (0..100 * 5).map(|_| rng.random::<u32>() | 0x1111_1111).collect();
    let weights = &weights[..W::FORMAT.rows(X::FORMAT, 100) * W::row_cells(X::FORMAT, 10)];
    let pixels = random_image(100 + 32, 5);
    for start in 0..32 {
        let input = &pixels[start..start + 100];
        let mut expected = [0; 10];
        reference::sums::<W, X>(weights, &[7; 10], input, &mut expected);
        for (name, kernel) in integer_kernels::<W, X>() {
            assert_eq!(kernel(weights, &[7; 10], input), expected, "{name}, from byte {start}");
        }
    }
}

#[test]
fn inputs_in_any_place_of_memory_give_the_same_sums() {
    sums_from_any_place_are_equal::<I8, Pixel<U4>>();
    sums_from_any_place_are_equal::<I8, Pixel<U8>>();
}

fn levels_equal_the_definition<E: Level + 'static>(outputs: usize, multipliers: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64((outputs * 100 + multipliers) as u64);
    let sums: Vec<i32> = (0..outputs).map(|_| rng.random_range(-(1 << 24)..1 << 24)).collect();
    let multipliers: Vec<[u8; 2]> = (0..multipliers).map(|_| rng.random_range(0..=u16::MAX).to_le_bytes()).collect();
    // A sum below 2²⁴, shifted by 10 and times less than 2¹⁶, is below 2³⁰: half a step, at most 2³⁰, leaves it below 2³¹.
    for shift in [1, 16, 22, 31] {
        let requantization = Requantization { pre_shift: 10, shift, multipliers: &multipliers };
        let relu = |(o, &a)| requantization.relu(a, o, E::FORMAT.top_level());
        let expected: Vec<u8> = sums.iter().enumerate().map(relu).collect();
        for (name, kernel) in relu_kernels::<E>() {
            let mut levels = vec![77; outputs];
            kernel(&requantization, &sums, &mut levels);
            assert_eq!(levels, expected, "{name}, {outputs} outputs, {} multipliers", multipliers.len());
        }
    }
}

#[test]
fn levels_equal_the_definition_for_every_tail() {
    for outputs in (1..=70).chain([784]) {
        for multipliers in [1, outputs] {
            levels_equal_the_definition::<U8>(outputs, multipliers);
            levels_equal_the_definition::<U4>(outputs, multipliers);
            levels_equal_the_definition::<U1>(outputs, multipliers);
        }
    }
}

/// All files of a folder, without `.rs`, from the folder on.
fn files_in(folder: &Path, prefix: &str, files: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_stem().unwrap().to_str().unwrap());
        if path.is_dir() {
            files_in(&path, &format!("{name}/"), files);
        } else {
            files.insert(name);
        }
    }
}

#[test]
fn every_file_of_a_kernel_is_in_a_list_of_compared_ones() {
    // Compared where they run, in QEMU, by `cargo xtask test`: logits on every core, and `firmware`'s program `kernels`.
    const ON_TARGET: [&str; 15] = [
        "float",
        "lanes/armv6m/columns",
        "lanes/armv6m/scan",
        "lanes/armv7m/columns",
        "lanes/armv7m/scan",
        "lanes/armv7m/tops/bytes",
        "lanes/armv7m/tops/nibbles",
        "relu/armv6m",
        "relu/armv7m",
        "tiles/armv7em",
        "tiles/helium/dense",
        "tiles/helium/listed",
        "tiles/scalar/armv6m",
        "tiles/scalar/armv7m",
        "tiles/scalar/thumb",
    ];
    const IN_TESTS_VECTORS: [&str; 2] = ["vector/neon", "vector/simd128"];
    // What kernels are compared with, what chooses among the files of a folder, and what these share.
    const NO_KERNELS: [&str; 14] = [
        "reference",
        "lanes/mod",
        "lanes/walk",
        "lanes/armv6m/mod",
        "lanes/armv7m/mod",
        "lanes/armv7m/tops/mod",
        "relu/arm",
        "tiles/mod",
        "tiles/helium/mod",
        "tiles/scalar/mod",
        "vector/mod",
        "vector/cpuid",
        "vector/part",
        "vector/walk",
    ];
    // This CPU may lack them.
    const OPTIONAL: [&str; 3] = ["vector/sse2", "vector/avx2", "vector/avx512"];

    let mut known: BTreeSet<String> = integer_kernels::<I8, U4>().into_iter().map(|kernel| kernel.0).collect();
    known.extend(integer_kernels::<I8, U8>().into_iter().map(|kernel| kernel.0));
    known.extend(float_kernels::<f32>().into_iter().map(|kernel| kernel.0));
    known.extend(relu_kernels::<U8>().into_iter().map(|kernel| kernel.0));
    let lists: [&[&str]; 4] = [&ON_TARGET, &IN_TESTS_VECTORS, &NO_KERNELS, &OPTIONAL];
    known.extend(lists.concat().into_iter().map(String::from));
    let mut files = BTreeSet::new();
    files_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/kernel"), "", &mut files);
    let missing: Vec<_> = files.difference(&known).collect();
    assert!(missing.is_empty(), "no test compares these files of core/src/kernel: {missing:?}");
    let gone: Vec<_> = known.difference(&files).collect();
    assert!(gone.is_empty(), "core/src/kernel has no such files: {gone:?}");
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
    let reduction = Reduction { width: 28, height: 28, crop: 2, scale: Scale::TwoThirds, deslant: false, views: false };
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

#[test]
fn a_typed_network_that_corrects_slants_equals_the_one_of_any_shape_and_is_another_than_without() {
    use sinapse::LoadError;
    use sinapse::description::Reduction;
    use sinapse::reduce::{Deslanted, Half, Reduce, Scale, reduce};
    type Of<'a, S> = Network<
        layers![
            Reduce<784, 28, 3, S, 121, U4>,
            Dense<'a, 121, 20, Pixel<U4>, I4, sinapse::Relu<U4>>,
            Dense<'a, 20, 10, U4, I4, sinapse::Identity>,
        ],
    >;
    type Typed<'a> = Of<'a, Deslanted<Half>>;
    let hidden = layer(20, WeightFormat::I4, Relu, ElementFormat::U4);
    let last = layer(10, WeightFormat::I4, Identity, ElementFormat::I32);
    let reduction = Reduction { width: 28, height: 28, crop: 3, scale: Scale::Half, deslant: true, views: false };
    let network = description(121, ElementFormat::U4, &[hidden, last]).reduced_by(reduction);
    let bytes = random_blob(&network, 7);
    let blob = Blob::new(&bytes);
    let typed = Typed::load(blob.bytes()).unwrap();
    let model = Model::load(&blob).unwrap();
    let mut scratch = Typed::SCRATCH;
    let upright = Reduction { deslant: false, ..reduction };
    let without = Blob::new(&random_blob(&network.reduced_by(upright), 7));
    let mut moved = 0;
    for image in sinapse_trainer::drawn::dataset(100, 3).0 {
        assert_eq!(model.scores(&image), Scores::I32(typed.logits(&image, &mut scratch).to_vec()));
        let reduced = [reduction, upright].map(|how| {
            let mut out = [0; 121];
            reduce(&image, &how, &mut out);
            out
        });
        moved += usize::from(reduced[0] != reduced[1]);
    }
    assert!(moved > 80, "only {moved} of 100 drawn digits lean");

    let rust_type = sinapse::blob::rust_type(blob.bytes()).unwrap().to_string();
    let reduce =
        "::sinapse::Reduce<784, 28, 3, ::sinapse::reduce::Deslanted<::sinapse::reduce::Half>, 121, ::sinapse::U4>";
    assert!(rust_type.contains(reduce), "{rust_type}");
    assert!(model.description.to_string().starts_with("28 × 28 (crop 3, Half, deslanted) → 121 (U4)"));
    let refused = Of::<Half>::load(blob.bytes()).map(drop).unwrap_err();
    assert!(refused.to_string().contains("28 × 28 pixels (crop 3, Half, deslanted) read as U4"), "{refused}");
    assert!(matches!(Typed::load(without.bytes()), Err(LoadError::WrongShape { .. })));

    // Rows are moved within the border: without one there is nothing to do, and a blob that says so is damaged.
    let at = bytes.len() - 4;
    assert_eq!(bytes[11..13], [3, 6], "crop, and half after the correction");
    let mut borderless = bytes;
    borderless[11] = 0;
    let checksum = sinapse::crc::crc32(&borderless[..at]).to_le_bytes();
    borderless[at..].copy_from_slice(&checksum);
    assert_eq!(Model::load(&Blob::new(&borderless)).unwrap_err(), LoadError::Malformed { part: "layer descriptions" });
}

#[test]
fn a_typed_network_of_five_views_adds_their_logits_and_equals_the_one_of_any_shape() {
    use sinapse::description::Reduction;
    use sinapse::reduce::{Deslanted, One, Reduce, Scale};
    use sinapse::views::{COUNT, Views, view};
    type Single<'a> = layers![
        Reduce<784, 28, 2, Deslanted<One>, 576, U4>,
        Dense<'a, 576, 20, Pixel<U4>, I4, sinapse::Relu<U4>>,
        Dense<'a, 20, 10, U4, I4, sinapse::Identity>,
    ];
    type Typed<'a> = Network<Views<Single<'a>>>;
    const WHOLE: Reduction =
        Reduction { width: 28, height: 28, crop: 0, scale: Scale::One, deslant: false, views: false };
    let hidden = layer(20, WeightFormat::I4, Relu, ElementFormat::U4);
    let last = layer(10, WeightFormat::I4, Identity, ElementFormat::I32);
    let reduction = Reduction { width: 28, height: 28, crop: 2, scale: Scale::One, deslant: true, views: false };
    let network = description(576, ElementFormat::U4, &[hidden, last]).reduced_by(reduction);
    let blob = Blob::new(&random_blob(&network.in_views().unwrap(), 7));
    let of_one = Blob::new(&random_blob(&network, 7));
    let (typed, model) = (Typed::load(blob.bytes()).unwrap(), Model::load(&blob).unwrap());
    let (single, mut single_scratch) =
        (Network::<Single<'_>>::load(of_one.bytes()).unwrap(), Network::<Single<'_>>::SCRATCH);
    let mut scratch = Typed::SCRATCH;
    for image in sinapse_trainer::drawn::dataset(40, 3).0 {
        let mut sums = [0; 10];
        for index in 0..COUNT {
            let mut moved = [0; 784];
            view(&image, 28, index, &mut moved);
            let of_view = single.logits(&moved, &mut single_scratch);
            sums.iter_mut().zip(of_view).for_each(|(sum, of_view)| *sum += of_view);
        }
        assert_eq!(typed.logits(&image, &mut scratch), sums);
        assert_eq!(model.scores(&image), Scores::I32(sums.to_vec()));
    }
    assert_eq!(model.scratch_bytes(), 784 + 576 + 20);

    // A network of whole pictures, too.
    type Whole<'a> = layers![Reduce<784, 28, 0, One, 784, U4>, Dense<'a, 784, 10, Pixel<U4>, I4, sinapse::Identity>];
    let whole =
        Blob::new(&random_blob(&description(784, ElementFormat::U4, &[last]).reduced_by(WHOLE).in_views().unwrap(), 7));
    let (typed, model_of_whole) =
        (Network::<Views<Whole<'_>>>::load(whole.bytes()).unwrap(), Model::load(&whole).unwrap());
    let image = random_image(784, 2);
    let mut scratch = Network::<Views<Whole<'_>>>::SCRATCH;
    let logits = typed.logits(image.as_slice().try_into().unwrap(), &mut scratch);
    assert_eq!(model_of_whole.scores(&image), Scores::I32(logits.to_vec()));

    let rust_type = sinapse::blob::rust_type(blob.bytes()).unwrap().to_string();
    assert!(rust_type.starts_with("::sinapse::Network<::sinapse::Views<::sinapse::layers![::sinapse::Reduce<784, "));
    assert!(rust_type.ends_with("]>>"), "{rust_type}");
    let refused = Network::<Single<'_>>::load(blob.bytes()).map(drop).unwrap_err();
    assert!(refused.to_string().contains("(crop 2, One, deslanted, five views) read as U4"), "{refused}");
    assert!(matches!(Typed::load(of_one.bytes()), Err(sinapse::LoadError::WrongShape { .. })));
}

#[test]
fn five_logits_together_may_not_overflow_where_each_of_them_would_not() {
    use sinapse::LoadError;
    use sinapse::description::Reduction;
    use sinapse::reduce::Scale;
    let picture = Reduction { width: 28, height: 28, crop: 1, scale: Scale::One, deslant: false, views: false };
    let last = layer(2, WeightFormat::I4, Identity, ElementFormat::I32);
    let network = description(676, ElementFormat::U4, &[last]).reduced_by(picture);
    let bytes = |bias: i32, network: &Description| {
        let layer = LayerBytes {
            bias: [bias, 0].iter().flat_map(|bias| bias.to_le_bytes()).collect(),
            weights: LayerBytes::rows(&[0; 2 * 676], 2, WeightFormat::I4, ElementFormat::U4),
            ..LayerBytes::default()
        };
        Blob::new(&encode(network, (28, 28), Logits { step: 1.0, reject_margin: 0 }, &PROVENANCE, &[layer]))
    };
    let viewed = network.in_views().unwrap();
    let (most, limit) = ((1 << 30) / 5 - 1, (1 << 30) / 5);
    assert!(Model::load(&bytes(limit, &network)).is_ok());
    assert!(Model::load(&bytes(most, &viewed)).is_ok());
    let refused = Model::load(&bytes(limit, &viewed)).map(drop).unwrap_err();
    assert_eq!(refused, LoadError::SumOverflow { layer: 0, output: 0 });
}

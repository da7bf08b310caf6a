//! Every kernel equals the reference, bit for bit.

use std::collections::BTreeSet;
use std::fs;
use std::mem::MaybeUninit;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sinapse::blob::LayerBytes;
use sinapse::format::{Element, Layout, QuantizedActivation, QuantizedInput, Requantization, Weight};
use sinapse::kernel::columns::{self, axpy};
use sinapse::kernel::simd::Instructions;
use sinapse::kernel::{Kernel, reference, requantize, tiles};
use sinapse::workspace::Workspace;
use sinapse::{I2, I4, I8, Pixel, U1, U2, U4, U8};
use sinapse_tests::random_image;

/// Pattern of the integer weights or inputs of a case.
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

/// Accumulators of a kernel for weights in cells `C`, values `V` and inputs `R`: weights, bias, inputs.
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

/// A kernel that writes accumulators to uninitialised memory.
fn writing<C, V: Copy + 'static, R>(
    sums: impl for<'s> Fn(&[C], &[V], &[R], &'s mut [MaybeUninit<V>]) -> &'s mut [V] + 'static,
) -> SumsOf<C, V, R> {
    Box::new(move |weights, bias, input| {
        sums(weights, bias, input, &mut vec![MaybeUninit::uninit(); bias.len()]).to_vec()
    })
}

/// The file of a set of vector instructions.
fn file_of(set: Instructions) -> String {
    format!("simd/{}", set.name())
}

/// Every kernel for integers that this CPU can run.
fn integer_kernels<W, X>() -> Named<u32, i32, u8>
where
    W: axpy::Column + Kernel<X> + Weight<Value = i32, Cell = u32> + 'static,
    X: QuantizedInput + 'static,
{
    let mut kernels: Named<u32, i32, u8> = vec![("mod".into(), writing(<W as Kernel<X>>::matvec_unprepared))];
    match W::FORMAT.layout(X::FORMAT) {
        Layout::Columns => {
            kernels.push(("columns/axpy".into(), adding(axpy::add::<W, X>)));
            kernels.push((
                "columns/portable".into(),
                writing(|w, b, x, sums| columns::matvec::<W, X>(w, b, x, &mut { columns::Workspace::UNINIT }, sums)),
            ));
            for set in Instructions::all() {
                kernels.push((file_of(set), adding(move |w, x, sums| set.add_columns::<W, X>(w, x, sums))));
            }
        }
        Layout::Tiles => {
            kernels.push(("tiles/portable".into(), adding(tiles::portable::add)));
            kernels.push((
                "tiles/scalar/portable".into(),
                writing(|w, b, x, sums| tiles::matvec(w, b, &[], x, &mut { tiles::Workspace::UNINIT }, sums)),
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
    let mut kernels: Named<f32, f32, X::Raw> = vec![
        ("mod".into(), writing(<f32 as Kernel<X>>::matvec_unprepared)),
        ("columns/axpy".into(), adding(axpy::add::<f32, X>)),
    ];
    for set in Instructions::all() {
        kernels.push((file_of(set), adding(move |w, x, sums| set.add_floats::<X>(w, x, sums))));
    }
    kernels
}

/// Requantises accumulators to levels.
type LevelsOf = Box<dyn Fn(&Requantization<'_>, &[i32], &mut [u8])>;

/// Every loop from accumulators to levels that this CPU can run.
fn relu_kernels<E: QuantizedActivation + 'static>() -> Vec<(String, LevelsOf)> {
    let mut kernels: Vec<(String, LevelsOf)> = vec![
        ("requantize/mod".into(), Box::new(requantize::relu::<E>)),
        ("requantize/portable".into(), Box::new(requantize::portable::relu::<E>)),
    ];
    for set in Instructions::all() {
        kernels.push((file_of(set), Box::new(move |by, sums, levels| set.relu::<E>(by, sums, levels))));
    }
    kernels
}

fn integer_sums_equal_the_reference<W, X>(inputs: usize, outputs: usize, fill: Fill)
where
    W: axpy::Column + Kernel<X> + Weight<Value = i32, Cell = u32> + 'static,
    X: QuantizedInput + 'static,
{
    let mut rng = ChaCha8Rng::seed_from_u64((inputs * 1000 + outputs) as u64);
    let limit = W::FORMAT.limit();
    let number = |at: usize| fill.number(&mut rng, at / outputs + at % outputs, -limit, limit) as i8;
    let weights: Vec<i8> = (0..inputs * outputs).map(number).collect();
    let weights = LayerBytes::rows(&weights, outputs, W::FORMAT, X::FORMAT);
    let weights: Vec<u32> = weights.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
    let bias: Vec<i32> = (0..outputs).map(|_| rng.random_range(-1_000_000..1_000_000)).collect();
    let kernels = integer_kernels::<W, X>();
    let top = i32::from(X::FORMAT.max_level());
    for sparse in [false, true] {
        let pixel = |i| if sparse && rng.random_bool(0.8) { 0 } else { fill.number(&mut rng, i, 0, top) as u8 };
        let input: Vec<u8> = (0..inputs).map(pixel).collect();
        let mut expected = vec![0; outputs];
        reference::matvec::<W, X>(&weights, &bias, &input, &mut expected);
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
    reference::matvec::<f32, X>(&weights, &bias, &input, &mut expected);
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
    W: axpy::Column + Kernel<X> + Weight<Value = i32, Cell = u32> + 'static,
    X: QuantizedInput + 'static,
{
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let weights: Vec<u32> = (0..100 * 5).map(|_| rng.random::<u32>() | 0x1111_1111).collect();
    let weights = &weights[..W::FORMAT.rows(X::FORMAT, 100) * W::row_cells(X::FORMAT, 10)];
    let pixels = random_image(100 + 32, 5);
    for start in 0..32 {
        let input = &pixels[start..start + 100];
        let mut expected = [0; 10];
        reference::matvec::<W, X>(weights, &[7; 10], input, &mut expected);
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

fn levels_equal_the_definition<E: QuantizedActivation + 'static>(outputs: usize, multipliers: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64((outputs * 100 + multipliers) as u64);
    let sums: Vec<i32> = (0..outputs).map(|_| rng.random_range(-(1 << 24)..1 << 24)).collect();
    let multipliers: Vec<[u8; 2]> = (0..multipliers).map(|_| rng.random_range(0..=u16::MAX).to_le_bytes()).collect();
    // An accumulator below 2²⁴, shifted by 10 and times less than 2¹⁶, is below 2³⁰; half a step, at most 2³⁰, keeps it
    // below 2³¹.
    for shift in [1, 16, 22, 31] {
        let requantization = Requantization { pre_shift: 10, shift, multipliers: &multipliers };
        let relu = |(o, &a)| requantization.relu(a, o, E::FORMAT.max_level());
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
    // Compared where they run, in QEMU: logits on every core, and the firmware's program `kernels`.
    const ON_TARGET: [&str; 15] = [
        "columns/fpu",
        "columns/armv6m/accumulate",
        "columns/armv6m/scan",
        "columns/armv7m/accumulate",
        "columns/armv7m/scan",
        "columns/armv7m/saturated/bytes",
        "columns/armv7m/saturated/nibbles",
        "requantize/armv6m",
        "requantize/armv7m",
        "tiles/armv7em",
        "tiles/helium/dense",
        "tiles/helium/listed",
        "tiles/scalar/armv6m",
        "tiles/scalar/armv7m",
        "tiles/scalar/thumb",
    ];
    const IN_TESTS_VECTORS: [&str; 2] = ["simd/neon", "simd/simd128"];
    // The reference, files that choose among those of a folder, and files that kernels share.
    const NO_KERNELS: [&str; 24] = [
        "bias",
        "columns/accumulate",
        "columns/args",
        "columns/armv6m/mod",
        "columns/armv7m/mod",
        "columns/armv7m/saturated/mod",
        "columns/chunk",
        "columns/kernels",
        "columns/mod",
        "columns/nonzero",
        "length",
        "reference",
        "requantize/args",
        "requantize/arm",
        "simd/cpuid",
        "simd/instruction_set",
        "simd/loops",
        "simd/mod",
        "simd/nonzero_mask",
        "tiles/helium/bounds",
        "tiles/helium/mod",
        "tiles/mod",
        "tiles/scalar/list",
        "tiles/scalar/mod",
    ];
    // This CPU may lack them.
    const OPTIONAL: [&str; 3] = ["simd/sse2", "simd/avx2", "simd/avx512"];

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

//! Numbers that a sound network cannot have are refused with their place.

use sinapse::LoadError;
use sinapse::blob::{LayerBytes, Logits, encode};
use sinapse::dynamic::{Blob, Model};
use sinapse::format::ActivationKind::{Identity, Relu};
use sinapse::format::ElementFormat::{F32, I32, U4, U8};
use sinapse::format::WeightFormat::{self, I4, I8};
use sinapse_tests::{PROVENANCE, description, layer};

const LOGITS: Logits = Logits { step: 1.0, reject_margin: 0 };

fn words(values: &[i32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn refusal(network: &sinapse::Description, layers: &[LayerBytes]) -> LoadError {
    let blob = Blob::new(&encode(network, (network.inputs, 1), LOGITS, &PROVENANCE, layers));
    Model::load(&blob).expect_err("an unsound network was loaded")
}

fn last(inputs: u16, format: WeightFormat) -> sinapse::Description {
    description(inputs, U8, &[layer(1, format, Identity, I32)])
}

/// The row of one output and one input, whose byte is `weight`; everything else is padding.
fn tile(weight: u8) -> Vec<u8> {
    let mut tile = [0x80, 0].repeat(16);
    tile[0] = weight;
    tile
}

#[test]
fn the_byte_zero_is_out_of_range() {
    let layers = [LayerBytes { bias: words(&[0]), weights: tile(0), ..Default::default() }];
    assert_eq!(refusal(&last(1, I8), &layers), LoadError::ValueOutOfRange { layer: 0, output: 0 });
}

#[test]
fn the_nibble_zero_is_out_of_range() {
    let layers = [LayerBytes { bias: words(&[0]), weights: vec![0x80, 0x88, 0x88, 0x88], ..Default::default() }];
    assert_eq!(refusal(&last(1, I4), &layers), LoadError::ValueOutOfRange { layer: 0, output: 0 });
}

#[test]
fn padding_that_is_not_zero_is_out_of_range() {
    let layers = |weights: Vec<u8>| [LayerBytes { bias: words(&[0]), weights, ..Default::default() }];
    let refused = |output| LoadError::ValueOutOfRange { layer: 0, output };
    // An input and an output that there are not, in a row for sixteen and two; an output in a word for eight.
    for (byte, output) in [(2, 0), (1, 1)] {
        let mut weights = tile(0x81);
        weights[byte] = 0x7f;
        assert_eq!(refusal(&last(1, I8), &layers(weights)), refused(output));
    }
    assert_eq!(refusal(&last(1, I4), &layers(vec![0x88, 0x89, 0x88, 0x88])), refused(2));
}

#[test]
fn logits_stay_below_half_the_range_so_that_margins_fit() {
    let sound = (1 << 30) - 1 - 255 * 127;
    let with_bias = |bias| [LayerBytes { bias: words(&[bias]), weights: tile(255), ..Default::default() }];
    let network = last(1, I8);
    let blob = Blob::new(&encode(&network, (1, 1), LOGITS, &PROVENANCE, &with_bias(sound)));
    assert!(Model::load(&blob).is_ok());
    assert_eq!(refusal(&network, &with_bias(sound + 1)), LoadError::SumOverflow { layer: 0, output: 0 });
    assert_eq!(refusal(&network, &with_bias(i32::MIN)), LoadError::SumOverflow { layer: 0, output: 0 });
}

#[test]
fn a_rescaling_that_leaves_31_bits_is_refused() {
    let network = description(1, U8, &[layer(1, I8, Relu, U4), layer(1, I8, Identity, I32)]);
    let with = |pre_shift, shift, multiplier: u16| {
        let hidden = LayerBytes {
            pre_shift,
            shift,
            multipliers: multiplier.to_le_bytes().to_vec(),
            bias: words(&[0]),
            weights: tile(255),
        };
        [hidden, LayerBytes { bias: words(&[0]), weights: vec![0x81, 0x80, 0x80, 0x80], ..Default::default() }]
    };
    let refused = LoadError::RequantizationOverflow { layer: 0, output: 0 };
    assert_eq!(refusal(&network, &with(32, 1, 1)), refused);
    assert_eq!(refusal(&network, &with(0, 0, 1)), refused);
    assert_eq!(refusal(&network, &with(0, 32, 1)), refused);
    // 255 · 127 · 65,535 is 2,122,350,975; with half of 2³⁰ it is beyond 2³¹.
    assert_eq!(refusal(&network, &with(0, 30, 65_535)), refused);
    let blob = Blob::new(&encode(&network, (1, 1), LOGITS, &PROVENANCE, &with(1, 12, 65_535)));
    assert!(Model::load(&blob).is_ok());
}

#[test]
fn tensors_of_the_wrong_length_are_refused_with_both_lengths() {
    let long = [LayerBytes { bias: words(&[0]), weights: vec![0; 8], ..Default::default() }];
    assert_eq!(refusal(&last(1, I8), &long), LoadError::WrongTensorLength { layer: 0, found: 8, expected: 32 });
    let no_bias = [LayerBytes { weights: vec![0; 32], ..Default::default() }];
    assert_eq!(refusal(&last(1, I8), &no_bias), LoadError::WrongTensorLength { layer: 0, found: 0, expected: 4 });
}

#[test]
fn float_weights_must_be_finite_and_sums_too() {
    let network = description(2, F32, &[layer(1, WeightFormat::F32, Identity, F32)]);
    let with = |weight: f32| [LayerBytes::of_f32(&[weight, 1.0], &[0.0])];
    let range = LoadError::ValueOutOfRange { layer: 0, output: 0 };
    assert_eq!(refusal(&network, &with(f32::NAN)), range);
    assert_eq!(refusal(&network, &with(f32::INFINITY)), range);
    assert_eq!(refusal(&network, &with(1e31)), LoadError::SumOverflow { layer: 0, output: 0 });
}

#[test]
fn a_missing_layer_is_refused() {
    let network = description(1, U8, &[layer(1, I8, Relu, U4), layer(1, I8, Identity, I32)]);
    let hidden =
        LayerBytes { shift: 1, multipliers: vec![1, 0], bias: words(&[0]), weights: tile(0x80), ..Default::default() };
    assert_eq!(refusal(&network, &[hidden]), LoadError::Malformed { part: "layer" });
}

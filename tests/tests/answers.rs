//! Answers that are sure only where the network can be.

use sinapse::blob::{LayerBytes, Logits, encode};
use sinapse::dynamic::Blob;
use sinapse::format::ActivationKind;
use sinapse::format::ElementFormat::{F32, I32, U8};
use sinapse::format::WeightFormat;
use sinapse::{Dense, I8, Identity, Network, Pixel, Relu, Sigmoid, U8 as Levels, layers};
use sinapse_tests::{PROVENANCE, description, layer, random_blob};

/// A network of one output whose logit is `bias` for a black picture.
fn detector(bias: i32, reject_margin: u32) -> Blob {
    let network = description(1, U8, &[layer(1, WeightFormat::I8, ActivationKind::Identity, I32)]);
    let weights = LayerBytes::rows(&[1], 1, WeightFormat::I8, U8);
    let layers = [LayerBytes { bias: bias.to_le_bytes().to_vec(), weights, ..Default::default() }];
    Blob::new(&encode(&network, (1, 1), Logits { step: 0.01, reject_margin }, &PROVENANCE, &layers))
}

#[test]
fn one_output_is_confident_above_its_threshold_and_its_probability_is_the_sigmoid() {
    type One<'a> = Network<layers![Dense<'a, 1, 1, Pixel<Levels>, I8, Identity>]>;
    for (logit, reject_margin, confident) in
        [(-100, 0, false), (-1, 0, false), (0, 0, true), (-100, 50, false), (49, 50, false), (50, 50, true)]
    {
        let blob = detector(logit, reject_margin);
        let network = One::load(blob.bytes()).unwrap();
        let mut scratch = One::SCRATCH;
        let answer = network.classify(&[0], &mut scratch);
        assert_eq!((answer.class, answer.scores, answer.margin), (0, [logit], logit));
        assert_eq!(network.is_confident(&answer), confident, "logit {logit}, reject margin {reject_margin}");
        let exact = 1.0 / (1.0 + (-0.01 * f64::from(logit)).exp());
        assert!((f64::from(network.probabilities(&answer)[0]) - exact).abs() < 1e-6, "logit {logit}");
    }
}

/// Answers of a network of single precision, whose hidden layer has the activation `F`.
macro_rules! answers_to {
    ($inputs:expr, $kind:ident: $activation:ty) => {{
        type Float<'a> = Network<layers![Dense<'a, 3, 8, f32, f32, $activation>, Dense<'a, 8, 4, f32, f32, Identity>]>;
        let hidden = layer(8, WeightFormat::F32, ActivationKind::$kind, F32);
        let last = layer(4, WeightFormat::F32, ActivationKind::Identity, F32);
        let blob = Blob::new(&random_blob(&description(3, F32, &[hidden, last]), 7));
        let network = Float::load(blob.bytes()).unwrap();
        let mut scratch = Float::SCRATCH;
        let answer = network.classify($inputs, &mut scratch);
        (network.is_confident(&answer), answer.margin, answer.class)
    }};
}

#[test]
fn inputs_that_are_not_finite_are_never_known() {
    assert!(
        answers_to!(&[0.5, 0.25, 1.0], Relu: Relu<f32>).0 && answers_to!(&[0.5, 0.25, 1.0], Sigmoid: Sigmoid<f32>).0
    );
    for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for inputs in [[wrong, 0.5, 0.5], [0.5, wrong, 0.5], [0.0, 0.0, wrong], [wrong; 3]] {
            let (rectified, squashed) =
                (answers_to!(&inputs, Relu: Relu<f32>), answers_to!(&inputs, Sigmoid: Sigmoid<f32>));
            assert!(!rectified.0 && rectified.1.is_nan() && rectified.2 < 4, "{inputs:?}: {rectified:?}");
            assert!(!squashed.0 && squashed.1.is_nan() && squashed.2 < 4, "{inputs:?}: {squashed:?}");
        }
    }
}

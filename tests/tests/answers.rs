//! Answers that are sure only where the network can be.

use sinapse::blob::{LayerBytes, Logits, encode};
use sinapse::dynamic::Blob;
use sinapse::format::ActivationKind;
use sinapse::format::ElementFormat::{I32, U8};
use sinapse::format::WeightFormat;
use sinapse::{Dense, I8, Identity, Network, Pixel, U8 as Levels, layers};
use sinapse_tests::{PROVENANCE, description, layer};

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

//! Networks whose type says their shape equal those of any shape, and are no others.

use sinapse::blob::{LayerBytes, Logits, encode};
use sinapse::dynamic::{Blob, LayerInput, Model, Scores};
use sinapse::format::{ActivationKind, ElementFormat, Preprocessing, SHIFTS, Scale, Step, WeightFormat};
use sinapse::layer::downscale::{Deslanted, Downscale, Half, One, TwoThirds};
use sinapse::picture::downscale::{Downscaling, downscale};
use sinapse::picture::shift::shifted;
use sinapse::{Activations, Layer, Scratch, ShiftEnsemble};
use sinapse::{Dense, Description, I4, I8, Identity, LoadError, Network, Pixel, Relu, Sigmoid, U4, U8, layers};
use sinapse_tests::{PROVENANCE, description, layer, random_blob, random_image};

/// A front end of 28 × 28 pixels.
fn picture(steps: &[Step]) -> Preprocessing {
    steps.iter().fold(Preprocessing::new(28, 28), |preprocessing, &step| preprocessing.then(step))
}

/// The activations that a network leaves in its scratch, in the order of its layers.
fn hidden_activations<L: Layer>(network: &Network<L>, scratch: &Scratch<L>) -> Vec<Vec<f32>> {
    let mut hidden = Vec::new();
    network.activations(scratch, |layer, activations| {
        assert_eq!(layer, hidden.len());
        hidden.push(match activations {
            Activations::Levels(levels) => levels.iter().map(|&level| level.into()).collect(),
            Activations::F32(values) => values.to_vec(),
        });
    });
    hidden
}

/// The same of a network of any shape: what each layer but the first reads.
fn hidden_inputs(model: &Model<'_>, image: &[u8]) -> Vec<Vec<f32>> {
    let mut inputs = Vec::new();
    model.observe_inputs(image, |input| {
        inputs.push(match input {
            LayerInput::Levels(levels) => levels.iter().map(|&level| level.into()).collect(),
            LayerInput::F32(values) => values.to_vec(),
        });
    });
    inputs.split_off(1)
}

#[test]
fn a_typed_integer_network_equals_the_one_of_any_shape() {
    type Typed<'a> = Network<
        layers![
            Dense<'a, 784, 33, Pixel<U4>, I4, Relu<U4>>,
            Dense<'a, 33, 17, U4, I8, Sigmoid<U8>>,
            Dense<'a, 17, 10, U8, I8, Identity>,
        ],
    >;
    let hidden = layer(33, WeightFormat::I4, ActivationKind::Relu, ElementFormat::U4);
    let squashed = layer(17, WeightFormat::I8, ActivationKind::Sigmoid, ElementFormat::U8);
    let last = layer(10, WeightFormat::I8, ActivationKind::Identity, ElementFormat::I32);
    let blob = Blob::new(&random_blob(&description(784, ElementFormat::U4, &[hidden, squashed, last]), 7));
    let typed = Typed::load(blob.bytes()).unwrap();
    let model = Model::load(&blob).unwrap();
    let mut scratch = Typed::SCRATCH;
    for seed in 0..40 {
        let image = random_image(784, seed);
        let logits = typed.logits(image.as_slice().try_into().unwrap(), &mut scratch);
        assert_eq!(model.scores(&image), Scores::I32(logits.to_vec()));
        assert_eq!(hidden_activations(&typed, &scratch), hidden_inputs(&model, &image));
    }
}

#[test]
fn a_typed_float_network_equals_the_one_of_any_shape() {
    type Typed<'a> = Network<
        layers![
            Dense<'a, 784, 16, Pixel<f32>, f32, Sigmoid<f32>>,
            Dense<'a, 16, 16, f32, f32, Relu<f32>>,
            Dense<'a, 16, 10, f32, f32, Identity>,
        ],
    >;
    let squashed = layer(16, WeightFormat::F32, ActivationKind::Sigmoid, ElementFormat::F32);
    let hidden = layer(16, WeightFormat::F32, ActivationKind::Relu, ElementFormat::F32);
    let last = layer(10, WeightFormat::F32, ActivationKind::Identity, ElementFormat::F32);
    let blob = Blob::new(&random_blob(&description(784, ElementFormat::F32, &[squashed, hidden, last]), 7));
    let typed = Typed::load(blob.bytes()).unwrap();
    let model = Model::load(&blob).unwrap();
    let mut scratch = Typed::SCRATCH;
    for seed in 0..40 {
        let image = random_image(784, seed);
        let logits = typed.logits(image.as_slice().try_into().unwrap(), &mut scratch);
        assert_eq!(model.scores(&image), Scores::F32(logits.to_vec()));
        assert_eq!(hidden_activations(&typed, &scratch), hidden_inputs(&model, &image));
    }
}

#[test]
fn a_typed_network_that_downscales_its_picture_equals_the_one_of_any_shape() {
    type Typed<'a> = Network<
        layers![
            Downscale<784, 28, 2, TwoThirds, 256, U4>,
            Dense<'a, 256, 20, Pixel<U4>, I4, Relu<U4>>,
            Dense<'a, 20, 10, U4, I4, Identity>,
        ],
    >;
    let hidden = layer(20, WeightFormat::I4, ActivationKind::Relu, ElementFormat::U4);
    let last = layer(10, WeightFormat::I4, ActivationKind::Identity, ElementFormat::I32);
    let front_end = picture(&[Step::Downscale { crop: 2, scale: Scale::TwoThirds }]);
    let network = description(256, ElementFormat::U4, &[hidden, last]).preprocessed_by(front_end);
    let blob = Blob::new(&random_blob(&network, 7));
    let typed = Typed::load(blob.bytes()).unwrap();
    let model = Model::load(&blob).unwrap();
    let mut scratch = Typed::SCRATCH;
    for seed in 0..40 {
        let image = random_image(784, seed);
        let logits = typed.logits(image.as_slice().try_into().unwrap(), &mut scratch);
        assert_eq!(model.scores(&image), Scores::I32(logits.to_vec()));
        assert_eq!(hidden_activations(&typed, &scratch), hidden_inputs(&model, &image));
    }
}

#[test]
fn a_typed_network_that_deslants_equals_the_one_of_any_shape_and_is_another_than_without() {
    type Of<'a, S> = Network<
        layers![
            Downscale<784, 28, 3, S, 121, U4>,
            Dense<'a, 121, 20, Pixel<U4>, I4, Relu<U4>>,
            Dense<'a, 20, 10, U4, I4, Identity>,
        ],
    >;
    type Typed<'a> = Of<'a, Deslanted<Half>>;
    let hidden = layer(20, WeightFormat::I4, ActivationKind::Relu, ElementFormat::U4);
    let last = layer(10, WeightFormat::I4, ActivationKind::Identity, ElementFormat::I32);
    let half = Step::Downscale { crop: 3, scale: Scale::Half };
    let front_end = picture(&[Step::Deslant, half]);
    let network = description(121, ElementFormat::U4, &[hidden, last]).preprocessed_by(front_end);
    let bytes = random_blob(&network, 7);
    let blob = Blob::new(&bytes);
    let typed = Typed::load(blob.bytes()).unwrap();
    let model = Model::load(&blob).unwrap();
    let mut scratch = Typed::SCRATCH;
    let upright = picture(&[half]);
    let without = Blob::new(&random_blob(&network.preprocessed_by(upright), 7));
    let mut moved = 0;
    for image in sinapse_trainer::input::drawn::dataset(100, 3).0 {
        assert_eq!(model.scores(&image), Scores::I32(typed.logits(&image, &mut scratch).to_vec()));
        let inputs = [front_end, upright].map(|how| {
            let mut out = [0; 121];
            downscale(&image, &Downscaling::new(&how), &mut out);
            out
        });
        moved += usize::from(inputs[0] != inputs[1]);
    }
    assert!(moved > 80, "only {moved} of 100 drawn digits lean");

    let rust_type = sinapse::blob::rust_type(blob.bytes()).unwrap().to_string();
    let downscale = "::sinapse::Downscale<784, 28, 3, ::sinapse::layer::downscale::Deslanted<\
                     ::sinapse::layer::downscale::Half>, 121, ::sinapse::U4>";
    assert!(rust_type.contains(downscale), "{rust_type}");
    assert!(model.description.to_string().starts_with("28 × 28 → deslant → downscale (crop 3, Half) → 121 (U4)"));
    let refused = Of::<Half>::load(blob.bytes()).map(drop).unwrap_err();
    assert!(refused.to_string().contains("28 × 28 pixels, deslant, downscale (crop 3, Half) read as U4"), "{refused}");
    assert!(matches!(Typed::load(without.bytes()), Err(LoadError::WrongShape { .. })));

    // Rows are moved within the border: without one there is nothing to do, and a blob that says so is damaged.
    let at = bytes.len() - 4;
    assert_eq!(bytes[11..13], [3, 6], "crop, and half after the correction");
    let mut borderless = bytes;
    borderless[11] = 0;
    let checksum = sinapse::blob::crc::crc32(&borderless[..at]).to_le_bytes();
    borderless[at..].copy_from_slice(&checksum);
    assert_eq!(Model::load(&Blob::new(&borderless)).unwrap_err(), LoadError::Malformed { part: "layer descriptions" });
}

#[test]
fn a_typed_shift_ensemble_adds_the_logits_of_its_passes_and_equals_the_one_of_any_shape() {
    type Single<'a> = layers![
        Downscale<784, 28, 2, Deslanted<One>, 576, U4>,
        Dense<'a, 576, 20, Pixel<U4>, I4, Relu<U4>>,
        Dense<'a, 20, 10, U4, I4, Identity>,
    ];
    type Typed<'a> = Network<ShiftEnsemble<Single<'a>>>;
    let hidden = layer(20, WeightFormat::I4, ActivationKind::Relu, ElementFormat::U4);
    let last = layer(10, WeightFormat::I4, ActivationKind::Identity, ElementFormat::I32);
    let front_end = picture(&[Step::Deslant, Step::Downscale { crop: 2, scale: Scale::One }]);
    let network = description(576, ElementFormat::U4, &[hidden, last]).preprocessed_by(front_end);
    let blob = Blob::new(&random_blob(&network.with_shift_ensemble().unwrap(), 7));
    let single_blob = Blob::new(&random_blob(&network, 7));
    let (typed, model) = (Typed::load(blob.bytes()).unwrap(), Model::load(&blob).unwrap());
    let (single, mut single_scratch) =
        (Network::<Single<'_>>::load(single_blob.bytes()).unwrap(), Network::<Single<'_>>::SCRATCH);
    let mut scratch = Typed::SCRATCH;
    for image in sinapse_trainer::input::drawn::dataset(40, 3).0 {
        let mut sums = [0; 10];
        for index in 0..SHIFTS {
            let mut copy = [0; 784];
            shifted(&image, 28, index, &mut copy);
            let logits = single.logits(&copy, &mut single_scratch);
            sums.iter_mut().zip(logits).for_each(|(sum, logit)| *sum += logit);
        }
        assert_eq!(typed.logits(&image, &mut scratch), sums);
        assert_eq!(hidden_activations(&typed, &scratch), hidden_activations(&single, &single_scratch));
        assert_eq!(model.scores(&image), Scores::I32(sums.to_vec()));
    }
    assert_eq!(model.scratch_bytes(), 784 + 576 + 20);

    // A network of whole pictures, too.
    type Whole<'a> = layers![Downscale<784, 28, 0, One, 784, U4>, Dense<'a, 784, 10, Pixel<U4>, I4, Identity>];
    let whole = Blob::new(&random_blob(
        &description(784, ElementFormat::U4, &[last]).preprocessed_by(picture(&[])).with_shift_ensemble().unwrap(),
        7,
    ));
    let (typed, model_of_whole) =
        (Network::<ShiftEnsemble<Whole<'_>>>::load(whole.bytes()).unwrap(), Model::load(&whole).unwrap());
    let image = random_image(784, 2);
    let mut scratch = Network::<ShiftEnsemble<Whole<'_>>>::SCRATCH;
    let logits = typed.logits(image.as_slice().try_into().unwrap(), &mut scratch);
    assert_eq!(model_of_whole.scores(&image), Scores::I32(logits.to_vec()));

    let rust_type = sinapse::blob::rust_type(blob.bytes()).unwrap().to_string();
    assert!(
        rust_type
            .starts_with("::sinapse::Network<::sinapse::ShiftEnsemble<::sinapse::layers![::sinapse::Downscale<784, ")
    );
    assert!(rust_type.ends_with("]>>"), "{rust_type}");
    let refused = Network::<Single<'_>>::load(blob.bytes()).map(drop).unwrap_err();
    assert!(
        refused.to_string().contains("28 × 28 pixels, shift ensemble, deslant, downscale (crop 2, One) read as U4"),
        "{refused}"
    );
    assert!(matches!(Typed::load(single_blob.bytes()), Err(LoadError::WrongShape { .. })));
}

#[test]
fn five_logits_together_may_not_overflow_where_each_of_them_would_not() {
    let front_end = picture(&[Step::Downscale { crop: 1, scale: Scale::One }]);
    let last = layer(2, WeightFormat::I4, ActivationKind::Identity, ElementFormat::I32);
    let network = description(676, ElementFormat::U4, &[last]).preprocessed_by(front_end);
    let bytes = |bias: i32, network: &Description| {
        let layer = LayerBytes {
            bias: [bias, 0].iter().flat_map(|bias| bias.to_le_bytes()).collect(),
            weights: LayerBytes::rows(&[0; 2 * 676], 2, WeightFormat::I4, ElementFormat::U4),
            ..LayerBytes::default()
        };
        Blob::new(&encode(network, (28, 28), Logits { step: 1.0, reject_margin: 0 }, &PROVENANCE, &[layer]))
    };
    let ensemble = network.with_shift_ensemble().unwrap();
    let (most, limit) = ((1 << 30) / 5 - 1, (1 << 30) / 5);
    assert!(Model::load(&bytes(limit, &network)).is_ok());
    assert!(Model::load(&bytes(most, &ensemble)).is_ok());
    let refused = Model::load(&bytes(limit, &ensemble)).map(drop).unwrap_err();
    assert_eq!(refused, LoadError::SumOverflow { layer: 0, output: 0 });
}

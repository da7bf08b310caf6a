//! Networks whose type says their shape equal those of any shape, and are no others.

use sinapse::Views;
use sinapse::blob::{LayerBytes, Logits, encode};
use sinapse::dynamic::{Blob, Model, Scores};
use sinapse::format::{ActivationKind, ElementFormat, Reduction, Scale, VIEWS, WeightFormat};
use sinapse::layer::downscale::{Deslanted, Half, One, Reduce, TwoThirds};
use sinapse::picture::downscale::reduce;
use sinapse::picture::shift::view;
use sinapse::{Dense, Description, I4, I8, Identity, LoadError, Network, Pixel, Relu, Sigmoid, U4, U8, layers};
use sinapse_tests::{PROVENANCE, description, layer, random_blob, random_image};

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
    }
}

#[test]
fn a_typed_network_that_reduces_its_picture_equals_the_one_of_any_shape() {
    type Typed<'a> = Network<
        layers![
            Reduce<784, 28, 2, TwoThirds, 256, U4>,
            Dense<'a, 256, 20, Pixel<U4>, I4, Relu<U4>>,
            Dense<'a, 20, 10, U4, I4, Identity>,
        ],
    >;
    let hidden = layer(20, WeightFormat::I4, ActivationKind::Relu, ElementFormat::U4);
    let last = layer(10, WeightFormat::I4, ActivationKind::Identity, ElementFormat::I32);
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
    type Of<'a, S> = Network<
        layers![
            Reduce<784, 28, 3, S, 121, U4>,
            Dense<'a, 121, 20, Pixel<U4>, I4, Relu<U4>>,
            Dense<'a, 20, 10, U4, I4, Identity>,
        ],
    >;
    type Typed<'a> = Of<'a, Deslanted<Half>>;
    let hidden = layer(20, WeightFormat::I4, ActivationKind::Relu, ElementFormat::U4);
    let last = layer(10, WeightFormat::I4, ActivationKind::Identity, ElementFormat::I32);
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
    for image in sinapse_trainer::input::drawn::dataset(100, 3).0 {
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
    let reduce = "::sinapse::Reduce<784, 28, 3, ::sinapse::layer::downscale::Deslanted<::sinapse::layer::downscale::Half>, 121, ::sinapse::U4>";
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
    let checksum = sinapse::blob::crc::crc32(&borderless[..at]).to_le_bytes();
    borderless[at..].copy_from_slice(&checksum);
    assert_eq!(Model::load(&Blob::new(&borderless)).unwrap_err(), LoadError::Malformed { part: "layer descriptions" });
}

#[test]
fn a_typed_network_of_five_views_adds_their_logits_and_equals_the_one_of_any_shape() {
    type Single<'a> = layers![
        Reduce<784, 28, 2, Deslanted<One>, 576, U4>,
        Dense<'a, 576, 20, Pixel<U4>, I4, Relu<U4>>,
        Dense<'a, 20, 10, U4, I4, Identity>,
    ];
    type Typed<'a> = Network<Views<Single<'a>>>;
    const WHOLE: Reduction =
        Reduction { width: 28, height: 28, crop: 0, scale: Scale::One, deslant: false, views: false };
    let hidden = layer(20, WeightFormat::I4, ActivationKind::Relu, ElementFormat::U4);
    let last = layer(10, WeightFormat::I4, ActivationKind::Identity, ElementFormat::I32);
    let reduction = Reduction { width: 28, height: 28, crop: 2, scale: Scale::One, deslant: true, views: false };
    let network = description(576, ElementFormat::U4, &[hidden, last]).reduced_by(reduction);
    let blob = Blob::new(&random_blob(&network.in_views().unwrap(), 7));
    let of_one = Blob::new(&random_blob(&network, 7));
    let (typed, model) = (Typed::load(blob.bytes()).unwrap(), Model::load(&blob).unwrap());
    let (single, mut single_scratch) =
        (Network::<Single<'_>>::load(of_one.bytes()).unwrap(), Network::<Single<'_>>::SCRATCH);
    let mut scratch = Typed::SCRATCH;
    for image in sinapse_trainer::input::drawn::dataset(40, 3).0 {
        let mut sums = [0; 10];
        for index in 0..VIEWS {
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
    type Whole<'a> = layers![Reduce<784, 28, 0, One, 784, U4>, Dense<'a, 784, 10, Pixel<U4>, I4, Identity>];
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
    assert!(matches!(Typed::load(of_one.bytes()), Err(LoadError::WrongShape { .. })));
}

#[test]
fn five_logits_together_may_not_overflow_where_each_of_them_would_not() {
    use sinapse::format::Scale;
    let picture = Reduction { width: 28, height: 28, crop: 1, scale: Scale::One, deslant: false, views: false };
    let last = layer(2, WeightFormat::I4, ActivationKind::Identity, ElementFormat::I32);
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

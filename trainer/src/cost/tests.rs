//! The model on committed networks.

use std::path::Path;

use super::*;
use crate::model::scratch_bytes;
use crate::model::{self, Model};

/// Calls `check` with each model and the RAM of its activations.
fn committed(check: impl Fn(&Model<'_>, usize)) {
    for (name, activations) in [("digits", 144 + 112 + 48), ("classic", 256 + 3 * 64), ("teaching", 4 * (16 + 16))] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models").join(name).with_extension("postcard");
        let blob = model::read(&path).unwrap();
        check(&Model::load(&blob).unwrap(), activations);
    }
}

#[test]
fn bytes_from_the_description_are_those_of_the_blob() {
    committed(|model, activations| {
        let first = model.layers[0].requantization.multipliers.len();
        assert_eq!(weight_bytes(&model.description, first > 1), model.weight_bytes());
        assert_eq!(scratch_bytes(&model.description), activations);
    });
}

#[test]
fn ink_costs_time_and_a_blank_picture_costs_least() {
    committed(|model, _| {
        let pixels = model.description.picture_pixels();
        let of = |value: u8| activities(model, &vec![value; pixels]);
        assert_eq!(of(0)[0].nonzero, 0.0);
        assert_eq!(of(255)[0].nonzero, f64::from(model.description.inputs));
        for core in Core::ALL {
            let time = |activities: &[Activity]| time(core, &model.description, activities);
            assert!(time(&of(0)) < time(&of(255)), "{core:?}");
            assert!(time(&of(255)) <= time(&worst_case(&model.description)), "{core:?}");
        }
    });
}

//! Networks that are statics equal those that are loaded, and cost nothing at run time.

use sinapse::{Aligned, Network, include_model};
use sinapse_trainer::input::drawn;

sinapse::include_network!(pub static DIGITS: Digits = "../models/digits.postcard");
sinapse::include_network!(static NANO: Nano = "../models/nano.postcard");
sinapse::include_network!(pub(crate) static TEACHING: Teaching = "../models/teaching.postcard");
sinapse::include_network!(static CLASSIC: Classic = "../models/classic.postcard");

/// A static network can be named in a constant.
const IN_A_CONSTANT: &Digits = &DIGITS;

/// Compares a static network with the same blob, loaded, over drawn digits.
macro_rules! equals_the_loaded_network {
    ($included:expr, $network:ty, $path:literal) => {{
        let blob: &Aligned<_> = include_model!($network, $path);
        let loaded = <$network>::load(blob).unwrap();
        let (mut scratch, mut other) = (<$network>::SCRATCH, <$network>::SCRATCH);
        for picture in drawn::dataset(100, 5).0 {
            let expected = loaded.classify(&picture, &mut scratch);
            let answer = $included.classify(&picture, &mut other);
            assert_eq!(answer, expected);
            assert_eq!($included.is_confident(&answer), loaded.is_confident(&expected));
            assert_eq!($included.probabilities(&answer), loaded.probabilities(&expected));
        }
    }};
}

#[test]
fn included_networks_give_the_answers_of_loaded_ones() {
    equals_the_loaded_network!(DIGITS, Digits, "../../models/digits.postcard");
    equals_the_loaded_network!(NANO, Nano, "../../models/nano.postcard");
    equals_the_loaded_network!(TEACHING, Teaching, "../../models/teaching.postcard");
    equals_the_loaded_network!(CLASSIC, Classic, "../../models/classic.postcard");
}

#[test]
fn an_included_network_is_a_constant_address() {
    assert!(core::ptr::eq(IN_A_CONSTANT, &DIGITS));
    fn is_a_network<L>(_: &'static Network<L>) {}
    is_a_network(&NANO);
}

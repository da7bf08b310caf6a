//! The blob: exact bytes, and a refusal of everything else.

use std::mem::MaybeUninit;

use sinapse::blob::{Reader, length};
use sinapse::dynamic::{Blob, Model};
use sinapse::{Dense, I4, I8, Identity, LoadError, Network, Pixel, Relu, U4, layers};
use sinapse_tests::{description, layer, random_blob, tiny_blob};

type Tiny<'a> = Network<layers![Dense<'a, 4, 2, Pixel<U4>, I4, Relu<U4>>, Dense<'a, 2, 2, U4, I8, Identity>]>;

fn load(bytes: &[u8]) -> Result<(), LoadError> {
    let blob = Blob::new(bytes);
    Tiny::load(blob.bytes()).map(drop)
}

#[test]
fn the_worked_example_has_exactly_the_bytes_of_the_committed_file() {
    let golden = include_bytes!("../../core/tests/tiny.postcard");
    assert_eq!(tiny_blob(), golden, "the format changed: update docs/format.md, the version and core/tests together");
}

#[test]
fn the_format_document_shows_the_worked_example_byte_by_byte() {
    let document = include_str!("../../docs/format.md");
    let example = document.split("## Worked example").nth(1).expect("a worked example");
    let bytes: Vec<u8> = example
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .flat_map(|cell| cell.split_whitespace())
        .map(|byte| u8::from_str_radix(byte, 16).expect("two hexadecimal digits"))
        .collect();
    assert_eq!(bytes, tiny_blob());
}

#[test]
fn the_worked_example_computes_what_its_document_says() {
    let blob = Blob::new(&tiny_blob());
    let network = Tiny::load(blob.bytes()).unwrap();
    let mut scratch = Tiny::SCRATCH;
    let logits = network.logits(&[255, 16, 0, 128], &mut scratch);
    // Levels 15, 1, 0, 8. Sums 5 + 15 + 2 = 22 and −6 − 15 − 2 + 24 = 1; (22·3 + 8) >> 4 = 4, (1·3 + 8) >> 4 = 0.
    assert_eq!(logits, [100 + 4 * 10, 200 - 4 * 10]);
}

#[test]
fn a_network_that_is_loaded_in_its_place_computes_the_same() {
    let (blob, mut place, mut scratch) = (Blob::new(&tiny_blob()), MaybeUninit::uninit(), Tiny::SCRATCH);
    let network = Tiny::load_in(blob.bytes(), &mut place).unwrap();
    assert_eq!(network.logits(&[255, 16, 0, 128], &mut scratch), [140, 160]);
    let damaged = Blob::new(&tiny_blob()[1..]);
    assert!(Tiny::load_in(damaged.bytes(), &mut MaybeUninit::uninit()).is_err());
}

#[test]
fn a_scratch_whose_content_is_of_another_picture_changes_no_answer() {
    let (blob, mut scratch) = (Blob::new(&tiny_blob()), Tiny::SCRATCH);
    let network = Tiny::load(blob.bytes()).unwrap();
    let first = network.logits(&[255, 16, 0, 128], &mut scratch);
    network.logits(&[255; 4], &mut scratch);
    assert_eq!(network.logits(&[255, 16, 0, 128], &mut scratch), first);
}

#[test]
fn every_truncation_is_refused() {
    let blob = tiny_blob();
    for length in 0..blob.len() {
        assert!(load(&blob[..length]).is_err(), "the first {length} bytes");
    }
}

#[test]
fn every_single_bit_flip_is_refused() {
    let blob = tiny_blob();
    for bit in 0..blob.len() * 8 {
        let mut flipped = blob.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(load(&flipped).is_err(), "bit {} of byte {}", bit % 8, bit / 8);
    }
}

#[test]
fn damage_behind_a_right_checksum_is_refused_or_loads_and_never_panics() {
    let blob = tiny_blob();
    for at in 5..blob.len() - 4 {
        for value in [0, 1, 0x7f, 0x80, 0xff, blob[at].wrapping_add(1)] {
            let mut damaged = blob.clone();
            damaged[at] = value;
            let end = damaged.len() - 4;
            let checksum = sinapse::blob::crc::crc32(&damaged[..end]);
            damaged[end..].copy_from_slice(&checksum.to_le_bytes());
            let blob = Blob::new(&damaged);
            if let Ok(network) = Tiny::load(blob.bytes()) {
                let mut scratch = Tiny::SCRATCH;
                let _ = network.classify(&[255; 4], &mut scratch);
            }
            if let Ok(model) = Model::load(&blob) {
                let _ = model.scores(&vec![255; usize::from(model.description.inputs)]);
            }
        }
    }
}

#[test]
fn bytes_after_the_blob_are_refused_with_both_lengths() {
    let mut blob = tiny_blob();
    let expected = blob.len();
    blob.push(0);
    assert_eq!(load(&blob), Err(LoadError::WrongLength { found: expected + 1, expected }));
}

#[test]
fn a_blob_at_the_beginning_of_a_slot_states_its_length_and_loads() {
    let blob = tiny_blob();
    let logits = |slot: &[u8]| {
        let slot = Blob::new(slot);
        Tiny::load_prefix(slot.bytes()).map(|network| {
            let mut scratch = Tiny::SCRATCH;
            network.logits(&[255, 16, 0, 128], &mut scratch)
        })
    };
    for more in [&[][..], &[0xff], &[0xff; 1000], &blob] {
        let slot = [&blob, more].concat();
        assert_eq!(length(&slot), Ok(blob.len()));
        assert_eq!(logits(&slot), Ok([140, 160]));
    }
    assert_eq!(length(&blob[..9]), Ok(blob.len()), "nine bytes are enough");
    for end in 0..blob.len() {
        let expected = if end < 9 {
            LoadError::TooShort { found: end }
        } else {
            LoadError::WrongLength { found: end, expected: blob.len() }
        };
        assert_eq!(logits(&blob[..end]), Err(expected));
    }
    let mut damaged = [&blob[..], &[0xff; 64]].concat();
    damaged[blob.len() - 5] ^= 1;
    assert!(matches!(logits(&damaged), Err(LoadError::WrongChecksum { .. })));
}

#[test]
fn garbage_in_a_slot_has_no_length() {
    let with = |length: u32| [b"SNPS\x02", &length.to_le_bytes()[..], &[0; 64]].concat();
    assert_eq!(length(&[0xff; 64]), Err(LoadError::WrongMagic { found: [0xff; 4] }));
    assert_eq!(length(b"SNPS\xff0000"), Err(LoadError::WrongVersion { found: 0xff, expected: 2 }));
    for short in 0..13 {
        assert_eq!(length(&with(short)), Err(LoadError::Malformed { part: "length" }));
        assert!(Tiny::load_prefix(Blob::new(&with(short)).bytes()).is_err());
    }
    for long in [13, 73, 74, u32::MAX] {
        assert_eq!(length(&with(long)), Ok(long as usize));
        assert!(Tiny::load_prefix(Blob::new(&with(long)).bytes()).is_err());
    }
}

#[test]
fn another_shape_is_refused_with_the_first_difference_and_the_whole_shape_expected() {
    use sinapse::format::ActivationKind::{Identity, Relu};
    use sinapse::format::ElementFormat::{I32, U4, U8};
    use sinapse::format::WeightFormat;
    let (hidden, last) = (layer(2, WeightFormat::I4, Relu, U4), layer(2, WeightFormat::I8, Identity, I32));
    let others = [
        (description(4, U4, &[layer(3, WeightFormat::I8, Identity, I32)]), "found one layer,"),
        (description(4, U4, &[hidden, hidden, last]), "found 3 layers,"),
        (description(5, U4, &[hidden, last]), "found 5 × 1 pixels read as U4,"),
        (description(4, U8, &[hidden, last]), "found 4 × 1 pixels read as U8,"),
        (
            description(4, U4, &[layer(3, WeightFormat::I4, Relu, U4), last]),
            "found layer 0 with 3 outputs (I4, relu, U4),",
        ),
        (
            description(4, U4, &[hidden, layer(2, WeightFormat::I4, Identity, I32)]),
            "found layer 1 with 2 outputs (I4, identity, i32),",
        ),
    ];
    for (other, found) in others {
        let message = load(&random_blob(&other, 1)).unwrap_err().to_string();
        assert!(message.contains(found), "{message}");
        assert!(message.contains("expected 4 (U4) → 2 (I4, relu, U4) → 2 (I8, identity, i32)"), "{message}");
    }
}

#[test]
fn an_unaligned_blob_is_refused() {
    let blob = tiny_blob();
    for offset in [1, 2, 3, 5, 15] {
        let mut shifted = vec![0; offset];
        shifted.extend(&blob);
        let aligned = Blob::new(&shifted);
        let refused = Tiny::load(&aligned.bytes()[offset..]).map(drop).unwrap_err();
        assert_eq!(refused, LoadError::Misaligned { layer: 0, address_modulo_16: offset });
        let text = refused.to_string();
        assert!(text.contains(&format!("at 16·n + {offset};")), "{text}");
        for word in ["multiple of 16 bytes", "include_model!", "Aligned", "#[repr(align(16))]"] {
            assert!(text.contains(word), "{text}");
        }
    }
}

#[test]
fn weights_are_borrowed_from_the_blob_at_multiples_of_sixteen_bytes() {
    let blob = Blob::new(&tiny_blob());
    let mut reader = Reader::open(blob.bytes()).unwrap();
    for _ in 0..2 {
        let view = reader.next_layer().unwrap();
        assert!(blob.bytes().as_ptr_range().contains(&view.weights.as_ptr()));
        assert_eq!(view.weights.as_ptr() as usize % 16, 0);
        assert_eq!(view.bias.as_ptr() as usize % 4, 0);
    }
}

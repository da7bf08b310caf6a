//! Classifies a digit that is drawn as text: `cargo run --example classify`.

use sinapse::layer::downscale::{Deslanted, Half};
use sinapse::picture::normalize::{GrayImage, normalize};
use sinapse::{Classification, Dense, Downscale, I4, Identity, Network, Pixel, Relu, U4, include_model, layers};

/// Type of the network in the blob, as `sinapse inspect nano.postcard` prints it.
type Nano = Network<
    layers![
        Downscale<784, 28, 4, Deslanted<Half>, 100, U4>,
        Dense<'static, 100, 16, Pixel<U4>, I4, Relu<U4>>,
        Dense<'static, 16, 10, U4, I4, Identity>,
    ],
>;

/// Change it and see. Any size will do: `normalize` fits the ink into the network's picture.
const DRAWING: [&str; 12] = [
    "..########..",
    ".##########.",
    ".##......##.",
    ".........##.",
    "........##..",
    ".......##...",
    "......##....",
    ".....##.....",
    ".....##.....",
    "....##......",
    "....##......",
    "....##......",
];

/// Returns the network and its answer to a drawing of `#`.
fn classify(drawing: &[&str]) -> Result<(Nano, Classification<i32, 10>), Box<dyn std::error::Error>> {
    let network = Nano::load(include_model!(Nano, "nano.postcard"))?; // once, for any number of pictures
    let mut scratch = Nano::SCRATCH;
    let pixels: Vec<u8> = drawing.concat().bytes().map(|ink| if ink == b'#' { 255 } else { 0 }).collect();
    let mut picture = [0; 784];
    normalize(&GrayImage::try_new(&pixels, drawing[0].len(), drawing.len())?, &mut picture)?;
    let answer = network.classify(&picture, &mut scratch);
    Ok((network, answer))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (network, answer) = classify(&DRAWING)?;
    let verdict = if network.is_confident(&answer) { "surely" } else { "unknown, perhaps" };
    println!("{verdict} a {}, by a margin of {:.2}", answer.class, answer.margin as f32 * network.logit_step());
    for (class, probability) in network.probabilities(&answer).iter().enumerate() {
        println!("{class} {:5.1} % {}", probability * 100.0, "█".repeat((probability * 40.0) as usize));
    }
    Ok(())
}

#[test]
fn the_drawing_is_surely_a_seven() {
    let (network, answer) = classify(&DRAWING).unwrap();
    assert!(network.is_confident(&answer) && answer.class == 7, "{answer:?}");
}

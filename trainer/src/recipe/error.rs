//! Errors in recipes.

use std::path::PathBuf;

use super::shape::Shape;

/// A recipe that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The file cannot be read.
    #[error("recipe {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The I/O error.
        source: std::io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong type.
    #[error("recipe {}, line {line}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// The parser's message.
        message: String,
    },
    /// The network's inputs do not match the images' pixels.
    #[error("network.shape = {shape}: {inputs} inputs, the images have {pixels} pixels")]
    WrongInputs {
        /// The shape.
        shape: Shape,
        /// Its number of inputs.
        inputs: usize,
        /// Pixels per image.
        pixels: usize,
    },
    /// The reduction expects pictures of another size.
    #[error(
        "network.reduction is for pictures of {width} × {height} pixels, the images have {found_width} × {found_height}"
    )]
    WrongPicture {
        /// Width in the recipe.
        width: u16,
        /// Height in the recipe.
        height: u16,
        /// Width of the images.
        found_width: usize,
        /// Height of the images.
        found_height: usize,
    },
    /// The network has fewer outputs than the labels need.
    #[error("network.shape = {shape}: {outputs} outputs, the labels need {classes}")]
    TooFewClasses {
        /// The shape.
        shape: Shape,
        /// Its number of outputs.
        outputs: usize,
        /// Largest label plus one.
        classes: usize,
    },
    /// A value outside its range.
    #[error("recipe: {key} = {value}, allowed: {allowed}")]
    Impossible {
        /// Key, with its table.
        key: &'static str,
        /// Value found.
        value: String,
        /// Range in words.
        allowed: &'static str,
    },
}

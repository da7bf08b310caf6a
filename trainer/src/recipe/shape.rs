//! Widths of a network's layers, written `784-32-10`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sinapse::format::MAX_LAYERS;

/// Layer widths from the inputs to the classes, written `784-32-10`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shape(pub Vec<usize>);

impl FromStr for Shape {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let widths: Option<Vec<usize>> = text.split('-').map(|width| width.trim().parse().ok()).collect();
        let Some(widths) = widths else {
            return Err(format!("shape \"{text}\": expected widths joined by '-', for example 784-32-10"));
        };
        if widths.len() < 2 || widths.len() > MAX_LAYERS + 1 {
            return Err(format!("shape \"{text}\": {} layers, allowed are 1 to {MAX_LAYERS}", widths.len() - 1));
        }
        if let Some(width) = widths.iter().find(|&&width| width == 0 || width > 65_535) {
            return Err(format!("shape \"{text}\": width {width}, allowed are 1 to 65535"));
        }
        Ok(Shape(widths))
    }
}

impl TryFrom<String> for Shape {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shape> for String {
    fn from(shape: Shape) -> String {
        shape.to_string()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<String> = self.0.iter().map(usize::to_string).collect();
        f.write_str(&widths.join("-"))
    }
}

//! The `[augmentation]` table.

use serde::{Deserialize, Serialize};

/// Ranges of the random transforms applied to training images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Augmentation {
    /// Fraction of the images that are transformed at all.
    pub probability: f32,
    /// Largest rotation in either direction.
    pub rotation_degrees: f32,
    /// Largest relative change of width and of height.
    pub scale: f32,
    /// Largest shear, in pixels across per pixel down.
    pub shear: f32,
    /// Largest shift in either direction, in pixels.
    pub shift_pixels: f32,
    /// Root mean square of the elastic displacement, in pixels (Simard et al. 2003).
    pub elastic_pixels: f32,
    /// Largest change of stroke width in either direction; 1 is a full dilation or erosion by one pixel.
    pub pen: f32,
    /// Number of variations of each image, shown in turn over the epochs; 0 draws new ones in every epoch.
    ///
    /// Teachers are evaluated once per variation, which makes long trainings of small networks much faster.
    pub variations: u32,
}

impl Default for Augmentation {
    fn default() -> Self {
        Augmentation {
            probability: 0.9,
            rotation_degrees: 10.0,
            scale: 0.1,
            shear: 0.15,
            shift_pixels: 1.0,
            elastic_pixels: 0.0,
            pen: 0.0,
            variations: 0,
        }
    }
}

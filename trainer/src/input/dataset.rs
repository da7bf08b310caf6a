//! Images and their labels.

/// Largest permitted width and height.
pub const MAX_SIDE: u32 = 4096;

/// Grey pictures of equal size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// `[count][height][width]`, 0 background to 255 ink.
    pub pixels: Vec<u8>,
    /// Number of pictures.
    pub count: usize,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
}

/// Parts of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// For training, including the validation split.
    Train,
    /// For the final test only.
    Test,
}

/// Images with their labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// The pictures.
    pub images: Images,
    /// One class per picture.
    pub labels: Vec<u8>,
}

impl Dataset {
    /// Selects the images at these indices, in this order.
    pub fn select(&self, indices: &[usize]) -> Dataset {
        let Images { pixels, width, height, .. } = &self.images;
        let size = width * height;
        let pixels = indices.iter().flat_map(|&index| &pixels[index * size..][..size]).copied().collect();
        let labels = indices.iter().map(|&index| self.labels[index]).collect();
        Dataset { images: Images { pixels, count: indices.len(), width: *width, height: *height }, labels }
    }
}

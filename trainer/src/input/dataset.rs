//! Images with their labels.

/// Pictures are no wider and no higher.
pub const LARGEST_SIDE: u32 = 4096;

/// Grey pictures of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// `[count][height][width]`, 0 background to 255 ink.
    pub pixels: Vec<u8>,
    /// Number of pictures.
    pub count: usize,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// The two parts of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To learn from, and to choose by its validation split.
    Train,
    /// To report, and for nothing else.
    Test,
}

/// Images with their labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// The pictures.
    pub images: Images,
    /// One class a picture.
    pub labels: Vec<u8>,
}

impl Dataset {
    /// The images at these places, in this order.
    pub fn chosen(&self, places: &[usize]) -> Dataset {
        let Images { pixels, width, height, .. } = &self.images;
        let size = width * height;
        let pixels = places.iter().flat_map(|&place| &pixels[place * size..][..size]).copied().collect();
        let labels = places.iter().map(|&place| self.labels[place]).collect();
        Dataset { images: Images { pixels, count: places.len(), width: *width, height: *height }, labels }
    }
}

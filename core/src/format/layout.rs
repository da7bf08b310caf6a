//! Where the weight of an input to an output lies.

/// The order of a layer's weights; it follows from the number formats, never from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Input by input: the weights of one input to all outputs lie together, so that an input that is zero costs nothing.
    Columns,
    /// Sixteen inputs and two outputs at a time: a half word holds the weights of one input to two neighbouring outputs,
    /// `w[2k] + 128 + 256 · w[2k + 1]`; eight words hold those of sixteen inputs; then the next two outputs. 8-bit levels of
    /// 8-bit weights need it: their sums leave no room in 16 bits, and machines that add two products at once use it best.
    Tiles,
}

impl Layout {
    /// Inputs that share a row.
    pub const fn inputs_of_row(self) -> usize {
        match self {
            Layout::Columns => 1,
            Layout::Tiles => 16,
        }
    }

    /// Where the weight of an input of a row to an output lies, in weights from the row's start.
    pub const fn index(self, input: usize, output: usize) -> usize {
        match self {
            Layout::Columns => output,
            Layout::Tiles => output / 2 * 32 + input * 2 + output % 2,
        }
    }
}

/// A layout at compile time: what [`Element::Layout8`](super::Element::Layout8) names.
pub trait LayoutType {
    /// The same as a value.
    const LAYOUT: Layout;
}

/// [`Layout::Columns`] at compile time.
#[derive(Clone, Copy, Debug)]
pub struct Columns;

/// [`Layout::Tiles`] at compile time.
#[derive(Clone, Copy, Debug)]
pub struct Tiles;

impl LayoutType for Columns {
    const LAYOUT: Layout = Layout::Columns;
}

impl LayoutType for Tiles {
    const LAYOUT: Layout = Layout::Tiles;
}

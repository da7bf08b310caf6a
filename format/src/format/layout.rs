//! Layouts: the order of a layer's weights in memory.

use super::sealed::Sealed;

/// Layout of a layer's weights. It follows from the number formats, never from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Input-major: row `i` holds the weights from input `i` to all outputs, so an input that is zero costs nothing.
    Columns,
    /// Tiles of sixteen inputs × two outputs.
    ///
    /// A half word holds the weights from one input to outputs `2k` and `2k + 1`, as `w[2k] + 128 + 256 · w[2k + 1]`.
    /// Eight words hold those of sixteen inputs; the next two outputs follow. Used for 8-bit inputs and 8-bit weights:
    /// their products fill 16 bits, so columns could not accumulate two outputs in one word, and this layout suits
    /// instructions that add two products at once.
    Tiles,
}

impl Layout {
    /// Returns the number of inputs that share a row.
    pub const fn inputs_of_row(self) -> usize {
        match self {
            Layout::Columns => 1,
            Layout::Tiles => 16,
        }
    }

    /// Returns the position of a weight in its row, in weights; `input` counts from the first input of the row.
    pub const fn index(self, input: usize, output: usize) -> usize {
        match self {
            Layout::Columns => output,
            Layout::Tiles => output / 2 * 32 + input * 2 + output % 2,
        }
    }
}

/// A layout as a type, see [`QuantizedInput::Layout8`](super::QuantizedInput::Layout8).
#[doc(hidden)]
pub trait LayoutType: Sealed {
    /// The layout as a value.
    const LAYOUT: Layout;
}

/// [`Layout::Columns`] as a type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Columns;

/// [`Layout::Tiles`] as a type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Tiles;

impl Sealed for Columns {}
impl LayoutType for Columns {
    const LAYOUT: Layout = Layout::Columns;
}

impl Sealed for Tiles {}
impl LayoutType for Tiles {
    const LAYOUT: Layout = Layout::Tiles;
}

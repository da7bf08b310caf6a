//! Kernels: the inner loops behind one trait, [`Kernel`]. This file selects the kernel; in a folder, one file selects
//! the instruction set.
//!
//! [`reference`](mod@reference) defines the result; every other kernel equals it, bit for bit.
//!
//! | kernel         | number format  | machines                             | structure                           |
//! |----------------|----------------|--------------------------------------|-------------------------------------|
//! | `simd`         | all            | x86-64, AArch64, Wasm with `simd128` | blocks of outputs, mask of inputs   |
//! | `columns`      | `I8` `I4` `I2` | all others; assembly on Arm          | two outputs in a word, nonzero list |
//! | `tiles`        | `I8` × `U8`    | all others; assembly on Arm          | two inputs × two outputs in a word  |
//! | `columns/fpu`  | `f32`          | Cortex-M with an FPU                 | 16 accumulators in FPU registers    |
//! | `columns/axpy` | `f32`          | all others                           | one scaled column per nonzero input |
//!
//! Kernels are named layout × instruction set × number format. The layout ([`Layout`]) follows from the number formats,
//! never from the machine: the folder `columns` or `tiles`. `simd` has both, because its instruction sets share their
//! loops. A file or folder within is an instruction set (`columns/armv7m`, `tiles/helium`, `simd/avx2`), `portable` is
//! plain Rust, and functions carry the number format (`bytes`, `nibbles` and `pairs` are 8-bit, 4-bit and ternary
//! weights). The head of `columns`, `tiles` and `simd` lists the functions that a new instruction set has to define.
//!
//! `requantize` turns accumulators into levels for the next layer, unless a kernel does so itself in its epilogue.
//!
//! `--cfg sinapse_kernel="reference"`, `"axpy"` or `"columns"` selects that kernel instead; `"sse2"`, `"avx2"` and
//! `"avx512"` limit `simd` to that instruction set. The build script turns this and the target into the `cfg`s used
//! here.

mod bias;
#[doc(hidden)]
pub mod columns;
mod length;
#[doc(hidden)]
pub mod reference;
#[doc(hidden)]
pub mod requantize;
#[cfg(not(sinapse_simd = "none"))]
#[doc(hidden)]
pub mod simd;
#[doc(hidden)]
pub mod tiles;

use core::fmt::Debug;
use core::mem::MaybeUninit;

use crate::format::{
    Columns, Element, I2, I4, I8, Layout, LayoutType, QuantizedActivation, QuantizedInput, Requantization, Tiles,
    Weight,
};
use crate::workspace::{Entry, ListWorkspace, Workspace, Zeros};
use bias::copy_bias;
use columns::axpy;
#[cfg(sinapse_fpu)]
use columns::fpu;

/// RAM that the kernels of a layout need for integer weights.
#[doc(hidden)]
pub trait LayoutWorkspace: LayoutType {
    /// Per-layer corrections of 8-bit weights, see [`Kernel::Prepared`].
    type Prepared<const OUT: usize>: Zeros + Debug + AsRef<[i32]> + AsMut<[i32]>;
    /// Memory for the nonzero list, see [`Kernel::Workspace`].
    type Workspace: ListWorkspace;
}

impl LayoutWorkspace for Columns {
    type Prepared<const OUT: usize> = [i32; 0];
    #[cfg(sinapse_scalar)]
    type Workspace = columns::Workspace;
    /// Empty: SIMD kernels have no nonzero list.
    #[cfg(not(sinapse_scalar))]
    type Workspace = ();
}

impl LayoutWorkspace for Tiles {
    type Prepared<const OUT: usize> = tiles::Prepared<OUT>;
    #[cfg(sinapse_scalar)]
    type Workspace = tiles::Workspace;
    /// Empty: SIMD kernels have no nonzero list.
    #[cfg(not(sinapse_scalar))]
    type Workspace = ();
}

/// Workspace of `f32` kernels: the nonzero list.
#[cfg(sinapse_fpu)]
#[doc(hidden)]
pub use fpu::Workspace as FloatWorkspace;

/// Workspace of `f32` kernels: empty, there is no nonzero list.
#[cfg(not(sinapse_fpu))]
#[doc(hidden)]
pub type FloatWorkspace = ();

/// Arguments of a matrix–vector product: a layer and its inputs.
#[doc(hidden)]
pub struct MatVec<'a, W: Kernel<X>, X: Element> {
    /// Corrections computed by [`Kernel::prepare`].
    pub prepared: &'a [W::Value],
    /// Memory for the kernel, contents undefined.
    pub workspace: &'a mut W::Workspace,
    /// Weights of the layer, `[rows][row_cells]`.
    pub weights: &'a [W::Cell],
    /// Biases of the layer, `[OUT]`.
    pub bias: &'a [W::Value],
    /// Inputs, `[IN]`.
    pub input: &'a [X::Raw],
}

impl<W: Kernel<X>, X: Element> MatVec<'_, W, X> {
    /// Runs [`Kernel::matvec`].
    #[inline(always)]
    pub fn compute(self, accumulators: &mut [MaybeUninit<W::Value>]) -> &mut [W::Value] {
        W::matvec(self.prepared, self.weights, self.bias, self.input, self.workspace, accumulators)
    }
}

/// Matrix–vector product of these weights with inputs of the format `X`, by the kernel of this machine.
///
/// Sealed by [`Weight`]: unsafe code relies on `matvec` to initialise all the accumulators that it returns.
pub trait Kernel<X: Element>: Weight<Value = X::Value> {
    /// Per-layer corrections computed once at load time and kept in RAM; usually empty.
    #[doc(hidden)]
    type Prepared<const OUT: usize>: Zeros + Debug + AsRef<[Self::Value]> + AsMut<[Self::Value]>;
    /// RAM for the nonzero list during a product.
    #[doc(hidden)]
    type Workspace: ListWorkspace;
    /// Computes the corrections of a layer with `inputs` inputs.
    #[doc(hidden)]
    #[inline(always)]
    fn prepare(weights: &[Self::Cell], bias: &[Self::Value], inputs: usize, prepared: &mut [Self::Value]) {
        let _ = (weights, bias, inputs, prepared);
    }
    /// Same contract as [`reference::matvec`], with the corrections that [`prepare`](Self::prepare) has written;
    /// returns `accumulators`, which may be uninitialised before.
    #[doc(hidden)]
    fn matvec<'s>(
        prepared: &[Self::Value],
        weights: &[Self::Cell],
        bias: &[Self::Value],
        input: &[X::Raw],
        workspace: &mut Self::Workspace,
        accumulators: &'s mut [MaybeUninit<Self::Value>],
    ) -> &'s mut [Self::Value];
    /// [`matvec`](Self::matvec) and [`requantize::relu`]: `levels[o] = min(A, max(0, rescale(accumulators[o])))`.
    /// `accumulators` is memory for the sums in between.
    #[doc(hidden)]
    #[inline(always)]
    fn matvec_requantize<E: QuantizedActivation>(
        product: MatVec<'_, Self, X>,
        requantization: &Requantization<'_>,
        accumulators: &mut [MaybeUninit<i32>],
        levels: &mut [u8],
    ) where
        X: Element<Value = i32>,
    {
        requantize::relu::<E>(requantization, product.compute(accumulators), levels);
    }
    /// [`matvec`](Self::matvec) without prepared corrections.
    #[doc(hidden)]
    #[inline(always)]
    fn matvec_unprepared<'s>(
        weights: &[Self::Cell],
        bias: &[Self::Value],
        input: &[X::Raw],
        accumulators: &'s mut [MaybeUninit<Self::Value>],
    ) -> &'s mut [Self::Value] {
        let mut workspace = Self::Workspace::UNINIT;
        Self::matvec(&[], weights, bias, input, &mut workspace, accumulators)
    }
}

/// Computes the [corrections](Kernel::Prepared) of a layer while building: those of tiles on Helium; others have none.
#[doc(hidden)]
pub const fn prepared_while_building<P: Zeros, const OUT: usize>(weights: &[u32], bias: &[u32], inputs: usize) -> P {
    #[cfg(sinapse_helium)]
    if size_of::<P>() != 0 {
        return tiles::prepared_as::<P, OUT>(weights, bias, inputs);
    }
    let _ = (weights, bias, inputs);
    P::ZEROS
}

/// Layout and instruction set of the kernel that runs integer weights in columns on this machine, for reports and to
/// check a build: `columns/armv7em` on a Cortex-M4 or an M33 with DSP, `columns/armv7m` without DSP, `simd/avx2` on a
/// host.
///
/// A Cortex-M33 (RP2350, nRF53, STM32H5) has the DSP extension, but Rust's target `thumbv8m.main-none-eabihf` does not
/// assume it: `-C target-cpu=cortex-m33` in `rustflags` selects the kernels that use it. The build warns without it.
///
/// ```
/// println!("{}", sinapse::kernel::selected());
/// ```
pub fn selected() -> &'static str {
    if cfg!(sinapse_kernel = "reference") {
        return "reference";
    }
    #[cfg(not(sinapse_scalar))]
    return simd::Instructions::best().path();
    #[cfg(sinapse_scalar)]
    match () {
        () if cfg!(sinapse_kernel = "axpy") => "columns/axpy",
        () if cfg!(sinapse_core = "armv6m") => "columns/armv6m",
        () if cfg!(sinapse_dsp) => "columns/armv7em",
        () if cfg!(sinapse_thumb2) => "columns/armv7m",
        () => "columns/portable",
    }
}

/// [`Kernel::matvec`] in integers.
#[inline(always)]
fn integer_matvec<'s, W, X>(
    prepared: &[i32],
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
    workspace: &mut [MaybeUninit<Entry>],
    accumulators: &'s mut [MaybeUninit<i32>],
) -> &'s mut [i32]
where
    W: axpy::Column + Weight<Value = i32, Cell = u32>,
    X: QuantizedInput,
{
    let layout = const { W::FORMAT.layout(X::FORMAT) };
    if cfg!(sinapse_kernel = "reference") {
        let accumulators = copy_bias(bias, accumulators);
        reference::matvec::<W, X>(weights, bias, input, accumulators);
        return accumulators;
    }
    #[cfg(not(sinapse_scalar))]
    {
        let _ = (prepared, workspace);
        let accumulators = copy_bias(bias, accumulators);
        match layout {
            Layout::Columns => simd::Instructions::best().add_columns::<W, X>(weights, input, accumulators),
            Layout::Tiles => simd::Instructions::best().add_tiles(weights, input, accumulators),
        }
        accumulators
    }
    #[cfg(sinapse_scalar)]
    match layout {
        Layout::Columns if cfg!(sinapse_kernel = "axpy") => {
            let accumulators = copy_bias(bias, accumulators);
            axpy::add::<W, X>(weights, input, accumulators);
            accumulators
        }
        Layout::Columns => columns::matvec::<W, X>(weights, bias, input, workspace, accumulators),
        Layout::Tiles => tiles::matvec(weights, bias, prepared, input, workspace, accumulators),
    }
}

macro_rules! integer_kernel {
    ($($weight:ty: $layout:ty;)*) => {$(
        impl<X: QuantizedInput<Layout8: LayoutWorkspace>> Kernel<X> for $weight {
            type Prepared<const OUT: usize> = <$layout as LayoutWorkspace>::Prepared<OUT>;
            type Workspace = <$layout as LayoutWorkspace>::Workspace;
            #[inline(always)]
            fn prepare(weights: &[u32], bias: &[i32], inputs: usize, prepared: &mut [i32]) {
                if const { matches!(<$weight>::FORMAT.layout(X::FORMAT), Layout::Tiles) } {
                    tiles::prepare(weights, bias, inputs, prepared);
                }
            }
            #[inline(always)]
            fn matvec<'s>(
                prepared: &[i32],
                weights: &[u32],
                bias: &[i32],
                input: &[u8],
                workspace: &mut Self::Workspace,
                accumulators: &'s mut [MaybeUninit<i32>],
            ) -> &'s mut [i32] {
                integer_matvec::<$weight, X>(prepared, weights, bias, input, workspace.entries(), accumulators)
            }
            #[cfg(all(sinapse_dsp, not(any(sinapse_kernel = "reference", sinapse_kernel = "axpy"))))]
            #[inline(always)]
            fn matvec_requantize<E: QuantizedActivation>(
                product: MatVec<'_, Self, X>,
                requantization: &Requantization<'_>,
                accumulators: &mut [MaybeUninit<i32>],
                levels: &mut [u8],
            ) {
                if const { matches!(<$weight>::FORMAT.layout(X::FORMAT), Layout::Columns) } {
                    let MatVec { weights, bias, input, workspace, .. } = product;
                    let workspace = workspace.entries();
                    columns::matvec_requantize::<$weight, X, E>(
                        weights,
                        bias,
                        input,
                        requantization,
                        workspace,
                        accumulators,
                        levels,
                    );
                } else {
                    requantize::relu::<E>(requantization, product.compute(accumulators), levels);
                }
            }
        }
    )*};
}
integer_kernel! {
    I8: X::Layout8;
    I4: Columns;
    I2: Columns;
}

impl<X: Element<Value = f32>> Kernel<X> for f32 {
    type Prepared<const OUT: usize> = [f32; 0];
    type Workspace = FloatWorkspace;
    #[inline(always)]
    fn matvec<'s>(
        _: &[f32],
        weights: &[f32],
        bias: &[f32],
        input: &[X::Raw],
        workspace: &mut FloatWorkspace,
        accumulators: &'s mut [MaybeUninit<f32>],
    ) -> &'s mut [f32] {
        let _ = &workspace;
        let accumulators = copy_bias(bias, accumulators);
        if cfg!(sinapse_kernel = "reference") {
            reference::matvec::<f32, X>(weights, bias, input, accumulators);
            return accumulators;
        }
        #[cfg(not(sinapse_scalar))]
        simd::Instructions::best().add_floats::<X>(weights, input, accumulators);
        #[cfg(sinapse_fpu)]
        fpu::add::<X>(weights, input, workspace, accumulators);
        #[cfg(all(not(sinapse_fpu), sinapse_scalar))]
        axpy::add::<f32, X>(weights, input, accumulators);
        accumulators
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_kernel_is_named_by_its_file() {
        let path = format!("{}/src/kernel/{}.rs", env!("CARGO_MANIFEST_DIR"), selected());
        assert!(std::path::Path::new(&path).is_file(), "{path}");
    }
}

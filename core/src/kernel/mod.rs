//! The inner loops: one interface, selected here and nowhere else.
//!
//! [`reference`](mod@reference) defines the result; every other kernel equals it, bit for bit.
//!
//! | kernel      | for                                                            |
//! |-------------|----------------------------------------------------------------|
//! | `vector`    | x86-64, AArch64, WebAssembly with `simd128`: everything        |
//! | `lanes`     | other machines: integer weights in columns                     |
//! | `tiles`     | other machines: integer weights in tiles                       |
//! | `float`     | Cortex-M with a floating-point unit: `f32`                     |
//! | `skip`      | other machines: `f32`                                          |
//!
//! `--cfg sinapse_kernel="reference"`, `"skip"` or `"lanes"` takes that one instead; `"sse2"`, `"avx2"` and `"avx512"` take no
//! better instructions than these.

mod bias;
pub mod columns;
pub mod reference;
pub mod requantize;
#[cfg(not(sinapse_simd = "none"))]
pub mod simd;
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

/// Room that the kernel of a layout needs for integer weights.
pub trait LayoutWorkspace: LayoutType {
    /// What a layer of 8-bit weights keeps in RAM, see [`Kernel::Prepared`].
    type Prepared<const OUT: usize>: Zeros + Debug + AsRef<[i32]> + AsMut<[i32]>;
    /// What its sums need, see [`Kernel::Workspace`].
    type Workspace: ListWorkspace;
}

impl LayoutWorkspace for Columns {
    type Prepared<const OUT: usize> = [i32; 0];
    #[cfg(sinapse_scalar)]
    type Workspace = columns::Workspace;
    /// Vectors need no list.
    #[cfg(not(sinapse_scalar))]
    type Workspace = ();
}

impl LayoutWorkspace for Tiles {
    type Prepared<const OUT: usize> = tiles::Prepared<OUT>;
    #[cfg(sinapse_scalar)]
    type Workspace = tiles::Workspace;
    /// Vectors need no list.
    #[cfg(not(sinapse_scalar))]
    type Workspace = ();
}

/// Room of `f32` weights.
#[cfg(sinapse_fpu)]
pub use fpu::Workspace as FloatWorkspace;

/// Room of `f32` weights: none, there is no list.
#[cfg(not(sinapse_fpu))]
pub type FloatWorkspace = ();

/// What sums are to be made of: a layer, and its inputs.
pub struct MatVec<'a, W: Kernel<X>, X: Element> {
    /// What was [kept](Kernel::keep) of the layer.
    pub prepared: &'a [W::Value],
    /// For the kernel.
    pub workspace: &'a mut W::Workspace,
    /// Its weights.
    pub weights: &'a [W::Cell],
    /// Its biases.
    pub bias: &'a [W::Value],
    /// The inputs.
    pub input: &'a [X::Raw],
}

impl<W: Kernel<X>, X: Element> MatVec<'_, W, X> {
    /// [`Kernel::matvec`].
    #[inline(always)]
    pub fn compute(self, accumulators: &mut [MaybeUninit<W::Value>]) -> &mut [W::Value] {
        W::matvec(self.prepared, self.weights, self.bias, self.input, self.workspace, accumulators)
    }
}

/// Sums of a layer whose inputs have the format `X`, by the kernel of this machine.
pub trait Kernel<X: Element>: Weight<Value = X::Value> {
    /// Numbers that a layer keeps in RAM beside its blob, because its kernel would find them anew for each input; mostly none.
    type Prepared<const OUT: usize>: Zeros + Debug + AsRef<[Self::Value]> + AsMut<[Self::Value]>;
    /// RAM for a list of inputs while sums are taken.
    type Workspace: ListWorkspace;
    /// Writes what is kept of a layer with so many inputs.
    #[inline(always)]
    fn prepare(weights: &[Self::Cell], bias: &[Self::Value], inputs: usize, prepared: &mut [Self::Value]) {
        let _ = (weights, bias, inputs, prepared);
    }
    /// As [`reference::matvec`], with what was [kept](Self::keep) of the layer; returns `accumulators`, which need not have been written before.
    fn matvec<'s>(
        prepared: &[Self::Value],
        weights: &[Self::Cell],
        bias: &[Self::Value],
        input: &[X::Raw],
        workspace: &mut Self::Workspace,
        accumulators: &'s mut [MaybeUninit<Self::Value>],
    ) -> &'s mut [Self::Value];
    /// As [`requantize::relu`] of [`matvec`](Self::matvec), for which there is room: `levels[o] = min(A, max(0, rescale(accumulators[o])))`.
    #[inline(always)]
    fn matvec_requantize<E: QuantizedActivation>(
        task: MatVec<'_, Self, X>,
        requantization: &Requantization<'_>,
        accumulators: &mut [MaybeUninit<i32>],
        levels: &mut [u8],
    ) where
        X: Element<Value = i32>,
    {
        requantize::relu::<E>(requantization, task.compute(accumulators), levels);
    }
    /// [`matvec`](Self::matvec) of a layer of which nothing was prepared.
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

/// Name of the kernel that runs here for integer weights in columns: its file, for reports.
pub fn selected() -> &'static str {
    if cfg!(sinapse_kernel = "reference") {
        return "reference";
    }
    #[cfg(not(sinapse_scalar))]
    return simd::Instructions::best().name();
    #[cfg(sinapse_scalar)]
    if cfg!(sinapse_kernel = "axpy") { "axpy" } else { "columns" }
}

/// As [`Kernel::accumulators`], in integers.
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
                task: MatVec<'_, Self, X>,
                requantization: &Requantization<'_>,
                accumulators: &mut [MaybeUninit<i32>],
                levels: &mut [u8],
            ) {
                if const { matches!(<$weight>::FORMAT.layout(X::FORMAT), Layout::Columns) } {
                    let MatVec { weights, bias, input, workspace, .. } = task;
                    columns::matvec_requantize::<$weight, X, E>(weights, bias, input, requantization, workspace.entries(), accumulators, levels);
                } else {
                    requantize::relu::<E>(requantization, task.compute(accumulators), levels);
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

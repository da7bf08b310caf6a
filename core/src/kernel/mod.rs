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
#[cfg(not(sinapse_vector = "none"))]
pub mod simd;
pub mod tiles;

use core::fmt::Debug;
use core::mem::MaybeUninit;

use crate::format::{Columns, Element, I2, I4, I8, LayoutType, Level, Levels, Order, Requantization, Tiles, Weight};
use crate::workspace::{Entry, ListRoom, Room, Zeros};
use bias::filled;
use columns::axpy;
#[cfg(sinapse_fpu)]
use columns::fpu;

/// Room that the kernel of a layout needs for integer weights.
pub trait LayoutRoom: LayoutType {
    /// What a layer of 8-bit weights keeps in RAM, see [`Kernel::Kept`].
    type Kept<const OUT: usize>: Zeros + Debug + AsRef<[i32]> + AsMut<[i32]>;
    /// What its sums need, see [`Kernel::Room`].
    type Room: ListRoom;
}

impl LayoutRoom for Columns {
    type Kept<const OUT: usize> = [i32; 0];
    #[cfg(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes"))]
    type Room = columns::Room;
    /// Vectors need no list.
    #[cfg(not(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
    type Room = ();
}

impl LayoutRoom for Tiles {
    type Kept<const OUT: usize> = tiles::Kept<OUT>;
    #[cfg(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes"))]
    type Room = tiles::Room;
    /// Vectors need no list.
    #[cfg(not(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
    type Room = ();
}

/// Room of `f32` weights.
#[cfg(sinapse_fpu)]
pub use fpu::Room as FloatsRoom;

/// Room of `f32` weights: none, there is no list.
#[cfg(not(sinapse_fpu))]
pub type FloatsRoom = ();

/// What sums are to be made of: a layer, and its inputs.
pub struct Sums<'a, W: Kernel<X>, X: Element> {
    /// What was [kept](Kernel::keep) of the layer.
    pub kept: &'a [W::Value],
    /// For the kernel.
    pub room: &'a mut W::Room,
    /// Its weights.
    pub weights: &'a [W::Cell],
    /// Its biases.
    pub bias: &'a [W::Value],
    /// The inputs.
    pub input: &'a [X::Raw],
}

impl<W: Kernel<X>, X: Element> Sums<'_, W, X> {
    /// [`Kernel::sums_with`].
    #[inline(always)]
    pub fn write(self, sums: &mut [MaybeUninit<W::Value>]) -> &mut [W::Value] {
        W::sums_with(self.kept, self.weights, self.bias, self.input, self.room, sums)
    }
}

/// Sums of a layer whose inputs have the format `X`, by the kernel of this machine.
pub trait Kernel<X: Element>: Weight<Value = X::Value> {
    /// Numbers that a layer keeps in RAM beside its blob, because its kernel would find them anew for each input; mostly none.
    type Kept<const OUT: usize>: Zeros + Debug + AsRef<[Self::Value]> + AsMut<[Self::Value]>;
    /// RAM for a list of inputs while sums are taken.
    type Room: ListRoom;
    /// Writes what is kept of a layer with so many inputs.
    #[inline(always)]
    fn keep(weights: &[Self::Cell], bias: &[Self::Value], inputs: usize, kept: &mut [Self::Value]) {
        let _ = (weights, bias, inputs, kept);
    }
    /// As [`reference::sums`], with what was [kept](Self::keep) of the layer; returns `sums`, which need not have been written before.
    fn sums_with<'s>(
        kept: &[Self::Value],
        weights: &[Self::Cell],
        bias: &[Self::Value],
        input: &[X::Raw],
        room: &mut Self::Room,
        sums: &'s mut [MaybeUninit<Self::Value>],
    ) -> &'s mut [Self::Value];
    /// As [`requantize::relu`] of [`sums_with`](Self::sums_with), for which there is room: `levels[o] = min(A, max(0, rescale(sums[o])))`.
    #[inline(always)]
    fn levels_with<E: Level>(
        task: Sums<'_, Self, X>,
        requantization: &Requantization<'_>,
        sums: &mut [MaybeUninit<i32>],
        levels: &mut [u8],
    ) where
        X: Element<Value = i32>,
    {
        requantize::relu::<E>(requantization, task.write(sums), levels);
    }
    /// [`sums_with`](Self::sums_with) of a layer of which nothing was kept.
    #[inline(always)]
    fn sums<'s>(
        weights: &[Self::Cell],
        bias: &[Self::Value],
        input: &[X::Raw],
        sums: &'s mut [MaybeUninit<Self::Value>],
    ) -> &'s mut [Self::Value] {
        let mut room = Self::Room::ANY;
        Self::sums_with(&[], weights, bias, input, &mut room, sums)
    }
}

/// Name of the kernel that runs here for integer weights in columns: its file, for reports.
pub fn selected() -> &'static str {
    if cfg!(sinapse_kernel = "reference") {
        return "reference";
    }
    #[cfg(not(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
    return simd::Instructions::best().name();
    #[cfg(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes"))]
    if cfg!(sinapse_kernel = "skip") { "skip" } else { "lanes" }
}

/// As [`Kernel::sums`], in integers.
#[inline(always)]
fn integer_sums<'s, W, X>(
    kept: &[i32],
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
    room: &mut [MaybeUninit<Entry>],
    sums: &'s mut [MaybeUninit<i32>],
) -> &'s mut [i32]
where
    W: axpy::Column + Weight<Value = i32, Cell = u32>,
    X: Levels,
{
    let order = const { W::FORMAT.order(X::FORMAT) };
    if cfg!(sinapse_kernel = "reference") {
        let sums = filled(bias, sums);
        reference::sums::<W, X>(weights, bias, input, sums);
        return sums;
    }
    #[cfg(not(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
    {
        let _ = (kept, room);
        let sums = filled(bias, sums);
        match order {
            Order::Columns => simd::Instructions::best().add_columns::<W, X>(weights, input, sums),
            Order::Tiles => simd::Instructions::best().add_tiles(weights, input, sums),
        }
        sums
    }
    #[cfg(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes"))]
    match order {
        Order::Columns if cfg!(sinapse_kernel = "skip") => {
            let sums = filled(bias, sums);
            axpy::add::<W, X>(weights, input, sums);
            sums
        }
        Order::Columns => columns::sums::<W, X>(weights, bias, input, room, sums),
        Order::Tiles => tiles::sums(weights, bias, kept, input, room, sums),
    }
}

macro_rules! integer_kernel {
    ($($weight:ty: $layout:ty;)*) => {$(
        impl<X: Levels<Layout8: LayoutRoom>> Kernel<X> for $weight {
            type Kept<const OUT: usize> = <$layout as LayoutRoom>::Kept<OUT>;
            type Room = <$layout as LayoutRoom>::Room;
            #[inline(always)]
            fn keep(weights: &[u32], bias: &[i32], inputs: usize, kept: &mut [i32]) {
                if const { matches!(<$weight>::FORMAT.order(X::FORMAT), Order::Tiles) } {
                    tiles::keep(weights, bias, inputs, kept);
                }
            }
            #[inline(always)]
            fn sums_with<'s>(
                kept: &[i32],
                weights: &[u32],
                bias: &[i32],
                input: &[u8],
                room: &mut Self::Room,
                sums: &'s mut [MaybeUninit<i32>],
            ) -> &'s mut [i32] {
                integer_sums::<$weight, X>(kept, weights, bias, input, room.entries(), sums)
            }
            #[cfg(all(sinapse_dsp, not(any(sinapse_kernel = "reference", sinapse_kernel = "skip"))))]
            #[inline(always)]
            fn levels_with<E: Level>(
                task: Sums<'_, Self, X>,
                requantization: &Requantization<'_>,
                sums: &mut [MaybeUninit<i32>],
                levels: &mut [u8],
            ) {
                if const { matches!(<$weight>::FORMAT.order(X::FORMAT), Order::Columns) } {
                    let Sums { weights, bias, input, room, .. } = task;
                    columns::levels::<$weight, X, E>(weights, bias, input, requantization, room.entries(), sums, levels);
                } else {
                    requantize::relu::<E>(requantization, task.write(sums), levels);
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
    type Kept<const OUT: usize> = [f32; 0];
    type Room = FloatsRoom;
    #[inline(always)]
    fn sums_with<'s>(
        _: &[f32],
        weights: &[f32],
        bias: &[f32],
        input: &[X::Raw],
        room: &mut FloatsRoom,
        sums: &'s mut [MaybeUninit<f32>],
    ) -> &'s mut [f32] {
        let _ = &room;
        let sums = filled(bias, sums);
        if cfg!(sinapse_kernel = "reference") {
            reference::sums::<f32, X>(weights, bias, input, sums);
            return sums;
        }
        #[cfg(not(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
        simd::Instructions::best().add_floats::<X>(weights, input, sums);
        #[cfg(sinapse_fpu)]
        fpu::add::<X>(weights, input, room, sums);
        #[cfg(all(not(sinapse_fpu), any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
        axpy::add::<f32, X>(weights, input, sums);
        sums
    }
}

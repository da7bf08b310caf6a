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

#[cfg(sinapse_fpu)]
pub mod float;
pub mod lanes;
pub mod reference;
pub mod relu;
pub mod skip;
pub mod tiles;
#[cfg(not(sinapse_vector = "none"))]
pub mod vector;

use core::fmt::Debug;
use core::mem::MaybeUninit;

use crate::element::{Element, Level, Levels};
use crate::network::Zeros;
use crate::requantize::Requantization;
use crate::room::{Entry, ListRoom, Room};
use crate::weight::{I2, I4, I8, Order, Weight};

/// Room of columns of integer weights; that of tiles.
#[cfg(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes"))]
pub use {lanes::Room as ColumnsRoom, tiles::Room as TilesRoom};

/// Room of columns of integer weights: none, vectors need no list.
#[cfg(not(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
pub type ColumnsRoom = ();

/// Room of tiles: as that of columns.
#[cfg(not(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
pub type TilesRoom = ();

/// Room of `f32` weights.
#[cfg(sinapse_fpu)]
pub use float::Room as FloatsRoom;

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
    /// As [`relu::relu`] of [`sums_with`](Self::sums_with), for which there is room: `levels[o] = min(A, max(0, rescale(sums[o])))`.
    #[inline(always)]
    fn levels_with<E: Level>(
        task: Sums<'_, Self, X>,
        requantization: &Requantization<'_>,
        sums: &mut [MaybeUninit<i32>],
        levels: &mut [u8],
    ) where
        X: Element<Value = i32>,
    {
        relu::relu::<E>(requantization, task.write(sums), levels);
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
    return vector::Instructions::best().name();
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
    W: skip::Column + Weight<Value = i32, Cell = u32>,
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
            Order::Columns => vector::Instructions::best().add_columns::<W, X>(weights, input, sums),
            Order::Tiles => vector::Instructions::best().add_tiles(weights, input, sums),
        }
        sums
    }
    #[cfg(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes"))]
    match order {
        Order::Columns if cfg!(sinapse_kernel = "skip") => {
            let sums = filled(bias, sums);
            skip::add::<W, X>(weights, input, sums);
            sums
        }
        Order::Columns => lanes::sums::<W, X>(weights, bias, input, room, sums),
        Order::Tiles => tiles::sums(weights, bias, kept, input, room, sums),
    }
}

macro_rules! integer_kernel {
    ($($weight:ty, $kept:ty, $room:ty;)*) => {$(
        impl<X: Levels> Kernel<X> for $weight {
            type Kept<const OUT: usize> = $kept;
            type Room = $room;
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
                room: &mut $room,
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
                    lanes::levels::<$weight, X, E>(weights, bias, input, requantization, room.entries(), sums, levels);
                } else {
                    relu::relu::<E>(requantization, task.write(sums), levels);
                }
            }
        }
    )*};
}
integer_kernel! {
    I8, X::Kept<OUT>, X::Room;
    I4, [i32; 0], ColumnsRoom;
    I2, [i32; 0], ColumnsRoom;
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
        vector::Instructions::best().add_floats::<X>(weights, input, sums);
        #[cfg(sinapse_fpu)]
        float::add::<X>(weights, input, room, sums);
        #[cfg(all(not(sinapse_fpu), any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
        skip::add::<f32, X>(weights, input, sums);
        sums
    }
}

/// Sums before any input: as many of `bias` as there is room for.
pub fn filled<'s, V: Copy>(bias: &[V], sums: &'s mut [MaybeUninit<V>]) -> &'s mut [V] {
    let length = bias.len().min(sums.len());
    sums.get_mut(..length).unwrap_or_default().write_copy_of_slice(bias.get(..length).unwrap_or_default())
}

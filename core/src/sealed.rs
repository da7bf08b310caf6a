//! The supertrait that no other crate can name.
//!
//! Unsafe code in kernels and layers trusts what their traits say: that a kernel writes all the accumulators that it
//! returns, that an activation writes all of its outputs, that a row has as many cells as its format needs. None of
//! these traits is `unsafe`, so only this crate may implement them. The programs below would read uninitialised memory
//! or past the weights; they do not compile.
//!
//! An activation that claims to have written its outputs:
//!
//! ```compile_fail,E0277
//! use core::mem::MaybeUninit;
//! use sinapse::format::{ActivationKind, Element, Logit, Requantization};
//! use sinapse::kernel::{Kernel, MatVec};
//! use sinapse::layer::activation::Activation;
//!
//! #[derive(Clone, Copy)]
//! struct Lazy;
//!
//! impl Activation<i32> for Lazy {
//!     type Output = Logit<i32>;
//!     type Workspace<const OUT: usize> = [MaybeUninit<i32>; 0];
//!     const KIND: ActivationKind = ActivationKind::Identity;
//!     fn apply(_: &[i32], _: &Requantization<'_>, _: &mut [i32]) {}
//! }
//! ```
//!
//! A weight format with a kernel that returns no accumulators, and rows that end past the weights:
//!
//! ```compile_fail,E0277
//! use sinapse::format::{ElementFormat, Layout, Weight, WeightFormat};
//!
//! #[derive(Clone, Copy)]
//! struct Short;
//!
//! impl Weight for Short {
//!     type Value = i32;
//!     type Cell = u32;
//!     const FORMAT: WeightFormat = WeightFormat::I8;
//!     fn row_cells(_: ElementFormat, _: usize) -> usize {
//!         usize::MAX
//!     }
//!     fn get(_: &[u32], _: Layout, _: usize, _: usize) -> i32 {
//!         0
//!     }
//! }
//! ```
//!
//! ```compile_fail,E0277
//! use core::mem::MaybeUninit;
//! use sinapse::format::{ElementFormat, Layout, U4, Weight, WeightFormat};
//! use sinapse::kernel::Kernel;
//!
//! #[derive(Clone, Copy)]
//! struct Lazy;
//!
//! # impl Weight for Lazy {
//! #     type Value = i32;
//! #     type Cell = u32;
//! #     const FORMAT: WeightFormat = WeightFormat::I8;
//! #     fn get(_: &[u32], _: Layout, _: usize, _: usize) -> i32 {
//! #         0
//! #     }
//! # }
//! impl Kernel<U4> for Lazy {
//!     type Prepared<const OUT: usize> = [i32; 0];
//!     type Workspace = ();
//!     fn matvec<'s>(
//!         _: &[i32],
//!         _: &[u32],
//!         _: &[i32],
//!         _: &[u8],
//!         _: &mut (),
//!         _: &'s mut [MaybeUninit<i32>],
//!     ) -> &'s mut [i32] {
//!         Box::leak(vec![0; 10].into_boxed_slice())
//!     }
//! }
//! ```
//!
//! A layer that claims to have written its outputs:
//!
//! ```compile_fail
//! struct Lazy;
//!
//! impl sinapse::layer::Sealed for Lazy {}
//! ```
//!
//! A layout, a scale, zeros, and memory for a list:
//!
//! ```compile_fail,E0277
//! #[derive(Clone, Copy, PartialEq, Default)]
//! struct Mine;
//!
//! impl sinapse::format::LayoutType for Mine {
//!     const LAYOUT: sinapse::format::Layout = sinapse::format::Layout::Columns;
//! }
//! ```
//!
//! ```compile_fail,E0277
//! #[derive(Clone, Copy)]
//! struct Mine;
//!
//! impl sinapse::layer::downscale::ScaleType for Mine {
//!     const SCALE: sinapse::format::Scale = sinapse::format::Scale::Third;
//! }
//! ```
//!
//! ```compile_fail,E0277
//! #[derive(Clone, Copy)]
//! struct Mine;
//!
//! impl sinapse::workspace::Zeros for Mine {
//!     const ZEROS: Self = Mine;
//! }
//! ```
//!
//! ```compile_fail,E0277
//! use core::mem::MaybeUninit;
//! use sinapse::workspace::{Entry, ListWorkspace, Workspace};
//!
//! #[derive(Clone, Copy)]
//! struct Mine;
//!
//! # // SAFETY: the type has no bytes.
//! # unsafe impl Workspace for Mine {
//! #     const UNINIT: Self = Mine;
//! # }
//! impl ListWorkspace for Mine {
//!     fn entries(&mut self) -> &mut [MaybeUninit<Entry>] {
//!         &mut []
//!     }
//! }
//! ```

/// Seals a trait.
pub trait Sealed {}

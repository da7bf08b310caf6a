//! The supertrait of the traits of number formats, which no other crate can name.

/// Seals a trait: unsafe code in kernels relies on the sizes and ranges that number formats state.
pub trait Sealed {}

//! Forward and backward pass of one block of a batch, on a single thread.

mod backward;
mod dropout;
mod forward;
mod input;
mod loss;
#[cfg(test)]
mod tests;
mod weights;

pub use dropout::Dropout;
pub use forward::Pass;
pub use input::{BLOCK, InputBlock};
pub use loss::Loss;
pub use weights::Weights;

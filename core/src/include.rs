//! Including a blob in a program: aligned, and checked against the network's type at compile time.

use core::ops::Deref;

use crate::blob::header;
use crate::format::{Description, Text};

/// Aligns bytes to 16, as [`Network::load`](crate::Network::load) needs them: blobs compiled in by `include_bytes!`, or
/// a buffer for a blob that is received at run time.
///
/// # Examples
///
/// ```
/// use sinapse::{Aligned, Dense, I4, I8, Identity, Network, Pixel, Relu, U4, layers};
///
/// type Tiny<'a> = Network<layers![Dense<'a, 4, 2, Pixel<U4>, I4, Relu<U4>>, Dense<'a, 2, 2, U4, I8, Identity>]>;
/// # let received = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard"));
///
/// let mut buffer = Aligned([0; 1024]);
/// buffer.0[..received.len()].copy_from_slice(received); // from a serial port, a file, …
/// let network = Tiny::load(&buffer[..received.len()])?;
/// # Ok::<(), sinapse::LoadError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
pub struct Aligned<B: ?Sized>(pub B);

impl<const N: usize> Deref for Aligned<[u8; N]> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Includes a blob file as `&'static Aligned<[u8; N]>` and checks at compile time that it fits the network type.
///
/// The path is relative to the calling file, as for [`include_bytes!`]. A blob of another shape or with other number
/// formats fails the *build*, with both descriptions in the message:
///
/// ```text
/// error[E0080]: evaluation panicked: the blob does not fit the network type:
///   blob: 784 (U4) → 32 (I8, relu, U4) → 10 (I8, identity, i32)
///   type: 784 (U4) → 16 (I8, relu, U4) → 10 (I8, identity, i32)
/// ```
///
/// Checksum and values are checked at run time, by [`Network::load`](crate::Network::load).
///
/// # Examples
///
/// ```
/// use sinapse::{Dense, I4, I8, Identity, Network, Pixel, Relu, U4, include_model, layers};
///
/// type Tiny = Network<layers![
///     Dense<'static, 4, 2, Pixel<U4>, I4, Relu<U4>>,
///     Dense<'static, 2, 2, U4, I8, Identity>,
/// ]>;
///
/// let blob = include_model!(Tiny, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard"));
/// let network = Tiny::load(blob)?;
/// let mut scratch = Tiny::SCRATCH;
/// let answer = network.classify(&[255, 16, 0, 128], &mut scratch);
/// assert_eq!((answer.class, answer.margin), (1, 20));
/// # Ok::<(), sinapse::LoadError>(())
/// ```
///
/// The same blob does not fit a network with three classes:
///
/// ```compile_fail,E0080
/// use sinapse::{Dense, I4, I8, Identity, Network, Pixel, Relu, U4, include_model, layers};
///
/// type Three = Network<layers![
///     Dense<'static, 4, 2, Pixel<U4>, I4, Relu<U4>>,
///     Dense<'static, 2, 3, U4, I8, Identity>,
/// ]>;
///
/// let blob = include_model!(Three, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard"));
/// ```
#[macro_export]
macro_rules! include_model {
    ($network:ty, $path:expr $(,)?) => {{
        const BYTES: &[u8] = include_bytes!($path);
        const _: () = $crate::assert_fits(BYTES, &<$network>::DESCRIPTION);
        static MODEL: &$crate::Aligned<[u8; BYTES.len()]> = &$crate::Aligned(*include_bytes!($path));
        MODEL
    }};
}

/// Panics, which fails the build, if the blob's header does not describe this network.
#[doc(hidden)]
#[track_caller]
pub const fn assert_fits(blob: &[u8], network: &Description) {
    let found = match header::read_description(blob) {
        Ok(found) => found,
        Err(reason) => panic!("{}", reason),
    };
    let (found, expected) = (found.text(), network.text());
    if !equal(found.as_str().as_bytes(), expected.as_str().as_bytes()) {
        let mut message = Text::new();
        message.push("the blob does not fit the network type:\n  blob: ");
        message.push(found.as_str());
        message.push("\n  type: ");
        message.push(expected.as_str());
        panic!("{}", message.as_str());
    }
}

/// Compares byte strings; `==` is not available in a `const fn`.
const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

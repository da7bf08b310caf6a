//! The network that is compiled in: `build.rs` reads its blob and writes its type.

include!(concat!(env!("OUT_DIR"), "/model.rs"));

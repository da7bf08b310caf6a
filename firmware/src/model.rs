//! The compiled-in network: `build.rs` reads its blob and generates its type.

include!(concat!(env!("OUT_DIR"), "/model.rs"));

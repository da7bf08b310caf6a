//! The macro of `sinapse` that runs while a program is built. Use it as `sinapse::include_network!`.

mod declaration;
mod network;

use std::env;
use std::path::PathBuf;

use proc_macro::TokenStream;

use declaration::Declaration;

/// Includes a blob as a network that is a `static`: checked while building, nothing is loaded at run time.
///
/// `sinapse::include_network!(pub static DIGITS: Digits = "digits.postcard");` defines the type `Digits` and the static
/// `DIGITS`. The path is relative to the folder of the caller's `Cargo.toml`. See `sinapse::include_network!`.
#[proc_macro]
pub fn include_network(input: TokenStream) -> TokenStream {
    let text = expand(input).unwrap_or_else(|message| format!("::core::compile_error!({message:?});"));
    text.parse().expect("the macro writes Rust")
}

fn expand(input: TokenStream) -> Result<String, String> {
    let declaration = Declaration::parse(input)?;
    let folder =
        env::var("CARGO_MANIFEST_DIR").map_err(|_| "include_network! needs cargo: CARGO_MANIFEST_DIR is unset")?;
    let path = PathBuf::from(folder).join(&declaration.path);
    let blob = std::fs::read(&path).map_err(|error| format!("include_network!: {}: {error}", path.display()))?;
    network::source(&declaration, &path, &blob)
        .map_err(|error| format!("include_network!: {}: {error}", path.display()))
}

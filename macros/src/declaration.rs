//! The caller's declaration: `pub static NAME: Type = "path";`.

use proc_macro::{TokenStream, TokenTree};

/// The parts of the declaration.
pub struct Declaration {
    /// `pub`, `pub(crate)` or nothing.
    pub visibility: String,
    /// Name of the static.
    pub name: String,
    /// Name of the type.
    pub network: String,
    /// Path of the blob, relative to the folder of the caller's `Cargo.toml`.
    pub path: String,
}

/// The form that is expected, for messages.
const FORM: &str = "include_network! expects `pub static NAME: Type = \"path/of.postcard\";`";

impl Declaration {
    /// Parses the macro's argument.
    ///
    /// # Errors
    ///
    /// A sentence that gives the expected form and what was found instead.
    pub fn parse(input: TokenStream) -> Result<Self, String> {
        let tokens: Vec<TokenTree> = input.into_iter().collect();
        let text: Vec<String> = tokens.iter().map(ToString::to_string).collect();
        let start = text.iter().position(|token| token == "static").ok_or(FORM)?;
        let (before, after) = (&text[..start], &text[start + 1..]);
        let is_visibility = match before {
            [] => true,
            [public] => public == "pub",
            [public, scope] => public == "pub" && scope.starts_with('('),
            _ => false,
        };
        let (name, network, literal) = match after {
            [name, colon, network, equals, literal] if colon == ":" && equals == "=" => (name, network, literal),
            [name, colon, network, equals, literal, end] if colon == ":" && equals == "=" && end == ";" => {
                (name, network, literal)
            }
            _ => return Err(format!("{FORM}, found `{}`", text.join(" "))),
        };
        let path = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match path {
            Some(path) if is_visibility && !path.contains('\\') => Ok(Declaration {
                visibility: before.concat(),
                name: name.clone(),
                network: network.clone(),
                path: path.to_owned(),
            }),
            _ => Err(format!("{FORM}, found `{}`", text.join(" "))),
        }
    }
}

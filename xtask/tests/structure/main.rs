//! The layout of the source: imports point one way, and files, functions and lines stay short.

mod imports;
mod source;

use std::path::{Path, PathBuf};

use imports::Crate;
use source::{Source, functions};

/// Crates whose files import each other; each is one directory with a `src`.
const CRATES: [&str; 7] = ["core", "format", "macros", "trainer", "xtask", "xtask/counter", "firmware"];

/// Everything else that is Rust and ours.
const OTHERS: [&str; 12] = [
    "core/build.rs",
    "core/examples",
    "core/tests",
    "examples",
    "firmware/build.rs",
    "tests",
    "trainer/tests",
    "wasm/build.rs",
    "wasm/src",
    "xtask/counter/build.rs",
    "xtask/latency/src",
    "xtask/tests",
];

/// Maximum number of lines of a file, of a function, and of a function that reads recipes.
const MAX_FILE_LINES: usize = 350;
const MAX_FUNCTION_LINES: usize = 80;
const MAX_RECIPE_FUNCTION_LINES: usize = 60;

/// Maximum number of characters of a line.
const MAX_COLUMNS: usize = 120;

/// Longer functions that stay whole, each as file, name and reason.
const LONG_FUNCTIONS: [(&str, &str, &str); 0] = [];

#[test]
fn no_crate_has_a_circle_of_imports() {
    let circles: Vec<String> = CRATES.iter().flat_map(|name| Crate::read(&root(), name).circles()).collect();
    assert!(circles.is_empty(), "files that import each other in a circle:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_of_imports_is_found_and_named() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;\npub use b::B;\n"),
        ("src/a.rs", "use crate::B;\npub struct A(B);\n"),
        ("src/b.rs", "pub struct B;\nfn f() { super::a::g(&B) }\n// use crate::nothing;\n"),
    ];
    let circles = Crate::new("probe", files).circles();
    let [circle] = &circles[..] else { panic!("one circle, not {circles:?}") };
    assert!(circle.contains("probe/src/a.rs → probe/src/b.rs (B)"), "{circle}");
    assert!(circle.contains("probe/src/b.rs → probe/src/a.rs (g)"), "{circle}");
}

#[test]
fn all_alternatives_of_a_name_are_followed() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;\nmod c;\n"),
        ("src/a.rs", "#[cfg(x)]\nuse super::b as imp;\n#[cfg(not(x))]\nuse super::c as imp;\nfn f() { imp::g() }\n"),
        ("src/b.rs", "pub fn g() {}\n"),
        ("src/c.rs", "pub fn g() { crate::a::f() }\n"),
    ];
    let circles = Crate::new("probe", files).circles();
    let [circle] = &circles[..] else { panic!("one circle, not {circles:?}") };
    assert!(circle.contains("probe/src/a.rs → probe/src/c.rs (g)"), "{circle}");
}

#[test]
fn modules_with_a_path_attribute_are_followed() {
    let board = concat!(
        "#[cfg_attr(x, path = \"x.rs\")]\n#[cfg_attr(y, path = \"../y.rs\")]\nmod chosen;\n",
        "pub use chosen::Board;\npub fn f() {}\n"
    );
    let files = [
        ("src/lib.rs", "mod board;\n"),
        ("src/board/mod.rs", board),
        ("src/board/x.rs", "pub struct Board;\n"),
        ("src/y.rs", "use crate::board::f;\npub struct Board;\n"),
    ];
    let circles = Crate::new("probe", files).circles();
    let [circle] = &circles[..] else { panic!("one circle, not {circles:?}") };
    assert!(circle.contains("probe/src/board/mod.rs → probe/src/y.rs (Board)"), "{circle}");
}

#[test]
fn globs_and_nested_trees_are_followed_through_re_exports() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;\nmod front;\n"),
        ("src/a.rs", "use crate::{\n    front::{\n        self, B as C,\n    },\n};\npub fn f(_: C) {}\n"),
        ("src/b/mod.rs", "mod inner;\npub use self::inner::*;\n"),
        ("src/b/inner.rs", "use super::super::a::*;\npub struct B;\n"),
        ("src/front.rs", "pub use crate::b::*;\n"),
    ];
    let circles = Crate::new("probe", files).circles();
    let [circle] = &circles[..] else { panic!("one circle, not {circles:?}") };
    assert!(circle.contains("probe/src/a.rs → probe/src/front.rs (B)"), "{circle}");
    assert!(circle.contains("probe/src/b/inner.rs → probe/src/a.rs (*)"), "{circle}");
}

#[test]
fn tests_comments_and_re_exports_alone_close_no_circle() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;\npub use elsewhere::{c, d};\npub use a::A as E;\n"),
        (
            "src/a.rs",
            "use crate::c::C;\n\
             /// See [`B`](crate::b::B).\npub struct A;\n\
             #[cfg(test)]\nmod tests {\n    use crate::b::B;\n}\n",
        ),
        ("src/b.rs", "use crate::a::A;\npub struct B(A);\nconst TEXT: &str = \"use crate::b;\";\n"),
    ];
    assert_eq!(Crate::new("probe", files).circles(), [""; 0]);
}

#[test]
fn files_functions_and_lines_stay_short() {
    let (mut long, mut excepted) = (Vec::new(), Vec::new());
    for path in rust_files() {
        let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        if lines > MAX_FILE_LINES {
            long.push(format!("{name}: {lines} lines, at most {MAX_FILE_LINES}"));
        }
        for (number, line) in (1..).zip(text.lines()) {
            let columns = line.chars().count();
            if columns > MAX_COLUMNS {
                long.push(format!("{name}:{number}: {columns} columns, at most {MAX_COLUMNS}"));
            }
        }
        let most = if name.contains("/recipe/") { MAX_RECIPE_FUNCTION_LINES } else { MAX_FUNCTION_LINES };
        for function in functions(&Source::new(&text)) {
            if function.lines <= most {
                continue;
            }
            match LONG_FUNCTIONS.iter().find(|(file, long, _)| (*file, *long) == (&*name, &*function.name)) {
                Some(exception) => excepted.push(exception),
                None => long.push(format!("{name}: `{}` has {} lines, at most {most}", function.name, function.lines)),
            }
        }
    }
    let unneeded = LONG_FUNCTIONS.iter().filter(|exception| !excepted.contains(exception));
    long.extend(unneeded.map(|(file, function, _)| format!("{file}: `{function}` is short, or gone: no exception")));
    assert!(long.is_empty(), "too long, or an exception that is not needed:\n{}", long.join("\n"));
}

/// Root of the repository.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
    Path::new(&package).join("..").canonicalize().unwrap()
}

/// All Rust files that are ours.
fn rust_files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = OTHERS.iter().flat_map(|name| files_below(&root().join(name))).collect();
    files.extend(CRATES.iter().flat_map(|name| files_below(&root().join(name).join("src"))));
    files.sort();
    files.dedup();
    assert!(files.len() > 200, "only {} Rust files were found", files.len());
    files
}

/// The `.rs` files below a folder, or the file itself; build results are passed over.
fn files_below(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return if path.extension().is_some_and(|extension| extension == "rs") {
            vec![path.into()]
        } else {
            Vec::new()
        };
    }
    if path.ends_with("target") {
        return Vec::new();
    }
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    entries.flatten().flat_map(|entry| files_below(&entry.path())).collect()
}

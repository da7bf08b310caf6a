//! Packages that are published hold copies of the repository's files: a registry's package has no parent folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[test]
fn every_published_package_has_the_licences_and_a_readme_of_its_own() {
    let packages = published();
    assert!(packages.len() >= 2, "only {} packages are published", packages.len());
    for package in packages {
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned();
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert_equal(&folder.join(licence), &root().join(licence));
        }
        assert_eq!(package["readme"], "README.md", "{}", folder.display());
        for key in ["description", "license", "repository", "rust_version"] {
            assert!(package[key].is_string(), "{}: no {key}", folder.display());
        }
        for key in ["keywords", "categories"] {
            let values = package[key].as_array().unwrap();
            // The registry takes at most five of each.
            assert!((1..=5).contains(&values.len()), "{}: {} {key}", folder.display(), values.len());
        }
    }
}

#[test]
fn the_readmes_of_published_packages_link_to_absolute_addresses() {
    for package in published() {
        let path = Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("README.md");
        let text = std::fs::read_to_string(&path).unwrap();
        for (start, _) in text.match_indices("](") {
            let link = &text[start + 2..];
            assert!(link.starts_with("https://"), "{}: {}", path.display(), &link[..link.find(')').unwrap()]);
        }
    }
}

#[test]
fn the_blob_of_the_examples_is_the_model() {
    assert_equal(&root().join("core/examples/nano.postcard"), &root().join("models/nano.postcard"));
}

#[test]
fn the_blob_of_the_tests_is_one() {
    assert_equal(&root().join("format/tests/tiny.postcard"), &root().join("core/tests/tiny.postcard"));
}

/// Cargo's descriptions of the main workspace's packages that may be published.
fn published() -> Vec<Value> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()).args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.filter(|package| package["publish"].is_null()).cloned().collect()
}

fn assert_equal(copy: &Path, original: &Path) {
    let [found, expected] =
        [copy, original].map(|path| std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    assert!(found == expected, "{} is not a copy of {}", copy.display(), original.display());
}

/// Root of the repository.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
    Path::new(&package).join("..").canonicalize().unwrap()
}

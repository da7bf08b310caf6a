//! Digits drawn by the program stand in for real ones.

use std::path::{Path, PathBuf};
use std::process::Command;

use sinapse_tests::test_images;
use sinapse_trainer::input::Source;
use sinapse_trainer::model::{self, Evaluate, Model};

/// Minimum accuracy on MNIST's test images, in percent.
const LEAST: f64 = 92.0;

#[test]
fn a_network_trained_on_drawn_digits_alone_reads_real_ones() {
    let (source, test) = test_images();
    if matches!(source, Source::Drawn) {
        println!("NOT checked: there are no real digits to read, no MNIST found");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let blob: PathBuf = folder.path().join("drawn.postcard");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    cargo.args(["run", "--quiet", "--release", "--package", "sinapse-trainer", "--"]);
    cargo.args(["train", "--recipe", "recipes/drawn.toml", "--out"]).arg(&blob);
    // Neither a named folder nor a cache: the program draws.
    cargo.env_remove("SINAPSE_DATA").env("XDG_CACHE_HOME", folder.path());
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let blob = model::read(&blob).unwrap();
    let model = Model::load(&blob).unwrap();
    assert!(model.provenance.data.contains("drawn"), "trained on {}", model.provenance.data);
    let percent = 100.0 * model.correct(&test.images.pixels, &test.labels) as f64 / test.labels.len() as f64;
    println!("{percent:.2} % of {source}");
    assert!(percent >= LEAST, "{percent:.2} %, at least {LEAST} %");
}

//! The command line as a user meets it: results, and a single clear message for every mistake.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

mod program;

use program::{idx, sinapse, small_data, text};

/// Returns the only line on standard error of a command that must fail with exit code 2.
fn refusal(arguments: &[&str]) -> String {
    let output = sinapse(arguments);
    let message = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(message.starts_with("error: "), "{message}");
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    assert!(!message.contains("panicked") && !message.contains("backtrace"), "{message}");
    message
}

fn committed_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/digits.postcard")
}

#[test]
fn written_data_is_a_data_folder_again() {
    let data = small_data(20);
    let copy = data.path().join("copy");
    let output = sinapse(&["data", "--data", text(data.path()), "--write", text(&copy), "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(report["drawn"], false);
    for name in
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
    {
        assert_eq!(fs::read(copy.join(name)).unwrap(), fs::read(data.path().join(name)).unwrap(), "{name}");
    }
    let test = data.path().join("test");
    assert!(sinapse(&["data", "--drawn", "--write", text(&test), "--part", "test"]).status.success());
    assert_eq!(fs::read_dir(&test).unwrap().count(), 2);
}

#[test]
fn training_evaluating_and_inspecting_a_small_network() {
    let data = small_data(6_000);
    let model = data.path().join("model.postcard");
    let train =
        ["train", "--network", "784-16-10", "--epochs", "5", "--data", text(data.path()), "--out", text(&model)];
    let output = sinapse(&train);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let output = sinapse(&["eval", text(&model), "--data", text(data.path()), "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(report["images"], 6_000);
    assert_eq!(report["correct"], 6_000, "stripes at ten places are easy: {report}");
    assert_eq!(report["accuracy"], 1.0);
    assert_eq!(report["logits_crc32"].as_str().map(str::len), Some(8));
    assert_eq!(report["confusion"][3][3], 600);

    let output = sinapse(&["inspect", text(&model), "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(report["shape"], serde_json::json!([784, 16, 10]));
    assert_eq!(report["weight_bits"], serde_json::json!([8, 8]));
    assert_eq!(report["activation_bits"], serde_json::json!([4, 4]));
    assert_eq!(report["scratch_bytes"], 16);
    assert_eq!(report["multiply_adds"], 784 * 16 + 160);
    assert_eq!(report["blob_bytes"], fs::metadata(&model).expect("the blob").len());
}

#[test]
fn the_same_seed_gives_the_same_blob_and_another_seed_another_one() {
    let data = small_data(6_000);
    let blob = |seed: &str, name: &str| {
        let out = data.path().join(name);
        let arguments = [
            "train",
            "--network",
            "784-8-10",
            "--epochs",
            "2",
            "--seed",
            seed,
            "--data",
            text(data.path()),
            "--out",
            text(&out),
        ];
        assert!(sinapse(&arguments).status.success());
        fs::read(out).expect("the blob")
    };
    let first = blob("7", "a");
    assert_eq!(first, blob("7", "b"));
    assert_ne!(first, blob("8", "c"));
}

#[test]
fn recipes_with_unknown_keys_name_file_line_and_key_and_nothing_is_written() {
    let folder = TempDir::new().expect("a temporary folder");
    let recipe = folder.path().join("r.toml");
    let out = folder.path().join("out.postcard");
    fs::write(&out, "precious").expect("a file");
    fs::write(&recipe, "name = \"x\"\n[network]\nshape = \"784-10\"\nwieghts = 8\n").expect("a recipe");
    let message = refusal(&["train", "--recipe", text(&recipe), "--out", text(&out)]);
    assert!(message.contains("r.toml, line 4") && message.contains("wieghts"), "{message}");
    assert_eq!(fs::read(&out).expect("the file"), b"precious");
}

#[test]
fn impossible_recipe_values_name_key_value_and_range() {
    let folder = TempDir::new().expect("a temporary folder");
    let recipe = folder.path().join("r.toml");
    for (text_of_recipe, expected) in [
        ("name='x'\n[network]\nshape='784-10'\n[training]\nlearning_rate=7.0", "training.learning_rate = 7, allowed: "),
        ("name='x'\n[network]\nshape='784-0-10'", "width 0, allowed are 1 to 65535"),
        ("name='x'\n[network]\nshape='784'", "0 layers, allowed are 1 to 16"),
        ("name='x'\n[network]\nshape='784-10'\nweights=5", "network.weights = 5, allowed: 2, 4 or 8"),
        ("name='x'\n[network]\nshape='784-10'\nweights=[8,8]", "network.weights = [8,8]"),
        ("name='x'\n[network]\nshape='784-10'\n[training]\ndamping=1", "training.damping = 1, allowed: 0 with"),
        ("name='x'\n[network]\nshape='784-10'\n[augmentation]\nelastic_pixels=9", "augmentation.elastic_pixels = 9"),
        (
            "name='x'\n[network]\nshape='784-10'\nreduction={width=28,height=28,scale='one',deslant=true}",
            "network.reduction.deslant = true for 28 × 28 pixels with a crop of 0, allowed: ",
        ),
        (
            "name='x'\n[network]\nshape='784-10'\narithmetic='f32'\n\
             reduction={width=28,height=28,scale='one',views=true}",
            "network.reduction.views = true, allowed: false with network.arithmetic = \"f32\"",
        ),
    ] {
        fs::write(&recipe, text_of_recipe).expect("a recipe");
        let message = refusal(&["train", "--recipe", text(&recipe)]);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn bad_data_is_named_with_file_found_and_expected() {
    let model = committed_model();
    let eval = |folder: &Path| refusal(&["eval", text(&model), "--data", text(folder)]);
    let broken = |name: &str, bytes: &[u8]| {
        let data = small_data(100);
        fs::write(data.path().join(name), bytes).expect("a broken file");
        eval(data.path())
    };
    let message = eval(Path::new("/nonexistent/mnist"));
    assert!(message.contains("/nonexistent/mnist"), "{message}");
    let message = broken("t10k-labels-idx1-ubyte", &idx(0x999, &[100], &[0; 100]));
    assert!(
        message.contains("t10k-labels-idx1-ubyte") && message.contains("999") && message.contains("801"),
        "{message}"
    );
    let message = broken("t10k-images-idx3-ubyte", &idx(0x803, &[100, 28, 28], &[0; 784]));
    assert!(message.contains("t10k-images-idx3-ubyte") && message.contains("78400"), "{message}");
    let message = broken("t10k-labels-idx1-ubyte", &idx(0x801, &[99], &[0; 99]));
    assert!(message.contains("99") && message.contains("100"), "{message}");
    let mut labels = vec![1u8; 100];
    labels[42] = 10;
    let message = broken("t10k-labels-idx1-ubyte", &idx(0x801, &[100], &labels));
    assert!(message.contains("42") && message.contains("10"), "{message}");
    let message = broken("t10k-images-idx3-ubyte", b"");
    assert!(message.contains("empty"), "{message}");
}

#[test]
fn a_damaged_or_missing_model_is_named() {
    let folder = TempDir::new().expect("a temporary folder");
    let model = folder.path().join("m.postcard");
    let mut blob = fs::read(committed_model()).expect("the committed model");
    blob[1000] ^= 1;
    fs::write(&model, &blob).expect("a damaged model");
    assert!(refusal(&["inspect", text(&model)]).contains("CRC-32"));
    fs::write(&model, &blob[..500]).expect("a short model");
    assert!(refusal(&["inspect", text(&model)]).contains("500 bytes, the header says"));
    assert!(refusal(&["inspect", "/nonexistent/m.postcard"]).contains("/nonexistent/m.postcard"));
}

#[test]
fn an_unreadable_image_is_named() {
    let folder = TempDir::new().expect("a temporary folder");
    let image = folder.path().join("note.png");
    fs::write(&image, "not a picture").expect("a file");
    let message = refusal(&["classify", text(&committed_model()), text(&image)]);
    assert!(message.contains("note.png"), "{message}");
}

#[test]
fn an_output_that_cannot_be_written_fails_before_training() {
    let data = small_data(6_000);
    let message = refusal(&[
        "train",
        "--network",
        "784-10",
        "--data",
        text(data.path()),
        "--out",
        "/nonexistent/folder/m.postcard",
    ]);
    assert!(message.contains("/nonexistent/folder/m.postcard"), "{message}");
}

#[test]
fn a_network_that_does_not_fit_the_images_is_refused_with_both_numbers() {
    let data = small_data(6_000);
    let message = refusal(&["train", "--network", "100-10", "--data", text(data.path())]);
    assert!(message.contains("100 inputs") && message.contains("784 pixels"), "{message}");
    let message = refusal(&["train", "--network", "784-5", "--data", text(data.path())]);
    assert!(message.contains("5 outputs") && message.contains("10"), "{message}");
}

#[test]
fn a_blank_picture_is_unknown_though_its_margin_is_large() {
    let folder = TempDir::new().expect("a temporary folder");
    let image = folder.path().join("blank.pgm");
    fs::write(&image, [&b"P5 28 28 255\n"[..], &[0; 784]].concat()).expect("a file");
    for model in ["digits", "nano", "best"] {
        let model = committed_model().with_file_name(format!("{model}.postcard"));
        let output = sinapse(&["classify", text(&model), text(&image), "--as-is", "--json"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        assert!(report["answer"].is_null() && report["class"].is_number(), "{report}");
        let output = sinapse(&["classify", text(&model), text(&image), "--as-is"]);
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(printed.contains("answer: unknown (nearest: "), "{printed}");
    }
}

//! Data other than digits: class folders, other sizes, more classes; and the files that a training writes.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

mod program;

use program::{idx, sinapse, text};

/// Runs the program, which must succeed, and returns its standard output.
fn done(arguments: &[&str]) -> String {
    let output = sinapse(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Writes two classes of 8 × 8 pixels: bright above, bright below.
fn pictures(folder: &Path, part: &str, count: u8) {
    for (class, rows) in [("above", 0..4), ("below", 4..8)] {
        let class = folder.join(part).join(class);
        fs::create_dir_all(&class).expect("a folder");
        for index in 0..count {
            let value = 255 - index;
            let picture =
                image::GrayImage::from_fn(8, 8, |_, y| image::Luma([if rows.contains(&y) { value } else { 0 }]));
            picture.save(class.join(format!("{index}.png"))).expect("a picture");
        }
    }
}

#[test]
fn a_folder_of_pictures_is_learned_and_answers_have_the_folders_names() {
    let folder = TempDir::new().expect("a folder");
    let (data, model) = (folder.path().join("pictures"), folder.path().join("m.postcard"));
    pictures(&data, "train", 60);
    pictures(&data, "test", 10);
    done(&["train", "--network", "64-8-2", "--epochs", "10", "--data", text(&data), "--out", text(&model)]);
    let report = done(&["eval", text(&model), "--data", text(&data), "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!((&report["images"], &report["correct"]), (&20.into(), &20.into()), "{report}");
    assert_eq!(report["classes"], serde_json::json!(["above", "below"]));
    let picture = data.join("test/below/3.png");
    let answer = done(&["classify", text(&model), text(&picture), "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["name"], "below", "{answer}");
    let inspected = done(&["inspect", text(&model), "--data", text(&data), "--json"]);
    let inspected: serde_json::Value = serde_json::from_str(&inspected).expect("JSON");
    assert_eq!(inspected["costs"][0]["core"], "Cortex-M4");
    assert!(inspected["costs"][0]["mean"].as_u64() < inspected["costs"][0]["no_zeros"].as_u64(), "{inspected}");
    let table = done(&["eval", text(&model), "--data", text(&data), "--robustness"]);
    assert!(table.contains("rotated by 15°"), "{table}");
}

#[test]
fn thirty_six_classes_of_small_images_leave_metrics_and_a_report() {
    let folder = TempDir::new().expect("a folder");
    let count = 36 * 20;
    let labels: Vec<u8> = (0..count).map(|index| (index % 36) as u8).collect();
    let pixels: Vec<u8> =
        labels.iter().flat_map(|&label| (0..36).map(move |pixel| if pixel == label { 255 } else { 0 })).collect();
    for part in ["train", "t10k"] {
        let images = idx(0x803, &[count, 6, 6], &pixels);
        fs::write(folder.path().join(format!("{part}-images-idx3-ubyte")), images).expect("images");
        let labels = idx(0x801, &[count], &labels);
        fs::write(folder.path().join(format!("{part}-labels-idx1-ubyte")), labels).expect("labels");
    }
    let file = |name: &str| folder.path().join(name);
    let (model, metrics, report) = (file("m.postcard"), file("m.jsonl"), file("m.html"));
    let mut train = vec!["train", "--network", "36-36", "--epochs", "6", "--data", text(folder.path())];
    train.extend(["--out", text(&model), "--metrics", text(&metrics), "--report", text(&report)]);
    done(&train);
    let lines = fs::read_to_string(&metrics).expect("metrics");
    let records: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(records.len(), 6);
    assert_eq!(records[5]["epoch"], 6);
    let report = fs::read_to_string(&report).expect("a report");
    assert!(report.contains("<svg") && report.contains("36-36"), "{report}");
    let table = done(&["eval", text(&model), "--data", text(folder.path())]);
    assert!(table.contains("of 720 images") && table.contains("most frequent errors"), "{table}");
}

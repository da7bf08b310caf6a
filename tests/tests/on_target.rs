//! The firmware in QEMU: the same logits as the host, within the budgets of flash and RAM, and clear complaints.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sinapse::blob::crc::Crc32;
use sinapse_trainer::input::{self, Part};
use sinapse_trainer::model::{self, Evaluate, Model};

/// Flash of the program, without the blob and the compiled-in pictures, in bytes.
const PROGRAM_BUDGET: u64 = 32 * 1024;

/// Static RAM and deepest stack together, in bytes.
const RAM_BUDGET: u64 = 8 * 1024;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The project's commands: the program that runs these tests, else cargo.
fn xtask(arguments: &[&str]) -> Output {
    let mut command = match std::env::var_os("SINAPSE_XTASK") {
        Some(program) => Command::new(program),
        None => {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.arg("xtask");
            cargo
        }
    };
    command.current_dir(root()).args(arguments).output().unwrap()
}

fn target_eval(model: &str) -> Value {
    let output = xtask(&["target-eval", "--model", model, "--json"]);
    assert!(output.status.success(), "target-eval {model}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Number of images, right answers and checksum of all logits, on the host.
fn host_eval(model: &str) -> (u64, u64, String) {
    let blob = model::read(&root().join(model)).unwrap();
    let model = Model::load(&blob).unwrap();
    let test = input::load(&input::locate(None).unwrap(), Part::Test).unwrap();
    let (mut correct, mut crc) = (0, Crc32::new());
    for (scores, &label) in model.scores_of_all(&test.images.pixels).iter().zip(&test.labels) {
        correct += u64::from(scores.class() == usize::from(label));
        scores.checksum(&mut crc);
    }
    (test.labels.len() as u64, correct, format!("{:08x}", crc.finish()))
}

fn assert_device_equals_host(model: &str) {
    let device = target_eval(model);
    let number = |name: &str| device[name].as_u64().unwrap();
    let (images, correct, logits_crc32) = host_eval(model);
    assert_eq!(device["logits_crc32"], logits_crc32, "logits of {model} over {images} images of {}", device["data"]);
    assert_eq!((number("images"), number("correct")), (images, correct));

    let program = number("program_bytes");
    assert!(program <= PROGRAM_BUDGET, "{model}: the program takes {program} bytes of flash, at most {PROGRAM_BUDGET}");
    let ram = number("ram_bytes") + number("stack_bytes");
    assert!(ram <= RAM_BUDGET, "{model}: static RAM and stack take {ram} bytes, at most {RAM_BUDGET}");
    assert!(number("stack_bytes") > 784, "a stack that does not hold one picture was not measured");
    assert!(number("instructions_mean") > 1000 && number("instructions_max") >= number("instructions_mean"));
}

#[test]
fn device_and_host_give_equal_logits_for_the_integer_network() {
    assert_device_equals_host("models/digits.postcard");
}

#[test]
fn device_and_host_give_equal_logits_for_the_network_that_corrects_slants() {
    assert_device_equals_host("models/nano.postcard");
}

#[test]
fn device_and_host_give_equal_logits_for_a_shift_ensemble() {
    let folder = tempfile::Builder::new().prefix("sinapse").tempdir().unwrap();
    let viewed = folder.path().join("viewed.postcard");
    let nano = model::read(&root().join("models/nano.postcard")).unwrap();
    std::fs::write(&viewed, Model::load(&nano).unwrap().with_shift_ensemble().unwrap()).unwrap();
    assert_device_equals_host(viewed.to_str().unwrap());
}

#[test]
fn device_and_host_give_equal_logits_for_the_float_network() {
    assert_device_equals_host("models/teaching.postcard");
}

#[test]
fn the_bare_metal_loop_reads_all_ten_compiled_in_digits() {
    let output = xtask(&["run"]);
    let log = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(log.contains("10 of 10 digits right"), "{log}");
    // The serial port sends the digit, or `?` where the network is not sure.
    let sent = log.lines().find_map(|line| line.strip_prefix("serial port: ")).unwrap();
    assert_eq!(sent.len(), 10, "{log}");
    assert!(sent.bytes().zip(b'0'..=b'9').all(|(sent, digit)| sent == digit || sent == b'?'), "{log}");
}

#[test]
fn the_firmware_names_a_bad_file_and_what_is_wrong_with_it() {
    let folder = tempfile::Builder::new().prefix("sinapse").tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let picture = |count: u8| [[0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28].as_slice(), &[0; 784]].concat();
    let images = file("images", &picture(1));
    let labels = file("labels", &[0, 0, 8, 1, 0, 0, 0, 1, 7]);
    let two_labels = file("two-labels", &[0, 0, 8, 1, 0, 0, 0, 2, 7, 7]);
    let large_label = file("large-label", &[0, 0, 8, 1, 0, 0, 0, 1, 10]);
    let short = file("short", &picture(2));
    let none = folder.path().join("none").to_str().unwrap().to_owned();

    let run = |images: &str, labels: &str| xtask(&["run", "--", "--images", images, "--labels", labels]);
    assert!(run(&images, &labels).status.success());
    for (images, labels, message) in [
        (&none, &labels, "the host cannot open this file"),
        (&labels, &labels, "0x00000801, expected 0x00000803"),
        (&images, &two_labels, "1 pictures"),
        (&images, &large_label, "label 0 is 10, expected 0 to 9"),
        (&short, &two_labels, "ends after 1 of 2"),
    ] {
        let output = run(images, labels);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(complaint.contains(message), "expected `{message}` in: {complaint}");
    }
}

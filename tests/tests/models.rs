//! The committed models reach the accuracy that their cards and the README state.

use std::fs;
use std::path::{Path, PathBuf};

use sinapse_tests::test_images;
use sinapse_trainer::input::Source;
use sinapse_trainer::model::{self, Evaluate, Model};

/// Name, minimum accuracy on MNIST's test images in percent, maximum bytes of the blob.
const MODELS: [(&str, f64, usize); 9] = [
    ("teaching", 96.5, 65_536),
    ("digits", 99.0, 65_536),
    ("classic", 98.5, 65_536),
    ("nano", 96.9, 1_400),
    ("micro", 98.7, 6_500),
    ("large", 99.3, 66_000),
    ("best", 99.5, 1_048_576),
    ("wide-teacher", 99.3, 1_048_576),
    ("teacher", 99.2, 1_048_576),
];

/// Models of the README's table.
const IN_README: [&str; 2] = ["teaching", "digits"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

#[test]
fn committed_models_are_as_accurate_and_as_small_as_their_cards_say() {
    let (source, test) = test_images();
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for (name, least, most_bytes) in MODELS {
        let path = root().join("models").join(name);
        let blob = model::read(&path.with_extension("postcard")).unwrap();
        let model = Model::load(&blob).unwrap();
        assert!(blob.bytes().len() <= most_bytes, "{name}: {} bytes, at most {most_bytes}", blob.bytes().len());

        let percent = 100.0 * model.correct(&test.images.pixels, &test.labels) as f64 / test.labels.len() as f64;
        if matches!(source, Source::Drawn) {
            println!(
                "{name}: {percent:.2} % of the drawn digits; the accuracy on MNIST was NOT checked: no MNIST found"
            );
            assert!(percent > 80.0, "{name} reads {percent:.2} % of the drawn digits");
            continue;
        }
        assert!(percent >= least, "{name}: {percent:.2} %, at least {least} %");
        let card = fs::read_to_string(path.with_extension("md")).unwrap();
        let stated = format!("**{percent:.2} %**");
        assert!(card.contains(&stated), "models/{name}.md does not say {stated}: run `cargo xtask figures`");
        if !IN_README.contains(&name) {
            continue;
        }
        let row = readme.lines().find(|line| line.contains(&format!("[`{name}`]"))).unwrap();
        assert!(row.contains(&stated), "README.md does not say {stated} of {name}: run `cargo xtask figures`");
    }
}

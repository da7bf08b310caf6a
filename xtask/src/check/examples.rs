//! Builds the projects in `examples/` for their boards, and prints their sizes.

use std::fs;

use crate::failure::Failure;
use crate::toolchain::Route;
use crate::workspaces::{EXAMPLES, Example};
use crate::{firmware, install, shell};

/// The blob that all of them include.
const BLOB: &str = "models/digits.postcard";

/// Builds every example whose target can be installed, and reports the others.
///
/// # Errors
///
/// An example that does not build or does not fit its board.
pub fn check() -> Result<(), Failure> {
    let blob_bytes = fs::metadata(shell::root().join(BLOB))?.len();
    for Example { folder, target } in &EXAMPLES {
        let route = match install::target(target) {
            Ok(route) => route,
            Err(error) => {
                println!("{folder}: NOT TESTED: {error}");
                continue;
            }
        };
        let elf = build(route, folder, target)?;
        let sizes = firmware::sizes(&elf, blob_bytes)?;
        println!(
            "{folder} ({target}): {} bytes of flash, {} of them the blob; {} of static RAM",
            sizes.flash_bytes, blob_bytes, sizes.ram_bytes
        );
    }
    Ok(())
}

/// Builds an example, and reads the program.
fn build(route: Route, folder: &str, target: &str) -> Result<Vec<u8>, Failure> {
    let built = route.folder("examples");
    let mut command = route.cargo("build", folder, target, &built);
    // Its configuration has the linker's script and the CPU; flags of the caller's environment would override it.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    shell::run(command.args(["--quiet", "--release", "--locked"]))?;
    let name = folder.rsplit('/').next().unwrap_or(folder);
    Ok(fs::read(built.join(target).join("release").join(name))?)
}

#[cfg(test)]
mod tests {
    use sinapse::dynamic::{Blob, Model};

    use super::*;

    #[test]
    fn the_picture_of_the_examples_is_surely_a_seven() {
        let picture = fs::read(shell::root().join("examples/seven.pgm")).unwrap();
        let blob = Blob::new(&fs::read(shell::root().join(BLOB)).unwrap());
        let model = Model::load(&blob).unwrap();
        let scores = model.scores(picture.last_chunk::<784>().unwrap());
        assert!(scores.margin_steps(model.logits) >= f64::from(model.logits.reject_margin), "{scores:?}");
        assert_eq!(scores.class(), 7);
    }
}

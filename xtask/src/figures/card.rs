//! Model cards: a Markdown file beside each blob.

use std::fmt::Write as _;
use std::fs;

use super::measured::{Board, Figures, bytes, thousands};
use crate::failure::Failure;
use crate::shell;

/// Extracts the purpose of a model from the leading comment of its recipe.
fn purpose(recipe: &str) -> String {
    let lines = recipe.lines().map_while(|line| line.strip_prefix("# "));
    lines.collect::<Vec<_>>().join(" ")
}

/// Formats a model's card.
///
/// # Errors
///
/// A recipe that cannot be read.
pub fn of(figures: &Figures) -> Result<String, Failure> {
    let Figures { name, inspection, host, robustness, board } = figures;
    let path = format!("recipes/{name}.toml");
    let recipe = fs::read_to_string(shell::root().join(&path)).map_err(|error| format!("{path}: {error}"))?;
    let origin = &inspection.provenance;
    let mut rows = vec![
        ("layers", inspection.layers.clone()),
        ("recipe", format!("[`{path}`](../{path}): {}", origin.recipe)),
        (
            "command",
            format!(
                "`cargo run --release -p sinapse-trainer -- train --recipe {path} --out models/{name}.postcard \
                 --threads 2`"
            ),
        ),
        ("written by", origin.program.clone()),
        ("seed", origin.seed.to_string()),
        ("data", origin.data.clone()),
        (
            "validation",
            match origin.validation_images {
                0 => "its images selected the recipe; the final model was trained on them as well".into(),
                images => {
                    format!("{} of {images} images correct; they selected the model", origin.validation_correct)
                }
            },
        ),
        ("**test**", format!("**{:.2} %** of MNIST's {} test images, `sinapse eval`", figures.percent(), host.images)),
        ("weights, biases, multipliers", bytes(inspection.weight_bytes as u64)),
        ("blob", bytes(inspection.blob_bytes as u64)),
        ("activations between layers", bytes(inspection.scratch_bytes as u64)),
        ("multiply-adds without zeros", thousands(inspection.multiply_adds as u64)),
    ];
    match board {
        Some(board) => rows.extend(on_board(name, board)),
        None => rows.extend([
            ("machine", "none: the blob exceeds the flash of all machines".into()),
            ("logits CRC-32", format!("`{}` over all test images, on the host", host.logits_crc32)),
        ]),
    }
    let mut card = format!("# {name}: {}\n\n{}\n\n| | |\n| --- | --- |\n", figures.shape(), purpose(&recipe));
    for (what, value) in rows {
        let _ = writeln!(card, "| {what} | {value} |");
    }
    let _ = write!(
        card,
        "\n## Digits unlike those it was trained on\n\n`sinapse eval models/{name}.postcard --robustness`:\n\n{}\n",
        robustness.trim_end()
    );
    card += "\nWritten by `cargo xtask figures`.\n";
    Ok(card)
}

/// Rows on the cost of the model on a board.
fn on_board(name: &str, board: &Board) -> [(&'static str, String); 6] {
    let (device, costs) = (&board.report, &board.costs);
    [
        (
            "machine",
            format!(
                "{}, QEMU's `{}`, `cargo xtask target-eval --model models/{name}.postcard`",
                device.core, device.machine
            ),
        ),
        (
            "instructions per image",
            format!(
                "{} on average, at most {}, over the test images",
                thousands(u64::from(device.instructions_mean)),
                thousands(u64::from(device.instructions_max))
            ),
        ),
        (
            "modelled cycles per image",
            format!(
                "{} on average, at most {}, over the first thousand test images",
                thousands(costs.mean.cycles),
                thousands(costs.max.cycles)
            ),
        ),
        (
            "program",
            format!(
                "{} of flash without the blob, including logging and file reading",
                bytes(device.sizes.program_bytes)
            ),
        ),
        ("RAM", format!("{}, including the deepest stack", bytes(board.ram_bytes()))),
        ("logits CRC-32", format!("`{}` over all test images, on host and device", device.logits_crc32)),
    ]
}

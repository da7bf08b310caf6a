//! `cargo xtask figures`: measures the committed models, writes their cards and the README's table.

mod card;
mod measured;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::machine::MACHINES;
use crate::{bench, data, shell, target_eval};
use measured::{Board, Evaluation, Figures, bytes, thousands};

/// The committed models.
const MODELS: [&str; 9] =
    ["digits", "micro", "nano", "large", "best", "wide-teacher", "teacher", "classic", "teaching"];

/// Models that are larger than the flash of the machine.
const ON_NO_BOARD: [&str; 3] = ["best", "wide-teacher", "teacher"];

/// Models of the README's table, in its order.
const IN_README: [&str; 2] = ["digits", "teaching"];

/// Lines of the README that enclose the table.
const MARKERS: [&str; 2] = ["<!-- cargo xtask figures -->\n", "<!-- end -->\n"];

/// Runs the command.
///
/// # Errors
///
/// No MNIST, a model that cannot be measured, or different logits on host and device.
pub fn run() -> Result<(), Failure> {
    let (source, _) = data::test_images(None)?;
    if source.drawn {
        return Err(format!("the figures are those of MNIST, and there are only {}", source.text).into());
    }
    let all = MODELS.iter().map(|name| measure(name)).collect::<Result<Vec<_>, _>>()?;
    for figures in &all {
        let path = shell::root().join("models").join(figures.name).with_extension("md");
        data::write(&path, card::of(figures)?.as_bytes())?;
        println!("wrote {}", path.display());
    }
    let path = shell::root().join("README.md");
    let readme = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    data::write(&path, with_table(&readme, &table(&all))?.as_bytes())?;
    println!("wrote the table of {}", path.display());
    Ok(())
}

fn measure(name: &'static str) -> Result<Figures, Failure> {
    let model = Path::new("models").join(name).with_extension("postcard");
    let ask = |command: &str| shell::output(shell::sinapse()?.args([command, "--json"]).arg(&model));
    let inspection = serde_json::from_str(&ask("inspect")?)?;
    let host: Evaluation = serde_json::from_str(&ask("eval")?)?;
    let robustness = shell::output(shell::sinapse()?.args(["eval", "--robustness"]).arg(&model))?;
    if ON_NO_BOARD.contains(&name) {
        return Ok(Figures { name, inspection, host, robustness, board: None });
    }
    let report = target_eval::evaluate(&MACHINES[0], &shell::root().join(&model), None)?;
    if host.logits_crc32 != report.logits_crc32 {
        return Err(format!("{name}: this computer and the device do not compute the same logits").into());
    }
    let costs = bench::count_model(name, &MACHINES[0])?;
    Ok(Figures { name, inspection, host, robustness, board: Some(Board { report, costs }) })
}

fn table(all: &[Figures]) -> String {
    let mut table =
        "| model | network | MNIST test | weights | program | RAM with stack | instructions per image | machine |\n\
                     | --- | --- | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    for figures in all.iter().filter(|figures| IN_README.contains(&figures.name)) {
        let Figures { name, inspection, board: Some(board), .. } = figures else { continue };
        let device = &board.report;
        let _ = writeln!(
            table,
            "| [`{name}`](models/{name}.md) | {} | **{:.2} %** | {} | {} | {} | {}, at most {} | {}, `{}` |",
            figures.shape(),
            figures.percent(),
            bytes(inspection.weight_bytes as u64),
            bytes(device.sizes.program_bytes),
            bytes(board.ram_bytes()),
            thousands(u64::from(device.instructions_mean)),
            thousands(u64::from(device.instructions_max)),
            device.core,
            device.machine,
        );
    }
    table
}

fn with_table(readme: &str, table: &str) -> Result<String, Failure> {
    let [start, end] = MARKERS;
    let (before, rest) = readme.split_once(start).ok_or_else(|| format!("README.md has no line {start}"))?;
    let (_, after) = rest.split_once(end).ok_or_else(|| format!("README.md has no line {end}"))?;
    Ok(format!("{before}{start}{table}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_replaces_what_stands_between_the_markers_alone() {
        let readme = format!("a\n{}old\n{}b\n", MARKERS[0], MARKERS[1]);
        assert_eq!(with_table(&readme, "new\n").unwrap(), format!("a\n{}new\n{}b\n", MARKERS[0], MARKERS[1]));
        assert!(with_table("a", "new").is_err());
    }
}

//! The README's picture: what the firmware logs in QEMU, five digits in a row.

use std::fmt::Write as _;

use crate::failure::Failure;
use crate::machine::MACHINES;
use crate::qemu::{self, Guest};
use crate::{data, firmware, shell, target_eval};

/// Digits side by side.
const COLUMNS: usize = 5;
/// Size of a character, in pixels.
const CHARACTER: (usize, usize) = (6, 12);
/// Characters and lines of a digit with its answer and some air.
const CELL: (usize, usize) = (32, 18);

/// A digit as the firmware shows it.
struct Shown {
    lines: Vec<String>,
    /// `read as 7: margin 2405, 47174 instructions`
    answer: String,
}

/// Boots the firmware and writes `docs/digits.svg`.
///
/// # Errors
///
/// A failed boot, or a file that cannot be written.
pub fn run() -> Result<(), Failure> {
    let machine = &MACHINES[0];
    let firmware = firmware::build(machine, &target_eval::default_model())?;
    let (mut all, mut lines) = (Vec::new(), Vec::new());
    let (folder, serial) = (shell::root(), firmware.serial_file());
    let guest = Guest { machine, elf: &firmware.elf, folder: &folder, arguments: &[], serial: &serial, plugin: None };
    qemu::boot(&guest, |line| {
        if line.starts_with("read as") {
            all.push(Shown { lines: std::mem::take(&mut lines), answer: line.to_owned() });
        } else {
            lines.push(line.to_owned());
        }
    })?;
    let path = shell::root().join("docs").join("digits.svg");
    data::write(&path, svg(&all, machine.core).as_bytes())?;
    println!("wrote {}", path.display());
    Ok(())
}

fn svg(all: &[Shown], core: &str) -> String {
    let width = COLUMNS * CELL.0 * CHARACTER.0;
    let height = all.len().div_ceil(COLUMNS) * CELL.1 * CHARACTER.1;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <title>Ten digits as the firmware on a {core} logs them</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#14181d\"/>\n\
         <g font-family=\"monospace\" font-size=\"10\" xml:space=\"preserve\" fill=\"#9fe8b4\">\n"
    );
    for (index, shown) in all.iter().enumerate() {
        let x = (index % COLUMNS * CELL.0 + 2) * CHARACTER.0;
        let y = (index / COLUMNS * CELL.1 + 1) * CHARACTER.1;
        for (line, text) in shown.lines.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
            text_at(&mut svg, x, y + line * CHARACTER.1, text, "");
        }
        // The answer on two lines: class and margin, then the cost.
        let (answer, cost) = shown.answer.rsplit_once(", ").unwrap_or((&shown.answer, ""));
        text_at(&mut svg, x, y + 14 * CHARACTER.1, answer, " fill=\"#ffffff\"");
        text_at(&mut svg, x, y + 15 * CHARACTER.1, cost, " fill=\"#8a939e\"");
    }
    svg + "</g>\n</svg>\n"
}

fn text_at(svg: &mut String, x: usize, y: usize, text: &str, attributes: &str) {
    let length = text.trim_end().chars().count() * CHARACTER.0;
    let text = text.trim_end().replace('&', "&amp;").replace('<', "&lt;");
    // The stated length keeps characters in their columns, whatever font is there.
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\"{attributes}>{text}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_is_in_the_picture_with_its_answer() {
        let shown =
            Shown { lines: vec![" <#".into(), String::new()], answer: "read as 1: margin 5, 9 instructions".into() };
        let svg = svg(&[shown], "Cortex-M4F");
        assert!(svg.contains("> &lt;#</text>"));
        assert!(svg.contains(">read as 1: margin 5</text>") && svg.contains(">9 instructions</text>"));
    }
}

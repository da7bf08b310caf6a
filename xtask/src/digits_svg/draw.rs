//! The digits as SVG: one path for each grey level, and labels as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::layout::{self, BACKGROUND, INK, PANEL, PIXELS, SCALE, SIDE};

/// The firmware's answer to one digit, as labels.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// `read as 7`, or `unknown (7?)` where the network is not confident.
    pub class: String,
    /// `margin 2405`
    pub margin: String,
    /// `11,778 instructions`
    pub cost: String,
}

impl Answer {
    /// Splits `read as 7: margin 2405, 11778 instructions`, or `read as 7, unknown: …`.
    ///
    /// Returns `None` for any other line.
    pub fn parse(line: &str) -> Option<Self> {
        let (class, rest) = line.split_once(": ")?;
        let (margin, cost) = rest.split_once(", ")?;
        let (count, unit) = cost.split_once(' ')?;
        let cost = format!("{} {unit}", grouped(count));
        let class = class.strip_prefix("read as ")?;
        let class = match class.strip_suffix(", unknown") {
            Some(class) => format!("unknown ({class}?)"),
            None => format!("read as {class}"),
        };
        Some(Answer { class, margin: margin.to_owned(), cost })
    }
}

/// `12345` as `12,345`.
fn grouped(digits: &str) -> String {
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

/// The whole picture; `source` says which program and core gave the answers.
pub fn svg(digits: &[[u8; PIXELS]], answers: &[Answer], source: &str) -> String {
    let (width, height) = layout::size(digits.len());
    let summary: Vec<_> =
        answers.iter().map(|Answer { class, margin, cost }| format!("{class}, {margin}, {cost}")).collect();
    let (panel, background) = (hex(PANEL), hex(BACKGROUND));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">Handwritten digits, as {source} reads them</title>\n\
         <desc id=\"desc\">Pictures of {SIDE} by {SIDE} pixels with the firmware's answers: {}.</desc>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"10\" fill=\"{panel}\"/>\n",
        escaped(&summary.join("; "))
    );
    // Half a pixel down: a path runs through the middle of its pixels, one pixel thick.
    let _ =
        writeln!(svg, "<g transform=\"scale({SCALE}) translate(0 .5)\" fill=\"none\" shape-rendering=\"crispEdges\">");
    let _ =
        writeln!(svg, "<path stroke=\"{background}\" stroke-width=\"{SIDE}\" d=\"{}\"/>", backgrounds(digits.len()));
    for (ink, path) in paths(digits) {
        let _ = writeln!(svg, "<path stroke=\"{}\" d=\"{path}\"/>", hex(layout::colour(ink)));
    }
    svg +=
        "</g>\n<g font-family=\"system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif\" font-size=\"13\">\n";
    for (digit, answer) in answers.iter().enumerate() {
        label(&mut svg, digit, answer);
    }
    svg + "</g>\n</svg>\n"
}

/// Lines as thick as a digit is high, one through the middle of each digit's pixels.
fn backgrounds(digits: usize) -> String {
    let lines = (0..digits).map(layout::origin).map(|(x, y)| format!("M{x} {}.5h{SIDE}", y + SIDE / 2 - 1));
    lines.collect()
}

/// Runs of equal pixels by their ink, those without ink left out.
fn paths(digits: &[[u8; PIXELS]]) -> BTreeMap<u8, String> {
    let mut paths = BTreeMap::<u8, String>::new();
    for (digit, pixels) in digits.iter().enumerate() {
        let (left, top) = layout::origin(digit);
        for (y, row) in pixels.chunks(SIDE).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] > 0 {
                    let path = paths.entry(run[0]).or_default();
                    let _ = write!(path, "M{} {}h{}", left + x, top + y, run.len());
                }
                x += run.len();
            }
        }
    }
    paths
}

/// Two lines under a digit: the class at the left and the margin at the right, then the cost.
fn label(svg: &mut String, digit: usize, answer: &Answer) {
    let (x, y) = layout::origin(digit);
    let (left, right, bottom) = (x * SCALE, (x + SIDE) * SCALE, (y + SIDE) * SCALE);
    let (first, second) = (bottom + 20, bottom + 38);
    let (ink, grey) = (hex(INK), "#9aa4b0");
    let [class, margin, cost] = [&answer.class, &answer.margin, &answer.cost].map(|text| escaped(text));
    let _ = writeln!(svg, "<text x=\"{left}\" y=\"{first}\" font-weight=\"600\" fill=\"{ink}\">{class}</text>");
    let _ = writeln!(svg, "<text x=\"{right}\" y=\"{first}\" text-anchor=\"end\" fill=\"#e6edf3\">{margin}</text>");
    let _ = writeln!(svg, "<text x=\"{left}\" y=\"{second}\" fill=\"{grey}\">{cost}</text>");
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_from_a_line_of_the_log() {
        let parts = |line| Answer::parse(line).map(|answer| [answer.class, answer.margin, answer.cost].join("|"));
        let known = parts("read as 7: margin 2405, 11778 instructions");
        assert_eq!(known.as_deref(), Some("read as 7|margin 2405|11,778 instructions"));
        let unknown = parts("read as 7, unknown: margin 25, 1011778 instructions");
        assert_eq!(unknown.as_deref(), Some("unknown (7?)|margin 25|1,011,778 instructions"));
        assert_eq!(parts("10 of 10 digits right, 99 bytes of stack"), None);
        assert_eq!(["1", "999", "1000"].map(grouped), ["1", "999", "1,000"]);
    }

    #[test]
    fn equal_pixels_side_by_side_are_one_run_at_their_place() {
        let mut digits = [[0; PIXELS]; 2];
        digits[0][SIDE + 2..SIDE + 5].fill(9);
        digits[1][PIXELS - 1] = 9;
        digits[1][0] = 255;
        let runs = [(9, "M6 5h3M62 31h1".to_owned()), (255, "M35 4h1".to_owned())];
        assert_eq!(paths(&digits), BTreeMap::from(runs));
    }

    #[test]
    fn labels_are_text_that_needs_no_spaces_kept() {
        let answer = Answer::parse("read as 1: margin <5, 9 instructions").unwrap();
        let svg = svg(&[[0; PIXELS]], &[answer], "a test");
        assert!(svg.contains(">read as 1</text>") && svg.contains(">margin &lt;5</text>"), "{svg}");
        assert!(svg.contains(">9 instructions</text>") && !svg.contains("> "), "{svg}");
    }
}

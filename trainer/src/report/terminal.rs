//! Charts in a terminal: Braille characters of 2 × 4 dots, and symbols for highlighted points.

use super::chart::{Chart, Mark};

/// Bits of the dots in a Braille character, `[row][column]`.
const DOTS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// Draws a chart as lines of text; the plot has `columns` × `rows` characters.
pub fn terminal(chart: &Chart, columns: usize, rows: usize) -> Vec<String> {
    let Some(bounds) = chart.bounds() else { return vec![format!("{}: nothing to draw yet", chart.title)] };
    let (columns, rows) = (columns.max(8), rows.max(2));
    let mut dots = vec![0u8; columns * rows];
    let mut letters = vec![' '; columns * rows];
    let to_dots = |[x, y]: [f64; 2]| {
        let part = |value: f64, [least, most]: [f64; 2]| (value - least) / (most - least);
        let x = part(x, bounds[0]) * (2 * columns - 1) as f64;
        let y = (1.0 - part(y, bounds[1])) * (4 * rows - 1) as f64;
        [x, y]
    };
    let mut dot = |[x, y]: [f64; 2]| {
        let (x, y) = ((x + 0.5) as usize, (y + 0.5) as usize);
        dots[y / 4 * columns + x / 2] |= DOTS[y % 4][x % 2];
    };
    for series in &chart.series {
        let placed: Vec<[f64; 2]> = series.points.iter().filter_map(|point| chart.place(*point)).map(to_dots).collect();
        for (index, &to) in placed.iter().enumerate() {
            match series.mark {
                Mark::Dot => dot(to),
                Mark::Line => {
                    let from = placed[index.saturating_sub(1)];
                    let steps = (to[0] - from[0]).abs().max((to[1] - from[1]).abs()).ceil().max(1.0) as usize;
                    for step in 0..=steps {
                        let t = step as f64 / steps as f64;
                        dot([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
                    }
                }
                Mark::Front | Mark::Diamond => {
                    let (x, y) = ((to[0] + 0.5) as usize / 2, (to[1] + 0.5) as usize / 4);
                    letters[y * columns + x] = if series.mark == Mark::Front { '●' } else { '◆' };
                }
            }
        }
    }
    let ticks = chart.ticks(bounds[1], 1);
    let margin = ticks.iter().map(|tick| tick.1.len()).max().unwrap_or(0);
    let mut lines = vec![format!("{:margin$}   {} ({})", "", chart.title, chart.y_label)];
    for row in 0..rows {
        let here = |tick: &&(f64, String)| (to_dots([bounds[0][0], tick.0])[1] + 0.5) as usize / 4 == row;
        let tick = ticks.iter().find(here).map_or("", |tick| tick.1.as_str());
        let line = (0..columns).map(|column| match (letters[row * columns + column], dots[row * columns + column]) {
            (' ', 0) => ' ',
            (' ', dots) => char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' '),
            (letter, _) => letter,
        });
        lines.push(format!("{tick:>margin$} │{}", line.collect::<String>().trim_end()));
    }
    lines.push(format!("{:margin$} └{}", "", "─".repeat(columns)));
    lines.push(format!("{:margin$}  {}", "", x_axis(chart, bounds[0], columns)));
    lines
}

/// Tick labels below the horizontal axis, as far as they fit, and its label.
fn x_axis(chart: &Chart, bounds: [f64; 2], columns: usize) -> String {
    let mut line = String::new();
    for (place, text) in chart.ticks(bounds, 0) {
        let column = ((place - bounds[0]) / (bounds[1] - bounds[0]) * (columns - 1) as f64) as usize;
        let start = column.saturating_sub(text.len() / 2);
        if line.is_empty() || start > line.len() {
            line = format!("{line:start$}{text}");
        }
    }
    format!("{line:columns$} {}", chart.x_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Series;

    #[test]
    fn a_rising_line_is_drawn_from_the_lower_left_to_the_upper_right() {
        let points = (0..10).map(|x| [f64::from(x), f64::from(x)]).collect();
        let series = Series { name: "s".into(), mark: Mark::Line, color: "", points, labels: vec![] };
        let chart = Chart {
            title: "t".into(),
            x_label: "x".into(),
            y_label: "y".into(),
            logarithmic: false,
            series: vec![series],
        };
        let lines = terminal(&chart, 20, 5);
        assert_eq!(lines.len(), 8);
        let first_dot = |line: &str| line.chars().position(|c| ('\u{2801}'..='\u{28ff}').contains(&c)).unwrap();
        assert!(first_dot(&lines[1]) > first_dot(&lines[3]), "{}", lines.join("\n"));
        assert!(first_dot(&lines[3]) > first_dot(&lines[5]), "{}", lines.join("\n"));
    }
}

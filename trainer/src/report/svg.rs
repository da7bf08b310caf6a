//! Charts as SVG: one self-contained element without scripts.

use std::fmt::Write;

use super::chart::{Chart, Mark, Series};

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 420.0;
/// Margins left, top, right and bottom of the plot.
const FRAME: [f64; 4] = [70.0, 40.0, 20.0, 50.0];

/// Draws a chart as an SVG element.
pub fn svg(chart: &Chart) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n\
         <text x=\"{}\" y=\"22\" font-size=\"15\">{}</text>\n",
        FRAME[0],
        escaped(&chart.title)
    );
    if let Some(bounds) = chart.bounds() {
        let view = View { chart, bounds };
        view.axes(&mut out);
        chart.series.iter().for_each(|series| view.series(&mut out, series));
        view.legend(&mut out);
    }
    out.push_str("</svg>\n");
    out
}

struct View<'a> {
    chart: &'a Chart,
    bounds: [[f64; 2]; 2],
}

impl View<'_> {
    fn x(&self, placed: f64) -> f64 {
        let [least, most] = self.bounds[0];
        FRAME[0] + (placed - least) / (most - least) * (WIDTH - FRAME[0] - FRAME[2])
    }

    fn y(&self, placed: f64) -> f64 {
        let [least, most] = self.bounds[1];
        HEIGHT - FRAME[3] - (placed - least) / (most - least) * (HEIGHT - FRAME[1] - FRAME[3])
    }

    // Writing to a String cannot fail.
    fn axes(&self, out: &mut String) {
        let (left, right, top, bottom) = (FRAME[0], WIDTH - FRAME[2], FRAME[1], HEIGHT - FRAME[3]);
        for (place, text) in self.chart.ticks(self.bounds[0], 0) {
            let x = self.x(place);
            let _ = writeln!(out, "<path d=\"M{x:.1} {top}V{bottom}\" stroke=\"#e4e4e4\"/>");
            let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{text}</text>", bottom + 16.0);
        }
        for (place, text) in self.chart.ticks(self.bounds[1], 1) {
            let y = self.y(place);
            let _ = writeln!(out, "<path d=\"M{left} {y:.1}H{right}\" stroke=\"#e4e4e4\"/>");
            let _ =
                writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>", left - 6.0, y + 4.0);
        }
        let _ = writeln!(out, "<path d=\"M{left} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"#444\"/>");
        let (x_label, y_label) = (escaped(&self.chart.x_label), escaped(&self.chart.y_label));
        let middle = (left + right) / 2.0;
        let _ = writeln!(out, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{x_label}</text>", HEIGHT - 14.0);
        let middle = (top + bottom) / 2.0;
        let _ = writeln!(
            out,
            "<text transform=\"translate(16 {middle}) rotate(-90)\" text-anchor=\"middle\">{y_label}</text>"
        );
    }

    fn series(&self, out: &mut String, series: &Series) {
        let color = series.color;
        let placed: Vec<(usize, f64, f64)> = series
            .points
            .iter()
            .enumerate()
            .filter_map(|(index, point)| self.chart.place(*point).map(|[x, y]| (index, self.x(x), self.y(y))))
            .collect();
        if matches!(series.mark, Mark::Line | Mark::Front) {
            let mut path = String::new();
            for (count, (_, x, y)) in placed.iter().enumerate() {
                let _ = match (count, series.mark) {
                    (0, _) => write!(path, "M{x:.1} {y:.1}"),
                    (_, Mark::Front) => write!(path, "H{x:.1}V{y:.1}"),
                    _ => write!(path, "L{x:.1} {y:.1}"),
                };
            }
            let _ = writeln!(out, "<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.8\"/>");
        }
        for (index, x, y) in placed {
            let label = series.labels.get(index).map(|label| escaped(label)).unwrap_or_default();
            let shape = match series.mark {
                Mark::Line => continue,
                Mark::Dot => format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"{color}\">"),
                Mark::Front => format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{color}\">"),
                Mark::Diamond => format!("<path d=\"M{x:.1} {y:.1}m-6 0l6 -6l6 6l-6 6z\" fill=\"{color}\">"),
            };
            let close = if series.mark == Mark::Diamond { "path" } else { "circle" };
            let _ = writeln!(out, "{shape}<title>{label}</title></{close}>");
            if series.mark == Mark::Diamond {
                let anchor = if x > 0.7 * WIDTH { ("end", -9.0) } else { ("start", 9.0) };
                let _ = writeln!(
                    out,
                    "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{}\" fill=\"{color}\">{label}</text>",
                    x + anchor.1,
                    y + 4.0,
                    anchor.0
                );
            }
        }
    }

    fn legend(&self, out: &mut String) {
        for (index, series) in self.chart.series.iter().enumerate() {
            let y = HEIGHT - FRAME[3] - 12.0 - 17.0 * (self.chart.series.len() - 1 - index) as f64;
            let x = WIDTH - FRAME[2] - 12.0;
            let (name, color) = (escaped(&series.name), series.color);
            let _ = writeln!(out, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\" fill=\"{color}\">{name}</text>");
        }
    }
}

/// Escapes text for XML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_its_points_labels_and_legend_and_nothing_from_elsewhere() {
        let front = Series {
            name: "a & b".into(),
            mark: Mark::Front,
            color: "#000",
            points: vec![[1.0, 2.0], [10.0, 3.0]],
            labels: vec!["<first>".into()],
        };
        let chart = Chart {
            title: "t".into(),
            x_label: "x".into(),
            y_label: "y".into(),
            logarithmic: true,
            series: vec![front],
        };
        let drawn = svg(&chart);
        assert_eq!(drawn.matches("<circle").count(), 2);
        assert!(drawn.contains("a &amp; b") && drawn.contains("&lt;first&gt;"), "{drawn}");
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"));
        assert_eq!(drawn.matches("http").count(), 1, "the name space alone");
    }

    #[test]
    fn a_chart_without_points_is_its_title() {
        let chart = Chart {
            title: "none".into(),
            x_label: String::new(),
            y_label: String::new(),
            logarithmic: false,
            series: vec![],
        };
        assert!(svg(&chart).contains("none"));
    }
}

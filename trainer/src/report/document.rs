//! Self-contained report of a training: HTML, Markdown or SVG.

use std::path::Path;

use super::history::History;
use super::svg::{escaped, svg};
use super::terminal::terminal;

/// Format of a report, by file suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Everything, with charts, for a browser.
    Html,
    /// Everything, with text charts.
    Markdown,
    /// Only the two charts.
    Svg,
}

impl Format {
    /// Returns the format of a file name.
    ///
    /// # Errors
    ///
    /// Returns an error that lists the known suffixes for any other one.
    pub fn from_path(path: &Path) -> Result<Format, String> {
        match path.extension().and_then(|end| end.to_str()) {
            Some("html") => Ok(Format::Html),
            Some("md") => Ok(Format::Markdown),
            Some("svg") => Ok(Format::Svg),
            _ => Err(format!("report {}: expected a name that ends in .html, .md or .svg", path.display())),
        }
    }
}

/// Inputs and results of a training, as names and values.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Heading.
    pub title: String,
    /// Rows of the table.
    pub rows: Vec<(&'static str, String)>,
    /// The recipe as TOML.
    pub recipe: String,
}

/// Formats the report.
pub fn document(format: Format, summary: &Summary, history: &History) -> String {
    let charts = [history.accuracy(), history.loss()];
    match format {
        Format::Svg => {
            let [accuracy, loss] = charts.map(|chart| svg(&chart));
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 840\"><title>{}</title>\n\
                 <svg y=\"0\" height=\"420\"{}<svg y=\"420\" height=\"420\"{}</svg>\n",
                escaped(&summary.title),
                accuracy.trim_start_matches("<svg"),
                loss.trim_start_matches("<svg")
            )
        }
        Format::Html => {
            let rows: String =
                summary.rows.iter().map(|(name, value)| format!("<tr><th>{name}<td>{}\n", escaped(value))).collect();
            let epochs: String = history
                .epochs
                .iter()
                .map(|record| {
                    let arithmetic = if record.quantised { "as on the board" } else { "f32" };
                    format!(
                        "<tr><td>{}<td>{arithmetic}<td>{:.4}<td>{:.2} %<td>{:.1}\n",
                        record.epoch,
                        record.loss,
                        100.0 * record.validation_accuracy,
                        record.seconds
                    )
                })
                .collect();
            let title = escaped(&summary.title);
            let [accuracy, loss] = charts.map(|chart| svg(&chart));
            format!(
                "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\n\
                 <style>body{{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}\
                 th,td{{text-align:left;padding:.15em 1em .15em 0}}pre{{background:#f4f4f4;padding:1em}}</style>\n\
                 <h1>{title}</h1>\n<table>\n{rows}</table>\n{accuracy}{loss}\
                 <h2>Recipe</h2>\n<pre>{}</pre>\n<h2>Epochs</h2>\n<table>\n\
                 <tr><th>epoch<th>arithmetic<th>loss<th>validation<th>seconds\n{epochs}</table>\n</html>\n",
                escaped(&summary.recipe)
            )
        }
        Format::Markdown => {
            let cell = |text: &str| text.replace('|', "\\|");
            let rows: String =
                summary.rows.iter().map(|(name, value)| format!("| {name} | {} |\n", cell(value))).collect();
            let drawn = charts.map(|chart| terminal(&chart, 72, 12).join("\n"));
            format!(
                "# {}\n\n| | |\n| --- | --- |\n{rows}\n```text\n{}\n\n{}\n```\n\n```toml\n{}```\n",
                summary.title, drawn[0], drawn[1], summary.recipe
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::EpochRecord;

    fn history() -> History {
        let record = |epoch: u32| EpochRecord {
            epoch,
            epochs: 4,
            quantised: epoch > 2,
            loss: 1.0 / epoch as f32,
            validation_images: 100,
            validation_correct: 90 + epoch as usize,
            validation_accuracy: 0.9 + f64::from(epoch) / 100.0,
            seconds: f64::from(epoch),
        };
        History { epochs: (1..=4).map(record).collect() }
    }

    #[test]
    fn every_format_has_title_charts_and_values_and_loads_nothing() {
        let summary =
            Summary { title: "a <b>".into(), rows: vec![("seed", "1".into())], recipe: "name = \"x\"\n".into() };
        for format in [Format::Html, Format::Svg, Format::Markdown] {
            let text = document(format, &summary, &history());
            assert!(text.contains("validation accuracy") && text.contains("training loss"), "{text}");
            assert!(!text.contains("<script") && !text.contains("src=") && !text.contains("href="), "{text}");
            assert!(format == Format::Markdown || text.contains("a &lt;b&gt;"), "{text}");
        }
        assert!(Format::from_path(Path::new("a.pdf")).unwrap_err().contains(".html"));
    }
}

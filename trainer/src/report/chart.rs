//! Charts, independent of how they are drawn.

/// A chart with two axes.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Title above the chart.
    pub title: String,
    /// Label of the horizontal axis, with its unit.
    pub x_label: String,
    /// Label of the vertical axis, with its unit.
    pub y_label: String,
    /// Whether the horizontal axis is logarithmic.
    pub logarithmic: bool,
    /// Series in drawing order.
    pub series: Vec<Series>,
}

/// A series of points.
#[derive(Clone, Debug)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// Style of the points.
    pub mark: Mark,
    /// Colour in SVG, as in CSS.
    pub color: &'static str,
    /// Points, x and y.
    pub points: Vec<[f64; 2]>,
    /// Labels of the points; may be shorter than `points`.
    pub labels: Vec<String>,
}

/// Style of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Joined by a line.
    Line,
    /// Small dots.
    Dot,
    /// Dots joined by steps: a Pareto front.
    Front,
    /// Diamonds with their labels.
    Diamond,
}

impl Chart {
    /// Bounds of the points on each axis, with a margin; `None` without finite points.
    pub(super) fn bounds(&self) -> Option<[[f64; 2]; 2]> {
        let mut bounds = [[f64::INFINITY, f64::NEG_INFINITY]; 2];
        for point in self.placed() {
            for (axis, bound) in bounds.iter_mut().enumerate() {
                *bound = [bound[0].min(point[axis]), bound[1].max(point[axis])];
            }
        }
        let with_margin = |[least, most]: [f64; 2]| {
            let margin = (0.04 * (most - least)).max(if most == least { 0.5 } else { 0.0 });
            [least - margin, most + margin]
        };
        bounds[0][0].is_finite().then(|| bounds.map(with_margin))
    }

    /// All points in axis coordinates.
    fn placed(&self) -> impl Iterator<Item = [f64; 2]> {
        self.series.iter().flat_map(|series| &series.points).filter_map(|point| self.place(*point))
    }

    /// A point in axis coordinates, `log10(x)` on a logarithmic axis; `None` if it cannot be drawn.
    pub(super) fn place(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let x = if self.logarithmic { x.log10() } else { x };
        (x.is_finite() && y.is_finite()).then_some([x, y])
    }

    /// Round tick values on an axis between two coordinates.
    pub(super) fn ticks(&self, [least, most]: [f64; 2], axis: usize) -> Vec<(f64, String)> {
        if self.logarithmic && axis == 0 {
            let decades = least.floor() as i32..=most.ceil() as i32;
            let values = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * 10f64.powi(decade)));
            let inside = values.filter(|value| (least..=most).contains(&value.log10()));
            return inside.map(|value| (value.log10(), abbreviate(value))).collect();
        }
        let rough = (most - least) / 5.0;
        let decade = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * decade).into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(10.0 * decade);
        let decimals = (-step.log10().floor()).clamp(0.0, 6.0) as usize;
        let (first, last) = ((least / step).ceil() as i64, (most / step).floor() as i64);
        (first..=last).map(|count| count as f64 * step).map(|value| (value, format!("{value:.decimals$}"))).collect()
    }
}

/// Formats a large number in few characters.
fn abbreviate(value: f64) -> String {
    match value {
        1e6.. => format!("{}M", value / 1e6),
        1e3.. => format!("{}k", value / 1e3),
        _ => format!("{value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(logarithmic: bool, points: &[[f64; 2]]) -> Chart {
        let series =
            Series { name: "s".into(), mark: Mark::Dot, color: "black", points: points.into(), labels: Vec::new() };
        Chart { title: "t".into(), x_label: "x".into(), y_label: "y".into(), logarithmic, series: vec![series] }
    }

    #[test]
    fn ticks_are_round_and_within_the_bounds() {
        let linear = chart(false, &[[0.0, 95.2], [10.0, 99.4]]);
        let ticks = linear.ticks([95.2, 99.4], 1);
        assert_eq!(ticks.iter().map(|tick| tick.1.as_str()).collect::<Vec<_>>(), ["96", "97", "98", "99"]);
        let logarithmic = chart(true, &[[900.0, 1.0], [20_000.0, 2.0]]);
        let ticks = logarithmic.ticks([900f64.log10(), 20_000f64.log10()], 0);
        assert_eq!(ticks.iter().map(|tick| tick.1.as_str()).collect::<Vec<_>>(), ["1k", "2k", "5k", "10k", "20k"]);
    }

    #[test]
    fn a_single_point_has_a_margin_and_an_empty_chart_no_bounds() {
        let bounds = chart(false, &[[3.0, 4.0]]).bounds().unwrap();
        assert!(bounds[0][0] < 3.0 && 3.0 < bounds[0][1] && bounds[1][0] < 4.0);
        assert!(chart(true, &[[0.0, 1.0], [f64::NAN, 1.0]]).bounds().is_none());
    }
}

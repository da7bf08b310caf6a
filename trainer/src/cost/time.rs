//! Modelled time of one image.

use sinapse::Description;
use sinapse::activation::ActivationKind;
use sinapse::description::LayerDescription;
use sinapse::element::ElementFormat;
use sinapse::reduce::Scale;
use sinapse::weight::{Order, WeightFormat};

use super::activity::Activity;
use super::coefficients::{self, Coefficients, Tops};
use super::cores::Core;

/// Outputs that the columns' inner loop adds at a time.
const BLOCK: usize = 16;
/// Outputs that the tiles' inner loop adds at a time.
const TILES: usize = 8;

/// Modelled cycles (or instructions, see [`Core::unit`]) of one image, from its pixels to the class.
///
/// `image + Σ over layers (layer + scan + products + flushes + activation)`, and the reduction before it where there is one; all but
/// `image` once for every view.
/// `activities` has one entry a layer; layers without one are taken for full.
pub fn time(core: Core, description: &Description, activities: &[Activity]) -> u64 {
    let c = core.coefficients();
    let layer = |(index, layer): (usize, &LayerDescription)| {
        let full = || Activity::full(description.inputs_of(index), description.input_of(index));
        let activity = activities.get(index).copied().unwrap_or_else(full);
        c.layer + layer_time(c, layer, description.input_of(index), &activity)
    };
    let layers: f64 = description.layers().iter().enumerate().map(layer).sum();
    let reduction = description.reduction.map_or(0.0, |how| {
        let (whole, inputs) = (description.picture_pixels() as f64, f64::from(description.inputs));
        let lit = activities.first().map_or(inputs, |first| first.nonzero);
        let deslant = if how.deslant { c.deslanted * whole } else { 0.0 };
        deslant
            + match how.scale {
                Scale::Half => c.halved * inputs + c.halved_lit * lit,
                Scale::One | Scale::TwoThirds | Scale::Third => c.reduced_picture * whole + c.reduced_lit * lit,
            }
    });
    let views = f64::from(description.views());
    let moving = if views > 1.0 { c.moved * description.picture_pixels() as f64 } else { 0.0 };
    let classes = c.class * description.classes() as f64;
    (c.image + views * (moving + reduction + layers) + classes).round() as u64
}

fn layer_time(c: &Coefficients, layer: &LayerDescription, input: ElementFormat, activity: &Activity) -> f64 {
    let outputs = usize::from(layer.outputs);
    let real = layer.weights == WeightFormat::F32;
    let sums = match (real, layer.weights.order(input)) {
        (false, Order::Tiles) => {
            let entries = if c.tiles.by_pairs { activity.pairs } else { activity.nonzero };
            let scan = c.tiles.scan.of(activity, entries);
            let whole = (outputs / TILES) as f64 * c.tiles.pair + (outputs % TILES) as f64 * c.tiles.pair_of_rest;
            let lists = flushes(activity.pairs, coefficients::PAIRS);
            let sums = outputs as f64 * (c.tiles.input * activity.nonzero + c.tiles.flush * lists);
            scan + whole * activity.pairs + sums
        }
        _ => columns_time(c, layer.weights, outputs, input, activity),
    };
    let at_end = layer.weights.order(input) == Order::Columns && outputs.is_multiple_of(BLOCK);
    let activation = match (layer.activation, real) {
        (ActivationKind::Identity, _) => 0.0,
        (ActivationKind::Relu, false) => c.relu_at_end.filter(|_| at_end).unwrap_or(c.relu),
        (ActivationKind::Relu, true) => c.relu_f32,
        (ActivationKind::Sigmoid, false) => c.sigmoid,
        (ActivationKind::Sigmoid, true) => c.sigmoid_f32,
    };
    sums + activation * outputs as f64
}

fn columns_time(
    c: &Coefficients,
    weights: WeightFormat,
    outputs: usize,
    input: ElementFormat,
    activity: &Activity,
) -> f64 {
    let real = weights == WeightFormat::F32;
    let scan = if real { c.scan_f32 } else { c.scan };
    let product = c.products(weights);
    let words = |outputs: usize| (outputs * weights.bits() as usize).div_ceil(32) as f64;
    let (whole, rest) = (outputs / BLOCK, outputs % BLOCK);
    let blocks = (whole + usize::from(rest > 0)) as f64;
    let all_words = whole as f64 * words(BLOCK) + words(rest);
    // Inputs at the top level may be kept apart, and need no multiplication.
    let apart = c.tops.filter(|_| Tops::are_apart(weights, activity.inputs as usize, outputs));
    let apart = apart.and_then(|tops| tops.of(weights));
    let room = coefficients::LIST;
    let tops = apart.map_or(0.0, |_| activity.tops);
    let entries = activity.nonzero - tops;
    let levels = activity.levels - tops * f64::from(input.top_level());
    let budget = c.budget(weights, input);
    let lists = if real { 1.0 } else { flushes(entries, room).max(flushes(levels, budget)) };
    let top_lists = if tops > 0.0 { flushes(tops, room) } else { 0.0 };
    scan.of(activity, activity.nonzero)
        + entries * (product.entry * blocks + product.word * all_words)
        + tops * apart.unwrap_or(0.0) * blocks
        + (lists + top_lists) * blocks * c.flush
        + if rest > 0 && !real { lists * c.flush_rest } else { 0.0 }
}

/// How often a list of that room is emptied, as a mean: at least once, and half a time more than it is filled.
fn flushes(entries: f64, room: f64) -> f64 {
    (entries / room + 0.5).max(1.0)
}

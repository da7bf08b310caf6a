//! Modelled time of one image.

use sinapse::Description;
use sinapse::format::{ActivationKind, ElementFormat, LayerDescription, Layout, Scale, WeightFormat};

use super::activity::Activity;
use super::coefficients::{self, Coefficients, SaturatedCost};
use super::cores::Core;

/// Outputs per iteration of the column kernels' inner loop.
const COLUMN_BLOCK: usize = 16;
/// Outputs per iteration of the tile kernels' inner loop.
const TILE_BLOCK: usize = 8;

/// Modelled cycles (or instructions, see [`Core::unit`]) of one image, from its pixels to the class.
///
/// `image + Σ over layers (layer + scan + products + flushes + activation)`, plus preprocessing if there is any;
/// everything but `image` once per pass of a shift ensemble. `activities` has one entry per layer; missing entries
/// count as full.
pub fn time(core: Core, description: &Description, activities: &[Activity]) -> u64 {
    let c = core.coefficients();
    let layer = |(index, layer): (usize, &LayerDescription)| {
        let full = || Activity::full(description.inputs_of(index), description.input_of(index));
        let activity = activities.get(index).copied().unwrap_or_else(full);
        c.layer + layer_time(c, layer, description.input_of(index), &activity)
    };
    let layers: f64 = description.layers().iter().enumerate().map(layer).sum();
    let preprocessing = description.preprocessing.map_or(0.0, |how| {
        let (whole, inputs) = (description.picture_pixels() as f64, f64::from(description.inputs));
        let nonzero = activities.first().map_or(inputs, |first| first.nonzero);
        let deslant = if how.deslants() { c.deslanted * whole } else { 0.0 };
        deslant
            + match how.downscale().1 {
                Scale::Half => c.halved * inputs + c.halved_nonzero * nonzero,
                Scale::One | Scale::TwoThirds | Scale::Third => c.downscaled * whole + c.downscaled_nonzero * nonzero,
            }
    });
    let passes = f64::from(description.passes());
    let shifting = if passes > 1.0 { c.shifted * description.picture_pixels() as f64 } else { 0.0 };
    let classes = c.class * description.classes() as f64;
    (c.image + passes * (shifting + preprocessing + layers) + classes).round() as u64
}

fn layer_time(c: &Coefficients, layer: &LayerDescription, input: ElementFormat, activity: &Activity) -> f64 {
    let outputs = usize::from(layer.outputs);
    let real = layer.weights == WeightFormat::F32;
    let sums = match (real, layer.weights.layout(input)) {
        (false, Layout::Tiles) => {
            let entries = if c.tiles.by_pairs { activity.pairs } else { activity.nonzero };
            let scan = c.tiles.scan.cost(activity, entries);
            let whole =
                (outputs / TILE_BLOCK) as f64 * c.tiles.pair + (outputs % TILE_BLOCK) as f64 * c.tiles.pair_remainder;
            let lists = flushes(activity.pairs, coefficients::PAIRS_PER_LIST);
            let sums = outputs as f64 * (c.tiles.input * activity.nonzero + c.tiles.flush * lists);
            scan + whole * activity.pairs + sums
        }
        _ => columns_time(c, layer.weights, outputs, input, activity),
    };
    let in_epilogue = layer.weights.layout(input) == Layout::Columns && outputs.is_multiple_of(COLUMN_BLOCK);
    let activation = match (layer.activation, real) {
        (ActivationKind::Identity, _) => 0.0,
        (ActivationKind::Relu, false) => c.relu_epilogue.filter(|_| in_epilogue).unwrap_or(c.relu),
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
    let (whole, rest) = (outputs / COLUMN_BLOCK, outputs % COLUMN_BLOCK);
    let blocks = (whole + usize::from(rest > 0)) as f64;
    let all_words = whole as f64 * words(COLUMN_BLOCK) + words(rest);
    // Inputs at the maximum level may have a list of their own, and need no multiplication.
    let separate = c.saturated.filter(|_| SaturatedCost::are_listed(weights, activity.inputs as usize, outputs));
    let separate = separate.and_then(|saturated| saturated.cost(weights));
    let capacity = coefficients::ENTRIES_PER_LIST;
    let saturated = separate.map_or(0.0, |_| activity.saturated);
    let entries = activity.nonzero - saturated;
    let levels = activity.levels - saturated * f64::from(input.max_level());
    let budget = c.budget(weights, input);
    let lists = if real { 1.0 } else { flushes(entries, capacity).max(flushes(levels, budget)) };
    let saturated_lists = if saturated > 0.0 { flushes(saturated, capacity) } else { 0.0 };
    scan.cost(activity, activity.nonzero)
        + entries * (product.entry * blocks + product.word * all_words)
        + saturated * separate.unwrap_or(0.0) * blocks
        + (lists + saturated_lists) * blocks * c.flush
        + if rest > 0 && !real { lists * c.flush_remainder } else { 0.0 }
}

/// Mean number of flushes of a list with this capacity: at least once, and half a time more than it is filled.
fn flushes(entries: f64, capacity: f64) -> f64 {
    (entries / capacity + 0.5).max(1.0)
}

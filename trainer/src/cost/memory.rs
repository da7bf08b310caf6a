//! Flash, RAM and stack from a description.

use sinapse::Description;
use sinapse::format::{ActivationKind, ElementFormat, LayerDescription, Layout, WeightFormat};

use super::coefficients::SaturatedCost;
use super::cores::Core;
use crate::model::scratch_bytes;

/// Flash of weights, biases, multipliers and padding, as [`Model::weight_bytes`] counts them.
///
/// [`Model::weight_bytes`]: crate::model::Model::weight_bytes
pub fn weight_bytes(description: &Description, multipliers_per_output: bool) -> usize {
    let bytes = |(index, layer): (usize, &LayerDescription)| {
        let outputs = usize::from(layer.outputs);
        let hidden = layer.output != ElementFormat::I32 && layer.weights != WeightFormat::F32;
        let multipliers = match (hidden, multipliers_per_output) {
            (false, _) => 0,
            (true, false) => 2,
            (true, true) => 2 * outputs,
        };
        let (input, inputs) = (description.input_of(index), description.inputs_of(index));
        layer.weights.rows(input, inputs) * layer.weights.row_bytes(input, outputs) + 4 * outputs + multipliers
    };
    description.layers().iter().enumerate().map(bytes).sum()
}

/// Modelled flash of the smallest program around a network (the firmware's `bare`), without the blob: start-up, loader,
/// main loop, and one copy of each kernel in use. `None` for cores that were not measured.
pub fn program_bytes(core: Core, description: &Description) -> Option<usize> {
    let program = core.coefficients().program?;
    let layers = || description.layers().iter().enumerate();
    let uses = |kernel: &dyn Fn(usize, &LayerDescription) -> bool| layers().any(|(index, layer)| kernel(index, layer));
    let columns = |weights| {
        let of = move |index, layer: &LayerDescription| {
            layer.weights == weights && weights.layout(description.input_of(index)) == Layout::Columns
        };
        uses(&of)
    };
    let tiles = |index: usize, layer: &LayerDescription| {
        layer.weights != WeightFormat::F32 && layer.weights.layout(description.input_of(index)) == Layout::Tiles
    };
    let saturated =
        |index: usize, layer: &LayerDescription| !tiles(index, layer) && lists_saturated(description, index, layer);
    let hidden = |real: bool| {
        move |_: usize, layer: &LayerDescription| {
            layer.activation != ActivationKind::Identity && (layer.weights == WeightFormat::F32) == real
        }
    };
    let parts = [
        (true, program.base),
        (columns(WeightFormat::I8), program.i8),
        (uses(&saturated), program.saturated),
        (columns(WeightFormat::I4), program.i4),
        (columns(WeightFormat::I2), program.i2),
        (columns(WeightFormat::F32), program.f32),
        (uses(&tiles), program.tiles),
        (uses(&hidden(false)), program.hidden),
        (uses(&hidden(true)), program.hidden_f32),
        (description.preprocessing.is_some(), program.preprocessing),
        (description.preprocessing.is_some_and(|how| how.deslants()), program.deslant),
        (description.passes() > 1, program.shift_ensemble),
    ];
    Some(parts.into_iter().filter(|(used, _)| *used).map(|(_, bytes)| bytes).sum())
}

/// Static RAM of that program, exactly: the network's scratch and the last answer. `None` for cores that were not
/// measured.
///
/// The scratch is [`sinapse::Network::SCRATCH`]: activations, plus the largest workspace of a layer for its list of
/// inputs and for accumulators that are not outputs.
pub fn ram_bytes(core: Core, description: &Description) -> Option<usize> {
    let program = core.coefficients().program?;
    let workspace = |(index, layer): (usize, &LayerDescription)| {
        let list = match layer.weights {
            WeightFormat::F32 => program.f32_list,
            weights if weights.layout(description.input_of(index)) == Layout::Tiles => program.tiles_list,
            _ => program.columns_list,
        };
        list + if layer.activation == ActivationKind::Identity { 0 } else { 4 * usize::from(layer.outputs) }
    };
    let workspace = description.layers().iter().enumerate().map(workspace).max().unwrap_or(0);
    Some(scratch_bytes(description).next_multiple_of(4) + workspace + ANSWER_BYTES)
}

/// RAM of the program's last answer.
const ANSWER_BYTES: usize = 4;

/// Modelled maximum stack of that program, including pointers to layers and the logits. `None` for cores that were not
/// measured.
pub fn stack_bytes(core: Core, description: &Description) -> Option<usize> {
    let program = core.coefficients().program?;
    // Layers run one after the other: the deepest stack is that of the deepest kernel.
    let kernel = |(index, layer): (usize, &LayerDescription)| match layer.weights {
        WeightFormat::F32 => program.f32_stack,
        weights if weights.layout(description.input_of(index)) == Layout::Tiles => program.tiles_stack,
        _ if !layer.outputs.is_multiple_of(16) => program.columns_stack + program.remainder_stack,
        _ if lists_saturated(description, index, layer) => program.columns_stack + program.saturated_stack,
        _ => program.columns_stack,
    };
    let deepest = description.layers().iter().enumerate().map(kernel).max().unwrap_or(0);
    let gives_levels = |(index, layer): (usize, &LayerDescription)| {
        let columns = layer.weights.layout(description.input_of(index)) == Layout::Columns;
        columns && layer.weights != WeightFormat::F32 && layer.activation != ActivationKind::Identity
    };
    let hidden = if description.layers().iter().enumerate().any(gives_levels) { program.hidden_stack } else { 0 };
    Some(deepest + hidden + description.layers().len() * program.layer_stack + 4 * description.classes())
}

fn lists_saturated(description: &Description, index: usize, layer: &LayerDescription) -> bool {
    SaturatedCost::are_listed(layer.weights, description.inputs_of(index), usize::from(layer.outputs))
}

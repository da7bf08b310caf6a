//! Initial weight scales and activation steps, from a sample of images.

use sinapse::Description;

use crate::parameters::ParameterLayout;

/// Statistics of a layer on a sample of images.
#[derive(Clone, Debug)]
pub struct LayerCalibration {
    /// Range of its outputs: a high percentile.
    pub range: f32,
    /// Sum of squares of each input; empty to weigh all inputs equally.
    pub input_squares: Vec<f32>,
}

/// Sets initial scales and steps: weight scales by least squared error, activation steps by the calibrated range.
pub fn initialize_scales(
    description: &Description,
    layout: &ParameterLayout,
    parameters: &mut [f32],
    calibration_of_layers: &[LayerCalibration],
) {
    for (index, (layer, calibration)) in layout.layers.iter().zip(calibration_of_layers).enumerate() {
        let limit = description.layers()[index].weights.limit() as f32;
        let count = layer.log_scales.len();
        for o in 0..count {
            let weights = parameters[layer.weights.clone()].iter().enumerate();
            let of_scale = weights.filter(|(position, _)| count == 1 || position % layer.outputs == o);
            let importance =
                |position: usize| calibration.input_squares.get(position / layer.outputs).copied().unwrap_or(1.0);
            let weights: Vec<(f32, f32)> = of_scale.map(|(position, weight)| (*weight, importance(position))).collect();
            parameters[layer.log_scales.start + o] = best_scale(&weights, limit).ln();
        }
        if let Some(log_step) = parameters[layer.log_step.clone()].first_mut() {
            let max_level = f32::from(description.layers()[index].output.max_level());
            *log_step = (calibration.range / max_level).max(1e-6).ln();
        }
    }
}

/// Returns the scale, among fractions of the largest weight, with the least squared rounding error, each error weighted
/// by the weight's importance.
fn best_scale(weights: &[(f32, f32)], limit: f32) -> f32 {
    let largest = weights.iter().fold(1e-6f32, |a, (weight, _)| a.max(weight.abs()));
    let error = |scale: f32| -> f32 {
        let rounded = |w: f32| (w / scale).clamp(-limit, limit).round() * scale;
        weights.iter().map(|&(w, importance)| importance * (w - rounded(w)).powi(2)).sum()
    };
    let scales = (4..=20).map(|part| largest * part as f32 / 20.0 / limit);
    scales.min_by(|a, b| error(*a).total_cmp(&error(*b))).unwrap_or(largest / limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_zero_inputs_do_not_widen_the_scale() {
        let weights = |importance: f32| [(0.7, 1.0), (-0.4, 1.0), (0.2, 1.0), (4.0, importance)];
        assert!(best_scale(&weights(0.0), 7.0) < 0.5 * best_scale(&weights(1.0), 7.0));
    }
}

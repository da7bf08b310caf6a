//! tract: a model of tract's operators, optimised by tract.

use tract_core::internal::*;
use tract_core::ops::einsum::EinSum;
use tract_core::ops::math::{add, max};

use crate::{Engine, Failure, HIDDEN, IN, OUT, Weights, argmax, check, real};

pub fn engine(weights: &Weights, images: &[[u8; IN]], logits: &[[f32; OUT]]) -> Result<Engine, Failure> {
    let plan = Arc::new(model(weights)?.into_optimized()?.into_runnable()?);
    let inputs =
        images.iter().map(|image| Tensor::from_shape(&[1, IN], &real(image))).collect::<Result<Vec<_>, _>>()?;
    let inputs: Vec<TValue> = inputs.into_iter().map(Into::into).collect();
    let run = move |image: usize| -> Result<TVec<TValue>, Failure> { Ok(plan.run(tvec!(inputs[image].clone()))?) };
    for (image, expected) in logits.iter().enumerate() {
        check("tract", image, numbers(&run(image)?)?, expected)?;
    }
    Ok(Engine::new("tract-core 0.23", "f32", move |image| Ok(argmax(numbers(&run(image)?)?))))
}

fn numbers(outputs: &TVec<TValue>) -> Result<&[f32], Failure> {
    Ok(outputs[0].try_as_plain_ram()?.as_slice()?)
}

/// `y = max(x · W₁ + b₁, 0) · W₂ + b₂`.
fn model(weights: &Weights) -> TractResult<TypedModel> {
    let mut model = TypedModel::default();
    let input = model.add_source("x", f32::fact([1, IN]))?;
    let layers =
        [(&weights.first, &weights.first_bias, IN, HIDDEN), (&weights.second, &weights.second_bias, HIDDEN, OUT)];
    let mut value = input;
    for (index, (weights, bias, inputs, outputs)) in layers.into_iter().enumerate() {
        let constant = |model: &mut TypedModel, name: &str, numbers: &[f32], shape: [usize; 2]| {
            model.add_const(format!("{name}{index}"), Tensor::from_shape(&shape, numbers)?)
        };
        let weights = constant(&mut model, "w", weights, [inputs, outputs])?;
        let bias = constant(&mut model, "b", bias, [1, outputs])?;
        let product = EinSum::new("mk,kn->mn".parse()?, f32::datum_type());
        value = model.wire_node(format!("product{index}"), product, &[value, weights])?[0];
        value = model.wire_node(format!("sum{index}"), add(), &[value, bias])?[0];
        if index == 0 {
            let zero = constant(&mut model, "zero", &[0.0], [1, 1])?;
            value = model.wire_node("relu", max(), &[value, zero])?[0];
        }
    }
    model.select_output_outlets(&[value])?;
    Ok(model)
}

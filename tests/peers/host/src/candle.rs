//! candle: tensors on the CPU, one row per picture.

use candle_core::{Device, Tensor};

use crate::{Engine, Failure, HIDDEN, IN, OUT, Weights, argmax, check, real};

pub fn engine(weights: &Weights, images: &[[u8; IN]], logits: &[[f32; OUT]]) -> Result<Engine, Failure> {
    let tensor = |numbers: &[f32], shape: (usize, usize)| Tensor::from_slice(numbers, shape, &Device::Cpu);
    let first = tensor(&weights.first, (IN, HIDDEN))?;
    let first_bias = tensor(&weights.first_bias, (1, HIDDEN))?;
    let second = tensor(&weights.second, (HIDDEN, OUT))?;
    let second_bias = tensor(&weights.second_bias, (1, OUT))?;
    let inputs = images.iter().map(|image| tensor(&real(image), (1, IN))).collect::<Result<Vec<_>, _>>()?;
    let run = move |image: usize| -> Result<Vec<f32>, Failure> {
        let hidden = (inputs[image].matmul(&first)? + &first_bias)?.relu()?;
        let output = (hidden.matmul(&second)? + &second_bias)?;
        Ok(output.flatten_all()?.to_vec1()?)
    };
    for (image, expected) in logits.iter().enumerate() {
        check("candle", image, &run(image)?, expected)?;
    }
    Ok(Engine::new("candle-core 0.11", "f32", move |image| Ok(argmax(&run(image)?))))
}

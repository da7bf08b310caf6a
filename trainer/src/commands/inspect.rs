//! `sinapse inspect`: what a blob holds and needs.

use std::path::PathBuf;

use serde::Serialize;
use sinapse::element::ElementFormat;
use sinapse_trainer::model::{Blob, Model};

use super::Failure;

/// Arguments of `inspect`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Blob file.
    model: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    model: String,
    shape: Vec<usize>,
    /// Bits of the weights, one number a layer.
    weight_bits: Vec<u32>,
    /// Bits of the inputs of each layer; 32 for `f32`.
    activation_bits: Vec<u32>,
    layers: String,
    rust_type: String,
    weight_bytes: usize,
    blob_bytes: usize,
    scratch_bytes: usize,
    multiply_adds: usize,
    logit_step: f32,
    reject_margin: u32,
    provenance: Provenance,
}

#[derive(Serialize)]
struct Provenance {
    program: String,
    recipe: String,
    data: String,
    seed: u64,
    validation_images: u32,
    validation_correct: u32,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let blob = Blob::read(&arguments.model)?;
    let model = Model::of_file(&blob, &arguments.model)?;
    let rust_type = sinapse::blob::rust_type(blob.bytes())?.to_string();
    let report = Report::of(&arguments, &blob, &model, rust_type);
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print(&report);
    }
    Ok(())
}

impl Report {
    fn of(arguments: &Arguments, blob: &Blob, model: &Model<'_>, rust_type: String) -> Report {
        let description = &model.description;
        let mut shape = vec![usize::from(description.inputs)];
        shape.extend(description.layers().iter().map(|layer| usize::from(layer.outputs)));
        let activation_bits = |format: ElementFormat| match format.top_level() {
            0 => 32,
            top_level => u32::from(top_level).trailing_ones(),
        };
        let provenance = &model.provenance;
        Report {
            model: arguments.model.display().to_string(),
            shape,
            weight_bits: description.layers().iter().map(|layer| layer.weights.bits()).collect(),
            activation_bits: model.layers.iter().map(|view| activation_bits(view.input)).collect(),
            layers: description.to_string(),
            rust_type: rust_type.replace("::sinapse::", ""),
            weight_bytes: model.weight_bytes(),
            blob_bytes: blob.bytes().len(),
            scratch_bytes: model.scratch_bytes(),
            multiply_adds: model.multiply_adds(),
            logit_step: model.logits.step,
            reject_margin: model.logits.reject_margin,
            provenance: Provenance {
                program: provenance.program.into(),
                recipe: provenance.recipe.into(),
                data: provenance.data.into(),
                seed: provenance.seed,
                validation_images: provenance.validation_images,
                validation_correct: provenance.validation_correct,
            },
        }
    }
}

fn print(report: &Report) {
    let origin = &report.provenance;
    println!("model         {}", report.model);
    println!("layers        {}", report.layers);
    println!("Rust type     {}", report.rust_type);
    println!("weights       {} bytes, biases and multipliers included", report.weight_bytes);
    println!("blob          {} bytes", report.blob_bytes);
    println!("scratch       {} bytes of RAM between the layers", report.scratch_bytes);
    println!("multiply-adds {} for an input without zeros", report.multiply_adds);
    println!("\"unknown\"     below a margin of {:.3}", report.reject_margin as f32 * report.logit_step);
    println!("written by    {}", origin.program);
    println!("recipe        {} (seed {})", origin.recipe, origin.seed);
    println!("trained on    {}", origin.data);
    println!("validation    {} of {} images right", origin.validation_correct, origin.validation_images);
}

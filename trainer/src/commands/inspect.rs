//! `sinapse inspect`: contents and requirements of a blob.

use std::path::PathBuf;

use serde::Serialize;
use sinapse::format::ElementFormat;
use sinapse_trainer::cost::{self, Activity, Core};
use sinapse_trainer::input::drawn;
use sinapse_trainer::input::{self, Part, Source};
use sinapse_trainer::model::{self, Blob, Model};

use super::data_argument::DataArgument;
use super::failure::Failure;

/// Arguments of `inspect`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Blob file.
    model: PathBuf,
    #[command(flatten)]
    data: DataArgument,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    model: String,
    shape: Vec<usize>,
    /// Bits of the weights, per layer.
    weight_bits: Vec<u32>,
    /// Bits of the inputs, per layer; 32 for `f32`.
    activation_bits: Vec<u32>,
    layers: String,
    rust_type: String,
    weight_bytes: usize,
    blob_bytes: usize,
    scratch_bytes: usize,
    multiply_adds: usize,
    /// Modelled cost of an image on each core.
    costs: Vec<CoreCost>,
    /// Mean activity of each layer, from which the costs follow.
    activities: Vec<Activity>,
    /// Images that the means are taken over.
    costs_over: String,
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

/// Modelled cost on one core.
#[derive(Serialize)]
struct CoreCost {
    core: &'static str,
    /// `cycles` or `instructions`.
    unit: &'static str,
    /// Mean over images.
    mean: u64,
    /// For a picture without zeros.
    no_zeros: u64,
    /// Upper bound: without zeros in hidden activations either.
    bound: u64,
    /// Flash of the smallest program, with the blob.
    flash_bytes: Option<usize>,
    /// Static RAM of that program: the scratch and the last answer.
    ram_bytes: Option<usize>,
    /// Maximum stack of that program.
    stack_bytes: Option<usize>,
}

/// Largest number of images for the means.
const SAMPLE: usize = 1_000;
/// Number of drawn digits if there is no other data: drawing takes time.
const DRAWN: usize = 200;

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let blob = model::read(&arguments.model)?;
    let model = model::load(&blob, &arguments.model)?;
    let rust_type = sinapse::blob::rust_type(blob.bytes())?.to_string();
    let (activities, over) = activities(&arguments, &model)?;
    let mut report = Report::new(&arguments, &blob, &model, rust_type);
    report.costs = Core::ALL.map(|core| cost_of(core, &model, blob.bytes().len(), &activities)).into();
    report.activities = activities;
    report.costs_over = over;
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print(&report);
    }
    Ok(())
}

/// Mean activities, and the images they are from: test images of the model's input size, otherwise an estimate.
fn activities(arguments: &Arguments, model: &Model<'_>) -> Result<(Vec<Activity>, String), Failure> {
    let source = input::locate(arguments.data.data.as_deref())?;
    let digits = model.size == (28, 28);
    let pixels = if source == Source::Drawn {
        let pictures = if digits { drawn::dataset(DRAWN, 2).0 } else { Vec::new() };
        pictures.into_flattened()
    } else {
        let test = input::load(&source, Part::Test)?;
        if arguments.data.data.is_some() {
            model::check_size(model, test.images.width, test.images.height)?;
        }
        let matches = model.size == (test.images.width, test.images.height);
        if matches { test.images.pixels } else { Vec::new() }
    };
    let size = model.description.picture_pixels();
    let sample = &pixels[..pixels.len().min(SAMPLE * size)];
    if sample.is_empty() {
        let inputs = usize::from(model.description.inputs);
        let first = Activity::scattered(inputs, inputs as f64 / 2.0, model.description.input);
        return Ok((cost::estimate(&model.description, first), "an estimate: half of all inputs zero".into()));
    }
    let over = format!("the first {} test images of {source}", sample.len() / size);
    Ok((cost::activities(model, sample), over))
}

fn cost_of(core: Core, model: &Model<'_>, blob_bytes: usize, activities: &[Activity]) -> CoreCost {
    let description = &model.description;
    let saturated = cost::activities(model, &vec![255; description.picture_pixels()]);
    CoreCost {
        core: core.name(),
        unit: core.unit(),
        mean: cost::time(core, description, activities),
        no_zeros: cost::time(core, description, &saturated),
        bound: cost::time(core, description, &cost::worst_case(description)),
        flash_bytes: cost::program_bytes(core, description).map(|program| program + blob_bytes),
        ram_bytes: cost::ram_bytes(core, description),
        stack_bytes: cost::stack_bytes(core, description),
    }
}

impl Report {
    fn new(arguments: &Arguments, blob: &Blob, model: &Model<'_>, rust_type: String) -> Report {
        let description = &model.description;
        let mut shape = vec![usize::from(description.inputs)];
        shape.extend(description.layers().iter().map(|layer| usize::from(layer.outputs)));
        let activation_bits = |format: ElementFormat| match format.max_level() {
            0 => 32,
            max_level => u32::from(max_level).trailing_ones(),
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
            costs: Vec::new(),
            activities: Vec::new(),
            costs_over: String::new(),
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
    println!("activations   {} bytes of RAM between the layers", report.scratch_bytes);
    println!("multiply-adds {} for an input without zeros", report.multiply_adds);
    println!("\"unknown\"     below a margin of {:.3}", report.reject_margin as f32 * report.logit_step);
    println!("written by    {}", origin.program);
    println!("recipe        {} (seed {})", origin.recipe, origin.seed);
    println!("trained on    {}", origin.data);
    println!("validation    {} of {} images correct", origin.validation_correct, origin.validation_images);
    println!("\nmodelled cost per image; means over {}", report.costs_over);
    println!(
        "core       unit           {:>9} {:>9} {:>9} {:>9} {:>7} {:>7}",
        "mean", "no zeros", "at most", "flash", "RAM", "stack"
    );
    let bytes = |bytes: Option<usize>| bytes.map_or("–".into(), |bytes| bytes.to_string());
    for cost in &report.costs {
        let CoreCost { core, unit, mean, no_zeros, bound, flash_bytes, ram_bytes, stack_bytes } = cost;
        let (flash, ram, stack) = (bytes(*flash_bytes), bytes(*ram_bytes), bytes(*stack_bytes));
        println!("{core:<10} {unit:<14} {mean:>9} {no_zeros:>9} {bound:>9} {flash:>9} {ram:>7} {stack:>7}");
    }
}

//! `cargo xtask bench`: cost of layers and models on each core; results are checked while measuring.

mod bare;
mod catalogue;
pub mod count;
mod document;
mod goals;
mod host;
mod measure;
mod parts;
mod peers;
mod pictures;
mod row;
mod selection;
pub mod work;

use crate::bench::catalogue::{CLASSIC, OF_CLASSIC};
use crate::bench::measure::{Bench, Costs};
use crate::bench::row::Row;
use crate::bench::selection::Selection;
use crate::bench::work::{CommittedModel, Work};
use crate::failure::Failure;
use crate::machine::{MACHINES, Machine};
use crate::{data, install, shell};

/// Images that every figure is the mean over.
const IMAGES: usize = 1000;
/// Images with `--quick`.
const QUICK_IMAGES: usize = 100;
/// Cores on which the layers of the models are measured one by one: one of each class of kernels.
const LAYER_CORES: [&str; 4] = ["m0", "m4", "m55", "rv32"];

/// Arguments of `bench`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Print a JSON list of rows, and write no document.
    #[arg(long)]
    json: bool,
    /// Measure 100 images instead of 1,000, and only some works on the Cortex-M4; write no document.
    #[arg(long)]
    quick: bool,
    /// Leave out other engines (tests/peers): microflow, embedded-nn on the Cortex-M4; tract, candle and ONNX Runtime
    /// on this computer.
    #[arg(long)]
    without_peers: bool,
    /// Measure only this work, named as in rows (repeatable); write no document.
    #[arg(long, value_name = "NAME")]
    work: Vec<String>,
    /// Measure only this core, named as in rows (repeatable); write no document.
    #[arg(long, value_name = "NAME")]
    core: Vec<String>,
}

/// Runs the quick measurement, for `cargo xtask test`.
///
/// # Errors
///
/// Same as [`run`].
pub fn quick() -> Result<(), Failure> {
    run(Arguments { json: false, quick: true, without_peers: true, work: Vec::new(), core: Vec::new() })
}

/// Runs the command.
///
/// # Errors
///
/// A failed set-up, an error of the firmware, or logits that differ from this computer's.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let (source, mut test) = data::test_images(None)?;
    test.truncate(if arguments.quick { QUICK_IMAGES } else { IMAGES });
    let count = test.labels.len();
    // The document does not name folders of this computer.
    let data = if source.drawn { source.text } else { "MNIST".into() };
    let note = format!("the first {count} test images of {data}");

    let plugin = count::build()?;
    let selection = Selection::of(arguments.work, arguments.core)?;
    let bench = Bench { test: &test, note: &note, plugin: &plugin, quick: arguments.quick, selection: &selection };
    let mut unavailable = Vec::new();
    let mut rows = emulated(&bench, &mut unavailable)?;
    if !bench.quick {
        if selection.has_host() {
            rows.extend(host::measure(&bench)?);
        }
        if !arguments.without_peers {
            rows.extend(peers::measure(&bench, &mut unavailable)?);
        }
    }

    // Models are measured with their parts, and engines with their neighbours.
    rows.retain(|row| selection.has_work(&row.work));
    if arguments.json {
        println!("{}", serde_json::to_string(&rows)?);
    } else {
        print!("{}", document::table(&rows));
    }
    for reason in &unavailable {
        eprintln!("not measured: {reason}");
    }
    if !arguments.json && !bench.quick && selection.is_all() {
        let path = shell::root().join("docs").join("performance.md");
        data::write(&path, document::of(&rows, &note, &unavailable).as_bytes())?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// Measures a committed model on a machine, over the first test images.
///
/// # Errors
///
/// Same as [`run`].
pub fn count_model(name: &str, machine: &'static Machine) -> Result<count::Summary, Failure> {
    install::ready(machine)?;
    let (_, mut test) = data::test_images(None)?;
    test.truncate(IMAGES);
    let (plugin, selection) = (count::build()?, Selection::of(Vec::new(), Vec::new())?);
    let bench = Bench { test: &test, note: "test images", plugin: &plugin, quick: false, selection: &selection };
    bench.count(&work::committed(name)?.whole, machine)?.summary()
}

/// Measures all works on all machines that can be set up, and reports the others.
fn emulated(bench: &Bench<'_>, unavailable: &mut Vec<String>) -> Result<Vec<Row>, Failure> {
    let mut machines = Vec::new();
    // One machine per core: others with the same core execute the same instructions.
    let distinct = |&(index, machine): &(usize, &'static Machine)| {
        MACHINES[..index].iter().all(|other| other.short != machine.short)
    };
    let cores = MACHINES.iter().enumerate().filter(distinct).map(|(_, machine)| machine);
    let cores = cores.take(if bench.quick { 1 } else { MACHINES.len() });
    for machine in cores.filter(|machine| bench.selection.has_core(machine.short)) {
        match install::ready(machine) {
            Ok(_) => machines.push(machine),
            Err(error) => unavailable.push(format!("{}: {error}", machine.name)),
        }
    }
    let mut rows = Vec::new();
    if machines.is_empty() {
        return Ok(rows);
    }
    for work in work::single(bench.selection, bench.quick)? {
        for machine in &machines {
            let bare = bare::measure(&work, machine)?;
            let costs = bench.count(&work, machine)?;
            rows.push(Row::of_device(&work.name, row::kernel(&work, machine.short), machine, &costs, bare)?);
        }
    }
    for model in work::models(bench.selection)? {
        for machine in &machines {
            rows.extend(model_rows(bench, &model, machine)?);
        }
    }
    Ok(rows)
}

/// Rows of a committed model, of its parts, and of the network of other engines' figures.
fn model_rows(bench: &Bench<'_>, model: &CommittedModel, machine: &'static Machine) -> Result<Vec<Row>, Failure> {
    let name = &model.whole.name;
    let kernel = row::kernel(&model.whole, machine.short);
    let row = |name: &str, costs: &Costs, bare| Row::of_device(name, kernel, machine, costs, bare);
    let whole = bench.count(&model.whole, machine)?;
    let mut rows = vec![row(name, &whole, bare::measure(&model.whole, machine)?)?];
    let Some(all) = model.prefixes.last() else { return Ok(rows) };
    let reduces = all.pictures != model.whole.pictures;
    // Without a front end, all layers are the whole network.
    let measured =
        |work: &Work| if std::ptr::eq(work, all) && !reduces { Ok(whole.clone()) } else { bench.count(work, machine) };
    let mut last: Option<Costs> = None;
    if !bench.quick && LAYER_CORES.contains(&machine.short) && bench.selection.has_work(name) {
        for prefix in &model.prefixes {
            let costs = measured(prefix)?;
            let layer = last.as_ref().map_or_else(|| costs.clone(), |last| costs.beyond(last));
            rows.push(row(&prefix.name, &layer, None)?);
            last = Some(costs);
        }
    }
    if name == OF_CLASSIC {
        let costs = last.map_or_else(|| measured(all), Ok)?;
        rows.push(row(CLASSIC, &costs, bare::measure(all, machine)?)?);
        last = Some(costs);
    }
    if let (Some(without), true) = (last, reduces) {
        rows.push(row(&format!("{name}/reduce"), &whole.beyond(&without), None)?);
    }
    Ok(rows)
}

//! `sinapse search`: many small trainings in parallel, for the Pareto fronts of accuracy against bytes and cycles.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sinapse_trainer::input::{self, Part};
use sinapse_trainer::recipe::{Recipe, Shape};
use sinapse_trainer::report::{svg, terminal};
use sinapse_trainer::search::{
    Budget, Folder, Objective, Plan, SearchSettings, Space, TrialResult, bytes_chart, cycles_chart, front,
};

use super::data_argument::DataArgument;
use super::default_recipe::{default_recipe, set_epochs};
use super::failure::Failure;

/// Arguments of `search`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folder of the search; repeating the command continues an interrupted search.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Recipe that defines everything but shape and number formats [default: that of `train --network`].
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgument,
    /// Limit on bytes of weights, biases and multipliers.
    #[arg(long, value_name = "BYTES")]
    flash: Option<u64>,
    /// Limit on bytes of activations between the layers.
    #[arg(long, value_name = "BYTES")]
    ram: Option<u64>,
    /// Limit on mean modelled Cortex-M4 cycles per image.
    #[arg(long, value_name = "N")]
    cycles: Option<u64>,
    /// Trials per generation.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    trials: u32,
    /// Number of generations: the first is random, later ones mutate the Pareto front so far. Can be raised later.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    generations: u32,
    /// Total epochs per trial, instead of the recipe's.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    epochs: Option<u32>,
    /// Trials to run in parallel, each in a process of its own [default: number of cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_024))]
    jobs: Option<u32>,
    /// Seed of the search.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Run nothing, but print the recipes of the next generation that have no result yet, one path per line, for other
    /// machines; nothing if all have one.
    #[arg(long)]
    plan: bool,
    /// Print the fronts as JSON, one object per line, instead of tables and charts.
    #[arg(long, conflicts_with = "plan")]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments, threads: Option<usize>) -> Result<(), Failure> {
    let source = input::locate(arguments.data.data.as_deref())?;
    let training = input::load(&source, Part::Train)?;
    let name = input::provenance_name(&source, &training);
    let split = input::split(&source, training)?;
    let name = format!("{name}, {}", split.rule.provenance());
    let space = Space::new(&split.training);
    let base = base_recipe(&arguments)?;
    let budget = Budget { flash_bytes: arguments.flash, ram_bytes: arguments.ram, cycles: arguments.cycles };
    let (trials, seed) = (arguments.trials as usize, arguments.seed);
    let settings = SearchSettings { data: name, seed, trials, budget, base: base.clone() };
    let folder = Folder::open(&arguments.out, &settings)?;
    let plan = Plan { space: &space, base: &base, budget, trials, seed };

    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })?;
    let mut before: Vec<Recipe> = Vec::new();
    for number in 0..arguments.generations {
        let results = folder.results()?;
        let recipes = plan.generation(number, &before, &results)?;
        let keys = recipes.iter().map(|recipe| folder.write_recipe(recipe)).collect::<Result<Vec<_>, _>>()?;
        let open: Vec<&String> = keys.iter().filter(|key| !results.contains_key(*key)).collect();
        if arguments.plan && !open.is_empty() {
            open.iter().for_each(|key| println!("{}", folder.recipe_path(key).display()));
            eprintln!("generation {} of {}: {} trials to run", number + 1, arguments.generations, open.len());
            return Ok(());
        }
        if !open.is_empty() {
            eprintln!("generation {} of {}: {} trials to run", number + 1, arguments.generations, open.len());
            let runner = Runner { folder: &folder, data: source.folder(), threads: threads.unwrap_or(1), stop: &stop };
            runner.run_all(&open, jobs_of(&arguments))?;
        }
        before.extend(recipes);
    }
    if arguments.plan {
        eprintln!("all {} generations are complete; run without --plan to show the results", arguments.generations);
        return Ok(());
    }
    let results: Vec<TrialResult> = folder.results()?.into_values().filter(|result| budget.holds(result)).collect();
    show(&folder, &results, arguments.json)
}

fn base_recipe(arguments: &Arguments) -> Result<Recipe, Failure> {
    let mut recipe = match &arguments.recipe {
        Some(path) => Recipe::read(path)?,
        None => default_recipe(Shape(vec![1, 1]), false),
    };
    recipe.network.arithmetic = Default::default();
    // Every trial has a network of its own: the base must not differ by its network.
    recipe.network.shape = Shape(vec![1, 1]);
    recipe.network.reduction = None;
    if let Some(epochs) = arguments.epochs {
        set_epochs(&mut recipe, epochs);
    }
    recipe.name = "trial".into();
    recipe.network.weights = Default::default();
    recipe.check()?;
    Ok(recipe)
}

fn jobs_of(arguments: &Arguments) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    arguments.jobs.map_or_else(cores, |jobs| jobs as usize)
}

/// Runs trials in child processes.
struct Runner<'a> {
    folder: &'a Folder,
    data: Option<&'a Path>,
    threads: usize,
    stop: &'a AtomicBool,
}

impl Runner<'_> {
    /// Runs these trials, `jobs` at a time; completed ones remain whatever happens to the others.
    fn run_all(&self, keys: &[&String], jobs: usize) -> Result<(), Failure> {
        let mut waiting = keys.iter().rev().collect::<Vec<_>>();
        let mut running: Vec<(&String, Child)> = Vec::new();
        let (mut done, mut failures) = (0, Vec::new());
        while !(waiting.is_empty() && running.is_empty()) {
            if self.stop.load(Ordering::Relaxed) {
                // Ctrl-C in a terminal reaches the children as well; a signal to this process alone does not.
                for (_, child) in &mut running {
                    let _ = child.kill().and_then(|()| child.wait()); // it may have ended just now
                }
                return Err(format!(
                    "stopped with {done} of {} trials done; run the same command again to continue",
                    keys.len()
                )
                .into());
            }
            while running.len() < jobs
                && let Some(key) = waiting.pop()
            {
                running.push((key, self.start(key)?));
            }
            let mut still = Vec::new();
            for (key, mut child) in running {
                match child.try_wait()? {
                    None => still.push((key, child)),
                    Some(status) if status.success() => {
                        done += 1;
                        self.report(key, done, keys.len());
                    }
                    Some(status) => failures.push(format!("{}: {status}", self.folder.recipe_path(key).display())),
                }
            }
            running = still;
            std::thread::sleep(Duration::from_millis(20));
        }
        match failures.first() {
            None => Ok(()),
            Some(first) => {
                Err(format!("{} of {} trials failed, the first: {first}", failures.len(), keys.len()).into())
            }
        }
    }

    fn start(&self, key: &str) -> Result<Child, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("trial").arg("--recipe").arg(self.folder.recipe_path(key));
        command.arg("--result").arg(self.folder.result_path(key));
        command.arg("--threads").arg(self.threads.to_string());
        if let Some(data) = self.data {
            command.arg("--data").arg(data);
        }
        Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?)
    }

    fn report(&self, key: &str, done: usize, of: usize) {
        let Ok(text) = std::fs::read_to_string(self.folder.result_path(key)) else { return };
        if let Ok(result) = serde_json::from_str::<TrialResult>(&text) {
            let percent = 100.0 * result.validation_accuracy;
            eprintln!(
                "{done:>4}/{of}: {percent:6.2} %, {:>6} B, {:>7} cycles, {:.0} s: {}",
                result.weight_bytes, result.cycles, result.seconds, result.layers
            );
        }
    }
}

fn show(folder: &Folder, results: &[TrialResult], json: bool) -> Result<(), Failure> {
    for (objective, name, chart) in [
        (Objective::Bytes, "front-bytes.svg", bytes_chart(results)),
        (Objective::Cycles, "front-cycles.svg", cycles_chart(results)),
    ] {
        let path = folder.write(name, &svg(&chart))?;
        let on_front = front(results, objective);
        if json {
            for result in on_front {
                println!("{}", serde_json::json!({ "front": name.trim_end_matches(".svg"), "result": result }));
            }
            continue;
        }
        println!("\n{}\n", terminal(&chart, 72, 16).join("\n"));
        println!("{:>12} {:>7} {:>5} {:>8}  layers", "validation", "bytes", "RAM", "cycles");
        for result in on_front {
            println!(
                "{:>10.2} % {:>7} {:>5} {:>8}  {} (recipes/{}.toml)",
                100.0 * result.validation_accuracy,
                result.weight_bytes,
                result.scratch_bytes,
                result.cycles,
                result.layers,
                result.key
            );
        }
        println!("{}", path.display());
    }
    Ok(())
}

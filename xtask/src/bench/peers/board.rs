//! microflow and embedded-nn on the emulated Cortex-M4, counted by the same plugin as our layers.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::bench::catalogue::PEER_PROGRAMS;
use crate::bench::count::{Cost, Regions};
use crate::bench::measure::{Bench, Costs};
use crate::bench::pictures::Pictures;
use crate::bench::row::Row;
use crate::data::Dataset;
use crate::failure::Failure;
use crate::machine::{MACHINES, Machine};
use crate::toolchain::Route;
use crate::workspaces::PEERS as WORKSPACE;
use crate::{data, install, shell};

/// Address of memory that holds all images.
const PICTURES: &str = "0x21000000";

/// The `result` line of a program.
#[derive(Deserialize)]
struct Report {
    images: usize,
    stack_bytes: u64,
}

pub fn measure(bench: &Bench<'_>, unavailable: &mut Vec<String>) -> Result<Vec<Row>, Failure> {
    let machine = &MACHINES[0];
    let mut rows = Vec::new();
    if !bench.selection.has_core(machine.short) {
        return Ok(rows);
    }
    for (program, work, kernel) in PEER_PROGRAMS.into_iter().filter(|program| bench.selection.has_work(program.1)) {
        eprintln!("{kernel} on {}", machine.name);
        match install::ready(machine).and_then(|route| build(route, machine, program)) {
            Ok(elf) => rows.push(row(bench, machine, &elf, work, kernel)?),
            Err(error) => unavailable.push(format!("{kernel}: {error}")),
        }
    }
    Ok(rows)
}

fn build(route: Route, machine: &Machine, program: &str) -> Result<std::path::PathBuf, Failure> {
    let target = route.folder(WORKSPACE);
    let mut command = route.cargo("build", WORKSPACE, machine.target, &target);
    command.args(["--quiet", "--locked", "--profile", "m4", "--package", "peers-m4", "--bin", program]);
    shell::run(&mut command)?;
    Ok(target.join(machine.target).join("m4").join(program))
}

fn row(bench: &Bench<'_>, machine: &Machine, elf: &Path, work: &str, kernel: &str) -> Result<Row, Failure> {
    let (images, report) = run(bench, machine, elf, bench.test)?;
    let (dense, _) = run(bench, machine, elf, &Pictures::Whole.dense())?;
    let dense = dense.first().copied().ok_or("no dense input was measured")?;
    let row = Row::of_device(work, kernel, machine, &Costs { images, dense }, None)?;
    Ok(Row { stack_bytes: Some(report.stack_bytes), ..row })
}

/// Runs a program over images; it checks its own results and fails if they are wrong.
fn run(bench: &Bench<'_>, machine: &Machine, elf: &Path, images: &Dataset) -> Result<(Vec<Cost>, Report), Failure> {
    let files = data::write_files(images, bench.note.to_owned())?;
    let regions = Regions::new(bench.plugin)?;
    let pictures = files.folder.join(data::IMAGES).display().to_string().replace(',', ",,");
    let mut command = Command::new(machine.qemu);
    command.args(machine.options).args(["-display", "none", "-monitor", "none", "-serial", "null"]);
    command.args(["-semihosting-config", "enable=on,target=native", "-kernel"]).arg(elf);
    command.arg("-device").arg(format!("loader,file={pictures},addr={PICTURES},force-raw=on"));
    command.arg("-plugin").arg(regions.argument());
    let said = command.output().map_err(|error| format!("{} cannot be started: {error}", machine.qemu))?;
    let lines = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    let report = lines.lines().find_map(|line| line.strip_prefix("result "));
    let (true, Some(report)) = (said.status.success(), report) else {
        let name = elf.file_name().unwrap_or_default().display();
        return Err(format!("{name} ended with {}: {}", said.status, lines.trim()).into());
    };
    let report: Report = serde_json::from_str(report)?;
    if report.images != images.labels.len() {
        return Err(format!("{} images were run, expected {}", report.images, images.labels.len()).into());
    }
    Ok((regions.read(images.labels.len())?, report))
}

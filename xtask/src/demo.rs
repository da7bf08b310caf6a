//! `cargo xtask demo`: from training on this computer to the answer on the microcontroller.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::Failure;
use crate::machine::{self, MACHINES, Machine};
use crate::qemu::{self, Guest};
use crate::target_eval::{self, Report};
use crate::{firmware, install, shell};

/// Digits that are shown as pictures; of the others, only the answer is.
const PICTURES: usize = 3;

/// Arguments of `demo`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Machine that QEMU emulates.
    #[arg(long, value_name = "NAME", default_value = MACHINES[0].name)]
    machine: String,
    /// Folder with the MNIST files [default: $SINAPSE_DATA, the cache folder, drawn digits].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The fields of `sinapse eval --json` that are needed here.
#[derive(Deserialize)]
struct Evaluation {
    images: u32,
    correct: u32,
    accuracy: f64,
    logits_crc32: String,
}

/// Runs the command.
///
/// # Errors
///
/// A failed step, or different logits on this computer and the device.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let machine = machine::named(&arguments.machine)?;
    let data = arguments.data.map(std::path::absolute).transpose()?;
    let data = data.as_deref();
    let model = shell::target().join("demo").join("digits.postcard");

    headline("Set-up");
    let route = install::ready(machine)?;
    println!("{} ({}), built for {} with {}", machine.name, machine.core, machine.target, route.name());

    headline("Training on this computer");
    std::fs::create_dir_all(model.parent().unwrap_or(Path::new(".")))?;
    let mut train = shell::sinapse()?;
    train.args(["train", "--recipe", "recipes/demo.toml", "--out"]).arg(&model);
    shell::run(with_data(&mut train, data))?;
    let mut eval = shell::sinapse()?;
    eval.arg("eval").arg(&model).arg("--json");
    let host: Evaluation = serde_json::from_str(&shell::output(with_data(&mut eval, data))?)?;

    headline(&format!("Reading drawn digits on {} ({}) in QEMU", machine.name, machine.core));
    show_digits(machine, &model)?;

    headline(&format!("Reading all {} test images on {}", host.images, machine.name));
    let device = target_eval::evaluate(machine, &model, data)?;
    println!("{}", device.data);

    headline("Result");
    print(&host, &device);
    if host.logits_crc32 != device.logits_crc32 || host.correct != device.correct {
        return Err("this computer and the device do not compute the same logits".into());
    }
    Ok(())
}

fn headline(text: &str) {
    println!("\n== {text}");
}

fn with_data<'c>(command: &'c mut std::process::Command, data: Option<&Path>) -> &'c mut std::process::Command {
    if let Some(folder) = data {
        command.arg("--data").arg(folder);
    }
    command
}

/// Boots the firmware without arguments, so that it shows the compiled-in digits.
fn show_digits(machine: &Machine, model: &Path) -> Result<(), Failure> {
    let firmware = firmware::build(machine, model)?;
    let serial = firmware.serial_file();
    let mut answers = 0;
    let folder = shell::root();
    let guest = Guest { machine, elf: &firmware.elf, folder: &folder, arguments: &[], serial: &serial, plugin: None };
    qemu::boot(&guest, |line| {
        let answer = line.starts_with("read as");
        if answer || answers < PICTURES || line.contains("digits right") {
            println!("{line}");
        }
        answers += usize::from(answer);
    })?;
    println!("the serial port said: {}", std::fs::read_to_string(&serial)?.trim());
    Ok(())
}

fn print(host: &Evaluation, device: &Report) {
    let percent = |accuracy: f64| format!("{:.2} %", 100.0 * accuracy);
    let equal = if host.logits_crc32 == device.logits_crc32 { "yes, bit for bit" } else { "NO" };
    let ram = u64::from(device.stack_bytes) + device.sizes.ram_bytes;
    let rows = [
        ("data", device.data.clone()),
        ("accuracy, this computer", percent(host.accuracy)),
        ("accuracy, device", percent(device.accuracy)),
        ("equal logits", format!("{equal} (CRC-32 {} of {} images)", device.logits_crc32, device.images)),
        ("flash", format!("{} bytes, {} of them program", device.sizes.flash_bytes, device.sizes.program_bytes)),
        ("RAM", format!("{ram} bytes: {} static, {} stack", device.sizes.ram_bytes, device.stack_bytes)),
        ("instructions per image", format!("{}, at most {}", device.instructions_mean, device.instructions_max)),
    ];
    for (name, value) in rows {
        println!("{name:<24} {value}");
    }
}

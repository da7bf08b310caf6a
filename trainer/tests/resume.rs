//! Long trainings: killed, stopped, out of disk space, with other data. The last good state can always be resumed.
#![cfg(unix)] // signals and limits

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

mod program;

use program::{command, idx, sinapse, small_data, text};

/// Long enough to be killed several times, in both phases.
const RECIPE: &str = "name = \"x\"
[network]
shape = \"784-16-10\"
weights = 4
[training]
epochs = 40
quantised_epochs = 40
dropout = 0.1
learned_scales = false
damping = 0.5
[augmentation]
elastic_pixels = 0.5
pen = 0.2
";

/// A folder with data and a recipe.
struct Setup {
    data: TempDir,
    recipe: PathBuf,
}

impl Setup {
    fn new() -> Setup {
        let data = small_data(4_000);
        let recipe = data.path().join("recipe.toml");
        fs::write(&recipe, RECIPE).expect("a recipe");
        Setup { data, recipe }
    }

    fn out(&self, name: &str) -> PathBuf {
        self.data.path().join(name)
    }

    fn arguments<'a>(&'a self, out: &'a Path) -> Vec<&'a str> {
        vec!["train", "--recipe", text(&self.recipe), "--data", text(self.data.path()), "--out", text(out)]
    }

    /// Returns the blob of an undisturbed training.
    fn undisturbed(&self) -> Vec<u8> {
        let out = self.out("undisturbed");
        let output = sinapse(&self.arguments(&out));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(!checkpoint(&out).exists(), "a training that is over leaves no checkpoint");
        fs::read(out).expect("the blob")
    }

    fn start(&self, out: &Path, resume: bool) -> Child {
        let mut arguments = self.arguments(out);
        arguments.extend(resume.then_some("--resume"));
        command(&arguments).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    fn resumed(&self, out: &Path) -> Output {
        self.start(out, true).wait_with_output().expect("the program ends")
    }
}

fn checkpoint(out: &Path) -> PathBuf {
    PathBuf::from(format!("{}.checkpoint", out.display()))
}

/// Waits until the checkpoint differs from `old`; false if the program ended before.
fn wait_for_another(child: &mut Child, out: &Path, old: &Option<Vec<u8>>) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        if child.try_wait().expect("a child").is_some() {
            return false;
        }
        let now = fs::read(checkpoint(out)).ok();
        if now.is_some() && now != *old {
            return true;
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    panic!("no checkpoint within a minute");
}

/// Starts a training, kills it after its first checkpoint, and returns that checkpoint.
fn killed(setup: &Setup, out: &Path) -> Vec<u8> {
    let mut child = setup.start(out, false);
    assert!(wait_for_another(&mut child, out, &None), "the training ended too early to be killed");
    child.kill().expect("a signal");
    child.wait().expect("a child");
    fs::read(checkpoint(out)).expect("the checkpoint")
}

/// Returns the last line on standard error of a training that must fail.
fn error(output: Output) -> String {
    let message = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{message}");
    let last = message.lines().last().unwrap_or_default();
    assert!(last.starts_with("error: "), "{message}");
    last.to_owned()
}

#[test]
fn a_training_killed_repeatedly_gives_the_blob_of_an_undisturbed_one() {
    let setup = Setup::new();
    let expected = setup.undisturbed();
    let out = setup.out("killed");
    let mut kills = 0;
    let mut old = None;
    loop {
        let mut child = setup.start(&out, old.is_some());
        if !wait_for_another(&mut child, &out, &old) {
            let output = child.wait_with_output().expect("the program ends");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            break;
        }
        // Kills fall into the middle of epochs and, as often, into the writing of checkpoints.
        std::thread::sleep(Duration::from_millis(7 * kills % 50));
        child.kill().expect("a signal");
        child.wait().expect("a child");
        kills += 1;
        old = fs::read(checkpoint(&out)).ok();
        if !checkpoint(&out).exists() {
            break; // it has just ended
        }
        if kills == 8 {
            let output = setup.resumed(&out);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            break;
        }
    }
    assert!(kills > 1, "{kills} kills");
    assert_eq!(fs::read(&out).expect("the blob"), expected);
    assert!(!checkpoint(&out).exists());
}

#[test]
fn ctrl_c_exports_the_best_network_and_the_training_resumes() {
    let setup = Setup::new();
    let out = setup.out("stopped");
    let mut child = setup.start(&out, false);
    assert!(wait_for_another(&mut child, &out, &None), "the training ended too early to be stopped");
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
    let output = child.wait_with_output().expect("the program ends");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.success() && said.contains("continue from this checkpoint with --resume"), "{said}");
    assert!(sinapse(&["inspect", text(&out)]).status.success(), "a sound blob is left");

    let output = setup.resumed(&out);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read(&out).expect("the blob"), setup.undisturbed());
}

#[test]
fn a_checkpoint_of_another_data_set_is_refused_and_remains() {
    let setup = Setup::new();
    let out = setup.out("other");
    let kept = killed(&setup, &out);
    let labels = setup.data.path().join("train-labels-idx1-ubyte");
    fs::write(labels, idx(0x801, &[4_000], &[3; 4_000])).expect("labels");
    let message = error(setup.resumed(&out));
    assert!(message.contains("other.checkpoint: made with other training images (CRC-32 "), "{message}");
    assert_eq!(fs::read(checkpoint(&out)).expect("the checkpoint"), kept);
    assert!(!out.exists());
}

#[test]
fn a_checkpoint_of_another_recipe_is_refused_with_both_values() {
    let setup = Setup::new();
    let out = setup.out("other");
    let kept = killed(&setup, &out);
    fs::write(&setup.recipe, RECIPE.replace("dropout = 0.1", "dropout = 0.2")).expect("a recipe");
    let message = error(setup.resumed(&out));
    assert!(message.contains("another recipe (dropout = 0.1") && message.contains("dropout = 0.2"), "{message}");
    assert_eq!(fs::read(checkpoint(&out)).expect("the checkpoint"), kept);
}

#[test]
fn a_missing_or_damaged_checkpoint_is_named() {
    let setup = Setup::new();
    let out = setup.out("none");
    let message = error(setup.resumed(&out));
    assert!(message.contains("none.checkpoint: ") && message.contains("without --resume"), "{message}");
    fs::write(checkpoint(&out), "something else").expect("a file");
    let message = error(setup.resumed(&out));
    assert!(message.contains("not a checkpoint of this version"), "{message}");
}

#[test]
fn a_full_disk_ends_the_training_and_the_last_good_checkpoint_stays() {
    let setup = Setup::new();
    let out = setup.out("full");
    let kept = killed(&setup, &out);
    let program = command(&[]);
    // Files of at most 32 or 64 KB, depending on the shell: less than a checkpoint.
    let output = Command::new("sh")
        .args(["-c", "ulimit -f 64; trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(program.get_program())
        .args(setup.arguments(&out))
        .arg("--resume")
        .output()
        .expect("a shell");
    let message = error(output);
    assert!(message.contains("cannot write") && message.contains("full.checkpoint"), "{message}");
    assert!(message.contains("the last good checkpoint is intact"), "{message}");
    assert_eq!(fs::read(checkpoint(&out)).expect("the checkpoint"), kept);
    let files = fs::read_dir(setup.data.path()).expect("the folder");
    let names: Vec<_> = files.map(|file| file.expect("a file").file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().ends_with(".tmp")), "{names:?}");

    let output = setup.resumed(&out);
    assert!(output.status.success(), "with room again: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read(&out).expect("the blob"), setup.undisturbed());
}

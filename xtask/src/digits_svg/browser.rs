//! Screenshots by a real browser engine.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::{install, shell};

/// Programs that are Chromium, or built on it, in the order in which they are tried.
const PROGRAMS: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Nothing but the page: no window, no network traffic of its own, one pixel for each CSS pixel.
///
/// The sandbox is off because root and most containers have none; the page is this repository's.
const OPTIONS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
];

/// Far more than a small page takes on a slow computer.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A browser that can be started.
pub struct Browser(&'static str);

/// An image of 8-bit RGB pixels.
pub struct Screenshot {
    /// Width, in pixels.
    pub width: usize,
    /// Pixels, row by row.
    pub pixels: Vec<[u8; 3]>,
}

impl Screenshot {
    /// The pixel in a place, if it is on the page.
    pub fn pixel(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        self.pixels.get(y * self.width + x).copied().filter(|_| x < self.width)
    }
}

impl Browser {
    /// Finds a browser, or installs one where that needs no question.
    ///
    /// # Errors
    ///
    /// No browser, and none that can be installed; the message has the command to run.
    pub fn ready() -> Result<Self, Failure> {
        if let Some(browser) = Self::find() {
            return Ok(browser);
        }
        eprintln!("setup: Chromium is missing");
        install::install_packages(&["chromium"])
            .map_err(|error| format!("Chromium is missing ({error}); install it with: apt-get install chromium"))?;
        Self::find().ok_or_else(|| "Chromium still cannot be started after installing chromium".into())
    }

    fn find() -> Option<Self> {
        PROGRAMS.into_iter().find(|program| shell::ask(Command::new(program).arg("--version")).is_some()).map(Browser)
    }

    /// Loads a page and takes a screenshot of its upper left corner.
    ///
    /// # Errors
    ///
    /// A browser that fails or takes too long, or a screenshot that is no 8-bit RGB or RGBA.
    pub fn screenshot(&self, page: &Path, (width, height): (usize, usize)) -> Result<Screenshot, Failure> {
        let folder = shell::target().join("browser").join(std::process::id().to_string());
        fs::create_dir_all(&folder)?;
        let file = folder.join("screenshot.png");
        let mut command = Command::new(self.0);
        command.args(OPTIONS).arg(format!("--user-data-dir={}", folder.join("profile").display()));
        command.arg(format!("--screenshot={}", file.display())).arg(format!("--window-size={width},{height}"));
        command.arg(format!("file://{}", page.display()));
        let outcome = run(&mut command, &folder.join("log")).and_then(|()| read_png(&file));
        let _ = fs::remove_dir_all(&folder); // a profile that stays behind does no harm
        outcome
    }
}

/// Runs a command for [`TIMEOUT`] at most; its output goes to a file, whose end is the error message.
fn run(command: &mut Command, log: &Path) -> Result<(), Failure> {
    let output = File::create(log)?;
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    let mut child = command.spawn()?;
    let deadline = Instant::now() + TIMEOUT;
    let status = loop {
        match child.try_wait()? {
            Some(status) => break status,
            None if Instant::now() < deadline => thread::sleep(Duration::from_millis(50)),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("the browser did not end within {} s", TIMEOUT.as_secs()).into());
            }
        }
    };
    if status.success() {
        return Ok(());
    }
    let log = fs::read_to_string(log).unwrap_or_default();
    Err(format!("the browser failed ({status}): {}", log.lines().last().unwrap_or_default()).into())
}

fn read_png(path: &Path) -> Result<Screenshot, Failure> {
    let file = File::open(path).map_err(|error| format!("the browser wrote no screenshot: {error}"))?;
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().ok_or("the screenshot is too large")?];
    let info = reader.next_frame(&mut bytes)?;
    let channels = match (info.color_type, info.bit_depth) {
        (png::ColorType::Rgb, png::BitDepth::Eight) => 3,
        (png::ColorType::Rgba, png::BitDepth::Eight) => 4,
        other => return Err(format!("the screenshot has pixels of kind {other:?}").into()),
    };
    let pixels = bytes.chunks_exact(channels).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Ok(Screenshot { width: info.width as usize, pixels })
}

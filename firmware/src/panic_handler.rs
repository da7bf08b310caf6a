//! The panic handler: one line in the log, then an exit code.

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::host::{ExitCode, exit};

static PANICKED: AtomicBool = AtomicBool::new(false);

/// Logs the location. The message is left out: formatting it would take more flash than the network's code.
#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    // The logger panics when it is re-entered: a panic within it must not log again.
    if !PANICKED.load(Ordering::Relaxed) {
        PANICKED.store(true, Ordering::Relaxed);
        match info.location() {
            Some(place) => defmt::error!("panicked at {=str}:{=u32}", place.file(), place.line()),
            None => defmt::error!("panicked"),
        }
    }
    exit(ExitCode::Panic)
}

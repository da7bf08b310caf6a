//! What happens when something goes wrong that cannot: one line in the log, and an exit code.

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::host::{ExitCode, exit};

static PANICKED: AtomicBool = AtomicBool::new(false);

/// Says where; the message is left out, because formatting would take more flash than the networks' code.
#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    // The logger panics when it is entered twice: a panic within it must not log again.
    if !PANICKED.load(Ordering::Relaxed) {
        PANICKED.store(true, Ordering::Relaxed);
        match info.location() {
            Some(place) => defmt::error!("panicked at {=str}:{=u32}", place.file(), place.line()),
            None => defmt::error!("panicked"),
        }
    }
    exit(ExitCode::Panic)
}

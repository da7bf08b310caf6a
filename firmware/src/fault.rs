//! What happens when something goes wrong that cannot: one line in the log, and an exit code.
#![allow(unsafe_code)] // `HardFault` is entered by the core, with registers that it has saved

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m_rt::{ExceptionFrame, exception};

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

/// Says which instruction faulted.
// SAFETY: the handler only reads the frame that the core has pushed, and never returns.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    defmt::error!("hard fault at {=u32:#010x}, called from {=u32:#010x}", frame.pc(), frame.lr());
    exit(ExitCode::Fault)
}

//! Entry and exit of the program.

#[cfg(target_arch = "wasm32")]
use core::arch::wasm32::unreachable as fail;
use core::panic::PanicInfo;

/// Entry for Node.
#[cfg(target_arch = "wasm32")]
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn check() -> u32 {
    crate::compare::all()
}

/// Entry for Linux, or QEMU in its place.
#[cfg(target_arch = "aarch64")]
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    // An exit code has only eight bits.
    exit(crate::compare::all().min(99))
}

#[cfg(target_arch = "aarch64")]
fn fail() -> ! {
    exit(101)
}

#[cfg(target_arch = "aarch64")]
fn exit(code: u32) -> ! {
    const EXIT: u32 = 93;
    // SAFETY: the system call ends the program.
    unsafe { core::arch::asm!("svc 0", in("w8") EXIT, in("w0") code, options(noreturn)) }
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    fail()
}

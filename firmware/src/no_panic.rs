//! The panic handler of programs that must not be able to panic.
#![allow(unsafe_code)] // a function that does not exist

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    unsafe extern "C" {
        fn a_panic_can_still_be_reached() -> !;
    }
    // SAFETY: never called: there is no such function, so a program that reaches this call does not link.
    unsafe { a_panic_can_still_be_reached() }
}

//! The table of interrupts of a program that waits for none: 240 entries for a Cortex-M4 would be a kilobyte of flash.
#![allow(unsafe_code)] // a symbol that `cortex-m-rt` asks for

unsafe extern "C" {
    /// What `cortex-m-rt` enters for everything without a handler.
    safe fn DefaultHandler();
}

/// The least that `cortex-m-rt` takes for a table.
// SAFETY: the name and the section that `cortex-m-rt` documents for it; nothing else has them.
#[unsafe(no_mangle)]
#[unsafe(link_section = ".vector_table.interrupts")]
pub static __INTERRUPTS: [extern "C" fn(); 1] = [DefaultHandler];

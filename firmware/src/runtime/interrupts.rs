//! The interrupt vectors of a program that enables no interrupt: all 240 entries would take a kilobyte of flash.
#![allow(unsafe_code)] // a symbol that `cortex-m-rt` expects

unsafe extern "C" {
    /// Handler of everything that has none of its own.
    safe fn DefaultHandler();
}

/// The smallest table that `cortex-m-rt` accepts.
// SAFETY: name and section are those that `cortex-m-rt` documents; nothing else uses them.
#[unsafe(no_mangle)]
#[unsafe(link_section = ".vector_table.interrupts")]
pub static __INTERRUPTS: [extern "C" fn(); 1] = [DefaultHandler];

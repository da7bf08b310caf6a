//! Callbacks and functions of QEMU's plugin interface, version 1 (QEMU 6.2 and later).
//!
//! QEMU's `include/qemu/qemu-plugin.h` documents the functions; only those in use are declared here.
#![allow(unsafe_code)] // a C interface

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Mutex;

use crate::instruction::{Architecture, Instruction};
use crate::regions::Regions;

type PluginId = u64;

/// A translated block of instructions (opaque).
#[repr(C)]
struct Block(c_void);

/// An instruction of a block (opaque).
#[repr(C)]
struct Handle(c_void);

unsafe extern "C" {
    fn qemu_plugin_register_vcpu_tb_trans_cb(id: PluginId, callback: extern "C" fn(PluginId, *mut Block));
    fn qemu_plugin_tb_n_insns(block: *const Block) -> usize;
    fn qemu_plugin_tb_get_insn(block: *const Block, index: usize) -> *mut Handle;
    fn qemu_plugin_insn_data(instruction: *const Handle) -> *const u8;
    fn qemu_plugin_insn_size(instruction: *const Handle) -> usize;
    fn qemu_plugin_insn_vaddr(instruction: *const Handle) -> u64;
    fn qemu_plugin_insn_disas(instruction: *const Handle) -> *mut c_char;
    fn qemu_plugin_register_vcpu_insn_exec_cb(
        instruction: *mut Handle,
        callback: extern "C" fn(c_uint, *mut c_void),
        flags: c_int,
        data: *mut c_void,
    );
    fn qemu_plugin_register_atexit_cb(id: PluginId, callback: extern "C" fn(PluginId, *mut c_void), data: *mut c_void);
    /// Of the C library: frees QEMU's disassembly.
    fn free(pointer: *mut c_void);
}

/// The first field of `qemu_info_t`; the others are not used.
#[repr(C)]
pub struct Info {
    /// `arm`, `riscv32`.
    target: *const c_char,
}

/// Flag of callbacks that read no registers.
const NO_REGISTERS: c_int = 0;

/// Version of the interface that this plugin uses.
// SAFETY: QEMU looks this name up; nothing else has it.
#[unsafe(no_mangle)]
pub static qemu_plugin_version: c_int = 1;

struct State {
    architecture: Architecture,
    regions: Regions<BufWriter<File>>,
    profile: Option<BufWriter<File>>,
}

static STATE: Mutex<Option<State>> = Mutex::new(None);

/// Entry point, called once by QEMU with `out=FILE` and optionally `profile=FILE`.
///
/// # Safety
///
/// `info` and the `count` strings of `arguments` are those that QEMU passes.
// SAFETY: QEMU looks this name up; nothing else has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qemu_plugin_install(
    id: PluginId,
    info: *const Info,
    count: c_int,
    arguments: *const *const c_char,
) -> c_int {
    // SAFETY: as this function's callers promise.
    let target = unsafe { CStr::from_ptr((*info).target) };
    let architecture = match target.to_bytes() {
        b"arm" => Architecture::Arm,
        b"riscv32" | b"riscv64" => Architecture::RiscV,
        _ => return refuse(&format!("marks of {target:?} are not known; expected arm or riscv32")),
    };
    // SAFETY: as above.
    let arguments = (0..count as usize).map(|index| unsafe { CStr::from_ptr(*arguments.add(index)) });
    let arguments: Vec<_> = arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
    let file =
        |name: &str| arguments.iter().find_map(|argument| argument.strip_prefix(name)).map(File::create).transpose();
    let (out, profile) = match (file("out="), file("profile=")) {
        (Ok(Some(out)), Ok(profile)) => (out, profile),
        (Ok(None), _) => return refuse("out=FILE is missing"),
        (Err(error), _) | (_, Err(error)) => return refuse(&error.to_string()),
    };
    let state =
        State { architecture, regions: Regions::new(BufWriter::new(out)), profile: profile.map(BufWriter::new) };
    with_state(|place| *place = Some(state));
    // SAFETY: the callbacks have the types that QEMU expects, and live as long as the process.
    unsafe {
        qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
        qemu_plugin_register_atexit_cb(id, at_exit, std::ptr::null_mut());
    }
    0
}

fn refuse(reason: &str) -> c_int {
    eprintln!("sinapse-counter: {reason}");
    -1
}

fn with_state(work: impl FnOnce(&mut Option<State>)) {
    match STATE.lock() {
        Ok(mut state) => work(&mut state),
        Err(poisoned) => work(&mut poisoned.into_inner()),
    }
}

/// Called by QEMU for each translated block: gives every instruction a number and a callback.
extern "C" fn translate(_: PluginId, block: *mut Block) {
    with_state(|state| {
        let Some(state) = state else { return };
        // SAFETY: QEMU keeps the block and its instructions alive during this callback; the text is ours to free.
        unsafe {
            for index in 0..qemu_plugin_tb_n_insns(block) {
                let handle = qemu_plugin_tb_get_insn(block, index);
                let bytes = std::slice::from_raw_parts(qemu_plugin_insn_data(handle), qemu_plugin_insn_size(handle));
                let text = qemu_plugin_insn_disas(handle);
                let readable = if text.is_null() { Default::default() } else { CStr::from_ptr(text).to_string_lossy() };
                let instruction =
                    Instruction::new(state.architecture, qemu_plugin_insn_vaddr(handle) as u32, bytes, readable.trim());
                free(text.cast());
                let number = state.regions.add(instruction);
                qemu_plugin_register_vcpu_insn_exec_cb(
                    handle,
                    execute,
                    NO_REGISTERS,
                    std::ptr::without_provenance_mut(number),
                );
            }
        }
    });
}

extern "C" fn execute(_: c_uint, number: *mut c_void) {
    with_state(|state| {
        if let Some(state) = state {
            report(state.regions.execute(number.addr()));
        }
    });
}

extern "C" fn at_exit(_: PluginId, _: *mut c_void) {
    with_state(|state| {
        if let Some(State { regions, profile, .. }) = state {
            report(regions.finish(profile.as_mut().map(|profile| profile as &mut dyn Write)));
        }
    });
}

fn report(result: std::io::Result<()>) {
    if let Err(error) = result {
        eprintln!("sinapse-counter: cannot write: {error}");
    }
}

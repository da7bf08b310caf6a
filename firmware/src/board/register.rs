//! Memory-mapped registers.
#![allow(unsafe_code)] // volatile reads and writes; whoever names an address promises what it is

use core::marker::PhantomData;

/// A register, of 32 bits unless said otherwise.
pub struct Register<T = u32>(u32, PhantomData<T>);

impl<T> Register<T> {
    /// The register at an address.
    ///
    /// # Safety
    ///
    /// There is one, which may be read and written at any time, and no value written to it makes the board write memory.
    pub const unsafe fn at(address: u32) -> Self {
        Register(address, PhantomData)
    }

    /// Reads it.
    #[inline(always)]
    pub fn read(&self) -> T {
        // SAFETY: as `at` was promised.
        unsafe { (self.0 as *const T).read_volatile() }
    }

    /// Writes it.
    #[inline(always)]
    pub fn write(&self, value: T) {
        // SAFETY: as `at` was promised.
        unsafe { (self.0 as *mut T).write_volatile(value) }
    }
}

//! Memory-mapped registers.
#![allow(unsafe_code)] // volatile accesses; whoever names an address vouches for it

use core::marker::PhantomData;

/// A register, of 32 bits by default.
pub struct Register<T = u32>(u32, PhantomData<T>);

impl<T> Register<T> {
    /// The register at an address.
    ///
    /// # Safety
    ///
    /// A register of type `T` must be there that may be read and written at any time, and no write to it may make the
    /// board write memory.
    pub const unsafe fn at(address: u32) -> Self {
        Register(address, PhantomData)
    }

    /// Reads the register.
    #[inline(always)]
    pub fn read(&self) -> T {
        // SAFETY: the caller of `at` has vouched for the address.
        unsafe { (self.0 as *const T).read_volatile() }
    }

    /// Writes the register.
    #[inline(always)]
    pub fn write(&self, value: T) {
        // SAFETY: the caller of `at` has vouched for the address.
        unsafe { (self.0 as *mut T).write_volatile(value) }
    }
}

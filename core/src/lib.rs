//! Sinapse (skeleton).
#![no_std]

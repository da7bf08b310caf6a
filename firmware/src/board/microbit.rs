//! The BBC micro:bit, first version: nRF51822 (Cortex-M0, 16 MHz).
//!
//! Source: Nordic Semiconductor, "nRF51 Series Reference Manual" (CLOCK, TIMER, UART, GPIO); "micro:bit hardware"
//! (pins).
#![allow(unsafe_code)] // addresses of registers

use core::convert::Infallible;

use defmt_semihosting as _; // the logger
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write;
use sinapse_firmware::count::{Counter, Unit};

use super::register::Register;

/// The register at an offset in a peripheral.
const fn register(peripheral: Peripheral, offset: u32) -> Register {
    // SAFETY: addresses and offsets in this file are from the manual; none of these peripherals writes memory.
    unsafe { Register::at(peripheral as u32 + offset) }
}

/// Peripherals in use.
#[derive(Clone, Copy)]
enum Peripheral {
    Clock = 0x4000_0000,
    Uart = 0x4000_2000,
    Timer0 = 0x4000_8000,
    Gpio = 0x5000_0000,
}

const CRYSTAL_START: Register = register(Peripheral::Clock, 0x000);
const CRYSTAL_STARTED: Register = register(Peripheral::Clock, 0x100);

const UART_START_TRANSMITTER: Register = register(Peripheral::Uart, 0x008);
const UART_SENT: Register = register(Peripheral::Uart, 0x11C);
const UART_ENABLE: Register = register(Peripheral::Uart, 0x500);
const UART_TRANSMIT_PIN: Register = register(Peripheral::Uart, 0x50C);
const UART_DATA: Register = register(Peripheral::Uart, 0x51C);
const UART_BAUD: Register = register(Peripheral::Uart, 0x524);

const TIMER_START: Register = register(Peripheral::Timer0, 0x000);
const TIMER_CAPTURE: Register = register(Peripheral::Timer0, 0x040);
const TIMER_BITS: Register = register(Peripheral::Timer0, 0x508);
const TIMER_PRESCALER: Register = register(Peripheral::Timer0, 0x510);
const TIMER_CAPTURED: Register = register(Peripheral::Timer0, 0x540);

const GPIO_SET: Register = register(Peripheral::Gpio, 0x508);
const GPIO_CLEAR: Register = register(Peripheral::Gpio, 0x50C);
const GPIO_OUTPUTS: Register = register(Peripheral::Gpio, 0x518);

/// Pin to the USB interface chip.
const TRANSMIT_PIN: u32 = 24;
/// The first LED is between its row (high when lit) and its column (low when lit).
const LED_COLUMN: u32 = 1 << 4;
const LED_ROW: u32 = 1 << 13;
/// 115,200 baud.
const BAUD: u32 = 0x01D7_E000;
/// Clock of core and timer, in MHz.
const TICKS_PER_US: u32 = 16;

/// The board's peripherals.
pub struct Board {
    /// The UART to the USB interface chip, 115,200 baud.
    pub serial: Serial,
    /// The LED in the corner of the matrix.
    pub led: Led,
    /// Busy waiting.
    pub delay: Delay,
    /// Counter of cycles or instructions.
    pub counter: Cost,
}

impl Board {
    /// Sets up the board; returns `None` on the second call.
    pub fn take() -> Option<Self> {
        cortex_m::Peripherals::take()?;
        // The internal oscillator, in use since reset, is not accurate enough for the UART.
        CRYSTAL_START.write(1);
        while CRYSTAL_STARTED.read() == 0 {}
        GPIO_OUTPUTS.write(LED_COLUMN | LED_ROW | 1 << TRANSMIT_PIN);
        UART_TRANSMIT_PIN.write(TRANSMIT_PIN);
        UART_BAUD.write(BAUD);
        UART_ENABLE.write(4);
        UART_START_TRANSMITTER.write(1);
        Some(Board { serial: Serial(()), led: Led(()), delay: Delay(()), counter: Cost::start() })
    }
}

/// The transmit half of the UART.
pub struct Serial(());

impl embedded_io::ErrorType for Serial {
    type Error = Infallible;
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            UART_SENT.write(0);
            UART_DATA.write(u32::from(byte));
            while UART_SENT.read() == 0 {}
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(()) // `write` has waited
    }
}

/// The LED in the corner of the matrix.
pub struct Led(());

impl ErrorType for Led {
    type Error = Infallible;
}

impl OutputPin for Led {
    fn set_low(&mut self) -> Result<(), Infallible> {
        GPIO_CLEAR.write(LED_ROW);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        GPIO_CLEAR.write(LED_COLUMN);
        GPIO_SET.write(LED_ROW);
        Ok(())
    }
}

/// Current count of the timer, 32 bits.
#[inline(always)]
fn ticks() -> u32 {
    TIMER_CAPTURE.write(1);
    TIMER_CAPTURED.read()
}

/// Busy waiting on the timer.
pub struct Delay(());

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        let wanted = (u64::from(ns) * u64::from(TICKS_PER_US)).div_ceil(1000);
        let start = ticks();
        while u64::from(ticks().wrapping_sub(start)) < wanted {}
    }
}

/// Counter of cost, derived from TIMER0: this core has neither a cycle counter nor SysTick.
#[derive(Clone, Copy)]
pub struct Cost(Unit);

impl Cost {
    /// Starts the timer and finds out what it counts.
    fn start() -> Self {
        TIMER_BITS.write(3); // 32
        TIMER_PRESCALER.write(0); // 16 MHz
        TIMER_START.write(1);
        // A thousand iterations of `subs` and `bne` take 4,000 cycles. In QEMU they take 2,000 instructions of 64 ns,
        // 2,048 ticks.
        let start = ticks();
        cortex_m::asm::delay(1000);
        Cost(if ticks().wrapping_sub(start) > 3000 { Unit::Cycles } else { Unit::Instructions })
    }
}

impl Counter for Cost {
    #[inline(always)]
    fn bits(&self) -> u32 {
        32
    }

    #[inline(always)]
    fn now(&self) -> u32 {
        ticks()
    }

    fn unit(&self) -> Unit {
        self.0
    }

    fn ratio(&self) -> (u32, u32) {
        match self.0 {
            Unit::Cycles => (1, 1),
            Unit::Instructions => (64 * TICKS_PER_US, 1000), // 64 ns per instruction
        }
    }
}

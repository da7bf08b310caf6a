//! Ending the program because of what it was given.

/// Logs an error and ends the program with [`ExitCode::Refused`](crate::host::ExitCode::Refused).
macro_rules! refuse {
    ($($message:tt)*) => {{
        defmt::error!($($message)*);
        $crate::host::exit($crate::host::ExitCode::Refused)
    }};
}
pub(crate) use refuse;

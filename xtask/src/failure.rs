//! The error type of all commands.

/// Any error; `main` prints it on one line.
pub type Failure = Box<dyn std::error::Error>;

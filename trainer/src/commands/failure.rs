//! Failures of a command.

/// Any library's error; `main` prints it on one line.
pub type Failure = Box<dyn std::error::Error>;

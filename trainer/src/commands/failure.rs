//! Failures of a command.

/// An error of any library; `main` prints it on one line.
pub type Failure = Box<dyn std::error::Error>;

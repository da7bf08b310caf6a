//! Not yet.
pub fn run() -> Result<(), crate::Failure> {
    Ok(())
}

//! Not yet.
/// Arguments.
#[derive(clap::Args)]
pub struct Arguments {}
pub fn run(_: Arguments) -> Result<(), crate::Failure> {
    Ok(())
}

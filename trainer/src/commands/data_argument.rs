//! The argument `--data`.

use std::path::PathBuf;

/// Where the images come from.
#[derive(clap::Args)]
pub struct DataArgument {
    /// Folder with four IDX files as MNIST has them, raw or gzip, or with class-named folders of PNG files, in `train` and `test` or
    /// alone [default: $SINAPSE_DATA, the cache folder, drawn digits].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

//! The argument `--data`.

use std::path::PathBuf;

/// Location of the images.
#[derive(clap::Args)]
pub struct DataArgument {
    /// Folder with four IDX files like MNIST's, raw or gzip, or with one folder of PNG files per class, optionally
    /// inside `train` and `test` [default: $SINAPSE_DATA, the cache folder, drawn digits].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

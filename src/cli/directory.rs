//! What can be said about the page of many instances.

use clap::Args;
use std::path::PathBuf;

/// Arguments of `directory`.
#[derive(Debug, Args)]
pub struct Directory {
    /// The folder with one inventory an instance; files that end in .yml or .yaml
    pub folder: PathBuf,
    /// The folder to write; it must be new or empty
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
}

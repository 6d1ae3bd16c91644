//! What can be said about the privacy documents.

use super::Tongue;
use clap::{Args, Subcommand};
use std::net::IpAddr;
use std::path::PathBuf;

/// Verbs about the privacy documents.
#[derive(Debug, Subcommand)]
pub enum Papers {
    /// Write every paper as Markdown and as a page to print; without --host no connection is made
    Write(WritePapers),
    /// Search the host for one address and one time, and answer the person who asks (GDPR art. 15)
    AccessRequest(AccessRequest),
    /// Print whom the instance asks and names, with purpose, operator and country; no connection is made
    Egress(EgressPaper),
}

/// Arguments of `papers write`.
#[derive(Debug, Args)]
pub struct WritePapers {
    /// The inventory
    pub inventory: PathBuf,
    /// The folder to write; it must be new or empty
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
    /// Only in this language; may be said more than once
    #[arg(long)]
    pub language: Vec<Tongue>,
    /// Also look at the host, and name its release and the versions of its programs; read-only
    #[arg(long)]
    pub host: bool,
}

/// Arguments of `papers access-request`.
#[derive(Debug, Args)]
pub struct AccessRequest {
    /// The inventory
    pub inventory: PathBuf,
    /// The IP address that the person says they had
    #[arg(long, value_name = "IP")]
    pub address: IpAddr,
    /// When they were connected, as '2026-12-01 19:30'; an hour before and after is searched
    #[arg(long, value_name = "TIME")]
    pub at: String,
    /// The time zone of --at, such as Europe/Amsterdam; otherwise that of this machine
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// The language of the letter; otherwise the first one of the inventory
    #[arg(long)]
    pub language: Option<Tongue>,
    /// The letter to write, as Markdown; only you can read it, and nothing is overwritten
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
}

/// Arguments of `papers egress`.
#[derive(Debug, Args)]
pub struct EgressPaper {
    /// The inventory
    pub inventory: PathBuf,
    /// Print JSON for machines
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,
    /// Print Markdown for a record of processing
    #[arg(long)]
    pub markdown: bool,
}

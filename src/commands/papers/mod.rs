//! `papers`: the privacy documents, and the answer to a request for access.

mod access;
mod egress;
mod write;

use super::terminal::Terminal;
use crate::cli::Papers;
use crate::exit::Exit;
use anyhow::Result;
use std::path::Path;

pub(super) fn run(verb: &Papers, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    match verb {
        Papers::Write(args) => write::run(args, ssh_config, terminal),
        Papers::Egress(args) => egress::run(args, terminal),
        Papers::AccessRequest(args) => access::run(args, ssh_config, terminal),
    }
}

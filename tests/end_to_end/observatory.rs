//! Mozilla Observatory's own scanner as an independent judge of the headers.

use crate::lab::repository;
use crate::program::Deployment;
use crate::story::Story;
use crate::visitor::Visitor;
use std::process::Command;

/// What is graded: the landing page, the statement, the door, and a room.
const PATHS: [&str; 5] = ["/", "/en/", "/privacy", "/door", "/71935068240159374826"];

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor) {
    let folder = repository().join("tests/observatory");
    let mut command = Command::new(repository().join("tests/lab/lab"));
    command.arg("operator").arg("node").arg(folder.join("scan.mjs")).arg(&visitor.domain).args(PATHS);
    command.env("LAB_DIR", &deployment.lab.folder).env("NODE_EXTRA_CA_CERTS", &visitor.authority);
    story.script("Mozilla Observatory's scanner gives an A+", &mut command, "");
}

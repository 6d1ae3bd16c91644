//! The papers: every derived sentence flips with its fact, each point that the law asks for is there, blanks are counted,
//! values stay inert, sentences are short, and the pages are sound.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod support;

#[path = "papers/facts.rs"]
mod facts;
#[path = "papers/inert.rs"]
mod inert;
#[path = "papers/law.rs"]
mod law;
#[path = "papers/pages.rs"]
mod pages;
#[path = "papers/parties.rs"]
mod parties;
#[path = "papers/plain.rs"]
mod plain;
#[path = "papers/search.rs"]
mod search;
#[path = "papers/written.rs"]
mod written;

use std::sync::OnceLock;
use vc4all_deploy::model::deployment::{Deployment, Language};
use vc4all_deploy::papers::{Known, Paper, Written};
use vc4all_deploy::render::Renderer;

/// A deployment of the repository's inventories.
fn deployment(name: &str) -> Deployment {
    support::deployments().into_iter().find(|(known, _)| known == name).unwrap().1
}

/// The templates are parsed once for all tests.
fn renderer() -> &'static Renderer {
    static ONE: OnceLock<Renderer> = OnceLock::new();
    ONE.get_or_init(|| Renderer::new().unwrap())
}

/// Every paper of a deployment in every language.
fn papers(deployment: &Deployment) -> Vec<Written> {
    let known = Known::offline(deployment);
    let all = Language::ALL.into_iter().flat_map(|language| Paper::ALL.map(|paper| (paper, language)));
    all.map(|(paper, language)| Written::of(paper, language, &known, renderer()).unwrap()).collect()
}

fn paper(paper: Paper, language: Language, deployment: &Deployment) -> Written {
    papers(deployment).into_iter().find(|one| one.paper == paper && one.language == language).unwrap()
}

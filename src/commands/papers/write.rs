//! `papers write`: every paper of a deployment as Markdown and as a page, with a list of what only a person can fill in.

use crate::cli::WritePapers;
use crate::commands::blueprint::Blueprint;
use crate::commands::folder;
use crate::commands::language::spoken;
use crate::commands::session::Session;
use crate::commands::terminal::Terminal;
use crate::exit::Exit;
use crate::model::deployment::Language;
use crate::papers::{HostFacts, Index, Known, Paper, Written};
use crate::render::Renderer;
use anyhow::Result;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &WritePapers, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let blueprint = Blueprint::load(&args.inventory)?;
    let host = if args.host { Some(look(args, ssh_config, terminal)?) } else { None };
    let known = Known { host: host.as_ref(), ..Known::offline(&blueprint.deployment) };
    let papers = papers(&known, &languages(args), &blueprint.renderer)?;
    let files = files(&papers, &blueprint)?;
    folder::fill(&args.output, files.iter().map(|(place, text)| (place.clone(), text.as_str())))?;
    terminal.print(&table(&papers))?;
    let (count, blanks) = (papers.len(), papers.iter().map(|paper| paper.blanks).sum::<usize>());
    let domain = &blueprint.deployment.domain;
    terminal.note(&format!(
        "{count} papers for {domain} are in {}; begin with index.html. Only a person can fill the {blanks} blanks.",
        args.output.display()
    ));
    Ok(Exit::Done)
}

/// What the living host adds.
fn look(args: &WritePapers, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<HostFacts> {
    let blueprint = Blueprint::with_agents(&args.inventory, None)?;
    Ok(HostFacts::of(&Session::open(&blueprint, ssh_config, terminal)?.seen))
}

/// Those that are named, otherwise all; the papers are for the operator's own file, whatever the pages speak.
fn languages(args: &WritePapers) -> Vec<Language> {
    let named: Vec<Language> = args.language.iter().map(|language| spoken(*language)).collect();
    let wanted = |language: &Language| named.is_empty() || named.contains(language);
    Language::ALL.into_iter().filter(wanted).collect()
}

fn papers(known: &Known<'_>, languages: &[Language], renderer: &Renderer) -> Result<Vec<Written>> {
    let all = languages.iter().flat_map(|language| Paper::ALL.map(|paper| (paper, *language)));
    all.map(|(paper, language)| Written::of(paper, language, known, renderer)).collect()
}

/// Each paper in both forms, and the list that leads to them.
fn files(papers: &[Written], blueprint: &Blueprint) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for paper in papers {
        files.push((format!("{}.md", paper.stem()).into(), paper.markdown.clone()));
        files.push((format!("{}.html", paper.stem()).into(), paper.page(&blueprint.renderer)?));
    }
    let index = Index::of(papers, &blueprint.deployment, &blueprint.renderer)?;
    files.push(("index.md".into(), index.markdown));
    files.push(("index.html".into(), index.page));
    Ok(files)
}

fn table(papers: &[Written]) -> String {
    let mut text = format!("{:<20} {:>6}  {}\n", "paper", "blanks", "title");
    for paper in papers {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{:<20} {:>6}  {}", paper.stem(), paper.blanks, paper.title);
    }
    text
}

//! The list that leads to the papers in a folder, with how much is left to fill in.

use super::markdown;
use super::paper::{Sheet, Written, page};
use crate::model::deployment::{Deployment, Language};
use crate::render::Renderer;
use anyhow::Result;
use serde::Serialize;

/// The list in both forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// As Markdown.
    pub markdown: String,
    /// As a page.
    pub page: String,
}

/// What the template sees.
#[derive(Serialize)]
struct List<'a> {
    domain: &'a str,
    operator: &'a str,
    rows: Vec<Row<'a>>,
    blanks: usize,
}

/// A paper in the list.
#[derive(Serialize)]
struct Row<'a> {
    title: &'a str,
    stem: String,
    language: &'static str,
    blanks: usize,
}

impl<'a> Row<'a> {
    fn of(paper: &'a Written) -> Self {
        let language = paper.language.code();
        Self { title: &paper.title, stem: paper.stem(), language, blanks: paper.blanks }
    }
}

impl Index {
    /// The list in the language of the first paper.
    ///
    /// # Errors
    /// When the template cannot hold a value.
    pub fn of(papers: &[Written], deployment: &Deployment, renderer: &Renderer) -> Result<Self> {
        let lang = papers.first().map_or(Language::En, |paper| paper.language).code();
        let list = List {
            domain: deployment.domain.as_str(),
            operator: deployment.operator.name.as_str(),
            rows: papers.iter().map(Row::of).collect(),
            blanks: papers.iter().map(|paper| paper.blanks).sum(),
        };
        let text = renderer.text(&format!("papers/{lang}/index.md"), &list)?;
        let title = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
        let page = page(&Sheet { lang, title }, &markdown::html_of(&text), renderer)?;
        Ok(Self { page, markdown: text })
    }
}

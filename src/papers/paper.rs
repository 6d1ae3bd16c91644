//! The papers of a deployment: each one is a Markdown template a language, of which the file and the page are made.

use super::facts::Facts;
use super::gathered::Gathered;
use super::host::HostFacts;
use super::{blanks, markdown};
use crate::model::deployment::{Deployment, Language};
use crate::render::Renderer;
use anyhow::{Context as _, Result};
use serde::Serialize;

/// A paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Paper {
    /// The privacy statement (GDPR art. 13).
    Statement,
    /// The few sentences that go with an invitation (GDPR art. 12(1), a first layer).
    Notice,
    /// The record of processing activities (GDPR art. 30(1)).
    Record,
    /// The beginning of a data protection impact assessment (GDPR art. 35).
    Impact,
    /// Who else has to do with the data (GDPR art. 28, art. 30(1)(d)).
    Processors,
    /// The beginning of an agreement with the hosting company (GDPR art. 28(3)).
    Agreement,
    /// The answer to somebody who asks which data there are (GDPR art. 15).
    Access,
    /// The beginning of an accessibility statement (Directive (EU) 2016/2102 art. 7).
    Accessibility,
}

impl Paper {
    /// All of them in the order in which people need them.
    pub const ALL: [Self; 8] = [
        Self::Statement,
        Self::Notice,
        Self::Record,
        Self::Impact,
        Self::Processors,
        Self::Agreement,
        Self::Access,
        Self::Accessibility,
    ];

    /// The name of its file without language and ending.
    pub fn word(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Notice => "notice",
            Self::Record => "record",
            Self::Impact => "impact",
            Self::Processors => "processors",
            Self::Agreement => "agreement",
            Self::Access => "access",
            Self::Accessibility => "accessibility",
        }
    }
}

/// A paper in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub paper: Paper,
    /// In which language.
    pub language: Language,
    /// What it is called: the words of its heading.
    pub title: String,
    /// The text.
    pub markdown: String,
    /// How many places only a person can fill.
    pub blanks: usize,
}

impl Written {
    /// Writes a paper from the deployment's facts, and those of the host where it was looked at.
    ///
    /// # Errors
    /// When the template cannot hold a value.
    pub fn of(paper: Paper, language: Language, known: &Known<'_>, renderer: &Renderer) -> Result<Self> {
        let template = format!("papers/{}/{}.md", language.code(), paper.word());
        let text = renderer.text(&template, &Facts::of(known, language))?;
        let (markdown, blanks) = blanks::numbered(&tidy(&text), language);
        let heading = markdown.lines().find_map(|line| line.strip_prefix("# "));
        let title = heading.with_context(|| format!("{template}: it has no title"))?.to_owned();
        Ok(Self { paper, language, title, markdown, blanks })
    }

    /// What goes into the `<main>` of a page.
    pub fn body(&self) -> String {
        markdown::html_of(&self.markdown)
    }

    /// A page of its own, to be read from a disk and to be printed.
    ///
    /// # Errors
    /// When the layout cannot hold the title.
    pub fn page(&self, renderer: &Renderer) -> Result<String> {
        page(&Sheet { lang: self.language.code(), title: &self.title }, &self.body(), renderer)
    }

    /// The name of its file without ending.
    pub fn stem(&self) -> String {
        format!("{}.{}", self.paper.word(), self.language.code())
    }
}

/// What is known about an instance.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// What was decided.
    pub deployment: &'a Deployment,
    /// What the host showed, where it was looked at.
    pub host: Option<&'a HostFacts>,
    /// What the host holds about one address, where somebody asked for it.
    pub answer: Option<&'a Gathered>,
}

impl<'a> Known<'a> {
    /// What follows from the inventory alone.
    pub fn offline(deployment: &'a Deployment) -> Self {
        Self { deployment, host: None, answer: None }
    }
}

/// What the layout of a page sees.
#[derive(Serialize)]
pub(super) struct Sheet<'a> {
    pub(super) lang: &'a str,
    pub(super) title: &'a str,
}

/// Puts a body into the layout of the papers.
pub(super) fn page(sheet: &Sheet<'_>, body: &str, renderer: &Renderer) -> Result<String> {
    filled(&renderer.text("papers/layout.html", sheet)?, body)
}

/// Puts a body into a page that has a place for it; no value can hold that place's name, because `<` is escaped.
///
/// # Errors
/// When the page has no such place.
pub fn filled(page: &str, body: &str) -> Result<String> {
    let (before, after) = page.split_once("<!-- paper -->").context("the layout of a paper has no place for it")?;
    Ok(format!("{before}{}{after}", body.trim_end()))
}

/// Conditions of a template leave empty lines behind; one is enough.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_some_and(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

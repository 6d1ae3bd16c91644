//! The privacy statement at `/privacy`.

use super::Scene;
use super::claims::public_file;
use super::landing::{Other, PAGES, others};
use crate::model::deployment::Language;
use crate::model::resource::Resource;
use crate::papers::statement::Statement;
use anyhow::Result;
use serde::Serialize;

/// What the template sees.
#[derive(Serialize)]
struct Page<'a> {
    others: Vec<Other>,
    #[serde(flatten)]
    statement: Statement<'a>,
}

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let mut wanted = Vec::new();
    for language in &scene.deployment.languages {
        let code = language.code();
        let others = others(scene, *language, |code| format!("/privacy/{code}"));
        let written = written(*language);
        let page = Page { others, statement: Statement::of(scene.deployment, written) };
        let text = scene.renderer.text(&format!("papers/{}.html", written.code()), &page)?;
        wanted.push(Resource::File(public_file(&format!("{PAGES}/{code}/privacy.html"), text)?));
    }
    Ok(wanted)
}

/// The language that the statement is written in; the page says so itself.
fn written(language: Language) -> Language {
    match language {
        Language::Nl | Language::En => language,
        Language::De | Language::Fr => Language::En,
    }
}

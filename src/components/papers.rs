//! The privacy statement at `/privacy`.

use super::Scene;
use super::claims::public_file;
use super::landing::{Other, PAGES, others};
use crate::model::deployment::Operator;
use crate::model::resource::Resource;
use crate::papers::{Known, Paper, Written, filled};
use anyhow::Result;
use serde::Serialize;

/// What the template around the statement sees.
#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    others: Vec<Other>,
    operator: &'a Operator,
}

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let known = Known::offline(scene.deployment);
    let mut wanted = Vec::new();
    for language in &scene.deployment.languages {
        let lang = language.code();
        let statement = Written::of(Paper::Statement, *language, &known, scene.renderer)?;
        let others = others(scene, *language, |code| format!("/privacy/{code}"));
        let page = Page { lang, others, operator: &scene.deployment.operator };
        let text = filled(&scene.renderer.text("papers/statement.html", &page)?, &statement.body())?;
        wanted.push(Resource::File(public_file(&format!("{PAGES}/{lang}/privacy.html"), text)?));
    }
    Ok(wanted)
}

//! Renders the embedded templates: strict names, no automatic escaping, one filter for each target language.

mod escape;

pub use escape::{FILTERS, html, markdown};

use anyhow::{Context as _, Result, anyhow};
use include_dir::{Dir, include_dir};
use serde::Serialize;
use tera::{Context, Tera};

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The parsed templates; make it once and hand it down.
pub struct Renderer {
    tera: Tera,
}

impl Renderer {
    /// Parses all templates.
    ///
    /// # Errors
    /// When a template does not parse; the message has its name, line and column.
    pub fn new() -> Result<Self> {
        let mut tera = Tera::new();
        tera.autoescape_on(Vec::<&str>::new());
        escape::register(&mut tera);
        let templates = template_files().filter(|(name, _)| name.ends_with(".tera"));
        tera.add_raw_templates(templates).map_err(|error| anyhow!(chain(&error))).context("parse the templates")?;
        Ok(Self { tera })
    }

    /// Renders the template `name` (its path below `templates/` without the ending `.tera`).
    ///
    /// # Errors
    /// When there is no such template, a name in it is not in `scope`, or a filter refuses a value.
    pub fn text(&self, name: &str, scope: &impl Serialize) -> Result<String> {
        let context = Context::from_serialize(scope).map_err(|error| anyhow!(chain(&error)))?;
        self.tera
            .render(&format!("{name}.tera"), &context)
            .map_err(|error| anyhow!(chain(&error)))
            .with_context(|| format!("render {name}"))
    }
}

/// A file of `templates/` that is used as it is (scripts, style sheets, plugins).
///
/// # Errors
/// When there is no such file, or it is not text.
pub fn fixed(name: &str) -> Result<&'static str> {
    TEMPLATES.get_file(name).and_then(|file| file.contents_utf8()).ok_or_else(|| anyhow!("no embedded file {name}"))
}

/// All embedded files with their path below `templates/`.
pub fn template_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    files_below(&TEMPLATES).into_iter()
}

fn files_below(folder: &'static Dir<'static>) -> Vec<(&'static str, &'static str)> {
    let here = folder.files().filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?)));
    let below = folder.dirs().flat_map(files_below);
    here.chain(below).collect()
}

/// Tera hides the cause behind `source()`; a person needs the whole chain.
fn chain(error: &tera::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

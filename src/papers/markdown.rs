//! A paper's Markdown as HTML: tables with scopes in a region that scrolls, marked blanks, links that tell nobody whence.

use super::blanks;
use crate::render;
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

/// What goes into the `<main>` of a page.
pub(super) fn html_of(markdown: &str) -> String {
    let marked = blanks::marked(markdown);
    let options = Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_DEFINITION_LIST;
    let mut place = Place::default();
    let events = Parser::new_ext(&marked, options).map(|event| place.seen(event));
    let mut text = String::with_capacity(marked.len() * 2);
    html::push_html(&mut text, events);
    text
}

/// Where the reader of events is.
#[derive(Default)]
struct Place {
    /// The anchor of the last heading; a table is called by it.
    heading: Option<String>,
    /// Whether this is the first row of a table.
    in_head: bool,
    /// Whether the next paragraph is the one below the title.
    below_title: bool,
}

impl Place {
    fn seen<'a>(&mut self, event: Event<'a>) -> Event<'a> {
        match event {
            Event::Start(Tag::Heading { level, id, classes, attrs }) => {
                self.heading = id.as_deref().map(str::to_owned);
                self.below_title = level == HeadingLevel::H1;
                Event::Start(Tag::Heading { level, id, classes, attrs })
            }
            Event::Start(Tag::Paragraph) if std::mem::take(&mut self.below_title) => raw("<p class=\"lead\">"),
            Event::Start(Tag::Table(_)) => raw(format!("{}<table>\n", self.region())),
            Event::End(TagEnd::Table) => raw("</tbody>\n</table>\n</div>\n"),
            Event::Start(Tag::TableHead) => {
                self.in_head = true;
                raw("<thead><tr>")
            }
            Event::End(TagEnd::TableHead) => {
                self.in_head = false;
                raw("</tr></thead>\n<tbody>\n")
            }
            Event::Start(Tag::TableRow) => raw("<tr>"),
            Event::End(TagEnd::TableRow) => raw("</tr>\n"),
            Event::Start(Tag::TableCell) => raw(if self.in_head { "<th scope=\"col\">" } else { "<td>" }),
            Event::End(TagEnd::TableCell) => raw(if self.in_head { "</th>" } else { "</td>" }),
            Event::Start(Tag::Link { link_type, dest_url, .. }) => raw(opened(link_type, &dest_url)),
            other => other,
        }
    }

    /// A table may be wider than a telephone: its region scrolls, also by keyboard.
    fn region(&self) -> String {
        match &self.heading {
            Some(id) => {
                let id = render::html(id);
                format!("<div class=\"scroll\" role=\"region\" aria-labelledby=\"{id}\" tabindex=\"0\">")
            }
            None => "<div class=\"scroll\">".to_owned(),
        }
    }
}

/// A link to another site does not say where the reader comes from.
fn opened(kind: LinkType, address: &str) -> String {
    let shown = render::html(address);
    match kind {
        LinkType::Email => format!("<a href=\"mailto:{shown}\">"),
        _ if address.starts_with("http") => format!("<a href=\"{shown}\" rel=\"noreferrer\">"),
        _ => format!("<a href=\"{shown}\">"),
    }
}

fn raw<'a>(text: impl Into<CowStr<'a>>) -> Event<'a> {
    Event::InlineHtml(text.into())
}

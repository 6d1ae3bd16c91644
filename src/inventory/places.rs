//! Where everything stands: saphyr's events → a tree of nodes with line and column.
//!
//! Built from events and not from a loaded document, so that anchors, aliases and tags are refused where they stand and
//! nothing is ever expanded.

use super::problems::{Place, Reports};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// A node and its place.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) at: Place,
    pub(super) kind: Kind,
}

/// What the node is; keys of a map may be any node here.
#[derive(Debug)]
pub(super) enum Kind {
    Scalar { text: String, plain: bool },
    List(Vec<Spot>),
    Map(Vec<(Spot, Spot)>),
}

/// Keeps the places that readers report inside the file: at its end they count on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ruler {
    last: usize,
}

impl Ruler {
    /// Measures the text.
    pub(super) fn of(text: &str) -> Self {
        Self { last: text.lines().count().max(1) }
    }

    /// The place, not below the last line.
    pub(super) fn place(self, line: usize, column: usize) -> Place {
        Place { line: line.clamp(1, self.last), column: column.max(1) }
    }
}

/// Deepest nesting; an inventory needs four.
const DEEPEST: usize = 12;

/// The one document of the file; nothing when there is none or it cannot be read.
pub(super) fn of(text: &str, reports: &Reports) -> Option<Spot> {
    let ruler = Ruler::of(text);
    let mut walk = Walk { open: Vec::new(), root: None, ruler, reports };
    for step in Parser::new_from_str(text) {
        let taken = match step {
            Ok((event, span)) => walk.take(event, span),
            Err(error) => {
                let mark = error.marker();
                let at = ruler.place(mark.line(), mark.col() + 1);
                let what = format!("this is not YAML: {}", error.info());
                reports.note(at, "", what, "look at the indentation, quotes and colons of this line and the one above");
                None
            }
        };
        taken?;
    }
    if walk.root.is_none() && reports.is_empty() {
        reports.note(Place::START, "", "the file is empty", "start from what `vc4all-deploy init` writes");
    }
    walk.root
}

/// A list or map that has not ended yet; a map's children are its keys and values in turn.
struct Open {
    at: Place,
    children: Vec<Spot>,
}

struct Walk<'r> {
    open: Vec<Open>,
    root: Option<Spot>,
    ruler: Ruler,
    reports: &'r Reports,
}

impl Walk<'_> {
    /// Takes one event; nothing when reading on makes no sense.
    fn take(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        let at = self.ruler.place(span.start.line(), span.start.col() + 1);
        match event {
            Event::Alias(_) => self.refuse(at, "an alias (*) stands here", "write the value itself"),
            Event::Scalar(text, style, anchor, tag) => {
                self.bare(at, anchor, tag.is_some())?;
                let kind = Kind::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain };
                self.add(Spot { at, kind })
            }
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
                self.bare(at, anchor, tag.is_some())?;
                self.enter(at)
            }
            Event::SequenceEnd => {
                let done = self.open.pop()?;
                self.add(Spot { at: done.at, kind: Kind::List(done.children) })
            }
            Event::MappingEnd => {
                let done = self.open.pop()?;
                self.add(Spot { at: done.at, kind: Kind::Map(pairs(done.children)) })
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                self.refuse(at, "a second document (---) begins here", "keep one document in a file")
            }
            _ => Some(()),
        }
    }

    fn bare(&self, at: Place, anchor: usize, tagged: bool) -> Option<()> {
        if anchor != 0 {
            return self.refuse(at, "an anchor (&) stands here", "write the value where it is needed");
        }
        if tagged {
            return self.refuse(at, "a tag (!) stands here", "write the value alone, in quotes if it begins with !");
        }
        Some(())
    }

    fn enter(&mut self, at: Place) -> Option<()> {
        if self.open.len() >= DEEPEST {
            return self.refuse(at, "the nesting is too deep", "start from what `vc4all-deploy init` writes");
        }
        self.open.push(Open { at, children: Vec::new() });
        Some(())
    }

    fn add(&mut self, spot: Spot) -> Option<()> {
        match self.open.last_mut() {
            Some(parent) => parent.children.push(spot),
            None => self.root = Some(spot),
        }
        Some(())
    }

    fn refuse(&self, at: Place, what: &str, write: &str) -> Option<()> {
        self.reports.note(at, "", what, write);
        None
    }
}

fn pairs(children: Vec<Spot>) -> Vec<(Spot, Spot)> {
    let mut pairs = Vec::with_capacity(children.len() / 2);
    let mut children = children.into_iter();
    while let (Some(key), Some(value)) = (children.next(), children.next()) {
        pairs.push((key, value));
    }
    pairs
}

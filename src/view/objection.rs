//! What speaks against a plan, as text for people.

use super::paint::{Colour, Paint};
use super::problem::labelled;
use crate::model::objection::{Objection, Weight};

/// Each objection as `error: …` or `warning: …` with its `help: …`; empty without any.
pub fn text(objections: &[Objection], colour: Colour) -> String {
    let mut text = String::new();
    for objection in objections {
        let (label, paint) = match objection.weight {
            Weight::Stops => ("error", Paint::Removed),
            Weight::Warns => ("warning", Paint::Changed),
        };
        text.push_str(&labelled(label, paint, &format!("{}: {}", objection.what, objection.why), colour));
        text.push_str(&labelled("help", Paint::Woken, &objection.next, colour));
    }
    text
}

//! A plan as text for people: grouped by component, with reasons and the lines that change.

use super::count::{self, Count};
use super::diff::Shown;
use super::inert;
use super::paint::{Colour, Paint};
use super::phrase::{self, Phrase, lines, phrase};
use crate::model::backup::Brought;
use crate::model::names::ComponentName;
use crate::model::plan::{Action, CONFIRM_SECONDS, Change, Plan};

/// The whole plan, with a line end at its end.
pub fn text(plan: &Plan, colour: Colour) -> String {
    if plan.is_empty() {
        return format!("{}: nothing to do ({} as wanted)\n", plan.domain, resources(plan.unchanged));
    }
    let mut text = colour.paint(Paint::Title, &title(plan));
    text.push('\n');
    let width = width(plan);
    for component in components(plan) {
        text.push_str(&format!("\n{}\n", colour.paint(Paint::Title, component.as_str())));
        for change in plan.changes.iter().filter(|change| &change.component == component) {
            text.push_str(&change_text(&phrase(change), width, colour));
        }
    }
    text.push_str(&format!("\n{}\n", footer(plan)));
    if plan.may_lock_out() {
        text.push_str(&format!(
            "firewall or SSH: a second connection has to confirm within {CONFIRM_SECONDS} s that people get in, or the \
             host goes back by itself\n"
        ));
    }
    text
}

/// What the plan does in one line, such as `1 install · 4 files`.
pub fn summary(plan: &Plan) -> String {
    join(&count::work(plan), " · ")
}

fn title(plan: &Plan) -> String {
    let renamed = plan.formerly.as_ref().map_or_else(String::new, |before| format!(" (until now {before})"));
    let target = format!("{}{renamed} · host {}", plan.domain, plan.host);
    if plan.based_on.is_none() { format!("{target} · as on a fresh host") } else { target }
}

/// The components in the order in which they first do something; secrets are made first, and say little about that.
fn components(plan: &Plan) -> Vec<&ComponentName> {
    let is_secret = |change: &&Change| {
        matches!(
            change.action,
            Action::CreateSecret(_)
                | Action::RenewSecret(_)
                | Action::HandOver(_)
                | Action::BringBack(Brought::Secret(_))
        )
    };
    let (secrets, others): (Vec<&Change>, Vec<&Change>) = plan.changes.iter().partition(is_secret);
    let mut found: Vec<&ComponentName> = Vec::new();
    for change in others.into_iter().chain(secrets) {
        if !found.contains(&&change.component) {
            found.push(&change.component);
        }
    }
    found
}

/// How wide the column of the names is: as wide as the longest name of ordinary length.
fn width(plan: &Plan) -> usize {
    let widths = plan.changes.iter().map(|change| phrase::name(&change.action).chars().count());
    widths.filter(|width| *width <= 60).max().unwrap_or_default()
}

fn change_text(phrase: &Phrase, width: usize, colour: Colour) -> String {
    let sign = colour.paint(phrase.sign.paint(), phrase.sign.text());
    let facts = [phrase.access.as_deref().unwrap_or_default(), &phrase.detail];
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    // A record or a version of the host may stand in it.
    let line = inert::line(&format!("{:<9} {:<width$}   {}", phrase.kind, phrase.name, facts.join("   ")));
    format!("  {sign} {}\n{}", line.trim_end(), diff_text(phrase, colour))
}

fn diff_text(phrase: &Phrase, colour: Colour) -> String {
    let mut text = String::new();
    let mut add = |paint: Option<Paint>, line: &str| {
        let line = paint.map_or_else(|| line.to_owned(), |paint| colour.paint(paint, line));
        text.push_str(format!("      {line}").trim_end());
        text.push('\n');
    };
    match &phrase.diff {
        None => {}
        Some(Shown::Not(why)) => add(Some(Paint::Quiet), why),
        Some(Shown::Lines { lines: shown, cut, .. }) => {
            for line in shown {
                add(line_paint(line), line);
            }
            if *cut > 0 {
                let note =
                    format!("… {} left out; `vc4all-deploy render --output DIR` writes the whole file", lines(*cut));
                add(Some(Paint::Quiet), &note);
            }
        }
    }
    text
}

fn line_paint(line: &str) -> Option<Paint> {
    match line.as_bytes().first() {
        Some(b'+') => Some(Paint::Added),
        Some(b'-') => Some(Paint::Removed),
        Some(b'@' | b'\\') => Some(Paint::Quiet),
        _ => None,
    }
}

fn footer(plan: &Plan) -> String {
    let kept = count::kept(plan);
    if kept.is_empty() {
        return summary(plan);
    }
    format!("{}\na rollback keeps: {}", summary(plan), join(&kept, ", "))
}

fn join(counts: &[Count], between: &str) -> String {
    counts.iter().map(Count::text).collect::<Vec<_>>().join(between)
}

fn resources(number: usize) -> String {
    if number == 1 { "1 resource".to_owned() } else { format!("{number} resources") }
}

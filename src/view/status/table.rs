//! The generations that a host keeps, as a table.

use super::super::paint::{Colour, Paint};
use super::{Status, short};
use crate::model::history::Past;

/// One line a generation, the newest first; the present one has a mark.
pub(super) fn generations(status: &Status<'_>, colour: Colour) -> String {
    let head = ["kept", "since", "who", "by"].map(str::to_owned);
    let rows: Vec<[String; 4]> = status.history.generations.iter().rev().map(row).collect();
    let wide = |column: usize| rows.iter().chain([&head]).map(|row| row[column].chars().count()).max().unwrap_or(0);
    let line = |row: &[String; 4]| {
        let padded = row.iter().enumerate().map(|(column, cell)| format!("{cell:<width$}", width = wide(column)));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut text = format!("  {}\n", colour.paint(Paint::Quiet, &line(&head)));
    for (past, row) in status.history.generations.iter().rev().zip(&rows) {
        let present = past.number == status.seen.generation;
        let words = if present { colour.paint(Paint::Title, &line(row)) } else { line(row) };
        text.push_str(&format!("{} {words}\n", if present { "*" } else { " " }));
    }
    text
}

fn row(past: &Past) -> [String; 4] {
    let (who, since) = author(past);
    [past.number.to_string(), since, who, cause(past)]
}

/// Who made it and since when; the host has both on one line.
pub(super) fn author(past: &Past) -> (String, String) {
    let (who, since) = past.author.rsplit_once(" since ").unwrap_or((&past.author, ""));
    (short(who), short(since))
}

/// By which verb; the domain behind it is known.
pub(super) fn cause(past: &Past) -> String {
    short(past.cause.rsplit_once(' ').map_or(past.cause.as_str(), |(verb, _)| verb))
}

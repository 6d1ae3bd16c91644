//! The egress list as text for people, as Markdown and as JSON.

use super::inert;
use super::paint::{Colour, Paint};
use crate::model::egress::{Asked, Asker, EgressList, Named};
use crate::model::observed::Transport;
use anyhow::{Context as _, Result};
use serde::Serialize;

/// Number of the form of the JSON; it grows when a reader of the old form would be misled.
const VERSION: u32 = 1;

const ASKED: [&str; 7] = ["host", "port", "asked by", "for", "operator", "country", "learns addresses of"];
const NAMED: [&str; 3] = ["text", "as", "why"];

/// The list as a block for each host, with a line end at its end.
pub fn text(list: &EgressList, colour: Colour) -> String {
    let mut text = title(&format!("Whom {} asks", list.domain), colour);
    for asked in &list.asked {
        let [host, port, asker, purpose, operator, country, learns] = row(asked);
        text.push_str(&format!("  {host}  {port}, asked by the {asker}\n"));
        for (name, value) in [("for", purpose), ("operator", operator), ("country", country), ("learns", learns)] {
            text.push_str(&format!("      {name:<9} {value}\n"));
        }
    }
    text.push('\n');
    text.push_str(&title("Named, and asked by nobody", colour));
    for named in &list.named {
        let [words, written, reason] = named_row(named);
        text.push_str(&format!("  {words}\n      {written}: {reason}\n"));
    }
    text.push_str(&format!("\n{}\n", summary(list)));
    text
}

/// The list as two tables, with a line end at its end.
pub fn markdown(list: &EgressList) -> String {
    let asked: Vec<[String; 7]> = list.asked.iter().map(row).collect();
    let named: Vec<[String; 3]> = list.named.iter().map(named_row).collect();
    format!(
        "# Whom {} asks\n\n{}\n## Named, and asked by nobody\n\n{}\n{}\n",
        cell(&list.domain),
        table(&ASKED, &asked),
        table(&NAMED, &named),
        summary(list)
    )
}

/// The list for machines, with a line end at its end.
///
/// # Errors
/// None that a person could cause.
pub fn json(list: &EgressList) -> Result<String> {
    #[derive(Serialize)]
    struct Versioned<'a> {
        version: u32,
        #[serde(flatten)]
        list: &'a EgressList,
    }
    let text = serde_json::to_string_pretty(&Versioned { version: VERSION, list }).context("write JSON")?;
    Ok(format!("{text}\n"))
}

fn title(words: &str, colour: Colour) -> String {
    format!("{}\n", colour.paint(Paint::Title, words))
}

fn row(asked: &Asked) -> [String; 7] {
    let transport = match asked.transport {
        Transport::Tcp => "tcp",
        Transport::Udp => "udp",
    };
    [
        asked.host.clone(),
        format!("{}/{transport}", asked.port),
        asked.asker.to_string(),
        asked.purpose.clone(),
        asked.operator.clone(),
        asked.country.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string),
        asked.learns.to_string(),
    ]
    .map(|cell| inert::line(&cell))
}

fn named_row(named: &Named) -> [String; 3] {
    [named.text.clone(), named.written.to_string(), named.reason.clone()].map(|cell| inert::line(&cell))
}

fn table<const N: usize>(head: &[&str; N], rows: &[[String; N]]) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(head.iter().map(|&name| name.to_owned()).collect());
    text.push_str(&line(vec!["---".to_owned(); N]));
    for row in rows {
        text.push_str(&line(row.iter().map(|value| cell(value)).collect()));
    }
    text
}

/// Text that Markdown shows as it is.
fn cell(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        if "\\`*_[]<>|&#".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

fn summary(list: &EgressList) -> String {
    let browsers = list.asked.iter().filter(|asked| asked.asker == Asker::Browser).count();
    let others = list.asked.len() - browsers;
    format!(
        "{others} asked by the host or the operator's machine, {browsers} by a browser; everything else that a file names \
         is the instance itself. A country is where the operator says the server is, or is established; no proof of a \
         place."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::egress::{Learns, Written};
    use crate::model::values::CountryCode;

    fn list() -> EgressList {
        EgressList {
            domain: "vergaderen.voorbeeldstad.nl".to_owned(),
            asked: vec![Asked {
                host: "stun.voorbeeld.nl".to_owned(),
                transport: Transport::Udp,
                port: 3478,
                asker: Asker::Browser,
                purpose: "STUN".to_owned(),
                operator: "Stichting | Voorbeeld".to_owned(),
                country: CountryCode::parse("NL").ok(),
                learns: Learns::Participants,
            }],
            named: vec![Named {
                text: "voorbeeldstad.nl".to_owned(),
                written: Written::Mail,
                reason: "the operator's mail addresses".to_owned(),
            }],
        }
    }

    #[test]
    fn shows_each_entry_whole() {
        let text = text(&list(), Colour::Never);
        assert!(text.contains("  stun.voorbeeld.nl  3478/udp, asked by the browser\n"), "{text}");
        assert!(text.contains("      learns    participants\n"), "{text}");
        assert!(text.contains("  voorbeeldstad.nl\n      mail address: the operator's mail addresses\n"), "{text}");
    }

    #[test]
    fn a_name_cannot_break_a_table() {
        let text = markdown(&list());
        assert!(
            text.contains("| stun.voorbeeld.nl | 3478/udp | browser | STUN | Stichting \\| Voorbeeld | NL |"),
            "{text}"
        );
    }

    #[test]
    fn machines_get_a_version() {
        let value: serde_json::Value = serde_json::from_str(&json(&list()).unwrap()).unwrap();
        assert_eq!(value["version"], 1);
        assert_eq!(value["asked"][0]["learns"], "participants");
        assert_eq!(value["named"][0]["written"], "mail");
    }
}

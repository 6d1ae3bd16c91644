//! Plain language: sentences are short, in every paper of every inventory.

use super::papers;
use vc4all_deploy::model::deployment::Language;
use vc4all_deploy::papers::Paper;

/// The longest sentence in words, and the longest mean of a paper.
const LONGEST: usize = 34;
const MEAN: f64 = 15.0;

/// Sentences of paragraphs and lists, without tables, headings, addresses and blanks.
fn sentences(page: &str) -> Vec<String> {
    let mut text = String::new();
    let (mut tag, mut hidden) = (String::new(), 0_usize);
    let mut inside = false;
    for c in page.chars() {
        match c {
            '<' => {
                inside = true;
                tag.clear();
            }
            '>' if inside => {
                inside = false;
                let name: String =
                    tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                if ["table", "h1", "h2", "h3", "mark", "dl"].contains(&name.as_str()) {
                    hidden = if tag.starts_with('/') { hidden.saturating_sub(1) } else { hidden + 1 };
                }
                if ["p", "li"].contains(&name.as_str()) {
                    text.push_str(". ");
                }
            }
            other if inside => tag.push(other),
            other if hidden == 0 => text.push(other),
            _ => {}
        }
    }
    let ends = [". ", "? ", "! ", ": ", "; "];
    let mut parts = vec![text.replace('\n', " ")];
    for end in ends {
        parts = parts.iter().flat_map(|part| part.split(end).map(str::to_owned).collect::<Vec<_>>()).collect();
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| part.split(' ').count() > 1).collect()
}

fn words(sentence: &str) -> usize {
    sentence.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

#[test]
fn sentences_are_short() {
    let mut wrong = Vec::new();
    for (name, deployment) in super::support::deployments() {
        for paper in papers(&deployment) {
            let all: Vec<String> = sentences(&paper.body());
            assert!(all.len() >= 5, "{name} {}: {all:?}", paper.stem());
            let counts: Vec<usize> = all.iter().map(|sentence| words(sentence)).collect();
            let mean = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
            if mean > MEAN {
                wrong.push(format!("{name} {}: {mean:.1} words in a sentence", paper.stem()));
            }
            for sentence in all.iter().filter(|sentence| words(sentence) > LONGEST) {
                wrong.push(format!("{name} {}: {} words: {sentence}", paper.stem(), words(sentence)));
            }
        }
    }
    wrong.sort();
    wrong.dedup_by_key(|line| line.split_once(' ').unwrap().1.to_owned());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Words that these pages call otherwise, or of another language.
fn foreign(language: Language) -> &'static [&'static str] {
    match language {
        Language::Nl => &["moderator", "meeting", "host ", "user", "jullie", " je ", "lobby", "wachtkamer"],
        Language::En => &["moderator", "Gast", "ruimte", "color"],
        Language::De => &["Moderator", "Meeting", "Kennwort", " du ", "Lobby", "Besprechung", "Administrator"],
        Language::Fr => &["modérateur", "meeting", "hôte", " tu ", "lobby", "réunion"],
    }
}

#[test]
fn french_signs_do_not_come_loose() {
    for (name, deployment) in super::support::deployments() {
        for written in papers(&deployment).iter().filter(|paper| paper.language == Language::Fr) {
            for sign in [" :", " ;", " ?", " !", " »", "« ", " %", "à remplir:"] {
                assert!(!written.markdown.contains(sign), "{name} {}: {sign:?}", written.stem());
            }
        }
    }
}

#[test]
fn each_language_keeps_its_words() {
    for paper in papers(&super::deployment("voorbeeldstad")) {
        for word in foreign(paper.language) {
            assert!(!paper.markdown.contains(word), "{}: {word}", paper.stem());
        }
        assert!(paper.paper != Paper::Notice || paper.markdown.split_whitespace().count() < 220, "{}", paper.stem());
    }
}

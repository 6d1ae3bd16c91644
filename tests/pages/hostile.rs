//! Thousands of hostile values: each is refused at its field or lands inert in nginx, JavaScript, JSON and HTML.

use super::stage::*;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use vc4all_deploy::model::deployment::{Deployment, ForeignStun, Host, Media, Operator, Provider};
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::model::values::{Line, StunUri};
use vc4all_deploy::render::Renderer;

/// Pieces that mean something to one of the languages.
const PIECES: [&str; 44] = [
    "\"",
    "'",
    "`",
    "$",
    "${x}",
    "$host",
    "\\",
    "\\\"",
    "]]",
    "[[",
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "</script>",
    "<script>",
    "<!--",
    "-->",
    "<!--# echo var=\"document_root\" -->",
    "<![CDATA[",
    "&",
    "&amp;",
    "&lt;",
    "&#39;",
    "/*",
    "*/",
    "//",
    "--",
    "#",
    ";",
    "\\u003c",
    "\\x00",
    "%00",
    "%n",
    "$(id)",
    "__proto__",
    "onload=x",
    "é",
    "日本",
    "\u{fb01}",
    "a b",
    "javascript:",
];

/// Pieces that no line of words may hold.
const REFUSED: [&str; 9] =
    ["\n", "\r", "\0", "\u{202e}", "\u{200f}", "\u{2028}", "\u{feff}", "\u{7f}", "__vc4all_secret_turn__"];

const CASES: u64 = 1000;

/// A small generator (splitmix64), so that a failing case is the same case again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    /// A line that passes the parser, made of hostile pieces.
    fn line(&mut self) -> Line {
        let mut text = String::new();
        for _ in 0..=self.below(7) {
            text.push_str(PIECES[self.below(PIECES.len())]);
            if self.below(5) == 0 {
                let _ = write!(text, "{}", char::from(b' ' + u8::try_from(self.below(95)).unwrap()));
            }
        }
        let text: String = text.trim().chars().take(Line::MAX).collect();
        Line::parse(text.trim()).unwrap_or_else(|_| line("\"'`$\\"))
    }
}

fn hostile(chance: &mut Chance) -> Deployment {
    let usual = deployment();
    let operator = Operator { name: chance.line(), address: chance.line(), ..usual.operator };
    let provider = Some(Provider { name: chance.line(), country: country("NL") });
    let server = StunUri::parse("stun:stun.example.nl").unwrap();
    let stun = vec![ForeignStun { server, operator: chance.line(), country: country("DE") }];
    Deployment { operator, host: Host { provider, ..usual.host }, media: Media { stun, ..usual.media }, ..usual }
}

/// The files that carry words of a person, for the consumers to read.
fn case(renderer: &Renderer, deployment: &Deployment) -> Value {
    let claims = render_with(renderer, deployment, Release::Debian12).unwrap();
    let meet = |name: &str| text(&claims, &format!("/etc/jitsi/meet/vergaderen.voorbeeldstad.nl-{name}")).to_owned();
    let page = |name: &str| text(&claims, &format!("/usr/local/share/vc4all/www/{name}")).to_owned();
    let nginx: String = files(&claims)
        .filter(|file| file.path.as_str().starts_with("/etc/nginx/"))
        .map(|file| file.content.text())
        .collect();
    json!({
        "name": deployment.operator.name,
        "address": deployment.operator.address,
        "provider": deployment.host.provider.as_ref().map(|provider| &provider.name),
        "stun": deployment.media.stun.first().map(|stun| &stun.operator),
        "config": meet("config.js"), "interface": meet("interface_config.js"), "manifest": meet("manifest.json"),
        "pages": [page("nl/index.html"), page("en/not-found.html"), page("nl/privacy.html"), page("en/privacy.html"), page("vc4all/title.html")],
        "nginx": nginx,
    })
}

/// Cases as lines of JSON in a file, the harmless one first.
fn cases() -> tempfile::NamedTempFile {
    let renderer = Renderer::new().unwrap();
    let mut chance = Chance(20_261_122);
    let mut plain = hostile(&mut chance);
    plain.operator.name = line("Plain");
    plain.operator.address = line("Plain");
    plain.host.provider = Some(Provider { name: line("Plain"), country: country("NL") });
    plain.media.stun[0].operator = line("Plain");
    let mut lines = case(&renderer, &plain).to_string();
    for _ in 0..CASES {
        lines.push('\n');
        lines.push_str(&case(&renderer, &hostile(&mut chance)).to_string());
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), lines).unwrap();
    file
}

#[test]
fn every_hostile_line_lands_inert() {
    if !have(&["node", "python3"]) {
        return;
    }
    let file = cases();
    for (program, script) in [("node", "inert.js"), ("python3", "inert.py")] {
        let script = beside(script);
        let output = run(program, &[script.to_str().unwrap(), file.path().to_str().unwrap()]);
        let words = String::from_utf8_lossy(&output.stdout);
        assert_eq!(words.trim(), format!("{} cases", CASES + 1), "{program}");
    }
}

#[test]
fn what_cannot_be_a_line_is_refused() {
    for piece in REFUSED {
        for text in [piece.to_owned(), format!("a{piece}b"), format!("Gemeente {piece}")] {
            assert!(Line::parse(&text).is_err(), "{text:?} passed");
        }
    }
    assert!(Line::parse(&"x".repeat(10_000)).is_err());
    assert!(Line::parse(&"\u{e9}".repeat(Line::MAX)).is_ok());
}

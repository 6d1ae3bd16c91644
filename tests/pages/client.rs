//! Jitsi's configuration and our own script, executed by node as a browser would.

use super::stage::*;
use serde_json::{Value, json};
use std::fs;
use vc4all_deploy::model::deployment::{Deployment, ForeignStun, Language, Media, PeerToPeer};
use vc4all_deploy::model::resource::Claim;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::model::values::StunUri;

const HOST: &str = "vergaderen.voorbeeldstad.nl";

/// Each place in the client's configuration with the value that keeps a call inside the house.
const PRIVATE_VALUES: &str = include_str!("private-values.json");

/// Runs scripts one after the other in a fresh context and returns the value of an expression in it.
pub(super) fn execute(scripts: &[&str], expression: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input.json");
    fs::write(&input, json!({ "scripts": scripts, "expression": expression }).to_string()).unwrap();
    let program = "const vm = require('node:vm'), fs = require('node:fs');\
        const { scripts, expression } = JSON.parse(fs.readFileSync(process.argv[1], 'utf8'));\
        const context = vm.createContext({});\
        for (const script of scripts) vm.runInContext(script, context);\
        fs.writeSync(1, JSON.stringify(vm.runInContext(expression, context)));";
    let output = run("node", &["-e", program, input.to_str().unwrap()]);
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(super) fn configuration(claims: &[Claim]) -> [&str; 2] {
    [
        text(claims, "/etc/jitsi/meet/vergaderen.voorbeeldstad.nl-config.js"),
        text(claims, "/etc/jitsi/meet/vergaderen.voorbeeldstad.nl-interface_config.js"),
    ]
}

#[test]
fn the_client_gets_every_private_value() {
    if !have(&["node"]) {
        return;
    }
    let claims = render(&deployment(), Release::Debian12).unwrap();
    let both = execute(&configuration(&claims), "({ config, interfaceConfig, enableJaaS })");
    let expected: Value = serde_json::from_str(&PRIVATE_VALUES.replace("HOST", HOST)).unwrap();
    for (at, value) in expected.as_object().unwrap() {
        assert_eq!(both.pointer(at), Some(value), "{at}");
    }
    for face in both["config"]["faceLandmarks"].as_object().unwrap().values() {
        assert_eq!(face, false);
    }
    let absent = [
        "conferenceRequestUrl",
        "callStatsID",
        "googleApiApplicationClientID",
        "microsoftApiApplicationClientID",
        "dropbox",
        "dialInNumbersUrl",
        "dialInConfCodeUrl",
        "inviteServiceUrl",
        "peopleSearchUrl",
        "etherpad_base",
        "dynamicBrandingUrl",
        "brandingDataUrl",
        "hiddenDomain",
        "gravatarBaseURL",
        "deploymentUrls",
        "moderatedRoomServiceUrl",
    ];
    for key in absent {
        assert!(both["config"].get(key).is_none(), "{key} is set");
    }
    let buttons = both["config"]["toolbarButtons"].as_array().unwrap();
    for foreign in [
        "download",
        "embedmeeting",
        "etherpad",
        "feedback",
        "help",
        "linktosalesforce",
        "livestreaming",
        "recording",
        "sharedvideo",
        "whiteboard",
        "closedcaptions",
    ] {
        assert!(!buttons.contains(&json!(foreign)), "{foreign} has a button");
    }
    assert!(!both["interfaceConfig"]["SETTINGS_SECTIONS"].as_array().unwrap().contains(&json!("calendar")));
}

#[test]
fn talking_directly_and_foreign_servers_are_the_operators_choice() {
    if !have(&["node"]) {
        return;
    }
    let stun = ForeignStun {
        server: StunUri::parse("stun:stun.example.nl:3478").unwrap(),
        operator: line("Voorbeeld B.V."),
        country: country("NL"),
    };
    let media = Media { stun: vec![stun], peer_to_peer: PeerToPeer::On, ..deployment().media };
    let claims = render(&Deployment { media, ..deployment() }, Release::Debian12).unwrap();
    let p2p = execute(&configuration(&claims), "config.p2p");
    let servers = json!([{ "urls": format!("stun:{HOST}:3478") }, { "urls": "stun:stun.example.nl:3478" }]);
    assert_eq!(p2p, json!({ "enabled": true, "stunServers": servers }));
    for code in ["nl", "en"] {
        let statement = text(&claims, &format!("/usr/local/share/vc4all/www/{code}/privacy.html"));
        assert!(statement.contains("stun.example.nl:3478") && statement.contains("Voorbeeld B.V."), "{code}");
    }
}

/// The hosts that a text names in addresses and in `stun:`.
fn hosts(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mark in ["//", "stun:", "turn:", "turns:"] {
        for (at, _) in text.match_indices(mark) {
            let rest = &text[at + mark.len()..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-').unwrap_or(rest.len());
            if rest[..end].contains('.') {
                found.push(rest[..end].to_owned());
            }
        }
    }
    found
}

#[test]
fn no_other_host_is_named_where_a_browser_would_ask_it() {
    let claims = render(&deployment(), Release::Debian12).unwrap();
    let mut seen = 0;
    for file in files(&claims) {
        let path = file.path.as_str();
        if !path.starts_with("/etc/jitsi/")
            && !path.starts_with("/usr/local/share/vc4all/")
            && !path.starts_with("/etc/nginx/")
        {
            continue;
        }
        for host in hosts(file.content.text()) {
            seen += 1;
            // Links for a person to follow, also by way of a directory, and the name of a document type.
            let link = (path.ends_with(".html") || path.ends_with("/vc4all.json"))
                && ["www.voorbeeldstad.nl", "www.autoriteitpersoonsgegevens.nl"].contains(&host.as_str());
            let namespace = path.ends_with("icon.svg") && host == "www.w3.org";
            let prosody = path.starts_with("/etc/nginx/") && host == "127.0.0.1";
            assert!(host == HOST || link || namespace || prosody, "{path} names {host}");
        }
        for word in ["jitsi.net", "jitsi.org", "8x8", "google", "gravatar.com", "youtube", "amplitude"] {
            assert!(!file.content.text().to_lowercase().contains(word), "{path} names {word}");
        }
    }
    assert!(seen > 10, "the search found next to nothing");
}

/// The landing page's script with a page that has none of its parts.
const BARE_PAGE: &str = "const document = { getElementById: () => null };";

pub(crate) fn landing(expression: &str) -> Value {
    let claims = render(&deployment(), Release::Debian12).unwrap();
    execute(&[BARE_PAGE, text(&claims, "/usr/local/share/vc4all/www/vc4all/landing.js")], expression)
}

#[test]
fn every_digit_of_a_room_is_equally_likely() {
    if !have(&["node"]) {
        return;
    }
    let counts = landing(
        "Array.from({ length: 256 }, (_, byte) => digitOf(byte)).reduce((n, d) => { n[d] = (n[d] || 0) + 1; return n; }, {})",
    );
    let tens = (0..10).map(|digit| (digit.to_string(), json!(25)));
    let expected: serde_json::Map<_, _> = tens.chain([(String::new(), json!(6))]).collect();
    assert_eq!(counts, Value::Object(expected));

    // A source of which only every seventh byte counts is asked until there are 20 digits.
    let room = landing(
        "let n = 0; randomRoom((bytes) => { for (let i = 0; i < bytes.length; i++) bytes[i] = n++ % 7 ? 255 : n % 250; }, 40)",
    );
    let room = room.as_str().unwrap();
    assert!(room.len() == 20 && room.bytes().all(|b| b.is_ascii_digit()), "{room}");
}

#[test]
fn the_browser_finds_the_strength_that_is_written_down() {
    if !have(&["node"]) {
        return;
    }
    let examples: Vec<Value> = serde_json::from_str(include_str!("../names/strength.json")).unwrap();
    let names: Vec<_> = examples.iter().map(|example| &example["name"]).collect();
    let found = landing(&format!("{}.map(bitsOf)", json!(names)));
    assert_eq!(found.as_array().unwrap().len(), examples.len());
    for (example, bits) in examples.iter().zip(found.as_array().unwrap()) {
        assert_eq!(bits, &example["bits"], "{example}");
    }
    let missing = landing("[[0, 40], [39, 40], [40, 40], [66, 40], [0, 128]].map((pair) => missingDigits(...pair))");
    assert_eq!(missing, json!([13, 1, 0, 0, 39]));
}

#[test]
fn the_browser_judges_names_as_is_written_down() {
    if !have(&["node"]) {
        return;
    }
    let examples: Vec<Value> = serde_json::from_str(include_str!("../names/leaks.json")).unwrap();
    let names: Vec<_> = examples.iter().map(|example| &example["typed"]).collect();
    let found =
        landing(&format!("{}.map((typed) => [addressOf(typed).address ?? null, leaksOf(typed)])", json!(names)));
    assert_eq!(found.as_array().unwrap().len(), examples.len());
    for (example, found) in examples.iter().zip(found.as_array().unwrap()) {
        assert_eq!(found, &json!([example["address"], example["leaks"]]), "{example}");
    }
}

#[test]
fn the_page_says_what_is_wrong_with_a_name_and_makes_it_stronger() {
    if !have(&["node"]) {
        return;
    }
    let table: &[(&str, &[&str])] = &[
        ("", &[]),
        ("  ", &[]),
        ("83920174659302847561", &["strong"]),
        ("12345678901234567890", &["weak"]),
        ("overleg", &["weak"]),
        ("a/b?c", &["characters"]),
        ("Door", &["page"]),
        ("SollicitatiegesprekJanJansen", &["strong", "topic", "person"]),
        ("Overleg Kees 22-11-2026", &["weak", "person", "date"]),
    ];
    let names: Vec<_> = table.iter().map(|(name, _)| name).collect();
    let found = landing(&format!("{}.map((name) => remarksOn(name, 40))", json!(names)));
    for ((name, expected), found) in table.iter().zip(found.as_array().unwrap()) {
        assert_eq!(found, &json!(expected), "{name:?}");
    }
    assert_eq!(landing("remarksOn('raad', 0)"), json!(["strong"]), "no minimum takes every name");
    let longer = landing(
        "let n = 0; const source = (bytes) => bytes.forEach((_, at) => { bytes[at] = n++ * 7 % 250; });\
         [['raad', 40], ['abcde-fghij', 20], ['kamer', 128], ['raadsvergadering-81723', 40]].map(([name, wanted]) => {\
             const longer = stronger(name, wanted, source); return [longer, bitsOf(longer) >= wanted]; })",
    );
    for (longer, name) in
        longer.as_array().unwrap().iter().zip(["raad-", "abcde-fghij-", "kamer-", "raadsvergadering-81723"])
    {
        assert!(longer[1] == true && longer[0].as_str().unwrap().starts_with(name), "{longer}");
    }
}

#[test]
fn a_room_is_known_by_its_name_or_its_link() {
    if !have(&["node"]) {
        return;
    }
    let table = [
        ("Kamer 12", json!({ "address": "kamer-12" })),
        ("https://meet.example.nl/kamer-12", json!({ "address": "kamer-12" })),
        ("HTTPS://Meet.Example.NL/kamer-12?x=y#jwt=z", json!({ "address": "kamer-12" })),
        ("https://meet.example.nl/", json!({ "why": "empty" })),
        ("https://meet.example.nl/privacy", json!({ "why": "page" })),
        ("https://meet.example.nl/a/b", json!({ "why": "characters" })),
        ("https://elsewhere.example.org/kamer-12", json!({ "why": "characters" })),
        ("//elsewhere.example.org", json!({ "why": "characters" })),
        ("javascript:alert(1)", json!({ "why": "characters" })),
    ];
    for (typed, expected) in table {
        assert_eq!(landing(&format!("knownRoom({}, 'https://meet.example.nl')", json!(typed))), expected, "{typed}");
    }
}

#[test]
fn each_remark_has_its_words_in_each_language() {
    if !have(&["node"]) {
        return;
    }
    let claims = render(&Deployment { languages: Language::ALL.to_vec(), ..deployment() }, Release::Debian12).unwrap();
    let name = ["empty", "characters", "long", "page", "weak", "strong", "topic", "person", "date"];
    let said = ["copied", "selected", "copied", "selected", "saved"];
    let known = ["empty", "characters", "long", "page"];
    for code in Language::ALL.map(Language::code) {
        let page = text(&claims, &format!("/usr/local/share/vc4all/www/{code}/index.html"));
        let shown: Vec<_> = page
            .match_indices("data-remark=\"")
            .map(|(at, mark)| {
                let rest = &page[at + mark.len()..];
                &rest[..rest.find('"').unwrap()]
            })
            .collect();
        assert_eq!(shown, [name.as_slice(), &said, &known].concat(), "{code}");
    }
}

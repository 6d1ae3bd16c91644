//! The rendered site in a real nginx: every location, every header, no stranger, no trace.

use super::stage::*;
use super::tree::{serve, tree};
use serde_json::{Value, json};
use std::fs;
use vc4all_deploy::model::deployment::{Deployment, Language};
use vc4all_deploy::model::traits::Release;

const HOST: &str = "vergaderen.voorbeeldstad.nl";

/// The headers that each answer over HTTPS carries.
const ALWAYS: [&str; 8] = [
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
];

/// The answers of nginx over the tree to the requests.
pub(super) fn answers(folder: &tempfile::TempDir, requests: &[Value]) -> Vec<Value> {
    let list = folder.path().join("requests.json");
    fs::write(&list, serde_json::to_string(requests).unwrap()).unwrap();
    let probe = beside("probe.js");
    let output = serve(folder, &["node", probe.to_str().unwrap(), list.to_str().unwrap()]);
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(super) fn able() -> bool {
    have_as_root(&["nginx", "node", "openssl", "unshare", "ip"])
}

pub(super) fn header<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer["headers"][name].as_str().unwrap_or_default()
}

pub(super) fn get(path: &str) -> Value {
    json!({ "host": HOST, "path": path })
}

#[test]
fn every_answer_carries_every_header_once() {
    if !able() {
        return;
    }
    let folder = tree(&deployment(), Release::Debian12);
    let expected = [
        ("/", 200),
        ("/nl", 301),
        ("/nl/", 200),
        ("/en/", 200),
        ("/privacy", 200),
        ("/privacy/nl", 200),
        ("/privacy/en", 200),
        ("/vc4all/style.css", 200),
        ("/vc4all/landing.js", 200),
        ("/vc4all/icon.svg", 200),
        ("/.well-known/security.txt", 200),
        ("/.well-known/vc4all.json", 200),
        ("/robots.txt", 200),
        ("/config.js", 200),
        ("/interface_config.js", 200),
        ("/manifest.json", 200),
        ("/pwa-worker.js", 200),
        ("/libs/app.bundle.min.js?v=1", 200),
        ("/css/all.css", 200),
        ("/images/watermark.svg", 200),
        ("/static/close.html", 200),
        ("/lang/main-nl.json", 200),
        ("/12345678901234567890", 200),
        ("/12345678901234567890?jwt=secret", 200),
        ("/http-bind?room=x", 200),
        // Nothing else.
        ("/external_api.js", 404),
        ("/index.html", 404),
        ("/title.html", 404),
        ("/head.html", 404),
        ("/libs/absent.js", 404),
        ("/libs/", 404),
        ("/a/b", 404),
        ("/privacy/fr", 404),
        ("/_api/room-info", 404),
        ("/conference-request/v1", 404),
        ("/colibri-ws/x/y", 404),
        ("/.well-known/other", 404),
        ("/.git/config", 404),
        ("/vc4all/not-found.html", 404),
        ("/vc4all/title.html", 404),
        ("/nl/index.html", 404),
        ("/..%2fetc/passwd", 400),
        ("/static/..%2f..%2f..%2fetc/passwd", 400),
    ];
    let requests: Vec<_> = expected.iter().map(|(path, _)| get(path)).collect();
    for (answer, (path, status)) in answers(&folder, &requests).iter().zip(expected) {
        assert_eq!(answer["status"], status, "{path}: {answer}");
        for name in ALWAYS {
            assert!(!header(answer, name).is_empty(), "{path} lacks {name}");
        }
        assert!(header(answer, "content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer["twice"], json!([]), "{path} says a header twice");
        assert!(!header(answer, "server").contains('/'), "{path} tells the version of nginx");
        assert_eq!(header(answer, "access-control-allow-origin"), "", "{path}");
        let own = !header(answer, "content-security-policy").contains("unsafe");
        let ours = status == 404
            || path == "/"
            || path.starts_with("/privacy")
            || path.starts_with("/vc4all")
            || path.ends_with("n/");
        assert!(own || !ours, "{path} has the policy of Jitsi's shell");
    }
    let log = fs::read_to_string(folder.path().join("tree.work/log/error.log")).unwrap();
    assert_eq!(log, "", "nginx wrote about visitors");
    assert!(!folder.path().join("tree.work/log/access.log").exists(), "nginx wrote about visitors");
}

#[test]
fn pages_come_in_the_language_of_the_visitor() {
    if !able() {
        return;
    }
    let folder = tree(&deployment(), Release::Debian12);
    let asked = [
        ("", "nl"),
        ("nl", "nl"),
        ("en", "en"),
        ("en-GB,en;q=0.9,nl;q=0.8", "en"),
        ("nl-NL,nl;q=0.9,en;q=0.8", "nl"),
        ("fr-FR,fr;q=0.9,en;q=0.8,nl;q=0.7", "en"),
        ("fr, de", "nl"),
        ("english", "nl"),
        ("*", "nl"),
    ];
    let mut requests = Vec::new();
    for path in ["/", "/privacy", "/no/where"] {
        requests.extend(
            asked
                .iter()
                .map(|(language, _)| json!({ "host": HOST, "path": path, "headers": { "accept-language": language } })),
        );
    }
    let answers = answers(&folder, &requests);
    for (answer, (asked, language)) in answers.iter().zip(asked.iter().cycle()) {
        let body = answer["body"].as_str().unwrap();
        assert!(body.contains(&format!("<html lang=\"{language}\">")), "{asked:?} at {}", answer["path"]);
        let varies = header(answer, "vary").contains("Accept-Language");
        assert_eq!(varies, answer["status"] == 200, "{}", answer["path"]);
    }
}

#[test]
fn scripts_in_jitsis_pages_carry_the_number_of_their_answer() {
    if !able() {
        return;
    }
    let folder = tree(&deployment(), Release::Debian12);
    fs::write(
        folder.path().join("tree/usr/share/jitsi-meet/plugin.head.html"),
        "<script>included()</script><SCRIPT src=x.js></SCRIPT>",
    )
    .unwrap();
    fs::write(folder.path().join("tree/usr/share/jitsi-meet/static/close.html"), "<script>close()</script>").unwrap();
    let paths = ["/12345678901234567890", "/12345678901234567890", "/static/close.html", "/libs/app.bundle.min.js?v=1"];
    let mut numbers = Vec::new();
    for answer in answers(&folder, &paths.map(get)) {
        let (body, policy) =
            (answer["body"].as_str().unwrap().to_lowercase(), header(&answer, "content-security-policy"));
        assert!(!policy.contains("script-src 'self' 'unsafe-inline'"), "{policy}");
        let Some(number) = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()) else {
            assert_eq!(answer["path"], paths[3]);
            continue;
        };
        assert!(number.len() == 32 && number.bytes().all(|b| b.is_ascii_hexdigit()), "{policy}");
        let scripts = body.matches("<script").count();
        assert!(scripts > 0 && body.matches(&format!("<script nonce={number}")).count() == scripts, "{body}");
        numbers.push(number.to_owned());
    }
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 3, "a number came twice");
}

#[test]
fn a_room_is_jitsis_shell_with_our_configuration_in_it() {
    if !able() {
        return;
    }
    let folder = tree(&deployment(), Release::Debian12);
    let rooms = ["/12345678901234567890", "/Overleg-ruimte_1", "/caf%C3%A9", "/nl-kamer"];
    for answer in answers(&folder, &rooms.map(get)) {
        let body = answer["body"].as_str().unwrap();
        assert_eq!(answer["status"], 200, "{answer}");
        for part in
            ["var config = {", "var interfaceConfig = {", "<title>Gemeente Voorbeeldstad</title>", "<base href=\"/\">"]
        {
            assert!(body.contains(part), "{} lacks {part}", answer["path"]);
        }
        assert!(!body.contains("#include") && !body.contains("an error occurred"), "{body}");
        assert_eq!(header(&answer, "x-robots-tag"), "noindex, nofollow");
        assert_eq!(header(&answer, "cache-control"), "no-cache");
    }
}

#[test]
fn prosody_hears_the_address_and_nginx_keeps_none() {
    if !able() {
        return;
    }
    let folder = tree(&deployment(), Release::Debian12);
    let upgrade = json!({ "upgrade": "websocket", "connection": "upgrade", "sec-websocket-protocol": "xmpp" });
    let answers = answers(
        &folder,
        &[
            json!({ "host": HOST, "path": "/http-bind?room=a&token=b", "method": "POST", "body": "x".repeat(200_000),
                "headers": { "x-forwarded-for": "198.51.100.1" } }),
            json!({ "host": HOST, "path": "/xmpp-websocket?room=a", "headers": upgrade }),
            json!({ "host": HOST, "path": "/http-bind", "method": "POST", "body": "x".repeat(300_000) }),
        ],
    );
    let bosh: Value = serde_json::from_str(answers[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(bosh["url"], "/http-bind?prefix=&room=a&token=b");
    assert_eq!(bosh["headers"]["host"], HOST);
    assert_eq!(bosh["headers"]["x-forwarded-for"], "127.0.0.1", "a visitor may not choose the address");
    assert_eq!(bosh["size"], 200_000);
    assert_eq!(answers[1]["status"], 101, "{}", answers[1]);
    assert!(header(&answers[1], "x-seen").contains("prefix%3D%26room%3Da"), "{}", answers[1]);
    assert!(header(&answers[1], "x-seen").contains("x-forwarded-for"));
    assert_eq!(answers[2]["status"], 413, "{}", answers[2]);
    let spilled = fs::read_dir(folder.path().join("tree.work/lib/nginx/body")).map_or(0, Iterator::count);
    assert_eq!(spilled, 0, "a request went through a file");
}

#[test]
fn unknown_names_and_plain_http_get_nothing_but_challenges() {
    if !able() {
        return;
    }
    let folder = tree(&deployment(), Release::Debian12);
    let challenge = "/.well-known/acme-challenge/token";
    let answers = answers(
        &folder,
        &[
            json!({ "host": HOST, "path": "/room?jwt=x", "plain": true }),
            json!({ "host": HOST, "path": challenge, "plain": true }),
            json!({ "host": "elsewhere.example.org", "path": challenge, "plain": true }),
            json!({ "host": HOST, "path": challenge, "plain": true, "address": "::1" }),
            json!({ "host": "elsewhere.example.org", "path": "/", "plain": true }),
            json!({ "host": "elsewhere.example.org", "path": "/" }),
            json!({ "host": HOST, "sni": "", "path": "/" }),
            json!({ "host": "elsewhere.example.org", "sni": HOST, "path": "/" }),
            json!({ "host": HOST, "path": "/", "address": "::1" }),
            json!({ "host": HOST, "path": "/", "h2": true }),
        ],
    );
    assert_eq!(answers[0]["status"], 301);
    assert_eq!(header(&answers[0], "location"), format!("https://{HOST}/room?jwt=x"));
    assert_eq!(header(&answers[0], "strict-transport-security"), "", "RFC 6797 §7.2");
    for answer in &answers[1..4] {
        assert_eq!(answer["body"], "token.thumbprint", "{answer}");
    }
    for answer in &answers[4..8] {
        assert!(answer["error"].is_string(), "a stranger was answered: {answer}");
    }
    assert_eq!(answers[8]["status"], 200);
    assert_eq!(answers[9]["status"], 200, "{}", answers[9]);
}

#[test]
fn only_good_and_sufficient_tls_is_spoken() {
    if !able() {
        return;
    }
    let folder = tree(&deployment(), Release::Debian12);
    let shake = |tls: Value| json!({ "host": HOST, "tls": tls });
    let answers = answers(
        &folder,
        &[
            shake(json!({ "minVersion": "TLSv1.3" })),
            shake(json!({ "minVersion": "TLSv1.2", "maxVersion": "TLSv1.2" })),
            shake(json!({ "minVersion": "TLSv1", "maxVersion": "TLSv1.1", "ciphers": "DEFAULT@SECLEVEL=0" })),
            shake(
                json!({ "maxVersion": "TLSv1.2", "ciphers": "ECDHE-ECDSA-AES256-SHA384:AES256-GCM-SHA384:DHE-RSA-AES256-GCM-SHA384" }),
            ),
            shake(json!({ "ecdhCurve": "secp521r1" })),
            shake(json!({ "ecdhCurve": "secp384r1" })),
            shake(json!({ "maxVersion": "TLSv1.2", "sigalgs": "ECDSA+SHA1" })),
        ],
    );
    assert_eq!(answers[0]["cipher"], "TLS_AES_256_GCM_SHA384", "{}", answers[0]);
    assert_eq!(answers[1]["cipher"], "ECDHE-ECDSA-AES256-GCM-SHA384", "{}", answers[1]);
    for refused in [2, 3, 4, 6] {
        assert!(answers[refused]["error"].is_string(), "{refused}: {}", answers[refused]);
    }
    assert_eq!(answers[5]["protocol"], "TLSv1.3", "{}", answers[5]);
    let log = fs::read_to_string(folder.path().join("tree.work/log/error.log")).unwrap();
    assert_eq!(log, "", "a failed handshake left a trace");
}

#[test]
fn every_choice_of_languages_is_a_valid_site() {
    if !able() {
        return;
    }
    for languages in [vec![Language::Nl], vec![Language::En], vec![Language::En, Language::Nl]] {
        let first = languages[0].code();
        let folder = tree(&Deployment { languages, ..deployment() }, Release::Ubuntu2404);
        let answers = answers(&folder, &[get("/"), get("/privacy"), get("/nothing/here")]);
        for answer in answers {
            assert!(answer["body"].as_str().unwrap().contains(&format!("<html lang=\"{first}\">")), "{answer}");
        }
    }
}

#[test]
fn words_of_a_person_are_inert_in_what_nginx_includes() {
    if !able() {
        return;
    }
    let mut deployment = deployment();
    deployment.operator.name = line("<!--# echo var=\"document_root\" --></title></script>$host");
    let folder = tree(&deployment, Release::Debian12);
    let answers =
        answers(&folder, &[get("/12345678901234567890"), get("/"), get("/privacy"), get("/.well-known/security.txt")]);
    for answer in &answers[..3] {
        let body = answer["body"].as_str().unwrap();
        assert!(!body.contains("/usr/") && !body.contains("</title></script>"), "{body}");
        assert!(body.contains("&lt;/title&gt;&lt;/script&gt;$host"), "{body}");
    }
    let contact = answers[3]["body"].as_str().unwrap();
    let lines: Vec<_> = contact.lines().collect();
    assert_eq!(lines[0], "Contact: mailto:security@voorbeeldstad.nl");
    assert_eq!(
        lines[2..],
        ["Preferred-Languages: nl, en", "Canonical: https://vergaderen.voorbeeldstad.nl/.well-known/security.txt"]
    );
    let expires: jiff::Timestamp = lines[1].strip_prefix("Expires: ").unwrap().parse().unwrap();
    let days = (expires.as_second() - jiff::Timestamp::now().as_second()) / 86_400;
    assert!((150..366).contains(&days), "{} is in {days} days", lines[1]);
    assert_eq!(header(&answers[3], "content-type"), "text/plain; charset=utf-8");
}

#[test]
fn an_instance_tells_programs_its_facts_and_no_secret() {
    if !able() {
        return;
    }
    let folder = tree(&deployment(), Release::Debian12);
    let answer = &answers(&folder, &[get("/.well-known/vc4all.json")])[0];
    assert_eq!(header(answer, "content-type"), "application/json");
    assert_eq!(header(answer, "cross-origin-resource-policy"), "same-origin");
    assert!(answer["headers"].get("access-control-allow-origin").is_none(), "{answer}");
    let facts: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(facts["format"], "vc4all-instance");
    assert_eq!(facts["version"], 1);
    assert_eq!(facts["operator"]["name"], "Gemeente Voorbeeldstad");
    assert_eq!(facts["statement"]["nl"], format!("https://{HOST}/privacy/nl"));
    assert_eq!(facts["contact"]["privacy"], "privacy@voorbeeldstad.nl");
    // What only the operator and the host need to know.
    let text = facts.to_string();
    for private in ["Raadhuisplein", "fg@", "203.0.113", "beheer", "__vc4all_secret"] {
        assert!(!text.contains(private), "{private} is told to everybody: {text}");
    }
}

#[test]
fn the_form_fits_the_nginx_of_each_release() {
    let site = |release| {
        let claims = render(&deployment(), release).unwrap();
        let tls = text(&claims, "/etc/nginx/snippets/vc4all-tls.conf").to_owned();
        (text(&claims, &format!("/etc/nginx/sites-available/{HOST}.conf")).to_owned(), tls)
    };
    let (old, old_tls) = site(Release::Debian12);
    let (new, new_tls) = site(Release::Debian13);
    assert!(old.contains("ssl http2") && !old.contains("http2 on") && !old_tls.contains("MLKEM"));
    assert!(!new.contains("ssl http2") && new.contains("http2 on;") && new_tls.contains("X25519MLKEM768:X25519"));
    let sets_a_header = |line: &str| line.trim_start().starts_with("add_header");
    assert!(!old.lines().chain(new.lines()).any(sets_a_header), "a header of its own drops the others");
}

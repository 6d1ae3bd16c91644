//! The pages: languages, labels, rooms, and nothing that was asked comes back as markup.

use crate::reply::{Reply, escaped};
use crate::service::{House, ROOM, Service};

fn open() -> Service {
    House::new("required").open()
}

/// What every page has to have for people who do not see it, and for a strict policy.
fn assert_sound(page: &Reply, language: &str) {
    let body = &page.body;
    assert!(body.starts_with(&format!("<!doctype html>\n<html lang=\"{language}\">")), "{body}");
    for part in
        ["<meta name=\"viewport\"", "<title>", "<h1>", "class=\"skip\" href=\"#content\"", "<main id=\"content\">"]
    {
        assert_eq!(body.matches(part).count(), 1, "{part} in {body}");
    }
    for part in ["<script", "style=", "onclick", "javascript:", "http://", "https://", "{{", "{%"] {
        assert!(!body.contains(part), "{part} in {body}");
    }
    assert!(body.contains("Gemeente Voorbeeldstad &amp; omstreken"));
    for field in body.split("<input ").skip(1).filter(|field| !field.contains("type=\"hidden\"")) {
        let id = field.split("id=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(body.matches(&format!("<label for=\"{id}\">")).count(), 1, "{id} has no label in {body}");
    }
    for named in body.split("aria-describedby=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        for id in named.split(' ') {
            assert_eq!(body.matches(&format!("id=\"{id}\"")).count(), 1, "{id} is not there once in {body}");
        }
    }
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let own =
        ["cache-control", "content-type", "content-length", "connection", "date", "allow", "retry-after", "set-cookie"];
    assert!(page.headers.iter().all(|(name, _)| own.contains(&name.as_str())), "{:?}", page.headers);
}

#[test]
fn the_form_speaks_dutch_and_english() {
    let door = open();
    let cases = [
        ("&lang=nl", "en", "nl", "Inloggen als gastheer"),
        ("&lang=en", "nl", "en", "Log in as meeting host"),
        ("", "en-GB,en;q=0.7,nl;q=0.3", "en", "Log in as meeting host"),
        ("", "fr", "nl", "Inloggen als gastheer"),
        ("&lang=%3Cb%3E", "", "nl", "Inloggen als gastheer"),
    ];
    for (asked, accepted, language, title) in cases {
        let page = door.get(&format!("/door?room={ROOM}{asked}"), &[("Accept-Language", accepted)]);
        assert_eq!(page.status, 200);
        assert_sound(&page, language);
        assert!(page.body.contains(&format!("<h1>{title}</h1>")), "{}", page.body);
        assert!(page.body.contains(&format!("<strong>{ROOM}</strong>")));
        for part in ["autocomplete=\"username\"", "autocomplete=\"current-password\"", "autocomplete=\"one-time-code\""]
        {
            assert_eq!(page.body.matches(part).count(), 1, "{part}");
        }
        assert_eq!(page.all("set-cookie"), [""; 0]);
    }
}

#[test]
fn the_other_language_keeps_room_and_switches() {
    let door = open();
    let state = escaped(r#"{"room":"x","config.startWithAudioMuted":true,"config.evil":"</a>"}"#);
    let page = door.get(&format!("/door?room={ROOM}&state={state}"), &[]);
    let kept = format!("/door?room={ROOM}&amp;state={}&amp;lang=en", "%7B%22config.startWithAudioMuted%22%3Atrue%7D");
    assert!(page.body.contains(&kept), "{}", page.body);
    let other = door.get(&kept.replace("&amp;", "&"), &[]);
    assert_sound(&other, "en");
    assert!(other.body.contains("value=\"{&quot;config.startWithAudioMuted&quot;:true}\""), "{}", other.body);
}

#[test]
fn without_a_room_a_new_one_is_offered() {
    let door = open();
    let offered = |page: &Reply| {
        let rest = page.body.split("href=\"/door?room=").nth(1).unwrap();
        rest.split("&amp;").next().unwrap().to_owned()
    };
    let (one, other) = (door.get("/door", &[]), door.get("/door?room=&lang=en", &[]));
    assert_eq!((one.status, other.status), (200, 200));
    assert_sound(&one, "nl");
    assert_sound(&other, "en");
    assert_ne!(offered(&one), offered(&other));
    assert!(offered(&one).len() == 20 && offered(&one).bytes().all(|b| b.is_ascii_digit()));
    let next = door.get(&format!("/door?room={}", offered(&one)), &[]);
    assert!(next.body.contains("name=\"passphrase\""), "{}", next.body);
}

#[test]
fn a_room_that_is_easily_guessed_is_refused_with_a_better_one() {
    let door = open();
    for room in ["weekoverleg", "Overleg-2026", "11111111111111111111", "12345678901234567890", "gemeenteraad"] {
        let page = door.get(&format!("/door?room={room}&lang=en"), &[]);
        assert_eq!(page.status, 400, "{room}");
        assert_sound(&page, "en");
        assert!(page.body.contains("too easy to guess") && page.body.contains("role=\"alert\""), "{}", page.body);
        assert!(page.body.contains("href=\"/door?room=") && !page.body.contains("name=\"passphrase\""));
    }
}

#[test]
fn a_name_that_is_none_is_refused_and_not_shown() {
    let door = open();
    let long = "7".repeat(101);
    let names = [
        "../..",
        "//evil.example",
        "a/b",
        "<script>alert(1)</script>",
        "vergadering één",
        "\u{212a}83920471650293847561",
        "a&b",
        "a#b",
        "%2e%2e",
        "\"><b>",
        long.as_str(),
    ];
    for room in names {
        let page = door.get(&format!("/door?room={}", escaped(room)), &[]);
        assert_eq!(page.status, 400, "{room}");
        assert_sound(&page, "nl");
        assert!(page.body.contains("Deze naam kan niet."), "{}", page.body);
        assert!(!page.body.contains("evil") && !page.body.contains("<b>") && !page.body.contains("alert("));
    }
    let capitals = door.get("/door?room=Kamer-7F3K9Q2X8W", &[]);
    assert!(capitals.body.contains("<strong>kamer-7f3k9q2x8w</strong>"), "{}", capitals.body);
}

#[test]
fn other_places_and_methods_are_told_apart() {
    let door = open();
    for address in ["/", "/doors", "/door/", "/door/open/", "/vc4all/style.css", "/door/../etc/passwd"] {
        let page = door.get(address, &[]);
        assert_eq!(page.status, 404, "{address}");
        assert_sound(&page, "nl");
    }
    for (address, allowed) in [("/door", "GET, HEAD, POST"), ("/door/open", "POST"), ("/door/out", "POST")] {
        let methods = ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"];
        let more: &[&str] = if address == "/door" { &[] } else { &["GET", "HEAD"] };
        for method in methods.iter().chain(more) {
            let text = crate::service::request(method, address, &[], "");
            let page = crate::reply::send(&door.socket(), text.as_bytes()).unwrap();
            assert_eq!((page.status, page.header("allow")), (405, allowed), "{method} {address}");
        }
    }
}

#[test]
fn a_head_is_the_page_without_the_page() {
    let door = open();
    let address = format!("/door?room={ROOM}");
    let whole = door.get(&address, &[]);
    let text = crate::service::request("HEAD", &address, &[], "");
    let head = crate::reply::send(&door.socket(), text.as_bytes()).unwrap();
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), whole.body.len().to_string());
}

//! A message as an HTTPS request.

use crate::office::{CHAT, Office, TOKEN};
use crate::server::{Tls, flood, request, secure, serve};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// A service that answers every request in the same words: its port, and the requests.
pub(crate) fn answering(office: &Office, answer: &str) -> (u16, Receiver<String>) {
    answering_as(office, "servers", answer)
}

fn answering_as(office: &Office, pair: &str, answer: &str) -> (u16, Receiver<String>) {
    let (config, answer) = (office.tls(pair), answer.to_owned());
    serve(move |stream, tell| {
        let Some(mut tls) = secure(stream, config) else { return };
        if let Some(request) = request(&mut tls) {
            tell.send(request).unwrap();
            let _ = tls.write_all(answer.as_bytes()).and_then(|()| tls.flush());
        }
    })
}

#[test]
fn a_service_gets_one_request_with_what_people_and_programs_read() {
    let office = Office::open();
    let (port, requests) = answering(&office, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let mut ledger = office.failing();
    let sent = office.tell(&office.order(Some(port), None), &mut ledger);
    assert!(sent[0].done.is_ok(), "{}", sent[0]);
    assert_eq!(sent[0].to_string(), "the operator was told by webhook: renewal-failing");
    let all: Vec<String> = requests.iter().collect();
    let [request] = all.as_slice() else { panic!("{all:?}") };
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_ascii_lowercase();
    assert!(head.starts_with(&format!("post /hooks/{TOKEN}?q=1 http/1.1\r\n")), "{head}");
    for header in [format!("\r\nhost: {CHAT}:{port}"), "\r\ncontent-type: application/json".to_owned()] {
        assert!(head.contains(&header), "{head}");
    }
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["instance"], "vergaderen.voorbeeldstad.nl");
    assert_eq!(body["event"], "renewal-failing");
    assert_eq!((&body["cause"], &body["help"]), (&"port 80 is closed".into(), &"open port 80 to the world".into()));
    assert_eq!((&body["days_left"], &body["since"]), (&28.into(), &"2027-01-14T20:00:00Z".into()));
    let text = body["text"].as_str().unwrap();
    assert!(text.contains("kon niet worden vernieuwd") && text.contains("journalctl -u vc4all-renew"), "{text}");
}

#[test]
fn its_end_is_told_and_a_test_says_that_it_is_one() {
    let office = Office::open();
    let (port, requests) = answering(&office, "HTTP/1.1 200 OK\r\n\r\n");
    let mut ledger = office.failing();
    ledger.told = Some(vc4all_deploy::model::ledger::Told { since: office.now - 86_400, at: office.now - 3600 });
    ledger.mend();
    assert!(office.tell(&office.order(Some(port), None), &mut ledger)[0].done.is_ok());
    assert_eq!(ledger.told, None);
    assert!(requests.recv().unwrap().contains("well-again"));
    let (port, requests) = answering(&office, "HTTP/1.1 200 OK\r\n\r\n");
    office.try_out(&office.order(Some(port), None)).unwrap();
    assert!(requests.recv().unwrap().contains("\"event\":\"test\""));
}

#[test]
fn who_shows_a_wrong_certificate_gets_nothing() {
    let office = Office::open();
    for pair in ["elsewhere", "claimed"] {
        let (port, requests) = answering_as(&office, pair, "HTTP/1.1 200 OK\r\n\r\n");
        let failure = office.failure(&office.order(Some(port), None));
        assert!(failure.contains("its certificate is not trusted") && failure.contains("help: give"), "{failure}");
        assert_eq!(requests.iter().count(), 0);
    }
}

#[test]
fn a_service_without_tls_gets_nothing() {
    let office = Office::open();
    let (port, heard) = serve(|mut stream, tell| {
        let mut bytes = [0; 512];
        let count = stream.read(&mut bytes).unwrap();
        tell.send(String::from_utf8_lossy(&bytes[..count]).into_owned()).unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    let failure = office.failure(&office.order(Some(port), None));
    assert!(failure.contains("TLS with chat.voorbeeldstad.nl"), "{failure}");
    assert!(heard.iter().all(|heard| !heard.contains(TOKEN) && !heard.contains("POST")));
}

#[test]
fn a_redirect_is_not_followed() {
    let office = Office::open();
    let (elsewhere, visits) = answering(&office, "HTTP/1.1 200 OK\r\n\r\n");
    let to = format!("https://{CHAT}:{elsewhere}/{TOKEN}");
    let (port, requests) =
        answering(&office, &format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"));
    let failure = office.failure(&office.order(Some(port), None));
    assert!(failure.contains("status 307") && failure.contains("to which the service redirects"), "{failure}");
    assert_eq!((requests.iter().count(), visits.try_iter().count()), (1, 0));
}

#[test]
fn a_service_that_refuses_is_named_with_what_to_do() {
    let office = Office::open();
    for (status, help) in [("404 Not Found", "make a new address"), ("500 Oops", "ask who runs the service")] {
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 10\r\n\r\n{TOKEN}");
        let (port, _requests) = answering(&office, &answer);
        let failure = office.failure(&office.order(Some(port), None));
        assert!(failure.contains(&format!("status {}", &status[..3])) && failure.contains(help), "{failure}");
    }
}

/// What it is, and how it is given.
type Answer = (&'static str, fn(&mut Tls));

#[test]
fn an_answer_that_never_comes_or_never_ends_is_given_up() {
    let mut office = Office::open();
    office.patience = Duration::from_millis(1500);
    let answers: [Answer; 4] = [
        ("silence", |tls| drop(tls.read(&mut [0; 64]))),
        ("drips", |tls| {
            let _ = tls.write_all(b"HTTP/1.1 200 OK\r\nX: ");
            while tls.write_all(b"x").and_then(|()| tls.flush()).is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }),
        ("a header without end", |tls| {
            let _ = tls.write_all(b"HTTP/1.1 200 OK\r\nX: ");
            assert!(flood(tls, &[b'x'; 4096]) < 8 * 1024 * 1024);
        }),
        ("rubbish", |tls| assert!(flood(tls, b"\x1b]0;x\x07\xff\x00") < 8 * 1024 * 1024)),
    ];
    for (name, answer) in answers {
        let config = office.tls("servers");
        let (port, _) = serve(move |stream, _| {
            let mut tls = secure(stream, config).unwrap();
            request(&mut tls).unwrap();
            answer(&mut tls);
        });
        let failure = office.failure(&office.order(Some(port), None));
        assert!(!failure.is_empty(), "{name}");
        eprintln!("{name}: {failure}");
    }
}

#[test]
fn a_file_that_is_missing_or_holds_something_else_is_named_and_not_shown() {
    let office = Office::open();
    let order = office.order(Some(443), None);
    for text in ["", "\n", "http://chat.voorbeeldstad.nl/t0ken-9f2c", "t0ken-9f2c", "https://t0ken-9f2c/"] {
        std::fs::write(office.path("webhook"), text).unwrap();
        let failure = office.failure(&order);
        assert!(failure.contains("the webhook's address"), "{failure}");
    }
    std::fs::remove_file(office.path("webhook")).unwrap();
    assert!(office.failure(&order).contains("help: run `vc4all-deploy up`"));
}

//! What nobody who means well sends: other sites' forms, broken and oversized requests, slow ones, and line breaks.

use crate::reply::{Reply, escaped, form, send};
use crate::service::{House, ROOM, own, request};
use proptest::prelude::*;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};
use vc4all_deploy::accounts::App;

fn fields() -> String {
    form(&[("room", ROOM), ("account", "anna"), ("passphrase", "een zin"), ("code", "123456")])
}

#[test]
fn a_form_of_another_site_is_refused() {
    let door = House::new("required").open();
    let foreign: [&[(&str, &str)]; 9] = [
        &[],
        &[("Origin", "null")],
        &[("Origin", "https://evil.example")],
        &[("Origin", "http://overleg.voorbeeldstad.example")],
        &[("Origin", "https://overleg.voorbeeldstad.example.evil.example")],
        &[("Origin", "https://overleg.voorbeeldstad.example:8443")],
        &[("Origin", "https://overleg.voorbeeldstad.example"), ("Origin", "https://evil.example")],
        &[("Origin", "https://overleg.voorbeeldstad.example"), ("Sec-Fetch-Site", "cross-site")],
        &[("Origin", "https://overleg.voorbeeldstad.example"), ("Sec-Fetch-Site", "same-site")],
    ];
    for headers in foreign {
        for address in ["/door", "/door/open", "/door/out"] {
            let reply = door.post_text(address, &fields(), headers);
            assert_eq!(reply.status, 403, "{address} {headers:?}");
            assert!(reply.body.contains("Het formulier kwam niet van deze site") && reply.all("set-cookie").is_empty());
        }
    }
    assert_eq!(door.noted("form of another origin refused"), 27);
    assert_eq!(door.post_text("/door", &fields(), &own()[..1]).status, 403, "an old browser sends no Sec-Fetch-Site");
    assert_eq!(door.noted("log-in refused"), 1);
}

#[test]
fn a_body_that_is_no_form_is_refused() {
    let door = House::new("required").open();
    for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json", ""] {
        let headers = [&[("Content-Type", kind)][..], &own()].concat();
        let reply = send(&door.socket(), request("POST", "/door", &headers, &fields()).as_bytes()).unwrap();
        assert_eq!(reply.status, 415, "{kind}");
    }
    let broken = [
        "room",
        "room=1&room=1",
        "room=%",
        "room=%zz",
        "room=%C3%28",
        "room=%00",
        "room=a%0d%0aSet-Cookie:%20a=b",
        "&&",
    ];
    for text in broken {
        assert_eq!(door.post_text("/door", text, &own()).status, 400, "{text}");
        assert_eq!(door.get(&format!("/door?{text}"), &[]).status, 400, "{text}");
    }
    let twice = format!("{}&account=bert", fields());
    assert_eq!(door.post_text("/door", &twice, &own()).status, 400);
    assert_eq!(door.noted("log-in refused"), 0);
}

#[test]
fn what_is_too_large_is_refused() {
    let door = House::new("required").open();
    let large = format!("room={ROOM}&state={}", "x".repeat(9000));
    assert_eq!(door.post_text("/door", &large, &own()).status, 413);
    let chunk = format!("2400\r\n{}\r\n0\r\n\r\n", "x".repeat(0x2400));
    let head = request("POST", "/door", &[("Transfer-Encoding", "chunked")], "").replace("Content-Length: 0\r\n", "");
    assert_eq!(send(&door.socket(), format!("{head}{chunk}").as_bytes()).unwrap().status, 413);
    let value = format!("room={ROOM}&account={}", "x".repeat(5000));
    assert_eq!(door.post_text("/door", &value, &own()).status, 400);
    let long = "x".repeat(20_000);
    for reply in [door.get("/door", &[("X-Long", &long)]), door.get(&format!("/door?room={long}"), &[])] {
        assert!(matches!(reply.status, 414 | 431), "{}", reply.status);
    }
    let many = vec![("X-One", "1"); 100];
    assert_eq!(door.get("/door", &many).status, 431);
}

#[test]
fn garbage_is_answered_or_cut_and_the_door_stays_open() {
    let door = House::new("required").open();
    let texts: [&[u8]; 7] = [
        b"\r\n\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /door HTTP/9.9\r\n\r\n",
        b"GET http://evil.example/door HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"POST /door HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST /door HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET /door?room=\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    ];
    for text in texts {
        let mut stream = UnixStream::connect(door.socket()).unwrap();
        stream.write_all(text).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        if let Some(reply) = Reply::read(stream) {
            assert!(matches!(reply.status, 200 | 400..=499), "{} to {}", reply.status, text.escape_ascii());
            assert!(!reply.body.contains("evil.example"));
        }
    }
    assert_eq!(door.get("/door", &[]).status, 200);
}

#[test]
fn who_is_slow_is_cut_in_time() {
    let door = House::new("required").open();
    let head =
        request("POST", "/door", &[&[("Content-Type", "application/x-www-form-urlencoded")], &own()[..]].concat(), "");
    let body = head.replace("Content-Length: 0", "Content-Length: 100");
    let slow = |text: String| {
        let mut stream = UnixStream::connect(door.socket()).unwrap();
        move || {
            let begun = Instant::now();
            stream.write_all(text.as_bytes()).unwrap();
            let mut trickle = stream.try_clone().unwrap();
            let status = Reply::read(&stream).map(|reply| reply.status);
            let _ = trickle.write_all(b"x");
            (status, begun.elapsed())
        }
    };
    let attempts = [slow("GET /door HTTP/1.1\r\nX-A: ".to_owned()), slow(String::new()), slow(body)];
    let threads = attempts.map(std::thread::spawn);
    let ended = threads.map(|thread| thread.join().unwrap());
    for (status, took) in &ended {
        assert!(*took < Duration::from_secs(7) && matches!(status, None | Some(408)), "{ended:?}");
    }
    assert_eq!(ended[2].0, Some(408), "a form that does not come to its end");
}

#[test]
fn many_silent_connections_do_not_close_the_door() {
    let door = House::new("required").open();
    let silent: Vec<UnixStream> = (0..300).map_while(|_| UnixStream::connect(door.socket()).ok()).collect();
    assert!(silent.len() >= 256);
    let begun = Instant::now();
    assert_eq!(door.get("/door", &[]).status, 200);
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
}

#[test]
fn whatever_is_asked_a_place_stays_on_this_host() {
    let house = House::new("optional");
    let anna = house.account("anna", App::Without);
    let door = house.open();
    let passphrase = anna.passphrase.as_ref().unwrap().reveal().clone();
    let first =
        door.post("/door", &[("room", ROOM), ("account", "anna"), ("passphrase", &passphrase), ("stay", "yes")], &[]);
    let cookie = first.header("set-cookie").split(';').next().unwrap().to_owned();
    let piece = "\\PC{0,12}|[/\\\\.%#?:@\r\n\0 ]{0,6}|//evil\\.example|83920471650293847561|[a-z0-9-]{12,30}";
    let texts =
        (proptest::collection::vec(piece, 1..3), "\\PC{0,30}|\\{\"config\\.startAudioOnly\":(true|1|\"\r\n\")\\}");
    let config = ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() };
    let opened = std::cell::Cell::new(0);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let judged = runner.run(&texts, |(room, state)| {
        let text = format!("room={}&state={}&lang=en", escaped(&room.concat()), escaped(&state));
        let reply = door.post_text("/door/open", &text, &[&[("Cookie", cookie.as_str())][..], &own()].concat());
        prop_assert!(matches!(reply.status, 200 | 303 | 400), "{}", reply.status);
        if reply.status == 303 {
            opened.set(opened.get() + 1);
            let place = reply.header("location");
            let (path, fragment) = place.split_once("#jwt=%22").unwrap();
            let name = path.strip_prefix('/').unwrap();
            prop_assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{place}");
            prop_assert!(fragment.bytes().all(|b| b.is_ascii_alphanumeric() || b"&=.-_%".contains(&b)), "{place}");
        }
        // Signing out without a cookie leads back to the form, in whose address the same words stand.
        let out = door.post_text("/door/out", &text, &own());
        if out.status == 303 {
            let place = out.header("location");
            prop_assert!(place.starts_with("/door?") && place.bytes().all(|b| b.is_ascii_graphic()), "{place}");
        }
        Ok(())
    });
    judged.unwrap();
    assert!(opened.get() > 100, "{} rooms were opened", opened.get());
}

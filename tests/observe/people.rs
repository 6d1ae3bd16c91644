//! The number of people in meetings, asked of a server that may answer anything, or nothing.

use crate::free_port::free_port;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use vc4all_deploy::observe::PROBE;

const GOOD: &str = "{\"people\":7,\"waiting\":1,\"meetings\":2}\n";

/// What the probe says of a server that does this with whoever asks.
fn said(serve: fn(TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        // A server that closes before it has read everything resets the connection.
        let asked = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
        assert_eq!(asked.count(), 2);
        serve(stream);
    });
    run(port)
}

fn run(port: u16) -> String {
    let script = PROBE.replace("127.0.0.1/5280", &format!("127.0.0.1/{port}"));
    assert_ne!(script, PROBE, "the probe asks another port");
    let probe = Command::new("sh").args(["-c", &script, "sh", "people"]).stdin(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&probe.stdout).into_owned()
}

fn answer(mut stream: TcpStream, head: &str, body: &str) {
    let _ = write!(stream, "HTTP/1.0 {head}\r\nContent-Type: application/json\r\n\r\n{body}");
}

#[test]
fn three_numbers_are_read_in_any_order() {
    assert_eq!(said(|stream| answer(stream, "200 OK", GOOD)), "people 7 2 1\n");
    let nobody = said(|stream| answer(stream, "200 OK", "{\"meetings\":0,\"people\":0,\"waiting\":0}\n"));
    assert_eq!(nobody, "people 0 0 0\n");
}

#[test]
fn anything_else_is_no_answer() {
    let served: [fn(TcpStream); 8] = [
        |stream| answer(stream, "404 Not Found", GOOD),
        |stream| answer(stream, "500 Oh", "{}\n"),
        |stream| answer(stream, "200 OK", "{\"people\":7}\n"),
        |stream| answer(stream, "200 OK", "{\"people\":-7,\"waiting\":1,\"meetings\":2}\n"),
        |stream| answer(stream, "200 OK", "{\"people\":99999999999,\"waiting\":1,\"meetings\":2}\n"),
        |stream| answer(stream, "200 OK", "{\"people\":\"7\nend\",\"waiting\":1,\"meetings\":2}\n"),
        |stream| answer(stream, "200 OK", "\u{1b}]0;x\u{7}\n\ndigest 0\n"),
        drop,
    ];
    for (number, serve) in served.into_iter().enumerate() {
        assert_eq!(said(serve), "", "answer {number}");
    }
}

#[test]
fn who_does_not_listen_gives_no_answer() {
    assert_eq!(run(free_port()), "");
}

#[test]
fn an_endless_or_silent_server_is_left() {
    let began = Instant::now();
    let flood: fn(TcpStream) = |mut stream| while stream.write_all(&[b'{'; 4096]).is_ok() {};
    assert_eq!(said(flood), "");
    let silent: fn(TcpStream) = |stream| {
        thread::sleep(Duration::from_secs(30));
        drop(stream);
    };
    assert_eq!(said(silent), "");
    assert!(began.elapsed() < Duration::from_secs(20), "it waited {:?}", began.elapsed());
}

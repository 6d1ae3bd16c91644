//! The look at a challenge before the authority comes: from this machine, and by the host itself.

use crate::desk::{Desk, Mishap};
use crate::domain;
use crate::free_port::free_port;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant};
use vc4all_deploy::acme::reach::Looks;
use vc4all_deploy::acme::{self, Proof, Reach};

fn page(token: &str, answer: &str) -> Proof {
    Proof::Page { token: token.to_owned(), answer: answer.to_owned() }
}

fn look(looks: &mut Looks, ports: &[u16]) -> Reach {
    let addresses: Vec<_> = ports.iter().map(|port| SocketAddr::from(([127, 0, 0, 1], *port))).collect();
    looks.look_at(&domain("a.example"), &addresses, ("token", "answer"))
}

#[test]
fn one_address_that_answers_wrongly_is_enough_to_refuse() {
    let closed = free_port();
    let (right, wrong) = (Desk::new(Mishap::Nothing), Desk::new(Mishap::Nothing));
    let mut right = right;
    acme::HostDesk::show(&mut right, &page("token", "answer")).expect("served");
    let at = |ports: &[u16]| look(&mut Looks::default(), ports);
    assert_eq!(at(&[right.port]), Reach::Served);
    assert_eq!(at(&[closed, right.port]), Reach::Served);
    assert!(matches!(at(&[right.port, wrong.port]), Reach::Other(_)));
    assert!(matches!(at(&[closed]), Reach::Closed(_)));
    assert!(matches!(at(&[]), Reach::Unseen(_)));
}

#[test]
fn the_host_itself_sees_what_it_serves_and_nothing_else() {
    let mut desk = Desk::new(Mishap::Nothing);
    acme::HostDesk::show(&mut desk, &page("token", "token.answer")).expect("served");
    let closed = free_port();
    let fetch = |token: &str, port: u16| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/acme/host/fetch.sh");
        let done = Command::new("sh").args([script, "localhost", token, &port.to_string()]).output().expect("sh");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("text")
    };
    assert_eq!(fetch("token", desk.port), "token.answer");
    assert_eq!(fetch("other", desk.port), "");
    assert_eq!(fetch("token", closed), "");
}

#[test]
fn an_address_that_does_not_answer_is_waited_for_once() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    // Nobody ever takes the connection up: the system does, and then all is silent.
    let mut looks = Looks::default();
    assert!(matches!(look(&mut looks, &[port]), Reach::Closed(_)));
    let begin = Instant::now();
    for _ in 0..40 {
        assert!(matches!(look(&mut looks, &[port]), Reach::Closed(_)));
    }
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    let closed = free_port();
    assert!(matches!(look(&mut looks, &[closed]), Reach::Closed(why) if why.contains(&closed.to_string())));
}

#[test]
fn an_answer_without_an_end_is_none() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody");
        // A byte now and then, until nobody listens any more.
        while stream.write_all(b"H").is_ok() {
            std::thread::sleep(Duration::from_millis(300));
        }
    });
    let begin = Instant::now();
    let Reach::Closed(why) = look(&mut Looks::default(), &[port]) else { panic!("it was taken for an answer") };
    assert!(why.contains("does not answer") && begin.elapsed() < Duration::from_secs(8), "{why}");
}

//! A message as a mail, handed to a server over TLS.

use crate::free_port::free_port;
use crate::office::{MAIL, Office, PASSWORD, USER};
use crate::root;
use crate::server::{converse, flood, secure, serve};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// The distribution's Python, which has the distribution's modules.
const PYTHON: &str = "/usr/bin/python3";
const GREETING: &str = "220 mail.voorbeeldstad.nl ESMTP\r\n";
const OFFER: &str = "250-mail.voorbeeldstad.nl\r\n250-SIZE 1000000\r\n250 STARTTLS\r\n";

/// A mail server of another make (aiosmtpd).
struct Postmaster {
    process: Child,
    _stdin: ChildStdin,
    mails: Receiver<Value>,
}

impl Postmaster {
    /// Starts it; nothing where this machine has none.
    fn start(office: &Office, (address, port): (&str, u16), (begins, login): (&str, &str)) -> Option<Self> {
        if !Command::new(PYTHON).args(["-c", "import aiosmtpd"]).status().is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("CI").is_none(), "not installed: python3-aiosmtpd");
            eprintln!("left out: not installed: python3-aiosmtpd");
            return None;
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/alerts/postmaster.py");
        let mut command = Command::new(PYTHON);
        command.args(["-W", "ignore", script, address, &port.to_string(), begins]);
        command.args([office.path("servers.pem"), office.path("servers.key")]).arg(login);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (lines, stdin) = (BufReader::new(process.stdout.take().unwrap()), process.stdin.take().unwrap());
        let (tell, mails) = channel();
        thread::spawn(move || {
            for line in lines.lines() {
                let _ = tell.send(serde_json::from_str(&line.unwrap()).unwrap());
            }
        });
        assert_eq!(mails.recv_timeout(Duration::from_secs(20)), Ok(Value::from("ready")));
        Some(Self { process, _stdin: stdin, mails })
    }

    fn mail(&self) -> Value {
        self.mails.recv_timeout(Duration::from_secs(10)).unwrap()
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    let pairs = mail["headers"].as_array().unwrap();
    let mut found = pairs.iter().filter(|pair| pair[0].as_str().unwrap() == name);
    let value = found.next().unwrap_or_else(|| panic!("no {name}: {mail}"))[1].as_str().unwrap();
    assert!(found.next().is_none(), "two of {name}");
    value
}

fn is_the_mail(mail: &Value) {
    assert_eq!((&mail["from"], &mail["tls"]), (&"vergaderen@voorbeeldstad.nl".into(), &true.into()));
    assert_eq!(mail["to"], Value::from(vec!["beheer@voorbeeldstad.nl"]));
    assert_eq!(mail["hello"], "vergaderen.voorbeeldstad.nl");
    assert_eq!(mail["defects"], Value::Array(Vec::new()));
    assert_eq!(header(mail, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(mail, "Subject"), "The certificate of vergaderen.voorbeeldstad.nl could not be renewed.");
    assert_eq!(header(mail, "Date"), "Fri, 15 Jan 2027 08:00:00 +0000");
    let id = header(mail, "Message-ID");
    assert!(id.ends_with("@vergaderen.voorbeeldstad.nl>") && id.len() > 50, "{id}");
    assert_eq!(mail["headers"].as_array().unwrap().len(), 9, "{mail}");
}

#[test]
fn a_mail_arrives_by_starttls_with_name_and_password() {
    let office = Office::open();
    let port = free_port();
    let login = format!("{USER}:{PASSWORD}");
    let Some(postmaster) = Postmaster::start(&office, ("127.0.0.1", port), ("starttls", &login)) else { return };
    let mut ledger = office.failing();
    let sent = office.tell(&office.order(None, Some((port, Some(PASSWORD)))), &mut ledger);
    assert!(sent[0].done.is_ok(), "{}", sent[0]);
    let mail = postmaster.mail();
    is_the_mail(&mail);
    assert_eq!(mail["authenticated"], true);
    let body = mail["body"].as_str().unwrap();
    assert!(body.contains("kon niet worden vernieuwd. Het is nog 28 dagen geldig."), "{body}");
    assert!(body.contains("Cause: `port 80 is closed`"), "{body}");
    office.try_out(&office.order(None, Some((port, Some(PASSWORD))))).unwrap();
    assert!(header(&postmaster.mail(), "Subject").starts_with("This is a test message"));

    let failure = office.failure(&office.order(None, Some((port, Some("something else")))));
    assert!(failure.contains("the server refuses name or password with 535"), "{failure}");
    let failure = office.failure(&office.order(None, Some((port, None))));
    assert!(failure.contains("the server does not take the sender: 530"), "{failure}");
    assert!(postmaster.mails.try_recv().is_err());
}

#[test]
fn a_mail_arrives_where_tls_begins_with_the_connection() {
    if !root::is_root() {
        return;
    }
    let mut office = Office::open();
    let address = "127.46.5.1";
    office.addresses = vec![address.parse().unwrap()];
    let Some(postmaster) = Postmaster::start(&office, (address, 465), ("tls", "")) else { return };
    let sent = office.tell(&office.order(None, Some((465, None))), &mut office.failing());
    assert!(sent[0].done.is_ok(), "{}", sent[0]);
    is_the_mail(&postmaster.mail());
}

#[test]
fn no_cause_becomes_a_header_or_a_second_mail() {
    let office = Office::open();
    let port = free_port();
    let Some(postmaster) = Postmaster::start(&office, ("127.0.0.1", port), ("starttls", "")) else { return };
    let order = office.order(None, Some((port, None)));
    for cause in [
        "no\r\nBcc: everybody@voorbeeldstad.nl\r\n\r\nBuy!",
        "no\r\n.\r\nMAIL FROM:<a@b.nl>\r\n",
        "\r\n.\r\n",
        ".",
        "no\nSubject: other\u{202e}\u{0}\u{1b}[2J",
        &"very long ".repeat(20_000),
    ] {
        let sent = office.tell(&order, &mut office.failing_because(cause));
        assert!(sent[0].done.is_ok(), "{}", sent[0]);
        let mail = postmaster.mail();
        is_the_mail(&mail);
        let body = mail["body"].as_str().unwrap();
        assert!(body.len() < 2000 && !body.contains(['\u{1b}', '\u{0}', '\u{202e}']), "{body:?}");
        assert!(!body.lines().any(|line| line.starts_with("Bcc") || line == "."), "{body}");
    }
    assert!(postmaster.mails.try_recv().is_err());
}

/// A server that offers STARTTLS and says these words afterwards: its port, and every line that it hears.
fn starting_tls(office: &Office, pair: &str, answers: &'static [&'static str]) -> (u16, Receiver<String>) {
    let config = office.tls(pair);
    serve(move |mut stream, tell| {
        for (answer, wanted) in [(GREETING, "EHLO"), (OFFER, "STARTTLS"), ("220 go on\r\n", "")] {
            stream.write_all(answer.as_bytes()).unwrap();
            if !wanted.is_empty() {
                let mut line = [0; 256];
                let count = stream.read(&mut line).unwrap();
                assert!(line[..count].starts_with(wanted.as_bytes()));
            }
        }
        if let Some(mut tls) = secure(stream, config) {
            // There is no second greeting: the client speaks first.
            converse(&mut tls, &[&[""], answers].concat(), &tell);
        }
    })
}

#[test]
fn a_server_that_only_knows_login_is_understood() {
    let office = Office::open();
    let answers = [
        "250-mail.voorbeeldstad.nl\r\n250 AUTH LOGIN\r\n",
        "334 VXNlcm5hbWU6\r\n",
        "334 UGFzc3dvcmQ6\r\n",
        "235 welcome\r\n",
        "250 ok\r\n",
        "250 ok\r\n",
        "354 go on\r\n",
    ];
    let (port, heard) = starting_tls(&office, "servers", Box::leak(Box::new(answers)));
    let mut office = office;
    office.patience = Duration::from_secs(8);
    // It never says that it took the mail.
    assert!(office.failure(&office.order(None, Some((port, Some(PASSWORD))))).contains("no end within 8 seconds"));
    let heard: Vec<String> = heard.iter().collect();
    let expected =
        ["EHLO vergaderen.voorbeeldstad.nl", "AUTH LOGIN", "dmVyZ2FkZXJlbg==", "d2FjaHR3MDByZC12YW4taGV0LXJlbGFpcw=="];
    assert_eq!(&heard[..4], expected, "{heard:?}");
    assert_eq!(&heard[4..7], ["MAIL FROM:<vergaderen@voorbeeldstad.nl>", "RCPT TO:<beheer@voorbeeldstad.nl>", "DATA"]);
    assert_eq!(heard.last().unwrap(), ".");
}

#[test]
fn a_server_that_refuses_the_recipient_is_quoted() {
    let office = Office::open();
    let answers: &[&str] = &[
        "250 mail.voorbeeldstad.nl\r\n",
        "250 ok\r\n",
        "550-5.7.1 no relaying\r\n550 for\x1b[2J you\r\n",
        "221 bye\r\n",
    ];
    let (port, heard) = starting_tls(&office, "servers", Box::leak(answers.to_vec().into_boxed_slice()));
    let failure = office.failure(&office.order(None, Some((port, None))));
    assert!(failure.contains("does not take the recipient: 550 5.7.1 no relaying for[2J you"), "{failure}");
    assert!(!heard.iter().any(|line| line == "DATA"));
}

#[test]
fn who_shows_a_wrong_certificate_learns_nothing() {
    let office = Office::open();
    for pair in ["elsewhere", "claimed"] {
        let (port, heard) = starting_tls(&office, pair, &["250 AUTH PLAIN\r\n"]);
        let failure = office.failure(&office.order(None, Some((port, Some(PASSWORD)))));
        assert!(failure.contains("TLS with mail.voorbeeldstad.nl") && failure.contains("not trusted"), "{failure}");
        assert_eq!(heard.iter().count(), 0);
    }
}

#[test]
fn a_server_without_tls_learns_nothing() {
    let office = Office::open();
    for offer in ["250-mail.voorbeeldstad.nl\r\n250 AUTH PLAIN LOGIN\r\n", "250 STARTTLS is what I am called\r\n"] {
        let (port, heard) =
            serve(move |mut stream, tell| converse(&mut stream, &[GREETING, offer, "454 not today\r\n"], &tell));
        let failure = office.failure(&office.order(None, Some((port, Some(PASSWORD)))));
        assert!(failure.contains(&format!("{MAIL} offers no TLS on port")), "{failure}");
        assert_eq!(heard.iter().collect::<Vec<_>>(), ["EHLO vergaderen.voorbeeldstad.nl"]);
    }
    let (port, heard) =
        serve(move |mut stream, tell| converse(&mut stream, &[GREETING, OFFER, "454 not today\r\n"], &tell));
    let failure = office.failure(&office.order(None, Some((port, Some(PASSWORD)))));
    assert!(failure.contains("does not take STARTTLS: 454 not today"), "{failure}");
    assert_eq!(heard.iter().collect::<Vec<_>>(), ["EHLO vergaderen.voorbeeldstad.nl", "STARTTLS"]);
}

#[test]
fn words_from_before_tls_do_not_count_as_said_under_it() {
    let office = Office::open();
    let injected = "220 go on\r\n250-mail.voorbeeldstad.nl\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 ok\r\n250 ok\r\n";
    let (port, heard) = serve(move |mut stream, tell| converse(&mut stream, &[GREETING, OFFER, injected], &tell));
    let failure = office.failure(&office.order(None, Some((port, Some(PASSWORD)))));
    assert!(failure.contains("spoke before TLS began"), "{failure}");
    assert_eq!(heard.iter().count(), 2);
}

#[test]
fn a_server_that_never_ends_or_says_nothing_is_given_up() {
    let mut office = Office::open();
    office.patience = Duration::from_millis(1500);
    for with in ["250-", "220-again\r\n", "\x1b\n", "x"] {
        let (port, _) = serve(move |mut stream, _| assert!(flood(&mut stream, with.repeat(1024).as_bytes()) < 8 << 20));
        let failure = office.failure(&office.order(None, Some((port, None))));
        let bounded = ["talks without end", "does not speak SMTP"].iter().any(|end| failure.contains(end));
        assert!(bounded, "{failure}");
    }
    let (port, _) = serve(|mut stream, _| drop(stream.read(&mut [0; 1])));
    assert!(office.failure(&office.order(None, Some((port, None)))).contains("no end within 1.5 seconds"));
    let (port, _) = serve(|stream, _| drop(stream));
    assert!(office.failure(&office.order(None, Some((port, None)))).contains("hangs up"));
}

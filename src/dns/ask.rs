//! One question to a server (RFC 1035), over UDP and, where the answer is too long for it, over TCP.

use anyhow::{Context as _, Result, bail, ensure};
use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, Record, RecordType};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

/// The largest datagram that is asked for; larger ones get lost on the way (DNS flag day 2020).
const DATAGRAM: u16 = 1232;
/// How long one server may take before the next one is asked.
const ROUND: Duration = Duration::from_millis(1500);
/// The longest name that is shown.
const LONGEST_NAME: usize = 255;

/// Where questions are asked.
pub struct Desk {
    servers: Vec<SocketAddr>,
    /// Whether these ask others in turn.
    recursion: bool,
    until: Instant,
}

/// An answer.
pub struct Answer(Message);

impl Answer {
    /// The records that answer.
    pub fn records(&self) -> &[Record] {
        &self.0.answers
    }

    /// The records that say who would know (RFC 2308 §2).
    pub fn authorities(&self) -> &[Record] {
        &self.0.authorities
    }

    /// Whether the name does not exist.
    pub fn is_nobody(&self) -> bool {
        self.0.metadata.response_code == ResponseCode::NXDomain
    }

    /// Why the resolver could not tell; nothing where it could.
    pub fn trouble(&self) -> Option<String> {
        match self.0.metadata.response_code {
            ResponseCode::NoError | ResponseCode::NXDomain => None,
            ResponseCode::ServFail => Some("the resolver failed (SERVFAIL)".to_owned()),
            ResponseCode::Refused => Some("the resolver refuses to tell (REFUSED)".to_owned()),
            code => Some(format!("the resolver says {}", u16::from(code))),
        }
    }

    /// Whether who answers is responsible for the name (RFC 1035 §4.1.1), and not somebody on the way.
    pub fn is_authoritative(&self) -> bool {
        self.0.metadata.authoritative
    }

    /// Whether the resolver says that it has checked the signatures (RFC 4035 §3.2.3).
    pub fn is_authentic(&self) -> bool {
        self.0.metadata.authentic_data
    }
}

/// Whether the resolver shall check signatures itself (RFC 4035 §3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checks {
    /// As it likes; an answer that is signed wrongly is none.
    Its,
    /// It gives what it has.
    None,
}

impl Desk {
    /// Asks these servers, for all questions together within `patience`.
    pub fn new(servers: Vec<SocketAddr>, patience: Duration) -> Self {
        Self { servers, recursion: true, until: Instant::now() + patience }
    }

    /// Asks one server for what it knows by itself.
    pub fn of(server: SocketAddr, patience: Duration) -> Self {
        Self { recursion: false, ..Self::new(vec![server], patience) }
    }

    /// Those that are asked.
    pub fn servers(&self) -> &[SocketAddr] {
        &self.servers
    }

    /// Asks until one server answers.
    ///
    /// # Errors
    /// When none does in time.
    pub fn ask(&self, name: &Name, kind: RecordType) -> Result<Answer> {
        self.ask_with(name, kind, Checks::Its)
    }

    /// The same with a word about signatures.
    ///
    /// # Errors
    /// When no server answers in time.
    pub fn ask_with(&self, name: &Name, kind: RecordType, checks: Checks) -> Result<Answer> {
        let mut last = None;
        // Twice around: a datagram may get lost.
        for server in self.servers.iter().chain(&self.servers) {
            if Instant::now() >= self.until {
                break;
            }
            let until = self.until.min(Instant::now() + ROUND);
            let mut question = question(name, kind, checks);
            question.metadata.recursion_desired = self.recursion;
            match exchange(*server, &question, until) {
                Ok(answer) => return Ok(Answer(answer)),
                Err(error) => last = Some(error.context(format!("ask {} for {}", server.ip(), shown(name)))),
            }
        }
        match last {
            Some(error) => Err(error),
            None => bail!("no time is left to ask for {}", shown(name)),
        }
    }
}

/// A name as it is shown, without the final dot.
pub fn shown(name: &Name) -> String {
    let text = name.to_ascii();
    let text = if text.len() > 1 { text.trim_end_matches('.') } else { &text };
    text.chars().filter(|c| c.is_ascii_graphic()).take(LONGEST_NAME).collect()
}

fn question(name: &Name, kind: RecordType, checks: Checks) -> Message {
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.metadata.checking_disabled = checks == Checks::None;
    // With the bit `DO` signatures come along, and `AD` is told (RFC 4035 §3.2.1).
    message.metadata.authentic_data = true;
    let mut edns = Edns::new();
    edns.set_max_payload(DATAGRAM).set_dnssec_ok(true);
    message.set_edns(edns);
    let mut name = name.clone();
    name.set_fqdn(true);
    message.add_query(Query::query(name, kind));
    message
}

/// A question in a datagram from a port that the system picks by chance; over TCP where the answer was cut off.
fn exchange(server: SocketAddr, question: &Message, until: Instant) -> Result<Message> {
    let own: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let bytes = question.to_vec().context("write the question")?;
    let socket = UdpSocket::bind(own).context("open a socket")?;
    // Datagrams of others than the server do not reach a connected socket.
    socket.connect(server).context("find a way")?;
    socket.send(&bytes).context("send")?;
    let mut buffer = [0; DATAGRAM as usize];
    loop {
        socket.set_read_timeout(Some(left(until)?))?;
        let count = socket.recv(&mut buffer).context("no answer")?;
        match answer(&buffer[..count], question) {
            Some(answer) if answer.metadata.truncation => return over_tcp(server, question, until),
            Some(answer) => return Ok(answer),
            None => {}
        }
    }
}

fn over_tcp(server: SocketAddr, question: &Message, until: Instant) -> Result<Message> {
    let bytes = question.to_vec().context("write the question")?;
    let mut stream = TcpStream::connect_timeout(&server, left(until)?).context("connect over TCP")?;
    stream.set_write_timeout(Some(left(until)?))?;
    let length = u16::try_from(bytes.len()).context("write the question")?;
    stream.write_all(&[&length.to_be_bytes()[..], &bytes].concat()).context("send over TCP")?;
    let mut head = [0; 2];
    take(&mut stream, &mut head, until)?;
    let mut body = vec![0; usize::from(u16::from_be_bytes(head))];
    take(&mut stream, &mut body, until)?;
    answer(&body, question).context("the answer over TCP is to another question")
}

/// Fills the buffer, however slowly it comes, but not after `until`.
fn take(stream: &mut TcpStream, buffer: &mut [u8], until: Instant) -> Result<()> {
    let mut at = 0;
    while at < buffer.len() {
        stream.set_read_timeout(Some(left(until)?))?;
        let count = stream.read(&mut buffer[at..]).context("no answer over TCP")?;
        ensure!(count > 0, "the server hung up");
        at += count;
    }
    Ok(())
}

/// The message, when it answers this question: the number and the question are the same (RFC 5452 §9.1).
fn answer(bytes: &[u8], question: &Message) -> Option<Message> {
    let message = Message::from_vec(bytes).ok()?;
    let metadata = &message.metadata;
    let ours = metadata.id == question.metadata.id
        && metadata.message_type == MessageType::Response
        && metadata.op_code == OpCode::Query;
    let [asked] = &question.queries[..] else { return None };
    let [told] = &message.queries[..] else { return None };
    let same =
        told.name() == asked.name() && told.query_type() == asked.query_type() && told.query_class() == DNSClass::IN;
    (ours && same).then_some(message)
}

fn left(until: Instant) -> Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    ensure!(!left.is_zero(), "no answer in time");
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::rr::RData;
    use hickory_proto::rr::rdata::A;
    use proptest::prelude::*;
    use std::net::TcpListener;
    use std::thread;

    fn name() -> Name {
        Name::from_ascii("vergaderen.voorbeeldstad.nl").unwrap()
    }

    fn desk(server: SocketAddr) -> Desk {
        Desk::new(vec![server], Duration::from_secs(3))
    }

    fn answer_to(question: &[u8], change: impl Fn(&mut Message)) -> Vec<u8> {
        let question = Message::from_vec(question).unwrap();
        let mut message = Message::response(question.metadata.id, OpCode::Query);
        message.add_query(question.queries[0].clone());
        message.add_answer(Record::from_rdata(question.queries[0].name().clone(), 60, RData::A(A::new(192, 0, 2, 1))));
        change(&mut message);
        message.to_vec().unwrap()
    }

    /// A server that answers the first datagram with each of these in turn.
    fn server(answers: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let at = socket.local_addr().unwrap();
        thread::spawn(move || {
            let mut buffer = [0; 2000];
            let (count, from) = socket.recv_from(&mut buffer).unwrap();
            for answer in answers(&buffer[..count]) {
                socket.send_to(&answer, from).unwrap();
            }
        });
        at
    }

    #[test]
    fn only_the_answer_to_this_question_counts() {
        let at = server(|question| {
            vec![
                b"no message".to_vec(),
                answer_to(question, |message| message.metadata.id ^= 1),
                answer_to(question, |message| message.metadata.message_type = MessageType::Query),
                answer_to(question, |message| message.queries.clear()),
                answer_to(question, |message| {
                    message.queries[0].set_name(Name::from_ascii("other.nl").unwrap());
                }),
                answer_to(question, |message| message.metadata.response_code = ResponseCode::NXDomain),
            ]
        });
        let answer = desk(at).ask(&name(), RecordType::A).unwrap();
        assert!(answer.is_nobody() && answer.trouble().is_none() && !answer.is_authentic());
    }

    #[test]
    fn a_long_answer_comes_over_tcp() {
        // Somebody else may have the port of the same number.
        let pair = || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            UdpSocket::bind(listener.local_addr().unwrap()).map(|socket| (listener, socket)).ok()
        };
        let (listener, socket) = std::iter::repeat_with(pair).flatten().next().unwrap();
        let at = listener.local_addr().unwrap();
        thread::spawn(move || {
            let mut buffer = [0; 2000];
            let (count, from) = socket.recv_from(&mut buffer).unwrap();
            socket.send_to(&answer_to(&buffer[..count], |m| m.metadata.truncation = true), from).unwrap();
            let (mut stream, _) = listener.accept().unwrap();
            let count = stream.read(&mut buffer).unwrap();
            let long = answer_to(&buffer[2..count], |m| m.metadata.authentic_data = true);
            stream.write_all(&u16::try_from(long.len()).unwrap().to_be_bytes()).unwrap();
            for byte in long {
                stream.write_all(&[byte]).unwrap();
            }
        });
        let answer = desk(at).ask(&name(), RecordType::A).unwrap();
        assert!(answer.is_authentic());
        assert_eq!(answer.records().len(), 1);
    }

    #[test]
    fn a_silent_server_is_left_in_time_and_the_next_one_is_asked() {
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let at = server(|question| vec![answer_to(question, |m| m.metadata.response_code = ResponseCode::ServFail)]);
        let desk = Desk::new(vec![silent.local_addr().unwrap(), at], Duration::from_secs(4));
        let answer = desk.ask(&name(), RecordType::A).unwrap();
        assert_eq!(answer.trouble().as_deref(), Some("the resolver failed (SERVFAIL)"));
        let begin = Instant::now();
        let hurried = Desk::new(vec![silent.local_addr().unwrap()], Duration::from_millis(300));
        let error = hurried.ask(&name(), RecordType::A).err().unwrap();
        assert!(begin.elapsed() < Duration::from_secs(2), "{error:#}");
        assert!(format!("{error:#}").starts_with("ask 127.0.0.1 for vergaderen.voorbeeldstad.nl: "), "{error:#}");
    }

    #[test]
    fn questions_are_signed_ones_with_numbers_of_chance() {
        let ids: std::collections::BTreeSet<u16> =
            (0..50).map(|_| question(&name(), RecordType::A, Checks::Its).metadata.id).collect();
        assert!(ids.len() > 40, "{ids:?}");
        let asked = question(&name(), RecordType::A, Checks::None);
        assert!(asked.metadata.checking_disabled && asked.edns.unwrap().flags().dnssec_ok);
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0..300_usize) {
            let asked = question(&name(), RecordType::A, Checks::Its);
            prop_assert!(answer(&bytes, &asked).is_none());
            let mut near = answer_to(&asked.to_vec().unwrap(), |_| {});
            let at = cut % near.len();
            near.splice(at.., bytes);
            let _ = answer(&near, &asked);
        }
    }
}

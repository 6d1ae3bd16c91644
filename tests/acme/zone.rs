//! A zone for one test: a resolver and name servers on loopback, whose records a hook writes into files.

use hickory_proto::op::{Message, OpCode};
use hickory_proto::rr::rdata::{A, CNAME, NS, SOA, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use vc4all_deploy::acme::Watch;

pub(crate) const APEX: &str = "vc4all.example.";

/// What a name server is like.
#[derive(Clone)]
pub(crate) enum Manner {
    /// It has what the hook wrote, but answers so often that there is nothing before it does.
    Late(usize),
    /// It is not there.
    Silent,
    /// For it every name is another name for this one.
    Alias(&'static str),
    /// It hands every name on to the zone of this name, which this server has.
    Below(&'static str, &'static str),
    /// It answers without being responsible.
    OnTheWay,
}

/// The zone; its servers end with the process.
pub(crate) struct Zone {
    /// Each file is a name, each line a value of a text record.
    pub(crate) folder: TempDir,
    resolver: SocketAddr,
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Zone {
    /// Name servers `ns2`, `ns3` and so on, which stand at 127.0.0.2, 127.0.0.3 and so on.
    pub(crate) fn of(manners: &[Manner]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (sockets, port) = sockets(manners.len());
        for (socket, manner) in sockets.into_iter().zip(manners.to_vec()) {
            let (path, count) = (folder.path().to_owned(), AtomicUsize::new(0));
            if !matches!(manner, Manner::Silent) {
                serve(socket, move |question| authoritative(question, &manner, &path, &count));
            }
        }
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (socket, heard, all) = (UdpSocket::bind("127.0.0.1:0").expect("a port"), Arc::clone(&asked), manners.len());
        let resolver = socket.local_addr().expect("an address");
        serve(socket, move |question| {
            heard.lock().expect("not poisoned").push(question.queries[0].name().to_ascii());
            resolved(question, all)
        });
        Self { folder, resolver, port, asked }
    }

    pub(crate) fn watch(&self) -> Watch {
        Watch {
            world: Some((vec![self.resolver], self.port)),
            patience: Duration::from_secs(20),
            silence: Duration::from_millis(500),
            pause: Duration::from_millis(800),
            between: Duration::from_millis(50),
        }
    }

    /// What the resolver was asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").clone()
    }

    /// The values at a name.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        values(self.folder.path(), name)
    }
}

fn values(folder: &Path, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join(name.trim_end_matches('.'))).unwrap_or_default();
    text.lines().map(ToOwned::to_owned).collect()
}

/// One port that is free at all these addresses.
fn sockets(count: usize) -> (Vec<UdpSocket>, u16) {
    loop {
        let first = UdpSocket::bind("127.0.0.2:0").expect("a port");
        let port = first.local_addr().expect("an address").port();
        let others = (3..).take(count - 1).map(|last| UdpSocket::bind((Ipv4Addr::new(127, 0, 0, last), port)));
        if let Ok(others) = others.collect::<Result<Vec<_>, _>>() {
            return (std::iter::once(first).chain(others).collect(), port);
        }
    }
}

fn serve(socket: UdpSocket, answer: impl Fn(&Message) -> Message + Send + 'static) {
    std::thread::spawn(move || {
        let mut buffer = [0; 2000];
        while let Ok((count, from)) = socket.recv_from(&mut buffer) {
            let Ok(question) = Message::from_vec(&buffer[..count]) else { continue };
            let mut said = answer(&question);
            said.add_query(question.queries[0].clone());
            socket.send_to(&said.to_vec().expect("a message"), from).expect("sent");
        }
    });
}

fn name(text: &str) -> Name {
    Name::from_ascii(text).expect("a name")
}

fn record(owner: &Name, data: RData) -> Record {
    Record::from_rdata(owner.clone(), 1, data)
}

/// As a resolver: the zones `vc4all.example` and `other.example`, and where their name servers are.
fn resolved(question: &Message, servers: usize) -> Message {
    let (asked, kind) = (question.queries[0].name(), question.queries[0].query_type());
    let mut said = Message::response(question.metadata.id, OpCode::Query);
    let apex = if name(APEX).zone_of(asked) { name(APEX) } else { name("other.example.") };
    let all = 2..2 + u8::try_from(servers).expect("few");
    match kind {
        RecordType::SOA => {
            let start = record(&apex, RData::SOA(SOA::new(apex.clone(), apex.clone(), 1, 60, 60, 60, 60)));
            if *asked == apex {
                said.add_answer(start)
            } else {
                said.add_authority(start)
            };
        }
        RecordType::NS if apex == name(APEX) => {
            for last in all {
                said.add_answer(record(asked, RData::NS(NS(name(&format!("ns{last}.{APEX}"))))));
            }
        }
        // The last server is that of the other zone too.
        RecordType::NS => {
            said.add_answer(record(asked, RData::NS(NS(name(&format!("ns{}.{APEX}", all.end - 1))))));
        }
        RecordType::A => {
            let label = asked.to_ascii();
            let last = label.trim_start_matches("ns").split('.').next().and_then(|number| number.parse().ok());
            if let Some(last) = last {
                said.add_answer(record(asked, RData::A(A::new(127, 0, 0, last))));
            }
        }
        _ => {}
    }
    said
}

fn authoritative(question: &Message, manner: &Manner, folder: &Path, count: &AtomicUsize) -> Message {
    assert!(!question.metadata.recursion_desired, "a name server is no resolver");
    let asked = question.queries[0].name();
    let mut said = Message::response(question.metadata.id, OpCode::Query);
    said.metadata.authoritative = !matches!(manner, Manner::Below(..) | Manner::OnTheWay);
    match manner {
        Manner::Late(times) if count.fetch_add(1, Ordering::SeqCst) < *times => {}
        Manner::Alias(target) => drop(said.add_answer(record(asked, RData::CNAME(CNAME(name(target)))))),
        Manner::Below(apex, server) => drop(said.add_authority(record(&name(apex), RData::NS(NS(name(server)))))),
        Manner::Late(_) | Manner::Silent | Manner::OnTheWay => {
            for value in values(folder, &asked.to_ascii()) {
                // As providers do it: in pieces.
                let (start, end) = value.split_at(value.len() / 2);
                said.add_answer(record(asked, RData::TXT(TXT::new(vec![start.to_owned(), end.to_owned()]))));
            }
        }
    }
    said
}

//! `listeners`: no daemon listens more widely than declared, seen from inside.

use super::{Evidence, Judgement, Promise, inside, some};
use crate::model::finding::Source;
use crate::model::observed::{Listener, Transport};
use crate::model::ports;
use crate::outside::ports::declared;

pub(super) const PROMISE: Promise = Promise {
    name: "listeners",
    title: "No daemon listens more widely than the deployment declares",
    sources: &[
        Source::Law("GDPR art. 25(2)"),
        Source::Regulators("1, security"),
        Source::Ours("docs/architecture.md: the firewall opens exactly what the servers are told to use"),
    ],
    judge,
};

/// The ports to which servers of a network answer a host that asks for its address: DHCP (RFC 2131), DHCPv6 (RFC 9915).
const ADDRESS_CLIENTS: [u16; 2] = [68, 546];
/// Where the kernel takes a port from for a socket that asks others, such as a resolver's
/// (`net.ipv4.ip_local_port_range`): UDP has no mark by which an asking socket differs from a serving one.
const FIRST_ASKING: u16 = 32_768;

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        let wide: Vec<&Listener> = facts.sockets.iter().filter(|socket| !socket.is_loopback()).collect();
        if facts.sockets.is_empty() {
            return Judgement::unseen("the host did not tell which sockets listen");
        }
        let tcp = declared(&evidence.observed.traits.ssh_ports);
        let mut strange: Vec<String> = wide
            .iter()
            .filter(|socket| !is_declared(socket, &tcp) && !answers_outside(evidence, socket))
            .map(|socket| shown(socket))
            .collect();
        strange.sort();
        strange.dedup();
        if strange.is_empty() {
            let inside = facts.sockets.len() - wide.len();
            return Judgement::kept(format!(
                "{} sockets listen to the network, all declared; {inside} on loopback alone",
                wide.len()
            ));
        }
        Judgement::broken(
            format!("not declared: {}", some(&strange)),
            "Stop the program on the host, or let it listen on 127.0.0.1 alone; the firewall may hide it today",
        )
    })
}

fn is_declared(socket: &Listener, tcp: &[u16]) -> bool {
    let port = socket.port;
    match socket.transport {
        Transport::Tcp => tcp.contains(&port),
        Transport::Udp => {
            [ports::TURN, ports::MEDIA].contains(&port) || ADDRESS_CLIENTS.contains(&port) || port >= FIRST_ASKING
        }
    }
}

/// A port that answers from outside is judged there: two promises for one fault help nobody.
fn answers_outside(evidence: &Evidence<'_>, socket: &Listener) -> bool {
    let Ok(outside) = &evidence.ports else { return false };
    socket.transport == Transport::Tcp && outside.hosts.iter().any(|host| host.open.contains(&socket.port))
}

fn shown(socket: &Listener) -> String {
    let transport = match socket.transport {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
    };
    let process = if socket.process.is_empty() { "somebody" } else { socket.process.as_str() };
    let address = if socket.address == "*" { "all addresses" } else { socket.address.as_str() };
    format!("{process} on {transport} port {} of {address}", socket.port)
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::ports::{Facts as Ports, Host};

    fn socket(transport: Transport, address: &str, port: u16) -> Listener {
        Listener { transport, address: address.into(), port, process: "redis-server".into() }
    }

    fn judged(sockets: &[Listener]) -> Judgement {
        let mut world = World::new();
        world.facts().sockets.extend_from_slice(sockets);
        judge(&world.evidence())
    }

    #[test]
    fn what_is_declared_and_what_asks_others_is_fine() {
        let fine = [
            socket(Transport::Tcp, "127.0.0.1", 6379),
            socket(Transport::Tcp, "::1", 6379),
            socket(Transport::Udp, "0.0.0.0", 68),
            socket(Transport::Udp, "*", 41_234),
            socket(Transport::Udp, "203.0.113.10", 49_160),
        ];
        let judgement = judged(&fine);
        assert_eq!(judgement.verdict, Verdict::Kept, "{judgement:?}");
        assert!(judgement.seen.ends_with("3 on loopback alone"), "{judgement:?}");
    }

    #[test]
    fn a_daemon_behind_the_firewall_is_found() {
        let judgement = judged(&[socket(Transport::Tcp, "0.0.0.0", 6379), socket(Transport::Udp, "*", 111)]);
        assert_eq!(judgement.verdict, Verdict::Broken);
        let wanted =
            "not declared: redis-server on TCP port 6379 of 0.0.0.0; redis-server on UDP port 111 of all addresses";
        assert_eq!(judgement.seen, wanted);
    }

    #[test]
    fn a_port_that_answers_from_outside_is_judged_there() {
        let mut world = World::new();
        world.facts().sockets.push(socket(Transport::Tcp, "0.0.0.0", 6379));
        let host = Host {
            address: [203, 0, 113, 10].into(),
            open: vec![80, 443, 6379],
            refused: vec![],
            silent: 9,
            untried: 0,
            why: None,
        };
        let mut evidence = world.evidence();
        evidence.ports = Ok(Ports { hosts: vec![host] });
        assert_eq!(judge(&evidence).verdict, Verdict::Kept);
    }

    #[test]
    fn a_host_that_says_nothing_keeps_nothing() {
        let mut world = World::new();
        world.facts().sockets.clear();
        assert_eq!(judge(&world.evidence()).verdict, Verdict::Unseen);
    }
}

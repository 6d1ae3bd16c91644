//! Addresses in a line of a log: whether one is the person's own, and the line without those of others.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Range;

/// The words by which `grep` finds every way to write an address; too much found does not matter, too little does.
pub(super) fn words(address: IpAddr) -> Vec<String> {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            // Inside of IPv6 it may stand in hexadecimal digits (RFC 4291 §2.5.5.2).
            let [a, b, c, d] = v4.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            vec![v4.to_string(), format!("ffff:{high:x}:"), format!("ffff:{high:04x}:{low:04x}")]
        }
        IpAddr::V6(v6) => {
            // Two groups: one alone would find everybody of the same registry, and a host sends so many lines at most.
            let [first, second, ..] = v6.segments();
            let shown = |group: u16| [format!("{group:x}"), format!("{group:04x}")];
            let pairs = |one: String| shown(second).map(|other| format!("{one}:{other}:"));
            let mut words: Vec<String> = shown(first).into_iter().flat_map(pairs).collect();
            if second == 0 {
                words.extend(shown(first).map(|one| format!("{one}::")));
            }
            words
        }
    }
}

/// The line with each address of somebody else replaced, where it holds the person's own; nothing otherwise.
pub(super) fn own_line(line: &str, own: IpAddr, other: &str) -> Option<String> {
    let own = own.to_canonical();
    let found = found(line);
    if !found.iter().any(|(_, addresses)| addresses.contains(&own)) {
        return None;
    }
    let mut text = String::with_capacity(line.len());
    let mut done = 0;
    for (at, addresses) in found {
        let local = addresses.iter().any(|one| one.is_loopback() || one.is_unspecified());
        if !addresses.contains(&own) && !local {
            text.push_str(&line[done..at.start]);
            text.push_str(other);
            done = at.end;
        }
    }
    text.push_str(&line[done..]);
    Some(without_mailboxes(&text, other))
}

/// Each address with its place; one with an open end (a port, or more of the address?) is read in both ways. None stands for
/// one that nobody can tell from what is around it.
fn found(line: &str) -> Vec<(Range<usize>, Vec<IpAddr>)> {
    let mut all = Vec::new();
    let mut rest = 0;
    let part = |c: char| c.is_ascii_hexdigit() || c == '.' || c == ':';
    while let Some(begin) = line[rest..].find(part).map(|at| rest + at) {
        let end = line[begin..].find(|c| !part(c)).map_or(line.len(), |at| begin + at);
        let run = &line[begin..end];
        match whole(run) {
            Some((at, addresses)) => all.push((begin + at.start..begin + at.end, addresses)),
            None => all.extend(mixed(run).into_iter().map(|(at, ips)| (begin + at.start..begin + at.end, ips))),
        }
        rest = end;
    }
    all
}

/// A run that is one address, with marks of a sentence around it.
fn whole(run: &str) -> Option<(Range<usize>, Vec<IpAddr>)> {
    let starts = [0, usize::from(run.starts_with(':') && !run.starts_with("::"))];
    for start in starts {
        let mut end = run.len();
        loop {
            let addresses = readings(&run[start..end]);
            if !addresses.is_empty() {
                return Some((start..end, addresses));
            }
            if !run[start..end].ends_with(['.', ':']) {
                break;
            }
            end -= 1;
        }
    }
    None
}

fn readings(text: &str) -> Vec<IpAddr> {
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return vec![socket.ip().to_canonical()];
    }
    let with_port = text.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map(|(ip, _)| ip);
    let texts = [Some(text), with_port].into_iter().flatten();
    texts.filter_map(|text| text.parse::<IpAddr>().ok()).map(|ip| ip.to_canonical()).collect()
}

/// What stands in a run of several things: IPv4 addresses, and between them what may hold one of IPv6.
fn mixed(run: &str) -> Vec<(Range<usize>, Vec<IpAddr>)> {
    let mut all = Vec::new();
    let mut rest = 0;
    for (at, ip) in dotted(run) {
        all.extend(doubtful(run, rest..at.start));
        rest = at.end;
        all.push((at, vec![ip]));
    }
    all.extend(doubtful(run, rest..run.len()));
    all
}

/// This part of a run where it may hold an IPv6 address: shortened, or the six groups that can stand before an IPv4 address
/// (RFC 4291 §2.2). A time and a hardware address have fewer.
fn doubtful(run: &str, at: Range<usize>) -> Option<(Range<usize>, Vec<IpAddr>)> {
    let part = &run[at.clone()];
    (part.contains("::") || part.matches(':').count() > 5).then(|| (at, Vec::new()))
}

/// IPv4 addresses inside of a run of other things, such as `rport:1:192.0.2.1:`.
fn dotted(run: &str) -> impl Iterator<Item = (Range<usize>, IpAddr)> + '_ {
    let mut rest = 0;
    std::iter::from_fn(move || {
        while rest < run.len() {
            let digit = |c: char| c.is_ascii_digit() || c == '.';
            let begin = rest + run[rest..].find(digit)?;
            let end = run[begin..].find(|c| !digit(c)).map_or(run.len(), |at| begin + at);
            rest = end;
            let text = run[begin..end].trim_end_matches('.');
            let bare = text.trim_start_matches('.');
            let start = begin + text.len() - bare.len();
            if let Ok(ip) = bare.parse::<Ipv4Addr>() {
                return Some((start..start + bare.len(), IpAddr::V4(ip)));
            }
        }
        None
    })
}

/// What stands around an `@` may name somebody.
fn without_mailboxes(line: &str, other: &str) -> String {
    let shown = |word: &str| {
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
        match inner.contains('@') {
            true => word.replacen(inner, other, 1),
            false => word.to_owned(),
        }
    };
    line.split(' ').map(shown).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_found_in_every_way_to_write_it() {
        for line in [
            "from 192.0.2.1",
            "from 192.0.2.1.",
            "from=192.0.2.1:443, twice",
            "[::ffff:192.0.2.1]:443",
            "::FFFF:c000:0201 joined",
            "candidate:192.0.2.1:",
        ] {
            assert!(own_line(line, ip("192.0.2.1"), "X").is_some(), "{line}");
        }
        for line in [
            "2001:db8::1",
            "[2001:0DB8:0:0::0001]:443",
            "2001:db8:0:0:0:0:0:1 says",
            "2001:db8::1%eth0",
            "2001:db8::1.",
        ] {
            assert!(own_line(line, ip("2001:db8::1"), "X").is_some(), "{line}");
        }
    }

    #[test]
    fn another_address_is_not_taken_for_it() {
        for line in ["192.0.2.10", "1192.0.2.1", "192.0.2.1.5", "at 19:20:21", "", "version 192.0.2"] {
            assert_eq!(own_line(line, ip("192.0.2.1"), "X"), None, "{line}");
        }
        assert_eq!(own_line("2001:db8::11", ip("2001:db8::1"), "X"), None);
    }

    #[test]
    fn addresses_of_others_are_replaced() {
        let line =
            "192.0.2.1 met 198.51.100.7:5000, [2001:db8::2]:443 and jo@voorbeeldstad.nl by 127.0.0.1 at 19:20:21";
        assert_eq!(
            own_line(line, ip("192.0.2.1"), "(x)").unwrap(),
            "192.0.2.1 met (x), [(x)]:443 and (x) by 127.0.0.1 at 19:20:21"
        );
    }

    #[test]
    fn an_address_of_somebody_else_between_other_things_is_replaced() {
        for (line, shown) in [
            ("a::b:192.0.2.1:c:", "(x)192.0.2.1:c:"),
            ("2001:db8::2:192.0.2.1:2001:db8::3:", "(x)192.0.2.1(x)"),
            ("192.0.2.1 2001:db8::2::443", "192.0.2.1 (x)"),
            ("192.0.2.1 1:2:3:4:5:6:7:8:9:a", "192.0.2.1 (x)"),
            ("1:2:3:4:5:6:192.0.2.1:c:", "(x)192.0.2.1:c:"),
            (
                "rport:1:192.0.2.1: at 19:20:21 from 02:00:5e:10:00:00",
                "rport:1:192.0.2.1: at 19:20:21 from 02:00:5e:10:00:00",
            ),
        ] {
            assert_eq!(own_line(line, ip("192.0.2.1"), "(x)").unwrap(), shown, "{line}");
        }
    }

    #[test]
    fn the_words_hold_in_what_they_have_to_find() {
        for (address, texts) in [
            ("192.0.2.1", ["192.0.2.1", "::ffff:c000:201", "::ffff:c000:0201"]),
            ("2001:db8::1", ["2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:DB8:0:0:0:0:0:1"]),
            ("2a02::1", ["2a02::1", "2a02:0:0::1", "2A02:0000::1"]),
            ("2a02:898::", ["2a02:898::", "2a02:0898:0::", "2a02:898:0:0:0:0:0:0"]),
            ("64:ff9b::1", ["64:ff9b::1", "0064:ff9b::1", "64:FF9B:0::1"]),
        ] {
            for text in texts {
                let text = text.to_lowercase();
                assert!(words(ip(address)).iter().any(|word| text.contains(word)), "{address} as {text}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_taken_and_holds_no_foreign_address_after(line in "[0-9a-f:. @x]{0,60}|\\PC{0,60}", own: u32) {
            let own = IpAddr::V4(own.into());
            let line = format!("{line} {own} {line}");
            let shown = own_line(&line, own, "(x)").unwrap();
            for (_, addresses) in found(&shown) {
                let fine = addresses.iter().any(|one| *one == own || one.is_loopback() || one.is_unspecified());
                proptest::prop_assert!(fine, "{shown}");
            }
        }
    }
}

//! The package sources of a distribution: what it comes with, and what a host's own lists name.

use super::instance::host_and_port;
use crate::model::egress::{Asked, Asker, Learns};
use crate::model::observed::Transport;
use crate::model::traits::Release;
use crate::model::values::CountryCode;
use std::collections::BTreeSet;

/// Where a fresh host of this release fetches packages, and what else its distribution asks by itself. Hosting companies
/// often put a mirror of their own into the place of the first one.
pub fn distribution(release: Release) -> Vec<Asked> {
    let (rows, operator, country): (&[_], _, _) = match release {
        Release::Debian12 | Release::Debian13 => (&DEBIAN, "Debian, by the servers of Fastly", "US"),
        Release::Ubuntu2404 => (&UBUNTU, "Canonical", "GB"),
    };
    let entry = |(host, port, purpose): &(&str, u16, &str)| Asked {
        host: (*host).to_owned(),
        transport: Transport::Tcp,
        port: *port,
        asker: Asker::Host,
        purpose: (*purpose).to_owned(),
        operator: operator.to_owned(),
        country: CountryCode::parse(country).ok(),
        learns: Learns::Nobody,
    };
    rows.iter().map(entry).collect()
}

/// `sources.list` of Debian's installer and of its images (Debian 12 release notes §4.4; mirrors are asked over HTTP,
/// and what they send is signed: apt-secure(8)).
const DEBIAN: [(&str, u16, &str); 2] = [
    ("deb.debian.org", 80, "the distribution's packages"),
    ("security.debian.org", 80, "the distribution's security updates"),
];

/// `ubuntu.sources` of Ubuntu's images, and what `motd-news`, `apt-news` and `snapd` ask where they are installed.
const UBUNTU: [(&str, u16, &str); 4] = [
    ("archive.ubuntu.com", 80, "the distribution's packages"),
    ("security.ubuntu.com", 80, "the distribution's security updates"),
    ("motd.ubuntu.com", 443, "the distribution's own news for administrators (motd-news, apt-news)"),
    ("api.snapcraft.io", 443, "updates of snaps, where snapd is installed"),
];

/// The hosts and ports that a list of sources names, in either format (sources.list(5)).
pub fn hosts(list: &str) -> BTreeSet<(String, u16)> {
    let mut found = BTreeSet::new();
    for line in list.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        for word in line.split_ascii_whitespace() {
            let (rest, standard) = match (word.split_once("http://"), word.split_once("https://")) {
                (Some((_, rest)), _) => (rest, 80),
                (None, Some((_, rest))) => (rest, 443),
                (None, None) => continue,
            };
            let (host, port) = host_and_port(rest.split('/').next().unwrap_or_default());
            if !host.is_empty() {
                found.insert((host, port.unwrap_or(standard)));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_formats_of_lists() {
        let old = "# deb http://old.example/ x main\ndeb [signed-by=/k.gpg] http://mirror.voorbeeldstad.nl/debian bookworm main\n";
        let new = "Types: deb\nURIs: https://mirror.example:8443/debian http://[fd87::1]:8087/\nSuites: trixie\n";
        assert_eq!(hosts(old), BTreeSet::from([("mirror.voorbeeldstad.nl".to_owned(), 80)]));
        let both = [("mirror.example".to_owned(), 8443), ("fd87::1".to_owned(), 8087)];
        assert_eq!(hosts(new), BTreeSet::from(both));
    }
}

//! Certificates that a host holds, or held, and that may have to be revoked.

use super::subject::SubjectName;

/// A certificate of an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocable {
    /// What it is to the host.
    pub place: Place,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// The names in it that an order could hold.
    pub names: Vec<SubjectName>,
    /// Last second of validity, seconds since 1970.
    pub not_after: i64,
    /// The directory address that issued it; text of the host.
    pub directory: String,
    /// The certificate itself (PEM).
    pub pem: String,
}

/// What a certificate is to its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The servers show it.
    InForce,
    /// The servers showed it before; its key is still there.
    Former,
    /// An earlier run wanted it revoked and could not.
    Left,
}

/// What a host knows about certificates of authorities.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Each certificate once.
    pub certificates: Vec<Revocable>,
    /// Whether an earlier run made everything new and has only to revoke the rest.
    pub rest: bool,
    /// Whether an earlier run wanted another key for the account and could not change it.
    pub account: bool,
}

impl Holdings {
    /// Those that this authority issued and that still count at `clock`.
    pub fn of<'a>(&'a self, directory: &'a str, clock: i64) -> impl Iterator<Item = &'a Revocable> {
        let counts = move |held: &&Revocable| held.directory == directory && held.not_after > clock;
        self.certificates.iter().filter(counts)
    }

    /// Those of them that are to be revoked as compromised. Where an earlier run made everything new, what came since is nobody
    /// else's.
    pub fn compromised<'a>(&'a self, directory: &'a str, clock: i64) -> impl Iterator<Item = &'a Revocable> {
        self.of(directory, clock).filter(|held| !self.rest || held.place == Place::Left)
    }

    /// The same once another certificate is in force, which stays: also what the host got by itself until then.
    pub fn replaced<'a>(&'a self, directory: &'a str, clock: i64) -> impl Iterator<Item = &'a Revocable> {
        self.compromised(directory, clock).filter(|held| held.place != Place::InForce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://acme.example.nl/directory";

    fn held(place: Place, serial: &str, directory: &str, not_after: i64) -> Revocable {
        let (serial, directory) = (serial.to_owned(), directory.to_owned());
        Revocable { place, serial, names: Vec::new(), not_after, directory, pem: String::new() }
    }

    fn serials<'a>(all: impl Iterator<Item = &'a Revocable>) -> Vec<&'a str> {
        all.map(|held| held.serial.as_str()).collect()
    }

    #[test]
    fn all_but_the_new_one_is_revoked_also_what_the_host_got_between_the_plan_and_the_question() {
        let planned = Holdings { certificates: vec![held(Place::InForce, "0A", OURS, 9)], ..Holdings::default() };
        assert_eq!(serials(planned.compromised(OURS, 1)), ["0A"]);
        // `0A` was laid aside, its timer got `0B`, and then `0C` came.
        let certificates = vec![
            held(Place::InForce, "0C", OURS, 9),
            held(Place::Former, "0B", OURS, 9),
            held(Place::Left, "0A", OURS, 9),
            held(Place::Former, "0D", "https://elsewhere.example/directory", 9),
            held(Place::Left, "0E", OURS, 1),
        ];
        let later = Holdings { certificates, ..Holdings::default() };
        assert_eq!(serials(later.replaced(OURS, 1)), ["0B", "0A"]);
        assert_eq!(serials(Holdings { rest: true, ..later }.replaced(OURS, 1)), ["0A"]);
    }
}

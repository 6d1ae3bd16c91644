//! The certificates that a host holds, for who has to revoke them.

use super::chain::subject;
use crate::model::revocation::{Holdings, Place, Revocable};
use crate::remote::{Order, Remote, answered};
use anyhow::{Context as _, Result, bail, ensure};
use std::time::Duration;
use x509_parser::pem::Pem;

const LOOK: &str = include_str!("host/holdings.sh");
const ASIDE: &str = include_str!("host/aside.sh");
const FORGET: &str = include_str!("host/forget.sh");
const DISOWN: &str = include_str!("host/disown.sh");
/// More pairs than this, no host of ours has.
const MOST: usize = 50;
/// The most bytes of one certificate in PEM; ours have two thousand.
const LONGEST: usize = 20_000;

/// Looks at the certificates of authorities on a host.
///
/// # Errors
/// When the host cannot be reached, or its answer makes no sense.
pub fn holdings(remote: &mut dyn Remote) -> Result<Holdings> {
    let answer = answered(remote, &order("look at the certificates", LOOK))?;
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    read(&text).with_context(|| format!("host {}: read its answer", remote.host()))
}

/// Keeps the certificates apart from their pairs, and a note that the account needs another key, so that what cannot be done now
/// is done by a later run. `step` makes sure that the host's lock is ours.
///
/// # Errors
/// When the host cannot do it.
pub fn lay_aside(remote: &mut dyn Remote, step: &str) -> Result<()> {
    let script = format!("{step}\n{ASIDE}");
    answered(remote, &order("note which certificates are to be revoked", &script)).map(drop)
}

/// Something that was laid aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Laid {
    /// A certificate; its pair stays.
    Note(String),
    /// A certificate that is revoked; its pair goes too, unless it is in force.
    Certificate(String),
    /// The account whose key was to be changed.
    Account,
    /// That an earlier run did everything else.
    Rest,
}

/// Forgets what was laid aside.
///
/// # Errors
/// As [`lay_aside`].
pub fn forget(remote: &mut dyn Remote, step: &str, laid: &[Laid]) -> Result<()> {
    let mut words = Vec::new();
    for one in laid {
        match one {
            Laid::Note(serial) => words.push(checked(serial)?.to_owned()),
            Laid::Certificate(serial) => words.extend([checked(serial)?.to_owned(), format!("pairs/{serial}")]),
            Laid::Account => words.push("account".to_owned()),
            Laid::Rest => words.push("rest".to_owned()),
        }
    }
    let script = format!("{step}\nset -- {}\n{FORGET}", words.join(" "));
    answered(remote, &order("forget what was to be revoked", &script)).map(drop)
}

/// Notes that all is done but what is laid aside.
///
/// # Errors
/// As [`lay_aside`].
pub fn note_rest(remote: &mut dyn Remote, step: &str) -> Result<()> {
    let script = format!("{step}\n: > /var/lib/vc4all/tls/compromised/rest");
    answered(remote, &order("note what is left to be revoked", &script)).map(drop)
}

/// Lets the pair in force count as one of no authority, once it is revoked.
///
/// # Errors
/// As [`lay_aside`].
pub fn disown(remote: &mut dyn Remote, step: &str) -> Result<()> {
    let script = format!("{step}\n{DISOWN}");
    answered(remote, &order("note that the certificate is revoked", &script)).map(drop)
}

fn order<'a>(purpose: &'a str, script: &'a str) -> Order<'a> {
    Order { purpose, script, input: &[], patience: Duration::from_secs(60) }
}

/// A serial number becomes a file's name on the host.
fn checked(serial: &str) -> Result<&str> {
    let plain = |b: u8| b.is_ascii_digit() || (b'A'..=b'F').contains(&b);
    ensure!((1..=80).contains(&serial.len()) && serial.bytes().all(plain), "{serial:?} is no serial number");
    Ok(serial)
}

fn read(text: &str) -> Result<Holdings> {
    let mut holdings = Holdings::default();
    let mut lines = text.lines();
    loop {
        match lines.next().map(|line| line.split(' ').collect::<Vec<_>>()).as_deref() {
            Some(["certificate", place, serial, directory]) => {
                ensure!(holdings.certificates.len() < MOST, "it has more than {MOST} certificates");
                let place = match *place {
                    "in-force" => Place::InForce,
                    "former" => Place::Former,
                    "left" => Place::Left,
                    _ => bail!("it answers no question"),
                };
                let (serial, directory) = (checked(serial)?.to_owned(), (*directory).to_owned());
                let pem = certificate(&mut lines)?;
                holdings.certificates.push(revocable(place, pem, (serial, directory))?);
            }
            Some(["rest"]) => holdings.rest = true,
            Some(["account"]) => holdings.account = true,
            Some(["end"]) => return Ok(once(holdings)),
            Some(_) => bail!("it answers no question"),
            None => bail!("it breaks off"),
        }
    }
}

fn certificate<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Result<String> {
    let mut pem = String::new();
    for line in lines {
        ensure!(pem.len() + line.len() < LONGEST, "a certificate is longer than {LONGEST} bytes");
        pem.push_str(line);
        pem.push('\n');
        if line == "-----END CERTIFICATE-----" {
            return Ok(pem);
        }
    }
    bail!("it breaks off in a certificate")
}

fn revocable(place: Place, pem: String, (serial, directory): (String, String)) -> Result<Revocable> {
    let block = Pem::iter_from_buffer(pem.as_bytes()).next().context("there is no certificate")?;
    let block = block.context("a certificate is no PEM")?;
    let certificate = block.parse_x509().context("a certificate cannot be read")?;
    let extension = certificate.subject_alternative_name().ok().flatten();
    let names = extension.iter().flat_map(|extension| &extension.value.general_names).filter_map(subject).collect();
    let not_after = certificate.validity().not_after.timestamp();
    Ok(Revocable { place, serial, names, not_after, directory, pem })
}

/// Each certificate once: one that was laid aside may have its pair still.
fn once(mut holdings: Holdings) -> Holdings {
    let mut seen: Vec<Revocable> = Vec::new();
    for held in std::mem::take(&mut holdings.certificates) {
        match seen.iter_mut().find(|other| other.serial == held.serial) {
            Some(other) => other.place = held.place,
            None => seen.push(held),
        }
    }
    holdings.certificates = seen;
    holdings
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn pem() -> String {
        let words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=a \
                     -addext subjectAltName=DNS:a.example -keyout /dev/null";
        let made = Command::new("openssl").args(words.split_ascii_whitespace()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap()
    }

    #[test]
    fn each_certificate_is_read_once_with_its_place() {
        let pem = pem();
        let line = |place: &str, serial: &str| format!("certificate {place} {serial} https://a.example/dir\n{pem}");
        let answer = format!("{}{}{}rest\nend\n", line("in-force", "0A"), line("former", "0B"), line("left", "0B"));
        let holdings = read(&answer).unwrap();
        let seen: Vec<_> = holdings.certificates.iter().map(|held| (held.place, held.serial.as_str())).collect();
        assert_eq!(seen, [(Place::InForce, "0A"), (Place::Left, "0B")]);
        assert!(holdings.rest && !holdings.account && holdings.certificates[0].pem == pem);
        assert_eq!(holdings.certificates[0].names[0].to_string(), "a.example");
        let over = holdings.certificates[0].not_after;
        assert_eq!(holdings.of("https://a.example/dir", over - 1).count(), 2);
        assert_eq!(holdings.of("https://a.example/dir", over).count() + holdings.of("https://b.example", 0).count(), 0);
    }

    #[test]
    fn a_hostile_answer_is_refused() {
        let pem = pem();
        for answer in [
            String::new(),
            "rest\n".to_owned(),
            "nonsense\nend\n".to_owned(),
            "certificate in-force 0A https://a.example/dir\nend\n".to_owned(),
            format!("certificate elsewhere 0A https://a.example/dir\n{pem}end\n"),
            format!("certificate in-force ../0A https://a.example/dir\n{pem}end\n"),
            format!("certificate in-force 0A;reboot https://a.example/dir\n{pem}end\n"),
            format!("certificate in-force 0A https://a.example/dir\n{}\nend\n", "A".repeat(LONGEST)),
            format!("certificate in-force 0A https://a.example/dir\n{}end\n", pem.replace("MI", "AA")),
            format!("{}end\n", format!("certificate former 0A https://a.example/dir\n{pem}").repeat(MOST + 1)),
        ] {
            assert!(read(&answer).is_err(), "{answer:.120}");
        }
    }
}

//! The chain that the authority sent, looked at before it is installed.

use super::Issued;
use super::error::{Error, Kind, told};
use super::trust::Trust;
use crate::model::subject::SubjectName;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer as _;

/// A chain that is what was ordered.
#[derive(Debug)]
pub(super) struct Chain {
    /// The certificates, the host's own first, and nothing else.
    pub(super) pem: String,
    /// What it says.
    pub(super) issued: Issued,
}

/// Most certificates in a chain.
const LONGEST: usize = 8;

/// Checks names, dates, key, signatures, and where roots are named, that it ends there.
pub(super) fn check(pem: &str, names: &[SubjectName], public_key: &[u8], trust: &Trust) -> Result<Chain, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    at(pem, names, public_key, &Moment { now, trust })
        .map_err(|why| Error::new(Kind::ChainRefused, format!("the chain that the authority sent is refused: {why}")))
}

struct Moment<'a> {
    now: u64,
    trust: &'a Trust,
}

fn at(pem: &str, names: &[SubjectName], public_key: &[u8], moment: &Moment<'_>) -> Result<Chain, String> {
    let ders = certificates(pem)?;
    let parsed = ders.iter().map(|der| X509Certificate::from_der(der).map(|(_, certificate)| certificate));
    let chain = parsed.collect::<Result<Vec<_>, _>>().map_err(|_| "a certificate cannot be read")?;
    let leaf = chain.first().ok_or("there is no certificate in it")?;
    ours(leaf, names, public_key)?;
    let now = i64::try_from(moment.now).map_err(|error| error.to_string())?;
    for (index, certificate) in chain.iter().enumerate() {
        let validity = certificate.validity();
        if now < validity.not_before.timestamp() || now > validity.not_after.timestamp() {
            return Err(format!("certificate {} is not valid now; is the clock of this machine right?", index + 1));
        }
    }
    for pair in chain.windows(2) {
        if let [below, above] = pair {
            signed(below, above)?;
        }
    }
    let name = names.first().ok_or("no name was ordered")?;
    moment.trust.ends_here(&ders, name, moment.now)?;
    let issued = Issued {
        not_before: leaf.validity().not_before.timestamp(),
        not_after: leaf.validity().not_after.timestamp(),
        issuer: told(&leaf.issuer().to_string()),
        serial: leaf.raw_serial_as_string().replace(':', ""),
    };
    Ok(Chain { pem: text(&ders), issued })
}

fn certificates(pem: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut ders = Vec::new();
    for block in Pem::iter_from_buffer(pem.as_bytes()) {
        let block = block.map_err(|_| "it is not PEM")?;
        if block.label != "CERTIFICATE" {
            return Err(format!("there is a {} in it", told(&block.label)));
        }
        ders.push(block.contents);
    }
    match ders.len() {
        0 => Err("there is no certificate in it".to_owned()),
        1..=LONGEST => Ok(ders),
        many => Err(format!("{many} certificates are in it")),
    }
}

/// A name as a certificate or a request has it; nothing for the kinds that no order names.
pub(super) fn subject(name: &GeneralName<'_>) -> Option<SubjectName> {
    match name {
        GeneralName::DNSName(name) => SubjectName::parse(&name.to_ascii_lowercase()).ok(),
        GeneralName::IPAddress(bytes) => SubjectName::from_address(bytes),
        _ => None,
    }
}

fn ours(leaf: &X509Certificate<'_>, names: &[SubjectName], public_key: &[u8]) -> Result<(), String> {
    if leaf.public_key().raw != public_key {
        return Err("it is for another key".to_owned());
    }
    let extension = leaf.subject_alternative_name().map_err(|_| "its names cannot be read")?;
    let mut held = BTreeSet::new();
    for name in extension.iter().flat_map(|extension| &extension.value.general_names) {
        held.insert(subject(name).ok_or_else(|| format!("it is also for {}", told(&name.to_string())))?);
    }
    let wanted: BTreeSet<_> = names.iter().cloned().collect();
    if held != wanted {
        if held.is_empty() {
            return Err("there is no name in it".to_owned());
        }
        let list = |names: BTreeSet<SubjectName>| names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        return Err(format!("it is for {}, not for {}", list(held), list(wanted)));
    }
    if leaf.is_ca() {
        return Err("its first certificate is that of an authority".to_owned());
    }
    Ok(())
}

fn signed(below: &X509Certificate<'_>, above: &X509Certificate<'_>) -> Result<(), String> {
    if below.issuer().as_raw() != above.subject().as_raw() || !above.is_ca() {
        return Err("its certificates are not in order".to_owned());
    }
    below.verify_signature(Some(above.public_key())).map_err(|_| "a signature in it is wrong".to_owned())
}

/// The certificates as PEM (RFC 7468), without anything that stood between them.
fn text(ders: &[Vec<u8>]) -> String {
    let mut pem = String::new();
    for der in ders {
        pem += "-----BEGIN CERTIFICATE-----\n";
        for line in BASE64_STANDARD.encode(der).as_bytes().chunks(64) {
            pem += &String::from_utf8_lossy(line);
            pem += "\n";
        }
        pem += "-----END CERTIFICATE-----\n";
    }
    pem
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::process::Command;
    use std::sync::OnceLock;

    const NAMES: &str = "subjectAltName=DNS:a.example,DNS:b.example";

    /// A root, an intermediate, and leaves below it, made once by openssl.
    fn made() -> &'static Path {
        static MADE: OnceLock<tempfile::TempDir> = OnceLock::new();
        MADE.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            for (name, above, days, extensions) in [
                ("root", None, "9", "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign"),
                ("other", None, "9", "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign"),
                ("between", Some("root"), "9", "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign"),
                ("leaf", Some("between"), "9", NAMES),
                ("one", Some("between"), "9", "subjectAltName=DNS:a.example"),
                ("address", Some("between"), "9", "subjectAltName=DNS:a.example,DNS:b.example,IP:192.0.2.1"),
                ("nameless", Some("between"), "9", "keyUsage=digitalSignature"),
                ("stranger", Some("other"), "9", NAMES),
            ] {
                make(folder.path(), name, above, (days, extensions));
            }
            folder
        })
        .path()
    }

    fn make(folder: &Path, name: &str, above: Option<&str>, (days, extensions): (&str, &str)) {
        std::fs::write(folder.join("extensions"), extensions).unwrap();
        let run = |line: String| {
            let done = Command::new("openssl").args(line.split(' ')).current_dir(folder).output().unwrap();
            assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
        };
        run(format!(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr"
        ));
        let signer = match above {
            Some(above) => format!("-CA {above}.pem -CAkey {above}.key -CAcreateserial"),
            None => format!("-signkey {name}.key"),
        };
        run(format!("x509 -req -in {name}.csr {signer} -days {days} -extfile extensions -out {name}.pem"));
    }

    fn pem(names: &[&str]) -> String {
        names.iter().map(|name| std::fs::read_to_string(made().join(format!("{name}.pem"))).unwrap()).collect()
    }

    fn key_of(name: &str) -> Vec<u8> {
        let ders = certificates(&pem(&[name])).unwrap();
        X509Certificate::from_der(&ders[0]).unwrap().1.public_key().raw.to_vec()
    }

    fn checked(pem: &str, key: &str, root: Option<&str>) -> Result<Chain, String> {
        later(pem, key, root, 60)
    }

    fn later(text: &str, key: &str, root: Option<&str>, seconds: u64) -> Result<Chain, String> {
        let names: Vec<_> = ["a.example", "b.example"].iter().map(|name| SubjectName::parse(name).unwrap()).collect();
        let root = root.map(|root| pem(&[root]));
        let trust = Trust::new(root.as_deref()).unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + seconds;
        at(text, &names, &key_of(key), &Moment { now, trust: &trust })
    }

    #[test]
    fn the_ordered_chain_is_taken_and_written_without_what_stood_around_it() {
        let noisy = format!("hello\n{}bye\n", pem(&["leaf", "between"]));
        for root in [Some("root"), None] {
            let chain = checked(&noisy, "leaf", root).unwrap();
            assert_eq!(chain.pem, pem(&["leaf", "between"]));
            assert_eq!(chain.issued.issuer, "CN=between");
            assert_eq!(chain.issued.not_after - chain.issued.not_before, 9 * 86_400);
        }
    }

    #[test]
    fn anything_else_is_refused_and_says_why() {
        let key = std::fs::read_to_string(made().join("leaf.key")).unwrap();
        for (text, key, words) in [
            (String::new(), "leaf", "no certificate"),
            ("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_owned(), "leaf", "not PEM"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(), "leaf", "cannot be read"),
            (pem(&["leaf"]) + &key, "leaf", "there is a PRIVATE KEY in it"),
            (pem(&["leaf", "between"]), "one", "for another key"),
            (pem(&["one", "between"]), "one", "it is for a.example, not for a.example, b.example"),
            (
                pem(&["address", "between"]),
                "address",
                "it is for a.example, b.example, 192.0.2.1, not for a.example, b.example",
            ),
            (pem(&["nameless", "between"]), "nameless", "no name in it"),
            (pem(&["between", "root"]), "between", "no name in it"),
            (pem(&["leaf", "root"]), "leaf", "not in order"),
            (pem(&["leaf", "leaf"]), "leaf", "not in order"),
            (pem(&["leaf", "between", "other"]), "leaf", "not in order"),
            (pem(&["stranger", "other"]), "stranger", "UnknownIssuer"),
            (pem(&["leaf"]), "leaf", "UnknownIssuer"),
            (pem(&["leaf"; 9]), "leaf", "9 certificates"),
        ] {
            let why = checked(&text, key, Some("root")).unwrap_err();
            assert!(why.contains(words), "{words}: {why}");
        }
    }

    #[test]
    fn a_certificate_is_valid_neither_before_nor_after_its_time() {
        assert!(later(&pem(&["leaf", "between"]), "leaf", None, 8 * 86_400).is_ok());
        let why = later(&pem(&["leaf", "between"]), "leaf", None, 10 * 86_400).unwrap_err();
        assert!(why.contains("not valid now"), "{why}");
    }

    #[test]
    fn a_changed_signature_is_seen_without_any_root() {
        let mut ders = certificates(&pem(&["leaf", "between"])).unwrap();
        let last = ders[0].len() - 1;
        ders[0][last] ^= 1;
        let why = checked(&text(&ders), "leaf", None).unwrap_err();
        assert!(why.contains("signature"), "{why}");
    }
}

//! A host for one test: openssl in a folder, and a small web server for challenges.

use crate::mock_dns::tell;
use crate::pebble::openssl;
use anyhow::{Result, bail};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use vc4all_deploy::acme::reach::Looks;
use vc4all_deploy::acme::{HostDesk, Keeper, Proof, Reach};
use vc4all_deploy::model::secret::Secret;
use vc4all_deploy::model::subject::SubjectName;
use vc4all_deploy::model::values::Domain;

type Served = Arc<Mutex<BTreeMap<String, String>>>;

/// What goes wrong on this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    Nothing,
    /// The web server knows no challenge, and nobody looks before the authority does.
    NotServed,
    /// The web server knows no challenge.
    NotServedButLookedAt,
    /// Nobody looks before the authority does.
    NobodyLooks,
    /// The request is for other names.
    OtherNames,
    /// The request was changed on the way.
    BrokenRequest,
    /// The pair cannot be put into use.
    CannotInstall,
    /// The account cannot be kept.
    CannotKeep,
    /// The account can be kept once.
    CannotKeepAgain,
}

/// The host.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) port: u16,
    pub(crate) mishap: Mishap,
    pub(crate) account: Option<Secret<String>>,
    pub(crate) installed: Option<String>,
    pub(crate) requests: usize,
    /// Where the mock DNS is told its records.
    pub(crate) names: Option<u16>,
    served: Served,
}

impl Desk {
    pub(crate) fn new(mishap: Mishap) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let served = Served::default();
        let known = Arc::clone(&served);
        // Ends with the process; the port is the test's own.
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(stream, &known)));
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, port, mishap, account: None, installed: None, requests: 0, names: None, served }
    }

    fn tell_names(&self, what: &str, json: &serde_json::Value) {
        tell(self.names.expect("a mock DNS"), what, &json.to_string());
    }

    /// Challenges that are served at this moment.
    pub(crate) fn challenges(&self) -> usize {
        self.served.lock().expect("not poisoned").len()
    }

    /// Whether the installed chain is for the key on this host, as openssl sees it.
    pub(crate) fn pair_fits(&self) -> bool {
        std::fs::write(self.folder.path().join("chain.pem"), self.installed.as_ref().expect("a chain"))
            .expect("written");
        let public = |args: &[&str]| {
            let done = Command::new("openssl").args(args).current_dir(self.folder.path()).output().expect("openssl");
            assert!(done.status.success());
            done.stdout
        };
        public(&["x509", "-in", "chain.pem", "-noout", "-pubkey"]) == public(&["pkey", "-in", "key.pem", "-pubout"])
    }
}

fn record(domain: &Domain) -> String {
    format!("_acme-challenge.{domain}.")
}

fn answer(mut stream: TcpStream, known: &Served) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut question = Vec::new();
    let mut piece = [0; 512];
    while !question.ends_with(b"\r\n\r\n") {
        match stream.read(&mut piece) {
            Ok(length @ 1..) => question.extend_from_slice(&piece[..length]),
            Ok(0) | Err(_) => return,
        }
    }
    let text = String::from_utf8_lossy(&question);
    let path = text.split(' ').nth(1).unwrap_or_default();
    let token = path.strip_prefix("/.well-known/acme-challenge/").unwrap_or_default();
    let found = known.lock().expect("not poisoned").get(token).cloned();
    let _ = match found {
        Some(body) => write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()),
        None => write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 11\r\n\r\nwrong house"),
    };
}

impl Keeper for Desk {
    fn account(&mut self) -> Result<Option<Secret<String>>> {
        Ok(self.account.clone())
    }

    fn keep_account(&mut self, json: &Secret<String>) -> Result<()> {
        if self.mishap == Mishap::CannotKeep {
            bail!("the disk is full");
        }
        if self.mishap == Mishap::CannotKeepAgain {
            self.mishap = Mishap::CannotKeep;
        }
        self.account = Some(json.clone());
        Ok(())
    }
}

impl HostDesk for Desk {
    fn request(&mut self, names: &[SubjectName]) -> Result<Vec<u8>> {
        self.requests += 1;
        let mut list: Vec<_> = names.iter().map(SubjectName::as_extension).collect();
        if self.mishap == Mishap::OtherNames {
            list.push("DNS:other.example".to_owned());
        }
        let names = format!("subjectAltName={}", list.join(","));
        let key = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/"];
        let files = ["-addext", &names, "-keyout", "key.pem", "-outform", "DER", "-out", "request.der"];
        openssl(self.folder.path(), &[&key[..], &files[..]].concat());
        let mut der = std::fs::read(self.folder.path().join("request.der"))?;
        if self.mishap == Mishap::BrokenRequest {
            let last = der.len() - 1;
            der[last] ^= 1;
        }
        Ok(der)
    }

    fn show(&mut self, proof: &Proof) -> Result<()> {
        if matches!(self.mishap, Mishap::NotServed | Mishap::NotServedButLookedAt) {
            return Ok(());
        }
        match proof {
            Proof::Page { token, answer } => {
                self.served.lock().expect("not poisoned").insert(token.clone(), answer.clone());
            }
            Proof::Record { domain, value } => {
                self.tell_names("set-txt", &json!({ "host": record(domain), "value": value }))
            }
        }
        Ok(())
    }

    fn look(&mut self, name: &SubjectName, proof: &Proof) -> Result<Reach> {
        let here = [SocketAddr::from(([127, 0, 0, 1], self.port))];
        match proof {
            _ if matches!(self.mishap, Mishap::NotServed | Mishap::NobodyLooks) => {
                Ok(Reach::Unseen("nobody looks".to_owned()))
            }
            Proof::Page { token, answer } => Ok(Looks::default().look_at(name, &here, (token, answer))),
            Proof::Record { .. } => Ok(Reach::Served),
        }
    }

    fn hide(&mut self, proof: &Proof) -> Result<()> {
        match proof {
            Proof::Page { token, .. } => drop(self.served.lock().expect("not poisoned").remove(token)),
            Proof::Record { domain, .. } => self.tell_names("clear-txt", &json!({ "host": record(domain) })),
        }
        Ok(())
    }

    fn install(&mut self, chain_pem: &str) -> Result<()> {
        if self.mishap == Mishap::CannotInstall {
            bail!("the disk is full");
        }
        self.installed = Some(chain_pem.to_owned());
        Ok(())
    }
}

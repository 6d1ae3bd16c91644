//! The host's side of a certificate: its key, its account and its answers to the authority never leave it.

use super::reach::Looks;
use super::records::{self, Watch};
use super::{HostDesk, Keeper, Proof, Reach, Safe, Side};
use crate::model::names::UnitName;
use crate::model::resource::Wake;
use crate::model::secret::Secret;
use crate::model::subject::SubjectName;
use crate::model::values::Domain;
use crate::remote::{Answer, Order, Remote};
use anyhow::{Result, bail, ensure};
use std::time::{Duration, Instant};

/// Whether the new pair tells browsers to insist on TLS (RFC 6797).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hsts {
    /// The chain is trusted: they are told.
    Told,
    /// A rehearsal's chain is trusted by nobody: they are not.
    Untold,
}

/// A host as the place where a certificate is made.
pub struct Desk<'a> {
    remote: &'a mut dyn Remote,
    terms: Terms<'a>,
    looks: Looks,
    watch: Watch,
    /// When the last record was written.
    written: Instant,
}

/// What becomes of a new pair.
#[derive(Debug, Clone, Copy)]
pub enum Mode<'a> {
    /// The servers show it.
    InForce {
        /// Whether browsers are told to insist on TLS.
        hsts: Hsts,
        /// What has to notice it.
        wakes: &'a [Wake],
    },
    /// It is looked at and removed; nothing else on the host is touched.
    Rehearsal,
}

/// What holds for one certificate.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The name that the servers show it for.
    pub domain: &'a Domain,
    /// The directory's address, which is kept beside the pair.
    pub authority: &'a str,
    /// What becomes of the new pair.
    pub mode: Mode<'a>,
    /// Which side this program runs on.
    pub side: Side,
    /// The script that comes before each step and makes sure that the host's lock is ours.
    pub step: &'a str,
}

const CHALLENGES: &str = "/var/lib/vc4all/acme/.well-known/acme-challenge";

impl<'a> Desk<'a> {
    /// A desk for one certificate.
    ///
    /// # Errors
    /// When the directory's address cannot stand in a script.
    pub fn new(remote: &'a mut dyn Remote, terms: Terms<'a>) -> Result<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@&+,=%".contains(&b);
        ensure!(
            terms.authority.bytes().all(plain),
            "the authority's address holds a character that does not belong there"
        );
        Ok(Self { remote, terms, looks: Looks::default(), watch: Watch::default(), written: Instant::now() })
    }

    /// The same desk, from which records are watched like this.
    #[must_use]
    pub fn watching(self, watch: Watch) -> Self {
        Self { watch, ..self }
    }

    /// Lets the operator's program do its part for a record.
    fn hook(&mut self, verb: &str, domain: &Domain, value: &str) -> Result<()> {
        let script = format!(
            "set -- {verb} {} {}\n{}",
            records::owner(domain),
            checked(value)?,
            include_str!("host/records.sh")
        );
        self.ask(&format!("{verb} the record for {domain}"), &script, &[]).map(drop)
    }

    fn look_at_page(&mut self, name: &SubjectName, token: &str, answer: &str) -> Result<Reach> {
        self.stay()?;
        let from_here = self.looks.look(name, self.terms.side, (token, answer));
        if self.terms.side == Side::Host {
            // Behind address translation a host may not reach itself by its own name.
            return Ok(from_here.unless_closed());
        }
        if from_here == Reach::Served {
            return Ok(from_here);
        }
        // A proxy or a firewall on this side, or a name that only the host can look up, is no fault of the host.
        let script = format!("set -- {name} {token}\n{}", include_str!("host/fetch.sh"));
        let from_host = self.ask("fetch the authority's question", &script, &[])?;
        if String::from_utf8_lossy(&from_host.stdout).trim_end() == answer {
            return Ok(Reach::Served);
        }
        // Perhaps only we are kept out; the authority says the same clearly enough.
        Ok(from_here.unless_closed())
    }

    /// Removes what a rehearsal made, however it ended.
    ///
    /// # Errors
    /// When the host cannot do it; the next one does.
    pub fn clear(&mut self) -> Result<()> {
        let script = "rm -rf /var/lib/vc4all/tls/pairs/rehearsal";
        self.ask("remove the pair of the rehearsal", script, &[]).map(drop)
    }

    /// The host's lock lives as long as somebody works under it, and looking takes its time.
    fn stay(&mut self) -> Result<()> {
        self.ask("keep the host's lock", ":", &[]).map(drop)
    }

    fn safe(&mut self) -> Safe<'_> {
        Safe { remote: &mut *self.remote, step: self.terms.step }
    }

    fn ask(&mut self, purpose: &str, script: &str, input: &[u8]) -> Result<Answer> {
        let script = &format!("{}\n{script}", self.terms.step);
        let order = Order { purpose, script, input, patience: Duration::from_secs(120) };
        let answer = self.remote.run(&order)?;
        if answer.code != 0 {
            bail!("host {}: could not {purpose}: {}", self.remote.host(), answer.stderr.trim());
        }
        Ok(answer)
    }
}

/// The challenge's token is a file name; RFC 8555 §8.3 allows base64url alone.
fn checked(token: &str) -> Result<&str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    ensure!((1..=200).contains(&token.len()) && token.bytes().all(plain), "the authority sent a token that is none");
    Ok(token)
}

impl Keeper for Desk<'_> {
    fn account(&mut self) -> Result<Option<Secret<String>>> {
        self.safe().account()
    }

    fn keep_account(&mut self, json: &Secret<String>) -> Result<()> {
        self.safe().keep_account(json)
    }
}

impl HostDesk for Desk<'_> {
    fn show(&mut self, proof: &Proof) -> Result<()> {
        let (token, answer) = match proof {
            Proof::Page { token, answer } => (token, answer),
            Proof::Record { domain, value } => {
                self.hook("present", domain, value)?;
                self.written = Instant::now();
                return Ok(());
            }
        };
        let file = format!("{CHALLENGES}/{}", checked(token)?);
        let script = format!("umask 022; cat > {file}.new && mv -fT {file}.new {file}");
        self.ask("answer the authority's question", &script, answer.as_bytes()).map(drop)
    }

    fn look(&mut self, name: &SubjectName, proof: &Proof) -> Result<Reach> {
        match proof {
            Proof::Page { token, answer } => self.look_at_page(name, checked(token)?, answer),
            Proof::Record { domain, value } => {
                let (watch, written) = (self.watch.clone(), self.written);
                watch.wait(written, (&records::owner(domain), value), &mut || self.stay())
            }
        }
    }

    fn hide(&mut self, proof: &Proof) -> Result<()> {
        let token = match proof {
            Proof::Page { token, .. } => token,
            Proof::Record { domain, value } => return self.hook("remove", domain, value),
        };
        let script = format!("rm -f {CHALLENGES}/{}", checked(token)?);
        self.ask("take the answer away", &script, &[]).map(drop)
    }

    fn request(&mut self, names: &[SubjectName]) -> Result<Vec<u8>> {
        let names: Vec<String> = names.iter().map(|name| format!("'{}'", name.as_extension())).collect();
        let place = match self.terms.mode {
            Mode::InForce { .. } => "pending",
            Mode::Rehearsal => "rehearsal",
        };
        let script = format!("set -- {place} {}\n{}", names.join(" "), include_str!("host/request.sh"));
        Ok(self.ask("make a key and a request", &script, &[])?.stdout)
    }

    fn install(&mut self, chain_pem: &str) -> Result<()> {
        let Terms { domain, authority, mode, .. } = self.terms;
        let Mode::InForce { hsts, wakes } = mode else {
            let script = include_str!("host/rehearse.sh");
            return self.ask("look at the pair of the rehearsal", script, chain_pem.as_bytes()).map(drop);
        };
        let hsts = match hsts {
            Hsts::Told => "hsts",
            Hsts::Untold => "none",
        };
        let units: Vec<String> = wakes.iter().filter_map(unit).collect();
        let script =
            format!("set -- {domain} '{authority}' {hsts} {}\n{}", units.join(" "), include_str!("host/install.sh"));
        self.ask("put the certificate in force", &script, chain_pem.as_bytes()).map(drop)
    }
}

fn unit(wake: &Wake) -> Option<String> {
    let word = |verb: &str, name: &UnitName| Some(format!("{verb}:{name}"));
    match wake {
        Wake::Reload(name) => word("reload", name),
        Wake::Restart(name) => word("restart", name),
        Wake::Refresh(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::Error;

    /// A host that does what it is told, and what it was told.
    #[derive(Default)]
    struct Host(Vec<(String, String)>);

    impl Remote for Host {
        fn host(&self) -> &str {
            "host.voorbeeldstad.nl"
        }

        fn run(&mut self, order: &Order<'_>) -> Result<Answer, Error> {
            self.0.push((order.purpose.to_owned(), order.script.to_owned()));
            Ok(Answer { code: 0, stdout: Vec::new(), stderr: String::new() })
        }

        fn follow(&mut self, order: &Order<'_>, _: &mut dyn FnMut(&str)) -> Result<Answer, Error> {
            self.run(order)
        }

        fn reconnect(&mut self) -> Result<(), Error> {
            Ok(())
        }
    }

    fn told(what: impl FnOnce(&mut Desk<'_>)) -> Vec<(String, String)> {
        let mut host = Host::default();
        let domain = Domain::parse("vergaderen.voorbeeldstad.nl").unwrap();
        let authority = "https://acme.voorbeeldstad.nl/directory";
        let terms = Terms { domain: &domain, authority, mode: Mode::Rehearsal, side: Side::Host, step: "is it ours?" };
        what(&mut Desk::new(&mut host, terms).unwrap());
        assert!(host.0.iter().all(|(_, script)| script.starts_with("is it ours?\n")));
        host.0
    }

    #[test]
    fn the_lock_is_kept_before_each_look_at_a_page() {
        let told = told(|desk| {
            for name in ["127.0.0.1", "127.0.0.2"] {
                let proof = Proof::Page { token: "token".to_owned(), answer: "answer".to_owned() };
                desk.look(&SubjectName::parse(name).unwrap(), &proof).unwrap();
            }
        });
        let purposes: Vec<_> = told.iter().map(|(purpose, _)| purpose.as_str()).collect();
        assert_eq!(purposes, ["keep the host's lock"; 2]);
    }

    #[test]
    fn no_name_of_a_request_is_a_pattern_for_the_shell() {
        let names = ["*.voorbeeldstad.nl", "2001:db8::1"].map(|name| SubjectName::parse(name).unwrap());
        let told = told(|desk| drop(desk.request(&names)));
        assert!(told[0].1.contains("\nset -- rehearsal 'DNS:*.voorbeeldstad.nl' 'IP:2001:db8::1'\n"), "{}", told[0].1);
    }
}

//! A municipality with an authority of its own, an order for its host, and what the host has to tell.

use crate::needs::have;
use crate::standing;
use std::cell::Cell;
use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use vc4all_deploy::model::alert_order::{AlertOrder, LoginOrder, MailOrder};
use vc4all_deploy::model::alerts::MailServer;
use vc4all_deploy::model::deployment::Language;
use vc4all_deploy::model::ledger::{Held, Ledger};
use vc4all_deploy::model::names::HostPath;
use vc4all_deploy::model::standing::StandingOrder;
use vc4all_deploy::model::values::{Domain, Email, Line};
use vc4all_deploy::renewal::telling::{self, Means, Sent};

/// The secret part of the webhook's address; no message but the request itself may name it.
pub(crate) const TOKEN: &str = "t0ken-9f2c";
/// The password at the mail server.
pub(crate) const PASSWORD: &str = "wachtw00rd-van-het-relais";
pub(crate) const USER: &str = "vergaderen";
pub(crate) const CHAT: &str = "chat.voorbeeldstad.nl";
pub(crate) const MAIL: &str = "mail.voorbeeldstad.nl";
const INSTANCE: &str = "vergaderen.voorbeeldstad.nl";
const DAY: i64 = 86_400;

pub(crate) struct Office {
    folder: TempDir,
    pub(crate) now: i64,
    pub(crate) patience: Duration,
    pub(crate) addresses: Vec<IpAddr>,
    asked: Cell<u32>,
}

impl Office {
    pub(crate) fn open() -> Self {
        assert!(have(&["openssl"]), "the office makes its certificates with openssl");
        let folder = tempfile::tempdir().unwrap();
        let office = Self {
            folder,
            now: 1_800_000_000,
            patience: Duration::from_secs(10),
            addresses: vec!["127.0.0.1".parse().unwrap()],
            asked: Cell::new(0),
        };
        office.make_pair("office", "keyUsage=critical,keyCertSign", None);
        office.make_pair("servers", &format!("subjectAltName=DNS:{CHAT},DNS:{MAIL}"), Some("office"));
        office.make_pair("elsewhere", "subjectAltName=DNS:elsewhere.example", Some("office"));
        office.make_pair("stranger", "keyUsage=critical,keyCertSign", None);
        office.make_pair("claimed", &format!("subjectAltName=DNS:{CHAT},DNS:{MAIL}"), Some("stranger"));
        office
    }

    /// Makes a key, and a certificate of this authority or of its own.
    fn make_pair(&self, name: &str, extension: &str, authority: Option<&str>) {
        let mut command = Command::new("openssl");
        command.current_dir(self.folder.path()).args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]);
        command.args(["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", &format!("/CN={name}"), "-addext", extension]);
        command.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")]);
        match authority {
            Some(authority) => {
                command.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
                command.args(["-CA", &format!("{authority}.pem"), "-CAkey", &format!("{authority}.key")]);
            }
            None => drop(command.args(["-addext", "basicConstraints=critical,CA:TRUE"])),
        }
        let made = command.output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// TLS of a server with this pair.
    pub(crate) fn tls(&self, pair: &str) -> Arc<rustls::ServerConfig> {
        use rustls::pki_types::pem::PemObject as _;
        use rustls::pki_types::{CertificateDer, PrivateKeyDer};
        let chain = vec![CertificateDer::from_pem_file(self.path(&format!("{pair}.pem"))).unwrap()];
        let key = PrivateKeyDer::from_pem_file(self.path(&format!("{pair}.key"))).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap())
    }

    /// An order that names a webhook on this port, and a mail server on that one, with a password or without.
    pub(crate) fn order(&self, webhook: Option<u16>, mail: Option<(u16, Option<&str>)>) -> StandingOrder {
        let secret = |name: &str, text: &str| {
            fs::write(self.path(name), text).unwrap();
            HostPath::new(self.path(name).to_str().unwrap()).unwrap()
        };
        let email = |text: &str| Email::parse(text).unwrap();
        let webhook = webhook.map(|port| secret("webhook", &format!("https://{CHAT}:{port}/hooks/{TOKEN}?q=1\n")));
        let mail = mail.map(|(port, password)| MailOrder {
            to: email("beheer@voorbeeldstad.nl"),
            from: email("vergaderen@voorbeeldstad.nl"),
            server: MailServer { host: Domain::parse(MAIL).unwrap(), port },
            login: password.map(|password| LoginOrder {
                user: Line::parse(USER).unwrap(),
                password: secret("password", &format!("{password}\n")),
            }),
        });
        StandingOrder {
            roots: Some(fs::read_to_string(self.path("office.pem")).unwrap()),
            alerts: AlertOrder { language: Some(Language::Nl), webhook, mail },
            ..standing::order(INSTANCE, "https://acme.voorbeeldstad.nl/dir")
        }
    }

    /// Notes of a host whose renewal failed twice.
    pub(crate) fn failing(&self) -> Ledger {
        self.failing_because("port 80 is closed")
    }

    /// The same, with this cause.
    pub(crate) fn failing_because(&self, cause: &str) -> Ledger {
        let held = Held { serial: "0a".to_owned(), not_before: self.now - 62 * DAY, not_after: self.now + 28 * DAY };
        let mut ledger = Ledger { certificate: Some(held), ..Ledger::default() };
        for hours in [12, 0] {
            ledger.fail(self.now - hours * 3600, cause, "open port 80 to the world");
        }
        ledger
    }

    /// Tells, in bounded time; nothing of what is told about it is a secret.
    pub(crate) fn tell(&self, standing: &StandingOrder, ledger: &mut Ledger) -> Vec<Sent> {
        let begun = Instant::now();
        let sent = telling::tell(standing, ledger, &self.means(&|_| Ok(self.addresses())));
        let most = self.patience * 2 + Duration::from_secs(5);
        assert!(begun.elapsed() < most, "{:?} of {most:?}", begun.elapsed());
        let shown = sent.iter().map(|sent| format!("{sent} {sent:?}")).collect::<String>();
        for secret in [TOKEN, PASSWORD] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
        sent
    }

    /// Sends a test message.
    pub(crate) fn try_out(&self, standing: &StandingOrder) -> anyhow::Result<()> {
        telling::try_out(standing, &self.failing(), &self.means(&|_| Ok(self.addresses())))
    }

    /// Why nothing arrived by the one way of this order, and what to do.
    pub(crate) fn failure(&self, standing: &StandingOrder) -> String {
        let mut ledger = self.failing();
        let mut sent = self.tell(standing, &mut ledger);
        assert_eq!((sent.len(), ledger.told), (1, None), "{sent:?}");
        let error = sent.remove(0).done.unwrap_err();
        let help = error.downcast_ref().map(|advice: &vc4all_deploy::model::advice::Advice| advice.help.clone());
        format!("{error:#}; help: {}", help.unwrap_or_default())
    }

    fn addresses(&self) -> Vec<IpAddr> {
        self.asked.set(self.asked.get() + 1);
        self.addresses.clone()
    }

    fn means<'a>(&self, resolve: &'a dyn Fn(&Domain) -> anyhow::Result<Vec<IpAddr>>) -> Means<'a> {
        Means { now: self.now, resolve, patience: self.patience }
    }
}

//! A host that answers what a test says, and the backup that follows from it.

use crate::support;
use crate::tool;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use std::process::Command;
use std::sync::OnceLock;
use vc4all_deploy::backup::{self, Contents};
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::resource::Claim;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::record;
use vc4all_deploy::remote::{Answer, Error, Order, Remote};
use vc4all_deploy::render::Renderer;

pub(crate) const DOMAIN: &str = "vergaderen.voorbeeldstad.nl";
pub(crate) const AUTHORITY: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// A word that stands in everything secret, so that it is noticed where it shows.
pub(crate) const HUSH: &str = "Hush5Hush5Hush5Hush5Hush5Hush5Hush5Hush5";
/// An account with everything, a browser that stays signed in among it.
pub(crate) const ACCOUNT: &str = concat!(
    r#"{"name":"Jo Voorbeeld","id":"abcdefghijklmnop","#,
    r#""passphrase":"$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","#,
    r#""generated":true,"app_key":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","last_step":58000000,"#,
    r#""sessions":[{"digest":"5e55105","since":1800000000}]}"#,
    "\n"
);

/// A host, and what it was asked.
pub(crate) struct Host {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) asked: String,
}

impl Host {
    pub(crate) fn saying(answer: &[u8]) -> Self {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(answer).unwrap();
        Self { code: 0, stdout: packed.finish().unwrap(), stderr: String::new(), asked: String::new() }
    }
}

impl Remote for Host {
    fn host(&self) -> &str {
        "203.0.113.10"
    }

    fn run(&mut self, order: &Order<'_>) -> Result<Answer, Error> {
        self.asked = String::from_utf8_lossy(order.input).into_owned();
        Ok(Answer { code: self.code, stdout: self.stdout.clone(), stderr: self.stderr.clone() })
    }

    fn follow(&mut self, order: &Order<'_>, _heard: &mut dyn FnMut(&str)) -> Result<Answer, Error> {
        self.run(order)
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// One of the inventories with that domain.
pub(crate) fn deployment() -> Deployment {
    static DEPLOYMENT: OnceLock<Deployment> = OnceLock::new();
    let of = || support::deployments().into_iter().find(|(name, _)| name == "voorbeeldstad").unwrap().1;
    DEPLOYMENT.get_or_init(of).clone()
}

pub(crate) fn claims() -> Vec<Claim> {
    static CLAIMS: OnceLock<Vec<Claim>> = OnceLock::new();
    let of = || support::claims(&Renderer::new().unwrap(), &deployment(), Release::Debian13);
    CLAIMS.get_or_init(of).clone()
}

/// A key and a certificate for the domain that is valid for 90 days, made once.
pub(crate) fn pair() -> &'static (String, String) {
    static PAIR: OnceLock<(String, String)> = OnceLock::new();
    PAIR.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (key, certificate) = (folder.path().join("key"), folder.path().join("certificate"));
        let mut openssl = Command::new("openssl");
        openssl.args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "90",
        ]);
        openssl.args(["-subj", "/CN=test", "-addext", &format!("subjectAltName=DNS:{DOMAIN}")]);
        tool::succeed(openssl.arg("-keyout").arg(&key).arg("-out").arg(&certificate));
        (std::fs::read_to_string(key).unwrap(), std::fs::read_to_string(certificate).unwrap())
    })
}

/// The files of a whole host.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(make_files).clone()
}

fn make_files() -> Vec<(String, Vec<u8>)> {
    let (key, certificate) = pair();
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let mut all: Vec<_> = ["focus", "jvb", "token", "turn"].map(|name| file(&format!("secrets/{name}"), HUSH)).into();
    all.extend([
        file("accounts/jo.voorbeeld.json", ACCOUNT),
        file("accounts/noor.json", "{\"name\":\"Noor Voorbeeld\"}\n"),
        file("certificate/privkey.pem", key),
        file("certificate/fullchain.pem", &certificate.repeat(2)),
        file("certificate/authority", &format!("{AUTHORITY}\n")),
        file("authority-account.json", &format!("{{\"accounts\":{{\"{AUTHORITY}\":\"{HUSH}\"}}}}")),
    ]);
    for name in [DOMAIN.to_owned(), format!("auth.{DOMAIN}")] {
        all.push(file(&format!("pairs/{name}/key.pem"), key));
        all.push(file(&format!("pairs/{name}/certificate.pem"), certificate));
    }
    all.push(file("generation/who", "somebody since 2026-11-22 10:00:00 UTC\nup vergaderen.voorbeeldstad.nl\n"));
    all.push(("generation/record".to_owned(), record::pack(&deployment().domain, &claims()).unwrap()));
    all
}

/// What a host with these files says.
pub(crate) fn answer(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut text = b"generation 7\n".to_vec();
    for (name, bytes) in files {
        text.extend(format!("file {name} {}\n", bytes.len()).into_bytes());
        text.extend(bytes);
        text.push(b'\n');
    }
    text.extend(b"end\n");
    text
}

pub(crate) fn gather(files: &[(String, Vec<u8>)]) -> anyhow::Result<Contents> {
    backup::collect(&mut Host::saying(&answer(files)), &deployment().domain, &claims())
}

/// The backup of a whole host.
pub(crate) fn contents() -> Contents {
    static CONTENTS: OnceLock<Contents> = OnceLock::new();
    CONTENTS.get_or_init(|| gather(&files()).unwrap()).clone()
}

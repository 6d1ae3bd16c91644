//! Real servers on loopback, and an authority of their own.

use super::judged::now;
use crate::free_port::free_port;
use crate::stage::{self, put, run};
use crate::support;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::outside::tls::{self, Facts};
use vc4all_deploy::outside::{ToldBy, Way};
use vc4all_deploy::render::Renderer;

/// A folder with an authority: a root, and an intermediate that signs.
pub(crate) struct Workshop {
    folder: TempDir,
}

/// A certificate, what comes along with it, and its key.
pub(crate) struct Pair {
    own: PathBuf,
    above: Option<PathBuf>,
    key: PathBuf,
}

const FORMS: &str = "\
[ca]
default_ca = ours
[ours]
database = index
unique_subject = no
policy = any
new_certs_dir = .
rand_serial = yes
email_in_dn = no
[any]
commonName = supplied
[req]
distinguished_name = nobody
[nobody]
[above]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
";

impl Workshop {
    pub(crate) fn open() -> Self {
        let workshop = Self { folder: tempfile::tempdir().unwrap() };
        put(&workshop.path("forms"), FORMS);
        put(&workshop.path("index"), "");
        workshop.make_key("root", "ec:P-256");
        let root = ["req", "-x509", "-config", "forms", "-key", "root.key", "-subj", "/CN=Root", "-days", "3650"];
        workshop.openssl(&[&root[..], &["-extensions", "above", "-out", "root.pem"]].concat());
        workshop.make_key("above", "ec:P-256");
        workshop.sign("above", ("root", "above"), &["-md", "sha256", "-startdate", "20190101000000Z", "-days", "9000"]);
        workshop
    }

    /// A pair for the deployment's name: `ec:CURVE` or `rsa:BITS`, and what is odd about it.
    pub(crate) fn pair(&self, kind: &str, odd: &[&str]) -> Pair {
        let own = format!("own{}", std::fs::read_dir(self.folder.path()).unwrap().count());
        let domain = stage::deployment().domain;
        let other = odd.iter().find_map(|odd| odd.strip_prefix("name:"));
        let name = other.unwrap_or(domain.as_str());
        let forms = format!("{FORMS}[{own}]\nsubjectAltName = DNS:{name}\nextendedKeyUsage = serverAuth\n");
        put(&self.path("forms"), &forms);
        self.make_key(&own, kind);
        let mut how = vec!["-md", if odd.contains(&"-sha1") { "sha1" } else { "sha256" }];
        if odd.contains(&"expired") {
            how.extend(["-startdate", "20200101000000Z", "-enddate", "20200401000000Z"]);
        } else {
            how.extend(["-days", "90"]);
        }
        if odd.contains(&"self-signed") {
            how.push("-selfsign");
        }
        self.sign(&own, ("above", &own), &how);
        let alone = odd.contains(&"alone") || odd.contains(&"self-signed");
        let above = if alone { None } else { Some(self.path("above.pem")) };
        Pair { own: self.path(&format!("{own}.pem")), above, key: self.path(&format!("{own}.key")) }
    }

    /// A group over a prime of 1024 bits (RFC 5114 §2.1).
    pub(crate) fn small_prime(&self) -> String {
        let parameters = ["-genparam", "-algorithm", "DH", "-pkeyopt", "dh_rfc5114:1", "-out", "prime.pem"];
        self.openssl(&[&["genpkey"][..], &parameters].concat());
        self.path("prime.pem").to_str().unwrap().to_owned()
    }

    fn make_key(&self, name: &str, kind: &str) {
        let (algorithm, option) = match kind.split_once(':').unwrap() {
            ("ec", curve) => ("EC", format!("ec_paramgen_curve:{curve}")),
            (_, bits) => ("RSA", format!("rsa_keygen_bits:{bits}")),
        };
        self.openssl(&["genpkey", "-algorithm", algorithm, "-pkeyopt", &option, "-out", &format!("{name}.key")]);
    }

    fn sign(&self, name: &str, (by, extensions): (&str, &str), how: &[&str]) {
        let (key, request, out) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        let subject = format!("/CN={name}");
        self.openssl(&["req", "-new", "-config", "forms", "-key", &key, "-subj", &subject, "-out", &request]);
        let (by_key, by_chain) = (format!("{by}.key"), format!("{by}.pem"));
        let signer = if how.contains(&"-selfsign") { &key } else { &by_key };
        let form = ["ca", "-config", "forms", "-batch", "-notext", "-in", &request, "-out", &out];
        let whose = ["-keyfile", signer, "-cert", &by_chain, "-extensions", extensions];
        self.openssl(&[&form[..], &whose, how].concat());
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &[&str]) {
        let done = Command::new("openssl").args(arguments).current_dir(self.folder.path()).output().unwrap();
        assert!(done.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn way(&self, patience: Duration) -> Way {
        let mut roots = RootCertStore::empty();
        if let Ok(root) = CertificateDer::from_pem_file(self.path("root.pem")) {
            roots.add(root).unwrap();
        }
        let domain = stage::deployment().domain;
        Way { domain, addresses: Vec::new(), told_by: ToldBy::Inventory, roots: Arc::new(roots), patience }
    }
}

/// A server, which ends with the test.
pub(crate) struct Server {
    child: Option<Child>,
    to: SocketAddr,
    patience: Duration,
}

impl Server {
    /// `openssl s_server` with these arguments.
    pub(crate) fn openssl(pair: &Pair, arguments: &[String]) -> Self {
        Self::of(Command::new("openssl"), pair, arguments)
    }

    /// The same, with the library's settings in a file.
    pub(crate) fn openssl_with(settings: &Path, pair: &Pair, arguments: &[String]) -> Self {
        let mut command = Command::new("openssl");
        command.env("OPENSSL_CONF", settings);
        Self::of(command, pair, arguments)
    }

    fn of(mut command: Command, pair: &Pair, arguments: &[String]) -> Self {
        command.args(["s_server", "-accept", "127.0.0.1:0", "-cert"]).arg(&pair.own);
        if let Some(above) = &pair.above {
            command.arg("-cert_chain").arg(above);
        }
        command.arg("-key").arg(&pair.key).args(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let to = loop {
            line.clear();
            if said.read_line(&mut line).unwrap() == 0 {
                let mut why = String::new();
                child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
                panic!("openssl s_server {arguments:?}: {why}");
            }
            if let Some(address) = line.trim().strip_prefix("ACCEPT ") {
                break address.parse().unwrap();
            }
        };
        // Both are read to the end, or the server would wait for us.
        let mut complaints = child.stderr.take().unwrap();
        thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        thread::spawn(move || std::io::copy(&mut complaints, &mut std::io::sink()));
        Self { child: Some(child), to, patience: Duration::from_secs(20) }
    }

    /// nginx with the TLS settings as they are rendered, some of them changed.
    pub(crate) fn nginx(workshop: &Workshop, pair: &Pair, changes: &[(&str, &str)]) -> Self {
        let deployment = stage::deployment();
        let claims = support::claims(&Renderer::new().unwrap(), &deployment, Release::Debian12);
        let files = support::files(&claims);
        let settings = files.iter().find(|file| file.path.as_str().ends_with("vc4all-tls.conf")).unwrap();
        let mut settings = settings.content.text().to_owned();
        for (old, new) in changes {
            assert!(settings.contains(old), "{old} is not in {settings}");
            settings = settings.replace(old, new);
        }
        // Nginx cannot be asked for any port.
        let to = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let folder = workshop.folder.path().display();
        let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
        let chain = workshop.path("chain.pem");
        put(&chain, &(read(&pair.own) + &pair.above.as_ref().map(read).unwrap_or_default()));
        let conf = format!(
            "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n\
             client_body_temp_path {folder}/body;\nproxy_temp_path {folder}/proxy;\nfastcgi_temp_path {folder}/fastcgi;\n\
             uwsgi_temp_path {folder}/uwsgi;\nscgi_temp_path {folder}/scgi;\nserver {{\nlisten {to} ssl;\n\
             ssl_certificate {};\nssl_certificate_key {};\n{settings}\nreturn 204;\n}}\n}}\n",
            chain.display(),
            pair.key.display(),
        );
        put(&workshop.path("nginx.conf"), &conf);
        let mut command = Command::new("nginx");
        command.env("PATH", std::env::var("PATH").unwrap() + ":/usr/sbin").arg("-c").arg(workshop.path("nginx.conf"));
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(to).is_err() {
            assert!(child.try_wait().unwrap().is_none() && Instant::now() < end, "nginx does not listen:\n{conf}");
            thread::sleep(Duration::from_millis(20));
        }
        Self { child: Some(child), to, patience: Duration::from_secs(20) }
    }

    /// A server that answers everybody with the same bytes and hangs up.
    pub(crate) fn saying(answer: &[u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        let answer = answer.to_vec();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let answer = answer.clone();
                thread::spawn(move || {
                    let mut stream = stream?;
                    let _ = stream.read(&mut [0; 8192])?;
                    stream.write_all(&answer)?;
                    stream.shutdown(Shutdown::Write)?;
                    std::io::copy(&mut stream, &mut std::io::sink())
                });
            }
        });
        Self { child: None, to, patience: Duration::from_secs(5) }
    }

    /// A server that takes every connection and says nothing.
    pub(crate) fn silent() -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        (Self { child: None, to, patience: Duration::from_millis(500) }, listener)
    }

    /// Looks at it.
    pub(crate) fn look(&self, workshop: &Workshop) -> Facts {
        tls::look_at(&workshop.way(self.patience), &[self.to], now())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The suites of TLS 1.2 that this machine's OpenSSL can speak with an RSA key, by the IANA's names.
pub(crate) fn suites_with_rsa() -> Vec<String> {
    let all = ["ciphers", "-s", "-stdname", "-tls1_2", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"];
    let listed = String::from_utf8(run("openssl", &all).stdout).unwrap();
    let names = listed.split_whitespace().filter(|word| word.starts_with("TLS_") && word.contains("_WITH_"));
    let fits = |name: &&str| !["PSK", "SRP", "ECDSA", "DSS"].iter().any(|other| name.contains(other));
    let mut names: Vec<String> = names.filter(fits).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

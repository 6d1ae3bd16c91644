//! A certificate authority for one test: Pebble and its mock DNS on free loopback ports.

use crate::free_port::free_port;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A running authority; stops when dropped.
pub(crate) struct Pebble {
    folder: TempDir,
    api: u16,
    management: u16,
    dns: u16,
    pub(crate) names: u16,
    http: u16,
    manner: Manner,
    dns_server: Child,
    authority: Child,
}

impl Pebble {
    /// Starts an authority that fetches challenges on this port; `nonce_reject` is in per cent, Pebble's 5 otherwise.
    pub(crate) fn start(http: u16, nonce_reject: Option<u32>) -> Self {
        Self::bound(http, nonce_reject, None)
    }

    /// Starts one that makes an account only for who knows this key of this name (base64url).
    pub(crate) fn bound(http: u16, nonce_reject: Option<u32>, binding: Option<(&'static str, &'static str)>) -> Self {
        Self::of(http, Manner { nonce_reject, binding, ..Manner::default() })
    }

    /// Starts one that behaves like this.
    pub(crate) fn of(http: u16, manner: Manner) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let [api, management, dns, names] = std::array::from_fn(|_| free_port());
        make_authority_of_api(folder.path());
        let dns_server = Command::new(tool("pebble-challtestsrv"))
            .args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""])
            .args(["-dns01", &format!("127.0.0.1:{dns}"), "-management", &format!("127.0.0.1:{names}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pebble-challtestsrv");
        let authority = spawn_authority(folder.path(), [api, management, dns, http], &manner);
        let pebble = Self { folder, api, management, dns, names, http, manner, dns_server, authority };
        await_port(pebble.names);
        pebble.await_authority();
        pebble
    }

    /// Ends the authority's process.
    pub(crate) fn stop(&mut self) {
        self.authority.kill().expect("killed");
        self.authority.wait().expect("gone");
    }

    /// Stops the authority and starts one that has forgotten everything, its own root too.
    pub(crate) fn forget_everything(&mut self) {
        self.stop();
        let ports = [self.api, self.management, self.dns, self.http];
        self.authority = spawn_authority(self.folder.path(), ports, &self.manner);
        self.await_authority();
    }

    pub(crate) fn directory(&self) -> String {
        format!("https://127.0.0.1:{}/dir", self.api)
    }

    /// An address with valid TLS that is no ACME directory.
    pub(crate) fn not_a_directory(&self) -> String {
        format!("https://127.0.0.1:{}/roots/0", self.management)
    }

    /// The root of the directory's own TLS.
    pub(crate) fn root_of_api(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("api-ca.pem")).expect("the root")
    }

    /// The root that issued chains end at; new at every start.
    pub(crate) fn root_of_chains(&self) -> String {
        let address = format!("127.0.0.1:{}", self.management);
        let mut client = Command::new(tool("openssl"))
            .args(["s_client", "-quiet", "-connect", &address])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl");
        let mut question = client.stdin.take().expect("stdin");
        question.write_all(b"GET /roots/0 HTTP/1.0\r\n\r\n").expect("asked");
        let mut answer = String::new();
        client.stdout.take().expect("stdout").read_to_string(&mut answer).expect("answered");
        drop(question);
        client.wait().expect("gone");
        answer.split_once("\r\n\r\n").expect("a body").1.to_owned()
    }

    /// Both roots, as `tls.root` holds them.
    pub(crate) fn roots(&self) -> String {
        self.root_of_api() + &self.root_of_chains()
    }

    fn await_authority(&self) {
        await_port(self.api);
        await_port(self.management);
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for child in [&mut self.authority, &mut self.dns_server] {
            // It may be gone already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A program that the tests of the authority need.
pub(crate) fn tool(name: &str) -> PathBuf {
    let found = std::env::var_os("PATH")
        .and_then(|path| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()));
    found.unwrap_or_else(|| panic!("{name} is missing: apt-get install pebble openssl"))
}

pub(crate) fn openssl(folder: &Path, args: &[&str]) {
    let done = Command::new(tool("openssl")).args(args).current_dir(folder).output().expect("openssl");
    assert!(done.status.success(), "openssl {args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn make_authority_of_api(folder: &Path) {
    let authority = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=api"];
    let key = ["-keyout", "api-ca.key", "-out", "api-ca.pem", "-addext", "keyUsage=critical,keyCertSign"];
    openssl(folder, &[&authority[..], &key[..]].concat());
    std::fs::write(folder.join("api.ext"), "subjectAltName=IP:127.0.0.1\n").expect("written");
    let request = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", "api.key"];
    openssl(folder, &[&request[..], &["-out", "api.csr"]].concat());
    let sign = ["x509", "-req", "-in", "api.csr", "-CA", "api-ca.pem", "-CAkey", "api-ca.key", "-CAcreateserial"];
    openssl(folder, &[&sign[..], &["-days", "2", "-extfile", "api.ext", "-out", "api.pem"]].concat());
}

/// How an authority behaves.
#[derive(Clone)]
pub(crate) struct Manner {
    /// How many good nonces it rejects, in per cent; Pebble's 5 otherwise.
    pub(crate) nonce_reject: Option<u32>,
    /// The name and the key (base64url) that an account has to be bound to.
    pub(crate) binding: Option<(&'static str, &'static str)>,
    /// How long its certificates are good; Pebble's five years otherwise.
    pub(crate) seconds: Option<u32>,
    /// Which Pebble it is.
    pub(crate) program: PathBuf,
}

impl Default for Manner {
    fn default() -> Self {
        Self { nonce_reject: None, binding: None, seconds: None, program: tool("pebble") }
    }
}

fn spawn_authority(folder: &Path, [api, management, dns, http]: [u16; 4], manner: &Manner) -> Child {
    let config = serde_json::json!({ "pebble": {
        "listenAddress": format!("127.0.0.1:{api}"),
        "managementListenAddress": format!("127.0.0.1:{management}"),
        "certificate": folder.join("api.pem"),
        "privateKey": folder.join("api.key"),
        "httpPort": http,
        "tlsPort": 1,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": manner.binding.is_some(),
        "externalAccountMACKeys": manner.binding.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        "domainBlocklist": ["blocked-domain.example"],
        // Pebble's own default.
        "certificateValidityPeriod": manner.seconds.unwrap_or(157_766_400),
    }});
    let file = folder.join("pebble.json");
    std::fs::write(&file, config.to_string()).expect("written");
    let mut command = Command::new(&manner.program);
    command.args(["-strict", "-dnsserver", &format!("127.0.0.1:{dns}"), "-config"]).arg(file);
    command.env("PEBBLE_VA_NOSLEEP", "1").env("PEBBLE_AUTHZREUSE", "0").env_remove("PEBBLE_VA_ALWAYS_VALID");
    match manner.nonce_reject {
        Some(percent) => command.env("PEBBLE_WFE_NONCEREJECT", percent.to_string()),
        None => command.env_remove("PEBBLE_WFE_NONCEREJECT"),
    };
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("pebble")
}

fn await_port(port: u16) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "nobody listens on port {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

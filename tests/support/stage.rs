//! A deployment to render, and a folder that holds what a host would hold.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use vc4all_deploy::components::{self, Scene};
use vc4all_deploy::model::alerts::Alerts;
use vc4all_deploy::model::deployment::*;
use vc4all_deploy::model::names::ComponentName;
use vc4all_deploy::model::program::Programs;
use vc4all_deploy::model::resource::{Claim, File, Resource};
use vc4all_deploy::model::tls::{Authority, Tls};
use vc4all_deploy::model::traits::{Architecture, Release, Traits};
use vc4all_deploy::model::values::*;
use vc4all_deploy::render::Renderer;

/// The components that these tests are about.
pub(crate) const OURS: [&str; 11] =
    ["base", "logs", "updates", "firewall", "nginx", "web", "landing", "identity", "papers", "published", "security"];

pub(crate) fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn country(text: &str) -> CountryCode {
    CountryCode::parse(text).unwrap()
}

/// A municipality on one server.
pub(crate) fn deployment() -> Deployment {
    let web = |text: &str| WebAddress::parse(text).unwrap();
    Deployment {
        domain: Domain::parse("vergaderen.voorbeeldstad.nl").unwrap(),
        operator: Operator {
            name: line("Gemeente Voorbeeldstad"),
            kind: OperatorKind::Municipality,
            address: line("Raadhuisplein 1, 1234 AB Voorbeeldstad"),
            country: country("NL"),
            email: email("privacy@voorbeeldstad.nl"),
            security: email("security@voorbeeldstad.nl"),
            privacy_officer: Some(email("fg@voorbeeldstad.nl")),
            website: Some(web("https://www.voorbeeldstad.nl")),
        },
        host: Host {
            address: Address::parse("203.0.113.10").unwrap(),
            port: None,
            user: None,
            identity: None,
            host_key: None,
            provider: Some(Provider { name: line("Voorbeeldhosting B.V."), country: country("NL") }),
            release: Release::Debian12,
            memory_mib: 8192,
        },
        alerts: Alerts::default(),
        tls: Tls { contact: Some(email("beheer@voorbeeldstad.nl")), ..Tls::of(Authority::LetsEncrypt) },
        access: Access {
            meeting_hosts: MeetingHosts::Accounts { listed: None },
            second_factor: SecondFactor::Required,
            guests: Guests::LobbyOrPassword,
            token_minutes: 120,
            room_name_bits: 40,
        },
        media: Media { stun: Vec::new(), peer_to_peer: PeerToPeer::Off, participants: 75, nat: Vec::new() },
        retention: Retention { logs_days: 7 },
        generations: Generations { keep: 10 },
        languages: vec![Language::Nl, Language::En],
        updates: Updates {
            security: SecurityUpdates::Automatic,
            reboot_window: Some(ClockTime { hour: 4, minute: 5 }),
        },
        packages: Packages {
            jitsi: web("https://download.jitsi.org"),
            suite: "stable".to_owned(),
            key_url: web("https://download.jitsi.org/jitsi-key.gpg.key"),
            key: KeyFingerprint::parse("66A9CD0595D6AFA247290D3BEF8B479E2DC1389C").unwrap(),
            known: Vec::new(),
            sets: None,
        },
        overrides: None,
    }
}

/// What a host of that release is.
pub(crate) fn traits(release: Release) -> Traits {
    Traits {
        release,
        architecture: Architecture::X86_64,
        memory_mib: 8192,
        addresses: vec!["203.0.113.10".parse().unwrap()],
        ssh_ports: vec![22, 2222],
    }
}

/// What our components want on such a host.
pub(crate) fn render(deployment: &Deployment, release: Release) -> anyhow::Result<Vec<Claim>> {
    let renderer = Renderer::new()?;
    render_with(&renderer, deployment, release)
}

/// The same with templates that are parsed already.
pub(crate) fn render_with(
    renderer: &Renderer,
    deployment: &Deployment,
    release: Release,
) -> anyhow::Result<Vec<Claim>> {
    let traits = traits(release);
    let programs = Programs::new();
    let scene = Scene { deployment, traits: &traits, renderer, programs: &programs };
    let mut claims = Vec::new();
    for (name, resources) in components::ALL.iter().filter(|(name, _)| OURS.contains(name)) {
        let component = ComponentName::new(*name)?;
        for resource in resources(&scene)? {
            // What two components want alike stands there once, as in the program.
            if !claims.iter().any(|claim: &Claim| claim.resource == resource) {
                claims.push(Claim { component: component.clone(), resource });
            }
        }
    }
    Ok(claims)
}

/// The wanted files.
pub(crate) fn files(claims: &[Claim]) -> impl Iterator<Item = &File> {
    claims.iter().filter_map(|claim| match &claim.resource {
        Resource::File(file) => Some(file),
        _ => None,
    })
}

/// The wanted text of one file.
pub(crate) fn text<'a>(claims: &'a [Claim], path: &str) -> &'a str {
    let file = files(claims).find(|file| file.path.as_str() == path);
    file.unwrap_or_else(|| panic!("nobody wants {path}")).content.text()
}

/// Lays folders, files and links below `root`, as a host would hold them.
pub(crate) fn lay(claims: &[Claim], root: &Path) {
    let below = |path: &str| root.join(path.trim_start_matches('/'));
    for claim in claims {
        match &claim.resource {
            Resource::Directory(folder) => fs::create_dir_all(below(folder.path.as_str())).unwrap(),
            Resource::File(file) => put(&below(file.path.as_str()), file.content.text()),
            Resource::Link(link) => {
                let path = below(link.path.as_str());
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                symlink(link.target.as_str(), path).unwrap();
            }
            _ => {}
        }
    }
}

/// Writes a file and the folders above it.
pub(crate) fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Whether the tools are there. In CI a missing one is a failure; elsewhere the test says what it leaves out.
pub(crate) fn have(tools: &[&str]) -> bool {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let missing: Vec<_> =
        tools.iter().filter(|tool| !path.split(':').any(|dir| Path::new(dir).join(tool).exists())).collect();
    assert!(missing.is_empty() || std::env::var_os("CI").is_none(), "CI lacks {missing:?}");
    if !missing.is_empty() {
        eprintln!("left out: this machine lacks {missing:?}");
    }
    missing.is_empty()
}

/// The same for tests that need namespaces of their own, which only root may make.
pub(crate) fn have_as_root(tools: &[&str]) -> bool {
    let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    assert!(root || std::env::var_os("CI").is_none(), "CI does not run as root");
    if !root {
        eprintln!("left out: needs root");
    }
    root && have(tools)
}

/// Runs a program and fails with its words when it fails.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).env("PATH", std::env::var("PATH").unwrap() + ":/usr/sbin:/sbin");
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}\n{}",
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(&output.stdout)
    );
    output
}

/// A file of the tests of pages.
pub(crate) fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name)
}

/// A fresh folder that all may enter, as nginx' workers must.
pub(crate) fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

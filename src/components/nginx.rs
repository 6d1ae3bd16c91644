//! nginx: the only door for web and signalling.

use super::Scene;
use super::claims::{absent, access, directory, link, package_name, public_file, reload, running};
use super::retention::Keep;
use crate::model::deployment::{Language, MeetingHosts};
use crate::model::ports;
use crate::model::resource::{Certificate, File, Gate, Proof, Refresh, Resource, Wake};
use crate::model::subject::SubjectName;
use crate::model::traits::Release;
use anyhow::Result;
use serde::Serialize;

/// What the templates see.
#[derive(Serialize)]
struct Site<'a> {
    domain: &'a str,
    /// The certificate's other names, which lead to the domain.
    others: Others,
    /// Whether browsers may be told to insist on TLS.
    hsts: bool,
    languages: &'a [Language],
    http: u16,
    https: u16,
    prosody: u16,
    /// Whether meeting hosts log in here.
    door: bool,
    /// The identity provider's origin, which one page may ask for a token.
    provider: Option<String>,
    /// Years for which nginx knows what half a year ahead is.
    years: Vec<u16>,
    /// `http2 on` (nginx 1.25.1 and later) instead of a word on the `listen` line.
    http2_directive: bool,
    /// Whether OpenSSL knows X25519MLKEM768 (3.5 and later).
    hybrid: bool,
}

/// What else the certificate is for, as nginx names it.
#[derive(Serialize, Default)]
struct Others {
    /// Hosts.
    hosts: Vec<String>,
    /// Domains of which every host one label below is meant.
    below: Vec<String>,
    /// Addresses as they stand in a URL. Who asks for one names no host when TLS begins.
    addresses: Vec<String>,
}

impl Others {
    fn of(names: &[SubjectName]) -> Self {
        let mut others = Self::default();
        for name in names {
            match name {
                SubjectName::Host(domain) => others.hosts.push(domain.to_string()),
                SubjectName::Below(domain) => others.below.push(domain.to_string()),
                SubjectName::Address(_) => others.addresses.push(name.as_authority()),
            }
        }
        others
    }
}

/// The servers that read the certificate.
pub(super) const READERS: [&str; 2] = ["nginx.service", "coturn.service"];

/// The snippets and the site with their templates; the whole configuration is judged together.
const FILES: [(&str, &str); 5] = [
    ("nginx/nginx.conf", "/etc/nginx/nginx.conf"),
    ("nginx/tls.conf", "/etc/nginx/snippets/vc4all-tls.conf"),
    ("nginx/headers.conf", "/etc/nginx/snippets/vc4all-headers.conf"),
    ("nginx/prosody.conf", "/etc/nginx/snippets/vc4all-prosody.conf"),
    ("nginx/site.conf", "/etc/nginx/sites-available/SITE.conf"),
];

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let site = site(scene);
    let mut wanted = Vec::new();
    for folder in ["/etc/nginx/snippets", "/etc/systemd/system/nginx.service.d"] {
        wanted.push(directory(folder, access("root", "root", 0o755)?)?);
    }
    for (template, path) in FILES {
        let text = scene.renderer.text(template, &site)?;
        let file = public_file(&path.replace("SITE", site.domain), text)?;
        let (wakes, from) = (vec![reload("nginx.service")?], Some(package_name("nginx")?));
        wanted.push(Resource::File(File { proof: Some(Proof::Nginx), wakes, from, ..file }));
    }
    let available = format!("/etc/nginx/sites-available/{}.conf", site.domain);
    let enabled = format!("/etc/nginx/sites-enabled/{}.conf", site.domain);
    wanted.push(link(&enabled, &available, vec![reload("nginx.service")?])?);
    wanted.push(absent("/etc/nginx/sites-enabled/default", "nginx", vec![reload("nginx.service")?])?);
    wanted.extend(around(scene, &site)?);
    let gates = vec![Gate::Tcp(ports::HTTP), Gate::Tcp(ports::HTTPS)];
    wanted.push(running("nginx.service", "nginx", gates)?);
    wanted.push(Resource::Certificate(certificate(scene)?));
    Ok(wanted)
}

fn site<'a>(scene: &'a Scene<'_>) -> Site<'a> {
    let modern = match scene.traits.release {
        Release::Debian12 | Release::Ubuntu2404 => false,
        Release::Debian13 => true,
    };
    Site {
        domain: scene.deployment.domain.as_str(),
        others: Others::of(&names(scene)[1..]),
        hsts: scene.deployment.tls.authority.is_trusted(),
        languages: &scene.deployment.languages,
        http: ports::HTTP,
        https: ports::HTTPS,
        prosody: ports::PROSODY_HTTP,
        door: matches!(scene.deployment.access.meeting_hosts, MeetingHosts::Accounts { .. }),
        provider: super::identity::provider(scene.deployment).map(|provider| provider.token.origin()),
        years: (2025..2060).collect(),
        http2_directive: modern,
        hybrid: modern,
    }
}

/// What belongs to nginx and is not read by it.
fn around(scene: &Scene<'_>, site: &Site<'_>) -> Result<[Resource; 2]> {
    let unit = scene.renderer.text("nginx/nginx.service", site)?;
    let unit = public_file("/etc/systemd/system/nginx.service.d/vc4all.conf", unit)?;
    let rotation = scene.renderer.text("nginx/logrotate", &Keep::of(scene))?;
    let rotation = public_file("/etc/logrotate.d/nginx", rotation)?;
    Ok([
        Resource::File(File { proof: Some(Proof::Systemd), wakes: vec![Wake::Refresh(Refresh::Systemd)], ..unit }),
        Resource::File(File { from: Some(package_name("nginx")?), ..rotation }),
    ])
}

/// The names in the certificate; the first one is the domain.
pub(super) fn names(scene: &Scene<'_>) -> Vec<SubjectName> {
    let mut names = vec![SubjectName::from(scene.deployment.domain.clone())];
    for name in &scene.deployment.tls.names {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// A reload of coturn reads the pair anew and keeps every call (see its drop-in).
fn certificate(scene: &Scene<'_>) -> Result<Certificate> {
    let tls = &scene.deployment.tls;
    Ok(Certificate {
        names: names(scene),
        authority: tls.authority.clone(),
        contact: tls.contact.clone(),
        profile: tls.profile.clone(),
        method: tls.method(),
        external: tls.external.clone(),
        wakes: READERS.into_iter().map(reload).collect::<Result<_>>()?,
    })
}

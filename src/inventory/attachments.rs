//! The files that an inventory names beside itself, read into the deployment; what is a secret is shown by no message.

use super::problems::Problems;
use super::{read, sets};
use crate::model::alerts::{Alerts, MailLogin, MailRoute, Webhook, WebhookAddress};
use crate::model::deployment::{Deployment, Packages};
use crate::model::given::GivenFile;
use crate::model::secret::Secret;
use crate::model::tls::{Authority, Hook, OtherAuthority, Root, Tls};
use anyhow::{Context as _, Result, anyhow};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::path::Path;
use x509_parser::pem::Pem;

/// The deployment with the known-good sets of the operator's own file, the roots of another authority, the hook, and where
/// failures are told, where the inventory names them.
pub(super) fn attach(deployment: Deployment) -> Result<Deployment, Problems> {
    let packages = with_sets(deployment.packages)?;
    let tls = with_files(deployment.tls)?;
    let alerts = with_ways(deployment.alerts)?;
    Ok(Deployment { tls, packages, alerts, ..deployment })
}

fn with_sets(packages: Packages) -> Result<Packages, Problems> {
    let Some(path) = packages.sets.clone() else { return Ok(packages) };
    let sets = sets::read(&bytes(&path, "packages.sets")?, &path.display().to_string())?;
    let known = sets.into_iter().filter(|set| set.suite == packages.suite).collect();
    Ok(Packages { known, ..packages })
}

fn with_files(tls: Tls) -> Result<Tls, Problems> {
    let authority = match tls.authority {
        Authority::Other(other) => {
            Authority::Other(OtherAuthority { root: other.root.map(roots).transpose()?, ..other })
        }
        ours => ours,
    };
    let hook = tls.hook.map(hook).transpose()?;
    Ok(Tls { authority, hook, ..tls })
}

fn roots(root: Root) -> Result<Root, Problems> {
    let refuse = |what: &str| {
        let write =
            "name a file with the authority's root certificates in PEM form, and nothing else, under `tls.root`";
        Err(Problems::of_file(&root.path.display().to_string(), what, write))
    };
    let pem = text(&root.path, "tls.root")?;
    // The host gets this file.
    if pem.contains("PRIVATE KEY-----") {
        return refuse("holds a private key");
    }
    let mut certificates = 0;
    for block in Pem::iter_from_buffer(pem.as_bytes()) {
        let whole = block.is_ok_and(|block| block.label == "CERTIFICATE" && block.parse_x509().is_ok());
        if !whole {
            return refuse("holds something else than certificates");
        }
        certificates += 1;
    }
    if certificates == 0 {
        return refuse("holds no PEM certificate");
    }
    Ok(Root { pem, ..root })
}

fn hook(hook: Hook) -> Result<Hook, Problems> {
    let text = text(&hook.path, "tls.dns_hook")?;
    // The host starts it directly, with no shell that would guess.
    if !text.starts_with("#!") || text.contains('\0') {
        let write = "name a program in the form of text, such as a script for sh, under `tls.dns_hook`";
        let what = "does not begin with #! and what runs it";
        return Err(Problems::of_file(&hook.path.display().to_string(), what, write));
    }
    let secrets = hook.secrets.map(|file| given(file, "tls.dns_hook_secrets")).transpose()?;
    if let Some(secrets) = &secrets {
        lines(secrets)?;
    }
    Ok(Hook { text, secrets, ..hook })
}

/// A secret of the operator's; what it is stands in no message.
fn given(file: GivenFile, key: &str) -> Result<GivenFile, Problems> {
    let value = Secret::new(text(&file.path, key)?);
    Ok(GivenFile { value, ..file })
}

/// Whether each line is one of an environment: `KEY=VALUE`, nothing, or a remark behind `#`.
fn lines(secrets: &GivenFile) -> Result<(), Problems> {
    let name = |key: &str| {
        let first = |b: u8| b.is_ascii_alphabetic() || b == b'_';
        key.bytes().next().is_some_and(first) && key.bytes().all(|b| first(b) || b.is_ascii_digit())
    };
    let fits = |line: &str| {
        let blank = line.trim().is_empty() || line.starts_with('#');
        blank || line.split_once('=').is_some_and(|(key, value)| name(key) && !value.chars().any(char::is_control))
    };
    match secrets.value.reveal().lines().position(|line| !fits(line)) {
        None => Ok(()),
        Some(at) => Err(Problems::of_file(
            &secrets.path.display().to_string(),
            format!("has a line {} that is not KEY=VALUE", at + 1),
            "write one KEY=VALUE a line, such as TOKEN=…, without `export` and without spaces around the =",
        )),
    }
}

fn with_ways(alerts: Alerts) -> Result<Alerts, Problems> {
    let webhook = alerts.webhook.map(address).transpose()?;
    let mail = alerts.mail.map(mail).transpose()?;
    Ok(Alerts { webhook, mail })
}

fn mail(route: MailRoute) -> Result<MailRoute, Problems> {
    let login = route.login.map(|login| password(login.password).map(|password| MailLogin { password, ..login }));
    Ok(MailRoute { login: login.transpose()?, ..route })
}

/// One line, without the line end that editors put behind it.
fn password(file: GivenFile) -> Result<GivenFile, Problems> {
    let GivenFile { path, value } = given(file, "alerts.mail.password_file")?;
    let line = Secret::new(value.reveal().trim_end_matches(['\r', '\n']).to_owned());
    if line.reveal().is_empty() || line.reveal().contains(|c: char| c.is_control()) {
        let write = "put the password into it as one line, and nothing else";
        return Err(Problems::of_file(&path.display().to_string(), "holds no password on one line", write));
    }
    Ok(GivenFile { path, value: line })
}

fn address(webhook: Webhook) -> Result<Webhook, Problems> {
    let text = Secret::new(text(&webhook.file, "alerts.webhook.address_file")?);
    let address = WebhookAddress::parse(text.reveal()).map_err(|refusal| {
        let what = format!("holds text that {}", refusal.what);
        let write = "put the service's https:// address into it, as the service gives it out, and nothing else";
        Problems::of_file(&webhook.file.display().to_string(), what, write)
    })?;
    Ok(Webhook { address: Some(address), ..webhook })
}

fn text(path: &Path, key: &str) -> Result<String, Problems> {
    String::from_utf8(bytes(path, key)?).map_err(|_| {
        let write = format!("name a text file under `{key}`");
        Problems::of_file(&path.display().to_string(), "is no text in UTF-8", write)
    })
}

fn bytes(path: &Path, key: &str) -> Result<Vec<u8>, Problems> {
    read(path).map_err(|error| {
        let write = format!("name a file that you may read under `{key}`, or take that key out");
        Problems::of_file(&path.display().to_string(), format!("cannot be read: {error}"), write)
    })
}

/// The key of [`ExternalAccount`](crate::model::tls::ExternalAccount): base64url as authorities give it out (RFC 8555
/// §7.3.4), with or without padding.
///
/// # Errors
/// When the file cannot be read, or holds something else.
pub fn read_binding_key(path: &Path) -> Result<Secret<Vec<u8>>> {
    let what = || format!("tls.external_account.key_file: read {}", path.display());
    let bytes = read(path).with_context(what)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim().trim_end_matches('=');
    let key = BASE64_URL_SAFE_NO_PAD.decode(text).ok().filter(|key| key.len() >= LEAST_KEY);
    // What it holds instead stands in no message.
    key.map(Secret::new)
        .ok_or_else(|| anyhow!("it is not the key in base64url that the authority gave"))
        .with_context(what)
}

/// Bytes; nobody gives out a shorter one (RFC 2104 §3 asks for the hash's length).
const LEAST_KEY: usize = 16;

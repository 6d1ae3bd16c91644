//! Where a connection goes: what the inventory says, then what the SSH configuration says, then the defaults.

use super::config::{Asked, SshConfig, at_home};
use crate::model::deployment::Host;
use crate::model::values::HostKeyPin;
use anyhow::{Context, Result, bail};
use std::env;
use std::path::PathBuf;

/// Everything that a connection needs to know before the first packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The host as the inventory names it, for messages.
    pub name: String,
    /// The address that is dialled: a name, or an IP address without brackets.
    pub address: String,
    /// The TCP port.
    pub port: u16,
    /// The login name.
    pub user: String,
    /// Private key files that the inventory or the configuration names, in order.
    pub identities: Vec<PathBuf>,
    /// Which keys of the agent may be tried.
    pub agent: AgentUse,
    /// The fingerprint that the host's key must have; then no file is asked.
    pub pin: Option<HostKeyPin>,
    /// The name under which the host's key is kept where it is not the address.
    pub key_alias: Option<String>,
    /// Files of known host keys.
    pub known_hosts: Vec<PathBuf>,
    /// The file that accepted host keys are added to.
    pub accepted: Option<PathBuf>,
    /// What happens with a host whose key is not known.
    pub newcomers: Newcomers,
    /// How host names are written into the file of known keys.
    pub names: NameForm,
}

/// Which keys of the agent may be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentUse {
    /// No agent.
    None,
    /// Only keys whose files are named (`IdentitiesOnly yes`, or an identity in the inventory); the socket where it is not `SSH_AUTH_SOCK`.
    Named(Option<PathBuf>),
    /// All keys; the socket where it is not `SSH_AUTH_SOCK`.
    All(Option<PathBuf>),
}

/// What happens with a host whose key is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newcomers {
    /// A person is shown the fingerprint and asked.
    Ask,
    /// The connection ends (`StrictHostKeyChecking yes`).
    Refuse,
}

/// How host names are written into the file of known keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameForm {
    /// As they are.
    Plain,
    /// As a salted hash (`HashKnownHosts yes`).
    Hashed,
}

impl Target {
    /// Brings the inventory's host and the SSH configuration together; what the inventory names wins.
    ///
    /// # Errors
    /// When the configuration asks for something that is not supported, such as `ProxyJump`.
    pub fn new(host: &Host, config: &SshConfig) -> Result<Self> {
        let original = host.address.to_string();
        let unnamed = Asked { original: &original, renamed: &original };
        let address = match config.first(&unnamed, "hostname")? {
            Some(name) => name.replace("%h", &original).replace("%%", "%"),
            None => original.clone(),
        };
        let asked = Asked { original: &original, renamed: &address };
        refuse_detours(config, &asked)?;
        let port = match (host.port, config.line(&asked, "port")?) {
            (Some(port), _) => port,
            (None, Some((words, place))) => words[0].parse().with_context(|| format!("{place}: Port is not a port"))?,
            (None, None) => 22,
        };
        let user = host.user.clone().or(config.first(&asked, "user")?.map(str::to_owned));
        let user = user.unwrap_or_else(|| "root".to_owned());
        let tokens = Tokens { original: &original, address: &address, port, user: &user };
        let users = files(config.line(&asked, "userknownhostsfile")?, USERS_FILES, &tokens);
        let machines = files(config.line(&asked, "globalknownhostsfile")?, MACHINES_FILES, &tokens);
        let names =
            if config.first(&asked, "hashknownhosts")? == Some("yes") { NameForm::Hashed } else { NameForm::Plain };
        let strict = config.first(&asked, "stricthostkeychecking")?;
        Ok(Self {
            identities: identities(host, config, &asked, &tokens)?,
            agent: agent(host, config, &asked, &tokens)?,
            accepted: users.first().cloned(),
            known_hosts: users.into_iter().chain(machines).collect(),
            key_alias: config.first(&asked, "hostkeyalias")?.map(str::to_owned),
            newcomers: if strict == Some("yes") { Newcomers::Refuse } else { Newcomers::Ask },
            pin: host.host_key.clone(),
            names,
            port,
            name: original.clone(),
            address: address.clone(),
            user: user.clone(),
        })
    }

    /// The name under which a file of known keys lists this host: `[host]:port` where the port is not 22.
    pub fn key_name(&self) -> String {
        match (&self.key_alias, self.port) {
            (Some(alias), _) => alias.to_lowercase(),
            (None, 22) => self.address.to_lowercase(),
            (None, port) => format!("[{}]:{port}", self.address.to_lowercase()),
        }
    }
}

fn refuse_detours(config: &SshConfig, asked: &Asked<'_>) -> Result<()> {
    for (keyword, name) in [("proxyjump", "ProxyJump"), ("proxycommand", "ProxyCommand")] {
        match config.line(asked, keyword)? {
            Some((words, place)) if !words[0].eq_ignore_ascii_case("none") => bail!(
                "{place}: {name} is not supported; run this from a machine that reaches {} itself, or give another \
                 file with --ssh-config",
                asked.original
            ),
            _ => {}
        }
    }
    Ok(())
}

fn identities(host: &Host, config: &SshConfig, asked: &Asked<'_>, tokens: &Tokens<'_>) -> Result<Vec<PathBuf>> {
    if let Some(identity) = &host.identity {
        return Ok(vec![identity.clone()]);
    }
    let lines = config.words(asked, "identityfile")?;
    Ok(lines.iter().filter(|(words, _)| words[0] != "none").map(|(words, _)| tokens.path(&words[0])).collect())
}

fn agent(host: &Host, config: &SshConfig, asked: &Asked<'_>, tokens: &Tokens<'_>) -> Result<AgentUse> {
    let socket = match config.first(asked, "identityagent")? {
        Some("none") => return Ok(AgentUse::None),
        None | Some("SSH_AUTH_SOCK" | "$SSH_AUTH_SOCK" | "${SSH_AUTH_SOCK}") => None,
        Some(path) => Some(tokens.path(path)),
    };
    if socket.is_none() && env::var_os("SSH_AUTH_SOCK").is_none_or(|path| path.is_empty()) {
        return Ok(AgentUse::None);
    }
    Ok(match config.first(asked, "identitiesonly")? {
        _ if host.identity.is_some() => AgentUse::Named(socket),
        Some("yes") => AgentUse::Named(socket),
        _ => AgentUse::All(socket),
    })
}

const USERS_FILES: [&str; 2] = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
const MACHINES_FILES: [&str; 2] = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];

fn files(line: Option<(&[String], &str)>, defaults: [&str; 2], tokens: &Tokens<'_>) -> Vec<PathBuf> {
    match line {
        Some((words, _)) => words.iter().filter(|word| *word != "none").map(|word| tokens.path(word)).collect(),
        None => defaults.map(at_home).to_vec(),
    }
}

/// The values that `%` words stand for in paths (ssh_config(5), "TOKENS").
struct Tokens<'a> {
    original: &'a str,
    address: &'a str,
    port: u16,
    user: &'a str,
}

impl Tokens<'_> {
    fn path(&self, text: &str) -> PathBuf {
        let mut path = String::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                path.push(letter);
                continue;
            }
            match letters.next() {
                Some('d') => path.push_str(&env::home_dir().unwrap_or_default().to_string_lossy()),
                Some('h') => path.push_str(self.address),
                Some('n') => path.push_str(self.original),
                Some('p') => path.push_str(&self.port.to_string()),
                Some('r') => path.push_str(self.user),
                Some('u') => path.push_str(&env::var("USER").or_else(|_| env::var("LOGNAME")).unwrap_or_default()),
                Some('%') => path.push('%'),
                Some(other) => path.extend(['%', other]),
                None => path.push('%'),
            }
        }
        at_home(&path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::traits::Release;
    use crate::model::values::Address;
    use std::fs;

    fn host(address: &str) -> Host {
        Host {
            address: Address::parse(address).unwrap(),
            port: None,
            user: None,
            identity: None,
            host_key: None,
            provider: None,
            release: Release::Debian12,
            memory_mib: 4096,
        }
    }

    fn target(host: &Host, text: &str) -> Result<Target> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        Target::new(host, &SshConfig::file(file.path()).unwrap())
    }

    #[test]
    fn an_alias_gives_its_address_and_the_inventory_wins_over_the_rest() {
        let text = "Host media\n HostName 2001:db8::7\n Port 2222\n User beheer\n IdentityFile /keys/%r@%h:%p\n IdentityAgent none\n";
        let mut host = host("media");
        let found = target(&host, text).unwrap();
        assert_eq!((found.address.as_str(), found.port, found.user.as_str()), ("2001:db8::7", 2222, "beheer"));
        assert_eq!(found.identities, [PathBuf::from("/keys/beheer@2001:db8::7:2222")]);
        assert_eq!(found.key_name(), "[2001:db8::7]:2222");
        assert_eq!(found.agent, AgentUse::None);
        host.port = Some(22);
        host.user = Some("root".to_owned());
        host.identity = Some(PathBuf::from("/keys/own"));
        let found = target(&host, text).unwrap();
        assert_eq!((found.port, found.user.as_str(), found.key_name().as_str()), (22, "root", "2001:db8::7"));
        assert_eq!(found.identities, [PathBuf::from("/keys/own")]);
    }

    #[test]
    fn without_a_word_the_login_is_root_on_port_22() {
        let found = target(&host("192.0.2.1"), "").unwrap();
        assert_eq!((found.user.as_str(), found.port, found.newcomers), ("root", 22, Newcomers::Ask));
        assert!(found.known_hosts.len() == 4 && found.identities.is_empty());
    }

    #[test]
    fn a_detour_is_refused_with_its_line() {
        let refusal = format!("{:#}", target(&host("media"), "Host media\nProxyJump bastion\n").unwrap_err());
        assert!(refusal.contains("line 2: ProxyJump is not supported"), "{refusal}");
        assert!(target(&host("media"), "ProxyJump none\n").is_ok());
    }
}

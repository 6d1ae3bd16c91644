//! Reads an SSH client configuration (ssh_config(5)) and answers what it says about one host.
//!
//! A parser of our own, because the one on crates.io knows neither `Match` nor tokens, does not offer `IdentitiesOnly`,
//! `IdentityAgent`, `UserKnownHostsFile` or `HostKeyAlias`, and does not say at which line a setting stands.

use super::pattern::{list_names, matches};
use anyhow::{Context, Result, bail, ensure};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Include files may include files; ssh stops at the same depth.
const DEEPEST_INCLUDE: usize = 16;

/// The settings of one or more configuration files in the order in which they stand.
#[derive(Debug, Default)]
pub struct SshConfig {
    settings: Vec<Setting>,
}

#[derive(Debug)]
struct Setting {
    scopes: Vec<Scope>,
    keyword: String,
    words: Vec<String>,
    place: String,
}

#[derive(Debug, Clone)]
enum Scope {
    Host(Vec<String>),
    Match(Vec<Criterion>),
}

#[derive(Debug, Clone)]
enum Criterion {
    All,
    Host(Vec<String>),
    OriginalHost(Vec<String>),
    Unknown(String),
}

/// A host as it was asked for, and as `HostName` renamed it.
pub(super) struct Asked<'a> {
    pub(super) original: &'a str,
    pub(super) renamed: &'a str,
}

impl SshConfig {
    /// Reads the person's own configuration and then the machine's, as `ssh` does; files that are not there are empty.
    ///
    /// # Errors
    /// When a file cannot be read or understood.
    pub fn of_person() -> Result<Self> {
        let mut config = Self::default();
        for path in env::home_dir()
            .map(|home| home.join(".ssh/config"))
            .into_iter()
            .chain([PathBuf::from("/etc/ssh/ssh_config")])
        {
            if path.exists() {
                config.read(&path, &[], 0)?;
            }
        }
        Ok(config)
    }

    /// Reads one file alone, as `ssh -F FILE`.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn file(path: &Path) -> Result<Self> {
        let mut config = Self::default();
        config.read(path, &[], 0)?;
        Ok(config)
    }

    /// The first value of a keyword for a host; ssh uses the first one too.
    pub(super) fn first(&self, asked: &Asked<'_>, keyword: &str) -> Result<Option<&str>> {
        Ok(self.words(asked, keyword)?.into_iter().next().and_then(|(words, _)| words.first().map(String::as_str)))
    }

    /// The first line of a keyword for a host, with the place where it stands.
    pub(super) fn line(&self, asked: &Asked<'_>, keyword: &str) -> Result<Option<(&[String], &str)>> {
        Ok(self.words(asked, keyword)?.into_iter().next())
    }

    /// Every line of a keyword for a host.
    pub(super) fn words(&self, asked: &Asked<'_>, keyword: &str) -> Result<Vec<(&[String], &str)>> {
        let mut found = Vec::new();
        for setting in self.settings.iter().filter(|setting| setting.keyword == keyword) {
            if applies(&setting.scopes, asked).with_context(|| setting.place.clone())? {
                found.push((setting.words.as_slice(), setting.place.as_str()));
            }
        }
        Ok(found)
    }

    fn read(&mut self, path: &Path, outer: &[Scope], depth: usize) -> Result<()> {
        let read = || format!("read the SSH configuration {}", path.display());
        ensure!(depth <= DEEPEST_INCLUDE, "{}: files include each other without end", read());
        let text = fs::read_to_string(path).with_context(read)?;
        let mut scopes = outer.to_vec();
        for (number, line) in text.lines().enumerate() {
            let place = format!("{}, line {}", path.display(), number + 1);
            let Some((keyword, words)) = split(line).with_context(|| place.clone())? else { continue };
            match keyword.as_str() {
                "host" => {
                    scopes.truncate(outer.len());
                    scopes.push(Scope::Host(words));
                }
                "match" => {
                    scopes.truncate(outer.len());
                    scopes.push(Scope::Match(criteria(&words).with_context(|| place.clone())?));
                }
                "include" => {
                    for file in words.iter().flat_map(|word| included(word, path)) {
                        self.read(&file, &scopes, depth + 1).with_context(|| place.clone())?;
                    }
                }
                _ => self.settings.push(Setting { scopes: scopes.clone(), keyword, words, place }),
            }
        }
        Ok(())
    }
}

fn applies(scopes: &[Scope], asked: &Asked<'_>) -> Result<bool> {
    for scope in scopes {
        let holds = match scope {
            Scope::Host(patterns) => list_names(patterns.iter().map(String::as_str), asked.original),
            Scope::Match(criteria) => all_hold(criteria, asked)?,
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

fn all_hold(criteria: &[Criterion], asked: &Asked<'_>) -> Result<bool> {
    for criterion in criteria {
        let holds = match criterion {
            Criterion::All => true,
            Criterion::Host(patterns) => list_names(patterns.iter().map(String::as_str), asked.renamed),
            Criterion::OriginalHost(patterns) => list_names(patterns.iter().map(String::as_str), asked.original),
            Criterion::Unknown(word) => bail!(
                "stands in a block `Match {word}`, which is not supported (`all`, `host` and `originalhost` are); \
                 give another file with --ssh-config"
            ),
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

fn criteria(words: &[String]) -> Result<Vec<Criterion>> {
    let mut criteria = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut list = || -> Result<Vec<String>> {
            let value = words.next().with_context(|| format!("`Match {word}` names nothing"))?;
            Ok(value.split(',').map(str::to_owned).collect())
        };
        criteria.push(match word.to_ascii_lowercase().as_str() {
            "all" => Criterion::All,
            "host" => Criterion::Host(list()?),
            "originalhost" => Criterion::OriginalHost(list()?),
            "canonical" | "final" => Criterion::Unknown(word.clone()),
            other => {
                let _ = words.next();
                Criterion::Unknown(other.to_owned())
            }
        });
    }
    Ok(criteria)
}

/// The files that an `Include` names: `~` is the home folder, other relative paths start beside the user's or the
/// machine's own configuration, and the file's name may be a pattern.
fn included(word: &str, includer: &Path) -> Vec<PathBuf> {
    let path = at_home(word);
    let path = if path.is_absolute() {
        path
    } else if includer.starts_with("/etc/ssh") {
        Path::new("/etc/ssh").join(path)
    } else {
        at_home("~/.ssh").join(path)
    };
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Vec::new();
    };
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.file_name().and_then(|f| f.to_str()).is_some_and(|f| matches(name, f)) && file.is_file())
        .collect();
    files.sort();
    files
}

/// Puts the home folder in the place of a leading `~/`.
pub(super) fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// Splits a line into its keyword in lower case and its words; quotes keep spaces, `#` begins a comment.
fn split(line: &str) -> Result<Option<(String, Vec<String>)>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let end = line.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(line.len());
    let (keyword, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let mut rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    let mut words = Vec::new();
    while !rest.is_empty() && !rest.starts_with('#') {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').context("has a quote without its end")?,
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    ensure!(!words.is_empty(), "`{keyword}` has no value");
    Ok(Some((keyword.to_ascii_lowercase(), words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> SshConfig {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        SshConfig::file(file.path()).unwrap()
    }

    fn asked(name: &str) -> Asked<'_> {
        Asked { original: name, renamed: name }
    }

    #[test]
    fn the_first_value_of_a_matching_block_counts() {
        let config = config("User early\nHost media\n  HostName=192.0.2.7\n  User late\nHost *\n  Port 2222 # far\n");
        assert_eq!(config.first(&asked("media"), "user").unwrap(), Some("early"));
        assert_eq!(config.first(&asked("media"), "hostname").unwrap(), Some("192.0.2.7"));
        assert_eq!(config.first(&asked("other"), "hostname").unwrap(), None);
        assert_eq!(config.first(&asked("other"), "port").unwrap(), Some("2222"));
    }

    #[test]
    fn quotes_keep_spaces_and_an_open_quote_is_refused() {
        let config = config("IdentityFile \"/keys/my key\"\nIdentityFile /keys/other\n");
        let files = config.words(&asked("x"), "identityfile").unwrap();
        assert_eq!(
            files.iter().map(|(words, _)| words[0].as_str()).collect::<Vec<_>>(),
            ["/keys/my key", "/keys/other"]
        );
        assert!(split("User \"half").is_err());
        assert!(split("User").is_err());
    }

    #[test]
    fn match_blocks_hold_or_are_refused_by_name() {
        let config = config("Match host media\n User a\nMatch all\n Port 7\nMatch exec \"true\"\n User b\n");
        assert_eq!(config.first(&asked("media"), "port").unwrap(), Some("7"));
        let refusal = format!("{:#}", config.first(&asked("media"), "user").unwrap_err());
        assert!(refusal.contains("line 6") && refusal.contains("Match exec"), "{refusal}");
    }

    #[test]
    fn an_included_file_stays_inside_the_block_that_includes_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("10-a.conf"), "Port 2201\nHost other\n Port 2202\n").unwrap();
        let main = folder.path().join("config");
        fs::write(&main, format!("Host media\n Include {}/*.conf\nHost *\n Port 9\n", folder.path().display()))
            .unwrap();
        let config = SshConfig::file(&main).unwrap();
        assert_eq!(config.first(&asked("media"), "port").unwrap(), Some("2201"));
        assert_eq!(config.first(&asked("other"), "port").unwrap(), Some("9"));
        fs::write(&main, format!("Include {}\n", main.display())).unwrap();
        assert!(format!("{:#}", SshConfig::file(&main).unwrap_err()).contains("without end"));
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "(?s)(Host|Match|[=\" #*!]|\t|.){0,60}") {
            if let Ok(Some((keyword, words))) = split(&line) {
                assert!(!words.is_empty() && keyword == keyword.to_ascii_lowercase());
                let _ = criteria(&words);
            }
        }
    }
}

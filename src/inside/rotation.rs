//! The rules of logrotate(8): which logs they cover, and how long a line stays at most.

/// A rule as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The file that holds it.
    pub file: String,
    /// The logs that it is for; `*`, `?` and `[…]` as in glob(7).
    pub logs: Vec<String>,
    /// The most days that a line stays; nothing where the rule sets no bound.
    pub days: Option<u32>,
}

/// The file that logrotate reads first; it includes all others.
const MAIN: &str = "/etc/logrotate.conf";
/// The folder of the others.
const FOLDER: &str = "/etc/logrotate.d";
/// The most rules, and the most logs of one, that are looked at.
const MOST: usize = 500;

impl Rule {
    /// Whether the rule is for this log, or for the log that this one is a rotated copy of.
    pub fn covers(&self, path: &str) -> bool {
        let original = original(path);
        self.logs
            .iter()
            .any(|glob| matches(glob.as_bytes(), path.as_bytes()) || matches(glob.as_bytes(), original.as_bytes()))
    }
}

/// The rules in files, given as path and text in the order in which logrotate reads them.
pub(super) fn read(files: &[(String, String)]) -> Vec<Rule> {
    let main = files.iter().find(|(path, _)| path == MAIN);
    let mut defaults = Settings::default();
    let mut rules = main.map_or_else(Vec::new, |(path, text)| read_file(path, text, &mut defaults));
    let included = |text: &str| text.lines().any(|line| line.split_whitespace().eq(["include", FOLDER]));
    if main.is_some_and(|(_, text)| included(text)) {
        for (path, text) in files.iter().filter(|(path, _)| path != MAIN) {
            rules.extend(read_file(path, text, &mut defaults.clone()));
        }
    }
    rules.truncate(MOST);
    rules
}

/// What decides how long a line stays.
#[derive(Clone)]
struct Settings {
    /// Days between two rotations; nothing where size decides.
    period: Option<u32>,
    /// Rotated copies; nothing where all stay.
    copies: Option<u32>,
    /// Rotated copies go when they are older than so many days.
    maxage: Option<u32>,
    /// Whether an empty log is rotated; where it is not, its old copies stay for as long as it is empty.
    empty_too: bool,
}

impl Default for Settings {
    /// logrotate's own: weekly, no copies.
    fn default() -> Self {
        Self { period: Some(7), copies: Some(0), maxage: None, empty_too: true }
    }
}

impl Settings {
    fn take(&mut self, words: &[&str]) {
        let number = || words.get(1).and_then(|word| word.parse::<i64>().ok());
        match words.first().copied().unwrap_or_default() {
            "hourly" | "daily" => self.period = Some(1),
            "weekly" => self.period = Some(7),
            "monthly" => self.period = Some(31),
            "yearly" => self.period = Some(366),
            "size" | "minsize" => self.period = None,
            "rotate" => self.copies = number().and_then(|count| u32::try_from(count).ok()),
            "maxage" => self.maxage = number().and_then(|days| u32::try_from(days).ok()).filter(|days| *days > 0),
            "ifempty" => self.empty_too = true,
            "notifempty" => self.empty_too = false,
            _ => {}
        }
    }

    /// A line waits for its first rotation, and then for its copy to be the oldest.
    fn days(&self) -> Option<u32> {
        let period = self.period.filter(|_| self.empty_too)?;
        let by_copies = self.copies.map(|copies| period.saturating_mul(copies.saturating_add(1)));
        let by_age = self.maxage.map(|days| period.saturating_add(days));
        by_copies.into_iter().chain(by_age).min()
    }
}

fn read_file(path: &str, text: &str, defaults: &mut Settings) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut logs: Vec<String> = Vec::new();
    let mut inside: Option<Settings> = None;
    let mut script = false;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let first = words.first().copied().unwrap_or_default();
        match &mut inside {
            _ if script => script = first != "endscript",
            Some(_) if matches!(first, "prerotate" | "postrotate" | "firstaction" | "lastaction" | "preremove") => {
                script = true;
            }
            Some(settings) if first.starts_with('}') => {
                let logs = std::mem::take(&mut logs);
                rules.push(Rule { file: path.to_owned(), logs, days: settings.days() });
                inside = None;
            }
            Some(settings) => settings.take(&words),
            None if line.contains('{') || line.starts_with(['/', '"', '\'']) => {
                let named = line.split('{').next().unwrap_or_default().split_whitespace();
                let room = MOST.saturating_sub(logs.len());
                logs.extend(named.take(room).map(|word| word.trim_matches(['"', '\'']).to_owned()));
                inside = line.contains('{').then(|| defaults.clone());
            }
            None => defaults.take(&words),
        }
        if rules.len() >= MOST {
            break;
        }
    }
    rules
}

/// The log that a rotated copy was: without `.gz` and its like, and without `.3` or `-20261122`.
fn original(path: &str) -> &str {
    let packed = [".gz", ".xz", ".bz2", ".zst"].iter().find_map(|ending| path.strip_suffix(ending));
    let path = packed.unwrap_or(path);
    let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    match path.rsplit_once(['.', '-']) {
        Some((log, rest)) if number(rest) => log,
        _ => path,
    }
}

/// glob(7) within one folder: a slash is matched by a slash alone.
fn matches(glob: &[u8], text: &[u8]) -> bool {
    let (mut g, mut t, mut retry) = (0, 0, None);
    while t < text.len() {
        match glob.get(g) {
            Some(b'*') => {
                retry = Some((g, t));
                g += 1;
                continue;
            }
            Some(b'?') if text[t] != b'/' => (g, t) = (g + 1, t + 1),
            Some(byte) if *byte == text[t] => (g, t) = (g + 1, t + 1),
            _ => match retry {
                Some((star, at)) if text[at] != b'/' => {
                    retry = Some((star, at + 1));
                    (g, t) = (star + 1, at + 1);
                }
                _ => return false,
            },
        }
    }
    glob[g..].iter().all(|byte| *byte == b'*')
}

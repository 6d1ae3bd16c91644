//! Which versions of packages the repository offers, and which wait on the host: one order, one answer.

use crate::model::advice::Advice;
use crate::model::names::PackageName;
use crate::model::version::PackageVersion;
use crate::remote::{Order, Remote};
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::BTreeSet;
use std::time::Duration;

const SCRIPT: &str = include_str!("stock.sh");
/// The most lines that are believed; upstream's repository has some hundred versions of each package.
const MOST_LINES: usize = 5000;

/// A package in one version.
pub type Piece = (PackageName, PackageVersion);

/// What can be had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stock {
    /// The repository has it.
    pub offered: BTreeSet<Piece>,
    /// The host keeps it.
    pub kept: BTreeSet<Piece>,
}

impl Stock {
    /// Lets the host refresh apt's lists, and looks.
    ///
    /// # Errors
    /// When the host cannot be reached, a repository does not answer, or the answer makes no sense.
    pub fn of(remote: &mut dyn Remote, names: &[PackageName]) -> Result<Self> {
        let asked: String = names.iter().map(|name| format!("{name}\n")).collect();
        let order = Order {
            purpose: "ask what the repositories offer",
            script: SCRIPT,
            input: asked.as_bytes(),
            patience: Duration::from_secs(960),
        };
        let answer = remote.run(&order)?;
        let host = remote.host().to_owned();
        if answer.code != 0 {
            let cause = format!("host {host}: the repositories could not be asked: {}", answer.stderr.trim());
            return Err(
                Advice::new(cause, "mend the repository or the network, then try again; nothing was changed").into()
            );
        }
        read(&String::from_utf8_lossy(&answer.stdout), names)
            .with_context(|| format!("host {host}: read what it offers"))
    }

    /// Whether this version can be had from the repository or from the host itself.
    pub fn has(&self, piece: &Piece) -> bool {
        self.offered.contains(piece) || self.kept.contains(piece)
    }
}

fn read(text: &str, names: &[PackageName]) -> Result<Stock> {
    ensure!(text.ends_with("end\n"), "the answer breaks off");
    ensure!(text.lines().count() <= MOST_LINES, "the answer has more than {MOST_LINES} lines");
    let mut stock = Stock::default();
    for line in text.lines().take_while(|line| *line != "end") {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [kind, name, version] = fields[..] else { bail!("a line with {} words", fields.len()) };
        let piece = (PackageName::new(name)?, PackageVersion::new(version)?);
        // What was not asked for is no news.
        if !names.contains(&piece.0) {
            continue;
        }
        match kind {
            "offered" => stock.offered.insert(piece),
            "kept" => stock.kept.insert(piece),
            _ => bail!("it answers no question"),
        };
    }
    Ok(stock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_cannot_make_anything_of_it_but_versions() {
        let names = [PackageName::new("jicofo").unwrap()];
        let piece = |version: &str| (names[0].clone(), PackageVersion::new(version).unwrap());
        let stock = read("offered jicofo 1.0-2-1\noffered nginx 1\nkept jicofo 1.0-1-1\nend\n", &names).unwrap();
        assert!(stock.offered.iter().eq([&piece("1.0-2-1")]) && stock.kept.iter().eq([&piece("1.0-1-1")]));
        assert!(stock.has(&piece("1.0-1-1")) && !stock.has(&piece("1.0-3-1")));
        for hostile in [
            "",
            "offered jicofo 1.0-2-1\n",
            "offered jicofo $(reboot)\nend\n",
            "offered jicofo\nend\n",
            "taken jicofo 1\nend\n",
            "offered ../x 1\nend\n",
            &"offered jicofo 1\n".repeat(MOST_LINES + 1),
        ] {
            assert!(read(hostile, &names).is_err(), "{:?}", hostile.get(..60));
        }
    }
}

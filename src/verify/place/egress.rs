//! The files as they stand on the host name nobody who is not on the egress list, whoever wrote them.

use crate::model::finding::Source;
use crate::model::observed::SeenPath;
use crate::papers;
use crate::policy::instance::Instance;
use crate::policy::{Offence, Page, Scanner};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "egress",
    title: "The files on the host name nobody who is not on the egress list",
    sources: &[
        Source::Regulators("privacy by design and default"),
        Source::Law("GDPR art. 25(2), art. 44"),
        Source::Ours("docs/egress.md"),
    ],
    judge,
};

const REMEDY: &str = "Look at the file: whoever changed it lets people's addresses reach somebody whom the privacy \
                      statement does not name; `vc4all-deploy up` puts our text back";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let texts: Vec<Page<'_>> =
        evidence.observed.paths.iter().filter_map(|(path, seen)| page(path.as_str(), seen)).collect();
    if texts.is_empty() {
        return Judgement::unseen("none of our files could be read on the host");
    }
    let instance = Instance::of(evidence.deployment, &evidence.observed.traits);
    let list = papers::egress::list(evidence.deployment, evidence.observed.traits.release);
    let scanner = Scanner::new(&instance, &list);
    let offences: Vec<Offence> = texts.iter().flat_map(|page| scanner.scan(*page)).collect();
    match offences.first() {
        None => Judgement::kept(format!("{} files, {} foreign hosts on the list", texts.len(), list.asked.len())),
        Some(first) => Judgement::broken(told(first, offences.len() - 1), REMEDY),
    }
}

fn page<'a>(path: &'a str, seen: &'a SeenPath) -> Option<Page<'a>> {
    match seen {
        SeenPath::File { text: Some(text), .. } => Some(Page { shown: path, path, text }),
        _ => None,
    }
}

fn told(first: &Offence, more: usize) -> String {
    let Offence { file, line, named, .. } = first;
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{file}:{line} names {named}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names::HostPath;
    use crate::verify::stage::{Stage, broken, kept, unseen};

    fn with(files: &[(&str, Option<&str>)]) -> Judgement {
        let mut stage = Stage::new();
        for (path, text) in files {
            let (owner, group) = ("root".to_owned(), "root".to_owned());
            let text = text.map(str::to_owned);
            let seen = SeenPath::File { owner, group, mode: 0o644, text };
            stage.observed.paths.insert(HostPath::new(*path).unwrap(), seen);
        }
        stage.judged(&PROMISE)
    }

    #[test]
    fn own_names_and_listed_ones_keep_it() {
        let apt = ("/etc/apt/sources.list.d/vc4all-jitsi.sources", Some("URIs: https://download.jitsi.org\n"));
        let site = ("/etc/nginx/nginx.conf", Some("server_name vergaderen.voorbeeldstad.nl; listen 192.0.2.1:80;"));
        kept(&with(&[apt, site]), "2 files, ");
    }

    #[test]
    fn a_stranger_in_a_file_breaks_it() {
        let config = "/etc/jitsi/meet/vergaderen.voorbeeldstad.nl-config.js";
        let text =
            "var config = {\n  analytics: { amplitudeAPPKey: 'x', host: 'api2.amplitude.com' },\n  s: 'stun:8.8.8.8' }";
        let judgement = with(&[(config, Some(text))]);
        broken(&judgement, &format!("{config}:2 names api2.amplitude.com and 1 more"));
    }

    #[test]
    fn a_file_that_nobody_could_read_is_no_proof() {
        unseen(&with(&[("/etc/nginx/nginx.conf", None)]), "none of our files could be read");
        unseen(&with(&[]), "none of our files");
    }
}

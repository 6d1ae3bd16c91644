//! The DNS lets our certificate authority issue, and tells the others not to.

use super::registry::list;
use crate::model::finding::Source;
use crate::model::tls::Authority;
use crate::outside::ToldBy;
use crate::outside::names::{Caa, Property};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "caa",
    title: "The DNS lets our certificate authority issue, and no other",
    sources: &[
        Source::Guideline("RFC 8659 §4"),
        Source::Guideline("internet.nl: CAA"),
        Source::Principle("well encrypted"),
    ],
    judge,
};

/// The name of Let's Encrypt in such records (its practice statement, §4.2.1).
const LETS_ENCRYPT: &str = "letsencrypt.org";
/// Tags that authorities know (RFC 8659 §4, CA/Browser Forum's Baseline Requirements §3.2.2.8, RFC 9495).
const KNOWN: [&str; 7] = ["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"];
/// How we prove to hold the name (RFC 8555 §8.3, RFC 8657 §4).
const METHOD: &str = "http-01";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let names = match &evidence.names {
        Ok(names) => names,
        Err(why) => return Judgement::unseen(why.clone()),
    };
    if let Some(trouble) = &names.caa.trouble {
        return Judgement::unseen(trouble.clone());
    }
    let domain = &evidence.deployment.domain;
    let Some(at) = &names.caa.at else {
        if evidence.way.told_by == ToldBy::Inventory {
            return Judgement::unseen("this machine's resolver does not know the domain");
        }
        return nothing(domain.as_str(), &evidence.deployment.tls.authority);
    };
    let seen = format!("at {at}: {}", list(&names.caa.properties.iter().map(shown).collect::<Vec<_>>()));
    match &evidence.deployment.tls.authority {
        Authority::LetsEncrypt | Authority::LetsEncryptStaging => match hindrance(&names.caa) {
            Some(what) => Judgement::broken(format!("{what}; {seen}"), remedy(domain.as_str())),
            None if names.caa.properties.iter().any(|property| property.tag == "issue") => Judgement::kept(seen),
            None => Judgement::noted(format!("{seen}, which lets every authority issue"))
                .with_remedy(remedy(domain.as_str())),
        },
        Authority::Other(_) => {
            Judgement::noted(format!("{seen}; how your own authority is called there is not known here"))
        }
    }
}

fn nothing(domain: &str, authority: &Authority) -> Judgement {
    let noted = Judgement::noted(format!("no CAA record up from {domain}, so every authority may issue"));
    match authority {
        Authority::Other(_) => noted,
        _ => noted.with_remedy(remedy(domain)),
    }
}

fn remedy(domain: &str) -> String {
    format!("Put `{domain}. CAA 0 issue \"{LETS_ENCRYPT}\"` into the zone")
}

/// Why Let's Encrypt may not issue; nothing where it may.
fn hindrance(caa: &Caa) -> Option<String> {
    if let Some(strange) = caa.properties.iter().find(|one| one.critical && !KNOWN.contains(&one.tag.as_str())) {
        return Some(format!("no authority knows the critical tag {}", strange.tag));
    }
    let issue: Vec<Issue<'_>> =
        caa.properties.iter().filter(|one| one.tag == "issue").map(|one| Issue::read(&one.value)).collect();
    if issue.is_empty() || issue.iter().any(Issue::lets_us) {
        return None;
    }
    let ours = issue.iter().any(|issue| issue.authority.eq_ignore_ascii_case(LETS_ENCRYPT));
    Some(if ours {
        format!("{LETS_ENCRYPT} may not issue by {METHOD}")
    } else {
        format!("{LETS_ENCRYPT} may not issue")
    })
}

/// The value of an `issue` record (RFC 8659 §4.2).
struct Issue<'a> {
    authority: &'a str,
    methods: Option<&'a str>,
}

impl<'a> Issue<'a> {
    fn read(value: &'a str) -> Self {
        let mut parts = value.split(';').map(str::trim);
        let authority = parts.next().unwrap_or_default();
        let methods = parts.filter_map(|part| part.split_once('='));
        let mut methods = methods.filter(|(name, _)| name.trim().eq_ignore_ascii_case("validationmethods"));
        Self { authority, methods: methods.next().map(|(_, methods)| methods.trim()) }
    }

    fn lets_us(&self) -> bool {
        let method = |methods: &str| methods.split(',').any(|one| one.trim() == METHOD);
        self.authority.eq_ignore_ascii_case(LETS_ENCRYPT) && self.methods.is_none_or(method)
    }
}

fn shown(property: &Property) -> String {
    format!("{} {} \"{}\"", if property.critical { 128 } else { 0 }, property.tag, property.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Verdict;
    use crate::verify::stage::{Stage, broken, kept, unseen};

    fn with(properties: &[(bool, &str, &str)]) -> Judgement {
        let mut stage = Stage::new();
        let property = |(critical, tag, value): &(bool, &str, &str)| Property {
            critical: *critical,
            tag: (*tag).to_owned(),
            value: (*value).to_owned(),
        };
        let properties = properties.iter().map(property).collect();
        stage.names().caa = Caa { at: Some("voorbeeldstad.nl".into()), properties, trouble: None };
        stage.judged(&PROMISE)
    }

    #[test]
    fn our_authority_may_issue() {
        kept(&with(&[(false, "issue", "letsencrypt.org")]), "at voorbeeldstad.nl: 0 issue \"letsencrypt.org\"");
        kept(
            &with(&[
                (false, "issue", "pki.example"),
                (true, "issue", " LetsEncrypt.org ; validationmethods=dns-01,http-01"),
            ]),
            "",
        );
        kept(&with(&[(false, "issue", "letsencrypt.org; accounturi=https://example.nl/1")]), "");
        kept(&with(&[(false, "issuewild", ";"), (false, "issue", "letsencrypt.org")]), "");
    }

    #[test]
    fn an_authority_that_may_not_cannot_renew() {
        broken(&with(&[(false, "issue", ";")]), "letsencrypt.org may not issue; at voorbeeldstad.nl");
        broken(&with(&[(false, "issue", "pki.example")]), "letsencrypt.org may not issue");
        broken(&with(&[(false, "issue", "letsencrypt.org; validationmethods=dns-01")]), "may not issue by http-01");
        broken(&with(&[(true, "tbs", "x"), (false, "issue", "letsencrypt.org")]), "critical tag tbs");
    }

    #[test]
    fn a_record_that_binds_nobody_is_told() {
        assert_eq!(with(&[(false, "iodef", "mailto:security@voorbeeldstad.nl")]).verdict, Verdict::Noted);
        let mut stage = Stage::new();
        stage.names().caa = Caa { at: None, properties: Vec::new(), trouble: None };
        let judgement = stage.judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Noted);
        let wanted = "Put `vergaderen.voorbeeldstad.nl. CAA 0 issue \"letsencrypt.org\"` into the zone";
        assert_eq!(judgement.remedy.as_deref(), Some(wanted));
        stage.names().caa.trouble = Some("nl: no answer".into());
        unseen(&stage.judged(&PROMISE), "nl: no answer");
        stage.names = Err("no resolver".into());
        unseen(&stage.judged(&PROMISE), "no resolver");
    }

    #[test]
    fn an_authority_of_one_s_own_has_a_name_that_we_do_not_know() {
        let mut stage = Stage::new();
        stage.own_authority("https://pki.example.nl/dir");
        stage.names().caa.properties[0].value = ";".to_owned();
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Noted);
        stage.names().caa = Caa { at: None, properties: Vec::new(), trouble: None };
        let judgement = stage.judged(&PROMISE);
        assert_eq!((judgement.verdict, judgement.remedy), (Verdict::Noted, None));
    }
}

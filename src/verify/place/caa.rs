//! The DNS lets our certificate authority issue for every name of the certificate, and tells the others not to.

use super::registry::list;
use crate::model::caa::{Applicant, Caa, Property, Ruling, subjects};
use crate::model::finding::Source;
use crate::model::subject::SubjectName;
use crate::outside::ToldBy;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "caa",
    title: "The DNS lets our certificate authority issue, and no other",
    sources: &[
        Source::Guideline("RFC 8659 §4"),
        Source::Guideline("RFC 8657"),
        Source::Guideline("internet.nl: CAA"),
        Source::Principle("well encrypted"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let names = match &evidence.names {
        Ok(names) => names,
        Err(why) => return Judgement::unseen(why.clone()),
    };
    let deployment = evidence.deployment;
    let applicant = Applicant::of(&deployment.tls.authority, deployment.tls.method());
    let mut rulings: Vec<Ruled<'_>> = Vec::new();
    for (name, domain) in subjects(&deployment.domain, &deployment.tls) {
        let Some(caa) = names.caa.get(&domain) else {
            return Judgement::unseen(format!("nobody asked about {domain}"));
        };
        if let Some(trouble) = &caa.trouble {
            return Judgement::unseen(trouble.clone());
        }
        if caa.at.is_none() && domain == deployment.domain && evidence.way.told_by == ToldBy::Inventory {
            return Judgement::unseen("this machine's resolver does not know the domain");
        }
        rulings.push(Ruled { ruling: caa.rule(&applicant, &name), name, caa });
    }
    // What is worst is told first.
    rulings.sort_by_key(|ruled| weight(&ruled.ruling));
    rulings.first().map_or_else(|| Judgement::unseen("no name to look at"), |worst| said(worst, &applicant, &rulings))
}

/// A name of the certificate, and what its records say.
struct Ruled<'a> {
    name: SubjectName,
    ruling: Ruling,
    caa: &'a Caa,
}

fn weight(ruling: &Ruling) -> u8 {
    match ruling {
        Ruling::MayNot(_) => 0,
        Ruling::Unknown => 1,
        Ruling::MayTo(_) => 2,
        Ruling::Open => 3,
        Ruling::May => 4,
    }
}

fn said(worst: &Ruled<'_>, applicant: &Applicant, all: &[Ruled<'_>]) -> Judgement {
    let remedy = applicant.record(&worst.name).map(|record| format!("Put {record} into the zone"));
    let seen = seen(worst);
    let noted = |text: String| match &remedy {
        Some(remedy) => Judgement::noted(text).with_remedy(remedy.clone()),
        None => Judgement::noted(text),
    };
    match &worst.ruling {
        Ruling::MayNot(what) => {
            let remedy = remedy.unwrap_or_else(|| "Take the record out, or let the authority issue there".to_owned());
            Judgement::broken(format!("{what}; {seen}"), remedy)
        }
        Ruling::Unknown => {
            Judgement::noted(format!("{seen}; how your own authority is called there is not known here"))
                .with_remedy("Write the names by which it is called there under `tls.caa`")
        }
        Ruling::MayTo(account) => Judgement::noted(format!(
            "{seen}; only the account {account} may have certificates, and whether it is the host's is not known here"
        )),
        Ruling::Open if worst.caa.at.is_none() => {
            noted(format!("no CAA record up from {}, so every authority may issue", worst.name))
        }
        Ruling::Open => noted(format!("{seen}, which lets every authority issue")),
        Ruling::May => Judgement::kept(places(all)),
    }
}

fn seen(ruled: &Ruled<'_>) -> String {
    let at = ruled.caa.at.as_deref().unwrap_or_default();
    format!("at {at}: {}", list(&ruled.caa.properties.iter().map(shown).collect::<Vec<_>>()))
}

/// Every place at which records were found, once.
fn places(all: &[Ruled<'_>]) -> String {
    let mut places: Vec<String> = all.iter().map(seen).collect();
    places.dedup();
    places.join("; ")
}

fn shown(property: &Property) -> String {
    format!("{} {} \"{}\"", if property.critical { 128 } else { 0 }, property.tag, property.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Verdict;
    use crate::model::tls::{Authority, OtherAuthority};
    use crate::model::values::Domain;
    use crate::verify::stage::{Stage, broken, kept, unseen};

    fn with(properties: &[(bool, &str, &str)]) -> Judgement {
        let mut stage = Stage::new();
        let property = |(critical, tag, value): &(bool, &str, &str)| Property {
            critical: *critical,
            tag: (*tag).to_owned(),
            value: (*value).to_owned(),
        };
        let properties = properties.iter().map(property).collect();
        stage.caa(Caa { at: Some("voorbeeldstad.nl".into()), properties, trouble: None });
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
        let bound = with(&[(false, "issue", "letsencrypt.org; accounturi=https://example.nl/1")]);
        assert_eq!(bound.verdict, Verdict::Noted);
        assert!(bound.seen.contains("only the account https://example.nl/1 may"), "{}", bound.seen);
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
        stage.caa(Caa { at: None, properties: Vec::new(), trouble: None });
        let judgement = stage.judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Noted);
        let wanted = "Put `vergaderen.voorbeeldstad.nl. CAA 0 issue \"letsencrypt.org\"` into the zone";
        assert_eq!(judgement.remedy.as_deref(), Some(wanted));
        stage.caa(Caa { at: None, properties: Vec::new(), trouble: Some("nl: no answer".into()) });
        unseen(&stage.judged(&PROMISE), "nl: no answer");
        stage.names = Err("no resolver".into());
        unseen(&stage.judged(&PROMISE), "no resolver");
    }

    fn issue(value: &str) -> Caa {
        let property = Property { critical: false, tag: "issue".to_owned(), value: value.to_owned() };
        Caa { at: Some("voorbeeldstad.nl".to_owned()), properties: vec![property], trouble: None }
    }

    #[test]
    fn an_authority_of_one_s_own_has_a_name_that_the_inventory_knows() {
        let mut stage = Stage::new();
        stage.own_authority("https://pki.example.nl/dir");
        stage.caa(issue(";"));
        let judgement = stage.judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Noted);
        assert!(judgement.remedy.is_some_and(|remedy| remedy.contains("`tls.caa`")));
        stage.caa(Caa { at: None, properties: Vec::new(), trouble: None });
        let judgement = stage.judged(&PROMISE);
        assert_eq!((judgement.verdict, judgement.remedy), (Verdict::Noted, None));
        let Authority::Other(other) = stage.deployment.tls.authority.clone() else { panic!("another authority") };
        let caa = ["pki.example.nl", "ca.example"].map(|name| Domain::parse(name).unwrap()).to_vec();
        stage.deployment.tls.authority = Authority::Other(OtherAuthority { caa, ..other });
        stage.caa(issue("letsencrypt.org"));
        broken(&stage.judged(&PROMISE), "pki.example.nl or ca.example may not issue; at voorbeeldstad.nl");
        stage.caa(issue("ca.example"));
        kept(&stage.judged(&PROMISE), "at voorbeeldstad.nl: 0 issue \"ca.example\"");
    }

    #[test]
    fn every_name_of_the_certificate_is_looked_at() {
        let mut stage = Stage::new();
        stage.caa(issue("letsencrypt.org"));
        stage.deployment.tls.names =
            ["bellen.voorbeeldstad.nl", "192.0.2.1"].map(|name| SubjectName::parse(name).unwrap()).to_vec();
        unseen(&stage.judged(&PROMISE), "nobody asked about bellen.voorbeeldstad.nl");
        let other = Domain::parse("bellen.voorbeeldstad.nl").unwrap();
        stage.names().caa.insert(other.clone(), issue("letsencrypt.org"));
        kept(&stage.judged(&PROMISE), "at voorbeeldstad.nl: 0 issue \"letsencrypt.org\"");
        stage.names().caa.insert(other, issue("pki.example"));
        let judgement = stage.judged(&PROMISE);
        broken(&judgement, "letsencrypt.org may not issue; at voorbeeldstad.nl");
        let wanted = "Put `bellen.voorbeeldstad.nl. CAA 0 issue \"letsencrypt.org\"` into the zone";
        assert_eq!(judgement.remedy.as_deref(), Some(wanted));
    }
}

//! Which authorities may issue certificates for a name, as its CAA records say (RFC 8659, RFC 8657).

use super::subject::SubjectName;
use super::tls::{Authority, Method, Tls};
use super::values::Domain;

/// What the DNS says about authorities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caa {
    /// The name at which records stand: the domain or one above it. Nothing where there is none up to the top.
    pub at: Option<String>,
    /// The records there.
    pub properties: Vec<Property>,
    /// Why the search ended before its end; an authority does not issue then.
    pub trouble: Option<String>,
}

/// One record (RFC 8659 §4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Whether an authority that does not know the tag must not issue.
    pub critical: bool,
    /// In lower case: `issue`, `issuewild`, `iodef` and others.
    pub tag: String,
    /// Printable ASCII.
    pub value: String,
}

/// What the records say about an authority and a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// No record speaks of certificates for such a name, so every authority may issue.
    Open,
    /// It may issue.
    May,
    /// It may issue to the account with this address at the authority (RFC 8657 §3).
    MayTo(String),
    /// It may not, and why.
    MayNot(String),
    /// Nobody here knows how the authority is called there.
    Unknown,
}

/// An authority as such records know it, and how names are proven to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    names: Vec<String>,
    method: &'static str,
}

/// The name of Let's Encrypt in such records (its practice statement, §4.2.1).
const LETS_ENCRYPT: &str = "letsencrypt.org";
/// Tags that authorities know (RFC 8659 §4, CA/Browser Forum's Baseline Requirements §3.2.2.8, RFC 9495).
const KNOWN: [&str; 7] = ["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"];

impl Applicant {
    /// The authority of a certificate.
    pub fn of(authority: &Authority, method: Method) -> Self {
        let names = match authority {
            Authority::LetsEncrypt | Authority::LetsEncryptStaging => vec![LETS_ENCRYPT.to_owned()],
            Authority::Other(other) => other.caa.iter().map(ToString::to_string).collect(),
        };
        // As RFC 8657 §4 calls the methods, after RFC 8555 §8.3 and §8.4.
        let method = match method {
            Method::Page => "http-01",
            Method::Record => "dns-01",
        };
        Self { names, method }
    }

    /// The record that lets it issue for this name, as a zone has it; nothing where nobody knows how it is called there.
    pub fn record(&self, name: &SubjectName) -> Option<String> {
        let tag = if matches!(name, SubjectName::Below(_)) { "issuewild" } else { "issue" };
        let at = name.domain()?;
        self.names.first().map(|called| format!("`{at}. CAA 0 {tag} \"{called}\"`"))
    }

    fn called(&self) -> String {
        self.names.join(" or ")
    }
}

/// The names of a certificate that such records can speak of, each with its domain; an address has none (RFC 8738).
pub fn subjects(domain: &Domain, tls: &Tls) -> Vec<(SubjectName, Domain)> {
    let own = (SubjectName::from(domain.clone()), domain.clone());
    let others = tls.names.iter().filter_map(|name| Some((name.clone(), name.domain()?.clone())));
    std::iter::once(own).chain(others).collect()
}

impl Caa {
    /// Whether the applicant may issue for this name; the records are those that [`Caa::at`] names.
    pub fn rule(&self, applicant: &Applicant, name: &SubjectName) -> Ruling {
        if let Some(strange) = self.properties.iter().find(|one| one.critical && !KNOWN.contains(&one.tag.as_str())) {
            return Ruling::MayNot(format!("no authority knows the critical tag {}", strange.tag));
        }
        let (tag, issues) = self.relevant(name);
        if issues.is_empty() {
            return Ruling::Open;
        }
        if applicant.names.is_empty() {
            return Ruling::Unknown;
        }
        let ours = || issues.iter().filter(|issue| issue.is_of(&applicant.names));
        let by_method = || ours().filter(|issue| issue.takes(applicant.method) && !issue.contradicts());
        if by_method().any(|issue| issue.accounts.is_empty()) {
            return Ruling::May;
        }
        if let Some(account) = by_method().find_map(|issue| issue.accounts.first()) {
            return Ruling::MayTo((*account).to_owned());
        }
        let (called, method) = (applicant.called(), applicant.method);
        let what = if tag == "issuewild" { "may not issue wildcards" } else { "may not issue" };
        Ruling::MayNot(match ours().next() {
            Some(issue) if issue.contradicts() => format!("{called} {what}: its record names more than one account"),
            Some(_) => format!("{called} {what} by {method}"),
            None => format!("{called} {what}"),
        })
    }

    /// The records that count for the name: for a wildcard `issuewild` where there is one (RFC 8659 §4.3).
    fn relevant(&self, name: &SubjectName) -> (&'static str, Vec<Issue<'_>>) {
        let all = |tag: &str| -> Vec<Issue<'_>> {
            self.properties.iter().filter(|one| one.tag == tag).map(|one| Issue::read(&one.value)).collect()
        };
        let wild = if matches!(name, SubjectName::Below(_)) { all("issuewild") } else { Vec::new() };
        if wild.is_empty() { ("issue", all("issue")) } else { ("issuewild", wild) }
    }
}

/// The value of an `issue` or `issuewild` record (RFC 8659 §4.2).
struct Issue<'a> {
    authority: &'a str,
    methods: Vec<&'a str>,
    accounts: Vec<&'a str>,
}

impl<'a> Issue<'a> {
    fn read(value: &'a str) -> Self {
        let mut parts = value.split(';').map(str::trim);
        let authority = parts.next().unwrap_or_default();
        let parameters: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
        let all = |wanted: &str| {
            let of = |(name, _): &&(&str, &str)| name.trim().eq_ignore_ascii_case(wanted);
            parameters.iter().filter(of).map(|(_, value)| value.trim()).collect()
        };
        Self { authority, methods: all("validationmethods"), accounts: all("accounturi") }
    }

    fn is_of(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.authority.eq_ignore_ascii_case(name))
    }

    fn takes(&self, method: &str) -> bool {
        self.methods.iter().all(|list| list.split(',').any(|one| one.trim() == method))
    }

    /// More than one account lets nobody issue (RFC 8657 §3).
    fn contradicts(&self) -> bool {
        self.accounts.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caa(properties: &[(&str, &str)]) -> Caa {
        let property = |(tag, value): &(&str, &str)| Property {
            critical: false,
            tag: (*tag).to_owned(),
            value: (*value).to_owned(),
        };
        Caa { at: Some("example.nl".to_owned()), properties: properties.iter().map(property).collect(), trouble: None }
    }

    fn ruled(properties: &[(&str, &str)], method: Method, name: &str) -> Ruling {
        caa(properties).rule(&Applicant::of(&Authority::LetsEncrypt, method), &SubjectName::parse(name).unwrap())
    }

    #[test]
    fn a_wildcard_follows_issuewild_where_there_is_one_and_other_names_never_do() {
        let le = "letsencrypt.org";
        for (records, host, below) in [
            (&[][..], "Open", "Open"),
            (&[("iodef", "mailto:a@example.nl")], "Open", "Open"),
            (&[("issue", le)], "May", "May"),
            (&[("issue", "pki.example")], "MayNot", "MayNot"),
            (&[("issuewild", le)], "Open", "May"),
            (&[("issuewild", ";")], "Open", "MayNot"),
            (&[("issue", ";"), ("issuewild", le)], "MayNot", "May"),
            (&[("issue", le), ("issuewild", "pki.example")], "May", "MayNot"),
        ] {
            for (name, wanted) in [("a.example.nl", host), ("*.example.nl", below)] {
                let seen = format!("{:?}", ruled(records, Method::Record, name));
                assert_eq!(seen.split('(').next(), Some(wanted), "{records:?} {name}: {seen}");
            }
        }
    }

    #[test]
    fn methods_and_accounts_bind_the_record_that_names_them() {
        let one = |value: &str, method| ruled(&[("issue", value)], method, "a.example.nl");
        let both = "letsencrypt.org; validationmethods=dns-01,http-01";
        assert_eq!(one(both, Method::Page), Ruling::May);
        let dns = "LETSENCRYPT.org ;  ValidationMethods = dns-01";
        assert_eq!(one(dns, Method::Record), Ruling::May);
        assert_eq!(one(dns, Method::Page), Ruling::MayNot("letsencrypt.org may not issue by http-01".to_owned()));
        let account = "letsencrypt.org; accounturi=https://ca.example/acct/1";
        assert_eq!(one(account, Method::Page), Ruling::MayTo("https://ca.example/acct/1".to_owned()));
        let two = format!("{account}; accounturi=https://ca.example/acct/2");
        assert!(matches!(one(&two, Method::Page), Ruling::MayNot(why) if why.contains("more than one account")));
        let beside = [("issue", account), ("issue", "letsencrypt.org")];
        assert_eq!(ruled(&beside, Method::Page, "a.example.nl"), Ruling::May);
        let wild = ruled(&[("issuewild", dns)], Method::Page, "*.example.nl");
        assert_eq!(wild, Ruling::MayNot("letsencrypt.org may not issue wildcards by http-01".to_owned()));
    }
}

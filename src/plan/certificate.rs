//! Decides whether the public certificate is kept, renewed or issued.

use super::sight::Sight;
use crate::model::observed::SeenCertificate;
use crate::model::plan::{Action, Why};
use crate::model::resource::{Certificate, Claim, Resource};

const DAY: i64 = 24 * 60 * 60;

/// The issue of the certificate, where it is due.
pub(super) fn step(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Certificate(certificate) = resource else { return None };
    let why = due(certificate, sight.seen.certificate.as_ref(), sight.seen.clock)?;
    Some((why, Action::Issue(certificate.clone())))
}

/// Whether any claimed certificate is due.
pub(super) fn is_due(sight: &Sight<'_>, claims: &[Claim]) -> bool {
    claims.iter().any(|claim| step(sight, &claim.resource).is_some())
}

/// Why a certificate has to be issued at `clock`; nothing while enough of its lifetime is left.
fn due(wanted: &Certificate, seen: Option<&SeenCertificate>, clock: i64) -> Option<Why> {
    let Some(seen) = seen else { return Some(Why::Missing) };
    let Some(directory) = &seen.issued_by else { return Some(Why::Missing) };
    if directory != wanted.authority.directory() {
        return Some(Why::OtherAuthority);
    }
    if !seen.holds(&wanted.names) {
        return Some(Why::OtherNames);
    }
    let left = seen.not_after.saturating_sub(clock);
    (seen.lifetime().due() <= clock).then(|| Why::RunsOut { days: left.div_euclid(DAY) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::subject::SubjectName;
    use crate::model::tls::{Authority, Method};

    const START: i64 = 1_800_000_000;

    fn wanted() -> Certificate {
        let names = vec![SubjectName::parse("meet.example.nl").unwrap()];
        Certificate {
            names,
            authority: Authority::LetsEncrypt,
            contact: None,
            profile: None,
            method: Method::Page,
            external: None,
            wakes: Vec::new(),
        }
    }

    fn seen() -> SeenCertificate {
        SeenCertificate {
            names: wanted().names,
            not_before: START,
            not_after: START + 90 * DAY,
            serial: "01".to_owned(),
            issued_by: Some(Authority::LetsEncrypt.directory().to_owned()),
        }
    }

    #[test]
    fn a_good_one_is_kept_until_a_third_is_left() {
        assert_eq!(due(&wanted(), Some(&seen()), START), None);
        assert_eq!(due(&wanted(), Some(&seen()), START + 60 * DAY - 1), None);
        assert_eq!(due(&wanted(), Some(&seen()), START + 60 * DAY), Some(Why::RunsOut { days: 30 }));
        assert_eq!(due(&wanted(), Some(&seen()), START + 90 * DAY + 1), Some(Why::RunsOut { days: -1 }));
    }

    #[test]
    fn a_short_lived_one_has_a_third_of_its_own() {
        let short = SeenCertificate { not_after: START + 6 * DAY, ..seen() };
        assert_eq!(due(&wanted(), Some(&short), START + 4 * DAY - 1), None);
        assert_eq!(due(&wanted(), Some(&short), START + 4 * DAY), Some(Why::RunsOut { days: 2 }));
    }

    #[test]
    fn none_a_placeholder_and_a_stranger_are_replaced() {
        assert_eq!(due(&wanted(), None, START), Some(Why::Missing));
        let placeholder = SeenCertificate { issued_by: None, ..seen() };
        assert_eq!(due(&wanted(), Some(&placeholder), START), Some(Why::Missing));
        let staging = SeenCertificate { issued_by: Some("https://elsewhere.example/dir".to_owned()), ..seen() };
        assert_eq!(due(&wanted(), Some(&staging), START), Some(Why::OtherAuthority));
        let other = SeenCertificate { names: vec![SubjectName::parse("old.example.nl").unwrap()], ..seen() };
        assert_eq!(due(&wanted(), Some(&other), START), Some(Why::OtherNames));
    }

    #[test]
    fn absurd_dates_do_not_overflow() {
        let absurd = SeenCertificate { not_before: i64::MAX, not_after: i64::MIN, ..seen() };
        assert!(due(&wanted(), Some(&absurd), i64::MAX).is_some());
    }
}

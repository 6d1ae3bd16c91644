//! Which language a page speaks.

use crate::model::deployment::Language;

/// The language of the address, else the first configured one that the browser likes best, else the first.
pub(super) fn choose(asked: &str, accepted: &str, configured: &[Language]) -> Language {
    let known = |code: &str| configured.iter().copied().find(|language| language.code() == code);
    let first = || configured.first().copied().unwrap_or(Language::En);
    known(asked).unwrap_or_else(|| liked(accepted).iter().find_map(|code| known(code)).unwrap_or_else(first))
}

/// The languages of an `Accept-Language` (RFC 9110 §12.5.4), the most wanted first, without their regions.
fn liked(accepted: &str) -> Vec<String> {
    let mut wanted: Vec<(u16, String)> = accepted.split(',').take(20).filter_map(one).collect();
    wanted.sort_by_key(|(weight, _)| u16::MAX - weight);
    wanted.into_iter().map(|(_, code)| code).collect()
}

/// One of the ranges with its weight in thousandths; none where the weight is 0 or no weight.
fn one(part: &str) -> Option<(u16, String)> {
    let (range, weight) = part.split_once(';').unwrap_or((part, "q=1"));
    let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
    let code = range.trim().split('-').next()?.to_ascii_lowercase();
    let thousandths = (weight.clamp(0.0, 1.0) * 1000.0) as u16;
    (thousandths > 0).then_some((thousandths, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_goes_before_the_browser_and_the_browser_before_the_order() {
        let both = [Language::Nl, Language::En];
        let cases = [
            ("en", "nl", Language::En),
            ("", "en-GB,en;q=0.9", Language::En),
            ("", "fr, en;q=0.8, nl;q=0.9", Language::Nl),
            ("", "en;q=0, nl;q=0.1", Language::Nl),
            ("", "en;q=NaN", Language::Nl),
            ("", "", Language::Nl),
            ("de", "fr,*;q=0.5", Language::Nl),
            ("NL", "en;q=x", Language::Nl),
        ];
        for (asked, accepted, expected) in cases {
            assert_eq!(choose(asked, accepted, &both), expected, "{asked} {accepted}");
        }
        assert_eq!(choose("nl", "nl", &[Language::En]), Language::En);
        assert_eq!(choose("", "fr-BE, de;q=0.9", &Language::ALL), Language::Fr);
    }
}

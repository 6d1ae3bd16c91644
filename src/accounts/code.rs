//! The second factor: codes of an authenticator app (RFC 6238), each good once, and recovery codes.

use super::chance;
use super::record::Record;
use crate::model::secret::Secret;
use anyhow::{Context as _, Result, anyhow, ensure};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use totp_rs::{Builder, Totp};

/// Seconds of a step (RFC 6238 §4.1).
const STEP: u64 = 30;

/// Recovery codes of an account.
pub(super) const RECOVERY_CODES: usize = 10;

/// Groups of a recovery code: three of 20 bits.
const GROUPS: usize = 3;

/// The code that an authenticator app with this key (base32, RFC 4648 §6) shows at a moment in seconds since 1970.
///
/// # Errors
/// When the key is no base32, or shorter than 128 bits.
pub fn code_at(key: &str, now: u64) -> Result<String> {
    Ok(clock(key)?.generate(now).to_string())
}

/// What an authenticator app reads from a QR code.
///
/// Neither name needs an escape: both are made of letters, digits, `.`, `_` and `-`.
pub fn app_link(domain: &str, account: &str, key: &str) -> String {
    format!("otpauth://totp/{domain}:{account}?secret={key}&issuer={domain}")
}

/// New recovery codes, and the digests that are kept of them.
pub(super) fn recovery_codes() -> Result<(Vec<Secret<String>>, Vec<String>)> {
    let codes: Result<Vec<String>> = (0..RECOVERY_CODES).map(|_| chance::groups(GROUPS)).collect();
    let codes = codes?;
    let digests = codes.iter().filter_map(|code| chance::retyped(code, GROUPS)).map(|code| digest(&code)).collect();
    Ok((codes.into_iter().map(Secret::new).collect(), digests))
}

/// Looks whether a kept key can be used.
///
/// # Errors
/// When it cannot; the error does not show it.
pub(super) fn check(key: &str) -> Result<()> {
    clock(key).map(drop)
}

/// Spends a code: a code of the app's clock is noted as used, a recovery code is taken away. Says whether it was good.
pub(super) fn spend(typed: &str, record: &mut Record, now: u64) -> bool {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).take(7).collect();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return spend_step(&digits, record, now);
    }
    match chance::retyped(typed, GROUPS) {
        Some(code) => spend_recovery(&code, record),
        None => false,
    }
}

/// Takes the steps around this moment that are later than the last one that was used (RFC 6238 §5.2): one step of a
/// clock that is late, one of a clock that is early.
fn spend_step(digits: &str, record: &mut Record, now: u64) -> bool {
    let Some(Ok(clock)) = record.app_key.as_deref().map(clock) else { return false };
    let current = now / STEP;
    let mut found = None;
    for step in current.saturating_sub(1)..=current.saturating_add(1) {
        let fits = step.checked_mul(STEP).is_some_and(|moment| clock.check(digits, moment).is_some());
        if fits && step > record.last_step {
            found = found.or(Some(step));
        }
    }
    record.last_step = found.unwrap_or(record.last_step);
    found.is_some()
}

fn spend_recovery(code: &str, record: &mut Record) -> bool {
    let typed = digest(code);
    let before = record.recovery_codes.len();
    record.recovery_codes.retain(|kept| !bool::from(kept.as_bytes().ct_eq(typed.as_bytes())));
    record.recovery_codes.len() < before
}

/// SHA-256 in hexadecimal digits. A stolen file also holds the app's key, so a slow hash would protect nothing more.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 6238 as every app knows it: SHA-1, six digits, steps of thirty seconds, and here without skew.
fn clock(key: &str) -> Result<Totp> {
    ensure!((26..=64).contains(&key.len()), "the key of the app has an odd length");
    let key = totp_rs::Secret::try_from_base32(key).map_err(|_| anyhow!("the key of the app is no base32"))?;
    Builder::new().with_secret(key).with_skew(0).build().context("the key of the app")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ASCII secret `12345678901234567890` of RFC 6238, appendix B.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn record() -> Record {
        Record { app_key: Some(KEY.to_owned()), ..Record::named("Jo Voorbeeld") }
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // Appendix B has eight digits; six are the last six of them.
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (moment, code) in vectors {
            assert_eq!(code_at(KEY, moment).unwrap(), code);
            assert!(spend(code, &mut record(), moment));
        }
    }

    #[test]
    fn one_step_of_skew_is_taken_and_two_are_not() {
        let now = 1_234_567_890_u64;
        for (skew, good) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let code = code_at(KEY, now.checked_add_signed(skew).unwrap()).unwrap();
            assert_eq!(spend(&code, &mut record(), now), good, "{skew}");
        }
    }

    #[test]
    fn a_step_and_all_before_it_are_good_once() {
        let (now, mut record) = (1_234_567_890, record());
        let [before, this, after] = [now - 30, now, now + 30].map(|moment| code_at(KEY, moment).unwrap());
        assert!(spend(&this, &mut record, now));
        assert!(!spend(&this, &mut record, now) && !spend(&this, &mut record, now + 30));
        assert!(!spend(&before, &mut record, now), "one that is older than the used one");
        assert!(spend(&after, &mut record, now));
        assert!(!spend(&after, &mut record, now + 30));
    }

    #[test]
    fn codes_are_taken_as_people_type_them_and_nothing_else_is() {
        let now = 1_234_567_890;
        assert!(spend(" 005 924 ", &mut record(), now));
        for typed in ["", "5924", "0059240", "+05924", "００５９２４", "005924 0", "00592a"] {
            assert!(!spend(typed, &mut record(), now), "{typed}");
        }
        assert!(!spend("005924", &mut Record::named("Jo Voorbeeld"), now), "without an app");
        assert!(!spend("005924", &mut record(), u64::MAX));
    }

    #[test]
    fn a_recovery_code_is_good_once() {
        let (codes, digests) = recovery_codes().unwrap();
        let mut record = Record { recovery_codes: digests, ..record() };
        assert_eq!((codes.len(), record.recovery_codes.len()), (10, 10));
        let code = codes[3].reveal();
        assert_eq!(code.len(), 14, "three groups: 60 bits");
        assert!(spend(&code.to_uppercase().replace('-', ""), &mut record, 0));
        assert!(!spend(code, &mut record, 0));
        assert!(spend(codes[4].reveal(), &mut record, 0));
        assert_eq!(record.recovery_codes.len(), 8);
    }

    #[test]
    fn odd_keys_are_refused() {
        for key in [
            "",
            "A",
            "GEZDGNBVGY3TQOJQ",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1",
            "é".repeat(16).as_str(),
            &"A".repeat(1000),
        ] {
            assert!(check(key).is_err(), "{key}");
        }
    }
}

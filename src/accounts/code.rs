//! The second factor: codes of an authenticator app (RFC 6238).

use anyhow::{Context as _, Result, anyhow};
use totp_rs::{Builder, Secret, Totp};

/// The code that an authenticator app with this key (base32, RFC 4648 §6) shows at a moment in seconds since 1970.
///
/// # Errors
/// When the key is no base32, or shorter than 128 bits.
pub fn code_at(key: &str, now: u64) -> Result<String> {
    Ok(clock(key)?.generate(now).to_string())
}

/// RFC 6238 as every app knows it: SHA-1, six digits, steps of thirty seconds.
fn clock(key: &str) -> Result<Totp> {
    let key = Secret::try_from_base32(key).map_err(|_| anyhow!("the key of the app is no base32"))?;
    Builder::new().with_secret(key).with_skew(0).build().context("the key of the app")
}

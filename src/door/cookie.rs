//! The one cookie, which is there only for those who chose to stay signed in on their computer.

use crate::model::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::COOKIE;
use ring::hmac;

/// Its name; the prefix ties it to this host, to HTTPS and to the whole path (RFC 6265bis §4.1.3.2).
const NAME: &str = "__Host-vc4all-door";
/// Seven days, as long as the accounts remember it.
const SECONDS: u32 = 604_800;

/// What keeps a cookie that was made up from the accounts: how long they look for one would tell which accounts exist.
pub(super) struct Seal(hmac::Key);

impl Seal {
    /// Seals with a key that is made of the secret, and is not the one that signs tokens.
    pub(super) fn new(secret: &Secret<String>) -> Self {
        let key = |bytes: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, bytes);
        Self(key(hmac::sign(&key(secret.reveal().as_bytes()), b"cookie of the door").as_ref()))
    }

    /// What the accounts know somebody by; none where the cookie is not there, is there twice, or was not sealed here.
    pub(super) fn read<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let (value, seal) = read(headers)?.rsplit_once('.')?;
        hmac::verify(&self.0, value.as_bytes(), &URL_SAFE_NO_PAD.decode(seal).ok()?).ok()?;
        Some(value)
    }

    /// The answer's line that sets it.
    pub(super) fn keep(&self, value: &str) -> String {
        let seal = URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, value.as_bytes()));
        format!("{NAME}={value}.{seal}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={SECONDS}")
    }
}

fn read(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim_matches(' ').split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value);
    values.next().filter(|_| values.next().is_none())
}

/// The answer's line that takes it away.
pub(super) fn drop() -> String {
    format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (COOKIE, line.parse().unwrap())).collect()
    }

    #[test]
    fn one_cookie_is_read() {
        assert_eq!(read(&headers(&["a=b; __Host-vc4all-door=x.y=z; c"])), Some("x.y=z"));
        assert_eq!(read(&headers(&["a=b", "__Host-vc4all-door=x"])), Some("x"));
        assert_eq!(read(&headers(&["x__Host-vc4all-door=x"])), None);
    }

    #[test]
    fn only_what_was_sealed_with_this_secret_is_read() {
        let seal = |secret: &str| Seal::new(&Secret::new(secret.to_owned()));
        let line = seal("one").keep("jo.abc");
        let sealed = line.split(';').next().unwrap();
        assert_eq!(seal("one").read(&headers(&[sealed])), Some("jo.abc"));
        assert_eq!(seal("two").read(&headers(&[sealed])), None);
        let end = sealed.strip_prefix("__Host-vc4all-door=jo.abc").unwrap();
        for odd in ["jo.abc", "jo.abc.", ".", &format!("jo.abd{end}"), &format!("noor.abc{end}"), &end[1..]] {
            assert_eq!(seal("one").read(&headers(&[&format!("{NAME}={odd}")])), None, "{odd}");
        }
    }

    #[test]
    fn of_two_cookies_none_is_believed() {
        assert_eq!(read(&headers(&["__Host-vc4all-door=x; __Host-vc4all-door=y"])), None);
        assert_eq!(read(&headers(&["__Host-vc4all-door=x", "__Host-vc4all-door=x"])), None);
    }
}

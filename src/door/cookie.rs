//! The one cookie, which is there only for those who chose to stay signed in on their computer.

use http::HeaderMap;
use http::header::COOKIE;

/// Its name; the prefix ties it to this host, to HTTPS and to the whole path (RFC 6265bis §4.1.3.2).
const NAME: &str = "__Host-vc4all-door";
/// Seven days, as long as the accounts remember it.
const SECONDS: u32 = 604_800;

/// The cookie's value in a request; none where it is not there, or there twice.
pub(super) fn read(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim_matches(' ').split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value);
    values.next().filter(|_| values.next().is_none())
}

/// The answer's line that sets it.
pub(super) fn keep(value: &str) -> String {
    format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={SECONDS}")
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
    fn of_two_cookies_none_is_believed() {
        assert_eq!(read(&headers(&["__Host-vc4all-door=x; __Host-vc4all-door=y"])), None);
        assert_eq!(read(&headers(&["__Host-vc4all-door=x", "__Host-vc4all-door=x"])), None);
    }
}

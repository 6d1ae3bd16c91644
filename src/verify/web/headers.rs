//! The other headers that tell a browser to be careful.

use super::answers::{Faults, RENDER_AGAIN, addresses, is_ours, seen, stripped, with_headers};
use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::{Facts, Kind};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "headers",
    title: "Every answer carries the headers that keep browsers careful: types, referrer, frames, permissions",
    sources: &[
        Source::Law("GDPR art. 32"),
        Source::Guideline("internet.nl: security headers"),
        Source::Guideline(
            "Mozilla Observatory: X-Content-Type-Options, X-Frame-Options, Referrer-Policy, Cross-Origin-Resource-Policy",
        ),
        Source::Guideline("OWASP Secure Headers Project"),
    ],
    judge,
};

/// A header that stands once, as people write it and as it is compared, and the values that keep the promise.
const WANTED: [(&str, &[&str]); 5] = [
    ("X-Content-Type-Options", &["nosniff"]),
    ("X-Frame-Options", &["deny", "sameorigin"]),
    // Each of these keeps the path, in which a room's name stands, from other sites.
    ("Referrer-Policy", &["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"]),
    ("Cross-Origin-Opener-Policy", &["same-origin"]),
    ("Cross-Origin-Resource-Policy", &["same-origin"]),
];

/// What no page of ours needs; cameras and microphones belong to rooms alone.
const NEVER: [&str; 6] = ["geolocation", "payment", "usb", "serial", "hid", "midi"];
const ROOMS_ALONE: [&str; 3] = ["camera", "microphone", "display-capture"];

/// Headers that may stand twice with other values, or whose own promise judges that.
const MANY: [&str; 6] =
    ["set-cookie", "vary", "link", "strict-transport-security", "content-security-policy", "www-authenticate"];

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, look)
}

fn look(facts: &Facts) -> Judgement {
    let (mut faults, mut judged) = (Faults::default(), 0);
    for (sight, page) in with_headers(facts) {
        judged += 1;
        if stripped(page) {
            faults.add("the headers of the site are missing", sight);
            continue;
        }
        for what in
            [wanted(page), permissions(page, sight.kind), twice(page), open_to_others(page)].into_iter().flatten()
        {
            faults.add(what, sight);
        }
    }
    faults.judged(format!("{judged} answers of {} carry each header once", addresses(facts)), RENDER_AGAIN)
}

fn wanted(page: &Page) -> Option<String> {
    WANTED.iter().find_map(|(name, values)| {
        let key = name.to_ascii_lowercase();
        match page.header(&key).next() {
            None => Some(format!("no {name}")),
            Some(value) if values.contains(&value.to_ascii_lowercase().as_str()) => None,
            Some(value) => Some(format!("{name} is {value:?}")),
        }
    })
}

/// Permissions-Policy is a dictionary of structured fields (W3C Permissions Policy §5.2).
fn permissions(page: &Page, kind: Kind) -> Option<String> {
    let Some(policy) = page.header("permissions-policy").next() else {
        return Some("no Permissions-Policy".to_owned());
    };
    let granted = |name: &str| {
        let list = policy.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        list.and_then(|list| list.split(';').next()).map(str::trim)
    };
    let nobody = |name: &str| granted(name) == Some("()");
    let itself = |name: &str| matches!(granted(name), Some("(self)" | "self")) && !is_ours(kind);
    let never = NEVER.iter().find(|name| !nobody(name));
    let name = never.or_else(|| ROOMS_ALONE.iter().find(|name| !nobody(name) && !itself(name)))?;
    Some(format!("Permissions-Policy grants {name}"))
}

fn twice(page: &Page) -> Option<String> {
    let mut names = page.headers.iter().filter(|(name, _)| !MANY.contains(&name.as_str()));
    let differs = |name: &str, value: &str| page.header(name).any(|other| other != value);
    names.find(|(name, value)| differs(name, value)).map(|(name, _)| format!("{name} stands twice with other values"))
}

fn open_to_others(page: &Page) -> Option<String> {
    page.header("access-control-allow-origin").next().map(|origin| format!("pages of {origin} may read it"))
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn with(path: &str, name: &str, value: &str) -> Judgement {
        let mut stage = Stage::new();
        stage.change(path, |page| *page = with_header(page.clone(), name, value));
        stage.judged(&PROMISE)
    }

    #[test]
    fn our_own_headers_keep_it() {
        let judgement = Stage::new().judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Kept, "{}", judgement.seen);
        assert_eq!(with("/", "referrer-policy", "Same-Origin").verdict, Verdict::Kept);
    }

    #[test]
    fn weaker_ones_break_it() {
        broken(
            &with("/css/all.css", "x-content-type-options", "sniff"),
            "X-Content-Type-Options is \"sniff\": /css/all.css of",
        );
        broken(&with("/", "referrer-policy", "unsafe-url"), "Referrer-Policy is \"unsafe-url\"");
        broken(&with("/", "x-frame-options", "ALLOWALL"), "X-Frame-Options is \"ALLOWALL\"");
        broken(&with("/", "cross-origin-opener-policy", "unsafe-none"), "Cross-Origin-Opener-Policy is");
        broken(
            &with(ROOM, "permissions-policy", "camera=*, microphone=(self)"),
            "Permissions-Policy grants geolocation",
        );
        let all =
            "geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), microphone=(self), display-capture=(self)";
        broken(
            &with(ROOM, "permissions-policy", &format!("{all}, camera=(self \"https://x.example\")")),
            "grants camera",
        );
        assert_eq!(with(ROOM, "permissions-policy", &format!("{all}, camera=(self)")).verdict, Verdict::Kept);
        broken(&with("/", "permissions-policy", &format!("{all}, camera=(self)")), "grants camera: / of");
        broken(&with("/", "access-control-allow-origin", "*"), "pages of * may read it");
    }

    #[test]
    fn missing_and_repeated_ones_break_it() {
        let mut stage = Stage::new();
        stage.change("/css/all.css", |page| page.headers.retain(|(name, _)| name != "x-frame-options"));
        broken(&stage.judged(&PROMISE), "no X-Frame-Options: /css/all.css of 192.0.2.1 and 1 more");
        let mut stage = Stage::new();
        stage.change("/", |page| page.headers.push(("referrer-policy".to_owned(), "origin".to_owned())));
        broken(&stage.judged(&PROMISE), "referrer-policy stands twice with other values");
        let mut stage = Stage::new();
        stage.change("/css/all.css", |page| page.headers = vec![("cache-control".to_owned(), "public".to_owned())]);
        broken(&stage.judged(&PROMISE), "the headers of the site are missing: /css/all.css of");
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }
}

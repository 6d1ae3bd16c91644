//! No page makes a browser ask anybody else.

use super::answers::{Faults, RENDER_AGAIN, addresses, seen};
use super::settings;
use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::markup::{Place, loads, place, styled};
use crate::outside::web::{Facts, Kind, Sight};
use crate::verify::{Evidence, Judgement, Promise};
use serde_json::Value;

pub(super) const PROMISE: Promise = Promise {
    name: "no-foreign-requests",
    title: "No page, style sheet or setting makes a browser ask another site by itself",
    sources: &[
        Source::Regulators("privacy by design and default"),
        Source::Law("GDPR art. 5(1)(c)"),
        Source::Law("GDPR art. 44"),
        Source::Ours("the privacy statement says that nobody else is asked"),
    ],
    judge,
};

/// Settings whose address a person clicks.
const CLICKED: [&str; 9] = [
    "legalUrls",
    "deploymentUrls",
    "tokenAuthUrl",
    "tokenLogoutUrl",
    "SUPPORT_URL",
    "JITSI_WATERMARK_LINK",
    "BRAND_WATERMARK_LINK",
    "POLICY_LOGO_LINK",
    "LIVE_STREAMING_HELP_LINK",
];

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, |facts| look(facts, evidence.deployment.domain.as_str()))
}

fn look(facts: &Facts, domain: &str) -> Judgement {
    let (mut faults, mut judged, mut unread) = (Faults::default(), 0, None);
    for (sight, page) in facts.answers() {
        let Some(references) = references(sight, page) else {
            unread = Some(sight.path.clone());
            continue;
        };
        judged += references.len();
        for reference in references {
            if let Some(host) = foreign(&reference, domain) {
                faults.add(format!("asks {host:?}"), sight);
            }
        }
    }
    match unread {
        Some(path) if faults.is_empty() => Judgement::unseen(format!("{path} cannot be read as plain settings")),
        _ => faults
            .judged(format!("{judged} references in the pages of {}, all to {domain}", addresses(facts)), RENDER_AGAIN),
    }
}

/// What a browser would follow by itself; nothing where that cannot be known.
fn references(sight: &Sight, page: &Page) -> Option<Vec<String>> {
    let media = page.header("content-type").next().unwrap_or_default().to_ascii_lowercase();
    let text = || page.text();
    match sight.kind {
        Kind::Config if page.status == 200 => settings::read(&text()).ok().map(|read| addressed(&Value::Object(read))),
        Kind::Manifest if page.status == 200 => {
            Some(serde_json::from_slice(&page.body).map(|read| addressed(&read)).unwrap_or_default())
        }
        _ if media.starts_with("text/html") || media.starts_with("image/svg") => Some(loads(&text())),
        _ if media.starts_with("text/css") => Some(styled(&text())),
        _ => Some(Vec::new()),
    }
}

/// The texts in settings that are addresses of the web, but for those that a person clicks.
fn addressed(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if is_address(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(addressed).collect(),
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| !CLICKED.contains(&key.as_str()))
            .flat_map(|(_, value)| addressed(value))
            .collect(),
        _ => Vec::new(),
    }
}

fn is_address(text: &str) -> bool {
    match place(text) {
        Place::Named(scheme, host) => !host.is_empty() && ["", "http", "https", "ws", "wss"].contains(&scheme.as_str()),
        Place::Relative(_) | Place::Inline => false,
    }
}

/// The site that is asked, where it is another one than ours over TLS.
fn foreign(reference: &str, domain: &str) -> Option<String> {
    match place(reference) {
        Place::Relative(_) | Place::Inline => None,
        Place::Named(scheme, host) => {
            let own = host == domain || host == format!("{domain}:443");
            let safe = ["", "https", "wss"].contains(&scheme.as_str());
            if own && safe { None } else { Some(if own { format!("{scheme}://{host}") } else { host }) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn appended(path: &str, more: &str) -> Judgement {
        let mut stage = Stage::new();
        stage.change(path, |page| page.body.extend_from_slice(more.as_bytes()));
        stage.judged(&PROMISE)
    }

    #[test]
    fn our_own_pages_keep_it() {
        let judgement = Stage::new().judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Kept, "{}", judgement.seen);
        for (path, more) in [
            ("/", "<a href='https://www.voorbeeldstad.nl/'>site</a>"),
            ("/", "<link rel=canonical href='https://www.voorbeeldstad.nl/'>"),
            ("/css/all.css", "p { background: url(data:image/png;base64,xx) }"),
            ("/config.js", "config.legalUrls.terms = 'https://www.voorbeeldstad.nl/';"),
            ("/config.js", "config.note = 'stun://x'; config.more = 'see https: below';"),
            (ROOM, "<img src='https://meet.example.nl/images/x.png'>"),
        ] {
            let judgement = appended(path, more);
            assert_eq!(judgement.verdict, Verdict::Kept, "{more}: {}", judgement.seen);
        }
    }

    #[test]
    fn a_foreign_site_breaks_it() {
        for (path, more, seen) in [
            (
                "/",
                "<script src=//cdn.example.org/x.js></script>",
                "asks \"cdn.example.org\": / of 192.0.2.1 and 1 more",
            ),
            ("/privacy", "<img src=https://pixel.example.org/>", "asks \"pixel.example.org\": /privacy of"),
            ("/", "<link rel=preconnect href=https://fonts.example.org>", "asks \"fonts.example.org\""),
            (ROOM, "<base href='https://elsewhere.example.org/'>", "asks \"elsewhere.example.org\""),
            (ROOM, "<img src='http://meet.example.nl/x'>", "asks \"http://meet.example.nl\""),
            ("/there/is/nothing", "<iframe src=https://frame.example.org>", "asks \"frame.example.org\""),
            ("/css/all.css", "@import 'https://fonts.example.org/x';", "asks \"fonts.example.org\": /css/all.css of"),
            (
                "/config.js",
                "config.analytics.rtcstatsEndpoint = 'wss://stats.example.org/';",
                "asks \"stats.example.org\": /config.js of",
            ),
            ("/interface_config.js", "interfaceConfig.LOGO = '//logo.example.org/x';", "asks \"logo.example.org\""),
        ] {
            broken(&appended(path, more), seen);
        }
        let mut stage = Stage::new();
        stage.change("/manifest.json", |page| {
            page.body = br#"{"icons":[{"src":"https://icons.example.org/x"}]}"#.to_vec()
        });
        broken(&stage.judged(&PROMISE), "asks \"icons.example.org\": /manifest.json of");
    }

    #[test]
    fn settings_that_cannot_be_read_hide_what_they_ask() {
        assert_eq!(appended("/config.js", "load();").verdict, Verdict::Unseen);
        let mut stage = Stage::new();
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }
}

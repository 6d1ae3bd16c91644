//! The settings of Jitsi's client that keep a call between the people in it.

use super::answers::{Faults, RENDER_AGAIN, addresses, seen};
use super::settings;
use crate::model::deployment::{Deployment, PeerToPeer};
use crate::model::finding::Source;
use crate::outside::web::Facts;
use crate::verify::{Evidence, Judgement, Promise};
use serde_json::{Map, Value, json};

pub(super) const PROMISE: Promise = Promise {
    name: "private-settings",
    title: "The client's settings keep analytics, recording and other services off, and people muted at first",
    sources: &[
        Source::Regulators("privacy by design and default"),
        Source::Law("GDPR art. 25(2)"),
        Source::Guideline("jitsi-meet config.js: disableThirdPartyRequests, analytics, gravatar, faceLandmarks"),
    ],
    judge,
};

/// Switches that are off. One that is missing is what Jitsi makes of it, which is seldom private.
const OFF: [&str; 19] = [
    "/analytics/rtcstatsEnabled",
    "/analytics/watchRTCEnabled",
    "/enableCalendarIntegration",
    "/enableDisplayNameInStats",
    "/enableEmailInStats",
    "/enableSaveLogs",
    "/faceLandmarks/enableDisplayFaceExpressions",
    "/faceLandmarks/enableFaceCentering",
    "/faceLandmarks/enableFaceExpressionsDetection",
    "/faceLandmarks/enableRTCStats",
    "/fileSharing/enabled",
    "/giphy/enabled",
    "/liveStreaming/enabled",
    "/recordingService/enabled",
    "/screenshotCapture/enabled",
    "/transcription/enabled",
    "/whiteboard/enabled",
    "/lobby/autoKnock",
    "/e2ee/disabled",
];

/// Switches that are on.
const ON: [&str; 12] = [
    "/analytics/disabled",
    "/disableRemoteControl",
    "/disableShowMoreStats",
    "/disableThirdPartyRequests",
    "/doNotStoreRoom",
    "/gravatar/disabled",
    "/hideEmailInSettings",
    "/localRecording/disable",
    "/prejoinConfig/enabled",
    "/speakerStats/disabled",
    "/startWithAudioMuted",
    "/startWithVideoMuted",
];

/// Keys whose presence alone lets a service in; a value that is an address is judged as a foreign request.
const ABSENT: [&str; 9] = [
    "/callStatsID",
    "/callStatsSecret",
    "/dropbox",
    "/giphy/sdkKey",
    "/googleApiApplicationClientID",
    "/microsoftApiApplicationClientID",
    "/watchRTCConfigParams",
    "/hiddenDomain",
    "/testing",
];

/// The switches of `analytics`; any other key there is somebody's account or address.
const ANALYTICS: [&str; 3] = ["disabled", "rtcstatsEnabled", "watchRTCEnabled"];

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, |facts| look(facts, evidence.deployment))
}

fn look(facts: &Facts, deployment: &Deployment) -> Judgement {
    let (mut faults, mut judged) = (Faults::default(), 0);
    for (address, page) in facts.at("/config.js").filter(|(_, page)| page.status == 200) {
        judged += 1;
        let place = format!("/config.js of {address}");
        match settings::read(&page.text()) {
            Ok(read) => wrong(&read, deployment).into_iter().for_each(|what| faults.add_at(what, place.clone())),
            Err(why) => faults.add_at(format!("it is no plain list of settings ({why:#})"), place),
        }
    }
    if judged == 0 {
        return Judgement::unseen("there is no config.js");
    }
    let many = OFF.len() + ON.len() + ABSENT.len();
    faults.judged(
        format!("{many} settings at {}, talking directly {}", addresses(facts), direct(deployment)),
        RENDER_AGAIN,
    )
}

fn direct(deployment: &Deployment) -> &'static str {
    match deployment.media.peer_to_peer {
        PeerToPeer::On => "on as the inventory says",
        PeerToPeer::Off => "off",
    }
}

fn wrong(read: &Map<String, Value>, deployment: &Deployment) -> Vec<String> {
    let Some(config) = read.get("config") else { return vec!["there is no config in it".to_owned()] };
    let off = OFF.iter().map(|at| (*at, json!(false)));
    let on = ON.iter().map(|at| (*at, json!(true)));
    let direct = json!(deployment.media.peer_to_peer == PeerToPeer::On);
    let others = [("/feedbackPercentage", json!(0)), ("/p2p/enabled", direct)];
    let switches = off.chain(on).chain(others).filter(|(at, wanted)| config.pointer(at) != Some(wanted));
    let mut found: Vec<String> = switches.map(|(at, wanted)| told(at, &wanted, config.pointer(at))).collect();
    let present = ABSENT.iter().filter(|at| config.pointer(at).is_some_and(|value| !value.is_null()));
    found.extend(present.map(|at| format!("{} is set", dotted(at))));
    let keys = config.get("analytics").and_then(Value::as_object).into_iter().flatten();
    let accounts = keys.filter(|(key, value)| !ANALYTICS.contains(&key.as_str()) && !names_a_site(value));
    found.extend(accounts.map(|(key, _)| format!("analytics.{key} is set")));
    if read.get("enableJaaS").is_some_and(|value| *value != json!(false)) {
        found.push("enableJaaS is on".to_owned());
    }
    found
}

fn told(at: &str, wanted: &Value, found: Option<&Value>) -> String {
    let name = dotted(at);
    match found {
        None => format!("{name} is missing instead of {wanted}"),
        Some(Value::Object(_) | Value::Array(_)) => format!("{name} is no {wanted}"),
        Some(found) => format!("{name} is {found} instead of {wanted}"),
    }
}

fn dotted(at: &str) -> String {
    at.trim_start_matches('/').replace('/', ".")
}

/// An address, or a list of them.
fn names_a_site(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("//"),
        Value::Array(items) => items.iter().all(names_a_site),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn with(more: &str) -> Judgement {
        let mut stage = Stage::new();
        stage.change("/config.js", |page| page.body.extend_from_slice(more.as_bytes()));
        stage.judged(&PROMISE)
    }

    #[test]
    fn our_own_settings_keep_it() {
        let judgement = Stage::new().judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Kept, "{}", judgement.seen);
        assert_eq!(with("config.channelLastN = 5;").verdict, Verdict::Kept);
        assert_eq!(
            with("config.analytics.rtcstatsEndpoint = 'wss://x.example/';").verdict,
            Verdict::Kept,
            "told elsewhere"
        );
    }

    #[test]
    fn open_ones_break_it() {
        for (more, seen) in [
            (
                "config.disableThirdPartyRequests = false;",
                "disableThirdPartyRequests is false instead of true: /config.js of 192.0.2.1 and 1 more",
            ),
            ("config.analytics = {};", "analytics.rtcstatsEnabled is missing instead of false"),
            ("config.analytics.amplitudeAPPKey = 'x';", "analytics.amplitudeAPPKey is set"),
            ("config.gravatar = { disabled: 0 };", "gravatar.disabled is 0 instead of true"),
            ("config.feedbackPercentage = 100;", "feedbackPercentage is 100 instead of 0"),
            ("config.p2p.enabled = true;", "p2p.enabled is true instead of false"),
            ("config.callStatsID = 'x';", "callStatsID is set"),
            ("enableJaaS = true;", "enableJaaS is on"),
            ("config = {};", "analytics.rtcstatsEnabled is missing"),
            ("fetch('//x');", "it is no plain list of settings"),
        ] {
            broken(&with(more), seen);
        }
    }

    #[test]
    fn without_the_file_nothing_is_said() {
        let mut stage = Stage::new();
        stage.change("/config.js", |page| page.status = 404);
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }
}

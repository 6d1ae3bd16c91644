//! What of Jitsi's own settings comes along to the room: four switches, each on or off, and nothing else.

use std::collections::BTreeMap;

/// The settings that the visitor's address may carry into the meeting (Jitsi's `config.js`).
const KEYS: [&str; 4] = [
    "config.prejoinConfig.enabled",
    "config.startAudioOnly",
    "config.startWithAudioMuted",
    "config.startWithVideoMuted",
];

/// The switches that were set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wishes(BTreeMap<&'static str, bool>);

impl Wishes {
    /// Reads Jitsi's `state`, which the visitor controls; all that is not one of the switches is left out.
    pub(super) fn read(state: &str) -> Self {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(state).unwrap_or_default();
        let known = KEYS.into_iter().filter_map(|key| Some((key, object.get(key)?.as_bool()?)));
        Self(known.collect())
    }

    /// The same as a state again, short enough for a form and an address; empty where nothing was set.
    pub(super) fn state(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let switches = self.0.iter().map(|(key, on)| format!("\"{key}\":{on}"));
        format!("{{{}}}", switches.collect::<Vec<_>>().join(","))
    }

    /// As the end of the room's fragment. Who comes from the door has seen the page before the meeting already.
    pub(super) fn fragment(&self) -> String {
        let mut switches = self.0.clone();
        switches.entry("config.prejoinConfig.enabled").or_insert(false);
        switches.iter().map(|(key, on)| format!("&{key}={on}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_four_switches_come_along() {
        let state = r#"{"room":"x","roomSafe":"x","tenant":"","config.startWithAudioMuted":true,"config.startAudioOnly":"true",
            "config.startWithVideoMuted":1,"config.prejoinConfig.enabled":false,"config.deploymentInfo":{"a":1},
            "interfaceConfig.APP_NAME":"<script>","jwt":"abc"}"#;
        let wishes = Wishes::read(state);
        assert_eq!(wishes.fragment(), "&config.prejoinConfig.enabled=false&config.startWithAudioMuted=true");
        assert_eq!(Wishes::read(&wishes.state()), wishes);
    }

    #[test]
    fn without_a_state_the_page_before_the_meeting_is_left_out() {
        let bomb = format!("{}{}", "[".repeat(4000), "]".repeat(4000));
        let nested = format!("{{\"config.startAudioOnly\":{}1{}}}", "{\"a\":".repeat(600), "}".repeat(600));
        for state in ["", "null", "[]", "{", "\"x\"", "{\"config.startAudioOnly\":null}", &bomb, &nested] {
            assert_eq!(Wishes::read(state).fragment(), "&config.prejoinConfig.enabled=false", "{state:.40}");
            assert_eq!(Wishes::read(state).state(), "");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn any_text_gives_plain_switches(text in "\\PC*|\\{(\"(config\\.startAudioOnly|a)\":(true|false|1|\"x\"|null),?){0,3}\\}") {
            let fragment = Wishes::read(&text).fragment();
            let switch = |part: &str| KEYS.iter().any(|key| part == format!("{key}=true") || part == format!("{key}=false"));
            prop_assert!(fragment.strip_prefix('&').unwrap().split('&').all(switch));
        }
    }
}

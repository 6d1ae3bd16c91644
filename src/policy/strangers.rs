//! Why the hosts that people meet most in other Jitsi configurations are refused, in words.

/// What a stranger is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Counts and measures people.
    Analytics,
    /// Pictures that belong to a mail address.
    Avatar,
    /// Tells a browser its own public address, or carries its sound and pictures.
    Stun,
    /// Somebody's calendar.
    Calendar,
    /// Moving pictures to send in the chat.
    Pictures,
    /// A place to keep recordings.
    Storage,
    /// Film from a site that watches its viewers.
    Video,
    /// Fonts, scripts and styles of a content delivery network.
    Borrowed,
    /// Puzzles that tell people from machines.
    Puzzle,
    /// The commercial service of Jitsi's maintainers, and their public instance.
    Service,
    /// Anybody else.
    Unknown,
}

impl Kind {
    /// The kind of a host, by the end of its name.
    pub fn of(host: &str) -> Self {
        let below = |end: &str| host.strip_suffix(end).is_some_and(|front| front.is_empty() || front.ends_with('.'));
        let row = KNOWN.iter().find(|(_, ends)| ends.iter().any(|end| below(end)));
        match row {
            Some((kind, _)) => *kind,
            None if host.starts_with("stun.") || host.starts_with("turn.") => Self::Stun,
            None => Self::Unknown,
        }
    }

    /// What would happen, as a sentence without a full stop that begins after the host's name.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Analytics => {
                "an analytics service: it is told who meets when, from which address and with which device"
            }
            Self::Avatar => {
                "an avatar service: it is told a fingerprint of each participant's mail address, and where they are"
            }
            Self::Stun => "a STUN or TURN server of somebody else: it is told the address of every participant",
            Self::Calendar => "a calendar service: it is told which meetings somebody has, and from where they join",
            Self::Pictures => "a service for moving pictures: it is told what people search for and from which address",
            Self::Storage => "a storage service: recordings of a meeting leave the host",
            Self::Video => "a video site: it is told who watches what, and follows them elsewhere",
            Self::Borrowed => {
                "a server for borrowed fonts and scripts: it is told who opens a page, and can change what the page does"
            }
            Self::Puzzle => "a service that tells people from machines by watching them",
            Self::Service => "another meeting service: it is told about participants of this one",
            Self::Unknown => "nobody on the egress list: nobody who takes part would know of it",
        }
    }

    /// What to do instead.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Stun => {
                "take it out: the host has a STUN and TURN server; another one inside the EEA belongs under `media.stun`, so \
                 that the privacy statement names it"
            }
            Self::Borrowed => "put the file on this host, or take it out",
            Self::Unknown => {
                "take it out; who is really needed belongs into the inventory, so that the privacy statement and `papers \
                 egress` name them"
            }
            Self::Analytics
            | Self::Avatar
            | Self::Calendar
            | Self::Pictures
            | Self::Storage
            | Self::Video
            | Self::Puzzle
            | Self::Service => {
                "take it out: an instance asks nobody of this kind, and no key of the inventory allows it"
            }
        }
    }
}

/// Ends of names. The first row that fits decides.
const KNOWN: [(Kind, &[&str]); 10] = [
    (
        Kind::Stun,
        &[
            "meet-jit-si-turnrelay.jitsi.net",
            "stun.l.google.com",
            "l.google.com",
            "stun.cloudflare.com",
            "turn.cloudflare.com",
            "stunprotocol.org",
            "twilio.com",
            "xirsys.com",
            "metered.ca",
            "global.stun.twilio.com",
        ],
    ),
    (
        Kind::Analytics,
        &[
            "amplitude.com",
            "callstats.io",
            "google-analytics.com",
            "googletagmanager.com",
            "analytics.google.com",
            "doubleclick.net",
            "matomo.cloud",
            "plausible.io",
            "mixpanel.com",
            "segment.com",
            "segment.io",
            "hotjar.com",
            "sentry.io",
            "rtcstats.com",
            "datadoghq.com",
            "datadoghq.eu",
            "nr-data.net",
            "fullstory.com",
            "facebook.net",
        ],
    ),
    (Kind::Avatar, &["gravatar.com", "libravatar.org", "ui-avatars.com", "dicebear.com", "robohash.org"]),
    (
        Kind::Calendar,
        &[
            "apis.google.com",
            "www.googleapis.com",
            "accounts.google.com",
            "calendar.google.com",
            "login.microsoftonline.com",
            "graph.microsoft.com",
            "outlook.office.com",
            "outlook.office365.com",
        ],
    ),
    (Kind::Pictures, &["giphy.com", "tenor.com"]),
    (Kind::Storage, &["dropbox.com", "dropboxapi.com", "drive.google.com", "onedrive.live.com"]),
    (Kind::Video, &["youtube.com", "youtube-nocookie.com", "youtu.be", "ytimg.com", "vimeo.com", "twitch.tv"]),
    (
        Kind::Borrowed,
        &[
            "fonts.googleapis.com",
            "ajax.googleapis.com",
            "gstatic.com",
            "cdnjs.cloudflare.com",
            "jsdelivr.net",
            "unpkg.com",
            "bootstrapcdn.com",
            "typekit.net",
            "fontawesome.com",
        ],
    ),
    (Kind::Puzzle, &["recaptcha.net", "hcaptcha.com", "challenges.cloudflare.com"]),
    (Kind::Service, &["jitsi.net", "jit.si", "8x8.vc", "8x8.com", "jitsi.org", "zoom.us", "teams.microsoft.com"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_strangers_by_the_end_of_their_name() {
        for (host, kind) in [
            ("www.gravatar.com", Kind::Avatar),
            ("gravatar.com", Kind::Avatar),
            ("notgravatar.com", Kind::Unknown),
            ("meet-jit-si-turnrelay.jitsi.net", Kind::Stun),
            ("web-cdn.jitsi.net", Kind::Service),
            ("jaas.8x8.vc", Kind::Service),
            ("stun1.l.google.com", Kind::Stun),
            ("api2.amplitude.com", Kind::Analytics),
            ("stun.example.org", Kind::Stun),
            ("example.org", Kind::Unknown),
        ] {
            assert_eq!(Kind::of(host), kind, "{host}");
        }
    }
}

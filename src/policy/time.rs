//! Whom the host asks for the time.

use serde::Serialize;

/// A public time server and who runs it; it learns the host's address, never a participant's.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct TimeServer {
    /// Its name.
    pub name: &'static str,
    /// Who runs it.
    pub operator: &'static str,
    /// Where it stands (ISO 3166-1 alpha-2).
    pub country: &'static str,
}

/// Time servers of public bodies inside the EU, in order of use. The distribution's pool answers from the whole world.
pub const TIME_SERVERS: [TimeServer; 3] = [
    TimeServer { name: "ntp.time.nl", operator: "SIDN Labs (TimeNL)", country: "NL" },
    TimeServer { name: "ptbtime1.ptb.de", operator: "Physikalisch-Technische Bundesanstalt", country: "DE" },
    TimeServer { name: "ntp.se", operator: "Netnod", country: "SE" },
];

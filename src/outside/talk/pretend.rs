//! People who log in as a meeting host and are none.

use super::client::{Client, Hurry, Welcome};
use super::facts::{Login, Pretence};
use super::line::{Call, Transport};
use super::visit::Visit;
use crate::outside::Way;

const ALL: [Pretence; 4] = [Pretence::NoToken, Pretence::EmptyToken, Pretence::UnsignedToken, Pretence::BentToken];

/// Tries each of them. The address names no room: Jitsi's plugin writes it to the log when it refuses a token.
pub(super) fn pretend(transport: Transport, way: &Way, visit: &Visit, hurry: Hurry) -> Vec<(Pretence, Login)> {
    let attempt = |pretence| {
        let call = Call { domain: way.domain.to_string(), room: None, token: visit.forged(pretence) };
        let login = match Client::log_in(transport, way, &call, hurry) {
            Ok(Welcome::In(mut client)) => {
                client.close("");
                Login::In
            }
            Ok(Welcome::Refused(why)) => Login::Refused(why),
            // Nobody looked at the token.
            Ok(Welcome::Absent(why)) => Login::Unseen(format!("the main domain ends each session: {why}")),
            Err(error) => Login::Unseen(format!("{error:#}")),
        };
        (pretence, login)
    };
    ALL.into_iter().map(attempt).collect()
}

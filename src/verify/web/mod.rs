//! What the pages promise.

mod answers;
mod content_policy;
mod door;
mod headers;
mod hsts;
mod https_only;
mod no_cookies;
mod no_foreign_requests;
mod own_stun;
mod pages_there;
mod policy;
mod private_settings;
mod published_facts;
mod same_answer;
mod security_txt;
mod server_says_little;
mod settings;
#[cfg(test)]
mod stage;

use super::Promise;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[
    pages_there::PROMISE,
    https_only::PROMISE,
    hsts::PROMISE,
    content_policy::PROMISE,
    headers::PROMISE,
    server_says_little::PROMISE,
    no_cookies::PROMISE,
    no_foreign_requests::PROMISE,
    private_settings::PROMISE,
    own_stun::PROMISE,
    door::PROMISE,
    security_txt::PROMISE,
    published_facts::PROMISE,
    same_answer::PROMISE,
];

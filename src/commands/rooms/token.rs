//! A meeting host's token for one room, which the host signs: the key never leaves it.

use crate::model::advice::Advice;
use crate::remote::{Order, Remote};
use anyhow::{Context as _, Result, ensure};
use std::time::Duration;

/// Asks the host for a token that is good for `span`, of which whole seconds count, from a minute to a day.
pub(in crate::commands) fn sign(remote: &mut dyn Remote, domain: &str, room: &str, span: Duration) -> Result<String> {
    let seconds = span.as_secs();
    let script = format!("exec prosodyctl mod_vc4all_token {domain} {room} {seconds}");
    let order = Order { purpose: "sign a token", script: &script, input: &[], patience: Duration::from_secs(30) };
    let answer = remote.run(&order)?;
    if answer.code != 0 {
        let cause = format!("host {}: sign a token: {}", remote.host(), answer.stderr.trim());
        return Err(Advice::new(cause, "run `vc4all-deploy up` first").into());
    }
    let said = String::from_utf8(answer.stdout).context("read the token")?;
    // prosodyctl may put remarks about its libraries before the token.
    let token = said.trim_end().lines().last().unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    ensure!(token.split('.').count() == 3 && token.bytes().all(plain), "host {}: it answered no token", remote.host());
    Ok(token.to_owned())
}

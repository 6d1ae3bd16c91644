//! One order to the host and its answer. What is secret stands on standard input alone, and what the host says may be
//! hostile.

use crate::accounts::{Answer, Order, Outcome};
use crate::model::advice::Advice;
use crate::remote::{self, Remote};
use crate::view::inert;
use anyhow::{Context as _, Result};
use std::time::Duration;

/// What runs on the host. The folder of accounts is the door's own, so the work in it is done with the door's rights, which
/// are those of the folder above: what the door may have put there leads root nowhere. Where the program is not there, 127
/// says so; 126 where it is one for another machine; 125 where the door never ran.
const SCRIPT: &str = "cd /var/lib/vc4all-door/ || exit 125
owner=$(stat -c %u .) && group=$(stat -c %g .) || exit 125
exec setpriv --reuid=$owner --regid=$group --clear-groups --no-new-privs \
  /usr/local/lib/vc4all/bin/vc4all-agent users --accounts ./accounts
";

/// The most letters of a sentence of the host.
const LONGEST_SENTENCE: usize = 500;

/// Sends an order to the host and reads its answer.
pub(super) fn ask(remote: &mut dyn Remote, order: &Order) -> Result<Outcome> {
    let input = serde_json::to_vec(order)?;
    let sent = remote::Order {
        purpose: "ask for the accounts",
        script: SCRIPT,
        input: &input,
        patience: Duration::from_secs(30),
    };
    let answer = remote.run(&sent)?;
    let host = remote.host();
    if matches!(answer.code, 125..=127) {
        let cause = format!("host {host}: vc4all-agent is not there, or does not fit this machine");
        return Err(Advice::new(cause, "run `vc4all-deploy up` first").into());
    }
    if answer.code != 0 {
        let cause = format!("host {host}: vc4all-agent failed: {}", sentence(answer.stderr.trim()));
        return Err(Advice::new(cause, "run `vc4all-deploy up`, so that both programs are of one version").into());
    }
    match Answer::read(&answer.stdout).with_context(|| format!("host {host}"))? {
        Answer::Done { ok } => Ok(ok),
        Answer::Failed { error, help } => Err(refusal(host, &error, help.as_deref())),
    }
}

/// What the host says about an order that it did not carry out; a host may be hostile.
fn refusal(host: &str, error: &str, help: Option<&str>) -> anyhow::Error {
    let help = help.map_or_else(|| "look at `journalctl -u vc4all-door` on the host".to_owned(), sentence);
    Advice::new(format!("host {host}: {}", sentence(error)), help).into()
}

/// A sentence of the host, short and without its tricks.
fn sentence(text: &str) -> String {
    inert::line(&text.chars().take(LONGEST_SENTENCE).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Typed;
    use crate::model::secret::Secret;

    /// A host that answers what a test says, and keeps what it was asked.
    struct Host {
        code: i32,
        stdout: Vec<u8>,
        asked: Vec<(String, Vec<u8>)>,
    }

    impl Remote for Host {
        fn host(&self) -> &str {
            "203.0.113.10"
        }

        fn run(&mut self, order: &remote::Order<'_>) -> Result<remote::Answer, remote::Error> {
            self.asked.push((order.script.to_owned(), order.input.to_vec()));
            let stderr = format!("sh: not found{}", " ".repeat(10_000) + "\u{1b}[2J");
            Ok(remote::Answer { code: self.code, stdout: self.stdout.clone(), stderr })
        }

        fn follow(
            &mut self,
            order: &remote::Order<'_>,
            _heard: &mut dyn FnMut(&str),
        ) -> Result<remote::Answer, remote::Error> {
            self.run(order)
        }

        fn reconnect(&mut self) -> Result<(), remote::Error> {
            Ok(())
        }
    }

    fn host(code: i32, stdout: &str) -> Host {
        Host { code, stdout: stdout.as_bytes().to_vec(), asked: Vec::new() }
    }

    fn advice(host: &mut Host) -> Advice {
        ask(host, &Order::List).unwrap_err().downcast::<Advice>().unwrap()
    }

    #[test]
    fn a_passphrase_stands_on_standard_input_and_nowhere_else() {
        let mut host = host(0, "{\"ok\":{}}");
        let typed = Some(Typed(Secret::new("zeven paarse fietsen".to_owned())));
        let order = Order::ResetPassphrase { account: "jo".to_owned(), passphrase: typed };
        ask(&mut host, &order).unwrap();
        let (script, input) = &host.asked[0];
        assert_eq!(script, SCRIPT);
        assert_eq!(
            String::from_utf8_lossy(input),
            r#"{"do":"reset_passphrase","account":"jo","passphrase":"zeven paarse fietsen"}"#
        );
        assert!(!format!("{order:?}").contains("fietsen"));
    }

    #[test]
    fn a_host_without_the_program_is_told_to_run_up() {
        for code in [125, 126, 127] {
            let advice = advice(&mut host(code, ""));
            assert!(advice.cause.contains("vc4all-agent is not there"));
            assert_eq!(advice.help, "run `vc4all-deploy up` first");
        }
        let failed = advice(&mut host(2, "")).cause;
        assert!(failed.contains("vc4all-agent failed: sh: not found") && failed.len() < 600, "{failed}");
    }

    #[test]
    fn the_work_is_done_with_the_rights_of_the_door() {
        let (rights, program) = SCRIPT.split_once("vc4all-agent").unwrap();
        assert!(rights.contains("cd /var/lib/vc4all-door/ ") && rights.contains("exec setpriv --reuid=$owner"));
        assert_eq!(program, " users --accounts ./accounts\n");
    }

    #[test]
    fn what_the_host_refuses_is_told_without_its_tricks() {
        let evil = format!("{{\"error\":\"no\\u001b[2J\\n{}\",\"help\":\"run\\u202e it\"}}", "x".repeat(10_000));
        let advice = advice(&mut host(0, &evil));
        assert!(advice.cause.starts_with("host 203.0.113.10: no\\u{1b}[2J\\u{a}x") && advice.cause.len() < 600);
        assert_eq!(advice.help, "run\\u{202e} it");
    }

    #[test]
    fn an_answer_that_is_none_is_an_error_that_does_not_show_it() {
        for text in ["", "hush", "{\"ok\":\"hush\"}", "{\"ok\":{\"passphrase\":[\"hush\"]}}"] {
            let error = format!("{:#}", ask(&mut host(0, text), &Order::List).unwrap_err());
            assert!(
                error.starts_with("host 203.0.113.10: the answer is not understood") && !error.contains("hush"),
                "{error}"
            );
        }
    }
}

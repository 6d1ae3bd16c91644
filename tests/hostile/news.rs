//! The news of running work, from a host that says what it likes.

use crate::harm::{harm, harmed};
use crate::inert::assert_inert;
use crate::tries::tries;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use vc4all_deploy::apply::{self, Errand};
use vc4all_deploy::remote::local::Local;
use vc4all_deploy::remote::{Answer, Error, Order, Remote};
use vc4all_deploy::view::progress::Progress;
use vc4all_deploy::view::{self, Colour};

const NEWS: &[u8] = b"started 1\noutput Unpacking nginx\ndone 1 6000\nwaiting apt is locked by dpkg (process 81)\nstarted 2\n\
                      output nginx: [emerg] no such file\nfailed step 2 failed\nrestored\ncommitted 4\nlocked root since noon\nend 6\n";

/// A host that starts the work and then tells these lines.
struct Teller {
    name: Vec<u8>,
    news: Vec<u8>,
}

impl Remote for Teller {
    fn host(&self) -> &str {
        "203.0.113.10"
    }

    fn run(&mut self, _: &Order<'_>) -> Result<Answer, Error> {
        Ok(Answer { code: 0, stdout: self.name.clone(), stderr: String::new() })
    }

    /// Through the real cutter of lines.
    fn follow(&mut self, order: &Order<'_>, heard: &mut dyn FnMut(&str)) -> Result<Answer, Error> {
        let order = Order { purpose: order.purpose, script: "cat", input: &self.news, patience: order.patience };
        Local.follow(&order, heard)
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// What people see of it.
fn shown(name: &[u8], news: &[u8]) -> String {
    let labels = vec!["make room".to_owned(), "start nginx".to_owned()];
    let errand = Errand { script: "", files: Vec::new(), labels };
    let mut teller = Teller { name: name.to_vec(), news: news.to_vec() };
    let mut out = Vec::new();
    let mut progress = Progress::lines(&mut out);
    let ended = apply::errand(&errand, &mut teller, &mut |event| progress.show(&event).unwrap());
    progress.finish();
    let end = match ended {
        Ok(ended) => format!("{ended:?}"),
        Err(error) => view::problem::text(&error, None, Colour::Never),
    };
    String::from_utf8(out).unwrap() + &end
}

const NAME: &[u8] = b"/var/lib/vc4all/run/abcdefghij\n";

#[test]
fn news_of_any_kind() {
    let whole = shown(NAME, NEWS);
    assert!(whole.contains("[2/2] start nginx") && whole.contains("no such file"), "{whole}");
    let harms = proptest::collection::vec(harm("output \u{1b}[2J\n"), 1..6);
    TestRunner::new(tries(400))
        .run(&harms, |harms| {
            let text = shown(NAME, &harmed(NEWS, &harms));
            assert_inert(&text);
            assert!(text.len() < 20_000, "{} bytes", text.len());
            Ok(())
        })
        .unwrap();
}

#[test]
fn where_the_work_runs_is_a_plain_name() {
    let any = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..60),
        "/var/lib/vc4all/run/[a-z./$`; \n-]{0,20}".prop_map(String::into_bytes),
    ];
    TestRunner::new(tries(400))
        .run(&any, |name| {
            let text = String::from_utf8_lossy(&name);
            let plain = text.trim().strip_prefix("/var/lib/vc4all/run/");
            let plain = plain.is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()));
            // A name that is none never gets into a script.
            let refused = shown_refusal(&name);
            assert_eq!(refused.is_none(), plain, "{text:?}");
            refused.iter().for_each(|why| assert_inert(why));
            Ok(())
        })
        .unwrap();
}

/// Why the name was refused before anything was followed.
fn shown_refusal(name: &[u8]) -> Option<String> {
    struct Deaf(Vec<u8>);
    impl Remote for Deaf {
        fn host(&self) -> &str {
            "203.0.113.10"
        }
        fn run(&mut self, _: &Order<'_>) -> Result<Answer, Error> {
            Ok(Answer { code: 0, stdout: self.0.clone(), stderr: String::new() })
        }
        fn follow(&mut self, _: &Order<'_>, heard: &mut dyn FnMut(&str)) -> Result<Answer, Error> {
            heard("end 0");
            Ok(Answer { code: 0, stdout: Vec::new(), stderr: String::new() })
        }
        fn reconnect(&mut self) -> Result<(), Error> {
            Ok(())
        }
    }
    let errand = Errand { script: "", files: Vec::new(), labels: Vec::new() };
    apply::errand(&errand, &mut Deaf(name.to_vec()), &mut |_| {}).err().map(|error| format!("{error:#}"))
}

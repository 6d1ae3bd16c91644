//! Every reader of what a host sends: no panic, bounded time, and nothing but harmless text comes out.

use crate::harm::{harm, harmed};
use crate::inert::assert_inert;
use crate::tries::tries;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;
use std::io::Write as _;
use std::time::{Duration, Instant};
use vc4all_deploy::destroy;
use vc4all_deploy::model::names::HostPath;
use vc4all_deploy::observe::history;
use vc4all_deploy::record;
use vc4all_deploy::render::Renderer;
use vc4all_deploy::view::{self, Colour};

pub(crate) const ESTATE: &[u8] = include_bytes!("answers/estate");
pub(crate) const HISTORY: &[u8] = include_bytes!("answers/history");

/// Whether a reader took the bytes; what it said otherwise must be short and harmless.
fn judged<T>(read: anyhow::Result<T>, shown: impl FnOnce(T) -> String) -> bool {
    match read {
        Ok(value) => {
            assert_inert(&shown(value));
            true
        }
        Err(error) => {
            let text = view::problem::text(&error, None, Colour::Never);
            assert!(text.len() < 8000, "{} bytes of error", text.len());
            assert_inert(&text);
            false
        }
    }
}

/// Gives a good answer with harm done to it, and bytes of any kind, to a reader.
fn fuzz(good: &[u8], cases: u32, read: impl Fn(&[u8]) -> bool) {
    assert!(read(good), "the good answer is not read");
    let (taken, refused) = (Cell::new(0_u32), Cell::new(0_u32));
    let count = |is_taken: bool| if is_taken { taken.set(taken.get() + 1) } else { refused.set(refused.get() + 1) };
    let harms = proptest::collection::vec(harm("entry file /etc/../x 0 made\n"), 1..5);
    TestRunner::new(tries(cases))
        .run(&harms, |harms| {
            count(read(&harmed(good, &harms)));
            Ok(())
        })
        .unwrap();
    assert!(taken.get() > cases / 100 && refused.get() > cases / 100, "{taken:?} taken, {refused:?} refused");
    let any = proptest::collection::vec(any::<u8>(), 0..600);
    TestRunner::new(tries(cases / 2))
        .run(&any, |bytes| {
            count(read(&bytes));
            Ok(())
        })
        .unwrap();
}

fn estate(bytes: &[u8]) -> bool {
    judged(destroy::read(bytes), |estate| {
        let removal = destroy::removal(&estate, ("meet.example.org".to_owned(), "203.0.113.10".to_owned())).unwrap();
        let proof = destroy::proof(&removal, &estate);
        let paths = removal.paths.iter().chain(&removal.whole).chain(&removal.folders).chain(removal.originals.keys());
        paths.for_each(assert_plain);
        format!(
            "{}{}{}",
            view::destroy::text(&removal, Colour::Never),
            view::destroy::warning(&removal),
            view::destroy::proven(&proof)
        )
    })
}

/// What is carried out on the host names plain paths alone.
fn assert_plain(path: &HostPath) {
    let text = path.as_str();
    assert!(
        text.starts_with('/') && !text.contains("..") && !text.contains([' ', '\n', '\t', '$', '`', ';']),
        "{text}"
    );
}

#[test]
fn the_answer_about_what_we_left() {
    fuzz(ESTATE, 4000, estate);
}

#[test]
fn the_answer_about_what_we_left_has_an_end() {
    let refused = |bytes: &[u8]| !estate(bytes);
    assert!(refused(&b"vc4all-estate 1\n".repeat(1_000_000)));
    assert!(refused(&[b"entry file /etc/x ".as_slice(), &vec![b'a'; 1 << 20], b" made\nend\n"].concat()));
    let home =
        "entry file /root/.ssh/authorized_keys 0000000000000000000000000000000000000000000000000000000000000000 made\n";
    let good = String::from_utf8(ESTATE.to_vec()).unwrap();
    assert!(refused(good.replace("digest ", &format!("{home}digest ")).as_bytes()), "a key of root's is none of ours");
}

#[test]
fn the_answer_about_the_past() {
    fuzz(HISTORY, 4000, |bytes| judged(history::read(bytes), |_| String::new()));
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn the_record_of_a_generation() {
    let (_, deployment) = crate::support::deployments().into_iter().find(|(name, _)| name == "demo").unwrap();
    let claims = crate::support::claims(&Renderer::new().unwrap(), &deployment, deployment.host.release);
    let good = record::pack(&deployment.domain, &claims).unwrap();
    let unpack = |bytes: &[u8]| judged(record::unpack(bytes), |_| String::new());
    assert!(unpack(&good));
    let any = proptest::collection::vec(any::<u8>(), 0..600);
    TestRunner::new(tries(2000))
        .run(&any, |bytes| {
            unpack(&bytes);
            Ok(())
        })
        .unwrap();
    // Few claims, so that harm meets them and not the text of a file.
    let few: Vec<_> = claims.into_iter().filter(|claim| !format!("{:?}", claim.resource).contains("File")).collect();
    let mut text = Vec::new();
    let few = record::pack(&deployment.domain, &few).unwrap();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(few.as_slice()), &mut text).unwrap();
    fuzz(&text, 4000, |json| unpack(&packed(json)));
}

#[test]
fn a_record_that_grows_when_it_is_unpacked_is_refused_at_once() {
    let bomb = packed(&vec![b' '; 256 << 20]);
    let began = Instant::now();
    let why = format!("{:#}", record::unpack(&bomb).unwrap_err());
    assert!(why.contains("longer than") && began.elapsed() < Duration::from_secs(5), "{why}");
}

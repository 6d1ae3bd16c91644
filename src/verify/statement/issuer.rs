//! `statement-true`: the certificate comes from whom the statement names; its other facts have promises of their own.

use crate::model::finding::Source;
use crate::model::tls::Authority;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "statement-true",
    title: "The certificate comes from the authority that the privacy statement names",
    sources: &[
        Source::Regulators("transparency and fairness"),
        Source::Law("GDPR art. 5(1)(a), art. 13(1)(e)"),
        Source::Ours("docs/papers.md: which promise keeps which sentence of the statement"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let named = &evidence.deployment.tls.authority;
    let Some(pair) = &evidence.observed.certificate else {
        return Judgement::unseen("the host has no certificate yet");
    };
    let Some(issued_by) = &pair.issued_by else {
        return Judgement::unseen("the host signed its certificate itself until an authority does");
    };
    if issued_by == named.directory() {
        return Judgement::kept(format!("{} is named and issued the certificate", name(named)));
    }
    let shown: String = issued_by.chars().filter(|c| c.is_ascii_graphic()).take(80).collect();
    Judgement::broken(
        format!("the statement names {}, and {shown} issued the certificate", name(named)),
        "Run `vc4all-deploy up`, which gets a certificate from the authority of the inventory",
    )
}

fn name(authority: &Authority) -> &str {
    match authority {
        Authority::LetsEncrypt => "Let's Encrypt",
        Authority::LetsEncryptStaging => "Let's Encrypt's rehearsal",
        Authority::Other(other) => other.directory.authority(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::{World, broken, kept, unseen};
    use super::*;

    #[test]
    fn the_named_authority_keeps_it_and_another_breaks_it() {
        let mut world = World::new();
        kept(&world.judged(&PROMISE), "10.87.0.1:14000 is named");
        world.issued_by(Some("https://ca.example/\u{1b}dir"));
        broken(&world.judged(&PROMISE), "https://ca.example/dir issued");
        world.issued_by(None);
        unseen(&world.judged(&PROMISE), "signed its certificate itself");
        world.observed.certificate = None;
        unseen(&world.judged(&PROMISE), "no certificate");
    }
}

//! Whether the papers are true.

mod issuer;
mod notice;
mod pages;
mod served;

use super::Promise;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[served::PROMISE, issuer::PROMISE, notice::PROMISE];

#[cfg(test)]
mod tests {
    //! An instance that serves exactly what its inventory makes; each test changes one page of it.

    use crate::components::{self, Scene};
    use crate::inventory::{self, Places};
    use crate::model::deployment::Deployment;
    use crate::model::digest::Digest;
    use crate::model::finding::Verdict;
    use crate::model::observed::{Observed, SeenCertificate};
    use crate::model::plan::Plan;
    use crate::model::resource::Claim;
    use crate::model::resource::Resource;
    use crate::model::traits::{Architecture, Release, Traits};
    use crate::outside::fetch::Page;
    use crate::outside::web::{Facts, Kind, Sight};
    use crate::outside::{ToldBy, Way};
    use crate::render::Renderer;
    use crate::verify::{Evidence, Judgement, Promise, Seen};
    use http::Method;
    use std::collections::{BTreeMap, BTreeSet};
    use std::net::IpAddr;
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    const INVENTORY: &[u8] = include_bytes!("../../../inventories/demo.yml");
    const PAGES: [(Kind, &str, &str); 6] = [
        (Kind::Statement, "/privacy", "nl/privacy.html"),
        (Kind::Statement, "/privacy/nl", "nl/privacy.html"),
        (Kind::Statement, "/privacy/en", "en/privacy.html"),
        (Kind::Landing, "/nl/", "nl/index.html"),
        (Kind::Landing, "/en/", "en/index.html"),
        (Kind::Published, "/.well-known/vc4all.json", ".well-known/vc4all.json"),
    ];

    pub(super) struct World {
        pub(super) deployment: Deployment,
        pub(super) observed: Observed,
        pub(super) web: Seen<Facts>,
        claims: Vec<Claim>,
    }

    impl World {
        pub(super) fn new() -> Self {
            let places = Places { folder: Path::new("/"), home: None };
            let deployment = inventory::parse(INVENTORY, "demo.yml", places).unwrap();
            let claims = claims(&deployment);
            let pages = PAGES.map(|(kind, path, place)| Sight {
                address: address(),
                kind,
                method: Method::GET,
                path: path.to_owned(),
                answer: Ok(page(&claims, place)),
            });
            let web = Ok(Facts { pages: pages.to_vec(), ..Facts::default() });
            let mut world = Self { deployment, observed: observed(), web, claims };
            let directory = world.deployment.tls.authority.directory().to_owned();
            world.issued_by(Some(&directory));
            world
        }

        /// The same inventory with what was changed in it, before an `up`.
        pub(super) fn claim_anew(&mut self) {
            self.claims = claims(&self.deployment);
        }

        pub(super) fn change(&mut self, path: &str, change: impl Fn(String) -> String) {
            let page = self.page(path);
            let before = page.text();
            page.body = change(before.clone()).into_bytes();
            assert_ne!(page.text(), before, "{path} did not change");
        }

        pub(super) fn status(&mut self, path: &str, status: u16) {
            self.page(path).status = status;
        }

        fn page(&mut self, path: &str) -> &mut Page {
            let sights = &mut self.web.as_mut().unwrap().pages;
            sights.iter_mut().find(|sight| sight.path == path).unwrap().answer.as_mut().unwrap()
        }

        pub(super) fn issued_by(&mut self, directory: Option<&str>) {
            self.observed.certificate = Some(SeenCertificate {
                names: vec![self.deployment.domain.clone()],
                not_before: 0,
                not_after: i64::MAX,
                serial: "01".to_owned(),
                issued_by: directory.map(str::to_owned),
            });
        }

        pub(super) fn judged(&self, promise: &Promise) -> Judgement {
            let away = || "nobody looked".to_owned();
            let domain = self.deployment.domain.clone();
            let way = Way {
                domain: domain.clone(),
                addresses: vec![address()],
                told_by: ToldBy::Resolver,
                roots: Arc::new(rustls::RootCertStore::empty()),
                patience: Duration::from_secs(5),
            };
            let plan = Plan { domain, host: String::new(), based_on: None, changes: Vec::new(), unchanged: 0 };
            (promise.judge)(&Evidence {
                deployment: &self.deployment,
                claims: &self.claims,
                observed: &self.observed,
                plan: &plan,
                now: 0,
                way: &way,
                tls: Err(away()),
                web: self.web.clone(),
                talk: Err(away()),
                relay: Err(away()),
                ports: Err(away()),
                names: Err(away()),
                inside: Err(away()),
            })
        }
    }

    pub(super) fn kept(judgement: &Judgement, words: &str) {
        is(judgement, Verdict::Kept, words);
    }

    pub(super) fn broken(judgement: &Judgement, words: &str) {
        is(judgement, Verdict::Broken, words);
        assert!(judgement.remedy.as_ref().is_some_and(|remedy| !remedy.is_empty()));
        assert!(judgement.seen.chars().count() < 260 && !judgement.seen.chars().any(char::is_control));
    }

    pub(super) fn unseen(judgement: &Judgement, words: &str) {
        is(judgement, Verdict::Unseen, words);
    }

    fn is(judgement: &Judgement, verdict: Verdict, words: &str) {
        assert_eq!(judgement.verdict, verdict, "{}", judgement.seen);
        assert!(judgement.seen.contains(words), "{}", judgement.seen);
    }

    fn address() -> IpAddr {
        IpAddr::from([10, 87, 0, 10])
    }

    fn traits() -> Traits {
        Traits {
            release: Release::Debian12,
            architecture: Architecture::X86_64,
            memory_mib: 4096,
            addresses: vec![address()],
            ssh_ports: vec![22],
        }
    }

    fn claims(deployment: &Deployment) -> Vec<Claim> {
        let (traits, renderer) = (traits(), Renderer::new().unwrap());
        let programs = BTreeMap::new().into_iter().collect();
        components::claims(&Scene { deployment, traits: &traits, renderer: &renderer, programs: &programs }).unwrap()
    }

    fn page(claims: &[Claim], place: &str) -> Page {
        let file = claims.iter().find_map(|claim| match &claim.resource {
            Resource::File(file) if file.path.as_str().ends_with(&format!("/www/{place}")) => Some(file),
            _ => None,
        });
        let kind = if place.ends_with("json") { "application/json" } else { "text/html; charset=utf-8" };
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Page { status: 200, headers, body: file.unwrap().content.text().as_bytes().to_vec() }
    }

    fn observed() -> Observed {
        Observed {
            digest: Digest::of(b""),
            traits: traits(),
            packages: BTreeMap::new(),
            paths: BTreeMap::new(),
            units: BTreeMap::new(),
            secrets: BTreeSet::new(),
            accounts: BTreeSet::new(),
            roster: BTreeSet::new(),
            certificate: None,
            listeners: Vec::new(),
            foreign_sites: Vec::new(),
            resolved: Vec::new(),
            broken_run: false,
            generation: 1,
            free_mib: 1000,
            clock: 0,
        }
    }
}

//! An instance that serves exactly what its inventory makes; each test changes one page of it.

pub(super) use crate::verify::stage::{broken, kept, unseen};

use crate::components::{self, Scene};
use crate::inventory::{self, Places};
use crate::model::deployment::Deployment;
use crate::model::observed::{Observed, SeenCertificate};
use crate::model::resource::{Claim, Resource};
use crate::model::traits::Traits;
use crate::outside::fetch::Page;
use crate::outside::web::{Facts, Kind, Sight};
use crate::render::Renderer;
use crate::verify::stage;
use crate::verify::{Evidence, Judgement, Promise, Seen};
use http::Method;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

const INVENTORY: &[u8] = include_bytes!("../../../inventories/demo.yml");
const PAGES: [(Kind, &str, &str); 5] = [
    (Kind::Statement, "/privacy", "nl/privacy.html"),
    (Kind::Statement, "/privacy/nl", "nl/privacy.html"),
    (Kind::Statement, "/privacy/en", "en/privacy.html"),
    (Kind::Landing, "/nl/", "nl/index.html"),
    (Kind::Landing, "/en/", "en/index.html"),
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
        let mut world = Self { deployment, observed: Observed::bare(traits()), web, claims };
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
            names: vec![self.deployment.domain.clone().into()],
            not_before: 0,
            not_after: i64::MAX,
            serial: "01".to_owned(),
            issued_by: directory.map(str::to_owned),
        });
    }

    pub(super) fn judged(&self, promise: &Promise) -> Judgement {
        let domain = &self.deployment.domain;
        let (way, plan) = (stage::way(domain, &[address()]), stage::nothing_to_do(domain));
        let unlooked = Evidence::unlooked(&self.deployment, &self.observed, &plan, &way);
        (promise.judge)(&Evidence { claims: &self.claims, web: self.web.clone(), ..unlooked })
    }
}

fn address() -> IpAddr {
    IpAddr::from([10, 87, 0, 10])
}

fn traits() -> Traits {
    stage::traits(&[address()])
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
    let headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
    Page { status: 200, headers, body: file.unwrap().content.text().as_bytes().to_vec() }
}

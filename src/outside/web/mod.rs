//! Pages and files as a browser gets them, from each address of the instance.

mod clear;
mod list;
pub mod markup;
mod strangers;

pub use clear::{CHALLENGE, InClear};
pub use list::Kind;
pub use strangers::{Stranger, Welcome};

use super::fetch::{Ask, Page, fetch_all};
use super::way::Way;
use crate::model::deployment::Deployment;
use anyhow::{Result, anyhow, bail};
use http::Method;
use list::Wanted;
use std::net::IpAddr;

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Every answer over HTTPS: address by address, and for each the paths in the same order.
    pub pages: Vec<Sight>,
    /// Addresses without one answer over HTTPS, and why.
    pub silent: Vec<(IpAddr, String)>,
    /// Every answer over HTTP.
    pub in_clear: Vec<InClear>,
    /// What visitors get who ask for another name than the instance's.
    pub strangers: Vec<Stranger>,
}

/// One path at one address.
#[derive(Debug, Clone)]
pub struct Sight {
    /// The address that was asked.
    pub address: IpAddr,
    /// What should be there.
    pub kind: Kind,
    /// `GET`, mostly.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// What came, or why nothing did.
    pub answer: Result<Page, String>,
}

impl Facts {
    /// All answers that came, with what was asked.
    pub fn answers(&self) -> impl Iterator<Item = (&Sight, &Page)> {
        self.pages.iter().filter_map(|sight| sight.answer.as_ref().ok().map(|page| (sight, page)))
    }

    /// The answers to `GET` for one path, one for each address that gave one.
    pub fn at<'a>(&'a self, path: &'a str) -> impl Iterator<Item = (IpAddr, &'a Page)> {
        let asked = move |sight: &Sight| sight.path == path && sight.method == Method::GET;
        self.answers().filter(move |(sight, _)| asked(sight)).map(|(sight, page)| (sight.address, page))
    }

    /// The answers to what is of one of these kinds.
    pub fn of<'a>(&'a self, kinds: &'a [Kind]) -> impl Iterator<Item = (&'a Sight, &'a Page)> {
        self.answers().filter(|(sight, _)| kinds.contains(&sight.kind))
    }
}

/// Looks at the pages from each address; nothing on the host changes by it.
///
/// # Errors
/// When no address gave one answer over HTTPS.
pub fn look(way: &Way, deployment: &Deployment) -> Result<Facts> {
    let wanted = Wanted::of(deployment)?;
    let mut facts = Facts::default();
    std::thread::scope(|scope| {
        let visits: Vec<_> =
            way.addresses.iter().map(|address| (*address, scope.spawn(|| visit(way, *address, &wanted)))).collect();
        let others: Vec<_> = way
            .addresses
            .iter()
            .map(|address| {
                (scope.spawn(|| clear::look(way, *address, &wanted)), scope.spawn(|| strangers::look(way, *address)))
            })
            .collect();
        for (address, visit) in visits {
            match visit.join().unwrap_or_else(|_| Err(anyhow!("the look broke off"))) {
                Ok(pages) => facts.pages.extend(pages),
                Err(why) => facts.silent.push((address, format!("{why:#}"))),
            }
        }
        for (in_clear, strangers) in others {
            facts.in_clear.extend(in_clear.join().unwrap_or_default());
            facts.strangers.extend(strangers.join().unwrap_or_default());
        }
    });
    match facts.silent.first() {
        Some((_, why)) if facts.pages.is_empty() => bail!("no address answers over HTTPS: {why}"),
        _ => Ok(facts),
    }
}

/// All pages of one address: first those with a known path, then the files that they name.
fn visit(way: &Way, address: IpAddr, wanted: &Wanted) -> Result<Vec<Sight>> {
    let mut sights = asked(way, address, wanted.pages.clone());
    if sights.iter().all(|sight| sight.answer.is_err()) {
        let why = sights.into_iter().find_map(|sight| sight.answer.err());
        bail!("{}", why.unwrap_or_default());
    }
    let files = list::files(&sights);
    sights.extend(asked(way, address, files));
    Ok(sights)
}

fn asked(way: &Way, address: IpAddr, wanted: Vec<list::Want>) -> Vec<Sight> {
    let asks: Vec<_> = wanted.iter().map(|want| Ask { method: want.method.clone(), ..Ask::get(&want.path) }).collect();
    let answers = fetch_all(way, address, &asks);
    let sight = |(want, answer): (&list::Want, Result<Page>)| Sight {
        address,
        kind: want.kind,
        method: want.method.clone(),
        path: want.path.clone(),
        answer: answer.map_err(|why| format!("{why:#}")),
    };
    wanted.iter().zip(answers).map(sight).collect()
}

//! What a generation keeps of its claims, what the host is asked to write down of them, and what they leave behind when
//! other claims take their place: over every inventory and every release.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeSet;
use vc4all_deploy::model::names::{HostPath, SecretName, UnitName};
use vc4all_deploy::model::observed::{Managed, Standing};
use vc4all_deploy::model::resource::{Claim, Resource, UnitState, Wake};
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::model::values::Domain;
use vc4all_deploy::plan;
use vc4all_deploy::record::{self, manifest};
use vc4all_deploy::render::Renderer;

/// The claims of every inventory on every release.
fn all() -> Vec<(String, Domain, Vec<Claim>)> {
    let renderer = Renderer::new().unwrap();
    let mut all = Vec::new();
    for (name, deployment) in support::deployments() {
        for release in Release::ALL {
            let claims = support::claims(&renderer, &deployment, release);
            all.push((format!("{name} on {release}"), deployment.domain.clone(), claims));
        }
    }
    all
}

fn is_kept(claim: &&Claim) -> bool {
    !matches!(claim.resource, Resource::Certificate(_) | Resource::Roster(_) | Resource::Given(_))
}

/// What a host would say of a manifest in which everything is as it was left.
fn standing(claims: &[Claim], found: &[&str]) -> Standing {
    let mut standing = Standing::default();
    for line in manifest::wanted(claims).lines() {
        let [kind, name, _] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line:?}") };
        match kind {
            "file" | "link" => drop(standing.managed.insert(HostPath::new(name).unwrap(), Managed::AsLeft)),
            "unit" => drop(standing.units.insert(UnitName::new(name).unwrap())),
            "secret" => drop(standing.secrets.insert(SecretName::new(name).unwrap())),
            "given" => drop(standing.given.insert(SecretName::new(name).unwrap())),
            "account" => drop(standing.accounts.insert(name.to_owned())),
            "directory" | "package" => {}
            other => panic!("{other}"),
        }
    }
    standing.found = found.iter().map(|path| HostPath::new(*path).unwrap()).collect();
    standing
}

#[test]
fn what_a_generation_keeps_comes_back_as_it_was() {
    for (name, domain, claims) in all() {
        let record = record::unpack(&record::pack(&domain, &claims).unwrap()).unwrap();
        let kept: Vec<Claim> = claims.iter().filter(is_kept).cloned().collect();
        assert!(record.claims == kept && record.domain == domain && kept.len() > 100, "{name}");
        plan::check(&record.claims).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    }
}

#[test]
fn a_record_that_was_tampered_with_is_refused() {
    let (_, domain, claims) = all().remove(0);
    let packed = record::pack(&domain, &claims).unwrap();
    for length in [0, 1, 10, packed.len() / 2, packed.len() - 1] {
        assert!(record::unpack(&packed[..length]).is_err(), "{length} bytes");
    }
    for at in (20..packed.len()).step_by(packed.len() / 50) {
        let mut harmed = packed.clone();
        harmed[at] ^= 0x55;
        // The check sum at the end of the archive finds every change of its text (RFC 1952 §2.3.1).
        assert!(record::unpack(&harmed).is_err(), "byte {at}");
    }
}

#[test]
fn every_line_of_the_wish_names_one_thing_once() {
    for (name, _, claims) in all() {
        let text = manifest::wanted(&claims);
        let things: BTreeSet<&str> = text.lines().map(|line| line.rsplit_once(' ').unwrap().0).collect();
        assert_eq!(things.len(), text.lines().count(), "{name}");
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() || b" \n".contains(&byte));
        assert!(plain(&text) && text.lines().all(|line| line.split(' ').count() == 3), "{name}:\n{text}");
        for claim in claims.iter().filter(is_kept) {
            let absent = match &claim.resource {
                Resource::Absent(_) => true,
                Resource::Unit(unit) => unit.state == UnitState::Stopped,
                _ => false,
            };
            let lines = manifest::wanted(std::slice::from_ref(claim)).lines().count();
            assert_eq!(lines == 0, absent, "{name}: {:?}", claim.resource);
        }
        // Every host renews its certificate by a program of ours.
        assert_eq!(manifest::programs(&claims).lines().count(), 1, "{name}");
    }
}

#[test]
fn nothing_is_left_over_where_the_same_is_wanted() {
    for (name, _, claims) in all() {
        let standing = standing(&claims, &[]);
        assert!(!plan::leaves_any(&claims, &standing), "{name}");
        assert_eq!(plan::orphans(&claims, &claims, &standing).unwrap(), [], "{name}");
    }
}

#[test]
fn what_is_left_over_goes_and_nothing_that_is_wanted() {
    let all = all();
    for (before, _, recorded) in &all {
        let standing = standing(recorded, &[]);
        for (after, _, wanted) in &all {
            let orphans = plan::orphans(wanted, recorded, &standing).unwrap();
            assert_eq!(!orphans.is_empty(), plan::leaves_any(wanted, &standing), "{before} → {after}");
            let together: Vec<Claim> = wanted.iter().chain(&orphans).cloned().collect();
            plan::check(&together).unwrap_or_else(|error| panic!("{before} → {after}: {error:#}"));
            let kinds = |claim: &Claim| match &claim.resource {
                Resource::Absent(absent) => absent.from.is_none(),
                Resource::Unit(unit) => unit.state == UnitState::Stopped,
                Resource::Dropped(_) => true,
                _ => false,
            };
            assert!(orphans.iter().all(kinds), "{before} → {after}: {orphans:#?}");
        }
    }
}

#[test]
fn a_portal_in_the_place_of_accounts_ends_the_door() {
    let all = all();
    let of = |name: &str| &all.iter().find(|(named, ..)| named.starts_with(name)).unwrap().2;
    let (recorded, wanted) = (of("vereniging on"), of("portaal on"));
    let standing = standing(recorded, &["/etc/vc4all/door.json"]);
    let orphans = plan::orphans(wanted, recorded, &standing).unwrap();
    let has = |wish: &dyn Fn(&Resource) -> bool| orphans.iter().any(|claim| wish(&claim.resource));
    let path = |path: &HostPath, wanted: &str| path.as_str() == wanted;
    assert!(has(&|one| matches!(one, Resource::Original(one) if path(&one.path, "/etc/vc4all/door.json"))));
    assert!(has(&|one| matches!(one, Resource::Absent(one) if path(&one.path, "/etc/vc4all/secrets/token"))));
    assert!(has(
        &|one| matches!(one, Resource::Absent(one) if path(&one.path, "/etc/systemd/system/vc4all-door.socket"))
    ));
    // The claims of the portal stop the door's units themselves, so nothing wakes them.
    let wakes_door = |wakes: &[Wake]| {
        wakes.iter().any(|wake| matches!(wake, Wake::Restart(name) if name.as_str() == "vc4all-door.service"))
    };
    assert!(!has(&|one| matches!(one, Resource::Absent(one) if wakes_door(&one.wakes))));
}

#[test]
fn what_the_manifest_does_not_name_is_left_alone_whatever_the_record_says() {
    let all = all();
    let (recorded, wanted) = (&all[0].2, &all[6].2);
    assert!(plan::leaves_any(wanted, &standing(recorded, &[])));
    assert_eq!(plan::orphans(wanted, recorded, &Standing::default()).unwrap(), []);
}

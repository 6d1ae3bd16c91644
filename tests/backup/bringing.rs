//! The plan that a backup leads to: what it brings is not made, not ordered and not asked for.

use crate::stage;
use crate::support;
use vc4all_deploy::backup::{self, Contents};
use vc4all_deploy::model::backup::Brought;
use vc4all_deploy::model::deployment::{MeetingHost, MeetingHosts};
use vc4all_deploy::model::names::LoginName;
use vc4all_deploy::model::observed::Observed;
use vc4all_deploy::model::plan::{Action, Change, Plan, Why};
use vc4all_deploy::model::resource::{Claim, Resource, Roster};
use vc4all_deploy::model::tls::Authority;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::model::values::Line;
use vc4all_deploy::view::{self, Colour};

const DAY: i64 = 24 * 60 * 60;

/// A fresh host whose clock stands so many days before the certificate's end.
fn host(contents: &Contents, days: i64) -> Observed {
    let bare = Observed::bare(support::fresh(&stage::deployment(), Release::Debian13));
    Observed { clock: contents.certificate().unwrap().not_after - days * DAY, ..bare }
}

fn plan(claims: &[Claim], seen: &Observed, contents: &Contents) -> Plan {
    backup::plan(&stage::deployment(), contents, claims, seen)
}

fn brought(plan: &Plan) -> Vec<&Brought> {
    plan.changes.iter().filter_map(of_backup).collect()
}

fn of_backup(change: &Change) -> Option<&Brought> {
    if let Action::BringBack(brought) = &change.action { Some(brought) } else { None }
}

fn issue(plan: &Plan) -> Option<&Why> {
    plan.changes.iter().find(|change| matches!(change.action, Action::Issue(_))).map(|change| &change.why)
}

#[test]
fn what_the_backup_holds_is_neither_made_nor_ordered() {
    let (contents, claims) = (stage::contents(), stage::claims());
    let plan = plan(&claims, &host(&contents, 80), &contents);
    let made =
        |action: &Action| matches!(action, Action::CreateSecret(_) | Action::MakeSelfSigned(_) | Action::Issue(_));
    assert!(!plan.changes.iter().any(|change| made(&change.action)));
    assert_eq!(brought(&plan).len(), 4 + 2 + 1 + 1 + 1);
    let places: Vec<usize> = plan
        .changes
        .iter()
        .enumerate()
        .filter(|(_, change)| matches!(change.action, Action::BringBack(Brought::Accounts(_)) | Action::SetUnit { .. }))
        .map(|(place, _)| place)
        .collect();
    assert!(
        matches!(plan.changes[*places.last().unwrap()].action, Action::BringBack(_)),
        "accounts come after the units"
    );
    for brought in brought(&plan) {
        assert!(!backup::bytes(&contents, brought).unwrap().reveal().is_empty());
    }
    let text = view::plan::text(&plan, Colour::Never);
    for words in ["from the backup, 80 days left", "+jo.voorbeeld +noor", "9 things of the backup"] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
    assert!(!text.contains(stage::HUSH) && !format!("{plan:?}").contains(stage::HUSH));
}

#[test]
fn a_certificate_is_brought_while_it_is_valid_and_ordered_when_it_is_due() {
    let (contents, claims) = (stage::contents(), stage::claims());
    let certificate = |plan: &Plan| brought(plan).iter().any(|brought| matches!(brought, Brought::Certificate(_)));
    let due = plan(&claims, &host(&contents, 20), &contents);
    assert!(certificate(&due) && matches!(issue(&due), Some(Why::RunsOut { days: 20 })));
    let over = plan(&claims, &host(&contents, -1), &contents);
    assert!(!certificate(&over) && matches!(issue(&over), Some(Why::Missing)));
    let mut elsewhere = claims.clone();
    for claim in &mut elsewhere {
        if let Resource::Certificate(wanted) = &mut claim.resource {
            wanted.authority = Authority::LetsEncryptStaging;
        }
    }
    let other = plan(&elsewhere, &host(&contents, 80), &contents);
    assert!(!certificate(&other) && issue(&other).is_some());
}

#[test]
fn the_list_of_the_inventory_decides_who_comes_back() {
    let (contents, mut claims) = (stage::contents(), stage::claims());
    let person = |account: &str| MeetingHost {
        account: LoginName::new(account).unwrap(),
        name: Line::parse("Jo Voorbeeld").unwrap(),
    };
    let component = claims[0].component.clone();
    let roster = Roster { hosts: vec![person("jo.voorbeeld"), person("sam")] };
    claims.push(Claim { component, resource: Resource::Roster(roster) });
    let plan = plan(&claims, &host(&contents, 80), &contents);
    let accounts: Vec<_> = brought(&plan)
        .into_iter()
        .filter_map(|brought| if let Brought::Accounts(accounts) = brought { Some(accounts.clone()) } else { None })
        .collect();
    assert_eq!(accounts, [vec![LoginName::new("jo.voorbeeld").unwrap()]]);
    let set = plan.changes.iter().find_map(|change| match &change.action {
        Action::SetRoster { add, remove } => Some((add, remove)),
        _ => None,
    });
    let (add, remove) = set.expect("a list is set");
    assert!(add.len() == 1 && add[0].account.as_str() == "sam" && remove.is_empty());
    let left_out: Vec<&str> = backup::left_out(&contents, &claims).iter().map(|account| account.as_str()).collect();
    assert_eq!(left_out, ["noor"]);
}

#[test]
fn where_people_log_in_elsewhere_no_account_comes_back() {
    let contents = stage::contents();
    let all = support::deployments();
    let (_, elsewhere) =
        all.into_iter().find(|(_, it)| matches!(it.access.meeting_hosts, MeetingHosts::Oidc(_))).unwrap();
    let renderer = vc4all_deploy::render::Renderer::new().unwrap();
    let claims = support::claims(&renderer, &elsewhere, Release::Debian13);
    let plan = backup::plan(&elsewhere, &contents, &claims, &host(&contents, 80));
    assert!(!brought(&plan).iter().any(|brought| matches!(brought, Brought::Accounts(_))));
    assert_eq!(backup::left_out(&contents, &claims).len(), 2);
}

#[test]
fn secrets_that_an_earlier_attempt_left_are_replaced_with_all_that_hangs_on_them() {
    let (contents, claims) = (stage::contents(), stage::claims());
    let mut seen = host(&contents, 80);
    for claim in &claims {
        match &claim.resource {
            Resource::Secret(name) => drop(seen.secrets.insert(name.clone())),
            Resource::Account(account) => drop(seen.accounts.insert(format!("{}@{}", account.user, account.domain))),
            _ => {}
        }
    }
    let plan = plan(&claims, &seen, &contents);
    let count = |wanted: fn(&Action) -> bool| plan.changes.iter().filter(|change| wanted(&change.action)).count();
    assert_eq!(count(|action| matches!(action, Action::BringBack(Brought::Secret(_)))), 4);
    assert_eq!(count(|action| matches!(action, Action::SetAccount(_))), 2);
}

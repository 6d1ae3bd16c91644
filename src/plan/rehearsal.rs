//! Decides whether the host has to play a renewal through.

use super::sight::Sight;
use crate::model::alert_order::{MAIL_SECRET, WEBHOOK_SECRET};
use crate::model::observed::Observed;
use crate::model::plan::{Action, Change, Plan, Why};
use crate::model::program;
use crate::model::renewal::units;
use crate::model::resource::{Claim, Content, File, Resource};
use crate::model::standing::{self, StandingOrder};
use crate::model::tls::Hook;

const DAY: i64 = 24 * 60 * 60;
/// A way that nobody has gone for longer may be blocked by now.
const LONG: i64 = 60 * DAY;
/// What the host renews with, beside the order: another program, another sandbox or another hook may fail where these went.
const MEANS: [&str; 2] = [program::PATH, Hook::PLACE];
/// What the host tells of failures with, and nothing else: a rehearsal begins with a message by each way.
const MESSENGERS: [&str; 2] = [WEBHOOK_SECRET, MAIL_SECRET];

/// The rehearsal that is due once these changes are made; nothing where the host was told no order.
pub(super) fn due(sight: &Sight<'_>, claims: &[Claim], changes: &[Change]) -> Option<Change> {
    let (claim, order) = claims.iter().find_map(|claim| Some((claim, order(&claim.resource)?)))?;
    let why = why(&order, sight.seen, changes)?;
    let action = Action::Rehearse { directory: order.rehearsal };
    Some(Change { component: claim.component.clone(), why, action })
}

/// Whether the host, as it stands, renews its certificate by itself in the way that these claims say.
pub fn renews_itself(claims: &[Claim], plan: &Plan) -> bool {
    let waits = |change: &Change| change.action.path().is_some_and(|path| path.as_str() == standing::PATH);
    let ordered = claims.iter().any(|claim| order(&claim.resource).is_some());
    ordered && !plan.changes.iter().any(waits) && !paths(&plan.changes).any(|path| is_means(&path))
}

fn order(resource: &Resource) -> Option<StandingOrder> {
    match resource {
        Resource::File(File { path, content: Content::Plain(text), .. }) if path.as_str() == standing::PATH => {
            StandingOrder::read(text).ok()
        }
        _ => None,
    }
}

fn why(order: &StandingOrder, seen: &Observed, changes: &[Change]) -> Option<Why> {
    let first = |change: &Change| matches!(change, Change { action: Action::Issue(_), why: Why::Missing, .. });
    let Some(last) = seen.renewal.as_ref().and_then(|ledger| ledger.rehearsed.as_ref()) else {
        return Some(Why::Missing);
    };
    if changes.iter().any(first) {
        return Some(Why::Missing);
    }
    if last.order != order.tried() {
        return Some(Why::OtherOrder);
    }
    if last.why.is_some() {
        return Some(Why::Failed);
    }
    let tried: Vec<String> = paths(changes).filter(|path| is_means(path) || is_messenger(path)).collect();
    if !tried.is_empty() {
        return Some(Why::WokenBy(tried));
    }
    let age = seen.clock.saturating_sub(last.at);
    (age > LONG).then_some(Why::LongAgo { days: age / DAY })
}

/// Whether the host renews with what stands there.
fn is_means(path: &str) -> bool {
    let is_unit = path.strip_prefix("/etc/systemd/system/").is_some_and(|name| units::JOBS.contains(&name));
    is_unit || MEANS.contains(&path) || secret(path) == Some(Hook::SECRETS)
}

fn is_messenger(path: &str) -> bool {
    secret(path).is_some_and(|name| MESSENGERS.contains(&name))
}

/// The name of the secret that stands there.
fn secret(path: &str) -> Option<&str> {
    path.strip_prefix("/etc/vc4all/secrets/")
}

/// Where these changes change something.
fn paths(changes: &[Change]) -> impl Iterator<Item = String> {
    changes.iter().filter_map(|change| match &change.action {
        Action::HandOver(given) => Some(given.name.path().to_string()),
        other => other.path().map(ToString::to_string),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ledger::{Ledger, Rehearsal};
    use crate::model::names::{ComponentName, HostPath, SecretName};
    use crate::model::resource::{Absent, Given};
    use crate::model::secret::Secret;
    use crate::model::traits::{Architecture, Release, Traits};

    const NOW: i64 = 1_800_000_000;

    fn last() -> Rehearsal {
        let order = StandingOrder::example();
        Rehearsal { at: NOW - 59 * DAY, order: order.tried(), directory: order.rehearsal, why: None }
    }

    fn seen(rehearsed: Option<Rehearsal>) -> Observed {
        let traits = Traits {
            release: Release::Debian12,
            architecture: Architecture::X86_64,
            memory_mib: 4096,
            addresses: Vec::new(),
            ssh_ports: vec![22],
        };
        let ledger = Ledger { rehearsed, ..Ledger::default() };
        Observed { clock: NOW, renewal: Some(ledger), ..Observed::bare(traits) }
    }

    fn removal(path: &str) -> Change {
        let absent = Absent { path: HostPath::new(path).unwrap(), wakes: Vec::new(), from: None };
        let component = ComponentName::new("test").unwrap();
        Change { component, why: Why::Unwanted, action: Action::Remove(absent) }
    }

    #[test]
    fn a_good_one_of_this_order_counts_for_two_months() {
        let why = |rehearsed| why(&StandingOrder::example(), &seen(rehearsed), &[]);
        assert_eq!(why(Some(last())), None);
        assert_eq!(why(Some(Rehearsal { at: NOW - 61 * DAY, ..last() })), Some(Why::LongAgo { days: 61 }));
        assert_eq!(why(None), Some(Why::Missing));
        assert_eq!(why(Some(Rehearsal { why: Some("no".to_owned()), ..last() })), Some(Why::Failed));
        let other = StandingOrder { profile: Some("shortlived".to_owned()), ..StandingOrder::example() };
        assert_eq!(why(Some(Rehearsal { order: other.tried(), ..last() })), Some(Why::OtherOrder));
        assert!(why(Some(Rehearsal { at: i64::MIN, ..last() })).is_some());
    }

    #[test]
    fn another_program_sandbox_or_hook_has_to_show_that_it_can() {
        let why = |path| why(&StandingOrder::example(), &seen(Some(last())), &[removal(path)]);
        assert_eq!(why("/etc/nginx/nginx.conf"), None);
        let unit = "/etc/systemd/system/vc4all-rehearse.service";
        for path in [MEANS[0], MEANS[1], "/etc/vc4all/secrets/dnshook", unit] {
            assert_eq!(why(path), Some(Why::WokenBy(vec![path.to_owned()])));
        }
    }

    #[test]
    fn another_address_or_password_for_messages_is_tried_and_keeps_no_host_from_renewing_meanwhile() {
        for secret in [WEBHOOK_SECRET, MAIL_SECRET] {
            let name = SecretName::new(secret).unwrap();
            let path = name.path().to_string();
            let given = Given { name, value: Secret::new("new".to_owned()), wakes: Vec::new() };
            let component = ComponentName::new("renewal").unwrap();
            let change = Change { component, why: Why::Missing, action: Action::HandOver(given) };
            let changes = [change];
            assert_eq!(why(&StandingOrder::example(), &seen(Some(last())), &changes), Some(Why::WokenBy(vec![path])));
            assert!(!paths(&changes).any(|path| is_means(&path)));
        }
    }
}

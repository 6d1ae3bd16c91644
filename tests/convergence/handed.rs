//! The secrets of a hook for the DNS: handed over, changed, given up, and shown nowhere.

use crate::real;
use crate::support;
use std::path::PathBuf;
use vc4all_deploy::model::given::GivenFile;
use vc4all_deploy::model::plan::{Action, Plan};
use vc4all_deploy::model::resource::{Claim, Resource};
use vc4all_deploy::model::secret::Secret;
use vc4all_deploy::model::tls::Hook;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::observe::Questions;
use vc4all_deploy::render::Renderer;
use vc4all_deploy::view::{self, Colour};
use vc4all_deploy::{plan, record};

const TOKEN: &str = "aVeryOwnToken7c1f";

fn hook(token: &str) -> Hook {
    let secrets = format!("# a remark of the operator's\nTOKEN={token}\n");
    Hook {
        path: PathBuf::from("/home/beheer/dns-hook"),
        text: "#!/bin/sh\nexit 0\n".to_owned(),
        secrets: Some(GivenFile {
            value: Secret::new(secrets),
            ..GivenFile::at(PathBuf::from("/home/beheer/secrets"))
        }),
    }
}

fn handed_over(plan: &Plan) -> usize {
    plan.changes.iter().filter(|change| matches!(change.action, Action::HandOver(_))).count()
}

/// Everything that is shown, sent as a question or written down of it.
fn told(plan: &Plan, claims: &[Claim]) -> String {
    let shown = [view::plan::text(plan, Colour::Never), view::json::text(plan, &[]).unwrap()].concat();
    let kept = record::unpack(&record::pack(&plan.domain, claims).unwrap()).unwrap();
    let wanted = record::manifest::wanted(claims);
    format!("{shown}{plan:?}{claims:?}{kept:?}{wanted}{}", Questions::about(&plan.domain, claims).text())
}

#[test]
fn secrets_of_a_hook_reach_the_host_and_nobody_else() {
    let renderer = Renderer::new().unwrap();
    let (_, mut deployment) = support::deployments().into_iter().next().unwrap();
    for release in Release::ALL {
        deployment.tls.hook = Some(hook(TOKEN));
        let claims = support::claims(&renderer, &deployment, release);
        plan::check(&claims).unwrap();
        let mut host = real::host(&claims, support::fresh(&deployment, release));
        let first = plan::diff(&deployment, &claims, &host.observe());
        assert_eq!(handed_over(&first), 1);
        host.apply(&real::archive(&claims), &first, None).unwrap();
        let held: Vec<&String> = host.given.values().collect();
        assert_eq!(held, [&format!("TOKEN={TOKEN}\n")], "remarks stay with the operator");
        assert!(plan::diff(&deployment, &claims, &host.observe()).is_empty(), "{release}");
        assert!(!told(&first, &claims).contains(TOKEN), "{release}");

        deployment.tls.hook = Some(hook("another"));
        let claims = support::claims(&renderer, &deployment, release);
        let second = plan::diff(&deployment, &claims, &host.observe());
        assert_eq!(handed_over(&second), 1);
        let rest = |action: &Action| matches!(action, Action::HandOver(_) | Action::Rehearse { .. });
        assert!(second.changes.iter().all(|change| rest(&change.action)), "{release}: {:#?}", second.changes);
        assert!(second.changes.iter().any(|change| matches!(change.action, Action::Rehearse { .. })), "{release}");
        let all = host.secrets.keys().cloned().collect();
        let rotated = plan::rotation(&deployment, &claims, &host.observe(), &all);
        assert!(!rotated.changes.iter().any(
            |change| matches!(&change.action, Action::RenewSecret(renewal) if renewal.name.as_str() == Hook::SECRETS)
        ));
        let program =
            |claim: &&Claim| matches!(&claim.resource, Resource::File(file) if file.path.as_str() == Hook::PLACE);
        let Some(Resource::File(program)) = claims.iter().find(program).map(|claim| &claim.resource) else {
            panic!("no hook")
        };
        assert_eq!((program.access.mode, program.access.owner.as_str()), (0o700, "root"));
    }
}

//! The egress list and the papers name the same parties: whoever is asked stands in the list of processors and other parties.

use super::{deployment, paper};
use vc4all_deploy::model::deployment::Language;
use vc4all_deploy::model::egress::{Asked, Learns};
use vc4all_deploy::papers::{Paper, egress};
use vc4all_deploy::policy::certificate::CERTIFICATE;

/// Inventories that differ in whom they ask.
const INVENTORIES: [&str; 6] = ["voorbeeldstad", "vereniging", "euregio", "portaal", "keycloak", "demo"];

/// Whether this paper names the party, by its server or by its name.
fn is_named(asked: &Asked, text: &str) -> bool {
    let other_words = match asked.operator.as_str() {
        "Internet Security Research Group (Let's Encrypt)" => "Let’s Encrypt",
        _ if asked.port == 53 => "name server",
        // The papers name another authority by the host of its directory.
        operator => operator.strip_prefix("whoever runs ").unwrap_or(operator),
    };
    text.contains(&asked.host) || text.contains(other_words)
}

#[test]
fn whoever_is_asked_stands_in_the_list_of_parties() {
    for name in INVENTORIES {
        let deployment = deployment(name);
        let text = paper(Paper::Processors, Language::En, &deployment).markdown.replace('\\', "");
        for asked in egress::list(&deployment, deployment.host.release).asked {
            assert!(is_named(&asked, &text), "{name}: {} ({}) stands in no row of\n{text}", asked.host, asked.operator);
        }
    }
}

#[test]
fn whoever_learns_an_address_of_participants_stands_in_the_statement_and_the_record() {
    for name in INVENTORIES {
        let deployment = deployment(name);
        for which in [Paper::Statement, Paper::Record] {
            let text = paper(which, Language::En, &deployment).markdown.replace('\\', "");
            for asked in egress::list(&deployment, deployment.host.release).asked {
                if asked.learns == Learns::Nobody {
                    continue;
                }
                assert!(is_named(&asked, &text), "{name}: {} ({}) is silent in {which:?}", asked.host, asked.operator);
            }
            let browsers = text.contains("sees your IP address") || text.contains("shows its IP address");
            let authority = egress::list(&deployment, deployment.host.release).asked;
            let told = authority.iter().any(|asked| asked.host.ends_with(".lencr.org") || asked.host == CERTIFICATE);
            assert!(browsers || !told, "{name}: {which:?} does not say that a browser may ask the authority");
        }
    }
}

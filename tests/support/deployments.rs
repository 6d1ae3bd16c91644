//! The deployments that tests render: every inventory of the repository, and one host behind NAT.

use std::path::Path;
use vc4all_deploy::inventory::{self, Places};
use vc4all_deploy::model::deployment::{Deployment, Guests, NatMapping, PeerToPeer};
use vc4all_deploy::model::subject::SubjectName;
use vc4all_deploy::model::values::Address;

/// Every deployment with its name, in the order of the names.
pub(crate) fn all() -> Vec<(String, Deployment)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories");
    let mut all: Vec<(String, Deployment)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            // Without the files that it names: the lab makes its root when it starts.
            let places = Places { folder: path.parent().unwrap(), home: None };
            let parsed = inventory::parse(&std::fs::read(&path).unwrap(), &name, places);
            let deployment = parsed.unwrap_or_else(|problems| panic!("{problems}"));
            (name, deployment)
        })
        .collect();
    assert!(all.len() > 2, "the inventories are missing");
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    let behind_nat = ("behind-nat".to_owned(), behind_nat(all[0].1.clone()));
    all.insert(0, behind_nat);
    all
}

/// A host with an address that the world does not see, and the other choices than the usual ones.
fn behind_nat(mut deployment: Deployment) -> Deployment {
    let [local, public] = ["10.0.0.5", "203.0.113.7"].map(|text| text.parse().unwrap());
    deployment.host.address = Address::Ip(public);
    deployment.access.guests = Guests::Password;
    deployment.media.peer_to_peer = PeerToPeer::On;
    deployment.media.nat = vec![NatMapping { local, public }];
    let names = ["vergadering.example.nl", "*.overleg.example.nl", "203.0.113.7", "2001:db8::7"];
    deployment.tls.names = names.map(|name| SubjectName::parse(name).unwrap()).to_vec();
    deployment
}

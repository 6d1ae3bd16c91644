//! The limits of the web server: a town hall behind one address gets in, a flood from it does not get through.

use super::stage::*;
use super::tree::{serve, tree};
use serde_json::Value;
use vc4all_deploy::model::traits::Release;

/// Requests of an address in one second, and those that may come at once (templates/nginx/site.conf.tera).
const BOSH: (f64, f64) = (500.0, 3000.0);
const DOOR: (f64, f64) = (20.0, 200.0);

/// Checks that a flood was served as far as the limit allows, and that the rest heard to come back later.
fn bounded(flood: &Value, (rate, burst): (f64, f64)) {
    let (served, refused) = (flood["served"]["200"].as_f64().unwrap(), flood["served"]["429"].as_f64().unwrap_or(0.0));
    let allowed = burst + rate * flood["seconds"].as_f64().unwrap();
    assert_eq!(served + refused, 20_000.0, "{flood}");
    assert!(served <= allowed * 1.05 + 10.0, "{served} got through where {allowed} may: {flood}");
    assert!(refused > 0.0, "{flood}");
}

#[test]
fn a_town_hall_gets_in_and_a_flood_does_not_get_through() {
    if !have_as_root(&["nginx", "node", "openssl", "unshare", "ip"]) {
        return;
    }
    let deployment = deployment();
    let folder = tree(&deployment, Release::Debian12);
    let script = beside("limits.js");
    let output = serve(&folder, &["node", script.to_str().unwrap(), deployment.domain.as_str()]);
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    eprintln!("{seen}");
    let all = |what: &str, status: &str, number: u64| {
        assert_eq!(seen[what]["served"], serde_json::json!({ status: number }), "{what}: {seen}");
    };
    all("pages", "200", 500);
    all("websockets", "101", 500);
    all("hosts", "200", 100);
    all("bosh", "200", 1000);
    bounded(&seen["flood"], BOSH);
    bounded(&seen["doorFlood"], DOOR);
    assert_eq!(seen["afterwards"], 200, "the pages went down with the flood");
}

//! Meeting hosts who log in elsewhere: what the client, the web server and the page of their return do for them.

use super::client::{configuration, execute};
use super::site::{able, answers, get, header};
use super::stage::*;
use super::tree::tree;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use vc4all_deploy::inventory;
use vc4all_deploy::model::deployment::{Access, Deployment, Language, MeetingHosts};
use vc4all_deploy::model::identity::{HttpsAddress, Portal};
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::papers::handover::Handover;

const PROVIDER: &str = "https://inloggen.voorbeeldstad.nl/realms/medewerkers/protocol/openid-connect";
const BACK: &str = "https://vergaderen.voorbeeldstad.nl/vc4all/signed-in";

/// The municipality with the meeting hosts of one of the repository's inventories.
fn with(name: &str) -> Deployment {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories").join(name);
    let meeting_hosts = inventory::load(&path).unwrap().access.meeting_hosts;
    Deployment { access: Access { meeting_hosts, ..deployment().access }, ..deployment() }
}

fn portal(change: impl FnOnce(&mut Portal)) -> Deployment {
    let mut deployment = with("portaal.yml");
    let MeetingHosts::Jwt(portal) = &mut deployment.access.meeting_hosts else { panic!("a portal") };
    change(portal);
    deployment
}

#[test]
fn the_client_sends_meeting_hosts_where_they_log_in() {
    if !have(&["node"]) {
        return;
    }
    let keys = "({ login: config.tokenAuthUrl, logout: config.tokenLogoutUrl, hidden: config.hideLoginButton, \
                inline: config.tokenAuthInline, sso: config.sso })";
    let seen = |deployment: &Deployment| {
        let claims = render(deployment, Release::Debian12).unwrap();
        execute(&configuration(&claims), keys)
    };
    let query = "client_id=overleg&response_type=code&scope=openid%20profile\
                 &redirect_uri=https%3A%2F%2Fvergaderen.voorbeeldstad.nl%2Fvc4all%2Fsigned-in\
                 &state={state}&code_challenge={code_challenge}&code_challenge_method=S256";
    let logout = "client_id=overleg&post_logout_redirect_uri=https%3A%2F%2Fvergaderen.voorbeeldstad.nl%2F";
    let oidc = json!({
        "login": format!("{PROVIDER}/auth?{query}"), "logout": format!("{PROVIDER}/logout?{logout}"), "hidden": false,
    });
    assert_eq!(seen(&with("keycloak.yml")), oidc);
    let login = "https://portaal.voorbeeldbond.example/praat?ruimte={room}";
    assert_eq!(seen(&with("portaal.yml")), json!({ "login": login, "hidden": false }));
    assert_eq!(seen(&portal(|portal| portal.login = None)), json!({ "hidden": true }));
}

#[test]
fn the_page_of_the_return_is_there_in_each_language() {
    let site = Deployment { languages: Language::ALL.to_vec(), ..with("keycloak.yml") };
    let claims = render(&site, Release::Debian12).unwrap();
    for language in Language::ALL.map(Language::code) {
        let page = text(&claims, &format!("/usr/local/share/vc4all/www/{language}/signed-in.html"));
        assert!(page.contains(&format!("<html lang=\"{language}\">")), "{language}");
        for part in ["busy", "denied", "failed", "again"] {
            assert_eq!(page.matches(&format!(" id=\"{part}\"")).count(), 1, "{language}: {part}");
        }
    }
}

/// What came of each scene on the page of the return.
fn returns(scenes: &Value) -> Vec<Value> {
    let claims = render(&with("keycloak.yml"), Release::Debian12).unwrap();
    let script = text(&claims, "/usr/local/share/vc4all/www/vc4all/signed-in.js");
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("scenes.json");
    fs::write(&input, json!({ "script": script, "scenes": scenes }).to_string()).unwrap();
    let output = run("node", &[beside("signed-in.js").to_str().unwrap(), input.to_str().unwrap()]);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn query(state: &Value, rest: &str) -> String {
    let state = state.to_string();
    format!("?state={}&{rest}", vc4all_deploy::papers::handover::encoded(&state))
}

#[test]
fn who_comes_back_with_a_code_enters_the_room_with_the_token_in_the_fragment() {
    if !have(&["node"]) {
        return;
    }
    let state = json!({
        "room": "Overleg-1", "roomSafe": "overleg-1", "config.startWithAudioMuted": true, "config.prejoinConfig.enabled": false,
        "config.startWithVideoMuted": "\"><script>", "config.p2p.enabled": true, "interfaceConfig.APP_NAME": "x", "jwt": "y",
    });
    let storage = json!({ "code_verifier": "v3r1f13r", "features/base/settings": "{}" });
    let body = json!({ "id_token": "aaa.bbb.c-_", "access_token": "ddd.eee.fff" });
    let scene = json!({ "query": query(&state, "code=c0de"), "storage": storage, "ok": true, "body": body });
    let seen = &returns(&json!([scene]))[0];
    let address = "/overleg-1#jwt=%22aaa.bbb.c-_%22&config.startWithAudioMuted=true&config.prejoinConfig.enabled=false";
    assert_eq!(seen["went"], address);
    assert_eq!(seen["address"], "/vc4all/signed-in", "the code stays in the history");
    assert_eq!(seen["left"], json!(["features/base/settings"]), "the verifier stays");
    assert_eq!(seen["shown"], json!([]), "it tells of a problem");
    let body = json!({
        "grant_type": "authorization_code", "client_id": "overleg", "redirect_uri": BACK, "code_verifier": "v3r1f13r",
        "code": "c0de",
    });
    let asked = json!({
        "address": format!("{PROVIDER}/token"), "method": "POST", "body": body, "credentials": "omit",
        "cache": "no-store", "redirect": "error", "referrerPolicy": "no-referrer",
    });
    assert_eq!(seen["asked"], asked);
}

#[test]
fn who_comes_back_with_something_else_goes_nowhere_and_is_told() {
    if !have(&["node"]) {
        return;
    }
    let good = json!({ "room": "overleg-1" });
    let storage = json!({ "code_verifier": "v" });
    let body = json!({ "id_token": "aaa.bbb.ccc" });
    let scene = |query: String, storage: &Value, ok: bool, body: &Value| json!({ "query": query, "storage": storage, "ok": ok, "body": body });
    let asks = query(&good, "code=c");
    let mut scenes = vec![
        (scene(query(&good, "error=access_denied"), &storage, true, &body), "denied"),
        (scene(query(&good, "error=server_error"), &storage, true, &body), "failed"),
        // A code that somebody else sends: this browser never began.
        (scene(asks.clone(), &json!({}), true, &body), "failed"),
        (scene(asks.clone(), &storage, false, &json!({ "error": "invalid_grant" })), "failed"),
        (scene(asks.clone(), &storage, true, &json!({ "access_token": "aaa.bbb.ccc" })), "failed"),
        (scene(asks.clone(), &storage, true, &json!({ "id_token": "a\"&config.x=1" })), "failed"),
        (json!({ "query": asks, "storage": storage, "ok": true }), "failed"),
        (scene("?code=c".to_owned(), &storage, true, &body), "failed"),
        (scene("?code=c&state=%5B".to_owned(), &storage, true, &body), "failed"),
    ];
    for room in
        ["//evil.example", "../x", "a/b", "a#jwt=x", "a%2fb", "a b", "", "javascript:alert(1)", "a?b", "a.b", "\\evil"]
    {
        let state = json!({ "room": room });
        scenes.push((scene(query(&state, "code=c"), &storage, true, &body), "failed"));
    }
    for state in [json!({ "room": 5 }), json!(null), json!({ "room": "a", "tenant": "b" }), json!({ "room": ["a"] })] {
        scenes.push((scene(query(&state, "code=c"), &storage, true, &body), "failed"));
    }
    let list: Vec<_> = scenes.iter().map(|(scene, _)| scene).collect();
    for (seen, (scene, shown)) in returns(&json!(list)).iter().zip(&scenes) {
        assert!(seen["went"].is_null(), "{scene}\n{seen}");
        assert_eq!(seen["shown"], json!([shown]), "{scene}");
        assert_eq!(seen["address"], "/vc4all/signed-in", "{scene}");
        let again = seen["again"].as_str().unwrap();
        assert!(again == "/" || again == "/overleg-1", "{scene}: {again}");
    }
}

#[test]
fn one_page_may_ask_the_provider_and_no_other() {
    if !able() {
        return;
    }
    let folder = tree(&with("keycloak.yml"), Release::Debian12);
    let paths = ["/vc4all/signed-in?code=x&state=y", "/vc4all/signed-in.js", "/overleg-1", "/", "/vc4all/landing.js"];
    let requests: Vec<_> = paths.iter().map(|path| get(path)).collect();
    let seen = answers(&folder, &requests);
    for (path, answer) in paths.iter().zip(&seen) {
        assert_eq!(answer["status"], 200, "{path}");
        let policy = header(answer, "content-security-policy");
        let may_ask = policy.contains("connect-src https://inloggen.voorbeeldstad.nl;");
        assert_eq!(may_ask, path.contains("signed-in?"), "{path}: {policy}");
        assert_eq!(policy.contains("inloggen"), may_ask, "{path}: {policy}");
        assert_eq!(header(answer, "referrer-policy"), "no-referrer", "{path}");
    }
    assert!(!header(&seen[0], "content-security-policy").contains("unsafe"));
    assert!(header(&seen[0], "cache-control").starts_with("no-"), "{}", header(&seen[0], "cache-control"));
    // Where there is no provider there is no such page.
    let folder = tree(&deployment(), Release::Debian12);
    let seen = answers(&folder, &[get("/vc4all/signed-in"), get("/vc4all/signed-in.js")]);
    assert!(seen.iter().all(|answer| answer["status"] == 404));
}

#[test]
fn the_statement_says_who_learns_what_of_meeting_hosts() {
    let said = |deployment: &Deployment, code: &str| {
        let claims = render(deployment, Release::Debian12).unwrap();
        text(&claims, &format!("/usr/local/share/vc4all/www/{code}/privacy.html")).to_owned()
    };
    let (provider, portal) = (with("keycloak.yml"), with("portaal.yml"));
    for (code, kept, cookie) in [("nl", "wachtzin", "behalve één"), ("en", "passphrase", "except one")] {
        let [accounts, provider, portal] = [&deployment(), &provider, &portal].map(|one| said(one, code));
        assert!(accounts.contains(kept) && accounts.contains(cookie) && !accounts.contains("Dienst ICT"), "{code}");
        assert!(provider.contains("<strong>Dienst ICT Voorbeeldstad</strong>"), "{code}");
        assert!(portal.contains("<strong>Voorbeeldsoftware B.V.</strong>"), "{code}");
        assert!(portal.contains("Germany") || portal.contains("Duitsland"), "{code}");
        let (address, copies) = if code == "nl" {
            ("vijf uur", "staan ook in de instellingen")
        } else {
            ("five hours", "also stand in the settings")
        };
        assert!(accounts.contains(address) && !accounts.contains(copies), "{code}");
        let meeting_hosts = MeetingHosts::Accounts { listed: Some(Vec::new()) };
        let listed = Deployment { access: Access { meeting_hosts, ..deployment().access }, ..deployment() };
        assert!(said(&listed, code).contains(copies), "{code}");
        for elsewhere in [provider, portal] {
            assert!(!elsewhere.contains(address) && !elsewhere.contains(copies), "{code}");
            assert!(!elsewhere.contains(kept) && !elsewhere.contains(cookie), "{code}");
        }
    }
}

#[test]
fn what_others_have_to_be_told_holds_every_value_and_no_secret() {
    assert_eq!(Handover::of(&deployment()), None);
    let told = |deployment: &Deployment| Handover::of(deployment).unwrap().text;
    let provider = told(&with("keycloak.yml"));
    for fact in
        [BACK, "overleg", "S256", "RS256", "https://inloggen.voorbeeldstad.nl/realms/medewerkers\n", "second factor"]
    {
        assert!(provider.contains(fact), "{fact}\n{provider}");
    }
    let secret = told(&with("portaal.yml"));
    for fact in
        ["HS256", "portaal.voorbeeldbond.example", "praat alone", "#jwt=%22TOKEN%22", "never *", "second factor"]
    {
        assert!(secret.contains(fact), "{fact}\n{secret}");
    }
    let keys = HttpsAddress::parse("https://portaal.voorbeeldbond.example/keys").unwrap();
    let published = told(&portal(|portal| portal.keys = Some(keys)));
    assert!(published.contains("RS256, with a key of https://portaal.voorbeeldbond.example/keys"), "{published}");
    assert!(![provider, secret, published].iter().any(|text| text.contains("__vc4all_secret_")));
}

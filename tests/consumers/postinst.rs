//! What the scripts of Jitsi's packages look for in our files; where they find it, they leave them alone.

use crate::support;
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::resource::{Claim, Resource};
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::render::Renderer;

fn everywhere(check: impl Fn(&str, &[Claim])) {
    let renderer = Renderer::new().unwrap();
    for (_, deployment) in support::deployments() {
        for release in Release::ALL {
            check(host(&deployment), &support::claims(&renderer, &deployment, release));
        }
    }
}

fn host(deployment: &Deployment) -> &str {
    deployment.domain.as_str()
}

#[test]
fn the_plugins_script_edits_nothing_in_the_host_file() {
    everywhere(|host, claims| {
        let text = support::text(claims, &format!("/etc/prosody/conf.avail/{host}.cfg.lua"));
        let wanted = [
            format!("internal.auth.{host}"),
            format!("Component \"focus.{host}\" \"client_proxy\""),
            format!("Component \"polls.{host}\""),
            "--\"polls\";".to_owned(),
            "unlimited_jids".to_owned(),
            "component_admins_as_room_owners = ".to_owned(),
        ];
        for literal in &wanted {
            assert!(text.contains(literal), "{host}: {literal} is missing");
        }
        let unwanted = [
            "--plugin_paths = { \"/usr/share/jitsi-meet/prosody-plugins/\" }".to_owned(),
            format!("Component \"focus.{host}\"\n"),
            "VirtualHost \"jigasi.meet.jitsi\"".to_owned(),
        ];
        for literal in &unwanted {
            assert!(!text.contains(literal), "{host}: {literal} would be edited");
        }
        let polls = text.matches("\"polls\";").count();
        assert_eq!(polls, text.matches("--\"polls\";").count(), "{host}: a line with polls would be commented out");
    });
}

#[test]
fn rooms_are_made_by_the_focus_alone_where_the_script_looks_for_it() {
    everywhere(|host, claims| {
        let text = support::text(claims, &format!("/etc/prosody/conf.avail/{host}.cfg.lua"));
        let mut lines = text.lines();
        lines.find(|line| *line == format!("Component \"conference.{host}\" \"muc\"")).unwrap();
        let next: Vec<&str> = lines.take(2).collect();
        assert!(next.iter().any(|line| line.contains("restrict_room_creation")), "{host}: {next:?}");
    });
}

#[test]
fn the_main_file_includes_the_hosts_with_the_line_that_the_script_looks_for() {
    everywhere(|host, claims| {
        let text = support::text(claims, "/etc/prosody/prosody.cfg.lua");
        assert!(text.lines().any(|line| line == "Include \"conf.d/*.cfg.lua\""), "{host}");
        assert!(!text.contains(&format!("VirtualHost \"{host}\"")), "{host}: the host file would count as absent");
    });
}

#[test]
fn the_paths_that_the_scripts_would_make_are_there() {
    everywhere(|host, claims| {
        let links: Vec<(&str, &str)> = claims
            .iter()
            .filter_map(|claim| match &claim.resource {
                Resource::Link(link) => Some((link.path.as_str(), link.target.as_str())),
                _ => None,
            })
            .collect();
        let pairs: Vec<&str> = claims
            .iter()
            .filter_map(|claim| match &claim.resource {
                Resource::SelfSigned(pair) => Some([pair.key.as_str(), pair.certificate.as_str()]),
                _ => None,
            })
            .flatten()
            .collect();
        for name in [host.to_owned(), format!("auth.{host}")] {
            for kind in ["key", "crt"] {
                let target = format!("/etc/prosody/certs/{name}.{kind}");
                assert!(pairs.contains(&target.as_str()), "{target} is made by nobody");
                assert!(links.contains(&(&format!("/var/lib/prosody/{name}.{kind}"), &target)), "{name}.{kind}");
            }
        }
        support::text(claims, "/etc/prosody/conf.avail/jaas.cfg.lua");
    });
}

#[test]
fn the_scripts_of_the_daemons_and_of_coturn_keep_our_files() {
    everywhere(|host, claims| {
        let config = support::text(claims, "/etc/jitsi/jicofo/config");
        for name in ["JICOFO_HOSTNAME", "JICOFO_AUTH_DOMAIN", "JICOFO_AUTH_USER", "JICOFO_AUTH_PASSWORD"] {
            assert!(config.lines().any(|line| line.starts_with(&format!("{name}="))), "{host}: {name}");
        }
        for folder in ["jicofo", "videobridge"] {
            let config = support::text(claims, &format!("/etc/jitsi/{folder}/config"));
            assert!(config.contains("JAVA_SYS_PROPS=") && config.contains("-Dconfig.file"), "{host}: {folder}");
        }
        let turn = support::text(claims, "/etc/turnserver.conf");
        for mark in ["jitsi-meet coturn config", "jitsi-meet coturn relay disable config"] {
            assert!(turn.contains(mark), "{host}: {mark}");
        }
    });
}

#[test]
fn every_question_that_stops_a_script_is_answered() {
    const ASKED: [&str; 7] = [
        "jitsi-videobridge/jvb-hostname",
        "jitsi-videobridge/jvbsecret",
        "jicofo/jicofo-authpassword",
        "jitsi-meet-prosody/jvb-hostname",
        "jitsi-meet/jvb-hostname",
        "jitsi-meet/cert-choice",
        "jitsi-meet/jaas-choice",
    ];
    everywhere(|host, claims| {
        let answered: Vec<&str> = claims
            .iter()
            .filter_map(|claim| match &claim.resource {
                Resource::Package(package) => Some(&package.preseed),
                _ => None,
            })
            .flatten()
            .map(|answer| answer.question.as_str())
            .collect();
        for question in ASKED {
            assert!(answered.contains(&question), "{host}: nobody answers {question}");
        }
    });
}

//! The HOCON files, given to a HOCON parser and to the list of keys that the daemons know.

use crate::needs::have;
use crate::support;
use crate::tool::{folder, repository, succeed, with_secrets, write};
use std::process::Command;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::render::Renderer;

/// Reads lines of `FILE KEYS`; refuses a key that is not in KEYS and one that is required there and missing.
const CHECK: &str = r#"
require File.join(ARGV[0], "tests/lab/packages/daemons/lib/settings.rb")
STDIN.each_line(chomp: true) { |line| Standin::Settings.new(*line.split(" ")) }
"#;

#[test]
fn the_daemons_know_every_key() {
    if !have(&["ruby"]) {
        return;
    }
    let (renderer, folder) = (Renderer::new().unwrap(), folder());
    let mut list = String::new();
    for (name, deployment) in support::deployments() {
        let claims = support::claims(&renderer, &deployment, Release::Debian13);
        for (package, path) in
            [("jicofo", "/etc/jitsi/jicofo/jicofo.conf"), ("jitsi-videobridge2", "/etc/jitsi/videobridge/jvb.conf")]
        {
            let file = folder.path().join(format!("{name}-{package}.conf"));
            write(&file, &with_secrets(support::text(&claims, path)));
            let keys = repository().join("tests/lab/packages").join(package).join("known-keys.txt");
            list += &format!("{} {}\n", file.display(), keys.display());
        }
    }
    let input = folder.path().join("list");
    write(&input, &list);
    let mut ruby = Command::new("ruby");
    ruby.args(["-e", CHECK]).arg(repository()).stdin(std::fs::File::open(input).unwrap());
    succeed(&mut ruby);
}

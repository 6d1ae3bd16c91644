//! Every Lua file, given to the compiler of the host's Lua.

use crate::tool::{folder, have, succeed, write};
use crate::support;
use std::process::Command;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::render::Renderer;

#[test]
fn every_lua_file_compiles() {
    if !have(&["luac5.4"]) {
        return;
    }
    let (renderer, folder) = (Renderer::new().unwrap(), folder());
    let mut command = Command::new("luac5.4");
    command.arg("-p");
    let mut count = 0;
    for (name, deployment) in support::deployments() {
        for release in Release::ALL {
            for file in support::files(&support::claims(&renderer, &deployment, release)) {
                if file.path.as_str().ends_with(".lua") {
                    let path = folder.path().join(&name).join(release.word()).join(&file.path.as_str()[1..]);
                    write(&path, file.content.text());
                    command.arg(path);
                    count += 1;
                }
            }
        }
    }
    assert!(count >= 5 * Release::ALL.len(), "only {count} Lua files");
    succeed(&mut command);
}

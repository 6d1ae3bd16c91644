//! Every Lua file, given to the compiler of the host's Lua.

use crate::needs::have;
use crate::support;
use crate::tool::{folder, succeed, write};
use std::collections::BTreeSet;
use std::process::Command;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::render::Renderer;

#[test]
fn every_lua_file_compiles() {
    if !have(&["luac5.4"]) {
        return;
    }
    let (renderer, folder) = (Renderer::new().unwrap(), folder());
    let mut seen = BTreeSet::new();
    for (_, deployment) in support::deployments() {
        for release in Release::ALL {
            for file in support::files(&support::claims(&renderer, &deployment, release)) {
                let text = file.content.text();
                if file.path.as_str().ends_with(".lua") && seen.insert(text.to_owned()) {
                    let path = folder.path().join(format!("{}.lua", seen.len()));
                    write(&path, text);
                    succeed(Command::new("luac5.4").arg("-p").arg(path));
                }
            }
        }
    }
    assert!(seen.len() > 6, "only {} Lua files", seen.len());
}

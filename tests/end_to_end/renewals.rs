//! The host renews its certificate by itself: from three real authorities, through everything that goes wrong with them, with
//! nobody there.

#[path = "renewals/advised.rs"]
mod advised;
#[path = "renewals/alone.rs"]
mod alone;
#[path = "renewals/authority.rs"]
mod authority;
#[path = "renewals/bound.rs"]
mod bound;
#[path = "renewals/broken.rs"]
mod broken;
#[path = "renewals/chat.rs"]
mod chat;
#[path = "renewals/clock.rs"]
mod clock;
#[path = "renewals/ground.rs"]
mod ground;
#[path = "renewals/handshakes.rs"]
mod handshakes;
#[path = "renewals/rehearsed.rs"]
mod rehearsed;
#[path = "renewals/silent.rs"]
mod silent;
#[path = "renewals/swallowed.rs"]
mod swallowed;
#[path = "renewals/walls.rs"]
pub(crate) mod walls;

use crate::lab::{Lab, Release};
use crate::program::Deployment;
use crate::story::Story;
use anyhow::Result;
use authority::{Authority, Manner, Pebble};
use ground::Ground;

/// A certificate of two and a half minutes is due after a hundred seconds; what a busy machine needs fits into the rest.
const MINUTES: Manner = Manner { seconds: 150, rejected_nonces: 50, binding: None, profiles: &[] };
/// One as they are today, from an authority that knows its customers.
const BOUND: Manner = Manner { seconds: 90 * 86_400, rejected_nonces: 5, binding: Some(bound::BINDING), profiles: &[] };

pub(crate) fn on_debian_12(story: &mut Story, lab: &Lab) -> Result<()> {
    on(story, lab, Release::Bookworm, Pebble::V2_4)
}

pub(crate) fn on_debian_13(story: &mut Story, lab: &Lab) -> Result<()> {
    on(story, lab, Release::Trixie, Pebble::V2_6)
}

fn on(story: &mut Story, lab: &Lab, release: Release, pebble: Pebble) -> Result<()> {
    let host = lab.host(&format!("renews-{}", release.number()), release)?;
    let deployment = Deployment::on(lab, &host)?;
    let short = Authority::start(&format!("{}-short", host.name), pebble, &MINUTES)?;
    let ground = Ground::new(&deployment, &short, &format!("  names: [{}]", host.v4))?;
    let up = story.check("up puts the renewal on the host, and an authority of minutes issues", || ground.up());
    if up.is_none() {
        return Ok(());
    }
    alone::tell(story, &ground);
    broken::tell(story, &ground);
    silent::tell(story, &ground);
    clock::tell(story, &ground);
    let bound = Authority::start(&format!("{}-bound", host.name), pebble, &BOUND)?;
    let Some(ground) = bound::tell(story, &deployment, &bound)? else {
        return Ok(());
    };
    rehearsed::tell(story, &ground);
    swallowed::tell(story, &ground);
    advised::tell(story, &ground, pebble);
    Ok(())
}

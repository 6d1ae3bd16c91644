//! The addresses under which the world reaches the host of a scene.

use crate::components::Scene;
use crate::model::deployment::NatMapping;
use crate::model::reach;

/// The host's addresses that matter for media, each with the address that the world sees.
pub(super) fn reachable(scene: &Scene<'_>) -> Vec<NatMapping> {
    reach::reachable(&scene.traits.addresses, &scene.deployment.media.nat)
}

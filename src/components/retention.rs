//! How many rotated copies of a log stay, so that no line is older than the days that the privacy statement prints.

use super::Scene;
use serde::Serialize;

/// What the templates of logrotate files see.
#[derive(Serialize)]
pub(super) struct Keep {
    /// Days that a line is kept at most.
    days: u16,
    /// Rotated copies; one less than the days, because a line waits up to a day for its first rotation.
    copies: u16,
}

impl Keep {
    /// The numbers of this deployment.
    pub(super) fn of(scene: &Scene<'_>) -> Self {
        let days = scene.deployment.retention.logs_days.max(1);
        Self { days, copies: days - 1 }
    }
}

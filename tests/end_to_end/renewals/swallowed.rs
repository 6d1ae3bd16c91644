//! Another site of the same web server takes what the authority would look for: the host finds that before the authority does.

use super::ground::{Ground, Task};
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};

pub(crate) fn tell(story: &mut Story, ground: &Ground<'_>) {
    story.check("a challenge that another site swallows is found before the authority counts it", || swallowed(ground));
}

const OTHER_SITE: &str = r"printf 'server {\n    listen 80;\n    listen [::]:80;\n    server_name DOMAIN;\n    return 404;\n}\n' > /etc/nginx/sites-enabled/000-other.conf
nginx -t -q
systemctl reload nginx.service";

fn swallowed(ground: &Ground<'_>) -> Result<()> {
    let (before, asked) = (ground.in_force()?, ground.authority.validations()?);
    ground.run(&OTHER_SITE.replace("DOMAIN", &ground.deployment.domain))?;
    let run = ground.renew(Task::Now);
    ground.run("rm /etc/nginx/sites-enabled/000-other.conf; systemctl reload nginx.service")?;
    run?.badly()?.says(&["404"])?;
    ensure!(ground.authority.validations()? == asked, "the authority was asked to look");
    let failing = ground.ledger()?.failing.context("the failure is not written down")?;
    ensure!(failing.why.contains("404") && !failing.help.is_empty(), "{failing:?}");
    ensure!(ground.in_force()? == before, "another pair is in force");
    let left = ground.run("find /var/lib/vc4all/acme -type f; ls /var/lib/vc4all/tls/pairs | grep -e pending || :")?;
    ensure!(left.trim().is_empty(), "it left {left}");
    ground.renew(Task::Now)?.well()?;
    ensure!(ground.authority.validations()? > asked, "its log is read wrongly");
    Ok(())
}

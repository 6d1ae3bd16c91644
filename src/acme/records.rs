//! The proof as a record of the DNS: the operator's program writes it on the host, and then every name server has to have it.

use super::reach::Reach;
use crate::dns::{Witness, World};
use anyhow::Result;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

/// Whom to ask about records, and for how long.
#[derive(Debug, Clone)]
pub struct Watch {
    /// Resolvers and the port of name servers; otherwise what this machine has, at port 53.
    pub world: Option<(Vec<SocketAddr>, u16)>,
    /// How long name servers may take until all of them have a record.
    pub patience: Duration,
    /// How long a name server may stay silent until the others are enough, or until nobody can look.
    pub silence: Duration,
    /// How long the authority waits where nobody can look, counted from the beginning.
    pub pause: Duration,
    /// How long between two looks.
    pub between: Duration,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            world: None,
            patience: Duration::from_secs(10 * 60),
            silence: Duration::from_secs(60),
            pause: Duration::from_secs(2 * 60),
            between: Duration::from_secs(5),
        }
    }
}

/// Where the record of a domain stands (RFC 8555 §8.4).
pub(super) fn owner(domain: &impl std::fmt::Display) -> String {
    format!("_acme-challenge.{domain}")
}

impl Watch {
    /// Waits until all name servers of the zone have this value at this name; `alive` is called before each look.
    ///
    /// # Errors
    /// Those of `alive`.
    pub fn wait(&self, name: &str, value: &str, alive: &mut dyn FnMut() -> Result<()>) -> Result<Reach> {
        let begin = Instant::now();
        let mut world = match &self.world {
            Some((resolvers, port)) => Ok(World::at(resolvers.clone(), *port)),
            None => World::of_this_machine(),
        };
        loop {
            alive()?;
            let seen = match &mut world {
                Ok(world) => judge(world.texts(name), value),
                Err(error) => Sight::Dark(format!("{error:#}")),
            };
            match (seen, begin.elapsed()) {
                (Sight::All, _) => return Ok(Reach::Served),
                (Sight::Some, passed) if passed >= self.silence => return Ok(Reach::Served),
                (Sight::Dark(why), passed) if passed >= self.pause.max(self.silence) => return Ok(Reach::Unseen(why)),
                (Sight::Lacking(why), passed) if passed >= self.patience => {
                    let minutes = self.patience.as_secs() / 60;
                    return Ok(Reach::Other(format!("after {minutes} minutes {why}")));
                }
                _ => thread::sleep(self.between),
            }
        }
    }
}

/// What was seen in one look.
#[derive(Debug, PartialEq, Eq)]
enum Sight {
    /// Every name server has it.
    All,
    /// Those who answer have it, and others are silent.
    Some,
    /// These do not have it.
    Lacking(String),
    /// Nobody answers, for this reason.
    Dark(String),
}

/// A name server counts as silent where none of its addresses answers: a machine without IPv6 says nothing about them.
fn judge(told: Result<Vec<Witness>>, value: &str) -> Sight {
    let witnesses = match told {
        Ok(witnesses) => witnesses,
        Err(error) => return Sight::Dark(format!("{error:#}")),
    };
    let mut servers: BTreeMap<&str, bool> = BTreeMap::new();
    let (mut lacking, mut silent) = (Vec::new(), None);
    for Witness { server, address, values } in &witnesses {
        let answered = servers.entry(server).or_default();
        match values {
            Ok(values) => {
                *answered = true;
                if !values.iter().any(|held| held == value) {
                    lacking.push(format!("{server} ({address})"));
                }
            }
            Err(why) => silent = silent.or(Some(why)),
        }
    }
    match (lacking.is_empty(), servers.values().filter(|answered| **answered).count()) {
        (false, _) => Sight::Lacking(format!("the record is not there at {}", lacking.join(", "))),
        (true, 0) => Sight::Dark(silent.map_or_else(|| "nobody answers".to_owned(), ToOwned::to_owned)),
        (true, answered) if answered == servers.len() => Sight::All,
        (true, _) => Sight::Some,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn witness(server: &str, values: Result<&[&str], &str>) -> Witness {
        Witness {
            server: server.to_owned(),
            address: [192, 0, 2, 1].into(),
            values: values.map(|values| values.iter().map(ToString::to_string).collect()).map_err(ToOwned::to_owned),
        }
    }

    fn seen(told: &[Witness]) -> Sight {
        judge(Ok(told.to_vec()), "right")
    }

    #[test]
    fn all_name_servers_have_to_have_the_value_beside_others() {
        let (has, old) = (witness("ns1", Ok(&["other", "right"])), witness("ns2", Ok(&["other"])));
        assert_eq!(seen(&[has.clone(), witness("ns2", Ok(&["right"]))]), Sight::All);
        assert_eq!(seen(&[has.clone(), old]), Sight::Lacking("the record is not there at ns2 (192.0.2.1)".to_owned()));
        assert!(matches!(seen(&[has, witness("ns2", Ok(&[]))]), Sight::Lacking(_)));
    }

    #[test]
    fn a_silent_address_is_no_matter_and_a_silent_server_is_waited_for() {
        let (has, silent) = (witness("ns1", Ok(&["right"])), witness("ns1", Err("no way")));
        assert_eq!(seen(&[has.clone(), silent.clone()]), Sight::All);
        assert_eq!(seen(&[has, witness("ns2", Err("no answer"))]), Sight::Some);
        assert_eq!(seen(&[silent]), Sight::Dark("no way".to_owned()));
        assert_eq!(judge(Err(anyhow::anyhow!("no resolver")), "right"), Sight::Dark("no resolver".to_owned()));
    }
}

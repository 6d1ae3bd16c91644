//! Which runs are played: every step of a change for the kills, every kind at least once, and chance for the rest.

use crate::case::{Case, Change, Kind};
use crate::dice::Dice;
use crate::strike;
use std::collections::{BTreeMap, BTreeSet};

/// How many steps each change has.
pub(crate) type Lengths = BTreeMap<Change, usize>;

/// One run of each kind.
pub(crate) fn sample(seed: u64, lengths: &Lengths) -> Vec<Case> {
    let mut dice = Dice::of(seed);
    let kinds = Kind::ALL.into_iter().enumerate();
    kinds
        .map(|(number, kind)| {
            let changes = strike::changes(kind);
            // A first `up` takes longest; a sample has two of them.
            let later = changes.iter().copied().find(|change| *change != Change::First);
            let change = if number < 2 { Change::First } else { later.unwrap_or(changes[0]) };
            random(&mut dice, kind, if changes.contains(&change) { change } else { changes[0] }, lengths)
        })
        .collect()
}

/// So many runs, or as many as it takes to strike every step once.
pub(crate) fn all(seed: u64, runs: usize, lengths: &Lengths) -> Vec<Case> {
    let mut dice = Dice::of(seed);
    let mut cases = BTreeSet::new();
    for change in [Change::Settings, Change::Firewall, Change::Packages] {
        // One more than there are: between the last step and the commit.
        for step in 0..=lengths[&change] + 1 {
            cases.extend([Kind::KillScript, Kind::KillProgram].map(|kind| Case { change, kind, step }));
        }
    }
    let firsts = runs / 8;
    let mut attempts = 0;
    while cases.len() < runs && attempts < runs * 50 {
        let kind = Kind::ALL[attempts % Kind::ALL.len()];
        attempts += 1;
        let begun = cases.iter().filter(|case| case.change == Change::First).count();
        let fits: Vec<Change> =
            strike::changes(kind).iter().copied().filter(|change| *change != Change::First || begun < firsts).collect();
        if fits.is_empty() {
            continue;
        }
        // Half of what may be a first `up` is one, until there are enough of them.
        let change = if fits.contains(&Change::First) && dice.percent(40) { Change::First } else { *dice.pick(&fits) };
        cases.insert(random(&mut dice, kind, change, lengths));
    }
    let mut cases: Vec<Case> = cases.into_iter().collect();
    dice.shuffle(&mut cases);
    cases
}

fn random(dice: &mut Dice, kind: Kind, change: Change, lengths: &Lengths) -> Case {
    let step = if kind.strikes_at_a_step() {
        dice.below(lengths[&change] + 2)
    } else if kind.cuts() {
        dice.below(100)
    } else {
        dice.below(10)
    };
    Case { change, kind, step }
}

//! Which runs are played: every step of a change for the kills, every kind at least once, and chance for the rest.

use crate::case::{Case, Change, Kind};
use crate::dice::Dice;
use crate::strike;
use std::collections::{BTreeMap, BTreeSet};

/// How many steps each change has.
pub(crate) type Lengths = BTreeMap<Change, usize>;

/// Kinds that are much alike; a sample has one of each group. A gate that is never green is waited for longest, so a sample
/// has one that fails at once.
const GROUPS: [&[Kind]; 15] = [
    &[Kind::KillScript],
    &[Kind::PowerCut],
    &[Kind::KillProgram, Kind::Interrupt],
    &[Kind::KillWork],
    &[Kind::CutOnce, Kind::CutForAWhile, Kind::CutForGood],
    &[Kind::Reboot],
    &[Kind::FullDisk],
    &[Kind::ReadOnly],
    &[Kind::HeldApt],
    &[Kind::NoMirror, Kind::RubbishMirror, Kind::ForgedMirror],
    &[Kind::ClockBehind, Kind::ClockAhead],
    &[Kind::NoValidation],
    &[Kind::HalfTheNonces],
    &[Kind::AuthorityStops],
    &[Kind::GateMasked],
];

/// One run of each group; the first of them is a first `up`, which takes longest.
pub(crate) fn sample(seed: u64, lengths: &Lengths) -> Vec<Case> {
    let mut dice = Dice::of(seed);
    let groups = GROUPS.into_iter().enumerate();
    groups
        .map(|(number, kinds)| {
            let kind = *dice.pick(kinds);
            let later: Vec<Change> = strike::changes(kind).iter().copied().filter(|change| sampled(*change)).collect();
            let change = if number == 0 { Change::First } else { *dice.pick(&later) };
            random(&mut dice, kind, change, lengths)
        })
        .collect()
}

/// The changes of a sample, each of which needs a clean run to compare with.
pub(crate) fn sampled(change: Change) -> bool {
    matches!(change, Change::Settings | Change::Packages | Change::Certificate)
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

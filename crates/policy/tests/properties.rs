//! Laws that hold for every visit in the packages that ship, on random histories:
//! parts sum to the whole; more expense lowers neither side; the order of charges does not matter;
//! a cancellation undoes exactly; explaining changes nothing.
mod common;

use gongji_adjudication::Standing;
use gongji_domain::Fen;
use gongji_oracle::{Package, generate};
use gongji_policy::case::{Case, Decision, Detail, Settled};
use gongji_policy::{Area, Library};
use proptest::prelude::*;
use std::sync::LazyLock;

static LIBRARY: LazyLock<Library> = LazyLock::new(common::shipped);

/// What the generator reads of each shipped package.
static PACKAGES: LazyLock<Vec<(String, Package)>> = LazyLock::new(|| {
    let folders = common::shipped_folders();
    let packages = folders.iter().filter(|folder| folder.name != "framework").map(|folder| {
        let toml: Vec<(&str, &str)> =
            folder.files.iter().filter(|f| f.path.ends_with(".toml")).map(|f| (&*f.path, &*f.text)).collect();
        (folder.name[..6].to_owned(), Package::from_toml(&toml).unwrap())
    });
    packages.collect()
});

/// A random history on one of the shipped packages, if its input is sound.
fn history(area: usize, seed: u64) -> Option<(&'static Area, Case)> {
    let (code, package) = &PACKAGES[area % PACKAGES.len()];
    let generated = generate::case(package, seed);
    let case = LIBRARY.read_case(&generated.case.to_string()).ok()?;
    Some((LIBRARY.area(code).unwrap(), case))
}

/// Decides encounter `i` of a case in a standing.
fn decide(area: &Area, case: &Case, i: usize, standing: &Standing, detail: Detail) -> Option<Settled> {
    let (encounter, then) = &case.encounters[i];
    match area.decide(&case.member.at(then), standing, encounter, true, detail).ok()? {
        Decision::Settled(settled) => Some(settled),
        Decision::Refused(_) => None,
    }
}

/// Settles the whole history; the standing before each visit and what the visit gave.
fn settle(area: &Area, case: &Case) -> Option<Vec<(Standing, Option<Settled>)>> {
    let mut standing = area.opening(case).ok()?;
    let mut visits = Vec::new();
    for i in 0..case.encounters.len() {
        let before = standing.clone();
        let settled = decide(area, case, i, &standing, Detail::Amounts);
        if let Some(settled) = &settled {
            settled.apply(&mut standing);
        }
        visits.push((before, settled));
    }
    Some(visits)
}

/// The amounts without the explanation.
fn amounts(settled: &Settled) -> (gongji_adjudication::Settlement, Vec<(String, gongji_domain::FundCode, Fen)>) {
    let mut settlement = settled.settlement.clone();
    settlement.steps.clear();
    (settlement, settled.payments.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn parts_sum_to_the_whole(area in 0..4_usize, seed: u64) {
        let Some((area, case)) = history(area, seed) else { return Ok(()) };
        for (i, (before, settled)) in settle(area, &case).unwrap_or_default().iter().enumerate() {
            let Some(settled) = settled else { continue };
            let s = &settled.settlement;
            let charged: Fen = case.encounters[i].0.charges.iter().map(|charge| charge.amount).sum();
            prop_assert_eq!(s.total, charged);
            prop_assert_eq!(s.total, s.off_list + s.over_ceiling + s.upfront + s.eligible);
            prop_assert_eq!(s.total, s.fund_total + s.personal_share);
            prop_assert_eq!(s.personal_share, s.account_paid + s.cash);
            prop_assert_eq!(s.fund_total, settled.payments.iter().map(|p| p.2).sum::<Fen>());
            prop_assert_eq!(before.balance() - s.account_paid, s.balance);
            prop_assert!(s.fund_total <= s.eligible && s.balance >= Fen::ZERO && s.deductible_borne <= s.eligible);
        }
    }

    #[test]
    fn a_dearer_charge_lowers_neither_the_fund_nor_the_member(area in 0..4_usize, seed: u64, which: prop::sample::Index, more in 1..2_000_000_i64) {
        let Some((area, case)) = history(area, seed) else { return Ok(()) };
        let Some(visits) = settle(area, &case) else { return Ok(()) };
        let i = which.index(case.encounters.len().max(1));
        let Some((before, Some(settled))) = visits.get(i) else { return Ok(()) };
        let mut dearer = case.clone();
        let charge = which.index(dearer.encounters[i].0.charges.len());
        dearer.encounters[i].0.charges[charge].amount += Fen::from_fen(more);
        let Some(then) = decide(area, &dearer, i, before, Detail::Amounts) else { return Ok(()) };
        prop_assert!(then.settlement.fund_total >= settled.settlement.fund_total);
        prop_assert!(then.settlement.personal_share >= settled.settlement.personal_share);
    }

    #[test]
    fn the_order_of_charges_does_not_matter(area in 0..4_usize, seed: u64) {
        let Some((area, case)) = history(area, seed) else { return Ok(()) };
        let mut turned = case.clone();
        for (encounter, _) in &mut turned.encounters {
            encounter.charges.reverse();
        }
        let standing = area.opening(&case).unwrap_or_default();
        for i in 0..case.encounters.len() {
            let one = decide(area, &case, i, &standing, Detail::Amounts);
            let other = decide(area, &turned, i, &standing, Detail::Amounts);
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn cancelling_takes_back_exactly_what_was_added(area in 0..4_usize, seed: u64) {
        let Some((area, case)) = history(area, seed) else { return Ok(()) };
        let Some(visits) = settle(area, &case) else { return Ok(()) };
        let settled: Vec<&Settled> = visits.iter().filter_map(|(_, settled)| settled.as_ref()).collect();
        let mut standing = area.opening(&case).unwrap();
        let opening = standing.clone();
        for one in &settled {
            one.apply(&mut standing);
        }
        // In any order: whatever was settled in between stands as it is.
        for one in settled.iter().step_by(2).chain(settled.iter().skip(1).step_by(2)) {
            standing.revert(&one.settlement.additions, one.settlement.from_account);
        }
        prop_assert_eq!(standing.balance(), opening.balance());
        for i in 0..case.encounters.len() {
            let fresh = decide(area, &case, i, &opening, Detail::Amounts);
            let again = decide(area, &case, i, &standing, Detail::Amounts);
            prop_assert_eq!(fresh, again);
        }
    }

    #[test]
    fn settle_cancel_settle_gives_the_same(area in 0..4_usize, seed: u64) {
        let Some((area, case)) = history(area, seed) else { return Ok(()) };
        for (i, (before, settled)) in settle(area, &case).unwrap_or_default().into_iter().enumerate() {
            let Some(settled) = settled else { continue };
            let mut standing = before.clone();
            settled.apply(&mut standing);
            standing.revert(&settled.settlement.additions, settled.settlement.from_account);
            prop_assert_eq!(decide(area, &case, i, &standing, Detail::Amounts), Some(settled));
        }
    }

    #[test]
    fn explaining_changes_no_amount_and_names_an_article_for_each(area in 0..4_usize, seed: u64) {
        let Some((area, case)) = history(area, seed) else { return Ok(()) };
        for (i, (before, settled)) in settle(area, &case).unwrap_or_default().into_iter().enumerate() {
            let Some(settled) = settled else { continue };
            let explained = decide(area, &case, i, &before, Detail::Sentences).unwrap();
            prop_assert_eq!(amounts(&explained), amounts(&settled));
            prop_assert!(!explained.steps.is_empty());
            for step in &explained.steps {
                let key = step.article.split(' ').next().unwrap_or_default();
                prop_assert!(area.article(key).is_some(), "{:?} cites nothing quoted", step);
                prop_assert!(step.sentence.as_ref().is_some_and(|sentence| !sentence.is_empty()));
            }
        }
    }
}

#[test]
fn most_random_histories_are_sound_and_settle_something() {
    let (mut sound, mut settled) = (0, 0);
    for seed in 0..400 {
        let Some((area, case)) = history(seed as usize, seed) else { continue };
        let Some(visits) = settle(area, &case) else { continue };
        sound += 1;
        settled += visits
            .iter()
            .filter(|(_, settled)| settled.as_ref().is_some_and(|s| !s.settlement.fund_total.is_zero()))
            .count();
    }
    assert!(sound > 300 && settled > 600, "{sound} of 400 histories are sound, {settled} visits were paid for");
}

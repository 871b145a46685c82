//! People and their year: the same whoever asks, whole, and what the public figures say.
#![allow(clippy::float_arithmetic)] // a correlation of counts

use gongji_domain::{Day, Fen, Rate};
use gongji_population::check::{Tally, Targets, Verdict};
use gongji_population::{
    Act, Batch, Behaviour, Care, Event, Generator, Means, Offence, Preset, Reach, Source, Status, Tier, Violations,
};

const NATIONAL: &str = include_str!("../../../populations/national.toml");
const NANCHANG: &str = include_str!("../../../populations/360100.toml");
const TARGETS: &str = include_str!("../../../populations/targets.toml");

fn national() -> Preset {
    Preset::read("national.toml", NATIONAL, |_| None).unwrap()
}

fn read(text: &str) -> Result<Preset, String> {
    Preset::read("mine.toml", text, |name| (name == "national").then(|| NATIONAL.to_owned()))
        .map_err(|fault| fault.to_string())
}

fn generator(persons: u64, year: i16, seed: u64, behaviour: Behaviour) -> Generator {
    Generator::new(&national(), persons, year, seed, behaviour).unwrap()
}

fn batch(generator: &Generator, number: u64) -> Batch {
    let mut batch = Batch::default();
    generator.fill(number, &mut batch).unwrap();
    batch
}

#[test]
fn a_batch_depends_on_the_seed_and_its_number_alone() {
    let (small, large) = (generator(9_000, 2023, 7, Behaviour::AS_NOW), generator(90_000, 2023, 7, Behaviour::AS_NOW));
    let forward: Vec<Batch> = (0..2).map(|number| batch(&small, number)).collect();
    let backward: Vec<Batch> = (0..2).rev().map(|number| batch(&large, number)).collect();
    assert_eq!(forward[0], backward[1]);
    assert_eq!(forward[1], backward[0]);
    assert_eq!(batch(&small, 2).persons().len(), 9_000 - 2 * Batch::PERSONS as usize);
    assert_ne!(batch(&generator(9_000, 2023, 8, Behaviour::AS_NOW), 0), forward[0]);
}

#[test]
fn every_event_is_whole_and_inside_the_year() {
    let first = Day::from_ymd(2024, 1, 1).unwrap();
    let last = Day::from_ymd(2024, 12, 31).unwrap();
    let batch = batch(&generator(4_096, 2024, 3, Behaviour::AS_NOW), 0);
    let mut days = std::collections::BTreeSet::new();
    for (number, (person, events)) in batch.each().enumerate() {
        assert_eq!(person.number, number as u64);
        assert!(events.is_sorted_by_key(|event| (event.day, event.clock)));
        let retired = person.status == Status::Retired;
        assert_eq!(retired, person.base.is_zero() && person.wage.is_zero());
        assert_eq!(retired, !person.pension.is_zero());
        assert!(person.account || person.balance.is_zero());
        let age = first.age_since(person.birth);
        assert!(if retired { (50..95).contains(&age) } else { (18..65).contains(&age) }, "{age}");
        for event in events {
            assert!((first..=last).contains(&event.day) && event.clock.0 < 86_400);
            days.insert(event.day);
            for part in [event.off_list, event.over_ceiling, event.upfront, event.eligible] {
                assert!(part >= Fen::ZERO);
            }
            assert!(event.total() >= Fen::from_yuan(3));
            assert!(matches!(event.means, Means::Account | Means::Relative(_)) || event.care == Care::Pharmacy);
            assert!(person.account || event.is_own());
            assert!(person.account || event.care != Care::Pharmacy || event.means != Means::Account);
            assert!(event.reach == Reach::Local || event.care != Care::Pharmacy);
        }
    }
    assert_eq!(days.len(), 366);
}

fn is_visit(event: &Event) -> bool {
    event.care == Care::Visit && event.is_own()
}

/// What of a visit does not depend on how people behave.
fn visits(batch: &Batch) -> Vec<Vec<(Day, u32, u32)>> {
    let ordinary = |events: &[Event]| {
        let visits = events.iter().filter(|event| is_visit(event));
        visits.map(|event| (event.day, event.clock.0, event.institution)).collect()
    };
    batch.each().map(|(_, events)| ordinary(events)).collect()
}

#[test]
fn who_goes_less_goes_to_some_of_the_same_visits_and_who_goes_more_to_all_and_others() {
    let with = |millionths| {
        let visits = [Rate::from_millionths(millionths); 2];
        batch(&generator(4_096, 2023, 11, Behaviour { visits, ..Behaviour::AS_NOW }), 0)
    };
    let (less, now, more) = (with(600_000), with(1_000_000), with(1_300_000));
    assert_eq!(less.persons(), more.persons());
    for (fewer, many) in [(&less, &now), (&now, &more)] {
        for (some, all) in visits(fewer).iter().zip(visits(many)) {
            assert!(some.iter().all(|visit| all.contains(visit)));
        }
    }
    let count = |batch: &Batch| visits(batch).iter().map(Vec::len).sum::<usize>() as f64;
    assert!((count(&less) / count(&now) - 0.6).abs() < 0.02);
    assert!((count(&more) / count(&now) - 1.3).abs() < 0.02);
    let others = |batch: &Batch| batch.events().iter().filter(|event| !is_visit(event)).cloned().collect::<Vec<_>>();
    assert_eq!(others(&less), others(&more));
}

#[test]
fn behaviour_may_differ_by_status() {
    let visits = [Rate::ZERO, Rate::ONE];
    let batch = batch(&generator(4_096, 2023, 11, Behaviour { visits, ..Behaviour::AS_NOW }), 0);
    let any = |status| batch.each().any(|(person, events)| person.status == status && events.iter().any(is_visit));
    assert!(!any(Status::Active) && any(Status::Retired));
}

/// Correlation of two lists.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
    let (of_a, of_b) = (mean(a), mean(b));
    let product =
        |x: &[f64], mx: f64, y: &[f64], my: f64| x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>();
    product(a, of_a, b, of_b) / (product(a, of_a, a, of_a) * product(b, of_b, b, of_b)).sqrt()
}

#[test]
fn somebody_who_goes_often_goes_often_the_year_after_and_stays_the_same_person() {
    let (this, next) = (generator(40_960, 2023, 5, Behaviour::AS_NOW), generator(40_960, 2024, 5, Behaviour::AS_NOW));
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for number in 0..this.batches() {
        let (this, next) = (batch(&this, number), batch(&next, number));
        for (this, next) in this.persons().iter().zip(next.persons()) {
            assert_eq!((this.wage, this.status, this.diseases), (next.wage, next.status, next.diseases));
        }
        a.extend(visits(&this).iter().map(|visits| (visits.len() as f64 + 1.0).ln()));
        b.extend(visits(&next).iter().map(|visits| (visits.len() as f64 + 1.0).ln()));
    }
    let seen = correlation(&a, &b);
    // 0.7 of the intensities; what is counted is a draw upon them.
    assert!((0.5..0.75).contains(&seen), "{seen}");
}

#[test]
fn a_national_population_is_what_the_public_figures_say() {
    let preset = national();
    let (persons, year) = (120_000, 2025);
    let now = generator(persons, year, 1, Behaviour::AS_NOW);
    let before = generator(persons, year, 1, Behaviour::before(&preset));
    let (mut tally, mut twin) = (Tally::new(&preset, 365), Tally::new(&preset, 365));
    for number in 0..now.batches() {
        let drawn = batch(&now, number);
        for (person, events) in drawn.each() {
            now.categories(person.number, events, |event, parts| tally.lines(event, parts));
        }
        tally.add(&drawn);
        twin.add(&batch(&before, number));
    }
    let mut measures = tally.measures();
    measures.extend(twin.measures_before());
    let rows = Targets::read("targets.toml", TARGETS).unwrap().judge(&preset, &measures);
    let failed: Vec<_> = rows.iter().filter(|row| row.verdict == Verdict::Failed).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(rows.iter().filter(|row| row.verdict == Verdict::Passed).count() >= 28);
    // The same in two parts, added in the other order.
    let (mut first, mut second) = (Tally::new(&preset, 365), Tally::new(&preset, 365));
    for number in 0..now.batches() {
        let drawn = batch(&now, number);
        if number % 2 == 0 { first.add(&drawn) } else { second.add(&drawn) }
    }
    second.merge(&first);
    for (name, value) in second.measures() {
        assert_eq!(measures[&name], value, "{name}");
    }
}

/// The national preset with so many accounts that pay for relatives, of those at work and of the retired.
fn sharing(active: f64, retired: f64) -> Preset {
    let figure = format!("sharing = {{ value = [{active:?}, {retired:?}], from = \"A\", why = \"x\" }}");
    read(&format!("extends = \"national\"\n[relatives]\n{figure}\n")).unwrap()
}

#[test]
fn accounts_that_pay_for_relatives_change_nothing_else_of_anybody() {
    let people = |preset: &Preset| Generator::new(preset, 9_000, 2025, 3, Behaviour::AS_NOW).unwrap();
    let (none, some, all) = (people(&sharing(0.0, 0.0)), people(&sharing(0.25, 0.1)), people(&sharing(1.0, 1.0)));
    let mut uses = [0; 3];
    for number in 0..none.batches() {
        let batches = [&none, &some, &all].map(|source| batch(source, number));
        for (place, with) in batches.iter().enumerate() {
            assert_eq!(with.persons(), batches[0].persons());
            for ((person, own), (_, events)) in batches[0].each().zip(with.each()) {
                assert!(events.iter().filter(|event| event.is_own()).eq(own), "{}", person.number);
                uses[place] += events.len() - own.len();
            }
        }
        // Whoever shares among few does so among many, by the same uses.
        for ((_, few), (_, many)) in batches[1].each().zip(batches[2].each()) {
            assert!(few.iter().all(|event| many.contains(event)));
        }
    }
    assert!(uses[0] == 0 && uses[1] > 1_000 && uses[2] > 3 * uses[1], "{uses:?}");
}

#[test]
fn relatives_use_accounts_as_often_and_for_as_much_as_the_preset_says() {
    let source = generator(80_000, 2025, 4, Behaviour::AS_NOW);
    let (mut holders, mut uses, mut fen, mut bought, mut by_kin) = ([0.0; 2], [0.0; 2], 0.0, 0.0, [[0.0; 3]; 2]);
    for number in 0..source.batches() {
        for (person, events) in batch(&source, number).each() {
            let own = person.status as usize;
            holders[own] += f64::from(u8::from(person.account));
            for (event, kin) in events.iter().filter_map(|event| Some((event, event.relative()?))) {
                uses[own] += 1.0;
                by_kin[own][kin as usize] += 1.0;
                fen += event.total().fen() as f64;
                bought += f64::from(u8::from(event.care == Care::Pharmacy));
                assert!(matches!(event.care, Care::Visit | Care::Pharmacy) && event.reach == Reach::Local);
            }
        }
    }
    let figures = national().relatives;
    let near = |seen: f64, said: f64| assert!((seen / said - 1.0).abs() < 0.04, "{seen} for {said}");
    for own in 0..2 {
        near(uses[own] / holders[own], figures.sharing.value[own] * figures.uses.value[own]);
        for (seen, said) in by_kin[own].iter().zip(figures.kin.value[own]) {
            assert!((seen / uses[own] - said).abs() < 0.01, "{seen} for {said}");
        }
    }
    let all = uses[0] + uses[1];
    near(fen / 100.0 / all, figures.cost.value);
    near(bought / all, figures.pharmacy.value);
}

#[test]
fn what_relatives_use_counts_in_no_measure_of_the_insured() {
    let measures = |preset: &Preset| {
        let source = Generator::new(preset, 9_000, 2025, 3, Behaviour::AS_NOW).unwrap();
        let mut tally = Tally::new(&national(), 365);
        for number in 0..source.batches() {
            let drawn = batch(&source, number);
            for (person, events) in drawn.each() {
                source.categories(person.number, events, |event, parts| tally.lines(event, parts));
            }
            tally.add(&drawn);
        }
        tally.measures()
    };
    assert_eq!(measures(&sharing(0.0, 0.0)), measures(&sharing(1.0, 1.0)));
}

#[test]
fn a_share_of_relatives_that_is_none_is_refused() {
    let cases = [
        ("sharing = { value = [0.2, 1.2], from = \"A\", why = \"x\" }", "relatives.sharing = 1.2"),
        ("kin = { value = [[0.5, 0.5, 0.0], [0.5, 0.4, 0.0]], from = \"A\", why = \"x\" }", "relatives.kin"),
        ("uses = { value = [-1.0, 1.0], from = \"A\", why = \"x\" }", "relatives.uses = -1"),
    ];
    for (figure, expected) in cases {
        let fault = read(&format!("extends = \"national\"\n[relatives]\n{figure}\n")).unwrap_err();
        assert!(fault.contains(expected), "{fault}");
    }
}

#[test]
fn categories_of_a_visit_sum_to_it() {
    let generator = generator(500, 2025, 1, Behaviour::AS_NOW);
    for (person, events) in batch(&generator, 0).each() {
        let mut seen = 0;
        generator.categories(person.number, events, |event, parts| {
            assert_eq!(parts.iter().copied().sum::<Fen>(), event.total());
            assert!(parts.iter().all(|part| *part >= Fen::ZERO));
            seen += 1;
        });
        assert_eq!(seen, events.iter().filter(|event| is_visit(event)).count());
    }
}

#[test]
fn an_area_says_what_differs_and_is_judged_only_by_the_rest() {
    let preset = read(NANCHANG).unwrap();
    assert_eq!((preset.code.as_str(), preset.persons), ("360100", 1_424_050));
    assert!(preset.overridden.contains("people.retired"));
    let measures = [("retired_share", 900_000), ("visit_cost", 1)].map(|(name, value)| (name.into(), value)).into();
    let rows = Targets::read("targets.toml", TARGETS).unwrap().judge(&preset, &measures);
    let verdict = |measure: &str| rows.iter().find(|row| row.measure == measure).unwrap().verdict;
    assert_eq!(verdict("retired_share"), Verdict::Reference);
    assert_eq!(verdict("visit_cost"), Verdict::Failed);
    assert_eq!(verdict("pool_share"), Verdict::Unmeasured);
    assert!(rows.iter().all(|row| row.measure != "pool_share" || row.basis.contains("南昌")));
}

#[test]
fn a_preset_that_cannot_be_used_says_where_and_what_is_allowed() {
    let cases: [(&str, &[&str]); 10] = [
        ("extends = \"moon\"", &["mine.toml", "moon", "没有这个预设"]),
        ("extends = 3", &["extends", "引号"]),
        ("extends = \"national\"\n[visit]\nx = 1", &["第 2 行", "visit", "visits"]),
        (
            "extends = \"national\"\n\n[people]\nretirred = { value = 1, from = \"A\", why = \"\" }",
            &["第 4 行", "people.retirred", "retired"],
        ),
        ("extends = \"national\"\npeople = 3", &["第 2 行", "people", "[people]"]),
        ("extends = \"national\"\n[people]\nretired = { value = 0.3, from = \"A\" }", &["why"]),
        ("extends = \"national\"\n[people]\nretired = { value = 0.3, from = \"Z\", why = \"\" }", &["Z"]),
        (
            "extends = \"national\"\n[people]\nretired = { value = 1.3, from = \"A\", why = \"\" }",
            &["people.retired", "1.3", "0 至 1"],
        ),
        (
            "extends = \"national\"\n[visits]\nlevel = { value = [0.5, 0.4, 0.2], from = \"A\", why = \"\" }",
            &["visits.level", "合计为 1"],
        ),
        ("name = \"x\"", &["mine.toml"]),
    ];
    for (text, expected) in cases {
        let fault = read(text).expect_err(text);
        for part in expected {
            assert!(fault.contains(part), "{text}: {fault}");
        }
    }
}

#[test]
fn every_figure_has_a_value_and_a_reason() {
    for basis in national().bases() {
        assert!(!basis.why.trim().is_empty() && !basis.value.is_empty(), "{}", basis.path);
    }
    let value = |path: &str| national().bases().into_iter().find(|basis| basis.path == path).map(|basis| basis.value);
    assert_eq!(value("people.employment_active").as_deref(), Some("0.62、0.18、0.2"));
    assert_eq!(value("people.retired").as_deref(), Some("0.2778"));
    assert!(national().bases().len() > 70);
}

#[test]
fn years_and_numbers_of_persons_that_cannot_be_drawn_are_refused() {
    let new = |persons, year| Generator::new(&national(), persons, year, 1, Behaviour::AS_NOW);
    assert!(new(0, 2023).is_err_and(|fault| fault.0.contains("人数 0")));
    assert!(new(10, 1812).is_err_and(|fault| fault.0.contains("1990 至 2100")));
}

#[test]
fn violations_are_told_by_labels_and_nothing_else_changes() {
    let preset = national();
    let clean = generator(40_000, 2025, 5, Behaviour::AS_NOW);
    let violations = Violations::new(&preset, &clean, 2025, 5).unwrap();
    let (mut paid, mut fund, mut count, mut kinds) = (0, 0, 0_u32, std::collections::BTreeMap::new());
    for number in 0..clean.batches() {
        let (before, mut after, mut labels) = (batch(&clean, number), Batch::default(), Vec::new());
        violations.put(&before, &mut after, |label| labels.push(label));
        assert_eq!(before.persons(), after.persons());
        paid += before.events().iter().map(|event| violations.fund(event).fen()).sum::<i64>();
        fund += labels.iter().map(|label| label.fund.fen()).sum::<i64>();
        let mut left = labels.as_slice();
        for ((person, own), (_, claimed)) in before.each().zip(after.each()) {
            let (of, others) = left.split_at(left.iter().take_while(|label| label.person == person.number).count());
            left = others;
            for label in of {
                assert_eq!(claimed[label.place as usize], label.event);
                assert!(label.tier != Tier::None && label.amount > Fen::ZERO && label.fund <= label.amount);
                *kinds.entry(label.offence).or_insert(0) += 1;
                count += 1;
            }
            // Whoever takes the claims with a label away, and those from which they were made, has what is left as it was.
            let labelled = |event: &Event| of.iter().any(|label| label.event == *event);
            let rest: Vec<&Event> = claimed.iter().filter(|event| !labelled(event)).collect();
            assert!(rest.iter().all(|event| own.contains(event)), "{}", person.number);
            let repeats = of.iter().filter(|label| label.act == Act::Repeat).count();
            assert_eq!(claimed.len(), own.len() + repeats);
        }
        assert!(left.is_empty());
    }
    let share = f64::from(fund as i32) / paid as f64;
    assert!((0.010..0.014).contains(&share), "{share}");
    let part = |offence| f64::from(kinds[&offence]) / f64::from(count);
    for (offence, expected) in [(Offence::Overcharge, 0.36), (Offence::Overuse, 0.18), (Offence::Swap, 0.14)] {
        assert!((part(offence) - expected).abs() < 0.06, "{offence:?} {}", part(offence));
    }
    assert_eq!(kinds.len(), 9, "{kinds:?}");
}

#[test]
fn violations_are_the_same_whoever_shares_an_account_with_relatives() {
    let put = |preset: &Preset| {
        let source = Generator::new(preset, 12_000, 2025, 5, Behaviour::AS_NOW).unwrap();
        let violations = Violations::new(preset, &source, 2025, 5).unwrap();
        let (mut after, mut told) = (Batch::default(), Vec::new());
        for number in 0..source.batches() {
            let tell = |label: gongji_population::Label| told.push((label.person, label.event, label.offence));
            violations.put(&batch(&source, number), &mut after, tell);
        }
        told
    };
    let (none, all) = (put(&sharing(0.0, 0.0)), put(&sharing(1.0, 1.0)));
    assert!(none == all && !none.is_empty());
    assert!(all.iter().all(|(_, event, _)| event.is_own()));
}

#[test]
fn violations_of_a_preset_are_checked() {
    let cases = [
        ("fund_share = { value = 0.5, from = \"A\", why = \"x\" }", "violations.fund_share = 0.5"),
        ("institutions = { value = [0.9, 0.2, 0], from = \"A\", why = \"x\" }", "violations.institutions"),
        (
            "kinds = { value = [{ kind = \"other\", share = 0.5, act = \"add\", used = [\"visit\"], by = \"minor\" }], from = \"A\", why = \"x\" }",
            "share",
        ),
        (
            "kinds = { value = [{ kind = \"other\", share = 1.0, act = \"move\", extent = 2.0, used = [\"visit\"], by = \"minor\" }], from = \"A\", why = \"x\" }",
            "extent = 2",
        ),
    ];
    for (figure, expected) in cases {
        let fault = read(&format!("extends = \"national\"\n[violations]\n{figure}\n")).unwrap_err();
        assert!(fault.contains(expected), "{fault}");
    }
}

//! The simulated answer beside the document's figures: on the preset's people as they are, and on the same people with
//! incomes scaled to those that the document's figures imply. Says of each figure how far it is from the document's, and
//! why that is no proof.

use super::Options;
use crate::design::amount::{amount, scaled};
use crate::design::trial::people_words;
use crate::population::{preset, preset_file, presets};
use crate::simulate::assumptions::assumptions;
use crate::simulate::report::{Cell, Report, Table};
use crate::simulate::runs::incomes;
use crate::simulate::work::Work;
use anyhow::{Context as _, anyhow};
use gongji_domain::{Fen, Rate, Rounding};
use gongji_microsimulation::design::{Outcome, Swift};
use gongji_microsimulation::estimate::Estimate;
use gongji_microsimulation::{Assumptions, Reform, Scenario, Walker};
use gongji_policy::Area;
use gongji_population::{Batch, Behaviour, Generator, Person, Source};
use rayon::prelude::*;

/// Before and after the reform.
type Pair = [Outcome; 2];
/// By how much incomes are scaled: those at work and the retired, each as a part of a whole.
type Scale = [(Fen, Fen); 2];

/// What stands in for the credit before the reform, by whose rates the document's incomes are told.
const BEFORE: &str = "credit_before_monthly";
const STATUSES: [&str; 2] = ["在职", "退休"];
const MONTHS: i128 = 12;
const MILLION: i128 = 1_000_000;
/// Figures no further apart than this, in percent, are called near.
const NEAR: i128 = 5;

/// Runs the package on people before and after the reform and puts what comes out beside the document's figures.
///
/// # Errors
/// When people cannot be had, or the estimate does not say what is compared.
pub(super) fn simulated(
    options: &Options,
    (estimate, area): (&Estimate, &Area),
    persons: u64,
    report: &mut Report,
    work: &Work,
) -> anyhow::Result<()> {
    let preset = match &options.preset {
        Some(path) => preset_file(path)?,
        None if presets().contains(&options.area.as_str()) => preset(&options.area)?,
        None => preset("national")?,
    };
    let year = i16::try_from(estimate.year).context("测算的年份")?;
    let people =
        Generator::new(&preset, persons, year, options.seed, Behaviour::AS_NOW).map_err(|fault| anyhow!("{fault}"))?;
    let assumed = assumptions(options.assumptions.as_deref())?;
    let mut assumptions = assumed.assumptions;
    assumptions.bands.incomes = incomes(&people, assumed.income_groups)?;
    let scenarios = [Reform::Before, Reform::After].map(|reform| Scenario::of(area, year, &assumptions, reform));
    let [before, after] = scenarios;
    let scenarios = [before?, after?];
    work.expect(persons * if options.calibrate { 2 } else { 1 });
    let pool = rayon::ThreadPoolBuilder::new().num_threads(work.threads.unwrap_or(0)).build()?;
    let lived = |scale| pool.install(|| lived(&scenarios, &people, scale, work));
    let plain = lived(None)?;
    let printed = Printed::of(estimate)?;
    let scale = printed.before.iter().zip(credits(&plain[0])).map(|(printed, simulated)| (*printed, simulated));
    let scale: Scale = scale.collect::<Vec<_>>().try_into().map_err(|_| anyhow!("在职、退休"))?;
    let calibrated = options.calibrate.then(|| lived(Some(scale))).transpose()?;
    report.facts.push(("persons", "模拟人数", persons.to_string()));
    report.facts.push(("preset", "人群", format!("{}，种子 {}", people_words(&preset), options.seed)));
    report.bases = assumed.bases;
    for note in scenarios.iter().flat_map(Scenario::notes) {
        if !report.notes.contains(note) {
            report.notes.push(note.clone());
        }
    }
    let beside = Beside { printed, plain, calibrated, scale, persons, rates: rates(&assumptions), name: area.name() };
    report.tables.insert(1, beside.table());
    report.notes.splice(0..0, beside.said());
    Ok(())
}

/// Everybody's year before and after, with incomes as they are or scaled.
fn lived(scenarios: &[Scenario<'_>; 2], people: &Generator, scale: Option<Scale>, work: &Work) -> anyhow::Result<Pair> {
    let none = || scenarios.each_ref().map(|scenario| Outcome::new(&scenario.assumptions().bands));
    let swift = scenarios.each_ref().map(Swift::of);
    let one = |number: u64| -> anyhow::Result<Pair> {
        work.goes_on()?;
        let (mut batch, mut walker, mut outcomes) = (Batch::default(), Walker::default(), none());
        people.fill(number, &mut batch).map_err(|fault| anyhow!("{fault}"))?;
        let batch = scale.map_or_else(|| batch.clone(), |scale| with_incomes(&batch, scale));
        for (swift, outcome) in swift.iter().zip(&mut outcomes) {
            swift.run(&batch, None, &mut walker, outcome);
        }
        work.did(batch.persons().len() as u64);
        Ok(outcomes)
    };
    let merge = |mut all: Pair, more: Pair| {
        all.iter_mut().zip(&more).for_each(|(all, more)| all.merge(more));
        Ok(all)
    };
    (0..people.batches()).into_par_iter().map(one).try_reduce(none, merge)
}

/// The same people with scaled incomes; what they do stays the same.
fn with_incomes(batch: &Batch, scale: Scale) -> Batch {
    let mut scaled = Batch::default();
    for (person, events) in batch.each() {
        let (to, from) = scale[person.status as usize];
        let times = |fen: Fen| part(fen, to.fen().into(), from.fen().into());
        let [wage, base, pension] = [person.wage, person.base, person.pension].map(times);
        let person = Person { wage, base, pension, ..person.clone() };
        scaled.push(person, |into| into.extend_from_slice(events));
    }
    scaled
}

fn part(fen: Fen, above: i128, below: i128) -> Fen {
    Rounding::HALF_UP_FEN.round(i128::from(fen.fen()) * above, below.max(1))
}

/// What is credited for each, by status.
fn credits(outcome: &Outcome) -> [Fen; 2] {
    outcome.by_status.map(|sums| sums.each(sums.credit))
}

/// The rates of the credits before the reform.
fn rates(assumptions: &Assumptions) -> [Option<Rate>; 2] {
    let known = assumptions.stand_ins.iter().find(|known| known.of == BEFORE);
    known.map_or([None; 2], |known| [known.active, known.retired])
}

/// What the document prints.
struct Printed {
    members: u64,
    before: [Fen; 2],
    after: [Fen; 2],
    gain: Fen,
}

impl Printed {
    fn of(estimate: &Estimate) -> anyhow::Result<Self> {
        let compared = &estimate.compared;
        let figure = |name: &str| estimate.figure(name).with_context(|| format!("测算里没有 {name}"));
        let fen = |name: &str| {
            let figure = figure(name)?;
            amount(&format!("{}{}", figure.is, figure.unit.words())).map_err(|fault| anyhow!(fault))
        };
        let both = |names: &[String; 2]| anyhow::Ok([fen(&names[0])?, fen(&names[1])?]);
        Ok(Self {
            members: figure(&compared.members)?.is.parse().context("参保人数")?,
            before: both(&compared.before)?,
            after: both(&compared.after)?,
            gain: fen(&compared.pool_gain)?,
        })
    }
}

/// All that stands side by side.
struct Beside<'a> {
    printed: Printed,
    plain: Pair,
    calibrated: Option<Pair>,
    scale: Scale,
    persons: u64,
    rates: [Option<Rate>; 2],
    name: &'a str,
}

impl Beside<'_> {
    fn scaled(&self, fen: Fen) -> Fen {
        scaled(fen, self.printed.members, self.persons)
    }

    /// Money moved to the pooled fund, and what the fund pays.
    fn moved(&self, [before, after]: &Pair) -> (Fen, Fen) {
        (self.scaled(before.all().credit - after.all().credit), self.scaled(after.all().pool))
    }

    fn table(&self) -> Table {
        let mut heads = vec![
            ("words", "项目"),
            ("unit", "单位"),
            ("printed", "文件"),
            ("simulated", "模拟：预设的收入"),
            ("against", "与文件相比"),
        ];
        if self.calibrated.is_some() {
            heads.extend([("calibrated", "模拟：文件的收入"), ("calibrated_against", "与文件相比")]);
        }
        heads.push(("why", "为什么"));
        let mut table = Table::new("beside", "文件的数与模拟的数", &heads).noted(format!(
            "模拟的总额按 {} ÷ {} 放大，四舍五入到分。差在 {NEAR}% 以内写作相近；相近不是证明：预设的工资、养老金、就医都是全国演示值",
            self.printed.members, self.persons
        ));
        for (status, who) in STATUSES.iter().enumerate() {
            self.incomes(&mut table, status);
            let each = |outcome: &Outcome| credits(outcome)[status];
            let why = ["缴费基数是预设的全国演示值", "养老金是预设的全国演示值"][status];
            let of = |pair: &Pair| each(&pair[0]);
            self.row(&mut table, &format!("改革前{who}人均计入个人账户"), Some(self.printed.before[status]), of, why);
            let why = [
                "按同一基数计；文件的数另含到 2023 年的工资增长",
                "按政策包的定额计，与各人养老金无关；没有账户的人计 0",
            ][status];
            let of = |pair: &Pair| each(&pair[1]);
            self.row(&mut table, &format!("改革后{who}人均计入个人账户"), Some(self.printed.after[status]), of, why);
        }
        let gain = "两次计入之差；文件用的是 2023 年预测的人数和工资，没有列出";
        self.row(&mut table, "统筹基金多出（少划的账户）", Some(self.printed.gain), |pair| self.moved(pair).0, gain);
        let visits = "文件没有算；模拟的就医是全国演示值，不随收入变";
        self.row(&mut table, "统筹基金要付的普通门诊", None, |pair| self.moved(pair).1, visits);
        let less = |pair: &Pair| self.moved(pair).0 - self.moved(pair).1;
        self.row(&mut table, "多出减要付", None, less, "正数是够付，负数是不够");
        let each = |pair: &Pair| pair[1].all().each(pair[1].all().pool);
        self.row(&mut table, "要付的，人均", None, each, "");
        table
    }

    /// The income that a credit before the reform implies.
    fn incomes(&self, table: &mut Table, status: usize) {
        let Some(rate) = self.rates[status] else { return };
        let income = |credit: Fen| part(credit, MILLION, i128::from(rate.millionths()) * MONTHS);
        let words = format!("{}（改革前人均计入 ÷ {rate} ÷ 12）", ["在职月缴费基数", "退休月养老金"][status]);
        let of = |pair: &Pair| income(credits(&pair[0])[status]);
        let why = "文件的数由它自己的人均反推；预设的是全国演示值";
        self.row(table, &words, Some(income(self.printed.before[status])), of, why);
    }

    fn row(&self, table: &mut Table, words: &str, printed: Option<Fen>, of: impl Fn(&Pair) -> Fen, why: &str) {
        let large = of(&self.plain).fen().abs() >= 100_000_000;
        let cell = |fen: Fen| if large { Cell::Wan(fen) } else { Cell::Yuan(fen) };
        let against = |fen: Fen| printed.map_or(Cell::Empty, |printed| Cell::text(compared(fen, printed)));
        let unit = Cell::text(if large { "万元" } else { "元" });
        let plain = of(&self.plain);
        let mut cells = vec![Cell::text(words), unit, printed.map_or(Cell::Empty, cell), cell(plain), against(plain)];
        if let Some(calibrated) = self.calibrated.as_ref().map(of) {
            cells.extend([cell(calibrated), against(calibrated)]);
        }
        cells.push(Cell::text(why));
        table.row(cells);
    }

    /// What can be said of it, and what cannot.
    fn said(&self) -> Vec<String> {
        let wan = |fen: Fen| Cell::Wan(fen).shown();
        let enough = |gain: Fen, pays: Fen| if gain >= pays { "够" } else { "不够" };
        let (moved, pays) = self.moved(&self.plain);
        let gain = self.printed.gain;
        let mut said = vec![
            format!(
                "模拟的工资、养老金、就医来自预设，是全国演示值，不是{}的统计：模拟的总额与文件相近，不证明文件对，也不证明模拟对",
                self.name
            ),
            format!(
                "按预设的收入：少划 {} 万元，要付 {} 万元，{}付；文件所说的 {} 万元{}付",
                wan(moved),
                wan(pays),
                enough(moved, pays),
                wan(gain),
                enough(gain, pays)
            ),
        ];
        match self.calibrated.as_ref().map(|pair| self.moved(pair)) {
            Some((moved, pays)) => said.push(format!(
                "按文件的收入（在职基数 ×{}、退休养老金 ×{}，使改革前人均计入与文件印数相同）：少划 {} 万元，比文件的 {} 万元{} {} 万元；要付 {} 万元，{}付。就医没有按收入调整",
                times(self.scale[0]),
                times(self.scale[1]),
                wan(moved),
                wan(gain),
                if moved < gain { "少" } else { "多" },
                wan(Fen::from_fen((moved - gain).fen().abs())),
                wan(pays),
                enough(moved, pays)
            )),
            None => said.push("加 --calibrate 把基数、养老金换成文件印数所对应的水平，再算一次".to_owned()),
        }
        said
    }
}

/// A factor with three decimals.
fn times((to, from): (Fen, Fen)) -> String {
    gongji_microsimulation::Exact::ratio(to.fen().into(), from.fen().max(1).into())
        .map_or_else(String::new, |exact| exact.shown(3))
}

/// How far a figure is from the document's.
fn compared(simulated: Fen, printed: Fen) -> String {
    let (more, of) = (i128::from((simulated - printed).fen()), i128::from(printed.fen().abs().max(1)));
    let percent = Cell::Share(more.abs(), of).shown();
    match (more, more.abs() * 100 <= of * NEAR) {
        (0, _) => "相同".to_owned(),
        (_, true) => format!("相近（{}{percent}）", if more > 0 { "+" } else { "-" }),
        (1.., _) => format!("高 {percent}"),
        _ => format!("低 {percent}"),
    }
}

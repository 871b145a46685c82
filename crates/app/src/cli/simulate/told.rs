//! A run told as a report: title, tables, figures shown large, and what was assumed.

use std::path::Path;

use anyhow::{Context as _, bail};
use gongji_domain::{Fen, Rate};
use gongji_microsimulation::{Comparison, Reform, Response, Scenario, Tally};
use gongji_policy::AreaStatus;

use super::{Options, Prepared};
use crate::cli::paint;
use crate::simulate::report::{Cell, Report};
use crate::simulate::results;
use crate::simulate::runs::{Rows, Runner};

impl Prepared {
    pub(super) fn two(
        &self,
        options: &Options,
        [a, mut b]: [Scenario<'_>; 2],
        runner: &Runner<'_>,
        rows: Option<Rows<'_>>,
    ) -> anyhow::Result<Report> {
        let bands = &self.assumptions().bands;
        let names = if options.before_after {
            ["改革前".to_owned(), "改革后".to_owned()]
        } else {
            [self.name(0)?, self.name(1)?]
        };
        let names = [names[0].as_str(), names[1].as_str()];
        if let Some(elasticity) = &options.elasticity {
            let fixed = runner.two([&a, &b], bands, None)?;
            b = b.with_response(answered(elasticity, &fixed, options.seed)?);
        }
        let found = runner.two([&a, &b], bands, rows)?;
        let mut report = self.head(options, &[&a, &b])?;
        let [of_a, of_b] = &found.tallies;
        let sides = [(names[0], of_a), (names[1], of_b)];
        let of = if options.before_after { format!("{}：", a.area().name()) } else { String::new() };
        report.title = format!("政策模拟：{of}{} → {}（{} 年）", names[0], names[1], self.year);
        if options.before_after {
            report.tables.push(results::moved(of_a, of_b));
        }
        report.tables.extend(results::compared(names, &found, bands));
        report.tables.extend(results::tables(&sides, bands));
        let net = found.net(|_, _, _| true);
        let all = net.winners + net.losers + net.same;
        report.heroes = vec![
            (format!("统筹基金支付（万元），{}", names[0]), Cell::Wan(of_a.all().pool).shown()),
            (format!("统筹基金支付（万元），{}", names[1]), Cell::Wan(of_b.all().pool).shown()),
            ("受益的人".to_owned(), Cell::of(net.winners, all).shown()),
            ("受损的人".to_owned(), Cell::of(net.losers, all).shown()),
        ];
        if let Some(elasticity) = &options.elasticity {
            report.notes.push(format!(
                "假设：普通门诊次数对个人负担的弹性 {elasticity}（由使用者给出）：先按同样的就医算出两边的个人负担比例，再调整后一个政策的次数"
            ));
        }
        if self.twin.is_some() {
            report
                .notes
                .push("假设：改革前的就医次数和费用按人群预设的改革前系数（行为反应），不是静态比较".to_owned());
            report.notes.retain(|note| !note.starts_with("改革前：") || !note.contains("静态"));
        }
        Ok(report)
    }

    fn name(&self, chosen: usize) -> anyhow::Result<String> {
        let chosen = &self.chosen[chosen];
        let area = chosen.area()?.name();
        Ok(match chosen.on {
            Some(day) => format!("{area} {day} 的规定"),
            None if Path::new(&chosen.given).is_dir() => chosen.given.clone(),
            None => area.to_owned(),
        })
    }

    pub(super) fn of_one(&self, options: &Options, scenario: &Scenario<'_>, tally: &Tally) -> anyhow::Result<Report> {
        let mut report = self.head(options, &[scenario])?;
        report.title = format!("政策模拟：{}（{} 年）", scenario.area().name(), self.year);
        report.tables = results::tables(&[("", tally)], &self.assumptions().bands);
        let all = tally.all();
        report.heroes = vec![
            ("统筹基金支付（万元）".to_owned(), Cell::Wan(all.pool).shown()),
            ("实际支付比例（占政策范围内）".to_owned(), Cell::part(all.ordinary_pool, all.eligible).shown()),
            ("统筹基金支付过的人".to_owned(), Cell::of(all.paid_by_pool, all.persons).shown()),
            ("到达最高支付限额的人".to_owned(), Cell::of(all.at_limit, all.persons).shown()),
            ("个人负担，人均（元）".to_owned(), Cell::each(all.share(), all.persons).shown()),
        ];
        if all.refused > 0 {
            report.notes.push(format!("{} 次就医医保不予结算，按现金计", all.refused));
        }
        Ok(report)
    }

    fn head(&self, options: &Options, scenarios: &[&Scenario<'_>]) -> anyhow::Result<Report> {
        let mut report = Report::default();
        let words = |scenario: &&Scenario<'_>| {
            let area = scenario.area();
            let draft = if area.status() == AreaStatus::Draft && !area.name().contains("征求意见稿") {
                "（草案）"
            } else {
                ""
            };
            let before = if scenario.reform() == Reform::Before { "（改革前）" } else { "" };
            let on = scenario.on_day().map(|day| format!("（{day} 的规定）")).unwrap_or_default();
            format!("{} {}{draft}{before}{on}", area.code(), area.name())
        };
        let policies: Vec<String> = scenarios.iter().map(words).collect();
        report.facts = vec![
            ("policy", "政策", policies.join(" → ")),
            ("population", "参保人群", self.people(options)),
            ("persons", "人数", paint::thousands(&self.source.persons().to_string())),
            ("year", "年度", self.year.to_string()),
            ("seed", "种子", if self.own { "—".to_owned() } else { options.seed.to_string() }),
            ("version", "程序版本", env!("CARGO_PKG_VERSION").to_owned()),
        ];
        for note in scenarios.iter().flat_map(|scenario| scenario.notes()) {
            if !report.notes.contains(note) {
                report.notes.push(note.clone());
            }
        }
        report.bases = self.assumed.bases.clone();
        if self.own {
            report.notes.push("参保人群和就医购药是给出的文件，没有随机生成的数字".to_owned());
            return Ok(report);
        }
        report.notes.push(format!(
            "参保人群由「{}」随机生成，不是真实的人；其中按建模假设（A）、推算（D）、回忆（R）的数字都是演示参数，换成本地数据后再下结论",
            self.preset.name
        ));
        if self.borrowed {
            report.notes.push(format!("没有 {} 的人群预设，用全国的：年龄、收入、就医都不是当地的", options.area));
        }
        for basis in self.preset.bases() {
            let from = basis.from.letter().to_owned();
            report.bases.push([basis.path, basis.value, from, basis.why]);
        }
        report.notes.push(format!(
            "全部 {} 项假设和参数的数值、依据、理由在 --out 的 report.html 和 --format json 里",
            report.bases.len()
        ));
        Ok(report)
    }

    fn people(&self, options: &Options) -> String {
        match &options.data {
            Some(folder) => format!("自有数据 {}", folder.display()),
            None => self.preset.name.clone(),
        }
    }
}

/// How people answer to the prices that both policies give.
pub(super) fn answered(elasticity: &str, fixed: &Comparison, seed: u64) -> anyhow::Result<Response> {
    let words = || format!("--elasticity 给出「{elasticity}」，应为 -2 至 0 之间、至多两位小数的数，如 -0.2");
    let size = elasticity.strip_prefix('-').unwrap_or(elasticity);
    // Two decimals, read as hundredths like money is: a number with a point is not needed.
    let hundredths = size.parse::<Fen>().ok().with_context(words)?.fen();
    if hundredths > 200 || (hundredths > 0 && !elasticity.starts_with('-')) {
        bail!(words());
    }
    let size = Rate::from_millionths(hundredths * (Rate::ONE.millionths() / 100));
    let price = |tally: &Tally| {
        [0, 1].map(|status| {
            let sums = tally.groups(|of, _, _| of == status);
            (sums.ordinary_share, sums.ordinary)
        })
    };
    let [a, b] = &fixed.tallies;
    Ok(Response::to_prices(Rate::from_millionths(-size.millionths()), price(a), price(b), seed))
}

//! A random well-formed package as TOML text.

use std::fmt::Write as _;

use super::{Random, relation};

/// What a generated package may contain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Also what the language leaves in doubt: `[lines].covered`, limits by item, `pays`, keys that
    /// start from an old one, corrections, `covered` with a row that says "none".
    pub doubtful: bool,
}

/// A generated package.
#[derive(Clone, Debug)]
pub struct GeneratedPackage {
    /// The pooling area's code.
    pub area: String,
    /// All of it in one file.
    pub toml: String,
    /// The cited document, `source/d.md`.
    pub source: String,
}

/// The cut of a fact's face into patterns that do not overlap.
#[derive(Clone, Debug)]
struct Dimension {
    name: String,
    parts: Vec<String>,
    /// Whether every case lies in some part.
    exhaustive: bool,
}

impl Dimension {
    fn new(name: &str, parts: &[&str], exhaustive: bool) -> Self {
        Self { name: name.into(), parts: parts.iter().map(ToString::to_string).collect(), exhaustive }
    }
}

struct Writer {
    random: Random,
    options: Options,
    text: String,
    /// Dimensions of the visit.
    visit: Vec<Dimension>,
    /// Dimensions of the charge.
    charge: Vec<Dimension>,
    /// Later days on which values change.
    days: Vec<&'static str>,
    has_diseases: bool,
    has_index: bool,
    has_wage: bool,
    whole_facts: Vec<&'static str>,
}

/// Writes a package from a seed.
pub fn package(seed: u64, options: Options) -> GeneratedPackage {
    let mut writer = Writer {
        random: Random::new(seed ^ 0x7061_636B_6167_6500),
        options,
        text: String::new(),
        visit: Vec::new(),
        charge: Vec::new(),
        days: Vec::new(),
        has_diseases: false,
        has_index: false,
        has_wage: false,
        whole_facts: Vec::new(),
    };
    let area = "900001".to_string();
    writer.head(&area);
    writer.facts();
    writer.derived_facts();
    writer.benefits();
    GeneratedPackage {
        area,
        toml: writer.text,
        source: "# 试〔2021〕1号 试验办法\n## 1 第一条\n> 试验。\n无算例：随机生成\n".into(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn yuan(&mut self, from: i64, to: i64) -> String {
        let yuan = self.random.between(from, to);
        quoted(&format!("{yuan}.00"))
    }

    fn percent(&mut self, from: i64, to: i64) -> String {
        let percent = self.random.between(from, to);
        quoted(&format!("{percent}%"))
    }

    fn head(&mut self, area: &str) {
        let from = *self.random.pick(&["2022-01-01", "2022-01-01", "2022-03-15", "2021-07-01"]);
        self.days = self.random.some(&["2022-09-10", "2023-01-01", "2023-05-20", "2024-02-29"], 2);
        self.line(&format!(
            "package = {{ area = {area:?}, name = \"试验区\", status = \"example\", framework = [], from = {from}, verified = 2026-01-01, cite = \"d:1\" }}"
        ));
        self.line("document.d = { number = \"试〔2021〕1号\", published = 2021-06-01 }");
        match self.random.below(10) {
            0..=2 => {
                let day = *self.random.pick(&["04-01", "07-01", "09-15", "12-31"]);
                self.line(&format!("period.year.starts = \"{day}\""));
            }
            3 => self.line(
                "period.year.starts = { cite = \"d:1\", rows = [{ is = \"01-01\" }, { is = \"07-01\", from = 2023-07-01 }] }",
            ),
            4 => self
                .line("period.year.restart = [{ on = 2023-09-01, cite = \"d:1\" }]"),
            _ => {}
        }
        if self.random.chance(25) {
            let after = *self.random.pick(&[
                "[\"account.prior\", \"account.current\"]",
                "[\"account.prior\"]",
                "[\"account.current\"]",
            ]);
            self.line(&format!("payer.after = {after}"));
        }
        if self.options.doubtful && self.random.chance(30) {
            let components =
                self.random.some(&["borne", "share", "over", "upfront", "over_ceiling", "off_list"].map(quoted), 5);
            self.line(&format!("payer.pays = [{}]", components.join(", ")));
        }
        if self.random.chance(20) {
            self.line(
                "institution = [
  { id = \"H1\", class = \"secondary\", kind = \"general\", cite = \"d:1\" },
  { id = \"H1\", class = \"tertiary\", kind = \"general\", from = 2023-02-10, cite = \"d:1\" },
  { id = \"H2\", class = \"primary\", kind = \"community\", cite = \"d:1\" } ]",
            );
        }
        if self.random.chance(25) {
            self.has_index = true;
            let mut rows = Vec::new();
            for year in 2018..=2026 {
                let wage = self.random.between(60_000, 120_000);
                rows.push(format!("{{ year = {year}, is = \"{wage}.00\" }}"));
            }
            self.line(&format!("index.average_wage = {{ cite = \"d:1\", rows = [{}] }}", rows.join(", ")));
        }
    }

    /// Declares facts and notes how tables may cut them.
    fn facts(&mut self) {
        self.visit = vec![
            Dimension::new("status", &["\"active\"", "\"retired\""], true),
            Dimension::new("issuer_class", &["[\"primary\", \"ungraded\"]", "\"secondary\"", "\"tertiary\""], true),
            Dimension::new("place", &["\"local\"", "\"filed_long_term\"", "[\"referred\", \"temporary\"]"], true),
            Dimension::new("age", &["{ below = 45 }", "{ at_least = 45, at_most = 69 }", "{ above = 69 }"], false),
            Dimension::new("prescription", &["true", "false"], true),
        ];
        if self.random.chance(30) {
            self.visit[0].parts =
                vec![quoted("active"), "{ not = [\"active\", \"pre_1949_worker\"] }".into(), quoted("pre_1949_worker")];
        }
        if self.random.chance(60) {
            self.line(
                "fact.enrolment = { values = [\"employer\", \"flexible\", \"pool_only\", \"seasonal\"], under = { seasonal = \"flexible\" }, cite = \"d:1\" }",
            );
            self.visit.push(Dimension::new("enrolment", &["\"employer\"", "\"flexible\"", "\"pool_only\""], true));
        }
        if self.random.chance(30) {
            self.line("fact.class = { more = [\"special\"], under = { special = \"tertiary\" }, cite = \"d:1\" }");
        }
        if self.random.chance(50) {
            let contract = relation::contract(&mut self.random);
            self.line(&contract);
            self.visit.push(Dimension::new("contract", &["true", "false"], true));
        }
        if self.random.chance(40) {
            self.line("fact.years_short = { of = \"member\", kind = \"whole\", min = 0, max = 10, default = 0, cite = \"d:1\" }");
            self.visit.push(Dimension::new(
                "years_short",
                &["{ below = 1 }", "{ at_least = 1, below = 5 }", "{ at_least = 5 }"],
                true,
            ));
            self.whole_facts.push("years_short");
        }
        if self.random.chance(30) {
            self.line("fact.retired_on = { of = \"member\", kind = \"date\", default = 2001-01-01, cite = \"d:1\" }");
            self.visit.push(Dimension::new(
                "retired_on",
                &["{ before = 2006-07-01 }", "{ from = 2006-07-01, before = 2015-01-01 }", "{ from = 2015-01-01 }"],
                true,
            ));
        }
        if self.random.chance(30) {
            self.has_wage = true;
            self.line("fact.wage = { of = \"member\", kind = \"money\", default = \"5000.00\", cite = \"d:1\" }");
            self.visit.push(Dimension::new(
                "wage",
                &[
                    "{ below = \"3000.00\" }",
                    "{ at_least = \"3000.00\", at_most = \"8000.00\" }",
                    "{ above = \"8000.00\" }",
                ],
                true,
            ));
        }
        if self.random.chance(40) {
            let of = if self.random.chance(70) { "relation" } else { "encounter" };
            self.line(&format!("fact.selected = {{ of = {of:?}, values = [\"none\", \"first\", \"linked\", \"second\"], default = \"none\", cite = \"d:1\" }}"));
            if of == "relation" {
                self.line(relation::SELECTED);
            }
            self.visit.push(Dimension::new("selected", &["\"none\"", "[\"first\", \"linked\"]", "\"second\""], true));
        }
        if self.random.chance(30) {
            self.line("fact.grade = { of = \"institution\", values = [\"x\", \"y\", \"z\"], under = { z = \"y\" }, default = \"x\", cite = \"d:1\" }");
            self.visit.push(Dimension::new("grade", &["\"x\"", "\"y\""], true));
        }
        if self.random.chance(35) {
            self.has_diseases = true;
            self.line(
                "fact.diseases = { of = \"member\", kind = \"set\", values = [\"a\", \"b\", \"c\"], cite = \"d:1\" }",
            );
            self.visit.push(Dimension::new("diseases", &["[\"a\", \"b\"]"], false));
            if self.random.chance(50) {
                self.line("fact.disease_count = { count_of = \"diseases\", cite = \"d:1\" }");
                self.visit.push(Dimension::new(
                    "disease_count",
                    &["{ below = 1 }", "{ at_least = 1, at_most = 2 }", "{ above = 2 }"],
                    true,
                ));
                self.whole_facts.push("disease_count");
            }
        }
        if self.random.chance(55) {
            self.line("fact.item = { of = \"charge\", values = [\"drug\", \"test\", \"device\"], default = \"drug\", cite = \"d:1\" }");
            self.charge.push(Dimension::new("item", &["\"drug\"", "\"test\"", "\"device\""], true));
        }
        match self.random.below(10) {
            0..=1 => {
                self.line("fact.imported = { of = \"charge\", kind = \"flag\", default = false, cite = \"d:1\" }");
                self.charge.push(Dimension::new("imported", &["true", "false"], true));
            }
            2..=3 => self.charge.push(Dimension::new(
                "charge_amount",
                &["{ at_most = \"90.00\" }", "{ above = \"90.00\" }"],
                true,
            )),
            _ => {}
        }
        if self.random.chance(30) {
            let by = if self.random.chance(60) { ", by = [\"institution\"]" } else { "" };
            let per = *self.random.pick(&["year", "year", "month"]);
            let of = *self.random.pick(&["day", "day", "visit"]);
            self.line(&format!(
                "fact.visit_no = {{ cite = \"d:1\", ordinal = {{ of = \"{of}\"{by}, per = \"{per}\", counts = [\"ordinary_outpatient\"] }} }}"
            ));
            self.visit.push(Dimension::new(
                "visit_no",
                &["{ below = 2 }", "{ at_least = 2, at_most = 3 }", "{ above = 3 }"],
                true,
            ));
        }
        if self.random.chance(10) {
            self.line("fact.months_insured = { of = \"member\", kind = \"whole\", min = 0, max = 600, default = 12, cite = \"d:1\" }");
            self.line("access = { cite = \"d:1\", rows = [{ when = { months_insured = { below = 5 } }, is = \"waiting_period\" }] }");
        }
    }

    /// Facts that are tables of their own; later ones may read earlier ones.
    fn derived_facts(&mut self) {
        for (name, chance) in [("level", 60), ("cohort", 35)] {
            if !self.random.chance(chance) {
                continue;
            }
            let values = ["one", "two", "three"].map(|value| format!("{name}_{value}"));
            let dimensions = self.visit.clone();
            let table = self.table(&dimensions, &mut |random| quoted(random.pick::<String>(&values)));
            let declared = values.clone().map(|value| quoted(&value)).join(", ");
            self.line(&format!("fact.{name} = {{ values = [{declared}], cite = \"d:1\", {table} }}"));
            let parts: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            self.visit.push(Dimension { name: name.into(), parts, exhaustive: true });
        }
    }

    /// One or two different dimensions out of several.
    fn choose(&mut self, dimensions: &[Dimension]) -> Vec<Dimension> {
        let mut chosen = Vec::new();
        let mut rest = dimensions.to_vec();
        while !rest.is_empty() && chosen.len() < 2 {
            let place = self.random.below(rest.len());
            chosen.push(rest.remove(place));
        }
        chosen
    }

    /// Some parts of a dimension, never all of them.
    fn parts(&mut self, dimension: &Dimension) -> Vec<String> {
        let most = if dimension.exhaustive { dimension.parts.len() - 1 } else { dimension.parts.len() };
        self.random.some(&dimension.parts, most)
    }

    /// A total table without conflicts: `rows = […]` and what belongs to it, without braces.
    fn table(&mut self, dimensions: &[Dimension], value: &mut dyn FnMut(&mut Random) -> String) -> String {
        let chosen = self.choose(dimensions);
        let form = if chosen.len() < 2 { self.random.below(2) } else { self.random.below(7) };
        let exhaustive: Vec<&Dimension> = chosen.iter().filter(|one| one.exhaustive).collect();
        // Every row once from the start and perhaps once more from a later day, so that no later
        // general row stands beside an older special one.
        let mut versions = vec![String::new()];
        for day in self.days.clone() {
            if self.random.chance(20) {
                versions.push(format!(", from = {day}"));
            }
        }
        let mut rows = Vec::new();
        let mut except = Vec::new();
        let mut across = String::new();
        match form {
            _ if chosen.is_empty() => {
                for from in &versions {
                    rows.push(format!("{{ is = {}{from} }}", value(&mut self.random)));
                }
            }
            // A default and exceptions along one fact.
            1 | 2 => {
                let parts = self.parts(&chosen[0]);
                // A row that ends would conflict with one that begins before its end.
                let until = versions.len() == 1 && self.random.chance(15);
                for from in &versions {
                    rows.push(format!("{{ is = {}{from} }}", value(&mut self.random)));
                    for part in &parts {
                        let name = &chosen[0].name;
                        let until = if until && from.is_empty() { ", until = 2022-12-31" } else { "" };
                        rows.push(format!(
                            "{{ when = {{ {name} = {part} }}, is = {}{from}{until} }}",
                            value(&mut self.random)
                        ));
                    }
                }
            }
            // A default, exceptions along one fact, and exceptions to these along another.
            3 => {
                let parts = self.parts(&chosen[0]);
                let inner = self.parts(&chosen[1]);
                let (one, other) = (&chosen[0].name, &chosen[1].name);
                for from in &versions {
                    rows.push(format!("{{ is = {}{from} }}", value(&mut self.random)));
                    for part in &parts {
                        rows.push(format!("{{ when = {{ {one} = {part} }}, is = {}{from} }}", value(&mut self.random)));
                        for narrow in &inner {
                            rows.push(format!(
                                "{{ when = {{ {one} = {part}, {other} = {narrow} }}, is = {}{from} }}",
                                value(&mut self.random)
                            ));
                        }
                    }
                }
            }
            // A grid.
            4 | 5 if !exhaustive.is_empty() => {
                let columns = exhaustive[0].clone();
                across = format!("across = {{ {} = [{}] }}, ", columns.name, columns.parts.join(", "));
                let others = if exhaustive.len() > 1 {
                    let other = exhaustive[1];
                    other.parts.iter().map(|part| format!("when = {{ {} = {part} }}, ", other.name)).collect()
                } else {
                    vec![String::new()]
                };
                for from in &versions {
                    for when in &others {
                        let are: Vec<String> = columns.parts.iter().map(|_| value(&mut self.random)).collect();
                        rows.push(format!("{{ {when}are = [{}]{from} }}", are.join(", ")));
                    }
                }
            }
            // A default with exceptions, and a crossing exception in a layer above.
            6 => {
                let parts = self.parts(&chosen[0]);
                for from in &versions {
                    rows.push(format!("{{ is = {}{from} }}", value(&mut self.random)));
                    for part in &parts {
                        rows.push(format!(
                            "{{ when = {{ {} = {part} }}, is = {}{from} }}",
                            chosen[0].name,
                            value(&mut self.random)
                        ));
                    }
                }
                let part = self.random.pick(&chosen[1].parts).clone();
                except.push(format!(
                    "{{ when = {{ {} = {part} }}, is = {} }}",
                    chosen[1].name,
                    value(&mut self.random)
                ));
            }
            _ => {
                for from in &versions {
                    rows.push(format!("{{ is = {}{from} }}", value(&mut self.random)));
                }
            }
        }
        if self.options.doubtful && self.random.chance(5) && across.is_empty() && !rows.is_empty() {
            // The first row, corrected later.
            let head = rows[0].split(" is = ").next().unwrap_or("{").to_string();
            let rest = rows[0]
                .rsplit_once(", from = ")
                .map_or(String::new(), |(_, from)| format!(", from = {}", from.trim_end_matches(" }")));
            if !rows[0].contains("until") {
                rows.push(format!(
                    "{head} is = {}{rest}, known = 2023-06-01, corrects = true }}",
                    value(&mut self.random)
                ));
            }
        }
        let mut table = format!("{across}rows = [\n  {} ]", rows.join(",\n  "));
        if !except.is_empty() {
            let _ = write!(table, ", except = [{}]", except.join(", "));
        }
        table
    }

    /// A condition on the visit, or nothing.
    fn condition(&mut self, chance: usize) -> Option<String> {
        if !self.random.chance(chance) {
            return None;
        }
        let dimensions: Vec<Dimension> =
            self.visit.iter().filter(|dimension| dimension.name != "visit_no").cloned().collect();
        let dimension = self.random.pick(&dimensions).clone();
        let part = self.random.pick(&dimension.parts).clone();
        Some(format!("{{ {} = {part} }}", dimension.name))
    }

    fn benefits(&mut self) {
        let decided = self.random.chance(45);
        let account_first = self.random.chance(20);
        let by_claims = !self.charge.is_empty() && self.random.chance(45);
        let layers = self.random.below(3);
        let mut chain: Vec<String> = Vec::new();
        if decided {
            chain.extend(["two_diseases".to_string(), "special_disease".to_string()]);
        }
        if by_claims {
            chain.push("apart".into());
        }
        if account_first {
            chain.push("account_first".into());
        }
        chain.push("ordinary_outpatient".into());
        for layer in 0..layers {
            chain.push(format!("layer_{}", layer + 1));
        }
        let quoted_chain: Vec<String> = chain.iter().map(|name| quoted(name)).collect();
        // Top-level keys come before the first table header.
        let mut top = format!("chain = [{}]\n", quoted_chain.join(", "));
        if decided {
            top.push_str("decided_elsewhere = { two_diseases = \"d:1\", special_disease = \"d:1\" }\n");
        }
        self.text.insert_str(0, &top);
        self.lines();

        if by_claims {
            let dimension = self.random.pick(&self.charge.clone()).clone();
            let part = self.random.pick(&dimension.parts).clone();
            self.line("[benefit.apart]");
            self.line(&format!("claims = {{ {} = {part} }}", dimension.name));
            let left_flows = self.random.chance(40);
            self.benefit("apart", "310100", &chain, None);
            if left_flows {
                // Noted for the main benefit below.
                self.main(&chain, account_first, decided, true);
            } else {
                self.main(&chain, account_first, decided, false);
            }
        } else {
            self.main(&chain, account_first, decided, false);
        }
        self.layers(&chain, layers);
    }

    fn main(&mut self, chain: &[String], account_first: bool, decided: bool, apart_flows: bool) {
        let takes_priors = decided && self.random.chance(60);
        let care = *self.random.pick(&[
            "",
            "care_type = [\"ordinary_outpatient\", \"pharmacy\"]",
            "care_type = [\"ordinary_outpatient\", \"pharmacy\", \"special_disease\", \"two_diseases\"]",
        ]);
        let own_for = (!care.is_empty()).then(|| format!("{{ {care} }}"));
        if account_first {
            self.line("[benefit.account_first]");
            if let Some(pattern) = &own_for {
                self.line(&format!("for = {pattern}"));
            }
            self.line("fund = \"account.current\"");
            self.line("cite = \"d:1\"");
            self.line("rate = { rows = [{ is = \"100%\" }] }");
            self.line("limit = [{ per = \"visit\", rows = [{ is = { balance = \"account.current\" } }] }]");
        }
        let mut takes = Vec::new();
        takes.push(if account_first { quoted("account_first.left") } else { quoted("lines") });
        if apart_flows {
            takes.push(quoted("apart.left"));
        }
        if takes_priors {
            takes.push(quoted("two_diseases.left"));
            takes.push(quoted("special_disease.left"));
        }
        self.line("[benefit.ordinary_outpatient]");
        if let Some(pattern) = own_for {
            self.line(&format!("for = {pattern}"));
        }
        self.benefit("ordinary_outpatient", "310100", chain, Some(takes.join(", ")));
    }

    /// Benefits that take what the main one left, each part at most once.
    fn layers(&mut self, chain: &[String], layers: usize) {
        let mut sources: Vec<Vec<&str>> = match (layers, self.random.below(3)) {
            (0, _) => Vec::new(),
            (1, _) => vec![vec![*self.random.pick(&[
                "ordinary_outpatient.left",
                "ordinary_outpatient.over",
                "ordinary_outpatient.borne",
            ])]],
            (_, 0) => vec![vec!["ordinary_outpatient.left"], vec!["layer_1.left"]],
            (_, 1) => vec![vec!["ordinary_outpatient.over"], vec!["ordinary_outpatient.borne", "layer_1.left"]],
            (_, _) => vec![vec!["ordinary_outpatient.borne", "ordinary_outpatient.over"], vec!["layer_1.over"]],
        };
        if layers == 1 && self.random.chance(20) && !self.text.contains("on = \"payment\", cite") {
            sources = vec![vec!["ordinary_outpatient.share"]];
        }
        for (place, takes) in sources.into_iter().enumerate() {
            let name = format!("layer_{}", place + 1);
            self.line(&format!("[benefit.{name}]"));
            if let Some(pattern) = self.condition(40) {
                self.line(&format!("for = {pattern}"));
            }
            let fund = *self.random.pick(&["310300", "330100", "320100", "390200", "610100"]);
            let takes: Vec<String> = takes.into_iter().map(quoted).collect();
            self.benefit(&name, fund, chain, Some(takes.join(", ")));
        }
    }

    fn lines(&mut self) {
        let mut dimensions = self.charge.clone();
        dimensions.extend(
            self.visit.iter().filter(|dimension| ["place", "status"].contains(&dimension.name.as_str())).cloned(),
        );
        let mut tables = Vec::new();
        if self.random.chance(20) {
            let table = self.table(&dimensions, &mut |random| {
                let share = random.pick(&["0%", "5%", "12.5%", "33.3333%"]);
                quoted(share)
            });
            tables.push(format!("upfront = {{ cite = \"d:1\", {table} }}"));
        }
        if self.random.chance(12) {
            let table = self.table(&dimensions, &mut |random| {
                let ceiling = random.pick(&["none", "120.00", "500.55", "88.88"]);
                quoted(ceiling)
            });
            tables.push(format!("ceiling = {{ cite = \"d:1\", {table} }}"));
        }
        if self.options.doubtful && !self.charge.is_empty() && self.random.chance(15) {
            let dimension = self.charge[0].clone();
            let part = dimension.parts[0].clone();
            tables.push(format!(
                "covered = {{ cite = \"d:1\", rows = [{{ is = true }}, {{ when = {{ {} = {part} }}, is = false }}] }}",
                dimension.name
            ));
        }
        if !tables.is_empty() {
            self.line("[lines]");
            for table in tables {
                self.line(&table);
            }
        }
    }

    /// The rest of a benefit whose header (and `for`, `claims`) is written.
    fn benefit(&mut self, name: &str, fund: &str, chain: &[String], takes: Option<String>) {
        self.line(&format!("fund = \"{fund}\""));
        self.line("cite = \"d:1\"");
        if let Some(takes) = takes {
            self.line(&format!("takes = [{takes}]"));
        }
        if self.random.chance(if name == "ordinary_outpatient" { 45 } else { 10 }) {
            self.covered();
        }
        self.deductibles(name, chain);
        self.limits(name, chain);
        self.rate(name);
    }

    fn covered(&mut self) {
        let mut rows = Vec::new();
        if self.random.chance(60) {
            rows.push(
                "{ when = { care_type = \"pharmacy\", prescription = false }, is = \"no_prescription\" }".to_string(),
            );
        }
        if self.random.chance(40) {
            rows.push("{ when = { place = \"temporary\" }, is = \"place_not_covered\" }".into());
        }
        if self.random.chance(25) {
            let day = *self.random.pick(&self.days.clone());
            rows.push(format!(
                "{{ when = {{ care_type = \"pharmacy\", place = \"referred\" }}, is = \"pharmacy_not_covered\", from = {day} }}"
            ));
        }
        if self.options.doubtful && !rows.is_empty() && self.random.chance(20) {
            rows.push("{ when = { place = \"temporary\", status = \"retired\" }, is = \"none\" }".into());
        }
        if !rows.is_empty() {
            self.line(&format!("covered = {{ cite = \"d:1\", rows = [\n  {} ] }}", rows.join(",\n  ")));
        }
    }

    /// The words that name a counter's period and place.
    fn period(&mut self) -> String {
        let by = "by = [\"institution\"]";
        match self.random.below(20) {
            0..=9 => "per = \"year\"".into(),
            10..=11 => "per = \"visit\"".into(),
            12 => "per = \"day\"".into(),
            13 => format!("per = \"day\", {by}"),
            14..=15 => "per = \"month\"".into(),
            16 => "per = \"life\"".into(),
            17 => "per = \"opened\", lasts = \"24 hours\"".into(),
            18 => format!("per = \"opened\", lasts = \"3 days\", {by}"),
            _ => format!("per = \"year\", {by}"),
        }
    }

    fn counts(&mut self, name: &str, chain: &[String]) -> String {
        match self.random.below(10) {
            0 => ", counts = [\"*\"]".into(),
            1 => {
                let mut names = self.random.some(chain, 2);
                if !names.iter().any(|other| other == name) {
                    names.push(name.into());
                }
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                format!(", counts = [{}]", names.join(", "))
            }
            _ => String::new(),
        }
    }

    fn deductibles(&mut self, name: &str, chain: &[String]) {
        let count = *self.random.pick(&[0, 1, 1, 1, 2]);
        let on = if self.random.chance(20) { "on = \"payment\", cite" } else { "on = \"eligible\", cite" };
        // Line scopes of deductibles are equal or disjoint.
        let scopes = if count == 2 && !self.charge.is_empty() && self.random.chance(25) {
            let dimension = self.charge[0].clone();
            dimension.parts[..2].iter().map(|part| format!(", lines = {{ {} = {part} }}", dimension.name)).collect()
        } else {
            vec![String::new(); count]
        };
        let mut tables: Vec<String> = Vec::new();
        for scope in scopes {
            let period = self.period();
            let counts = self.counts(name, chain);
            let visits = self.condition(8).map_or(String::new(), |pattern| format!(", for = {pattern}"));
            let words = format!("{period}{counts}{scope}{visits}");
            if tables.iter().any(|table| table.contains(&words)) {
                continue;
            }
            let table = self.money_table(&[0, 20, 50, 200, 600]);
            tables.push(format!("{{ {on} = \"d:1\", {words}, {table} }}"));
        }
        if !tables.is_empty() {
            self.line(&format!("deductible = [\n  {} ]", tables.join(",\n  ")));
        }
    }

    fn limits(&mut self, name: &str, chain: &[String]) {
        let count = *self.random.pick(&[0, 1, 1, 2, 2, 3, 4]);
        let scopes: Vec<String> = match self.charge.first().cloned() {
            Some(dimension) if self.random.chance(35) => {
                let (one, other) = (&dimension.parts[0], &dimension.parts[1]);
                let name = &dimension.name;
                let wide = if dimension.parts.len() > 2 {
                    format!(", lines = {{ {name} = [{one}, {other}] }}")
                } else {
                    String::new()
                };
                match self.random.below(3) {
                    0 => vec![format!(", lines = {{ {name} = {one} }}"), format!(", lines = {{ {name} = {other} }}")],
                    1 => vec![wide, format!(", lines = {{ {name} = {one} }}")],
                    _ => vec![format!(", lines = {{ {name} = {one} }}")],
                }
            }
            _ => Vec::new(),
        };
        let mut tables: Vec<String> = Vec::new();
        for place in 0..count {
            let on = *self.random.pick(&["payment", "payment", "payment", "eligible", "above"]);
            let scope = scopes.get(place).cloned().unwrap_or_default();
            let carried = scope.is_empty() && self.random.chance(10);
            let period = if carried { "per = \"month\", carry = \"year\"".into() } else { self.period() };
            let counts = self.counts(name, chain);
            let visits = self.condition(10).map_or(String::new(), |pattern| format!(", for = {pattern}"));
            let by_item = if self.options.doubtful && !period.contains("by =") && self.random.chance(8) {
                ", by = [\"item\"]"
            } else {
                ""
            };
            let words = format!("on = \"{on}\", {period}{counts}{scope}{visits}{by_item}");
            if tables.iter().any(|table| table.contains(&words)) {
                continue;
            }
            let beyond = if on == "payment" && self.random.chance(20) {
                let fund = *self.random.pick(&["330100", "310300"]);
                let when = self.condition(50).map_or(String::new(), |pattern| format!(", when = {pattern}"));
                format!(", beyond = {{ fund = \"{fund}\"{when} }}")
            } else {
                String::new()
            };
            if self.random.chance(8) && period == "per = \"year\"" && !words.contains("by") {
                // The key changes on a day: monthly first, then fresh by the year.
                let day = *self.random.pick(&self.days.clone());
                let (_, before) = day_before(day);
                let starts = if self.options.doubtful && self.random.chance(50) && tables.is_empty() {
                    format!("from benefit.{name}.limit.0")
                } else {
                    "fresh".into()
                };
                let older = words.replace("per = \"year\"", "per = \"month\"");
                let one = self.money_table_undated(&[50, 100, 400]);
                let other = self.money_table_undated(&[300, 1000, 3000]);
                tables.push(format!("{{ {older}, until = {before}, cite = \"d:1\", {one}{beyond} }}"));
                tables.push(format!(
                    "{{ {words}, from = {day}, starts = \"{starts}\", cite = \"d:1\", {other}{beyond} }}"
                ));
                continue;
            }
            let amounts: &[i64] = if period.contains("visit") || period.contains("day") {
                &[60, 200, 800]
            } else if period.contains("month") {
                &[55, 250, 1200]
            } else {
                &[300, 1500, 4000, 9000]
            };
            let table = self.money_table(amounts);
            tables.push(format!("{{ {words}, cite = \"d:1\", {table}{beyond} }}"));
        }
        if self.has_diseases && self.random.chance(25) {
            let weights =
                *self.random.pick(&["[\"100%\"]", "[\"100%\", \"60%\", \"20%\"]", "[\"100%\", \"100%\", \"100%\"]"]);
            let amounts = [(); 3].map(|()| self.yuan(100, 3000));
            tables.push(format!(
                "{{ on = \"payment\", per = \"year\", for = {{ diseases = [\"a\", \"b\", \"c\"] }}, cite = \"d:1\", each = \"diseases\", as = \"disease\", weights = {weights}, rows = [
    {{ when = {{ disease = \"a\" }}, is = {} }}, {{ when = {{ disease = \"b\" }}, is = {} }}, {{ when = {{ disease = \"c\" }}, is = {} }} ] }}",
                amounts[0], amounts[1], amounts[2]
            ));
        }
        if !tables.is_empty() {
            self.line(&format!("limit = [\n  {} ]", tables.join(",\n  ")));
        }
    }

    fn money_table_undated(&mut self, around: &[i64]) -> String {
        let days = std::mem::take(&mut self.days);
        let table = self.money_table(around);
        self.days = days;
        table
    }

    /// A table of amounts: figures, sometimes none or open, index and member shares, adjustments.
    fn money_table(&mut self, around: &[i64]) -> String {
        let dimensions = self.visit.clone();
        let around = around.to_vec();
        let (index, wage) = (self.has_index, self.has_wage);
        let adjusted = self.random.chance(15);
        let mut value = |random: &mut Random| -> String {
            if !adjusted {
                match random.below(40) {
                    0 => return quoted("none"),
                    1 => return quoted("open"),
                    2..=4 if index => {
                        let year = *random.pick(&["year = -2", "year = 2020", "year = 0"]);
                        let round = *random.pick(&["down yuan", "half_up fen", "up yuan"]);
                        let share = *random.pick(&["0.3%", "1%", "2.55%"]);
                        return format!(
                            "{{ share = \"{share}\", of = \"index.average_wage\", {year}, round = \"{round}\" }}"
                        );
                    }
                    5..=7 if wage => {
                        let round = *random.pick(&["down yuan", "half_up fen"]);
                        return format!("{{ share = \"7.5%\", of = \"member.wage\", round = \"{round}\" }}");
                    }
                    _ => {}
                }
            }
            let base = *random.pick(&around);
            let yuan = base + random.between(0, base / 4 + 1);
            if adjusted || random.chance(70) {
                quoted(&format!("{yuan}.00"))
            } else {
                quoted(&format!("{yuan}.{:02}", random.between(0, 99)))
            }
        };
        let mut table = self.table(&dimensions, &mut value);
        if adjusted {
            let mut adjust = Vec::new();
            if let Some(when) = self.condition(100) {
                let add = self.random.between(-40, 60);
                adjust.push(format!("{{ when = {when}, add = \"{add}.00\" }}"));
            }
            if let Some(fact) = self.whole_facts.first() {
                let fact = *fact;
                let less = *self.random.pick(&["", ", less = 2"]);
                adjust.push(format!("{{ add = \"5.00\", per = \"{fact}\"{less} }}"));
            }
            if let Some(when) = self.condition(60) {
                let times = *self.random.pick(&["50%", "80%", "125%"]);
                adjust.push(format!("{{ when = {when}, times = \"{times}\" }}"));
            }
            let _ = write!(table, ", adjust = [{}]", adjust.join(", "));
            table.push_str(", at_least = \"0.00\"");
            if self.random.chance(30) {
                let most = self.random.between(100, 4000);
                let _ = write!(table, ", at_most = \"{most}.00\"");
            }
            if self.random.chance(30) {
                table.push_str(", round = \"down yuan\"");
            }
        }
        table
    }

    fn rate(&mut self, name: &str) {
        let segmented = name != "layer_2" && self.random.chance(30);
        let mut dimensions = self.visit.clone();
        dimensions.extend(self.charge.clone());
        let mut value = |random: &mut Random| quoted(&format!("{}%", random.between(20, 95)));
        let mut table = if segmented {
            let on = *self.random.pick(&["eligible", "above"]);
            let count = 1 + self.random.below(3);
            let mut up_to = Vec::new();
            let mut high = 0;
            for _ in 0..count {
                high += self.random.between(1, 1500);
                up_to.push(quoted(&format!("{high}.00")));
            }
            let names: Vec<String> = ["s1", "s2", "s3", "s4"][..=count].iter().map(|name| quoted(name)).collect();
            self.line(&format!(
                "segments = {{ on = \"{on}\", up_to = [{}], names = [{}] }}",
                up_to.join(", "),
                names.join(", ")
            ));
            let other = {
                let exhaustive: Vec<Dimension> =
                    dimensions.iter().filter(|dimension| dimension.exhaustive).cloned().collect();
                self.random.pick(&exhaustive).clone()
            };
            let rows: Vec<String> = if self.random.chance(50) {
                other
                    .parts
                    .iter()
                    .map(|part| {
                        let are: Vec<String> = names.iter().map(|_| value(&mut self.random)).collect();
                        format!("{{ when = {{ {} = {part} }}, are = [{}] }}", other.name, are.join(", "))
                    })
                    .collect()
            } else {
                let are: Vec<String> = names.iter().map(|_| value(&mut self.random)).collect();
                vec![format!("{{ are = [{}] }}", are.join(", "))]
            };
            format!("across = {{ segment = [{}] }}, rows = [\n  {} ]", names.join(", "), rows.join(",\n  "))
        } else if name.starts_with("layer") && self.random.chance(15) {
            let share = *self.random.pick(&["", ", share = \"50%\""]);
            let main_has_segments =
                self.text.split("[benefit.ordinary_outpatient]").nth(1).is_some_and(|rest| rest.contains("segments ="));
            if main_has_segments {
                format!("rows = [{{ is = {} }}]", value(&mut self.random))
            } else {
                format!("rows = [{{ is = {{ same_as = \"benefit.ordinary_outpatient.rate\"{share} }} }}]")
            }
        } else {
            self.table(&dimensions, &mut value)
        };
        if !table.contains("same_as") && self.random.chance(40) {
            let mut adjust = Vec::new();
            let adjusting: Vec<Dimension> =
                dimensions.iter().filter(|dimension| dimension.name != "visit_no").cloned().collect();
            for _ in 0..=self.random.below(2) {
                let dimension = self.random.pick(&adjusting).clone();
                let part = self.random.pick(&dimension.parts).clone();
                let points = self.random.between(-8, 10);
                let from = if self.random.chance(15) {
                    let day = *self.random.pick(&self.days.clone());
                    format!(", from = {day}")
                } else {
                    String::new()
                };
                adjust.push(format!("{{ when = {{ {} = {part} }}, add = \"{points} points\"{from} }}", dimension.name));
            }
            if let Some(fact) = self.whole_facts.first() {
                let fact = *fact;
                adjust.push(format!("{{ add = \"-1 points\", per = \"{fact}\" }}"));
            }
            if self.random.chance(50) {
                let dimension = self.random.pick(&adjusting).clone();
                let part = self.random.pick(&dimension.parts).clone();
                let times = *self.random.pick(&["90%", "120%", "85%"]);
                adjust.push(format!("{{ when = {{ {} = {part} }}, times = \"{times}\" }}", dimension.name));
            }
            let _ = write!(table, ", adjust = [\n  {} ], at_most = \"100%\"", adjust.join(",\n  "));
            let floor = self.percent(0, 30);
            if self.random.chance(40) {
                let higher = self.percent(31, 45);
                let _ = write!(
                    table,
                    ", at_least = {{ rows = [{{ is = {floor} }}, {{ when = {{ status = \"retired\" }}, is = {higher} }}] }}"
                );
            } else {
                let _ = write!(table, ", at_least = {floor}");
            }
        }
        self.line(&format!("rate = {{ cite = \"d:1\", {table} }}"));
    }
}

/// A day of the list of changes and the one before it.
fn day_before(day: &str) -> (&str, &'static str) {
    let before = match day {
        "2022-09-10" => "2022-09-09",
        "2023-01-01" => "2022-12-31",
        "2023-05-20" => "2023-05-19",
        _ => "2024-02-28",
    };
    (day, before)
}

//! A random well-formed package as TOML text.

mod cuts;
mod facts;
mod tables;

use super::Random;

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
}

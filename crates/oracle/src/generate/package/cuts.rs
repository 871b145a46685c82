//! Random deductibles and limits, with what they count and when.

use super::tables::day_before;
use super::{Writer, quoted};

impl Writer {
    /// The words that name a counter's period and place.
    pub(super) fn period(&mut self) -> String {
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

    pub(super) fn counts(&mut self, name: &str, chain: &[String]) -> String {
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

    pub(super) fn deductibles(&mut self, name: &str, chain: &[String]) {
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

    pub(super) fn limits(&mut self, name: &str, chain: &[String]) {
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
}

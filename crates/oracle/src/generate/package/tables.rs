//! Random tables: rows over the dimensions chosen, dated, with adjustments and bounds.

use std::fmt::Write as _;

use super::{Dimension, Writer, quoted};
use crate::generate::Random;

impl Writer {
    /// One or two different dimensions out of several.
    pub(super) fn choose(&mut self, dimensions: &[Dimension]) -> Vec<Dimension> {
        let mut chosen = Vec::new();
        let mut rest = dimensions.to_vec();
        while !rest.is_empty() && chosen.len() < 2 {
            let place = self.random.below(rest.len());
            chosen.push(rest.remove(place));
        }
        chosen
    }

    /// Some parts of a dimension, never all of them.
    pub(super) fn parts(&mut self, dimension: &Dimension) -> Vec<String> {
        let most = if dimension.exhaustive { dimension.parts.len() - 1 } else { dimension.parts.len() };
        self.random.some(&dimension.parts, most)
    }

    /// A total table without conflicts: `rows = […]` and what belongs to it, without braces.
    pub(super) fn table(&mut self, dimensions: &[Dimension], value: &mut dyn FnMut(&mut Random) -> String) -> String {
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
    pub(super) fn condition(&mut self, chance: usize) -> Option<String> {
        if !self.random.chance(chance) {
            return None;
        }
        let dimensions: Vec<Dimension> =
            self.visit.iter().filter(|dimension| dimension.name != "visit_no").cloned().collect();
        let dimension = self.random.pick(&dimensions).clone();
        let part = self.random.pick(&dimension.parts).clone();
        Some(format!("{{ {} = {part} }}", dimension.name))
    }

    pub(super) fn money_table_undated(&mut self, around: &[i64]) -> String {
        let days = std::mem::take(&mut self.days);
        let table = self.money_table(around);
        self.days = days;
        table
    }

    /// A table of amounts: figures, sometimes none or open, index and member shares, adjustments.
    pub(super) fn money_table(&mut self, around: &[i64]) -> String {
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

    pub(super) fn rate(&mut self, name: &str) {
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
pub(super) fn day_before(day: &str) -> (&str, &'static str) {
    let before = match day {
        "2022-09-10" => "2022-09-09",
        "2023-01-01" => "2022-12-31",
        "2023-05-20" => "2023-05-19",
        _ => "2024-02-28",
    };
    (day, before)
}

//! Random facts, stated and derived.

use super::{Dimension, Writer, quoted};
use crate::generate::relation;

impl Writer {
    /// Declares facts and notes how tables may cut them.
    pub(super) fn facts(&mut self) {
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
    pub(super) fn derived_facts(&mut self) {
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
}

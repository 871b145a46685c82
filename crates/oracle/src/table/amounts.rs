//! What a table's value comes to: forms of amounts, adjustments, floors, ceilings, roundings.

use super::{Amount, Fault, Reading};
use crate::facts::{Fact, Region, region, texts};
use crate::values::{Exact, half_up, money, points, rate, round_as, whole, zero};
use jiff::civil::Date;
use toml::{Table, Value};

impl Reading<'_> {
    /// The number of a table: the row's value form, adjusted, for each member of a set if told so.
    ///
    /// With `each`, adjustments and `round` belong to every single evaluation, and `round` again to
    /// the weighted sum; members beyond the weights weigh nothing, without weights all count in
    /// full; an empty set gives nothing, not "none".
    pub fn amount(&self, table: &Table) -> Result<Amount, Fault> {
        let total = match table.get("each").and_then(Value::as_str) {
            None => self.single_amount(table)?,
            Some(set) => {
                let one = table.get("as").and_then(Value::as_str).ok_or("each without as")?;
                let Some(Fact::Set(members)) = self.facts.get(set) else {
                    return Err(Fault::Broken(format!("{set} is no set")));
                };
                let mut amounts = Vec::new();
                for member in members {
                    let mut facts = self.facts.clone();
                    facts.insert(one.into(), Fact::Choice(member.clone()));
                    match self.with(&facts).single_amount(table)? {
                        Amount::Figure(figure) => amounts.push(rounded(figure, table)?),
                        other => return Ok(other),
                    }
                }
                amounts.sort();
                amounts.reverse();
                let weights = match table.get("weights") {
                    Some(weights) => texts(weights)?,
                    None => vec!["100%".into(); amounts.len()],
                };
                let mut total = zero();
                for (amount, weight) in amounts.iter().zip(&weights) {
                    total += amount * rate(weight)?;
                }
                Amount::Figure(total)
            }
        };
        match total {
            Amount::Figure(figure) => Ok(Amount::Figure(rounded(figure, table)?)),
            amount => Ok(amount),
        }
    }

    pub(super) fn single_amount(&self, table: &Table) -> Result<Amount, Fault> {
        match self.form(&self.value(table)?)? {
            Amount::Figure(base) => Ok(Amount::Figure(self.adjusted(base, table)?)),
            other => Ok(other),
        }
    }

    /// Adjustments: all that add, then all that multiply, then the floor and the ceiling.
    ///
    /// Doubt: `less = n` with a number fact below n. Chosen: it adds nothing.
    pub(super) fn adjusted(&self, base: Exact, table: &Table) -> Result<Exact, Fault> {
        let mut figure = base;
        let mut factors = Vec::new();
        for row in table.get("adjust").and_then(Value::as_array).into_iter().flatten() {
            let row = row.as_table().ok_or("an adjustment is no table")?;
            let when = match row.get("when") {
                Some(Value::Table(when)) => region(&self.package.declarations, when)?,
                _ => Region::new(),
            };
            if !self.applies(&when, &[row, table])? {
                continue;
            }
            if let Some(add) = row.get("add") {
                let add = add.as_str().ok_or("add is no text")?;
                let add = if add.ends_with('%') {
                    rate(add)?
                } else if add.contains("point") {
                    points(add)?
                } else {
                    money(add)?
                };
                let times = match row.get("per").and_then(Value::as_str) {
                    None => 1,
                    Some(fact) => match self.facts.get(fact) {
                        Some(Fact::Number(number)) => {
                            let less = row.get("less").and_then(Value::as_integer).unwrap_or(0);
                            (number - less).max(0)
                        }
                        _ => 0,
                    },
                };
                figure += add * whole(times);
            }
            if let Some(times) = row.get("times") {
                factors.push(rate(times.as_str().ok_or("times is no text")?)?);
            }
        }
        for factor in factors {
            figure *= factor;
        }
        if let Some(floor) = self.bound(table, "at_least")?
            && figure < floor
        {
            figure = floor;
        }
        if let Some(ceiling) = self.bound(table, "at_most")?
            && figure > ceiling
        {
            figure = ceiling;
        }
        Ok(figure)
    }

    pub(super) fn bound(&self, table: &Table, key: &str) -> Result<Option<Exact>, Fault> {
        let amount = match table.get(key) {
            None => return Ok(None),
            Some(Value::Table(rows)) if rows.contains_key("rows") => {
                let mut rows = rows.clone();
                for inherited in ["from", "cite", "known", "published"] {
                    if let Some(value) = table.get(inherited) {
                        rows.entry(inherited).or_insert(value.clone());
                    }
                }
                self.single_amount(&rows)?
            }
            Some(form) => self.form(form)?,
        };
        Ok(amount.figure())
    }

    /// A value form (取值形式).
    pub fn form(&self, value: &Value) -> Result<Amount, Fault> {
        let table = match value {
            Value::String(text) => {
                return Ok(match text.as_str() {
                    "none" => Amount::None,
                    "open" => Amount::Open,
                    rate_text if rate_text.ends_with('%') => Amount::Figure(rate(rate_text)?),
                    money_text => Amount::Figure(money(money_text)?),
                });
            }
            Value::Table(table) => table,
            other => return Err(Fault::Broken(format!("not a value form: {other:?}"))),
        };
        let text = |key: &str| table.get(key).and_then(Value::as_str);
        let amount = if let Some(of) = text("of") {
            self.measured(of, table)?
        } else if let Some(path) = text("same_as") {
            self.same_as(path)?
        } else if let Some(name) = text("frozen") {
            self.registered(name)
        } else if let Some(part) = text("balance") {
            Amount::Figure(self.balances.clone().of(part)?.clone())
        } else {
            return Err(Fault::Broken(format!("not a value form: {value:?}")));
        };
        let Amount::Figure(mut figure) = amount else {
            return Ok(amount);
        };
        let share = text("share").map(rate).transpose()?;
        if let Some(share) = &share {
            figure *= share;
        }
        if let Some(rule) = text("round") {
            figure = round_as(&figure, rule)?;
        } else if text("of").is_some_and(|of| of.starts_with("member.")) {
            // Doubt: a share of a person's own amount can't be checked to be exact beforehand.
            // Chosen: half up to the fen where the table says nothing.
            figure = half_up(&figure);
        }
        Ok(Amount::Figure(figure))
    }

    /// An index's figure of a year, or a member's own amount.
    ///
    /// Doubts: a relative `year` (0, -1, …) counts from the calendar year of the service day, also
    /// where the benefit year begins elsewhere; of several rows of a year the latest known holds.
    pub(super) fn measured(&self, of: &str, form: &Table) -> Result<Amount, Fault> {
        if let Some(name) = of.strip_prefix("member.") {
            return Ok(self.registered(name));
        }
        let name = of.strip_prefix("index.").ok_or_else(|| format!("not an index or member amount: {of}"))?;
        let year = match form.get("year").and_then(Value::as_integer) {
            Some(year) if year > 0 => year,
            Some(back) => i64::from(self.day.year()) + back,
            None => i64::from(self.day.year()),
        };
        let table = self
            .package
            .root
            .get("index")
            .and_then(|index| index.get(name))
            .and_then(Value::as_table)
            .ok_or_else(|| format!("no index {name}"))?;
        let mut found: Option<(Date, &Value)> = None;
        for row in table.get("rows").and_then(Value::as_array).into_iter().flatten() {
            let row = row.as_table().ok_or("an index row is no table")?;
            if row.get("year").and_then(Value::as_integer) != Some(year) {
                continue;
            }
            let said = ["known", "published"].iter().any(|key| row.contains_key(*key) || table.contains_key(*key));
            let cited = match row.get("cite").or_else(|| table.get("cite")) {
                Some(cite) => match texts(cite)?.first() {
                    Some(first) => self.package.document_day(first)?,
                    None => None,
                },
                None => None,
            };
            // An index row without any day is taken as always known.
            let known = match (said, cited) {
                (true, _) => self.known_of(&[row, table])?,
                (false, Some(day)) => day,
                (false, None) => Date::MIN,
            };
            if self.known_on.is_some_and(|known_on| known > known_on) {
                continue;
            }
            if found.is_none_or(|(latest, _)| latest <= known) {
                found = Some((known, row.get("is").ok_or("an index row without is")?));
            }
        }
        let (_, is) = found.ok_or_else(|| Fault::Gap(format!("index {name} has no row for {year}")))?;
        self.form(is)
    }

    /// Another table's amount, in the same case.
    pub(super) fn same_as(&self, path: &str) -> Result<Amount, Fault> {
        let mut node: Option<&Value> = None;
        let mut owner: Option<&Table> = None;
        for step in path.split('.') {
            let place = step.parse::<usize>().ok();
            let at = match node {
                None => self.package.root.get(step),
                Some(Value::Array(members)) => match place {
                    Some(place) => members.get(place),
                    None => members.first().and_then(|first| first.get(step)),
                },
                Some(other) => other.get(step),
            };
            if let Some(Value::Table(table)) = node {
                owner = Some(table);
            }
            node = Some(at.ok_or_else(|| format!("nothing at {path}"))?);
        }
        let table = match node {
            Some(Value::Array(members)) => members.first().and_then(Value::as_table),
            Some(other) => other.as_table(),
            None => None,
        }
        .ok_or_else(|| format!("no table at {path}"))?;
        Reading { owner, ..self.clone() }.amount(table)
    }

    /// A person's registered amount (`member.X`, `frozen`), a money fact of the member.
    ///
    /// Doubt: where the case gives none and the package no default. Chosen: open.
    pub(super) fn registered(&self, name: &str) -> Amount {
        match self.facts.get(name) {
            Some(Fact::Number(fen)) => Amount::Figure(whole(*fen)),
            _ => Amount::Open,
        }
    }

    /// A rate: the number of a table, or a bare value form; no rule at all is a rate of nothing.
    pub fn amount_of(&self, value: &Value) -> Result<Amount, Fault> {
        match value {
            Value::Table(table) if ["rows", "except", "across", "each"].iter().any(|key| table.contains_key(*key)) => {
                self.amount(table)
            }
            form => self.form(form),
        }
    }
}

/// A figure as its table rounds it.
pub(super) fn rounded(figure: Exact, table: &Table) -> Result<Exact, String> {
    match table.get("round").and_then(Value::as_str) {
        Some(rule) => round_as(&figure, rule),
        None => Ok(figure),
    }
}

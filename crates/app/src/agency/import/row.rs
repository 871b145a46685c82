//! One row of a list of members: read cell by cell, and what it tells the register of somebody new or known. Knows no
//! file and no store.

use std::collections::HashMap;

use gongji_domain::{Day, Fen};
use gongji_policy::{Area, words_of};
use gongji_register::{Cover, Fact, Identity, LumpSum, Member, Timeline};

use super::columns::{self, Field, Head};
use crate::his::Decider;
use crate::his::codes;
use crate::his::member::certificates;

/// Something wrong in a row: which column, what was given, what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub column: String,
    pub given: String,
    pub allowed: String,
}

/// A row that could be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub number: String,
    said: HashMap<Field, String>,
    amounts: Vec<(String, Fen)>,
    area: Option<String>,
    birth: Option<Day>,
    category: Option<String>,
    enrolment: Option<String>,
    civil_servant: Option<bool>,
    base: Option<Fen>,
    since: Option<Day>,
    from: Option<Day>,
    cover: Option<Cover>,
    lump_sum: Option<LumpSum>,
    died: Option<Day>,
    current: Option<Fen>,
    prior: Option<Fen>,
}

/// What all rows of an import share.
pub(crate) struct Reading<'a> {
    pub decider: &'a dyn Decider,
    /// 统筹区 of rows that say none.
    pub area: Option<&'a str>,
    /// 生效日期 of rows that say none.
    pub from: Option<Day>,
    /// The one 统筹区 that rows may be about; none for all.
    pub only: Option<&'a str>,
}

/// Longer texts are no names and no numbers.
const LONGEST: usize = 100;

impl Row {
    /// Reads the cells of a row.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn read(reading: &Reading<'_>, heads: &[Head], cells: &[&str]) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut row = Self::default();
        for (head, cell) in heads.iter().zip(cells) {
            let text = cell.trim();
            match head {
                _ if text.is_empty() => {}
                _ if text.chars().count() > LONGEST || text.chars().any(char::is_control) => {
                    wrong.push(bad(head_name(head), text, "至多一百个字，没有控制字符"));
                }
                Head::Field(field) => drop(row.said.insert(*field, text.to_owned())),
                Head::Amount(name) => match columns::amount(text) {
                    Some(amount) => row.amounts.push((name.clone(), amount)),
                    None => wrong.push(bad(head_name(head), text, "从零起、至多两位小数的金额")),
                },
                Head::Unknown(_) => {}
            }
        }
        row.take(reading, &mut wrong);
        if wrong.is_empty() { Ok(row) } else { Err(wrong) }
    }

    fn take(&mut self, reading: &Reading<'_>, wrong: &mut Vec<Wrong>) {
        self.number = self.text(Field::Number);
        if self.number.is_empty() {
            wrong.push(bad(Field::Number.name(), "", "非空的人员编号"));
        } else if let Err(fault) = self.number.parse::<gongji_ledger::Name>() {
            wrong.push(bad(Field::Number.name(), &self.number, &fault.to_string()));
        }
        let day = "日期，写作 YYYY-MM-DD";
        self.birth = self.cell(Field::Birth, columns::day, day, wrong);
        self.since = self.cell(Field::Since, columns::day, day, wrong);
        self.from = self.cell(Field::From, columns::day, day, wrong).or(reading.from);
        self.died = self.cell(Field::Died, columns::day, day, wrong);
        let money = "从零起、至多两位小数的金额";
        self.base = self.cell(Field::Base, columns::amount, money, wrong);
        self.current = self.cell(Field::Current, columns::amount, money, wrong);
        self.prior = self.cell(Field::Prior, columns::amount, money, wrong);
        self.civil_servant = self.cell(Field::CivilServant, columns::flag, "1 是、0 否", wrong);
        self.cover = self.cell(Field::Cover, cover, "正常享受、暂停或终止", wrong);
        self.category = self.cell(Field::Category, category, "人员类别代码，如 11 在职、12 退休", wrong);
        self.lump_sum(wrong);
        self.in_area(reading, wrong);
        self.identity_agrees(wrong);
    }

    fn lump_sum(&mut self, wrong: &mut Vec<Wrong>) {
        let base = self.cell(Field::LumpSumBase, columns::amount, "从零起、至多两位小数的金额", wrong);
        let until = self.cell(Field::LumpSumUntil, columns::day, "日期，写作 YYYY-MM-DD", wrong);
        match (base, until) {
            (Some(base), Some(until)) => self.lump_sum = Some(LumpSum { base, until }),
            (None, None) => {}
            (None, _) => wrong.push(bad(Field::LumpSumBase.name(), "", "与趸缴截止日期同时填写")),
            (_, None) => wrong.push(bad(Field::LumpSumUntil.name(), "", "与趸缴基数同时填写")),
        }
    }

    /// The area must have rules, and the enrolment must be one of theirs.
    fn in_area(&mut self, reading: &Reading<'_>, wrong: &mut Vec<Wrong>) {
        let said = self.text(Field::Area);
        let code = if said.is_empty() { reading.area.unwrap_or_default() } else { &said };
        if code.is_empty() {
            return;
        }
        if let Some(only) = reading.only.filter(|only| *only != code) {
            wrong.push(bad(Field::Area.name(), code, &format!("经办人所在的统筹区 {only}")));
            return;
        }
        let Some(area) = reading.decider.area(code) else {
            wrong.push(bad(Field::Area.name(), code, "有政策包的统筹区代码"));
            return;
        };
        self.area = Some(code.to_owned());
        let said = self.text(Field::Enrolment);
        if said.is_empty() {
            return;
        }
        let known = enrolments(area);
        let is = |value: &&String| **value == said || words_of("enrolment", value) == said;
        match known.iter().find(is) {
            Some(value) => self.enrolment = Some(value.clone()),
            None => {
                let named = known.iter().map(|value| match words_of("enrolment", value) {
                    words if words == value => value.clone(),
                    words => format!("{words}（{value}）"),
                });
                wrong.push(bad(Field::Enrolment.name(), &said, &named.collect::<Vec<_>>().join("、")));
            }
        }
    }

    /// An identity number of eighteen characters says the date of birth.
    fn identity_agrees(&self, wrong: &mut Vec<Wrong>) {
        let certificate = self.text(Field::Certificate);
        let told = certificate.get(6..14).filter(|_| certificate.len() == 18).and_then(columns::day);
        if let (Some(birth), Some(told)) = (self.birth, told)
            && birth != told
        {
            let allowed = format!("与证件号码中的 {told} 一致");
            wrong.push(bad(Field::Birth.name(), &birth.to_string(), &allowed));
        }
    }

    fn text(&self, field: Field) -> String {
        self.said.get(&field).cloned().unwrap_or_default()
    }

    fn cell<T>(
        &self,
        field: Field,
        read: impl Fn(&str) -> Option<T>,
        allowed: &str,
        wrong: &mut Vec<Wrong>,
    ) -> Option<T> {
        let text = self.said.get(&field)?;
        let value = read(text);
        if value.is_none() {
            wrong.push(bad(field.name(), text, allowed));
        }
        value
    }

    /// What a column says, if it says something.
    pub(crate) fn said(&self, field: Field) -> Option<&str> {
        self.said.get(&field).map(String::as_str)
    }

    /// What the row's member can show, each by its name in the store.
    pub(crate) fn certificates(&self) -> Vec<String> {
        let birth = self.birth.unwrap_or(Day::FIRST);
        certificates(&self.identity(None, birth))
    }

    /// What it tells of a member: all, where nobody is known; else what differs, from the day on from which it holds.
    ///
    /// # Errors
    /// What is missing or cannot be.
    pub(crate) fn facts(&self, known: Option<&Member>) -> Result<Vec<Fact>, Vec<Wrong>> {
        match known {
            None => self.member().map(|member| vec![Fact::Enrolled(Box::new(member))]),
            Some(known) => self.differences(known),
        }
    }

    /// What the account held when its holder came into the books, for somebody new: on the day that the row says, else
    /// today.
    pub(crate) fn opening(&self, today: Day) -> Option<(Day, [Fen; 2])> {
        let held = [self.current.unwrap_or_default(), self.prior.unwrap_or_default()];
        let from = self.from.unwrap_or(today);
        held.iter().any(|amount| !amount.is_zero()).then_some((from, held))
    }

    fn member(&self) -> Result<Member, Vec<Wrong>> {
        let mut missing = Vec::new();
        let mut need = |field: Field, there: bool| {
            if !there {
                missing.push(bad(field.name(), "", "新登记的参保人必填"));
            }
        };
        need(Field::Name, self.said.contains_key(&Field::Name));
        need(Field::Certificate, self.said.contains_key(&Field::Certificate));
        need(Field::Birth, self.birth.is_some());
        need(Field::Area, self.area.is_some());
        need(Field::Category, self.category.is_some());
        need(Field::Enrolment, self.enrolment.is_some());
        need(Field::Since, self.since.is_some());
        let (Some(birth), Some(area), Some(category), Some(enrolment), Some(since)) =
            (self.birth, self.area.clone(), self.category.clone(), self.enrolment.clone(), self.since)
        else {
            return Err(missing);
        };
        if since < birth {
            missing.push(bad(Field::Since.name(), &since.to_string(), &format!("不早于出生日期 {birth}")));
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let mut cover = Timeline::since(since, Cover::InBenefit);
        if let Some(now) = self.cover {
            cover.set(self.from.unwrap_or(since), now);
        }
        let since_then =
            |text: String| if text.is_empty() { Timeline::default() } else { Timeline::since(since, text) };
        Ok(Member {
            number: self.number.clone(),
            identity: self.identity(None, birth),
            area,
            category: Timeline::since(since, category),
            enrolment: Timeline::since(since, enrolment),
            employer: since_then(self.text(Field::Employer)),
            civil_servant: self.civil_servant.unwrap_or_default(),
            base: self.base.map_or_else(Timeline::default, |base| Timeline::since(self.from.unwrap_or(since), base)),
            cover,
            lump_sum: self.lump_sum,
            amounts: self.amounts.clone(),
            paid: Vec::new(),
            stays: Vec::new(),
            died: self.died,
        })
    }

    /// Who it is, by the row where it says so, else as was known.
    fn identity(&self, known: Option<&Identity>, birth: Day) -> Identity {
        let text = |field: Field, was: fn(&Identity) -> &String, none: &str| match self.said.get(&field) {
            Some(text) => text.clone(),
            None => known.map_or_else(|| none.to_owned(), |known| was(known).clone()),
        };
        let gender = text(Field::Gender, |known| &known.gender, "9");
        Identity {
            name: text(Field::Name, |known| &known.name, ""),
            certificate: text(Field::Certificate, |known| &known.certificate, ""),
            card: text(Field::Card, |known| &known.card, ""),
            token: text(Field::Token, |known| &known.token, ""),
            gender: match gender.as_str() {
                "男" => "1".to_owned(),
                "女" => "2".to_owned(),
                _ => gender,
            },
            ethnicity: text(Field::Ethnicity, |known| &known.ethnicity, "01"),
            birth,
        }
    }

    fn differences(&self, known: &Member) -> Result<Vec<Fact>, Vec<Wrong>> {
        if let Some(area) = self.area.as_ref().filter(|area| **area != known.area) {
            let allowed = format!("{}（跨统筹区须办理转移接续）", known.area);
            return Err(vec![bad(Field::Area.name(), area, &allowed)]);
        }
        let mut facts = Vec::new();
        let identity = self.identity(Some(&known.identity), self.birth.unwrap_or(known.identity.birth));
        if identity != known.identity {
            facts.push(Fact::Identity(identity));
        }
        self.dated(known, &mut facts)?;
        if let Some(is) = self.civil_servant.filter(|is| *is != known.civil_servant) {
            facts.push(Fact::CivilServant(is));
        }
        if self.lump_sum.is_some() && self.lump_sum != known.lump_sum {
            facts.push(Fact::LumpSum(self.lump_sum));
        }
        let other = |(name, amount): &&(String, Fen)| known.amount(name) != Some(*amount);
        facts.extend(self.amounts.iter().filter(other).map(|(name, amount)| Fact::Amount(name.clone(), *amount)));
        if self.died.is_some() && self.died != known.died {
            facts.push(Fact::Died(self.died));
        }
        possible(known, &facts)?;
        Ok(facts)
    }

    /// What holds from a day on.
    fn dated(&self, known: &Member, facts: &mut Vec<Fact>) -> Result<(), Vec<Wrong>> {
        let on = self.from.unwrap_or(Day::MAX);
        let mut dated = Vec::new();
        if let Some(category) = self.category.as_ref().filter(|is| known.category.at(on) != Some(is)) {
            dated.push(Fact::Category(on, category.clone()));
        }
        if let Some(enrolment) = self.enrolment.as_ref().filter(|is| known.enrolment.at(on) != Some(is)) {
            dated.push(Fact::Enrolment(on, enrolment.clone()));
        }
        if let Some(employer) = self.said.get(&Field::Employer).filter(|is| known.employer.at(on) != Some(is)) {
            dated.push(Fact::Employer(on, employer.clone()));
        }
        if let Some(base) = self.base.filter(|is| known.base.at(on) != Some(is)) {
            dated.push(Fact::Base(on, base));
        }
        if let Some(cover) = self.cover.filter(|is| known.cover.at(on) != Some(is)) {
            dated.push(Fact::Cover(on, cover));
        }
        if !dated.is_empty() && self.from.is_none() {
            return Err(vec![bad(Field::From.name(), "", "变更须写明从哪天起（此列，或 --from）")]);
        }
        facts.append(&mut dated);
        Ok(())
    }
}

/// Facts that cannot be are said before anything is written.
fn possible(known: &Member, facts: &[Fact]) -> Result<(), Vec<Wrong>> {
    let mut member = known.clone();
    let taken = facts.iter().try_for_each(|fact| member.take(fact));
    taken.map_err(|fault| vec![bad("", "", &fault.to_string())])
}

fn enrolments(area: &Area) -> Vec<String> {
    let fact = area.facts().iter().find(|fact| fact.name == "enrolment");
    fact.map(|fact| fact.values.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn cover(text: &str) -> Option<Cover> {
    match text {
        "正常享受" | "正常" | "in_benefit" | "1" => Some(Cover::InBenefit),
        "暂停" | "suspended" | "2" => Some(Cover::Suspended),
        "终止" | "ended" | "4" => Some(Cover::Ended),
        _ => None,
    }
}

fn category(text: &str) -> Option<String> {
    match text {
        "在职" => Some("11".to_owned()),
        "退休" => Some("12".to_owned()),
        code => codes::is_category(code).then(|| code.to_owned()),
    }
}

fn head_name(head: &Head) -> &str {
    match head {
        Head::Field(field) => field.name(),
        Head::Amount(name) | Head::Unknown(name) => name,
    }
}

fn bad(column: &str, given: &str, allowed: &str) -> Wrong {
    Wrong { column: column.to_owned(), given: given.to_owned(), allowed: allowed.to_owned() }
}

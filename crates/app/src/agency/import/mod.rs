//! Import of a list of members (参保登记批量导入) from csv, tsv or xlsx: rows are read, checked against what the register
//! knows, and told to it, each as one event. Nothing is written while a row is bad, unless that is wanted.

mod columns;
mod row;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::mpsc::{Sender, channel};

use anyhow::{Context as _, anyhow, bail};
use gongji_domain::Day;
use gongji_register::{Fact, Member};
use gongji_store::{Draft, Known, Outcome, Reply, Store, SubmitError};

use crate::catalogue::sheet::Sheet;
use crate::his::asking;
use crate::his::book::{Book, Change, Recorded, Told, View};
use crate::his::member::{certificates, record_name};
use crate::his::moment::Moment;
use crate::his::opening::ours;
pub(crate) use columns::Field;
use columns::Head;
pub(crate) use row::Reading;
use row::{Row, Wrong};

/// How many wait together: well below what the store lets wait.
const TOGETHER: usize = 1024;

/// What is to be imported.
pub(crate) struct Wanted<'a> {
    pub store: &'a Store<Book>,
    pub reading: Reading<'a>,
    /// Each file's name and content.
    pub files: &'a [(String, Vec<u8>)],
    pub now: Moment,
    /// Who tells it, why and by which document.
    pub told: Told,
    pub dry_run: bool,
    /// Take the rows that are right although others are not.
    pub skip_bad: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Each file with its encoding and the headings that mean nothing here.
    pub files: Vec<(String, &'static str, Vec<String>)>,
    /// Rows read.
    pub read: usize,
    /// Members who are new.
    pub enrolled: usize,
    /// Known members of whom something is told.
    pub changed: usize,
    /// Rows that tell nothing new.
    pub same: usize,
    pub bad: Vec<Bad>,
    /// Whether nothing was written because rows are bad.
    pub refused: bool,
    pub dry_run: bool,
}

/// A cell that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bad {
    /// Which file, by its place.
    pub file: usize,
    /// Its line, from 1.
    pub line: usize,
    pub column: String,
    pub given: String,
    pub allowed: String,
}

/// How far an import is: what is done now, how much of how much.
pub(crate) type Progress<'p> = &'p mut dyn FnMut(&'static str, usize, usize);

/// A row with its place.
type Placed = ((usize, usize), Row);

/// Imports.
///
/// # Errors
/// When a file cannot be read or has no head, or the store does not answer. What was written then stays written:
/// importing the same again goes on from there.
pub(crate) fn import(wanted: &Wanted<'_>, progress: Progress<'_>) -> anyhow::Result<Report> {
    let mut report = Report { dry_run: wanted.dry_run, ..Report::default() };
    let rows = read(wanted, &mut report, progress)?;
    if report.read == 0 {
        bail!("文件里没有数据行");
    }
    let rows = compared(wanted, rows, &mut report, progress)?;
    report.bad.sort_by_key(|bad| (bad.file, bad.line));
    report.refused = !report.bad.is_empty() && !wanted.skip_bad;
    if !report.refused && !wanted.dry_run {
        write(wanted, rows, progress)?;
    }
    Ok(report)
}

/// The rows that can be read, each member and certificate once.
fn read(wanted: &Wanted<'_>, report: &mut Report, progress: Progress<'_>) -> anyhow::Result<Vec<Placed>> {
    let (mut rows, mut seen) = (Vec::new(), HashMap::new());
    for (at, (name, bytes)) in wanted.files.iter().enumerate() {
        let sheet = Sheet::read(name, bytes).map_err(|fault| anyhow!(fault))?;
        let (all, mut heads) = (sheet.len(), None);
        let taken = sheet.each(|line, cells| {
            if line % 1024 == 0 {
                progress("读取", line, all);
            }
            let Some(heads) = &heads else {
                heads = Some(head(cells)?);
                return Ok(());
            };
            report.read += 1;
            match Row::read(&wanted.reading, heads, cells).and_then(|row| once(row, (at, line), &mut seen)) {
                Ok(row) => rows.push(((at, line), row)),
                Err(wrong) => report.bad.extend(placed((at, line), wrong)),
            }
            Ok(())
        });
        taken.map_err(|fault| anyhow!("{name}：{fault}"))?;
        let unknown = heads.unwrap_or_default().into_iter().filter_map(|head| match head {
            Head::Unknown(name) if !name.is_empty() => Some(name),
            _ => None,
        });
        report.files.push((name.clone(), sheet.encoding, unknown.collect()));
    }
    Ok(rows)
}

/// The headings; 人员编号 must be among them, each once.
fn head(cells: &[&str]) -> Result<Vec<Head>, String> {
    let heads: Vec<Head> = cells.iter().map(|cell| Head::read(cell)).collect();
    let known = |head: &&Head| !matches!(head, Head::Unknown(_));
    if let Some(twice) = heads.iter().filter(known).find(|head| heads.iter().filter(|other| other == head).count() > 1)
    {
        return Err(format!("表头里有两列都是 {twice:?}"));
    }
    if heads.contains(&Head::Field(Field::Number)) {
        return Ok(heads);
    }
    let names: Vec<&str> = columns::COLUMNS.iter().map(|column| column.name).collect();
    Err(format!("第一行不是表头：须有人员编号，可有{}", names[1..].join("、")))
}

/// A member or a certificate stands in one row only.
fn once(row: Row, place: (usize, usize), seen: &mut HashMap<String, (usize, usize)>) -> Result<Row, Vec<Wrong>> {
    let mut names = vec![(Field::Number, row.number.clone())];
    let shown = [Field::Certificate, Field::Card, Field::Token];
    names.extend(shown.into_iter().filter_map(|field| Some((field, format!("{field:?} {}", row.said(field)?)))));
    let twice = names.iter().find_map(|(field, name)| Some((*field, *seen.get(name)?)));
    if let Some((field, (_, line))) = twice {
        let given = row.said(field).unwrap_or_default().to_owned();
        return Err(vec![Wrong {
            column: field.name().to_owned(),
            given,
            allowed: format!("只出现一次（第 {line} 行已有）"),
        }]);
    }
    seen.extend(names.into_iter().map(|(_, name)| (name, place)));
    Ok(row)
}

fn placed((file, line): (usize, usize), wrong: Vec<Wrong>) -> impl Iterator<Item = Bad> {
    wrong.into_iter().map(move |Wrong { column, given, allowed }| Bad { file, line, column, given, allowed })
}

/// What a row comes to, by what the register knows now.
enum Compared {
    New,
    Changed,
    Same,
    Wrong(Vec<Wrong>),
}

/// Compares rows with the register; gives those that tell something.
fn compared(
    wanted: &Wanted<'_>,
    rows: Vec<Placed>,
    report: &mut Report,
    progress: Progress<'_>,
) -> anyhow::Result<Vec<(Row, Vec<String>)>> {
    let (all, mut done, mut telling) = (rows.len(), 0, Vec::new());
    for chunk in rows.chunks(TOGETHER) {
        let (sender, receiver) = channel();
        for (at, (_, row)) in chunk.iter().enumerate() {
            look(wanted.store, row, (at, sender.clone()));
        }
        drop(sender);
        // Asked twice, the last answer counts.
        let answers: HashMap<usize, (Compared, Vec<String>)> = receiver.iter().collect();
        for (at, (place, row)) in chunk.iter().enumerate() {
            let Some((compared, also)) = answers.get(&at) else {
                bail!("结算库没有回答，什么都没有写入")
            };
            match compared {
                Compared::New => report.enrolled += 1,
                Compared::Changed => report.changed += 1,
                Compared::Same => report.same += 1,
                Compared::Wrong(wrong) => report.bad.extend(placed(*place, wrong.clone())),
            }
            if matches!(compared, Compared::New | Compared::Changed) {
                telling.push((row.clone(), also.clone()));
            }
        }
        done += chunk.len();
        progress("核对", done, all);
    }
    Ok(telling)
}

/// Asks what the register knows of a row's member and certificates.
fn look(store: &Store<Book>, row: &Row, (at, sender): (usize, Sender<(usize, (Compared, Vec<String>))>)) {
    let row = row.clone();
    let mut persons = vec![row.number.clone(), record_name(&row.number)];
    persons.extend(row.certificates());
    let decide = move |known: &Known<'_, Book>, _: u64| {
        let view = View(known);
        let member = view.member(&row.number);
        let compared = match facts(&row, view) {
            Err(wrong) => Compared::Wrong(wrong),
            Ok(facts) if facts.is_empty() => Compared::Same,
            Ok(_) if member.is_none() => Compared::New,
            Ok(_) => Compared::Changed,
        };
        // Certificates that no longer show the member are changed as well, so they are to be locked.
        let before = member.map(|member| certificates(&member.identity)).unwrap_or_default();
        // The receiver waits.
        let _ = sender.send((at, (compared, before)));
        Outcome::Answer(Vec::new())
    };
    store.submit(asking(None, persons), decide, |_| {});
}

/// What a row tells, if its certificates are nobody else's.
fn facts(row: &Row, view: View<'_>) -> Result<Vec<Fact>, Vec<Wrong>> {
    let taken = |name: &String| view.owner(name).is_some_and(|owner| owner != row.number);
    if let Some(name) = row.certificates().iter().find(|name| taken(name)) {
        let (_, number) = name.split_once(':').unwrap_or_default();
        let owner = view.owner(name).unwrap_or_default();
        let allowed = format!("不是他人的证件、卡或凭证（已登记给 {owner}）");
        return Err(vec![Wrong { column: "证件号码".to_owned(), given: number.to_owned(), allowed }]);
    }
    row.facts(view.member(&row.number))
}

fn write(wanted: &Wanted<'_>, rows: Vec<(Row, Vec<String>)>, progress: Progress<'_>) -> anyhow::Result<()> {
    let (all, mut done) = (rows.len(), 0);
    for chunk in rows.chunks(TOGETHER) {
        let (sender, receiver) = channel();
        for (row, before) in chunk {
            tell(wanted, row.clone(), before, sender.clone());
        }
        drop(sender);
        for answer in receiver.iter() {
            answer.context("登记没有全部写入；再导入一次同样的文件即接着办理")?;
        }
        done += chunk.len();
        progress("登记", done, all);
    }
    Ok(())
}

/// Tells the register one row, as one event.
fn tell(wanted: &Wanted<'_>, row: Row, before: &[String], sender: Sender<Result<Reply, SubmitError>>) {
    let mut persons = vec![row.number.clone(), record_name(&row.number)];
    persons.extend(row.certificates());
    persons.extend(before.iter().cloned());
    persons[2..].sort_unstable();
    persons.dedup();
    let (told, today) = (wanted.told.clone(), wanted.now.day);
    // What is told at a moment is told once; sent again later it finds nothing that differs.
    let named = format!("register-{}-{}", row.number, wanted.now);
    let request = ours(named, String::new(), persons, wanted.now);
    let decide = move |known: &Known<'_, Book>, _: u64| {
        let view = View(known);
        match facts(&row, view) {
            Ok(facts) if !facts.is_empty() => {
                Outcome::Record(draft(&row, view.member(&row.number), facts, (told.clone(), today), view), None)
            }
            // Somebody was quicker; the next import says what is wrong with it now.
            _ => Outcome::Answer(Vec::new()),
        }
    };
    wanted.store.submit(request, decide, move |answer| {
        // The receiver waits.
        let _ = sender.send(answer);
    });
}

fn draft(row: &Row, known: Option<&Member>, facts: Vec<Fact>, (told, today): (Told, Day), view: View<'_>) -> Draft {
    let mut after = known.cloned();
    for fact in &facts {
        match (&mut after, fact) {
            (none @ None, Fact::Enrolled(member)) => *none = Some((**member).clone()),
            (Some(member), fact) => member.take(fact).expect("facts were tried on the member"),
            (None, _) => {}
        }
    }
    let identity = |member: Option<&Member>| member.map(|member| certificates(&member.identity)).unwrap_or_default();
    let (new, old) = (identity(after.as_ref()), identity(known));
    let shown_by: Vec<String> = new.iter().filter(|name| !old.contains(name)).cloned().collect();
    let no_longer: Vec<String> = old.iter().filter(|name| !new.contains(name)).cloned().collect();
    let mut with = vec![record_name(&row.number)];
    with.extend(shown_by.iter().chain(&no_longer).cloned());
    let opened = row.opening(today).filter(|_| known.is_none() && !view.is_opened(&row.number));
    let recorded = Recorded { facts, told, previous: view.last_entry(&row.number), opened, shown_by, no_longer };
    let kind = if known.is_none() { "enrolled" } else { "recorded" };
    let area = after.map(|member| member.area).unwrap_or_default();
    Change::Recorded(Box::new(recorded)).outside(kind, (&row.number, &area), with, "")
}

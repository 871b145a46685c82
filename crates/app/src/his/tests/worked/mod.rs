//! One set of cases through both: every worked case of the packages that the wire can say is
//! registered, charged, tried, settled and cancelled over the interface, and each amount is what
//! the policies say when they are asked directly.

mod said;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use gongji_domain::{Fen, NationalField};
use gongji_policy::case::{Case, Decision, Detail, Settled};
use gongji_policy::{Area, Library, Played, Stopped, WorkedCase};
use jiff::civil::{DateTime, date};

use super::super::json::Json;
use super::super::{Policies, Service};
use super::fields::check_identities;
use super::{Patient, Reply, message};
use crate::cli::load;
use crate::serve::clock::Clock;
use said::{Register, Said, Visit};

/// A day after all cases: none of their visits lies in the future.
struct Late;

impl Clock for Late {
    fn now(&self) -> DateTime {
        date(2199, 12, 31).at(8, 0, 0, 0)
    }
}

/// A service that is asked in process.
struct Asked {
    service: Arc<Service>,
    messages: AtomicU64,
}

impl Asked {
    fn call(&self, institution: &str, infno: &str, input: &str) -> Reply {
        let msgid = format!("W{}", self.messages.fetch_add(1, Ordering::Relaxed));
        let (sender, receiver) = sync_channel(1);
        let body = message(infno, &msgid, institution, input);
        self.service.answer(body.as_bytes(), None, move |reply| sender.send(reply).unwrap());
        Reply::of(String::from_utf8(receiver.recv().unwrap()).unwrap())
    }
}

/// A case that goes both ways.
struct Pair<'a> {
    worked: &'a WorkedCase,
    case: &'a Case,
    area: &'a Area,
    said: Said,
    expected: Played,
}

#[test]
fn every_worked_case_that_the_wire_can_say_comes_out_the_same_over_it() {
    let library = Library::load(&load::shipped());
    let areas: Vec<(&Area, Vec<WorkedCase>)> =
        library.areas().map(|area| (area, library.worked_cases(area.code()))).collect();
    let mut register = Register::default();
    let (mut pairs, mut unsaid) = (Vec::new(), BTreeMap::<&str, usize>::new());
    let mut all = 0;
    for (area, worked) in areas.iter().flat_map(|(area, cases)| cases.iter().map(move |worked| (*area, worked))) {
        all += 1;
        match pair(area, worked, &mut register) {
            Ok(pair) => pairs.push(pair),
            Err(why) => *unsaid.entry(why).or_default() += 1,
        }
    }
    println!("{} of {all} worked cases go over the wire; not said: {unsaid:?}", pairs.len());
    assert!(all >= 875 && pairs.len() >= 740, "{} of {all}: {unsaid:?}", pairs.len());
    let visits: usize = pairs.iter().map(|pair| pair.said.visits.len()).sum();

    let folder = tempfile::tempdir().unwrap();
    let policies = Arc::new(Policies::load(&load::shipped()).unwrap());
    let service = Service::open(
        &gongji_store::Place::file(folder.path().join("worked.db")),
        register.directory(),
        policies,
        Arc::new(Late),
    )
    .unwrap();
    let asked = Asked { service: Arc::new(service), messages: AtomicU64::new(0) };
    let (next, differences) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    // Many at once, so that they share commits.
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                while let Some(pair) = pairs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(difference) = play(&library, &asked, pair) {
                        let WorkedCase { heading, name, .. } = pair.worked;
                        let said = format!("{} {heading} {name}: {difference}", pair.area.code());
                        differences.lock().unwrap().push(said);
                    }
                }
            });
        }
    });
    let differences = differences.into_inner().unwrap();
    assert!(differences.is_empty(), "{} differ\n{}", differences.len(), differences.join("\n"));
    // Each visit makes at least its registration, description and charges; a purchase one event.
    let events = asked.service.store().head().events;
    let purchases = pairs.iter().flat_map(|pair| &pair.said.visits).filter(|visit| visit.is_purchase()).count();
    let least = 3 * (visits - purchases) as u64;
    assert!(
        visits > 900 && purchases > 5 && events >= least,
        "{visits} visits, {purchases} purchases, {events} events"
    );
    println!("{visits} visits, {purchases} of them purchases (2101, 2102, 2103), {events} events");
}

/// What the policies say, and the case in the words of the wire.
fn pair<'a>(area: &'a Area, worked: &'a WorkedCase, register: &mut Register) -> Result<Pair<'a>, &'static str> {
    let case = worked.case.as_ref().map_err(|_| "the case is in error")?;
    let standing = area.opening(case).map_err(|_| "the case is in error")?;
    let expected = worked.play(case, area, standing, Detail::Amounts);
    match &expected.stopped {
        None => {}
        // The wire says that in its own words.
        Some(Stopped::Fault(fault)) if fault.code == "parameters_open" => {}
        Some(_) => return Err("the case is in error"),
    }
    let said = register.say(area, worked)?;
    Ok(Pair { worked, case, area, said, expected })
}

/// Plays a case over the wire; the first difference.
fn play(library: &Library, asked: &Asked, pair: &Pair<'_>) -> Result<(), String> {
    let Pair { worked, case, said, expected, .. } = pair;
    if expected.stopped.is_none() && worked.cancellations.iter().all(Option::is_none) {
        let quoted = library.decide_case(case, Detail::Amounts).map_err(|fault| fault.message)?;
        let quoted = quoted.into_iter().map(|(_, decision)| decision);
        differ("decided at once", quoted.collect::<Vec<_>>() == expected.decisions, || "and one by one".to_owned())?;
    }
    let mut settled: Vec<Option<(String, String)>> = Vec::new();
    for (i, visit) in said.visits.iter().enumerate() {
        if let Some(earlier) = visit.cancels {
            let Decision::Settled(was) = &expected.decisions[earlier] else {
                return Err("cancels a refusal".to_owned());
            };
            let (mdtrt_id, setl_id) = settled[earlier].take().ok_or("cancels twice")?;
            cancel(asked, pair, &said.visits[earlier], &mdtrt_id, &setl_id, was)?;
        }
        let (mdtrt_id, tried, reply) = settle(asked, pair, visit);
        let at = format!("row {}", i + 1);
        match expected.decisions.get(i) {
            Some(Decision::Settled(decided)) => {
                let (tried, reply) = (tried.ok(), reply.ok());
                check_identities(&reply);
                same(&at, &told(&reply), &amounts(decided))?;
                same(&format!("{at} tried"), &comparable(&tried), &comparable(&reply))?;
                settled.push(Some((mdtrt_id, reply.at("output.setlinfo.setl_id"))));
            }
            Some(Decision::Refused(refusal)) => {
                let article = refusal.article.clone().unwrap_or_default();
                refused(&at, [tried, reply], &refusal.code, &article)?;
                settled.push(None);
            }
            None => {
                let Some(Stopped::Fault(fault)) = &expected.stopped else {
                    return Err(format!("{at}: nothing stops it"));
                };
                return refused(&at, [tried, reply], fault.code, fault.article.as_deref().unwrap_or_default());
            }
        }
    }
    Ok(())
}

/// Registers, describes, charges, tries and settles a visit.
fn settle(asked: &Asked, pair: &Pair<'_>, visit: &Visit) -> (String, Reply, Reply) {
    let patient = &pair.said.patient;
    let Visit { institution, med_type, begntime, total, .. } = visit;
    let call = |infno: &str, input: &str| asked.call(institution, infno, input);
    if visit.is_purchase() {
        return buy(asked, patient, visit);
    }
    let mdtrt_id = call("2201", &patient.registration(begntime)).ok().at("output.data.mdtrt_id");
    let mut description = patient.description(&mdtrt_id, med_type, begntime);
    if let Some(prescriber) = &visit.prescriber {
        let said = format!("\"mdtrtinfo\":{{\"rxfixmedinsCode\":\"{prescriber}\",");
        description = description.replacen("\"mdtrtinfo\":{", &said, 1);
    }
    call("2203", &description).ok();
    let lines: Vec<String> = (1..)
        .zip(&visit.lines)
        .map(|(i, (item, price))| patient.line(&mdtrt_id, "B1", i, item, &price.to_string()))
        .collect();
    call("2204", &format!("{{\"feedetail\":[{}]}}", lines.join(","))).ok();
    let input = patient.settlement(&mdtrt_id, "B1", med_type, &total.to_string());
    let tried = call("2206", &input);
    (mdtrt_id, tried, call("2207", &input))
}

/// Tries and settles a purchase without prescription: one message each.
fn buy(asked: &Asked, patient: &Patient, visit: &Visit) -> (String, Reply, Reply) {
    let prices: Vec<String> = visit.lines.iter().map(|(_, price)| price.to_string()).collect();
    let lines: Vec<(&str, &str)> =
        visit.lines.iter().zip(&prices).map(|((item, _), price)| (&**item, &**price)).collect();
    let input = patient.purchase(&visit.begntime, &visit.total.to_string(), &lines);
    let [tried, reply] = ["2101", "2102"].map(|infno| asked.call(&visit.institution, infno, &input));
    let made = "output.setlinfo.mdtrt_id";
    let mdtrt_id = if reply.has(made) { reply.at(made) } else { String::new() };
    (mdtrt_id, tried, reply)
}

/// Cancels a settlement; everything comes back with the other sign.
fn cancel(
    asked: &Asked,
    pair: &Pair<'_>,
    visit: &Visit,
    mdtrt_id: &str,
    setl_id: &str,
    was: &Settled,
) -> Result<(), String> {
    let infno = if visit.is_purchase() { "2103" } else { "2208" };
    let reply = asked.call(&visit.institution, infno, &pair.said.patient.cancellation(mdtrt_id, setl_id)).ok();
    check_identities(&reply);
    let negative = amounts(was).into_iter().filter(|(field, _)| *field != "balc" && *field != "not_covered");
    let negative = negative.map(|(field, amount)| (field, (-amount.parse::<Fen>().unwrap()).to_string()));
    let mut cancelled = told(&reply);
    cancelled.retain(|(field, _)| *field != "balc" && *field != "not_covered");
    same("cancelled", &cancelled, &negative.collect::<Vec<_>>())
}

const FUNDS: [(&str, NationalField); 8] = [
    ("hifp_pay", NationalField::Hifp),
    ("cvlserv_pay", NationalField::Cvlserv),
    ("hifes_pay", NationalField::Hifes),
    ("hifmi_pay", NationalField::Hifmi),
    ("hifob_pay", NationalField::Hifob),
    ("maf_pay", NationalField::Maf),
    ("oth_pay", NationalField::Oth),
    ("hifdm_pay", NationalField::Hifdm),
];

/// What the policies decided, by national field.
fn amounts(settled: &Settled) -> Vec<(&'static str, String)> {
    let s = &settled.settlement;
    let mut amounts = vec![
        ("medfee_sumamt", s.total),
        ("fulamt_ownpay_amt", s.off_list),
        ("overlmt_selfpay", s.over_ceiling),
        ("preselfpay_amt", s.upfront),
        ("inscp_scp_amt", s.eligible),
        ("act_pay_dedc", s.deductible_borne),
        ("fund_pay_sumamt", s.fund_total),
        ("psn_part_amt", s.personal_share),
        ("acct_pay", s.account_paid),
        ("psn_cash_pay", s.cash),
        ("balc", s.balance),
    ];
    amounts.extend(FUNDS.map(|(name, field)| (name, settled.national(field))));
    let mut told: Vec<(&str, String)> = amounts.into_iter().map(|(name, fen)| (name, fen.to_string())).collect();
    told.push(("not_covered", settled.not_covered.as_ref().map(|reason| reason.code.clone()).unwrap_or_default()));
    told
}

/// The same fields as a reply tells them.
fn told(reply: &Reply) -> Vec<(&'static str, String)> {
    let named = [
        "medfee_sumamt",
        "fulamt_ownpay_amt",
        "overlmt_selfpay",
        "preselfpay_amt",
        "inscp_scp_amt",
        "act_pay_dedc",
        "fund_pay_sumamt",
        "psn_part_amt",
        "acct_pay",
        "psn_cash_pay",
        "balc",
    ];
    let fields = named.into_iter().chain(FUNDS.map(|(name, _)| name));
    let mut told: Vec<(&str, String)> =
        fields.map(|name| (name, reply.at(&format!("output.setlinfo.{name}")))).collect();
    let content = reply.at("output.setlinfo.exp_content");
    let code = content.split_once("\"not_covered\":{\"code\":\"").and_then(|(_, rest)| rest.split('"').next());
    told.push(("not_covered", code.unwrap_or_default().to_owned()));
    told
}

/// A reply without what makes one settlement another: its number, its time, its message.
fn comparable(reply: &Reply) -> Vec<(&'static str, String)> {
    let Some(Json::Object(fields)) = reply.find("output.setlinfo") else { panic!("{}", reply.raw) };
    let own = ["setl_id", "mdtrt_id", "setl_time", "medins_setl_id"];
    let rest = fields.iter().filter(|(name, _)| !own.contains(&&**name)).cloned().collect();
    vec![("setlinfo", Json::Object(rest).canonical()), ("setldetail", reply.at("output.setldetail"))]
}

fn refused(at: &str, replies: [Reply; 2], code: &str, article: &str) -> Result<(), String> {
    for reply in replies {
        let message = reply.err();
        let right = message.starts_with(&format!("[{code}] ")) && message.contains(article);
        differ(at, right, || format!("「{message}」 instead of {code}, {article}"))?;
    }
    Ok(())
}

fn same(at: &str, wire: &[(&str, String)], policies: &[(&str, String)]) -> Result<(), String> {
    differ(at, wire == policies, || {
        let unlike = wire.iter().zip(policies).find(|(a, b)| a != b);
        format!("the wire {:?}, the policies {:?}", unlike.map(|pair| pair.0), unlike.map(|pair| pair.1))
    })
}

fn differ(at: &str, equal: bool, how: impl FnOnce() -> String) -> Result<(), String> {
    if equal { Ok(()) } else { Err(format!("{at}: {}", how())) }
}

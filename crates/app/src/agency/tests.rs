//! Runs over a real store: once is once, wherever they broke off, on both engines; the books agree.

mod carry_over;
mod contribute;
mod runs;

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock, Mutex};

use gongji_adjudication::AccountPart;
use gongji_domain::{Day, Fen, Month};
use gongji_register::{Cover, Identity, Member, Paid, Timeline};
use gongji_store::{OpenError, Place, Reader, Report as Proof, Store, Verified};
use jiff::civil::{DateTime, date};

use super::credit::{Report, Skip, Wanted, tie};
use super::enrol::{Joining, enrol};
use super::many::Stopped;
use crate::cli::load;
use crate::his::person::Person;
use crate::his::{Book, Decider, Policies};
use crate::serve::clock::Clock;

/// A clock that stands.
pub(super) struct Standing(pub Mutex<DateTime>);

impl Clock for Standing {
    fn now(&self) -> DateTime {
        *self.0.lock().unwrap()
    }
}

static SHIPPED: LazyLock<Arc<Policies>> = LazyLock::new(|| policies(str::to_owned));

/// The packages that ship, each file as `edit` leaves it.
pub(super) fn policies(edit: impl Fn(&str) -> String) -> Arc<Policies> {
    let mut folders = load::shipped();
    for file in folders.iter_mut().flat_map(|folder| &mut folder.files) {
        file.text = edit(&file.text).into();
    }
    Arc::new(Policies::load(&folders).unwrap())
}

/// A store with its packages, at some time.
pub(super) struct World {
    pub place: Place,
    pub policies: Arc<Policies>,
    pub clock: Standing,
    _kept: Box<dyn std::any::Any>,
}

impl World {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::at(Place::file(folder.path().join("agency.db")), Box::new(folder))
    }

    pub(super) fn postgres() -> Self {
        let database = gongji_cluster::Database::fresh();
        Self::at(Place::from(database.url()), Box::new(database))
    }

    fn at(place: Place, kept: Box<dyn std::any::Any>) -> Self {
        let clock = Standing(Mutex::new(date(2024, 6, 3).at(9, 0, 0, 0)));
        Self { place, policies: Arc::clone(&SHIPPED), clock, _kept: kept }
    }

    pub(super) fn book(&self) -> Book {
        let decider: Arc<dyn Decider> = Arc::clone(&self.policies) as Arc<dyn Decider>;
        Book::new(decider)
    }

    pub(super) fn open(&self) -> Store<Book> {
        // Another test of this process may be starting a program, which holds every open file until it runs.
        for _ in 0..200 {
            match Store::open(&self.place, self.book()) {
                Err(OpenError::InUse) => std::thread::sleep(std::time::Duration::from_millis(10)),
                other => return other.unwrap(),
            }
        }
        panic!("the store stays in use")
    }

    pub(super) fn read(&self) -> Reader {
        Reader::open(&self.place).unwrap()
    }

    pub(super) fn today(&self) -> Day {
        Day::from_date(self.clock.now().date())
    }

    pub(super) fn enrol(&self, members: impl IntoIterator<Item = Member>) {
        let joining = members.into_iter().map(|member| Joining { member, opened: None });
        enrol(&self.open(), &self.clock, "登记", joining, |_| {}).unwrap();
    }

    pub(super) fn wanted(&self, area: &str, month: &str) -> Wanted {
        Wanted {
            policies: Arc::clone(&self.policies),
            area: area.to_owned(),
            month: month.parse().unwrap(),
            known_on: self.today(),
            by: "王经办".to_owned(),
        }
    }

    /// What a run would do.
    pub(super) fn preview(&self, area: &str, month: &str) -> Report {
        self.wanted(area, month).plan(&self.read(), &self.book(), true).unwrap().report()
    }

    /// Runs until so many acts came to an end.
    pub(super) fn credit_until(&self, area: &str, month: &str, most: u64) -> Result<Report, Stopped> {
        let store = self.open();
        let (reader, wanted) = (self.read(), self.wanted(area, month));
        let stood = reader.heads().unwrap();
        let plan = wanted.plan(&reader, &self.book(), false).unwrap();
        let enough = |done| if done >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let mut report = plan.run(&store, &self.clock, enough)?;
        tie(&mut report, &self.read(), &stood).unwrap();
        assert!(report.books.as_ref().unwrap().ties, "{report:?}");
        Ok(report)
    }

    pub(super) fn credit(&self, area: &str, month: &str) -> Report {
        self.credit_until(area, month, u64::MAX).unwrap()
    }

    /// What is kept of an account.
    pub(super) fn person(&self, number: &str) -> Person {
        let mut found = Person::default();
        let keep = |name: &str, _: u64, person: Person| {
            if name == number {
                found = person;
            }
        };
        self.read().persons(&self.book(), keep).unwrap();
        found
    }

    /// The parts of an account: this year's, earlier years'.
    pub(super) fn parts(&self, number: &str) -> [String; 2] {
        let person = self.person(number);
        [AccountPart::Current, AccountPart::Prior].map(|part| person.standing.account(part).to_string())
    }

    pub(super) fn heads(&self) -> Vec<Verified> {
        self.read().heads().unwrap()
    }

    /// Chain, postings, persons and accounts agree.
    pub(super) fn verify(&self) -> Proof {
        self.read().verify(&self.book()).unwrap()
    }
}

pub(super) fn fen(text: &str) -> Fen {
    text.parse().unwrap()
}

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A member since 2020 of whom nothing else is known.
pub(super) fn member(number: &str, area: &str, category: &str, enrolment: &str, birth: &str) -> Member {
    let since = day("2020-01-01");
    Member {
        number: number.to_owned(),
        identity: Identity {
            name: format!("参保人{number}"),
            certificate: format!("C{number}"),
            card: String::new(),
            token: String::new(),
            gender: "1".to_owned(),
            ethnicity: "01".to_owned(),
            birth: day(birth),
        },
        area: area.to_owned(),
        category: Timeline::since(since, category.to_owned()),
        enrolment: Timeline::since(since, enrolment.to_owned()),
        employer: Timeline::default(),
        civil_servant: false,
        base: Timeline::default(),
        cover: Timeline::since(since, Cover::InBenefit),
        lump_sum: None,
        amounts: Vec::new(),
        paid: Vec::new(),
        stays: Vec::new(),
        died: None,
    }
}

/// Received for some months, 2 % of the base for the member.
pub(super) fn paid(from: &str, months: u16, base: &str) -> Paid {
    let (from, base): (Month, Fen) = (from.parse().unwrap(), fen(base));
    Paid { from, months, base, own: Fen::from_fen(base.fen() / 50), pooled: Fen::ZERO, late: None }
}

/// What was credited in a run of one member, or the code of why nothing was.
pub(super) fn outcome(report: &Report) -> Result<String, &'static str> {
    match report.rows.first() {
        Some((_, skip)) => Err(Skip::code(skip)),
        None => Ok(report.credited.amount.to_string()),
    }
}

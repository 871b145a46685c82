//! What tests of a year share: the packages, the assumptions, and people and events made without any draw.

use std::fs;
use std::path::{Path, PathBuf};

use gongji_domain::{Clock, Day, Fen, Rate};
use gongji_microsimulation::{Assumptions, Bands, Reform, Scenario, StandIn};
use gongji_policy::{Area, Folder, Library, SourceFile};
use gongji_population::{
    Batch, Care, Class, Employment, Event, Kin, Means, Person, Reach, Sex, Source, SourceFault, Status,
};

pub fn library(examples: bool) -> Library {
    library_with(examples, |text| text)
}

/// The packages with their texts made into others.
pub fn library_with(examples: bool, other: impl Fn(String) -> String) -> Library {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let shipped = if examples { vec![root.join("framework")] } else { below(&root) };
    let examples = if examples { below(&root.join("examples")) } else { Vec::new() };
    let mut folders = Vec::new();
    for dir in shipped.into_iter().chain(examples) {
        let mut files = Vec::new();
        for part in [dir.clone(), dir.join("source")] {
            for file in fs::read_dir(part).into_iter().flatten() {
                let path = file.unwrap().path();
                if path.extension().is_some_and(|end| end == "toml" || end == "md") {
                    let text = other(fs::read_to_string(&path).unwrap());
                    files.push(SourceFile { path: path.display().to_string().into(), text: text.into() });
                }
            }
        }
        folders.push(Folder { name: dir.file_name().unwrap().to_str().unwrap().to_owned(), files });
    }
    folders.sort_by(|a, b| a.name.cmp(&b.name));
    Library::load(&folders)
}

fn below(root: &Path) -> Vec<PathBuf> {
    fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

pub fn assumptions() -> Assumptions {
    let rate = |text: &str| text.parse::<Rate>().unwrap();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    Assumptions {
        chronic_paid: rate("70%"),
        admission_paid: rate("80%"),
        admission_from_account: true,
        away: ["filed_long_term".to_owned(), "temporary".to_owned()],
        employed: names(&["employer"]),
        flexible: names(&["flexible", "individual_tier_2"]),
        without_account: names(&["pool_only", "individual_tier_1"]),
        stand_ins: vec![StandIn { of: "credit_2022_monthly".to_owned(), active: None, retired: Some(rate("3.5%")) }],
        bands: Bands { ages: vec![45, 65], incomes: [vec![Fen::from_yuan(5_000)], vec![Fen::from_yuan(3_000)]] },
    }
}

pub fn yuan(yuan: i64) -> Fen {
    Fen::from_yuan(yuan)
}

pub fn person(number: u64, status: Status) -> Person {
    let active = status == Status::Active;
    Person {
        number,
        status,
        sex: Sex::Female,
        employment: Employment::Enterprise,
        birth: Day::from_ymd(if active { 1985 } else { 1953 }, 6, 15).unwrap(),
        account: true,
        wage: if active { yuan(4_000) } else { Fen::ZERO },
        base: if active { yuan(4_000) } else { Fen::ZERO },
        pension: if active { Fen::ZERO } else { yuan(3_000) },
        balance: yuan(100),
        diseases: 0,
    }
}

pub fn event(year: i16, month: i8, care: Care, class: Class, eligible: Fen) -> Event {
    Event {
        day: Day::from_ymd(year, month, 10).unwrap(),
        clock: Clock(9 * 3600),
        care,
        class,
        reach: Reach::Local,
        means: Means::Account,
        institution: 3,
        off_list: yuan(10),
        over_ceiling: Fen::ZERO,
        upfront: yuan(5),
        eligible,
    }
}

pub fn scenario<'a>(area: &'a Area, year: i16, reform: Reform) -> Scenario<'a> {
    Scenario::of(area, year, &assumptions(), reform).unwrap_or_else(|fault| panic!("{fault}"))
}

const MEANS: [Means; 4] = [Means::Account, Means::Cash, Means::Prescription, Means::Relative(Kin::Parent)];

/// People of every kind with care of every kind, from their numbers alone.
pub struct Made(pub u64, pub i16);

impl Source for Made {
    fn persons(&self) -> u64 {
        self.0
    }

    fn fill(&self, number: u64, batch: &mut Batch) -> Result<(), SourceFault> {
        batch.clear();
        for number in number * Batch::PERSONS..self.0.min((number + 1) * Batch::PERSONS) {
            let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
            let mut below = |end: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % end
            };
            let mut made = person(number, if below(3) == 0 { Status::Retired } else { Status::Active });
            made.employment =
                [Employment::Enterprise, Employment::Institution, Employment::Flexible][below(3) as usize];
            made.account = below(5) > 0;
            made.balance = Fen::from_fen(below(90_000) as i64);
            let events: Vec<Event> = (0..below(30))
                .map(|_| Event {
                    day: Day::from_ymd(self.1, 1 + below(12) as i8, 1 + below(28) as i8).unwrap(),
                    clock: Clock(below(86_400) as u32),
                    care: [Care::Visit, Care::Visit, Care::Chronic, Care::Pharmacy, Care::Admission][below(5) as usize],
                    class: [Class::Primary, Class::Secondary, Class::Tertiary][below(3) as usize],
                    reach: [Reach::Local, Reach::Local, Reach::Province, Reach::Nation][below(4) as usize],
                    means: MEANS[below(4) as usize],
                    institution: below(40) as u32,
                    off_list: Fen::from_fen(below(3) as i64 * 777),
                    over_ceiling: Fen::from_fen(below(4) as i64 * 33),
                    upfront: Fen::from_fen(below(5_000) as i64),
                    eligible: Fen::from_fen(1 + below(200_000) as i64),
                })
                .collect();
            batch.push(made, |into| into.extend(events));
        }
        Ok(())
    }
}

//! A simulated year and the service agree to the fen: the same visits of the same members, settled over the national
//! interface.

use std::sync::Arc;

use gongji_domain::{Clock, Day, Fen};
use gongji_microsimulation::{Reform, Scenario, Walker};
use gongji_policy::Library;
use gongji_population::{Care, Class, Employment, Event, Kin, Means, Person, Reach, Sex, Status};
use gongji_register::bond::{Limits, Relation};

use super::mutual_aid::{D, F, TODAY, aided, amount, bound, held, policies, visit};
use super::{PHARMACY, Patient, SECONDARY, Server, TERTIARY};
use crate::cli::load;
use crate::his::Policies;
use crate::simulate::assumptions::assumptions;

#[test]
fn a_simulated_year_settles_the_same_over_the_interface() {
    let library = Library::load(&load::shipped());
    let assumed = assumptions(None).unwrap().assumptions;
    let server = Server::with(Arc::new(Policies::load(&load::shipped()).unwrap()));
    let (active, retired) = (Status::Active, Status::Retired);
    // Without credits (no account to be credited), as nobody runs them there.
    for (number, code, status, employment, at) in [
        (6, "500000", active, Employment::Flexible, [TERTIARY, SECONDARY]),
        (13, "211200", active, Employment::Enterprise, ["H21120000006", "H21120000007"]),
        (14, "320700", active, Employment::Enterprise, ["H32070000010", "H32070000011"]),
        (17, "360100", retired, Employment::Flexible, ["H36010000014", "H36010000016"]),
    ] {
        let patient =
            Patient { psn_no: format!("{code}{number:08}").leak(), certno: format!("DEMO{number:06}").leak() };
        let looked = format!(r#"{{"data":{{"mdtrt_cert_type":"03","mdtrt_cert_no":"{}"}}}}"#, patient.certno);
        let looked = server.call(TERTIARY, "1101", &looked).ok();
        let person = Person {
            number,
            status,
            sex: Sex::Male,
            employment,
            birth: looked.at("output.baseinfo.brdy").parse().unwrap(),
            account: false,
            wage: Fen::ZERO,
            base: Fen::ZERO,
            pension: Fen::ZERO,
            balance: looked.at("output.insuinfo.0.balc").parse().unwrap(),
            diseases: 0,
        };
        let lower = if code == "360100" { Class::Primary } else { Class::Secondary };
        let events: Vec<Event> = (1..=12)
            .map(|month: i8| Event {
                day: Day::from_ymd(2025, month, 7).unwrap(),
                clock: Clock(9 * 3600),
                care: Care::Visit,
                class: if month % 3 == 0 { lower } else { Class::Tertiary },
                reach: Reach::Local,
                means: Means::Account,
                institution: 0,
                off_list: Fen::ZERO,
                over_ceiling: Fen::ZERO,
                upfront: Fen::ZERO,
                eligible: Fen::from_fen(7_777 * i64::from(month) + number as i64),
            })
            .collect();
        let area = library.area(code).unwrap();
        let scenario = Scenario::of(area, 2025, &assumed, Reform::After).unwrap();
        let mut walker = Walker::default();
        walker.year(&scenario, &person, &events);
        for (event, paid) in events.iter().zip(walker.paid()) {
            let place = at[usize::from(event.class != Class::Tertiary)];
            let price = event.eligible.to_string();
            let reply = super::policies::settle(&server, &patient, place, "11", &event.day.to_string(), &price).ok();
            let told = [
                ("medfee_sumamt", paid.total),
                ("inscp_scp_amt", paid.eligible),
                ("act_pay_dedc", paid.deductible),
                ("fund_pay_sumamt", paid.pool + paid.other),
                ("psn_part_amt", paid.share()),
                ("acct_pay", paid.account),
                ("psn_cash_pay", paid.cash),
                ("balc", paid.balance),
            ];
            for (field, amount) in told {
                let said = reply.at(&format!("output.setlinfo.{field}"));
                assert_eq!(said, amount.to_string(), "{code} {} {field}", event.day);
            }
        }
        assert!(walker.paid().iter().any(|paid| !paid.pool.is_zero()), "{code}");
    }
}

#[test]
fn what_a_simulated_account_pays_for_a_relative_is_what_the_interface_takes_from_it() {
    let library = Library::load(&load::shipped());
    let assumed = assumptions(None).unwrap().assumptions;
    let scenario = Scenario::of(library.area("500000").unwrap(), 2026, &assumed, Reform::After).unwrap();
    let server = policies();
    bound(&server, &D, &F, Relation::Child, Limits::default());
    let holder = Person {
        number: 4,
        status: Status::Retired,
        sex: Sex::Male,
        employment: Employment::Enterprise,
        birth: Day::from_ymd(1952, 7, 8).unwrap(),
        // Without credits, as nobody runs them there.
        account: false,
        wage: Fen::ZERO,
        base: Fen::ZERO,
        pension: Fen::ZERO,
        balance: held(&server, &D),
        diseases: 0,
    };
    let (mut events, mut taken, mut uses) = (Vec::new(), Fen::ZERO, 0);
    // The third asks for more than is left, the last finds nothing.
    for (hour, care, price) in [
        (8, Care::Pharmacy, "80.00"),
        (9, Care::Visit, "500.00"),
        (10, Care::Visit, "9000.00"),
        (11, Care::Pharmacy, "50.00"),
    ] {
        let settled = if care == Care::Pharmacy {
            let at = format!("{TODAY} {hour:02}:00:00");
            let goods = aided(&F.purchase(&at, price, &[("DEMO-YP-0001", price)]), &F, &D);
            server.call(PHARMACY, "2102", &goods).ok()
        } else {
            server.call(TERTIARY, "2207", &visit(&server, &F, &F, price).1).ok()
        };
        let paid = amount(&settled, "acct_mulaid_pay");
        taken += paid;
        uses += u32::from(!paid.is_zero());
        events.push(Event {
            day: TODAY.parse().unwrap(),
            clock: Clock(hour * 3600),
            care,
            class: Class::Tertiary,
            reach: Reach::Local,
            means: Means::Relative(Kin::Child),
            institution: 0,
            off_list: Fen::ZERO,
            over_ceiling: Fen::ZERO,
            upfront: Fen::ZERO,
            // What is left of a child's care for the child.
            eligible: amount(&settled, "psn_part_amt"),
        });
        let year = Walker::default().year(&scenario, &holder, &events);
        assert_eq!((year.aid, year.aid_uses, year.closing), (taken, uses, held(&server, &D)), "{price}");
    }
    assert_eq!((uses, taken), (3, holder.balance));
}

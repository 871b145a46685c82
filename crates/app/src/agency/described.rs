//! What the register says of a member, row by row in Chinese (参保信息), and numbers of certificates as they may stand on a
//! screen. Decides nothing.

use gongji_domain::Day;
use gongji_policy::words_of;
use gongji_register::{Fact, Identity, Member, Timeline};

use super::member::Shown;
use super::words;

pub(crate) use crate::his::member::masked;

/// The same member with numbers of certificates hidden.
pub(crate) fn masked_identity(identity: &Identity) -> Identity {
    let hidden = |number: &str| if number.is_empty() { String::new() } else { masked(number) };
    Identity {
        certificate: hidden(&identity.certificate),
        card: hidden(&identity.card),
        token: hidden(&identity.token),
        ..identity.clone()
    }
}

/// Item, what is registered, and since when.
pub(crate) fn rows(shown: &Shown) -> Vec<[String; 3]> {
    let Shown { member, current, prior, balance, owed } = shown;
    let mut rows = identity(member);
    lines(&mut rows, "人员类别", &member.category, |code| words::category(code));
    lines(&mut rows, "参保身份", &member.enrolment, |value| words_of("enrolment", value).to_owned());
    lines(&mut rows, "单位", &member.employer, Clone::clone);
    lines(&mut rows, "缴费基数", &member.base, ToString::to_string);
    lines(&mut rows, "待遇状态（登记）", &member.cover, |cover| words::cover(*cover).to_owned());
    let mut row = |item: &str, says: String| rows.push([item.to_owned(), says, String::new()]);
    for (name, amount) in &member.amounts {
        row("登记额", format!("{name} {amount}"));
    }
    if let Some(lump_sum) = member.lump_sum {
        row("趸缴", format!("基数 {}，至 {}", lump_sum.base, lump_sum.until));
    }
    for paid in &member.paid {
        row("缴费记录", words::fact(&Fact::Paid(*paid)));
    }
    for stay in &member.stays {
        row("住院", words::fact(&Fact::Stay(*stay)));
    }
    if let Some(died) = member.died {
        row("死亡日期", died.to_string());
    }
    row("个人账户", format!("余额 {balance}（当年 {current}，历年 {prior}）"));
    if !owed.is_zero() {
        row("应追回", owed.to_string());
    }
    rows
}

fn identity(member: &Member) -> Vec<[String; 3]> {
    let identity = &member.identity;
    let row = |item: &str, says: &str| [item.to_owned(), says.to_owned(), String::new()];
    vec![
        row("人员编号", &member.number),
        row("姓名", &identity.name),
        row("证件号码", &identity.certificate),
        row("社会保障卡号", &identity.card),
        row("出生日期", &identity.birth.to_string()),
        row("统筹区", &member.area),
        row("公务员标志", if member.civil_servant { "是" } else { "否" }),
    ]
}

fn lines<T>(rows: &mut Vec<[String; 3]>, item: &str, line: &Timeline<T>, words: impl Fn(&T) -> String) {
    let of = |(from, value): &(Day, T)| [item.to_owned(), words(value), from.to_string()];
    rows.extend(line.rows().iter().map(of));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_number_is_hidden_and_its_length_stays() {
        for (number, shown) in [
            ("500000199001010021", "500000********0021"),
            ("12345678901", "123456*8901"),
            ("1234567890", "********90"),
            ("A12", "**2"),
            ("1", "*"),
            ("", ""),
        ] {
            assert_eq!(masked(number), shown, "{number}");
        }
    }
}

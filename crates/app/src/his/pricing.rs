//! One fee line against the catalogue of the service date: how its amount is split, to the fen.
//!
//! * Off-list (全自费): level 丙, not in the catalogue on the service date, not approved, or not
//!   allowed by a restriction (限制使用).
//! * Above the ceiling (超限价): what exceeds ceiling × quantity, half up to the fen.
//! * First-pay (先行自付): the share of what lies within the ceiling, half up to the fen.
//! * Eligible (符合政策范围): the rest.
//!
//! The catalogue is that of the area where the institution lies (就医地目录).

use compact_str::CompactString;
use gongji_domain::{Day, Fen, Rate, Rounding};

use super::call::Call;
use super::codes;
use super::number::{Fixed, PER_FEN, Price, Quantity, Share, product};
use crate::catalogue::limits::{Circumstances, Days};
use crate::catalogue::{Asked, Catalogue, Listed};
use gongji_register::Member;

/// What real replies show where there is no ceiling.
const NO_CEILING: Price = Fixed(999_999_000_000);

/// What is the same for all lines of a visit.
#[derive(Clone, Debug)]
pub(crate) struct Setting<'a> {
    pub catalogue: &'a Catalogue,
    /// 统筹区 of the institution.
    pub area: &'a str,
    /// 限价医院等级 of the institution: 3, 2 or 1.
    pub level: &'static str,
    /// Service date.
    pub day: Day,
    /// Of the member on the service date.
    pub age: i32,
    /// 性别
    pub sex: &'a str,
    /// Codes of the visit's diagnoses and 病种.
    pub diagnoses: &'a [CompactString],
}

/// One line as it is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FeeLine<'a> {
    /// 医疗目录编码
    pub item: &'a str,
    pub amount: Fen,
    pub quantity: Quantity,
    /// 医院审批标志
    pub approval: &'a str,
    /// 病种编码 of the line.
    pub disease: Option<&'a str>,
    /// 周期天数
    pub days: Option<Days>,
}

/// A priced line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Priced {
    /// Whether the catalogue covers it.
    pub covered: bool,
    /// Whether the catalogue has no such code.
    pub unlisted: bool,
    /// The ceiling for the whole line.
    pub ceiling: Option<Fen>,
    /// First-pay rate.
    pub upfront_rate: Rate,
    /// 定价上限金额 of one unit, as the reply tells it.
    pub unit_ceiling: Price,
    /// 自付比例, as the reply tells it: 1 when off-list.
    pub share: Share,
    /// 全自费金额
    pub off_list: Fen,
    /// 超限价金额
    pub over_ceiling: Fen,
    /// 先行自付金额
    pub upfront: Fen,
    /// 符合政策范围金额
    pub eligible: Fen,
    /// 收费项目等级; what the catalogue does not have is 丙.
    pub level: CompactString,
    /// 医疗收费项目类别; what the catalogue does not have is 其他费.
    pub charge_type: CompactString,
    /// 限制使用标志
    pub restricted: bool,
    /// 基本药物、谈判药品、儿童用药、目录特项
    pub flags: [bool; 4],
    /// Why the line is off-list, or what the catalogue leaves open, in words; empty else.
    pub memo: String,
}

/// Whether an amount is `price` × `quantity`: it may differ by less than one fen, so that half
/// up, up and down to the fen are all taken.
pub(crate) fn agrees(amount: Fen, price: Price, quantity: Quantity) -> bool {
    (i128::from(amount.fen()) * PER_FEN - product(price, quantity)).abs() < PER_FEN
}

/// `price` × `quantity`, half up to the fen.
pub(crate) fn times(price: Price, quantity: Quantity) -> Fen {
    Rounding::HALF_UP_FEN.round(product(price, quantity), PER_FEN)
}

/// 限价医院等级 of an institution by its 医院等级.
pub(crate) fn price_level(hosp_lv: &str) -> &'static str {
    match codes::class(hosp_lv) {
        Some("tertiary") => "3",
        Some("secondary") => "2",
        _ => "1",
    }
}

impl<'a> Setting<'a> {
    /// Of a message about a member's visit on a day.
    pub(crate) fn of(call: &Call<'a>, member: &'a Member, day: Day, diagnoses: &'a [CompactString]) -> Self {
        Self {
            catalogue: call.directory.catalogue(),
            area: &call.institution.area,
            level: price_level(&call.institution.hosp_lv),
            day,
            age: day.age_since(member.identity.birth),
            sex: &member.identity.gender,
            diagnoses,
        }
    }

    /// Splits a line. The four amounts are never negative and add up to the line's.
    pub(crate) fn price(&self, line: &FeeLine<'_>) -> Priced {
        let catalogue = self.catalogue;
        let asked = Asked { code: line.item, area: self.area, level: self.level, day: self.day };
        let Some(item) = catalogue.find(&asked) else {
            return off_list(line.amount, None, "医保目录内无此编码，全自费".to_owned());
        };
        match self.excludes(&item, line) {
            Some(why) => off_list(line.amount, Some(&item), format!("{why}，全自费")),
            None => covered(line, &item),
        }
    }

    /// Why a listed item is not paid for in this line; nothing if it is.
    fn excludes(&self, item: &Listed<'_>, line: &FeeLine<'_>) -> Option<String> {
        match (item.level, line.approval) {
            ("03", _) => return Some("丙类".to_owned()),
            (_, "1") => {}
            _ if item.restricted => return Some("限制使用项目未经审批通过".to_owned()),
            (_, "2") => return Some("审批不通过".to_owned()),
            _ => {}
        }
        if item.limits.is_empty() {
            return None;
        }
        let diagnoses: Vec<&str> = self.diagnoses.iter().map(CompactString::as_str).chain(line.disease).collect();
        let circumstances = Circumstances {
            approved: line.approval == "1",
            diagnoses: &diagnoses,
            age: self.age,
            sex: self.sex,
            level: self.level,
            quantity: line.quantity,
            days: line.days,
        };
        item.limits.iter().find_map(|restriction| {
            let why = restriction.limit.refuses(&circumstances)?;
            Some(format!("限制使用：{why}（依据 {}）", restriction.article))
        })
    }
}

fn off_list(amount: Fen, item: Option<&Listed<'_>>, memo: String) -> Priced {
    Priced {
        covered: false,
        unlisted: item.is_none(),
        ceiling: None,
        upfront_rate: Rate::ZERO,
        unit_ceiling: NO_CEILING,
        share: Fixed(10_000),
        off_list: amount,
        over_ceiling: Fen::ZERO,
        upfront: Fen::ZERO,
        eligible: Fen::ZERO,
        level: item.map_or("03", |item| item.level).into(),
        charge_type: item.map_or("14", |item| item.charge_type).into(),
        restricted: item.is_some_and(|item| item.restricted),
        flags: item.map_or([false; 4], |item| item.flags),
        memo,
    }
}

fn covered(line: &FeeLine<'_>, item: &Listed<'_>) -> Priced {
    // 甲类 is paid for without a share by what the word means; for 乙类 the catalogue must say it.
    let unsaid = item.share.is_none() && item.level != "01";
    let rate = item.share.unwrap_or(Rate::ZERO);
    let ceiling = item.ceiling.map(|ceiling| times(ceiling, line.quantity));
    let within = ceiling.map_or(line.amount, |ceiling| line.amount.min(ceiling));
    let upfront = rate.of(within, Rounding::HALF_UP_FEN);
    Priced {
        covered: true,
        unlisted: false,
        ceiling,
        upfront_rate: rate,
        unit_ceiling: item.ceiling.unwrap_or(NO_CEILING),
        share: Fixed(rate.millionths() / 100),
        off_list: Fen::ZERO,
        over_ceiling: line.amount - within,
        upfront,
        eligible: within - upfront,
        level: item.level.into(),
        charge_type: item.charge_type.into(),
        restricted: item.restricted,
        flags: item.flags,
        memo: if unsaid { "目录未给此项目的先自付比例，按 0 计".to_owned() } else { String::new() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Folder, index};

    /// A line of the demo's catalogue, to be changed in single places.
    fn split(setting: &Setting<'_>, line: &FeeLine<'_>) -> ([i64; 4], String) {
        let priced = setting.price(line);
        let split = [priced.off_list, priced.over_ceiling, priced.upfront, priced.eligible].map(Fen::fen);
        assert_eq!(split.iter().sum::<i64>(), line.amount.fen(), "{line:?}");
        assert_eq!(priced.covered, split[0] == 0, "{line:?}");
        (split, priced.memo)
    }

    fn setting<'a>(catalogue: &'a Catalogue, day: &str) -> Setting<'a> {
        let day = day.parse().unwrap();
        Setting { catalogue, area: "211200", level: "3", day, age: 39, sex: "2", diagnoses: &[] }
    }

    fn line(item: &str, amount: i64, units: i64) -> FeeLine<'_> {
        let (amount, quantity) = (Fen::from_fen(amount), Fixed(units * 10_000));
        FeeLine { item, amount, quantity, approval: "0", disease: None, days: None }
    }

    #[test]
    fn a_line_is_split_by_level_ceiling_share_and_approval() {
        let catalogue = Folder::shipped().unwrap().catalogue().unwrap();
        let setting = setting(&catalogue, "2024-06-01");
        // (item, amount, units, approval) -> off-list, over ceiling, first-pay, eligible
        for (item, amount, units, approval, expected) in [
            ("DEMO-YP-0001", 10_000, 1, "0", [0, 0, 0, 10_000]),
            ("DEMO-YP-0001", 10_000, 1, "1", [0, 0, 0, 10_000]),
            ("DEMO-YP-0001", 10_000, 1, "2", [10_000, 0, 0, 0]),
            // 4.52 × 5 % = 0.226
            ("DEMO-YP-0002", 452, 1, "0", [0, 0, 23, 429]),
            // 2 × 12.50 = 25.00 within, 5.00 over; 10 % of 25.00
            ("DEMO-YP-0003", 3_000, 2, "0", [0, 500, 250, 2_250]),
            ("DEMO-YP-0003", 2_000, 2, "0", [0, 0, 200, 1_800]),
            // 7 × 0.45 = 3.15 within, 0.35 over; 15 % of 3.15 = 0.4725
            ("DEMO-YP-0008", 350, 7, "0", [0, 35, 47, 268]),
            // 3 × 3.30 = 9.90 within, 0.60 over; 8.5 % of 9.90 = 0.8415
            ("DEMO-HC-0001", 1_050, 3, "0", [0, 60, 84, 906]),
            ("DEMO-YP-0005", 10_000, 1, "0", [10_000, 0, 0, 0]),
            ("DEMO-YP-0005", 10_000, 1, "1", [0, 0, 2_000, 8_000]),
            ("DEMO-YP-0005", 10_000, 1, "2", [10_000, 0, 0, 0]),
            ("DEMO-YP-0004", 10_000, 1, "1", [10_000, 0, 0, 0]),
            ("DEMO-NOT-THERE", 10_000, 1, "1", [10_000, 0, 0, 0]),
        ] {
            let asked = FeeLine { approval, ..line(item, amount, units) };
            assert_eq!(split(&setting, &asked).0, expected, "{item} {amount} {approval}");
        }
    }

    #[test]
    fn the_catalogue_of_the_service_date_the_area_and_the_level_holds() {
        let catalogue = Folder::shipped().unwrap().catalogue().unwrap();
        for (item, amount, day, area, level, expected) in [
            // First-pay 5 % until the end of 2024, 10 % then.
            ("DEMO-YP-0002", 1_000, "2024-12-31", "211200", "3", [0, 0, 50, 950]),
            ("DEMO-YP-0002", 1_000, "2025-01-01", "211200", "3", [0, 0, 100, 900]),
            // Off the list from July 2024.
            ("DEMO-YP-0006", 1_000, "2024-06-30", "211200", "3", [0, 0, 0, 1_000]),
            ("DEMO-YP-0006", 1_000, "2024-07-01", "211200", "3", [1_000, 0, 0, 0]),
            // 乙 with 10 %, then 甲 with nothing.
            ("DEMO-YP-0108", 1_000, "2025-06-30", "211200", "3", [0, 0, 100, 900]),
            ("DEMO-YP-0108", 1_000, "2025-07-01", "211200", "3", [0, 0, 0, 1_000]),
            // 10 % in the country, 5 % in one area.
            ("DEMO-YP-0109", 1_000, "2024-06-01", "211200", "3", [0, 0, 100, 900]),
            ("DEMO-YP-0109", 1_000, "2024-06-01", "500000", "3", [0, 0, 50, 950]),
            // Ceilings 120, 100 and 80; 10 % of what is within.
            ("DEMO-HC-0101", 15_000, "2024-06-01", "211200", "3", [0, 3_000, 1_200, 10_800]),
            ("DEMO-HC-0101", 15_000, "2024-06-01", "211200", "2", [0, 5_000, 1_000, 9_000]),
            ("DEMO-HC-0101", 15_000, "2024-06-01", "211200", "1", [0, 7_000, 800, 7_200]),
            // A ceiling of one area from a day on.
            ("DEMO-FW-0101", 5_000, "2021-12-31", "500000", "3", [0, 2_000, 0, 3_000]),
            ("DEMO-FW-0101", 5_000, "2022-01-01", "500000", "3", [0, 1_000, 0, 4_000]),
            ("DEMO-FW-0101", 5_000, "2022-01-01", "211200", "3", [0, 2_000, 0, 3_000]),
            // Matched to another code in one area only.
            ("DEMO-ZJ-0001-01", 1_000, "2024-06-01", "500000", "3", [0, 0, 100, 900]),
            ("DEMO-ZJ-0001-01", 1_000, "2024-06-01", "211200", "3", [1_000, 0, 0, 0]),
        ] {
            let level = if level == "3" {
                "3"
            } else if level == "2" {
                "2"
            } else {
                "1"
            };
            let setting = Setting { area, level, ..setting(&catalogue, day) };
            assert_eq!(split(&setting, &line(item, amount, 1)).0, expected, "{item} {day} {area} {level}");
        }
    }

    #[test]
    fn what_a_restriction_does_not_allow_is_off_list_with_the_reason() {
        let catalogue = Folder::shipped().unwrap().catalogue().unwrap();
        let diabetes = ["E11.900".into()];
        let here = Setting { diagnoses: &diabetes, ..setting(&catalogue, "2025-03-01") };
        let other = setting(&catalogue, "2025-03-01");
        let child = Setting { age: 14, sex: "1", ..setting(&catalogue, "2025-03-01") };
        let small = Setting { level: "1", ..setting(&catalogue, "2025-03-01") };
        let (drug, days) = (|code| line(code, 1_000, 1), |n: i64| Some(Fixed(n * 100)));
        let approved = |code| FeeLine { approval: "1", ..line(code, 1_000, 1) };
        for (setting, line, eligible, memo) in [
            (&here, drug("DEMO-YP-0101"), 900, ""),
            (
                &other,
                drug("DEMO-YP-0101"),
                0,
                "限制使用：限诊断 E10、E11、E12、E13、E14（依据 演示目录说明 第一条），全自费",
            ),
            (&other, FeeLine { disease: Some("E10.1"), ..drug("DEMO-YP-0101") }, 900, ""),
            (&other, approved("DEMO-YP-0101"), 900, ""),
            (&child, drug("DEMO-YP-0102"), 1_000, ""),
            (
                &other,
                drug("DEMO-YP-0102"),
                0,
                "限制使用：限 0 至 14 岁，参保人 39 岁（依据 演示目录说明 第二条），全自费",
            ),
            (
                &other,
                approved("DEMO-YP-0102"),
                0,
                "限制使用：限 0 至 14 岁，参保人 39 岁（依据 演示目录说明 第二条），全自费",
            ),
            // 8 % of 10.00 = 0.80
            (&other, drug("DEMO-YP-0103"), 920, ""),
            (&child, drug("DEMO-YP-0103"), 0, "限制使用：限女性（依据 演示目录说明 第三条），全自费"),
            (&small, drug("DEMO-YP-0104"), 0, "限制使用：限三级、二级机构（依据 演示目录说明 第四条），全自费"),
            (&other, line("DEMO-YP-0105", 1_000, 2), 1_000, ""),
            (
                &other,
                line("DEMO-YP-0105", 1_000, 3),
                0,
                "限制使用：每行至多 2.0000（依据 演示目录说明 第五条），全自费",
            ),
            (&other, FeeLine { days: days(28), ..drug("DEMO-YP-0106") }, 1_000, ""),
            (
                &other,
                FeeLine { days: days(29), ..drug("DEMO-YP-0106") },
                0,
                "限制使用：至多 28.00 天，报 29.00 天（依据 演示目录说明 第六条），全自费",
            ),
            (&other, drug("DEMO-YP-0107"), 0, "限制使用项目未经审批通过，全自费"),
            (&other, approved("DEMO-YP-0107"), 800, ""),
            (&child, approved("DEMO-YP-0107"), 0, "限制使用：限女性（依据 演示目录说明 第七条），全自费"),
        ] {
            let (split, said) = split(setting, &line);
            assert_eq!((split[3], said.as_str()), (eligible, memo), "{line:?}");
        }
        // Before the restriction began.
        let before = setting(&catalogue, "2024-12-31");
        assert_eq!(split(&before, &line("DEMO-YP-0105", 1_000, 3)).0, [0, 0, 0, 1_000]);
    }

    #[test]
    fn a_share_that_the_catalogue_leaves_open_is_said() {
        let row = [
            ("hilist_code", "X"),
            ("insu_admdvs", "100000"),
            ("begndate", "2020-01-01"),
            ("chrgitm_lv", "02"),
            ("vali_flag", "1"),
        ];
        let catalogue = index::of(&[("1312", &row)]);
        let setting = setting(&catalogue, "2024-06-01");
        let (split, memo) = split(&setting, &line("X", 1_000, 1));
        assert_eq!((split, memo.as_str()), ([0, 0, 0, 1_000], "目录未给此项目的先自付比例，按 0 计"));
    }

    #[test]
    fn an_amount_may_be_rounded_to_the_fen_in_any_way_and_no_further() {
        // 3 × 3.333333 = 9.999999
        let (price, quantity) = (Fixed(3_333_333), Fixed(30_000));
        for (fen, agreed) in [(998, false), (999, true), (1_000, true), (1_001, false)] {
            assert_eq!(agrees(Fen::from_fen(fen), price, quantity), agreed, "{fen}");
        }
        let exact = (Fixed(5_000_000), Fixed(20_000));
        assert!(agrees(Fen::from_fen(1_000), exact.0, exact.1));
        assert!(!agrees(Fen::from_fen(1_001), exact.0, exact.1));
        assert_eq!(times(price, quantity), Fen::from_fen(1_000));
    }
}

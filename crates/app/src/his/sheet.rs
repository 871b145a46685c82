//! A settlement that was kept as its sheet (结算单): the customary fields, out of what institution and centre said then.

use std::collections::BTreeMap;

use gongji_domain::{Fen, NationalField};
use gongji_register::Member;

use super::archive::read;
use super::book::{Change, Settled};
use super::call::event_number;
use super::desk::Desk;
use super::dictionary;
use super::errors::{Code, Fault};
use super::json::Json;
use super::member::{masked, record_name};
use super::past::{Past, at};
use super::{Moment, Service};
use crate::sheet::{Amounts, Sheet};

/// A sheet, and whose it is.
pub(crate) struct Kept {
    pub sheet: Sheet,
    /// 人员编号
    pub person: String,
    /// 统筹区 that answers for the member.
    pub area: String,
    /// 定点医药机构编号
    pub institution: String,
}

const NOTES: &[&str] = &[
    "全自费：目录外的费用；超限价自费：超过医保最高支付标准的部分；先行自付：乙类项目按比例先由个人负担的部分。三者不计入政策范围内。",
    "本单一式两份，医疗机构和参保人各执一份。",
];

impl Service {
    /// The sheet of a settlement by its 结算ID.
    ///
    /// # Errors
    /// When there is no such settlement, or the store cannot be read.
    pub(crate) fn sheet(&self, setl_id: &str) -> Result<Kept, Fault> {
        let none = || Fault::at(Code::SettlementNotFound, "setl_id").given(setl_id);
        let kept = self.kept();
        let moment = kept.now()?;
        let event = moment.event(event_number(setl_id).ok_or_else(none)?)?.ok_or_else(none)?;
        let visit = match read(&event)? {
            Change::Settled { settlement, .. } => settlement.mdtrt_id.clone(),
            Change::Purchased { purchase, .. } => purchase.settlement.mdtrt_id.clone(),
            _ => return Err(none()),
        };
        let past = moment.visit_by_id(&event.psn_no, &visit)?.ok_or_else(none)?;
        let settled = past.settled(setl_id).ok_or_else(none)?;
        let now = Moment::of(self.clock().now());
        let desk = Desk { store: self.store(), now, by: "" };
        let name = event.psn_no.clone();
        let see = move |view: super::book::View<'_>| view.member(&name).cloned();
        let member = desk.look(vec![event.psn_no.clone(), record_name(&event.psn_no)], see)?.ok_or_else(none)?;
        let costs = costs(&past, setl_id)?;
        let sheet = Sheet {
            title: format!(
                "{}职工基本医疗保险门诊医疗费用结算单",
                self.area(&settled.area).map_or("", |area| area.name())
            ),
            notice: notice(&past, setl_id, settled),
            fields: self.fields(&past, settled, &member, (setl_id, at(&event))),
            total: whole(settled),
            costs,
            payers: payers(settled),
            steps: steps(settled),
            notes: NOTES.to_vec(),
            printed: now.to_string(),
        };
        Ok(Kept {
            sheet,
            person: event.psn_no,
            area: settled.area.to_string(),
            institution: settled.institution.to_string(),
        })
    }

    fn fields(
        &self,
        past: &Past,
        settled: &Settled,
        member: &Member,
        (setl_id, at): (&str, String),
    ) -> Vec<(&'static str, String)> {
        let day = settled.day;
        let institution = self.directory.institution(&settled.institution);
        let told = past.input_of("2201").unwrap_or(Json::Null);
        let told = told.rows("data").first().unwrap_or(&Json::Null);
        let kind = if member.identity.gender == "1" { "男" } else { "女" };
        let lies = |code: &str| self.area(code).map_or_else(|| code.to_owned(), |area| area.name().to_owned());
        vec![
            ("医药机构", institution.map_or_else(String::new, |one| one.name.clone())),
            ("机构编号", settled.institution.to_string()),
            ("机构等级", institution.map_or_else(String::new, |one| label("hosp_lv", &one.hosp_lv))),
            ("就诊登记号", past.mdtrt_id.clone()),
            ("结算号", setl_id.to_owned()),
            ("结算时间", at),
            ("姓名", format!("{}　{kind}　{} 岁", member.identity.name, day.age_since(member.identity.birth))),
            ("证件号码", masked(&member.identity.certificate)),
            ("人员编号", member.number.clone()),
            ("人员类别", label("psn_type", member.category_on(day))),
            ("险种", label("insutype", "310")),
            ("单位", member.employer_on(day).to_owned()),
            ("参保地", lies(&settled.area)),
            ("就医地", lies(settled.treated_in.as_deref().unwrap_or(&settled.area))),
            ("业务类别", label("med_type", &settled.med_type)),
            ("就诊日期", day.to_string()),
            ("科室", told.word("dept_name").to_owned()),
            ("主要诊断", past.diagnoses()),
        ]
    }
}

fn notice(past: &Past, setl_id: &str, settled: &Settled) -> Option<String> {
    let cancelled = past.cancelled_by(setl_id).map(|by| format!("本结算已于结算号 {by} 冲销，不再有效"));
    cancelled.or_else(|| settled.decided.draft.then(|| "所依据的政策为征求意见稿，尚未施行".to_owned()))
}

/// The costs by category (收费项目类别), in the order of their codes.
fn costs(past: &Past, setl_id: &str) -> Result<Vec<(String, Amounts)>, Fault> {
    let mut costs: BTreeMap<String, Amounts> = BTreeMap::new();
    for line in past.charged(Some(setl_id))? {
        let of = |json: &Json, name: &str| json.word(name).parse::<Fen>().unwrap_or_default();
        let amounts = Amounts {
            amount: of(&line.asked, "det_item_fee_sumamt"),
            off_list: of(&line.priced, "fulamt_ownpay_amt"),
            over_ceiling: of(&line.priced, "overlmt_amt"),
            upfront: of(&line.priced, "preselfpay_amt"),
            eligible: of(&line.priced, "inscp_scp_amt"),
        };
        *costs.entry(line.priced.word("med_chrgitm_type").to_owned()).or_default() += amounts;
    }
    let named = |code: String| if code.is_empty() { "其他费".to_owned() } else { label("med_chrgitm_type", &code) };
    Ok(costs.into_iter().map(|(code, amounts)| (named(code), amounts)).collect())
}

fn whole(settled: &Settled) -> Amounts {
    let decided = &settled.decided;
    Amounts {
        amount: decided.total,
        off_list: decided.off_list,
        over_ceiling: decided.over_ceiling,
        upfront: decided.upfront,
        eligible: decided.eligible,
    }
}

/// Who paid, and what is left; funds that paid nothing are left out, but for the pool.
fn payers(settled: &Settled) -> Vec<(&'static str, Fen)> {
    const FUNDS: [(&str, NationalField); 8] = [
        ("统筹基金支付", NationalField::Hifp),
        ("大额医疗费用补助", NationalField::Hifob),
        ("公务员医疗补助", NationalField::Cvlserv),
        ("企业补充医疗保险", NationalField::Hifes),
        ("大病保险", NationalField::Hifmi),
        ("医疗救助", NationalField::Maf),
        ("伤残人员医疗保障", NationalField::Hifdm),
        ("其他基金支付", NationalField::Oth),
    ];
    let decided = &settled.decided;
    let funds = FUNDS.map(|(name, field)| (name, decided.paid(field)));
    let paid = funds.into_iter().filter(|(name, amount)| !amount.is_zero() || *name == FUNDS[0].0);
    let aid = settled.aid.is_some();
    let own = if aid { Fen::ZERO } else { decided.account_paid };
    let left = decided.payments.iter().filter_map(|paid| paid.limit_left.map(|left| left - paid.amount)).min();
    let mut payers = vec![("本次起付", decided.deductible_borne)];
    payers.extend(paid);
    payers.extend([("基金支付合计", decided.fund_total), ("个人账户支付", own)]);
    if aid {
        payers.push(("家庭共济支付", decided.account_paid));
    }
    payers.push(("个人现金支付", decided.cash));
    payers.push(("账户余额", settled.balance_before - own));
    payers.extend(left.map(|left| ("本年统筹支付余额", left)));
    payers
}

/// How it came about, as the institution was told with the articles.
fn steps(settled: &Settled) -> Vec<String> {
    let decided = &settled.decided;
    let said = decided.payments.iter().map(|payment| &payment.process).chain([&decided.account_process]);
    let mut steps: Vec<String> = said.filter(|text| !text.is_empty()).cloned().collect();
    if let Some(not) = &decided.not_covered {
        steps.insert(0, format!("统筹基金不予支付：{}（{}）", not.message, not.article));
    }
    steps
}

/// What a code of a table is called; the code itself where nobody knows it. Provinces lengthen codes.
fn label(table: &str, code: &str) -> String {
    let entries = dictionary::table(table);
    let known = |length: usize| entries.iter().find(|entry| code.get(..length) == Some(entry.value));
    (1..=code.len()).rev().find_map(known).map_or_else(|| code.to_owned(), |entry| entry.label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_code_has_the_name_of_the_longest_known() {
        assert_eq!(label("psn_type", "1101"), "职工在职");
        assert_eq!(label("psn_type", "119"), "在职");
        assert_eq!(label("psn_type", "77"), "77");
    }
}

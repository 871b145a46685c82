//! 2204 门诊费用明细信息上传: fee lines, priced and split by the catalogue of the service date.

use std::collections::HashSet;

use compact_str::CompactString;
use gongji_domain::Fen;

use super::book::{Change, Line, Visit};
use super::call::{Call, Done, Plan};
use super::codes;
use super::decode::{Input, Node, Notes};
use super::errors::{Code, Fault};
use super::number::{Price, Quantity, Share, Yuan};
use super::pricing::{self, FeeLine, Priced, Setting};
use super::written::{Fields, Output, name};
use crate::catalogue::limits::Days;

/// Most fee lines of one visit.
pub(crate) const LINES: usize = 10_000;
/// Largest quantity and unit price: what N16,4 and N16,6 hold of amounts that are bounded anyway.
const QUANTITY: i64 = 999_999_999_999;
const PRICE: i64 = 99_999_999_999_999;
/// Longest course, 999.99 days: some clients write more than N4,2 holds.
const DAYS: i64 = 99_999;

struct Row {
    at: usize,
    mdtrt_id: CompactString,
    psn_no: CompactString,
    chrg_bchno: CompactString,
    fee: Fee,
}

/// What a fee line says of itself, here and at a pharmacy (2101, 2102).
pub(crate) struct Fee {
    pub feedetl_sn: CompactString,
    pub item: CompactString,
    pub approval: &'static str,
    pub amount: Fen,
    pub quantity: Quantity,
    pub price: Price,
    /// 病种编码 of the line.
    pub disease: Option<CompactString>,
    /// 周期天数
    pub days: Option<Days>,
}

/// How one line was split.
#[derive(Debug)]
pub(crate) struct LineResult {
    feedetl_sn: CompactString,
    det_item_fee_sumamt: Yuan,
    cnt: Quantity,
    pric: Price,
    pric_uplmt_amt: Price,
    selfpay_prop: Share,
    fulamt_ownpay_amt: Yuan,
    overlmt_amt: Yuan,
    preselfpay_amt: Yuan,
    inscp_scp_amt: Yuan,
    chrgitm_lv: CompactString,
    med_chrgitm_type: CompactString,
    bas_medn_flag: &'static str,
    hi_nego_drug_flag: &'static str,
    chld_medc_flag: &'static str,
    list_sp_item_flag: &'static str,
    lmt_used_flag: &'static str,
    drt_reim_flag: &'static str,
    memo: String,
    exp_content: &'static str,
    /// 2101 tells it for each line; it is always nothing.
    pub hosp_part_amt: Option<Yuan>,
}

impl LineResult {
    /// Every field in the order of the interface's table.
    pub(crate) fn put(&self, put: &mut Fields<'_>) {
        put.text(name!("feedetl_sn"), &self.feedetl_sn);
        put.fixed(name!("det_item_fee_sumamt"), self.det_item_fee_sumamt);
        put.fixed(name!("cnt"), self.cnt);
        put.fixed(name!("pric"), self.pric);
        put.fixed(name!("pric_uplmt_amt"), self.pric_uplmt_amt);
        put.fixed(name!("selfpay_prop"), self.selfpay_prop);
        put.fixed(name!("fulamt_ownpay_amt"), self.fulamt_ownpay_amt);
        put.fixed(name!("overlmt_amt"), self.overlmt_amt);
        put.fixed(name!("preselfpay_amt"), self.preselfpay_amt);
        put.fixed(name!("inscp_scp_amt"), self.inscp_scp_amt);
        put.text(name!("chrgitm_lv"), &self.chrgitm_lv);
        put.text(name!("med_chrgitm_type"), &self.med_chrgitm_type);
        put.text(name!("bas_medn_flag"), self.bas_medn_flag);
        put.text(name!("hi_nego_drug_flag"), self.hi_nego_drug_flag);
        put.text(name!("chld_medc_flag"), self.chld_medc_flag);
        put.text(name!("list_sp_item_flag"), self.list_sp_item_flag);
        put.text(name!("lmt_used_flag"), self.lmt_used_flag);
        put.text(name!("drt_reim_flag"), self.drt_reim_flag);
        put.text(name!("memo"), &self.memo);
        put.text(name!("exp_content"), self.exp_content);
        if let Some(hosp_part_amt) = self.hosp_part_amt {
            put.fixed(name!("hosp_part_amt"), hosp_part_amt);
        }
    }
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let nodes = input.rows("feedetail", LINES)?;
    if nodes.is_empty() {
        return Err(Fault::at(Code::MissingField, "feedetail").given("（空）").allowed("至少一行费用明细"));
    }
    let rows = nodes.iter().enumerate().map(|(at, node)| read(at, node, input.notes)).collect::<Result<Vec<_>, _>>()?;
    input.finish();
    let (psn_no, mdtrt_id) = (rows[0].psn_no.clone(), rows[0].mdtrt_id.clone());
    Ok(Plan::of_visit(&psn_no, &mdtrt_id, move |call: &Call<'_>| decide(call, &rows)))
}

fn read(at: usize, node: &Node<'_>, notes: &Notes) -> Result<Row, Fault> {
    let feedetl_sn = node.required_word("feedetl_sn", 30)?.into();
    let row = Row {
        at,
        mdtrt_id: node.required_word("mdtrt_id", 30)?.into(),
        psn_no: node.required_word("psn_no", 30)?.into(),
        chrg_bchno: node.required_word("chrg_bchno", 30)?.into(),
        fee: Fee::read(node, feedetl_sn, |node| node.one_of("hosp_appr_flag", codes::APPROVALS), notes)?,
    };
    for (name, max) in [("bilg_dept_codg", 30), ("bilg_dept_name", 100)] {
        node.note(name, max, notes)?;
    }
    node.known(&["acord_dept_codg", "acord_dept_name", "orders_dr_code", "orders_dr_name"]);
    node.known(&["etip_flag", "etip_hosp_code", "dscg_tkdrug_flag", "matn_fee_flag", "memo"]);
    node.known(&["comb_no", "medins_list_name", "unchk_flag", "unchk_memo"]);
    node.finish(notes);
    row.fee.check(node)?;
    Ok(row)
}

impl Fee {
    /// Reads the fields that every fee line has.
    pub(crate) fn read(
        node: &Node<'_>,
        feedetl_sn: CompactString,
        approval: impl Fn(&Node<'_>) -> Result<&'static str, Fault>,
        notes: &Notes,
    ) -> Result<Self, Fault> {
        let fee = Self {
            feedetl_sn,
            item: node.required_word("med_list_codg", 50)?.into(),
            amount: node
                .money("det_item_fee_sumamt")?
                .ok_or_else(|| node.missing("det_item_fee_sumamt", "至多 2 位小数的数字"))?,
            quantity: node.required_number("cnt", QUANTITY)?,
            price: node.required_number("pric", PRICE)?,
            approval: approval(node)?,
            disease: node.word("dise_codg", 30)?.map(CompactString::from),
            days: node.number("prd_days", DAYS)?,
        };
        node.moment("fee_ocur_time")?;
        for (name, max) in [("rx_circ_flag", 3), ("medins_list_codg", 150)] {
            node.note(name, max, notes)?;
        }
        node.known(&["rxno", "sin_dos_dscr", "used_frqu_dscr", "medc_way_dscr"]);
        node.known(&["bilg_dr_codg", "bilg_dr_name", "tcmdrug_used_way"]);
        Ok(fee)
    }

    /// Something was bought, and it costs what it says.
    pub(crate) fn check(&self, node: &Node<'_>) -> Result<(), Fault> {
        if self.quantity.0 == 0 {
            let fault = Fault::at(Code::OutOfRange, node.path("cnt")).given(self.quantity);
            return Err(fault.allowed("大于 0 的数量"));
        }
        if !pricing::agrees(self.amount, self.price, self.quantity) {
            let fault = Fault::at(Code::AmountMismatch, node.path("det_item_fee_sumamt")).given(self.amount);
            let product = pricing::times(self.price, self.quantity);
            return Err(fault.allowed(format!(" cnt×pric={product}，相差不到 1 分")));
        }
        Ok(())
    }

    /// Splits the line by the catalogue: what is kept of it, and what the reply tells.
    pub(crate) fn split(&self, setting: &Setting<'_>, chrg_bchno: &str) -> (Line, LineResult) {
        let priced = setting.price(&FeeLine {
            item: &self.item,
            amount: self.amount,
            quantity: self.quantity,
            approval: self.approval,
            disease: self.disease.as_deref(),
            days: self.days,
        });
        let line = Line {
            feedetl_sn: self.feedetl_sn.clone(),
            chrg_bchno: chrg_bchno.into(),
            item: self.item.clone(),
            amount: self.amount,
            covered: priced.covered,
            ceiling: priced.ceiling,
            upfront: priced.upfront_rate.millionths(),
            uncoded: priced.unlisted,
        };
        (line, told(self, priced))
    }
}

fn decide(call: &Call<'_>, rows: &[Row]) -> Result<Done, Fault> {
    let first = &rows[0];
    let member = call.member(&first.psn_no, "feedetail[0].psn_no")?;
    let visit = call.open_visit(&first.mdtrt_id, &first.psn_no, "feedetail[0].mdtrt_id")?;
    check_rows(visit, rows)?;
    let day = visit.moment().day;
    let diagnoses = visit.description.as_ref().map_or(&[][..], |description| &description.diagnoses);
    let setting = Setting::of(call, member, day, diagnoses);
    let split = rows.iter().map(|row| row.fee.split(&setting, &row.chrg_bchno));
    let (lines, result): (Vec<Line>, Vec<LineResult>) = split.unzip();
    let change = Change::Charged { mdtrt_id: first.mdtrt_id.to_string(), lines };
    let output = Output::object(|put| put.rows(name!("result"), &result, LineResult::put));
    Ok(Done::record("charged", member, output, change, String::new()).in_visit(&first.mdtrt_id))
}

/// One visit, new line numbers, new batches, not too many.
fn check_rows(visit: &Visit, rows: &[Row]) -> Result<(), Fault> {
    if visit.lines.len() + rows.len() > LINES {
        let given = visit.lines.len() + rows.len();
        return Err(Fault::at(Code::TooManyRows, "feedetail").given(given).allowed(format!("每次就诊至多 {LINES} 行")));
    }
    let mut numbers: HashSet<&str> = visit.lines.iter().map(|line| line.feedetl_sn.as_str()).collect();
    for row in rows {
        let path = |name: &str| format!("feedetail[{}].{name}", row.at);
        for (name, said, first) in
            [("mdtrt_id", &row.mdtrt_id, &rows[0].mdtrt_id), ("psn_no", &row.psn_no, &rows[0].psn_no)]
        {
            if said != first {
                return Err(Fault::at(Code::RowsOfSeveralVisits, path(name)).given(said).allowed(format!(" {first}")));
            }
        }
        if visit.batches.contains_key(&row.chrg_bchno) {
            let fault = Fault::at(Code::BatchExists, path("chrg_bchno")).given(&row.chrg_bchno);
            return Err(fault.allowed("本次就诊未用过的批次号"));
        }
        if !numbers.insert(&row.fee.feedetl_sn) {
            let fault = Fault::at(Code::LineExists, path("feedetl_sn")).given(&row.fee.feedetl_sn);
            return Err(fault.allowed("单次就诊内唯一的流水号"));
        }
    }
    Ok(())
}

fn told(fee: &Fee, priced: Priced) -> LineResult {
    let flag = |set: bool| if set { "1" } else { "0" };
    let [basic, negotiated, child, special] = priced.flags;
    LineResult {
        feedetl_sn: fee.feedetl_sn.clone(),
        det_item_fee_sumamt: fee.amount.into(),
        cnt: fee.quantity,
        pric: fee.price,
        pric_uplmt_amt: priced.unit_ceiling,
        selfpay_prop: priced.share,
        fulamt_ownpay_amt: priced.off_list.into(),
        overlmt_amt: priced.over_ceiling.into(),
        preselfpay_amt: priced.upfront.into(),
        inscp_scp_amt: priced.eligible.into(),
        chrgitm_lv: priced.level,
        med_chrgitm_type: priced.charge_type,
        bas_medn_flag: flag(basic),
        hi_nego_drug_flag: flag(negotiated),
        chld_medc_flag: flag(child),
        list_sp_item_flag: flag(special),
        lmt_used_flag: flag(priced.restricted),
        drt_reim_flag: "0",
        memo: priced.memo,
        exp_content: "",
        hosp_part_amt: None,
    }
}

//! The transactions that are offered, and what is said of others.

use super::call::Plan;
use super::decode::Input;
use super::errors::{Code, Fault};
use super::interface;
use super::{
    t13xx, t1101, t1201, t1312, t1901, t2001, t2101, t2102, t2103, t2201, t2202, t2203, t2204, t2205, t2206, t2207,
    t2208, t2601, t3101, t3201, t3202, t5201, t5202, t5203, t5204, t5205, t5206, t9001, t9002, t9101, t9102,
};

/// One transaction of the interface.
pub(super) struct Transaction {
    /// 交易编号, and its letter forms that only add optional fields.
    pub numbers: &'static [&'static str],
    pub name: &'static str,
    pub prepare: fn(&Input<'_>) -> Result<Plan, Fault>,
}

pub(super) const TRANSACTIONS: &[Transaction] = &[
    Transaction { numbers: &["1101"], name: "人员信息获取", prepare: t1101::prepare },
    Transaction { numbers: &["1201"], name: "医药机构信息获取", prepare: t1201::prepare },
    Transaction { numbers: &["1301"], name: "西药中成药目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1302"], name: "中药饮片目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1303"], name: "医疗机构制剂目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1304"], name: "民族药品目录查询", prepare: t1312::prepare },
    Transaction { numbers: &["1305"], name: "医疗服务项目目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1306"], name: "医用耗材目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1307"], name: "疾病与诊断目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1308"], name: "手术操作目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1309"], name: "门诊慢特病种目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1310"], name: "按病种付费病种目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1311"], name: "日间手术治疗病种目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1312"], name: "医保目录信息查询", prepare: t1312::prepare },
    Transaction { numbers: &["1313"], name: "肿瘤形态学目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1314"], name: "中医疾病目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1315"], name: "中医证候目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1316"], name: "医疗目录与医保目录匹配信息查询", prepare: t1312::prepare },
    Transaction { numbers: &["1317"], name: "医药机构目录匹配信息查询", prepare: t1312::prepare },
    Transaction { numbers: &["1318"], name: "医保目录限价信息查询", prepare: t1312::prepare },
    Transaction { numbers: &["1319"], name: "医保目录先自付比例信息查询", prepare: t1312::prepare },
    Transaction { numbers: &["1320"], name: "中药配方颗粒目录下载", prepare: t13xx::prepare },
    Transaction { numbers: &["1901"], name: "字典表查询", prepare: t1901::prepare },
    Transaction { numbers: &["2001"], name: "人员待遇享受检查", prepare: t2001::prepare },
    Transaction { numbers: &["2101", "2101A"], name: "药店预结算", prepare: t2101::prepare },
    Transaction { numbers: &["2102", "2102A", "2102B"], name: "药店结算", prepare: t2102::prepare },
    Transaction { numbers: &["2103"], name: "药店结算撤销", prepare: t2103::prepare },
    Transaction { numbers: &["2201", "2201A"], name: "门诊挂号", prepare: t2201::prepare },
    Transaction { numbers: &["2202"], name: "门诊挂号撤销", prepare: t2202::prepare },
    Transaction { numbers: &["2203", "2203A"], name: "门诊就诊信息上传", prepare: t2203::prepare },
    Transaction { numbers: &["2204"], name: "门诊费用明细信息上传", prepare: t2204::prepare },
    Transaction { numbers: &["2205"], name: "门诊费用明细信息撤销", prepare: t2205::prepare },
    Transaction { numbers: &["2206", "2206A"], name: "门诊预结算", prepare: t2206::prepare },
    Transaction { numbers: &["2207", "2207A"], name: "门诊结算", prepare: t2207::prepare },
    Transaction { numbers: &["2208"], name: "门诊结算撤销", prepare: t2208::prepare },
    Transaction { numbers: &["2601"], name: "冲正交易", prepare: t2601::prepare },
    Transaction { numbers: &["3101"], name: "明细审核事前分析服务", prepare: t3101::prepare },
    Transaction { numbers: &["3102"], name: "明细审核事中分析服务", prepare: t3101::prepare },
    Transaction { numbers: &["3103"], name: "事前事中服务反馈服务", prepare: t3101::feedback },
    Transaction { numbers: &["3201"], name: "医药机构费用结算对总账", prepare: t3201::prepare },
    Transaction { numbers: &["3202"], name: "医药机构费用结算对明细账", prepare: t3202::prepare },
    Transaction { numbers: &["5201"], name: "就诊信息查询", prepare: t5201::prepare },
    Transaction { numbers: &["5202"], name: "诊断信息查询", prepare: t5202::prepare },
    Transaction { numbers: &["5203", "5203A"], name: "结算信息查询", prepare: t5203::prepare },
    Transaction { numbers: &["5204"], name: "费用明细查询", prepare: t5204::prepare },
    Transaction { numbers: &["5205"], name: "人员慢特病用药记录查询", prepare: t5205::prepare },
    Transaction { numbers: &["5206"], name: "人员累计信息查询", prepare: t5206::prepare },
    Transaction { numbers: &["9001"], name: "签到", prepare: t9001::prepare },
    Transaction { numbers: &["9002"], name: "签退", prepare: t9002::prepare },
    Transaction { numbers: &["9101"], name: "文件上传", prepare: t9101::prepare },
    Transaction { numbers: &["9102"], name: "文件下载", prepare: t9102::prepare },
];

/// The transaction with a number.
pub(super) fn find(infno: &str) -> Option<&'static Transaction> {
    // They stand in the order of their numbers, and a letter form beside its number.
    let at = TRANSACTIONS.binary_search_by_key(&infno.get(..4)?, |transaction| transaction.numbers[0]).ok()?;
    Some(&TRANSACTIONS[at]).filter(|transaction| transaction.numbers.contains(&infno))
}

/// A number of the interface that is not offered, or one that there is not.
pub(super) fn unknown(infno: &str) -> Fault {
    if let Some(name) = interface::name(infno) {
        return Fault::at(Code::NotOffered, "infno").given(format!("{infno} {name}"));
    }
    Fault::at(Code::UnknownTransaction, "infno").given(infno).allowed(format!(" {}", offered()))
}

/// The numbers that are served, what follows each other in one: `1101、1301–1320、2201`. With all
/// their names a message would be longer than the interface lets it.
fn offered() -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in TRANSACTIONS.iter().filter_map(|transaction| transaction.numbers[0].parse().ok()) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let said = runs.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}、{last}"),
        _ => format!("{first}–{last}"),
    });
    said.collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transaction_is_found_under_each_of_its_numbers() {
        for transaction in TRANSACTIONS {
            for number in transaction.numbers {
                let found = find(number).map(|found| found.name);
                assert_eq!(found, Some(transaction.name), "{number}");
            }
        }
        for none in ["", "220", "2206B", "22066", "9999", "门诊"] {
            assert!(find(none).is_none(), "{none}");
        }
    }
}

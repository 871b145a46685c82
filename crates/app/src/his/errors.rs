//! Every error that a caller can get: one table of stable codes with their Chinese text.

use std::borrow::Cow;
use std::fmt;

/// Longest `err_msg` of the interface (C200).
const ERR_MSG: usize = 200;
/// Most characters of a caller's value that a message repeats.
pub(crate) const GIVEN: usize = 40;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)+) => {
        /// A stable error code. The name never changes its meaning; new ones are added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            /// All of them, in the order of this table.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code on the wire.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What it says.
            pub(crate) const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

codes! {
    // The message cannot be read.
    BodyTooLarge = "body_too_large", "报文过大";
    BodyTimeout = "body_timeout", "报文没有在限定时间内传完";
    InvalidUtf8 = "invalid_utf8", "报文不是 UTF-8 编码";
    InvalidJson = "invalid_json", "报文不是合法的 JSON";
    DuplicateKey = "duplicate_key", "同一对象内字段重复，无法确定取哪一个";
    EncryptionUnsupported = "encryption_unsupported", "本服务尚不接受加密报文";
    UnknownTransaction = "unknown_transaction", "没有这个交易编号";
    PathMismatch = "path_mismatch", "地址中的交易编号与报文中的不一致";
    // A field cannot be read.
    MissingField = "missing_field", "必填字段缺失或为空";
    InvalidValue = "invalid_value", "字段取值不合规定";
    TooLong = "too_long", "字段超过最大长度";
    TooManyDecimals = "too_many_decimals", "小数位数过多";
    OutOfRange = "out_of_range", "数值超出范围";
    TooManyRows = "too_many_rows", "行数过多";
    InvalidMultipart = "invalid_multipart", "multipart 报文不完整或不合规定";
    // Files and catalogues.
    FileTooLarge = "file_too_large", "文件过大";
    FileNotFound = "file_not_found", "没有此文件，或文件不属于本机构、已过期";
    FileNotKept = "file_not_kept", "文件未能保存，请重新上传";
    FileUnreadable = "file_unreadable", "文件内容读不出";
    CatalogueUpToDate = "catalogue_up_to_date", "本地目录已是最新版本，没有可下载的更新";
    CatalogueUnreadable = "catalogue_unreadable", "医保目录的文件已损坏，暂不能下载";
    // The message was sent before.
    MessageReused = "message_reused", "报文编号已用于另一笔业务";
    // Who, where, which insurance.
    NotAMember = "not_a_member", "查无此参保人";
    CertificateMismatch = "certificate_mismatch", "就诊凭证与人员不符";
    InpatientOpen = "inpatient_open", "住院期间不同时享受门诊待遇";
    BenefitSuspended = "benefit_suspended", "参保人在就诊日不在待遇享受期内";
    InstitutionWithoutAgreement = "institution_without_agreement", "机构在就诊日没有有效的医保服务协议";
    PrescriberUnknown = "prescriber_unknown", "处方开具机构没有有效的医保服务协议";
    InsuranceUnsupported = "insurance_unsupported", "本服务只办理职工基本医疗保险";
    PersonTypeUnsupported = "person_type_unsupported", "本服务不办理此人员类别";
    AreaMismatch = "area_mismatch", "报文的参保地与参保人的统筹区不符";
    CareTypeUnsupported = "care_type_unsupported", "本服务不办理此医疗类别";
    CareTypeNotHere = "care_type_not_here", "此类定点机构不能办理此医疗类别";
    // The visit.
    VisitNotFound = "visit_not_found", "本机构没有此就诊登记";
    VisitNotDescribed = "visit_not_described", "尚未上传就诊信息（2203）";
    CareTypeMismatch = "care_type_mismatch", "医疗类别与就诊信息（2203）不一致";
    VisitHasCharges = "visit_has_charges", "已有费用明细，就诊日期不能再改";
    ServiceDateInFuture = "service_date_in_future", "就诊日期晚于今天";
    // Fee lines.
    LineExists = "line_exists", "费用明细流水号在本次就诊中已存在";
    BatchExists = "batch_exists", "收费批次已上传，同一批次须一次传完";
    RowsOfSeveralVisits = "rows_of_several_visits", "一次上传的明细须属于同一人同一次就诊";
    AmountMismatch = "amount_mismatch", "明细金额与数量乘单价不符";
    BatchNotFound = "batch_not_found", "本次就诊没有此收费批次";
    BatchSettled = "batch_settled", "此收费批次已结算";
    NothingToSettle = "nothing_to_settle", "此收费批次金额为零，无需结算";
    TotalMismatch = "total_mismatch", "医疗费总额与批次明细合计不一致";
    SplitMismatch = "split_mismatch", "费用分割与预结算结果不一致";
    // Settling and cancelling.
    MutualAidNone = "mutual_aid_none", "没有已生效的家庭共济授权，不能使用共济账户";
    MutualAidWhich = "mutual_aid_which", "有几位亲属授权，须出示付款人的凭证";
    MutualAidRefused = "mutual_aid_refused", "亲属的个人账户不能支付";
    CardLost = "card_lost", "此卡已挂失，不能使用";
    SettlementWayUnsupported = "settlement_way_unsupported", "尚不支持此个人结算方式";
    PeriodClosed = "period_closed", "就诊日所在期间已关账，只能撤销或冲正，不能再结算";
    SettlementNotFound = "settlement_not_found", "本机构没有此结算";
    AlreadyCancelled = "already_cancelled", "此结算已撤销";
    NotReversible = "not_reversible", "此交易不能冲正";
    OriginalDiffers = "original_differs", "与原报文不符";
    ReversedBefore = "reversed_before", "此报文到达之前已被冲正，不再受理，请换新的报文编号重新办理";
    // Taking back a registration or lines; purchases at a pharmacy.
    VisitCancelled = "visit_cancelled", "此就诊的挂号已撤销";
    VisitSettled = "visit_settled", "本次就诊还有未撤销的结算";
    ChargesRemain = "charges_remain", "本次就诊还有未撤销的费用明细";
    LineNotFound = "line_not_found", "本次就诊没有此费用明细";
    LineSettled = "line_settled", "此费用明细所在的收费批次已结算";
    PurchaseComplete = "purchase_complete", "药店购药（2102）一次办结，不能再补充或拆分";
    PharmacyOnly = "pharmacy_only", "此交易只由定点零售药店办理";
    OtherCancellation = "other_cancellation", "此结算应由另一交易撤销";
    // What is asked for is not there.
    NotOffered = "not_offered", "国家接口有此交易，本服务不提供";
    InstitutionUnknown = "institution_unknown", "查无此定点医药机构";
    DictionaryUnknown = "dictionary_unknown", "本服务没有此字典";
    // The agency: bonds and premiums.
    BondRefused = "bond_refused", "家庭共济关系不能这样办理";
    AccountUseForbidden = "account_use_forbidden", "个人账户不能用于此项";
    AccountShort = "account_short", "个人账户可用金额不足";
    AlreadyInsured = "already_insured", "职工医保在保期间不能同时参加居民医保";
    // The policy.
    ParametersOpen = "parameters_open", "此待遇的标准未在政策文本中给出，暂不能结算";
    NoPolicyForArea = "no_policy_for_area", "没有此统筹区的政策";
    NoPolicyForDate = "no_policy_for_date", "就诊日没有生效的政策";
    /// The engine refused a case that this layer made: a defect of the program or its data.
    CaseFault = "case_fault", "政策引擎不能受理此就诊";
    // The service.
    DatabaseAway = "database_away", "数据库暂时连不上，本报文是否已入账尚不能断定，请用同一报文编号稍后重发";
    Busy = "busy", "等待处理的请求过多，请用同一报文编号稍后重发";
    NotRecorded = "not_recorded", "结果未能写入，什么都没有发生，请用同一报文编号重发";
    NotConfirmed = "not_confirmed", "写入时磁盘出错，本报文是否已入账尚不能断定，请用同一报文编号重发";
    NothingKept = "nothing_kept", "结算库不留存数据（memory:），没有可查的记录";
    InternalError = "internal_error", "程序内部错误，什么都没有发生";
    // Encoding, signature, encryption.
    SentAsGbk = "sent_as_gbk", "报文是 GBK（GB18030）编码，须以 UTF-8 发送";
    NoKeyForInstitution = "no_key_for_institution", "此机构没有登记密钥，不能在本机之外受理";
    InstitutionNotOfKey = "institution_not_of_key", "报文的机构不属于所用的接入密钥";
    SignatureMissing = "signature_missing", "报文没有签名";
    SignatureWrong = "signature_wrong", "签名与报文不符";
    SignatureStale = "signature_stale", "发送时间超出允许的范围";
    SignatureReplayed = "signature_replayed", "同一签名已用于另一份内容";
    DecryptionFailed = "decryption_failed", "密文不能解开";
    // At the counter: life events of members and their accounts.
    FactRefused = "fact_refused", "登记与已有的登记不符";
    CertificateTaken = "certificate_taken", "此凭证已登记在他人名下";
    MatterNotFound = "matter_not_found", "没有此业务";
    MatterNotOffered = "matter_not_offered", "本统筹区不办理此业务";
    MatterInvalid = "matter_invalid", "业务内容不全或不合规定";
    DocumentsMissing = "documents_missing", "材料不全";
    MatterStage = "matter_stage", "业务所处的环节不能这样办理";
    SecondOfficerNeeded = "second_officer_needed", "须由另一名经办人复核";
    AccountFrozen = "account_frozen", "个人账户已冻结";
    AccountElsewhere = "account_elsewhere", "个人账户已转往其他统筹区";
    MemberDead = "member_dead", "参保人已死亡或没有死亡登记，不能这样办理";
    CorrectionTooMuch = "correction_too_much", "追回的金额多于该月已计入的金额";
    CounterLocal = "counter_local", "经办接口只接受本机的请求";
}

/// One error as a caller gets it: code, text, the field, its value, what is allowed, the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault(Box<Parts>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    code: Cow<'static, str>,
    text: Cow<'static, str>,
    field: Option<String>,
    given: Option<String>,
    allowed: Option<String>,
    article: Option<String>,
}

impl Fault {
    /// An error of the table.
    pub(crate) fn new(code: Code) -> Self {
        Self::spelled(code.name(), code.text())
    }

    /// An error whose code and text the policy gives (a reason for refusing of an area's package).
    pub(crate) fn spelled(code: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Self {
        let (code, text) = (code.into(), text.into());
        Self(Box::new(Parts { code, text, field: None, given: None, allowed: None, article: None }))
    }

    /// An error in a field.
    pub(crate) fn at(code: Code, field: impl Into<String>) -> Self {
        Self::new(code).field(field)
    }

    /// The field concerned.
    #[must_use]
    pub(crate) fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// The value that was given.
    #[must_use]
    pub(crate) fn given(mut self, given: impl fmt::Display) -> Self {
        let given = given.to_string();
        let mut short: String = given.chars().take(GIVEN).map(|c| if c.is_control() { ' ' } else { c }).collect();
        if given.chars().count() > GIVEN {
            short.push('…');
        }
        self.0.given = Some(short);
        self
    }

    /// What is allowed, as a phrase after 应为.
    #[must_use]
    pub(crate) fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.0.allowed = Some(allowed.into());
        self
    }

    /// The article that says so.
    #[must_use]
    pub(crate) fn article(mut self, article: impl Into<String>) -> Self {
        let article = article.into();
        // Not every area's text has one.
        self.0.article = (!article.is_empty()).then_some(article);
        self
    }

    /// The same fault where the transaction's `data` has another name.
    #[must_use]
    pub(crate) fn in_node(mut self, node: &str) -> Self {
        if let Some(rest) = self.0.field.as_deref().and_then(|field| field.strip_prefix("data.")) {
            self.0.field = Some(format!("{node}.{rest}"));
        }
        self
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &str {
        &self.0.code
    }

    /// The article that says so, if one does.
    pub(crate) fn article_name(&self) -> Option<&str> {
        self.0.article.as_deref()
    }

    /// The field, if one is concerned.
    pub(crate) fn field_name(&self) -> Option<&str> {
        self.0.field.as_deref()
    }
}

/// The `err_msg`: `[code] 文字：字段 …，给出「…」，应为…（依据 …）`, never longer than C200.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { code, text, field, given, allowed, article } = &*self.0;
        let mut message = format!("[{code}] {text}");
        let parts = [
            field.as_ref().map(|field| format!("字段 {field}")),
            given.as_ref().map(|given| format!("给出「{given}」")),
            allowed.as_ref().map(|allowed| format!("应为{allowed}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            message.push('：');
            message.push_str(&parts.join("，"));
        }
        if let Some(article) = article {
            message.push_str(&format!("（依据 {article}）"));
        }
        f.write_str(&shortened(message))
    }
}

fn shortened(message: String) -> String {
    if message.chars().count() <= ERR_MSG {
        return message;
    }
    message.chars().take(ERR_MSG - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_is_one_word_and_says_something_in_chinese() {
        let mut names = HashSet::new();
        for code in Code::ALL {
            assert!(names.insert(code.name()), "{} is there twice", code.name());
            assert!(code.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'8'));
            assert!(code.text().chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)));
        }
    }

    #[test]
    fn a_message_names_field_value_and_what_is_allowed() {
        let fault = Fault::at(Code::InvalidValue, "data.insutype").given("390").allowed("310").article("xize:4");
        assert_eq!(
            fault.to_string(),
            "[invalid_value] 字段取值不合规定：字段 data.insutype，给出「390」，应为310（依据 xize:4）"
        );
    }

    #[test]
    fn a_message_never_exceeds_two_hundred_characters() {
        let long = "长".repeat(500);
        let fault = Fault::at(Code::InvalidValue, long.as_str()).given(&long).allowed(long.as_str());
        assert_eq!(fault.to_string().chars().count(), 200);
        assert!(Fault::new(Code::InvalidValue).given("a\nb\u{0}c").to_string().contains("「a b c」"));
    }
}

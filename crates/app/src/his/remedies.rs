//! When each error happens and what the sender is to change (处理办法), for the reference of errors. A code that is
//! missing here does not compile. Must never be sent: a reply has no room for it.

use super::errors::Code;

/// When it happens, and what to change, for vendors.
pub(crate) const fn remedy(code: Code) -> &'static str {
    match code {
        Code::BodyTooLarge => "请求体超过 4 MiB。一次上传的明细分批发送。",
        Code::BodyTimeout => "30 秒内没有收完请求体。检查网络，以及 Content-Length 是否与实际长度一致。",
        Code::InvalidUtf8 => "请求体有不成 UTF-8 的字节，多为在字符中间截断。按完整的 UTF-8 文本发送。",
        Code::InvalidJson => "请求体不是完整的 JSON 对象，或嵌套过深。按给出的行列检查引号、逗号和转义。",
        Code::DuplicateKey => "同一对象里一个字段出现两次。只保留一个。",
        Code::EncryptionUnsupported => {
            "enc_type（encType）写了加密方式，而本机构没有登记 SM4 密钥，或方式不是 SM4。留空发送明文，或请中心登记密钥。"
        }
        Code::UnknownTransaction => "infno 不是本服务办理的交易。核对编号；应为之后列出办理的交易。",
        Code::PathMismatch => "地址末尾（或地址本身）所示的编号与 infno 不同。两处写同一编号，或地址不带编号。",
        Code::MissingField => "必填字段没有给出，或为空、null。补上所示字段。",
        Code::InvalidValue => "字段的值不在允许的范围或格式里。按应为之后的说明改。",
        Code::TooLong => "字段超过规范的长度。缩短或检查是否错位。",
        Code::TooManyDecimals => "金额多于两位小数，或数量、单价多于允许的位数。本服务从不代为舍入，发送前自行处理。",
        Code::OutOfRange => "数值为负、超过上限，或数量为零。检查单位（元）和正负号。",
        Code::TooManyRows => "一个节点的行数超过上限。分批发送。",
        Code::MessageReused => "同一机构已用此 msgid 发过另一内容。重发须原样；新业务须用新的 msgid。",
        Code::NotAMember => "人员编号或凭证号查不到参保人。先用 1101 查询，使用其返回的 psn_no。",
        Code::CertificateMismatch => "凭证不属于此人员，或姓名、证件号与登记不符。核对所持凭证。",
        Code::InpatientOpen => {
            "就诊日在一次未出院的住院期内，当地规定住院期间不同时享受门诊待遇。核对就诊日期和住院登记。"
        }
        Code::BenefitSuspended => {
            "就诊日早于参保、在等待期内，或欠费、暂停、终止（给出的括号里是哪一种）。告知参保人向经办机构核实，按自费处理。"
        }
        Code::InstitutionWithoutAgreement => "fixmedins_code 没有登记，或就诊日不在协议期内。核对机构编号和就诊日期。",
        Code::PrescriberUnknown => "外配处方的开具机构没有登记或不在协议期内。核对处方上的机构编号。",
        Code::InsuranceUnsupported => "险种不是职工基本医疗保险。insutype 用 310，其他险种不在此办理。",
        Code::PersonTypeUnsupported => "人员类别不在本服务办理的范围。请向经办机构核实。",
        Code::AreaMismatch => "insuplc_admdvs 与参保人的统筹区不同。用 1101 返回的参保地，或留空。",
        Code::CareTypeUnsupported => "med_type 不是本服务办理的门诊类别。按应为之后所列的改。",
        Code::CareTypeNotHere => "此类别不能在这类机构办理，如药店办理普通门诊。改用机构可办的类别。",
        Code::VisitNotFound => "mdtrt_id 不是本机构为此人登记的就诊。使用 2201 返回的值。",
        Code::VisitNotDescribed => "预结算、结算之前没有上传就诊信息。先发 2203。",
        Code::CareTypeMismatch => "结算的 med_type 与 2203 所报不同。两处一致，或重新上传 2203。",
        Code::VisitHasCharges => "已有明细之后又改就诊日期。日期有误时另行登记（2201）。",
        Code::ServiceDateInFuture => "就诊时间晚于中心的今天。检查本机时钟和 begntime。",
        Code::LineExists => "feedetl_sn 在本次就诊里用过。每行用新的流水号；重发整条报文须用原 msgid。",
        Code::BatchExists => "chrg_bchno 已上传过。另立批次号，一个批次的明细一次传完。",
        Code::RowsOfSeveralVisits => "feedetail 里混有不同的 mdtrt_id 或 psn_no。按就诊分开上传。",
        Code::AmountMismatch => "det_item_fee_sumamt 与 cnt 乘 pric 相差达一分。核对三个字段，相差须小于一分。",
        Code::BatchNotFound => "chrg_bchno 没有上传过明细。先发 2204，或核对批次号。",
        Code::BatchSettled => "此批次已结算过。重发须用原 msgid；要重新结算先发 2208。",
        Code::NothingToSettle => "批次的明细合计为零。无需结算。",
        Code::TotalMismatch => "medfee_sumamt 与批次明细合计不等。按已上传的明细重新合计。",
        Code::SplitMismatch => "报文带来的费用分割与中心算出的不同。使用 2206 返回的值，或留空。",
        Code::MutualAidNone => "acct_used_flag 为 2，而没有亲属确认过授权。先到经办机构建立共济关系，或改用 0、1。",
        Code::MutualAidWhich => "凭就诊人本人的凭证分不出由谁付款。mdtrt_cert_no 改为付款亲属的凭证。",
        Code::MutualAidRefused => "授权已解除、超出期限或用途，或该账户冻结、转出等。按给出的原因处理，或改用 0、1。",
        Code::CardLost => "持卡人已报失。改用医保电子凭证或身份证；捡到他人的卡请交经办机构。",
        Code::BondRefused => "按给出的原因更正申请，或先办理所缺的一步。",
        Code::AccountUseForbidden => "当地规定不允许此用途，或尚未开办。不能从个人账户支付。",
        Code::AccountShort => "账户余额或授权限额少于应缴金额。缴费不能只付一部分，改用其他方式缴纳。",
        Code::AlreadyInsured => "同一人同一时期只能参加一种。先办理职工医保的停保或险种变更。",
        Code::SettlementWayUnsupported => "psn_setlway 不是 01（按项目结算）。改用 01。",
        Code::PeriodClosed => "就诊日所在的账期已关。补结算请与经办机构联系。",
        Code::SettlementNotFound => "setl_id（或 omsgid）不是本机构为此人所作的结算。使用 2207 返回的值。",
        Code::AlreadyCancelled => "此结算已撤销过。无需再撤；重发须用原 msgid。",
        Code::NotReversible => "oinfno 不是 2207（2207A）。其余交易用同一 msgid 重发即得首次的应答。",
        Code::OriginalDiffers => "omsgid 所指的报文在中心是另一交易或另一人的。核对 omsgid、oinfno、psn_no。",
        Code::ReversedBefore => "此 msgid 在到达之前已被 2601 冲正。换新的 msgid 重新办理。",
        Code::ParametersOpen => "当地政策文本没有给出此待遇的标准。请向经办机构核实，本服务不作猜测。",
        Code::NoPolicyForArea => "参保人的统筹区没有装入政策。请中心装入此地的政策包。",
        Code::NoPolicyForDate => "就诊日早于政策的施行，或之后没有政策。核对就诊日期。",
        Code::CaseFault => "程序或其数据的缺陷，不是报文的错。请连同 msgid 报告中心。",
        Code::DatabaseAway => "中心的数据库连不上。稍后用同一 msgid 重发，或用 2601 冲正。",
        Code::Busy => "等待的请求过多。稍后用同一 msgid 重发。",
        Code::NotRecorded => "写入失败而未入账。用同一 msgid 重发。",
        Code::NotConfirmed => "是否入账不能断定。用同一 msgid 重发即得首次的应答，或用 2601 冲正。",
        Code::InternalError => "程序的缺陷，未入账。请连同 msgid 报告中心。",
        Code::SentAsGbk => "请求体是 GBK 文字。发送前转为 UTF-8，例如 Java 用 StandardCharsets.UTF_8 取字节。",
        Code::NoKeyForInstitution => "服务对外开放，而此机构没有登记签名方式，或机构编号有误。请中心登记密钥。",
        Code::InstitutionNotOfKey => "签名正确，但 fixmedins_code 不是此接入密钥名下的机构。核对机构编号和所用密钥。",
        Code::SignatureMissing => "机构登记了公钥，而 cainfo 为空。按信封签名的规则签名后放入 cainfo。",
        Code::SignatureWrong => {
            "cainfo 与信封不符：字段在签名后改过、排序或拼接不同，或不是登记的密钥。核对签名原文和用户标识。"
        }
        Code::SignatureStale => "inf_time 过早或过晚。校准时钟，发送时取当时的时间并重新签名。",
        Code::SignatureReplayed => "同一签名带来了另一份 input。新的内容用新的 msgid 并重新签名；重发须原样。",
        Code::DecryptionFailed => {
            "input 不是密文的 base64，或密钥、模式、填充不同。用登记的密钥按 SM4、ECB、PKCS#7 加密 UTF-8 的 JSON。"
        }
        Code::VisitCancelled => "此就诊已用 2202 撤销。重新挂号（2201）。",
        Code::VisitSettled => "还有结算未撤销。先用 2208 撤销结算。",
        Code::ChargesRemain => "还有明细未撤销。先用 2205 撤销明细。",
        Code::LineNotFound => "feedetl_sn 不是本次就诊已上传的明细。核对流水号。",
        Code::LineSettled => "明细所在批次已结算。先用 2208 撤销结算。",
        Code::PurchaseComplete => "2102 已办结的购药不能再补明细。撤销（2103）后重新办理。",
        Code::PharmacyOnly => "发送的机构不是药店。医院用 2201 至 2207。",
        Code::OtherCancellation => "药店结算用 2103 撤销，门诊结算用 2208。",
        Code::NotOffered => "国家接口有此交易而本服务不办。不要发送。",
        Code::InstitutionUnknown => "查询的机构没有登记。核对机构编号。",
        Code::DictionaryUnknown => "本服务没有所查的字典。核对字典类型。",
        Code::NothingKept => "memory: 的服务不留存数据。改用文件或数据库的结算库。",
        Code::InvalidMultipart => "文件上传须为 multipart/form-data：报文在 jsonStr 部分，文件在 file（或 in）部分。",
        Code::FileTooLarge => "文件超过上限。按日期分成几个文件上传。",
        Code::FileNotFound => "查询号不是本机构上传的文件，或已过期。重新上传（9101）或重新查询（13xx、3202）。",
        Code::FileNotKept => "中心未能保存文件。稍后重新上传。",
        Code::FileUnreadable => "文件不是约定的格式。按给出的行、列更正：制表符分隔，UTF-8，压缩包内只放一个文本文件。",
        Code::CatalogueUpToDate => "本地已是最新版本，不用下载。",
        Code::CatalogueUnreadable => "中心的目录文件损坏。请报告中心。",
        Code::FactRefused => "登记变更与已有登记冲突，如同月缴费登记两次、日期早于出生。按说明改正后重报。",
        Code::CertificateTaken => {
            "证件号、卡号或电子凭证已登记在另一参保人名下。核对号码；确属错登的，先更正对方的登记。"
        }
        Code::MatterNotFound => "业务编号不是此参保人的。用业务清单核对编号。",
        Code::MatterNotOffered => "统筹区的规定没有这项业务或这一事由。按应为之后所列的事由办理。",
        Code::MatterInvalid => "申请内容缺项或互相矛盾。按文字说明补正。",
        Code::DocumentsMissing => "规定的材料没有交齐。补齐所列材料后重新受理。",
        Code::MatterStage => "业务不在所需的环节，如未复核即办结、已办结又撤回。查看业务所处环节。",
        Code::SecondOfficerNeeded => "受理人与复核人相同。请另一名经办人复核。",
        Code::AccountFrozen => "账户冻结期间不能支出。查明原因、解冻之后再办理。",
        Code::AccountElsewhere => "账户已转往其他统筹区。请到转入地办理。",
        Code::MemberDead => "死亡登记与业务不符：在世的不能继承，死亡的只能继承。先核对死亡登记。",
        Code::CorrectionTooMuch => "追回金额超过该月从此来源计入的金额。核对月份、来源和金额。",
        Code::CounterLocal => "经办接口在经办人账户开通之前只在本机提供。在服务所在的机器上使用。",
    }
}

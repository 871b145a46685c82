//! One row of a query's reply, written field by field in the order of the interface's table.

use std::borrow::Cow;

use gongji_domain::Fen;
use serde::Serialize;

use super::call::Done;
use super::json::Json;
use super::number::Yuan;
use super::past::Charged;
use gongji_register::Member;

/// Its fields.
#[derive(Default)]
pub(crate) struct Row(Vec<(Cow<'static, str>, Json<'static>)>);

impl Row {
    /// With a text.
    pub(crate) fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name.into(), Json::Text(Cow::Owned(value.into()))));
        self
    }

    /// With an amount of money.
    pub(crate) fn money(mut self, name: &'static str, amount: Fen) -> Self {
        self.0.push((name.into(), Json::Number(Yuan::from(amount).to_string().into())));
        self
    }

    /// With a count.
    pub(crate) fn count(mut self, name: &'static str, count: i64) -> Self {
        self.0.push((name.into(), Json::Number(count.to_string().into())));
        self
    }

    /// With fields that nothing is known of.
    pub(crate) fn empty(mut self, names: &[&'static str]) -> Self {
        self.0.extend(names.iter().map(|name| ((*name).into(), Json::Text("".into()))));
        self
    }

    /// With fields as another message had them; empty where it had none.
    pub(crate) fn copied(self, from: &Json<'_>, names: &[&'static str]) -> Self {
        names.iter().fold(self, |row, name| row.renamed(name, from, name))
    }

    /// With a field that another message had under another name.
    pub(crate) fn renamed(mut self, name: &'static str, from: &Json<'_>, old: &str) -> Self {
        let value = from.get(old).cloned().map_or(Json::Text("".into()), Json::into_owned);
        self.0.push((name.into(), value));
        self
    }

    /// With who the person is, as of a day.
    pub(crate) fn person(self, member: &Member, day: gongji_domain::Day) -> Self {
        self.text("psn_no", &member.number)
            .text("psn_cert_type", "01")
            .text("certno", &member.identity.certificate)
            .text("psn_name", &member.identity.name)
            .text("gend", &member.identity.gender)
            .text("naty", &member.identity.ethnicity)
            .text("brdy", member.identity.birth.to_string())
            .count("age", day.age_since(member.identity.birth).into())
            .text("insutype", "310")
            .text("psn_type", member.category_on(day))
            .text("cvlserv_flag", super::codes::flag(member.civil_servant))
    }

    /// With what was charged.
    pub(crate) fn item(self, line: &Charged) -> Self {
        let (asked, priced) = (&line.asked, &line.priced);
        self.renamed("hilist_code", asked, "med_list_codg")
            .renamed("hilist_name", asked, "medins_list_name")
            .empty(&["list_type"])
            .copied(asked, &["med_list_codg", "medins_list_codg", "medins_list_name"])
            .copied(priced, &["med_chrgitm_type"])
            .empty(&["prodname", "spec", "dosform_name"])
    }

    /// With the flags of what was charged.
    pub(crate) fn flags(self, line: &Charged) -> Self {
        let (asked, priced) = (&line.asked, &line.priced);
        self.copied(priced, &["lmt_used_flag"])
            .empty(&["hosp_prep_flag"])
            .copied(asked, &["hosp_appr_flag", "tcmdrug_used_way"])
            .empty(&["prodplac_type"])
            .copied(priced, &["bas_medn_flag", "hi_nego_drug_flag", "chld_medc_flag"])
            .copied(asked, &["etip_flag", "etip_hosp_code", "dscg_tkdrug_flag"])
            .copied(priced, &["list_sp_item_flag"])
            .copied(asked, &["matn_fee_flag"])
    }

    /// Whole.
    pub(crate) fn done(self) -> Json<'static> {
        Json::Object(self.0)
    }
}

/// `output` with one node of rows.
pub(crate) fn node(name: &'static str, rows: &[Json<'_>]) -> Done {
    nodes(&[(name, Json::List(rows.to_vec()))])
}

/// `output` with several nodes.
pub(crate) fn nodes(nodes: &[(&'static str, Json<'_>)]) -> Done {
    struct Nodes<'a>(&'a [(&'static str, Json<'a>)]);
    impl Serialize for Nodes<'_> {
        fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
            serializer.collect_map(self.0.iter().map(|(name, node)| (name, node)))
        }
    }
    Done::answer(&Nodes(nodes))
}

//! One row of a query's reply, written field by field in the order of the interface's table.

use compact_str::{CompactString, ToCompactString as _};
use gongji_domain::Fen;
use serde::Serialize;

use super::call::Done;
use super::json::Json;
use super::number::Yuan;
use super::past::Charged;
use gongji_register::Member;

/// Its fields.
#[derive(Default)]
pub(crate) struct Row(Vec<(CompactString, Json)>);

impl Row {
    /// With a text.
    pub(crate) fn text(mut self, name: &str, value: impl Into<CompactString>) -> Self {
        self.0.push((name.into(), Json::Text(value.into())));
        self
    }

    /// With an amount of money.
    pub(crate) fn money(mut self, name: &str, amount: Fen) -> Self {
        self.0.push((name.into(), Json::Number(Yuan::from(amount).to_compact_string())));
        self
    }

    /// With a count.
    pub(crate) fn count(mut self, name: &str, count: i64) -> Self {
        self.0.push((name.into(), Json::Number(count.to_compact_string())));
        self
    }

    /// With fields that nothing is known of.
    pub(crate) fn empty(mut self, names: &[&str]) -> Self {
        self.0.extend(names.iter().map(|name| ((*name).into(), Json::Text(CompactString::default()))));
        self
    }

    /// With fields as another message had them; empty where it had none.
    pub(crate) fn copied(mut self, from: &Json, names: &[&str]) -> Self {
        let copy =
            |name: &&str| ((*name).into(), from.get(name).cloned().unwrap_or(Json::Text(CompactString::default())));
        self.0.extend(names.iter().map(copy));
        self
    }

    /// With a field that another message had under another name.
    pub(crate) fn renamed(mut self, name: &str, from: &Json, old: &str) -> Self {
        self.0.push((name.into(), from.get(old).cloned().unwrap_or(Json::Text(CompactString::default()))));
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
    pub(crate) fn done(self) -> Json {
        Json::Object(self.0)
    }
}

/// `output` with one node of rows.
pub(crate) fn node(name: &'static str, rows: &[Json]) -> Done {
    nodes(&[(name, Json::List(rows.to_vec()))])
}

/// `output` with several nodes.
pub(crate) fn nodes(nodes: &[(&'static str, Json)]) -> Done {
    struct Nodes<'a>(&'a [(&'static str, Json)]);
    impl Serialize for Nodes<'_> {
        fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
            serializer.collect_map(self.0.iter().map(|(name, node)| (name, node)))
        }
    }
    Done::answer(&Nodes(nodes))
}

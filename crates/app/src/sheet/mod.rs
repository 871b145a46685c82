//! The settlement sheet (门诊医疗费用结算单) with its customary fields, as it is printed: who, where, costs by category, who paid, how
//! it came about. Says nothing of where the settlement was kept.

mod font;
mod pdf;

use gongji_domain::Fen;

pub(crate) use font::Font;
pub(crate) use pdf::pdf;

/// A settlement as it is printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub title: String,
    /// What has to be seen first: that it was cancelled, that its policy is a draft.
    pub notice: Option<String>,
    pub fields: Vec<(&'static str, String)>,
    /// By category of charge (收费项目类别).
    pub costs: Vec<(String, Amounts)>,
    pub total: Amounts,
    /// Who paid how much, and what is left.
    pub payers: Vec<(&'static str, Fen)>,
    /// 怎么算的
    pub steps: Vec<String>,
    /// What words on the sheet mean.
    pub notes: Vec<&'static str>,
    /// When it is printed.
    pub printed: String,
}

/// A row of costs, in the columns of the sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amounts {
    pub amount: Fen,
    /// 全自费
    pub off_list: Fen,
    /// 超限价自费
    pub over_ceiling: Fen,
    /// 先行自付
    pub upfront: Fen,
    /// 政策范围内
    pub eligible: Fen,
}

impl std::ops::AddAssign for Amounts {
    fn add_assign(&mut self, other: Self) {
        self.amount += other.amount;
        self.off_list += other.off_list;
        self.over_ceiling += other.over_ceiling;
        self.upfront += other.upfront;
        self.eligible += other.eligible;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(steps: usize) -> Sheet {
        let row = Amounts { amount: Fen::from_yuan(30), eligible: Fen::from_yuan(30), ..Amounts::default() };
        Sheet {
            title: "重庆市职工基本医疗保险门诊医疗费用结算单".to_owned(),
            fields: vec![("姓名", "演示乙".to_owned()), ("机构", "很长的名字".repeat(30))],
            costs: vec![("西药费".to_owned(), row)],
            total: row,
            payers: vec![("统筹基金支付", Fen::from_yuan(20))],
            steps: (0..steps).map(|n| format!("{n}. 起付线以上的部分按比例支付。").repeat(8)).collect(),
            printed: "2026-03-01 08:00:00".to_owned(),
            ..Sheet::default()
        }
    }

    #[test]
    fn a_sheet_is_one_page_and_a_long_explanation_takes_more() {
        let font = Font::find(None).expect("the tests need a Chinese font: fonts-noto-cjk");
        let pages = |sheet: &Sheet| {
            let made = pdf(sheet, &font).unwrap();
            assert!(made.starts_with(b"%PDF-") && made.len() < 200_000, "{} bytes", made.len());
            String::from_utf8_lossy(&made).matches("/Type /Page\n").count()
        };
        assert_eq!((pages(&sheet(3)), pages(&sheet(20))), (1, 2));
    }

    #[test]
    fn the_same_sheet_is_the_same_file() {
        let font = Font::find(None).expect("the tests need a Chinese font: fonts-noto-cjk");
        assert_eq!(pdf(&sheet(3), &font).unwrap(), pdf(&sheet(3), &font).unwrap());
    }

    #[test]
    fn lines_keep_their_width_and_begin_with_no_stop() {
        let font = Font::find(None).expect("the tests need a Chinese font: fonts-noto-cjk");
        let text = "起付线以上、支付限额以内的部分，按比例由统筹基金支付。".repeat(5);
        let lines = font.lines(&text, 8.0, 200.0);
        assert_eq!(lines.concat(), text);
        assert!(lines.len() > 3 && lines.iter().all(|line| !line.starts_with(['，', '。', '、'])), "{lines:?}");
        let cut = font.cut(&text, 8.0, 100.0);
        assert!(cut.ends_with('…') && font.width(&cut, 8.0) <= 100.0);
        assert_eq!(font.cut("短", 8.0, 100.0), "短");
    }

    #[test]
    fn a_font_that_is_none_is_refused_by_name() {
        let file = std::path::Path::new("Cargo.toml");
        let why = Font::find(Some(file)).err().unwrap();
        assert!(why.contains("Cargo.toml"), "{why}");
    }
}

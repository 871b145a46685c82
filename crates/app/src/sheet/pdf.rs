//! A sheet (结算单) as PDF on A5 across, the size that counters print on: fields on top, costs by category, who pays, how it came
//! about, who signs. Long explanations go on to further pages.

#![allow(clippy::float_arithmetic)] // where something is drawn; no amount is worked out here

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{Metadata, TextDirection as Direction};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::text::TextDirection;
use krilla::{Document, SerializeSettings};

use super::font::Font;
use super::{Amounts, Sheet};

/// 210 mm by 148 mm, in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 419.53;
const MARGIN: f32 = 28.0;
const TITLE: f32 = 13.0;
const TEXT: f32 = 8.0;
const SMALL: f32 = 7.0;
/// From one line to the next.
const LINE: f32 = 12.5;
/// Right edges of the columns of amounts.
const COLUMNS: [f32; 5] = [0.36, 0.52, 0.68, 0.84, 1.0];
/// Fields beside each other.
const FIELDS: usize = 3;
/// Payers beside each other.
const PAYERS: usize = 4;
fn ink() -> Fill {
    Fill { paint: rgb::Color::new(0, 0, 0).into(), ..Fill::default() }
}

/// Something drawn, from the upper left corner.
enum Mark {
    Text { x: f32, y: f32, size: f32, text: String },
    Rule { y: f32 },
}

/// Where the next thing goes.
struct Pen<'a> {
    font: &'a Font,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

/// The PDF of a sheet.
///
/// # Errors
/// When the font lacks what the text needs or the file cannot be made, in words.
pub(crate) fn pdf(sheet: &Sheet, font: &Font) -> Result<Vec<u8>, String> {
    let mut pen = Pen { font, pages: vec![Vec::new()], y: MARGIN };
    pen.head(sheet);
    pen.costs(sheet);
    pen.payers(sheet);
    pen.steps(sheet);
    pen.foot(sheet);
    drawn(&pen.pages, sheet, font)
}

impl Pen<'_> {
    fn put(&mut self, x: f32, size: f32, text: &str) {
        let y = self.y;
        if let Some(page) = self.pages.last_mut() {
            page.push(Mark::Text { x, y, size, text: text.to_owned() });
        }
    }

    fn put_right(&mut self, x: f32, size: f32, text: &str) {
        self.put(x - self.font.width(text, size), size, text);
    }

    fn rule(&mut self) {
        let y = self.y - LINE * 0.78;
        if let Some(page) = self.pages.last_mut() {
            page.push(Mark::Rule { y });
        }
    }

    /// The next line, on another page if this one is full.
    fn next(&mut self, by: f32) {
        self.y += by;
        if self.y > HEIGHT - MARGIN {
            self.pages.push(Vec::new());
            self.y = MARGIN + LINE;
        }
    }

    /// Room for so many lines together, or another page.
    fn keep(&mut self, lines: f32) {
        if self.y + lines * LINE > HEIGHT - MARGIN {
            self.pages.push(Vec::new());
            self.y = MARGIN + LINE;
        }
    }

    fn head(&mut self, sheet: &Sheet) {
        self.y += TITLE;
        self.put((WIDTH - self.font.width(&sheet.title, TITLE)) / 2.0, TITLE, &sheet.title);
        self.next(LINE * 1.5);
        if let Some(notice) = &sheet.notice {
            self.put((WIDTH - self.font.width(notice, TEXT)) / 2.0, TEXT, notice);
            self.next(LINE);
        }
        self.rule();
        let step = (WIDTH - 2.0 * MARGIN) / FIELDS as f32;
        for fields in sheet.fields.chunks(FIELDS) {
            for (i, (name, value)) in fields.iter().enumerate() {
                let text = self.font.cut(&format!("{name}：{value}"), TEXT, step - 4.0);
                self.put(MARGIN + step * i as f32, TEXT, &text);
            }
            self.next(LINE);
        }
    }

    fn costs(&mut self, sheet: &Sheet) {
        self.rule();
        self.row("费用名称", ["金额", "全自费", "超限价自费", "先行自付", "政策范围内"].map(str::to_owned));
        for (name, amounts) in &sheet.costs {
            self.row(name, amounts.texts());
        }
        self.rule();
        self.row("合计", sheet.total.texts());
    }

    fn row(&mut self, name: &str, cells: [String; 5]) {
        self.put(MARGIN, TEXT, name);
        for (cell, right) in cells.iter().zip(COLUMNS) {
            self.put_right(MARGIN + (WIDTH - 2.0 * MARGIN) * right, TEXT, cell);
        }
        self.next(LINE);
    }

    fn payers(&mut self, sheet: &Sheet) {
        self.rule();
        let step = (WIDTH - 2.0 * MARGIN) / PAYERS as f32;
        for payers in sheet.payers.chunks(PAYERS) {
            for (i, (name, amount)) in payers.iter().enumerate() {
                let x = MARGIN + step * i as f32;
                self.put(x, TEXT, &format!("{name}："));
                self.put_right(x + step - 12.0, TEXT, &amount.to_string());
            }
            self.next(LINE);
        }
    }

    fn steps(&mut self, sheet: &Sheet) {
        if sheet.steps.is_empty() {
            return;
        }
        self.rule();
        self.put(MARGIN, TEXT, "怎么算的");
        self.next(LINE);
        for step in &sheet.steps {
            for line in self.font.lines(step, SMALL, WIDTH - 2.0 * MARGIN) {
                self.put(MARGIN, SMALL, &line);
                self.next(LINE * 0.88);
            }
        }
    }

    fn foot(&mut self, sheet: &Sheet) {
        self.keep(4.0);
        self.next(LINE * 0.4);
        self.rule();
        for note in &sheet.notes {
            for line in self.font.lines(note, SMALL, WIDTH - 2.0 * MARGIN) {
                self.put(MARGIN, SMALL, &line);
                self.next(LINE * 0.88);
            }
        }
        self.next(LINE * 0.5);
        let step = (WIDTH - 2.0 * MARGIN) / 4.0;
        for (i, said) in
            ["收款人：", "审核人：", &format!("打印：{}", sheet.printed), "病人（家属）签字："].iter().enumerate()
        {
            self.put(MARGIN + step * i as f32, TEXT, said);
        }
    }
}

fn drawn(pages: &[Vec<Mark>], sheet: &Sheet, font: &Font) -> Result<Vec<u8>, String> {
    let mut document =
        Document::new_with(SerializeSettings { compress_content_streams: true, ..SerializeSettings::default() });
    document.set_metadata(
        Metadata::new().title(sheet.title.clone()).language("zh-CN".to_owned()).text_direction(Direction::LeftToRight),
    );
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or("页面大小不合规定")?;
    for (number, marks) in pages.iter().enumerate() {
        let mut page = document.start_page_with(size.clone());
        let mut surface = page.surface();
        for mark in marks {
            match mark {
                Mark::Text { x, y, size, text } => {
                    surface.set_stroke(None);
                    surface.set_fill(Some(ink()));
                    surface.draw_text(
                        Point::from_xy(*x, *y),
                        font.face(),
                        *size,
                        text,
                        false,
                        TextDirection::LeftToRight,
                    );
                }
                Mark::Rule { y } => {
                    let mut path = PathBuilder::new();
                    path.move_to(MARGIN, *y);
                    path.line_to(WIDTH - MARGIN, *y);
                    surface.set_fill(None);
                    surface.set_stroke(Some(Stroke {
                        paint: rgb::Color::new(0, 0, 0).into(),
                        width: 0.5,
                        ..Stroke::default()
                    }));
                    if let Some(path) = path.finish() {
                        surface.draw_path(&path);
                    }
                }
            }
        }
        if pages.len() > 1 {
            let said = format!("第 {} 页，共 {} 页", number + 1, pages.len());
            surface.set_stroke(None);
            surface.set_fill(Some(ink()));
            let x = WIDTH - MARGIN - font.width(&said, SMALL);
            surface.draw_text(
                Point::from_xy(x, HEIGHT - MARGIN * 0.5),
                font.face(),
                SMALL,
                &said,
                false,
                TextDirection::LeftToRight,
            );
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| format!("{error:?}"))
}

impl Amounts {
    fn texts(&self) -> [String; 5] {
        [self.amount, self.off_list, self.over_ceiling, self.upfront, self.eligible].map(|fen| fen.to_string())
    }
}

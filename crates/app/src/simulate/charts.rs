//! Charts as SVG (图): bars beside each other, or one on the other. Colours and fonts come from the page that they are
//! put into, so that they follow its light and dark forms.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::chart::Bars;

fn colour(of: &Bars, series: usize) -> RGBColor {
    COLOURS[of.colours.get(series).copied().unwrap_or(series) % COLOURS.len()]
}

const SIZE: (u32, u32) = (760, 330);
const LEFT: i32 = 64;
const RIGHT: i32 = 748;
const TOP: i32 = 62;
const BOTTOM: i32 = 286;
const COLOURS: [RGBColor; 6] = [
    RGBColor(0x2a, 0x78, 0xb8),
    RGBColor(0xe0, 0x7b, 0x39),
    RGBColor(0x3f, 0x9c, 0x7a),
    RGBColor(0xb2, 0x55, 0x8f),
    RGBColor(0xc9, 0xa2, 0x27),
    RGBColor(0x7a, 0x7f, 0x8c),
];
const INK: RGBColor = RGBColor(0x44, 0x4c, 0x56);
const GRID: RGBColor = RGBColor(0xd0, 0xd5, 0xdb);

/// Bars beside each other.
pub(crate) fn bars(of: &Bars) -> String {
    let most = of.series.iter().flat_map(|(_, values)| values).copied().fold(0.0, f64::max);
    drawn(of, most, |canvas, scale, label, from, width| {
        let each = width / of.series.len().max(1) as i32;
        for (i, (_, values)) in of.series.iter().enumerate() {
            let value = values.get(label).copied().unwrap_or(0.0);
            let left = from + i as i32 * each;
            bar(canvas, (left, scale(value)), (left + each - 2, BOTTOM), colour(of, i))?;
        }
        Ok(())
    })
}

/// Bars one on the other.
pub(crate) fn stacked(of: &Bars) -> String {
    let sum = |label: usize| of.series.iter().filter_map(|(_, values)| values.get(label)).sum::<f64>();
    let most = (0..of.labels.len()).map(sum).fold(0.0, f64::max);
    drawn(of, most, |canvas, scale, label, from, width| {
        let mut below = 0.0;
        for (i, (_, values)) in of.series.iter().enumerate() {
            let value = values.get(label).copied().unwrap_or(0.0);
            bar(canvas, (from, scale(below + value)), (from + width - 2, scale(below)), colour(of, i))?;
            below += value;
        }
        Ok(())
    })
}

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

fn bar(canvas: &Canvas<'_>, from: (i32, i32), to: (i32, i32), colour: RGBColor) -> Drawn {
    canvas.draw(&Rectangle::new([from, to], colour.filled())).map_err(|e| e.to_string().into())
}

fn drawn(of: &Bars, most: f64, group: impl Fn(&Canvas<'_>, &dyn Fn(f64) -> i32, usize, i32, i32) -> Drawn) -> String {
    let mut svg = String::new();
    let draw = |svg: &mut String| -> Drawn {
        let canvas = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        let step = step(most);
        let lines = (most / step).ceil().max(1.0) as i32;
        let top = step * f64::from(lines);
        let scale = |value: f64| BOTTOM - (value / top * f64::from(BOTTOM - TOP)).round() as i32;
        // The library writes sizes that are smaller by this.
        const SMALLER: f64 = 1.24;
        let style = |size: i32, h: HPos| {
            ("sans-serif", f64::from(size) * SMALLER).into_font().color(&INK).pos(Pos::new(h, VPos::Center))
        };
        let put = |text: &str, at: (i32, i32), size: i32, h: HPos| -> Drawn {
            canvas.draw(&Text::new(text.to_owned(), at, style(size, h))).map_err(|e| e.to_string().into())
        };
        put(of.title, (LEFT, 16), 16, HPos::Left)?;
        let mut at = LEFT;
        for (i, (name, _)) in of.series.iter().enumerate() {
            bar(&canvas, (at, 36), (at + 11, 47), colour(of, i))?;
            put(name, (at + 16, 42), 13, HPos::Left)?;
            at += 34 + name.chars().map(|c| if c.is_ascii() { 7 } else { 13 }).sum::<i32>();
        }
        for line in 0..=lines {
            let value = step * f64::from(line);
            let y = scale(value);
            canvas.draw(&PathElement::new(vec![(LEFT, y), (RIGHT, y)], GRID)).map_err(|e| e.to_string())?;
            put(&number(value, step), (LEFT - 8, y), 12, HPos::Right)?;
        }
        let count = of.labels.len().max(1) as i32;
        let room = (RIGHT - LEFT) / count;
        for (i, label) in of.labels.iter().enumerate() {
            let from = LEFT + i as i32 * room;
            group(&canvas, &scale, i, from + room / 10, room * 8 / 10)?;
            // A label too long for its room goes below its neighbour's.
            let wide = label.chars().map(|c| if c.is_ascii() { 7 } else { 12 }).sum::<i32>();
            let lower = if wide > room && i % 2 == 1 { 18 } else { 0 };
            put(label, (from + room / 2, BOTTOM + 15 + lower), 12, HPos::Center)?;
        }
        canvas.present().map_err(|e| e.to_string())?;
        Ok(())
    };
    // A page without a chart is better than none: the numbers stand in the table.
    if draw(&mut svg).is_err() { String::new() } else { svg }
}

/// A round step that gives four to eight lines.
fn step(most: f64) -> f64 {
    if most <= 0.0 {
        return 1.0;
    }
    let raw = most / 5.0;
    let unit = 10_f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| raw <= factor * unit).unwrap_or(10.0);
    factor * unit
}

fn number(value: f64, step: f64) -> String {
    if step < 1.0 { format!("{value:.2}") } else { crate::cli::paint::thousands(&format!("{value:.0}")) }
}

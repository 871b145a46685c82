//! Charts of a design as SVG: which figure moves spending how far (tornado), and burden against spending (frontier).
#![allow(clippy::float_arithmetic)] // where something is drawn; no amount is worked out here

use crate::simulate::chart::{Fan, Frontier, Point};
use anyhow::anyhow;
use gongji_domain::Fen;
use plotters::prelude::*;

const SIZE: (u32, u32) = (860, 420);
const INK: RGBColor = RGBColor(90, 100, 112);
const UP: RGBColor = RGBColor(196, 92, 60);
const DOWN: RGBColor = RGBColor(38, 122, 138);
const FAINT: RGBColor = RGBColor(150, 160, 170);

/// 万元, for drawing only.
pub(crate) fn wan(fen: Fen) -> f64 {
    fen.fen() as f64 / 1_000_000.0
}

fn yuan(fen: Fen) -> f64 {
    fen.fen() as f64 / 100.0
}

/// Without decimals, for labels.
fn whole(value: &f64) -> String {
    format!("{value:.0}")
}

/// A chart that several drawing steps make; its errors in words.
fn drawn(
    draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, plotters::coord::Shift>) -> Result<(), String>,
) -> anyhow::Result<String> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        draw(&area).map_err(|fault| anyhow!("图不能画：{fault}"))?;
        area.present().map_err(|fault| anyhow!("图不能画：{fault}"))?;
    }
    Ok(text)
}

/// A bar for each lever: spending when it is turned down and up, from the base. The largest first.
pub(crate) fn tornado(bars: &[(String, Option<Fen>, Option<Fen>)]) -> anyhow::Result<String> {
    let reach = |bar: &(String, Option<Fen>, Option<Fen>)| {
        [bar.1, bar.2].iter().flatten().map(|fen| wan(*fen).abs()).fold(0.0, f64::max)
    };
    let mut bars: Vec<_> = bars.to_vec();
    bars.sort_by(|a, b| reach(b).total_cmp(&reach(a)));
    let most = bars.first().map_or(1.0, |bar| reach(bar).max(1.0)) * 1.15;
    let count = bars.len() as f64;
    drawn(|area| {
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .x_label_area_size(36)
            .y_label_area_size(210)
            .build_cartesian_2d(-most..most, 0.0..count.max(1.0))
            .map_err(|fault| fault.to_string())?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_desc("支出变化（万元）")
            .x_label_formatter(&whole)
            .axis_style(FAINT)
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .light_line_style(TRANSPARENT)
            .y_labels(2)
            .y_label_formatter(&|_| String::new())
            .draw()
            .map_err(|fault| fault.to_string())?;
        for (at, bar) in bars.iter().enumerate() {
            let row = count - 1.0 - at as f64;
            for (value, colour) in [(bar.1, DOWN), (bar.2, UP)] {
                let Some(value) = value else { continue };
                let mut shape = Rectangle::new([(0.0, row), (wan(value), row + 1.0)], colour.mix(0.85).filled());
                shape.set_margin(4, 4, 0, 0);
                chart.draw_series([shape]).map_err(|fault| fault.to_string())?;
            }
            let place = chart.backend_coord(&(-most, row));
            let above = chart.backend_coord(&(-most, row + 1.0));
            let text =
                Text::new(bar.0.clone(), (14, (place.1 + above.1) / 2 - 6), ("sans-serif", 13).into_font().color(&INK));
            area.draw(&text).map_err(|fault| fault.to_string())?;
        }
        Ok(())
    })
}

/// A point for each policy: spending, burden, and whether it is efficient; the present one and the budget are marked.
pub(crate) fn frontier(of: &Frontier) -> anyhow::Result<String> {
    let Frontier { points, base, budget } = of;
    let range = |values: Vec<f64>| {
        let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
        let edge = ((high - low) * 0.06).max(1.0);
        (low - edge)..(high + edge)
    };
    let spent: Vec<f64> = points.iter().map(|point| point.spent).chain([base.0]).chain(*budget).map(wan).collect();
    let borne: Vec<f64> = points.iter().map(|point| point.borne).chain([base.1]).map(yuan).collect();
    let (spent, borne) = (range(spent), range(borne));
    drawn(|area| {
        let mut chart = ChartBuilder::on(area)
            .margin(14)
            .x_label_area_size(42)
            .y_label_area_size(70)
            .build_cartesian_2d(spent.clone(), borne.clone())
            .map_err(|fault| fault.to_string())?;
        chart
            .configure_mesh()
            .x_desc("支出（万元）")
            .x_label_formatter(&whole)
            .y_label_formatter(&whole)
            .y_desc("负担最重十分之一人群的人均负担（元）")
            .axis_style(FAINT)
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT.mix(0.25))
            .draw()
            .map_err(|fault| fault.to_string())?;
        let dot = |point: &Point| {
            let style = if point.efficient { DOWN.filled() } else { FAINT.mix(0.6).filled() };
            Circle::new((wan(point.spent), yuan(point.borne)), if point.efficient { 5 } else { 3 }, style)
        };
        let mut front: Vec<(f64, f64)> =
            points.iter().filter(|point| point.efficient).map(|point| (wan(point.spent), yuan(point.borne))).collect();
        front.sort_by(|a, b| a.0.total_cmp(&b.0));
        chart.draw_series([PathElement::new(front, DOWN.stroke_width(2))]).map_err(|fault| fault.to_string())?;
        chart.draw_series(points.iter().map(dot)).map_err(|fault| fault.to_string())?;
        let own = TriangleMarker::new((wan(base.0), yuan(base.1)), 9, UP.filled());
        chart.draw_series([own]).map_err(|fault| fault.to_string())?;
        if let Some(budget) = budget {
            // A page gives all strokes the colour of its lines; what is filled keeps its own.
            let half = (spent.end - spent.start) * 0.001;
            let line = [(wan(*budget) - half, borne.start), (wan(*budget) + half, borne.end)];
            chart.draw_series([Rectangle::new(line, UP.filled())]).map_err(|fault| fault.to_string())?;
        }
        Ok(())
    })
}

/// Lines over time with the room between the outer ones filled.
pub(crate) fn fan(of: &Fan) -> anyhow::Result<String> {
    let values: Vec<f64> = of.lines.iter().flat_map(|(_, line)| line).copied().map(wan).collect();
    let (low, high) = values.iter().fold((0.0_f64, 1.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    let edge = (high - low) * 0.06;
    let last = of.labels.len().saturating_sub(1).max(1) as f64;
    let points =
        |line: &[Fen]| -> Vec<(f64, f64)> { line.iter().enumerate().map(|(at, fen)| (at as f64, wan(*fen))).collect() };
    drawn(|area| {
        let mut chart = ChartBuilder::on(area)
            .margin(14)
            .x_label_area_size(42)
            .y_label_area_size(80)
            .build_cartesian_2d(0.0..last, (low - edge)..(high + edge))
            .map_err(|fault| fault.to_string())?;
        let label = |at: &f64| of.labels.get(at.round().max(0.0) as usize).cloned().unwrap_or_default();
        chart
            .configure_mesh()
            .x_labels(of.labels.len().max(2))
            .x_label_formatter(&label)
            .y_desc(format!("{}（万元）", of.title))
            .y_label_formatter(&whole)
            .axis_style(FAINT)
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT.mix(0.25))
            .draw()
            .map_err(|fault| fault.to_string())?;
        for step in 0..of.lines.len() / 2 {
            let (low, high) = (&of.lines[step].1, &of.lines[of.lines.len() - 1 - step].1);
            let around = points(high).into_iter().chain(points(low).into_iter().rev());
            let shape = Polygon::new(around.collect::<Vec<_>>(), DOWN.mix(0.18).filled());
            chart.draw_series([shape]).map_err(|fault| fault.to_string())?;
        }
        // The middle one is what is expected.
        if let Some((_, line)) = of.lines.get(of.lines.len() / 2) {
            let path = PathElement::new(points(line), DOWN.stroke_width(2));
            chart.draw_series([path]).map_err(|fault| fault.to_string())?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_drawn_of_little_and_of_nothing() {
        let fen = Fen::from_fen;
        let bars =
            vec![("起付标准".to_owned(), Some(fen(-5)), Some(fen(900_000_000))), ("限额".to_owned(), None, None)];
        assert!(tornado(&bars).expect("a chart").contains("起付标准"));
        assert!(tornado(&[]).expect("a chart").starts_with("<svg"));
        let point =
            |spent, borne, efficient| Point { spent: fen(spent), borne: fen(borne), efficient, changes: String::new() };
        let of = |points, budget| Frontier { points, base: (fen(1), fen(2)), budget };
        let some = of(vec![point(1, 2, true), point(3, 4, false)], Some(fen(9)));
        assert!(frontier(&some).expect("a chart").starts_with("<svg"));
        assert!(frontier(&of(Vec::new(), None)).expect("a chart").starts_with("<svg"));
        for lines in [vec![], vec![(String::new(), vec![fen(-5), fen(9)]); 3]] {
            let fan = Fan { title: "期末", labels: vec!["2024".to_owned(), "2025".to_owned()], lines };
            assert!(super::fan(&fan).expect("a chart").starts_with("<svg"));
        }
    }
}

//! Medians of what was measured round by round.

use std::collections::BTreeMap;

#[derive(Default)]
pub struct Rounds(BTreeMap<&'static str, Vec<f64>>);

impl Rounds {
    pub fn add(&mut self, what: &'static str, value: f64) {
        self.0.entry(what).or_default().push(value);
    }

    pub fn print(&mut self) {
        println!("\nmedian (least to most)");
        for (what, values) in &mut self.0 {
            values.sort_by(f64::total_cmp);
            let (least, most) = (values[0], values[values.len() - 1]);
            println!("  {what}: {:.3} ({least:.3} to {most:.3})", values[values.len() / 2]);
        }
    }
}

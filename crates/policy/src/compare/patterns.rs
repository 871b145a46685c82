//! Equal changes in as few words as will do: combinations joined into cubes, over those that
//! nothing is asked of as well.

use super::axes::{Axes, Cube, Place};
use super::parameters::Says;
use crate::facts::Bands;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A change and where it is.
pub(super) struct Pattern {
    pub(super) change: (Says, Says),
    pub(super) cube: Cube,
    /// The combinations in the cube that show it.
    pub(super) cells: Vec<Place>,
}

/// The changes among what two sides say in each cell; nothing is said where nothing is asked.
pub(super) fn merged(axes: &Axes, cells: &[Place], says: &[Option<(Says, Says)>]) -> Vec<Pattern> {
    let lengths = axes.lengths();
    let at: BTreeMap<&Place, &Option<(Says, Says)>> = cells.iter().zip(says).collect();
    let mut patterns: Vec<Pattern> = Vec::new();
    for (cell, said) in cells.iter().zip(says) {
        let Some(change) = said.as_ref().filter(|(a, b)| a.words != b.words) else { continue };
        if patterns.iter().any(|known| same(&known.change, change) && known.cells.contains(cell)) {
            continue;
        }
        let fits = |cube: &Cube| {
            inside(cube, &lengths).iter().all(|cell| at[cell].as_ref().is_none_or(|other| same(other, change)))
        };
        let cube = widened(cell, &lengths, &fits);
        let shows = inside(&cube, &lengths).into_iter().filter(|cell| at[cell].is_some()).collect();
        patterns.push(Pattern { change: change.clone(), cube, cells: shows });
    }
    patterns
}

fn same(one: &(Says, Says), other: &(Says, Says)) -> bool {
    one.0.words == other.0.words && one.1.words == other.1.words
}

/// The largest cube around a cell that fits, each axis whole if it can be.
fn widened(cell: &Place, lengths: &[usize], fits: &dyn Fn(&Cube) -> bool) -> Cube {
    let only = |part: u8| {
        let mut bands = Bands::NONE;
        bands.insert(part);
        bands
    };
    let mut cube: Cube = cell.iter().map(|part| only(*part)).collect();
    for (axis, length) in lengths.iter().enumerate() {
        let mut whole = cube.clone();
        (0..*length).for_each(|part| whole[axis].insert(part as u8));
        if fits(&whole) {
            cube = whole;
        }
    }
    for (axis, length) in lengths.iter().enumerate() {
        for part in 0..*length {
            let mut wider = cube.clone();
            wider[axis].insert(part as u8);
            if wider != cube && fits(&wider) {
                cube = wider;
            }
        }
    }
    cube
}

/// The cells of a cube.
fn inside(cube: &Cube, lengths: &[usize]) -> Vec<Place> {
    let mut cells: Vec<Place> = alloc::vec![Vec::new()];
    for (bands, length) in cube.iter().zip(lengths) {
        let parts: Vec<u8> = (0..*length).map(|part| part as u8).filter(|part| bands.has(*part)).collect();
        cells = cells
            .iter()
            .flat_map(|cell| parts.iter().map(|part| cell.iter().copied().chain([*part]).collect()))
            .collect();
    }
    cells
}

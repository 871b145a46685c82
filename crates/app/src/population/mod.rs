//! Populations (参保人群) as the program finds them: presets that ship or a file.

mod presets;

pub(crate) use presets::{preset, preset_file, presets};

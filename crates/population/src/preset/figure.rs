//! A figure with where it comes from (依据): nothing is drawn from a number that does not say so.

use alloc::format;
use alloc::string::String;
use core::fmt::Debug;
use serde::Deserialize;

/// What a figure rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Evidence {
    /// Read on a public page (公开页面).
    S,
    /// A public transcription of an official bulletin (公报转录).
    G,
    /// Worked out from such figures (推算).
    D,
    /// Remembered, not verified (未核对).
    R,
    /// Assumed: no public figure is known (假设).
    A,
}

impl Evidence {
    /// The letter.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::G => "G",
            Self::D => "D",
            Self::R => "R",
            Self::A => "A",
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::S => "公开数据",
            Self::G => "公报数据",
            Self::D => "由公开数据推算",
            Self::R => "未核对",
            Self::A => "假设",
        }
    }

    /// Whether it is a demonstration value (演示参数): anything but a published figure.
    pub const fn is_demonstration(self) -> bool {
        matches!(self, Self::D | Self::R | Self::A)
    }
}

/// A value, what it rests on, and why it is what it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure<T> {
    /// The value.
    pub value: T,
    /// What it rests on.
    pub from: Evidence,
    /// Why it is what it is, in Chinese.
    pub why: String,
}

impl<T: Debug> Figure<T> {
    /// The value as a table shows it: `0.62、0.18、0.2`, rows of a table by semicolons.
    pub(super) fn shown(&self) -> String {
        let text = format!("{:?}", self.value).replace("], [", "；").replace(", ", "、");
        text.chars().filter(|sign| !matches!(sign, '[' | ']' | '"')).collect()
    }
}

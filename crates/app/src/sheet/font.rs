//! The font of printed sheets (字体): a Chinese one that the system has, since the program carries none. Found where systems keep
//! them, or named by whoever runs the service.

#![allow(clippy::float_arithmetic)] // where something is drawn; no amount is worked out here

use std::path::{Path, PathBuf};
use std::sync::Arc;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

/// Where systems keep a Chinese font, and which of a collection it is.
const PLACES: &[(&str, u32)] = &[
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/System/Library/Fonts/STHeiti Light.ttc", 1),
    ("C:\\Windows\\Fonts\\msyh.ttc", 0),
    ("C:\\Windows\\Fonts\\simsun.ttc", 0),
];

/// Characters that no line begins with.
const NOT_FIRST: &str = "，。、；：）》」』！？%％";

/// A font to draw and to measure by.
pub(crate) struct Font {
    data: Arc<Vec<u8>>,
    index: u32,
    face: krilla::text::Font,
}

impl Font {
    /// The font at a path, else the first that the system has.
    ///
    /// # Errors
    /// When there is none, with what to install.
    pub(crate) fn find(named: Option<&Path>) -> Result<Self, String> {
        if let Some(path) = named {
            return Self::open(path, 0).map_err(|why| format!("字体 {} 不能用：{why}", path.display()));
        }
        let mut found =
            PLACES.iter().map(|(path, index)| (PathBuf::from(path), *index)).filter(|(path, _)| path.is_file());
        let none = "没有找到中文字体：请安装 fonts-noto-cjk（Debian、Ubuntu），或用 gongji serve --font 指定字体文件";
        let (path, index) = found.next().ok_or(none)?;
        Self::open(&path, index).map_err(|why| format!("字体 {} 不能用：{why}", path.display()))
    }

    fn open(path: &Path, index: u32) -> Result<Self, String> {
        let data = Arc::new(std::fs::read(path).map_err(|error| error.to_string())?);
        let font = FontRef::from_index(&data, index).map_err(|error| error.to_string())?;
        if font.charmap().map('结').is_none() {
            return Err("没有汉字".to_owned());
        }
        let shared: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::<Vec<u8>>::clone(&data);
        let face = krilla::text::Font::new(shared.into(), index).ok_or("格式不合")?;
        Ok(Self { data, index, face })
    }

    /// To draw with.
    pub(crate) fn face(&self) -> krilla::text::Font {
        self.face.clone()
    }

    /// How wide a text is in points.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        let Ok(font) = FontRef::from_index(&self.data, self.index) else { return 0.0 };
        let (map, metrics) = (font.charmap(), font.glyph_metrics(Size::new(size), LocationRef::default()));
        text.chars().map(|c| map.map(c).and_then(|glyph| metrics.advance_width(glyph)).unwrap_or(size)).sum()
    }

    /// As much of a text as is no wider than that, with a mark where it was cut.
    pub(crate) fn cut(&self, text: &str, size: f32, width: f32) -> String {
        if self.width(text, size) <= width {
            return text.to_owned();
        }
        let mut kept = text.to_owned();
        while !kept.is_empty() && self.width(&kept, size) + size > width {
            kept.pop();
        }
        kept.push('…');
        kept
    }

    /// A text in lines that are no wider than that.
    pub(crate) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let (mut lines, mut line, mut taken) = (Vec::new(), String::new(), 0.0);
        for c in text.chars() {
            let wide = self.width(c.encode_utf8(&mut [0; 4]), size);
            if taken + wide > width && !NOT_FIRST.contains(c) {
                lines.push(std::mem::take(&mut line));
                taken = 0.0;
            }
            line.push(c);
            taken += wide;
        }
        lines.push(line);
        lines
    }
}

//! The reference of all keys, as Markdown: Chinese with English beside.

use super::values::VALUES;
use super::{GROUPS, Group, Key, Need};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const HEAD: &str = "\
# 政策包的键 Keys of a policy package

由 `gongji policy keys` 生成，与程序读的是同一张表；这里没有的键，程序不认识。含义见[政策包](policy-package.md)。
Written by `gongji policy keys` from the table that the reader itself uses. What they mean together: [The policy package](policy-package.md).

编辑器（如 VS Code 的 Even Better TOML，或 Taplo）认得 [package.schema.json](package.schema.json)（`gongji policy keys --format json-schema`）：
在 toml 文件第一行写它的位置，就有补全、说明和错误提示。
Editors complete, explain and check keys by the same table, given this first line of a TOML file:

```toml
#:schema ../../docs/reference/package.schema.json
```
";

/// The reference `docs/reference/package-keys.md`.
pub fn markdown() -> String {
    let mut text = HEAD.to_string();
    text.push_str("\n## 值的写法 How values are written\n\n| 值 | 说明 | 例 |\n|---|---|---|\n");
    for value in VALUES {
        text.push_str(&format!("| {} | {}<br>{} | `{}` |\n", value.name, value.chinese, value.english, value.example));
    }
    for group in GROUPS {
        section(group, &mut text);
    }
    text
}

fn heading(group: &Group) -> String {
    format!("{} {}", group.chinese, group.name)
}

/// The place of a heading, as Markdown viewers name it.
fn anchor(group: &Group) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading(group).to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn section(group: &Group, text: &mut String) {
    text.push_str(&format!("\n## {}\n\n{}.\n\n", heading(group), group.english));
    if group.frame != "…" {
        text.push_str(&format!("```toml\n{}\n```\n\n", group.frame));
    }
    text.push_str("| 键 | 说明 | 值 | 例 |\n|---|---|---|---|\n");
    for key in group.keys() {
        text.push_str(&row(key));
    }
    let needs: Vec<String> = group.needs.iter().map(need).collect();
    if !needs.is_empty() {
        text.push_str(&format!("\n{}\n", needs.join("\n")));
    }
}

fn row(key: &Key) -> String {
    let must = if key.required { "，必填 required" } else { "" };
    let value = match key.form.group() {
        Some(group) => format!("[{}](#{})<br>{}", key.form.chinese(), anchor(group), key.form.english()),
        None => format!("{}<br>{}", key.form.chinese(), key.form.english()),
    };
    format!("| `{}`{must} | {}<br>{} | {value} | `{}` |\n", key.name, key.chinese, key.english, key.example)
}

fn need(need: &Need) -> String {
    let listed = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join("、");
    match need {
        Need::One(names) => format!("- {} 恰好写一个。Exactly one of them.", listed(names)),
        Need::Any(names) => format!("- {} 至少写一个。At least one of them.", listed(names)),
        Need::With(name, other) => format!("- 写了 `{name}` 就要写 `{other}`。`{name}` needs `{other}`."),
        Need::Alone(name) => format!("- `{name}` 单独写。`{name}` stands by itself."),
    }
}

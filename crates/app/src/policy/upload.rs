//! A draft package as somebody brings it: single files, or a ZIP of them. It is only looked at; nothing of it is kept.

use std::io::{Cursor, Read as _};

use gongji_policy::{Folder, SourceFile};
use zip::ZipArchive;

use crate::his::zipped::SIGN;

/// Most bytes of a draft, packed or not: those that ship are a tenth of that.
pub(crate) const LARGEST: usize = 2 << 20;
/// Most files of a draft.
const MOST: usize = 200;
/// What a draft is called in findings.
const NAME: &str = "上传的政策包";

/// A file as it was brought: its name, which may have folders in it, and its bytes.
pub(crate) type Brought = (String, Vec<u8>);

/// The package's folder, or in words why there is none.
pub(crate) fn folder(brought: Vec<Brought>) -> Result<Folder, String> {
    let mut files = Vec::new();
    for (name, bytes) in brought {
        if bytes.starts_with(SIGN) {
            files.extend(unzipped(&name, &bytes)?);
        } else {
            files.push((name, bytes));
        }
    }
    files.retain(|(name, _)| is_read(name));
    if files.len() > MOST {
        return Err(format!("有 {} 个文件，至多 {MOST} 个", files.len()));
    }
    if files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > LARGEST {
        return Err(format!("解压后超过 {} KiB", LARGEST >> 10));
    }
    let root = root(&files)?;
    let inside = files.into_iter().filter_map(|(name, bytes)| Some((name.strip_prefix(&root)?.to_owned(), bytes)));
    let mut files = inside.map(|(name, bytes)| text(name, bytes)).collect::<Result<Vec<_>, _>>()?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    Ok(Folder { name: NAME.to_owned(), files })
}

/// Rules, quoted articles and cases; whatever systems put beside them is not looked at.
fn is_read(name: &str) -> bool {
    let hidden = name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
    !hidden && (name.ends_with(".toml") || name.ends_with(".md"))
}

/// The folder in which package.toml lies, `a/b/`.
fn root(files: &[Brought]) -> Result<String, String> {
    const HEAD: &str = "package.toml";
    let roots: Vec<&str> = files
        .iter()
        .filter_map(|(name, _)| name.strip_suffix(HEAD))
        .filter(|root| root.is_empty() || root.ends_with('/'))
        .collect();
    match roots[..] {
        [root] => Ok(root.to_owned()),
        [] => Err(format!("没有 {HEAD}：一个政策包是一个文件夹，其中有 {HEAD}、其他 .toml、source/*.md 和 cases/*.md")),
        _ => Err(format!("有 {} 个 {HEAD}，一次检查一个政策包", roots.len())),
    }
}

fn text(name: String, bytes: Vec<u8>) -> Result<SourceFile, String> {
    let text = String::from_utf8(bytes).map_err(|_| format!("{name} 不是 UTF-8 文本"))?;
    let text = text.trim_start_matches('\u{feff}');
    Ok(SourceFile { path: name.into(), text: text.into() })
}

fn unzipped(name: &str, bytes: &[u8]) -> Result<Vec<Brought>, String> {
    let broken = |_| format!("{name} 已损坏，不能解压");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > MOST * 2 {
        return Err(format!("{name} 里有 {} 个文件，至多 {MOST} 个", archive.len()));
    }
    let (mut files, mut left) = (Vec::new(), LARGEST as u64);
    for i in 0..archive.len() {
        let entry = archive.by_index(i).map_err(broken)?;
        let inside = entry.name().map_err(broken)?.replace('\\', "/");
        if entry.is_dir() || !is_read(&inside) {
            continue;
        }
        let mut bytes = Vec::new();
        entry.take(left + 1).read_to_end(&mut bytes).map_err(|_| format!("{name} 已损坏，不能解压"))?;
        left = left.checked_sub(bytes.len() as u64).ok_or_else(|| format!("解压后超过 {} KiB", LARGEST >> 10))?;
        files.push((inside, bytes));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::scaffold;

    fn names(folder: &Folder) -> Vec<&str> {
        folder.files.iter().map(|file| &*file.path).collect()
    }

    #[test]
    fn a_zip_and_its_files_one_by_one_are_the_same_package() {
        let zip = scaffold::zipped("990000", "shili", "示例市").unwrap();
        let whole = folder(vec![("draft.zip".to_owned(), zip)]).unwrap();
        let files = scaffold::files("990000", "示例市", scaffold::SCHEMA);
        let single = folder(files.map(|(name, text)| (name.to_owned(), text.into_bytes())).collect()).unwrap();
        assert_eq!(whole, single);
        assert_eq!(names(&whole)[..2], ["CHANGELOG.md", "account.toml"]);
        assert!(names(&whole).contains(&"source/wenjian.md"));
    }

    #[test]
    fn what_is_no_package_is_named() {
        let file = |name: &str, text: &[u8]| vec![(name.to_owned(), text.to_vec())];
        for (brought, said) in [
            (Vec::new(), "没有 package.toml"),
            (file("mypackage.toml", b""), "没有 package.toml"),
            (file("package.toml", b"\xff\xfe"), "不是 UTF-8"),
            (file("a.zip", b"PK\x03\x04 and no more"), "已损坏"),
            (file("package.toml", &vec![b' '; LARGEST + 1]), "超过 2048 KiB"),
            ([file("a/package.toml", b""), file("b/package.toml", b"")].concat(), "有 2 个 package.toml"),
        ] {
            let fault = folder(brought).unwrap_err();
            assert!(fault.contains(said), "{fault}");
        }
    }
}

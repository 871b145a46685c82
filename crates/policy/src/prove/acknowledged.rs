//! Findings that a document really says: whoever keeps the package wrote `已核 <code>：<reason>`
//! under the article, and the finding is no longer told.

use crate::articles::Articles;
use crate::fault::Fault;
use alloc::format;
use alloc::vec::Vec;

/// Leaves out what is acknowledged under an article that the finding names, and tells of
/// acknowledgements that nothing asks for any more.
pub(super) fn strike(articles: &Articles, faults: &mut Vec<Fault>) {
    let mut needless = Vec::new();
    for article in articles.iter().filter(|article| !article.lent) {
        for (code, at) in &article.acknowledged {
            let before = faults.len();
            let text = article.to_text();
            faults.retain(|fault| fault.code != *code || !fault.article.split('；').any(|named| named == text));
            if faults.len() == before {
                let found = format!("{} 写着已核 {code}，但没有这样的提示", article.key);
                needless.push(Fault::note("needless_acknowledgement", *at, found, "不再需要就删去这一行"));
            }
        }
    }
    faults.extend(needless);
}

//! The words of articles (条文) by their citation, with the document they stand in.

use std::collections::BTreeMap;

use gongji_domain::Day;
use gongji_policy::{Area, DocumentView};
use serde::Serialize;

/// An article as its document prints it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Quoted {
    /// Number of the document and heading: what people read.
    pub title: String,
    pub text: String,
    /// Where it stands: title of the document, who issued it and when.
    pub source: String,
    /// The name by which rules cite the document.
    pub document: String,
    pub number: String,
    pub heading: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Day>,
    /// A document above the area.
    pub lent: bool,
}

pub(crate) type Articles = BTreeMap<String, Quoted>;

/// The articles of citations; those that are not quoted are left out.
pub(crate) fn quoted<'k>(area: &Area, cited: impl IntoIterator<Item = &'k str>) -> Articles {
    let documents: Vec<DocumentView<'_>> = area.documents().collect();
    cited.into_iter().filter_map(|key| Some((key.to_owned(), one(area, key, &documents)?))).collect()
}

/// Every article that an area quotes, those of the documents above it included.
pub(crate) fn all(area: &Area) -> Articles {
    quoted(area, area.articles().map(|article| article.key.as_str()))
}

fn one(area: &Area, key: &str, documents: &[DocumentView<'_>]) -> Option<Quoted> {
    let article = area.article(key)?;
    let name = key.split(':').next().unwrap_or_default();
    let document = documents.iter().find(|document| document.key == name);
    let said = document.map(|document| {
        let published = document.published.map(|day| format!("{day} 印发"));
        let parts = [document.title.map(str::to_owned), document.issuer.map(str::to_owned), published];
        parts.into_iter().flatten().collect::<Vec<_>>().join("，")
    });
    Some(Quoted {
        title: format!("{} {}", article.document, article.title).trim_end().to_owned(),
        text: article.text.clone(),
        source: said.filter(|said| !said.is_empty()).unwrap_or_else(|| article.document.clone()),
        document: name.to_owned(),
        number: article.document.clone(),
        heading: article.title.clone(),
        published: document.and_then(|document| document.published),
        lent: article.lent,
    })
}

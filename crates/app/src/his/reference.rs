//! The reference of errors (错误码参考), written from the tables that the service itself uses.

use std::fmt::Write as _;

use super::auth;
use super::errors::Code;
use super::remedies::remedy;

const HEAD: &str = "\
# Errors of the national interface (接口错误码)

Written by `gongji errors > docs/reference/errors.md` from the program's own tables. A code never changes its
meaning; new ones are added.

An error comes with HTTP status 200, `infcode` -1 and `output` null. `err_msg` begins with the code in brackets:

    [invalid_value] 字段取值不合规定：字段 data.insutype，给出「390」，应为310（依据 xize:4）

After the text come the field, what was given, what is allowed (应为) and the article that says so (依据), as far as there
are such. It never exceeds 200 characters. Codes that are not listed here are reasons of refusal of an area's policy
package (政策包), with their text and article.

## Codes

| code 错误码 | text 文字 | when it happens, what to change 何时出现，怎么改 |
|---|---|---|
";

const GATEWAYS: &str = "
## Answers of a gateway (网关的应答)

Institutions whose key is of a gateway's kind get these instead, without an envelope.

| scheme 方式 | status | body |
|---|---|---|
";

/// The whole page.
pub(crate) fn errors() -> String {
    let mut page = HEAD.to_owned();
    for code in Code::ALL {
        let _ = writeln!(page, "| `{}` | {} | {} |", code.name(), code.text(), remedy(*code));
    }
    page.push_str(GATEWAYS);
    for (scheme, status, body) in auth::answers() {
        let _ = writeln!(page, "| {scheme} | {status} | `{body}` |");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_of_errors_is_up_to_date() {
        let written = std::fs::read_to_string("../../docs/reference/errors.md").unwrap_or_default();
        assert!(written == errors(), "gongji errors > docs/reference/errors.md");
    }

    #[test]
    fn every_error_says_what_to_do() {
        for code in Code::ALL {
            let remedy = remedy(*code);
            assert!(remedy.ends_with('。') && remedy.chars().count() >= 10, "{}: {remedy}", code.name());
            assert!(!remedy.contains('|'), "{}", code.name());
        }
    }
}

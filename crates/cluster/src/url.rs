//! Addresses of databases (`postgres://…`), taken apart and put together as text. Must never know whether
//! anybody answers there.

/// The address of another database of the same server.
pub(crate) fn of_database(url: &str, name: &str) -> String {
    let (place, query) = url.split_once('?').map_or((url, None), |(place, query)| (place, Some(query)));
    let (scheme, rest) = place.split_once("://").unwrap_or(("postgres", place));
    let host = rest.split('/').next().unwrap_or_default();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{host}/{name}{query}")
}

/// The address of the same database with another schema to look for names in.
pub(crate) fn of_schema(url: &str, name: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options={}", encoded(&format!("-c search_path={name}")))
}

/// Text as it may stand in an address; `/` too, which hosts that are folders have.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_exchanged_wherever_it_stands() {
        let cases = [
            ("postgres://u:p@host:5433/old?sslmode=disable", "postgres://u:p@host:5433/new?sslmode=disable"),
            ("postgresql://host/old", "postgresql://host/new"),
            ("postgres://host", "postgres://host/new"),
            ("postgres:///old?host=/tmp/x&user=u", "postgres:///new?host=/tmp/x&user=u"),
        ];
        for (given, wanted) in cases {
            assert_eq!(of_database(given, "new"), wanted);
        }
    }

    #[test]
    fn a_schema_is_an_option_beside_those_that_are_there() {
        assert_eq!(of_schema("postgres://h/d", "s"), "postgres://h/d?options=-c%20search_path%3Ds");
        assert_eq!(of_schema("postgres://h/d?user=u", "s"), "postgres://h/d?user=u&options=-c%20search_path%3Ds");
    }

    #[test]
    fn what_is_not_plain_is_encoded_by_bytes() {
        assert_eq!(encoded("/tmp/共 济"), "/tmp/%E5%85%B1%20%E6%B5%8E");
    }
}

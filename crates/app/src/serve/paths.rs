//! The addresses of the interface (请求地址): a table made of what the profiles of provinces name. An address may say
//! the number of the transaction, as its last segment or by what it is; the message itself decides.

use std::sync::LazyLock;

use crate::his::profile;

/// What an address is called that says no number by itself.
const BODY: &str = "body";

/// One address in use.
struct Address {
    /// Segments; `*` is one or more.
    segments: Vec<&'static str>,
    /// The number that the address alone says.
    number: Option<&'static str>,
}

static ADDRESSES: LazyLock<Vec<Address>> = LazyLock::new(|| {
    let said = profile::all().flat_map(|(_, profile)| &profile.paths);
    let address = |(path, number): (&'static String, &'static String)| Address {
        segments: segments(path).collect(),
        number: (number != BODY).then_some(number.as_str()),
    };
    said.map(address).collect()
});

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// What an address says: nothing if it is none of the interface, else the number if it says one.
pub(crate) fn find(path: &str) -> Option<Option<&str>> {
    let given: Vec<&str> = segments(path).collect();
    // The number that an address alone says goes before one at its end.
    let whole = ADDRESSES.iter().find(|address| fits(&address.segments, &given));
    if let Some(address) = whole {
        return Some(address.number);
    }
    let (last, rest) = given.split_last()?;
    let before = ADDRESSES.iter().find(|address| address.number.is_none() && fits(&address.segments, rest));
    before.map(|_| Some(*last))
}

fn fits(pattern: &[&str], given: &[&str]) -> bool {
    match (pattern, given) {
        ([], []) => true,
        (["*", rest @ ..], [_, more @ ..]) => fits(rest, more) || fits(pattern, more),
        ([segment, rest @ ..], [first, more @ ..]) => segment == first && fits(rest, more),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_in_use_is_taken_and_says_its_number() {
        for (path, says) in [
            ("/fsi/api/rsfComIfsService/callService", Some(None)),
            ("/fsi/api/rsfComIfsService/callService/", Some(None)),
            ("/fsi/api/rsfComIfsService/callService/2207A", Some(Some("2207A"))),
            ("/fsi/api/rsfComIfsService/callService/2207/x", None),
            ("/mbs/fmi/fsi/api/callFsiService/callService", Some(None)),
            ("/mbs/fmi/fsi/api/callFsiService/callService/1101", Some(Some("1101"))),
            ("/ebus/gdyb_api/prd/hsa/hgs/1101", Some(Some("1101"))),
            ("/ebus/other/hsa/hgs/1101", Some(Some("1101"))),
            ("/ebus/hsa/hgs/1101", None),
            ("/ebus/mbs_fsi_auth/fsi/api/fileupload/download", Some(Some("9102"))),
            ("/uif-hsaf-med-api/api/medical/service", Some(None)),
            ("/mss/web/api/fsi/callService", Some(None)),
            ("/fsi/api/signInSignOutService/signIn", Some(Some("9001"))),
            ("/fsi/api/signInSignOutService/signOut", Some(Some("9002"))),
            ("/fsi/api/outpatientSettleService/saveSettletmentA", Some(Some("2207A"))),
            ("/fsi/api/fileupload/upload", Some(Some("9101"))),
            ("/fsi/api/fileupload/download", Some(Some("9102"))),
            ("/fsi/api/signInSignOutService/signIn/9001", None),
            ("/", None),
            ("", None),
            ("/gongji", None),
        ] {
            assert_eq!(find(path), says, "{path}");
        }
    }

    #[test]
    fn no_two_profiles_say_different_numbers_by_one_address() {
        for one in ADDRESSES.iter() {
            for other in ADDRESSES.iter().filter(|other| other.segments == one.segments) {
                assert_eq!(other.number, one.number, "{:?}", one.segments);
            }
        }
    }
}

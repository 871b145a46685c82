//! `gongji policy keys`: what it prints is what lies in the repository.

use super::{gongji, policies};

#[test]
fn the_reference_and_the_schema_are_those_of_the_repository() {
    for (arguments, file) in [
        (&["policy", "keys"][..], "package-keys.md"),
        (&["policy", "keys", "--format", "markdown"], "package-keys.md"),
        (&["policy", "keys", "--format", "json-schema"], "package.schema.json"),
    ] {
        let ran = gongji(arguments, "");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let kept = std::fs::read_to_string(policies().join("../docs/reference").join(file)).unwrap();
        assert!(ran.out == kept, "{arguments:?} and {file} differ");
    }
    assert_eq!(gongji(&["policy", "keys", "--format", "yaml"], "").code, 2);
}

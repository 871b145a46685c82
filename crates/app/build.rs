//! The policy packages are part of the program: a change in their folder rebuilds it.

fn main() {
    println!("cargo::rerun-if-changed=../../policies");
    println!("cargo::rerun-if-changed=build.rs");
}

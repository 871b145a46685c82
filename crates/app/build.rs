//! The policy packages, the catalogue that ships and the pages of the console are part of the program: a change in their
//! folders rebuilds it.

fn main() {
    println!("cargo::rerun-if-changed=../../policies");
    println!("cargo::rerun-if-changed=../../populations");
    println!("cargo::rerun-if-changed=../../simulations");
    println!("cargo::rerun-if-changed=catalogue");
    println!("cargo::rerun-if-changed=../../console/dist");
    println!("cargo::rerun-if-changed=build.rs");
}

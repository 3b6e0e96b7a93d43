//! Mixes stems through the built plugin.
fn main() {}

//! The mixer's hot path.
fn main() {}

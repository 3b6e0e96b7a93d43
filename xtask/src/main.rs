//! Busbar's chores.
fn main() {}

//! Equaliser filters: from parameters to coefficients, and the reference that runs them.
//!
//! ```text
//! parameters → Tuning, bell() … notch() → Section → Delta → State::process
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | `design.rs` | every filter type, from hertz and decibels to a section |
//! | `fit.rs` | least squares of the relative error, the heart of every design |
//! | `quadratic.rs` | a polynomial in z⁻¹ by its values at DC and Nyquist |
//! | `section.rs` | poles and zeros in one form, and its inverse |
//! | `delta.rs` | the coefficients that run, their response, and the processor |
//!
//! Everything here is f64, pure, free of allocation and total. Eight strips side by side run it in `simd/section.rs`, on the way that
//! `stages/motion.rs` finds; [`State`] is the reference for them.

mod delta;
mod design;
mod fit;
mod quadratic;
mod section;

pub use delta::{Delta, Response, State};
pub use design::*;
pub use quadratic::Quadratic;
pub use section::Section;

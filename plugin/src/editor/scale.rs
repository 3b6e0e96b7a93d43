//! The one scale of dB that a fader and the meter beside it share.
//!
//! A meter uses the fader's own way from dB to place, so that 0 dB of the fader and full scale of the meter stand at the same height
//! and one column of figures serves both.

use crate::params::spec;

/// The figures beside a fader, in dB, from above.
pub const FIGURES_DB: [f32; 9] = [12.0, 6.0, 0.0, -6.0, -12.0, -20.0, -30.0, -40.0, -60.0];

/// Where a level stands, from 0 at the bottom to 1 at the top.
pub fn place(level_db: f32) -> f32 {
    spec::fader_place(level_db)
}

/// A figure as it is written: without a sign, as on a console, where those over the 0 are above it and those under it below.
pub fn figure(level_db: f32) -> String {
    format!("{:.0}", level_db.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::BusbarParams;
    use nice_plug::params::Param;

    #[test]
    fn it_is_the_faders_own() {
        let params = BusbarParams::new(8);
        for level_db in FIGURES_DB {
            let normalized = params.strips[0].fader.preview_normalized(level_db);
            assert!((place(level_db) - normalized).abs() < 1e-5, "{level_db}");
        }
        assert_eq!((place(-200.0), place(40.0)), (0.0, 1.0));
    }

    #[test]
    fn figures_are_short() {
        let figures = FIGURES_DB.map(figure);
        assert_eq!(figures.join(" "), "12 6 0 6 12 20 30 40 60");
    }
}

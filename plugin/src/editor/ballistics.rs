//! How a meter moves: from what the engine measured to what the eye sees.
//!
//! The engine tells the largest sample since the last look and a mean square; it knows neither frames nor eyes.
//! Here a bar rises at once and falls evenly, 20 dB in 1.7 s, which is the return time of a peak programme meter of Type I (IEC 60268-10),
//! and a line stays at the highest place for a while before it falls the same way.
//! The body of a bar is the root of the mean square, or a needle whose ballistics are the engine's.

/// How fast a bar falls, in dB per second: 20 dB in 1.7 s.
pub const FALL_DB_PER_S: f32 = 20.0 / 1.7;

/// How long the line stays at a peak before it falls, in seconds.
pub const HOLD_S: f32 = 2.0;

/// Nothing is shown below this level, in dB of full scale.
pub const FLOOR_DB: f32 = -90.0;

/// What the body of a bar follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Body {
    /// The root of the mean square, linear. It never stands above the peak.
    Rms(f32),
    /// A needle that moves by itself, in dB of full scale: that of a VU or a PPM may stand where it likes.
    Needle(f32),
}

/// One bar with its line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Where the bar ends, in dB.
    pub peak_db: f32,
    /// Where the body of the bar ends, in dB.
    pub body_db: f32,
    /// Where the line stands, in dB.
    pub line_db: f32,
    /// How long the line has stood there, in seconds.
    line_age_s: f32,
}

impl Default for Bar {
    fn default() -> Self {
        Self { peak_db: FLOOR_DB, body_db: FLOOR_DB, line_db: FLOOR_DB, line_age_s: 0.0 }
    }
}

impl Bar {
    /// Moves on by `dt_s` seconds, in which the largest sample was `peak`, linear, and after which the body is to be there.
    pub fn advance(&mut self, peak: f32, body: Body, dt_s: f32) {
        let (peak_db, fall_db) = (to_db(peak), FALL_DB_PER_S * dt_s.max(0.0));
        self.peak_db = peak_db.max(self.peak_db - fall_db).max(FLOOR_DB);
        self.body_db = match body {
            // The mean has a time of its own; it only must not hang when the host stops calling.
            Body::Rms(rms) => to_db(rms).max(self.body_db - 2.0 * fall_db).max(FLOOR_DB).min(self.peak_db),
            Body::Needle(level_db) => level_db.max(FLOOR_DB),
        };
        self.line_age_s += dt_s;
        if self.peak_db >= self.line_db {
            (self.line_db, self.line_age_s) = (self.peak_db, 0.0);
        } else if self.line_age_s > HOLD_S {
            self.line_db = (self.line_db - fall_db).max(self.peak_db);
        }
    }
}

/// A gain reduction: up at once, back at the same pace as a bar.
pub fn fall_back(shown_db: f32, newest_db: f32, dt_s: f32) -> f32 {
    newest_db.max(shown_db - 2.0 * FALL_DB_PER_S * dt_s).max(0.0)
}

/// dB of full scale, not below [`FLOOR_DB`]; what is no level is none.
pub fn to_db(linear: f32) -> f32 {
    if linear > 0.0 { (20.0 * linear.log10()).max(FLOOR_DB) } else { FLOOR_DB }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Single precision in dB over a few hundred steps.
    const EPSILON_DB: f32 = 1e-3;

    fn near(a: f32, b: f32) {
        assert!((a - b).abs() < EPSILON_DB, "{a} is not {b}");
    }

    #[test]
    fn a_bar_rises_at_once_and_falls_20_db_in_1_7_s() {
        let mut bar = Bar::default();
        bar.advance(1.0, Body::Rms(0.5), 0.016);
        near(bar.peak_db, 0.0);
        near(bar.body_db, -6.0206);
        for _ in 0..170 {
            bar.advance(0.0, Body::Rms(0.0), 0.01);
        }
        near(bar.peak_db, -20.0);
        near(bar.body_db, -46.0206);
    }

    #[test]
    fn how_often_one_looks_changes_nothing() {
        let (mut often, mut seldom) = (Bar::default(), Bar::default());
        often.advance(1.0, Body::Rms(1.0), 0.0);
        seldom.advance(1.0, Body::Rms(1.0), 0.0);
        for _ in 0..100 {
            often.advance(0.0, Body::Rms(0.0), 0.01);
        }
        seldom.advance(0.0, Body::Rms(0.0), 1.0);
        near(often.peak_db, seldom.peak_db);
        near(often.body_db, seldom.body_db);
    }

    #[test]
    fn the_line_holds_then_falls_to_the_bar() {
        let mut bar = Bar::default();
        bar.advance(0.5, Body::Rms(0.5), 0.01);
        let peak_db = bar.line_db;
        for _ in 0..199 {
            bar.advance(0.0, Body::Rms(0.0), 0.01);
            near(bar.line_db, peak_db);
        }
        for _ in 0..2000 {
            bar.advance(0.0, Body::Rms(0.0), 0.01);
            assert!(bar.line_db >= bar.peak_db);
        }
        near(bar.line_db, FLOOR_DB);
    }

    #[test]
    fn a_needle_stands_where_it_is_put() {
        let mut bar = Bar::default();
        bar.advance(0.1, Body::Needle(-12.5), 0.01);
        near(bar.peak_db, -20.0);
        near(bar.body_db, -12.5);
        // It falls as fast as it likes.
        bar.advance(0.0, Body::Needle(-60.0), 0.01);
        near(bar.body_db, -60.0);
        bar.advance(0.0, Body::Needle(f32::NEG_INFINITY), 0.01);
        assert_eq!(bar.body_db, FLOOR_DB);
        bar.advance(0.0, Body::Needle(f32::NAN), 0.01);
        assert_eq!(bar.body_db, FLOOR_DB);
    }

    #[test]
    fn what_is_no_number_shows_nothing() {
        let mut bar = Bar::default();
        bar.advance(f32::NAN, Body::Rms(f32::NAN), 0.01);
        assert_eq!(bar, Bar { line_age_s: 0.0, ..Bar::default() });
        near(to_db(f32::MIN_POSITIVE), FLOOR_DB);
    }

    #[test]
    fn a_reduction_comes_at_once_and_goes_back_to_none() {
        near(fall_back(0.0, 6.0, 0.016), 6.0);
        let mut shown_db = 6.0;
        for _ in 0..100 {
            shown_db = fall_back(shown_db, 0.0, 0.01);
        }
        assert_eq!(shown_db, 0.0);
    }
}

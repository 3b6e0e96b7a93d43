//! The linear gains that settings stand for.
//!
//! All arithmetic is in f64 and is rounded once, so that a gain's error is half a unit in the last place of an f32
//! (−150 dB). Values are clamped to their ranges and a NaN counts as the default, so that no value of any parameter can
//! put a non-finite gain into the signal.
//!
//! Sources: the five pan laws are the field's standard curves (see [`PanLaw`]); width is the mid/side matrix with the side
//! scaled by *w*: L' = ((1 + w)·L + (1 − w)·R) / 2, and the same with L and R exchanged.

use crate::settings::{
    GroupSettings, InputMode, MAX_FADER_DB, MAX_TRIM_DB, MIN_DIM_DB, MasterSettings, PanLaw, SILENCE_DB,
    SendSettings, StripSettings,
};
use std::f64::consts::FRAC_PI_2;

/// Rows produce left and right, columns take left and right: `[[ll, lr], [rl, rr]]`.
pub(crate) type Matrix = [[f32; 2]; 2];

/// Passes left and right as they are.
pub(crate) const IDENTITY: Matrix = [[1.0, 0.0], [0.0, 1.0]];

fn clamped(value: f32, min: f32, max: f32, default: f32) -> f64 {
    f64::from(if value.is_nan() { default } else { value.clamp(min, max) })
}

fn db_to_gain(db: f64) -> f64 {
    10.0_f64.powf(db / 20.0)
}

/// Gain of a fader or level: exactly 0 at or below [`SILENCE_DB`], exactly 1 at 0 dB.
pub(crate) fn fader_gain(db: f32) -> f64 {
    let db = clamped(db, SILENCE_DB, MAX_FADER_DB, 0.0);
    if db <= f64::from(SILENCE_DB) { 0.0 } else { db_to_gain(db) }
}

/// Left and right gain of the balance control: 0 dB at the centre, the far side attenuated linearly, never a boost.
fn balance(percent: f32) -> [f64; 2] {
    let position = pan_position(percent);
    [(2.0 * (1.0 - position)).min(1.0), (2.0 * position).min(1.0)]
}

/// Percent −100…+100 to 0 (left) … 1 (right).
fn pan_position(percent: f32) -> f64 {
    (clamped(percent, -100.0, 100.0, 0.0) + 100.0) / 200.0
}

/// Left and right gain of a mono source by the instance's pan law.
fn pan(law: PanLaw, percent: f32) -> [f64; 2] {
    let right = pan_position(percent);
    let left = 1.0 - right;
    // The cosine is written as a sine, so that either end is exactly zero and the laws are exactly symmetric.
    let (sin_left, sin_right) = ((left * FRAC_PI_2).sin(), (right * FRAC_PI_2).sin());
    match law {
        PanLaw::Linear => [left, right],
        PanLaw::Compromise => [(left * sin_left).sqrt(), (right * sin_right).sqrt()],
        PanLaw::SineCosine => [sin_left, sin_right],
        PanLaw::SquareRoot => [left.sqrt(), right.sqrt()],
        PanLaw::Balanced => balance(percent),
    }
}

/// What stands before the strip's processing: input mode × trim × polarity.
pub(crate) fn input_matrix(strip: &StripSettings) -> Matrix {
    let trim = db_to_gain(clamped(strip.trim_db, -MAX_TRIM_DB, MAX_TRIM_DB, 0.0));
    let gain = (if strip.invert_polarity { -trim } else { trim }) as f32;
    match strip.input_mode {
        InputMode::Stereo => [[gain, 0.0], [0.0, gain]],
        InputMode::Swap => [[0.0, gain], [gain, 0.0]],
        InputMode::Left => [[gain, 0.0], [gain, 0.0]],
        InputMode::Right => [[0.0, gain], [0.0, gain]],
        InputMode::Mono => [[0.5 * gain; 2]; 2],
    }
}

/// What stands after the strip's processing: width, then pan or balance.
pub(crate) fn image_matrix(strip: &StripSettings, law: PanLaw) -> Matrix {
    let width = clamped(strip.width_percent, 0.0, 200.0, 100.0) / 100.0;
    let (same, other) = ((1.0 + width) / 2.0, (1.0 - width) / 2.0);
    let [left, right] =
        if strip.input_mode.is_mono() { pan(law, strip.pan_percent) } else { balance(strip.pan_percent) };
    [[(left * same) as f32, (left * other) as f32], [(right * other) as f32, (right * same) as f32]]
}

/// Gain of one path out of a strip, whose way is `open` or silenced by a solo.
pub(crate) fn send_gain(strip: &StripSettings, send: &SendSettings, open: bool) -> f32 {
    if strip.mute || !send.on || !open {
        return 0.0;
    }
    let fader = if send.pre_fader { 1.0 } else { fader_gain(strip.fader_db) };
    (fader_gain(send.level_db) * fader) as f32
}

/// Gain of a strip as its meter tells it, whose way is `open` or silenced by a solo: fader × mute × solo.
pub(crate) fn strip_gain(strip: &StripSettings, open: bool) -> f32 {
    if strip.mute || !open { 0.0 } else { fader_gain(strip.fader_db) as f32 }
}

/// Left and right gain of a group: balance × fader × mute.
pub(crate) fn group_gains(group: &GroupSettings) -> [f32; 2] {
    let fader = if group.mute { 0.0 } else { fader_gain(group.fader_db) };
    balance(group.balance_percent).map(|side| (side * fader) as f32)
}

/// Left and right gain of the master in front of the limiter: balance × fader.
pub(crate) fn master_gains(master: &MasterSettings) -> [f32; 2] {
    let fader = fader_gain(master.fader_db);
    balance(master.balance_percent).map(|side| (side * fader) as f32)
}

/// What stands behind the limiter and can only turn down: mono → dim → cut.
pub(crate) fn monitor_matrix(master: &MasterSettings) -> Matrix {
    if master.cut {
        return [[0.0; 2]; 2];
    }
    let dim = if master.dim { db_to_gain(clamped(master.dim_db, MIN_DIM_DB, 0.0, -20.0)) } else { 1.0 };
    if master.mono { [[(0.5 * dim) as f32; 2]; 2] } else { [[dim as f32, 0.0], [0.0, dim as f32]] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_exactly_the_identity() {
        let strip = StripSettings::default();
        assert_eq!(input_matrix(&strip), IDENTITY);
        assert_eq!(image_matrix(&strip, PanLaw::default()), IDENTITY);
        assert_eq!(send_gain(&strip, &strip.sends[0], true), 1.0);
        assert_eq!(group_gains(&GroupSettings::default()), [1.0; 2]);
        assert_eq!(master_gains(&MasterSettings::default()), [1.0; 2]);
        assert_eq!(monitor_matrix(&MasterSettings::default()), IDENTITY);
    }

    #[test]
    fn every_pan_law_is_symmetric_and_silent_on_the_far_side() {
        for law in
            [PanLaw::Linear, PanLaw::Compromise, PanLaw::SineCosine, PanLaw::SquareRoot, PanLaw::Balanced]
        {
            assert_eq!(pan(law, -100.0), [1.0, 0.0], "{law:?}");
            for percent in [0.0, 12.5, 50.0, 100.0] {
                let [left, right] = pan(law, percent);
                assert_eq!(pan(law, -percent), [right, left], "{law:?} at {percent}");
            }
        }
    }

    #[test]
    fn a_value_that_is_no_number_counts_as_the_default() {
        let strip = StripSettings {
            trim_db: f32::NAN,
            width_percent: f32::NAN,
            pan_percent: f32::NAN,
            fader_db: f32::NAN,
            ..StripSettings::default()
        };
        assert_eq!(input_matrix(&strip), IDENTITY);
        assert_eq!(image_matrix(&strip, PanLaw::default()), IDENTITY);
        assert_eq!(send_gain(&strip, &strip.sends[0], true), 1.0);
        assert_eq!(fader_gain(f32::INFINITY), db_to_gain(12.0));
        assert_eq!(fader_gain(f32::NEG_INFINITY), 0.0);
    }
}

//! A mix to look at: names, settings and levels, the same each time. No sound is played; the desk shows what it is told to.

use anyhow::{Context as _, Result};
use busbar::desk::{Desk, Levels, Tap};
pub use busbar::editor::SIZE;
use busbar::editor::{self, THEME};
use busbar::params::BusbarParams;
use busbar_engine::{Loudness, N_GROUPS, Reductions};
use nice_plug_vizia::prelude::*;
use std::sync::Arc;

/// Names of strips, from the first on. The rest have none, and the input of the last is not connected.
const NAMES: [&str; 14] = [
    "Kick", "Snare", "Hats", "Toms", "Room", "Bass", "Guitar L", "Guitar R", "Keys", "Pad", "Lead vox",
    "Backing", "Brass", "Strings",
];

/// What is not at its default: a parameter and its value as a person types it.
const SETTINGS: [(&str, &str); 26] = [
    ("s01_fader", "-3.5 dB"),
    ("s01_a_on", "on"),
    ("s02_fader", "-6 dB"),
    ("s02_pan", "L12"),
    ("s02_a_on", "on"),
    ("s02_a_level", "-9 dB"),
    ("s03_fader", "-14 dB"),
    ("s03_pan", "R40"),
    ("s03_trim", "6 dB"),
    ("s04_fader", "-10.5 dB"),
    ("s04_mute", "on"),
    ("s05_fader", "-18 dB"),
    ("s05_width", "150 %"),
    ("s05_polarity", "on"),
    ("s06_fader", "-4 dB"),
    ("s06_b_on", "on"),
    ("s06_b_level", "-12 dB"),
    ("s06_b_pre", "on"),
    ("s07_fader", "-8 dB"),
    ("s07_pan", "L100"),
    ("s07_solo", "on"),
    ("s08_fader", "-8 dB"),
    ("s08_pan", "R100"),
    ("s08_solo", "on"),
    ("ga_fader", "-2 dB"),
    ("m_fader", "-1 dB"),
];

/// A strip whose input broke, counted from 1.
const BROKEN_STRIP: usize = 3;

/// A page of a mix, in memory.
pub struct Scene {
    pub editor: Headless,
    desk: Arc<Desk>,
}

impl Scene {
    /// Busbar with this many strips at its first size.
    pub fn new(n_strips: usize, scale: f64) -> Result<Self> {
        let params = Arc::new(BusbarParams::new(n_strips));
        let desk = Desk::for_pictures(Arc::clone(&params));
        for (strip_idx, name) in NAMES.iter().take(n_strips).enumerate() {
            desk.set_strip_name(strip_idx, name);
        }
        let all = u64::MAX >> (64 - n_strips);
        desk.show_connected(all & !(1 << (n_strips - 1)));
        desk.show_quarantined(1 << (BROKEN_STRIP - 1));
        let scene = Self { editor: open(&params, &desk, scale), desk };
        let host = scene.editor.host().clone();
        for (id, text) in SETTINGS {
            let param = host.param_by_id(id).with_context(|| format!("there is no parameter {id}"))?;
            let value = param.parse(text).with_context(|| format!("{id} cannot be `{text}`"))?;
            host.change(&param, value);
        }
        scene.play(0.0);
        Ok(scene)
    }

    /// Lets every meter show the levels of a moment.
    pub fn play(&self, now_s: f64) {
        let n_strips = self.desk.n_strips();
        for strip_idx in 0..n_strips {
            // The last is not connected, the fourth is muted, and of all others some are quiet.
            let is_fed = strip_idx + 1 < n_strips;
            let level_db = -8.0 - 3.5 * ((strip_idx * 5) % 8) as f32;
            let fed_db = if is_fed { level_db + wobble_db(now_s, strip_idx) } else { f32::NEG_INFINITY };
            self.desk.show_levels(Tap::Input(strip_idx), levels(fed_db));
            let heard_db = if strip_idx == 3 { f32::NEG_INFINITY } else { fed_db - 2.0 };
            self.desk.show_levels(Tap::Strip(strip_idx), levels(heard_db));
            let is_reduced = |one_in: usize, rest: usize| is_fed && strip_idx % one_in == rest;
            let reductions = Reductions {
                gate_db: if is_reduced(4, 1) { 3.0 } else { 0.0 },
                compressor_db: if is_reduced(4, 2) { 4.0 + 0.2 * wobble_db(now_s, strip_idx) } else { 0.0 },
                limiter_db: 0.0,
            };
            self.desk.show_reductions(Tap::Strip(strip_idx), reductions);
        }
        for group_idx in 0..N_GROUPS {
            let level_db = -14.0 - 6.0 * group_idx as f32 + wobble_db(now_s, n_strips + group_idx);
            self.desk.show_levels(Tap::Group(group_idx), levels(level_db));
        }
        self.desk.show_levels(Tap::Master, levels(-1.5 + wobble_db(now_s, 2 * n_strips)));
        let reductions = Reductions { gate_db: 0.0, compressor_db: 1.5, limiter_db: 2.5 };
        self.desk.show_reductions(Tap::Master, reductions);
        let wobble = wobble_db(now_s, 2 * n_strips + 1);
        let loudness = Loudness {
            momentary_lufs: -13.2 + wobble,
            short_term_lufs: -14.6 + 0.3 * wobble,
            integrated_lufs: -14.1,
            range_lu: 5.3,
            true_peak: [1.22, 1.1],
            correlation: 0.62 + 0.05 * wobble,
            ..Loudness::SILENCE
        };
        self.desk.show_loudness(Tap::Master, &loudness, [-1.0; 2]);
    }
}

/// A page as somebody opens it, not drawn yet.
pub fn open(params: &Arc<BusbarParams>, desk: &Arc<Desk>, scale: f64) -> Headless {
    let (for_page, for_desk) = (Arc::clone(params), Arc::clone(desk));
    Headless::new(Arc::clone(params) as _, THEME, SIZE.0, SIZE.1, scale, move |cx| {
        editor::build(cx, &for_page, &for_desk);
    })
}

/// What a meter shows at a peak level: the left side 1 dB over the right one, the mean some way below.
fn levels(peak_db: f32) -> Levels {
    let gain = |level_db: f32| 10f32.powf(level_db / 20.0);
    let sides = |level_db: f32| [gain(level_db), gain(level_db - 1.0)];
    Levels { peak: sides(peak_db), rms: sides(peak_db - 9.0), hold: sides(peak_db + 3.0) }
}

/// Somewhere between −6 and 6 dB, another way for each meter; 0 at the beginning.
fn wobble_db(now_s: f64, meter: usize) -> f32 {
    let turns = now_s * (1.0 + 0.13 * meter as f64);
    (6.0 * (turns * std::f64::consts::TAU).sin()) as f32
}

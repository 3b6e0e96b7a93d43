//! Loudness, true peaks, correlation and needles on their way from the audio thread to the editor and to hosts.
//!
//! The audio thread stores what the engine reads; reading takes nothing away. What hosts may ask for lies in the
//! [`Readings`] of the guard's extension, which the desk shares.

use super::Tap;
use crate::guard::Readings;
use busbar_engine::{Loudness, N_GROUPS};
use std::sync::Arc;

/// How many figures the extension tells of a tap.
const N_FIGURES: usize = 9;

/// In the order in which the extension tells them.
fn figures(loudness: &Loudness) -> [f32; N_FIGURES] {
    let Loudness { true_peak: [left, right], .. } = *loudness;
    [
        loudness.momentary_lufs,
        loudness.short_term_lufs,
        loudness.integrated_lufs,
        loudness.range_lu,
        loudness.max_momentary_lufs,
        loudness.max_short_term_lufs,
        left,
        right,
        loudness.correlation,
    ]
}

/// What the taps behind faders read.
pub(super) struct LoudnessStore {
    n_strips: usize,
    readings: Arc<Readings>,
    /// Left and right beside each other, linear: whoever reads takes logarithms.
    needles: Readings,
}

impl LoudnessStore {
    pub(super) fn new(n_strips: usize) -> Self {
        let n_taps = n_strips + N_GROUPS + 1;
        Self {
            n_strips,
            readings: Arc::new(Readings::new((0..n_taps).flat_map(|_| figures(&Loudness::SILENCE)))),
            needles: Readings::new((0..2 * n_taps).map(|_| 0.0)),
        }
    }

    /// What hosts read.
    pub(super) fn readings(&self) -> &Arc<Readings> {
        &self.readings
    }

    /// The taps in the order in which they are stored.
    fn taps(&self) -> impl Iterator<Item = Tap> + use<> {
        (0..self.n_strips).map(Tap::Strip).chain((0..N_GROUPS).map(Tap::Group)).chain([Tap::Master])
    }

    fn place(&self, tap: Tap) -> Option<usize> {
        match tap {
            Tap::Strip(idx) if idx < self.n_strips => Some(idx),
            Tap::Group(idx) if idx < N_GROUPS => Some(self.n_strips + idx),
            Tap::Master => Some(self.n_strips + N_GROUPS),
            _ => None,
        }
    }

    /// Takes what the engine tells of its last block. Realtime-safe.
    pub(super) fn publish(&self, levels: busbar_engine::Levels<'_>) {
        for (place, tap) in self.taps().enumerate() {
            let (loudness, needle) = match tap {
                Tap::Strip(idx) => {
                    (levels.strip_loudness(idx), levels.needle_linear(busbar_engine::Tap::Strip(idx)))
                }
                Tap::Group(idx) => {
                    (levels.group_loudness(idx), levels.needle_linear(busbar_engine::Tap::Group(idx)))
                }
                _ => (levels.master_loudness(), levels.needle_linear(busbar_engine::Tap::Master)),
            };
            self.put(place, &loudness, needle);
        }
    }

    /// Sets what a tap shows, as if a block had brought it; needles in dB re their zero.
    pub(super) fn show(&self, tap: Tap, loudness: &Loudness, needle_db: [f32; 2]) {
        if let Some(place) = self.place(tap) {
            self.put(place, loudness, needle_db.map(|db| 10f32.powf(db / 20.0)));
        }
    }

    fn put(&self, place: usize, loudness: &Loudness, needle: [f32; 2]) {
        self.readings.store(N_FIGURES * place, figures(loudness));
        self.needles.store(2 * place, needle);
    }

    /// What a tap reads.
    pub(super) fn read(&self, tap: Tap) -> Loudness {
        let Some(place) = self.place(tap) else { return Loudness::SILENCE };
        let figure = |idx| self.readings.read_one(N_FIGURES * place + idx);
        Loudness {
            momentary_lufs: figure(0),
            short_term_lufs: figure(1),
            integrated_lufs: figure(2),
            range_lu: figure(3),
            max_momentary_lufs: figure(4),
            max_short_term_lufs: figure(5),
            true_peak: [figure(6), figure(7)],
            correlation: figure(8),
        }
    }

    /// Where a tap's needles stand, in dB re their zero.
    pub(super) fn needle(&self, tap: Tap) -> [f32; 2] {
        let Some(place) = self.place(tap) else { return [f32::NEG_INFINITY; 2] };
        [2 * place, 2 * place + 1].map(|side| 20.0 * self.needles.read_one(side).log10())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_of_every_tap_has_a_place_of_its_own() {
        let store = LoudnessStore::new(3);
        let loudness = |n: f32| Loudness {
            momentary_lufs: n,
            short_term_lufs: n + 0.1,
            integrated_lufs: n + 0.2,
            range_lu: n + 0.3,
            max_momentary_lufs: n + 0.4,
            max_short_term_lufs: n + 0.5,
            true_peak: [n + 0.6, n + 0.7],
            correlation: n + 0.8,
        };
        assert_eq!(store.read(Tap::Master), Loudness::SILENCE);
        for (n, tap) in store.taps().enumerate() {
            store.show(tap, &loudness(n as f32), [n as f32, n as f32 + 0.5]);
        }
        for (n, tap) in store.taps().enumerate() {
            assert_eq!(store.read(tap), loudness(n as f32), "{tap:?}");
            for (needle, shown) in store.needle(tap).into_iter().zip([n as f32, n as f32 + 0.5]) {
                // There and back through a power and a logarithm of f32.
                assert!((needle - shown).abs() < 1e-4, "{tap:?}");
            }
        }
        let n_taps = 3 + N_GROUPS + 1;
        assert_eq!(store.readings.n_figures(), n_taps * N_FIGURES);
        for missing in [Tap::Input(0), Tap::Strip(3), Tap::Group(N_GROUPS)] {
            assert_eq!(store.read(missing), Loudness::SILENCE);
        }
    }
}

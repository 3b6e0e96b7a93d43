//! Spectra on their way from the audio thread to the editor.

use std::f64::consts::TAU;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use busbar::desk::{Desk, ScopeFeed, Spectrum, Tap};
use busbar::guard::HostLink;
use busbar::params::BusbarParams;
use nice_assert_no_alloc::assert_no_alloc;

const RATE_HZ: f32 = 48_000.0;

fn desk() -> (Arc<Desk>, ScopeFeed) {
    let desk = Desk::new(Arc::new(BusbarParams::new(8)), HostLink::create());
    desk.set_sample_rates(RATE_HZ, RATE_HZ);
    let feed = desk.take_scope_feed().expect("the only one");
    assert!(desk.take_scope_feed().is_none());
    (desk, feed)
}

/// What the audio thread does with a block. Returns the tap that was wanted.
fn block(desk: &Desk, feed: &mut ScopeFeed, sides: [&[f32]; 2]) -> Option<Tap> {
    assert_no_alloc(|| {
        let tap = desk.scoped(feed)?;
        feed.push(sides);
        Some(tap)
    })
}

fn sine(frequency_hz: f64, amplitude: f64, n: usize) -> Vec<f32> {
    let step = TAU * frequency_hz / f64::from(RATE_HZ);
    (0..n).map(|idx| (amplitude * (step * idx as f64 + 0.3).sin()) as f32).collect()
}

/// Plays in blocks of 512 and reads after each.
fn play(desk: &Desk, feed: &mut ScopeFeed, spectrum: &mut Spectrum, [left, right]: [&[f32]; 2]) {
    for (left, right) in left.chunks(512).zip(right.chunks(512)) {
        assert_eq!(block(desk, feed, [left, right]), Some(spectrum.tap()));
        assert!(spectrum.update());
    }
}

fn db(power: f32) -> f32 {
    10.0 * power.log10()
}

/// The bin with the most power.
fn top(power: &[f32]) -> usize {
    (0..power.len()).max_by(|a, b| power[*a].total_cmp(&power[*b])).expect("bins")
}

#[test]
fn a_sine_stands_where_it_belongs_with_the_level_that_it_has() {
    let (desk, mut feed) = desk();
    let mut spectrum = desk.open_spectrum(Tap::Master).expect("nobody reads");
    let bin_hz = spectrum.bin_hz();
    assert!((bin_hz - 48_000.0 / 4_096.0).abs() < 1e-3, "85 ms: {bin_hz}");
    // In the middle of a bin, and between two of them.
    let frequencies_hz = [100.0, 200.5].map(|bin| bin * f64::from(bin_hz));
    let left = sine(frequencies_hz[0], 1.0, 8_192);
    let right = sine(frequencies_hz[1], 0.1, 8_192);
    play(&desk, &mut feed, &mut spectrum, [&left, &right]);
    let [left, right] = spectrum.power();
    assert_eq!((left.len(), top(left)), (2_049, 100));
    // 48,000 samples of f32 have no more than this.
    assert!(db(left[100]).abs() < 0.001, "{}", db(left[100]));
    assert!([200, 201].contains(&top(right)));
    // The scalloping loss of this window is 0.83 dB (Harris, table 1).
    assert!((db(right[200]) + 20.83).abs() < 0.01, "{}", db(right[200]));
    // Behind the main lobe, four bins to either side, the side lobes of the sine itself at -92 dB.
    for (bin, power) in left.iter().enumerate().filter(|(bin, _)| bin.abs_diff(100) > 4) {
        assert!(db(*power) < -91.9, "bin {bin}: {} dB", db(*power));
    }
}

#[test]
fn direct_current_and_the_highest_frequency_have_their_level_too() {
    let (desk, mut feed) = desk();
    let mut spectrum = desk.open_spectrum(Tap::Group(2)).expect("nobody reads");
    let steady = vec![0.5; 4_096];
    let alternating: Vec<f32> = (0..4_096).map(|idx| if idx % 2 == 0 { 0.5 } else { -0.5 }).collect();
    play(&desk, &mut feed, &mut spectrum, [&steady, &alternating]);
    let [left, right] = spectrum.power();
    assert!((db(left[0]) + 6.0206).abs() < 0.001 && (db(right[2_048]) + 6.0206).abs() < 0.001);
}

#[test]
fn samples_go_into_the_ring_only_while_somebody_reads() {
    let (desk, mut feed) = desk();
    let noise = sine(1_000.0, 0.5, 512);
    let sides = [&noise[..], &noise[..]];
    assert_eq!(block(&desk, &mut feed, sides), None, "nobody reads");
    let mut spectrum = desk.open_spectrum(Tap::Strip(3)).expect("nobody reads");
    assert!(desk.open_spectrum(Tap::Master).is_none(), "somebody reads");
    assert!(!spectrum.update(), "no block came yet");
    assert_eq!(block(&desk, &mut feed, sides), Some(Tap::Strip(3)));
    assert!(spectrum.update() && !spectrum.update());
    drop(spectrum);
    assert_eq!(block(&desk, &mut feed, sides), None, "nobody reads any more");
    let spectrum = desk.open_spectrum(Tap::Input(0)).expect("nobody reads");
    assert_eq!(block(&desk, &mut feed, sides), Some(Tap::Input(0)));
    drop(spectrum);
}

#[test]
fn another_tap_has_nothing_of_the_one_before() {
    let (desk, mut feed) = desk();
    let mut spectrum = desk.open_spectrum(Tap::Strip(0)).expect("nobody reads");
    let loud = vec![1.0; 600];
    let silent = vec![0.0; 600];
    block(&desk, &mut feed, [&loud, &loud]);
    // Not read yet, and more comes before the audio thread knows.
    spectrum.set_tap(Tap::Strip(1));
    assert!(!spectrum.update());
    assert_eq!(block(&desk, &mut feed, [&silent, &silent]), Some(Tap::Strip(1)));
    assert!(spectrum.update());
    assert!(spectrum.power().iter().all(|power| power.iter().all(|power| *power == 0.0)));
    // The next reader begins with silence as well, whatever was left behind.
    block(&desk, &mut feed, [&loud, &loud]);
    drop(spectrum);
    let mut spectrum = desk.open_spectrum(Tap::Strip(1)).expect("nobody reads");
    block(&desk, &mut feed, [&silent, &silent]);
    assert!(spectrum.update());
    assert!(spectrum.power().iter().all(|power| power.iter().all(|power| *power == 0.0)));
}

#[test]
fn who_looks_away_for_long_finds_the_newest_and_no_seam() {
    let (desk, mut feed) = desk();
    let mut spectrum = desk.open_spectrum(Tap::Master).expect("nobody reads");
    let bin_hz = f64::from(spectrum.bin_hz());
    let long = sine(50.0 * bin_hz, 1.0, 48_000);
    for chunk in long.chunks(500) {
        block(&desk, &mut feed, [chunk, chunk]);
    }
    // The ring is full of the oldest.
    assert!(spectrum.update());
    assert!(db(spectrum.power()[0][50]).abs() < 0.001);
    // What comes now does not join what was read.
    let next = sine(50.0 * bin_hz, 1.0, 4_000);
    block(&desk, &mut feed, [&next, &next]);
    assert!(spectrum.update());
    let lone = {
        let (desk, mut feed) = self::desk();
        let mut spectrum = desk.open_spectrum(Tap::Master).expect("nobody reads");
        block(&desk, &mut feed, [&next, &next]);
        spectrum.update();
        spectrum.power()[0].to_vec()
    };
    assert_eq!(spectrum.power()[0], lone);
}

#[test]
fn the_window_follows_the_rate_and_broken_samples_break_no_bin() {
    let (desk, mut feed) = desk();
    let mut spectrum = desk.open_spectrum(Tap::Input(7)).expect("nobody reads");
    for rate_hz in [44_100.0, 88_200.0, 192_000.0, 48_000.0] {
        desk.set_sample_rates(rate_hz, 96_000.0);
        block(&desk, &mut feed, [&[f32::NAN, f32::INFINITY], &[1.0, 1.0]]);
        assert!(spectrum.update());
        let window_ms = 1e3 / spectrum.bin_hz();
        assert!((60.0..120.0).contains(&window_ms), "{rate_hz}: {window_ms} ms");
        let [left, right] = spectrum.power();
        assert!(left.iter().all(|power| *power == 0.0), "{rate_hz}");
        assert!(right.iter().all(|power| power.is_finite()) && right[3] > 0.0, "{rate_hz}");
    }
    // A strip has the engine's rate.
    spectrum.set_tap(Tap::Strip(7));
    block(&desk, &mut feed, [&[1.0], &[1.0]]);
    assert!(spectrum.update());
    assert_eq!(spectrum.bin_hz(), 96_000.0 / 8_192.0);
}

#[test]
fn the_audio_thread_and_a_reader_go_on_side_by_side() {
    let (desk, mut feed) = desk();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            // Strip 1 has 0.5, all else 0.25.
            while !is_over.load(Ordering::Relaxed) {
                assert_no_alloc(|| match desk.scoped(&mut feed) {
                    Some(Tap::Strip(1)) => feed.push([&[0.5; 64], &[0.5; 64]]),
                    Some(_) => feed.push([&[0.25; 64], &[0.25; 64]]),
                    None => {}
                });
            }
        });
        for round in 0..60 {
            let mut spectrum = desk.open_spectrum(Tap::Master).expect("nobody reads");
            for (tap, level) in [(Tap::Strip(1), 0.5), (Tap::Group(0), 0.25)] {
                spectrum.set_tap(tap);
                // Until the window is full of the new tap.
                while (spectrum.power()[0][0].sqrt() - level).abs() > 1e-4 {
                    if spectrum.update() {
                        let largest = spectrum.power()[0][0].sqrt();
                        assert!(largest < level + 1e-4, "round {round}: {largest} of {tap:?}");
                    }
                }
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

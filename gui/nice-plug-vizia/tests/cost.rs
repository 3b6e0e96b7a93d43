//! What an idle editor costs. Run by hand: `cargo test --release -p nice-plug-vizia --test cost -- --ignored --nocapture`.

mod support;

use std::time::Instant;

use nice_plug_vizia::prelude::*;
use support::{TestParams, open};

#[test]
#[ignore = "measures; nothing to fail"]
fn an_idle_tick_with_600_polls() {
    let params = TestParams::new();
    let page = std::sync::Arc::clone(&params);
    let mut editor = open(&params, move |cx| {
        let gain = cx.data::<Host>().param(&page.gain);
        for _ in 0..30 {
            let gain = gain.clone();
            HStack::new(cx, move |cx| {
                for _ in 0..20 {
                    let gain = gain.clone();
                    let mut shown = f32::NAN;
                    Element::new(cx).size(Pixels(8.0)).poll(move |_| {
                        let value = gain.modulated();
                        std::mem::replace(&mut shown, value) != value
                    });
                }
            });
        }
    });
    assert_eq!(editor.polls(), 600);
    let n_ticks = 10_000;
    let start = Instant::now();
    for _ in 0..n_ticks {
        assert!(!editor.tick(0.016));
    }
    let tick_us = start.elapsed().as_secs_f64() * 1e6 / f64::from(n_ticks);
    println!("idle tick: {tick_us:.1} µs, {:.2} % of a core at 62.5 ticks a second", tick_us * 62.5 / 1e4);
}

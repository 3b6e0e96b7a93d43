//! What frames of the editor cost: `cargo xtask frames`.
//!
//! Busbar 16 in its first size, in memory, on one thread; what a window adds is the copy to the screen. Time is the thread's own, so that
//! what else runs on the machine does not count. The aims are those of the design.

#[path = "../peers/clock.rs"]
mod clock;
#[path = "../shots/scene.rs"]
mod scene;

use anyhow::{Result, bail};
use busbar::desk::Desk;
use busbar::params::BusbarParams;
use clock::thread_time;
use scene::{Scene, open};
use std::process::ExitCode;
use std::sync::Arc;

const N_STRIPS: usize = 16;

/// Between two ticks of the editor's window.
const FRAME_S: f32 = 0.016;

/// Frames that a figure is the median of.
const N_FRAMES: usize = 400;

/// Openings and full redraws that a figure is the median of.
const N_TIMES: usize = 15;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("frames: an aim was missed; see above");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("frames: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    if cfg!(debug_assertions) {
        bail!(
            "this build checks itself and is slower for it: `cargo xtask frames` builds the one that ships"
        );
    }
    let mut report = Report { is_met: true };
    println!(
        "Busbar {N_STRIPS}, {} × {}, CPU time      median     95 %  largest      aim",
        scene::SIZE.0,
        scene::SIZE.1
    );

    report.line("opening: build, first tick, first frame", opening(), "ms", Some(150.0));
    let mut scene = Scene::new(N_STRIPS, 1.0)?;
    scene.editor.settle();
    report.line("full redraw", full_redraw(&mut scene), "ms", Some(12.0));

    let (ticks, draws) = moving(&mut scene);
    let frames = ticks.iter().zip(&draws).map(|(tick, draw)| tick + draw).collect();
    report.line("all meters moving: tick", ticks, "ms", None);
    report.line("all meters moving: draw", draws, "ms", None);
    report.line("all meters moving: frame", frames, "ms", Some(4.0));
    report.line("a knob turning: frame", turning(&mut scene), "ms", None);

    // In each tick of one second, nothing moves: percent of a core.
    scene.editor.settle();
    report.line("idle, of a core", idle(&mut scene)?, "%", Some(1.0));
    Ok(report.is_met)
}

/// Lines of the table, and whether all medians met their aims.
struct Report {
    is_met: bool,
}

impl Report {
    fn line(&mut self, what: &str, mut figures: Vec<f64>, unit: &str, aim: Option<f64>) {
        figures.sort_by(f64::total_cmp);
        let at = |part: f64| figures[(part * (figures.len() - 1) as f64).round() as usize];
        let (median, most, largest) = (at(0.5), at(0.95), at(1.0));
        let verdict = match aim {
            Some(aim) if median <= aim => format!("≤ {aim} {unit}, met"),
            Some(aim) => {
                self.is_met = false;
                format!("≤ {aim} {unit}, MISSED")
            }
            None => String::new(),
        };
        println!("{what:<40} {median:>8.3} {most:>8.3} {largest:>8.3} {unit:<2} {verdict}");
    }
}

/// The time that something takes, in ms.
fn time_ms(work: impl FnOnce()) -> f64 {
    let start = thread_time();
    work();
    (thread_time() - start).as_secs_f64() * 1e3
}

fn opening() -> Vec<f64> {
    let params = Arc::new(BusbarParams::new(N_STRIPS));
    let desk = Desk::for_pictures(Arc::clone(&params));
    let times = (0..N_TIMES).map(|_| {
        let mut editor = None;
        let time = time_ms(|| {
            editor.insert(open(&params, &desk, 1.0)).tick(FRAME_S);
        });
        drop(editor);
        time
    });
    times.collect()
}

fn full_redraw(scene: &mut Scene) -> Vec<f64> {
    let times = (0..N_TIMES).map(|_| {
        scene.editor.damage_all();
        time_ms(|| {
            scene.editor.draw();
        })
    });
    times.collect()
}

/// Ticks and draws apart.
fn moving(scene: &mut Scene) -> (Vec<f64>, Vec<f64>) {
    let times = (0..N_FRAMES).map(|frame| {
        scene.play(f64::from(FRAME_S) * frame as f64);
        let tick = time_ms(|| scene.editor.update(FRAME_S));
        let draw = time_ms(|| {
            scene.editor.draw();
        });
        (tick, draw)
    });
    times.unzip()
}

fn turning(scene: &mut Scene) -> Vec<f64> {
    scene.editor.settle();
    let host = scene.editor.host().clone();
    let pan = host.param_by_id("s02_pan").expect("there are at least two strips");
    let times = (0..N_FRAMES).map(|frame| {
        host.change(&pan, (frame % 100) as f32 / 100.0);
        time_ms(|| {
            scene.editor.tick(FRAME_S);
        })
    });
    times.collect()
}

fn idle(scene: &mut Scene) -> Result<Vec<f64>> {
    let ticks_per_s = (1.0 / FRAME_S) as usize;
    let mut percents = Vec::new();
    for _ in 0..N_TIMES {
        let mut n_drawn = 0;
        let second = time_ms(|| n_drawn = (0..ticks_per_s).filter(|_| scene.editor.tick(FRAME_S)).count());
        if n_drawn > 0 {
            bail!("{n_drawn} frames were drawn while nothing moved");
        }
        // Of 1000 ms.
        percents.push(second / 10.0);
    }
    Ok(percents)
}

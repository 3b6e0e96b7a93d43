//! What is measured, as tables, and the targets that follow from them. Numbers of targets are those of `docs/PERFORMANCE.md`.

use crate::faust::Faust;
use crate::limiter::{self, OurLimiter};
use crate::ours::Ours;
use crate::report::{Bound, Targets, head, row};
use crate::rounds::{Contestant, medians};
use crate::scalar::Scalar;
use crate::work::{self, LOOP_FRAMES, Mixer, RATE_HZ, Signal, output};
use crate::worst_block::{self, PARTS};
use busbar_engine::SimdPath;
use std::error::Error;
use std::path::Path;

/// Strips and frames of each mix that is timed.
const CELLS: [(usize, usize); 4] = [(8, 64), (8, 512), (32, 64), (32, 512)];

/// The blocks that limiters are timed in.
const LIMITER_FRAMES: [usize; 2] = [64, 512];

/// The peer of target 1.
const FAUST: &str = "Faust -vec";

/// What stands for the naive engine of target 2.
const SCALAR: &str = "scalar reference";

/// Faust's mixes, by name and file. The controls of all but one never change, which no mixer can have; `tf21t` is the
/// standard library's form of a filter that came out fastest.
const FAUST_MIXES: [(&str, &str); 4] = [
    (FAUST, "-vec"),
    ("Faust scalar", ""),
    ("Faust -vec, settable", "_settable-vec"),
    ("Faust -vec, tf21t", "_fastest-vec"),
];

/// Faust's mixes of so many strips; none without a folder to find them in.
pub fn faust_mixes(
    peers: Option<&Path>,
    n_strips: usize,
) -> Result<Vec<(&'static str, Faust)>, Box<dyn Error>> {
    let Some(peers) = peers else { return Ok(Vec::new()) };
    let load = |(name, file): (&'static str, &str)| {
        Ok((name, Faust::load(&peers.join(format!("libmix_{n_strips}{file}.so")), RATE_HZ)?))
    };
    FAUST_MIXES.into_iter().map(load).collect()
}

/// Somebody who mixes, by name.
type Named = (&'static str, Box<dyn Mixer>);

/// Who mixes, in the order of the table.
fn mixers(peers: &Path, n_strips: usize) -> Result<Vec<Named>, Box<dyn Error>> {
    let settings = work::settings(n_strips);
    let mut all: Vec<Named> = Vec::new();
    for path in SimdPath::all() {
        all.push((path.name(), Box::new(Ours::new(path, RATE_HZ, &settings))));
    }
    all.push((SCALAR, Box::new(Scalar::new(RATE_HZ, &settings))));
    for (name, faust) in faust_mixes(Some(peers), n_strips)? {
        all.push((name, Box::new(faust)));
    }
    Ok(all)
}

/// Medians in µs, by contestant and cell.
struct Table {
    rows: Vec<(&'static str, Vec<f64>)>,
}

impl Table {
    fn of(&self, name: &str) -> &[f64] {
        self.rows.iter().find(|(row, _)| *row == name).map_or(&[], |(_, figures)| figures)
    }

    fn print(&self, title: &str, columns: &[String]) {
        head(title, columns);
        self.rows.iter().for_each(|(name, figures)| row(name, figures));
    }

    /// How many times as fast everybody is as one of them.
    fn print_against(&self, peer: &str, columns: &[String]) {
        head(&format!("times as fast as {peer}"), columns);
        for (name, figures) in &self.rows {
            let ratios: Vec<f64> = figures.iter().zip(self.of(peer)).map(|(own, peer)| peer / own).collect();
            row(name, &ratios);
        }
    }
}

/// Times every contestant in every cell, all of them in the same rounds.
fn time<'a>(cells: &[(&'a Signal, usize)], contestants: Vec<Vec<Named>>, n_rounds: usize) -> Table {
    let names: Vec<&str> = contestants[0].iter().map(|(name, _)| *name).collect();
    let mut turns: Vec<Contestant<'a>> = Vec::new();
    for (&(signal, block_frames), mixers) in cells.iter().zip(contestants) {
        for (_, mut mixer) in mixers {
            let mut output = output(signal.n_frames());
            mixer.settle(signal, block_frames, &mut output);
            let blocks = signal.n_frames() / block_frames;
            turns.push(Contestant::new(blocks, move || mixer.mix_all(signal, block_frames, &mut output)));
        }
    }
    let micros = medians(&mut turns, n_rounds);
    let figures = |idx: usize| micros.iter().skip(idx).step_by(names.len()).copied().collect();
    Table { rows: names.iter().enumerate().map(|(idx, name)| (*name, figures(idx))).collect() }
}

/// The mixes, and targets 1 to 3.
pub fn mixes(peers: &Path, is_quick: bool, targets: &mut Targets) -> Result<(), Box<dyn Error>> {
    let signals = CELLS.map(|(n_strips, _)| Signal::noise(n_strips, LOOP_FRAMES, 1));
    let cells: Vec<(&Signal, usize)> = signals.iter().zip(CELLS.map(|(_, frames)| frames)).collect();
    let contestants: Result<Vec<_>, _> = CELLS.iter().map(|&(n_strips, _)| mixers(peers, n_strips)).collect();
    let table = time(&cells, contestants?, if is_quick { 15 } else { 151 });
    let columns = CELLS.map(|(n_strips, n_frames)| format!("{n_strips} × {n_frames}"));
    table.print("µs per block, strips × frames", &columns);
    table.print_against(FAUST, &columns);
    table.print_against(SCALAR, &columns);
    println!();

    let worst_ratio = |peer: &str, name: &str| {
        let [own, peer] = [table.of(name), table.of(peer)];
        (0..2).map(|cell| peer[cell] / own[cell]).fold(f64::INFINITY, f64::min)
    };
    for (name, times) in [("AVX2", 6.0), ("AVX-512", 10.0), ("SSE2", 2.0)] {
        if !table.of(name).is_empty() {
            targets.judge(1, name, worst_ratio(FAUST, name), Bound::AtLeast(times));
        }
    }
    if !table.of("AVX2").is_empty() {
        targets.judge(2, "AVX2", worst_ratio(SCALAR, "AVX2"), Bound::AtLeast(9.0));
    }
    for name in SimdPath::all().map(SimdPath::name) {
        let own = table.of(name);
        for (few, many) in [(0, 2), (1, 3)] {
            let of = format!("{name}, 32 strips re 8, {} frames", CELLS[few].1);
            targets.judge(3, &of, own[many] / own[few], Bound::AtMost(4.2));
        }
        for (short, long) in [(0, 1), (2, 3)] {
            let of = format!("{name}, a frame in 64 re one in 512, {} strips", CELLS[short].0);
            targets.judge(3, &of, own[short] * 8.0 / own[long], Bound::AtMost(1.15));
        }
    }
    Ok(())
}

/// The limiters, and target 4.
pub fn limiters(peers: &Path, is_quick: bool, targets: &mut Targets) -> Result<(), Box<dyn Error>> {
    let signal = limiter::signal(LOOP_FRAMES);
    let cells = LIMITER_FRAMES.map(|frames| (&signal, frames));
    let contestants: Result<Vec<_>, Box<dyn Error>> = LIMITER_FRAMES
        .iter()
        .map(|_| {
            let ours: Box<dyn Mixer> = Box::new(OurLimiter::new());
            let faust: Box<dyn Mixer> = Box::new(Faust::load(&peers.join("liblimiter.so"), RATE_HZ)?);
            Ok(vec![("Busbar", ours), ("Faust scalar", faust)])
        })
        .collect();
    let table = time(&cells, contestants?, if is_quick { 50 } else { 401 });
    table.print("limiter, 5 ms, stereo, µs", &LIMITER_FRAMES.map(|frames| frames.to_string()));
    println!();
    for (idx, n_frames) in LIMITER_FRAMES.into_iter().enumerate() {
        let ratio = table.of("Busbar")[idx] / table.of("Faust scalar")[idx];
        targets.judge(4, &format!("{n_frames} frames, limiter re Faust's"), ratio, Bound::AtMost(0.75));
    }
    Ok(())
}

/// Target 7.
pub fn worst_blocks(is_quick: bool, targets: &mut Targets) {
    let n_replays = if is_quick { 10 } else { 100 };
    let mut judged = Vec::new();
    head(
        &format!("{} strips, all stages, µs", worst_block::N_STRIPS),
        &[["first", "typical", "worst"].as_slice(), &PARTS]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    );
    for path in SimdPath::all() {
        for n_frames in [64, 512] {
            let outcome = worst_block::play(path, n_frames, n_replays);
            let name = format!("{}, {n_frames} frames", path.name());
            row(
                &name,
                &[[outcome.first, outcome.typical, outcome.worst].as_slice(), &outcome.parts].concat(),
            );
            let of = format!("{name}, worst block (in {}) re typical", outcome.worst_in);
            judged.push((of, outcome.worst / outcome.typical));
        }
    }
    println!();
    judged.iter().for_each(|(of, ratio)| targets.judge(7, of, *ratio, Bound::AtMost(1.1)));
}

/// Runs one work for so many blocks and says nothing, for a tool that counts instructions or samples: "mix:8:512",
/// "limiter:1:64", and with a path "mix:8:512:AVX2".
pub fn count(what: &str, n_blocks: usize) -> Result<(), Box<dyn Error>> {
    let mut parts = what.split(':');
    let mut next = || parts.next().ok_or("a work is called mix:STRIPS:FRAMES or limiter:1:FRAMES");
    let (kind, n_strips, block_frames) = (next()?, next()?.parse()?, next()?.parse::<usize>()?);
    let path = next().unwrap_or(SimdPath::detect().name());
    let path = SimdPath::all().find(|known| known.name() == path).ok_or("this CPU has no such path")?;
    let (mut mixer, signal): (Box<dyn Mixer>, _) = match kind {
        "limiter" => (Box::new(OurLimiter::new()), limiter::signal(LOOP_FRAMES)),
        _ => {
            let ours = Ours::new(path, RATE_HZ, &work::settings(n_strips));
            (Box::new(ours), Signal::noise(n_strips, LOOP_FRAMES, 1))
        }
    };
    let mut output = output(LOOP_FRAMES);
    for block_idx in 0..n_blocks {
        let start = block_idx * block_frames % LOOP_FRAMES;
        mixer.mix(&signal, start..start + block_frames, &mut output);
    }
    Ok(())
}

//! Broken bus layouts by the thousand: whatever a host offers, the plugin plays what is there, and nothing else moves.

mod guard_support;

use std::sync::atomic::Ordering;

use fastrand::Rng;
use guard_support::log::logged;
use guard_support::*;

/// Any number of buses of any shape, channels that share memory, null in every place.
fn random_block(rng: &mut Rng, gain_before: f32) -> Block {
    let mut block = Block::new(rng.usize(0..12), rng.usize(0..9));
    // Little memory: much of it is shared. Much memory: little is.
    let n_channels = if rng.bool() { block.memory.n_channels() } else { rng.usize(1..8) };
    for bus in block.inputs.iter_mut().chain(&mut block.outputs) {
        bus.flags = rng.u64(..);
        match rng.u32(0..10) {
            0 => bus.channels.clear(),
            1 => bus.channels.truncate(1),
            2 => bus.null_table = true,
            3 => bus.channels.extend((0..rng.usize(1..5)).map(|_| Some(0))),
            4 => bus.channels = vec![None; rng.usize(0..4)],
            _ => {}
        }
        for channel in &mut bus.channels {
            match rng.u32(0..12) {
                0 => *channel = None,
                1..=5 => *channel = channel.map(|_| rng.usize(0..n_channels)),
                _ => {}
            }
        }
    }
    if rng.u32(0..6) == 0 {
        // In place, all of it.
        for (input, output) in block.inputs.iter().zip(&mut block.outputs) {
            *output = input.clone();
        }
    }
    if rng.u32(0..10) == 0 {
        block.null_inputs = true;
    }
    block.frames = if rng.u32(0..20) == 0 { 0 } else { rng.usize(1..=MAX_FRAMES) };
    let mut times: Vec<i64> =
        (0..rng.usize(0..5).pow(3)).map(|_| rng.i64(0..block.frames.max(1) as i64)).collect();
    times.sort_unstable();
    block.gains = times.into_iter().map(|time| (time, f32::from(rng.u8(0..=8)) / 8.0)).collect();
    block.gain_before = gain_before;
    block
}

fn storm<const N: usize>(seed: u64, n_blocks: usize) {
    let lines = logged(|| {
        in_both_formats_active::<N>(|instance| {
            let mut rng = Rng::with_seed(seed);
            for _ in 0..n_blocks {
                let mut block = random_block(&mut rng, instance.gain() as f32);
                process_and_check(instance, &mut block, N);
            }
            let n_played = instance.probe().n_blocks.load(Ordering::SeqCst);
            assert!(
                n_played > n_blocks * 3 / 4,
                "{}: most blocks are to be played: {n_played}",
                instance.format()
            );
        });
    });
    assert!(lines.is_empty(), "{lines:#?}");
}

#[test]
fn eight_strips_weather_the_storm() {
    storm::<8>(1, 4000);
}

#[test]
fn thirty_two_strips_weather_the_storm() {
    storm::<32>(2, 1000);
}

//! Meters beside the mix: measuring every stem, group and the mix takes longer than mixing them, so it has threads of its own.
//!
//! A track belongs to one thread, and what a meter says does not depend on how its sound is cut, so the figures are the same
//! for any number of threads.

use crate::audio::{Figures, Meter};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

/// Both sides of a piece of sound.
pub(super) type Sides = [Vec<f32>; 2];

/// How much of a track is handed over at once: less costs more wake-ups, more costs memory.
const PIECE_FRAMES: usize = 8192;

/// How many pieces may wait for a thread. The mix waits when there are more, so that memory stays bounded.
const MAX_WAITING: usize = 32;

/// The meters of all tracks.
pub(super) struct Metering {
    /// What has not been handed over yet, by track.
    pending: Vec<Sides>,
    workers: Vec<Worker>,
    /// Pieces that were measured, to be filled again.
    spare: Receiver<Sides>,
}

struct Worker {
    pieces: SyncSender<(usize, Sides)>,
    thread: JoinHandle<Vec<Figures>>,
}

impl Metering {
    /// Meters of this kind for this many tracks.
    pub fn new(n_tracks: usize, new_meter: impl Fn() -> Meter) -> Self {
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from).min(n_tracks).max(1);
        let (give_back, spare) = channel();
        let workers = (0..n_threads).map(|worker_idx| {
            let n_own = (n_tracks + n_threads - 1 - worker_idx) / n_threads;
            let meters: Vec<Meter> = (0..n_own).map(|_| new_meter()).collect();
            let (pieces, inbox) = sync_channel(MAX_WAITING);
            let give_back = give_back.clone();
            let thread = std::thread::spawn(move || measure(meters, n_threads, &inbox, &give_back));
            Worker { pieces, thread }
        });
        Self { pending: vec![Sides::default(); n_tracks], workers: workers.collect(), spare }
    }

    /// Measures frames of a track.
    pub fn add(&mut self, track_idx: usize, left: &[f32], right: &[f32]) {
        let pending = &mut self.pending[track_idx];
        pending[0].extend_from_slice(left);
        pending[1].extend_from_slice(right);
        if pending[0].len() >= PIECE_FRAMES {
            self.hand_over(track_idx);
        }
    }

    /// The figures of all tracks, in their order.
    pub fn finish(mut self) -> Vec<Figures> {
        (0..self.pending.len()).for_each(|track_idx| self.hand_over(track_idx));
        let n_tracks = self.pending.len();
        let finish_one = |Worker { pieces, thread }| {
            // Without a sender the thread comes to its end.
            drop(pieces);
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        let by_worker: Vec<Vec<Figures>> = self.workers.into_iter().map(finish_one).collect();
        let n_threads = by_worker.len();
        (0..n_tracks).map(|track_idx| by_worker[track_idx % n_threads][track_idx / n_threads]).collect()
    }

    fn hand_over(&mut self, track_idx: usize) {
        let fresh = self.spare.try_recv().unwrap_or_default();
        let piece = std::mem::replace(&mut self.pending[track_idx], fresh);
        let n_threads = self.workers.len();
        // A thread that is gone has panicked, which `finish` passes on.
        let _ = self.workers[track_idx % n_threads].pieces.send((track_idx, piece));
    }
}

/// Measures what comes in until nobody sends any more. A worker's tracks are `n_threads` apart.
fn measure(
    mut meters: Vec<Meter>,
    n_threads: usize,
    inbox: &Receiver<(usize, Sides)>,
    give_back: &Sender<Sides>,
) -> Vec<Figures> {
    for (track_idx, mut piece) in inbox {
        meters[track_idx / n_threads].add(&piece[0], &piece[1]);
        piece.iter_mut().for_each(Vec::clear);
        // Nobody takes it back once the mix is complete.
        let _ = give_back.send(piece);
    }
    meters.iter().map(Meter::figures).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_track_is_measured_by_its_own_meter_for_any_number_of_tracks() {
        for n_tracks in [1, 2, 3, 17] {
            let mut metering = Metering::new(n_tracks, || Meter::new(48_000));
            let mut meters: Vec<Meter> = (0..n_tracks).map(|_| Meter::new(48_000)).collect();
            let mut random = fastrand::Rng::with_seed(n_tracks as u64);
            for n in [1, 512, 8191, 20_000, 3] {
                for (track_idx, meter) in meters.iter_mut().enumerate() {
                    let level = 1.0 / (track_idx + 2) as f32;
                    let mut side = || (0..n).map(|_| level * (random.f32() - 0.5)).collect::<Vec<_>>();
                    let (left, right) = (side(), side());
                    metering.add(track_idx, &left, &right);
                    meter.add(&left, &right);
                }
            }
            let expected: Vec<Figures> = meters.iter().map(Meter::figures).collect();
            assert_eq!(metering.finish(), expected, "{n_tracks} tracks");
        }
    }
}

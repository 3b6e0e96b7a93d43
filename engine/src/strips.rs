//! A group of [`LANES`] channel strips, side by side, and the matrix that sends them on.
//!
//! ```text
//! feed → clean → A (input mode × trim × polarity) → B (width, pan) → × send gain → bus lanes
//! ```
//!
//! A and B are 2 × 2 matrices; every entry and every send gain has a ramp of its own. Filters and dynamics have their place
//! between A and B. State: the ramps, and which strips are quarantined until the end of the tile. Latency: none.

use crate::buses::BusTile;
use crate::engine::StereoIn;
use crate::gains::{self, IDENTITY};
use crate::lanes::{
    Channels, LANES, Lanes, StereoTile, TILE_FRAMES, clean, first_non_finite, sum_lanes, transpose,
};
use crate::ramp::{LaneMatrixRamp, LaneRamp};
use crate::routing::SoloState;
use crate::settings::{Destination, N_DESTINATIONS, N_GROUPS, PanLaw, StripSettings};
use std::ops::Range;

/// Every place that lanes are added into: the destinations of sends, and after them the unity sum that bypass plays.
pub(crate) const N_BUSES: usize = N_DESTINATIONS + 1;

/// The index of the unity sum of all inputs.
pub(crate) const DRY_BUS: usize = N_DESTINATIONS;

/// Sums of strips that are still in lanes, for one segment of a tile.
pub(crate) struct BusLanes {
    tiles: [StereoTile; N_BUSES],
    used: [bool; N_BUSES],
}

impl BusLanes {
    pub(crate) const EMPTY: Self = Self { tiles: [StereoTile::ZERO; N_BUSES], used: [false; N_BUSES] };

    /// Forgets the last segment. Costs nothing: a bus is cleared when it is first used.
    pub(crate) fn clear(&mut self) {
        self.used = [false; N_BUSES];
    }

    fn open(&mut self, bus_idx: usize) -> &mut StereoTile {
        let tile = &mut self.tiles[bus_idx];
        if !self.used[bus_idx] {
            self.used[bus_idx] = true;
            *tile = StereoTile::ZERO;
        }
        tile
    }

    /// The sum over the lanes of a bus, or nothing if no strip has sent to it.
    pub(crate) fn sum(&self, bus_idx: usize) -> Option<BusTile> {
        let tile = &self.tiles[bus_idx];
        self.used[bus_idx].then(|| [sum_lanes(&tile.left), sum_lanes(&tile.right)])
    }
}

/// Working memory of one group of strips; it carries nothing from one segment to the next.
pub(crate) struct StripScratch {
    channels: [Channels; 2],
    tile: StereoTile,
    gains: [[Lanes; TILE_FRAMES]; 4],
}

impl StripScratch {
    pub(crate) const EMPTY: Self = Self {
        channels: [[[0.0; TILE_FRAMES]; LANES]; 2],
        tile: StereoTile::ZERO,
        gains: [[Lanes::ZERO; TILE_FRAMES]; 4],
    };
}

/// [`LANES`] strips.
pub(crate) struct StripLanes {
    input: LaneMatrixRamp,
    image: LaneMatrixRamp,
    sends: [LaneRamp; N_DESTINATIONS],
    /// Strips that are silent until the tile ends, because it holds a non-finite sample.
    silenced: [bool; LANES],
    /// Strips that had a non-finite sample since somebody last cleared the flag. Bit = lane.
    quarantined: u64,
}

impl StripLanes {
    /// Settled where strips at their defaults are.
    pub(crate) fn new() -> Self {
        let closed = LaneRamp::settled_at(0.0);
        Self {
            input: LaneMatrixRamp::settled_at(IDENTITY),
            image: LaneMatrixRamp::settled_at(IDENTITY),
            sends: [LaneRamp::settled_at(1.0), closed.clone(), closed.clone(), closed.clone(), closed],
            silenced: [false; LANES],
            quarantined: 0,
        }
    }

    /// Derives the gains that depend on nothing but the strip itself and the pan law.
    pub(crate) fn set_strip(&mut self, lane: usize, strip: &StripSettings, law: PanLaw, ramp_samples: usize) {
        self.input.retarget(lane, gains::input_matrix(strip), ramp_samples);
        self.image.retarget(lane, gains::image_matrix(strip, law), ramp_samples);
    }

    /// Derives the gains of a strip's sends, which depend on everybody's solo as well.
    pub(crate) fn set_sends(
        &mut self,
        lane: usize,
        strip: &StripSettings,
        solo: SoloState,
        ramp_samples: usize,
    ) {
        let groups = (0..N_GROUPS).map(Destination::Group);
        for destination in [Destination::Master].into_iter().chain(groups) {
            let idx = destination.idx();
            let gain = gains::send_gain(strip, &strip.sends[idx], solo.opens(strip, destination));
            self.sends[idx].retarget(lane, gain, ramp_samples);
        }
    }

    /// Ends every ramp where it was going.
    pub(crate) fn jump(&mut self) {
        self.input.jump();
        self.image.jump();
        self.sends.iter_mut().for_each(LaneRamp::jump);
    }

    /// A new tile of the absolute grid begins: strips in quarantine get another chance.
    pub(crate) fn begin_tile(&mut self) {
        self.silenced = [false; LANES];
    }

    pub(crate) fn quarantined(&self) -> u64 {
        self.quarantined
    }

    pub(crate) fn clear_quarantined(&mut self, lanes: u64) {
        self.quarantined &= !lanes;
    }

    /// Takes `frames` of the group's feeds through the strips and adds them to the buses. `dry` asks for the unity sum too.
    pub(crate) fn process(
        &mut self,
        feeds: &[Option<StereoIn<'_>>],
        frames: Range<usize>,
        dry: bool,
        scratch: &mut StripScratch,
        buses: &mut BusLanes,
    ) {
        let n = frames.len();
        if !self.load(feeds, frames, scratch) {
            // Silence through gains is silence, and adding zero changes no bit: only the ramps have to go on.
            self.input.skip(n);
            self.image.skip(n);
            self.sends.iter_mut().for_each(|send| send.skip(n));
            return;
        }
        let StripScratch { tile, gains, .. } = scratch;
        if dry {
            add_scaled(tile, |_| Lanes::ONE, n, buses.open(DRY_BUS));
        }
        apply_matrix(&mut self.input, tile, n, gains);
        apply_matrix(&mut self.image, tile, n, gains);
        for (bus_idx, send) in self.sends.iter_mut().enumerate() {
            match send.settled() {
                Some(gain) if gain == Lanes::ZERO => {}
                Some(gain) => add_scaled(tile, |_| gain, n, buses.open(bus_idx)),
                None => {
                    let ramped = &mut gains[0][..n];
                    send.fill(ramped);
                    add_scaled(tile, |frame| ramped[frame], n, buses.open(bus_idx));
                }
            }
        }
    }

    /// Cleans the feeds and turns them into lanes. Returns whether there is any sound.
    fn load(
        &mut self,
        feeds: &[Option<StereoIn<'_>>],
        frames: Range<usize>,
        scratch: &mut StripScratch,
    ) -> bool {
        let n = frames.len();
        let [left_channels, right_channels] = &mut scratch.channels;
        let mut sound = false;
        for lane in 0..LANES {
            let (left, right) = (&mut left_channels[lane][..n], &mut right_channels[lane][..n]);
            let feed = feeds.get(lane).copied().flatten().filter(|_| !self.silenced[lane]);
            let Some([feed_left, feed_right]) = feed else {
                left.fill(0.0);
                right.fill(0.0);
                continue;
            };
            let (feed_left, feed_right) = (&feed_left[frames.clone()], &feed_right[frames.clone()]);
            let (found_left, found_right) = (clean(feed_left, left), clean(feed_right, right));
            if !(found_left.finite && found_right.finite) {
                let broken_from = first_non_finite(feed_left, feed_right).unwrap_or(0);
                left[broken_from..].fill(0.0);
                right[broken_from..].fill(0.0);
                self.silenced[lane] = true;
                self.quarantined |= 1 << lane;
            }
            sound |= found_left.sound || found_right.sound;
        }
        if sound {
            transpose(left_channels, &mut scratch.tile.left);
            transpose(right_channels, &mut scratch.tile.right);
        }
        sound
    }
}

/// bus += gain(frame) · strip
#[inline(always)]
fn add_scaled(from: &StereoTile, gain: impl Fn(usize) -> Lanes, n: usize, to: &mut StereoTile) {
    for (from, to) in [(&from.left, &mut to.left), (&from.right, &mut to.right)] {
        for (frame, (from, to)) in from[..n].iter().zip(&mut to[..n]).enumerate() {
            *to = *to + *from * gain(frame);
        }
    }
}

/// (l, r) = (ll·l + lr·r, rl·l + rr·r), with every entry on its ramp.
#[inline(always)]
fn apply_matrix(
    ramp: &mut LaneMatrixRamp,
    tile: &mut StereoTile,
    n: usize,
    gains: &mut [[Lanes; TILE_FRAMES]; 4],
) {
    if let Some(entries) = ramp.settled() {
        if entries != [Lanes::ONE, Lanes::ZERO, Lanes::ZERO, Lanes::ONE] {
            multiply(tile, n, |_| entries);
        }
        return;
    }
    for (entry, gains) in ramp.entries.iter_mut().zip(gains.iter_mut()) {
        entry.fill(&mut gains[..n]);
    }
    let [ll, lr, rl, rr] = &*gains;
    multiply(tile, n, |frame| [ll[frame], lr[frame], rl[frame], rr[frame]]);
}

#[inline(always)]
fn multiply(tile: &mut StereoTile, n: usize, entries: impl Fn(usize) -> [Lanes; 4]) {
    for (frame, (left, right)) in tile.left[..n].iter_mut().zip(&mut tile.right[..n]).enumerate() {
        let [ll, lr, rl, rr] = entries(frame);
        let (l, r) = (*left, *right);
        *left = ll * l + lr * r;
        *right = rl * l + rr * r;
    }
}

//! Second-order sections over a tile, stereo, with states and coefficients in f64.
//!
//! ```text
//! d = x − i2
//! y = l·x + (e0 − l)·d + e1·i1
//! i1 ← (1 − c2)·i1 + c1·d
//! i2 ← i2 + c1·i1 + c3·d          with the i1 of before
//! ```
//!
//! The form and why it is in f64: [`filters::Delta`](crate::filters::Delta). Left and right of a strip share coefficients and
//! are computed together. Signals stay f64 from the first section to the last and are rounded once, so that it changes no
//! bit which sections run in one pass over the tile. Latency: none. State: i1 and i2 per side.

use super::doubles::Doubles;
use super::tile::{LaneTile, PerLane64};
use crate::filters::Delta;
use crate::lanes::{LANES, TILE_FRAMES, lanes_of};
use fearless_simd::{Select, Simd, SimdBase, f64x4, f64x8};

/// c1, 1 − c2, c3, l, e0 − l, e1.
type Coefficients = [PerLane64; N_COEFFICIENTS];

const N_COEFFICIENTS: usize = 6;

const NO_COEFFICIENTS: Coefficients = [PerLane64::ZERO; N_COEFFICIENTS];

/// One section of every strip of a group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LaneSection {
    coefficients: Coefficients,
    /// What is added to the coefficients after each frame while they move, and what is added to that.
    first_differences: Coefficients,
    second_differences: Coefficients,
    /// i1 and i2, left and right.
    states: [[PerLane64; 2]; 2],
    /// Lanes whose coefficients move. Bit = lane.
    moving: u32,
    /// Whether l is 1 in all lanes, as in all bells.
    has_unity_at_dc: bool,
    /// Lanes that begin with the next frame as if it had been there for ever. Bit = lane.
    primed: u32,
}

impl LaneSection {
    /// Passes everything through, at rest.
    pub(crate) fn new() -> Self {
        let mut section = Self {
            coefficients: NO_COEFFICIENTS,
            first_differences: NO_COEFFICIENTS,
            second_differences: NO_COEFFICIENTS,
            states: [const { [PerLane64::ZERO; 2] }; 2],
            moving: 0,
            has_unity_at_dc: true,
            primed: 0,
        };
        section.coefficients[3] = PerLane64([1.0; LANES]);
        section
    }

    /// Stays at these coefficients from the next frame on.
    pub(crate) fn hold(&mut self, lane: usize, delta: &Delta) {
        self.write(lane, [in_order(delta), [0.0; N_COEFFICIENTS], [0.0; N_COEFFICIENTS]]);
        self.moving &= !(1 << lane);
    }

    /// Passes everything through from the next frame on, and remembers nothing.
    pub(crate) fn pass(&mut self, lane: usize) {
        let passing = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        self.write(lane, [passing, [0.0; N_COEFFICIENTS], [0.0; N_COEFFICIENTS]]);
        self.moving &= !(1 << lane);
        self.clear(lane);
    }

    /// Moves on the parabola that has these coefficients at the next frame and the two after it, until told otherwise. What is
    /// the same in all three keeps every bit.
    pub(crate) fn glide(&mut self, lane: usize, next: [&Delta; 3]) {
        let [a, b, c] = next.map(in_order);
        let mut first = [0.0; N_COEFFICIENTS];
        let mut second = [0.0; N_COEFFICIENTS];
        for i in 0..N_COEFFICIENTS {
            first[i] = b[i] - a[i];
            second[i] = (c[i] - b[i]) - first[i];
        }
        self.write(lane, [a, first, second]);
        self.moving |= 1 << lane;
    }

    /// Begins with the next frame as if it had been there for ever. From nothing, what a resonance makes of the onset would fade in
    /// with it. Of a section that moves only.
    pub(crate) fn prime(&mut self, lane: usize) {
        self.primed |= 1 << lane;
    }

    /// Forgets what a strip has sounded like.
    pub(crate) fn clear(&mut self, lane: usize) {
        self.primed &= !(1 << lane);
        for state in self.states.as_flattened_mut() {
            state.0[lane] = 0.0;
        }
    }

    /// Remembers in one lane what another section does.
    pub(crate) fn copy_memory(&mut self, lane: usize, from: &Self) {
        for (to, from) in self.states.as_flattened_mut().iter_mut().zip(from.states.as_flattened()) {
            to.0[lane] = from.0[lane];
        }
    }

    /// Whether all states are zero: silence in is silence out.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.states.as_flattened().iter().all(|state| *state == PerLane64::ZERO)
    }

    fn write(&mut self, lane: usize, values: [[f64; N_COEFFICIENTS]; 3]) {
        let to = [&mut self.coefficients, &mut self.first_differences, &mut self.second_differences];
        for (to, from) in to.into_iter().zip(values) {
            for (to, from) in to.iter_mut().zip(from) {
                to.0[lane] = from;
            }
        }
        self.has_unity_at_dc = self.coefficients[3].0 == [1.0; LANES];
    }
}

fn in_order(delta: &Delta) -> [f64; N_COEFFICIENTS] {
    [delta.c1, 1.0 - delta.c2, delta.c3, delta.l, delta.e0_minus_l, delta.e1]
}

/// Signals on their way from section to section; it carries nothing from one call to the next.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct FilterScratch([[[f64; LANES]; TILE_FRAMES]; 2]);

impl FilterScratch {
    pub(crate) const EMPTY: Self = Self([[[0.0; LANES]; TILE_FRAMES]; 2]);
}

/// Takes the first `n` frames of left and right through the sections, all of which are there. Afterwards a state below `floor` is zero:
/// at the end of a tile of the absolute grid only, otherwise pass zero, or the output depends on how blocks are cut.
///
/// Three sections that stand still go together, which is a sixth faster; every other takes a pass of its own. More kinds of
/// passes would gain little and cost much code: this is compiled for each path.
///
/// Compiled once per path, wherever it is called from: it is the largest kernel by far.
#[inline(never)]
pub(crate) fn filter<S: Simd>(
    simd: S,
    sections: &mut [Option<&mut LaneSection>],
    tiles: [&mut LaneTile; 2],
    n: usize,
    floor: f64,
    scratch: &mut FilterScratch,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            if const { S::f64s::LEN >= LANES } {
                passes::<S, f64x8<S>>(simd, sections, tiles, n, floor, scratch);
            } else {
                passes::<S, f64x4<S>>(simd, sections, tiles, n, floor, scratch);
            }
        },
    );
}

#[inline(always)]
fn passes<S: Simd, D: Doubles<S>>(
    simd: S,
    mut sections: &mut [Option<&mut LaneSection>],
    [left, right]: [&mut LaneTile; 2],
    n: usize,
    floor: f64,
    FilterScratch([between_left, between_right]): &mut FilterScratch,
) {
    let mut first = true;
    while !sections.is_empty() {
        let still = sections.iter().flatten().take_while(|section| section.moving == 0).count();
        let together = if still >= 3 { 3 } else { 1 };
        let (now, later) = sections.split_at_mut(together);
        sections = later;
        let mut pass = Pass {
            simd,
            tiles: [&mut left.0[..n], &mut right.0[..n]],
            between: [&mut between_left[..n], &mut between_right[..n]],
            floor,
        };
        // A pass of three is compiled for each place in the row, others look where they are: a matter of code size.
        let last = sections.is_empty();
        let unity = now.iter().flatten().all(|section| section.has_unity_at_dc);
        match (together, first, last) {
            (1, ..) if still == 0 => pass.run::<D, 1, true, false>(now, first, last),
            (1, ..) => pass.run::<D, 1, false, false>(now, first, last),
            (_, true, true) if unity => pass.run::<D, 3, false, true>(now, true, true),
            (_, true, false) if unity => pass.run::<D, 3, false, true>(now, true, false),
            (_, true, true) => pass.run::<D, 3, false, false>(now, true, true),
            (_, true, false) => pass.run::<D, 3, false, false>(now, true, false),
            (_, false, true) => pass.run::<D, 3, false, false>(now, false, true),
            (_, false, false) => pass.run::<D, 3, false, false>(now, false, false),
        }
        first = false;
    }
}

struct Pass<'a, S> {
    simd: S,
    tiles: [&'a mut [[f32; LANES]]; 2],
    between: [&'a mut [[f64; LANES]]; 2],
    floor: f64,
}

impl<S: Simd> Pass<'_, S> {
    #[inline(always)]
    fn run<D: Doubles<S>, const N: usize, const MOVING: bool, const UNITY: bool>(
        &mut self,
        sections: &mut [Option<&mut LaneSection>],
        first: bool,
        last: bool,
    ) {
        let simd = self.simd;
        let [tile_left, tile_right] = &mut self.tiles;
        let [between_left, between_right] = &mut self.between;
        if MOVING {
            for section in sections.iter_mut().flatten() {
                for lane in lanes_of(std::mem::take(&mut section.primed)) {
                    let of_tile = [&*tile_left, &*tile_right].map(|tile| f64::from(tile[0][lane]));
                    let of_between = [&*between_left, &*between_right].map(|between| between[0][lane]);
                    let input = if first { of_tile } else { of_between };
                    for (states, x) in section.states.iter_mut().zip(input) {
                        states[0].0[lane] = 0.0;
                        states[1].0[lane] = x;
                    }
                }
            }
        }
        let zero = D::splat(simd, 0.0);
        for half in 0..D::HALVES {
            let lanes = half * D::LEN..(half + 1) * D::LEN;
            // Filled by loops: see the module's head.
            let mut k = [[zero; N_COEFFICIENTS]; N];
            let mut k_first = [[zero; N_COEFFICIENTS]; N];
            let mut k_second = [[zero; N_COEFFICIENTS]; N];
            let mut left = [[zero; 2]; N];
            let mut right = [[zero; 2]; N];
            for (i, section) in sections.iter().flatten().enumerate().take(N) {
                for j in 0..N_COEFFICIENTS {
                    k[i][j] = D::from_slice(simd, &section.coefficients[j].0[lanes.clone()]);
                    if MOVING {
                        k_first[i][j] = D::from_slice(simd, &section.first_differences[j].0[lanes.clone()]);
                        k_second[i][j] = D::from_slice(simd, &section.second_differences[j].0[lanes.clone()]);
                    }
                }
                for j in 0..2 {
                    left[i][j] = D::from_slice(simd, &section.states[0][j].0[lanes.clone()]);
                    right[i][j] = D::from_slice(simd, &section.states[1][j].0[lanes.clone()]);
                }
            }
            let tiles = tile_left.iter_mut().zip(tile_right.iter_mut());
            let between = between_left.iter_mut().zip(between_right.iter_mut());
            for ((samples_left, samples_right), (between_left, between_right)) in tiles.zip(between) {
                let (mut l, mut r);
                if first {
                    l = D::widen_from(simd, &samples_left[lanes.clone()]);
                    r = D::widen_from(simd, &samples_right[lanes.clone()]);
                } else {
                    l = D::from_slice(simd, &between_left[lanes.clone()]);
                    r = D::from_slice(simd, &between_right[lanes.clone()]);
                }
                for i in 0..N {
                    l = step::<S, D, UNITY>(&k[i], &mut left[i], l);
                    r = step::<S, D, UNITY>(&k[i], &mut right[i], r);
                    if MOVING {
                        for j in 0..N_COEFFICIENTS {
                            k[i][j] += k_first[i][j];
                            k_first[i][j] += k_second[i][j];
                        }
                    }
                }
                if last {
                    l.narrow_to(simd, &mut samples_left[lanes.clone()]);
                    r.narrow_to(simd, &mut samples_right[lanes.clone()]);
                } else {
                    l.store_slice(&mut between_left[lanes.clone()]);
                    r.store_slice(&mut between_right[lanes.clone()]);
                }
            }
            let floor = D::splat(simd, self.floor);
            for (i, section) in sections.iter_mut().flatten().enumerate().take(N) {
                for j in 0..2 {
                    for (state, side) in [(left[i][j], 0), (right[i][j], 1)] {
                        let kept = state.abs().simd_lt(floor).select(zero, state);
                        kept.store_slice(&mut section.states[side][j].0[lanes.clone()]);
                    }
                }
                if MOVING {
                    for j in 0..N_COEFFICIENTS {
                        k[i][j].store_slice(&mut section.coefficients[j].0[lanes.clone()]);
                        k_first[i][j].store_slice(&mut section.first_differences[j].0[lanes.clone()]);
                    }
                }
            }
        }
    }
}

/// One sample of one side through one section: eight operations with FMA, seven with a gain of 1 at DC.
#[inline(always)]
fn step<S: Simd, D: Doubles<S>, const UNITY: bool>(
    [c1, keep, c3, l, e0_minus_l, e1]: &[D; N_COEFFICIENTS],
    [i1, i2]: &mut [D; 2],
    x: D,
) -> D {
    let d = x - *i2;
    let through = if UNITY { x } else { *l * x };
    let y = e1.mul_add(*i1, e0_minus_l.mul_add(d, through));
    let next_i2 = c3.mul_add(d, c1.mul_add(*i1, *i2));
    *i1 = c1.mul_add(d, *keep * *i1);
    *i2 = next_i2;
    y
}

#[cfg(test)]
mod tests;

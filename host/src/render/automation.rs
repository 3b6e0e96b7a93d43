//! Points to events.
//!
//! A straight line becomes a value every [`GRID_SAMPLES`] on the absolute count of samples, so that the mix does not depend
//! on the block size, and one at its end. Its scale is the parameter's own: on a fader, the way that a hand moves.

use crate::process::ParamEvent;
use crate::session::Shape;
use crate::setup::{SetLane, SetPoint};

/// How far apart the values of a straight line are: 1.3 ms at 48 kHz, far below the engine's ramps of 15 ms.
const GRID_SAMPLES: u64 = 64;

/// Where the automation is, in all lanes.
pub(super) struct Automation<'a> {
    cursors: Vec<Cursor<'a>>,
}

struct Cursor<'a> {
    lane: &'a SetLane,
    /// Points before this one are done.
    next_point: usize,
    /// What the plugin has been told.
    value: f64,
}

impl<'a> Automation<'a> {
    pub fn new(lanes: &'a [SetLane]) -> Self {
        let cursor = |lane: &'a SetLane| Cursor {
            next_point: lane.points.iter().take_while(|point| point.sample == 0).count(),
            value: lane.value_at_start(),
            lane,
        };
        Self { cursors: lanes.iter().map(cursor).collect() }
    }

    /// The events of the block of `n_frames` that begins at this sample of the mix, in order. Blocks follow one another.
    pub fn block(&mut self, block_start: u64, n_frames: usize, events: &mut Vec<ParamEvent>) {
        events.clear();
        let block_end = block_start + n_frames as u64;
        for cursor in &mut self.cursors {
            let mut from = block_start;
            while let Some((sample, value)) = cursor.next(from, block_end) {
                let sample_in_block = (sample - block_start) as u32;
                events.push(ParamEvent { sample: sample_in_block, id: cursor.lane.param_id, value });
                from = sample + 1;
            }
        }
        // Stable: of one sample, in the order of the lanes.
        events.sort_by_key(|event| event.sample);
    }
}

impl Cursor<'_> {
    /// The first change of value at `from` or later, before `end`.
    fn next(&mut self, mut from: u64, end: u64) -> Option<(u64, f64)> {
        while let Some(point) = self.lane.points.get(self.next_point).copied() {
            let (sample, value) = match (point.shape, self.before()) {
                (Shape::Straight, Some(before)) => {
                    // The grid's next place on the line, or its end.
                    let on_grid =
                        from.max(before.sample + 1).next_multiple_of(GRID_SAMPLES).min(point.sample);
                    (on_grid, line(before, point, on_grid))
                }
                _ => (point.sample, point.value),
            };
            if sample >= end {
                return None;
            }
            if sample == point.sample {
                self.next_point += 1;
            }
            from = from.max(sample + u64::from(sample != point.sample));
            if value != self.value {
                self.value = value;
                return Some((sample, value));
            }
        }
        None
    }

    fn before(&self) -> Option<SetPoint> {
        self.next_point.checked_sub(1).map(|idx| self.lane.points[idx])
    }
}

fn line(from: SetPoint, to: SetPoint, sample: u64) -> f64 {
    if sample >= to.sample {
        return to.value;
    }
    let way = (sample - from.sample) as f64 / (to.sample - from.sample) as f64;
    from.value + (to.value - from.value) * way
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(initial: f64, points: &[(u64, f64, Shape)]) -> SetLane {
        let point = |&(sample, value, shape): &(u64, f64, Shape)| SetPoint { sample, value, shape };
        let points = points.iter().map(point).collect();
        SetLane { param_id: 7, id: "seven".to_owned(), initial, points }
    }

    /// All events up to `n_frames`, in blocks of this length, at their absolute samples.
    fn events(lanes: &[SetLane], n_frames: u64, block: usize) -> Vec<(u64, u32, f64)> {
        let mut automation = Automation::new(lanes);
        let (mut all, mut events, mut start) = (Vec::new(), Vec::new(), 0);
        while start < n_frames {
            let n = block.min((n_frames - start) as usize);
            automation.block(start, n, &mut events);
            assert!(events.iter().all(|event| (event.sample as usize) < n));
            all.extend(events.iter().map(|e| (start + u64::from(e.sample), e.id, e.value)));
            start += n as u64;
        }
        all
    }

    #[test]
    fn steps_jump_at_their_sample() {
        let lane = lane(0.5, &[(0, 0.25, Shape::Step), (100, 1.0, Shape::Step), (100, 0.0, Shape::Step)]);
        assert_eq!(lane.value_at_start(), 0.25);
        assert_eq!(events(&[lane], 1000, 512), [(100, 7, 1.0), (100, 7, 0.0)]);
    }

    #[test]
    fn before_its_first_point_a_lane_rests() {
        let lane = lane(0.5, &[(100, 1.0, Shape::Step)]);
        assert_eq!(lane.value_at_start(), 0.5);
        assert_eq!(events(&[lane], 1000, 512), [(100, 7, 1.0)]);
    }

    #[test]
    fn a_line_is_straight_on_a_grid_and_ends_on_its_point() {
        let lane = lane(0.0, &[(10, 0.0, Shape::Step), (1010, 1.0, Shape::Straight)]);
        let got = events(&[lane], 4000, 512);
        assert_eq!(got.len(), 16, "15 places of the grid and the end: {got:?}");
        for &(sample, _, value) in &got {
            assert!((value - (sample - 10) as f64 / 1000.0).abs() < 1e-15, "{sample}: {value}");
            assert!(sample % GRID_SAMPLES == 0 || sample == 1010);
        }
        assert_eq!(got[15], (1010, 7, 1.0));
    }

    #[test]
    fn events_do_not_depend_on_blocks() {
        let lanes = [
            lane(0.0, &[(0, 1.0, Shape::Step), (640, 0.25, Shape::Straight), (700, 0.75, Shape::Straight)]),
            lane(1.0, &[(63, 0.5, Shape::Step), (65, 1.0, Shape::Straight), (1999, 0.0, Shape::Straight)]),
        ];
        let whole = events(&lanes, 3000, 3000);
        assert!(whole.len() > 40, "{whole:?}");
        for block in [1, 7, 64, 65, 511, 640, 2048] {
            assert_eq!(events(&lanes, 3000, block), whole, "block {block}");
        }
    }

    #[test]
    fn a_level_line_says_nothing() {
        let lane = lane(0.5, &[(0, 0.5, Shape::Step), (100_000, 0.5, Shape::Straight)]);
        assert!(events(&[lane], 200_000, 512).is_empty());
    }
}

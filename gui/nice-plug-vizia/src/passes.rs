//! In how many passes a frame is drawn.
//!
//! vizia draws everything that meets one rectangle around all that has changed. Twenty meters that stand side by side change
//! little, but the rectangle around them is half the page. So a frame is drawn in several passes, each around views that are
//! near each other, as long as what that leaves out is more than what a pass costs.

use crate::damage::Area;

/// What a pass costs besides its pixels, in pixels: vizia goes through all views. On a page of 2,500 views it is 0.15 ms,
/// and a pixel of a dense page 15 ns.
const PASS: u64 = 10_000;

/// Groups things that have changed: which belong together, by their indices.
pub(crate) fn group(areas: &[Area]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..areas.len()).collect();
    order.sort_unstable_by_key(|&idx| (areas[idx].x, areas[idx].y));
    let mut groups: Vec<(Area, Vec<usize>)> = Vec::new();
    for idx in order {
        let mut area = areas[idx];
        let mut members = vec![idx];
        // A group that has grown may have reached others.
        while let Some(near) = groups.iter().position(|(other, _)| is_cheaper_together(area, *other)) {
            let (other, others) = groups.swap_remove(near);
            area = area.union(other);
            members.extend(others);
        }
        groups.push((area, members));
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

fn is_cheaper_together(one: Area, other: Area) -> bool {
    one.union(other).n_pixels() <= one.n_pixels() + other.n_pixels() + PASS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meters(n: u32, pitch: u32) -> Vec<Area> {
        (0..n).map(|idx| Area { x: idx * pitch, y: 300, width: 20, height: 400 }).collect()
    }

    #[test]
    fn what_stands_far_apart_is_drawn_apart_and_neighbours_together() {
        let far = group(&meters(16, 70));
        assert_eq!(far.len(), 16, "50 × 400 pixels between two are more than a pass");
        let near = group(&meters(16, 30));
        assert_eq!(near.len(), 1, "10 × 400 pixels between two are less than a pass");
    }

    #[test]
    fn nothing_is_lost_and_nothing_twice() {
        let mut rng = fastrand::Rng::with_seed(7);
        for _ in 0..200 {
            let n = rng.usize(0..40);
            let area = |rng: &mut fastrand::Rng| Area {
                x: rng.u32(0..1000),
                y: rng.u32(0..600),
                width: rng.u32(1..200),
                height: rng.u32(1..200),
            };
            let areas: Vec<_> = (0..n).map(|_| area(&mut rng)).collect();
            let mut members = group(&areas).concat();
            members.sort_unstable();
            assert_eq!(members, (0..n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_change_that_holds_another_takes_it_along() {
        let page = Area::whole(1200, 700);
        assert_eq!(group(&[meters(1, 0)[0], page]).len(), 1);
    }
}

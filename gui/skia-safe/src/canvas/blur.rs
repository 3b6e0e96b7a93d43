//! Gaussian blurs: of rounded rectangles in closed form, of anything else by convolution.

use crate::{RRect, canvas::scene::Area};

/// Beyond this many standard deviations nothing is left that eight bits could show.
pub(crate) const REACH: f32 = 3.0;
/// Larger standard deviations of rounded rectangles are drawn as this one.
pub(crate) const MAX_SIGMA: f32 = 200.0;
/// And those of anything else as this one, for a convolution takes as many steps per pixel.
pub(crate) const MAX_CONVOLVED: f32 = 40.0;

/// How many pixels a blur reaches.
pub(crate) fn reach(sigma: f32) -> i32 {
    (sigma * REACH).ceil() as i32
}

/// The coverage of a blurred rounded rectangle over an area, row by row, or what it lacks to full.
///
/// Along a row the blur of an interval is a difference of two error functions. Down a column, the part between the corners
/// is one too; rows within the corners are taken one pixel high each.
pub(crate) fn rrect(r: &RRect, sigma: f32, area: Area, invert: bool) -> Vec<u8> {
    let (width, height) = (area.width(), area.height());
    let b = r.bounds();
    let [ul, ur, lr, ll] = *r.all_radii();
    let (top, bottom) = (b.top + ul.y.max(ur.y), b.bottom - lr.y.max(ll.y));
    // Corners that meet in the middle leave nothing straight.
    let bottom = bottom.max(top);
    let step = |x: f32| cumulative(x / sigma);
    let across = |left: f32, right: f32| -> Vec<f32> {
        let centers = (area.x0..area.x1).map(|x| x as f32 + 0.5);
        centers.map(|x| step(x - left) - step(x - right)).collect()
    };
    let mut slices = vec![(top, bottom, across(b.left, b.right))];
    for (from, to) in [(b.top, top), (bottom, b.bottom)] {
        let n = (to - from).ceil().min(4096.0);
        for i in 0..n as u32 {
            let (y0, y1) = (from + (to - from) * i as f32 / n, from + (to - from) * (i + 1) as f32 / n);
            let y = 0.5 * (y0 + y1);
            // How far a corner's curve is from the side, where it is.
            let gap = |rx: f32, ry: f32, depth: f32| {
                if depth >= ry { 0.0 } else { rx - rx * (1.0 - ((ry - depth) / ry).powi(2)).max(0.0).sqrt() }
            };
            let (up, down) = (y - b.top, b.bottom - y);
            let left = b.left + gap(ul.x, ul.y, up).max(gap(ll.x, ll.y, down));
            let right = b.right - gap(ur.x, ur.y, up).max(gap(lr.x, lr.y, down));
            slices.push((y0, y1, across(left, right.max(left))));
        }
    }
    let mut out = Vec::with_capacity(width * height);
    let mut row = vec![0.0f32; width];
    for y in area.y0..area.y1 {
        let y = y as f32 + 0.5;
        row.fill(0.0);
        for (y0, y1, across) in &slices {
            let weight = step(y - y0) - step(y - y1);
            if weight > 1e-4 {
                row.iter_mut().zip(across).for_each(|(sum, x)| *sum += weight * x);
            }
        }
        out.extend(row.iter().map(|x| {
            let x = x.clamp(0.0, 1.0);
            ((if invert { 1.0 - x } else { x }) * 255.0 + 0.5) as u8
        }));
    }
    out
}

/// The normal distribution's integral up to `x`, by a polynomial for the error function (Abramowitz and Stegun, 7.1.26),
/// which is off by less than 2e-7.
fn cumulative(x: f32) -> f32 {
    if x.abs() > REACH + 1.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let poly =
        t * (0.254_829_6 + t * (-0.284_496_74 + t * (1.421_413_7 + t * (-1.453_152 + t * 1.061_405_4))));
    let erf = 1.0 - poly * (-z * z).exp();
    0.5 + 0.5 * erf.copysign(x)
}

/// Blurs pixels of four bytes in place; beyond the edges is nothing.
pub(crate) fn pixels(rgba: &mut [u8], width: usize, sigma: (f32, f32)) {
    let height = rgba.len() / 4 / width.max(1);
    let mut line = Vec::new();
    if let Some(kernel) = kernel(sigma.0) {
        for y in 0..height {
            convolve(rgba, y * width, 1, width, &kernel, &mut line);
        }
    }
    if let Some(kernel) = kernel(sigma.1) {
        for x in 0..width {
            convolve(rgba, x, width, height, &kernel, &mut line);
        }
    }
}

/// Half a kernel, from its middle; its sum on both sides is 2¹⁶.
fn kernel(sigma: f32) -> Option<Vec<u32>> {
    if sigma < 0.01 {
        return None;
    }
    let weights: Vec<f32> = (0..=reach(sigma)).map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp()).collect();
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
    let mut kernel: Vec<u32> = weights.iter().map(|w| (w / sum * 65_536.0).round() as u32).collect();
    // The middle takes up what rounding left or took.
    kernel[0] = 65_536u32.saturating_sub(2 * kernel[1..].iter().sum::<u32>());
    Some(kernel)
}

fn convolve(
    rgba: &mut [u8],
    start: usize,
    stride: usize,
    n: usize,
    kernel: &[u32],
    line: &mut Vec<[u32; 4]>,
) {
    let reach = kernel.len() - 1;
    line.clear();
    line.resize(n + 2 * reach, [0; 4]);
    for (i, p) in line[reach..reach + n].iter_mut().enumerate() {
        let at = (start + i * stride) * 4;
        *p = [rgba[at], rgba[at + 1], rgba[at + 2], rgba[at + 3]].map(u32::from);
    }
    for i in 0..n {
        let mid = reach + i;
        let mut sum = line[mid].map(|x| x * kernel[0] + 32_768);
        for (k, weight) in kernel.iter().enumerate().skip(1) {
            let (a, b) = (line[mid - k], line[mid + k]);
            for c in 0..4 {
                sum[c] += (a[c] + b[c]) * weight;
            }
        }
        let at = (start + i * stride) * 4;
        rgba[at..at + 4].copy_from_slice(&sum.map(|x| (x >> 16).min(255) as u8));
    }
}

//! Fitting the squared magnitude of a digital quadratic to what an analog prototype asks for.
//!
//! |P|² = p0 + p1·y + p2·y² with y = tan²(ω/2) is linear in its three coefficients, so that the sum of the squared
//! *relative* errors over a grid of frequencies, Σ w·(|P|²/T − 1)², has its minimum where a 2 × 2 (p0 given) or 3 × 3 system
//! of linear equations says. The relative error counts a tenth of a dB alike at the peak and in the skirt.
//!
//! Then the weights are multiplied by the errors and the system is solved again (Lawson's reweighting), which moves the
//! least squares towards the least maximum. The number of rounds is fixed, and the last one is taken, not the best one:
//! so the coefficients are a continuous function of the parameters, and the time is bounded.
//!
//! Un-squaring with positive roots, D = √p0, N = √p2, V = √(p1 + 2DN), gives the quadratic whose roots are inside the unit
//! circle, hence a numerator that may become a denominator.

use super::quadratic::Quadratic;

/// Points spread evenly over the logarithm of the frequency.
const N_LOG: usize = 32;

/// Points spread evenly around the design frequency, for the fits that have to find a resonance.
const N_LINEAR: usize = 16;

const N_MAX: usize = N_LOG + N_LINEAR;

/// Points that are summed side by side, for the compiler to make vectors of. Both numbers of points are multiples of it.
const LANES: usize = 4;

/// The lowest point, relative to the design frequency. Four octaves below it every prototype is flat or a straight line.
const LOWEST: f64 = 1.0 / 16.0;

/// A notch divides zero by zero at its centre, and loses digits around it. No other type minds this distance.
const CLOSEST_TO_CENTRE: f64 = 1e-3;

/// Rounds of reweighting. Of the worst error of a bell at 44.1 kHz, 0.53 dB, the first leaves 0.42 dB and the second 0.39 dB;
/// a third would leave 0.38 dB and cost another sixth of the time.
const N_ROUNDS: usize = 2;

/// What is left of the weight of a point without error, so that no round forgets points altogether.
const WEIGHT_FLOOR: f64 = 0.01;

/// Below this relative error (10⁻¹¹ dB) errors are rounding, and weights are left alone.
const NEGLIGIBLE_ERROR: f64 = 1e-12;

/// The least N/D of a fitted quadratic. Those of all types are above 10⁻⁴ (`tests/filters_total.rs`).
const MIN_N_BY_D: f64 = 1e-6;

/// The least V/√(DN) of a fitted quadratic: a resonance with a Q of 10,000. Those of all types are above 5·10⁻³.
const MIN_V: f64 = 1e-4;

/// The frequencies of a fit, in both scales. Cost: a tangent per point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    len: usize,
    /// Frequency relative to the design frequency, squared.
    x_squared: [f64; N_MAX],
    /// tan²(ω/2).
    y: [f64; N_MAX],
}

/// One number for each point of a grid.
pub(super) type Values = [f64; N_MAX];

const ONES: Values = [1.0; N_MAX];

impl Grid {
    /// 32 points up to `top`, in logarithmic steps. `omega` and `top` are in radians per sample.
    pub(super) fn logarithmic(omega: f64, top: f64) -> Self {
        let mut grid = Self { len: 0, x_squared: ONES, y: ONES };
        let step = (top / (omega * LOWEST)).powf(1.0 / (N_LOG - 1) as f64);
        let mut x = LOWEST;
        for _ in 0..N_LOG {
            grid.push(x, omega);
            x *= step;
        }
        grid
    }

    /// The same and 16 points in linear steps over 1 ± `reach`, none of them above `top`.
    pub(super) fn around(omega: f64, top: f64, reach: f64) -> Self {
        let mut grid = Self::logarithmic(omega, top);
        for point in 0..N_LINEAR {
            let x = 1.0 + reach * (2.0 * point as f64 / (N_LINEAR - 1) as f64 - 1.0);
            grid.push(x.min(top / omega), omega);
        }
        grid
    }

    fn push(&mut self, x: f64, omega: f64) {
        let x = if (x - 1.0).abs() < CLOSEST_TO_CENTRE { 1.0 + CLOSEST_TO_CENTRE } else { x };
        let tangent = (0.5 * omega * x).tan();
        self.x_squared[self.len] = x * x;
        self.y[self.len] = tangent * tangent;
        self.len += 1;
    }

    /// `value(x², y)` at every point.
    #[inline(always)]
    pub(super) fn map(&self, value: impl Fn(f64, f64) -> f64) -> Values {
        let mut values = [0.0; N_MAX];
        let (x_squared, y) = (&self.x_squared[..self.len], &self.y[..self.len]);
        for ((to, &x_squared), &y) in values.iter_mut().zip(x_squared).zip(y) {
            *to = value(x_squared, y);
        }
        values
    }

    /// The quadratic with the given value at DC whose squared magnitude is nearest to 1/`inverse_target`.
    pub(super) fn fit_above(&self, d: f64, inverse_target: &Values) -> Quadratic {
        let p0 = d * d;
        let mut weights = ONES;
        let mut coefficients = [p0, 0.0, 0.0];
        for round in 0..=N_ROUNDS {
            if round > 0 {
                self.reweight(&mut weights, inverse_target, coefficients);
            }
            let [mut a11, mut a12, mut a22, mut b1, mut b2] = [[0.0; LANES]; 5];
            for (y, inverse, weight) in self.lanes(inverse_target, &weights) {
                for lane in 0..LANES {
                    let (y, inverse) = (y[lane], inverse[lane]);
                    let column = y * inverse;
                    let once = weight[lane] * column;
                    let twice = once * column;
                    let rest = once * (1.0 - p0 * inverse);
                    a11[lane] += twice;
                    a12[lane] += twice * y;
                    a22[lane] += twice * y * y;
                    b1[lane] += rest;
                    b2[lane] += rest * y;
                }
            }
            let [a11, a12, a22, b1, b2] = [a11, a12, a22, b1, b2].map(sum);
            let determinant = a11 * a22 - a12 * a12;
            coefficients[1] = (b1 * a22 - b2 * a12) / determinant;
            coefficients[2] = (a11 * b2 - a12 * b1) / determinant;
        }
        unsquare(coefficients)
    }

    /// The quadratic whose squared magnitude is nearest to 1/`inverse_target`, its value at DC included.
    pub(super) fn fit_all(&self, inverse_target: &Values) -> Quadratic {
        let mut weights = ONES;
        let mut coefficients = [0.0; 3];
        for round in 0..=N_ROUNDS {
            if round > 0 {
                self.reweight(&mut weights, inverse_target, coefficients);
            }
            // Row and column i, j of the matrix hold the sum of yⁱ⁺ʲ: five sums for nine entries.
            let (mut moments, mut right) = ([[0.0; LANES]; 5], [[0.0; LANES]; 3]);
            for (y, inverse, weight) in self.lanes(inverse_target, &weights) {
                for lane in 0..LANES {
                    let (y, y_squared) = (y[lane], y[lane] * y[lane]);
                    let once = weight[lane] * inverse[lane];
                    let twice = once * inverse[lane];
                    moments[0][lane] += twice;
                    moments[1][lane] += twice * y;
                    moments[2][lane] += twice * y_squared;
                    moments[3][lane] += twice * y_squared * y;
                    moments[4][lane] += twice * y_squared * y_squared;
                    right[0][lane] += once;
                    right[1][lane] += once * y;
                    right[2][lane] += once * y_squared;
                }
            }
            coefficients = solve(moments.map(sum), right.map(sum));
        }
        unsquare(coefficients)
    }

    /// y, inverse target and weight of every point, side by side.
    #[inline(always)]
    fn lanes<'a>(
        &'a self,
        inverse_target: &'a Values,
        weights: &'a Values,
    ) -> impl Iterator<Item = (&'a [f64; LANES], &'a [f64; LANES], &'a [f64; LANES])> {
        let [y, inverse, weights] = [&self.y, inverse_target, weights].map(|values| values.as_chunks().0);
        y.iter().zip(inverse).zip(weights).take(self.len / LANES).map(|((y, inverse), w)| (y, inverse, w))
    }

    /// Lawson's step: each weight times its point's error, the largest error counting as one.
    #[inline(always)]
    fn reweight(&self, weights: &mut Values, inverse_target: &Values, [p0, p1, p2]: [f64; 3]) {
        let mut errors = [0.0; N_MAX];
        let mut largest = [0.0_f64; LANES];
        let error_lanes = errors.as_chunks_mut::<LANES>().0;
        for (errors, (y, inverse, _)) in error_lanes.iter_mut().zip(self.lanes(inverse_target, weights)) {
            for lane in 0..LANES {
                errors[lane] = ((p0 + y[lane] * (p1 + y[lane] * p2)) * inverse[lane] - 1.0).abs();
                largest[lane] = if errors[lane] > largest[lane] { errors[lane] } else { largest[lane] };
            }
        }
        let largest = largest.into_iter().fold(0.0, f64::max);
        if largest > NEGLIGIBLE_ERROR {
            let scale = 1.0 / largest;
            for (weight, error) in weights.iter_mut().zip(&errors) {
                *weight *= error * scale + WEIGHT_FLOOR;
            }
        }
    }
}

/// The sum over the lanes, always in the same order.
fn sum([a, b, c, d]: [f64; LANES]) -> f64 {
    (a + c) + (b + d)
}

/// Solves the normal equations by elimination. They are symmetric and positive definite, so that no pivoting is needed, and
/// elimination does not care how differently the columns are scaled.
fn solve([m0, m1, m2, m3, m4]: [f64; 5], [r0, r1, r2]: [f64; 3]) -> [f64; 3] {
    let (f1, f2) = (m1 / m0, m2 / m0);
    let (a11, a12, a22) = (m2 - f1 * m1, m3 - f1 * m2, m4 - f2 * m2);
    let (r1, r2) = (r1 - f1 * r0, r2 - f2 * r0);
    let f = a12 / a11;
    let p2 = (r2 - f * r1) / (a22 - f * a12);
    let p1 = (r1 - a12 * p2) / a11;
    [(r0 - m1 * p1 - m2 * p2) / m0, p1, p2]
}

/// The quadratic with these coefficients of |P|², and its roots inside the unit circle.
///
/// The floors are there so that whatever comes in, a strictly stable section goes out. `max` takes them for NaN, too.
fn unsquare([p0, p1, p2]: [f64; 3]) -> Quadratic {
    let d = p0.max(f64::MIN_POSITIVE).sqrt();
    let n = p2.max(0.0).sqrt().max(MIN_N_BY_D * d);
    let dn = d * n;
    let v = (p1 + 2.0 * dn).max(MIN_V * MIN_V * dn).sqrt();
    Quadratic { d, n, v }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUTH: Quadratic = Quadratic { d: 3e-6, n: 3.7, v: 2e-3 };

    /// The grids are of 100 Hz at 192 kHz.
    const OMEGA: f64 = 3.3e-3;

    fn assert_found(found: Quadratic) {
        // A fit without an error to spread returns what made the target. V² is the small difference of p1 and 2DN here: four
        // of sixteen digits.
        for (found, truth) in [(found.d, TRUTH.d), (found.n, TRUTH.n), (found.v, TRUTH.v)] {
            assert!((found / truth - 1.0).abs() < 1e-9, "{found} is not {truth}");
        }
    }

    #[test]
    fn a_fit_finds_the_quadratic_that_made_its_target() {
        let grid = Grid::around(OMEGA, 0.65, 0.5);
        let inverse_target = grid.map(|_, y| 1.0 / TRUTH.squared_magnitude(y));
        assert_found(grid.fit_above(TRUTH.d, &inverse_target));
        assert_found(grid.fit_all(&inverse_target));
    }

    #[test]
    fn reweighting_lowers_the_largest_error() {
        // |P|² cannot be 1 + y³: what is left is the fit's to spread.
        let grid = Grid::logarithmic(0.5, 1.5);
        let inverse_target = grid.map(|_, y| 1.0 / (1.0 + y * y * y));
        let error = |p: [f64; 3]| {
            let errors = grid.map(|_, y| ((p[0] + p[1] * y + p[2] * y * y) / (1.0 + y * y * y) - 1.0).abs());
            errors.into_iter().fold(0.0, f64::max)
        };
        let [mut moments, mut right] = [[0.0; 5], [0.0; 5]];
        for (inverse, y) in inverse_target.iter().zip(&grid.y).take(grid.len) {
            for power in 0..5 {
                moments[power] += inverse * inverse * y.powi(power as i32);
                right[power] += inverse * y.powi(power as i32);
            }
        }
        let plain = error(solve(moments, [right[0], right[1], right[2]]));
        let fitted = grid.fit_all(&inverse_target);
        let squares =
            [fitted.d * fitted.d, fitted.v * fitted.v - 2.0 * fitted.d * fitted.n, fitted.n * fitted.n];
        // Three rounds get most of the way from least squares to least maximum.
        assert!(error(squares) < 0.8 * plain, "{} is not far below {plain}", error(squares));
    }

    #[test]
    fn what_cannot_be_unsquared_becomes_something_stable() {
        for p in [[0.0, 0.0, 0.0], [1.0, -5.0, -1.0], [f64::NAN; 3], [1e-14, f64::NEG_INFINITY, 1.0]] {
            let Quadratic { d, n, v } = unsquare(p);
            assert!(d > 0.0 && n > 0.0 && v > 0.0, "{p:?} became {d}, {n}, {v}");
        }
    }
}

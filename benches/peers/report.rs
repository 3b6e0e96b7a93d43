//! Targets and whether they are reached, as lines of text.

/// A bound that a figure has to keep.
#[derive(Clone, Copy)]
pub enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// Counts what was reached and what was missed.
#[derive(Default)]
pub struct Targets {
    reached: usize,
    missed: usize,
}

impl Targets {
    /// Prints one line: "target 1, AVX2: 5.80 (≥ 6) missed".
    pub fn judge(&mut self, number: u32, of: &str, figure: f64, bound: Bound) {
        let (is_reached, sign, limit) = match bound {
            Bound::AtLeast(limit) => (figure >= limit, '≥', limit),
            Bound::AtMost(limit) => (figure <= limit, '≤', limit),
        };
        if is_reached {
            self.reached += 1;
        } else {
            self.missed += 1;
        }
        let word = if is_reached { "reached" } else { "missed" };
        let figure = if figure.abs() < 50.0 { format!("{figure:.2}") } else { format!("{figure:.0}") };
        println!("target {number}, {of}: {figure} ({sign} {limit}) {word}");
    }

    /// The last line.
    pub fn close(&self) {
        println!("{} reached, {} missed", self.reached, self.missed);
    }
}

/// Prints a row of a table: a name and figures, with as many digits as they deserve.
pub fn row(name: &str, figures: &[f64]) {
    let figure = |figure: &f64| if figure.is_nan() { "–".to_owned() } else { format!("{figure:.2}") };
    let cells: String = figures.iter().map(|value| format!(" {:>9}", figure(value))).collect();
    println!("{name:<28}{cells}");
}

/// Prints the head of a table.
pub fn head(name: &str, columns: &[String]) {
    let cells: String = columns.iter().map(|column| format!(" {column:>9}")).collect();
    println!("\n{name:<28}{cells}");
}

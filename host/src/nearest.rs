//! The words nearest to a mistyped one, for error messages.

/// The candidates that are likely meant by `wanted`, best first, at most `max`.
///
/// Distance is Levenshtein's, without regard to case; of equals the alphabetically first wins. A candidate that
/// would need more than half of its letters changed is not a suggestion but noise.
pub(crate) fn nearest(wanted: &str, candidates: &[String], max: usize) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let mut ranked: Vec<(usize, &String)> = candidates
        .iter()
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count() / 2)
        .collect();
    ranked.sort();
    ranked.dedup();
    // Once something is close, what is much farther only distracts.
    let best = ranked.first().map_or(0, |(distance, _)| *distance);
    ranked.into_iter().filter(|(d, _)| *d <= best + 1).take(max).map(|(_, c)| c.clone()).collect()
}

/// Levenshtein's edit distance: the fewest insertions, deletions and replacements that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_the_textbooks() {
        for (a, b, expected) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn a_typo_finds_its_word_and_nonsense_finds_nothing() {
        let words = ["s01_fader", "s02_fader", "s01_pan", "m_dim"].map(str::to_owned);
        assert_eq!(nearest("s01_fadr", &words, 3), ["s01_fader", "s02_fader"]);
        assert_eq!(nearest("S01_PAN", &words, 1), ["s01_pan"]);
        assert!(nearest("zzzzzzzzzz", &words, 3).is_empty());
    }
}

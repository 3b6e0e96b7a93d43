//! Times and gains as people write them.

use std::fmt;

/// A point in time or a length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Time {
    /// In seconds.
    Seconds(f64),
    /// In samples at the rate of the mix.
    Samples(u64),
}

impl Default for Time {
    fn default() -> Self {
        Self::Seconds(0.0)
    }
}

/// A time longer than a week is a slip of the keyboard.
const MAX_S: f64 = 7.0 * 86_400.0;

impl Time {
    /// Reads `2.5`, `2.5 s`, `250 ms`, `1:30.5` (minutes), `1:02:30` (hours) or `48000 samples`; never negative.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase().replace(',', ".");
        if let Some(samples) = text.strip_suffix("samples").or_else(|| text.strip_suffix("sample")) {
            return samples.trim().parse().ok().map(Self::Samples).filter(|time| time.is_sane());
        }
        let seconds = if text.contains(':') {
            clock(&text)?
        } else if let Some(milliseconds) = text.strip_suffix("ms") {
            decimal(milliseconds)? / 1_000.0
        } else {
            decimal(text.strip_suffix('s').unwrap_or(&text))?
        };
        Some(Self::Seconds(seconds)).filter(|time| time.is_sane())
    }

    /// In samples, rounded to the nearest.
    pub fn samples(self, sample_rate_hz: u32) -> u64 {
        match self {
            Self::Seconds(seconds) => (seconds * f64::from(sample_rate_hz)).round() as u64,
            Self::Samples(samples) => samples,
        }
    }

    /// Whether it is the very start.
    pub fn is_zero(self) -> bool {
        self == Self::Seconds(0.0) || self == Self::Samples(0)
    }

    fn is_sane(self) -> bool {
        match self {
            Self::Seconds(seconds) => (0.0..=MAX_S).contains(&seconds),
            // At the highest rate that is rendered.
            Self::Samples(samples) => samples as f64 <= MAX_S * f64::from(super::MAX_RATE_HZ),
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(f, "{seconds} s"),
            Self::Samples(samples) => write!(f, "{samples} samples"),
        }
    }
}

/// A number of digits and a point, and nothing that only programs write ("1e3", "nan", "+5").
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|_| is_plain)
}

/// `m:s` or `h:m:s`. Below the first, no part reaches sixty.
fn clock(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    let (seconds, whole) = parts.split_last()?;
    if whole.len() > 2 {
        return None;
    }
    let mut total = 0.0;
    for (idx, part) in whole.iter().enumerate() {
        let part: u32 = part.trim().parse().ok()?;
        if idx > 0 && part >= 60 {
            return None;
        }
        total = (total + f64::from(part)) * 60.0;
    }
    let seconds = decimal(seconds).filter(|seconds| *seconds < 60.0)?;
    Some(total + seconds)
}

/// A stem's gain, from −100 dB, below which there is only silence, to +40 dB.
const GAIN_RANGE_DB: std::ops::RangeInclusive<f64> = -100.0..=40.0;

/// Reads `-3`, `-3 dB`, `+1,5 dB` or `-inf dB`.
pub fn parse_gain_db(text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase().replace(['−', '–'], "-").replace(',', ".");
    let number = text.strip_suffix("db").unwrap_or(&text).trim();
    if number == "-inf" || number == "-∞" {
        return Some(f64::NEG_INFINITY);
    }
    let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
    let magnitude = decimal(unsigned)?;
    let gain_db = if number.starts_with('-') { -magnitude } else { magnitude };
    GAIN_RANGE_DB.contains(&gain_db).then_some(gain_db)
}

/// The text of a stem's gain.
pub fn format_gain(gain_db: f64) -> String {
    if gain_db == f64::NEG_INFINITY { "-inf dB".to_owned() } else { format!("{} dB", gain_db + 0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("0", 0.0),
            ("2.5", 2.5),
            ("2,5 s", 2.5),
            (" 250 ms ", 0.25),
            ("1:30.5", 90.5),
            ("0:00", 0.0),
            ("90:00", 5400.0),
            ("1:02:30", 3750.0),
            ("12S", 12.0),
        ] {
            assert_eq!(Time::parse(text), Some(Time::Seconds(seconds)), "{text}");
        }
        assert_eq!(Time::parse("48000 samples"), Some(Time::Samples(48_000)));
        assert_eq!(Time::parse("1 sample"), Some(Time::Samples(1)));
        for text in [
            "",
            "s",
            "-1",
            "nan",
            "inf",
            "1e3",
            "1:60",
            "1:60:00",
            "1:2:3:4",
            ":5",
            "1:",
            "2 h",
            "1.5 samples",
            "700000",
            "99999999999999 samples",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_survive_their_text_and_become_samples() {
        for time in [Time::Seconds(0.0), Time::Seconds(1.0 / 3.0), Time::Seconds(3723.25), Time::Samples(7)] {
            assert_eq!(Time::parse(&time.to_string()), Some(time));
        }
        assert_eq!(Time::Seconds(0.5).samples(44_100), 22_050);
        assert_eq!(Time::Seconds(1.0 / 3.0).samples(48_000), 16_000);
        assert_eq!(Time::Samples(7).samples(44_100), 7);
    }

    #[test]
    fn gains_are_read_as_people_write_them() {
        for (text, gain_db) in
            [("0", 0.0), ("-3 dB", -3.0), ("+1,5dB", 1.5), ("−6", -6.0), ("-inf dB", f64::NEG_INFINITY)]
        {
            assert_eq!(parse_gain_db(text), Some(gain_db), "{text}");
            assert_eq!(parse_gain_db(&format_gain(gain_db)), Some(gain_db), "{text}");
        }
        for text in ["", "dB", "inf", "--3", "41", "-101", "nan", "1e1", "loud"] {
            assert_eq!(parse_gain_db(text), None, "{text}");
        }
        assert_eq!(format_gain(-0.0), "0 dB");
    }
}

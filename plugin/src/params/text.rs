//! Values as text, and what people type as values.
//!
//! One text form serves the host's generic view, the saved state and sessions: as short as it can be and still name the
//! value exactly. Parsing is generous: units are optional, case and spaces do not matter, a comma serves as the decimal
//! point, and a typographic minus or infinity sign is understood.

/// What a parameter's plain value counts, and how it reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    /// Decibels: "-6 dB". At or below `silence_db`, where there is one, "-inf dB".
    Decibels {
        /// The value that stands for a gain of zero.
        silence_db: Option<f32>,
    },
    /// Percent of a whole: "100 %".
    Percent,
    /// A position in percent: "L30", "C", "R100".
    Pan,
    /// Hertz: "80 Hz", "2.5 kHz".
    Hertz,
    /// Milliseconds: "10 ms", "1.2 s".
    Milliseconds,
    /// A ratio of input to output: "4:1". From `infinite` on, "inf:1".
    Ratio {
        /// The value that stands for infinity.
        infinite: f32,
    },
    /// A plain number: "0.71".
    Plain,
}

/// The text of `value`, complete with its unit.
pub fn format(unit: Unit, value: f32) -> String {
    // The value that is heard.
    let value = quantize(value);
    match unit {
        Unit::Decibels { silence_db: Some(silence_db) } if value <= silence_db => "-inf dB".to_owned(),
        Unit::Decibels { .. } => format!("{} dB", number(value)),
        Unit::Percent => format!("{} %", number(value)),
        Unit::Pan if value == 0.0 => "C".to_owned(),
        Unit::Pan => format!("{}{}", if value < 0.0 { "L" } else { "R" }, number(value.abs())),
        Unit::Hertz if value >= 1_000.0 => scaled(value, "kHz", "Hz"),
        Unit::Hertz => format!("{} Hz", number(value)),
        Unit::Milliseconds if value >= 1_000.0 => scaled(value, "s", "ms"),
        Unit::Milliseconds => format!("{} ms", number(value)),
        Unit::Ratio { infinite } if value >= infinite => "inf:1".to_owned(),
        Unit::Ratio { .. } => format!("{}:1", number(value)),
        Unit::Plain => number(value),
    }
}

/// A thousand and more in the `large` unit, unless only the `small` one names the value exactly.
fn scaled(value: f32, large: &str, small: &str) -> String {
    let thousands = number(value / 1_000.0);
    let exact = thousands.parse().is_ok_and(|thousands: f32| thousands * 1_000.0 == quantize(value));
    if exact { format!("{thousands} {large}") } else { format!("{} {small}", number(value)) }
}

/// The finest step of every number, in its unit.
pub const STEP: f32 = 0.01;

/// `value` on the grid of [`STEP`]s: the f32 nearest to a number of two decimals.
///
/// Text has two decimals and sound must not depend on whether a value came from a knob or from a text, so the engine is
/// given this value and no other. It also makes 0 dB exactly 0 dB after the host's 0…1 scale, which is bent.
///
/// Never −0: adding zero makes it +0.
pub fn quantize(value: f32) -> f32 {
    ((f64::from(value) * 100.0).round() / 100.0) as f32 + 0.0
}

/// At most two decimals. Never "-0".
fn number(value: f32) -> String {
    quantize(value).to_string()
}

/// The value that `text` names, not yet clamped to a range. Nothing if it names none.
pub fn parse(unit: Unit, text: &str) -> Option<f32> {
    let text = text.to_lowercase().replace(['−', '–'], "-").replace(',', ".").replace('∞', "inf");
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let value = match unit {
        Unit::Decibels { silence_db } => parse_decibels(&text, silence_db)?,
        Unit::Percent => parse_number(text.strip_suffix('%').unwrap_or(&text))?,
        Unit::Pan => parse_pan(&text)?,
        Unit::Hertz => parse_scaled(&text, &[("khz", 1e3), ("k", 1e3), ("hz", 1.0), ("", 1.0)])?,
        Unit::Milliseconds => parse_scaled(&text, &[("ms", 1.0), ("s", 1e3), ("", 1.0)])?,
        Unit::Ratio { infinite } => parse_ratio(&text, infinite)?,
        Unit::Plain => parse_number(&text)?,
    };
    let value = value as f32;
    value.is_finite().then_some(value)
}

/// "-6", "-6 dB", "-inf", and as gains "50%" and "2x".
fn parse_decibels(text: &str, silence_db: Option<f32>) -> Option<f64> {
    let silence = silence_db.map(f64::from);
    let gain = text
        .strip_suffix('x')
        .and_then(parse_number)
        .or_else(|| Some(parse_number(text.strip_suffix('%')?)? / 100.0));
    if let Some(gain) = gain {
        return if gain > 0.0 { Some(20.0 * gain.log10()) } else { silence.filter(|_| gain == 0.0) };
    }
    let text = text.strip_suffix("db").unwrap_or(text).trim_end();
    if matches!(text, "-inf" | "-infinity" | "off") { silence } else { parse_number(text) }
}

/// "L30", "30L", "30 % left", "C", "R 30", and as plain numbers "-30".
fn parse_pan(text: &str) -> Option<f64> {
    if matches!(text, "c" | "center" | "centre" | "middle" | "mid") {
        return Some(0.0);
    }
    for (words, sign) in [(["left", "l"], -1.0), (["right", "r"], 1.0)] {
        for word in words {
            if let Some(amount) = text.strip_prefix(word).or_else(|| text.strip_suffix(word)) {
                let amount = amount.trim();
                let amount = amount.strip_suffix('%').unwrap_or(amount);
                // "L" alone is as far left as it goes.
                let percent = if amount.is_empty() { 100.0 } else { parse_number(amount)? };
                return (percent >= 0.0).then_some(sign * percent);
            }
        }
    }
    parse_number(text.strip_suffix('%').unwrap_or(text))
}

/// "4:1", "4", "inf:1", "inf".
fn parse_ratio(text: &str, infinite: f32) -> Option<f64> {
    let text = text.strip_suffix(":1").unwrap_or(text);
    if matches!(text, "inf" | "infinity") { Some(f64::from(infinite)) } else { parse_number(text) }
}

fn parse_scaled(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    units.iter().find_map(|(unit, factor)| Some(parse_number(text.strip_suffix(unit)?)? * factor))
}

/// A plain decimal number. Rust also reads "nan", "inf" and "1e5"; nobody types those into a mixer.
fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    (!text.is_empty() && text.chars().all(plain)).then(|| text.parse().ok()).flatten()
}

/// The text of a switch.
pub fn format_switch(on: bool) -> String {
    if on { "On" } else { "Off" }.to_owned()
}

/// What people type for a switch.
pub fn parse_switch(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "on" | "1" | "yes" | "true" => Some(true),
        "off" | "0" | "no" | "false" => Some(false),
        _ => None,
    }
}

/// The index of the choice that `text` names: its name in any case, or an unambiguous beginning of it.
pub fn parse_choice(names: &[&str], text: &str) -> Option<usize> {
    let text = text.trim().to_lowercase();
    let exact = names.iter().position(|name| name.to_lowercase() == text);
    exact.or_else(|| {
        let mut beginning =
            names.iter().enumerate().filter(|(_, name)| name.to_lowercase().starts_with(&text));
        let (idx, _) = beginning.next().filter(|_| !text.is_empty())?;
        beginning.next().is_none().then_some(idx)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FADER: Unit = Unit::Decibels { silence_db: Some(-100.0) };
    const TRIM: Unit = Unit::Decibels { silence_db: None };
    const RATIO: Unit = Unit::Ratio { infinite: 100.0 };

    #[test]
    fn what_people_type_is_understood() {
        for (unit, text, value) in [
            (FADER, "-6", -6.0),
            (FADER, " -6 dB ", -6.0),
            (FADER, "-6db", -6.0),
            (FADER, "+3.5 dB", 3.5),
            (FADER, "−6,5 dB", -6.5),
            (FADER, "- 6 dB", -6.0),
            (FADER, "-inf", -100.0),
            (FADER, "-INF dB", -100.0),
            (FADER, "-∞ dB", -100.0),
            (FADER, "off", -100.0),
            (FADER, "0%", -100.0),
            (FADER, "50%", -6.0206),
            (FADER, "2x", 6.0206),
            (TRIM, "100 %", 0.0),
            (Unit::Percent, "50%", 50.0),
            (Unit::Percent, "50", 50.0),
            (Unit::Pan, "L30", -30.0),
            (Unit::Pan, "l 30 %", -30.0),
            (Unit::Pan, "30L", -30.0),
            (Unit::Pan, "30% left", -30.0),
            (Unit::Pan, "R", 100.0),
            (Unit::Pan, "right 12.5", 12.5),
            (Unit::Pan, "C", 0.0),
            (Unit::Pan, "centre", 0.0),
            (Unit::Pan, "-30", -30.0),
            (Unit::Hertz, "2k", 2_000.0),
            (Unit::Hertz, "2.5 kHz", 2_500.0),
            (Unit::Hertz, "80 Hz", 80.0),
            (Unit::Hertz, "80", 80.0),
            (Unit::Milliseconds, "10 ms", 10.0),
            (Unit::Milliseconds, "1.5 s", 1_500.0),
            (Unit::Milliseconds, "10", 10.0),
            (RATIO, "4:1", 4.0),
            (RATIO, "2.5 : 1", 2.5),
            (RATIO, "3", 3.0),
            (RATIO, "inf:1", 100.0),
            (RATIO, "∞", 100.0),
            (Unit::Plain, "0,71", 0.71),
        ] {
            let parsed = parse(unit, text).unwrap_or_else(|| panic!("{text:?} as {unit:?}"));
            assert!((parsed - value).abs() < 1e-4, "{text:?}: {parsed}, not {value}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for (unit, text) in [
            (FADER, ""),
            (FADER, "loud"),
            (FADER, "nan"),
            (FADER, "inf"),
            (FADER, "-2x"),
            (FADER, "6 ms"),
            (FADER, "1e300"),
            (TRIM, "-inf"),
            (TRIM, "0 %"),
            (Unit::Percent, "%"),
            (Unit::Pan, "L-30"),
            (Unit::Pan, "up"),
            (Unit::Hertz, "2 dB"),
            (Unit::Milliseconds, "--1"),
            (RATIO, "4:2"),
            (RATIO, "-inf"),
            (Unit::Plain, "1 dB"),
        ] {
            assert_eq!(parse(unit, text), None, "{text:?} as {unit:?}");
        }
    }

    #[test]
    fn every_value_reads_back_as_itself() {
        let mut rng = fastrand::Rng::with_seed(1);
        let units =
            [FADER, TRIM, Unit::Percent, Unit::Pan, Unit::Hertz, Unit::Milliseconds, RATIO, Unit::Plain];
        for case in 0..100_000 {
            let unit = units[case % units.len()];
            let wide = (rng.f32() - 0.5) * 190.0;
            let value = match unit {
                Unit::Hertz | Unit::Milliseconds => (wide * wide).max(0.01),
                // What is beyond infinity is infinity.
                Unit::Ratio { infinite } => wide.abs().clamp(1.0, infinite),
                _ => wide,
            };
            let text = format(unit, value);
            let parsed = parse(unit, &text).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!(parsed.to_bits(), quantize(value).to_bits(), "{value} reads {text:?}");
            assert_eq!(format(unit, parsed), text);
        }
    }

    #[test]
    fn texts_are_short() {
        assert_eq!(format(FADER, -100.0), "-inf dB");
        assert_eq!(format(FADER, -6.02), "-6.02 dB");
        assert_eq!(format(FADER, -602.0 * 0.01), "-6.02 dB");
        assert_eq!(format(FADER, -0.0), "0 dB");
        assert_eq!(format(FADER, -99.997), "-inf dB");
        assert_eq!(format(Unit::Pan, 0.004), "C");
        assert_eq!(format(Unit::Pan, -0.004), "C");
        assert_eq!(format(Unit::Pan, 0.0), "C");
        assert_eq!(format(Unit::Pan, -30.0), "L30");
        assert_eq!(format(Unit::Pan, 100.0), "R100");
        assert_eq!(format(Unit::Percent, 100.0), "100 %");
        assert_eq!(format(Unit::Hertz, 2_500.0), "2.5 kHz");
        assert_eq!(format(Unit::Milliseconds, 10.0), "10 ms");
        assert_eq!(format(RATIO, 4.0), "4:1");
        assert_eq!(format(RATIO, 100.0), "inf:1");
        assert_eq!(format(Unit::Plain, 0.71), "0.71");
    }

    #[test]
    fn switches_and_choices_are_understood() {
        assert_eq!(parse_switch(" ON "), Some(true));
        assert_eq!(parse_switch("0"), Some(false));
        assert_eq!(parse_switch("maybe"), None);
        let names = ["Stereo", "Swap", "Left", "Right", "Mono"];
        assert_eq!(parse_choice(&names, "left"), Some(2));
        assert_eq!(parse_choice(&names, "m"), Some(4));
        assert_eq!(parse_choice(&names, "s"), None, "Stereo or Swap?");
        assert_eq!(parse_choice(&names, ""), None);
    }
}

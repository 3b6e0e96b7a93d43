//! [`Session`] to TOML, laid out for a person: what concerns all first, then stems by strip, then parameters by section.

use super::quantity::format_gain;
use super::{Lane, Session, Setting, Shape, Stem};
use std::fmt::Write;
use toml_edit::{Key, Value};

pub(super) fn to_toml(session: &Session, title: &str, comments: bool) -> String {
    let mut out = String::new();
    for line in title.lines() {
        let _ = writeln!(out, "# {line}");
    }
    head(session, comments, &mut out);
    for stem in &session.stems {
        write_stem(stem, &mut out);
    }
    names(session, &mut out);
    parameters(session, comments, &mut out);
    if comments && session.automation.is_empty() {
        out.push_str(EXAMPLE_AUTOMATION);
    }
    for lane in &session.automation {
        write_lane(lane, &mut out);
    }
    out
}

/// What a person may add, ready to be freed of its marks.
const EXAMPLE_PARAMETERS: &str = "\
# `busbar-render --params` lists them all. What is not here has its default.
# s01_fader = \"-6 dB\"
# s01_pan = \"L30\"
# s01_m_on = \"Off\"        # not to the master,
# s01_a_on = \"On\"         # but to group A
# ga_fader = \"-2 dB\"
";

const EXAMPLE_AUTOMATION: &str = "
# [[automation]]
# parameter = \"m_fader\"
# points = [
#     { time = \"0 s\", value = \"0 dB\" },
#     { time = \"2 s\", value = \"-3 dB\" },                     # a straight line from the point before
#     { time = \"0:10\", value = \"-inf dB\", shape = \"step\" },  # a jump
# ]
";

fn head(session: &Session, comments: bool, out: &mut String) {
    let rows = [
        (session.size.map(|size| format!("size = {size}")), "strips: 8, 16 or 32"),
        (
            session.sample_rate_hz.map(|rate| format!("sample_rate = {rate}")),
            "Hz; a stem at another rate is resampled",
        ),
        (
            session.block_frames.map(|block| format!("block = {block}")),
            "frames; the mix does not depend on it",
        ),
        (
            (comments || !session.tail.is_zero()).then(|| format!("tail = \"{}\"", session.tail)),
            "after the last stem",
        ),
    ];
    for (row, comment) in rows.into_iter().filter_map(|(row, comment)| Some((row?, comment))) {
        let _ = if comments { writeln!(out, "{row:21}  # {comment}") } else { writeln!(out, "{row}") };
    }
}

fn write_stem(stem: &Stem, out: &mut String) {
    // Slashes serve on every system, and a session may travel.
    let file = stem.file.to_string_lossy();
    let file = if cfg!(windows) { file.replace('\\', "/") } else { file.into_owned() };
    let _ = writeln!(out, "\n[[stem]]\nstrip = {}\nfile = {}", stem.strip, quoted(&file));
    if let Some(name) = &stem.name {
        let _ = writeln!(out, "name = {}", quoted(name));
    }
    if !stem.start.is_zero() {
        let _ = writeln!(out, "start = \"{}\"", stem.start);
    }
    if stem.gain_db != 0.0 {
        let _ = writeln!(out, "gain = \"{}\"", format_gain(stem.gain_db));
    }
}

fn names(session: &Session, out: &mut String) {
    if !session.names.is_empty() {
        out.push_str("\n[names]\n");
    }
    for name in &session.names {
        let _ = writeln!(out, "s{:02} = {}", name.strip, quoted(&name.name));
    }
}

fn parameters(session: &Session, comments: bool, out: &mut String) {
    if !session.parameters.is_empty() || comments {
        out.push_str("\n[parameters]\n");
    }
    if session.parameters.is_empty() && comments {
        out.push_str(EXAMPLE_PARAMETERS);
    }
    let mut sorted: Vec<&Setting> = session.parameters.iter().collect();
    sorted.sort_by(|a, b| (section(&a.id), &a.id).cmp(&(section(&b.id), &b.id)));
    let mut previous = None;
    for setting in sorted {
        let section = section(&setting.id);
        if previous.is_some_and(|previous| previous != section) {
            out.push('\n');
        }
        if previous != Some(section)
            && let Some(name) = section.strip().and_then(|strip| session.strip_name(strip))
        {
            // A name is one line, whatever its owner made of it.
            let _ = writeln!(out, "# {}", name.replace(char::is_control, " "));
        }
        previous = Some(section);
        let _ = writeln!(out, "{} = {}", key(&setting.id), quoted(&setting.text));
    }
}

fn write_lane(lane: &Lane, out: &mut String) {
    let _ = writeln!(out, "\n[[automation]]\nparameter = {}\npoints = [", quoted(&lane.parameter));
    for point in &lane.points {
        let shape = if point.shape == Shape::Step { ", shape = \"step\"" } else { "" };
        let _ =
            writeln!(out, "    {{ time = \"{}\", value = {}{shape} }},", point.time, quoted(&point.value));
    }
    out.push_str("]\n");
}

/// Where a parameter belongs, in the order in which a page shows them: the instance, the master, the groups, the strips.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Instance,
    Master,
    Group(u8),
    Strip(usize),
}

impl Section {
    fn strip(self) -> Option<usize> {
        match self {
            Self::Strip(strip) => Some(strip),
            _ => None,
        }
    }
}

fn section(id: &str) -> Section {
    let prefix = id.split('_').next().filter(|prefix| prefix.len() < id.len()).unwrap_or_default();
    match (prefix.as_bytes(), prefix.strip_prefix('s').and_then(|digits| digits.parse().ok())) {
        (b"m", _) => Section::Master,
        ([b'g', letter], _) => Section::Group(*letter),
        (_, Some(strip)) => Section::Strip(strip),
        _ => Section::Instance,
    }
}

/// A string as TOML writes it, on one line.
fn quoted(text: &str) -> String {
    let value = Value::from(text).to_string();
    if !value.contains('\n') && !value.starts_with("'''") && !value.starts_with("\"\"\"") {
        return value;
    }
    // The writer prefers several lines for a text of several; here each value has one.
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

fn key(id: &str) -> String {
    Key::new(id).display_repr().into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::{Point, StripName, Time};
    use super::*;
    use std::path::Path;

    fn session() -> Session {
        let setting = |id: &str, text: &str| Setting { id: id.to_owned(), text: text.to_owned(), line: 0 };
        let point = |time, value: &str, shape| Point { time, value: value.to_owned(), shape, line: 0 };
        Session {
            size: Some(16),
            sample_rate_hz: Some(48_000),
            block_frames: Some(64),
            tail: Time::Seconds(2.0),
            stems: vec![
                Stem {
                    strip: 1,
                    file: "stems/kick.flac".into(),
                    name: Some("Kick \"in\"\n\\out".to_owned()),
                    start: Time::Samples(3),
                    gain_db: -3.5,
                    line: 0,
                },
                Stem {
                    strip: 12,
                    file: "b.wav".into(),
                    name: None,
                    start: Time::default(),
                    gain_db: 0.0,
                    line: 0,
                },
            ],
            names: vec![StripName { strip: 12, name: "Return".to_owned(), line: 0 }],
            parameters: vec![
                setting("s12_fader", "-6 dB"),
                setting("s01_pan", "L30"),
                setting("gb_fader", "-2 dB"),
                setting("s01_fader", "-1.5 dB"),
                setting("m_fader", "-1 dB"),
                setting("pan_law", "Linear -6 dB"),
                setting("S01 Mute", "On"),
            ],
            automation: vec![Lane {
                parameter: "s01_send".to_owned(),
                points: vec![
                    point(Time::Seconds(0.25), "-inf dB", Shape::Straight),
                    point(Time::Seconds(1.0), "0 dB", Shape::Step),
                ],
                line: 0,
            }],
        }
    }

    #[test]
    fn a_page_is_sorted_and_named() {
        let expected = r#"# A mix
size = 16
sample_rate = 48000
block = 64
tail = "2 s"

[[stem]]
strip = 1
file = "stems/kick.flac"
name = "Kick \"in\"\u000A\\out"
start = "3 samples"
gain = "-3.5 dB"

[[stem]]
strip = 12
file = "b.wav"

[names]
s12 = "Return"

[parameters]
"S01 Mute" = "On"
pan_law = "Linear -6 dB"

m_fader = "-1 dB"

gb_fader = "-2 dB"

# Kick "in" \out
s01_fader = "-1.5 dB"
s01_pan = "L30"

# Return
s12_fader = "-6 dB"

[[automation]]
parameter = "s01_send"
points = [
    { time = "0.25 s", value = "-inf dB" },
    { time = "1 s", value = "0 dB", shape = "step" },
]
"#;
        assert_eq!(to_toml(&session(), "A mix", false), expected);
    }

    #[test]
    fn what_is_written_reads_back() {
        for comments in [false, true] {
            let text = to_toml(&session(), "A mix\nof two", comments);
            let read = Session::parse(&text, Path::new("mix.toml")).expect("it reads");
            assert_eq!(to_toml(&read, "A mix\nof two", comments), text);
            assert_eq!(read.stems.len() + read.parameters.len() + read.automation.len(), 2 + 7 + 1);
        }
    }

    #[test]
    fn what_comments_offer_is_understood_once_they_are_freed() {
        let blank = Session { size: Some(8), ..Session::default() };
        let page = to_toml(&blank, "", true);
        let freed: String = page
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(code) if code.contains([']', '[', '=', '{']) && !code.starts_with('`') => code,
                _ => line,
            })
            .map(|line| format!("{line}\n"))
            .collect();
        let read = Session::parse(&freed, Path::new("mix.toml")).expect("it reads");
        assert_eq!((read.parameters.len(), read.automation.len()), (5, 1), "{freed}");
    }
}

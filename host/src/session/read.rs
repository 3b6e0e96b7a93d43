//! TOML to [`Session`]. Every fault names its line.

use super::error::{Problem, SessionError};
use super::quantity::{Time, parse_gain_db};
use super::{Lane, Point, Session, Setting, Shape, Stem, StripName};
use crate::render::{MAX_BLOCK_FRAMES, SIZES};
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml_edit::{Document, Item, TableLike, Value};

/// The highest rate that is rendered.
pub const MAX_RATE_HZ: u32 = 384_000;

/// The lowest rate that is rendered.
pub const MIN_RATE_HZ: u32 = 8_000;

/// The most that is quoted of a value that is not understood.
const MAX_QUOTE_CHARS: usize = 40;

pub(super) fn parse(text: &str, path: &Path) -> Result<Session, SessionError> {
    let reader = Reader { text, path, folder: path.parent().unwrap_or(Path::new("")) };
    let document = Document::parse(text).map_err(|error| {
        let message = error.message().lines().map(str::trim).collect::<Vec<_>>().join(", ");
        reader.error(error.span(), Problem::Syntax(message))
    })?;
    reader.session(document.as_table())
}

struct Reader<'a> {
    text: &'a str,
    path: &'a Path,
    folder: &'a Path,
}

/// One `key = value`.
struct Entry<'t> {
    key: &'t str,
    key_span: Option<Range<usize>>,
    item: &'t Item,
}

type Read<T> = Result<T, SessionError>;

impl Reader<'_> {
    fn session(&self, table: &dyn TableLike) -> Read<Session> {
        let mut session = Session::default();
        for entry in entries(table) {
            match entry.key {
                "size" => session.size = Some(self.size(&entry)?),
                "sample_rate" => session.sample_rate_hz = Some(self.sample_rate(&entry)?),
                "block" => session.block_frames = Some(self.block(&entry)?),
                "tail" => session.tail = self.time(&entry)?,
                "stem" => {
                    session.stems = self.each(&entry, "write [[stem]] above each", |t, l| self.stem(t, l))?
                }
                "names" => session.names = self.names(&entry)?,
                "parameters" => session.parameters = self.parameters(&entry)?,
                "automation" => {
                    session.automation =
                        self.each(&entry, "write [[automation]] above each", |t, l| self.lane(t, l))?;
                }
                _ => {
                    let known = "size, sample_rate, block, tail, stem, names, parameters, automation";
                    return Err(self.unknown("a session", &entry, known));
                }
            }
        }
        session.stems.sort_by_key(|stem| stem.strip);
        Ok(session)
    }

    fn size(&self, entry: &Entry) -> Read<usize> {
        let size = self.integer(entry).and_then(|size| usize::try_from(size).ok());
        size.filter(|size| SIZES.contains(size)).ok_or_else(|| self.bad(entry, "use 8, 16 or 32"))
    }

    fn sample_rate(&self, entry: &Entry) -> Read<u32> {
        let rate = self.integer(entry).and_then(|rate| u32::try_from(rate).ok());
        rate.filter(|rate| (MIN_RATE_HZ..=MAX_RATE_HZ).contains(rate))
            .ok_or_else(|| self.bad(entry, "use a rate from 8000 to 384000 Hz, such as 48000"))
    }

    fn block(&self, entry: &Entry) -> Read<u32> {
        let block = self.integer(entry).and_then(|block| u32::try_from(block).ok());
        block
            .filter(|block| (1..=MAX_BLOCK_FRAMES).contains(block))
            .ok_or_else(|| self.bad(entry, "use a number of frames from 1 to 65536"))
    }

    fn stem(&self, table: &dyn TableLike, line: usize) -> Read<Stem> {
        let (mut strip, mut file) = (None, None);
        let (mut name, mut start, mut gain_db) = (None, Time::default(), 0.0);
        for entry in entries(table) {
            match entry.key {
                "strip" => strip = Some(self.strip(&entry)?),
                "file" => file = Some(self.file(&entry)?),
                "name" => name = Some(self.string(&entry, "write the name in quotes")?),
                "start" => start = self.time(&entry)?,
                "gain" => gain_db = self.gain(&entry)?,
                _ => return Err(self.unknown("[[stem]]", &entry, "strip, file, name, start, gain")),
            }
        }
        let strip = strip.ok_or_else(|| self.missing(line, "[[stem]]", "strip", "strip = 1"))?;
        let file = file.ok_or_else(|| self.missing(line, "[[stem]]", "file", "file = \"kick.wav\""))?;
        Ok(Stem { strip, file, name, start, gain_db, line })
    }

    fn strip(&self, entry: &Entry) -> Read<usize> {
        let strip = self.integer(entry).and_then(|strip| usize::try_from(strip).ok());
        let largest = SIZES[SIZES.len() - 1];
        strip
            .filter(|strip| (1..=largest).contains(strip))
            .ok_or_else(|| self.bad(entry, "use the number of a strip, from 1 to 32"))
    }

    fn file(&self, entry: &Entry) -> Read<PathBuf> {
        let file = self.string(entry, "write the file's name in quotes")?;
        if file.is_empty() {
            return Err(self.bad(entry, "write the file's name in quotes"));
        }
        // An absolute path stays what it is.
        Ok(self.folder.join(file))
    }

    fn gain(&self, entry: &Entry) -> Read<f64> {
        self.text(entry)
            .and_then(|text| parse_gain_db(&text))
            .ok_or_else(|| self.bad(entry, "use decibels from -100 to 40, such as \"-3 dB\", or \"-inf dB\""))
    }

    fn time(&self, entry: &Entry) -> Read<Time> {
        self.text(entry).and_then(|text| Time::parse(&text)).ok_or_else(|| {
            self.bad(entry, "use a time such as 2.5, \"2.5 s\", \"250 ms\", \"1:30.5\" or \"48000 samples\"")
        })
    }

    fn names(&self, entry: &Entry) -> Read<Vec<StripName>> {
        let mut names: Vec<StripName> = Vec::new();
        for entry in entries(self.table(entry, "write [names] and lines such as s09 = \"Return\"")?) {
            let strip = entry.key.strip_prefix('s').and_then(|digits| digits.parse().ok());
            let largest = SIZES[SIZES.len() - 1];
            let Some(strip) = strip.filter(|strip| (1..=largest).contains(strip)) else {
                return Err(self.unknown("[names]", &entry, "s01 to s32"));
            };
            if names.iter().any(|name| name.strip == strip) {
                return Err(self.error(entry.key_span, Problem::Twice(entry.key.to_owned())));
            }
            let name = self.string(&entry, "write the name in quotes")?;
            names.push(StripName { strip, name, line: self.line(entry.key_span) });
        }
        names.sort_by_key(|name| name.strip);
        Ok(names)
    }

    fn parameters(&self, entry: &Entry) -> Read<Vec<Setting>> {
        let table = self.table(entry, "write [parameters] and lines such as s01_fader = \"-6 dB\"")?;
        entries(table).into_iter().map(|entry| self.setting(&entry)).collect()
    }

    fn setting(&self, entry: &Entry) -> Read<Setting> {
        let text = self
            .text(entry)
            .ok_or_else(|| self.bad(entry, "write the value's text in quotes, such as \"-6 dB\""))?;
        Ok(Setting { id: entry.key.to_owned(), text, line: self.line(entry.key_span.clone()) })
    }

    fn lane(&self, table: &dyn TableLike, line: usize) -> Read<Lane> {
        let (mut parameter, mut points) = (None, None);
        for entry in entries(table) {
            match entry.key {
                "parameter" => parameter = Some(self.string(&entry, "write the parameter's id in quotes")?),
                "points" => {
                    let advice = "write [ { time = \"0 s\", value = \"-6 dB\" }, ... ]";
                    points = Some(self.each(&entry, advice, |table, line| self.point(table, line))?);
                }
                _ => return Err(self.unknown("[[automation]]", &entry, "parameter, points")),
            }
        }
        let place = "[[automation]]";
        let parameter =
            parameter.ok_or_else(|| self.missing(line, place, "parameter", "parameter = \"s01_fader\""))?;
        let points: Vec<Point> =
            points.filter(|points: &Vec<Point>| !points.is_empty()).ok_or_else(|| {
                self.missing(line, place, "points", "points = [{ time = \"0 s\", value = \"-6 dB\" }]")
            })?;
        Ok(Lane { parameter, points, line })
    }

    fn point(&self, table: &dyn TableLike, line: usize) -> Read<Point> {
        let (mut time, mut value, mut shape) = (None, None, Shape::default());
        for entry in entries(table) {
            match entry.key {
                "time" => time = Some(self.time(&entry)?),
                "value" => value = Some(self.setting(&entry)?.text),
                "shape" => shape = self.shape(&entry)?,
                _ => return Err(self.unknown("a point", &entry, "time, value, shape")),
            }
        }
        let time = time.ok_or_else(|| self.missing(line, "a point", "time", "time = \"2.5 s\""))?;
        let value = value.ok_or_else(|| self.missing(line, "a point", "value", "value = \"-6 dB\""))?;
        Ok(Point { time, value, shape, line })
    }

    fn shape(&self, entry: &Entry) -> Read<Shape> {
        match self.text(entry).as_deref() {
            Some("straight") => Ok(Shape::Straight),
            Some("step") => Ok(Shape::Step),
            _ => Err(self.bad(entry, "use \"straight\" or \"step\"")),
        }
    }

    /// The tables of `[[…]]`, or of an array of inline tables.
    fn each<T>(
        &self,
        entry: &Entry,
        advice: &'static str,
        read: impl Fn(&dyn TableLike, usize) -> Read<T>,
    ) -> Read<Vec<T>> {
        match entry.item {
            Item::ArrayOfTables(tables) => {
                tables.iter().map(|table| read(table, self.line(table.span()))).collect()
            }
            Item::Value(Value::Array(values)) => {
                let read_one = |value: &Value| match value.as_inline_table() {
                    Some(table) => read(table, self.line(value.span())),
                    None => Err(self.bad_value(entry.key, value.span(), advice)),
                };
                values.iter().map(read_one).collect()
            }
            _ => Err(self.bad(entry, advice)),
        }
    }

    fn table<'t>(&self, entry: &Entry<'t>, advice: &'static str) -> Read<&'t dyn TableLike> {
        entry.item.as_table_like().ok_or_else(|| self.bad(entry, advice))
    }

    fn integer(&self, entry: &Entry) -> Option<i64> {
        entry.item.as_integer()
    }

    fn string(&self, entry: &Entry, advice: &'static str) -> Read<String> {
        entry.item.as_str().map(str::to_owned).ok_or_else(|| self.bad(entry, advice))
    }

    /// A value's text: numbers and switches need no quotes.
    fn text(&self, entry: &Entry) -> Option<String> {
        match entry.item.as_value()? {
            Value::String(text) => Some(text.value().clone()),
            Value::Integer(number) => Some(number.value().to_string()),
            Value::Float(number) => Some(number.value().to_string()),
            Value::Boolean(on) => Some(if *on.value() { "On" } else { "Off" }.to_owned()),
            _ => None,
        }
    }

    fn unknown(&self, place: &str, entry: &Entry, known: &str) -> SessionError {
        let (place, key, known) = (place.to_owned(), entry.key.to_owned(), known.to_owned());
        self.error(entry.key_span.clone(), Problem::UnknownKey { place, key, known })
    }

    fn missing(&self, line: usize, place: &str, key: &'static str, example: &'static str) -> SessionError {
        SessionError::new(self.path, line, Problem::Missing { place: place.to_owned(), key, example })
    }

    fn bad(&self, entry: &Entry, expected: &'static str) -> SessionError {
        let span = entry.item.span().or_else(|| entry.key_span.clone());
        self.bad_value(entry.key, span, expected)
    }

    fn bad_value(&self, key: &str, span: Option<Range<usize>>, expected: &'static str) -> SessionError {
        let quoted = span.clone().and_then(|span| self.text.get(span)).unwrap_or("this");
        let quoted = quoted.lines().next().unwrap_or_default();
        let mut found: String = quoted.chars().take(MAX_QUOTE_CHARS).collect();
        if found.len() < quoted.len() {
            found.push('…');
        }
        self.error(span, Problem::BadValue { key: key.to_owned(), found, expected })
    }

    fn error(&self, span: Option<Range<usize>>, problem: Problem) -> SessionError {
        SessionError::new(self.path, self.line(span), problem)
    }

    fn line(&self, span: Option<Range<usize>>) -> usize {
        span.and_then(|span| self.text.get(..span.start)).map_or(0, |before| before.matches('\n').count() + 1)
    }
}

fn entries(table: &dyn TableLike) -> Vec<Entry<'_>> {
    let entry = |(key, item)| {
        let key_span = table.get_key_value(key).and_then(|(key, _)| key.span());
        Entry { key, key_span, item }
    };
    table.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Read<Session> {
        parse(text, Path::new("songs/mix.toml"))
    }

    #[test]
    fn everything_a_session_may_hold_is_read() {
        let session = read(
            r#"
size = 16
sample_rate = 44_100
block = 64
tail = "1.5 s"

[[stem]]
strip = 2
file = "b.wav"

[[stem]]
strip = 1
file = "stems/a.flac"
name = "Kick"
start = "0:01.5"
gain = "-3 dB"

[names]
s09 = "Return"

[parameters]
s01_fader = -6.5
s01_mute = true
pan_law = "Linear -6 dB"

[[automation]]
parameter = "s01_pan"
points = [
    { time = 0, value = "L30" },
    { time = "48000 samples", value = "C", shape = "step" },
]
"#,
        )
        .expect("a session");
        assert_eq!(
            (session.size, session.sample_rate_hz, session.block_frames, session.tail),
            (Some(16), Some(44_100), Some(64), Time::Seconds(1.5))
        );
        let kick = Stem {
            strip: 1,
            file: Path::new("songs").join("stems/a.flac"),
            name: Some("Kick".to_owned()),
            start: Time::Seconds(1.5),
            gain_db: -3.0,
            line: 11,
        };
        let other = Stem {
            strip: 2,
            file: Path::new("songs").join("b.wav"),
            name: None,
            start: Time::default(),
            gain_db: 0.0,
            line: 7,
        };
        assert_eq!(session.stems, [kick, other], "by strip");
        assert_eq!(session.names, [StripName { strip: 9, name: "Return".to_owned(), line: 19 }]);
        let setting = |id: &str, text: &str, line| Setting { id: id.to_owned(), text: text.to_owned(), line };
        assert_eq!(
            session.parameters,
            [
                setting("s01_fader", "-6.5", 22),
                setting("s01_mute", "On", 23),
                setting("pan_law", "Linear -6 dB", 24),
            ]
        );
        let point = |time, value: &str, shape, line| Point { time, value: value.to_owned(), shape, line };
        let points = vec![
            point(Time::Seconds(0.0), "L30", Shape::Straight, 29),
            point(Time::Samples(48_000), "C", Shape::Step, 30),
        ];
        assert_eq!(session.automation, [Lane { parameter: "s01_pan".to_owned(), points, line: 26 }]);
        assert_eq!(session.strip_name(1), Some("Kick"));
        assert_eq!(session.strip_name(9), Some("Return"));
        assert_eq!((session.strip_name(2), session.highest_strip()), (None, 2));
    }

    #[test]
    fn an_absolute_file_stays_where_it_is() {
        let file = std::env::temp_dir().join("a.wav");
        let quoted = file.to_string_lossy().replace('\\', "\\\\");
        let session = read(&format!("[[stem]]\nstrip = 1\nfile = \"{quoted}\"")).expect("a session");
        assert_eq!(session.stems[0].file, file);
    }

    #[test]
    fn every_fault_names_its_line_and_what_to_do() {
        for (text, expected) in [
            ("size = 8\nsise = 8", "line 2: a session has no `sise`: it knows size, sample_rate, block"),
            ("size = 9", "line 1: `size` does not understand 9: use 8, 16 or 32"),
            ("\nsize = \"big\"", "line 2: `size` does not understand \"big\": use 8, 16 or 32"),
            ("sample_rate = 48", "`sample_rate` does not understand 48: use a rate from 8000"),
            ("block = 0", "`block` does not understand 0: use a number of frames"),
            ("tail = -1", "`tail` does not understand -1: use a time such as"),
            ("size = [", "line 1: this is no TOML ("),
            ("[[stem]]\nfile = \"a.wav\"", "line 1: [[stem]] lacks `strip`: add strip = 1"),
            ("[[stem]]\nstrip = 1", "line 1: [[stem]] lacks `file`: add file = \"kick.wav\""),
            ("[[stem]]\nstrip = 33", "line 2: `strip` does not understand 33: use the number of a strip"),
            ("[[stem]]\nfile = \"\"", "line 2: `file` does not understand \"\": write the file's name"),
            ("[[stem]]\nname = 3", "`name` does not understand 3: write the name in quotes"),
            ("[[stem]]\ngain = \"loud\"", "`gain` does not understand \"loud\": use decibels"),
            ("[[stem]]\npan = \"L30\"", "[[stem]] has no `pan`: it knows strip, file, name, start, gain"),
            ("[stem]\nstrip = 1", "`stem` does not understand [stem]: write [[stem]] above each"),
            ("stem = [1]", "`stem` does not understand 1: write [[stem]] above each"),
            ("[names]\nx = \"\"", "[names] has no `x`: it knows s01 to s32"),
            ("[names]\ns1 = \"a\"\ns01 = \"b\"", "line 3: `s01` is told twice"),
            ("[parameters]\ns01_fader = [1]", "`s01_fader` does not understand [1]: write the value's text"),
            ("[parameters]\na = 1\na = 2", "this is no TOML (duplicate key"),
            ("parameters = 3", "`parameters` does not understand 3: write [parameters] and lines such as"),
            ("[[automation]]\npoints = []", "[[automation]] lacks `parameter`"),
            ("[[automation]]\nparameter = \"m_fader\"\npoints = []", "line 1: [[automation]] lacks `points`"),
            (
                "[[automation]]\nparameter = \"m_fader\"\npoints = [{ time = 1 }]",
                "line 3: a point lacks `value`",
            ),
            (
                "[[automation]]\npoints = [{ time = 1, value = 1, shape = \"round\" }]",
                "`shape` does not understand \"round\": use \"straight\" or \"step\"",
            ),
            ("[[automation]]\npoints = [{ at = 1 }]", "a point has no `at`: it knows time, value, shape"),
        ] {
            let error = read(text).expect_err(text).to_string();
            assert!(error.starts_with(&format!("{}", Path::new("songs/mix.toml").display())), "{error}");
            assert!(error.contains(expected), "{error}\nshould contain\n{expected}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_long_value_is_quoted_in_part() {
        let error = read(&format!("size = \"{}\"", "x".repeat(100))).expect_err("too long").to_string();
        assert!(error.contains("xxx…: use 8"), "{error}");
    }
}

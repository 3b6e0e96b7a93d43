//! Where which character is, and which is where.

use super::collection::StyleIdx;
use super::paragraph::Paragraph;
use super::style::{RectHeightStyle, RectWidthStyle, TextDirection};
use crate::{Point, Rect};
use parley::{BreakReason, Layout};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A rectangle around some characters of one line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextBox {
    /// Where it is.
    pub rect: Rect,
    /// How they are read.
    pub direct: TextDirection,
}

/// On which side of a place a character is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affinity {
    /// The one before.
    Upstream,
    /// The one behind.
    Downstream,
}

/// A place between characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionWithAffinity {
    /// How many grapheme clusters are before it.
    pub position: i32,
    /// Which neighbour was meant.
    pub affinity: Affinity,
}

/// A cluster of glyphs that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct GlyphClusterInfo {
    /// Where it is.
    pub bounds: Rect,
    /// Its text, in bytes.
    pub text_range: Range<usize>,
    /// How it is read.
    pub position: TextDirection,
}

/// A line. Places in the text are in bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineMetrics {
    /// Where it starts.
    pub start_index: usize,
    /// One behind the last place of a caret on this line.
    pub end_index: usize,
    /// Where it ends without blanks.
    pub end_excluding_whitespaces: usize,
    /// Where it ends with the line break.
    pub end_including_newline: usize,
    /// Whether the text asks for the break.
    pub hard_break: bool,
    /// From the baseline to the top of the letters, in pixels.
    pub ascent: f64,
    /// From the baseline to the bottom of the letters, in pixels.
    pub descent: f64,
    /// The height of the line, in pixels.
    pub height: f64,
    /// The width of the letters, in pixels.
    pub width: f64,
    /// Where the letters start, in pixels.
    pub left: f64,
    /// Where the baseline is, from the top of the paragraph, in pixels.
    pub baseline: f64,
    /// Counted from 0.
    pub line_number: usize,
}

/// The starts of the grapheme clusters of a text, and its end, in bytes.
pub(super) fn grapheme_starts(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.grapheme_indices(true).map(|(start, _)| start).chain([text.len()])
}

/// One grapheme cluster on the screen.
#[derive(Clone, Debug)]
struct Place {
    text: Range<usize>,
    line: usize,
    left: f32,
    right: f32,
    is_rtl: bool,
    /// Whether a caret behind it is on the next line: a line break, and the blank at which a line wraps.
    ends_line: bool,
}

/// All grapheme clusters that are shown, in the order of the text, and the lines. Made when somebody asks: most paragraphs are never asked.
pub(super) struct Places {
    /// Where grapheme clusters start in the text, and where it ends.
    graphemes: Vec<usize>,
    /// How much of the text is shown, in bytes.
    end: usize,
    places: Vec<Place>,
    lines: Vec<LineMetrics>,
}

impl Places {
    /// The places of a text of which there is as much as `end` in the layout, and maybe an ellipsis behind it.
    pub(super) fn new(text: &str, end: usize, layout: &Layout<StyleIdx>, n_lines: usize) -> Self {
        let graphemes: Vec<usize> = grapheme_starts(text).collect();
        let (mut places, mut lines) = (Vec::<Place>::new(), Vec::new());
        for (line_number, line) in layout.lines().take(n_lines).enumerate() {
            let mut left = line.metrics().offset;
            let mut on_line = Vec::new();
            for run in line.runs() {
                for cluster in run.visual_clusters() {
                    let next = left + cluster.advance();
                    on_line.push(Place {
                        text: cluster.text_range(),
                        line: line_number,
                        // Letters may be set so close that they go back.
                        left: left.min(next),
                        right: left.max(next),
                        is_rtl: cluster.is_rtl(),
                        ends_line: false,
                    });
                    left = next;
                }
            }
            // The ellipsis is none of the text's.
            on_line.retain(|place| place.text.start < end);
            on_line.sort_by_key(|place| place.text.start);
            let mut on_line = whole_graphemes(on_line, &graphemes);
            let mut metrics = line_metrics(&text[..end], &line, line_number);
            if line_number + 1 < n_lines {
                // One behind the last place for a caret, before the break: vizia's `End` goes to the place before this.
                let behind = graphemes.partition_point(|&start| start < metrics.end_including_newline);
                let last = behind.checked_sub(1).map_or(0, |idx| graphemes[idx]);
                metrics.end_index = last.max(metrics.start_index) + 1;
                on_line.iter_mut().rev().take(1).for_each(|last| last.ends_line = true);
            }
            places.append(&mut on_line);
            lines.push(metrics);
        }
        if let Some(last) = lines.last_mut() {
            last.end_index = text.len() + 1;
        }
        Self { graphemes, end, places, lines }
    }

    /// The rectangle of one cluster.
    fn rect(&self, place: &Place) -> Rect {
        let line = &self.lines[place.line];
        let top = (line.baseline - line.ascent) as f32;
        Rect::new(place.left, top, place.right, (line.baseline + line.descent) as f32)
    }

    /// The nearest cluster to a point.
    fn nearest(&self, at: Point) -> Option<&Place> {
        let bottom = |line: &LineMetrics| (line.baseline + line.descent) as f32;
        let line = self
            .lines
            .iter()
            .position(|line| at.y < bottom(line))
            .unwrap_or(self.lines.len().checked_sub(1)?);
        let distance = |place: &&Place| (place.left - at.x).max(at.x - place.right).max(0.0);
        let on_line = self.places.iter().filter(|place| place.line == line);
        on_line.min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    fn line_at(&self, byte: usize) -> Option<usize> {
        let last = self.lines.len().checked_sub(1)?;
        Some(self.lines.iter().position(|line| byte < line.end_including_newline).unwrap_or(last))
    }

    /// What stands behind the last character, for a caret.
    fn caret_at_end(&self) -> Option<GlyphClusterInfo> {
        let line = self.lines.last()?;
        let end = self.places.last().filter(|place| place.line == line.line_number);
        let left = end.map_or(line.left as f32, |place| if place.is_rtl { place.left } else { place.right });
        let text = self.graphemes.last().copied().unwrap_or(0);
        let (top, bottom) = ((line.baseline - line.ascent) as f32, (line.baseline + line.descent) as f32);
        Some(GlyphClusterInfo {
            bounds: Rect::new(left, top, left, bottom),
            text_range: text..text,
            position: TextDirection::LTR,
        })
    }

    fn info(&self, place: &Place) -> GlyphClusterInfo {
        let position = direction(place);
        GlyphClusterInfo { bounds: self.rect(place), text_range: place.text.clone(), position }
    }
}

fn direction(place: &Place) -> TextDirection {
    if place.is_rtl { TextDirection::RTL } else { TextDirection::LTR }
}

/// Joins clusters into grapheme clusters: a caret never stands within one.
fn whole_graphemes(places: Vec<Place>, graphemes: &[usize]) -> Vec<Place> {
    let mut joined: Vec<Place> = Vec::with_capacity(places.len());
    for place in places {
        let starts_one = graphemes.binary_search(&place.text.start).is_ok();
        match joined.last_mut().filter(|last| !starts_one && last.line == place.line) {
            Some(last) => {
                last.text.end = place.text.end;
                (last.left, last.right) = (last.left.min(place.left), last.right.max(place.right));
            }
            None => joined.push(place),
        }
    }
    // What the shaper joined to a ligature of several graphemes it has also divided again; a cluster ends with its grapheme.
    for place in &mut joined {
        let next = graphemes.partition_point(|&start| start <= place.text.start);
        place.text.end = graphemes.get(next).copied().unwrap_or(place.text.end).max(place.text.start);
    }
    joined
}

fn line_metrics(text: &str, line: &parley::Line<'_, StyleIdx>, line_number: usize) -> LineMetrics {
    let metrics = line.metrics();
    let range = line.text_range();
    let range = range.start.min(text.len())..range.end.min(text.len());
    let written = text[range.clone()].trim_end();
    let (ascent, descent) = (
        metrics.baseline - metrics.content_block_min_coord,
        metrics.content_block_max_coord - metrics.baseline,
    );
    LineMetrics {
        start_index: range.start,
        end_index: range.end,
        end_excluding_whitespaces: range.start + written.len(),
        end_including_newline: range.end,
        hard_break: line.break_reason() == BreakReason::Explicit,
        ascent: f64::from(ascent),
        descent: f64::from(descent),
        height: f64::from(metrics.line_height),
        width: f64::from(metrics.advance - metrics.hanging_advance),
        left: f64::from(metrics.offset),
        baseline: f64::from(metrics.baseline),
        line_number,
    }
}

impl Paragraph {
    /// The rectangles of a range of grapheme clusters, one for each line and direction. Ranges are clamped to the text.
    pub fn get_rects_for_range(
        &self,
        range: Range<usize>,
        _: RectHeightStyle,
        _: RectWidthStyle,
    ) -> Vec<TextBox> {
        let places = self.places();
        let byte = |grapheme: usize| {
            places.graphemes.get(grapheme).or(places.graphemes.last()).copied().unwrap_or(0)
        };
        let (start, end) = (byte(range.start), byte(range.end));
        let mut boxes: Vec<(usize, TextBox)> = Vec::new();
        for place in places.places.iter().filter(|place| place.text.start >= start && place.text.start < end)
        {
            let (rect, direct) = (places.rect(place), direction(place));
            let neighbour = boxes.last_mut().filter(|(line, last)| {
                let touches = last.rect.right == rect.left || last.rect.left == rect.right;
                *line == place.line && last.direct == direct && touches
            });
            match neighbour {
                Some((_, last)) => {
                    last.rect.left = last.rect.left.min(rect.left);
                    last.rect.right = last.rect.right.max(rect.right);
                }
                None => boxes.push((place.line, TextBox { rect, direct })),
            }
        }
        boxes.into_iter().map(|(_, text_box)| text_box).collect()
    }

    /// The place between characters that is nearest to a point.
    pub fn get_glyph_position_at_coordinate(&self, at: impl Into<Point>) -> PositionWithAffinity {
        let (places, at) = (self.places(), at.into());
        // A line without a character is the last one.
        let (byte, is_behind) = places.nearest(at).map_or((places.end, true), |place| {
            let is_right_half = at.x > 0.5 * (place.left + place.right);
            let is_behind = is_right_half != place.is_rtl && !place.ends_line;
            (if is_behind { place.text.end } else { place.text.start }, is_behind)
        });
        let position = places.graphemes.partition_point(|&start| start < byte);
        let affinity = if is_behind { Affinity::Upstream } else { Affinity::Downstream };
        PositionWithAffinity { position: i32::try_from(position).unwrap_or(i32::MAX), affinity }
    }

    /// The cluster at a byte of the text; at the end, what a caret there needs.
    pub fn get_glyph_cluster_at(&self, byte: usize) -> Option<GlyphClusterInfo> {
        let places = self.places();
        let next = places.places.partition_point(|place| place.text.start <= byte);
        let place = next.checked_sub(1).map(|idx| &places.places[idx]).filter(|place| byte < place.text.end);
        place.map(|place| places.info(place)).or_else(|| places.caret_at_end())
    }

    /// The cluster that is nearest to a point. At the end of a line it ends where it starts: vizia puts a caret on either side of it,
    /// and behind it would be the next line.
    pub fn get_closest_glyph_cluster_at(&self, at: impl Into<Point>) -> Option<GlyphClusterInfo> {
        let places = self.places();
        let Some(place) = places.nearest(at.into()) else { return places.caret_at_end() };
        let mut info = places.info(place);
        if place.ends_line {
            info.text_range.end = info.text_range.start;
        }
        Some(info)
    }

    /// The line of a byte of the text, counted from 0.
    pub fn get_line_number_at(&self, byte: usize) -> Option<usize> {
        self.places().line_at(byte)
    }

    /// All lines.
    pub fn get_line_metrics(&self) -> Vec<LineMetrics> {
        self.places().lines.clone()
    }

    /// One line, counted from 0.
    pub fn get_line_metrics_at(&self, line_number: usize) -> Option<LineMetrics> {
        self.places().lines.get(line_number).cloned()
    }
}

//! Pictures from numbers: panels with axes, lines and marks, one below the other, as SVG.
//!
//! A picture is drawn large, because the backend rounds to whole pixels; whoever shows it shrinks it to the width of a page.
//! Everything is a function of the numbers alone, so that the same numbers give the same bytes.

use anyhow::Result;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;

/// Pixels from left to right.
const WIDTH: u32 = 2000;

/// Pixels that the heading takes.
const HEADING_HEIGHT: u32 = 130;

const FONT: &str = "DejaVu Sans, Verdana, sans-serif";
const TEXT: RGBColor = RGBColor(0x22, 0x22, 0x22);
const GRID: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);

/// What things should have been.
pub const REFERENCE: RGBColor = RGBColor(0xb8, 0xb8, 0xb8);
pub const ORANGE: RGBColor = RGBColor(0xd9, 0x5f, 0x02);
pub const BLUE: RGBColor = RGBColor(0x1f, 0x6f, 0xb4);
pub const GREEN: RGBColor = RGBColor(0x1b, 0x8f, 0x4d);
pub const PURPLE: RGBColor = RGBColor(0x9a, 0x4f, 0xa8);
pub const RED: RGBColor = RGBColor(0xcc, 0x22, 0x22);

/// How values lie along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    Linear,
    Log,
}

/// One axis: its name, its ends, and where it is marked.
#[derive(Clone)]
pub struct Axis {
    label: &'static str,
    scale: Scale,
    ends: [f64; 2],
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Marked with plain numbers in steps from the lower end on.
    pub fn linear(label: &'static str, ends: [f64; 2], step: f64) -> Self {
        let n = ((ends[1] - ends[0]) / step + 1e-9).floor() as i32;
        let ticks = (0..=n).map(|k| ends[0] + step * f64::from(k));
        // Minus as people print it; what a sum of steps leaves of zero is zero.
        let text = |value: f64| {
            let value = (value / step * 1e6).round() * step / 1e6;
            format!("{}", (value * 1e9).round() / 1e9 + 0.0).replace('-', "−")
        };
        Self { label, scale: Scale::Linear, ends, ticks: ticks.map(|tick| (tick, text(tick))).collect() }
    }

    /// Marked with names instead of numbers.
    pub fn named(label: &'static str, ends: [f64; 2], ticks: Vec<(f64, String)>) -> Self {
        Self { label, scale: Scale::Linear, ends, ticks }
    }

    /// 20 Hz to 24 kHz as an ear hears it.
    pub fn frequency() -> Self {
        let ticks = [
            (20.0, "20"),
            (50.0, "50"),
            (100.0, "100"),
            (200.0, "200"),
            (500.0, "500"),
            (1e3, "1k"),
            (2e3, "2k"),
            (5e3, "5k"),
            (1e4, "10k"),
            (2e4, "20k"),
        ];
        Self {
            label: "Hz",
            scale: Scale::Log,
            ends: [20.0, 24_000.0],
            ticks: ticks.map(|(hz, text)| (hz, text.to_owned())).to_vec(),
        }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let at = |value: f64| match self.scale {
            Scale::Linear => value,
            Scale::Log => value.log10(),
        };
        let [low, high] = self.ends.map(at);
        let position = (at(*value) - low) / (high - low);
        from + (position * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match hint.weight().allow_light_points() {
            // There is nothing between the marks.
            true => Vec::new(),
            false => self.ticks.iter().map(|(tick, _)| *tick).collect(),
        }
    }

    fn range(&self) -> Range<f64> {
        self.ends[0]..self.ends[1]
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.ticks.iter().find(|(tick, _)| tick == value).map_or_else(String::new, |(_, text)| text.clone())
    }
}

/// How points are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Joined, this many pixels wide.
    Line(u32),
    /// Each for itself, this many pixels from its centre to its edge.
    Dots(i32),
}

/// Points of one kind.
pub struct Series {
    /// What the legend says; nothing if it is empty.
    pub label: String,
    pub color: RGBColor,
    pub shape: Shape,
    pub points: Vec<(f64, f64)>,
}

impl Series {
    pub fn line(label: impl Into<String>, color: RGBColor, width: u32, points: Vec<(f64, f64)>) -> Self {
        Self { label: label.into(), color, shape: Shape::Line(width), points }
    }

    pub fn dots(label: impl Into<String>, color: RGBColor, radius: i32, points: Vec<(f64, f64)>) -> Self {
        Self { label: label.into(), color, shape: Shape::Dots(radius), points }
    }
}

/// Where there is room for a legend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Legend {
    None,
    UpperLeft,
    UpperRight,
    LowerLeft,
    LowerRight,
}

/// Axes and what is drawn between them. Later series lie on top.
pub struct Panel {
    pub height: u32,
    /// Pixels left of the y axis, for its texts.
    pub margin: u32,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
    pub legend: Legend,
}

/// Room for numbers at the y axis.
pub const NUMBERS: u32 = 120;

/// Draws panels under a title and a line with the figures that were found.
pub fn picture(title: &str, figures: &str, panels: &[Panel]) -> Result<String> {
    let height = HEADING_HEIGHT + panels.iter().map(|panel| panel.height).sum::<u32>();
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        root.fill(&WHITE)?;
        let (heading, mut rest) = root.split_vertically(HEADING_HEIGHT);
        let left = Pos::new(HPos::Left, VPos::Top);
        let bold = (FONT, 42, FontStyle::Bold).into_font().color(&TEXT).pos(left);
        heading.draw(&Text::new(title, (40, 24), bold))?;
        heading.draw(&Text::new(figures, (40, 82), (FONT, 32).into_font().color(&TEXT).pos(left)))?;
        for panel in panels {
            let (area, below) = rest.split_vertically(panel.height);
            draw(panel, &area)?;
            rest = below;
        }
        root.present()?;
    }
    Ok(svg)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn draw(panel: &Panel, area: &Area<'_>) -> Result<()> {
    let (x, y) = (&panel.x, &panel.y);
    let mut chart = ChartBuilder::on(area)
        .margin_left(16)
        .margin_right(50)
        .margin_top(16)
        .x_label_area_size(90)
        .y_label_area_size(panel.margin)
        .build_cartesian_2d(x.clone(), y.clone())?;
    chart
        .configure_mesh()
        .bold_line_style(GRID.stroke_width(2))
        .light_line_style(TRANSPARENT)
        .axis_style(TEXT.stroke_width(2))
        .label_style((FONT, 28).into_font().color(&TEXT))
        .axis_desc_style((FONT, 30).into_font().color(&TEXT))
        .x_desc(x.label)
        .y_desc(y.label)
        .draw()?;
    for series in &panel.series {
        let color = series.color;
        match series.shape {
            Shape::Line(width) => {
                let style = color.stroke_width(width);
                for (idx, piece) in pieces(&series.points, y.ends).into_iter().enumerate() {
                    let drawn = chart.draw_series(LineSeries::new(piece, style))?;
                    if idx == 0 && !series.label.is_empty() {
                        let legend = move |(x, y)| PathElement::new([(x, y), (x + 50, y)], style);
                        drawn.label(&series.label).legend(legend);
                    }
                }
            }
            Shape::Dots(radius) => {
                let within = |(_, py): &&(f64, f64)| (y.ends[0]..=y.ends[1]).contains(py);
                let points = series.points.iter().filter(within);
                let dots = points.map(|point| Circle::new(*point, radius, color.filled()));
                let drawn = chart.draw_series(dots)?;
                if !series.label.is_empty() {
                    let legend = move |(x, y)| Circle::new((x + 25, y), radius.max(6), color.filled());
                    drawn.label(&series.label).legend(legend);
                }
            }
        }
    }
    let position = match panel.legend {
        Legend::None => return Ok(()),
        Legend::UpperLeft => SeriesLabelPosition::UpperLeft,
        Legend::UpperRight => SeriesLabelPosition::UpperRight,
        Legend::LowerLeft => SeriesLabelPosition::LowerLeft,
        Legend::LowerRight => SeriesLabelPosition::LowerRight,
    };
    chart
        .configure_series_labels()
        .position(position)
        .legend_area_size(64)
        .margin(24)
        .label_font((FONT, 28).into_font().color(&TEXT))
        .background_style(WHITE.mix(0.85))
        .border_style(GRID.stroke_width(2))
        .draw()?;
    Ok(())
}

/// The parts of a line that lie between the ends of the y axis, cut off where it crosses them.
fn pieces(points: &[(f64, f64)], [low, high]: [f64; 2]) -> Vec<Vec<(f64, f64)>> {
    let inside = |y: f64| (low..=high).contains(&y);
    let mut pieces = vec![Vec::new()];
    for (idx, &(x, y)) in points.iter().enumerate() {
        let before = idx.checked_sub(1).map(|before| points[before]).filter(|(_, y)| y.is_finite());
        if let Some((x0, y0)) = before.filter(|(_, y0)| y.is_finite() && inside(*y0) != inside(y)) {
            let edge = if y0.max(y) > high { high } else { low };
            let crossing = (x0 + (x - x0) * (edge - y0) / (y - y0), edge);
            pieces.last_mut().expect("starts with one").push(crossing);
        }
        match inside(y) {
            true => pieces.last_mut().expect("starts with one").push((x, y)),
            false => pieces.push(Vec::new()),
        }
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

//! How loud a bus is, as a table, and how much its sides are alike, as a bar.
//!
//! The table has loudness by EBU R 128, momentary, short-term and integrated in LUFS, the loudness range in LU, and the largest true peak in dBTP.
//! A click begins integrated loudness, range and true peak anew, everywhere: the engine has one beginning for all.
//! `background-color` lies behind it, `border-color` writes what a figure is, `color` the figure, and `caret-color` a true peak above full scale.

use crate::desk::{Desk, Tap};
use busbar_engine::Loudness;
use nice_plug_vizia::prelude::*;
use nice_plug_vizia::widgets::ink::{Ink, Stand, fill};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// What the figures are.
const NAMES: [&str; N_ROWS] = ["M", "S", "I", "LRA", "TP"];

const N_ROWS: usize = 5;

/// The row of the true peak.
const TRUE_PEAK: usize = 4;

/// How often figures are looked at, in seconds: the engine has new ones ten times a second, and nobody reads faster.
const INTERVAL_S: f32 = 0.1;

/// Below this level, in LUFS or dBTP, there is nothing worth a figure: the absolute gate of EBU R 128.
const SILENT_DB: f32 = -70.0;

/// Movements of the bar smaller than this are not drawn.
const VISIBLE: f32 = 0.01;

const EXPLANATION: &str = "LUFS, LU, dBTP. Click: anew, everywhere";

/// What the table says, in tenths.
type Tenths = [Option<i32>; N_ROWS];

/// In tenths, so that only what can be read is a change; nothing where there is nothing to read.
fn tenths(loudness: &Loudness) -> Tenths {
    let rounded = |figure: f32| (10.0 * figure).round() as i32;
    let level = |level_db: f32| (level_db >= SILENT_DB).then(|| rounded(level_db));
    let is_measured = loudness.integrated_lufs >= SILENT_DB;
    let [left, right] = loudness.true_peak;
    [
        level(loudness.momentary_lufs),
        level(loudness.short_term_lufs),
        level(loudness.integrated_lufs),
        is_measured.then(|| rounded(loudness.range_lu)),
        level(20.0 * left.max(right).log10()),
    ]
}

/// A figure as it is written.
fn figure(tenths: Option<i32>) -> String {
    tenths.map_or_else(|| "–".to_owned(), |tenths| format!("{:.1}", f64::from(tenths) / 10.0))
}

/// The table of one bus.
pub struct LoudnessTable {
    desk: Arc<Desk>,
    shown: Rc<Cell<Tenths>>,
    inks: [[Ink; 2]; N_ROWS],
}

impl LoudnessTable {
    /// Of a tap behind a fader.
    pub fn new<'a>(cx: &'a mut Context, desk: &Arc<Desk>, tap: Tap) -> Handle<'a, Self> {
        let shown = Rc::new(Cell::new([None; N_ROWS]));
        let (newest, watched) = (Rc::clone(&shown), Arc::clone(desk));
        let ink = Ink::new(cx);
        let inks = std::array::from_fn(|_| [ink.refill(), ink.refill()]);
        let mut since_look_s = INTERVAL_S;
        Self { desk: Arc::clone(desk), shown, inks }
            .build(cx, |_| {})
            .cursor(CursorIcon::Hand)
            .poll(move |tick| {
                since_look_s += tick.dt_s;
                if since_look_s < INTERVAL_S {
                    return false;
                }
                since_look_s = 0.0;
                let now = tenths(&watched.loudness(tap));
                newest.replace(now) != now
            })
            .tip(|| EXPLANATION.to_owned())
    }
}

impl View for LoudnessTable {
    fn element(&self) -> Option<&'static str> {
        Some("loudness")
    }

    fn event(&mut self, _: &mut EventContext, event: &mut Event) {
        event.map(|event, meta| {
            if matches!(event, WindowEvent::MouseDown(MouseButton::Left)) {
                self.desk.restart_loudness();
                meta.consume();
            }
        });
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let area = cx.bounds();
        canvas.draw_rect(vg::Rect::from(area), &fill(cx.background_color()));
        let padding = |units| if let Pixels(px) = units { px } else { 0.0 };
        let (left, right) =
            (area.left() + padding(cx.padding_left()), area.right() - padding(cx.padding_right()));
        let height = area.height() / N_ROWS as f32;
        for (idx, (tenths, [name_ink, figure_ink])) in
            self.shown.get().into_iter().zip(&self.inks).enumerate()
        {
            let top = area.top() + idx as f32 * height;
            let row = BoundingBox::from_min_max(left, top, right, top + height);
            let is_over = idx == TRUE_PEAK && tenths.is_some_and(|tenths| tenths > 0);
            let color = if is_over { cx.caret_color() } else { cx.font_color() };
            name_ink.draw(cx, canvas, NAMES[idx], row, cx.border_color(), Stand::Left);
            figure_ink.draw(cx, canvas, &figure(tenths), row, color, Stand::Right);
        }
    }
}

/// How much both sides are alike: a bar from the middle to the right for what is alike, to the left for what is opposite and gets lost in mono.
/// `background-color` is the empty bar, `border-color` its middle, `selection-color` the bar, and `caret-color` the bar to the left.
pub struct Correlation {
    shown: Rc<Cell<f32>>,
}

impl Correlation {
    /// Of a tap behind a fader.
    pub fn new<'a>(cx: &'a mut Context, desk: &Arc<Desk>, tap: Tap) -> Handle<'a, Self> {
        let shown = Rc::new(Cell::new(0.0));
        let (newest, desk) = (Rc::clone(&shown), Arc::clone(desk));
        let told = Arc::clone(&desk);
        Self { shown }
            .build(cx, |_| {})
            .poll(move |_| {
                let correlation = if desk.is_processing() { desk.loudness(tap).correlation } else { 0.0 };
                let is_visible = (correlation - newest.get()).abs() > VISIBLE;
                if is_visible {
                    newest.set(correlation);
                }
                is_visible
            })
            .tip(move || format!("Correlation of left and right: {:.1}", told.loudness(tap).correlation))
    }
}

impl View for Correlation {
    fn element(&self) -> Option<&'static str> {
        Some("correlation")
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let (area, correlation) = (cx.bounds(), self.shown.get().clamp(-1.0, 1.0));
        canvas.draw_rect(vg::Rect::from(area), &fill(cx.background_color()));
        let middle = (area.left() + area.width() / 2.0).round();
        let end = middle + correlation * area.width() / 2.0;
        let color = if correlation < 0.0 { cx.caret_color() } else { cx.selection_color() };
        canvas.draw_rect(
            vg::Rect::new(middle.min(end), area.top(), middle.max(end), area.bottom()),
            &fill(color),
        );
        let line = cx.scale_factor().round().max(1.0);
        canvas.draw_rect(
            vg::Rect::new(middle, area.top(), middle + line, area.bottom()),
            &fill(cx.border_color()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_to_a_tenth_and_silence_has_none() {
        assert_eq!(tenths(&Loudness::SILENCE).map(figure), ["–"; N_ROWS]);
        let loudness = Loudness {
            momentary_lufs: -13.96,
            short_term_lufs: -15.449,
            integrated_lufs: -23.0,
            range_lu: 6.04,
            true_peak: [0.5, 1.0],
            ..Loudness::SILENCE
        };
        assert_eq!(tenths(&loudness).map(figure), ["-14.0", "-15.4", "-23.0", "6.0", "0.0"]);
    }

    #[test]
    fn a_range_counts_once_there_is_a_loudness() {
        let loudness = Loudness { range_lu: 0.0, integrated_lufs: -30.0, ..Loudness::SILENCE };
        assert_eq!(figure(tenths(&loudness)[3]), "0.0");
        let broken = Loudness { momentary_lufs: f32::NAN, true_peak: [f32::NAN; 2], ..Loudness::SILENCE };
        assert_eq!(tenths(&broken).map(figure), ["–"; N_ROWS]);
    }
}

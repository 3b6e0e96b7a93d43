//! What the tests of the widgets share: a plugin's parameters, and a page with one widget of each kind at known places.
#![allow(dead_code, reason = "each test file uses a part")]

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use nice_plug::prelude::{BoolParam, FloatParam, FloatRange, IntParam, IntRange, Param, Params};
use nice_plug_vizia::prelude::*;

/// Parameters of a small plugin.
#[derive(Params)]
pub struct Desk {
    #[id = "gain"]
    pub gain: FloatParam,
    #[id = "pan"]
    pub pan: FloatParam,
    #[id = "mute"]
    pub mute: BoolParam,
    #[id = "mode"]
    pub mode: IntParam,
}

pub const MODES: [&str; 5] = ["Stereo", "Mono", "Left", "Right", "Swap"];

impl Desk {
    pub fn new() -> Arc<Self> {
        let range = FloatRange::Linear { min: -60.0, max: 20.0 };
        let gain = FloatParam::new("Strip 1 level", 0.0, range)
            .with_value_to_string(Arc::new(|db| format!("{db:.1} dB")))
            .with_string_to_value(Arc::new(|text| text.trim_end_matches("dB").trim().parse().ok()));
        let pan = FloatParam::new("Strip 1 pan", 0.0, FloatRange::Linear { min: -1.0, max: 1.0 })
            .with_value_to_string(Arc::new(|pan| format!("{:+.0}", pan * 100.0)));
        let mode = IntParam::new("Strip 1 mode", 0, IntRange::Linear { min: 0, max: 4 })
            .with_value_to_string(Arc::new(|idx| MODES[idx as usize].to_owned()));
        Arc::new(Self { gain, pan, mute: BoolParam::new("Strip 1 mute", false), mode })
    }
}

impl Desk {
    /// What the host adds to a parameter, in parts of its whole way.
    pub fn modulate(&self, param: &impl Param, by: f32) {
        // SAFETY: the pointer is used while `self`, which owns the parameter, is borrowed.
        unsafe { param.as_ptr()._internal_modulate_value(by) };
    }

    /// The host plays automation.
    pub fn automate(&self, param: &impl Param, normalized: f32) {
        // SAFETY: as above.
        unsafe { param.as_ptr()._internal_set_normalized_value(normalized) };
    }
}

/// Where the widgets of [`page`] are, in logical pixels: left, top, width, height.
pub const KNOB: [f32; 4] = [20.0, 40.0, 40.0, 40.0];
pub const FADER: [f32; 4] = [80.0, 40.0, 30.0, 224.0];
pub const TOGGLE: [f32; 4] = [130.0, 40.0, 24.0, 20.0];
pub const CHOICE: [f32; 4] = [130.0, 80.0, 90.0, 20.0];
pub const READ_OUT: [f32; 4] = [130.0, 120.0, 60.0, 20.0];
/// The way of the fader: its height without the padding of the default theme.
pub const FADER_TRAVEL: f32 = 224.0 - 24.0;
pub const SIZE: (u32, u32) = (300, 300);

pub fn middle([x, y, w, h]: [f32; 4]) -> (f32, f32) {
    (x + w / 2.0, y + h / 2.0)
}

/// Puts a view at its place.
pub fn put<V: View>(view: Handle<'_, V>, [x, y, w, h]: [f32; 4]) -> Handle<'_, V> {
    view.position_type(PositionType::Absolute)
        .left(Pixels(x))
        .top(Pixels(y))
        .width(Pixels(w))
        .height(Pixels(h))
}

/// What happened that is not a gesture, and what can be changed from outside.
#[derive(Clone)]
pub struct Remote {
    pub n_ctrl_clicks: Rc<Cell<usize>>,
    pub has_knob: Signal<bool>,
    pub is_disabled: Signal<bool>,
}

/// A page with one widget of each kind, and labels in the corners, which are drawn again after every layout.
pub fn page(desk: &Arc<Desk>, scale: f64) -> (Headless, Remote) {
    let mut remote = None;
    let params: Arc<dyn Params> = Arc::<Desk>::clone(desk);
    let theme = "textbox { transition: none; }";
    let mut editor = Headless::new(params, theme, SIZE.0, SIZE.1, scale, |cx| {
        let host = cx.data::<Host>().clone();
        let (gain, pan) = (host.param(&desk.gain), host.param(&desk.pan));
        let n_ctrl_clicks = Rc::<Cell<usize>>::default();
        // So that no test depends on how long its clicks take.
        cx.emit(EnvironmentEvent::SetDoubleClickInterval(Duration::from_secs(3600)));
        let has_knob = Signal::new(true);
        let is_disabled = Signal::new(false);
        put(Label::new(cx, "top left"), [0.0, 0.0, 60.0, 16.0]);
        put(Label::new(cx, "bottom right"), [220.0, 284.0, 80.0, 16.0]);
        Binding::new(cx, has_knob, move |cx| {
            if has_knob.get() {
                put(Knob::new(cx, pan.clone()), KNOB).bipolar(true).disabled(is_disabled);
            }
        });
        put(Fader::new(cx, gain.clone()), FADER);
        let count = Rc::clone(&n_ctrl_clicks);
        put(Toggle::new(cx, host.param(&desk.mute), "M"), TOGGLE)
            .on_ctrl(move |_| count.set(count.get() + 1));
        put(Choice::new(cx, host.param(&desk.mode)), CHOICE);
        put(ReadOut::new(cx, gain), READ_OUT);
        remote = Some(Remote { n_ctrl_clicks, has_knob, is_disabled });
    });
    assert!(editor.settle(), "the page never comes to rest");
    (editor, remote.expect("the page was built"))
}

/// The gestures since the last call as text: `gain( 0.500 0.600 )`, values with three decimals.
pub fn told(editor: &mut Headless) -> String {
    let word = |gesture| match gesture {
        Gesture::Begin(id) => format!("{id}("),
        Gesture::Set(_, value) => format!("{value:.3}"),
        Gesture::End(_) => ")".to_owned(),
    };
    editor.gestures().into_iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Presses the left button in the middle of a widget.
pub fn press(editor: &mut Headless, place: [f32; 4]) {
    let (x, y) = middle(place);
    editor.move_to(x, y);
    editor.press(MouseButton::Left);
}

/// Moves the pointer by so many logical pixels up from the middle of a widget.
pub fn drag_up(editor: &mut Headless, place: [f32; 4], by: f32) {
    let (x, y) = middle(place);
    editor.move_to(x, y - by);
}

/// Clicks where nothing is, so that the next press is not the second of a double-click.
pub fn elsewhere(editor: &mut Headless) {
    editor.move_to(290.0, 150.0);
    editor.press(MouseButton::Middle);
    editor.release(MouseButton::Middle);
}

pub fn release(editor: &mut Headless) {
    editor.release(MouseButton::Left);
}

/// A press of a key that types nothing.
pub fn key(editor: &mut Headless, code: Code) {
    let key = match code {
        Code::ArrowUp => Key::ArrowUp,
        Code::ArrowDown => Key::ArrowDown,
        Code::ArrowLeft => Key::ArrowLeft,
        Code::ArrowRight => Key::ArrowRight,
        Code::PageUp => Key::PageUp,
        Code::PageDown => Key::PageDown,
        Code::Home => Key::Home,
        Code::End => Key::End,
        Code::Delete => Key::Delete,
        Code::Enter => Key::Enter,
        Code::Escape => Key::Escape,
        Code::Tab => Key::Tab,
        Code::ContextMenu => Key::ContextMenu,
        code => panic!("{code:?} is not among the keys of these tests"),
    };
    editor.key(code, key);
    // What a key opens is built when the queue is empty.
    editor.tick(0.016);
}

/// Lets so many seconds pass in ticks of 1/60 s.
pub fn wait(editor: &mut Headless, seconds: f32) {
    for _ in 0..(seconds * 60.0).ceil() as usize {
        editor.tick(1.0 / 60.0);
    }
}

/// Clicks on an entry of the menu that was opened by a right click in the middle of a widget.
pub fn pick(editor: &mut Headless, place: [f32; 4], entry: usize) {
    let (x, y) = middle(place);
    editor.move_to(x, y);
    editor.press(MouseButton::Right);
    editor.release(MouseButton::Right);
    editor.tick(0.016);
    // Rows of 22 below a padding of 4.
    editor.click(x + 20.0, y + 4.0 + 22.0 * entry as f32 + 11.0);
    editor.tick(0.016);
}

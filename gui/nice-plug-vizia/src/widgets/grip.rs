//! What hands do to a value, as a state machine that knows no window: drag, fine drag, wheel, keys, values put at once.
//!
//! It exists once, for every widget, because a host records what happens between the begin and the end of a gesture as one:
//! whatever order hands come in, edits leave as `Begin Set* End`, `Begin Set* End`, …
//!
//! - A drag is relative: a press moves nothing, and pressing or releasing Shift in the middle of a drag moves nothing either.
//!   Beyond an end the hand keeps its distance, so that a fader's cap and the pointer stay together when it comes back;
//!   a fine drag stops at the end, because its way back would be ten times as long.
//! - A burst of wheel notches or arrow keys is one gesture: it ends [`BURST_S`] after the last of them, or when another hand
//!   comes. One gesture per notch would leave twenty entries in the host's undo history for one turn of the wheel.
//! - A value that is put (typed, pasted, reset) while nothing is held is a whole gesture. While something is held it is part of
//!   that gesture.

/// How long after its last notch a burst of wheel or keys is over.
pub const BURST_S: f64 = 0.4;

/// What Shift makes of a movement.
pub const FINE: f32 = 0.1;

/// How far one notch of the wheel or one arrow key moves a continuous value. A stepped value moves by one step.
pub const NOTCH: f32 = 0.02;

/// Something a hand does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hand {
    /// The button goes down at this place along the way of the drag, in logical pixels that grow with the value.
    Press {
        /// Where.
        at_px: f32,
    },
    /// The pointer moves to this place.
    Move {
        /// Where.
        at_px: f32,
        /// Whether Shift is down.
        fine: bool,
    },
    /// The button goes up.
    Release,
    /// The wheel turns or an arrow key is pressed.
    Nudge {
        /// How many notches up; a wheel without notches sends parts of one.
        notches: f32,
        /// Whether Shift is down.
        fine: bool,
    },
    /// The value is this now: typed, pasted, reset.
    Put(f32),
    /// Time goes on.
    Tick,
    /// The hand is gone: the window lost its pointer, or the widget is no more.
    Lost,
}

/// What the host is to be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Edit {
    /// A gesture begins.
    Begin,
    /// The normalized value is this now.
    Set(f32),
    /// The gesture is over.
    End,
}

/// How a widget feels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Feel {
    /// Logical pixels of drag from end to end.
    pub travel_px: f32,
    /// How far a press must move to become a drag. With 0 the gesture begins with the press, so that holding a control holds it
    /// against the host's automation; with more, a press that does not move is a click and no gesture.
    pub slack_px: f32,
    /// Steps from end to end, for a stepped value.
    pub n_steps: Option<usize>,
}

/// The state machine: what is held, and where it is.
#[derive(Clone, Debug)]
pub struct Grip {
    feel: Feel,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Idle,
    /// Down, but not yet a drag.
    Pressed {
        at_px: f32,
    },
    /// `value` may be outside 0…1, see the module.
    Held {
        at_px: f32,
        value: f32,
        sent: f32,
    },
    Burst {
        value: f32,
        sent: f32,
        until_s: f64,
    },
}

impl Grip {
    /// A grip that holds nothing.
    pub fn new(feel: Feel) -> Self {
        Self { feel, phase: Phase::Idle }
    }

    /// How it feels.
    pub fn feel(&self) -> Feel {
        self.feel
    }

    /// The way of a drag from end to end has another length now.
    pub fn set_travel_px(&mut self, travel_px: f32) {
        self.feel.travel_px = travel_px;
    }

    /// Whether a button holds the value.
    pub fn is_held(&self) -> bool {
        matches!(self.phase, Phase::Pressed { .. } | Phase::Held { .. })
    }

    /// Whether a gesture has begun that has not ended.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Held { .. } | Phase::Burst { .. })
    }

    /// Does what the hand does, at the time `now_s`, to a parameter whose normalized value is `current`. Returns true if it was a
    /// click: a release of what never became a drag.
    pub fn hand(&mut self, hand: Hand, current: f32, now_s: f64, mut edit: impl FnMut(Edit)) -> bool {
        match hand {
            Hand::Press { at_px } => self.press(at_px, current, &mut edit),
            Hand::Move { at_px, fine } => self.drag(at_px, fine, current, &mut edit),
            Hand::Nudge { notches, fine } => self.nudge(notches, fine, current, now_s, &mut edit),
            Hand::Put(value) => self.put(value, &mut edit),
            Hand::Release if self.is_held() => {
                let click = matches!(self.phase, Phase::Pressed { .. });
                self.close(&mut edit);
                return click;
            }
            Hand::Release => {}
            Hand::Tick => {
                if matches!(self.phase, Phase::Burst { until_s, .. } if now_s >= until_s) {
                    self.close(&mut edit);
                }
            }
            Hand::Lost => self.close(&mut edit),
        }
        false
    }

    fn press(&mut self, at: f32, current: f32, edit: &mut impl FnMut(Edit)) {
        match &mut self.phase {
            // A second press without a release: the hand goes on from there.
            Phase::Pressed { at_px } | Phase::Held { at_px, .. } => *at_px = at,
            Phase::Idle | Phase::Burst { .. } => {
                self.close(edit);
                self.phase = Phase::Pressed { at_px: at };
                if self.feel.slack_px <= 0.0 {
                    self.take_hold(at, current, edit);
                }
            }
        }
    }

    fn take_hold(&mut self, at_px: f32, current: f32, edit: &mut impl FnMut(Edit)) {
        self.phase = Phase::Held { at_px, value: current, sent: current };
        edit(Edit::Begin);
    }

    fn drag(&mut self, to_px: f32, fine: bool, current: f32, edit: &mut impl FnMut(Edit)) {
        if !to_px.is_finite() {
            return;
        }
        if let Phase::Pressed { at_px } = self.phase
            && (to_px - at_px).abs() > self.feel.slack_px
        {
            // The way of the slack is not made up for: that would be a jump.
            self.take_hold(to_px, current, edit);
        }
        let Feel { travel_px, n_steps, .. } = self.feel;
        if let Phase::Held { at_px, value, sent } = &mut self.phase {
            let scale = if fine { FINE } else { 1.0 } / travel_px.max(1.0);
            let held = |value: f32| if fine { value.clamp(0.0, 1.0) } else { value };
            *value = held(held(*value) + (to_px - *at_px) * scale);
            *at_px = to_px;
            send(n_steps, *value, sent, edit);
        }
    }

    fn nudge(&mut self, notches: f32, fine: bool, current: f32, now_s: f64, edit: &mut impl FnMut(Edit)) {
        if !notches.is_finite() || notches == 0.0 || matches!(self.phase, Phase::Pressed { .. }) {
            return;
        }
        let n_steps = self.feel.n_steps;
        let by = match n_steps {
            Some(n) => notches / n.max(1) as f32,
            None => notches * NOTCH * if fine { FINE } else { 1.0 },
        };
        if self.phase == Phase::Idle {
            if (current + by).clamp(0.0, 1.0) == current {
                // Against the stop: not even the beginning of a gesture.
                return;
            }
            self.phase = Phase::Burst { value: current, sent: current, until_s: now_s };
            edit(Edit::Begin);
        }
        if let Phase::Burst { until_s, .. } = &mut self.phase {
            *until_s = now_s + BURST_S;
        }
        if let Phase::Held { value, sent, .. } | Phase::Burst { value, sent, .. } = &mut self.phase {
            *value = (*value + by).clamp(0.0, 1.0);
            send(n_steps, *value, sent, edit);
        }
    }

    fn put(&mut self, to: f32, edit: &mut impl FnMut(Edit)) {
        if !to.is_finite() {
            return;
        }
        let to = snap(self.feel.n_steps, to);
        if let Phase::Held { value, sent, .. } = &mut self.phase {
            (*value, *sent) = (to, to);
            edit(Edit::Set(to));
        } else {
            self.close(edit);
            edit(Edit::Begin);
            edit(Edit::Set(to));
            edit(Edit::End);
        }
    }

    fn close(&mut self, edit: &mut impl FnMut(Edit)) {
        if self.is_open() {
            edit(Edit::End);
        }
        self.phase = Phase::Idle;
    }
}

/// Tells the host the value if it is another than the last.
fn send(n_steps: Option<usize>, value: f32, sent: &mut f32, edit: &mut impl FnMut(Edit)) {
    let value = snap(n_steps, value);
    if value != *sent {
        *sent = value;
        edit(Edit::Set(value));
    }
}

fn snap(n_steps: Option<usize>, value: f32) -> f32 {
    let value = value.clamp(0.0, 1.0);
    match n_steps {
        Some(n) if n > 0 => (value * n as f32).round() / n as f32,
        _ => value,
    }
}

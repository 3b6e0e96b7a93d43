//! The state machine of all hands, against a list of hands, and against every order of them.

use nice_plug_vizia::widgets::grip::{BURST_S, Edit, FINE, Feel, Grip, Hand, NOTCH};

use Edit::{Begin, End, Set};
use Hand::{Lost, Move, Nudge, Press, Put, Release, Tick};

/// A control of 100 px, so that a pixel is 1 %.
const KNOB: Feel = Feel { travel_px: 100.0, slack_px: 0.0, n_steps: None };
const READ_OUT: Feel = Feel { slack_px: 3.0, ..KNOB };
const CHOICE: Feel = Feel { n_steps: Some(4), ..KNOB };

const fn drag_to(at_px: f32) -> Hand {
    Move { at_px, fine: false }
}

const fn fine_to(at_px: f32) -> Hand {
    Move { at_px, fine: true }
}

const fn notches(notches: f32) -> Hand {
    Nudge { notches, fine: false }
}

/// Plays hands on a parameter that takes what it is told. Each hand comes at its time.
fn play(feel: Feel, from: f32, hands: &[(f64, Hand)]) -> (Vec<Edit>, bool) {
    let mut grip = Grip::new(feel);
    let mut value = from;
    let mut edits = Vec::new();
    let mut clicked = false;
    for &(now_s, hand) in hands {
        clicked |= grip.hand(hand, value, now_s, |edit| edits.push(edit));
        if let Some(Set(last)) = edits.iter().rev().find(|edit| matches!(edit, Set(_))) {
            value = *last;
        }
    }
    (edits, clicked)
}

/// The same edits; values agree to 1e-6, a few roundings of f32 near 1.
#[track_caller]
fn assert_edits(name: &str, edits: &[Edit], expected: &[Edit]) {
    let same = |(a, b): (&Edit, &Edit)| match (a, b) {
        (Set(a), Set(b)) => (a - b).abs() < 1e-6,
        (a, b) => a == b,
    };
    let is_same = edits.len() == expected.len() && edits.iter().zip(expected).all(same);
    assert!(is_same, "{name}: {edits:?} instead of {expected:?}");
}

/// What the hands of one row lead to.
#[track_caller]
fn check(name: &str, feel: Feel, from: f32, hands: &[Hand], expected: &[Edit]) {
    let timed: Vec<_> = hands.iter().map(|&hand| (0.0, hand)).collect();
    assert_edits(name, &play(feel, from, &timed).0, expected);
}

#[test]
fn hands_one_by_one() {
    let press = Press { at_px: 500.0 };
    check("a press moves nothing", KNOB, 0.3, &[press], &[Begin]);
    check("a press and a release", KNOB, 0.3, &[press, Release], &[Begin, End]);
    check("a drag", KNOB, 0.3, &[press, drag_to(520.0), Release], &[Begin, Set(0.5), End]);
    check("still hands say nothing", KNOB, 0.3, &[press, drag_to(500.0), drag_to(500.0)], &[Begin]);
    check("fine", KNOB, 0.3, &[press, fine_to(520.0), Release], &[Begin, Set(0.32), End]);
    let changes_mind =
        [press, drag_to(520.0), fine_to(520.0), fine_to(530.0), drag_to(530.0), drag_to(540.0)];
    check("Shift in mid-drag", KNOB, 0.3, &changes_mind, &[Begin, Set(0.5), Set(0.51), Set(0.61)]);
    let beyond = [press, drag_to(600.0), drag_to(590.0), drag_to(560.0)];
    check("beyond the end and back", KNOB, 0.5, &beyond, &[Begin, Set(1.0)]);
    let back = [press, drag_to(600.0), drag_to(540.0)];
    check("back to where it was", KNOB, 0.5, &back, &[Begin, Set(1.0), Set(0.9)]);
    let fine_back = [press, fine_to(1100.0), fine_to(1090.0)];
    check("fine stops at the end", KNOB, 0.5, &fine_back, &[Begin, Set(1.0), Set(0.99)]);
    let shift_beyond = [press, drag_to(600.0), fine_to(600.0), fine_to(590.0)];
    check("Shift beyond the end", KNOB, 0.5, &shift_beyond, &[Begin, Set(1.0), Set(0.99)]);
    check("at once", KNOB, 0.5, &[press, drag_to(600.0), fine_to(590.0)], &[Begin, Set(1.0), Set(0.99)]);
    check("a second press", KNOB, 0.3, &[press, Press { at_px: 0.0 }, drag_to(10.0)], &[Begin, Set(0.4)]);
    check(
        "lost",
        KNOB,
        0.3,
        &[press, drag_to(510.0), Lost, drag_to(520.0), Release],
        &[Begin, Set(0.4), End],
    );
    check("a move without a press", KNOB, 0.3, &[drag_to(1.0), Release, Tick, Lost], &[]);
    check("nowhere", KNOB, 0.3, &[press, drag_to(f32::NAN), drag_to(f32::INFINITY), Release], &[Begin, End]);

    check("put", KNOB, 0.3, &[Put(0.7)], &[Begin, Set(0.7), End]);
    check("put the same", KNOB, 0.3, &[Put(0.3)], &[Begin, Set(0.3), End]);
    check("put too much", KNOB, 0.3, &[Put(7.0)], &[Begin, Set(1.0), End]);
    check("put nonsense", KNOB, 0.3, &[Put(f32::NAN)], &[]);
    let within = [press, drag_to(510.0), Put(0.0), drag_to(520.0), Release];
    check("put in a drag", KNOB, 0.3, &within, &[Begin, Set(0.4), Set(0.0), Set(0.1), End]);

    check("slack", READ_OUT, 0.3, &[press, drag_to(503.0), Release], &[]);
    let beyond_slack = [press, drag_to(504.0), drag_to(514.0), Release];
    check("the slack is no jump", READ_OUT, 0.3, &beyond_slack, &[Begin, Set(0.4), End]);
    check("lost within the slack", READ_OUT, 0.3, &[press, Lost, Release], &[]);
    check("the wheel within the slack", READ_OUT, 0.3, &[press, notches(1.0)], &[]);

    check("steps", CHOICE, 0.5, &[press, drag_to(512.0), drag_to(513.0), Release], &[Begin, Set(0.75), End]);
    check("a notch is a step", CHOICE, 0.5, &[notches(1.0)], &[Begin, Set(0.75)]);
    check("also a fine one", CHOICE, 0.5, &[Nudge { notches: -1.0, fine: true }], &[Begin, Set(0.25)]);
    let quarters = [notches(0.3), notches(0.3), notches(0.3), notches(0.3)];
    check("parts of notches add up", CHOICE, 0.5, &quarters, &[Begin, Set(0.75)]);
    check("a value between steps", CHOICE, 0.5, &[Put(0.6)], &[Begin, Set(0.5), End]);
}

#[test]
fn a_burst_of_the_wheel_is_one_gesture() {
    let burst = |name, hands: &[(f64, Hand)], expected: &[Edit]| {
        assert_edits(name, &play(KNOB, 0.5, hands).0, expected);
    };
    let notch = |now_s| (now_s, notches(1.0));
    let (one, two) = (Set(0.5 + NOTCH), Set(0.5 + 2.0 * NOTCH));
    let half = BURST_S / 2.0;
    burst(
        "two notches",
        &[notch(0.0), notch(half), (2.0 * half, Tick), (3.0 * half, Tick)],
        &[Begin, one, two, End],
    );
    burst(
        "every notch puts off the end",
        &[notch(0.0), notch(half), (2.0 * half, Tick), notch(2.0 * half), (3.0 * half, Tick)],
        &[Begin, one, two, Set(0.5 + 3.0 * NOTCH)],
    );
    burst(
        "what comes later is another",
        &[notch(0.0), (BURST_S, Tick), notch(BURST_S)],
        &[Begin, one, End, Begin, two],
    );
    burst("a press ends it", &[notch(0.0), (0.1, Press { at_px: 0.0 })], &[Begin, one, End, Begin]);
    burst("a value ends it", &[notch(0.0), (0.1, Put(0.1))], &[Begin, one, End, Begin, Set(0.1), End]);
    burst("fine", &[(0.0, Nudge { notches: 1.0, fine: true })], &[Begin, Set(0.5 + NOTCH * FINE)]);
    let to_the_end = [notches(1.0), notches(1.0), notches(-1.0)];
    check("no way beyond the end", KNOB, 0.99, &to_the_end, &[Begin, Set(1.0), Set(0.98)]);
    check("against the stop", KNOB, 1.0, &[notches(1.0)], &[]);
    check("against the first step", CHOICE, 0.0, &[notches(-1.0)], &[]);

    // A burst goes on from what it sent, also if the host is slow to take it.
    let mut grip = Grip::new(KNOB);
    let mut edits = Vec::new();
    for _ in 0..3 {
        grip.hand(notches(1.0), 0.5, 0.0, |edit| edits.push(edit));
    }
    assert_edits("a slow host", &edits, &[Begin, one, two, Set(0.5 + 3.0 * NOTCH)]);
}

#[test]
fn a_click_is_a_release_of_what_never_became_a_drag() {
    let press = (0.0, Press { at_px: 0.0 });
    let clicked = |feel, hands: &[(f64, Hand)]| play(feel, 0.5, hands).1;
    assert!(clicked(READ_OUT, &[press, (0.0, Release)]));
    assert!(clicked(READ_OUT, &[press, (0.0, drag_to(3.0)), (0.0, Release)]));
    assert!(!clicked(READ_OUT, &[press, (0.0, drag_to(4.0)), (0.0, Release)]));
    assert!(!clicked(READ_OUT, &[press, (0.0, Lost), (0.0, Release)]));
    assert!(!clicked(READ_OUT, &[press, (0.0, Put(0.1)), (0.0, Release)]));
    assert!(!clicked(READ_OUT, &[(0.0, Release)]));
    assert!(!clicked(KNOB, &[press, (0.0, Release)]));
}

/// Every order of up to five hands out of fourteen, for every feel: edits are whole gestures of values in 0…1, nothing is open after
/// `Lost`, a press sets nothing, and neither does Shift.
#[test]
fn every_order_of_hands() {
    let alphabet = [
        Press { at_px: 0.0 },
        drag_to(0.0),
        drag_to(2.0),
        drag_to(40.0),
        drag_to(-250.0),
        fine_to(2.0),
        fine_to(700.0),
        Release,
        notches(1.0),
        notches(-0.4),
        Put(0.9),
        Put(-1.0),
        Tick,
        Lost,
    ];
    let n = alphabet.len();
    let mut n_gestures = 0_u64;
    for feel in [KNOB, READ_OUT, CHOICE] {
        for word in 0..n.pow(5) {
            let mut grip = Grip::new(feel);
            let (mut value, mut is_open, mut now_s) = (0.5, false, 0.0);
            let mut rest = word;
            for _ in 0..5 {
                let hand = alphabet[rest % n];
                rest /= n;
                // Two of these pass the end of a burst, one does not.
                now_s += BURST_S * 0.6;
                let before = value;
                grip.hand(hand, value, now_s, |edit| match edit {
                    Begin => {
                        assert!(!is_open, "two begins: {word} {feel:?}");
                        is_open = true;
                        n_gestures += 1;
                    }
                    Set(to) => {
                        assert!(is_open, "a value outside a gesture: {word} {feel:?}");
                        assert!((0.0..=1.0).contains(&to), "{to}: {word} {feel:?}");
                        assert!(!matches!(hand, Press { .. } | Release | Tick | Lost), "{word} {feel:?}");
                        value = to;
                    }
                    End => {
                        assert!(is_open, "two ends: {word} {feel:?}");
                        is_open = false;
                    }
                });
                assert_eq!(is_open, grip.is_open(), "{word} {feel:?}");
                if matches!(hand, Lost | Release) && grip.is_held() || hand == Lost && is_open {
                    panic!("still held: {word} {feel:?}");
                }
                // Shift alone, where the pointer is.
                if let Move { at_px, fine } = hand {
                    let mut same = grip.clone();
                    same.hand(Move { at_px, fine: !fine }, value, now_s, |edit| {
                        panic!("Shift alone: {edit:?} after {before}, {word} {feel:?}");
                    });
                }
            }
        }
    }
    assert!(n_gestures > 1_000_000, "only {n_gestures} gestures");
}

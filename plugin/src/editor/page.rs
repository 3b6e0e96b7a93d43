//! The mixer's page: strips, groups, master, and what they all share.

use super::solo::Solos;
use super::strips::Strips;
use super::{banner, group, master, top};
use crate::desk::Desk;
use crate::params::BusbarParams;
use busbar_engine::N_GROUPS;
use nice_plug_vizia::prelude::*;
use std::sync::Arc;

/// The key in the session's view that says whether strips are wide.
const WIDE: &str = "wide";

/// Sizes with more strips begin narrow.
const MOST_WIDE_STRIPS: usize = 8;

/// What every view of the page needs; clones are cheap.
///
/// What is not a parameter (names, marks, the lamp) comes from the [`Desk`] and lies in signals, which one look in each tick brings up to date:
/// everything that changes them is another thread's.
#[derive(Clone)]
pub struct Page {
    host: Host,
    desk: Arc<Desk>,
    params: Arc<BusbarParams>,
    solos: Solos,
    names: Arc<[Signal<String>]>,
    connected: Signal<u64>,
    quarantined: Signal<u64>,
    problem: Signal<Option<String>>,
    wide: Signal<bool>,
    lamp: Signal<SoloLamp>,
}

/// What the solo lamp shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoloLamp {
    /// No solo, and none to restore.
    Dark,
    /// No solo; the last set can be restored.
    Restorable,
    /// Something is soloed.
    Lit,
}

impl Page {
    fn new(cx: &Context, params: &Arc<BusbarParams>, desk: &Arc<Desk>) -> Self {
        let host = cx.data::<Host>().clone();
        let solos = Solos::new(&host, params, desk);
        let names = (0..desk.n_strips()).map(|strip_idx| Signal::new(desk.strip_name(strip_idx)));
        Self {
            names: names.collect(),
            connected: Signal::new(desk.connected()),
            quarantined: Signal::new(desk.quarantined()),
            problem: Signal::new(desk.state_problem()),
            wide: Signal::new(is_wide(desk)),
            lamp: Signal::new(SoloLamp::Dark),
            host,
            desk: Arc::clone(desk),
            params: Arc::clone(params),
            solos,
        }
    }

    /// The editor's way to the host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// What the editor shares with the plugin beside parameters.
    pub fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// The instance's parameters.
    pub fn params(&self) -> &BusbarParams {
        &self.params
    }

    /// The switches that know each other.
    pub fn solos(&self) -> &Solos {
        &self.solos
    }

    /// A parameter for a widget.
    pub fn param(&self, param: &impl nice_plug::params::Param) -> ParamRef {
        self.host.param(param)
    }

    /// The name of a strip, empty if it has none.
    pub fn name(&self, strip_idx: usize) -> Signal<String> {
        self.names[strip_idx]
    }

    /// Whether the host feeds nothing into an input, and there is nothing else to say about it.
    pub fn is_missing(&self, strip_idx: usize) -> Memo<bool> {
        let (connected, quarantined) = (self.connected, self.quarantined);
        Memo::new(move |_| (connected.get() | quarantined.get()) & (1 << strip_idx) == 0)
    }

    /// Why the last state was refused.
    pub fn problem(&self) -> Signal<Option<String>> {
        self.problem
    }

    /// Whether strips are wide.
    pub fn wide(&self) -> Signal<bool> {
        self.wide
    }

    /// What the solo lamp shows.
    pub fn lamp(&self) -> Signal<SoloLamp> {
        self.lamp
    }

    /// Widens or narrows the strips, and remembers it with the session.
    pub fn set_wide(&self, wide: bool) {
        self.desk.set_view(WIDE, wide.into());
        set_if_new(self.wide, wide);
    }

    /// Brings the signals up to date.
    fn watch(&self, generation: &mut u64) {
        set_if_new(self.connected, self.desk.connected());
        set_if_new(self.quarantined, self.desk.quarantined());
        let newest = self.desk.generation();
        if std::mem::replace(generation, newest) != newest {
            for (strip_idx, name) in self.names.iter().enumerate() {
                set_if_new(*name, self.desk.strip_name(strip_idx));
            }
            set_if_new(self.wide, is_wide(&self.desk));
            set_if_new(self.problem, self.desk.state_problem());
        }
        let lamp = match (self.solos.any(), self.solos.can_restore()) {
            (true, _) => SoloLamp::Lit,
            (false, true) => SoloLamp::Restorable,
            (false, false) => SoloLamp::Dark,
        };
        set_if_new(self.lamp, lamp);
    }
}

/// At the root, for what is pressed to find: `cx.data::<Page>()`.
impl Model for Page {}

/// A signal that is set rebuilds what depends on it, even if nothing changed.
pub fn set_if_new<T: PartialEq + Clone + 'static>(signal: Signal<T>, newest: T) {
    if signal.get() != newest {
        signal.set(newest);
    }
}

fn is_wide(desk: &Desk) -> bool {
    let by_size = desk.n_strips() <= MOST_WIDE_STRIPS;
    desk.view().get(WIDE).and_then(serde_json::Value::as_bool).unwrap_or(by_size)
}

/// Builds the page.
pub fn build(cx: &mut Context, params: &Arc<BusbarParams>, desk: &Arc<Desk>) {
    let page = Page::new(cx, params, desk);
    page.clone().build(cx);
    let watched = page.clone();
    let mut generation = u64::MAX;
    VStack::new(cx, |cx| {
        top::bar(cx, &page);
        banner::banner(cx, &page);
        HStack::new(cx, |cx| {
            rows(cx, &page);
            Strips::scrolling(cx, &page).class("strips-view");
            HStack::new(cx, |cx| {
                (0..N_GROUPS).for_each(|idx| group::group(cx, &page, idx));
                master::master(cx, &page);
            })
            .class("buses");
        })
        .class("mixer");
    })
    .class("page")
    .toggle_class("wide", page.wide())
    .poll(move |_| {
        watched.watch(&mut generation);
        false
    });
}

/// What the rows of the strips are, written once at their left.
fn rows(cx: &mut Context, page: &Page) {
    fn row(cx: &mut Context, class: &str, text: &str) {
        Label::new(cx, text.to_owned()).class("row-label").class(class);
    }
    VStack::new(cx, |cx| {
        row(cx, "row-header", "");
        row(cx, "row-input", "TRIM");
        let strips = page.clone();
        Binding::new(cx, page.wide(), move |cx| {
            let is_wide = strips.wide().get();
            if is_wide {
                row(cx, "row-mode", "INPUT");
            }
            row(cx, "row-sends", "SENDS");
            row(cx, "row-pan", "PAN");
            if is_wide {
                row(cx, "row-pan", "WIDTH");
            }
        });
        row(cx, "row-switches", "");
        row(cx, "channel", "");
    })
    .class("rows");
}

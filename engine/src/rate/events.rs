//! Settings on their way to the sample where they belong.
//!
//! The engine is behind the host by what the resampler holds back. A snapshot that comes between two blocks belongs to a sample
//! that the engine has not seen yet, so it waits here, as the list of what it changes.

use crate::settings::{
    ColourQuality, EngineRate, GroupSettings, MasterSettings, MeterSettings, PanLaw, ResamplingMode,
    Settings, StripSettings,
};
use std::collections::VecDeque;

/// Changes that can wait. One control that moves at every sample fits into every mode's delay.
const CAPACITY: usize = 2048;

/// What a snapshot has besides strips and buses.
#[derive(Clone, Copy, PartialEq)]
struct Switches {
    pan_law: PanLaw,
    colour_quality: ColourQuality,
    engine_rate: EngineRate,
    resampling: ResamplingMode,
    meters: MeterSettings,
    bypass: bool,
}

impl Switches {
    fn of(settings: &Settings) -> Self {
        // By its parts, so that a setting that is new cannot be forgotten here.
        let Settings {
            strips: _,
            groups: _,
            master: _,
            pan_law,
            colour_quality,
            engine_rate,
            resampling,
            meters,
            bypass,
        } = settings;
        Self {
            pan_law: *pan_law,
            colour_quality: *colour_quality,
            engine_rate: *engine_rate,
            resampling: *resampling,
            meters: *meters,
            bypass: *bypass,
        }
    }

    fn apply(self, to: &mut Settings) {
        let Self { pan_law, colour_quality, engine_rate, resampling, meters, bypass } = self;
        to.pan_law = pan_law;
        to.colour_quality = colour_quality;
        to.engine_rate = engine_rate;
        to.resampling = resampling;
        to.meters = meters;
        to.bypass = bypass;
    }
}

/// One part of a snapshot.
#[derive(Clone, Copy)]
enum Change {
    Strip(usize, StripSettings),
    Group(usize, GroupSettings),
    Master(MasterSettings),
    Switches(Switches),
}

impl Change {
    fn apply(&self, to: &mut Settings) {
        match self {
            Self::Strip(idx, strip) => to.strips[*idx] = *strip,
            Self::Group(idx, group) => to.groups[*idx] = *group,
            Self::Master(master) => to.master = *master,
            Self::Switches(switches) => switches.apply(to),
        }
    }
}

/// When a snapshot begins to count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    /// The nearest sample of the engine.
    pub(super) position: u64,
    /// How much later it is than that sample: −½ … ½.
    pub(super) late_samples: f32,
}

/// The queue. Moments never go back.
pub(super) struct Events {
    /// Changes, each with its moment.
    waiting: VecDeque<(Moment, Change)>,
    /// The first moment of changes that found no room. From there on, everything that was told counts at once.
    overflow: Option<Moment>,
    /// The latest snapshot.
    latest: Settings,
    /// What the engine was given.
    applied: Settings,
}

impl Events {
    pub(super) fn new(n_strips: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            overflow: None,
            latest: Settings::new(n_strips),
            applied: Settings::new(n_strips),
        }
    }

    /// Makes room for waiting changes, or gives it back. Not realtime-safe.
    pub(super) fn reserve(&mut self, waits: bool) {
        self.waiting = if waits { VecDeque::with_capacity(CAPACITY) } else { VecDeque::new() };
    }

    /// The latest snapshot.
    pub(super) fn latest(&self) -> &Settings {
        &self.latest
    }

    /// Takes a snapshot that counts from a moment on.
    pub(super) fn push(&mut self, settings: &Settings, moment: Moment) {
        if self.overflow.is_none() {
            let n_before = self.waiting.len();
            for change in changes(&self.latest, settings) {
                if self.waiting.len() == CAPACITY {
                    self.waiting.truncate(n_before);
                    self.overflow = Some(moment);
                    break;
                }
                self.waiting.push_back((moment, change));
            }
        }
        copy(settings, &mut self.latest);
    }

    /// Takes a snapshot that the engine has already.
    pub(super) fn note(&mut self, settings: &Settings) {
        copy(settings, &mut self.latest);
    }

    /// What was waiting counts now.
    pub(super) fn catch_up(&mut self) -> &Settings {
        self.waiting.clear();
        self.overflow = None;
        copy(&self.latest, &mut self.applied);
        &self.applied
    }

    /// When the next change counts.
    fn next(&self) -> Option<Moment> {
        self.waiting.front().map(|(moment, _)| *moment).or(self.overflow)
    }

    /// The sample to which the next change belongs.
    pub(super) fn next_position(&self) -> Option<u64> {
        self.next().map(|moment| moment.position)
    }

    /// The next snapshot that counts by a position, and how late it is. There may be several: moments between two samples are not one.
    pub(super) fn take(&mut self, position: u64) -> Option<(&Settings, f32)> {
        let now = self.next().filter(|next| next.position <= position)?;
        while let Some((_, change)) = self.waiting.front().filter(|(moment, _)| *moment == now) {
            change.apply(&mut self.applied);
            self.waiting.pop_front();
        }
        if self.waiting.is_empty() && self.overflow == Some(now) {
            self.catch_up();
        }
        Some((&self.applied, now.late_samples))
    }
}

/// What is different in a new snapshot. Strips that it lacks are at their defaults.
fn changes<'a>(old: &'a Settings, new: &'a Settings) -> impl Iterator<Item = Change> + 'a {
    let strips = old.strips.iter().enumerate().filter_map(|(idx, old)| {
        let new = new.strips.get(idx).copied().unwrap_or_default();
        (new != *old).then_some(Change::Strip(idx, new))
    });
    let groups = old.groups.iter().zip(&new.groups).enumerate();
    let groups = groups.filter(|(_, (old, new))| old != new).map(|(idx, (_, new))| Change::Group(idx, *new));
    let master = (old.master != new.master).then_some(Change::Master(new.master));
    let switches = Switches::of(new);
    let switches = (Switches::of(old) != switches).then_some(Change::Switches(switches));
    strips.chain(groups).chain(master).chain(switches)
}

/// Copies a snapshot into one of as many strips as the engine has, without allocating.
fn copy(from: &Settings, to: &mut Settings) {
    for (idx, strip) in to.strips.iter_mut().enumerate() {
        *strip = from.strips.get(idx).copied().unwrap_or_default();
    }
    to.groups = from.groups;
    to.master = from.master;
    Switches::of(from).apply(to);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events() -> Events {
        let mut events = Events::new(2);
        events.reserve(true);
        events
    }

    const fn at(position: u64) -> Moment {
        Moment { position, late_samples: 0.0 }
    }

    #[test]
    fn every_part_of_a_snapshot_arrives_at_its_position_and_not_before() {
        let mut events = events();
        let mut settings = Settings::new(2);
        let defaults = settings.clone();
        settings.strips[1].fader_db = -3.0;
        events.push(&settings, at(10));
        settings.groups[2].mute = true;
        settings.master.dim = true;
        events.push(&settings, at(20));
        settings.bypass = true;
        events.push(&settings, at(20));

        assert_eq!(events.next_position(), Some(10));
        assert_eq!(events.take(9), None);
        let first = events.take(10).expect("a snapshot").0.clone();
        assert_eq!((first.strips[1].fader_db, first.groups[2].mute, first.bypass), (-3.0, false, false));
        assert_eq!(first.strips[0], defaults.strips[0]);
        assert_eq!(events.next_position(), Some(20));
        assert_eq!(events.take(25), Some((&settings, 0.0)));
        assert_eq!(events.next_position(), None);
        assert_eq!(events.take(30), None);
    }

    #[test]
    fn what_lies_apart_between_two_samples_stays_apart() {
        let mut events = events();
        let mut settings = Settings::new(2);
        let mut expected = Vec::new();
        for late_samples in [-0.4, -0.1, 0.3] {
            settings.strips[0].fader_db -= 1.0;
            settings.strips[1].fader_db -= 2.0;
            events.push(&settings, Moment { position: 7, late_samples });
            expected.push((settings.clone(), late_samples));
        }
        assert_eq!(events.take(6), None);
        for (settings, late_samples) in &expected {
            assert_eq!(events.take(7), Some((settings, *late_samples)));
        }
        assert_eq!(events.take(7), None);
    }

    #[test]
    fn a_snapshot_that_changes_nothing_is_no_event() {
        let mut events = events();
        events.push(&Settings::new(2), at(10));
        // More strips than there are, at whatever settings, are nobody's.
        let mut settings = Settings::new(3);
        settings.strips[2].mute = true;
        events.push(&settings, at(11));
        assert_eq!(events.next_position(), None);
    }

    #[test]
    fn what_finds_no_room_counts_together() {
        let mut events = events();
        let mut settings = Settings::new(2);
        for position in 0..5000 {
            settings.strips[0].fader_db = -0.001 * position as f32;
            settings.strips[1].mute = position % 2 == 1;
            events.push(&settings, at(position));
        }
        // The first snapshot is the default; every other one changes both strips.
        let n_fit = CAPACITY as u64 / 2;
        for position in 1..=n_fit {
            assert_eq!(events.next_position(), Some(position));
            let (applied, _) = events.take(position).expect("a snapshot");
            assert_eq!(applied.strips[0].fader_db, -0.001 * position as f32);
            assert_eq!(applied.strips[1].mute, position % 2 == 1);
        }
        assert_eq!(events.take(n_fit), None);
        assert_eq!(events.take(n_fit + 1), Some((&settings, 0.0)));
        assert_eq!(events.next_position(), None);
        settings.strips[0].mute = true;
        events.push(&settings, at(6000));
        assert_eq!(events.next_position(), Some(6000));
    }
}

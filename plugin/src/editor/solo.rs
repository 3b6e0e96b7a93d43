//! Switches that know each other: exclusive solo and mute, the solo lamp and its memory.
//!
//! "Clearing all solos remembers the set, and one command restores it": the set lies in the session's view, so that it is still there
//! when the editor is opened again.

use crate::desk::Desk;
use crate::params::BusbarParams;
use nice_plug_vizia::prelude::*;
use std::sync::Arc;

/// The key of the remembered set in the session's view: ids of parameters.
const LAST_SOLOS: &str = "last_solos";

/// Which of the switches that exclude each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switches {
    /// Solos of strips and groups.
    Solo,
    /// Mutes of strips and groups.
    Mute,
}

/// All solos and mutes of an instance.
#[derive(Clone)]
pub struct Solos {
    desk: Arc<Desk>,
    solos: Arc<[ParamRef]>,
    mutes: Arc<[ParamRef]>,
}

impl Solos {
    /// Those of these parameters.
    pub fn new(host: &Host, params: &BusbarParams, desk: &Arc<Desk>) -> Self {
        let strips = || params.strips.iter();
        let groups = || params.groups.iter();
        let solos = strips().map(|strip| &strip.solo).chain(groups().map(|group| &group.solo));
        let mutes = strips().map(|strip| &strip.mute).chain(groups().map(|group| &group.mute));
        Self {
            desk: Arc::clone(desk),
            solos: solos.map(|param| host.param(param)).collect(),
            mutes: mutes.map(|param| host.param(param)).collect(),
        }
    }

    /// Whether anything is soloed: the lamp.
    pub fn any(&self) -> bool {
        self.solos.iter().any(is_on)
    }

    /// Whether there is a set to restore.
    pub fn can_restore(&self) -> bool {
        !self.remembered().is_empty()
    }

    /// The lamp was pressed: clears all solos and remembers them, or restores what was cleared.
    pub fn clear_or_restore(&self, host: &Host) {
        let soloed: Vec<&ParamRef> = self.solos.iter().filter(|solo| is_on(solo)).collect();
        if soloed.is_empty() {
            let remembered = self.remembered();
            let again = self.solos.iter().filter(|solo| remembered.iter().any(|id| id == solo.id()));
            again.for_each(|solo| host.change(solo, 1.0));
        } else {
            let ids: Vec<&str> = soloed.iter().map(|solo| solo.id()).collect();
            self.desk.set_view(LAST_SOLOS, ids.into());
            soloed.iter().for_each(|solo| host.change(solo, 0.0));
        }
    }

    /// Switches one on and all others of its kind off; one that already is alone goes off.
    pub fn exclusive(&self, host: &Host, switches: Switches, chosen: &ParamRef) {
        let all = match switches {
            Switches::Solo => &self.solos,
            Switches::Mute => &self.mutes,
        };
        let (mut was_alone, was_on) = (true, is_on(chosen));
        for other in all.iter().filter(|other| other.id() != chosen.id() && is_on(other)) {
            was_alone = false;
            host.change(other, 0.0);
        }
        let is_wanted = !(was_on && was_alone);
        if is_wanted != was_on {
            host.change(chosen, f32::from(u8::from(is_wanted)));
        }
    }

    fn remembered(&self) -> Vec<String> {
        let view = self.desk.view();
        let ids = view.get(LAST_SOLOS).and_then(|ids| ids.as_array());
        ids.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect()
    }
}

fn is_on(param: &ParamRef) -> bool {
    param.value() > 0.5
}

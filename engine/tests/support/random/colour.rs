//! Random colour, on top of a session that has none, and meters of any kind.

use super::{Session, Wildness, chance, value};
use busbar_engine::{Ballistics, ColourQuality, SaturationKind, SaturationSettings, Settings};
use fastrand::Rng;

pub const QUALITIES: [ColourQuality; 3] = ColourQuality::ALL;

fn saturation(rng: &mut Rng, wildness: Wildness) -> SaturationSettings {
    SaturationSettings {
        on: chance(rng, 0.6),
        kind: if rng.bool() { SaturationKind::Tape } else { SaturationKind::Tube },
        drive_db: value(rng, 0.0, 36.0, &[0.0, 36.0, 6.0, -3.0, 50.0, f32::NAN], wildness),
        mix_percent: value(rng, 0.0, 100.0, &[0.0, 100.0, 100.0, -1.0, 120.0, f32::NAN], wildness),
    }
}

fn all(settings: &mut Settings) -> impl Iterator<Item = &mut SaturationSettings> {
    let Settings { strips, groups, .. } = settings;
    let strips = strips.iter_mut().map(|strip| &mut strip.saturation);
    strips.chain(groups.iter_mut().map(|group| &mut group.saturation))
}

/// Changes one thing of colour.
pub fn turn_a_colour(rng: &mut Rng, settings: &mut Settings, wildness: Wildness) {
    let n = settings.strips.len() + settings.groups.len() + 1;
    let new = saturation(rng, wildness);
    let Some(old) = all(settings).nth(rng.usize(..n)) else {
        settings.master.console = !settings.master.console;
        return;
    };
    match rng.u8(0..4) {
        0 => old.on = !old.on,
        1 => old.kind = new.kind,
        2 => old.drive_db = new.drive_db,
        _ => old.mix_percent = new.mix_percent,
    }
}

/// Changes what is measured, now and then.
pub fn turn_a_meter(rng: &mut Rng, settings: &mut Settings) {
    if chance(rng, 0.1) {
        settings.meters.ballistics = Ballistics::ALL[rng.usize(..Ballistics::ALL.len())];
    }
    if chance(rng, 0.02) {
        settings.meters.loudness = !settings.meters.loudness;
    }
}

/// Switches saturations on in about half of the places, and turns something of them at every event.
pub fn colour_some(rng: &mut Rng, session: &mut Session, quality: ColourQuality, wildness: Wildness) {
    let mut colour = session.initial.clone();
    all(&mut colour).for_each(|saturation| *saturation = self::saturation(rng, wildness));
    colour.master.console = rng.bool();
    let paint = |settings: &mut Settings, colour: &Settings| {
        let mut colour = colour.clone();
        let saturations: Vec<_> = all(&mut colour).map(|saturation| *saturation).collect();
        all(settings).zip(saturations).for_each(|(to, from)| *to = from);
        settings.master.console = colour.master.console;
        settings.colour_quality = quality;
    };
    paint(&mut session.initial, &colour);
    for event in &mut session.events {
        turn_a_colour(rng, &mut colour, wildness);
        paint(&mut event.settings, &colour);
    }
}

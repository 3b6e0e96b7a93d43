//! Solo in place: which paths are open.
//!
//! With S the soloed strips, G the soloed groups and *safe* the solo-safe strips: if S and G are empty, every path is open.
//! Otherwise
//!
//! ```text
//! strip i → master   open  iff  i ∈ S or safe(i)
//! strip i → group g  open  iff  i ∈ S or safe(i) or g ∈ G
//! group g → master   always open (it carries only what is open)
//! ```
//!
//! So soloing a strip keeps its groups audible, and soloing a group keeps its feeders, but only into it.

use crate::settings::{Destination, N_GROUPS, Settings, StripSettings};

/// What the solo buttons of an instance amount to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SoloState {
    any: bool,
    groups: [bool; N_GROUPS],
}

impl SoloState {
    /// Looks at the first `n_strips` strips only: those that exist.
    pub(crate) fn of(settings: &Settings, n_strips: usize) -> Self {
        let groups = settings.groups.map(|group| group.solo);
        let any = groups.contains(&true) || settings.strips.iter().take(n_strips).any(|strip| strip.solo);
        Self { any, groups }
    }

    /// Whether `strip` is heard on any way that it has: on its own, or within a soloed group that it feeds.
    pub(crate) fn hears(self, strip: &StripSettings) -> bool {
        let feeds = |group_idx: &usize| strip.sends[Destination::Group(*group_idx).idx()].on;
        self.opens(strip, Destination::Master)
            || (0..N_GROUPS).filter(feeds).any(|group_idx| self.opens(strip, Destination::Group(group_idx)))
    }

    /// Whether what `strip` sends to `destination` is heard.
    pub(crate) fn opens(self, strip: &StripSettings, destination: Destination) -> bool {
        if !self.any || strip.solo || strip.solo_safe {
            return true;
        }
        match destination {
            Destination::Master => false,
            Destination::Group(group_idx) => self.groups[group_idx],
        }
    }
}

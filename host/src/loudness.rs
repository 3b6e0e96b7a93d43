//! Loudness and true peaks by the plugin's own meters, which Busbar tells by a CLAP extension of its own, `org.busbar.meters/2`; other
//! plugins have none.
//!
//! The extension is described where it is offered, in `plugin/src/guard/readings.rs`.

use crate::plugin::Plugin;
use clack_host::extensions::prelude::{Extension, PluginExtensionSide, PluginSharedHandle, RawExtension};
use std::ffi::{CStr, c_void};

/// How many figures the extension tells of a strip or bus.
const N_FIGURES: usize = 9;

/// What the meter of a strip or bus reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Over 400 ms, in LUFS; −∞ for silence, as all loudness here.
    pub momentary_lufs: f32,
    /// Over 3 s, in LUFS.
    pub short_term_lufs: f32,
    /// Gated, in LUFS.
    pub integrated_lufs: f32,
    /// In LU.
    pub range_lu: f32,
    /// The largest momentary loudness, in LUFS.
    pub max_momentary_lufs: f32,
    /// The largest short-term loudness, in LUFS.
    pub max_short_term_lufs: f32,
    /// The largest true peak, left and right; 1 is full scale.
    pub true_peak: [f32; 2],
    /// Of left and right, −1 to 1.
    pub correlation: f32,
}

impl Loudness {
    fn from_figures(figures: &[f32; N_FIGURES]) -> Self {
        let [momentary_lufs, short_term_lufs, integrated_lufs, range_lu, max_momentary_lufs, ..] = *figures;
        let [.., max_short_term_lufs, left, right, correlation] = *figures;
        Self {
            momentary_lufs,
            short_term_lufs,
            integrated_lufs,
            range_lu,
            max_momentary_lufs,
            max_short_term_lufs,
            true_peak: [left, right],
            correlation,
        }
    }
}

/// What all meters of an instance read.
#[derive(Clone, Debug, PartialEq)]
pub struct Readings {
    /// Each strip behind its fader, in the order of the input ports.
    pub strips: Vec<Loudness>,
    /// Each group behind its fader.
    pub groups: Vec<Loudness>,
    /// The master as it leaves.
    pub master: Loudness,
}

/// The extension's structure.
#[repr(C)]
#[derive(Clone, Copy)]
struct RawMeters {
    take_reductions: Option<unsafe extern "C" fn(*const c_void, *mut f32, u32) -> u32>,
    read_loudness:
        Option<unsafe extern "C" fn(plugin: *const c_void, figures: *mut f32, capacity: u32) -> u32>,
    restart_loudness: Option<unsafe extern "C" fn(*const c_void)>,
}

/// The extension of an instance.
#[derive(Clone, Copy)]
pub(crate) struct PluginLoudness(RawExtension<PluginExtensionSide, RawMeters>);

// SAFETY: `RawMeters` is the structure that belongs to this id.
unsafe impl Extension for PluginLoudness {
    const IDENTIFIERS: &[&CStr] = &[c"org.busbar.meters/2"];
    type ExtensionSide = PluginExtensionSide;

    unsafe fn from_raw(raw: RawExtension<Self::ExtensionSide>) -> Self {
        // SAFETY: the caller has it by this id.
        Self(unsafe { raw.cast() })
    }
}

impl PluginLoudness {
    /// Fills the array, and returns how many figures there are.
    fn read(&self, plugin: &PluginSharedHandle, figures: &mut [f32]) -> usize {
        let capacity = u32::try_from(figures.len()).unwrap_or(u32::MAX);
        match plugin.use_extension(&self.0).read_loudness {
            // SAFETY: the function belongs to this instance, may be called on any thread, and fills `capacity` figures at most.
            Some(read) => unsafe {
                read(plugin.as_raw_ptr().cast(), figures.as_mut_ptr(), capacity) as usize
            },
            None => 0,
        }
    }
}

impl Plugin {
    /// What the plugin's own meters read now. `None` if it does not tell, or tells something else than what belongs to its ports.
    pub fn read_loudness(&mut self) -> Option<Readings> {
        let extension = self.extensions.loudness?;
        let (n_strips, n_groups) = (self.inputs().len(), self.outputs().len().saturating_sub(1));
        let mut figures = vec![0.0; N_FIGURES * (n_strips + n_groups + 1)];
        let n_figures = extension.read(&self.instance.plugin_shared_handle(), &mut figures);
        if n_figures != figures.len() {
            return None;
        }
        let (of_taps, _) = figures.as_chunks::<N_FIGURES>();
        let mut taps = of_taps.iter().map(Loudness::from_figures);
        Some(Readings {
            strips: taps.by_ref().take(n_strips).collect(),
            groups: taps.by_ref().take(n_groups).collect(),
            master: taps.next()?,
        })
    }

    /// Integrated loudness, range, largest values and true peaks begin anew with the next block, if the plugin has any.
    pub fn restart_loudness(&mut self) {
        let Some(extension) = self.extensions.loudness else { return };
        let plugin = self.instance.plugin_shared_handle();
        if let Some(restart) = plugin.use_extension(&extension.0).restart_loudness {
            // SAFETY: the function belongs to this instance and may be called on any thread.
            unsafe { restart(plugin.as_raw_ptr().cast()) }
        }
    }
}

//! Gain reductions, which Busbar tells by a CLAP extension of its own, `org.busbar.meters/1`; other plugins have none.
//!
//! The extension is described where it is offered, in `plugin/src/guard/meters.rs`. The calls that it takes are the only ones
//! of this host that are not clack's.

use crate::plugin::Plugin;
use clack_host::extensions::prelude::{Extension, PluginExtensionSide, PluginSharedHandle, RawExtension};
use std::ffi::{CStr, c_void};

/// The largest gain reductions since they were last taken, in dB, 0 or more.
#[derive(Clone, Debug, PartialEq)]
pub struct Reductions {
    /// Gate and compressor of each strip, in the order of the input ports.
    pub strips: Vec<[f32; 2]>,
    /// The compressor of each group.
    pub groups: Vec<f32>,
    /// The master's compressor.
    pub master_compressor_db: f32,
    /// The master's limiter.
    pub limiter_db: f32,
}

/// The extension's structure.
#[repr(C)]
#[derive(Clone, Copy)]
struct RawMeters {
    take: Option<unsafe extern "C" fn(plugin: *const c_void, reductions_db: *mut f32, capacity: u32) -> u32>,
}

/// The extension of an instance.
#[derive(Clone, Copy)]
pub(crate) struct PluginMeters(RawExtension<PluginExtensionSide, RawMeters>);

// SAFETY: `RawMeters` is the structure that belongs to this id.
unsafe impl Extension for PluginMeters {
    const IDENTIFIERS: &[&CStr] = &[c"org.busbar.meters/1"];
    type ExtensionSide = PluginExtensionSide;

    unsafe fn from_raw(raw: RawExtension<Self::ExtensionSide>) -> Self {
        // SAFETY: the caller has it by this id.
        Self(unsafe { raw.cast() })
    }
}

impl PluginMeters {
    /// Fills the array, and returns how many figures there are.
    fn take(&self, plugin: &PluginSharedHandle, figures: &mut [f32]) -> usize {
        let capacity = u32::try_from(figures.len()).unwrap_or(u32::MAX);
        match plugin.use_extension(&self.0).take {
            // SAFETY: the function belongs to this instance, may be called on any thread, and fills `capacity` figures at most.
            Some(take) => unsafe {
                take(plugin.as_raw_ptr().cast(), figures.as_mut_ptr(), capacity) as usize
            },
            None => 0,
        }
    }
}

impl Plugin {
    /// The largest gain reductions since the last call, or since the plugin was created. `None` if it does not tell, or tells
    /// something else than what belongs to its ports.
    pub fn take_reductions(&mut self) -> Option<Reductions> {
        let extension = self.extensions.meters?;
        let (n_strips, n_groups) = (self.inputs().len(), self.outputs().len().saturating_sub(1));
        let mut figures = vec![0.0; 2 * n_strips + n_groups + 2];
        let n_figures = extension.take(&self.instance.plugin_shared_handle(), &mut figures);
        if n_figures != figures.len() {
            return None;
        }
        let (strips, rest) = figures.split_at(2 * n_strips);
        let (groups, master) = rest.split_at(n_groups);
        Some(Reductions {
            strips: strips.chunks_exact(2).map(|strip| [strip[0], strip[1]]).collect(),
            groups: groups.to_vec(),
            master_compressor_db: master[0],
            limiter_db: master[1],
        })
    }
}

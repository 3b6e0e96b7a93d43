//! The audio ports that a plugin declares.

use clack_extensions::audio_ports::{AudioPortFlags, AudioPortInfoBuffer, PluginAudioPorts};
use clack_host::prelude::PluginMainThreadHandle;

/// One audio port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The plugin's numeric id of the port.
    pub id: u32,
    /// The name for people, such as `Strip 1`.
    pub name: String,
    /// How many channels the port has.
    pub n_channels: usize,
    /// Whether this is the main port of its direction.
    pub is_main: bool,
}

/// Reads all ports of one direction in the plugin's order.
pub(crate) fn read_ports(
    extension: &PluginAudioPorts,
    plugin: &PluginMainThreadHandle<'_>,
    is_input: bool,
) -> Vec<Port> {
    let mut buffer = AudioPortInfoBuffer::new();
    (0..extension.count(plugin, is_input))
        .filter_map(|index| {
            let info = extension.get(plugin, index, is_input, &mut buffer)?;
            Some(Port {
                id: info.id.get(),
                name: String::from_utf8_lossy(info.name).into_owned(),
                n_channels: info.channel_count as usize,
                is_main: info.flags.contains(AudioPortFlags::IS_MAIN),
            })
        })
        .collect()
}

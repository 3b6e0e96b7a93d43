//! The plugin's state as bytes, in the plugin's own format.

use crate::error::Error;
use crate::plugin::Plugin;
use std::io::Cursor;

impl Plugin {
    /// Saves the state. It may be called at any time, active or not.
    pub fn save_state(&mut self) -> Result<Vec<u8>, Error> {
        let extension = self.extensions.state.ok_or(Error::MissingExtension("clap.state"))?;
        let mut bytes = Vec::new();
        match extension.save(&self.instance.plugin_handle(), &mut bytes) {
            Ok(()) => Ok(bytes),
            Err(_) => Err(Error::SaveState { reason: self.take_complaint() }),
        }
    }

    /// Loads a state that [`Plugin::save_state`] returned.
    pub fn load_state(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let extension = self.extensions.state.ok_or(Error::MissingExtension("clap.state"))?;
        extension
            .load(&self.instance.plugin_handle(), &mut Cursor::new(bytes))
            .map_err(|_| Error::LoadState { reason: self.take_complaint() })
    }
}

//! The parameters of a plugin: listed, found, read, set and spelled out.

use crate::error::Error;
use crate::nearest::nearest;
use crate::plugin::Plugin;
use crate::process::IgnoredEvents;
pub use clack_extensions::params::ParamInfoFlags as ParamFlags;
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_host::events::event_types::ParamValueEvent;
use clack_host::prelude::{ClapId, InputEvents, OutputEvents, Pckn, PluginMainThreadHandle};
use std::ffi::CString;

/// The longest text of a value that is read; CLAP hosts commonly offer 256 bytes.
const MAX_TEXT_BYTES: usize = 256;

/// How many alternatives an error offers.
const MAX_SUGGESTIONS: usize = 4;

/// The widest range of a stepped parameter whose values an error lists all.
const MAX_LISTED_RANGE: f64 = 16.0;

/// One parameter as the plugin declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The numeric id that CLAP events carry.
    pub id: u32,
    /// The name for people, such as `S01 Fader`.
    pub name: String,
    /// Where it belongs, with slashes, such as `Strip 1`.
    pub module: String,
    /// The lowest value.
    pub min: f64,
    /// The highest value.
    pub max: f64,
    /// The value of a fresh instance.
    pub default: f64,
    /// Whether it is stepped, automatable, the bypass …
    pub flags: ParamFlags,
}

/// The numeric CLAP id of a parameter with this string id.
///
/// nice-plug derives it so: *h* = 0; for each byte *b*, *h* = 31·*h* + *b* in wrapping 32-bit arithmetic; then the
/// top bit is cleared, because VST3 reserves ids above 2³¹ for hosts. The plugin's tests show that no two ids collide.
pub const fn param_id_from_str(string_id: &str) -> u32 {
    let bytes = string_id.as_bytes();
    let mut hash: u32 = 0;
    let mut i = 0;
    while i < bytes.len() {
        hash = hash.wrapping_mul(31).wrapping_add(bytes[i] as u32);
        i += 1;
    }
    hash & !(1 << 31)
}

pub(crate) fn read_params(extension: &PluginParams, plugin: &PluginMainThreadHandle<'_>) -> Vec<Param> {
    let mut buffer = ParamInfoBuffer::new();
    (0..extension.count(plugin))
        .filter_map(|index| {
            let info = extension.get_info(plugin, index, &mut buffer)?;
            Some(Param {
                id: info.id.get(),
                name: String::from_utf8_lossy(info.name).into_owned(),
                module: String::from_utf8_lossy(info.module).into_owned(),
                min: info.min_value,
                max: info.max_value,
                default: info.default_value,
                flags: info.flags,
            })
        })
        .collect()
}

impl Param {
    /// Values whose texts show what can be typed: every one of a parameter with few steps, else lowest, default and
    /// highest.
    fn example_values(&self) -> Vec<f64> {
        self.steps().unwrap_or_else(|| vec![self.min, self.default, self.max])
    }

    /// All values of a parameter with few steps.
    pub fn steps(&self) -> Option<Vec<f64>> {
        let range = self.max - self.min;
        let is_short =
            self.flags.contains(ParamFlags::IS_STEPPED) && (0.0..=MAX_LISTED_RANGE).contains(&range);
        // CLAP counts steps in whole numbers.
        is_short.then(|| (0..=range as u32).map(|step| self.min + f64::from(step)).collect())
    }
}

impl Plugin {
    /// All parameters in the plugin's order.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// The parameter with this string id (`s01_fader`) or else with this name (`S01 Fader`), both in any case.
    pub fn find_param(&mut self, wanted: &str) -> Result<Param, Error> {
        let id = param_id_from_str(wanted);
        let by_id = self.params.iter().find(|param| param.id == id);
        let found =
            by_id.or_else(|| self.params.iter().find(|param| param.name.eq_ignore_ascii_case(wanted)));
        if let Some(param) = found {
            return Ok(param.clone());
        }
        let ids = self.string_ids();
        if let Some((_, id)) = ids.iter().find(|(id, _)| id.eq_ignore_ascii_case(wanted))
            && let Some(param) = self.params.iter().find(|param| param.id == *id)
        {
            return Ok(param.clone());
        }
        let n_strips = self.inputs().len();
        if strip_number(wanted).is_some_and(|number| number > n_strips) {
            let plugin = self.description().name.clone();
            return Err(Error::NoSuchStrip { wanted: wanted.to_owned(), plugin, n_strips });
        }
        let mut candidates: Vec<String> = ids.into_iter().map(|(id, _)| id).collect();
        candidates.extend(self.params.iter().map(|param| param.name.clone()));
        Err(Error::UnknownParam {
            wanted: wanted.to_owned(),
            nearest: nearest(wanted, &candidates, MAX_SUGGESTIONS),
        })
    }

    /// The string ids of the parameters, each with its numeric id, in alphabetical order.
    ///
    /// CLAP tells only the numeric ids. The state of a nice-plug plugin names its parameters by string, so every
    /// quoted word in it whose hash is a parameter's id is that parameter's string id. Where the plugin saves no
    /// such state, the list is empty.
    pub fn string_ids(&mut self) -> Vec<(String, u32)> {
        let Ok(state) = self.save_state() else { return Vec::new() };
        let state = String::from_utf8_lossy(&state);
        let mut ids: Vec<(String, u32)> = state
            .split('"')
            .map(|word| (word, param_id_from_str(word)))
            .filter(|(word, id)| !word.is_empty() && self.params.iter().any(|param| param.id == *id))
            .map(|(word, id)| (word.to_owned(), id))
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// The present value.
    pub fn value(&mut self, id: u32) -> Result<f64, Error> {
        let (extension, clap_id) = self.param_access(id)?;
        extension.get_value(&self.instance.plugin_handle(), clap_id).ok_or_else(|| unknown(id))
    }

    /// The text that the plugin shows for a value.
    pub fn value_to_text(&mut self, id: u32, value: f64) -> Result<String, Error> {
        let (extension, clap_id) = self.param_access(id)?;
        let mut buffer = [0; MAX_TEXT_BYTES];
        let text = extension
            .value_to_text(&self.instance.plugin_handle(), clap_id, value, &mut buffer)
            .map_err(|_| unknown(id))?;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// The value that the plugin reads from a text.
    pub fn text_to_value(&mut self, id: u32, text: &str) -> Result<f64, Error> {
        let (extension, clap_id) = self.param_access(id)?;
        let parsed = CString::new(text)
            .ok()
            .and_then(|text| extension.text_to_value(&self.instance.plugin_handle(), clap_id, &text))
            .filter(|value| value.is_finite());
        parsed.ok_or_else(|| {
            let param = self.params.iter().find(|param| param.id == id).cloned();
            let values = param.as_ref().map(Param::example_values).unwrap_or_default();
            let mut examples: Vec<String> =
                values.into_iter().filter_map(|value| self.value_to_text(id, value).ok()).collect();
            examples.dedup();
            let name = param.map(|param| param.name).unwrap_or_default();
            Error::BadText { id: name, text: text.to_owned(), examples }
        })
    }

    /// Sets a parameter now, outside a block: before activation, so that nothing ramps to it, or between blocks.
    /// For a change at its exact sample, pass a [`crate::ParamEvent`] to [`Plugin::process`].
    pub fn set_param(&mut self, id: u32, value: f64) -> Result<(), Error> {
        let (extension, clap_id) = self.param_access(id)?;
        let event = [ParamValueEvent::new(0, clap_id, Pckn::match_all(), value)];
        let events = InputEvents::from_buffer(&event);
        let mut answers = IgnoredEvents;
        let mut answers = OutputEvents::from_buffer(&mut answers);
        if let Some(processor) = &mut self.processor {
            extension.flush_active(&mut processor.plugin_handle(), &events, &mut answers);
        } else if let Some(mut handle) = self.instance.inactive_plugin_handle() {
            extension.flush(&mut handle, &events, &mut answers);
        }
        Ok(())
    }

    /// Sets a parameter by string id or name and by text, and returns its numeric id and the text of what was set.
    pub fn set_param_by_text(&mut self, wanted: &str, text: &str) -> Result<(u32, String), Error> {
        let param = self.find_param(wanted)?;
        let value = self.text_to_value(param.id, text).map_err(|error| match error {
            // The person's own word for the parameter, not the plugin's.
            Error::BadText { text, examples, .. } => Error::BadText { id: wanted.to_owned(), text, examples },
            other => other,
        })?;
        self.set_param(param.id, value)?;
        Ok((param.id, self.value_to_text(param.id, value)?))
    }

    fn param_access(&self, id: u32) -> Result<(PluginParams, ClapId), Error> {
        let extension = self.extensions.params.ok_or(Error::MissingExtension("clap.params"))?;
        if !self.params.iter().any(|param| param.id == id) {
            return Err(unknown(id));
        }
        Ok((extension, ClapId::from_raw(id).ok_or_else(|| unknown(id))?))
    }
}

/// The strip that an id such as `s12_fader` or a name such as `S12 Fader` speaks of.
pub(crate) fn strip_number(wanted: &str) -> Option<usize> {
    let (strip, _) = wanted.split_once(['_', ' '])?;
    let digits = strip.strip_prefix(['s', 'S'])?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

pub(crate) fn unknown(id: u32) -> Error {
    Error::UnknownParam { wanted: id.to_string(), nearest: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_steps_are_listed_all_and_others_by_three_values() {
        let param = |max: f64, flags| Param {
            id: 0,
            name: String::new(),
            module: String::new(),
            min: 1.0,
            max,
            default: 2.0,
            flags,
        };
        let stepped = ParamFlags::IS_STEPPED;
        assert_eq!(param(5.0, stepped).example_values(), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(param(17.0, stepped).example_values().len(), 17);
        assert_eq!(param(18.0, stepped).example_values(), [1.0, 2.0, 18.0]);
        assert_eq!(param(5.0, ParamFlags::empty()).example_values(), [1.0, 2.0, 5.0]);
    }

    #[test]
    fn strips_are_read_from_ids_and_names() {
        for (wanted, expected) in [
            ("s12_fader", Some(12)),
            ("S9_", Some(9)),
            ("S100 Fader", Some(100)),
            ("s_fader", None),
            ("s+1_fader", None),
            ("s12", None),
            ("m_fader", None),
            ("sx1_fader", None),
            ("", None),
        ] {
            assert_eq!(strip_number(wanted), expected, "{wanted}");
        }
    }

    #[test]
    fn the_hash_is_nice_plugs_own() {
        assert_eq!(param_id_from_str(""), 0);
        assert_eq!(param_id_from_str("a"), 97);
        assert_eq!(param_id_from_str("gain"), ((103 * 31 + 97) * 31 + 105) * 31 + 110);
        // Long enough to wrap many times; the top bit is always clear.
        for id in ["s01_polarity", "ga_to_master", "m_dim_level", "a rather long identifier, wrapping often"]
        {
            let slow = id.bytes().fold(0u64, |h, b| (h * 31 + u64::from(b)) % (1 << 32)) % (1 << 31);
            assert_eq!(u64::from(param_id_from_str(id)), slow, "{id}");
        }
    }
}

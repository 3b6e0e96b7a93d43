//! What a session means to a plugin: texts become values, times become samples. Whatever it does not understand is told with
//! the line where it stands.

use crate::error::Error;
use crate::params::{Param, ParamFlags};
use crate::plugin::Plugin;
use crate::session::{Lane, Problem, Session, SessionError, Setting, Shape};
use std::path::Path;

/// A session's parameters, checked against a plugin.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// What is set before the first sample.
    pub values: Vec<SetValue>,
    /// What moves.
    pub lanes: Vec<SetLane>,
}

/// A parameter that is set.
#[derive(Clone, Debug)]
pub struct SetValue {
    /// The parameter.
    pub param: Param,
    /// As the session calls it.
    pub id: String,
    /// The value that the plugin takes.
    pub value: f64,
    /// The plugin's text for it.
    pub shown: String,
}

/// A parameter that moves.
#[derive(Clone, Debug)]
pub struct SetLane {
    /// The parameter's numeric id.
    pub param_id: u32,
    /// As the session calls it.
    pub id: String,
    /// The value before the first point.
    pub initial: f64,
    /// Its points in the order of time.
    pub points: Vec<SetPoint>,
}

/// A point of a parameter that moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SetPoint {
    /// Counted from the start of the mix.
    pub sample: u64,
    /// The value that the plugin takes.
    pub value: f64,
    /// How it gets there.
    pub shape: Shape,
}

impl Setup {
    /// Asks the plugin what the session's parameters mean.
    ///
    /// The strips in `mono_strips` (counted from 1) get the input mode *Mono*, unless the session tells their mode itself.
    /// `path` is the session's, for messages; empty for the command line.
    pub fn resolve(
        plugin: &mut Plugin,
        session: &Session,
        path: &Path,
        sample_rate_hz: u32,
        mono_strips: &[usize],
    ) -> Result<Self, SessionError> {
        let mut setup = Self::default();
        let size = plugin.inputs().len();
        if let Some(name) = session.names.iter().find(|name| name.strip > size) {
            let problem = Problem::NoSuchStrip { strip: name.strip, size };
            return Err(SessionError::new(path, name.line, problem));
        }
        for setting in &session.parameters {
            let at = |problem| SessionError::new(path, setting.line, problem);
            let value = set_value(plugin, setting).map_err(|error| at(error.into()))?;
            if setup.values.iter().any(|known| known.param.id == value.param.id) {
                return Err(at(Problem::Twice(setting.id.clone())));
            }
            setup.values.push(value);
        }
        for strip in mono_strips {
            let id = format!("s{strip:02}_mode");
            let setting = Setting { id, text: "Mono".to_owned(), line: 0 };
            // A plugin without input modes sounds a mono stem on both sides, and there is nothing to set.
            let Ok(value) = set_value(plugin, &setting) else { continue };
            if !setup.values.iter().any(|known| known.param.id == value.param.id) {
                setup.values.push(value);
            }
        }
        for lane in &session.automation {
            let resolved = setup.lane(plugin, lane, path, sample_rate_hz)?;
            if setup.lanes.iter().any(|known| known.param_id == resolved.param_id) {
                return Err(SessionError::new(path, lane.line, Problem::Twice(lane.parameter.clone())));
            }
            setup.lanes.push(resolved);
        }
        Ok(setup)
    }

    /// Sets the values of the start, best while the plugin is inactive: then the sound begins settled and not with a ramp.
    pub fn apply(&self, plugin: &mut Plugin) -> Result<(), Error> {
        for value in &self.values {
            plugin.set_param(value.param.id, value.value)?;
        }
        for lane in &self.lanes {
            plugin.set_param(lane.param_id, lane.value_at_start())?;
        }
        Ok(())
    }

    fn lane(
        &self,
        plugin: &mut Plugin,
        lane: &Lane,
        path: &Path,
        sample_rate_hz: u32,
    ) -> Result<SetLane, SessionError> {
        let at = |line, problem| SessionError::new(path, line, problem);
        let param = plugin.find_param(&lane.parameter).map_err(|error| at(lane.line, error.into()))?;
        if !param.flags.contains(ParamFlags::IS_AUTOMATABLE) {
            return Err(at(lane.line, Problem::NotAutomatable(lane.parameter.clone())));
        }
        // Between "Off" and "On" there is no line to draw.
        let is_stepped = param.flags.contains(ParamFlags::IS_STEPPED);
        let mut points: Vec<SetPoint> = Vec::with_capacity(lane.points.len());
        for point in &lane.points {
            let setting = Setting { id: lane.parameter.clone(), text: point.value.clone(), line: point.line };
            let value = set_value(plugin, &setting).map_err(|error| at(point.line, error.into()))?.value;
            let sample = point.time.samples(sample_rate_hz);
            if points.last().is_some_and(|before| sample < before.sample) {
                let (parameter, time) = (lane.parameter.clone(), point.time.to_string());
                return Err(at(point.line, Problem::PointOrder { parameter, time }));
            }
            // The first has nothing to come from.
            let shape = if is_stepped || points.is_empty() { Shape::Step } else { point.shape };
            points.push(SetPoint { sample, value, shape });
        }
        let set = self.values.iter().find(|value| value.param.id == param.id).map(|value| value.value);
        let initial = match set {
            Some(value) => value,
            None => plugin.value(param.id).map_err(|error| at(lane.line, error.into()))?,
        };
        Ok(SetLane { param_id: param.id, id: lane.parameter.clone(), initial, points })
    }
}

impl SetLane {
    /// The value of the first sample: that of the last point there, or what it was before the first.
    pub fn value_at_start(&self) -> f64 {
        let at_start = self.points.iter().take_while(|point| point.sample == 0).last();
        at_start.map_or(self.initial, |point| point.value)
    }
}

fn set_value(plugin: &mut Plugin, setting: &Setting) -> Result<SetValue, Error> {
    let Setting { id, text, .. } = setting;
    let param = plugin.find_param(id)?;
    let value = plugin.text_to_value(param.id, text).map_err(|error| match error {
        // The person's own word for the parameter, not the plugin's.
        Error::BadText { text, examples, .. } => Error::BadText { id: id.clone(), text, examples },
        other => other,
    })?;
    let shown = plugin.value_to_text(param.id, value)?;
    Ok(SetValue { param, id: id.clone(), value, shown })
}

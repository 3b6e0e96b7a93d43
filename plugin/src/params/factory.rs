//! Builds the framework's parameters from the table.

use super::dirty::{Dirty, Part};
use super::spec::{Kind, ParamSpec, Section, Value};
use super::text;
use nice_plug::prelude::*;
use std::sync::Arc;

/// Builds the parameters of one section.
pub(super) struct Factory {
    section: Section,
    part: Part,
    dirty: Arc<Dirty>,
}

impl Factory {
    pub(super) fn new(section: Section, part: Part, dirty: &Arc<Dirty>) -> Self {
        Self { section, part, dirty: Arc::clone(dirty) }
    }

    fn mark<T>(&self) -> Arc<dyn Fn(T) + Send + Sync> {
        let (dirty, part) = (Arc::clone(&self.dirty), self.part);
        Arc::new(move |_| dirty.mark(part))
    }

    fn spec(&self, id: &str) -> (&'static ParamSpec, String) {
        let spec = self.section.specs.iter().find(|spec| spec.id == id);
        let spec = spec.unwrap_or_else(|| panic!("no parameter {id} in section {}", self.section.id_prefix));
        (spec, self.section.name(spec))
    }

    pub(super) fn number(&self, id: &str) -> FloatParam {
        let (spec, name) = self.spec(id);
        let Kind::Number { min, max, default, skew, .. } = spec.kind else { panic!("{name} is no number") };
        let range = if skew == 1.0 {
            FloatRange::Linear { min, max }
        } else {
            FloatRange::Skewed { min, max, factor: skew }
        };
        let kind = spec.kind;
        // The unit is part of the text: "L30" and "-inf dB" need no other.
        let mut param = FloatParam::new(name, default, range)
            .with_step_size(text::STEP)
            .with_value_to_string(Arc::new(move |value| kind.format(Value::Number(value))))
            .with_string_to_value(Arc::new(move |text| match kind.parse(text) {
                Some(Value::Number(value)) => Some(value),
                _ => None,
            }))
            .with_callback(self.mark());
        if !spec.automatable {
            param = param.non_automatable();
        }
        param
    }

    pub(super) fn switch(&self, id: &str) -> BoolParam {
        let (spec, name) = self.spec(id);
        let Kind::Switch { default } = spec.kind else { panic!("{name} is no switch") };
        let param = BoolParam::new(name, default)
            .with_value_to_string(Arc::new(text::format_switch))
            .with_string_to_value(Arc::new(text::parse_switch))
            .with_callback(self.mark());
        if spec.automatable { param } else { param.non_automatable() }
    }

    /// A choice is a whole number with names: unlike the framework's own, it understands "mono" for "Mono".
    pub(super) fn choice(&self, id: &str) -> IntParam {
        let (spec, name) = self.spec(id);
        let Kind::Choice { names, default } = spec.kind else { panic!("{name} is no choice") };
        let kind = spec.kind;
        let param =
            IntParam::new(name, default as i32, IntRange::Linear { min: 0, max: names.len() as i32 - 1 })
                .with_value_to_string(Arc::new(move |idx| kind.format(Value::Choice(idx.max(0) as usize))))
                .with_string_to_value(Arc::new(move |text| match kind.parse(text) {
                    Some(Value::Choice(idx)) => Some(idx as i32),
                    _ => None,
                }))
                .with_callback(self.mark());
        if spec.automatable { param } else { param.non_automatable() }
    }
}

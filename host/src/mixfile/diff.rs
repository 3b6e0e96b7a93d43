//! Two files compared.

use super::changes::{self, Change};
use super::{Content, MixFile, MixFileError};
use crate::bundle::Bundle;
use crate::session::{Session, Shape, Stem, Time};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How two files differ.
#[derive(Clone, Debug, Default)]
pub struct Differences {
    /// What can be applied elsewhere.
    pub changes: Vec<Change>,
    /// What differs beside it, between two sessions: stems, automation, lengths.
    pub notes: Vec<String>,
    /// What could not be compared.
    pub warnings: Vec<String>,
}

impl Differences {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.notes.is_empty()
    }
}

impl MixFile {
    /// In which parameters, names and size this file differs from another; two sessions also in what plays.
    pub fn diff(&self, other: &Self, bundle: &Bundle) -> Result<Differences, MixFileError> {
        let (own_size, other_size) = (self.size()?, other.size()?);
        let (own, own_warnings) = self.state(bundle, own_size.max(other_size))?;
        let (new, other_warnings) = other.state(bundle, other_size)?;
        let at = |file: &Self, warning: String| format!("{}: {warning}", file.path.display());
        let warnings = own_warnings.into_iter().map(|warning| at(self, warning));
        let notes = match (&self.content, &other.content) {
            (Content::Session(own, _), Content::Session(other, _)) => notes(own, other),
            _ => Vec::new(),
        };
        Ok(Differences {
            changes: changes::between(&own, own_size, &new, other_size),
            notes,
            warnings: warnings.chain(other_warnings.into_iter().map(|w| at(other, w))).collect(),
        })
    }
}

fn notes(own: &Session, other: &Session) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |differs: bool, what: String| {
        if differs {
            notes.push(what);
        }
    };
    note(stems(own) != stems(other), "the stems differ".to_owned());
    note(own.sample_rate_hz != other.sample_rate_hz, "the sample rates differ".to_owned());
    note(own.tail != other.tail, "the tails differ".to_owned());
    let (own_lanes, other_lanes) = (lanes(own), lanes(other));
    for parameter in own_lanes.keys().chain(other_lanes.keys().filter(|key| !own_lanes.contains_key(*key))) {
        let differs = own_lanes.get(parameter) != other_lanes.get(parameter);
        note(differs, format!("the automation of {parameter} differs"));
    }
    notes
}

/// What plays, without its lines and names.
fn stems(session: &Session) -> Vec<(usize, PathBuf, Time, f64)> {
    let stem = |stem: &Stem| {
        let file = stem.file.canonicalize().unwrap_or_else(|_| stem.file.clone());
        (stem.strip, file, stem.start, stem.gain_db)
    };
    session.stems.iter().map(stem).collect()
}

/// What moves, without its lines.
fn lanes(session: &Session) -> BTreeMap<String, Vec<(Time, &str, Shape)>> {
    let lanes = session.automation.iter().map(|lane| {
        let points = lane.points.iter().map(|point| (point.time, point.value.as_str(), point.shape));
        (lane.parameter.to_lowercase(), points.collect())
    });
    lanes.collect()
}

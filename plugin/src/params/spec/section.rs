//! Which table is where, and the order in which hosts list them.

use super::{
    EQ, FILTERS, GATE, GLOBAL, GROUP, GROUP_COMPRESSOR, GROUP_LETTERS, LIMITER, MASTER, MASTER_COMPRESSOR,
    ParamSpec, SATURATION, SEND_TO_GROUP, SEND_TO_MASTER, STRIP, STRIP_COMPRESSOR, STRIP_KEY,
};
use busbar_engine::{N_DESTINATIONS, N_GROUPS};

/// Parameters that belong together.
#[derive(Clone, Debug)]
pub struct Section {
    /// The beginning of every id: `s01_`.
    pub id_prefix: String,
    /// The beginning of every name: `S01 `.
    pub name_prefix: String,
    /// Where hosts that show a tree put them: `Strip 01`.
    pub group: String,
    /// The strip they belong to, counted from 0, if they do.
    pub strip_idx: Option<usize>,
    /// What is in it.
    pub specs: &'static [ParamSpec],
}

impl Section {
    /// The same place, one folder down, for a stage of it.
    fn stage(self, folder: &str, specs: &'static [ParamSpec]) -> Self {
        Self { group: format!("{}/{folder}", self.group), specs, ..self }
    }

    /// What concerns the instance as a whole.
    pub fn global() -> Self {
        Self {
            id_prefix: String::new(),
            name_prefix: String::new(),
            group: String::new(),
            strip_idx: None,
            specs: &GLOBAL,
        }
    }

    /// The master.
    pub fn master() -> Self {
        Self {
            id_prefix: "m_".to_owned(),
            name_prefix: "Master ".to_owned(),
            group: "Master".to_owned(),
            strip_idx: None,
            specs: &MASTER,
        }
    }

    /// Group 0 (A) to 3 (D).
    pub fn group(group_idx: usize) -> Self {
        let letter = GROUP_LETTERS[group_idx];
        Self {
            id_prefix: format!("g{}_", letter.to_ascii_lowercase()),
            name_prefix: format!("Group {letter} "),
            group: format!("Group {letter}"),
            strip_idx: None,
            specs: &GROUP,
        }
    }

    /// A strip, counted from 0.
    pub fn strip(strip_idx: usize) -> Self {
        let number = strip_idx + 1;
        Self {
            id_prefix: format!("s{number:02}_"),
            name_prefix: format!("S{number:02} "),
            group: format!("Strip {number:02}"),
            strip_idx: Some(strip_idx),
            specs: &STRIP,
        }
    }

    /// The master's equaliser.
    pub fn master_eq() -> Self {
        Self::master().stage("EQ", &EQ)
    }

    /// The master's compressor.
    pub fn master_compressor() -> Self {
        Self::master().stage("Compressor", &MASTER_COMPRESSOR)
    }

    /// The master's limiter.
    pub fn limiter() -> Self {
        Self::master().stage("Limiter", &LIMITER)
    }

    /// A group's equaliser.
    pub fn group_eq(group_idx: usize) -> Self {
        Self::group(group_idx).stage("EQ", &EQ)
    }

    /// A group's compressor.
    pub fn group_compressor(group_idx: usize) -> Self {
        Self::group(group_idx).stage("Compressor", &GROUP_COMPRESSOR)
    }

    /// A group's saturation.
    pub fn group_saturation(group_idx: usize) -> Self {
        Self::group(group_idx).stage("Saturation", &SATURATION)
    }

    /// A strip's high-pass and low-pass.
    pub fn filters(strip_idx: usize) -> Self {
        Self::strip(strip_idx).stage("Filters", &FILTERS)
    }

    /// A strip's gate.
    pub fn gate(strip_idx: usize) -> Self {
        Self::strip(strip_idx).stage("Gate", &GATE)
    }

    /// A strip's equaliser.
    pub fn strip_eq(strip_idx: usize) -> Self {
        Self::strip(strip_idx).stage("EQ", &EQ)
    }

    /// A strip's compressor.
    pub fn strip_compressor(strip_idx: usize) -> Self {
        Self::strip(strip_idx).stage("Compressor", &STRIP_COMPRESSOR)
    }

    /// What a strip's compressor listens to, and where it stands.
    pub fn strip_key(strip_idx: usize) -> Self {
        Self::strip(strip_idx).stage("Compressor", &STRIP_KEY)
    }

    /// A strip's saturation.
    pub fn strip_saturation(strip_idx: usize) -> Self {
        Self::strip(strip_idx).stage("Saturation", &SATURATION)
    }

    /// A path out of a strip, by the index of its destination: the master, then the groups.
    pub fn send(strip_idx: usize, destination_idx: usize) -> Self {
        let number = strip_idx + 1;
        let group = destination_idx.checked_sub(1).map(|group_idx| GROUP_LETTERS[group_idx]);
        let letter = group.unwrap_or('M').to_ascii_lowercase();
        let name = group.map_or("Master".to_owned(), |letter| format!("Group {letter}"));
        Self {
            id_prefix: format!("s{number:02}_{letter}_"),
            name_prefix: format!("S{number:02} {name} "),
            group: format!("Strip {number:02}/Sends"),
            strip_idx: Some(strip_idx),
            specs: if group.is_some() { &SEND_TO_GROUP } else { &SEND_TO_MASTER },
        }
    }

    /// The full id of one of its parameters.
    pub fn id(&self, spec: &ParamSpec) -> String {
        format!("{}{}", self.id_prefix, spec.id)
    }

    /// The full name of one of its parameters.
    pub fn name(&self, spec: &ParamSpec) -> String {
        format!("{}{}", self.name_prefix, spec.name)
    }

    /// The full short name of one of its parameters: the prefix's capitals and digits, then the spec's own.
    pub fn short_name(&self, spec: &ParamSpec) -> String {
        let initials: String =
            self.name_prefix.chars().filter(|c| c.is_ascii_uppercase() || c.is_ascii_digit()).collect();
        if initials.is_empty() {
            spec.short_name.to_owned()
        } else {
            format!("{initials} {}", spec.short_name)
        }
    }
}

/// Every section of an instance, in the order in which hosts list them.
pub fn sections(n_strips: usize) -> impl Iterator<Item = Section> {
    let master = [Section::global(), Section::master(), Section::master_eq(), Section::master_compressor()];
    let groups = (0..N_GROUPS).flat_map(|idx| {
        [
            Section::group(idx),
            Section::group_eq(idx),
            Section::group_compressor(idx),
            Section::group_saturation(idx),
        ]
    });
    let strips = (0..n_strips).flat_map(|idx| {
        let stages = [
            Section::strip(idx),
            Section::filters(idx),
            Section::gate(idx),
            Section::strip_eq(idx),
            Section::strip_compressor(idx),
            Section::strip_key(idx),
            Section::strip_saturation(idx),
        ];
        stages.into_iter().chain((0..N_DESTINATIONS).map(move |destination| Section::send(idx, destination)))
    });
    master.into_iter().chain([Section::limiter()]).chain(groups).chain(strips)
}

/// How many parameters an instance has.
pub const fn n_params(n_strips: usize) -> usize {
    let master = MASTER.len() + EQ.len() + MASTER_COMPRESSOR.len() + LIMITER.len();
    let group = GROUP.len() + EQ.len() + GROUP_COMPRESSOR.len() + SATURATION.len();
    let dynamics = GATE.len() + STRIP_COMPRESSOR.len() + STRIP_KEY.len();
    let stages = FILTERS.len() + EQ.len() + dynamics + SATURATION.len();
    let sends = N_DESTINATIONS * SEND_TO_GROUP.len();
    GLOBAL.len() + master + N_GROUPS * group + n_strips * (STRIP.len() + stages + sends)
}

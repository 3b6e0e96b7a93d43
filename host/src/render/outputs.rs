//! The files of a mix: the master's and, if wanted, one for each group that sounds.

use super::report::{Report, Written};
use crate::audio::{MixFormat, MixWriter, WriteError};
use std::path::{Path, PathBuf};

/// Letters of the groups.
pub(super) const GROUP_LETTERS: [char; 4] = ['A', 'B', 'C', 'D'];

/// Silence for a group's file up to where the group begins to sound.
const SILENCE: [f32; 4096] = [0.0; 4096];

pub(super) struct Outputs {
    mix: MixWriter,
    mix_path: PathBuf,
    groups: Vec<GroupOutput>,
    sample_rate_hz: u32,
    format: Option<MixFormat>,
}

/// A group's file, which is begun only when the group sounds: nobody wants four files of silence.
struct GroupOutput {
    path: PathBuf,
    writer: Option<MixWriter>,
    n_silent_frames: u64,
}

impl Outputs {
    /// Begins the mix's file and none or some of the groups'.
    pub fn create(
        path: &Path,
        sample_rate_hz: u32,
        format: Option<MixFormat>,
        n_groups: usize,
    ) -> Result<Self, WriteError> {
        let mix = create(path, sample_rate_hz, format)?;
        let group =
            |letter: &char| GroupOutput { path: group_path(path, *letter), writer: None, n_silent_frames: 0 };
        let groups = GROUP_LETTERS.iter().take(n_groups).map(group).collect();
        Ok(Self { mix, mix_path: path.to_owned(), groups, sample_rate_hz, format })
    }

    pub fn write_mix(&mut self, left: &[f32], right: &[f32]) -> Result<(), WriteError> {
        self.mix.write(left, right)
    }

    pub fn write_group(&mut self, group_idx: usize, left: &[f32], right: &[f32]) -> Result<(), WriteError> {
        let Some(group) = self.groups.get_mut(group_idx) else { return Ok(()) };
        let is_silent = |side: &[f32]| side.iter().all(|sample| *sample == 0.0);
        if group.writer.is_none() {
            if is_silent(left) && is_silent(right) {
                group.n_silent_frames += left.len() as u64;
                return Ok(());
            }
            let mut writer = create(&group.path, self.sample_rate_hz, self.format)?;
            let mut n_left = group.n_silent_frames;
            while n_left > 0 {
                let n = n_left.min(SILENCE.len() as u64) as usize;
                writer.write(&SILENCE[..n], &SILENCE[..n])?;
                n_left -= n as u64;
            }
            group.writer = Some(writer);
        }
        match &mut group.writer {
            Some(writer) => writer.write(left, right),
            None => Ok(()),
        }
    }

    /// Completes the files and tells the report where they are. The mix comes last: where it is, all is.
    pub fn finish(self, report: &mut Report) -> Result<(), WriteError> {
        for (group, track) in self.groups.into_iter().zip(&mut report.groups) {
            if let Some(writer) = group.writer {
                track.written = Some(Written { path: group.path, n_cut: writer.n_clipped() });
                writer.finish()?;
            }
        }
        report.mix.written = Some(Written { path: self.mix_path, n_cut: self.mix.n_clipped() });
        self.mix.finish()
    }
}

/// All files that a mix at this path may write.
pub(super) fn paths(mix: &Path, with_groups: bool) -> impl Iterator<Item = PathBuf> {
    let letters: &[char] = if with_groups { &GROUP_LETTERS } else { &[] };
    [mix.to_owned()].into_iter().chain(letters.iter().map(|letter| group_path(mix, *letter)))
}

/// `mix.wav` → `mix-group-a.wav`.
fn group_path(mix: &Path, letter: char) -> PathBuf {
    let mut name = mix.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-group-{}", letter.to_ascii_lowercase()));
    if let Some(extension) = mix.extension() {
        name.push(".");
        name.push(extension);
    }
    mix.with_file_name(name)
}

fn create(path: &Path, sample_rate_hz: u32, format: Option<MixFormat>) -> Result<MixWriter, WriteError> {
    let is_flac = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("flac"));
    // FLAC holds no floats.
    let best = if is_flac { MixFormat::Int24 } else { MixFormat::Float32 };
    MixWriter::create(path, sample_rate_hz, format.unwrap_or(best))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_beside_the_mix() {
        let paths: Vec<PathBuf> = paths(Path::new("out/my.mix.flac"), true).collect();
        let expected = ["my.mix", "my.mix-group-a", "my.mix-group-b", "my.mix-group-c", "my.mix-group-d"]
            .map(|name| PathBuf::from(format!("out/{name}.flac")));
        assert_eq!(paths, expected);
    }
}

//! The files of a mix: the master's and, if wanted, one for each group that sounds.

use super::report::{Report, Written};
use crate::audio::{CompleteMix, MixFormat, MixWriter, WriteError};
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

    /// Completes the files and tells the report where they are. They get their names when all are on the disk, the mix last.
    pub fn finish(self, report: &mut Report) -> Result<(), WriteError> {
        let mut complete = Vec::new();
        for (group, track) in self.groups.into_iter().zip(&mut report.groups) {
            let GroupOutput { path, writer, .. } = group;
            match writer {
                Some(writer) => {
                    track.written = Some(Written { path, n_cut: writer.n_clipped() });
                    complete.push(writer.complete()?);
                }
                None if path.exists() => track.stale = Some(path),
                None => {}
            }
        }
        report.mix.written = Some(Written { path: self.mix_path, n_cut: self.mix.n_clipped() });
        complete.push(self.mix.complete()?);
        complete.into_iter().try_for_each(CompleteMix::publish)
    }
}

/// Whether a mix of this length, and perhaps its groups, could be written, as far as can be known beforehand.
pub(super) fn check(
    mix: &Path,
    sample_rate_hz: u32,
    format: Option<MixFormat>,
    with_groups: bool,
    n_frames: u64,
) -> Result<(), WriteError> {
    paths(mix, with_groups)
        .try_for_each(|path| MixWriter::check(&path, sample_rate_hz, format_of(&path, format), n_frames))
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
    MixWriter::create(path, sample_rate_hz, format_of(path, format))
}

/// The format that is wanted, or the best that the file can hold.
fn format_of(path: &Path, format: Option<MixFormat>) -> MixFormat {
    let is_flac = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("flac"));
    // FLAC holds no floats.
    format.unwrap_or(if is_flac { MixFormat::Int24 } else { MixFormat::Float32 })
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

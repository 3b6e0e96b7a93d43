//! `--init`: a session to start from.

use super::report::duration;
use crate::audio::StemReader;
use crate::render::{DEFAULT_BLOCK_FRAMES, RenderError, choose_size};
use crate::session::Session;
use std::path::Path;

/// A page with these stems, named by their files, and with comments on what may be added.
pub(super) fn page(mut session: Session) -> Result<String, RenderError> {
    if let Some(stem) = session.stems.iter().find(|stem| stem.file.to_str().is_none()) {
        return Err(RenderError::Name { path: stem.file.clone() });
    }
    session.size = Some(choose_size(&session)?);
    let mut title = String::from("A Busbar session: render it with `busbar-render mix.toml -o mix.wav`\n");
    for stem in &mut session.stems {
        let reader = StemReader::open(&stem.file)?;
        let rate_hz = reader.sample_rate_hz();
        session.sample_rate_hz.get_or_insert(rate_hz);
        let channels = if reader.n_channels() == 1 { "mono" } else { "stereo" };
        let length = reader.n_frames().map_or_else(String::new, |n| format!(", {}", duration(n, rate_hz)));
        title.push_str(&format!("\nstrip {:>2}: {channels}, {rate_hz} Hz{length}", stem.strip));
        stem.name = Some(name_of(&stem.file));
    }
    session.block_frames.get_or_insert(DEFAULT_BLOCK_FRAMES);
    Ok(session.to_toml(&title, true))
}

/// `stems/01-hi_hat.flac` → `Hi hat`.
fn name_of(file: &Path) -> String {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let unnumbered = name.trim_start_matches(|c: char| c.is_ascii_digit() || "-_. ".contains(c));
    // "808" is a name, too.
    let words = if unnumbered.is_empty() { &name } else { unnumbered };
    let words = words.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_files() {
        for (file, name) in [
            ("stems/01-hi_hat.flac", "Hi hat"),
            ("808.wav", "808"),
            ("Été.wav", "Été"),
            ("12. Lead Vox.wav", "Lead Vox"),
        ] {
            assert_eq!(name_of(Path::new(file)), name);
        }
    }
}

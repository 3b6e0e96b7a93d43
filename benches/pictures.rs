//! What `plots` and `shots` share: files for pages are written, or compared with those that are there.

use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::process::ExitCode;

/// What a page shows, and how it is kept.
pub trait Picture {
    /// More than this is no picture for a page any more.
    const MAX_BYTES: u64;

    fn save(&self, path: &Path) -> Result<()>;

    /// What the file that lies there has otherwise, in words; nothing if it is the same.
    fn difference(&self, path: &Path) -> Option<String>;
}

/// What a program is called and says.
#[derive(Clone, Copy)]
pub struct Words {
    /// The verb of `cargo xtask` that calls it.
    pub verb: &'static str,
    /// What is wrong where a picture differs: "… : a.svg".
    pub stale: &'static str,
    /// What pictures are where none differs: "5 pictures are …".
    pub fresh: &'static str,
}

/// Draws into the folder that the first argument names, or compares with what is there if the second is `--check`.
pub fn main<P: Picture>(words: Words, draw: impl FnOnce() -> Result<Vec<(String, P)>>) -> ExitCode {
    match run(words, draw) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error:#}", words.verb);
            ExitCode::FAILURE
        }
    }
}

fn run<P: Picture>(words: Words, draw: impl FnOnce() -> Result<Vec<(String, P)>>) -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let verb = words.verb;
    let (folder, is_check) = match &args[..] {
        [folder] => (Path::new(folder), false),
        [folder, check] if check == "--check" => (Path::new(folder), true),
        _ => bail!("call it as `cargo xtask {verb}` or `cargo xtask {verb} --check`"),
    };
    let pictures = draw()?;
    match is_check {
        true => check(words, folder, &pictures),
        false => write(folder, &pictures),
    }
}

fn write<P: Picture>(folder: &Path, pictures: &[(String, P)]) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (name, picture) in pictures {
        let path = folder.join(name);
        picture.save(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let (n_bytes, most) = (path.metadata()?.len(), P::MAX_BYTES);
        ensure!(
            n_bytes <= most,
            "{name} has {n_bytes} bytes; draw it with less, so that it has at most {most}"
        );
    }
    println!("{} pictures written", pictures.len());
    Ok(())
}

fn check<P: Picture>(words: Words, folder: &Path, pictures: &[(String, P)]) -> Result<()> {
    let told = |(name, picture): &(String, P)| {
        let difference = picture.difference(&folder.join(name))?;
        Some(format!("{name} ({difference})"))
    };
    let stale: Vec<String> = pictures.iter().filter_map(told).collect();
    if !stale.is_empty() {
        let Words { verb, stale: why, .. } = words;
        bail!("{why}: {}; look at what `cargo xtask {verb}` draws, and commit it", stale.join(", "));
    }
    println!("{} pictures are {}", pictures.len(), words.fresh);
    Ok(())
}

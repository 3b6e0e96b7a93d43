//! Files that appear under their name only when they are complete.
//!
//! Until then they are hidden files in the same folder, because a rename across file systems is a copy. Whatever happens
//! before (an error, a panic, a full disk), dropping one removes the hidden file, and what was there before stays.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How many left-over temporary files are stepped over before giving up.
const MAX_LEFT_OVER: u32 = 100;

/// The hidden files that are there now, for who must end the program at once.
static TEMPORARIES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A file that is not complete yet.
#[derive(Debug)]
pub(crate) struct FreshFile {
    target: PathBuf,
    temporary: PathBuf,
    file: File,
}

impl FreshFile {
    /// Begins a file. What is at `path` stays untouched until [`FreshFile::publish`].
    pub fn create(path: &Path) -> Result<Self> {
        let target = check(path)?;
        let mut count = 0;
        let (file, temporary) = loop {
            // The process id keeps two runs apart, the count several files of one, and what a killed run may have left.
            let temporary = target.with_file_name(format!(".busbar-{}-{count}.part", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&temporary) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists && count < MAX_LEFT_OVER => count += 1,
                Err(error) => return Err(error),
                Ok(file) => break (file, temporary),
            }
        };
        temporaries().push(temporary.clone());
        let fresh = Self { target, temporary, file };
        // Who may read the old one may read the new one, and nobody else.
        if let Ok(old) = fresh.target.metadata() {
            fresh.file.set_permissions(old.permissions())?;
        }
        Ok(fresh)
    }

    /// The hidden file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Brings everything to the disk, so that only the name is missing.
    pub fn sync(&self) -> Result<()> {
        self.file.sync_all()
    }

    /// Gives the file its name.
    pub fn publish(self) -> Result<()> {
        std::fs::rename(&self.temporary, &self.target)
    }
}

impl Drop for FreshFile {
    fn drop(&mut self) {
        // After a rename there is nothing to remove.
        let _ = std::fs::remove_file(&self.temporary);
        temporaries().retain(|temporary| *temporary != self.temporary);
    }
}

/// Where a file of this name would really be, or why none can be: a link leads to what it stands for, and only a regular file
/// is ever replaced.
pub(crate) fn check(path: &Path) -> Result<PathBuf> {
    if path.file_name().is_none() {
        return Err(Error::other("it has no name"));
    }
    let target = match path.metadata() {
        Ok(metadata) if metadata.is_dir() => return Err(Error::other("it is a folder")),
        Ok(metadata) if !metadata.is_file() => return Err(Error::other("it is no regular file")),
        Ok(_) => path.canonicalize()?,
        Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match folder.metadata()?.is_dir() {
        true => Ok(target),
        false => Err(Error::other("its folder is none")),
    }
}

/// Removes every hidden file, for who ends the program without unwinding.
pub fn remove_temporaries() {
    for temporary in temporaries().drain(..) {
        let _ = std::fs::remove_file(temporary);
    }
}

fn temporaries() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    TEMPORARIES.lock().unwrap_or_else(PoisonError::into_inner)
}

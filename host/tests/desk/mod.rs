//! `busbar-render` as a person runs it: a folder with stems, the stand-in for the plugin, and what comes out.

use super::common::{Folder, empty_folder, files, noise, write_stem};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The stand-in as a library, which cargo builds along with the tests: `target/ci/examples/…`.
pub fn stand_in_library() -> PathBuf {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    let test = std::env::current_exe().unwrap();
    let profile_folder = test.parent().and_then(Path::parent).unwrap();
    let library = profile_folder.join("examples").join(format!("{DLL_PREFIX}busbar_stand_in{DLL_SUFFIX}"));
    assert!(
        library.exists(),
        "the stand-in plugin is not built: run `cargo test -p busbar-host` without naming targets, which builds it too"
    );
    library
}

/// A folder with stems, in which the program runs.
pub struct Desk {
    pub folder: Folder,
}

impl Desk {
    /// With `a.wav` (stereo, 3000 frames), `b.wav` (mono, 2000 frames) and `other_rate.wav`.
    pub fn new(test: &str) -> Self {
        let folder = empty_folder(test);
        write_stem(&folder.join("a.wav"), 48_000, &[&noise(1, 3000), &noise(2, 3000)]);
        write_stem(&folder.join("b.wav"), 48_000, &[&noise(3, 2000)]);
        write_stem(&folder.join("other_rate.wav"), 44_100, &[&noise(4, 100)]);
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_busbar-render"));
        command.current_dir(&*self.folder).args(args).env("BUSBAR_CLAP", stand_in_library());
        command
    }

    /// Writes a text.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Runs what must succeed without a word on standard error but that of its progress, and returns what it printed.
    pub fn mix(&self, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        for line in errors.lines() {
            assert!(line.starts_with("mixing ") || line.starts_with("mixed "), "{errors}");
        }
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what must succeed, and returns its only warning.
    pub fn warns(&self, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");
        let warnings: Vec<&str> =
            errors.lines().filter_map(|line| line.strip_prefix("busbar-render: warning: ")).collect();
        assert_eq!(warnings.len(), 1, "{errors}");
        warnings[0].to_owned()
    }

    /// Runs what must fail: exit code 2, nothing on standard output, one line on standard error that holds all of
    /// `fragments`, and no file made or changed.
    pub fn fails(&self, args: &[&str], fragments: &[&str]) {
        self.fails_as(&mut self.command(args), fragments);
    }

    pub fn fails_as(&self, command: &mut Command, fragments: &[&str]) {
        let before = files(&self.folder);
        let output = command.output().unwrap();
        let line = error_line(&output);
        for fragment in fragments {
            assert!(line.contains(fragment), "`{fragment}` is not in: {line}");
        }
        assert_eq!(files(&self.folder), before, "{line}");
    }
}

pub fn error_line(output: &Output) -> String {
    let errors: String = String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter(|line| !line.starts_with("mixing ") && !line.starts_with("mixed "))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert!(errors.starts_with("busbar-render: "), "{errors}");
    assert_eq!(errors.matches('\n').count(), 1, "one line: {errors}");
    errors
}

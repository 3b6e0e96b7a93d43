//! Running other programs: where from, with what, and what to say when they fail.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

/// The command as a person would type it, for messages.
pub fn display(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned());
    std::iter::once(name).chain(args).collect::<Vec<_>>().join(" ")
}

/// Runs a command to its end with its output shown; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = start_failure(command, Command::status)?;
    if !status.success() {
        bail!("`{}` failed ({status}); its output above says why", display(command));
    }
    Ok(())
}

/// Runs a command and returns what it printed on its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output = start_failure(command, Command::output)?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}):\n{}", display(command), output.status, stderr.trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn start_failure<T>(command: &mut Command, start: impl Fn(&mut Command) -> std::io::Result<T>) -> Result<T> {
    let result = start(command);
    result.with_context(|| format!("could not start `{}`; is it installed?", display(command)))
}

/// What a command said, on both of its streams, and how it ended.
pub struct Transcript {
    pub status: ExitStatus,
    pub lines: Vec<String>,
}

/// Runs a command and keeps every line it prints. `shown` also passes each one on as it comes.
pub fn transcribe(command: &mut Command, shown: bool) -> Result<Transcript> {
    if shown && std::io::stderr().is_terminal() {
        // Cargo sees a pipe and would drop its colours.
        command.env("CARGO_TERM_COLOR", "always");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = start_failure(command, Command::spawn)?;
    let stdout = child.stdout.take().context("the child has no standard output")?;
    let stderr = child.stderr.take().context("the child has no standard error")?;

    let lines = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        scope.spawn(|| copy_lines(stdout, &lines, |line| shown.then(|| println!("{line}"))));
        copy_lines(stderr, &lines, |line| shown.then(|| eprintln!("{line}")));
    });
    let status = child.wait().with_context(|| format!("lost `{}`", display(command)))?;
    std::io::stdout().flush()?;
    Ok(Transcript { status, lines: lines.into_inner().unwrap_or_default() })
}

fn copy_lines(from: impl Read, to: &Mutex<Vec<String>>, show: impl Fn(&str) -> Option<()>) {
    let mut from = BufReader::new(from);
    let mut bytes = Vec::new();
    while matches!(from.read_until(b'\n', &mut bytes), Ok(1..)) {
        let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
        bytes.clear();
        show(&line);
        if let Ok(mut lines) = to.lock() {
            lines.push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_holds_both_streams() {
        let transcript = transcribe(Command::new("cargo").arg("--version"), false).expect("cargo runs");
        assert!(transcript.status.success());
        assert!(transcript.lines.iter().any(|line| line.starts_with("cargo ")), "{:?}", transcript.lines);

        let transcript = transcribe(Command::new("cargo").arg("no-such-verb"), false).expect("cargo runs");
        assert!(!transcript.status.success());
        assert!(transcript.lines.iter().any(|line| line.contains("no-such-verb")), "{:?}", transcript.lines);
    }

    #[test]
    fn failures_name_the_command() {
        let error = run(&mut Command::new("busbar-has-no-such-program")).expect_err("cannot start");
        assert!(format!("{error:#}").contains("busbar-has-no-such-program"), "{error:#}");
        let error = output(Command::new("cargo").arg("no-such-verb")).expect_err("fails");
        assert!(format!("{error:#}").contains("cargo no-such-verb"), "{error:#}");
    }
}

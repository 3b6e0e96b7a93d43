//! `cargo xtask run [--size 8|16|32] [-- ARGS]`: Busbar as a program of its own, and what shows that it works.
//!
//! It is built in a target folder of its own, `target/standalone`: the feature `standalone` reaches the library that goes
//! into bundles, whose file has one name whatever it was built with, and the framework, which everything would then be
//! compiled with once more. **Invariant:** nothing here touches what bundles and tests are made of.
//!
//! What runs is the profile `release`: an audio program is listened to while it works. The check is of the profile `ci`,
//! whose audio callback aborts if it allocates.

use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::artefacts::Place;
use crate::needs;
use crate::process::{run, transcribe};
use crate::test::{Counts, count, judge};

const PROGRAM: &str = "busbar-standalone";

/// What of the workspace is built.
const PACKAGE: [&str; 4] = ["--package", "busbar", "--features", "standalone"];

pub fn verb(args: &[String]) -> Result<ExitCode> {
    if args == ["--check"] {
        println!("{}", check(&Place::here()?)?);
        return Ok(ExitCode::SUCCESS);
    }
    let program_args = program_args(args)?;
    let place = own(&Place::here()?);
    needs::ensure(needs::FOR_STANDALONE)?;
    run(place.cargo(&["build", "--quiet", "--release", "--bin", PROGRAM]).args(PACKAGE))?;
    let file = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    become_program(Command::new(place.target_dir.join("release").join(file)).args(program_args))
}

/// Plays through the program on a JACK server that plays to nobody, and records what comes out.
pub fn check(here: &Place) -> Result<Counts> {
    if !cfg!(target_os = "linux") {
        bail!("the check of the standalone program runs on Linux only");
    }
    needs::ensure(needs::FOR_STANDALONE)?;
    needs::ensure(needs::FOR_STANDALONE_CHECK)?;
    let test = |more: &[&str]| {
        let targets =
            ["test", "--profile", "ci", "--lib", "--bins", "--test", "standalone", "--no-fail-fast"];
        let mut test = own(here).cargo(&targets);
        test.args(PACKAGE).args(more);
        test
    };
    // Before there is a server, which nobody needs while something compiles.
    run(&mut test(&["--no-run"]))?;
    let server = Server::start()?;
    let transcript = transcribe(test(&[]).env("JACK_DEFAULT_SERVER", &server.name), true)?;
    let counts = count(&transcript);
    judge(&transcript, counts).map(|()| counts)
}

/// The same sources, built elsewhere.
fn own(here: &Place) -> Place {
    Place { root: here.root.clone(), target_dir: here.target_dir.join("standalone") }
}

/// The program's arguments: the size, if it is said here, and whatever follows `--`.
fn program_args(args: &[String]) -> Result<Vec<String>> {
    let (own, rest) = match args.iter().position(|arg| arg == "--") {
        Some(at) => (&args[..at], &args[at + 1..]),
        None => (args, &[][..]),
    };
    let size = match own {
        [] => None,
        [flag, size] if flag == "--size" => Some(size.as_str()),
        [flag] => flag.strip_prefix("--size="),
        _ => None,
    };
    match (own, size) {
        ([], _) => Ok(rest.to_vec()),
        (_, Some(size)) => Ok(["--size", size].map(String::from).iter().chain(rest).cloned().collect()),
        (_, None) => bail!(
            "`run` takes `--size 8|16|32` or `--check`, but got `{}`; arguments of {PROGRAM} follow `--`",
            own.join(" ")
        ),
    }
}

/// Ctrl-C and `kill` then reach the program itself.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(command)).context("could not start the program")
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().context("could not start the program")?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// A JACK server that ends with the check.
struct Server {
    child: Child,
    name: String,
}

impl Server {
    fn start() -> Result<Self> {
        // A name of its own, so that no server of this machine is disturbed.
        let name = format!("busbar-check-{}", std::process::id());
        let mut jackd = Command::new("jackd");
        // Synchronous and without realtime priority: a busy machine makes it late, not wrong.
        jackd.args(["-n", &name, "-r", "-S", "-d", "dummy", "-r", "48000", "-p", "256"]);
        let child = jackd.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = Self { child: child.context("could not start `jackd`; is it installed?")?, name };
        let mut wait = Command::new("jack_wait");
        wait.args(["--server", &server.name, "--wait", "--timeout", "20"]);
        // Its library complains about every try that comes too early.
        wait.stdout(Stdio::null()).stderr(Stdio::null());
        run(&mut wait).context("the JACK server does not start; `jackd -r -d dummy` says why")?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Politely, so that it takes its shared memory with it.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &str) -> Result<Vec<String>> {
        program_args(&args.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_size_and_what_follows_the_dashes_go_to_the_program() {
        for (args, expected) in [
            ("", ""),
            ("--size 32", "--size 32"),
            ("--size=16 -- --set m_mono=on", "--size 16 --set m_mono=on"),
            ("-- --backend dummy", "--backend dummy"),
            ("-- --size 8 -- x", "--size 8 -- x"),
        ] {
            assert_eq!(parsed(args).expect("valid").join(" "), expected, "{args}");
        }
    }

    #[test]
    fn other_arguments_are_told() {
        for args in ["--backend dummy", "--size", "16", "--check --size 8"] {
            let error = parsed(args).expect_err(args).to_string();
            assert!(error.contains(args) && error.contains("follow `--`"), "{error}");
        }
    }
}

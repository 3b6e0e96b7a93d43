//! Busbar's chores, as `cargo xtask <verb>`. Every job of the CI is one of these verbs and runs locally alike.

#![forbid(unsafe_code)]

mod artefacts;
mod bundle;
mod ci;
mod hosts;
mod install;
mod mix;
mod mutants;
mod needs;
mod peers;
mod plots;
mod process;
mod run;
mod scratch;
mod shots;
mod stages;
mod test;
mod tidy;
mod venv;

use std::process::ExitCode;

use anyhow::{Result, bail};

/// The verbs, in the order in which a newcomer meets them.
const HELP: &str = "\
cargo xtask <verb>

  mix [-- ARGS]             build the plugin and mix the example stems through it to target/mix.wav
                            (ARGS go to busbar-render)
  run [--size 8|16|32] [-- ARGS]
                            build Busbar as a program of its own, for JACK or a sound device, and start it
                            (ARGS go to busbar-standalone); --check plays through it on a silent JACK server
  test                      install what is missing, build, bundle, run every test and count them
  bundle [busbar] [--release | --profile NAME]
                            leave Busbar.clap and Busbar.vst3 in target/bundled (profile ci unless told)
  install [--release | --profile NAME] [--uninstall]
                            put both where this user's hosts look for plugins (profile release unless told)
  hosts [NAMES]             once per release: the plugin in pedalboard, dawdreamer, minihost, Ardour and qtractor
  tidy                      what the engine may reach, machine paths, the frozen parameter ids
  peers [--quick | --instructions [--keep]]
                            time the engine against a scalar reference and Faust, and judge the targets of
                            docs/PERFORMANCE.md; or count instructions and compare with those that were kept
  mutants [NAMES]           show for each patch in mutants/ that a test fails with it
  plots [--check]           measure the engine and draw the pictures in docs/dsp/images; --check tells which are stale
  shots [--check]           draw the editor's pictures in docs/images, without a window; --check tells which are stale
  frames                    time the editor's frames in the build that ships, and judge the aims of docs/PERFORMANCE.md
  ci                        everything that must hold before a change lands, minutes per stage
  help                      this list
";

fn main() -> ExitCode {
    match dispatch(std::env::args().skip(1).collect()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Verbs that end on a line of counts tell their outcome by the exit code, so that nothing follows that line.
fn dispatch(args: Vec<String>) -> Result<ExitCode> {
    let (verb, rest) = match args.split_first() {
        Some((verb, rest)) => (verb.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    match verb {
        "mix" => mix::verb(rest)?,
        "run" => return run::verb(rest),
        "test" => return test::verb(rest),
        "bundle" => bundle::verb(rest)?,
        "install" => install::verb(rest)?,
        "hosts" => return hosts::verb(rest),
        "tidy" => tidy::verb(rest)?,
        "peers" => peers::verb(rest)?,
        "mutants" => return mutants::verb(rest),
        "plots" => plots::verb(rest)?,
        "shots" => shots::verb(rest)?,
        "frames" => shots::frames(rest)?,
        "ci" => return ci::verb(rest),
        "help" | "-h" | "--help" => print!("{HELP}"),
        other => bail!("there is no verb `{other}`\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// For verbs without arguments: a word too many is an error rather than a wish that goes unheard.
fn expect_no_args(verb: &str, args: &[String]) -> Result<()> {
    match args.first() {
        Some(arg) => bail!("`{verb}` takes no arguments, but got `{arg}`"),
        None => Ok(()),
    }
}

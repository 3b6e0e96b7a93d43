//! Busbar's chores, as `cargo xtask <verb>`. Every job of the CI is one of these verbs and runs locally alike.

#![forbid(unsafe_code)]

mod artefacts;
mod bundle;
mod ci;
mod mix;
mod mutants;
mod needs;
mod process;
mod scratch;
mod stages;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

/// The verbs, in the order in which a newcomer meets them.
const HELP: &str = "\
cargo xtask <verb>

  mix [-- ARGS]             build the plugin and mix the example stems through it to target/mix.wav
                            (ARGS go to busbar-render)
  test                      install what is missing, build, bundle, run every test and count them
  bundle [busbar] [--release | --profile NAME]
                            leave Busbar.clap and Busbar.vst3 in target/bundled (profile ci unless told)
  tidy                      what the engine may reach, machine paths, the frozen parameter ids
  mutants [NAMES]           show for each patch in mutants/ that a test fails with it
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
        "test" => return test::verb(rest),
        "bundle" => bundle::verb(rest)?,
        "tidy" => tidy::verb(rest)?,
        "mutants" => return mutants::verb(rest),
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

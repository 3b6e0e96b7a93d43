//! `cargo xtask bundle [busbar] [--release | --profile NAME]`: the plugin as hosts load it.

use anyhow::{Result, bail};

use crate::artefacts::Place;
use crate::process::run;

pub fn verb(args: &[String]) -> Result<()> {
    let build_args = build_args(args)?;
    let here = Place::here()?;
    if build_args == ["--profile", "ci"] {
        here.build_programs()?;
    } else {
        // Another profile shares nothing with `ci`, so only what goes into the bundles is built in it.
        run(here.cargo(&["build", "--package", "busbar"]).args(&build_args))?;
        here.build_bundler()?;
    }
    here.lay_out_bundles(&build_args)
}

/// Cargo's arguments that tell which build goes into the bundles: profile `ci` unless told.
fn build_args(args: &[String]) -> Result<Vec<&str>> {
    let mut args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.first() {
        Some(&"busbar") => drop(args.remove(0)),
        Some(name) if !name.starts_with('-') => {
            bail!("there is no plugin `{name}` here; the one to bundle is `busbar`")
        }
        _ => {}
    }
    // One spelling from here on: the bundler looks for the folder that carries the profile's name.
    let mut profile = "ci";
    let mut others = Vec::new();
    let mut rest = args.into_iter();
    while let Some(arg) = rest.next() {
        match (arg, arg.strip_prefix("--profile=")) {
            ("--release" | "-r", _) => profile = "release",
            ("--profile", _) => match rest.next() {
                Some(name) => profile = name,
                None => bail!("`--profile` wants a name: ci, release or dev"),
            },
            (_, Some(name)) => profile = name,
            _ => others.push(arg),
        }
    }
    let mut build_args = match profile {
        // Cargo's default, in a folder of another name, which the bundler assumes when told none.
        "dev" | "debug" => vec![],
        name => vec!["--profile", name],
    };
    build_args.extend(others);
    Ok(build_args)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &str) -> Vec<String> {
        let args: Vec<String> = args.split_whitespace().map(String::from).collect();
        build_args(&args).expect("valid").into_iter().map(String::from).collect()
    }

    #[test]
    fn the_profile_is_ci_unless_told() {
        assert_eq!(parsed(""), ["--profile", "ci"]);
        assert_eq!(parsed("busbar"), ["--profile", "ci"]);
        assert_eq!(parsed("busbar --release"), ["--profile", "release"]);
        assert_eq!(parsed("--profile=release"), ["--profile", "release"]);
        assert_eq!(parsed("--profile dev"), [] as [&str; 0]);
    }

    #[test]
    fn other_arguments_of_cargo_pass() {
        let target = "aarch64-apple-darwin";
        assert_eq!(
            parsed(&format!("busbar --target {target} -r")),
            ["--profile", "release", "--target", target]
        );
    }

    #[test]
    fn mistakes_are_told() {
        let error = build_args(&["basbar".into()]).expect_err("no such plugin");
        assert!(error.to_string().contains("basbar"), "{error}");
        build_args(&["--profile".into()]).expect_err("a name is missing");
    }
}

//! `cargo xtask tidy`: laws of the tree that no compiler checks.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::artefacts::Place;
use crate::process::{output, run as run_command, transcribe};
use crate::{expect_no_args, test};

/// What the engine must never stand on. A `*` at the end stands for any rest of the name.
const DENIED_TO_ENGINE: &[(&str, &[&str])] = &[
    (
        "a plugin framework",
        &[
            "nice-plug*",
            "nih_plug*",
            "nih-plug*",
            "clack*",
            "clap-sys",
            "clap-wrapper*",
            "vst",
            "vst3*",
            "lv2*",
        ],
    ),
    (
        "a GUI crate",
        &[
            "vizia*",
            "egui*",
            "eframe",
            "iced*",
            "slint*",
            "gtk*",
            "winit",
            "baseview",
            "raw-window-handle",
            "skia*",
            "tiny-skia*",
            "femtovg",
            "wgpu*",
            "glow",
            "glutin*",
            "x11*",
            "wayland-*",
        ],
    ),
    (
        "an audio or MIDI device crate",
        &[
            "cpal",
            "jack",
            "jack-sys",
            "alsa*",
            "coreaudio*",
            "wasapi",
            "asio-sys",
            "pipewire*",
            "libpulse*",
            "midir",
            "rodio",
            "kira",
            "portaudio*",
            "oboe*",
        ],
    ),
    // Whatever is ours and not the engine knows about hosts.
    ("a crate above it", &["busbar", "busbar-host", "busbar-benches", "xtask"]),
];

pub fn verb(args: &[String]) -> Result<()> {
    expect_no_args("tidy", args)?;
    run(&Place::here()?)
}

pub fn run(here: &Place) -> Result<()> {
    engine_stands_alone(here)?;
    no_machine_paths(&here.root)?;
    parameter_ids_are_frozen(here)
}

fn engine_stands_alone(here: &Place) -> Result<()> {
    let tree = output(&mut here.cargo(&[
        "tree",
        "--package",
        "busbar-engine",
        "--edges",
        "normal",
        "--all-features",
        "--target",
        "all",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    if !tree.starts_with("busbar-engine ") {
        bail!("`cargo tree` did not begin with the engine:\n{tree}");
    }
    let denied = denied_in(&tree);
    if !denied.is_empty() {
        bail!("busbar-engine reaches what it must not know:\n{}", denied.join("\n"));
    }
    println!("tidy: the engine stands alone");
    Ok(())
}

/// The denied packages among the lines of a tree, each with the reason.
fn denied_in(tree: &str) -> Vec<String> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let mut denied: Vec<String> =
        names.filter_map(|name| Some(format!("  {name}: {}", denial(name)?))).collect();
    denied.sort_unstable();
    denied.dedup();
    denied
}

fn denial(name: &str) -> Option<&'static str> {
    let matches = |pattern: &&str| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *pattern,
    };
    DENIED_TO_ENGINE.iter().find(|(_, patterns)| patterns.iter().any(matches)).map(|(kind, _)| *kind)
}

fn no_machine_paths(root: &Path) -> Result<()> {
    let needles = machine_paths(root, std::env::var("HOME").ok().as_deref());
    let mut found = Vec::new();
    for name in tracked_files(root)? {
        // A tracked file that was removed has nothing to tell.
        let Ok(bytes) = std::fs::read(root.join(&name)) else { continue };
        for (line_idx, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if let Some(path) = machine_path_in(&String::from_utf8_lossy(line), &needles) {
                found.push(format!("  {name}:{}: {path}", line_idx + 1));
            }
        }
    }
    if !found.is_empty() {
        bail!("these name a place on one machine; write a relative path, or `~`:\n{}", found.join("\n"));
    }
    println!("tidy: no file names a machine path");
    Ok(())
}

/// Every file that is tracked or about to be.
pub fn tracked_files(root: &Path) -> Result<Vec<String>> {
    let mut git = std::process::Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
    let names = output(&mut git).context("the list of files comes from git; run this in a clone")?;
    let names: Vec<String> = names.split_terminator('\0').map(String::from).collect();
    if names.is_empty() {
        bail!("git lists no file here; run this in a clone");
    }
    Ok(names)
}

/// A path that some machine has and others do not: text that begins it, and whether a name must follow.
struct Needle {
    start: String,
    wants_name: bool,
}

/// Home folders of all systems, this user's own, and the folder of this checkout. Put together here piece by piece, so
/// that this file passes its own check.
fn machine_paths(checkout: &Path, home: Option<&str>) -> Vec<Needle> {
    let mut needles: Vec<Needle> =
        [("/", "home", "/"), ("/", "Users", "/"), (":\\", "Users", "\\"), (":/", "Users", "/")]
            .map(|(before, folder, after)| Needle {
                start: [before, folder, after].concat(),
                wants_name: true,
            })
            .into();
    needles.push(Needle { start: ["/", "root", "/"].concat(), wants_name: false });
    let own = [checkout.to_str(), home];
    // The root of the file system as a home (as containers have it) is in every path, and tells nothing.
    let own = own.into_iter().flatten().filter(|path| path.len() > 1);
    needles.extend(own.map(|path| Needle { start: path.to_owned(), wants_name: false }));
    needles
}

/// The first machine path in a line.
fn machine_path_in<'a>(line: &'a str, needles: &[Needle]) -> Option<&'a str> {
    needles.iter().find_map(|needle| {
        line.match_indices(&needle.start).find_map(|(at, start)| {
            let (before, rest) = (&line[..at], &line[at + start.len()..]);
            let begins_a_path = needle.start.starts_with(':') || begins_path(before);
            let ends_a_name = needle.start.ends_with(['/', '\\']) || !rest.starts_with(is_of_a_name);
            let has_name = !needle.wants_name || rest.starts_with(is_of_a_name);
            if !(begins_a_path && ends_a_name && has_name) {
                return None;
            }
            let end = rest.find(|c: char| !is_of_a_name(c) && !matches!(c, '/' | '\\')).unwrap_or(rest.len());
            Some(&line[at..at + start.len() + end])
        })
    })
}

/// Whether a path that starts after this text is absolute: not a web address's tail nor a relative path's.
fn begins_path(before: &str) -> bool {
    match before.chars().next_back() {
        None => true,
        Some('/') => before.ends_with("file://"),
        Some(last) => !(is_of_a_name(last) || matches!(last, '~' | '}' | ')' | '*')),
    }
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// The list lies in plugin/ids.txt; the test that compares it with the plugin's parameters is plugin/tests/ids.rs.
fn parameter_ids_are_frozen(here: &Place) -> Result<()> {
    run_command(&mut here.cargo_ci("test", &["--test", "ids", "--no-run"]))?;
    let transcript = transcribe(&mut here.cargo_ci("test", &["--test", "ids"]), true)?;
    test::judge(&transcript, test::count(&transcript))
        .context("the frozen list of parameter ids, plugin/tests/ids.rs")?;
    println!("tidy: the parameter ids are the frozen ones");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_reaches_up_is_told() {
        let clean = "busbar-engine v0.1.0 (/x/engine)\nrealfft v3.5.0\nclap v4.6.9\nrubato v1.0.0 (*)\n";
        // `clap` parses command lines; it is CLAP's name only by chance.
        assert_eq!(denied_in(clean), [] as [&str; 0]);
        for (name, kind) in [
            ("nice-plug-core", "framework"),
            ("clack-host", "framework"),
            ("clap-sys", "framework"),
            ("vst3", "framework"),
            ("vizia_core", "GUI"),
            ("skia-safe", "GUI"),
            ("winit", "GUI"),
            ("cpal", "device"),
            ("alsa-sys", "device"),
            ("midir", "device"),
            ("busbar-host", "above"),
        ] {
            let denied = denied_in(&format!(
                "busbar-engine v0.1.0\nrustfft v6.4.0\n{name} v1.0.0 (*)\n{name} v1.0.0\n"
            ));
            assert_eq!(denied.len(), 1, "{name}: {denied:?}");
            assert!(denied[0].contains(name) && denied[0].contains(kind), "{denied:?}");
        }
    }

    /// A path put together here, for the same reason as in `machine_paths`.
    fn path(parts: &[&str], separator: &str) -> String {
        parts.join(separator)
    }

    fn found(line: &str) -> bool {
        let needles = machine_paths(Path::new("/build/busbar-checkout"), Some("/somewhere/me"));
        machine_path_in(line, &needles).is_some()
    }

    #[test]
    fn machine_paths_are_found() {
        for path in [
            path(&["", "home", "ada", "busbar"], "/"),
            path(&["", "Users", "ada", "Music"], "/"),
            path(&["", "root", ".cargo"], "/"),
            path(&["C:", "Users", "ada"], "\\"),
            path(&["C:", "Users", "ada"], "/"),
            "/build/busbar-checkout".to_owned(),
            "/somewhere/me/.clap".to_owned(),
        ] {
            for line in [
                path.clone(),
                format!("let p = \"{path}\";"),
                format!("see `{path}/x`"),
                format!("file://{path}"),
            ] {
                assert!(found(&line), "{line}");
            }
        }
    }

    #[test]
    fn the_path_is_shown() {
        let ada = path(&["", "home", "ada", "x.wav"], "/");
        let needles = machine_paths(Path::new("/build/busbar"), None);
        assert_eq!(machine_path_in(&format!("load(\"{ada}\", 3)"), &needles), Some(ada.as_str()));
    }

    #[test]
    fn places_that_every_machine_has_pass() {
        for line in [
            "/usr/lib/clap and /usr/share/sounds/sf2, /tmp/mix.wav, /dev/null".to_owned(),
            "~/.clap/Busbar.clap, $HOME/.vst3, %USERPROFILE%\\Music".to_owned(),
            format!("https://example.org{}", path(&["", "home", "page.html"], "/")),
            format!("the folder {} on Linux", path(&["", "home", ""], "/")),
            format!("${{prefix}}{}", path(&["", "root", "x"], "/")),
            format!("docs{}", path(&["", "Users", "guide.md"], "/")),
            "/build/busbar-checkout-of-another".to_owned(),
        ] {
            assert!(!found(&line), "{line}");
        }
    }
}

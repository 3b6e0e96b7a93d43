//! What can go wrong between this host and a plugin, each with what to do next.

use crate::render::SIZES;
use std::path::PathBuf;

/// An error of the host or of the plugin it runs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bundle's file cannot be opened as a CLAP library.
    #[error("cannot load {} as a CLAP plugin ({reason}): build it anew with `cargo xtask bundle busbar`", path.display())]
    Load {
        /// The bundle.
        path: PathBuf,
        /// The loader's own words, on one line.
        reason: String,
    },
    /// The bundle has no such plugin.
    #[error("{} holds no plugin `{id}` (it holds {}): use another bundle or another size", path.display(), list(available))]
    NoSuchPlugin {
        /// The bundle.
        path: PathBuf,
        /// The id that was asked for.
        id: String,
        /// The ids that are there.
        available: Vec<String>,
    },
    /// The plugin was found but could not be created.
    #[error(
        "plugin `{id}` refused to start ({reason}): see its log, and build it anew if it is older than this program"
    )]
    Instantiate {
        /// The plugin's id.
        id: String,
        /// What clack said.
        reason: String,
    },
    /// The plugin lacks something that this host cannot do without.
    #[error("the plugin does not offer the CLAP extension `{0}`: this host needs it, use another plugin")]
    MissingExtension(&'static str),
    /// A step was taken in the wrong order.
    #[error("{0}")]
    Lifecycle(&'static str),
    /// The plugin refused an audio configuration.
    #[error(
        "the plugin refused {sample_rate_hz} Hz with blocks of up to {max_frames} frames: try a common rate and block size"
    )]
    Activate {
        /// The rate that was offered.
        sample_rate_hz: f64,
        /// The longest block that was offered.
        max_frames: u32,
    },
    /// `start_processing` or `process` of the plugin reported failure.
    #[error(
        "the plugin failed while processing ({reason}): leave out stems or settings until you know which one it is"
    )]
    Process {
        /// The plugin's own words.
        reason: String,
    },
    /// A block longer than the plugin was activated for.
    #[error(
        "a block of {n_frames} frames is longer than the {max_frames} the plugin was activated for: cut it"
    )]
    BlockTooLong {
        /// The length of the block.
        n_frames: usize,
        /// The longest block allowed.
        max_frames: usize,
    },
    /// Events of a block must come in order and lie inside it.
    #[error(
        "an event at sample {sample} is out of order or outside a block of {n_frames} frames: sort and cut the events"
    )]
    EventTime {
        /// Where the event was to land.
        sample: u32,
        /// The length of the block.
        n_frames: usize,
    },
    /// No parameter has this string id or name.
    #[error("no parameter is called `{wanted}`{}", suggest(nearest))]
    UnknownParam {
        /// What was asked for.
        wanted: String,
        /// The nearest ids or names that exist, best first.
        nearest: Vec<String>,
    },
    /// A parameter of a strip that the plugin does not have.
    #[error("no parameter is called `{wanted}`: {plugin} has strips 01 to {n_strips:02}, {}", more_strips(*n_strips))]
    NoSuchStrip {
        /// What was asked for.
        wanted: String,
        /// The plugin's name.
        plugin: String,
        /// How many strips it has.
        n_strips: usize,
    },
    /// The plugin could not read a value's text.
    #[error("parameter `{id}` does not understand `{text}`: write it like {}", list(examples))]
    BadText {
        /// The parameter, as it was asked for.
        id: String,
        /// The text it could not read.
        text: String,
        /// Texts of all its values where they are few, else of its lowest, default and highest value.
        examples: Vec<String>,
    },
    /// The plugin failed to save its state.
    #[error("the plugin failed to save its state ({reason}): make a new instance")]
    SaveState {
        /// The plugin's own words.
        reason: String,
    },
    /// The plugin failed to load a state.
    #[error("the plugin refused the state ({reason}): it is damaged or of another plugin, save it anew")]
    LoadState {
        /// The plugin's own words.
        reason: String,
    },
}

fn list(items: &[String]) -> String {
    if items.is_empty() {
        return "none".to_owned();
    }
    items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}

fn more_strips(n_strips: usize) -> &'static str {
    if SIZES.iter().any(|size| *size > n_strips) { "use a larger size" } else { "name one of them" }
}

fn suggest(nearest: &[String]) -> String {
    if nearest.is_empty() {
        ": see busbar-render --params".to_owned()
    } else {
        format!(": did you mean {}?", list(nearest))
    }
}

//! The clipboard of an editor.
//!
//! vizia opens the system's clipboard with each window and panics when a copy fails. This one opens it when it is first used,
//! and what it cannot give to the system it keeps for itself.

use std::error::Error;

use copypasta::{ClipboardContext, ClipboardProvider};

/// Text that somebody copied.
pub(crate) enum Clipboard {
    /// The system's, when somebody wants it.
    System {
        /// Opened at first use.
        system: Option<Box<ClipboardContext>>,
        /// What the system did not take.
        kept: String,
    },
    /// Only this editor's.
    Own(String),
}

impl Clipboard {
    pub(crate) fn system() -> Self {
        Self::System { system: None, kept: String::new() }
    }

    pub(crate) fn own() -> Self {
        Self::Own(String::new())
    }
}

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

impl ClipboardProvider for Clipboard {
    fn get_contents(&mut self) -> Result<String> {
        match self {
            Self::Own(text) => Ok(text.clone()),
            Self::System { system, kept } => {
                let got = open(system).and_then(|system| system.get_contents().ok());
                Ok(got.unwrap_or_else(|| kept.clone()))
            }
        }
    }

    fn set_contents(&mut self, text: String) -> Result<()> {
        match self {
            Self::Own(own) => *own = text,
            Self::System { system, kept } => {
                kept.clone_from(&text);
                let given = open(system).is_some_and(|system| system.set_contents(text).is_ok());
                if !given {
                    nice_plug::nice_warn!(
                        "The system's clipboard took no text. It can be pasted in this editor only."
                    );
                }
            }
        }
        Ok(())
    }
}

fn open(system: &mut Option<Box<ClipboardContext>>) -> Option<&mut ClipboardContext> {
    if system.is_none() {
        *system = ClipboardContext::new().ok().map(Box::new);
    }
    system.as_deref_mut()
}

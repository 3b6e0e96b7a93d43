//! The look of an editor.

use std::io;
use std::sync::Arc;

use vizia_core::prelude::{Context, IntoCssStr};

/// A style sheet, shared by all editors that a plugin opens.
#[derive(Clone, Debug)]
pub(crate) struct Theme {
    css: Arc<str>,
}

impl Theme {
    /// Takes CSS. What is wrong in it vizia skips.
    pub(crate) fn new(css: &str) -> Self {
        Self { css: css.into() }
    }

    pub(crate) fn apply(&self, cx: &mut Context) {
        cx.add_stylesheet(self.clone()).expect("a style sheet in memory can be read");
    }
}

impl IntoCssStr for Theme {
    fn get_style(&self) -> Result<String, io::Error> {
        Ok(self.css.to_string())
    }
}

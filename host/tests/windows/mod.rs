//! Editors in real windows: what the tests of the built bundles under X11 share.
//!
//! | file | what is in it |
//! |---|---|
//! | `alone.rs` | each test in a process and on a screen of its own |
//! | `screen.rs` | the host's windows: keys that come back to the host, the keyboard's focus, pictures |
//! | `hand.rs` | the mouse and the keyboard, by xdotool |
//! | `host.rs` | what a test needs of a host, whatever the format |
//! | `clap.rs`, `vst3.rs` | the two hosts |
//! | `page.rs` | where on the page a control is |
//! | `resources.rs` | memory, threads and descriptors of this process |
//!
//! Nothing here waits for a fixed time: [`until`] waits for what must come, and gives up long after it should have.

pub mod alone;
pub mod clap;
pub mod hand;
pub mod host;
pub mod page;
#[allow(dead_code, reason = "the tests of the page use the rest")]
#[path = "../../../plugin/tests/page_support/mod.rs"]
mod page_support;
pub mod resources;
pub mod screen;
pub mod vst3;

use std::time::{Duration, Instant};

/// Far longer than anything takes on a machine that is busy with other things; only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks: short against a frame of the editor.
const LOOK: Duration = Duration::from_millis(2);

/// Asks until there is an answer.
#[track_caller]
pub fn until<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    let answer = wait(ask);
    answer.unwrap_or_else(|| panic!("waited {} s in vain: {what}", PATIENCE.as_secs()))
}

/// Asks until there is an answer, or patience ends.
pub fn wait<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        let answer = ask();
        if answer.is_some() || start.elapsed() > PATIENCE {
            return answer;
        }
        std::thread::sleep(LOOK);
    }
}

//! Lines on standard error. Nobody may be reading them, and that must not end a mix.

use std::io::Write;

/// Says a line, whatever is in it: a file's name or a library's message may hold line ends and codes for terminals.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{}", one_line(line));
}

/// Says what a person should know though all went well.
pub(super) fn warn(warning: &str) {
    say(&format!("busbar-render: warning: {warning}"));
}

/// The text without line ends and other control characters.
pub(super) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

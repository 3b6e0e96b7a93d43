//! The command line of `busbar-render`: what it understands, does and prints.

mod args;
mod cancel;
mod init;
mod json;
mod params;
mod progress;
mod report;
mod request;
mod run;
mod say;

pub use args::{HELP, UsageError, parse};
pub use cancel::{Cancel, INTERRUPTED};
pub use json::report_to_json;
pub use report::{print_report, warnings};
pub use request::{Printing, Request};
pub use run::{CliError, Outcome, run};
pub use say::say;

//! The command line of `busbar-render`: what it understands and what it prints.

mod args;
mod report;

pub use args::{HELP, Request, UsageError, parse};
pub use report::{print_report, warnings};

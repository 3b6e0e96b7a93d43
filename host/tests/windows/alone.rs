//! Each test in a process and on a screen of its own: the keyboard's focus and the pointer belong to a screen, and memory,
//! threads and descriptors to a process, so that tests beside each other would see one another. Whatever takes a process
//! down fails one test, with its name.

use super::screen::Server;
use std::process::Command;

/// In the process that belongs to a test: which test it is.
const ALONE: &str = "BUSBAR_TEST_ALONE";

/// Runs `body` in a process of its own, on an X server of its own. `test` is the name by which the test program knows it.
#[track_caller]
pub fn alone(test: &str, body: impl FnOnce()) {
    if std::env::var(ALONE).is_ok_and(|name| name == test) {
        return body();
    }
    let server = Server::start();
    // Both of this test and of nothing else: `--exact` leaves no doubt, and one thread runs it on the main thread, which is
    // where hosts have their windows.
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    child.env("DISPLAY", server.display()).env_remove("XAUTHORITY").env(ALONE, test);
    let output = child.output().unwrap();

    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    // Set apart, so that nobody counts the child's test as another one.
    let quoted: String = said.lines().map(|line| format!("| {line}\n")).collect();
    assert!(output.status.success(), "in a process of its own ({}):\n{quoted}", output.status);
    assert!(said.contains("1 passed"), "no such test in the process of its own:\n{quoted}");
    // The framework logs this where it is built with debug assertions, and goes on.
    let finding = ["Debug assertion", "failed"].join(" ");
    assert!(!said.contains(&finding), "the framework found a fault:\n{quoted}");
    print!("{quoted}");
}

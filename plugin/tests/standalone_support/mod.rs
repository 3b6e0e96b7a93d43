//! The program as a child, servers of a test's own, and files that go away.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

/// The built program.
pub fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_busbar-standalone"))
}

/// Runs a command that ends by itself: its code, and what it said on standard error.
pub fn finish(command: &mut Command) -> (Option<i32>, String) {
    Program::start(command).wait()
}

/// A running program, ended with the test.
pub struct Program {
    child: Child,
    stdout: Mutex<BufReader<ChildStdout>>,
}

impl Program {
    pub fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let stdout = Mutex::new(BufReader::new(child.stdout.take().expect("piped")));
        Self { child, stdout }
    }

    /// What it prints once it runs.
    pub fn first_line(&self) -> String {
        let mut line = String::new();
        self.stdout.lock().expect("not poisoned").read_line(&mut line).expect("text");
        line
    }

    /// Sends a signal, after which the program ends well and has said nothing on standard error.
    pub fn stop(mut self, signal: &str) {
        assert!(self.child.try_wait().expect("a status").is_none(), "it ended before: {:?}", self.wait());
        let kill = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
        let (code, errors) = self.wait();
        assert_eq!((code, errors.as_str()), (Some(0), ""), "after {signal}");
    }

    /// Waits for the end, 20 s at most.
    pub fn wait(mut self) -> (Option<i32>, String) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                break status;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "the program does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut errors = String::new();
        self.child.stderr.take().expect("piped").read_to_string(&mut errors).expect("text");
        (status.code(), errors)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        // Politely first: a server waits for a client that vanishes, and the next test with it.
        let _ = Command::new("kill").arg(self.child.id().to_string()).stderr(Stdio::null()).status();
        for _ in 0..50 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ends the tests when they take longer than anything can: a call into a server that is stuck never returns.
pub fn watch() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        drop(std::thread::spawn(|| {
            std::thread::sleep(Duration::from_secs(120));
            eprintln!("the JACK server is stuck, and so are these tests");
            std::process::exit(101);
        }));
    });
}

/// A JACK server at 44.1 kHz that plays to nobody, ended with the test.
pub struct Server {
    child: Child,
    name: String,
}

impl Server {
    pub fn start() -> Self {
        let name = format!("busbar-test-{}", std::process::id());
        let mut jackd = Command::new("jackd");
        jackd.args(["-n", &name, "-r", "-S", "-d", "dummy", "-r", "44100", "-p", "1024"]);
        let child = jackd.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = Self { child: child.expect("jackd is installed"), name };
        let mut wait = Command::new("jack_wait");
        wait.args(["-s", &server.name, "-w", "-t", "20"]).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(wait.status().expect("jack_wait is installed").success(), "the server does not start");
        server
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// A file that is removed with the test.
pub struct TemporaryFile(PathBuf);

pub fn temporary_file(name: &str, text: &str) -> TemporaryFile {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("busbar-{}-{count}-{name}", std::process::id()));
    std::fs::write(&path, text).expect("a file");
    TemporaryFile(path)
}

impl TemporaryFile {
    pub fn path(&self) -> &str {
        self.0.to_str().expect("text")
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

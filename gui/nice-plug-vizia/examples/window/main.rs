//! Opens editors in windows of a small host of its own (X11), and prints what the host gets to see: gestures, keys, sizes.
//!
//! `cargo run -p nice-plug-vizia --example window -- [windows] [refuse | reopen]`: how many windows, and whether the host refuses
//! every other size, or opens and closes each window 50 times and tells what stays. Under Xvfb, `xdotool` and `import` do what
//! hands and eyes would.

#[cfg(target_os = "linux")]
mod host;
#[cfg(target_os = "linux")]
mod page;

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut windows = 1;
    let mut word = String::new();
    for argument in std::env::args().skip(1) {
        match argument.parse() {
            Ok(number) => windows = number,
            Err(_) => word = argument,
        }
    }
    match word.as_str() {
        "reopen" => host::reopen(windows),
        _ => host::run(windows, word == "refuse"),
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("This small host is for X11; elsewhere load the example plugin into a host.");
}

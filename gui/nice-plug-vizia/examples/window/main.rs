//! Opens editors in windows of a small host of its own (X11), and prints what the host gets to see: gestures, keys, sizes.
//!
//! `cargo run -p nice-plug-vizia --example window -- [windows] [refuse]`: how many windows, and whether the host refuses every
//! other size. Under Xvfb, `xdotool` and `import` do what hands and eyes would.

#[cfg(target_os = "linux")]
mod host;
#[cfg(target_os = "linux")]
mod page;

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut windows = 1;
    let mut refuse = false;
    for argument in std::env::args().skip(1) {
        match argument.parse() {
            Ok(number) => windows = number,
            Err(_) => refuse = argument == "refuse",
        }
    }
    host::run(windows, refuse)
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("This small host is for X11; elsewhere load the example plugin into a host.");
}

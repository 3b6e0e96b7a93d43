//! A sound device, through the framework: one stereo input into strip 1, and the master out.
//!
//! The framework creates the plugin itself, by `Default`, so that prepared parameters wait for it beside the call, as the
//! bus guard's link does.

use super::args::{DEVICE_BACKEND, Options};
use super::start::Start;
use super::{RunError, announce, device_log};
use crate::Busbar;
use crate::params::BusbarParams;
use nice_plug::prelude::nice_export_standalone_with_args;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    /// Parameters for the instance that the framework creates next on this thread.
    static PREPARED: RefCell<Option<Arc<BusbarParams>>> = const { RefCell::new(None) };
}

/// The layout of one stereo input and output, by its place in the plugin's list, from 1.
const STEREO_LAYOUT: &str = "2";

/// Parameters that wait for a new instance of `n_strips`, if any do.
pub fn take_prepared(n_strips: usize) -> Option<Arc<BusbarParams>> {
    PREPARED.take().filter(|params| params.strips.len() == n_strips)
}

/// Whether the instance that the framework creates belongs to the program, which has no editor: the framework would want a display,
/// and hear no Ctrl-C while the window is open.
static IS_PROGRAM: AtomicBool = AtomicBool::new(false);

/// Whether instances are the program's own.
pub fn is_program() -> bool {
    IS_PROGRAM.load(Ordering::Relaxed)
}

pub(super) fn run(options: &Options, start: Start) -> Result<(), RunError> {
    IS_PROGRAM.store(true, Ordering::Relaxed);
    match start.n_strips() {
        8 => run_sized::<8>(options, start),
        16 => run_sized::<16>(options, start),
        _ => run_sized::<32>(options, start),
    }
}

fn run_sized<const N: usize>(options: &Options, start: Start) -> Result<(), RunError> {
    device_log::install();
    // The framework gives up on a device that fails to start by a panic of its audio thread, for which its main thread
    // would wait for ever.
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let words = payload.downcast_ref::<&str>().copied();
        let words = words.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        super::say(&format!("the sound device failed: {}", words.unwrap_or("it gave no reason")));
        std::process::exit(super::ERROR_CODE.into());
    }));
    announce(options, &start, "the sound device, which carries strip 1 and the master");
    PREPARED.set(Some(start.params()));
    if nice_export_standalone_with_args::<Busbar<N>, _>(framework_args(options)) {
        Ok(())
    } else {
        Err(RunError::Device)
    }
}

/// The framework's command line.
fn framework_args(options: &Options) -> Vec<String> {
    let (rate, period) = (options.rate_hz.to_string(), options.period_frames.to_string());
    let mut args: Vec<String> = [
        "busbar-standalone",
        "--backend",
        DEVICE_BACKEND,
        "--audio-layout",
        STEREO_LAYOUT,
        "--sample-rate",
        &rate,
        "--period-size",
        &period,
    ]
    .map(str::to_owned)
    .into();
    for (option, name) in [("--input-device", &options.input), ("--output-device", &options.output)] {
        // In one word, so that a name may begin with a dash.
        args.extend(name.as_ref().map(|name| format!("{option}={name}")));
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_plug::plugin::Plugin;

    #[test]
    fn prepared_parameters_go_to_the_next_instance_of_their_size_once() {
        PREPARED.set(Some(Arc::new(BusbarParams::new(16))));
        let params = take_prepared(16).expect("prepared");
        assert!(take_prepared(16).is_none(), "taken");
        PREPARED.set(Some(Arc::clone(&params)));
        assert!(take_prepared(8).is_none(), "of another size");

        PREPARED.set(Some(Arc::clone(&params)));
        let busbar = Busbar::<16>::default();
        let theirs: *const () = Arc::as_ptr(&busbar.params()).cast();
        assert_eq!(theirs, Arc::as_ptr(&params).cast());
    }

    #[test]
    fn the_second_layout_is_stereo() {
        let layout = Busbar::<8>::AUDIO_IO_LAYOUTS[STEREO_LAYOUT.parse::<usize>().expect("a number") - 1];
        assert!(layout.aux_input_ports.is_empty() && layout.aux_output_ports.is_empty());
    }
}

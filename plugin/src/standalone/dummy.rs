//! No sound at all, in time: what shows that the program runs where there is neither a server nor a device.

use super::args::Options;
use super::mixer::Mixer;
use super::start::Start;
use super::{RunError, Stop, announce};
use busbar_engine::Outputs;
use std::time::{Duration, Instant};

pub(super) fn run(options: &Options, start: Start) -> Result<(), RunError> {
    let stop = Stop::listen()?;
    let mut mixer = Mixer::new(start.params(), f64::from(options.rate_hz))?;
    let n_frames = options.period_frames as usize;
    let period = Duration::from_secs_f64(f64::from(options.period_frames) / f64::from(options.rate_hz));
    let (mut left, mut right) = (vec![0.0; n_frames], vec![0.0; n_frames]);
    announce(options, &start, "no backend: it hears nothing and nobody hears it");

    let mut due = Instant::now();
    while !stop.asked() {
        let mut outputs = Outputs { master: [&mut left, &mut right], groups: [const { None }; 4] };
        mixer.process(&[], &mut outputs);
        due += period;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    Ok(())
}

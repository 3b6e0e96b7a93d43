//! What Faust made of `faust/*.dsp`: shared libraries that `cargo xtask peers` builds, loaded into this process so that their
//! blocks are timed between ours.
//!
//! With `-vec`, Faust keeps buffers on the stack, and its time depends by up to 40 % on where the stack happens to begin: on addresses whose
//! last twelve bits are equal, and thereby on the length of the environment and on chance. So each peer is first tried at
//! several beginnings, and runs from the one that suits it best.
//!
//! The only unsafe code of this harness. What it trusts is `shim.cpp` beside this file.

use crate::clock::thread_time;
use crate::work::{Mixer, Signal};
use libloading::Library;
use std::error::Error;
use std::ffi::{c_int, c_void};
use std::hint::black_box;
use std::ops::Range;
use std::path::Path;

type Process = unsafe extern "C" fn(*mut c_void, c_int, *mut *mut f32, *mut *mut f32, c_int);

/// Beginnings of the stack that are tried, in bytes: all of a page.
const STACK_OFFSETS: Range<c_int> = 0..4_096;

/// The step between them.
const STACK_STEP: usize = 256;

/// Passes over the signal at each, of which the fastest counts.
const TRIES: usize = 5;

/// A processor of Faust's, alive.
pub struct Faust {
    peer: *mut c_void,
    process: Process,
    delete: unsafe extern "C" fn(*mut c_void),
    n_inputs: usize,
    /// Filled anew for each block; kept so that no block allocates.
    inputs: Vec<*mut f32>,
    stack_offset: c_int,
    /// What the functions above are part of.
    _library: Library,
}

impl Faust {
    /// Loads a library that the shim is part of, and makes a processor for this rate.
    pub fn load(path: &Path, rate_hz: f64) -> Result<Self, Box<dyn Error>> {
        // SAFETY: the library is built from the shim and Faust's code, neither of which runs anything on loading.
        let library = unsafe { Library::new(path) }.map_err(|error| {
            format!("{} cannot be loaded ({error}): run `cargo xtask peers`", path.display())
        })?;
        // SAFETY: the shim defines these functions with these signatures, and `peer` is what `new` made.
        let faust = unsafe {
            let new = library.get::<unsafe extern "C" fn(c_int) -> *mut c_void>(b"busbar_peer_new\0")?;
            let count = |name: &[u8]| library.get::<unsafe extern "C" fn(*mut c_void) -> c_int>(name);
            let peer = new(rate_hz as c_int);
            let n_inputs = count(b"busbar_peer_inputs\0")?(peer);
            let n_outputs = count(b"busbar_peer_outputs\0")?(peer);
            if n_outputs != 2 {
                return Err(format!("{} has {n_outputs} outputs, not 2", path.display()).into());
            }
            Self {
                peer,
                process: *library.get::<Process>(b"busbar_peer_process\0")?,
                delete: *library.get(b"busbar_peer_delete\0")?,
                n_inputs: n_inputs as usize,
                inputs: Vec::with_capacity(n_inputs as usize),
                stack_offset: 0,
                _library: library,
            }
        };
        // A library that was linked with -ffast-math would have done that, and ours would be timed without subnormals.
        if black_box(f32::MIN_POSITIVE) * black_box(0.5) == 0.0 {
            return Err(format!("{} makes this thread flush subnormals to zero", path.display()).into());
        }
        Ok(faust)
    }
}

impl Drop for Faust {
    fn drop(&mut self) {
        // SAFETY: made by the library's `new`, deleted once, while the library is still loaded.
        unsafe { (self.delete)(self.peer) }
    }
}

impl Mixer for Faust {
    /// Finds the beginning of the stack at which it is fastest, in blocks of this length.
    fn settle(&mut self, signal: &Signal, block_frames: usize, output: &mut [Vec<f32>; 2]) {
        let mut best = (std::time::Duration::MAX, 0);
        for stack_offset in STACK_OFFSETS.step_by(STACK_STEP) {
            self.stack_offset = stack_offset;
            for _ in 0..TRIES {
                let start = thread_time();
                self.mix_all(signal, block_frames, output);
                best = best.min((thread_time() - start, stack_offset));
            }
        }
        self.stack_offset = best.1;
    }

    fn mix(&mut self, signal: &Signal, frames: Range<usize>, output: &mut [Vec<f32>; 2]) {
        assert_eq!(self.n_inputs, 2 * signal.feeds.len(), "Faust's strips are not the signal's");
        self.inputs.clear();
        // Faust takes inputs as mutable and does not write them.
        let channels = signal.feeds.iter().flatten();
        self.inputs.extend(channels.map(|channel| channel[frames.clone()].as_ptr().cast_mut()));
        let [left, right] = output;
        let mut outputs = [left[frames.clone()].as_mut_ptr(), right[frames.clone()].as_mut_ptr()];
        // SAFETY: as many inputs and outputs as the processor has, each with as many frames as it is told; the slices above
        // have checked that. Faust only reads its inputs, so that the feeds, which are borrowed, stay as they are.
        unsafe {
            (self.process)(
                self.peer,
                frames.len() as c_int,
                self.inputs.as_mut_ptr(),
                outputs.as_mut_ptr(),
                self.stack_offset,
            );
        }
    }
}

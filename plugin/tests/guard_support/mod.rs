//! A test plugin whose every input can be told from the others, hosts that call raw interfaces, and a slow, obvious
//! model of what has to come out.

#![allow(dead_code)] // each test binary uses its own part

pub mod clap_host;
pub mod log;
pub mod memory;
pub mod vst3_host;

use std::cell::RefCell;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use busbar::guard::export::{ExportedPlugin, Library};
use busbar::guard::{Guarded, HostLink, LinkTask};
use nice_plug::prelude::*;

pub use clap_host::ClapInstance;
pub use memory::{Block, Bus};
pub use vst3_host::Vst3Instance;

/// Every block in these tests is at most this long.
pub const MAX_FRAMES: usize = 64;
/// For how many changes there is room: few, so that tests exceed it.
pub const EVENT_CAPACITY: usize = 16;
/// Master and four groups.
pub const N_OUTPUTS: usize = 5;
/// How many gain reductions the test plugin tells.
pub const N_FIGURES: usize = 3;
/// What the test plugin's documents begin with.
pub const HEADER: &[u8] = b"guard test 1\n";

const STEREO: NonZeroU32 = new_nonzero_u32(2);
static STEREO_PORTS: [NonZeroU32; 31] = [STEREO; 31];

/// What a test sees of an instance's inside.
pub struct Probe {
    pub link: Arc<HostLink>,
    pub n_blocks: AtomicUsize,
    pub n_activations: AtomicUsize,
    pub n_inputs: AtomicUsize,
    pub is_inside: AtomicBool,
    /// Process calls stay inside while this is set.
    pub hold: AtomicBool,
    pub is_dropped: AtomicBool,
    /// Activations stay inside while this is set.
    pub hold_activation: AtomicBool,
    pub is_activating: AtomicBool,
    /// Tasks stay inside while this is set.
    pub hold_tasks: AtomicBool,
    /// How long the thread is busy with the instance after each task, in milliseconds.
    pub busy_after_tasks_ms: AtomicU64,
    /// The thread that dropped the instance.
    pub dropped_on: OnceLock<ThreadId>,
    /// What the next activation reports.
    pub latency: AtomicU32,
    /// What the newest activation found of the parameter that counts from there on, in hundredths.
    pub settled: AtomicU32,
    /// Where the transport has to be in the next call, if it does not jump.
    pub next_position: AtomicI64,
    pub n_jumps: AtomicUsize,
}

thread_local! {
    static PROBES: RefCell<Vec<Arc<Probe>>> = const { RefCell::new(Vec::new()) };
    /// The next plugin keeps this link and creates none.
    pub static FOREIGN_LINK: RefCell<Option<Arc<HostLink>>> = const { RefCell::new(None) };
}

/// The probe of the instance that was created last on this thread.
pub fn newest_probe() -> Arc<Probe> {
    PROBES.with_borrow(|probes| Arc::clone(probes.last().expect("an instance was created")))
}

/// How many instances were created on this thread.
pub fn n_created() -> usize {
    PROBES.with_borrow(Vec::len)
}

#[derive(Params)]
pub struct TestParams {
    #[id = "gain"]
    pub gain: FloatParam,
    /// Counts from the next activation on.
    #[id = "unused"]
    pub unused: FloatParam,
}

/// Master = gain × Σ (strip + 1) × input; group *k* = (*k* + 1) × master, so that groups are ×2 … ×5.
pub struct TestPlugin<const N: usize> {
    params: Arc<TestParams>,
    probe: Arc<Probe>,
}

fn wait_while(hold: &AtomicBool) {
    let since = Instant::now();
    while hold.load(Ordering::SeqCst) && since.elapsed() < Duration::from_secs(10) {
        thread::yield_now();
    }
}

impl<const N: usize> Default for TestPlugin<N> {
    fn default() -> Self {
        let probe = Arc::new(Probe {
            link: FOREIGN_LINK.take().unwrap_or_else(|| HostLink::with_meters(N_FIGURES)),
            n_blocks: AtomicUsize::new(0),
            n_activations: AtomicUsize::new(0),
            n_inputs: AtomicUsize::new(0),
            is_inside: AtomicBool::new(false),
            hold: AtomicBool::new(false),
            is_dropped: AtomicBool::new(false),
            hold_activation: AtomicBool::new(false),
            is_activating: AtomicBool::new(false),
            hold_tasks: AtomicBool::new(false),
            busy_after_tasks_ms: AtomicU64::new(0),
            dropped_on: OnceLock::new(),
            latency: AtomicU32::new(0),
            settled: AtomicU32::new(0),
            next_position: AtomicI64::new(0),
            n_jumps: AtomicUsize::new(0),
        });
        PROBES.with_borrow_mut(|probes| probes.push(Arc::clone(&probe)));
        let unit = FloatRange::Linear { min: 0.0, max: 1.0 };
        let params = Arc::new(TestParams {
            gain: FloatParam::new("Gain", 1.0, unit),
            unused: FloatParam::new("Unused", 0.0, unit),
        });
        probe.link.keep_params(Arc::clone(&params) as Arc<dyn Params>);
        Self { params, probe }
    }
}

impl<const N: usize> Drop for TestPlugin<N> {
    fn drop(&mut self) {
        let _ = self.probe.dropped_on.set(thread::current().id());
        self.probe.is_dropped.store(true, Ordering::SeqCst);
    }
}

impl<const N: usize> Plugin for TestPlugin<N> {
    const NAME: &'static str = "Guard Test";
    const VENDOR: &'static str = "Busbar";
    const URL: &'static str = "https://example.org";
    const EMAIL: &'static str = "nobody@example.org";
    const VERSION: &'static str = "1.2.3";
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[
        AudioIOLayout {
            main_input_channels: Some(STEREO),
            main_output_channels: Some(STEREO),
            aux_input_ports: STEREO_PORTS.split_at(N - 1).0,
            aux_output_ports: STEREO_PORTS.split_at(N_OUTPUTS - 1).0,
            names: PortNames {
                layout: Some("Mixer"),
                main_input: Some("Strip 1"),
                main_output: Some("Master"),
                aux_inputs: &["Strip 2"],
                aux_outputs: &["Group A"],
            },
        },
        AudioIOLayout {
            main_input_channels: Some(STEREO),
            main_output_channels: Some(STEREO),
            aux_input_ports: &[],
            aux_output_ports: &[],
            names: PortNames { main_input: Some("Strip 1"), ..PortNames::const_default() },
        },
    ];
    const SAMPLE_ACCURATE_AUTOMATION: bool = false;
    const INPUT_EVENT_CAPACITY: usize = EVENT_CAPACITY;

    type Editor = ();
    type SysExMessage = ();
    type BackgroundTask = LinkTask;

    fn params(&self) -> Arc<dyn Params> {
        Arc::clone(&self.params) as Arc<dyn Params>
    }

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        let probe = Arc::clone(&self.probe);
        Box::new(move |task| {
            wait_while(&probe.hold_tasks);
            probe.link.run(task);
            let busy = Duration::from_millis(probe.busy_after_tasks_ms.load(Ordering::SeqCst));
            let since = Instant::now();
            while since.elapsed() < busy {
                std::hint::spin_loop();
            }
        })
    }

    fn editor(&mut self, executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        let background = executor.clone();
        self.probe.link.set_background(move |task| background.execute_background(task));
        self.probe.link.set_messenger(move || executor.execute_gui(LinkTask::StateChanged));
        None
    }

    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        _config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        self.probe.is_activating.store(true, Ordering::SeqCst);
        wait_while(&self.probe.hold_activation);
        self.probe.is_activating.store(false, Ordering::SeqCst);
        let latency_samples = self.probe.latency.load(Ordering::SeqCst);
        if !self.probe.link.keep_latency(latency_samples) {
            context.set_latency_samples(latency_samples);
        }
        self.probe.n_inputs.store(1 + layout.aux_input_ports.len(), Ordering::SeqCst);
        let settled = (self.params.unused.value() * 100.0).round() as u32;
        self.probe.settled.store(settled, Ordering::SeqCst);
        self.probe.n_activations.fetch_add(1, Ordering::SeqCst);
        true
    }

    fn process(
        &mut self,
        main: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        if let Some(position) = context.transport().pos_samples() {
            let next = self.probe.next_position.swap(position + main.samples() as i64, Ordering::SeqCst);
            self.probe.n_jumps.fetch_add((position != next).into(), Ordering::SeqCst);
        }
        self.probe.n_blocks.fetch_add(1, Ordering::SeqCst);
        self.probe.is_inside.store(true, Ordering::SeqCst);
        wait_while(&self.probe.hold);
        let mut n_constant = 0;
        for frame in 0..main.samples() {
            if n_constant == 0 {
                n_constant = self.probe.link.next_segment(main.samples() - frame);
            }
            n_constant -= 1;
            let gain = self.params.gain.value();
            for channel_idx in 0..2 {
                let mut sum = main.as_slice()[channel_idx][frame];
                for (aux_idx, input) in aux.inputs.iter_mut().enumerate() {
                    sum += (aux_idx + 2) as f32 * input.as_slice()[channel_idx][frame];
                }
                main.as_slice()[channel_idx][frame] = gain * sum;
                for (aux_idx, output) in aux.outputs.iter_mut().enumerate() {
                    output.as_slice()[channel_idx][frame] = (aux_idx + 2) as f32 * gain * sum;
                }
            }
        }
        self.probe.is_inside.store(false, Ordering::SeqCst);
        ProcessStatus::Normal
    }
}

impl<const N: usize> ClapPlugin for TestPlugin<N> {
    const CLAP_ID: &'static str = match N {
        8 => "org.example.guard-8",
        _ => "org.example.guard-32",
    };
    const CLAP_DESCRIPTION: Option<&'static str> = Some("A plugin to test the guard with");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[ClapFeature::AudioEffect, ClapFeature::Mixing];
}

impl<const N: usize> Vst3Plugin for TestPlugin<N> {
    const VST3_CLASS_ID: [u8; 16] = match N {
        8 => *b"GuardTestPlugin8",
        _ => *b"GuardTestPlugn32",
    };
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[Vst3SubCategory::Fx];
}

impl<const N: usize> Guarded for TestPlugin<N> {
    fn encode_state(framework_json: &[u8]) -> Result<Vec<u8>, String> {
        Ok([HEADER, framework_json].concat())
    }

    fn decode_state(document: &[u8]) -> Result<Vec<u8>, String> {
        assert!(document != b"panic", "asked for by the test");
        document.strip_prefix(HEADER).map(<[u8]>::to_vec).ok_or_else(|| "no header".to_owned())
    }

    fn amend_state(document: Vec<u8>, edits: &[(u32, f64)]) -> Vec<u8> {
        let Some((_, gain)) = edits.last() else { return document };
        let mut json: serde_json::Value =
            serde_json::from_slice(&document[HEADER.len()..]).expect("a document");
        json["params"]["gain"]["f32"] = (*gain).into();
        [HEADER, &serde_json::to_vec(&json).expect("a document")].concat()
    }

    fn settled_at_activation() -> Vec<u32> {
        vec![hash("unused")]
    }

    fn short_name(param_hash: u32) -> Option<String> {
        (param_hash == hash("gain")).then(|| "Gn".to_owned())
    }
}

/// The framework's hash of a parameter's id.
pub fn hash(id: &str) -> u32 {
    id.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())) & !(1 << 31)
}

/// What [`busbar::export!`] would define, without the symbols: those exist once in a program.
pub struct TestLibrary;

impl Library for TestLibrary {
    fn plugins() -> &'static [ExportedPlugin] {
        static PLUGINS: [ExportedPlugin; 2] =
            [ExportedPlugin::of::<TestPlugin<8>>(), ExportedPlugin::of::<TestPlugin<32>>()];
        &PLUGINS
    }
}

/// An instance as its host sees it, so that one test holds for both formats.
pub trait Instance {
    fn format(&self) -> &'static str;
    fn probe(&self) -> &Arc<Probe>;
    fn activate(&self, max_frames: usize) -> bool;
    fn deactivate(&self);
    /// Only the call that the guard keeps away from processing.
    fn set_active(&self, active: bool) -> bool;
    /// One process call on the block as it is, checked for allocations; whether the plugin accepted it.
    fn process(&self, block: &mut Block) -> bool;
    fn select_stereo_layout(&self, stereo: bool) -> bool;
    fn port_name(&self, is_input: bool, port_idx: usize) -> Option<String>;
    fn gain(&self) -> f64;
    fn n_params(&self) -> usize;
    /// The name of a parameter, or `None` if the index is refused.
    fn param_name(&self, param_idx: i64) -> Option<String>;
    /// Saves through a stream that takes so many bytes at a time.
    fn save(&self, chunk: usize) -> Option<Vec<u8>>;
    /// Loads through a stream that gives so many bytes at a time.
    fn load(&self, document: &[u8], chunk: usize) -> bool;
}

/// An instance for several threads: what hosts do, and what the guard is for.
pub struct Shared<'a>(pub &'a dyn Instance);

// SAFETY: both formats allow processing beside the main thread.
unsafe impl Send for Shared<'_> {}
// SAFETY: as above.
unsafe impl Sync for Shared<'_> {}

/// Runs a test with an instance of each format.
pub fn in_both_formats<const N: usize>(test: impl Fn(&dyn Instance)) {
    test(&Vst3Instance::<N>::new());
    test(&ClapInstance::<N>::new());
}

/// The same with an active instance.
pub fn in_both_formats_active<const N: usize>(test: impl Fn(&dyn Instance)) {
    in_both_formats::<N>(|instance| {
        assert!(instance.activate(MAX_FRAMES), "{}", instance.format());
        test(instance);
        instance.deactivate();
    });
}

/// What the first `n_inputs` inputs make of a block, by the definition of [`TestPlugin`]: per output, per channel.
/// Mono buses feed both sides, what is missing is silence.
pub fn mix(block: &Block, n_inputs: usize, gain_at: impl Fn(usize) -> f32) -> Vec<[Vec<f32>; 2]> {
    let master: [Vec<f32>; 2] = std::array::from_fn(|channel_idx| {
        let sample = |frame: usize| -> f32 {
            let strip = |idx: usize| (idx + 1) as f32 * block.input_sample(idx, channel_idx, frame);
            gain_at(frame) * (0..n_inputs).map(strip).sum::<f32>()
        };
        (0..block.frames).map(sample).collect()
    });
    let output = |idx: usize| master.clone().map(|side| side.iter().map(|x| (idx + 1) as f32 * x).collect());
    (0..N_OUTPUTS).map(output).collect()
}

/// Processes a block and compares every sample of every channel with [`mix`] and with what the guard promises about
/// the rest: the first output that a piece of memory belongs to wins, surplus outputs are zero, nothing else changes.
pub fn process_and_check(instance: &dyn Instance, block: &mut Block, n_inputs: usize) {
    let mixed = mix(block, n_inputs, |frame| block.gain_at(frame));
    let mut expected = block.memory.contents();
    for (bus_idx, bus) in block.outputs.iter().enumerate().rev() {
        for (channel_idx, memory_idx) in bus.memory().enumerate().collect::<Vec<_>>().into_iter().rev() {
            let Some(memory_idx) = memory_idx else { continue };
            let is_declared = bus_idx < N_OUTPUTS && channel_idx < 2;
            if !is_declared && !block.is_declared_output(memory_idx) {
                expected[memory_idx][..block.frames].fill(0.0);
            }
            if is_declared {
                expected[memory_idx][..block.frames].copy_from_slice(&mixed[bus_idx][channel_idx]);
            }
        }
    }
    let is_flush = block.is_flush();
    let before = instance.probe().n_blocks.load(Ordering::SeqCst);
    assert!(instance.process(block), "{}: refused {block:?}", instance.format());
    let ran = instance.probe().n_blocks.load(Ordering::SeqCst) > before;
    assert_eq!(ran, !is_flush, "{}: whether the plugin ran: {block:?}", instance.format());
    if is_flush {
        return;
    }
    let actual = block.memory.contents();
    for (memory_idx, (actual, expected)) in actual.iter().zip(&expected).enumerate() {
        assert_eq!(actual, expected, "{}: memory {memory_idx} of {block:?}", instance.format());
    }
    block.memory.assert_bands();
}

//! The plugin: glue between the framework and the engine, and no sound of its own.

use crate::desk::{Desk, ScopeFeed, Tap, figures, n_figures};
use crate::guard::{Guarded, HostLink, LinkTask};
use crate::params::{BusbarParams, spec};
use crate::{editor, layout, remote, state};
use busbar_engine::{Engine, N_GROUPS, Outputs, RatedEngine, Settings, StereoIn};
use nice_plug::prelude::*;
use nice_plug_vizia::ViziaEditor;
use std::sync::Arc;

/// The parameters that the latency depends on.
const SETTLED_IDS: [&str; 4] = ["m_limiter_lookahead", "engine_rate", "resampling", "colour_quality"];

/// Busbar with `N` strips: 8, 16 or 32.
pub struct Busbar<const N: usize> {
    params: Arc<BusbarParams>,
    link: Arc<HostLink>,
    /// What the editor sees of all this.
    desk: Arc<Desk>,
    engine: RatedEngine,
    /// The snapshot that the engine has; brought up to date from the parameters that changed.
    settings: Settings,
    /// Gives samples to whoever reads a spectrum.
    scope: Option<ScopeFeed>,
    /// Whether the host's transport ran in the last block.
    was_playing: bool,
    /// Strip 1's feed, indexed by `[channel_idx][sample_idx]`. The framework hands it over in the buffers of the master's
    /// output, where it would be overwritten.
    first_feed: [Vec<f32>; 2],
}

impl<const N: usize> Default for Busbar<N> {
    fn default() -> Self {
        let params = || Arc::new(BusbarParams::new(N));
        // The program of its own may have set them before there was an instance.
        #[cfg(feature = "standalone")]
        let params = || crate::standalone::take_prepared(N).unwrap_or_else(params);
        let (params, link) = (params(), HostLink::with_meters(n_figures(N)));
        link.keep_params(Arc::clone(&params) as Arc<dyn Params>);
        let desk = Desk::new(Arc::clone(&params), Arc::clone(&link));
        Self {
            scope: desk.take_scope_feed(),
            was_playing: false,
            desk,
            params,
            link,
            engine: RatedEngine::new(N),
            settings: Settings::new(N),
            first_feed: [Vec::new(), Vec::new()],
        }
    }
}

impl<const N: usize> Busbar<N> {
    /// Gives the engine what changed. Realtime-safe.
    fn update_engine(&mut self) {
        if self.params.refresh(&mut self.settings) {
            self.engine.set(&self.settings);
        }
    }

    /// Begins loudness anew where the host's transport starts, if that is asked for. Realtime-safe.
    fn follow_transport(&mut self, is_playing: bool) {
        let was_playing = std::mem::replace(&mut self.was_playing, is_playing);
        if is_playing && !was_playing && self.settings.meters.restart_with_transport {
            self.desk.restart_loudness();
        }
    }
}

/// The tap of which somebody reads a spectrum. A strip is watched within the engine. Realtime-safe.
fn watch(desk: &Desk, scope: Option<&mut ScopeFeed>, engine: &mut Engine) -> Option<Tap> {
    let tap = desk.scoped(scope?);
    let strip_idx = match tap {
        Some(Tap::Strip(strip_idx)) => Some(strip_idx),
        _ => None,
    };
    engine.watch(strip_idx);
    tap
}

/// Gives samples to whoever reads a spectrum of this tap. Realtime-safe.
fn feed_scope(
    scope: &mut ScopeFeed,
    tap: Tap,
    engine: &mut Engine,
    feeds: &[Option<StereoIn<'_>>],
    outputs: &Outputs<'_>,
) {
    let sides = match tap {
        Tap::Input(idx) => feeds.get(idx).copied().flatten(),
        Tap::Strip(_) => Some(engine.watched()),
        Tap::Group(idx) => outputs.groups[idx].as_ref().map(|output| output.each_ref().map(|side| &**side)),
        Tap::Master => Some(outputs.master.each_ref().map(|side| &**side)),
    };
    match sides {
        Some(sides) => scope.push(sides),
        None => scope.push_silence(outputs.master[0].len()),
    }
    engine.forget_watched();
}

/// Takes the first `n` samples of both sides, which have as many, and leaves the rest.
fn take_front<'a>(sides: &mut [&'a mut [f32]; 2], n: usize) -> [&'a mut [f32]; 2] {
    sides.each_mut().map(|side| {
        let (front, rest) = std::mem::take(side).split_at_mut(n);
        *side = rest;
        front
    })
}

impl<const N: usize> Plugin for Busbar<N> {
    const NAME: &'static str = match N {
        8 => "Busbar 8",
        16 => "Busbar 16",
        32 => "Busbar 32",
        _ => panic!("Busbar comes with 8, 16 or 32 strips"),
    };
    const VENDOR: &'static str = "Busbar";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[layout::mixer(N), layout::STEREO_ONLY];
    /// `process` goes by the changes that the guard brings.
    const SAMPLE_ACCURATE_AUTOMATION: bool = false;

    /// Eight events for each parameter in one block: a storm on all of them.
    const INPUT_EVENT_CAPACITY: usize = 8 * spec::n_params(N);

    type Editor = ViziaEditor;
    type SysExMessage = ();
    type BackgroundTask = LinkTask;

    fn params(&self) -> Arc<dyn Params> {
        Arc::clone(&self.params) as Arc<dyn Params>
    }

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        let link = Arc::clone(&self.link);
        Box::new(move |task| link.run(task))
    }

    fn editor(&mut self, executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        let background = executor.clone();
        self.link.set_background(move |task| background.execute_background(task));
        self.link.set_messenger(move || executor.execute_gui(LinkTask::StateChanged));
        #[cfg(feature = "standalone")]
        if crate::standalone::is_program() {
            return None;
        }
        Some(editor::create(&self.params, &self.desk))
    }

    fn filter_state(plugin_state: &mut PluginState) {
        state::filter(plugin_state);
    }

    fn activate(
        &mut self,
        _layout: &AudioIOLayout,
        buffer_config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        // First, because what the latency depends on counts from here on.
        self.update_engine();
        if let Err(error) = self.engine.prepare(f64::from(buffer_config.sample_rate)) {
            nice_error!("Busbar cannot start: {error}");
            return false;
        }
        for channel in &mut self.first_feed {
            channel.resize(buffer_config.max_buffer_size as usize, 0.0);
        }
        self.desk.set_sample_rates(buffer_config.sample_rate, self.engine.engine_rate_hz() as f32);
        self.was_playing = false;
        let latency_samples = self.engine.latency_samples();
        if !self.link.keep_latency(latency_samples) {
            context.set_latency_samples(latency_samples);
        }
        true
    }

    fn reset(&mut self) {
        self.engine.reset();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let [left, right, ..] = buffer.as_slice() else { return ProcessStatus::Normal };
        let n_frames = left.len().min(self.first_feed[0].len());
        for (feed, channel) in self.first_feed.iter_mut().zip([&*left, &*right]) {
            feed[..n_frames].copy_from_slice(&channel[..n_frames]);
        }
        // What is left to write, from segment to segment.
        let mut master = [&mut left[..n_frames], &mut right[..n_frames]];
        let mut groups: [Option<[&mut [f32]; 2]>; N_GROUPS] = [const { None }; N_GROUPS];
        for (slot, output) in groups.iter_mut().zip(aux.outputs.iter_mut()) {
            if let [left, right, ..] = output.as_slice() {
                *slot = Some([&mut **left, &mut **right]);
            }
        }

        let is_playing = context.transport().playing;
        let connected = self.link.connected();
        let mut scoped = None;
        let mut start = 0;
        while start < n_frames {
            let n = self.link.next_segment(n_frames - start).max(1);
            self.update_engine();
            if start == 0 {
                self.follow_transport(is_playing);
                self.desk.begin_block(self.engine.engine_mut());
                self.engine.begin_block();
                scoped = watch(&self.desk, self.scope.as_mut(), self.engine.engine_mut());
            }
            let frames = start..start + n;
            let mut feeds: [Option<StereoIn<'_>>; N] = [None; N];
            let first = self.first_feed.each_ref().map(|channel| &channel[frames.clone()]);
            let others = aux.inputs.iter_mut().map(|input| match input.as_slice() {
                [left, right, ..] => Some([&left[frames.clone()], &right[frames.clone()]]),
                _ => None,
            });
            for (strip_idx, (slot, feed)) in
                feeds.iter_mut().zip([Some(first)].into_iter().chain(others)).enumerate()
            {
                *slot = feed.filter(|_| connected & (1 << strip_idx) != 0);
            }
            let mut outputs = Outputs {
                master: take_front(&mut master, n),
                groups: groups.each_mut().map(|group| group.as_mut().map(|group| take_front(group, n))),
            };
            self.engine.continue_block(&feeds, &mut outputs);
            if let (Some(scope), Some(tap)) = (&mut self.scope, scoped) {
                feed_scope(scope, tap, self.engine.engine_mut(), &feeds, &outputs);
            }
            start += n;
        }
        if n_frames > 0 {
            self.link.meters().raise(figures(self.engine.meters(), N));
            self.desk.publish(self.engine.engine());
        }
        ProcessStatus::Normal
    }
}

impl<const N: usize> ClapPlugin for Busbar<N> {
    const CLAP_ID: &'static str = match N {
        8 => "org.busbar.busbar-8",
        16 => "org.busbar.busbar-16",
        _ => "org.busbar.busbar-32",
    };
    const CLAP_DESCRIPTION: Option<&'static str> =
        Some("A mixer bus: many stereo feeds through channel strips and groups to a master");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] =
        &[ClapFeature::AudioEffect, ClapFeature::Mixing, ClapFeature::Stereo];

    fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        remote::add_pages(&self.params, context);
    }
}

impl<const N: usize> Vst3Plugin for Busbar<N> {
    const VST3_CLASS_ID: [u8; 16] = match N {
        8 => *b"BusbarMixerBus08",
        16 => *b"BusbarMixerBus16",
        _ => *b"BusbarMixerBus32",
    };
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Fx, Vst3SubCategory::Custom("Mixer"), Vst3SubCategory::Stereo];
}

impl<const N: usize> Guarded for Busbar<N> {
    fn encode_state(framework_json: &[u8]) -> Result<Vec<u8>, String> {
        state::encode(framework_json, Self::NAME, N).map_err(|error| error.to_string())
    }

    fn decode_state(document: &[u8]) -> Result<Vec<u8>, String> {
        state::decode(document, N).map_err(|error| error.to_string())
    }

    fn amend_state(document: Vec<u8>, edits: &[(u32, f64)]) -> Vec<u8> {
        state::amend(document, edits)
    }

    fn settled_at_activation() -> Vec<u32> {
        SETTLED_IDS.map(state::hash_param_id).to_vec()
    }

    fn short_name(param_hash: u32) -> Option<String> {
        state::short_name(param_hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loudness_begins_anew_where_the_transport_starts_if_that_is_asked_for() {
        let mut busbar = Busbar::<8>::default();
        let has_restarted = |busbar: &mut Busbar<8>, is_playing| {
            busbar.update_engine();
            busbar.follow_transport(is_playing);
            busbar.link.readings().expect("the desk's").take_restart()
        };
        assert!(
            ![false, true, true, false, true].into_iter().any(|playing| has_restarted(&mut busbar, playing))
        );
        // SAFETY: no host is there whose view of the value could go stale.
        unsafe { busbar.params.meter_restart.as_ptr()._internal_set_normalized_value(1.0) };
        assert!(!has_restarted(&mut busbar, true), "it plays already");
        assert_eq!(
            [false, true, true, false, true].map(|playing| has_restarted(&mut busbar, playing)),
            [false, true, false, false, true]
        );
    }

    #[test]
    fn a_spectrum_is_of_the_tap_that_was_asked_for() {
        let desk = Desk::new(Arc::new(BusbarParams::new(8)), HostLink::create());
        let mut scope = desk.take_scope_feed().expect("the only one");
        let mut settings = Settings::new(8);
        settings.strips[2].trim_db = -6.0;
        settings.strips[2].fader_db = -3.0;
        settings.strips[2].sends[1].on = true;
        settings.groups[0].fader_db = -12.0;
        settings.groups[0].to_master = false;
        settings.master.fader_db = -1.0;
        let mut spectrum = desk.open_spectrum(Tap::Master).expect("nobody reads");
        for (tap, expected_db) in [
            (Tap::Input(2), Some(0.0)),
            (Tap::Strip(2), Some(-6.0)),
            (Tap::Group(0), Some(-21.0)),
            (Tap::Master, Some(-10.0)),
            (Tap::Input(1), None),
            (Tap::Strip(1), None),
        ] {
            let mut engine = RatedEngine::new(8);
            engine.prepare(48_000.0).expect("a rate");
            engine.set(&settings);
            spectrum.set_tap(tap);
            let mut feeds = [None; 8];
            feeds[2] = Some([&[1.0_f32; 512][..], &[1.0; 512][..]]);
            for _ in 0..8 {
                let (mut master, mut group) = ([[0.0; 512]; 2], [[0.0; 512]; 2]);
                let mut groups = [const { None }; N_GROUPS];
                groups[0] = Some(group.each_mut().map(|side| &mut side[..]));
                let mut outputs = Outputs { master: master.each_mut().map(|side| &mut side[..]), groups };
                assert_eq!(watch(&desk, Some(&mut scope), engine.engine_mut()), Some(tap));
                engine.process(&feeds, &mut outputs);
                feed_scope(&mut scope, tap, engine.engine_mut(), &feeds, &outputs);
                assert!(spectrum.update());
            }
            let level_db = 10.0 * spectrum.power()[1][0].log10();
            // What a transform of 4,096 samples of f32 leaves of them.
            let is_right =
                expected_db.map_or(level_db == f32::NEG_INFINITY, |db: f32| (level_db - db).abs() < 0.001);
            assert!(is_right, "{tap:?}: {level_db} dB");
        }
    }

    /// The guard asks for a restart by a list of parameters; the engine knows which settings need one.
    #[test]
    fn exactly_what_the_engine_has_to_be_prepared_for_is_settled_at_activation() {
        let mut n_settled = 0;
        for (idx, (id, _, _)) in BusbarParams::new(8).param_map().iter().enumerate() {
            // Anew each time, so that settings do not add up.
            let params = BusbarParams::new(8);
            let (mut settings, mut engine) = (Settings::new(8), RatedEngine::new(8));
            let mut needs_prepare = false;
            for value in [1.0, 0.5, 0.0] {
                // SAFETY: `params` is alive.
                unsafe { params.param_map()[idx].1._internal_set_normalized_value(value) };
                params.refresh(&mut settings);
                engine.set(&settings);
                needs_prepare |= engine.needs_prepare();
            }
            let is_settled = Busbar::<8>::settled_at_activation().contains(&state::hash_param_id(id));
            assert_eq!(is_settled, needs_prepare, "{id}");
            n_settled += usize::from(is_settled);
        }
        assert_eq!(n_settled, Busbar::<8>::settled_at_activation().len());
    }
}

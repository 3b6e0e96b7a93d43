//! A gain with an editor: how a plugin uses `nice-plug-vizia`.
//!
//! Three things make an editor: an [`Arc<ViziaState>`](ViziaState) among the parameters, which saves its size and zoom; a style sheet; and
//! a function that builds the page.

use std::sync::Arc;

use nice_plug::prelude::*;
use nice_plug_vizia::prelude::{ViziaEditor, ViziaState, create_vizia_editor};

mod page;

pub use page::{THEME, page};

/// The plugin.
#[derive(Default)]
pub struct Gain {
    params: Arc<GainParams>,
    /// The gain that sounds, which follows what is set.
    sounding: f32,
    /// How far it goes there in one sample.
    step: f32,
}

/// What the host and the editor see.
#[derive(Params)]
pub struct GainParams {
    /// How large the editor is.
    #[persist = "editor"]
    pub editor: Arc<ViziaState>,
    /// The gain, as a factor; people see dB.
    #[id = "gain"]
    pub gain: FloatParam,
    /// Silence.
    #[id = "mute"]
    pub mute: BoolParam,
}

impl Default for GainParams {
    fn default() -> Self {
        let (lowest, highest) = (util::db_to_gain(-36.0), util::db_to_gain(12.0));
        let factor = FloatRange::gain_skew_factor(-36.0, 12.0);
        let range = FloatRange::Skewed { min: lowest, max: highest, factor };
        Self {
            editor: ViziaState::new((200, 260), (160, 200)),
            gain: FloatParam::new("Gain", 1.0, range)
                .with_unit(" dB")
                .with_value_to_string(formatters::v2s_f32_gain_to_db(1))
                .with_string_to_value(formatters::s2v_f32_gain_to_db()),
            mute: BoolParam::new("Mute", false),
        }
    }
}

impl Plugin for Gain {
    const NAME: &'static str = "Vizia Gain";
    const VENDOR: &'static str = "Busbar";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[AudioIOLayout {
        main_input_channels: NonZeroU32::new(2),
        main_output_channels: NonZeroU32::new(2),
        ..AudioIOLayout::const_default()
    }];

    type Editor = ViziaEditor;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        Arc::clone(&self.params) as Arc<dyn Params>
    }

    fn editor(&mut self, _executor: AsyncExecutor<Self>) -> Option<ViziaEditor> {
        let params = Arc::clone(&self.params);
        Some(create_vizia_editor(Arc::clone(&params.editor), self.params(), THEME, move |cx| {
            page(cx, &params)
        }))
    }

    fn activate(
        &mut self,
        _layout: &AudioIOLayout,
        config: &BufferConfig,
        _context: &mut impl ActivateContext<Self>,
    ) -> bool {
        // Two thirds of the way in 5 ms.
        self.step = 1.0 - (-1.0 / (0.005 * config.sample_rate)).exp();
        true
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        _aux: &mut AuxiliaryBuffers,
        _context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let target = if self.params.mute.value() { 0.0 } else { self.params.gain.value() };
        for frame in buffer.iter_samples() {
            self.sounding += (target - self.sounding) * self.step;
            for sample in frame {
                *sample *= self.sounding;
            }
        }
        ProcessStatus::Normal
    }
}

impl ClapPlugin for Gain {
    const CLAP_ID: &'static str = "org.busbar.vizia-gain";
    const CLAP_DESCRIPTION: Option<&'static str> = Some("A gain with an editor");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[ClapFeature::AudioEffect, ClapFeature::Stereo];
}

impl Vst3Plugin for Gain {
    const VST3_CLASS_ID: [u8; 16] = *b"NicePlugViziaGai";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[Vst3SubCategory::Fx, Vst3SubCategory::Stereo];
}

nice_export_clap!(Gain);
nice_export_vst3!(Gain);

//! The ports: N stereo inputs, a stereo master and four stereo groups.

use busbar_engine::N_GROUPS;
use nice_plug::prelude::*;
use std::num::NonZeroU32;

/// The most strips: 64 channels. A host that lays out 128 for more was seen never to call `process`.
pub(crate) const MAX_STRIPS: usize = 32;

const STEREO: NonZeroU32 = new_nonzero_u32(2);

static AUX_INPUTS: [NonZeroU32; MAX_STRIPS - 1] = [STEREO; MAX_STRIPS - 1];

static AUX_INPUT_NAMES: [&str; MAX_STRIPS - 1] = [
    "Strip 2", "Strip 3", "Strip 4", "Strip 5", "Strip 6", "Strip 7", "Strip 8", "Strip 9", "Strip 10",
    "Strip 11", "Strip 12", "Strip 13", "Strip 14", "Strip 15", "Strip 16", "Strip 17", "Strip 18",
    "Strip 19", "Strip 20", "Strip 21", "Strip 22", "Strip 23", "Strip 24", "Strip 25", "Strip 26",
    "Strip 27", "Strip 28", "Strip 29", "Strip 30", "Strip 31", "Strip 32",
];

static GROUP_OUTPUTS: [NonZeroU32; N_GROUPS] = [STEREO; N_GROUPS];

static GROUP_OUTPUT_NAMES: [&str; N_GROUPS] = ["Group A", "Group B", "Group C", "Group D"];

/// The layout of `n_strips` feeds: the main input is strip 1, the main output the master.
pub(crate) const fn mixer(n_strips: usize) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: Some(STEREO),
        main_output_channels: Some(STEREO),
        aux_input_ports: AUX_INPUTS.split_at(n_strips - 1).0,
        aux_output_ports: &GROUP_OUTPUTS,
        names: PortNames {
            layout: Some("Mixer"),
            main_input: Some("Strip 1"),
            main_output: Some("Master"),
            aux_inputs: AUX_INPUT_NAMES.split_at(n_strips - 1).0,
            aux_outputs: &GROUP_OUTPUT_NAMES,
        },
    }
}

/// One stereo input and output, for hosts that know no more.
pub(crate) const STEREO_ONLY: AudioIOLayout = AudioIOLayout {
    main_input_channels: Some(STEREO),
    main_output_channels: Some(STEREO),
    aux_input_ports: &[],
    aux_output_ports: &[],
    names: PortNames {
        layout: Some("Stereo"),
        main_input: Some("Strip 1"),
        main_output: Some("Master"),
        aux_inputs: &[],
        aux_outputs: &[],
    },
};

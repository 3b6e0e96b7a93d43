//! The built `Busbar.vst3` in vst3-host, for each of its sizes.

#[allow(dead_code)]
mod bundles;

use bundles::{
    LOOKAHEADS, N_OUTPUTS, OUTPUT_LETTERS, RAMP_SAMPLES, SAMPLE_RATE_HZ, Sound, all_param_ids,
    assert_same_sound, assert_silent, assert_step_at, noise, noise_on_ports, random_blocks,
};
use busbar_host::param_id_from_str;
use vst3_host::audio::{BusAudioBuffers, BusDirection, MediaType, SpeakerArrangement};
use vst3_host::{Plugin, Vst3Host};

/// The longest block.
const MAX_FRAMES: usize = 4096;

/// Enough for any ramp to end.
const SETTLING_FRAMES: usize = 2 * RAMP_SAMPLES;

/// One test per size: `vst3_host_busbar_16::hears_each_input_…`.
macro_rules! for_each_size {
    ($($test:ident),* $(,)?) => {
        mod vst3_host_busbar_8 { $( #[test] fn $test() { super::$test(8); } )* }
        mod vst3_host_busbar_16 { $( #[test] fn $test() { super::$test(16); } )* }
        mod vst3_host_busbar_32 { $( #[test] fn $test() { super::$test(32); } )* }
    };
}

for_each_size!(
    declares_its_buses,
    has_every_parameter_of_the_contract,
    hears_each_input_at_the_master_and_each_group_and_nowhere_else,
    lets_one_strip_through_bit_for_bit,
    has_no_latency,
    asks_for_a_restart_when_the_lookahead_changes,
    a_lookahead_in_a_state_asks_for_a_restart,
    automation_lands_on_its_sample,
    a_storm_of_automation_sounds_the_same_in_any_blocks,
    the_state_makes_a_round_trip_in_bytes_and_sound,
    a_state_has_what_was_set_before_any_block,
    a_broken_state_is_refused_and_changes_nothing,
    random_block_sizes_equal_one_block,
    two_instances_do_not_disturb_each_other,
    bypass_is_the_sum_of_all_inputs,
    parameters_survive_other_rates_and_activations,
    a_restart_in_a_ramp_leaves_it_settled,
    changes_while_stopped_take_effect,
    inactive_buses_are_silence_and_harm_nobody,
    only_the_main_buses_active_is_enough,
    a_stereo_arrangement_is_heard,
    odd_arrangements_are_answered_and_harm_nobody,
);

fn load(n_strips: usize) -> Plugin {
    let path = bundles::bundle("Busbar.vst3");
    let report = vst3_host::discovery::get_detailed_plugin_info(&path).unwrap();
    let name = format!("Busbar {n_strips}");
    let class =
        report.classes.iter().find(|class| class.name == name && class.category == "Audio Module Class");
    let class = class.unwrap_or_else(|| panic!("no `{name}` in {:?}", report.classes));
    let mut host = Vst3Host::builder().sample_rate(SAMPLE_RATE_HZ).block_size(MAX_FRAMES).build().unwrap();
    host.load_plugin_class(&path, &class.class_id).unwrap()
}

fn set_all_buses(plugin: &mut Plugin, active: bool) {
    let layout = plugin.audio_bus_layout().unwrap();
    for (direction, n_buses) in
        [(BusDirection::Input, layout.inputs.len()), (BusDirection::Output, layout.outputs.len())]
    {
        for bus in 0..n_buses {
            set_bus(plugin, direction, bus, active);
        }
    }
}

fn set_bus(plugin: &mut Plugin, direction: BusDirection, bus: usize, active: bool) {
    plugin.set_bus_active(MediaType::Audio, direction, bus as i32, active).unwrap();
}

/// A processing instance with all buses active, with these parameters by their values of 0 to 1.
fn processing(n_strips: usize, settings: &[(String, f64)]) -> Plugin {
    let mut plugin = load(n_strips);
    set_all_buses(&mut plugin, true);
    plugin.start_processing().unwrap();
    apply(&mut plugin, settings);
    plugin
}

/// Sets parameters as a host does, and lets them settle in silence.
fn apply(plugin: &mut Plugin, settings: &[(String, f64)]) {
    if settings.is_empty() {
        return;
    }
    for (id, value) in settings {
        plugin.set_parameter(param_id_from_str(id), *value).unwrap();
    }
    run(plugin, &Vec::new(), &[SETTLING_FRAMES]);
}

/// Runs `input` through the buses in blocks of these lengths and returns the sound of all outputs; missing buses are
/// fed silence.
fn run(plugin: &mut Plugin, input: &Sound, blocks: &[usize]) -> Sound {
    run_with(plugin, input, blocks, &[])
}

/// The same with parameter events `(sample, id, value)`, whose samples count from the start of the sound.
fn run_with(plugin: &mut Plugin, input: &Sound, blocks: &[usize], events: &[(usize, String, f64)]) -> Sound {
    let mut output: Sound = Vec::new();
    let mut start = 0;
    for &block in blocks {
        let mut buffers: BusAudioBuffers = plugin.create_bus_audio_buffers(block).unwrap();
        for (bus, sides) in buffers.inputs.iter_mut().zip(input) {
            for (channel, samples) in bus.channels.iter_mut().zip(sides) {
                channel.copy_from_slice(&samples[start..start + block]);
            }
        }
        for (sample, id, value) in events {
            if (start..start + block).contains(sample) {
                plugin.set_parameter_at(param_id_from_str(id), *value, (sample - start) as i32).unwrap();
            }
        }
        // What an output held before must not shine through.
        for channel in buffers.outputs.iter_mut().flat_map(|bus| &mut bus.channels) {
            channel.fill(9.0);
        }
        plugin.process_bus_audio(&mut buffers).unwrap();
        output.resize(buffers.outputs.len(), Default::default());
        for (sides, bus) in output.iter_mut().zip(&buffers.outputs) {
            for (samples, channel) in sides.iter_mut().zip(&bus.channels) {
                samples.extend_from_slice(channel);
            }
        }
        start += block;
    }
    output
}

fn silence(n_frames: usize) -> [Vec<f32>; 2] {
    [vec![0.0; n_frames], vec![0.0; n_frames]]
}

fn on(id: String) -> (String, f64) {
    (id, 1.0)
}

fn off(id: String) -> (String, f64) {
    (id, 0.0)
}

/// Something everywhere: faders, pans, sends, groups.
fn busy_settings(n_strips: usize) -> Vec<(String, f64)> {
    let mut random = fastrand::Rng::with_seed(n_strips as u64);
    let mut settings = Vec::new();
    for strip in 1..=n_strips {
        for id in ["fader", "pan", "width", "trim", "m_level"] {
            settings.push((format!("s{strip:02}_{id}"), random.f64()));
        }
        let group = OUTPUT_LETTERS[random.usize(1..N_OUTPUTS)];
        settings.push(on(format!("s{strip:02}_{group}_on")));
    }
    settings.push(off("gb_to_master".to_owned()));
    settings.push(("m_fader".to_owned(), 0.5));
    settings
}

fn declares_its_buses(n_strips: usize) {
    let plugin = load(n_strips);
    let layout = plugin.audio_bus_layout().unwrap();
    assert_eq!((layout.inputs.len(), layout.outputs.len()), (n_strips, N_OUTPUTS));
    assert!(layout.inputs.iter().chain(&layout.outputs).all(|bus| bus.channel_count == 2));
    let arrangements = plugin.bus_arrangements().unwrap();
    let all = arrangements.inputs.iter().chain(&arrangements.outputs);
    assert!(all.into_iter().all(|arrangement| *arrangement == SpeakerArrangement::STEREO));
}

/// vst3-host tells the names of buses for the bundle's first class only.
#[test]
fn the_buses_of_the_first_size_have_names() {
    let report = vst3_host::discovery::get_detailed_plugin_info(&bundles::bundle("Busbar.vst3")).unwrap();
    assert_eq!(report.classes[0].name, "Busbar 8");
    let inputs: Vec<&str> = report.buses.audio_inputs.iter().map(|bus| bus.name.as_str()).collect();
    let expected: Vec<String> = (1..=8).map(|strip| format!("Strip {strip}")).collect();
    assert_eq!(inputs, expected);
    let outputs: Vec<&str> = report.buses.audio_outputs.iter().map(|bus| bus.name.as_str()).collect();
    assert_eq!(outputs, ["Master", "Group A", "Group B", "Group C", "Group D"]);
}

fn has_every_parameter_of_the_contract(n_strips: usize) {
    let plugin = load(n_strips);
    let params = plugin.get_parameters().unwrap();
    for id in all_param_ids(n_strips) {
        let hash = param_id_from_str(&id);
        let param = params.iter().find(|param| param.id == hash);
        let param = param.unwrap_or_else(|| panic!("no parameter `{id}`"));
        assert_eq!(param.value, param.default, "{id} starts at its default");
    }
    assert_eq!(plugin.format_parameter(param_id_from_str("s01_fader"), 0.0).unwrap(), "-inf dB");
    assert_eq!(plugin.format_parameter(param_id_from_str("s01_mute"), 1.0).unwrap(), "On");
}

fn hears_each_input_at_the_master_and_each_group_and_nowhere_else(n_strips: usize) {
    const N_FRAMES: usize = 100;
    let mut plugin = processing(n_strips, &[]);
    for (output_idx, letter) in OUTPUT_LETTERS.into_iter().enumerate() {
        let mut settings = Vec::new();
        for strip in 1..=n_strips {
            settings.extend(OUTPUT_LETTERS.map(|other| off(format!("s{strip:02}_{other}_on"))));
            settings.push(on(format!("s{strip:02}_{letter}_on")));
        }
        // A group is heard alone only where it does not go on to the master.
        settings.extend(['a', 'b', 'c', 'd'].map(|group| off(format!("g{group}_to_master"))));
        apply(&mut plugin, &settings);
        for strip_idx in 0..n_strips {
            let mut input: Sound = vec![silence(N_FRAMES); n_strips];
            input[strip_idx] = [noise(strip_idx as u64, N_FRAMES), noise(100 + strip_idx as u64, N_FRAMES)];
            let mut expected: Sound = vec![silence(N_FRAMES); N_OUTPUTS];
            expected[output_idx] = input[strip_idx].clone();
            let output = run(&mut plugin, &input, &[N_FRAMES]);
            assert_same_sound(&output, &expected, &format!("strip {} to {letter}", strip_idx + 1));
        }
    }
}

fn lets_one_strip_through_bit_for_bit(n_strips: usize) {
    let input: Sound = vec![[noise(1, 3000), noise(2, 3000)]];
    let output = run(&mut processing(n_strips, &[]), &input, &[3000]);
    assert_same_sound(&vec![output[0].clone()], &input, "master");
    for side in output[1..].iter().flatten() {
        assert_silent(side, "groups carry nothing at defaults");
    }
}

fn has_no_latency(n_strips: usize) {
    let mut plugin = processing(n_strips, &[]);
    assert_eq!(plugin.latency_samples(), 0);
    let mut input = vec![silence(1000), silence(1000)];
    input[1][0][123] = 1.0;
    let output = run(&mut plugin, &input, &[250; 4]);
    assert_eq!(output[0][0].iter().position(|sample| *sample != 0.0), Some(123));
}

/// The host knows this latency, and it is what is heard.
#[track_caller]
fn assert_latency(plugin: &mut Plugin, latency_samples: u32) {
    assert_eq!(plugin.latency_samples(), latency_samples);
    assert_delay(plugin, latency_samples);
}

/// An impulse on strip 2 leaves the master as it is, so many samples later.
#[track_caller]
fn assert_delay(plugin: &mut Plugin, latency_samples: u32) {
    let mut input = vec![silence(1000), silence(1000)];
    input[1][0][123] = 0.5;
    let output = run(plugin, &input, &random_blocks(latency_samples.into(), 1000, 300));
    let master = output[0][0].iter().copied().enumerate();
    let heard: Vec<(usize, f32)> = master.filter(|(_, sample)| *sample != 0.0).collect();
    assert_eq!(heard, [(123 + latency_samples as usize, 0.5)]);
}

fn asks_for_a_restart_when_the_lookahead_changes(n_strips: usize) {
    let mut plugin = processing(n_strips, &[]);
    let id = param_id_from_str("m_limiter_lookahead");
    let mut before = 0;
    for (lookahead, latency_samples) in LOOKAHEADS {
        plugin.take_restart_flags();
        let value = (0..4).map(|idx| f64::from(idx) / 3.0);
        let value =
            value.into_iter().find(|v| plugin.format_parameter(id, *v).unwrap() == lookahead).unwrap();
        plugin.set_parameter(id, value).unwrap();
        // Nothing changes before the host has granted it, which takes its time.
        assert_latency(&mut plugin, before);
        assert!(plugin.service_host_requests().unwrap().latency_changed(), "{lookahead}");
        assert_delay(&mut plugin, latency_samples);
        // This host asks for the latency between the two activations, where VST3 promises nothing; the framework reports the
        // new one from within the second.
        assert!(plugin.service_host_requests().unwrap().latency_changed(), "{lookahead}");
        assert_latency(&mut plugin, latency_samples);
        assert!(plugin.take_restart_flags().is_empty(), "{lookahead}: it comes to rest");
        before = latency_samples;
    }
    plugin.set_parameter(param_id_from_str("m_limiter_ceiling"), 0.5).unwrap();
    run(&mut plugin, &Vec::new(), &[64]);
    assert!(plugin.take_restart_flags().is_empty(), "another parameter of the limiter does not ask");
}

fn a_lookahead_in_a_state_asks_for_a_restart(n_strips: usize) {
    let donor = processing(n_strips, &[("m_limiter_lookahead".to_owned(), 1.0)]);
    let state = donor.save_state().unwrap();
    let mut playing = processing(n_strips, &[]);
    run(&mut playing, &Vec::new(), &[64]);
    playing.take_restart_flags();
    playing.load_state(&state).unwrap();
    assert!(playing.service_host_requests().unwrap().latency_changed());
    assert_delay(&mut playing, 249);
}

fn automation_lands_on_its_sample(n_strips: usize) {
    let n_frames = 3000;
    let mut input: Sound = vec![silence(n_frames); n_strips];
    input[n_strips - 1] = [vec![1.0; n_frames], vec![1.0; n_frames]];
    for sample in [0, 1, 31, 32, 33, 511, 512, 1000, 1777] {
        for (id, value, after) in [("polarity", 1.0, -1.0), ("fader", 0.0, 0.0), ("mute", 1.0, 0.0)] {
            for blocks in [vec![n_frames], random_blocks(sample as u64, n_frames, 600)] {
                let mut plugin = processing(n_strips, &[]);
                let event = (sample, format!("s{n_strips:02}_{id}"), value);
                let output = run_with(&mut plugin, &input, &blocks, &[event]);
                let what = format!("{id} at {sample} in {} blocks", blocks.len());
                assert_step_at(&output[0][0], sample, 1.0, after, &what);
            }
        }
    }
}

fn a_storm_of_automation_sounds_the_same_in_any_blocks(n_strips: usize) {
    const STORM_FRAMES: usize = 512;
    // vst3-host drops what exceeds 4096 changes at once, which 32 strips with 8 points each do.
    const MAX_CHANGES: usize = 4096;
    let mut ids = all_param_ids(n_strips);
    ids.retain(|id| id != "bypass" && id != "pan_law");
    let n_points = (MAX_CHANGES / ids.len()).min(8);
    let mut random = fastrand::Rng::with_seed(14);
    let mut events: Vec<(usize, String, f64)> = Vec::new();
    for id in &ids {
        for sample in random.choose_multiple(0..STORM_FRAMES, n_points) {
            events.push((sample, id.clone(), random.f64()));
        }
    }
    events.sort_by_key(|(sample, ..)| *sample);
    // The storm in one block, then what it leaves.
    let n_frames = STORM_FRAMES + SETTLING_FRAMES;
    let input = noise_on_ports(14, n_strips, n_frames);
    let render = |storm_blocks: &[usize]| {
        let blocks = [storm_blocks, &[SETTLING_FRAMES]].concat();
        run_with(&mut processing(n_strips, &[]), &input, &blocks, &events)
    };
    let expected = render(&[STORM_FRAMES]);
    assert!(expected.iter().flatten().flatten().all(|sample| sample.is_finite()));
    for (seed, max) in [(0, 7), (1, 64), (2, 300)] {
        let got = render(&random_blocks(seed, STORM_FRAMES, max));
        assert_same_sound(&got, &expected, &format!("a storm in blocks of up to {max}"));
    }
}

fn a_broken_state_is_refused_and_changes_nothing(n_strips: usize) {
    let mut plugin = processing(n_strips, &busy_settings(n_strips));
    let state = plugin.save_state().unwrap();
    let input = noise_on_ports(15, n_strips, 500);
    let expected = run(&mut plugin, &input, &[500]);
    // The half of what vst3-host saves fails in vst3-host already; the others reach the plugin.
    let cut_json = br#"{"version": "0.1.0", "params": {"s01_fader": {"f32": 0.1}, "s02_fa"#;
    for broken in [&b""[..], b"{", b"not a state", cut_json, &state[..state.len() / 2], &[0xff; 64]] {
        let what = format!("{} broken bytes", broken.len());
        assert!(plugin.load_state(broken).is_err(), "{what} are taken");
        assert_eq!(plugin.save_state().unwrap(), state, "after {what}");
        assert_same_sound(&run(&mut plugin, &input, &[500]), &expected, &what);
    }
}

fn a_state_has_what_was_set_before_any_block(n_strips: usize) {
    let mut plugin = processing(n_strips, &[]);
    let ids = ["s01_fader", "m_mono", "s02_mode"].map(param_id_from_str);
    for (id, value) in ids.into_iter().zip([0.5, 1.0, 1.0]) {
        plugin.set_parameter(id, value).unwrap();
    }
    let bytes = plugin.save_state().unwrap();
    let state = String::from_utf8_lossy(&bytes);
    for (id, text) in [("m_mono", "On"), ("s02_mode", "Mono")] {
        assert!(state.contains(&format!("\"{id}\": \"{text}\"")), "{id} is not {text}");
    }
    // Once a block has brought the values, the same bytes.
    let silence = noise_on_ports(1, n_strips, 64);
    run(&mut plugin, &silence, &[64]);
    assert!(plugin.save_state().unwrap() == bytes);
}

fn the_state_makes_a_round_trip_in_bytes_and_sound(n_strips: usize) {
    let mut first = processing(n_strips, &[]);
    let fresh = first.save_state().unwrap();
    apply(&mut first, &busy_settings(n_strips));
    let state = first.save_state().unwrap();
    assert_ne!(state, fresh);
    let mut second = load(n_strips);
    second.load_state(&state).unwrap();
    assert_eq!(second.save_state().unwrap(), state, "the same bytes");
    set_all_buses(&mut second, true);
    second.start_processing().unwrap();
    let input = noise_on_ports(5, n_strips, 2000);
    let expected = run(&mut first, &input, &[2000]);
    assert_same_sound(&run(&mut second, &input, &[2000]), &expected, "the same sound");
    for param in first.get_parameters().unwrap() {
        // By their texts, which the state is made of: the first instance's values lie between the steps of the texts.
        let value = second.get_parameter(param.id).unwrap();
        let text = |plugin: &Plugin, value| plugin.format_parameter(param.id, value).unwrap();
        assert_eq!(text(&second, value), text(&first, param.value), "{}", param.name);
    }
}

fn random_block_sizes_equal_one_block(n_strips: usize) {
    let n_frames = MAX_FRAMES;
    let settings = busy_settings(n_strips);
    let input = noise_on_ports(6, n_strips, n_frames);
    let events = [
        (100, "s01_fader".to_owned(), 0.3),
        (700, "s02_solo".to_owned(), 1.0),
        (701, "s03_pan".to_owned(), 0.9),
        (1500, "m_mono".to_owned(), 1.0),
        (2600, "s02_solo".to_owned(), 0.0),
    ];
    let render = |blocks: &[usize]| {
        let mut plugin = processing(n_strips, &settings);
        run_with(&mut plugin, &input, blocks, &events)
    };
    let expected = render(&[n_frames]);
    for (seed, max) in [(0, 7), (1, 64), (2, 511), (3, 2000)] {
        let blocks = random_blocks(seed, n_frames, max);
        assert_same_sound(&render(&blocks), &expected, &format!("blocks of up to {max}"));
    }
}

fn two_instances_do_not_disturb_each_other(n_strips: usize) {
    let settings = busy_settings(n_strips);
    let input = noise_on_ports(7, n_strips, 256);
    let mut alone = processing(n_strips, &settings);
    let expected: Vec<Sound> = (0..8).map(|_| run(&mut alone, &input, &[256])).collect();
    drop(alone);

    let mut first = processing(n_strips, &settings);
    let mut second = processing(n_strips, &[("m_fader".to_owned(), 0.0)]);
    for (block, expected) in expected.iter().enumerate() {
        second.set_parameter(param_id_from_str("s01_fader"), block as f64 / 8.0).unwrap();
        let other = run(&mut second, &input, &[256]);
        assert_silent(&other[0][0], "the second instance's master is down");
        assert_same_sound(&run(&mut first, &input, &[256]), expected, "beside another instance");
    }
}

fn bypass_is_the_sum_of_all_inputs(n_strips: usize) {
    let mut settings = busy_settings(n_strips);
    settings.push(on("bypass".to_owned()));
    let mut plugin = processing(n_strips, &settings);
    let input = noise_on_ports(8, n_strips, 500);
    let output = run(&mut plugin, &input, &[500]);
    for side in 0..2 {
        for frame in 0..500 {
            let expected: f64 = input.iter().map(|sides| f64::from(sides[side][frame])).sum();
            // A sum of n numbers of up to ½ in f32, in any order: n additions, each rounding by at most 2⁻²⁴ of up to n/2.
            let tolerance = (n_strips * n_strips) as f64 * 2f64.powi(-25);
            let error = (f64::from(output[0][side][frame]) - expected).abs();
            assert!(error <= tolerance, "side {side} frame {frame}: off by {error}");
        }
        for group in &output[1..] {
            assert_silent(&group[side], "groups are silent in bypass");
        }
    }
}

fn parameters_survive_other_rates_and_activations(n_strips: usize) {
    let mut plugin = processing(n_strips, &busy_settings(n_strips));
    let state = plugin.save_state().unwrap();
    let input = noise_on_ports(9, n_strips, 600);
    let expected = run(&mut plugin, &input, &[600]);
    for (sample_rate_hz, block) in
        [(44_100.0, 64), (192_000.0, 4096), (8_000.0, 16), (SAMPLE_RATE_HZ, MAX_FRAMES)]
    {
        plugin.stop_processing().unwrap();
        plugin.reconfigure(sample_rate_hz, block).unwrap();
        plugin.start_processing().unwrap();
        assert_eq!(plugin.save_state().unwrap(), state, "at {sample_rate_hz} Hz");
        run(&mut plugin, &Vec::new(), &[block]);
    }
    for _ in 0..5 {
        plugin.stop_processing().unwrap();
        plugin.start_processing().unwrap();
    }
    assert_eq!(plugin.save_state().unwrap(), state);
    assert_same_sound(&run(&mut plugin, &input, &[600]), &expected, "after other rates and activations");
}

/// Some changes of all kinds, as values of 0 to 1.
fn changes() -> Vec<(String, f64)> {
    [("s01_fader", 0.3), ("s02_polarity", 1.0), ("m_fader", 0.5), ("s03_mute", 1.0), ("s04_pan", 0.2)]
        .map(|(id, value)| (id.to_owned(), value))
        .to_vec()
}

/// vst3-host deactivates the component when it stops, and activates it when it starts.
fn a_restart_in_a_ramp_leaves_it_settled(n_strips: usize) {
    let input = noise_on_ports(12, n_strips, 1000);
    let expected = run(&mut processing(n_strips, &changes()), &input, &[1000]);
    let events: Vec<(usize, String, f64)> =
        changes().into_iter().map(|(id, value)| (50, id, value)).collect();
    for restarts in [false, true] {
        let mut plugin = processing(n_strips, &[]);
        run_with(&mut plugin, &input, &[50 + RAMP_SAMPLES / 2], &events);
        if restarts {
            plugin.stop_processing().unwrap();
            plugin.start_processing().unwrap();
            assert_same_sound(&run(&mut plugin, &input, &[1000]), &expected, "restarted in a ramp");
        } else {
            assert!(run(&mut plugin, &input, &[1000]) != expected, "without a restart the ramp goes on");
        }
    }
}

fn changes_while_stopped_take_effect(n_strips: usize) {
    let input = noise_on_ports(13, n_strips, 1000);
    let expected = run(&mut processing(n_strips, &changes()), &input, &[1000]);
    let mut plugin = processing(n_strips, &[]);
    run(&mut plugin, &input, &[500]);
    plugin.stop_processing().unwrap();
    for (id, value) in changes() {
        plugin.set_parameter(param_id_from_str(&id), value).unwrap();
    }
    plugin.start_processing().unwrap();
    assert_same_sound(&run(&mut plugin, &input, &[1000]), &expected, "changed while stopped");
}

fn inactive_buses_are_silence_and_harm_nobody(n_strips: usize) {
    let mut plugin = load(n_strips);
    set_all_buses(&mut plugin, true);
    // One in the middle, the last, and two of the groups.
    let inactive = [1, n_strips - 1];
    for bus in inactive {
        set_bus(&mut plugin, BusDirection::Input, bus, false);
    }
    set_bus(&mut plugin, BusDirection::Output, 1, false);
    set_bus(&mut plugin, BusDirection::Output, 4, false);
    plugin.start_processing().unwrap();
    for strip_idx in 0..n_strips {
        let mut input: Sound = vec![silence(200); n_strips];
        input[strip_idx] = [noise(1, 200), noise(2, 200)];
        let output = run(&mut plugin, &input, &[200]);
        if inactive.contains(&strip_idx) {
            assert_silent(&output[0][0], &format!("strip {} is inactive", strip_idx + 1));
        } else {
            assert_same_sound(&vec![output[0].clone()], &vec![input[strip_idx].clone()], "an active strip");
        }
    }
}

fn only_the_main_buses_active_is_enough(n_strips: usize) {
    let mut plugin = load(n_strips);
    set_all_buses(&mut plugin, false);
    set_bus(&mut plugin, BusDirection::Input, 0, true);
    set_bus(&mut plugin, BusDirection::Output, 0, true);
    plugin.start_processing().unwrap();
    let input: Sound = vec![[noise(1, 300), noise(2, 300)]];
    let output = run(&mut plugin, &input, &[100; 3]);
    assert_same_sound(&vec![output[0].clone()], &input, "master");
}

fn a_stereo_arrangement_is_heard(n_strips: usize) {
    let mut plugin = load(n_strips);
    plugin.set_bus_arrangements(&[SpeakerArrangement::STEREO], &[SpeakerArrangement::STEREO]).unwrap();
    set_all_buses(&mut plugin, true);
    plugin.start_processing().unwrap();
    let input: Sound = vec![[noise(1, 300), noise(2, 300)]];
    let output = run(&mut plugin, &input, &[100; 3]);
    assert_same_sound(&vec![output[0].clone()], &input, "master");
}

fn odd_arrangements_are_answered_and_harm_nobody(n_strips: usize) {
    const MONO: SpeakerArrangement = SpeakerArrangement::MONO;
    const STEREO: SpeakerArrangement = SpeakerArrangement::STEREO;
    const EMPTY: SpeakerArrangement = SpeakerArrangement::EMPTY;
    for (inputs, outputs) in [
        (vec![], vec![]),
        (vec![MONO], vec![MONO]),
        (vec![MONO; n_strips], vec![STEREO; N_OUTPUTS]),
        (vec![STEREO; n_strips], vec![STEREO, EMPTY, EMPTY, EMPTY, EMPTY]),
        (vec![STEREO; n_strips + 2], vec![STEREO; N_OUTPUTS + 2]),
        (vec![STEREO; 3], vec![STEREO; 2]),
    ] {
        let mut plugin = load(n_strips);
        // Declined or taken: either way the first input is heard at the master afterwards.
        let _ = plugin.set_bus_arrangements(&inputs, &outputs);
        set_all_buses(&mut plugin, true);
        plugin.start_processing().unwrap();
        let feed = noise(1, 300);
        let output = run(&mut plugin, &vec![[feed.clone(), feed.clone()]], &[300]);
        assert!(output[0][0] == feed, "{} inputs, {} outputs", inputs.len(), outputs.len());
    }
}

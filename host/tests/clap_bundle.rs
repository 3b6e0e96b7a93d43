//! The built `Busbar.clap` in clack-host, for each of its sizes. `render_bundle.rs` has `busbar-render` with it.

#[allow(dead_code, reason = "each test file takes its part")]
mod bundles;

use bundles::{
    LOOKAHEADS, N_OUTPUTS, OUTPUT_LETTERS, RAMP_SAMPLES, SAMPLE_RATE_HZ, Sound, all_param_ids,
    assert_same_sound, assert_silent, assert_step_at, noise, noise_on_ports, random_blocks,
};
use busbar_host::{Bundle, ParamEvent, Plugin, param_id_from_str};

/// The longest block that most tests use.
const MAX_FRAMES: usize = 4096;

/// One test per size: `clack_host_busbar_16::hears_each_input_…`.
macro_rules! for_each_size {
    ($($test:ident),* $(,)?) => {
        mod clack_host_busbar_8 { $( #[test] fn $test() { super::$test(8); } )* }
        mod clack_host_busbar_16 { $( #[test] fn $test() { super::$test(16); } )* }
        mod clack_host_busbar_32 { $( #[test] fn $test() { super::$test(32); } )* }
    };
}

for_each_size!(
    declares_its_ports,
    has_every_parameter_of_the_contract,
    reads_the_texts_that_people_type,
    hears_each_input_at_the_master_and_each_group_and_nowhere_else,
    lets_one_strip_through_bit_for_bit,
    has_no_latency,
    asks_for_a_restart_when_the_lookahead_changes,
    asks_for_a_restart_when_colour_quality_or_engine_rate_change,
    a_lookahead_in_a_state_counts_from_the_next_activation_on,
    automation_lands_on_its_sample,
    automation_of_every_parameter_in_one_block_stays_finite,
    the_state_makes_a_round_trip_in_bytes_and_sound,
    a_broken_state_changes_nothing,
    random_block_sizes_equal_one_block,
    two_instances_do_not_disturb_each_other,
    bypass_is_the_sum_of_all_inputs,
    parameters_survive_other_rates_and_activations,
    reset_leaves_no_stuck_ramp,
    a_pause_in_a_ramp_leaves_it_settled,
    changes_during_a_pause_take_effect,
    unreadable_values_are_answered_with_every_mode,
    fewer_connected_inputs_sound_like_silent_ones,
    a_mono_input_sounds_on_both_sides,
    ports_without_channels_are_silence,
    fewer_and_mono_outputs_leave_the_master_as_it_is,
    a_sample_that_is_no_number_stays_in_its_strip,
);

fn create(n_strips: usize) -> Plugin {
    let bundle = Bundle::load(bundles::bundle("Busbar.clap")).unwrap();
    bundle.instantiate(&format!("org.busbar.busbar-{n_strips}")).unwrap()
}

/// An active instance with these parameters, settled from the first sample on.
fn active(n_strips: usize, settings: &[(&str, &str)]) -> Plugin {
    let mut plugin = create(n_strips);
    set(&mut plugin, settings);
    activate(&mut plugin);
    plugin
}

fn activate(plugin: &mut Plugin) {
    plugin.activate(SAMPLE_RATE_HZ, MAX_FRAMES as u32).unwrap();
    plugin.service_requests().unwrap();
}

fn set(plugin: &mut Plugin, settings: &[(&str, &str)]) {
    for (id, text) in settings {
        plugin.set_param_by_text(id, text).unwrap();
    }
}

fn event(plugin: &mut Plugin, sample: u32, id: &str, text: &str) -> ParamEvent {
    let id = plugin.find_param(id).unwrap().id;
    ParamEvent { sample, id, value: plugin.text_to_value(id, text).unwrap() }
}

/// Runs `input` through the stereo ports in blocks of these lengths and returns all stereo outputs. The samples of the
/// events count from the start of the sound.
fn run(plugin: &mut Plugin, input: &Sound, blocks: &[usize], events: &[ParamEvent]) -> Sound {
    let mut output: Sound = vec![Default::default(); N_OUTPUTS];
    let mut start = 0;
    plugin.clear_inputs();
    for &block in blocks {
        for (port, sides) in input.iter().enumerate() {
            for (side, samples) in sides.iter().enumerate() {
                plugin.input_mut(port, side)[..block].copy_from_slice(&samples[start..start + block]);
            }
        }
        let here: Vec<ParamEvent> = events
            .iter()
            .filter(|event| (start..start + block).contains(&(event.sample as usize)))
            .map(|event| ParamEvent { sample: event.sample - start as u32, ..*event })
            .collect();
        plugin.process(block, &here).unwrap();
        for (port, sides) in output.iter_mut().enumerate() {
            for (side, samples) in sides.iter_mut().enumerate() {
                samples.extend_from_slice(&plugin.output(port, side)[..block]);
            }
        }
        start += block;
    }
    output
}

/// The master's sound of one block with these channels per port; whatever the ports, the first is the only one fed.
fn master_of(n_strips: usize, inputs: &[usize], outputs: &[usize], feed: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let mut plugin = create(n_strips);
    plugin.present_ports(inputs, outputs);
    activate(&mut plugin);
    for (channel, samples) in feed.iter().enumerate() {
        plugin.input_mut(0, channel)[..samples.len()].copy_from_slice(samples);
    }
    plugin.process(feed[0].len(), &[]).unwrap();
    (0..outputs[0]).map(|channel| plugin.output(0, channel)[..feed[0].len()].to_vec()).collect()
}

/// A session with something everywhere: levels, pans, widths, sends before and after faders, groups, a solo-safe strip.
fn busy_settings(n_strips: usize) -> Vec<(String, String)> {
    let mut random = fastrand::Rng::with_seed(n_strips as u64);
    let mut settings: Vec<(String, String)> = Vec::new();
    for strip in 1..=n_strips {
        let mut set = |id: &str, text: String| settings.push((format!("s{strip:02}_{id}"), text));
        set("trim", format!("{} dB", random.i32(-12..=6)));
        set("fader", format!("{} dB", random.i32(-30..=6)));
        set("pan", format!("{}{}", if random.bool() { "L" } else { "R" }, random.i32(1..=100)));
        set("width", format!("{} %", random.i32(0..=200)));
        set("polarity", if random.bool() { "On" } else { "Off" }.to_owned());
        set("mode", ["Stereo", "Swap", "Left", "Right", "Mono"][random.usize(0..5)].to_owned());
        let group = OUTPUT_LETTERS[random.usize(1..N_OUTPUTS)];
        set(&format!("{group}_on"), "On".to_owned());
        set(&format!("{group}_level"), format!("{} dB", random.i32(-20..=0)));
        set(&format!("{group}_pre"), if random.bool() { "On" } else { "Off" }.to_owned());
    }
    for (id, text) in
        [("ga_fader", "-3 dB"), ("gb_to_master", "Off"), ("gc_balance", "L20"), ("m_fader", "-9 dB")]
    {
        settings.push((id.to_owned(), text.to_owned()));
    }
    settings
}

fn borrowed(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    settings.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect()
}

fn declares_its_ports(n_strips: usize) {
    let plugin = create(n_strips);
    assert_eq!(plugin.description().name, format!("Busbar {n_strips}"));
    let names: Vec<&str> = plugin.inputs().iter().map(|port| port.name.as_str()).collect();
    let expected: Vec<String> = (1..=n_strips).map(|strip| format!("Strip {strip}")).collect();
    assert_eq!(names, expected);
    let names: Vec<&str> = plugin.outputs().iter().map(|port| port.name.as_str()).collect();
    assert_eq!(names, ["Master", "Group A", "Group B", "Group C", "Group D"]);
    for ports in [plugin.inputs(), plugin.outputs()] {
        assert!(ports.iter().all(|port| port.n_channels == 2));
        assert!(ports.iter().enumerate().all(|(idx, port)| port.is_main == (idx == 0)));
    }
}

fn has_every_parameter_of_the_contract(n_strips: usize) {
    let mut plugin = create(n_strips);
    for id in all_param_ids(n_strips) {
        let hash = param_id_from_str(&id);
        let param = plugin.params().iter().find(|param| param.id == hash);
        let param = param.unwrap_or_else(|| panic!("no parameter `{id}`")).clone();
        assert_eq!(plugin.value(hash).unwrap(), param.default, "{id} starts at its default");
        assert!(param.min < param.max && !param.name.is_empty(), "{param:?}");
    }
    // The program suggests ids with this list, which it learns from the state.
    let mut expected = all_param_ids(n_strips);
    expected.sort();
    let learnt: Vec<String> = plugin.string_ids().into_iter().map(|(id, _)| id).collect();
    let missing: Vec<&String> = expected.iter().filter(|id| !learnt.contains(id)).collect();
    assert!(missing.is_empty(), "the state does not name {missing:?}");
}

fn reads_the_texts_that_people_type(n_strips: usize) {
    let mut plugin = create(n_strips);
    for (id, typed, shown) in [
        ("s01_fader", "-6 dB", "-6 dB"),
        ("s01_fader", "-6", "-6 dB"),
        ("s01_fader", "-inf dB", "-inf dB"),
        ("s01_fader", "-inf", "-inf dB"),
        ("s01_pan", "L30", "L30"),
        ("s01_pan", "C", "C"),
        ("s01_pan", "R30", "R30"),
        ("s01_width", "50 %", "50 %"),
        ("s01_width", "50%", "50 %"),
        ("s01_mute", "On", "On"),
        ("s01_mute", "Off", "Off"),
    ] {
        let (param, text) = plugin.set_param_by_text(id, typed).unwrap();
        assert_eq!(text, shown, "{id} = {typed}");
        let value = plugin.value(param).unwrap();
        assert_eq!(plugin.value_to_text(param, value).unwrap(), shown, "{id} = {typed}, read back");
    }
    for (id, nonsense) in [("s01_fader", "loud"), ("s01_pan", "up"), ("s01_mute", "perhaps")] {
        assert!(plugin.set_param_by_text(id, nonsense).is_err(), "{id} = {nonsense}");
    }
}

fn hears_each_input_at_the_master_and_each_group_and_nowhere_else(n_strips: usize) {
    const N_FRAMES: usize = 100;
    for (output_idx, letter) in OUTPUT_LETTERS.into_iter().enumerate() {
        let mut plugin = create(n_strips);
        for strip in 1..=n_strips {
            set(&mut plugin, &[(&format!("s{strip:02}_m_on"), "Off")]);
            set(&mut plugin, &[(&format!("s{strip:02}_{letter}_on"), "On")]);
        }
        // A group is heard alone only where it does not go on to the master.
        for group in ['a', 'b', 'c', 'd'] {
            set(&mut plugin, &[(&format!("g{group}_to_master"), "Off")]);
        }
        activate(&mut plugin);
        for strip_idx in 0..n_strips {
            let mut input: Sound = vec![[vec![0.0; N_FRAMES], vec![0.0; N_FRAMES]]; n_strips];
            input[strip_idx] = [noise(strip_idx as u64, N_FRAMES), noise(100 + strip_idx as u64, N_FRAMES)];
            let mut expected: Sound = vec![[vec![0.0; N_FRAMES], vec![0.0; N_FRAMES]]; N_OUTPUTS];
            expected[output_idx] = input[strip_idx].clone();
            let output = run(&mut plugin, &input, &[N_FRAMES], &[]);
            assert_same_sound(&output, &expected, &format!("strip {} to {letter}", strip_idx + 1));
        }
    }
}

fn lets_one_strip_through_bit_for_bit(n_strips: usize) {
    let mut plugin = active(n_strips, &[]);
    let mut random = fastrand::Rng::with_seed(7);
    // Every normal magnitude up to far beyond full scale, both signs.
    let samples: Vec<f32> = std::iter::repeat_with(|| f32::from_bits(random.u32(..)))
        .filter(|sample| sample.is_normal() && sample.abs() < 1e6)
        .take(3000)
        .collect();
    let input: Sound = vec![[samples.clone(), samples.iter().rev().copied().collect()]];
    let output = run(&mut plugin, &input, &[3000], &[]);
    assert_same_sound(&vec![output[0].clone()], &input, "master");
    for group in &output[1..] {
        assert_silent(&group[0], "groups carry nothing at defaults");
        assert_silent(&group[1], "groups carry nothing at defaults");
    }
}

fn has_no_latency(n_strips: usize) {
    let mut plugin = active(n_strips, &[]);
    assert_eq!(plugin.latency_samples(), 0);
    let mut impulse = vec![0.0; 1000];
    impulse[123] = 1.0;
    let input: Sound = vec![[vec![0.0; 1000], vec![0.0; 1000]], [impulse.clone(), impulse]];
    let output = run(&mut plugin, &input, &[77; 12], &[]);
    assert_eq!(output[0][0].iter().position(|sample| *sample != 0.0), Some(123));
}

/// An impulse on strip 2 leaves the master and group A as it is, at exactly this latency.
#[track_caller]
fn assert_latency(plugin: &mut Plugin, latency_samples: u32) {
    assert_eq!(plugin.latency_samples(), latency_samples);
    let mut impulse = vec![0.0; 1000];
    impulse[123] = 0.5;
    let input: Sound = vec![[vec![0.0; 1000], vec![0.0; 1000]], [impulse.clone(), impulse]];
    let output = run(plugin, &input, &random_blocks(latency_samples.into(), 1000, 300), &[]);
    for (port, [left, _]) in output.iter().take(2).enumerate() {
        let heard: Vec<(usize, f32)> =
            left.iter().copied().enumerate().filter(|(_, sample)| *sample != 0.0).collect();
        assert_eq!(heard, [(123 + latency_samples as usize, 0.5)], "output {port}");
    }
}

fn asks_for_a_restart_when_the_lookahead_changes(n_strips: usize) {
    let mut plugin = active(n_strips, &[("s02_a_on", "On"), ("s02_m_on", "Off")]);
    let mut before = 0;
    for (lookahead, latency_samples) in LOOKAHEADS {
        plugin.take_requests();
        let event = event(&mut plugin, 70, "m_limiter_lookahead", lookahead);
        run(&mut plugin, &Vec::new(), &[64, 64, 64], &[event]);
        // Nothing changes before the host has granted it, which takes its time.
        assert_latency(&mut plugin, before);
        assert!(plugin.service_requests().unwrap().restart, "{lookahead}");
        assert_latency(&mut plugin, latency_samples);
        // The framework asks once more, to tell the host of the latency: CLAP allows that within an activation only.
        while plugin.take_requests().restart {
            plugin.deactivate();
            plugin.activate(SAMPLE_RATE_HZ, MAX_FRAMES as u32).unwrap();
        }
        assert_latency(&mut plugin, latency_samples);
        assert!(!plugin.take_requests().restart, "{lookahead}: it comes to rest");
        before = latency_samples;
    }
    let event = event(&mut plugin, 0, "m_limiter_ceiling", "-6 dB");
    run(&mut plugin, &Vec::new(), &[64], &[event]);
    assert!(!plugin.take_requests().restart, "another parameter of the limiter does not ask");
}

/// Changes a parameter that the latency depends on while sound plays, and grants the restart for which the plugin asks.
#[track_caller]
fn change_with_restart(plugin: &mut Plugin, id: &str, text: &str) {
    plugin.take_requests();
    let before = plugin.latency_samples();
    let event = event(plugin, 70, id, text);
    run(plugin, &Vec::new(), &[64, 64], &[event]);
    assert_eq!(
        plugin.latency_samples(),
        before,
        "{id} {text}: nothing changes before the host has granted it"
    );
    assert!(plugin.service_requests().unwrap().restart, "{id} {text}");
    while plugin.take_requests().restart {
        plugin.deactivate();
        plugin.activate(SAMPLE_RATE_HZ, MAX_FRAMES as u32).unwrap();
    }
}

fn asks_for_a_restart_when_colour_quality_or_engine_rate_change(n_strips: usize) {
    let mut plugin = active(n_strips, &[("s02_a_on", "On"), ("s02_m_on", "Off")]);
    // A strip's and a group's saturation, 64 samples each; both are off and pass every bit.
    for (quality, latency_samples) in [("4x", 128), ("2x", 128), ("1x", 0)] {
        change_with_restart(&mut plugin, "colour_quality", quality);
        assert_latency(&mut plugin, latency_samples);
    }
    let mut latencies = Vec::new();
    for (id, text) in [("engine_rate", "96 kHz"), ("resampling", "Quality"), ("engine_rate", "44.1 kHz")] {
        change_with_restart(&mut plugin, id, text);
        let latency = plugin.latency_samples() as usize;
        let n_frames = 1000 + 2 * latency;
        let mut impulse = vec![0.0; n_frames];
        impulse[123] = 0.5;
        let input: Sound = vec![[vec![0.0; n_frames], vec![0.0; n_frames]], [impulse.clone(), impulse]];
        let output = run(&mut plugin, &input, &random_blocks(latency as u64, n_frames, 300), &[]);
        for (port, [left, _]) in output.iter().take(2).enumerate() {
            let peak = (0..n_frames).max_by(|a, b| left[*a].abs().total_cmp(&left[*b].abs())).unwrap();
            // The peak of what was band-limited is within half a sample, so that its largest sample is one of two.
            assert!(left[peak].abs() > 0.2, "{id} {text}, output {port}");
            assert!(peak.abs_diff(123 + latency) <= 1, "{id} {text}, output {port}: {peak} beside {latency}");
        }
        latencies.push(latency);
    }
    assert!(latencies.iter().all(|latency| *latency > 0) && latencies[0] < latencies[1], "{latencies:?}");
    change_with_restart(&mut plugin, "engine_rate", "Host");
    assert_latency(&mut plugin, 0);
}

fn a_lookahead_in_a_state_counts_from_the_next_activation_on(n_strips: usize) {
    let mut donor = create(n_strips);
    set(&mut donor, &[("m_limiter_lookahead", "3 ms"), ("s02_a_on", "On"), ("s02_m_on", "Off")]);
    let state = donor.save_state().unwrap();
    let mut fresh = create(n_strips);
    fresh.load_state(&state).unwrap();
    fresh.activate(SAMPLE_RATE_HZ, MAX_FRAMES as u32).unwrap();
    assert_latency(&mut fresh, 153);

    let mut playing = active(n_strips, &[]);
    run(&mut playing, &Vec::new(), &[64], &[]);
    playing.take_requests();
    playing.load_state(&state).unwrap();
    assert!(playing.service_requests().unwrap().restart, "no block is needed to ask");
    assert_latency(&mut playing, 153);
}

fn automation_lands_on_its_sample(n_strips: usize) {
    let n_frames = 3000;
    let ones: Sound = vec![[vec![1.0; n_frames], vec![1.0; n_frames]]];
    let last = format!("s{n_strips:02}");
    for sample in [0, 1, 31, 32, 33, 511, 512, 1000, 1777] {
        for (id, text, after) in [("polarity", "On", -1.0), ("fader", "-inf dB", 0.0), ("mute", "On", 0.0)] {
            for blocks in [vec![n_frames], random_blocks(sample as u64, n_frames, 600)] {
                // The last strip, so that a mistake in counting strips shows.
                let mut plugin = active(n_strips, &[]);
                let event = event(&mut plugin, sample, &format!("{last}_{id}"), text);
                let silence = [vec![0.0; n_frames], vec![0.0; n_frames]];
                let mut input = vec![silence; n_strips - 1];
                input.extend(ones.clone());
                let output = run(&mut plugin, &input, &blocks, &[event]);
                let what = format!("{id} at {sample} in {} blocks", blocks.len());
                for side in &output[0] {
                    assert_step_at(side, sample as usize, 1.0, after, &what);
                }
            }
        }
    }
}

fn automation_of_every_parameter_in_one_block_stays_finite(n_strips: usize) {
    let mut plugin = active(n_strips, &[]);
    let params = plugin.params().to_vec();
    let mut random = fastrand::Rng::with_seed(3);
    let mut events: Vec<ParamEvent> = params
        .iter()
        .flat_map(|param| [param; 3])
        .map(|param| ParamEvent {
            sample: random.u32(0..2000),
            id: param.id,
            value: param.min + random.f64() * (param.max - param.min),
        })
        .collect();
    events.sort_by_key(|event| event.sample);
    assert!(events.len() > 500);
    let input = noise_on_ports(4, n_strips, 2000);
    let output = run(&mut plugin, &input, &[2000], &events);
    assert!(output.iter().flatten().flatten().all(|sample| sample.is_finite()));
}

fn the_state_makes_a_round_trip_in_bytes_and_sound(n_strips: usize) {
    let settings = busy_settings(n_strips);
    let mut first = create(n_strips);
    let fresh = first.save_state().unwrap();
    set(&mut first, &borrowed(&settings));
    let state = first.save_state().unwrap();
    assert_ne!(state, fresh);

    let mut second = create(n_strips);
    second.load_state(&state).unwrap();
    assert_eq!(second.save_state().unwrap(), state, "the same bytes");
    for param in first.params().to_vec() {
        assert_eq!(second.value(param.id).unwrap(), first.value(param.id).unwrap(), "{}", param.name);
    }
    activate(&mut first);
    activate(&mut second);
    let input = noise_on_ports(5, n_strips, 2000);
    let expected = run(&mut first, &input, &[2000], &[]);
    assert_same_sound(&run(&mut second, &input, &[2000], &[]), &expected, "the same sound");

    // Loaded while active, the sound may ramp; then it is the same.
    let mut third = active(n_strips, &[]);
    third.load_state(&state).unwrap();
    run(&mut third, &Vec::new(), &[2 * RAMP_SAMPLES], &[]);
    assert_eq!(third.save_state().unwrap(), state, "the same bytes when loaded active");
    assert_same_sound(&run(&mut third, &input, &[2000], &[]), &expected, "the same sound when loaded active");
}

fn a_broken_state_changes_nothing(n_strips: usize) {
    let mut plugin = active(n_strips, &[("s01_fader", "-12 dB"), ("ga_mute", "On")]);
    let state = plugin.save_state().unwrap();
    let mut cut = state.clone();
    cut.truncate(state.len() / 2);
    for broken in [&b""[..], b"{", b"not a state", &cut, &[0xff; 64]] {
        let error = plugin.load_state(broken).unwrap_err().to_string();
        assert!(error.contains("everything stays as it was"), "the plugin's own words: {error}");
        plugin.process(64, &[]).unwrap();
        assert_eq!(plugin.save_state().unwrap(), state, "after {} broken bytes", broken.len());
    }
}

fn random_block_sizes_equal_one_block(n_strips: usize) {
    let n_frames = MAX_FRAMES;
    let settings = busy_settings(n_strips);
    let input = noise_on_ports(6, n_strips, n_frames);
    let render = |blocks: &[usize]| {
        let mut plugin = active(n_strips, &borrowed(&settings));
        let events = [
            event(&mut plugin, 100, "s01_fader", "-20 dB"),
            event(&mut plugin, 700, "s02_solo", "On"),
            event(&mut plugin, 701, "s03_pan", "R80"),
            event(&mut plugin, 1500, "m_mono", "On"),
            event(&mut plugin, 2600, "s02_solo", "Off"),
        ];
        run(&mut plugin, &input, blocks, &events)
    };
    let expected = render(&[n_frames]);
    for seed in 0..3 {
        for max in [7, 64, 511, 2000] {
            let blocks = random_blocks(seed, n_frames, max);
            assert_same_sound(&render(&blocks), &expected, &format!("blocks of up to {max}, seed {seed}"));
        }
    }
    assert_same_sound(&render(&vec![1; n_frames]), &expected, "blocks of one");
}

fn two_instances_do_not_disturb_each_other(n_strips: usize) {
    let settings = busy_settings(n_strips);
    let input = noise_on_ports(7, n_strips, 2048);
    let alone = run(&mut active(n_strips, &borrowed(&settings)), &input, &[256; 8], &[]);

    let mut first = active(n_strips, &borrowed(&settings));
    let mut second = active(n_strips, &[("m_fader", "-inf dB")]);
    let mut together: Sound = vec![Default::default(); N_OUTPUTS];
    for block in 0..8 {
        let part: Sound = input
            .iter()
            .map(|sides| sides.each_ref().map(|s| s[block * 256..(block + 1) * 256].to_vec()))
            .collect();
        set(&mut second, &[("s01_fader", if block % 2 == 0 { "-6 dB" } else { "0 dB" })]);
        let other = run(&mut second, &part, &[256], &[]);
        assert_silent(&other[0][0], "the second instance's master is down");
        for (whole, part) in together.iter_mut().zip(run(&mut first, &part, &[256], &[])) {
            for (whole, part) in whole.iter_mut().zip(part) {
                whole.extend(part);
            }
        }
    }
    assert_same_sound(&together, &alone, "beside another instance");
}

fn bypass_is_the_sum_of_all_inputs(n_strips: usize) {
    let mut settings = busy_settings(n_strips);
    settings.push(("bypass".to_owned(), "On".to_owned()));
    let mut plugin = active(n_strips, &borrowed(&settings));
    let input = noise_on_ports(8, n_strips, 500);
    let output = run(&mut plugin, &input, &[500], &[]);
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
    let settings = busy_settings(n_strips);
    let mut plugin = active(n_strips, &borrowed(&settings));
    let state = plugin.save_state().unwrap();
    let input = noise_on_ports(9, n_strips, 600);
    let expected = run(&mut plugin, &input, &[600], &[]);
    for (sample_rate_hz, max_frames) in [(44_100.0, 64), (192_000.0, 4096), (8_000.0, 1), (48_000.0, 600)] {
        plugin.deactivate();
        plugin.activate(sample_rate_hz, max_frames).unwrap();
        assert_eq!(plugin.save_state().unwrap(), state, "at {sample_rate_hz} Hz");
        plugin.process(max_frames as usize, &[]).unwrap();
    }
    for _ in 0..5 {
        plugin.stop().unwrap();
        plugin.start().unwrap();
        plugin.deactivate();
        activate(&mut plugin);
    }
    assert_eq!(plugin.save_state().unwrap(), state);
    assert_same_sound(&run(&mut plugin, &input, &[600], &[]), &expected, "after other rates and activations");
}

fn reset_leaves_no_stuck_ramp(n_strips: usize) {
    let changes = [("s01_fader", "-6 dB"), ("s02_polarity", "On"), ("m_fader", "-3 dB"), ("s03_mute", "On")];
    let input = noise_on_ports(10, n_strips, 1000);
    let expected = run(&mut active(n_strips, &changes), &input, &[1000], &[]);

    let mut plugin = active(n_strips, &[]);
    let events: Vec<ParamEvent> = changes.iter().map(|(id, text)| event(&mut plugin, 50, id, text)).collect();
    // In the middle of the ramp.
    run(&mut plugin, &input, &[50 + RAMP_SAMPLES / 2], &events);
    plugin.reset().unwrap();
    assert_same_sound(&run(&mut plugin, &input, &[1000], &[]), &expected, "after a reset within a ramp");
}

type Step = fn(&mut Plugin);

/// What a host does between two stretches of sound.
const PAUSES: [(&str, Step, Step); 2] = [
    ("stopped and started", |plugin| plugin.stop().unwrap(), |plugin| plugin.start().unwrap()),
    ("deactivated and activated", Plugin::deactivate, activate),
];

const CHANGES: [(&str, &str); 5] = [
    ("s01_fader", "-6 dB"),
    ("s02_polarity", "On"),
    ("m_fader", "-3 dB"),
    ("s03_mute", "On"),
    ("s04_pan", "L30"),
];

fn a_pause_in_a_ramp_leaves_it_settled(n_strips: usize) {
    let input = noise_on_ports(12, n_strips, 1000);
    let expected = run(&mut active(n_strips, &CHANGES), &input, &[1000], &[]);
    let run_into_the_ramp = |plugin: &mut Plugin| {
        let events: Vec<ParamEvent> = CHANGES.iter().map(|(id, text)| event(plugin, 50, id, text)).collect();
        run(plugin, &input, &[50 + RAMP_SAMPLES / 2], &events);
    };
    let mut unpaused = active(n_strips, &[]);
    run_into_the_ramp(&mut unpaused);
    assert!(run(&mut unpaused, &input, &[1000], &[]) != expected, "without a pause the ramp goes on");
    for (what, pause, resume) in PAUSES {
        let mut plugin = active(n_strips, &[]);
        run_into_the_ramp(&mut plugin);
        pause(&mut plugin);
        resume(&mut plugin);
        assert_same_sound(&run(&mut plugin, &input, &[1000], &[]), &expected, what);
    }
}

fn changes_during_a_pause_take_effect(n_strips: usize) {
    let input = noise_on_ports(13, n_strips, 1000);
    let expected = run(&mut active(n_strips, &CHANGES), &input, &[1000], &[]);
    for (what, pause, resume) in PAUSES {
        let mut plugin = active(n_strips, &[]);
        run(&mut plugin, &input, &[500], &[]);
        pause(&mut plugin);
        set(&mut plugin, &CHANGES);
        resume(&mut plugin);
        assert_same_sound(&run(&mut plugin, &input, &[1000], &[]), &expected, what);
    }
}

fn unreadable_values_are_answered_with_every_mode(n_strips: usize) {
    let mut plugin = create(n_strips);
    let error = plugin.set_param_by_text("S01_MODE", "foo").unwrap_err().to_string();
    for mode in ["`Stereo`", "`Swap`", "`Left`", "`Right`", "`Mono`"] {
        assert!(error.contains(mode), "{error}");
    }
}

fn fewer_connected_inputs_sound_like_silent_ones(n_strips: usize) {
    let feed = vec![noise(1, 300), noise(2, 300)];
    for n_inputs in [1, 2, n_strips - 1, n_strips] {
        let heard = master_of(n_strips, &vec![2; n_inputs], &[2; N_OUTPUTS], &feed);
        assert!(heard == feed, "{n_inputs} inputs");
    }
}

fn a_mono_input_sounds_on_both_sides(n_strips: usize) {
    let feed = vec![noise(1, 300)];
    let mut inputs = vec![2; n_strips];
    inputs[0] = 1;
    let heard = master_of(n_strips, &inputs, &[2; N_OUTPUTS], &feed);
    assert!(heard == [feed[0].clone(), feed[0].clone()]);
}

fn ports_without_channels_are_silence(n_strips: usize) {
    let feed = vec![noise(1, 300), noise(2, 300)];
    let mut inputs = vec![0; n_strips];
    inputs[0] = 2;
    assert!(master_of(n_strips, &inputs, &[2; N_OUTPUTS], &feed) == feed, "inputs without channels");
    // As JUCE-based hosts offer them.
    let heard = master_of(n_strips, &vec![2; n_strips], &[2, 0, 0, 0, 0], &feed);
    assert!(heard == feed, "groups without channels");
    let heard = master_of(n_strips, &inputs, &[2, 0, 2, 0, 2], &feed);
    assert!(heard == feed, "inputs and groups without channels");
}

fn fewer_and_mono_outputs_leave_the_master_as_it_is(n_strips: usize) {
    let feed = vec![noise(1, 300), noise(2, 300)];
    for outputs in [&[2][..], &[2, 2], &[2, 1, 1, 1, 1], &[2, 2, 2, 2, 2, 2, 2]] {
        let heard = master_of(n_strips, &vec![2; n_strips], outputs, &feed);
        assert!(heard == feed, "outputs {outputs:?}");
    }
    let heard = master_of(n_strips, &vec![2; n_strips], &[1], &feed);
    assert!(heard[0] == feed[0], "a mono master has the left side");
    // More inputs than there are strips, and wider ones than stereo.
    let mut inputs = vec![2; n_strips + 3];
    inputs[0] = 6;
    assert!(master_of(n_strips, &inputs, &[2; N_OUTPUTS], &feed) == feed, "too many and too wide inputs");
}

fn a_sample_that_is_no_number_stays_in_its_strip(n_strips: usize) {
    let mut input = noise_on_ports(11, 2, 640);
    for side in &mut input[0] {
        side.fill(0.0);
    }
    let clean = run(&mut active(n_strips, &[]), &input, &[640], &[]);
    for poison in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        input[0][1][333] = poison;
        let output = run(&mut active(n_strips, &[]), &input, &[640], &[]);
        assert_same_sound(&output, &clean, &format!("{poison} in strip 1"));
    }
}

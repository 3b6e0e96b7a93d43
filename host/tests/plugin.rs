//! The library against the stand-in plugin, in process: ports, parameters, events, state, life.

#[allow(dead_code)]
mod stand_in;

use busbar_host::{Bundle, Error, ParamEvent, ParamFlags, Plugin, param_id_from_str};
use clack_host::prelude::PluginEntry;
use stand_in::{LATENCY_SAMPLES, MAX_GAIN, StandInEntry};

const LATENCY: usize = LATENCY_SAMPLES as usize;

fn bundle() -> Bundle {
    let entry = PluginEntry::load_from_clack::<StandInEntry>(c"stand-in.clap").unwrap();
    Bundle::from_entry(entry, "stand-in.clap")
}

fn plugin() -> Plugin {
    bundle().instantiate("org.busbar.busbar-8").unwrap()
}

/// An instance that is active and has had the restart it asks for.
fn active(max_frames: u32) -> Plugin {
    let mut plugin = plugin();
    activate(&mut plugin, max_frames);
    plugin
}

fn activate(plugin: &mut Plugin, max_frames: u32) {
    plugin.activate(48_000.0, max_frames).unwrap();
    plugin.service_requests().unwrap();
}

fn noise(seed: u64, n: usize) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..n).map(|_| random.f32() - 0.5).collect()
}

/// Runs `input` into strip 1 in blocks of these lengths, repeated, and returns the master's left side.
fn run(plugin: &mut Plugin, input: &[f32], blocks: &[usize], events: &[ParamEvent]) -> Vec<f32> {
    let (mut output, mut start) = (Vec::new(), 0);
    for &block in blocks.iter().cycle() {
        if start == input.len() {
            break;
        }
        let end = (start + block).min(input.len());
        plugin.input_mut(0, 0)[..end - start].copy_from_slice(&input[start..end]);
        let events: Vec<ParamEvent> = events
            .iter()
            .filter(|event| (start..end).contains(&(event.sample as usize)))
            .map(|event| ParamEvent { sample: event.sample - start as u32, ..*event })
            .collect();
        plugin.process(end - start, &events).unwrap();
        output.extend_from_slice(&plugin.output(0, 0)[..end - start]);
        start = end;
    }
    output
}

#[test]
fn a_bundle_lists_its_plugins() {
    let plugins: Vec<(String, String)> = bundle().plugins().into_iter().map(|p| (p.id, p.name)).collect();
    let expected = [("org.busbar.busbar-8", "Stand-in 8"), ("org.busbar.busbar-16", "Stand-in 16")];
    assert_eq!(plugins, expected.map(|(id, name)| (id.to_owned(), name.to_owned())));
}

#[test]
fn a_wrong_id_names_those_that_are_there() {
    let error = bundle().instantiate("org.busbar.busbar-32").err().unwrap().to_string();
    assert!(error.contains("org.busbar.busbar-32") && error.contains("`org.busbar.busbar-16`"), "{error}");
}

#[test]
fn ports_have_names_channels_and_a_main_one() {
    let plugin = plugin();
    let ports = |ports: &[busbar_host::Port]| {
        ports.iter().map(|port| (port.name.clone(), port.n_channels, port.is_main)).collect::<Vec<_>>()
    };
    let inputs = ports(plugin.inputs());
    assert_eq!(inputs.len(), 8);
    assert_eq!(inputs[0], ("Strip 1".to_owned(), 2, true));
    assert_eq!(inputs[7], ("Strip 8".to_owned(), 2, false));
    let outputs = ports(plugin.outputs());
    assert_eq!(outputs.len(), 5);
    assert_eq!(outputs[0], ("Master".to_owned(), 2, true));
    assert_eq!(outputs[4], ("Group D".to_owned(), 2, false));
}

#[test]
fn parameters_are_found_by_id_and_by_name() {
    let mut plugin = plugin();
    assert_eq!(plugin.params().len(), 9);
    let param = plugin.find_param("s03_fader").unwrap();
    assert_eq!(param.id, param_id_from_str("s03_fader"));
    assert_eq!((param.name.as_str(), param.module.as_str()), ("S03 Fader", "Strip 3"));
    assert_eq!((param.min, param.max, param.default), (0.0, 1.0, 0.25));
    assert!(param.flags.contains(ParamFlags::IS_AUTOMATABLE));
    for wanted in ["s03 fader", "S03_FADER", "S03_fader"] {
        assert_eq!(plugin.find_param(wanted).unwrap(), param, "{wanted}");
    }
}

#[test]
fn string_ids_are_learnt_from_the_state() {
    let mut expected = stand_in::param_ids(8);
    expected.sort();
    let ids: Vec<String> = plugin().string_ids().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, expected);
}

#[test]
fn an_unknown_parameter_gets_the_nearest_names() {
    match plugin().find_param("s1_fader") {
        Err(Error::UnknownParam { wanted, nearest }) => {
            assert_eq!(wanted, "s1_fader");
            assert_eq!(nearest.first().map(String::as_str), Some("s01_fader"));
        }
        other => panic!("{other:?}"),
    }
    for wanted in ["s09_fader", "S9 Fader", "s12_foo", "s100_fader"] {
        match plugin().find_param(wanted) {
            Err(Error::NoSuchStrip { wanted: named, n_strips: 8, .. }) => assert_eq!(named, wanted),
            other => panic!("{wanted}: {other:?}"),
        }
    }
    for wanted in ["s08_foo", "s00_fader", "s_fader"] {
        assert!(matches!(plugin().find_param(wanted), Err(Error::UnknownParam { .. })), "{wanted}");
    }
    assert!(plugin().value(12345).is_err());
    assert!(plugin().set_param(12345, 0.0).is_err());
}

#[test]
fn values_and_texts_convert_both_ways() {
    let mut plugin = plugin();
    let id = param_id_from_str("s01_fader");
    assert_eq!(plugin.value_to_text(id, 0.25).unwrap(), "0.0 dB");
    assert_eq!(plugin.value_to_text(id, 0.0).unwrap(), "-inf dB");
    let value = plugin.text_to_value(id, "-6 dB").unwrap();
    // Both sides compute the same formula in f64.
    assert!((value - 10f64.powf(-0.3) / MAX_GAIN).abs() < 1e-15);
    let error = plugin.set_param_by_text("s01_fader", "loud").unwrap_err().to_string();
    assert!(error.contains("`s01_fader` does not understand `loud`"), "{error}");
    assert!(error.contains("`-inf dB`, `0.0 dB`, `12.0 dB`"), "{error}");
    assert_eq!(plugin.set_param_by_text("S02 Fader", "-6 dB").unwrap().1, "-6.0 dB");
}

#[test]
fn parameters_are_set_inactive_and_active() {
    let mut plugin = plugin();
    let id = param_id_from_str("s02_fader");
    plugin.set_param(id, 0.5).unwrap();
    assert_eq!(plugin.value(id).unwrap(), 0.5);
    activate(&mut plugin, 64);
    plugin.set_param(id, 0.75).unwrap();
    assert_eq!(plugin.value(id).unwrap(), 0.75);
    plugin.process(64, &[]).unwrap();
    plugin.set_param(id, 0.125).unwrap();
    assert_eq!(plugin.value(id).unwrap(), 0.125);
    plugin.deactivate();
    assert_eq!(plugin.value(id).unwrap(), 0.125);
}

#[test]
fn every_input_and_output_port_is_connected() {
    let mut plugin = active(64);
    for strip_idx in 0..8 {
        for side in 0..2 {
            plugin.reset().unwrap();
            plugin.clear_inputs();
            plugin.input_mut(strip_idx, side)[0] = 0.5;
            plugin.process(64, &[]).unwrap();
            for bus in 0..5 {
                for out_side in 0..2 {
                    let heard = bus == 0 || (bus == 1 && strip_idx == 0);
                    let expected = if heard && side == out_side { 0.5 } else { 0.0 };
                    let output = plugin.output(bus, out_side);
                    assert_eq!(
                        output[LATENCY], expected,
                        "strip {strip_idx} bus {bus} side {side} {out_side}"
                    );
                    assert_eq!(output.iter().filter(|s| **s != 0.0).count(), usize::from(expected != 0.0));
                }
            }
        }
    }
}

#[test]
fn events_land_on_their_sample_in_any_block_size() {
    let id = param_id_from_str("s01_fader");
    let event = |sample: u32, gain: f64| ParamEvent { sample, id, value: gain / MAX_GAIN };
    let events = [event(0, 0.5), event(63, 2.0), event(64, 1.0), event(777, 0.0), event(778, 4.0)];
    let input = vec![1.0; 1000];
    let expected: Vec<f32> = (0..1000)
        .map(|frame: usize| match frame.checked_sub(LATENCY) {
            None => 0.0,
            Some(0..=62) => 0.5,
            Some(63) => 2.0,
            Some(777) => 0.0,
            Some(64..=776) => 1.0,
            Some(_) => 4.0,
        })
        .collect();
    for blocks in [&[1000][..], &[1], &[64], &[7, 511, 1, 3]] {
        assert_eq!(run(&mut active(1000), &input, blocks, &events), expected, "blocks {blocks:?}");
    }
}

#[test]
fn events_out_of_order_or_outside_the_block_are_refused() {
    let mut plugin = active(64);
    let event = |sample| ParamEvent { sample, id: param_id_from_str("s01_fader"), value: 0.0 };
    for events in [&[event(64)][..], &[event(5), event(4)]] {
        assert!(matches!(plugin.process(64, events), Err(Error::EventTime { .. })));
    }
    assert!(matches!(plugin.process(65, &[]), Err(Error::BlockTooLong { .. })));
    plugin.process(64, &[event(5), event(5)]).unwrap();
}

#[test]
fn latency_settles_with_the_restart_that_the_plugin_asks_for() {
    let mut plugin = plugin();
    plugin.activate(48_000.0, 64).unwrap();
    assert!(plugin.service_requests().unwrap().restart);
    assert!(plugin.is_active());
    assert_eq!(plugin.latency_samples(), LATENCY_SAMPLES);
    assert!(!plugin.service_requests().unwrap().restart);
}

#[test]
fn state_makes_a_round_trip() {
    let mut plugin = plugin();
    plugin.set_param_by_text("s04_fader", "-12.5 dB").unwrap();
    let state = plugin.save_state().unwrap();
    let mut other = self::plugin();
    assert_ne!(other.save_state().unwrap(), state);
    other.load_state(&state).unwrap();
    assert_eq!(other.save_state().unwrap(), state);
    let id = param_id_from_str("s04_fader");
    assert_eq!(other.value(id).unwrap(), plugin.value(id).unwrap());
    assert!(matches!(other.load_state(b"rubbish"), Err(Error::LoadState { .. })));
}

#[test]
fn steps_in_the_wrong_order_are_errors_and_not_crashes() {
    let mut plugin = plugin();
    assert!(matches!(plugin.process(1, &[]), Err(Error::Lifecycle(_))));
    assert!(matches!(plugin.start(), Err(Error::Lifecycle(_))));
    assert!(matches!(plugin.reset(), Err(Error::Lifecycle(_))));
    plugin.deactivate();
    assert!(matches!(plugin.activate(48_000.0, 0), Err(Error::Activate { .. })));
    assert!(matches!(plugin.activate(f64::NAN, 64), Err(Error::Activate { .. })));
    plugin.activate(48_000.0, 64).unwrap();
    assert!(matches!(plugin.activate(48_000.0, 64), Err(Error::Lifecycle(_))));
    plugin.stop().unwrap();
    plugin.start().unwrap();
    plugin.start().unwrap();
    plugin.process(0, &[]).unwrap();
}

#[test]
fn reset_and_a_new_activation_start_from_silence() {
    let mut plugin = active(256);
    let input = noise(1, 200);
    let first = run(&mut plugin, &input, &[256], &[]);
    plugin.reset().unwrap();
    assert_eq!(run(&mut plugin, &input, &[256], &[]), first);
    plugin.deactivate();
    activate(&mut plugin, 100);
    assert_eq!(run(&mut plugin, &input, &[100], &[]), first);
    assert!(first.iter().any(|sample| *sample != 0.0), "the run must be heard for this to mean anything");
}

#[test]
fn a_plugin_can_be_shown_fewer_and_odder_ports_than_it_declared() {
    for (inputs, outputs) in [(&[2][..], &[2][..]), (&[1, 0, 2], &[2, 0]), (&[2, 2, 2], &[1])] {
        let mut plugin = plugin();
        plugin.present_ports(inputs, outputs);
        activate(&mut plugin, 64);
        plugin.input_mut(0, 0)[0] = 0.25;
        plugin.process(64, &[]).unwrap();
        assert_eq!(plugin.output(0, 0)[LATENCY], 0.25, "{inputs:?} {outputs:?}");
    }
}

#[test]
fn a_plugin_that_fails_is_an_error() {
    let mut plugin = active(64);
    plugin.set_param(param_id_from_str(stand_in::FAIL), 1.0).unwrap();
    assert!(matches!(plugin.process(64, &[]), Err(Error::Process { .. })));
}

#[test]
fn instances_are_independent_and_outlive_their_bundle() {
    let bundle = bundle();
    let mut first = bundle.instantiate("org.busbar.busbar-8").unwrap();
    let mut second = bundle.instantiate("org.busbar.busbar-16").unwrap();
    drop(bundle);
    first.set_param_by_text("s01_fader", "-inf").unwrap();
    activate(&mut first, 128);
    activate(&mut second, 128);
    let input = noise(2, 128);
    assert!(run(&mut first, &input, &[128], &[]).iter().all(|sample| *sample == 0.0));
    let heard = run(&mut second, &input, &[128], &[]);
    assert_eq!(heard[LATENCY..], input[..128 - LATENCY]);
    drop(first);
    assert_eq!(run(&mut second, &[0.0; LATENCY], &[128], &[]), input[128 - LATENCY..]);
}

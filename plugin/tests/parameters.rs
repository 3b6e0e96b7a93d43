//! Values, texts and ranges as a host sees them.

use busbar::params::BusbarParams;
use busbar::params::spec::{STRIP, Value};
use busbar_engine::{
    Ballistics, BandShape, ColourQuality, Detector, FilterSlope, InputMode, KeySource, Lookahead, PanLaw,
    ResamplingMode, SaturationKind, Settings, StageOrder,
};
use nice_plug::params::InternalParamMut;
use nice_plug::prelude::{IntParam, Param, ParamFlags, ParamPtr, Params};

/// Calls `check` with every parameter of a new instance.
fn for_each_param(mut check: impl FnMut(&str, ParamPtr)) {
    let params = BusbarParams::new(8);
    let map = params.param_map();
    assert!(map.len() > 200, "the check must see parameters");
    for (id, pointer, _) in &map {
        check(id, *pointer);
    }
}

#[test]
fn every_default_survives_the_hosts_scale_exactly() {
    // A host that writes a default back through 0…1 must not move the sound by a bit.
    let params = BusbarParams::new(8);
    let mut settings = Settings::new(8);
    for (_, pointer, _) in params.param_map() {
        // SAFETY: `params` outlives its pointers.
        unsafe {
            let default = pointer.default_normalized_value();
            pointer._internal_set_normalized_value(default + if default > 0.5 { -0.3 } else { 0.3 });
        }
    }
    assert!(params.refresh(&mut settings));
    assert_ne!(settings, Settings::new(8), "the detour must have changed something");
    for (_, pointer, _) in params.param_map() {
        // SAFETY: as above.
        unsafe { pointer._internal_set_normalized_value(pointer.default_normalized_value()) };
    }
    assert!(params.refresh(&mut settings));
    assert_eq!(settings, Settings::new(8));
}

#[test]
fn every_text_names_the_value_it_came_from() {
    for_each_param(|id, param| {
        for step in 0..=40 {
            let normalized = step as f32 / 40.0;
            // SAFETY: `for_each_param` keeps the parameters alive.
            let (text, reread) = unsafe {
                let text = param.normalized_value_to_string(normalized, true);
                let value = param.string_to_normalized_value(&text);
                (text.clone(), value.map(|value| param.normalized_value_to_string(value, true)))
            };
            assert_eq!(reread.as_deref(), Some(text.as_str()), "{id} at {normalized}");
        }
    });
}

#[test]
fn texts_are_what_people_read() {
    let text = |id: &str, normalized: f32| {
        let mut text = None;
        for_each_param(|other, param| {
            if other == id {
                // SAFETY: `for_each_param` keeps the parameters alive.
                text = Some(unsafe { param.normalized_value_to_string(normalized, true) });
            }
        });
        text.unwrap_or_else(|| panic!("no parameter {id}"))
    };
    assert_eq!(text("s01_fader", 0.0), "-inf dB");
    assert_eq!(text("s01_fader", 1.0), "12 dB");
    assert_eq!(text("s01_pan", 0.0), "L100");
    assert_eq!(text("s01_pan", 0.5), "C");
    assert_eq!(text("s01_width", 0.5), "100 %");
    assert_eq!(text("s01_trim", 0.25), "-12 dB");
    assert_eq!(text("s01_mode", 1.0), "Mono");
    assert_eq!(text("s01_mute", 1.0), "On");
    assert_eq!(text("m_dim_level", 0.5), "-20 dB");
    assert_eq!(text("pan_law", 0.5), "Sine/Cosine -3 dB");
    assert_eq!(text("s01_hpf_freq", 0.0), "20 Hz");
    assert_eq!(text("s01_lpf_freq", 1.0), "20 kHz");
    assert_eq!(text("s01_hpf_slope", 1.0), "24 dB/oct");
    assert_eq!(text("s01_eq1_shape", 0.0), "Low Shelf");
    assert_eq!(text("s01_eq4_gain", 1.0), "18 dB");
    assert_eq!(text("ga_eq2_q", 0.0), "0.1");
    assert_eq!(text("s01_gate_hold", 1.0), "2 s");
    assert_eq!(text("s01_comp_ratio", 1.0), "inf:1");
    assert_eq!(text("s01_comp_ratio", 0.0), "1:1");
    assert_eq!(text("s01_comp_key", 1.0), "Strip 32");
    assert_eq!(text("m_limiter_lookahead", 1.0), "5 ms");
    assert_eq!(text("s01_sat_drive", 1.0), "36 dB");
    assert_eq!(text("ga_sat_kind", 1.0), "Tube");
    assert_eq!(text("ga_sat_mix", 0.5), "50 %");
    assert_eq!(text("m_console", 1.0), "On");
    assert_eq!(text("engine_rate", 0.0), "Host");
    assert_eq!(text("engine_rate", 1.0), "192 kHz");
    assert_eq!(text("resampling", 0.0), "Low latency");
    assert_eq!(text("colour_quality", 1.0), "4x");
    assert_eq!(text("meter_ballistics", 0.5), "PPM II");
    assert_eq!(text("meter_restart", 0.0), "Off");
}

#[test]
fn zero_db_stands_at_three_quarters_of_a_fader() {
    for_each_param(|id, param| {
        if id.ends_with("fader") || (id.ends_with("_level") && id != "m_dim_level") {
            // SAFETY: `for_each_param` keeps the parameters alive.
            let zero = unsafe { param.default_normalized_value() };
            assert!((zero - 0.753).abs() < 0.001, "{id}: {zero}");
        }
    });
}

#[test]
fn what_changes_latency_or_meaning_is_not_automatable() {
    for_each_param(|id, param| {
        // SAFETY: `for_each_param` keeps the parameters alive.
        let flags = unsafe { param.flags() };
        let ends = [
            "pan_law",
            "_mode",
            "_comp_key",
            "_order",
            "_lookahead",
            "engine_rate",
            "resampling",
            "colour_quality",
            "meter_ballistics",
            "meter_restart",
        ];
        let fixed = ends.iter().any(|end| id.ends_with(end));
        assert_eq!(flags.contains(ParamFlags::NON_AUTOMATABLE), fixed, "{id}");
        assert_eq!(flags.contains(ParamFlags::BYPASS), id == "bypass", "{id}");
    });
}

#[test]
fn a_change_reaches_the_snapshot_and_only_there() {
    let params = BusbarParams::new(8);
    let mut settings = Settings::new(8);
    params.refresh(&mut settings);
    assert!(!params.refresh(&mut settings), "nothing changed");
    // SAFETY: no host is there whose view of the value could go stale.
    unsafe { params.strips[4].fader._internal_set_plain_value(-6.0) };
    assert!(params.refresh(&mut settings));
    let mut expected = Settings::new(8);
    expected.strips[4].fader_db = -6.0;
    assert_eq!(settings, expected);
}

#[test]
fn every_parameter_moves_the_snapshot_by_itself() {
    let params = BusbarParams::new(8);
    let mut settings = Settings::new(8);
    params.refresh(&mut settings);
    for (id, pointer, _) in params.param_map() {
        let before = settings.clone();
        // SAFETY: `params` outlives its pointers.
        let changed = unsafe {
            let default = pointer.default_normalized_value();
            pointer._internal_set_normalized_value(if default > 0.5 { 0.0 } else { 1.0 })
        };
        assert!(changed, "{id}");
        assert!(params.refresh(&mut settings), "{id} marks nothing");
        assert_ne!(settings, before, "{id} is read by nobody");
    }
}

#[test]
fn the_engine_is_given_exactly_what_the_text_of_a_value_says() {
    // Otherwise a state, which stores texts, would sound another way than the knobs did when it was saved.
    let params = BusbarParams::new(8);
    let mut settings = Settings::new(8);
    let mut rng = fastrand::Rng::with_seed(9);
    let fader = &params.strips[0].fader;
    for _ in 0..20_000 {
        // SAFETY: no host is there whose view of the value could go stale.
        unsafe { fader._internal_set_normalized_value(rng.f32()) };
        params.refresh(&mut settings);
        let text = fader.to_string();
        let Some(Value::Number(named)) = STRIP[0].kind.parse(&text) else { panic!("{text}") };
        assert_eq!(settings.strips[0].fader_db.to_bits(), (named + 0.0).to_bits(), "{text}");
    }
}

#[test]
fn every_choice_of_a_stage_means_what_it_is_called() {
    let params = BusbarParams::new(8);
    let mut settings = Settings::new(8);
    let mut choose = |param: &IntParam, text: &str| {
        // SAFETY: no host is there whose view of the value could go stale.
        unsafe { param._internal_set_normalized_value(param.string_to_normalized_value(text).expect(text)) };
        params.refresh(&mut settings);
        (settings.strips[1], settings.master)
    };
    let strip = &params.strips[1];
    assert_eq!(choose(&strip.hpf.slope, "24 dB/oct").0.high_pass.slope, FilterSlope::Db24);
    assert_eq!(choose(&strip.lpf.slope, "24").0.low_pass.slope, FilterSlope::Db24);
    for (band_idx, band) in strip.eq.bands.iter().enumerate() {
        let outer = match band_idx {
            0 => Some(("Low Shelf", BandShape::LowShelf)),
            3 => Some(("High Shelf", BandShape::HighShelf)),
            _ => None,
        };
        for (text, shape) in [("Notch", BandShape::Notch), ("Bell", BandShape::Bell)].into_iter().chain(outer)
        {
            assert_eq!(choose(&band.shape, text).0.eq.bands[band_idx].shape, shape, "band {band_idx}");
        }
    }
    assert_eq!(choose(&strip.comp.detector, "rms").0.compressor.detector, Detector::Rms);
    assert_eq!(choose(&strip.comp_key, "Strip 1").0.key, KeySource::Strip(0));
    assert_eq!(choose(&strip.comp_key, "Strip 32").0.key, KeySource::Strip(31));
    assert_eq!(choose(&strip.comp_key, "own").0.key, KeySource::Own);
    assert_eq!(choose(&strip.order, "Compressor first").0.order, StageOrder::CompressorFirst);
    for (text, lookahead) in
        [("1.5 ms", Lookahead::Ms1_5), ("3 ms", Lookahead::Ms3), ("5 ms", Lookahead::Ms5)]
    {
        assert_eq!(choose(&params.master.limiter.lookahead, text).1.limiter.lookahead, lookahead);
    }
}

#[test]
fn every_choice_of_colour_rate_and_meters_means_what_it_is_called() {
    let params = BusbarParams::new(8);
    let mut settings = Settings::new(8);
    let mut choose = |param: &IntParam, text: &str| {
        // SAFETY: no host is there whose view of the value could go stale.
        unsafe { param._internal_set_normalized_value(param.string_to_normalized_value(text).expect(text)) };
        params.refresh(&mut settings);
        settings.clone()
    };
    for (text, kind) in [("tube", SaturationKind::Tube), ("Tape", SaturationKind::Tape)] {
        assert_eq!(choose(&params.strips[7].sat.kind, text).strips[7].saturation.kind, kind);
        assert_eq!(choose(&params.groups[3].sat.kind, text).groups[3].saturation.kind, kind);
    }
    for (text, hz) in [
        ("44.1", Some(44_100)),
        ("48 kHz", Some(48_000)),
        ("88.2 kHz", Some(88_200)),
        ("96", Some(96_000)),
        ("176.4 kHz", Some(176_400)),
        ("192 kHz", Some(192_000)),
        ("host", None),
    ] {
        assert_eq!(choose(&params.engine_rate, text).engine_rate.hz(), hz, "{text}");
    }
    for (text, mode) in [("Quality", ResamplingMode::Quality), ("low", ResamplingMode::LowLatency)] {
        assert_eq!(choose(&params.resampling, text).resampling, mode);
    }
    for (text, quality) in [("2x", ColourQuality::X2), ("4x", ColourQuality::X4), ("1", ColourQuality::X1)] {
        assert_eq!(choose(&params.colour_quality, text).colour_quality, quality);
    }
    for (text, ballistics) in [
        ("VU", Ballistics::Vu),
        ("PPM I", Ballistics::PpmI),
        ("ppm ii", Ballistics::PpmII),
        ("K-12", Ballistics::K12),
        ("k-14", Ballistics::K14),
        ("K-20", Ballistics::K20),
        ("Peak", Ballistics::Peak),
    ] {
        assert_eq!(choose(&params.meter_ballistics, text).meters.ballistics, ballistics);
    }
}

#[test]
fn the_largest_ratio_is_infinity() {
    let params = BusbarParams::new(8);
    let mut settings = Settings::new(8);
    let ratio = &params.strips[0].comp.ratio;
    for (text, value) in [("inf", f32::INFINITY), ("99:1", 99.0), ("1:1", 1.0)] {
        // SAFETY: no host is there whose view of the value could go stale.
        unsafe { ratio._internal_set_normalized_value(ratio.string_to_normalized_value(text).expect(text)) };
        params.refresh(&mut settings);
        assert_eq!(settings.strips[0].compressor.ratio, value);
    }
}

#[test]
fn every_choice_means_what_it_is_called() {
    let params = BusbarParams::new(8);
    let mut settings = Settings::new(8);
    let mut choose = |param: &IntParam, text: &str| {
        // SAFETY: no host is there whose view of the value could go stale.
        unsafe { param._internal_set_normalized_value(param.string_to_normalized_value(text).expect(text)) };
        params.refresh(&mut settings);
        (settings.strips[1].input_mode, settings.pan_law)
    };
    for (text, mode) in [
        ("Swap", InputMode::Swap),
        ("Left", InputMode::Left),
        ("Right", InputMode::Right),
        ("Mono", InputMode::Mono),
        ("Stereo", InputMode::Stereo),
    ] {
        assert_eq!(choose(&params.strips[1].mode, text).0, mode);
    }
    for (text, law) in [
        ("Linear", PanLaw::Linear),
        ("Compromise", PanLaw::Compromise),
        ("Square Root", PanLaw::SquareRoot),
        ("Balanced", PanLaw::Balanced),
        ("Sine", PanLaw::SineCosine),
    ] {
        assert_eq!(choose(&params.pan_law, text).1, law);
    }
}

//! The state document and the names, through both formats.

mod guard_support;

use guard_support::log::logged;
use guard_support::vst3_host::HostStream;
use guard_support::*;
use nice_plug::wrapper::vst3::vst3::ComWrapper;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;

fn document(gain: &str) -> Vec<u8> {
    let json = format!(r#"{{"version":"1","params":{{"gain":{{"f32":{gain}}}}},"fields":{{}}}}"#);
    [HEADER, json.as_bytes()].concat()
}

/// Sets a gain the way a host does.
fn set_gain(instance: &dyn Instance, gain: f32) {
    let mut block = Block::new(0, 0);
    block.gains = vec![(0, gain)];
    assert!(instance.process(&mut block));
    assert_eq!(instance.gain(), f64::from(gain));
}

#[test]
fn both_formats_store_the_same_document() {
    let (vst3, clap) = (Vst3Instance::<8>::new(), ClapInstance::<8>::new());
    assert!(vst3.activate(MAX_FRAMES) && clap.activate(MAX_FRAMES));
    for gain in [1.0, 0.25, 0.0] {
        set_gain(&vst3, gain);
        set_gain(&clap, gain);
        let document = vst3.save(usize::MAX).expect("saves");
        assert!(document.starts_with(HEADER), "there is nothing before the document");
        assert_eq!(Some(&document), clap.save(usize::MAX).as_ref());
    }
    vst3.deactivate();
    clap.deactivate();
}

#[test]
fn a_document_of_one_format_loads_in_the_other_through_any_stream() {
    in_both_formats_active::<8>(|from| {
        in_both_formats_active::<8>(|to| {
            for (gain, chunk) in [(0.5, usize::MAX), (0.25, 1), (0.75, 7), (0.125, 8192)] {
                set_gain(from, gain);
                let document = from.save(chunk).expect("saves");
                assert!(to.load(&document, chunk), "{} to {}", from.format(), to.format());
                assert_eq!(to.gain(), f64::from(gain), "{} to {}", from.format(), to.format());
                assert_eq!(to.save(3), Some(document));
            }
        });
    });
}

#[test]
fn a_document_longer_than_a_chunk_is_read_whole() {
    in_both_formats::<8>(|instance| {
        let mut long = document("0.5");
        long.splice(HEADER.len()..HEADER.len(), std::iter::repeat_n(b' ', 100_000));
        assert!(instance.load(&long, 4000), "{}", instance.format());
        assert_eq!(instance.gain(), 0.5);
    });
}

#[test]
fn a_broken_document_is_refused_and_nothing_changes() {
    in_both_formats_active::<8>(|instance| {
        set_gain(instance, 0.75);
        let before = instance.save(usize::MAX);
        let header_only = [HEADER, b"{\"version\"".as_slice()].concat();
        for broken in [b"".as_slice(), b"{}", b"panic", &header_only, &document("0.5")[1..]] {
            let lines = logged(|| assert!(!instance.load(broken, 64), "{}", instance.format()));
            let problem = instance.probe().link.state_problem().expect("a problem is shown");
            let errors = lines.iter().filter(|line| line.contains("state was not loaded"));
            assert_eq!(errors.filter(|line| line.contains(&problem)).count(), 1, "{lines:#?}");
            assert_eq!(instance.save(usize::MAX), before, "{}", instance.format());
            assert_eq!(instance.gain(), 0.75);
        }
        assert!(instance.load(&document("0.5"), 64));
        assert_eq!(instance.probe().link.state_problem(), None, "a good state clears it");
        assert_eq!(instance.gain(), 0.5);
        process_and_check_gain(instance, 0.5);
    });
}

fn process_and_check_gain(instance: &dyn Instance, gain: f32) {
    let mut block = Block::new(8, N_OUTPUTS);
    block.gain_before = gain;
    process_and_check(instance, &mut block, 8);
}

#[test]
fn a_state_beyond_all_measure_is_refused() {
    in_both_formats::<8>(|instance| {
        let mut endless = document("0.5");
        endless.resize((16 << 20) + 1, b' ');
        assert!(!instance.load(&endless, usize::MAX), "{}", instance.format());
        assert!(instance.probe().link.state_problem().is_some_and(|problem| problem.contains("longer")));
        assert_eq!(instance.gain(), 1.0);
        endless.pop();
        assert!(instance.load(&endless, usize::MAX), "{}", instance.format());
    });
}

#[test]
fn a_stream_that_takes_nothing_is_an_error() {
    in_both_formats::<8>(|instance| assert_eq!(instance.save(0), None, "{}", instance.format()));
}

#[test]
fn a_stream_that_lies_or_is_missing_is_refused() {
    let instance = Vst3Instance::<8>::new();
    for lie in [-1, i32::MIN, 1 << 20] {
        let stream = ComWrapper::new(HostStream::new(document("0.5"), 64));
        stream.lie.set(Some(lie));
        let pointer = stream.as_com_ref::<IBStream>().expect("its interface").as_ptr();
        // SAFETY: the stream outlives the call.
        assert_ne!(unsafe { instance.component.setState(pointer) }, kResultOk);
        assert_eq!(instance.gain(), 1.0);
    }
    // SAFETY: null is what this is about.
    unsafe {
        assert_ne!(instance.component.setState(std::ptr::null_mut()), kResultOk);
        assert_ne!(instance.component.getState(std::ptr::null_mut()), kResultOk);
    }
    assert!(instance.probe.link.state_problem().is_some());
}

#[test]
fn the_controller_half_of_a_vst3_state_changes_nothing() {
    let instance = Vst3Instance::<8>::new();
    for bytes in [document("0.5"), b"broken".to_vec()] {
        let stream = ComWrapper::new(HostStream::new(bytes, 64));
        let pointer = stream.as_com_ref::<IBStream>().expect("its interface").as_ptr();
        // SAFETY: the stream outlives the calls.
        unsafe {
            assert_eq!(instance.controller.setComponentState(pointer), kResultOk);
            assert_eq!(instance.controller.setState(pointer), kResultOk);
            assert_eq!(instance.controller.getState(pointer), kResultOk);
        }
        assert_eq!(instance.gain(), 1.0);
        assert_eq!(instance.probe.link.state_problem(), None);
    }
}

#[test]
fn ports_have_their_own_names() {
    in_both_formats::<8>(|instance| {
        assert_eq!(instance.port_name(true, 0).as_deref(), Some("Strip 1"), "{}", instance.format());
        assert_eq!(instance.port_name(true, 1).as_deref(), Some("Strip 2"));
        assert_eq!(instance.port_name(false, 0).as_deref(), Some("Master"));
        assert_eq!(instance.port_name(false, 1).as_deref(), Some("Group A"));
        assert_eq!(instance.port_name(true, 8), None);
        assert_eq!(instance.port_name(false, N_OUTPUTS), None);
        // The stereo layout names its input only.
        assert!(instance.select_stereo_layout(true));
        assert_eq!(instance.port_name(true, 0).as_deref(), Some("Strip 1"));
        assert_eq!(instance.port_name(false, 0).as_deref(), Some("Output"));
    });
    let instance = Vst3Instance::<8>::new();
    assert_eq!(instance.port_name(true, usize::MAX), None, "an index below 0");
}

#[test]
fn parameters_have_short_names_and_bounds() {
    let instance = Vst3Instance::<8>::new();
    let title = |idx: i32| instance.param_info(idx).map(|info| vst3_host::text(&info.title));
    let short = |idx: i32| instance.param_info(idx).map(|info| vst3_host::text(&info.shortTitle));
    assert_eq!((title(0).as_deref(), short(0).as_deref()), (Some("Gain"), Some("Gn")));
    assert_eq!((title(1).as_deref(), short(1).as_deref()), (Some("Unused"), Some("Unused")));
    in_both_formats::<8>(|instance| {
        assert_eq!(instance.n_params(), 2);
        for idx in [2, 3, -1, i64::from(i32::MAX)] {
            assert_eq!(instance.param_name(idx), None, "{} {idx}", instance.format());
        }
        assert_eq!(instance.param_name(1).as_deref(), Some("Unused"));
    });
}

/// As scripts do it in JUCE-based hosts: set, and save before there is another block.
#[test]
fn vst3_a_state_has_what_was_set_a_moment_before() {
    let (instance, other) = (Vst3Instance::<8>::new(), Vst3Instance::<8>::new());
    // SAFETY: plain calls.
    let set = |gain: f64| unsafe {
        assert_eq!(instance.controller.setParamNormalized(instance.param_id(0), gain), kResultOk);
        assert_eq!(instance.controller.getParamNormalized(instance.param_id(0)), gain);
    };
    let saved = || {
        let document = instance.save(usize::MAX).expect("saves");
        assert!(other.load(&document, usize::MAX));
        other.gain()
    };
    assert!(instance.activate(MAX_FRAMES));
    set_gain(&instance, 0.25);
    set(0.75);
    assert_eq!(saved(), 0.75, "on its way");
    // The host changed its mind, and its block says so.
    set_gain(&instance, 0.5);
    assert_eq!(saved(), 0.5, "what the block brought");
    set(0.75);
    assert!(instance.load(&document("0.125"), usize::MAX));
    assert_eq!(saved(), 0.125, "a state goes over edits");
    set(1.0);
    instance.deactivate();
    set(0.0);
    assert_eq!(saved(), 0.0, "the last one counts");
}

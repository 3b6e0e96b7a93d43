//! Creation, activation beside processing, identity and destruction. Both formats.

mod guard_support;

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use busbar::guard::HostLink;
use guard_support::log::logged;
use guard_support::vst3_host::component_handler;
use guard_support::vst3_host::{create, factory};
use guard_support::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComRef, ComWrapper, Interface};

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < Duration::from_secs(10), "waited in vain: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn an_activation_waits_for_the_process_call_that_is_under_way() {
    in_both_formats::<8>(|instance| {
        for active in [false, true] {
            assert!(instance.activate(MAX_FRAMES));
            instance.probe().hold.store(true, Ordering::SeqCst);
            let has_changed = AtomicBool::new(false);
            let (audio, main) = (Shared(instance), Shared(instance));
            std::thread::scope(|threads| {
                let playing = threads.spawn(|| {
                    let audio = &audio;
                    process_and_check(audio.0, &mut Block::new(8, N_OUTPUTS), 8);
                });
                wait_until("the block begins", || instance.probe().is_inside.load(Ordering::SeqCst));
                let changing = threads.spawn(|| {
                    let main = &main;
                    assert!(main.0.set_active(active));
                    has_changed.store(true, Ordering::SeqCst);
                });
                std::thread::sleep(Duration::from_millis(20));
                assert!(!has_changed.load(Ordering::SeqCst), "{}: did not wait", instance.format());
                // A second process call does not wait, and leaves silence.
                let mut block = Block::new(8, N_OUTPUTS);
                assert!(!instance.process(&mut block));
                assert_eq!(block.output_sample(0, 0, 0), 0.0);
                instance.probe().hold.store(false, Ordering::SeqCst);
                playing.join().expect("the block was played to its end");
                changing.join().expect("the change came through");
            });
            instance.set_active(false);
        }
    });
}

#[test]
fn a_process_call_during_an_activation_is_silent_and_says_nothing() {
    in_both_formats_active::<8>(|instance| {
        instance.probe().hold_activation.store(true, Ordering::SeqCst);
        let main = Shared(instance);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let main = &main;
                assert!(main.0.set_active(true));
            });
            wait_until("it activates", || instance.probe().is_activating.load(Ordering::SeqCst));
            let lines = logged(|| {
                let mut block = Block::new(8, N_OUTPUTS);
                assert!(!instance.process(&mut block));
                assert_eq!(block.output_sample(0, 0, 0), 0.0);
            });
            instance.probe().hold_activation.store(false, Ordering::SeqCst);
            assert!(lines.is_empty(), "{}: {lines:?}", instance.format());
        });
        process_and_check(instance, &mut Block::new(8, N_OUTPUTS), 8);
    });
}

#[test]
fn an_activation_gives_up_when_the_audio_thread_never_leaves() {
    in_both_formats_active::<8>(|instance| {
        let n_activations = instance.probe().n_activations.load(Ordering::SeqCst);
        instance.probe().hold.store(true, Ordering::SeqCst);
        let (audio, main) = (Shared(instance), Shared(instance));
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let audio = &audio;
                audio.0.process(&mut Block::new(8, N_OUTPUTS))
            });
            wait_until("the block begins", || instance.probe().is_inside.load(Ordering::SeqCst));
            let main = &main;
            assert!(!main.0.set_active(true), "{}", instance.format());
            instance.probe().hold.store(false, Ordering::SeqCst);
        });
        assert_eq!(instance.probe().n_activations.load(Ordering::SeqCst), n_activations);
        process_and_check(instance, &mut Block::new(8, N_OUTPUTS), 8);
    });
}

#[test]
fn activating_all_the_time_beside_processing_harms_nobody() {
    in_both_formats_active::<8>(|instance| {
        let is_over = AtomicBool::new(false);
        let n_played = AtomicUsize::new(0);
        let audio = Shared(instance);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let audio = &audio;
                while !is_over.load(Ordering::SeqCst) {
                    let mut block = Block::new(8, N_OUTPUTS);
                    let expected = mix(&block, 8, |_| 1.0);
                    let played = audio.0.process(&mut block);
                    n_played.fetch_add(played.into(), Ordering::SeqCst);
                    for (idx, output) in expected.iter().enumerate() {
                        let expected = if played { output[1][5] } else { 0.0 };
                        assert_eq!(block.output_sample(idx, 1, 5), expected);
                    }
                }
            });
            for idx in 0..300 {
                assert!(instance.set_active(idx % 3 != 0));
            }
            instance.set_active(true);
            let before = n_played.load(Ordering::SeqCst);
            wait_until("it plays again", || n_played.load(Ordering::SeqCst) > before + 3);
            is_over.store(true, Ordering::SeqCst);
        });
    });
}

#[test]
fn activating_again_and_again_with_other_maxima_keeps_playing() {
    in_both_formats::<8>(|instance| {
        for (round, max_frames) in [1, 64, 7, 33, 64].into_iter().enumerate() {
            assert!(instance.activate(max_frames));
            assert_eq!(instance.probe().n_activations.load(Ordering::SeqCst), round + 1);
            let mut block = Block::new(8, N_OUTPUTS);
            block.frames = max_frames;
            process_and_check(instance, &mut block, 8);
            instance.deactivate();
        }
    });
}

#[test]
fn two_instances_share_nothing() {
    in_both_formats_active::<8>(|first| {
        in_both_formats_active::<8>(|second| {
            assert!(!Arc::ptr_eq(&first.probe().link, &second.probe().link));
            process_and_check(first, &mut Block::new(3, N_OUTPUTS), 8);
            process_and_check(second, &mut Block::new(5, N_OUTPUTS), 8);
            assert_eq!((first.probe().link.connected(), second.probe().link.connected()), (0b111, 0b1_1111));
            assert!(!first.load(b"broken", 64));
            assert!(first.probe().link.state_problem().is_some());
            assert_eq!(second.probe().link.state_problem(), None);
            assert!(first.load(&first.save(64).expect("saves"), 64));
        });
    });
}

#[test]
fn a_wrapper_creates_one_plugin_and_the_guard_claims_its_link() {
    in_both_formats_active::<8>(|instance| {
        let before = n_created();
        in_both_formats_active::<8>(|other| {
            process_and_check(other, &mut Block::new(2, 1), 8);
            assert_eq!(other.probe().link.connected(), 0b11);
        });
        assert_eq!(n_created(), before + 2, "{}", instance.format());
    });
}

#[test]
fn a_link_that_was_left_without_a_guard_is_not_claimed_by_the_next_instance() {
    // The plugin that is created keeps a foreign link and leaves none; a stray one lies in the slot.
    fn check(create: impl FnOnce() -> Box<dyn Instance>) {
        HostLink::create();
        FOREIGN_LINK.set(Some(HostLink::claim()));
        let stray = HostLink::create();
        let instance = create();
        assert!(instance.activate(MAX_FRAMES));
        process_and_check(&*instance, &mut Block::new(2, 1), 8);
        assert_eq!(stray.connected(), u64::MAX, "{}", instance.format());
        instance.deactivate();
    }
    check(|| Box::new(Vst3Instance::<8>::new()));
    check(|| Box::new(ClapInstance::<8>::new()));
}

#[test]
fn a_clap_plugin_is_gone_after_destroy() {
    let instance = ClapInstance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    let probe = Arc::clone(&instance.probe);
    assert!(!probe.is_dropped.load(Ordering::SeqCst));
    drop(instance);
    assert!(probe.is_dropped.load(Ordering::SeqCst));
    // The registry of the tests, the probe's own link; the guard's is gone with it.
    assert_eq!(Arc::strong_count(&probe.link), 1);
}

#[test]
fn a_vst3_object_is_one_and_goes_with_its_last_reference() {
    let instance = Vst3Instance::<8>::new();
    let probe = Arc::clone(&instance.probe);
    let identity =
        |object: Option<ComPtr<FUnknown>>| object.expect("every interface is an FUnknown").as_ptr();
    let component = identity(instance.component.cast());
    assert_eq!(component, identity(instance.processor.cast()));
    assert_eq!(component, identity(instance.controller.cast()));
    for interface in [
        instance.component.cast::<IMidiMapping>().map(|other| identity(other.cast())),
        instance.component.cast::<INoteExpressionController>().map(|other| identity(other.cast())),
        instance.component.cast::<IProcessContextRequirements>().map(|other| identity(other.cast())),
        instance.component.cast::<IUnitInfo>().map(|other| identity(other.cast())),
        instance.component.cast::<ChannelContext::IInfoListener>().map(|other| identity(other.cast())),
    ] {
        assert_eq!(interface, Some(component));
    }
    assert!(instance.component.cast::<IParameterChanges>().is_none());
    let survivor = instance.controller.clone();
    drop(instance);
    assert!(!probe.is_dropped.load(Ordering::SeqCst));
    drop(survivor);
    assert!(probe.is_dropped.load(Ordering::SeqCst));
    assert_eq!(Arc::strong_count(&probe.link), 1);
}

/// A host that, like Ardour, activates again when the plugin reports a latency from inside its activation.
struct RestartingHost {
    component: *mut IComponent,
    processor: *mut IAudioProcessor,
    n_restarts: AtomicU32,
    /// Only deactivates, and leaves it at that.
    deactivates: bool,
}

impl Class for RestartingHost {
    type Interfaces = (IComponentHandler,);
}

component_handler!(RestartingHost, |host, _flags| {
    host.n_restarts.fetch_add(1, Ordering::SeqCst);
    // SAFETY: the test keeps both alive.
    unsafe {
        let component = ComRef::from_raw(host.component).expect("not null");
        let processor = ComRef::from_raw(host.processor).expect("not null");
        assert_eq!(component.setActive(0), kResultOk);
        if !host.deactivates {
            assert_eq!(component.setActive(1), kResultOk);
            processor.setProcessing(1);
        }
    }
});

/// Activates with such a host and hands over to the test.
fn with_restarting_host(deactivates: bool, test: impl FnOnce(&Vst3Instance<8>)) {
    let instance = Vst3Instance::<8>::new();
    let host = ComWrapper::new(RestartingHost {
        component: instance.component.as_ptr(),
        processor: instance.processor.as_ptr(),
        n_restarts: AtomicU32::new(0),
        deactivates,
    });
    let handler = host.as_com_ref::<IComponentHandler>().expect("its interface").as_ptr();
    // SAFETY: the host outlives the instance's use of it.
    unsafe { instance.controller.setComponentHandler(handler) };
    instance.probe.latency.store(64, Ordering::SeqCst);
    assert!(instance.activate(MAX_FRAMES));
    assert_eq!(host.n_restarts.load(Ordering::SeqCst), 1);
    test(&instance);
    instance.deactivate();
    // SAFETY: as above.
    unsafe { instance.controller.setComponentHandler(ptr::null_mut()) };
}

#[test]
fn a_host_may_come_back_from_inside_an_activation() {
    with_restarting_host(false, |instance| {
        assert_eq!(instance.probe.n_activations.load(Ordering::SeqCst), 2);
        process_and_check(instance, &mut Block::new(8, N_OUTPUTS), 8);
    });
}

#[test]
fn a_deactivation_from_inside_an_activation_is_not_undone() {
    with_restarting_host(true, |instance| {
        assert!(!instance.process(&mut Block::new(8, N_OUTPUTS)));
    });
}

#[test]
fn the_vst3_factory_knows_its_classes_and_refuses_the_rest() {
    let factory = factory();
    // SAFETY: plain calls, with null where the test says so.
    unsafe {
        assert_eq!(factory.countClasses(), 2);
        let mut info: PClassInfo2 = std::mem::zeroed();
        assert_eq!(factory.getClassInfo2(1, &mut info), kResultOk);
        assert_eq!(clap_host::text(&info.name), "Guard Test");
        assert_eq!(clap_host::text(&info.vendor), "Busbar");
        let mut wide: PClassInfoW = std::mem::zeroed();
        assert_eq!(factory.getClassInfoUnicode(0, &mut wide), kResultOk);
        assert_eq!(vst3_host::text(&wide.name), "Guard Test");
        for idx in [-1, 2, i32::MAX] {
            assert_eq!(factory.getClassInfo2(idx, &mut info), kInvalidArgument);
        }
        assert_eq!(factory.getClassInfo2(0, ptr::null_mut()), kInvalidArgument);
        assert_eq!(factory.getFactoryInfo(ptr::null_mut()), kInvalidArgument);
        assert_eq!(factory.setHostContext(ptr::null_mut()), kResultOk);

        let mut object = ptr::dangling_mut();
        let (unknown, iid) = ([7; 16], IComponent::IID);
        assert_ne!(factory.createInstance(unknown.as_ptr(), iid.as_ptr().cast(), &mut object), kResultOk);
        assert!(object.is_null());
        assert_ne!(factory.createInstance(ptr::null(), iid.as_ptr().cast(), &mut object), kResultOk);
        let no_interface = [9; 16];
        assert_ne!(factory.createInstance(info.cid.as_ptr(), no_interface.as_ptr(), &mut object), kResultOk);
        assert!(object.is_null());
        assert!(newest_probe().is_dropped.load(Ordering::SeqCst), "an instance that nobody got is gone");
        assert_ne!(
            factory.createInstance(info.cid.as_ptr(), iid.as_ptr().cast(), ptr::null_mut()),
            kResultOk
        );
    }
    drop(create::<IEditController>(1));
    assert!(newest_probe().is_dropped.load(Ordering::SeqCst));
}

#[test]
fn the_clap_factory_knows_its_plugins_and_refuses_the_rest() {
    let factory = clap_host::factory();
    let instance = ClapInstance::<32>::new();
    let host = clap_host::host();
    // SAFETY: plain calls, with null where the test says so.
    unsafe {
        assert_eq!(factory.get_plugin_count.expect("a function")(factory), 2);
        let descriptor = factory.get_plugin_descriptor.expect("a function");
        assert!(descriptor(factory, 2).is_null());
        let descriptor = &*descriptor(factory, 1);
        assert_eq!(instance.functions().desc, ptr::from_ref(descriptor));
        let text = |text| std::ffi::CStr::from_ptr(text).to_str().expect("ASCII");
        assert_eq!(text(descriptor.id), "org.example.guard-32");
        assert_eq!((text(descriptor.name), text(descriptor.vendor)), ("Guard Test", "Busbar"));
        assert_eq!((text(descriptor.version), text(descriptor.url)), ("1.2.3", "https://example.org"));
        assert_eq!(text(descriptor.description), "A plugin to test the guard with");
        assert!(descriptor.manual_url.is_null() && descriptor.support_url.is_null());
        assert_eq!(
            (text(*descriptor.features), text(*descriptor.features.add(1))),
            ("audio-effect", "mixing")
        );
        assert!((*descriptor.features.add(2)).is_null());
        let create = factory.create_plugin.expect("a function");
        assert!(create(factory, &*host, c"org.example.nothing".as_ptr()).is_null());
        assert!(create(factory, &*host, ptr::null()).is_null());
        assert!(create(factory, ptr::null(), c"org.example.guard-8".as_ptr()).is_null());
        let get_factory = clap_host::ENTRY.get_factory.expect("a function");
        assert!(get_factory(c"something else".as_ptr()).is_null());
        assert!(get_factory(ptr::null()).is_null());
    }
}

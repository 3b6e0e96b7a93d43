//! Gain reductions by the CLAP extension `org.busbar.meters/1`.

mod guard_support;

use std::ptr;

use busbar::guard::{METERS_EXTENSION, PluginMeters};
use guard_support::*;
use nice_assert_no_alloc::assert_no_alloc;

/// Asks for so many figures.
fn take(instance: &ClapInstance<8>, capacity: usize) -> Vec<f32> {
    let meters: &PluginMeters = instance.extension(METERS_EXTENSION);
    let mut figures = vec![-1.0_f32; capacity];
    // SAFETY: the array has room.
    let n = assert_no_alloc(|| unsafe {
        meters.take.expect("a function")(instance.plugin, figures.as_mut_ptr(), capacity as u32)
    });
    assert_eq!(n as usize, N_FIGURES);
    figures
}

#[test]
fn the_largest_since_the_last_call_goes_to_the_host() {
    let instance = ClapInstance::<8>::new();
    let raise = |figures: [f32; N_FIGURES]| assert_no_alloc(|| instance.probe.link.meters().raise(figures));
    assert_eq!(take(&instance, N_FIGURES), [0.0; N_FIGURES]);
    raise([1.0, 0.5, 0.0]);
    raise([0.25, 3.0, 0.0]);
    assert_eq!(take(&instance, N_FIGURES), [1.0, 3.0, 0.0]);
    assert_eq!(take(&instance, N_FIGURES), [0.0; N_FIGURES], "taken");
}

#[test]
fn what_does_not_fit_stays_and_what_is_beyond_is_not_touched() {
    let instance = ClapInstance::<8>::new();
    instance.probe.link.meters().raise([1.0, 2.0, 3.0]);
    let meters: &PluginMeters = instance.extension(METERS_EXTENSION);
    let take_raw = meters.take.expect("a function");
    // SAFETY: null asks for the number only.
    assert_eq!(unsafe { take_raw(instance.plugin, ptr::null_mut(), 9) } as usize, N_FIGURES);
    // SAFETY: a null plugin has no figures.
    assert_eq!(unsafe { take_raw(ptr::null(), ptr::null_mut(), 9) }, 0);
    assert!(take(&instance, 0).is_empty());
    assert_eq!(take(&instance, 1), [1.0]);
    assert_eq!(take(&instance, 5), [0.0, 2.0, 3.0, -1.0, -1.0]);
}

#[test]
fn several_threads_lose_nothing() {
    let instance = ClapInstance::<8>::new();
    let meters = instance.probe.link.meters();
    let mut largest = 0.0_f32;
    std::thread::scope(|threads| {
        let audio = threads.spawn(|| (0..100_000).for_each(|n| meters.raise([n as f32, 1.0, 0.0])));
        while !audio.is_finished() {
            let mut figures = [0.0; N_FIGURES];
            meters.take(&mut figures);
            largest = largest.max(figures[0]);
        }
    });
    assert_eq!(largest.max(take(&instance, 1)[0]), 99_999.0);
}

//! Loudness and true peaks by the CLAP extension `org.busbar.meters/2`.

mod guard_support;

use std::ptr;
use std::sync::Arc;

use busbar::guard::{METERS_2_EXTENSION, METERS_EXTENSION, PluginMeters, PluginMeters2, Readings};
use guard_support::*;
use nice_assert_no_alloc::assert_no_alloc;

/// An instance whose meters read these.
fn instance(figures: &[f32]) -> (ClapInstance<8>, Arc<Readings>) {
    let instance = ClapInstance::<8>::new();
    let readings = Arc::new(Readings::new(figures.iter().copied()));
    instance.probe.link.set_readings(Arc::clone(&readings));
    (instance, readings)
}

fn read(instance: &ClapInstance<8>, capacity: usize) -> (u32, Vec<f32>) {
    let meters: &PluginMeters2 = instance.extension(METERS_2_EXTENSION);
    let read = meters.read_loudness.expect("a function");
    let mut figures = vec![-7.0_f32; capacity];
    // SAFETY: the array has room.
    let n = assert_no_alloc(|| unsafe { read(instance.plugin, figures.as_mut_ptr(), capacity as u32) });
    (n, figures)
}

#[test]
fn figures_go_to_the_host_and_stay() {
    let (instance, readings) = instance(&[f32::NEG_INFINITY, 0.0, 1.0]);
    readings.store(1, [-23.0]);
    for _ in 0..2 {
        assert_eq!(read(&instance, 3), (3, vec![f32::NEG_INFINITY, -23.0, 1.0]));
    }
    assert_eq!(read(&instance, 2), (3, vec![f32::NEG_INFINITY, -23.0]));
    assert_eq!(read(&instance, 5), (3, vec![f32::NEG_INFINITY, -23.0, 1.0, -7.0, -7.0]));
    let meters: &PluginMeters2 = instance.extension(METERS_2_EXTENSION);
    let read = meters.read_loudness.expect("a function");
    // SAFETY: null asks for the number only.
    assert_eq!(unsafe { read(instance.plugin, ptr::null_mut(), 9) }, 3);
    // SAFETY: a null plugin has no figures.
    assert_eq!(unsafe { read(ptr::null(), ptr::null_mut(), 9) }, 0);
}

#[test]
fn a_host_asks_for_a_restart() {
    let (instance, readings) = instance(&[0.0]);
    let meters: &PluginMeters2 = instance.extension(METERS_2_EXTENSION);
    let restart = meters.restart_loudness.expect("a function");
    assert!(!readings.take_restart());
    // SAFETY: the plugin is alive.
    assert_no_alloc(|| unsafe { restart(instance.plugin) });
    assert!(readings.take_restart());
    // SAFETY: a null plugin has nothing to restart.
    unsafe { restart(ptr::null()) };
    assert!(!readings.take_restart());
}

#[test]
fn both_versions_take_the_same_reductions() {
    let (instance, _) = instance(&[0.0]);
    let (first, second): (&PluginMeters, &PluginMeters2) =
        (instance.extension(METERS_EXTENSION), instance.extension(METERS_2_EXTENSION));
    for take in [first.take, second.take_reductions].map(|take| take.expect("a function")) {
        instance.probe.link.meters().raise([1.0, 2.0, 3.0]);
        let mut figures = [0.0; N_FIGURES];
        // SAFETY: the array has room.
        let n = unsafe { take(instance.plugin, figures.as_mut_ptr(), N_FIGURES as u32) };
        assert_eq!((n as usize, figures), (N_FIGURES, [1.0, 2.0, 3.0]));
    }
}

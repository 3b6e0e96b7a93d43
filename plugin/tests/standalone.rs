//! The program of its own, against a JACK server that plays to nobody, and without one.
//!
//! `cargo xtask run --check` starts the server and names it in `JACK_DEFAULT_SERVER`.
//! A client of the test plays a known sequence into strips and records master and group A.
#![cfg(target_os = "linux")]

mod standalone_support;

use jack::{AudioIn, AudioOut, Client, ClientOptions, Control, Port, PortFlags, ProcessScope};
use standalone_support::{Program, Server, finish, program, temporary_file, watch};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Length of the sequence; a power of two less one, so that values are exact and blocks never fall into step with it.
const N_CODES: usize = 8191;

/// Frames to judge by: at 256 frames a block, 78 blocks. Half of a second at 48 kHz.
const WANTED_FRAMES: usize = 20_000;

/// Blocks that a busy machine may lose meanwhile. A mixer that broke the sequence would break it in every block.
const MAX_GAPS: usize = 8;

/// Frames of silence that count as silence: one second could not hide a tone, a tenth would be a start-up.
const SILENT_FRAMES: usize = 20_000;

/// Left and right of the master, left and right of group A.
type Frame = [f32; 4];

/// The left channel of the sequence; the right one is half of it, inverted.
fn code(n: usize) -> f32 {
    (n % N_CODES + 1) as f32 / (N_CODES + 1) as f32
}

/// What JACK calls for every block.
type Process = Box<dyn FnMut(&Client, &ProcessScope) -> Control + Send>;

type Playing = jack::AsyncClient<(), jack::contrib::ClosureProcessHandler<(), Process>>;

/// The test's own client. One at a time: the length of the server's blocks is everybody's.
struct Bench {
    client: Playing,
    recorded: Arc<Mutex<Vec<Frame>>>,
    _turn: MutexGuard<'static, ()>,
}

impl Bench {
    fn new() -> Self {
        watch();
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(
            std::env::var_os("JACK_DEFAULT_SERVER").is_some(),
            "this test wants a server of its own: run `cargo xtask run --check`"
        );
        let (client, _) = Client::new("bench", ClientOptions::NO_START_SERVER).expect("the server runs");
        let mut outputs =
            ["play_l", "play_r"].map(|name| client.register_port(name, AudioOut::default()).expect("a port"));
        let inputs: [Port<AudioIn>; 4] = ["master_l", "master_r", "group_l", "group_r"]
            .map(|name| client.register_port(name, AudioIn::default()).expect("a port"));
        let recorded = Arc::new(Mutex::new(Vec::<Frame>::with_capacity(1 << 20)));
        let recording = Arc::clone(&recorded);
        let mut n = 0;
        let process: Process = Box::new(move |_, scope| {
            let [left, right] = outputs.each_mut().map(|port| port.as_mut_slice(scope));
            for (left, right) in left.iter_mut().zip(right) {
                *left = code(n);
                *right = -0.5 * code(n);
                n += 1;
            }
            let inputs = inputs.each_ref().map(|port| port.as_slice(scope));
            if let Ok(mut recording) = recording.try_lock() {
                recording.extend((0..inputs[0].len()).map(|i| inputs.map(|input| input[i])));
            }
            Control::Continue
        });
        let handler = jack::contrib::ClosureProcessHandler::new(process);
        let client = client.activate_async((), handler).expect("active");
        Self { client, recorded, _turn: turn }
    }

    fn jack(&self) -> &Client {
        self.client.as_client()
    }

    /// Starts the program as a client of this server, and returns once its ports are there.
    fn start(&self, name: &str, args: &[&str]) -> Program {
        let program = Program::start(program().args(["--backend", "jack", "--name", name]).args(args));
        let last = format!("{name}:group_d_r");
        wait_until("the program's ports", || self.jack().port_by_name(&last).is_some());
        for (from, to) in [("master", "master"), ("group_a", "group")] {
            self.connect(&format!("{name}:{from}"), &format!("bench:{to}"));
        }
        program
    }

    /// Connects both sides. A client's ports are there a moment before it is active.
    fn connect(&self, from: &str, to: &str) {
        for side in ["_l", "_r"] {
            let (from, to) = (format!("{from}{side}"), format!("{to}{side}"));
            wait_until("the connection", || self.jack().connect_ports_by_name(&from, &to).is_ok());
        }
    }

    fn disconnect(&self, from: &str, to: &str) {
        for side in ["_l", "_r"] {
            let (from, to) = (format!("{from}{side}"), format!("{to}{side}"));
            self.jack().disconnect_ports_by_name(&from, &to).expect("it was connected");
        }
    }

    /// What comes out from now on, without the blocks that were on their way.
    fn record(&self, n_frames: usize) -> Vec<Frame> {
        let settle = 4 * self.jack().buffer_size() as usize;
        let recorded = || self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        recorded().clear();
        wait_until("enough frames", || recorded().len() >= settle + n_frames);
        recorded()[settle..].to_vec()
    }
}

fn wait_until(what: &str, mut there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !there() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Checks that a stereo pair of the recording, from channel `from`, is the sequence at a gain, and exactly so at unity.
#[track_caller]
fn assert_sequence(frames: &[Frame], from: usize, gain: f32) {
    assert!(frames.len() >= WANTED_FRAMES);
    // Rounding of one multiplication each in the engine and here.
    let tolerance = if gain == 1.0 { 0.0 } else { 2e-7 };
    let (mut gaps, mut expected) = (0, None);
    for (at, frame) in frames.iter().enumerate() {
        let [left, right] = [frame[from], frame[from + 1]];
        let n = (f64::from(left) / f64::from(gain) * (N_CODES + 1) as f64).round() as usize;
        assert!((1..=N_CODES).contains(&n), "frame {at} of {left} is not of the sequence");
        let wanted = gain * code(n - 1);
        assert!((left - wanted).abs() <= tolerance, "left of frame {at}: {left} instead of {wanted}");
        assert!((right + 0.5 * wanted).abs() <= tolerance, "right of frame {at}: {right} beside {left}");
        gaps += usize::from(expected.is_some_and(|expected| expected != n));
        expected = Some(n % N_CODES + 1);
    }
    assert!(gaps <= MAX_GAPS, "the sequence was broken {gaps} times");
}

#[track_caller]
fn assert_silent(frames: &[Frame], from: usize) {
    assert!(frames.len() >= SILENT_FRAMES);
    assert!(frames.iter().all(|frame| frame[from..from + 2] == [0.0; 2]), "there is sound");
}

#[test]
fn every_size_has_ports_for_all_and_strips_reach_the_master_bit_for_bit() {
    let bench = Bench::new();
    for n_strips in [8, 16, 32] {
        let name = format!("size{n_strips}");
        let program = bench.start(&name, &["--size", &n_strips.to_string()]);
        let names = |flags| bench.jack().ports(Some(&format!("^{name}:")), None, flags);
        let pairs = |names: Vec<String>| -> Vec<String> {
            names.iter().flat_map(|pair| ["l", "r"].map(|side| format!("{name}:{pair}_{side}"))).collect()
        };
        let strips = (1..=n_strips).map(|number| format!("strip_{number:02}")).collect();
        assert_eq!(names(PortFlags::IS_INPUT), pairs(strips));
        let outputs = ["master", "group_a", "group_b", "group_c", "group_d"].map(str::to_owned);
        assert_eq!(names(PortFlags::IS_OUTPUT), pairs(outputs.into()));

        for strip in [1, 5, n_strips] {
            let port = format!("{name}:strip_{strip:02}");
            bench.connect("bench:play", &port);
            let frames = bench.record(WANTED_FRAMES);
            assert_sequence(&frames, 0, 1.0);
            assert_silent(&frames, 2);
            bench.disconnect("bench:play", &port);
        }
        assert_silent(&bench.record(SILENT_FRAMES), 0);
        program.stop("-INT");
    }
}

#[test]
fn a_value_that_is_set_is_heard() {
    let bench = Bench::new();
    let program = bench.start("set", &["--set", "s05_fader=-6 dB"]);
    bench.connect("bench:play", "set:strip_05");
    assert_sequence(&bench.record(WANTED_FRAMES), 0, 10_f32.powf(-6.0 / 20.0));
    bench.disconnect("bench:play", "set:strip_05");
    bench.connect("bench:play", "set:strip_06");
    assert_sequence(&bench.record(WANTED_FRAMES), 0, 1.0);
    program.stop("-INT");
}

#[test]
fn a_state_is_heard() {
    let state = temporary_file(
        "state.json",
        r#"{"format": 1, "plugin": "Busbar 16", "params": {"s12_m_on": "Off", "s12_a_on": "On", "ga_to_master": "Off"}}"#,
    );
    let bench = Bench::new();
    let program = bench.start("state", &["--state", state.path()]);
    bench.connect("bench:play", "state:strip_12");
    let frames = bench.record(WANTED_FRAMES);
    assert_sequence(&frames, 2, 1.0);
    assert_silent(&frames, 0);
    program.stop("-INT");
}

#[test]
fn the_servers_blocks_may_grow_and_shrink() {
    let bench = Bench::new();
    let program = bench.start("blocks", &[]);
    bench.connect("bench:play", "blocks:strip_01");
    let usual = bench.jack().buffer_size();
    for n_frames in [4096, 64, usual] {
        bench.jack().set_buffer_size(n_frames).expect("a length of blocks");
        assert_sequence(&bench.record(WANTED_FRAMES), 0, 1.0);
    }
    program.stop("-INT");
}

#[test]
fn the_master_is_connected_unless_told_and_a_second_program_is_told_apart() {
    let bench = Bench::new();
    let first = bench.start("twin", &[]);
    let second = Program::start(program().args(["--backend", "jack", "--name", "twin", "--no-connect"]));
    wait_until("the second program", || bench.jack().port_by_name("twin-01:master_l").is_some());
    wait_until("the first's connection", || {
        let port = bench.jack().port_by_name("twin:master_r").expect("a port");
        port.is_connected_to("system:playback_2").expect("an answer")
    });
    let line = second.first_line();
    assert!(line.contains("twin-01"), "{line}");
    assert!(bench.jack().port_by_name("twin-01:master_l").expect("a port").get_connections().is_empty());
    second.stop("-TERM");
    first.stop("-INT");
}

#[test]
fn the_end_of_the_server_is_told_and_ends_the_program() {
    let server = Server::start();
    let program =
        Program::start(program().args(["--backend", "jack"]).env("JACK_DEFAULT_SERVER", server.name()));
    let line = program.first_line();
    assert!(line.contains("44100 Hz"), "the server's rate, not ours: {line}");
    drop(server);
    let (code, errors) = program.wait();
    assert_eq!(
        (code, errors.as_str()),
        (Some(2), "busbar-standalone: the JACK server ended; start it, then Busbar again\n")
    );
}

#[test]
fn no_server_and_no_device_are_one_line_each() {
    let nowhere = || {
        let mut command = program();
        // A file without devices: on any machine, whatever sound cards it has.
        command.env("JACK_DEFAULT_SERVER", "busbar-has-no-such-server").env("ALSA_CONFIG_PATH", "/dev/null");
        command
    };
    let (code, errors) = finish(nowhere().args(["--backend", "jack"]));
    assert_eq!((code, errors.lines().count()), (Some(2), 1), "{errors}");
    assert!(errors.contains("no JACK server runs"), "{errors}");
    let (code, errors) = finish(nowhere().args(["--backend", "alsa"]));
    assert_eq!((code, errors.lines().count()), (Some(2), 1), "{errors}");
    assert!(errors.contains("--output"), "{errors}");
    // Both, where nothing is asked for.
    let (code, errors) = finish(&mut nowhere());
    assert_eq!((code, errors.lines().count()), (Some(2), 2), "{errors}");
}

#[test]
fn a_device_runs_and_stops() {
    // ALSA's own device that swallows everything.
    let config = temporary_file("asound.conf", "pcm.!default { type null }\nctl.!default { type null }\n");
    let mut command = program();
    command.args(["--backend", "device", "--size", "32"]).env("ALSA_CONFIG_PATH", config.path());
    let program = Program::start(&mut command);
    assert!(program.first_line().contains("sound device"));
    std::thread::sleep(Duration::from_millis(500));
    program.stop("-TERM");
}

#[test]
fn the_dummy_runs_and_stops() {
    for signal in ["-INT", "-TERM"] {
        let program = Program::start(program().args(["--backend", "dummy", "--size", "32"]));
        assert!(program.first_line().contains("Busbar 32"));
        std::thread::sleep(Duration::from_millis(300));
        program.stop(signal);
    }
}

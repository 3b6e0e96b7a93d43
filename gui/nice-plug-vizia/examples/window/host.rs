//! A host of a hundred lines: windows, parameters, and a main thread that the editor can call.

use std::error::Error;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use nice_plug::context::PluginApi;
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::editor::dpi::{NativeSize, Size};
use nice_plug::editor::{EditorHandle, HostCallbacks, HostMainThreadCaller, HostMethods, SpawnedEditor};
use nice_plug::prelude::{Editor, ParamPtr, Params, ParentWindowHandle, PluginState};
use nice_plug_vizia::ViziaHandle;
use nice_plug_vizia::prelude::{ViziaEditor, create_vizia_editor};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ConfigureWindowAux, ConnectionExt, CreateWindowAux, EventMask, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::page::{PageParams, THEME, build};

/// Opens this many editors and runs until their windows are closed.
pub fn run(n_windows: usize, refuse: bool) -> Result<(), Box<dyn Error>> {
    let (connection, screen) = x11rb::connect(None)?;
    let (sender, calls) = channel();
    let mut open = Vec::new();
    for idx in 0..n_windows {
        open.push(Opened::new(&connection, screen, idx, refuse, &sender)?);
    }
    while !open.is_empty() {
        pump(&connection, &calls, &mut open)?;
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

/// Opens and closes editors 50 times, and prints what the process holds.
pub fn reopen(n_windows: usize) -> Result<(), Box<dyn Error>> {
    let (connection, screen) = x11rb::connect(None)?;
    let (sender, calls) = channel();
    for round in 0..=50 {
        let mut open = Vec::new();
        for idx in 0..n_windows {
            open.push(Opened::new(&connection, screen, idx, false, &sender)?);
        }
        for _ in 0..20 {
            pump(&connection, &calls, &mut open)?;
            std::thread::sleep(Duration::from_millis(5));
        }
        let parents: Vec<_> = open.iter().map(|opened| opened.parent).collect();
        drop(open);
        for parent in parents {
            connection.destroy_window(parent)?;
        }
        connection.sync()?;
        // What ends by itself, as the threads of clipboards, has ended.
        std::thread::sleep(Duration::from_millis(20));
        if round % 10 == 0 {
            println!("after {round}: {}", held()?);
        }
    }
    Ok(())
}

/// Threads, descriptors and memory of this process.
fn held() -> Result<String, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.map_or("?", str::trim).to_owned()
    };
    let descriptors = std::fs::read_dir("/proc/self/fd")?.count();
    Ok(format!("{} threads, {descriptors} descriptors, {}", field("Threads:"), field("VmRSS:")))
}

/// What the editor asks of the main thread.
enum Call {
    Callbacks(usize),
    Resize(usize, u32, u32),
}

struct Opened {
    parent: Window,
    size: (u16, u16),
    spawned: SpawnedEditor<ViziaHandle>,
    // Outlives what it spawned, as in a plugin.
    _editor: ViziaEditor,
}

impl Opened {
    fn new(
        connection: &RustConnection,
        screen: usize,
        idx: usize,
        refuse: bool,
        sender: &Sender<Call>,
    ) -> Result<Self, Box<dyn Error>> {
        let params = Arc::new(PageParams::new());
        let page = Arc::clone(&params);
        let editor =
            create_vizia_editor(Arc::clone(&params.editor), Arc::clone(&params) as _, THEME, move |cx| {
                build(cx, &page)
            });
        let NativeSize { width, height } = editor.size();
        let size = (width as u16, height as u16);
        let screen = &connection.setup().roots[screen];
        let parent = connection.generate_id()?;
        let events = EventMask::STRUCTURE_NOTIFY
            | EventMask::KEY_PRESS
            | EventMask::KEY_RELEASE
            | EventMask::FOCUS_CHANGE;
        let at = 20 + 450 * idx as i16;
        connection.create_window(
            screen.root_depth,
            parent,
            screen.root,
            at,
            20,
            size.0,
            size.1,
            0,
            WindowClass::INPUT_OUTPUT,
            screen.root_visual,
            &CreateWindowAux::new().event_mask(events).background_pixel(screen.white_pixel),
        )?;
        connection.map_window(parent)?;
        connection.sync()?;
        let context = GuiContext::new(Arc::new(Gui { idx, params }));
        let methods = HostMethods {
            callbacks: Box::new(Callbacks { idx, refuse, sender: sender.clone() }),
            main_thread_caller: Box::new(MainThread { idx, sender: sender.clone() }),
        };
        let parent_handle = ParentWindowHandle::XlibWindow(parent.into());
        let start = std::time::Instant::now();
        let spawned = editor.spawn(Some(parent_handle), false, None, context, Some(methods))?;
        spawned.handle.show(&spawned.window)?;
        println!("{idx}: opened in {:.1} ms, parent {parent:#x}", start.elapsed().as_secs_f64() * 1e3);
        Ok(Self { parent, size, spawned, _editor: editor })
    }
}

fn pump(
    connection: &RustConnection,
    calls: &Receiver<Call>,
    open: &mut Vec<Opened>,
) -> Result<(), Box<dyn Error>> {
    for call in calls.try_iter() {
        match call {
            Call::Callbacks(idx) => {
                let Opened { spawned, .. } = &open[idx];
                spawned.handle.host_main_thread_callback(&spawned.window);
            }
            Call::Resize(idx, width, height) => {
                let opened = &mut open[idx];
                opened.size = (width as u16, height as u16);
                connection.configure_window(
                    opened.parent,
                    &ConfigureWindowAux::new().width(width).height(height),
                )?;
                connection.flush()?;
            }
        }
    }
    while let Some(event) = connection.poll_for_event()? {
        match event {
            Event::KeyPress(key) => println!("host: key {} down", key.detail),
            Event::KeyRelease(key) => println!("host: key {} up", key.detail),
            Event::ConfigureNotify(new) => {
                let size = (new.width, new.height);
                if let Some(opened) = open.iter_mut().find(|o| o.parent == new.window && o.size != size) {
                    opened.size = size;
                    let Opened { spawned, .. } = opened;
                    let size = NativeSize { width: size.0.into(), height: size.1.into() };
                    let size = spawned.handle.adjust_size(size, &spawned.window).unwrap_or(size);
                    println!("host: size {} x {}", size.width, size.height);
                    spawned.handle.set_size(size, &spawned.window)?;
                }
            }
            Event::DestroyNotify(gone) => open.retain(|o| o.parent != gone.window),
            _ => {}
        }
    }
    Ok(())
}

struct Callbacks {
    idx: usize,
    refuse: bool,
    sender: Sender<Call>,
}

impl HostCallbacks for Callbacks {
    fn request_resize(&mut self, size: Size, scale_factor: f64) -> Result<(), Box<dyn Error>> {
        let NativeSize { width, height } = NativeSize::<u32>::from_size(size, scale_factor);
        println!("{}: wants {width} x {height}{}", self.idx, if self.refuse { ", refused" } else { "" });
        if self.refuse {
            return Err("the host refuses".into());
        }
        self.sender.send(Call::Resize(self.idx, width, height))?;
        Ok(())
    }

    fn destroyed(&mut self) {
        println!("{}: gone", self.idx);
    }
}

struct MainThread {
    idx: usize,
    sender: Sender<Call>,
}

impl HostMainThreadCaller for MainThread {
    fn call_main_thread(&mut self) {
        let _ = self.sender.send(Call::Callbacks(self.idx));
    }
}

/// Puts values straight into the parameters.
struct Gui {
    idx: usize,
    params: Arc<PageParams>,
}

impl Gui {
    fn name(&self, param: ParamPtr) -> String {
        let map = self.params.param_map();
        map.into_iter().find(|(_, ptr, _)| *ptr == param).map_or_else(|| "?".into(), |(id, ..)| id)
    }
}

impl GuiContextInner for Gui {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Standalone
    }

    unsafe fn raw_begin_set_parameter(&self, param: ParamPtr) {
        println!("{}: begin {}", self.idx, self.name(param));
    }

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, value: f32) {
        // SAFETY: the caller's parameter is one of `params`.
        unsafe { param._internal_set_normalized_value(value) };
        println!("{}: set {} {value:.3}", self.idx, self.name(param));
    }

    unsafe fn raw_end_set_parameter(&self, param: ParamPtr) {
        println!("{}: end {}", self.idx, self.name(param));
    }

    fn get_state(&self) -> PluginState {
        PluginState {
            version: String::new(),
            params: Default::default(),
            fields: self.params.serialize_fields(),
        }
    }

    fn set_state(&self, state: PluginState) {
        self.params.deserialize_fields(&state.fields);
    }

    fn request_restart(&self) {}
}

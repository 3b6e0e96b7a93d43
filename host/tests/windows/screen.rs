//! The host's side of X11, without a C library: a server for a test, windows for editors, and what is on them.

use super::until;
use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use x11rb::CURRENT_TIME;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ConfigureWindowAux, ConnectionExt, CreateWindowAux, EventMask, ImageFormat, InputFocus, MapState, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// An X server that draws into memory. It ends with its last client, hence also when a test is killed.
pub struct Server {
    process: Child,
    display: String,
    // A client, so that the server stays until it is dropped.
    _connection: RustConnection,
}

impl Server {
    /// Starts one, on the first number that is free.
    pub fn start() -> Self {
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "2600x1500x24", "-nolisten", "tcp", "-terminate"]);
        server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = server.spawn().unwrap_or_else(|error| {
            panic!("no X server for the tests of windows ({error}): apt-get install xvfb xdotool")
        });
        let mut number = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb ended at once: start it by hand to see why");
        let display = format!(":{}", number.trim());
        let (connection, _) = x11rb::connect(Some(&display)).unwrap();
        Self { process, display, _connection: connection }
    }

    /// What `DISPLAY` must be for its clients.
    pub fn display(&self) -> &str {
        &self.display
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A rectangle in pixels, from the upper left corner of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

impl Area {
    pub fn centre(&self) -> (i32, i32) {
        (self.x + self.width as i32 / 2, self.y + self.height as i32 / 2)
    }
}

impl Area {
    /// A picture of this size as a file that anything can show.
    pub fn ppm(&self, picture: &[u32]) -> Vec<u8> {
        let mut file = format!("P6 {} {} 255\n", self.width, self.height).into_bytes();
        file.extend(picture.iter().flat_map(|pixel| pixel.to_be_bytes().into_iter().skip(1)));
        file
    }
}

/// A key that came to the host's window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HostKey {
    pub is_down: bool,
    pub keysym: u32,
}

/// The screen of this process.
pub struct Screen {
    connection: RustConnection,
    root: Window,
    depth: u8,
    keys: RefCell<Vec<(Window, HostKey)>>,
    keysyms: Vec<u32>,
    keysyms_per_code: usize,
}

impl Screen {
    /// The one that `DISPLAY` names.
    pub fn open() -> Self {
        let (connection, idx) = x11rb::connect(None).unwrap();
        let setup = connection.setup();
        let (root, depth) = (setup.roots[idx].root, setup.roots[idx].root_depth);
        let (first, n_codes) = (setup.min_keycode, setup.max_keycode - setup.min_keycode + 1);
        let map = connection.get_keyboard_mapping(first, n_codes).unwrap().reply().unwrap();
        let keysyms_per_code = usize::from(map.keysyms_per_keycode);
        // From key code 0 on, so that a code is an index.
        let keysyms = [vec![0; usize::from(first) * keysyms_per_code], map.keysyms].concat();
        Self { connection, root, depth, keys: RefCell::default(), keysyms, keysyms_per_code }
    }

    /// A window of the host, on the screen.
    pub fn window(&self, x: i16, y: i16, width: u32, height: u32) -> Window {
        let window = self.connection.generate_id().unwrap();
        let values = CreateWindowAux::new()
            .background_pixel(0)
            .event_mask(EventMask::KEY_PRESS | EventMask::KEY_RELEASE | EventMask::STRUCTURE_NOTIFY);
        self.connection
            .create_window(
                self.depth,
                window,
                self.root,
                x,
                y,
                width as u16,
                height as u16,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &values,
            )
            .unwrap()
            .check()
            .unwrap();
        self.connection.map_window(window).unwrap();
        until("the host's window is on the screen", || self.is_visible(window).then_some(()));
        window
    }

    /// Gives the keyboard to a window, as a window manager does when a window is clicked.
    pub fn focus(&self, window: Window) {
        self.connection.set_input_focus(InputFocus::PARENT, window, CURRENT_TIME).unwrap().check().unwrap();
    }

    /// The window that has the keyboard.
    pub fn focused(&self) -> Window {
        self.connection.get_input_focus().unwrap().reply().unwrap().focus
    }

    pub fn resize(&self, window: Window, width: u32, height: u32) {
        let values = ConfigureWindowAux::new().width(width).height(height);
        self.connection.configure_window(window, &values).unwrap().check().unwrap();
    }

    pub fn destroy(&self, window: Window) {
        self.connection.destroy_window(window).unwrap();
        self.connection.sync().unwrap();
    }

    /// The windows inside of a window.
    pub fn children(&self, window: Window) -> Vec<Window> {
        self.connection.query_tree(window).unwrap().reply().map(|tree| tree.children).unwrap_or_default()
    }

    /// Whether a window and all around it are mapped.
    pub fn is_visible(&self, window: Window) -> bool {
        let attributes = self.connection.get_window_attributes(window).unwrap().reply();
        attributes.is_ok_and(|attributes| attributes.map_state == MapState::VIEWABLE)
    }

    pub fn size(&self, window: Window) -> Option<(u32, u32)> {
        let geometry = self.connection.get_geometry(window).unwrap().reply().ok()?;
        Some((geometry.width.into(), geometry.height.into()))
    }

    /// Where a window is on the screen.
    pub fn place(&self, window: Window) -> (i32, i32) {
        let place = self.connection.translate_coordinates(window, self.root, 0, 0).unwrap().reply().unwrap();
        (place.dst_x.into(), place.dst_y.into())
    }

    /// The keys that came to a window of the host since the last call.
    pub fn take_keys(&self, window: Window) -> Vec<HostKey> {
        while let Some(event) = self.connection.poll_for_event().unwrap() {
            let (key, is_down) = match event {
                Event::KeyPress(key) => (key, true),
                Event::KeyRelease(key) => (key, false),
                _ => continue,
            };
            let keysym = self.keysyms[usize::from(key.detail) * self.keysyms_per_code];
            self.keys.borrow_mut().push((key.event, HostKey { is_down, keysym }));
        }
        let mut keys = self.keys.borrow_mut();
        let (own, others) = keys.drain(..).partition(|(of, _)| *of == window);
        *keys = others;
        let own: Vec<(Window, HostKey)> = own;
        own.into_iter().map(|(_, key)| key).collect()
    }

    /// What is on the screen in a part of a window, with what lies in the window: 0x00RRGGBB, row by row. Empty while that
    /// part is not on the screen.
    pub fn picture(&self, window: Window, area: Area) -> Vec<u32> {
        let Area { x, y, width, height } = area;
        let image = self.connection.get_image(
            ImageFormat::Z_PIXMAP,
            window,
            x as i16,
            y as i16,
            width as u16,
            height as u16,
            u32::MAX,
        );
        let Ok(image) = image.unwrap().reply() else { return Vec::new() };
        let pixel = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]);
        image.data.chunks_exact(4).map(pixel).collect()
    }
}

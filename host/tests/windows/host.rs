//! What a test of an editor needs of a host, whatever the format.

use super::screen::{Area, Screen};
use super::{until, wait};
use busbar_host::param_id_from_str;
use x11rb::protocol::xproto::Window;

/// The sound of a block, and hence how often the host looks at what the plugin says.
pub const BLOCK_FRAMES: usize = 512;

/// What is fed to both sides of the first strip. All others hear silence.
pub const FED: f32 = 0.25;

/// What the editor told the host about a parameter, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    Begin(u32),
    /// The normalized value.
    Set(u32, f64),
    End(u32),
}

/// An instance of the plugin in a host that makes it process all the time.
pub trait Host: Sized {
    /// How many descriptors the framework loses whenever an editor is opened.
    const LEAKED_DESCRIPTORS: usize;

    /// How much memory may be lost with them, in KiB, by a tenth more than was measured. Traced by heaptrack to the last block: each
    /// window's keymap (baseview 0.4.2, `XkbcommonState`, which nobody gives back; 55 KiB with the map of an X server of its own),
    /// and what a format adds.
    const LEAKED_KIB: i64;

    fn load(n_strips: usize) -> Self;

    /// Opens the editor in this window.
    fn open(&mut self, parent: Window);

    fn close(&mut self);

    /// What the editor says its size is.
    fn size(&mut self) -> (u32, u32);

    /// Gives the open editor another size; returns what it takes.
    fn resize(&mut self, width: u32, height: u32) -> (u32, u32);

    /// The size that the editor has asked for since the last call.
    fn take_wanted_size(&mut self) -> Option<(u32, u32)>;

    /// What falls to the main thread, and a block of sound.
    fn service(&mut self);

    /// The last sample of the master's left side.
    fn level(&self) -> f32;

    /// Automation: from the next block on the parameter has this normalized value.
    fn automate(&mut self, param: &str, normalized: f64);

    /// What the plugin answers to a host that asks for a parameter's normalized value.
    fn value(&mut self, param: &str) -> f64;

    /// What the editor told since the last call.
    fn take_edits(&mut self) -> Vec<Edit>;
}

/// An open editor in a window of its own.
pub struct Open<'a, H: Host> {
    pub host: H,
    pub screen: &'a Screen,
    pub window: Window,
    edits: Vec<Edit>,
}

impl<'a, H: Host> Open<'a, H> {
    /// A new instance with its editor, on the screen and drawn.
    pub fn new(screen: &'a Screen, n_strips: usize, x: i16, y: i16) -> Self {
        let mut host = H::load(n_strips);
        host.service();
        let mut open = Self { host, screen, window: x11rb::NONE, edits: Vec::new() };
        open.open_at(x, y);
        open
    }

    /// The same instance's editor, in a new window.
    pub fn reopen(&mut self) {
        self.open_at(0, 0);
    }

    fn open_at(&mut self, x: i16, y: i16) {
        let (width, height) = self.host.size();
        self.window = self.screen.window(x, y, width, height);
        self.screen.focus(self.window);
        self.host.open(self.window);
        self.wait_until_drawn();
    }

    /// Until the editor's window is there and shows something: more than one colour.
    pub fn wait_until_drawn(&mut self) {
        self.until("the editor is drawn", |open| {
            let editor = open.editor()?;
            let (width, height) = open.screen.size(editor)?;
            let picture = open.screen.picture(open.window, Area { x: 0, y: 0, width, height });
            let first = *picture.first()?;
            picture.iter().any(|pixel| *pixel != first).then_some(())
        });
    }

    /// The editor's own window, if it is there.
    pub fn editor(&self) -> Option<Window> {
        self.screen.children(self.window).into_iter().find(|child| self.screen.is_visible(*child))
    }

    /// Lets the host live until there is an answer.
    #[track_caller]
    pub fn until<T>(&mut self, what: &str, mut ask: impl FnMut(&mut Self) -> Option<T>) -> T {
        until(what, || {
            self.service();
            ask(self)
        })
    }

    /// The same, but nothing when patience ends.
    pub fn waits_for<T>(&mut self, mut ask: impl FnMut(&mut Self) -> Option<T>) -> Option<T> {
        wait(|| {
            self.service();
            ask(self)
        })
    }

    /// Lets the host live for a moment.
    pub fn service(&mut self) {
        self.host.service();
        self.edits.extend(self.host.take_edits());
    }

    /// Lets the host live for this many blocks.
    pub fn run(&mut self, n_blocks: usize) {
        (0..n_blocks).for_each(|_| self.service());
    }

    /// What the editor told about a parameter since the last call. About any other it may have told nothing.
    #[track_caller]
    pub fn take_edits_of(&mut self, param: &str) -> Vec<Edit> {
        let id = param_id_from_str(param);
        let edits = std::mem::take(&mut self.edits);
        for edit in &edits {
            let (Edit::Begin(of) | Edit::Set(of, _) | Edit::End(of)) = edit;
            assert_eq!(*of, id, "{param} alone was touched, but there is {edits:?}");
        }
        edits
    }

    /// Whether the editor has told the end of a gesture that was not taken yet.
    pub fn has_ended(&self, param: &str) -> bool {
        self.edits.contains(&Edit::End(param_id_from_str(param)))
    }

    /// Whether the editor has told anything that was not taken yet.
    pub fn has_edits(&self) -> bool {
        !self.edits.is_empty()
    }

    pub fn picture(&self, area: Area) -> Vec<u32> {
        self.screen.picture(self.window, area)
    }

    /// Until a part of the window looks alike twice, many frames apart, so that nothing there is about to change.
    pub fn still_picture(&mut self, area: Area) -> Vec<u32> {
        let (mut last, mut since) = (self.picture(area), std::time::Instant::now());
        self.until("the picture comes to rest", |open| {
            let now = open.picture(area);
            if now != last {
                (last, since) = (now, std::time::Instant::now());
            }
            // Twelve frames.
            (since.elapsed().as_millis() > 200).then(|| last.clone())
        })
    }

    pub fn close(&mut self) {
        self.host.close();
        self.screen.destroy(self.window);
    }
}

/// Begin, values, end: one gesture. Returns the last value.
#[track_caller]
pub fn one_gesture(edits: &[Edit]) -> f64 {
    let [Edit::Begin(_), values @ .., Edit::End(_)] = edits else {
        panic!("not from begin to end: {edits:?}");
    };
    assert!(!values.is_empty(), "nothing was set");
    let mut last = f64::NAN;
    for value in values {
        match value {
            Edit::Set(_, normalized) => last = *normalized,
            other => panic!("{other:?} inside of a gesture: {edits:?}"),
        }
    }
    last
}

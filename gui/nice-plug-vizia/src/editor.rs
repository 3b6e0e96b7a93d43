//! nice-plug's `Editor`: what the host asks, in baseview's words.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use baseview::{HandlerError, Window, WindowSettings, WindowSize};
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize, Size};
use nice_plug::editor::{EditorHandle, HostCallbacks, HostMainThreadCaller, HostMethods, SpawnedEditor};
use nice_plug::prelude::{Editor, Modifiers, Params, ParentWindowHandle, ResizeHint, VirtualKeyCode};
use vizia_core::prelude::Context;

use crate::ViziaState;
use crate::theme::Theme;
use crate::window::{Page, Shared, WindowHandler};

/// Makes the editor that a plugin returns from [`Plugin::editor`](nice_plug::prelude::Plugin::editor).
///
/// `build` builds the page, whenever the editor is opened and on whatever thread its window lives; `theme` is its CSS.
/// `params` are those of the plugin, and are kept for as long as the editor is.
pub fn create_vizia_editor(
    state: Arc<ViziaState>,
    params: Arc<dyn Params>,
    theme: &'static str,
    build: impl Fn(&mut Context) + Send + Sync + 'static,
) -> ViziaEditor {
    let page = Page { state, params, theme: Theme::new(theme), build: Arc::new(build), sets_values: false };
    ViziaEditor { page, shared: Arc::default() }
}

/// An editor made of vizia views: see [`create_vizia_editor`].
pub struct ViziaEditor {
    page: Page,
    shared: Arc<Shared>,
}

impl ViziaEditor {
    /// Lets the editor change parameters itself, the moment a hand does, and not only tell the host.
    ///
    /// Else nice-plug 0.4.2 changes them when its audio thread comes by, and posts a task for each change from there, which costs
    /// that thread a lock or a system call. Not for plugins that smooth with the framework's smoothers: these are told of changes
    /// by that same audio thread.
    pub fn that_sets_values(mut self) -> Self {
        self.page.sets_values = true;
        self
    }
}

impl Editor for ViziaEditor {
    type Handle = ViziaHandle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<ViziaHandle>, Box<dyn Error>> {
        if let Some(scale_factor) = fallback_scale_factor {
            self.shared.set_scale_factor(scale_factor);
        }
        self.shared.reset();
        let NativeSize { width, height } = self.size();
        let settings = WindowSettings::new()
            .with_title("Editor")
            .with_size(Size::from(NativeSize { width, height }))
            .with_parent(parent.as_ref())
            .with_wait_for_parent(wait_for_parent)
            .with_fallback_scale_factor(fallback_scale_factor);
        let (page, shared) = (self.page.clone(), Arc::clone(&self.shared));
        let build = move |context| WindowHandler::new(context, &page, gui_context, shared);
        // A parent that is no window makes baseview panic; the host is C and must not see that.
        let window = catch_unwind(AssertUnwindSafe(|| {
            Window::create_with_host(settings, build, host.map(baseview_host))
        }))
        .map_err(|_| "the host's window is none that a window can be put into")??;
        // On X11 a window that is dropped before its thread has begun to listen waits for that thread for ever: baseview 0.4's stop
        // is forgotten when the loop begins. What the thread has answered it has listened to.
        if wait_for_parent {
            window.hide()?;
        } else {
            window.show()?;
        }
        let handle = ViziaHandle { state: Arc::clone(&self.page.state), shared: Arc::clone(&self.shared) };
        Ok(SpawnedEditor { handle, window })
    }

    fn size(&self) -> NativeSize<u32> {
        let (width, height) = self.page.state.physical_size(self.shared.native_factor());
        NativeSize { width, height }
    }

    fn resize_hint(&self) -> ResizeHint {
        let (width, height) = self.page.state.min_physical_size(1.0);
        ResizeHint::RESIZABLE.with_min_logical_size(LogicalSize::new(width as f32, height as f32))
    }
}

/// What the host holds of an open editor.
pub struct ViziaHandle {
    state: Arc<ViziaState>,
    shared: Arc<Shared>,
}

impl Drop for ViziaHandle {
    fn drop(&mut self) {
        self.shared.reset();
    }
}

impl EditorHandle for ViziaHandle {
    type Window = Window;
    type Error = baseview::Error;

    fn run_until_closed(window: Window) -> Result<(), baseview::Error> {
        window.run_until_closed()
    }

    fn set_parent(&self, parent: ParentWindowHandle, window: &Window) -> Result<(), baseview::Error> {
        // See `spawn`.
        catch_unwind(AssertUnwindSafe(|| window.set_parent(&parent))).unwrap_or_else(|_| {
            let error = std::io::Error::other("the host's window is none that a window can be put into");
            Err(HandlerError::from(error).into())
        })
    }

    fn show(&self, window: &Window) -> Result<(), baseview::Error> {
        window.show()
    }

    fn hide(&self, window: &Window) -> Result<(), baseview::Error> {
        window.hide()
    }

    fn set_size(&self, size: NativeSize<u32>, window: &Window) -> Result<(), baseview::Error> {
        window.resize(Size::from(size))
    }

    fn host_main_thread_callback(&self, window: &Window) {
        window.host_main_thread_callback();
    }

    fn adjust_size(&self, size: NativeSize<u32>, _: &Window) -> Option<NativeSize<u32>> {
        let (width, height) = self.state.min_physical_size(self.shared.native_factor());
        Some(NativeSize { width: size.width.max(width), height: size.height.max(height) })
    }

    fn set_fallback_scale_factor(&self, factor: f64, window: &Window) -> Result<(), baseview::Error> {
        window.suggest_fallback_scale_factor(factor)
    }

    fn on_virtual_key_from_host(&self, key: VirtualKeyCode, is_down: bool, modifiers: Modifiers) -> bool {
        // Keys are the host's, unless somebody types.
        let is_typing = self.shared.is_typing.load(Ordering::Relaxed);
        if is_typing {
            self.shared.push_key(key, is_down, modifiers);
        }
        is_typing
    }

    // The three below need no answer: views poll their parameters in every tick.

    fn state_changed(&self) {}

    fn param_value_changed(&self, _id: &str, _normalized_value: f32) {}

    fn param_modulation_changed(&self, _id: &str, _modulation_offset: f32) {}
}

fn baseview_host(methods: HostMethods) -> baseview::host::Host {
    let HostMethods { callbacks, main_thread_caller } = methods;
    baseview::host::Host::new()
        .with_callbacks(Callbacks { host: callbacks })
        .with_main_thread(MainThread { host: main_thread_caller })
}

struct Callbacks {
    host: Box<dyn HostCallbacks>,
}

impl baseview::host::HostCallbacks for Callbacks {
    fn request_resize(&mut self, size: WindowSize) -> Result<(), HandlerError> {
        let scale_factor = size.scale_factor;
        self.host.request_resize(size.into(), scale_factor).map_err(HandlerError::from_boxed)
    }

    fn destroyed(&mut self) {
        self.host.destroyed();
    }
}

struct MainThread {
    host: Box<dyn HostMainThreadCaller>,
}

impl baseview::host::HostMainThreadCaller for MainThread {
    fn call_main_thread(&mut self) {
        self.host.call_main_thread();
    }
}

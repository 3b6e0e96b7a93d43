//! The entry symbols of both formats, without the framework's macros: those leave no room between host and wrapper.
//!
//! [`export!`](crate::export) defines the symbols and one static list; everything else is ordinary code here.

use std::ffi::{CStr, CString, c_char, c_void};
use std::panic::catch_unwind;
use std::ptr;
use std::sync::OnceLock;

pub use clap_sys::entry::clap_plugin_entry as ClapEntry;
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::version::CLAP_VERSION;
use nice_plug::wrapper::setup_logger;
use nice_plug::wrapper::vst3::PluginInfo;
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    FIDString, FUnknown, FUnknownVtbl, IPluginFactory, IPluginFactory2, IPluginFactory2Trait,
    IPluginFactory3, IPluginFactory3Trait, IPluginFactoryTrait, PClassInfo, PClassInfo2, PClassInfoW,
    PFactoryInfo, TUID, int32, kInvalidArgument, kResultFalse, kResultOk, tresult,
};
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComWrapper};

use super::Guarded;
use super::clap::ClapGuard;
use super::vst3::Vst3Guard;

/// One exported plugin, its type erased.
pub struct ExportedPlugin {
    vst3_info: fn() -> PluginInfo,
    vst3_create: fn() -> Option<ComPtr<FUnknown>>,
    clap_id: &'static str,
    clap_descriptor: OnceLock<Descriptor>,
    clap_describe: fn() -> Descriptor,
    clap_create: unsafe fn(*const clap_host, *const clap_plugin_descriptor) -> *const clap_plugin,
    setup_logger: fn(),
}

impl ExportedPlugin {
    /// The entry for a plugin type.
    pub const fn of<P: Guarded>() -> Self {
        Self {
            vst3_info: PluginInfo::for_plugin::<P>,
            vst3_create: || ComWrapper::new(Vst3Guard::<P>::new()).to_com_ptr::<FUnknown>(),
            clap_id: P::CLAP_ID,
            clap_descriptor: OnceLock::new(),
            clap_describe: Descriptor::of::<P>,
            clap_create: ClapGuard::<P>::create,
            setup_logger: setup_logger::<P>,
        }
    }

    fn descriptor(&self) -> *const clap_plugin_descriptor {
        &self.clap_descriptor.get_or_init(self.clap_describe).0
    }
}

/// The plugins of one library. [`export!`](crate::export) implements it.
pub trait Library: 'static {
    /// All of them, in the order in which hosts list them.
    fn plugins() -> &'static [ExportedPlugin];

    /// The CLAP factory; a constant, because hosts keep its address.
    const CLAP_FACTORY: &'static clap_plugin_factory = &clap_plugin_factory {
        get_plugin_count: Some(clap_plugin_count::<Self>),
        get_plugin_descriptor: Some(clap_plugin_at::<Self>),
        create_plugin: Some(clap_create_plugin::<Self>),
    };
}

/// What every entry point does first.
pub fn start<L: Library + ?Sized>() -> bool {
    L::plugins().first().is_some_and(|plugin| catch_unwind(plugin.setup_logger).is_ok())
}

/// A new VST3 factory with one reference, which the caller owns.
pub fn vst3_factory<L: Library + ?Sized>() -> *mut c_void {
    let factory = catch_unwind(|| ComWrapper::new(Factory::new(L::plugins())).to_com_ptr::<IPluginFactory>());
    factory.ok().flatten().map_or(ptr::null_mut(), |factory| factory.into_raw().cast())
}

/// The value of the symbol `clap_entry`.
pub const fn clap_entry<L: Library>() -> ClapEntry {
    ClapEntry {
        clap_version: CLAP_VERSION,
        init: Some(clap_init::<L>),
        deinit: Some(clap_deinit),
        get_factory: Some(clap_get_factory::<L>),
    }
}

/// The VST3 factory over a library's plugins.
struct Factory {
    plugins: &'static [ExportedPlugin],
    infos: Vec<PluginInfo>,
}

impl Factory {
    fn new(plugins: &'static [ExportedPlugin]) -> Self {
        Self { plugins, infos: plugins.iter().map(|plugin| (plugin.vst3_info)()).collect() }
    }

    /// Writes what `describe` makes of one plugin.
    ///
    /// # Safety
    ///
    /// `target` is null or valid.
    unsafe fn write<T>(
        &self,
        idx: int32,
        target: *mut T,
        describe: impl FnOnce(&PluginInfo) -> T,
    ) -> tresult {
        match usize::try_from(idx).ok().and_then(|idx| self.infos.get(idx)) {
            Some(info) if !target.is_null() => {
                // SAFETY: this function's contract.
                unsafe { target.write(describe(info)) };
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }
}

impl Class for Factory {
    type Interfaces = (IPluginFactory, IPluginFactory2, IPluginFactory3);
}

impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        // SAFETY: null or the host's.
        unsafe { self.write(0, info, PluginInfo::create_factory_info) }
    }

    unsafe fn countClasses(&self) -> int32 {
        self.plugins.len() as int32
    }

    unsafe fn getClassInfo(&self, idx: int32, info: *mut PClassInfo) -> tresult {
        // SAFETY: null or the host's.
        unsafe { self.write(idx, info, PluginInfo::create_class_info) }
    }

    unsafe fn createInstance(&self, cid: FIDString, iid: FIDString, object: *mut *mut c_void) -> tresult {
        if cid.is_null() || iid.is_null() || object.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: class ids are 16 bytes of any value.
        let wanted = unsafe { cid.cast::<[u8; 16]>().read_unaligned() };
        // SAFETY: the host's pointer, checked above.
        unsafe { object.write(ptr::null_mut()) };
        let Some(idx) = self.infos.iter().position(|info| *info.cid == wanted) else {
            return kInvalidArgument;
        };
        let Ok(Some(instance)) = catch_unwind(self.plugins[idx].vst3_create) else { return kResultFalse };
        // SAFETY: `instance` is alive, and the table of each interface begins with that of `FUnknown`. The new
        // reference is the host's; ours ends here.
        unsafe {
            let table: *const FUnknownVtbl = (*instance.as_ptr()).vtbl;
            ((*table).queryInterface)(instance.as_ptr(), iid.cast::<TUID>(), object)
        }
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, idx: int32, info: *mut PClassInfo2) -> tresult {
        // SAFETY: null or the host's.
        unsafe { self.write(idx, info, PluginInfo::create_class_info_2) }
    }
}

impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, idx: int32, info: *mut PClassInfoW) -> tresult {
        // SAFETY: null or the host's.
        unsafe { self.write(idx, info, PluginInfo::create_class_info_unicode) }
    }

    unsafe fn setHostContext(&self, _context: *mut FUnknown) -> tresult {
        kResultOk
    }
}

/// A CLAP descriptor whose strings live as long as the library: nothing that it points to ever moves or ends, which
/// the framework's own descriptor cannot say of itself.
struct Descriptor(clap_plugin_descriptor);

impl Descriptor {
    fn of<P: Guarded>() -> Self {
        let text = |text: &str| -> *const c_char {
            // A zero inside would end the text anyway.
            let text = text.split('\0').next().unwrap_or_default();
            CString::new(text).unwrap_or_default().into_raw()
        };
        let optional = |optional: Option<&str>| optional.map_or(ptr::null(), text);
        let features = P::CLAP_FEATURES.iter().map(|feature| text(feature.as_str()));
        let features: Vec<_> = features.chain([ptr::null()]).collect();
        Self(clap_plugin_descriptor {
            clap_version: CLAP_VERSION,
            id: text(P::CLAP_ID),
            name: text(P::NAME),
            vendor: text(P::VENDOR),
            url: text(P::URL),
            manual_url: optional(P::CLAP_MANUAL_URL),
            support_url: optional(P::CLAP_SUPPORT_URL),
            version: text(P::VERSION),
            description: optional(P::CLAP_DESCRIPTION),
            features: features.leak().as_ptr(),
        })
    }
}

unsafe extern "C" fn clap_init<L: Library>(_path: *const c_char) -> bool {
    start::<L>()
}

unsafe extern "C" fn clap_deinit() {}

unsafe extern "C" fn clap_get_factory<L: Library>(id: *const c_char) -> *const c_void {
    // SAFETY: null or a C string.
    if !id.is_null() && unsafe { CStr::from_ptr(id) } == CLAP_PLUGIN_FACTORY_ID {
        ptr::from_ref(L::CLAP_FACTORY).cast()
    } else {
        ptr::null()
    }
}

unsafe extern "C" fn clap_plugin_count<L: Library + ?Sized>(_factory: *const clap_plugin_factory) -> u32 {
    L::plugins().len() as u32
}

unsafe extern "C" fn clap_plugin_at<L: Library + ?Sized>(
    _factory: *const clap_plugin_factory,
    idx: u32,
) -> *const clap_plugin_descriptor {
    L::plugins().get(idx as usize).map_or(ptr::null(), ExportedPlugin::descriptor)
}

unsafe extern "C" fn clap_create_plugin<L: Library + ?Sized>(
    _factory: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    if host.is_null() || id.is_null() {
        return ptr::null();
    }
    // SAFETY: a C string.
    let id = unsafe { CStr::from_ptr(id) };
    let Some(plugin) = L::plugins().iter().find(|plugin| plugin.clap_id.as_bytes() == id.to_bytes()) else {
        return ptr::null();
    };
    let descriptor = plugin.descriptor();
    // SAFETY: the host outlives its plugins, the descriptor everything.
    catch_unwind(|| unsafe { (plugin.clap_create)(host, descriptor) }).unwrap_or(ptr::null())
}

/// Exports plugin types as VST3 and CLAP. Call it once, at the root of the library: `export!(Small, Large);`.
#[macro_export]
macro_rules! export {
    ($($plugin:ty),+ $(,)?) => {
        #[doc(hidden)]
        pub struct ExportedLibrary;

        impl $crate::guard::export::Library for ExportedLibrary {
            fn plugins() -> &'static [$crate::guard::export::ExportedPlugin] {
                static PLUGINS: [$crate::guard::export::ExportedPlugin; [$(stringify!($plugin)),+].len()] =
                    [$($crate::guard::export::ExportedPlugin::of::<$plugin>()),+];
                &PLUGINS
            }
        }

        /// The entry point of CLAP.
        #[unsafe(no_mangle)]
        #[used]
        #[allow(non_upper_case_globals)]
        pub static clap_entry: $crate::guard::export::ClapEntry =
            $crate::guard::export::clap_entry::<ExportedLibrary>();

        /// The factory of VST3.
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "system" fn GetPluginFactory() -> *mut ::std::ffi::c_void {
            $crate::guard::export::vst3_factory::<ExportedLibrary>()
        }

        /// VST3, before the first call: Linux.
        #[cfg(all(target_family = "unix", not(target_os = "macos")))]
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "C" fn ModuleEntry(_library: *mut ::std::ffi::c_void) -> bool {
            $crate::guard::export::start::<ExportedLibrary>()
        }

        /// VST3, after the last call: Linux.
        #[cfg(all(target_family = "unix", not(target_os = "macos")))]
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "C" fn ModuleExit() -> bool {
            true
        }

        /// VST3, before the first call: macOS.
        #[cfg(target_os = "macos")]
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "C" fn bundleEntry(_bundle: *mut ::std::ffi::c_void) -> bool {
            $crate::guard::export::start::<ExportedLibrary>()
        }

        /// VST3, after the last call: macOS.
        #[cfg(target_os = "macos")]
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "C" fn bundleExit() -> bool {
            true
        }

        /// VST3, before the first call: Windows.
        #[cfg(target_os = "windows")]
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "system" fn InitDll() -> bool {
            $crate::guard::export::start::<ExportedLibrary>()
        }

        /// VST3, after the last call: Windows.
        #[cfg(target_os = "windows")]
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "system" fn ExitDll() -> bool {
            true
        }
    };
}

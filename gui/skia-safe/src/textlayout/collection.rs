//! Fonts, and the memory that shaping shares.

use crate::FontMgr;
use crate::font::{Typeface, Typefaces};
use parley::fontique::{Blob, Collection, CollectionOptions, FontInfoOverride, GenericFamily};
use parley::{FontContext, LayoutContext};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, PoisonError};

/// The one font that ships: for every generic family, and for every family that is not there.
static SHIPPED: &[u8] = include_bytes!("../../assets/roboto.ttf");

/// Its family.
pub(super) const SHIPPED_FAMILY: &str = "Roboto";

/// Fonts that an application registers; clones share them.
#[derive(Clone, Debug, Default)]
pub struct TypefaceFontProvider {
    typefaces: Typefaces,
}

impl TypefaceFontProvider {
    /// No fonts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a font under the family's own name, or under another. Returns how many there are.
    pub fn register_typeface<'a>(&mut self, typeface: Typeface, alias: impl Into<Option<&'a str>>) -> usize {
        let mut typefaces = self.typefaces.lock().unwrap_or_else(PoisonError::into_inner);
        typefaces.push(Typeface { alias: alias.into().map(str::to_owned), ..typeface });
        typefaces.len()
    }
}

impl From<TypefaceFontProvider> for FontMgr {
    fn from(provider: TypefaceFontProvider) -> Self {
        Self { typefaces: provider.typefaces }
    }
}

/// Fonts by family, with the memory for shaping; clones share all of it.
#[derive(Clone, Default)]
pub struct FontCollection {
    shared: Rc<RefCell<Shared>>,
}

/// The style of a stretch of glyphs: its place in the paragraph's list.
pub(super) type StyleIdx = usize;

/// What paragraphs are built with.
pub(super) struct Shared {
    pub(super) fonts: FontContext,
    pub(super) layouts: LayoutContext<StyleIdx>,
    provider: Option<FontMgr>,
    n_registered: usize,
}

impl Default for Shared {
    fn default() -> Self {
        let mut collection =
            Collection::new(CollectionOptions { system_fonts: false, ..CollectionOptions::default() });
        let registered = collection.register_fonts(Blob::new(Arc::new(SHIPPED)), None);
        for &generic in GenericFamily::all() {
            collection.set_generic_families(generic, registered.iter().map(|(family, _)| *family));
        }
        Self {
            fonts: FontContext { collection, ..FontContext::default() },
            layouts: LayoutContext::new(),
            provider: None,
            n_registered: 0,
        }
    }
}

impl FontCollection {
    /// The shipped font alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Does nothing: there are no fonts of the system here.
    pub fn set_default_font_manager<'a>(
        &mut self,
        _manager: impl Into<Option<FontMgr>>,
        _family: impl Into<Option<&'a str>>,
    ) {
    }

    /// Takes fonts from here, also those that will be registered later.
    pub fn set_asset_font_manager(&mut self, manager: impl Into<Option<FontMgr>>) {
        let mut shared = self.shared.borrow_mut();
        (shared.provider, shared.n_registered) = (manager.into(), 0);
    }

    /// Runs something with the fonts, all those that were registered meanwhile among them.
    pub(super) fn with<T>(&self, run: impl FnOnce(&mut Shared) -> T) -> T {
        let shared = &mut *self.shared.borrow_mut();
        shared.take_new_fonts();
        run(shared)
    }
}

impl Shared {
    fn take_new_fonts(&mut self) {
        let Some(provider) = self.provider.as_ref().filter(|provider| provider.count() > self.n_registered)
        else {
            return;
        };
        let typefaces = provider.typefaces.lock().unwrap_or_else(PoisonError::into_inner);
        for typeface in &typefaces[self.n_registered..] {
            let renamed = typeface.alias.as_deref();
            let info = FontInfoOverride { family_name: renamed, ..FontInfoOverride::default() };
            let data = Blob::new(Arc::new(Arc::clone(&typeface.data)) as Arc<dyn AsRef<[u8]> + Send + Sync>);
            self.fonts.collection.register_fonts(data, renamed.map(|_| info));
        }
        self.n_registered = typefaces.len();
    }
}

impl From<&FontCollection> for FontCollection {
    fn from(collection: &FontCollection) -> Self {
        collection.clone()
    }
}

impl std::fmt::Debug for FontCollection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FontCollection").finish_non_exhaustive()
    }
}

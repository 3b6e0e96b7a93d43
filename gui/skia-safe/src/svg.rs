//! SVG.
use crate::{Canvas, FontMgr, Size, wrapper::PointerWrapper};
#[derive(Clone, Debug)]
#[allow(non_snake_case)]
pub struct ContainerSize {
    pub fWidth: f32,
    pub fHeight: f32,
}
#[derive(Clone, Debug)]
#[allow(non_snake_case)]
pub struct DomInner {
    pub fContainerSize: ContainerSize,
}
#[derive(Clone, Debug)]
pub struct Dom {
    inner: DomInner,
}
#[derive(Clone, Debug)]
pub struct LoadError;
impl Dom {
    pub fn from_bytes(_b: impl AsRef<[u8]>, _f: impl Into<FontMgr>) -> Result<Self, LoadError> {
        Err(LoadError)
    }
    pub fn set_container_size(&mut self, _s: impl Into<Size>) {}
    pub fn render(&self, _c: &Canvas) {}
}
impl PointerWrapper<DomInner> for Dom {
    fn inner(&self) -> &DomInner {
        &self.inner
    }
}

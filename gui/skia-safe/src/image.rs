//! Images.
use crate::{Matrix, SamplingOptions, Shader, TileMode};
#[derive(Clone, Debug)]
pub struct Data(Vec<u8>);
impl Data {
    pub fn new_copy(b: &[u8]) -> Self {
        Self(b.to_vec())
    }
    /// # Safety
    /// None needed here: the bytes are copied. The signature is that of the crate this one stands in for.
    pub unsafe fn new_bytes(b: &[u8]) -> Self {
        Self::new_copy(b)
    }
}
#[derive(Clone, Debug)]
pub struct Image {
    w: i32,
    h: i32,
}
impl Image {
    pub fn from_encoded(_d: Data) -> Option<Self> {
        Some(Self { w: 1, h: 1 })
    }
    pub fn width(&self) -> i32 {
        self.w
    }
    pub fn height(&self) -> i32 {
        self.h
    }
    pub fn to_shader<'a>(
        &self,
        _t: impl Into<Option<(TileMode, TileMode)>>,
        _s: SamplingOptions,
        _m: impl Into<Option<&'a Matrix>>,
    ) -> Option<Shader> {
        None
    }
}

//! Where on the page a control is, and how it must look: from the page itself, built here a second time without a window, from the
//! same sources and in the same size.

use super::page_support;
use super::screen::Area;
use nice_plug::prelude::Param;
use page_support::{Page as Model, Stop};
use std::sync::Arc;

/// The page as it must be in a window of this size.
pub struct Page {
    model: Model,
    stops: Arc<[Stop]>,
}

impl Page {
    /// The page of Busbar with this many strips, in a window of this size in pixels.
    pub fn new(n_strips: usize, size: (u32, u32)) -> Self {
        // Going round leaves the keyboard somewhere, which the window's page does not have.
        let stops = Model::new(n_strips, size).stops().into();
        Self { model: Model::new(n_strips, size), stops }
    }

    /// Where the control of a parameter is that its element's name tells from others of it.
    pub fn area(&self, param: &str, element: &str) -> Area {
        area_of(Model::bounds(&self.stops, param, element))
    }

    /// The buttons of the bar at the top, from left to right.
    pub fn bar_buttons(&self) -> Vec<Area> {
        let top = self.stops.iter().map(|stop| stop.bounds[1]).fold(f32::INFINITY, f32::min);
        let in_bar = |stop: &&Stop| stop.param.is_none() && stop.bounds[1] < top + stop.bounds[3] / 2.0;
        let mut areas: Vec<Area> =
            self.stops.iter().filter(in_bar).map(|stop| area_of(stop.bounds)).collect();
        areas.sort_by_key(|area| area.x);
        areas
    }

    /// A parameter has this normalized value from now on.
    pub fn set(&mut self, param: &str, normalized: f64) {
        let host = self.model.editor.host().clone();
        host.change(&host.param_by_id(param).unwrap(), normalized as f32);
        assert!(self.model.editor.settle(), "the page never comes to rest");
    }

    /// How a part of it looks: 0x00RRGGBB, row by row.
    pub fn picture(&self, area: Area) -> Vec<u32> {
        let (pixels, stride) = (self.model.editor.pixels(), self.model.editor.width() as usize);
        let row = |y: u32| {
            let start = (area.y as usize + y as usize) * stride + area.x as usize;
            pixels[start..start + area.width as usize].iter().map(|pixel| pixel & 0x00ff_ffff)
        };
        (0..area.height).flat_map(row).collect()
    }

    /// What a fader's normalized value is in dB, on the grid of what is heard.
    pub fn fader_db(&self, normalized: f64) -> f32 {
        busbar::params::text::quantize(self.model.params.strips[0].fader.preview_plain(normalized as f32))
    }

    /// What a fader's normalized value makes of the sound, as a factor.
    pub fn gain(&self, normalized: f64) -> f32 {
        10f32.powf(self.fader_db(normalized) / 20.0)
    }
}

fn area_of(bounds: [f32; 4]) -> Area {
    let [x, y, width, height] = bounds.map(f32::round);
    Area { x: x as i32, y: y as i32, width: width as u32, height: height as u32 }
}

//! The VST3 side: a class that contains the framework's class and declares the same interfaces.
//!
//! Every call is passed on, a few are changed on the way. It is one COM object, so that identity, reference counts
//! and destruction are the crate's own; and if the framework gains an interface, this stops compiling instead of being
//! bypassed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use nice_plug::prelude::nice_error;
use nice_plug::wrapper::vst3::Wrapper;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    BusDirection, BusInfo, CString, ChannelContext::IInfoListenerTrait, CtrlNumber, IAttributeList,
    IAudioProcessorTrait, IComponentHandler, IComponentTrait, IEditControllerTrait, IMidiMappingTrait,
    INoteExpressionControllerTrait, IProcessContextRequirementsTrait, IUnitInfoTrait, IoMode, MediaType,
    NoteExpressionTypeID, NoteExpressionTypeInfo, NoteExpressionValue, ParamID, ParamValue, ParameterInfo,
    ProcessData, ProcessSetup, ProgramListID, ProgramListInfo, RoutingInfo, SpeakerArrangement, String128,
    TChar, UnitID, UnitInfo,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    FIDString, FUnknown, IBStream, IPlugView, IPluginBaseTrait, TBool, TUID, int16, int32, kInvalidArgument,
    kResultFalse, kResultOk, tresult, uint32,
};
use nice_plug::wrapper::vst3::vst3::{Class, ComRef};

use super::buses::Layout;
use super::gate::Gate;
use super::settled::Settled;
use super::vst3_block::{AUDIO, Active, INPUT, OUTPUT, SAMPLES_32};
use super::vst3_dirty::Teller;
use super::vst3_edits::Edits;
use super::vst3_stream::{MemoryStream, read_document, write_document};
use super::{Guarded, HostLink, state};

/// Tells what went wrong. VST3 hosts take no log, so it goes to the framework's.
fn complain(problem: String) {
    nice_error!("{problem}");
}

/// The framework's class with a guard around it.
pub(super) struct Vst3Guard<P: Guarded> {
    pub inner: Wrapper<P>,
    pub link: Arc<HostLink>,
    pub gate: Gate<Active>,
    /// The largest block by the newest setup; 0 before it.
    pub max_frames: AtomicU32,
    /// Inputs that the host switched off. A bus that it never mentioned counts as on: not every host does mention it.
    pub switched_off: AtomicU64,
    /// Parameter changes that the wrapper has not heard of yet.
    pub edits: Edits,
    pub settled: Settled,
    pub teller: Arc<Teller>,
}

impl<P: Guarded> Drop for Vst3Guard<P> {
    fn drop(&mut self) {
        self.link.finish_tasks();
    }
}

impl<P: Guarded> Class for Vst3Guard<P> {
    type Interfaces = <Wrapper<P> as Class>::Interfaces;
}

impl<P: Guarded> Vst3Guard<P> {
    pub fn new() -> Self {
        let (inner, link) = HostLink::around(Wrapper::new);
        let teller = Arc::new(Teller::new());
        let told = Arc::clone(&teller);
        link.changes.make_room(P::INPUT_EVENT_CAPACITY);
        link.set_teller(move || told.tell());
        Self {
            inner,
            link,
            gate: Gate::new(),
            max_frames: AtomicU32::new(0),
            switched_off: AtomicU64::new(0),
            edits: Edits::default(),
            settled: Settled::new(P::settled_at_activation()),
            teller,
        }
    }

    /// The layout that the wrapper has now. It keeps it to itself, so that it is asked like a host asks.
    fn layout(&self) -> Layout {
        let channels = |direction| {
            // SAFETY: plain questions, `info` is valid for both.
            let n_buses = unsafe { self.inner.getBusCount(AUDIO, direction) };
            let channels = (0..n_buses).map(|bus_idx| unsafe {
                // SAFETY: a structure of integers.
                let mut info: BusInfo = std::mem::zeroed();
                let known = self.inner.getBusInfo(AUDIO, direction, bus_idx, &mut info) == kResultOk;
                if known { info.channelCount.max(0) as u32 } else { 0 }
            });
            channels.collect()
        };
        Layout { inputs: channels(INPUT), outputs: channels(OUTPUT) }
    }
}

impl<P: Guarded> Vst3Guard<P> {
    /// Parameters that are on their way to the wrapper, in plain values.
    fn edits_in_plain_values(&self) -> Vec<(u32, f64)> {
        // SAFETY: no pointers.
        let plain = |(id, value)| (id, unsafe { self.inner.normalizedParamToPlain(id, value) });
        self.edits.all().into_iter().map(plain).collect()
    }
}

/// Writes a text with its terminating zero, cut to fit.
fn write_utf16(text: &str, target: &mut [TChar]) {
    let n_units = target.len().saturating_sub(1);
    let units = text.encode_utf16().take(n_units).chain(std::iter::repeat(0));
    for (unit, target) in units.zip(target) {
        *target = unit as TChar;
    }
}

/// Implements interfaces by passing calls on to the wrapper. What stands in braces is the guard's own.
macro_rules! pass_on {
    ($($interface:ident {
        $(fn $name:ident($($arg:ident: $type:ty),*) $(-> $result:ty)?;)*
        $({ $($own:tt)* })?
    })*) => {$(
        impl<P: Guarded> $interface for Vst3Guard<P> {
            $(unsafe fn $name(&self $(, $arg: $type)*) $(-> $result)? {
                // SAFETY: the host's promises reach the wrapper unchanged.
                unsafe { $interface::$name(&self.inner $(, $arg)*) }
            })*
            $($($own)*)?
        }
    )*};
}

pass_on! {
    IPluginBaseTrait {
        fn initialize(context: *mut FUnknown) -> tresult;
        fn terminate() -> tresult;
    }
    IComponentTrait {
        fn getControllerClassId(class_id: *mut TUID) -> tresult;
        fn setIoMode(mode: IoMode) -> tresult;
        fn getBusCount(media: MediaType, direction: BusDirection) -> int32;
        fn getRoutingInfo(input: *mut RoutingInfo, output: *mut RoutingInfo) -> tresult;
        {
            /// Names the main output, and refuses indices below 0, which the wrapper takes for the first auxiliary bus.
            unsafe fn getBusInfo(
                &self,
                media: MediaType,
                direction: BusDirection,
                bus_idx: int32,
                info: *mut BusInfo,
            ) -> tresult {
                if bus_idx < 0 {
                    return kInvalidArgument;
                }
                // SAFETY: the host's promises reach the wrapper unchanged.
                let result = unsafe { self.inner.getBusInfo(media, direction, bus_idx, info) };
                if result == kResultOk
                    && (media, direction, bus_idx) == (AUDIO, OUTPUT, 0)
                    && let Some(name) = self.layout().main_output_name::<P>()
                {
                    // SAFETY: the wrapper has filled it, so it is valid.
                    write_utf16(name, unsafe { &mut (*info).name });
                }
                result
            }

            /// Remembers which inputs the host switched off; their memory is not to be looked at.
            unsafe fn activateBus(
                &self,
                media: MediaType,
                direction: BusDirection,
                bus_idx: int32,
                state: TBool,
            ) -> tresult {
                // SAFETY: no pointers.
                let result = unsafe { self.inner.activateBus(media, direction, bus_idx, state) };
                if result == kResultOk && (media, direction) == (AUDIO, INPUT) && (0..64).contains(&bus_idx) {
                    let bit = 1 << bus_idx;
                    if state == 0 {
                        self.switched_off.fetch_or(bit, Ordering::Relaxed);
                    } else {
                        self.switched_off.fetch_and(!bit, Ordering::Relaxed);
                    }
                }
                result
            }

            unsafe fn setActive(&self, state: TBool) -> tresult {
                let max_frames = self.max_frames.load(Ordering::Relaxed) as usize;
                let change = || {
                    if state == 0 {
                        self.settled.end();
                    } else {
                        self.settle_edits();
                        self.begin_activation();
                    }
                    // SAFETY: no process call is under way, and none begins before this ends.
                    let result = unsafe { self.inner.setActive(state) };
                    if state == 0 {
                        // Not every host says so before. The wrapper would go on to ignore what is set.
                        // SAFETY: no pointers.
                        unsafe { self.inner.setProcessing(0) };
                    } else if result != kResultOk {
                        self.settled.end();
                    }
                    result
                };
                let build = |&result: &tresult| {
                    let is_active = state != 0 && result == kResultOk;
                    is_active.then(|| Active::new(&self.layout(), max_frames, P::INPUT_EVENT_CAPACITY))
                };
                self.gate.change(change, build).unwrap_or(kResultFalse)
            }

            unsafe fn setState(&self, stream: *mut IBStream) -> tresult {
                // SAFETY: the host's stream.
                let document = unsafe { read_document(stream) };
                let loaded = state::load::<P>(&self.link, complain, document, |framework_json| {
                    // SAFETY: our own stream, which outlives the call.
                    let call = |stream| unsafe { IComponentTrait::setState(&self.inner, stream) };
                    let loaded = MemoryStream::with(framework_json.to_vec(), call);
                    loaded.is_some_and(|(result, _)| result == kResultOk)
                });
                if loaded {
                    self.edits.clear();
                    self.ask_for_restart_if_due();
                }
                if loaded { kResultOk } else { kResultFalse }
            }

            unsafe fn getState(&self, stream: *mut IBStream) -> tresult {
                // SAFETY: our own stream, which outlives the call.
                let call = |stream| unsafe { IComponentTrait::getState(&self.inner, stream) };
                let saved = MemoryStream::with(Vec::new(), call).filter(|&(result, _)| result == kResultOk);
                let document = saved.and_then(|(_, framework_json)| state::encode::<P>(&framework_json, complain));
                let document = document.map(|document| P::amend_state(document, &self.edits_in_plain_values()));
                // SAFETY: the host's stream.
                let stored = document.is_some_and(|document| unsafe { write_document(stream, &document) });
                if stored { kResultOk } else { kResultFalse }
            }
        }
    }
    IEditControllerTrait {
        // Component and controller are one object, which `IComponent::setState` has loaded already: the wrapper
        // ignores these three, and so does the guard.
        fn setComponentState(state: *mut IBStream) -> tresult;
        fn setState(state: *mut IBStream) -> tresult;
        fn getState(state: *mut IBStream) -> tresult;
        fn getParameterCount() -> int32;
        fn getParamStringByValue(id: ParamID, value: ParamValue, string: *mut String128) -> tresult;
        fn getParamValueByString(id: ParamID, string: *mut TChar, value: *mut ParamValue) -> tresult;
        fn normalizedParamToPlain(id: ParamID, value: ParamValue) -> ParamValue;
        fn plainParamToNormalized(id: ParamID, value: ParamValue) -> ParamValue;
        {
            /// The value that was set last, whether a block has brought it to the wrapper or not.
            unsafe fn getParamNormalized(&self, id: ParamID) -> ParamValue {
                // SAFETY: no pointers.
                self.edits.value(id).unwrap_or_else(|| unsafe { self.inner.getParamNormalized(id) })
            }

            /// Remembers the value, which the wrapper does not store while it processes.
            unsafe fn setParamNormalized(&self, id: ParamID, value: ParamValue) -> tresult {
                self.teller.on_main_thread();
                // SAFETY: no pointers.
                let result = unsafe { self.inner.setParamNormalized(id, value) };
                if result == kResultOk {
                    self.edits.note(id, value.clamp(0.0, 1.0));
                    self.ask_for_restart_if_due();
                }
                result
            }

            /// Keeps the host's object, too.
            unsafe fn setComponentHandler(&self, handler: *mut IComponentHandler) -> tresult {
                self.teller.on_main_thread();
                // SAFETY: null or the host's.
                let kept = unsafe { ComRef::from_raw(handler) }.map(|handler| handler.to_com_ptr());
                drop(self.teller.set_handler(kept));
                // SAFETY: the host's promises reach the wrapper unchanged.
                unsafe { self.inner.setComponentHandler(handler) }
            }

            /// Notes which thread is the main thread.
            unsafe fn createView(&self, name: FIDString) -> *mut IPlugView {
                self.teller.on_main_thread();
                // SAFETY: the host's promises reach the wrapper unchanged.
                unsafe { self.inner.createView(name) }
            }

            /// Adds the short title, and refuses the index after the last, at which the wrapper panics.
            unsafe fn getParameterInfo(&self, param_idx: int32, info: *mut ParameterInfo) -> tresult {
                // SAFETY: no pointers.
                if !(0..unsafe { self.inner.getParameterCount() }).contains(&param_idx) {
                    return kInvalidArgument;
                }
                // SAFETY: the host's promises reach the wrapper unchanged.
                let result = unsafe { self.inner.getParameterInfo(param_idx, info) };
                if result == kResultOk {
                    // SAFETY: the wrapper has filled it, so it is valid.
                    let info = unsafe { &mut *info };
                    if let Some(name) = P::short_name(info.id) {
                        write_utf16(&name, &mut info.shortTitle);
                    }
                }
                result
            }
        }
    }
    IAudioProcessorTrait {
        fn getBusArrangement(direction: BusDirection, bus_idx: int32, arrangement: *mut SpeakerArrangement) -> tresult;
        fn canProcessSampleSize(size: int32) -> tresult;
        fn getLatencySamples() -> uint32;
        fn setProcessing(state: TBool) -> tresult;
        fn getTailSamples() -> uint32;
        {
            /// Takes declared layouts only: the wrapper never looks at the last bus. While the plugin is active, its
            /// buffers belong to the present layout, so that only this one is accepted.
            unsafe fn setBusArrangements(
                &self,
                inputs: *mut SpeakerArrangement,
                n_inputs: int32,
                outputs: *mut SpeakerArrangement,
                n_outputs: int32,
            ) -> tresult {
                let channels = |arrangements: *mut SpeakerArrangement, n_buses: int32| {
                    let n_buses = usize::try_from(n_buses).ok().filter(|_| !arrangements.is_null())?;
                    // SAFETY: the host's array has `n_buses` entries.
                    Some((0..n_buses).map(|idx| unsafe { *arrangements.add(idx) }.count_ones()).collect())
                };
                let (Some(wanted_inputs), Some(wanted_outputs)) =
                    (channels(inputs, n_inputs), channels(outputs, n_outputs))
                else {
                    return kInvalidArgument;
                };
                let wanted = Layout { inputs: wanted_inputs, outputs: wanted_outputs };
                if wanted.declared::<P>().is_none() {
                    return kResultFalse;
                }
                if self.gate.is_active() {
                    return if wanted == self.layout() { kResultOk } else { kResultFalse };
                }
                // SAFETY: the host's promises reach the wrapper unchanged.
                unsafe { self.inner.setBusArrangements(inputs, n_inputs, outputs, n_outputs) }
            }

            /// Notes the largest block, and refuses what could only fail later.
            unsafe fn setupProcessing(&self, setup: *mut ProcessSetup) -> tresult {
                // SAFETY: null or the host's.
                let Some(wanted) = (unsafe { setup.as_ref() }) else { return kInvalidArgument };
                let is_rate = wanted.sampleRate.is_finite() && wanted.sampleRate > 0.0;
                if wanted.symbolicSampleSize != SAMPLES_32 || wanted.maxSamplesPerBlock <= 0 || !is_rate {
                    return kResultFalse;
                }
                // SAFETY: the host's promises reach the wrapper unchanged.
                let result = unsafe { self.inner.setupProcessing(setup) };
                if result == kResultOk {
                    self.max_frames.store(wanted.maxSamplesPerBlock as u32, Ordering::Relaxed);
                }
                result
            }

            unsafe fn process(&self, data: *mut ProcessData) -> tresult {
                // SAFETY: null or the host's.
                match unsafe { data.as_ref() } {
                    // SAFETY: what the host promises of it.
                    Some(host) => unsafe { self.process_block(host) },
                    None => kInvalidArgument,
                }
            }
        }
    }
    IMidiMappingTrait {
        fn getMidiControllerAssignment(
            bus_idx: int32, channel: int16, controller: CtrlNumber, id: *mut ParamID
        ) -> tresult;
    }
    INoteExpressionControllerTrait {
        fn getNoteExpressionCount(bus_idx: int32, channel: int16) -> int32;
        fn getNoteExpressionInfo(
            bus_idx: int32, channel: int16, idx: int32, info: *mut NoteExpressionTypeInfo
        ) -> tresult;
        fn getNoteExpressionStringByValue(
            bus_idx: int32, channel: int16, id: NoteExpressionTypeID, value: NoteExpressionValue,
            string: *mut String128
        ) -> tresult;
        fn getNoteExpressionValueByString(
            bus_idx: int32, channel: int16, id: NoteExpressionTypeID, string: *const TChar,
            value: *mut NoteExpressionValue
        ) -> tresult;
    }
    IProcessContextRequirementsTrait {
        fn getProcessContextRequirements() -> uint32;
    }
    IUnitInfoTrait {
        fn getUnitCount() -> int32;
        fn getUnitInfo(unit_idx: int32, info: *mut UnitInfo) -> tresult;
        fn getProgramListCount() -> int32;
        fn getProgramListInfo(list_idx: int32, info: *mut ProgramListInfo) -> tresult;
        fn getProgramName(list: ProgramListID, program_idx: int32, name: *mut String128) -> tresult;
        fn getProgramInfo(
            list: ProgramListID, program_idx: int32, attribute: CString, value: *mut String128
        ) -> tresult;
        fn hasProgramPitchNames(list: ProgramListID, program_idx: int32) -> tresult;
        fn getProgramPitchName(
            list: ProgramListID, program_idx: int32, pitch: int16, name: *mut String128
        ) -> tresult;
        fn getSelectedUnit() -> UnitID;
        fn selectUnit(unit: UnitID) -> tresult;
        fn getUnitByBus(
            media: MediaType, direction: BusDirection, bus_idx: int32, channel: int32, unit: *mut UnitID
        ) -> tresult;
        fn setUnitProgramData(list_or_unit: int32, program_idx: int32, data: *mut IBStream) -> tresult;
    }
    IInfoListenerTrait {
        fn setChannelContextInfos(list: *mut IAttributeList) -> tresult;
    }
}

//! `.vstpreset`: the file in which VST3 hosts save and load the state of one plugin.
//!
//! The layout (Steinberg, *VST 3 Developer Portal, Preset Format*), all numbers little-endian:
//!
//! ```text
//! "VST3" · version: i32 = 1 · class id: 32 hexadecimal digits · offset of the list: i64
//! … chunks …
//! "List" · n: i32 · n × ( id: 4 bytes · offset: i64 · size: i64 )
//! ```
//!
//! The chunk `Comp` is the component's state, which for Busbar is the JSON document.

/// A preset's first bytes.
const MAGIC: &[u8] = b"VST3";

/// Magic, version, class id and the list's offset.
const HEADER_BYTES: usize = 4 + 4 + 32 + 8;

/// A chunk's entry in the list.
const ENTRY_BYTES: usize = 4 + 8 + 8;

/// More chunks than any host writes.
const MAX_CHUNKS: u32 = 128;

/// The class ids of all sizes begin so; two digits of the size follow, which makes sixteen bytes.
const CLASS_ID_PREFIX: &str = "BusbarMixerBus";

/// The class id of Busbar's VST3 plugin with this many strips, as presets write it.
///
/// Steinberg's text form of an id is its sixteen bytes in hexadecimal, in the order in which they are stored.
pub fn class_id(size: usize) -> String {
    let bytes = format!("{CLASS_ID_PREFIX}{size:02}");
    bytes.bytes().map(|byte| format!("{byte:02X}")).collect()
}

pub(super) fn is_preset(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The component's state in a preset, or on one line why there is none.
pub(super) fn state(bytes: &[u8]) -> Result<&[u8], String> {
    let broken = || "its VST3 preset is cut or broken".to_owned();
    let list_offset = number(bytes, HEADER_BYTES - 8).ok_or_else(broken)?;
    let list = bytes.get(list_offset..).filter(|list| list.starts_with(b"List")).ok_or_else(broken)?;
    let n_chunks = u32::from_le_bytes(*list.get(4..8).and_then(<[u8]>::first_chunk).ok_or_else(broken)?);
    for chunk_idx in 0..n_chunks.min(MAX_CHUNKS) as usize {
        let entry = list.get(8 + chunk_idx * ENTRY_BYTES..).ok_or_else(broken)?;
        let (offset, size) = (number(entry, 4).ok_or_else(broken)?, number(entry, 12).ok_or_else(broken)?);
        if entry.starts_with(b"Comp") {
            let end = offset.checked_add(size).ok_or_else(broken)?;
            return bytes.get(offset..end).ok_or_else(broken);
        }
    }
    Err("its VST3 preset holds no component".to_owned())
}

/// A preset of Busbar with this many strips around a state.
pub(super) fn wrap(state: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + state.len() + 8 + ENTRY_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&1_i32.to_le_bytes());
    bytes.extend_from_slice(class_id(size).as_bytes());
    bytes.extend_from_slice(&((HEADER_BYTES + state.len()) as i64).to_le_bytes());
    bytes.extend_from_slice(state);
    bytes.extend_from_slice(b"List");
    bytes.extend_from_slice(&1_i32.to_le_bytes());
    bytes.extend_from_slice(b"Comp");
    bytes.extend_from_slice(&(HEADER_BYTES as i64).to_le_bytes());
    bytes.extend_from_slice(&(state.len() as i64).to_le_bytes());
    bytes
}

/// A count of bytes: 64 bits that fit this machine.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    usize::try_from(i64::from_le_bytes(*bytes)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_survives_its_wrapping() {
        let preset = wrap(b"{\"a\":1}", 16);
        assert!(is_preset(&preset));
        assert_eq!(state(&preset).expect("a state"), b"{\"a\":1}");
    }

    #[test]
    fn the_component_is_found_among_other_chunks() {
        let mut preset = wrap(b"component", 8);
        // As hosts write it that also save the controller and their own notes.
        let list = HEADER_BYTES + b"component".len();
        let entry = preset[list + 8..].to_vec();
        preset.truncate(list + 4);
        preset.extend_from_slice(&2_i32.to_le_bytes());
        preset.extend_from_slice(b"Cont");
        preset.extend_from_slice(&entry[4..]);
        preset.extend_from_slice(&entry);
        assert_eq!(state(&preset).expect("a state"), b"component");
    }

    #[test]
    fn no_cut_or_bent_preset_is_believed() {
        let preset = wrap(b"{\"a\":1}", 32);
        for n_bytes in 0..preset.len() {
            assert!(state(&preset[..n_bytes]).is_err(), "{n_bytes} bytes");
        }
        for at in 0..preset.len() {
            let mut bent = preset.clone();
            bent[at] ^= 0xff;
            // It may be believed where the bend is in the state itself; it must never read beyond the end.
            let _ = state(&bent);
        }
    }
}

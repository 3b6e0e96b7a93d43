//! The stand-in plugin as a library, for the tests that run the built `busbar-render`.

// The stand-in is shared with tests that use more of it than the library does.
#[allow(dead_code, missing_docs)]
#[path = "mod.rs"]
mod stand_in;

clack_plugin::clack_export_entry!(stand_in::StandInEntry);

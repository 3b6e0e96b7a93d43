//! The framework's log as this program talks: one line each, and only what matters.

use nice_plug::tracing::field::{Field, Visit};
use nice_plug::tracing::span::{Attributes, Id, Record};
use nice_plug::tracing::{Event, Level, Metadata, Subscriber, subscriber};
use std::fmt::{Debug, Write};

/// What an error to open a device means to whoever reads it.
const WHAT_NEXT: &str = "; start a JACK server, or name another --output (an empty name lists all)";

/// Takes over the log. The framework then leaves panics alone, too.
pub(super) fn install() {
    // Somebody else may have a log already, and keeps it.
    let _ = subscriber::set_global_default(Log);
    keep_alsa_quiet();
}

/// ALSA's library prints half a page about a missing sound card.
fn keep_alsa_quiet() {
    #[cfg(target_os = "linux")]
    if let Ok(buffer) = alsa::Output::local_error_handler() {
        // The library writes to it for as long as this thread lives, which is that of the program.
        std::mem::forget(buffer);
    }
}

struct Log;

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message::default();
        event.record(&mut message);
        super::say(&line(&message.0));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// A message on one line; lists of devices come with a line for each.
fn line(message: &str) -> String {
    let list: Vec<&str> = message.lines().collect();
    let hint = if message.starts_with("Could not initialize") && list.len() == 1 { WHAT_NEXT } else { "" };
    match list.split_first() {
        Some((first, rest)) if !rest.is_empty() => format!("{first} {}", rest.join(", ")),
        _ => format!("{}{hint}", message.trim_end_matches(['.', '\n'])),
    }
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_one_line() {
        let lost = line("Could not initialize the ALSA backend: it is gone.");
        assert_eq!(lost, format!("Could not initialize the ALSA backend: it is gone{WHAT_NEXT}"));
        let list = line("Could not initialize the ALSA backend: Available devices are:\nA\nB");
        assert!(list.ends_with("Available devices are: A, B"), "{list}");
        assert_eq!(line("Error during playback"), "Error during playback");
    }
}

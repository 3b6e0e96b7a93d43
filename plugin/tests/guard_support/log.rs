//! Catches what is logged on this thread, since a failed assertion of the framework is only a log line.

use std::cell::RefCell;
use std::fmt::Debug;

use nice_assert_no_alloc::permit_alloc;
use nice_plug::tracing::field::{Field, Visit};
use nice_plug::tracing::span::{Attributes, Id, Record};
use nice_plug::tracing::subscriber::with_default;
use nice_plug::tracing::{Event, Level, Metadata, Subscriber};

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Collector;

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        permit_alloc(|| event.record(&mut Line));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Line;

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            LINES.with_borrow_mut(|lines| lines.push(format!("{value:?}")));
        }
    }
}

/// Shows what was logged if the test fails meanwhile: the framework's hook makes of a panic's message such a line too.
struct Shown;

impl Drop for Shown {
    fn drop(&mut self) {
        if std::thread::panicking() {
            LINES.take().iter().for_each(|line| eprintln!("{line}"));
        }
    }
}

/// Runs `test` and returns the warnings and errors that were logged on this thread.
pub fn logged(test: impl FnOnce()) -> Vec<String> {
    LINES.take();
    let _shown = Shown;
    with_default(Collector, test);
    LINES.take()
}

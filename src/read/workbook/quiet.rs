//! A parser of another crate run so that its panic on a broken file becomes a message about the file.

use crate::read::table::Trouble;
use crate::schema::codes::FILE_UNREADABLE;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs `work`; a panic in it is a broken file, said once and not printed by the panic hook. Panics elsewhere print as before.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !QUIET.with(Cell::get) {
                before(info);
            }
        }));
    });
    let was = QUIET.with(|q| q.replace(true));
    // Nothing outlives the call: what the parser held is dropped with it.
    let done = catch_unwind(AssertUnwindSafe(work));
    QUIET.with(|q| q.set(was));
    done.unwrap_or_else(|_| Err(Trouble::file(&FILE_UNREADABLE, "the workbook is broken: its inner structure makes no sense")))
}

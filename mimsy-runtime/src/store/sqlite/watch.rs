//! What ends a statement before it is through: its time is over, nobody waits for it any more, or it takes too many steps
//! for the thread that it runs on.
//!
//! SQLite calls the progress handler from within the statement, every so many steps of its virtual machine; what the
//! statement may take is laid down here before it starts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rusqlite::Connection;

use super::failure::store_error;
use crate::store::StoreError;

/// Steps between two looks at the clock: some 50 µs.
const PERIOD: u32 = 2000;

/// What a statement may take.
#[derive(Clone, Debug, Default)]
pub(super) struct Bounds {
    /// When its time is over; never, if it is not said.
    pub(super) until: Option<Instant>,
    /// At most about how many steps.
    pub(super) steps: Option<u32>,
    /// Who waits for it.
    pub(super) caller: Option<Caller>,
}

/// Why a statement was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Its time was over.
    Time,
    /// It took too many steps.
    Steps,
    /// Nobody waited for it.
    Unwanted,
}

/// Whether somebody still waits. The waiting side holds a [`Waiting`].
#[derive(Clone, Debug)]
pub(super) struct Caller(Arc<AtomicBool>);

/// Somebody who waits, for as long as this lives.
#[derive(Debug)]
pub(super) struct Waiting(Arc<AtomicBool>);

impl Waiting {
    pub(super) fn new() -> (Self, Caller) {
        let here = Arc::new(AtomicBool::new(true));
        (Self(Arc::clone(&here)), Caller(here))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Caller {
    pub(super) fn waits(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The eye on the statements of one connection.
#[derive(Debug)]
pub(super) struct Watch(Arc<Mutex<Under>>);

/// The statement under way.
#[derive(Debug, Default)]
struct Under {
    bounds: Bounds,
    periods: u32,
    end: Option<End>,
}

impl Watch {
    /// Watch a connection.
    pub(super) fn over(connection: &Connection) -> Result<Self, StoreError> {
        let under = Arc::new(Mutex::new(Under::default()));
        let looked_at = Arc::clone(&under);
        let look = move || lock(&looked_at).look();
        connection.progress_handler(PERIOD.cast_signed(), Some(look)).map_err(store_error)?;
        Ok(Self(under))
    }

    /// A statement starts.
    pub(super) fn start(&self, bounds: Bounds) {
        *lock(&self.0) = Under { bounds, ..Under::default() };
    }

    /// It is through; whether it was ended.
    pub(super) fn end(&self) -> Option<End> {
        std::mem::take(&mut *lock(&self.0)).end
    }
}

impl Under {
    /// Whether to end the statement.
    fn look(&mut self) -> bool {
        self.periods = self.periods.saturating_add(1);
        let Bounds { until, steps, caller } = &self.bounds;
        self.end = if caller.as_ref().is_some_and(|caller| !caller.waits()) {
            Some(End::Unwanted)
        } else if until.is_some_and(|until| Instant::now() >= until) {
            Some(End::Time)
        } else if steps.is_some_and(|steps| self.periods.saturating_mul(PERIOD) > steps) {
            Some(End::Steps)
        } else {
            None
        };
        self.end.is_some()
    }
}

fn lock(under: &Mutex<Under>) -> MutexGuard<'_, Under> {
    under.lock().unwrap_or_else(PoisonError::into_inner)
}

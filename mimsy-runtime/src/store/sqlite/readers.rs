//! Connections that read: one for each thread, in a slot of its own.
//!
//! A thread takes its connection out of its slot for as long as a unit of work runs, so a lock is held for a moment
//! only and two threads hardly ever meet at one. The slots belong to the store: dropping it closes them all.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::connection::Opening;
use super::link::Link;
use crate::store::StoreError;

/// The fewest slots; more where there are more cores. Threads past them share, and open what they miss.
const SLOTS: usize = 64;

/// The readers of a store.
pub(super) struct Readers {
    opening: Opening,
    // Boxed: taking one and giving it back moves a pointer.
    slots: Box<[Mutex<Option<Box<Link>>>]>,
    closed: AtomicBool,
}

impl Readers {
    pub(super) fn new(opening: Opening) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let slots = (0..SLOTS.max(2 * cores)).map(|_| Mutex::new(None)).collect();
        Self { opening, slots, closed: AtomicBool::new(false) }
    }

    /// The connection of this thread; a new one where the slot is empty (a first read, or a read inside a read).
    pub(super) fn take(&self) -> Result<Reader<'_>, StoreError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::closed());
        }
        let slot = SEAT.with(|seat| seat.0) % self.slots.len();
        let kept = self.slots[slot].lock().unwrap_or_else(PoisonError::into_inner).take();
        let link = match kept {
            Some(link) => link,
            None => Box::new(self.opening.reader()?),
        };
        Ok(Reader { readers: self, slot, link: Some(link) })
    }

    /// Close what is not in use; what is in use closes when it comes back.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for slot in &self.slots {
            slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

/// A connection on loan.
pub(super) struct Reader<'r> {
    readers: &'r Readers,
    slot: usize,
    // Only empty while it is being dropped.
    link: Option<Box<Link>>,
}

impl Reader<'_> {
    pub(super) fn link(&mut self) -> &mut Link {
        self.link.as_mut().expect("a reader keeps its connection until it is dropped")
    }
}

impl Drop for Reader<'_> {
    /// A slot never holds a connection inside a transaction: it would read an old state, and keep the log growing.
    fn drop(&mut self) {
        let Some(mut link) = self.link.take() else { return };
        if !link.is_idle() && link.run("ROLLBACK").is_err() {
            return;
        }
        let mut slot = self.readers.slots[self.slot].lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_none() && !self.readers.closed.load(Ordering::Acquire) {
            *slot = Some(link);
        }
    }
}

/// The number of a thread. The smallest free one, so that threads that come and go do not wander over all slots.
struct Seat(usize);

static FREE: Mutex<Seats> = Mutex::new(Seats { next: 0, given_back: BTreeSet::new() });

struct Seats {
    next: usize,
    given_back: BTreeSet<usize>,
}

thread_local! {
    static SEAT: Seat = Seat::take();
}

impl Seat {
    fn take() -> Self {
        let mut seats = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        Self(seats.given_back.pop_first().unwrap_or_else(|| {
            seats.next += 1;
            seats.next - 1
        }))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        FREE.lock().unwrap_or_else(PoisonError::into_inner).given_back.insert(self.0);
    }
}

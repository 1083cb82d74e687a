//! Connections that read: one for each thread, in a slot of its own.
//!
//! A thread takes its connection out of its slot for as long as a unit of work runs, so a lock is held for a moment
//! only and two threads hardly ever meet at one. The slots belong to the store: dropping it closes them all.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::apart::Apart;
use super::connection::Opening;
use super::janitor::Janitor;
use super::link::Link;
use super::reader::Reader;
use crate::store::StoreError;

/// The fewest slots; more where there are more cores. Threads past them share, and open what they miss.
const SLOTS: usize = 64;

// Boxed: taking one and giving it back moves a pointer.
type Slot = Mutex<Option<Box<Reader>>>;

/// The readers of a store.
pub(super) struct Readers {
    opening: Opening,
    slots: Box<[Slot]>,
    closed: AtomicBool,
    /// How many times this process has committed.
    commits: AtomicU64,
    janitor: Janitor,
    apart: Apart,
}

impl Readers {
    pub(super) fn new(opening: Opening) -> Result<Arc<Self>, StoreError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let slots = (0..SLOTS.max(2 * cores)).map(|_| Mutex::new(None)).collect();
        let apart = Apart::new(opening.statement_time());
        let readers = Arc::new(Self {
            opening,
            slots,
            closed: AtomicBool::new(false),
            commits: AtomicU64::new(0),
            janitor: Janitor::default(),
            apart,
        });
        Janitor::start(&readers)?;
        Ok(readers)
    }

    /// The connection of this thread; a new one where the slot is empty (a first read, or a read inside a read).
    pub(super) fn take(self: &Arc<Self>) -> Result<Loan, StoreError> {
        if self.is_closed() {
            return Err(StoreError::closed());
        }
        let slot = SEAT.with(|seat| seat.0) % self.slots.len();
        let reader = Some(self.reader(slot)?);
        Ok(Loan { readers: Arc::clone(self), slot, reader, one_state: false })
    }

    fn reader(&self, slot: usize) -> Result<Box<Reader>, StoreError> {
        let kept = lock(&self.slots[slot]).take();
        Ok(match kept {
            Some(reader) => reader,
            None => Box::new(Reader::new(self.opening.reader()?)),
        })
    }

    /// Something was committed: what is read from now on shows it. To be called before it is acknowledged.
    pub(super) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Release);
    }

    /// Nobody is to hold on to a state that is older than now: idle threads let go at once, others with their next
    /// statement.
    pub(super) fn let_go(&self) {
        self.committed();
        self.sweep(Duration::ZERO);
    }

    /// End what idle threads have held for this time; whether some hold something still.
    pub(super) fn sweep(&self, time: Duration) -> bool {
        let mut held = false;
        for slot in &self.slots {
            let mut slot = lock(slot);
            let Some(reader) = slot.as_mut() else { continue };
            if reader.has_held(time) && reader.end().is_err() {
                *slot = None;
            } else {
                held |= reader.holds();
            }
        }
        held
    }

    /// Close what is not in use; what is in use closes when it comes back.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for slot in &self.slots {
            lock(slot).take();
        }
        self.janitor.stir();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(super) fn janitor(&self) -> &Janitor {
        &self.janitor
    }

    pub(super) fn apart(&self) -> &Apart {
        &self.apart
    }
}

fn lock(slot: &Slot) -> MutexGuard<'_, Option<Box<Reader>>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection on loan.
pub(in crate::store) struct Loan {
    readers: Arc<Readers>,
    slot: usize,
    // Empty while it is elsewhere.
    reader: Option<Box<Reader>>,
    /// Whether all statements see the same state.
    one_state: bool,
}

impl Loan {
    pub(super) fn readers(&self) -> &Readers {
        &self.readers
    }

    /// From now on all statements see one state: the newest.
    pub(super) fn hold(&mut self) -> Result<(), StoreError> {
        self.one_state = true;
        // Counted before the state is taken, so that it shows at least these.
        let commits = self.readers.commits.load(Ordering::Acquire);
        self.reader()?.begin(commits, Instant::now())
    }

    /// The connection, for one statement.
    pub(super) fn link(&mut self) -> Result<&mut Link, StoreError> {
        if !self.one_state {
            let commits = self.readers.commits.load(Ordering::Acquire);
            self.reader()?.renew(commits)?;
        }
        self.held()
    }

    /// The connection, over the state that it holds.
    pub(super) fn held(&mut self) -> Result<&mut Link, StoreError> {
        Ok(&mut self.reader()?.link)
    }

    /// Whether the next statement may see a newer state than the last one.
    pub(super) fn may_renew(&self) -> bool {
        !self.one_state
    }

    /// Leave the connection to others for now.
    pub(super) fn give_back(&mut self) {
        let Some(reader) = self.reader.take() else { return };
        let holds = reader.holds();
        // One that can neither end nor go on is of no use.
        let sound = holds || reader.link.is_idle();
        let mut slot = lock(&self.readers.slots[self.slot]);
        if sound && slot.is_none() && !self.readers.is_closed() {
            *slot = Some(reader);
            drop(slot);
            if holds {
                self.readers.janitor.wake();
            }
        }
    }

    /// After [`Loan::give_back`].
    pub(super) fn take_again(&mut self) -> Result<(), StoreError> {
        self.reader = Some(self.readers.reader(self.slot)?);
        Ok(())
    }

    /// The connection for another thread; it goes back into the slot from there if nobody [takes](Loan::take_back) it.
    pub(super) fn lend(&mut self) -> Self {
        let reader = self.reader.take();
        Self { readers: Arc::clone(&self.readers), slot: self.slot, reader, one_state: self.one_state }
    }

    /// After [`Loan::lend`].
    pub(super) fn take_back(&mut self, mut lent: Self) {
        self.reader = lent.reader.take();
    }

    fn reader(&mut self) -> Result<&mut Reader, StoreError> {
        // Where a unit was left while its connection was elsewhere.
        self.reader.as_deref_mut().ok_or_else(|| StoreError::defect("the connection of this unit is gone"))
    }
}

impl Drop for Loan {
    /// Back into the slot, with the state that it holds; the janitor looks after that.
    fn drop(&mut self) {
        self.give_back();
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

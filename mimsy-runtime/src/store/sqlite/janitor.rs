//! The thread that ends what idle threads hold.
//!
//! A thread that reads renews its own state. One that does not would keep its last state for as long as it is idle, and the
//! log would grow meanwhile; so this one looks after it. It sleeps while nothing is held.

use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Arc, OnceLock, Weak};
use std::thread::Thread;

use super::reader::HELD;
use super::readers::Readers;
use crate::store::StoreError;

/// How the thread is woken.
#[derive(Debug, Default)]
pub(super) struct Janitor {
    thread: OnceLock<Thread>,
    awake: AtomicBool,
}

impl Janitor {
    /// Start the thread. It ends with the readers.
    pub(super) fn start(readers: &Arc<Readers>) -> Result<(), StoreError> {
        let minded = Arc::downgrade(readers);
        let thread = std::thread::Builder::new()
            .name("mimsy-janitor".to_owned())
            .spawn(move || while mind(&minded) {})
            .map_err(|error| StoreError::Unavailable(Arc::new(error)))?;
        let _ = readers.janitor().thread.set(thread.thread().clone());
        Ok(())
    }

    /// Something is held that was put into its slot just now.
    pub(super) fn wake(&self) {
        // Either this sees that the thread is about to sleep, or the thread sees the slot: see `mind`.
        fence(Ordering::SeqCst);
        if !self.awake.load(Ordering::Relaxed) {
            self.awake.store(true, Ordering::Relaxed);
            self.stir();
        }
    }

    /// There is something else to see, such as that the store is closed.
    pub(super) fn stir(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}

/// One round; whether there is another.
fn mind(readers: &Weak<Readers>) -> bool {
    let Some(readers) = readers.upgrade().filter(|readers| !readers.is_closed()) else { return false };
    let mut held = readers.sweep(HELD);
    if !held {
        readers.janitor().awake.store(false, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        held = readers.sweep(HELD);
        if held {
            readers.janitor().awake.store(true, Ordering::Relaxed);
        }
    }
    // Whoever lets go of the last handle meanwhile closes the file, not this thread at some time.
    drop(readers);
    if held {
        std::thread::park_timeout(HELD)
    } else {
        std::thread::park()
    }
    true
}

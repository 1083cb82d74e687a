//! Statements that take too long for the thread of a caller, on a thread of their own.
//!
//! Nobody can tell from a statement what it will cost: an index may lead to three rows or to all of them. So every
//! statement starts where its unit runs, and may take some steps there; one that takes more is stopped and starts again on
//! a thread that may block, over the same state, and the rows that it gave already are skipped. Next time it goes there
//! at once, until it was cheap again: SQLite counts the steps of a prepared statement itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};

use super::kept::Kept;
use super::readers::Loan;
use super::watch::{Caller, Waiting};
use crate::row::{BadCell, Row};
use crate::sql::Statement;
use crate::store::StoreError;

/// Steps that a statement may take on the thread of its caller: some 2 ms.
const STEPS: u32 = 100_000;

/// Rows that travel together.
const TOGETHER: usize = 64;

/// How many such statements run at once, and for how long one waits for its turn.
pub(super) struct Apart {
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Apart {
    pub(super) fn new(patience: Duration) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { places: Arc::new(Semaphore::new((2 * cores).max(4))), patience }
    }
}

impl Loan {
    /// Run a statement and hand on its rows.
    pub(super) async fn rows(
        &mut self,
        statement: &Statement,
        each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
    ) -> Result<(), StoreError> {
        let mut given = 0;
        let counted = &mut |row: &dyn Row| {
            given += 1;
            each(row)
        };
        if self.link()?.rows_in_steps(STEPS, statement, counted)? {
            return Ok(());
        }
        // Without a runtime there is no other thread to go to.
        if tokio::runtime::Handle::try_current().is_err() {
            return self.held()?.rows(statement, &mut past(given, each));
        }
        // Boxed: it is large, and every read's future would carry its size.
        Box::pin(self.rows_apart(statement, given, each)).await
    }

    async fn rows_apart(
        &mut self,
        statement: &Statement,
        given: usize,
        each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
    ) -> Result<(), StoreError> {
        // What was given already belongs to the state that is held.
        let anew = given == 0 && self.may_renew();
        if anew {
            self.give_back();
        }
        let Apart { places, patience } = self.readers().apart();
        let place = tokio::time::timeout(*patience, Arc::clone(places).acquire_owned());
        let place = place.await.map_err(|_| StoreError::TimedOut)?.map_err(|_| StoreError::closed())?;
        if anew {
            self.take_again()?;
            self.link()?;
        }
        let (waiting, caller) = Waiting::new();
        let (rows, mut arriving) = mpsc::channel(2);
        let errand = Errand { loan: self.lend(), statement: statement.clone(), skip: given, caller, rows };
        let thread = tokio::task::spawn_blocking(move || {
            let _place = place;
            errand.run()
        });
        let mut outcome = Ok(());
        'rows: while let Some(together) = arriving.recv().await {
            for row in &together {
                outcome = each(row);
                if outcome.is_err() {
                    break 'rows;
                }
            }
        }
        drop((waiting, arriving));
        let (loan, through) = thread.await.map_err(|_| StoreError::closed())?;
        self.take_back(loan);
        outcome?;
        through
    }
}

/// A statement on its way to another thread, with its connection.
struct Errand {
    loan: Loan,
    statement: Statement,
    skip: usize,
    caller: Caller,
    rows: mpsc::Sender<Vec<Kept>>,
}

impl Errand {
    fn run(self) -> (Loan, Result<(), StoreError>) {
        let Self { mut loan, statement, skip, caller, rows } = self;
        let mut together = Vec::new();
        let send = |together: &mut Vec<Kept>| {
            // If nobody takes them, the watch ends the statement.
            let _ = rows.blocking_send(std::mem::take(together));
        };
        let link = match loan.held() {
            Ok(link) => link,
            Err(error) => return (loan, Err(error)),
        };
        link.bind(None, Some(caller));
        let through = link.rows(
            &statement,
            &mut past(skip, &mut |row| {
                together.push(Kept::copy(row, statement.columns.len()));
                if together.len() == TOGETHER {
                    send(&mut together);
                }
                Ok(())
            }),
        );
        link.bind(None, None);
        if !together.is_empty() {
            send(&mut together);
        }
        (loan, through)
    }
}

/// The rows after the first ones.
fn past(
    mut first: usize,
    each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
) -> impl FnMut(&dyn Row) -> Result<(), BadCell> + Send {
    move |row| {
        if first > 0 {
            first -= 1;
            return Ok(());
        }
        each(row)
    }
}

//! A server as a child process. It ends with its handle: by its id here, and by its standard input if this program dies.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use mimsy_tests::cluster::TestDatabase;

use crate::Outcome;
use crate::subject::{Ready, Subject};

pub(crate) struct Server {
    pub(crate) subject: Subject,
    pub(crate) ready: Ready,
    child: Child,
    /// Its database on Postgres, which goes with it.
    _database: Option<TestDatabase>,
}

impl Server {
    pub(crate) fn start(subject: Subject, mut command: Command, database: Option<TestDatabase>) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        match serde_json::from_str(&line) {
            Ok(ready) => Ok(Self { subject, ready, child, _database: database }),
            Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(format!("{} did not start: {line}", subject.name()).into())
            }
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

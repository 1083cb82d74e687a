//! Where and how the suite runs: its folder, the seeded databases, the cores.

use std::cell::{OnceCell, RefCell};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use mimsy_tests::cluster::{self, TestDatabase};

use super::server::Server;
use crate::arguments::RunOptions;
use crate::load::Measurement;
use crate::subject::Subject;
use crate::workload::Workload;
use crate::{Outcome, machine};

pub(crate) struct Bench {
    program: OsString,
    folder: PathBuf,
    pins: bool,
    seconds: f64,
    warm_up: f64,
    connections: usize,
    cluster: OnceCell<Result<Cluster, String>>,
}

/// A private Postgres, and what was seeded on it.
struct Cluster {
    // They go before their server.
    seeded: RefCell<Vec<(Subject, TestDatabase)>>,
    server: cluster::Server,
}

impl Bench {
    pub(crate) fn new(options: &RunOptions) -> Outcome<Self> {
        let program = std::env::current_exe()?;
        // Beside the program: a real disk, where a temporary folder may be memory.
        let folder = program.parent().ok_or("the program has no folder")?.join("mimsy-bench-data");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let (seconds, warm_up) = if options.quick { (0.5, 0.2) } else { (options.seconds, 1.0) };
        Ok(Self {
            program: program.into_os_string(),
            folder,
            pins: machine::can_pin(),
            seconds,
            warm_up,
            connections: options.connections,
            cluster: OnceCell::new(),
        })
    }

    /// Whether there is a Postgres; it starts when it is first asked for.
    pub(crate) fn postgres(&self) -> Result<(), String> {
        self.cluster().map(|_| ())
    }

    fn cluster(&self) -> Result<&Cluster, String> {
        let started = self.cluster.get_or_init(|| {
            let server = cluster::Server::start_durably()?;
            eprintln!("{}", server.version());
            Ok(Cluster { seeded: RefCell::default(), server })
        });
        started.as_ref().map_err(Clone::clone)
    }

    /// Let every process run on every core.
    pub(crate) fn unpinned(mut self) -> Self {
        self.pins = false;
        self
    }

    pub(crate) fn pins(&self) -> bool {
        self.pins
    }

    /// Make the databases of these subjects.
    pub(crate) fn seed(&self, subjects: &[Subject]) -> Outcome<()> {
        for subject in subjects.iter().filter_map(|subject| subject.seeded_as()) {
            let database = if subject.is_on_postgres() { Some(self.cluster()?.server.database()) } else { None };
            let file = self.seeded(subject);
            if file.exists() {
                continue;
            }
            eprintln!("seeding {}", subject.name());
            let place = database.as_ref().map_or_else(|| file.into_os_string(), |database| database.url.clone().into());
            let mut command = machine::pinned(&self.program, None);
            let status = command.arg("seed").arg(subject.name()).arg(place).stdin(Stdio::null()).status()?;
            if !status.success() {
                return Err(format!("seeding {} failed", subject.name()).into());
            }
            if let Some(database) = database {
                self.cluster()?.seeded.borrow_mut().push((subject, database));
            }
        }
        Ok(())
    }

    /// Start a subject on a fresh copy of its database.
    pub(crate) fn start(&self, subject: Subject) -> Outcome<Server> {
        if subject.is_on_postgres() {
            return self.start_on_postgres(subject);
        }
        let file = self.folder.join(format!("{}.db", subject.name()));
        if let Some(seeded) = subject.seeded_as() {
            for suffix in ["-wal", "-shm"] {
                let beside = self.folder.join(format!("{}.db{suffix}", subject.name()));
                if beside.exists() {
                    fs::remove_file(beside)?;
                }
            }
            fs::copy(self.seeded(seeded), &file)?;
        }
        Server::start(subject, self.serve(subject, file.as_os_str()), None)
    }

    fn start_on_postgres(&self, subject: Subject) -> Outcome<Server> {
        let cluster = self.cluster()?;
        let seeded = cluster.seeded.borrow();
        let (_, of) = seeded.iter().find(|(known, _)| *known == subject).ok_or("it is not seeded")?;
        let database = cluster.server.copy(of);
        let command = self.serve(subject, database.url.as_ref());
        Server::start(subject, command, Some(database))
    }

    fn serve(&self, subject: Subject, place: &OsStr) -> Command {
        let mut command = machine::pinned(&self.program, self.pins.then_some(0));
        command.arg("serve").arg(subject.name()).arg(place).arg("--until-stdin-closes");
        command
    }

    /// Put a server under load.
    pub(crate) fn load(&self, server: &Server, workload: Workload) -> Outcome<Measurement> {
        let mut command = machine::pinned(&self.program, self.pins.then_some(1));
        command
            .arg("load")
            .arg(workload.name())
            .args(["--address", &server.ready.address.to_string()])
            .args(["--server", &server.id().to_string()])
            .args(["--connections", &self.connections.to_string()])
            .args(["--seconds", &self.seconds.to_string()])
            .args(["--warm-up", &self.warm_up.to_string()]);
        if let Some(token) = &server.ready.token {
            command.args(["--token", token]);
        }
        if let Some(query) = &server.ready.query {
            command.args(["--query", query]);
        }
        let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{} under {}: the load failed", server.subject.name(), workload.title()).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn seeded(&self, subject: Subject) -> PathBuf {
        self.folder.join(format!("{}.seed", subject.name()))
    }
}

impl Drop for Bench {
    /// The databases are large, and worth nothing afterwards.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

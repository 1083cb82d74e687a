//! One server: its folder, the shell that minds it, and its address.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use super::binaries;

/// Run by the shell that minds the server. It obeys lines of its standard input; when that closes (we are gone, for
/// whatever reason), it stops the server and removes the folder. Every command is answered by one line.
const SCRIPT: &str = r#"
start() {
    for try in 1 2 3 4 5 6 7 8 9 10; do
        "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 -o "$options" start && return
        # After a kill its processes take a moment to notice.
        sleep 0.3
    done
    return 1
}
stop() { "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop; }
kill_it() { kill -9 "$(head -n 1 "$dir/data/postmaster.pid")"; }
init() { "$bin/initdb" -D "$dir/data" -U mimsy --auth=trust -E UTF8 --locale=C --no-sync; }
answer() { if "$@" >"$dir/command.log" 2>&1; then echo done; else tr '\n' ' ' <"$dir/command.log"; echo; fi; }
answer init
while read -r command; do
    case "$command" in start|stop|kill_it) answer "$command";; esac
done
stop >/dev/null 2>&1
rm -rf "$dir"
"#;

/// A private server, stopped when it is dropped and when the process ends.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    version: String,
    minder: Mutex<Minder>,
}

#[derive(Debug)]
struct Minder {
    child: Child,
    // Closed to end it.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Server {
    /// Make a cluster and start its server.
    ///
    /// # Errors
    /// Why there is none, in words: not installed, or what its tools say.
    pub fn start() -> Result<Self, String> {
        Self::start_with("-c fsync=off -c full_page_writes=off")
    }

    /// The same for one whose commits wait for the disk.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_durably() -> Result<Self, String> {
        Self::start_with("")
    }

    fn start_with(more: &str) -> Result<Self, String> {
        let told = |what: &'static str| move |error: std::io::Error| format!("{what}: {error}");
        let bin = binaries::find()?;
        let version = binaries::output(Command::new(bin.join("postgres")).arg("--version")).unwrap_or_default();
        let version = version.replace("postgres (PostgreSQL)", "PostgreSQL");
        // A socket's path holds about 100 bytes, so a deep temporary directory would not do.
        let mut parent = std::env::temp_dir();
        if parent.as_os_str().len() > 60 {
            parent = PathBuf::from("/tmp");
        }
        let folder = tempfile::Builder::new()
            .prefix("mimsy-pg-")
            .tempdir_in(parent)
            .map_err(told("a folder for the cluster"))?
            .keep();
        let script = folder.join("mind.sh");
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c max_connections=300 \
             -c shared_buffers=64MB {more}",
            folder.display()
        );
        let text = format!("bin='{}' dir='{}' options='{options}'\n{SCRIPT}", bin.display(), folder.display());
        std::fs::write(&script, text).map_err(told("the script that minds the server"))?;
        let mut shell = binaries::unprivileged(&script, &folder)?;
        // Ctrl-C reaches the tests alone: the minder outlives them by the moment that it takes to clean up.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
        let mut child = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(told("the shell that minds the server"))?;
        let (commands, answers) = (child.stdin.take(), child.stdout.take());
        let answers = BufReader::new(answers.ok_or("the shell has no standard output")?);
        let server = Self { folder, version, minder: Mutex::new(Minder { child, commands, answers }) };
        server.expect_done()?;
        server.resume()?;
        Ok(server)
    }

    /// Stop the server at once, as a crash would. Its data stay.
    ///
    /// # Errors
    /// What `pg_ctl` says.
    pub fn halt(&self) -> Result<(), String> {
        self.command("stop")
    }

    /// `kill -9` of the server: what it was doing it leaves as it is.
    ///
    /// # Errors
    /// What `kill` says.
    pub fn kill(&self) -> Result<(), String> {
        self.command("kill_it")
    }

    /// Start the server again.
    ///
    /// # Errors
    /// What `pg_ctl` says.
    pub fn resume(&self) -> Result<(), String> {
        self.command("start")
    }

    /// What the server calls itself.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The address of a database of this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://mimsy@localhost/{database}?host={}", self.folder.display())
    }

    fn command(&self, command: &str) -> Result<(), String> {
        {
            let mut minder = self.minder.lock().unwrap_or_else(PoisonError::into_inner);
            let commands = minder.commands.as_mut().ok_or("the server's minder is gone")?;
            writeln!(commands, "{command}").map_err(|error| format!("the server's minder is gone: {error}"))?;
        }
        self.expect_done()
    }

    fn expect_done(&self) -> Result<(), String> {
        let mut answer = String::new();
        let mut minder = self.minder.lock().unwrap_or_else(PoisonError::into_inner);
        minder.answers.read_line(&mut answer).map_err(|error| format!("the server's minder is gone: {error}"))?;
        match answer.trim() {
            "done" => Ok(()),
            "" => Err("the server's minder ended without a word".to_owned()),
            said => Err(said.to_owned()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let minder = self.minder.get_mut().unwrap_or_else(PoisonError::into_inner);
        minder.commands = None;
        let _ = minder.child.wait();
    }
}

//! The invoices example as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};

use super::client::Client;

/// A server process. It ends with its handle, and with the tests.
pub(super) struct Served {
    child: Child,
    // It serves for as long as this is open.
    _stdin: ChildStdin,
    address: SocketAddr,
    token: String,
}

impl Served {
    /// Serve a database.
    pub(super) fn start(url: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
        command.arg(url);
        Self::run(command).unwrap_or_else(|said| panic!("the server did not start: {said}"))
    }

    /// Run a command that ends in the server.
    pub(super) fn run(mut command: Command) -> Result<Self, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(|error| error.to_string())?;
        let mut words = line.split_whitespace().skip(1);
        match (words.next().and_then(|address| address.parse().ok()), words.next()) {
            (Some(address), Some(token)) => {
                // What it logs from now on nobody reads, and a full pipe would stop it.
                let mut log = child.stderr.take().unwrap();
                std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
                Ok(Self { child, _stdin: stdin, address, token: token.to_owned() })
            }
            _ => {
                drop(stdin);
                let output = child.wait_with_output().map_err(|error| error.to_string())?;
                Err(format!("{line}{}", String::from_utf8_lossy(&output.stderr)))
            }
        }
    }

    /// A connection of its own, as Ada.
    pub(super) fn client(&self) -> Client {
        Client::connect(self.address, &self.token)
    }

    /// Its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! Where PostgreSQL's server binaries are, and who may run them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A directory that holds the server's binaries.
pub(super) fn find() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(versions("/usr/lib/postgresql"))
        .chain(told_by_pg_config())
        .find(|folder| ["initdb", "postgres", "pg_ctl"].iter().all(|name| folder.join(name).is_file()))
        .ok_or_else(|| {
            "no `initdb`, `postgres` and `pg_ctl` in PATH, /usr/lib/postgresql/*/bin or `pg_config --bindir`; install \
             the package `postgresql`"
                .to_owned()
        })
}

/// Debian keeps one folder a version; the newest comes first.
fn versions(folder: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| (entry.file_name().to_string_lossy().parse().unwrap_or(0), entry.path().join("bin")))
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn told_by_pg_config() -> Option<PathBuf> {
    output(Command::new("pg_config").arg("--bindir")).map(PathBuf::from)
}

/// A command that runs a script as somebody who may start a server: it refuses to run as root.
pub(super) fn unprivileged(script: &Path, folder: &Path) -> Result<Command, String> {
    let mut command = if output(Command::new("id").arg("-u")).as_deref() == Some("0") {
        output(Command::new("id").args(["-u", "postgres"]))
            .ok_or("PostgreSQL does not run as root, and there is no system user `postgres` to run it as")?;
        run(Command::new("chown").arg("-R").arg("postgres").arg(folder))?;
        let mut command;
        if works(Command::new("setpriv").arg("--version")) {
            command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--", "sh"]).arg(script);
        } else if works(Command::new("runuser").arg("--version")) {
            command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "sh"]).arg(script);
        } else {
            command = Command::new("su");
            command.args(["postgres", "-s", "/bin/sh", "-c"]).arg(format!("sh '{}'", script.display()));
        }
        command
    } else {
        let mut command = Command::new("sh");
        command.arg(script);
        command
    };
    command.current_dir(folder).env("LC_ALL", "C");
    Ok(command)
}

fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn run(command: &mut Command) -> Result<(), String> {
    if works(command) { Ok(()) } else { Err(format!("`{command:?}` failed")) }
}

/// What a command prints, if it succeeds.
pub(super) fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

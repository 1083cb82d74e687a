//! The machine: what it is, how busy it is, and how a process is pinned to one of its cores.

use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Stdio};
use std::thread::{available_parallelism, sleep};
use std::time::Duration;

use crate::Outcome;
use crate::process::TICKS;

/// The CPU time that the whole machine has spent on work, in seconds.
pub(crate) fn busy_seconds() -> Outcome<f64> {
    let text = fs::read_to_string("/proc/stat").map_err(|error| format!("cannot read /proc/stat: {error}"))?;
    let numbers: Vec<f64> =
        text.lines().next().unwrap_or_default().split_ascii_whitespace().flat_map(str::parse).collect();
    // user nice system idle iowait irq softirq steal
    let idle: f64 = numbers.iter().skip(3).take(2).sum();
    Ok((numbers.iter().take(8).sum::<f64>() - idle) / TICKS)
}

/// Wait until hardly anything else runs, but not for ever.
pub(crate) fn settle(patience: Duration) -> Outcome<bool> {
    const LOOK: Duration = Duration::from_millis(250);
    let mut waited = Duration::ZERO;
    loop {
        let before = busy_seconds()?;
        sleep(LOOK);
        waited += LOOK;
        let busy = (busy_seconds()? - before) / LOOK.as_secs_f64();
        if busy < 0.15 {
            return Ok(true);
        }
        if waited >= patience {
            return Ok(false);
        }
    }
}

/// Whether processes can be pinned: two cores, and `taskset`.
pub(crate) fn can_pin() -> bool {
    let two = available_parallelism().is_ok_and(|cores| cores.get() >= 2);
    let probe = Command::new("taskset").args(["-c", "0", "true"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    two && probe.is_ok_and(|status| status.success())
}

/// A command on one core, if it can be pinned. `taskset` becomes the program, so the process id stays the same.
pub(crate) fn pinned(program: &OsStr, core: Option<usize>) -> Command {
    match core {
        None => Command::new(program),
        Some(core) => {
            let mut command = Command::new("taskset");
            command.arg("-c").arg(core.to_string()).arg(program);
            command
        }
    }
}

/// The machine in one line.
pub(crate) fn description() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cores = available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores, Linux {}", model.trim_start_matches([' ', '\t', ':']), kernel.trim())
}

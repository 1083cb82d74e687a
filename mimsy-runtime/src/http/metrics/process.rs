//! What the kernel says of this process. Linux only; elsewhere nothing is said.

use std::fs;

use super::text::one;

/// Clock ticks a second in `/proc`; 100 on every Linux that people run.
const TICKS: f64 = 100.0;

/// The usual metrics of a process, as Prometheus' own clients name them.
pub(super) fn write(out: &mut String) {
    if let Some(bytes) = resident() {
        one(out, "process_resident_memory_bytes", "gauge", "Memory in use, mapped files included.", bytes);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        one(out, "process_open_fds", "gauge", "Open files, sockets included.", open.count());
    }
    if let Some(seconds) = cpu() {
        one(out, "process_cpu_seconds_total", "counter", "CPU time, user and system.", seconds);
    }
}

fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_ascii_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn cpu() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name, in parentheses, may hold anything; the fields are counted from behind it.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / TICKS)
}

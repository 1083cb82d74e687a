//! What the kernel says of a process: its CPU time and its memory.

use std::fs;

use crate::Outcome;

/// Clock ticks a second in `/proc`; 100 on every Linux that people run.
pub(crate) const TICKS: f64 = 100.0;

/// The CPU time that a process has used, user and system, in seconds. In steps of 10 ms.
pub(crate) fn cpu_seconds(process: &str) -> Outcome<f64> {
    let path = format!("/proc/{process}/stat");
    let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
    // The name, in parentheses, may hold anything; the fields are counted from behind it.
    let fields: Vec<&str> = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_ascii_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    match (ticks(11), ticks(12)) {
        (Some(user), Some(system)) => Ok((user + system) / TICKS),
        _ => Err(format!("{path} has no CPU times").into()),
    }
}

/// The resident memory of a process in MB; mapped pages of files count.
pub(crate) fn resident_mb(process: &str) -> Outcome<f64> {
    status_mb(process, "VmRSS:")
}

/// The resident memory without mapped files.
pub(crate) fn anonymous_mb(process: &str) -> Outcome<f64> {
    status_mb(process, "RssAnon:")
}

fn status_mb(process: &str, key: &str) -> Outcome<f64> {
    let path = format!("/proc/{process}/status");
    let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    let kilobytes = line.split_ascii_whitespace().next().and_then(|number| number.parse::<f64>().ok());
    Ok(kilobytes.ok_or_else(|| format!("{path} has no {key}"))? / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_used_memory_and_cpu() {
        assert!(cpu_seconds("self").unwrap() >= 0.0);
        let (all, anonymous) = (resident_mb("self").unwrap(), anonymous_mb("self").unwrap());
        assert!(all > 0.5 && anonymous < all, "{anonymous} of {all}");
    }
}

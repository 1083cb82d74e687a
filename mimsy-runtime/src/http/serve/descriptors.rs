//! How many files the process may have open, sockets included.

/// Files that are no connections of ours: the database's, the log's, the listener's, those of the program around us.
const OTHERS: u64 = 128;

/// Let the process open as many files as the system allows it: the usual soft limit of 1024 is a relic, and every
/// connection is a file. For programs; a library that changed it would change its host.
pub fn raise_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        // Where it is not allowed, the old limit stays, and `room` reckons with it.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// How many connections there are files for.
pub(super) fn room() -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        if let Some(files) = getrlimit(Resource::Nofile).current {
            return usize::try_from(files.saturating_sub(OTHERS).max(1)).unwrap_or(usize::MAX);
        }
    }
    usize::MAX
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::process::{Resource, getrlimit};

    use super::*;

    #[test]
    fn the_limit_is_what_the_system_allows() {
        raise_file_limit();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
        let files = limit.current.map_or(usize::MAX, |files| usize::try_from(files - OTHERS).unwrap());
        assert_eq!(room(), files);
    }
}

//! How many connections there is room for: in all, and of one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::descriptors;
use crate::http::client::Proxies;
use crate::http::config::HttpConfig;
use crate::http::gate::{Gate, Permit};
use crate::http::network::household;

/// Room for connections.
#[derive(Debug)]
pub(super) struct Places {
    all: Arc<Gate>,
    /// The most of one address; a trusted proxy speaks for many.
    each: Option<usize>,
    proxies: Proxies,
    of: Mutex<HashMap<IpAddr, usize>>,
}

/// A place of a connection, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: Permit<Arc<Gate>>,
    _own: Option<Own>,
}

/// A place among those of one address.
#[derive(Debug)]
struct Own {
    places: Arc<Places>,
    address: IpAddr,
}

impl Places {
    pub(super) fn new(config: &HttpConfig) -> Arc<Self> {
        Arc::new(Self {
            all: Arc::new(Gate::new(config.connections.min(descriptors::room()))),
            each: config.connections_of_address,
            proxies: config.proxies.clone(),
            of: Mutex::default(),
        })
    }

    /// A place, if there is one left.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let permit = Gate::enter(Arc::clone(&self.all))?;
        let own = match self.each {
            Some(most) if !self.proxies.trusts(peer) => Some(self.own(household(peer), most)?),
            _ => None,
        };
        Some(Place { _permit: permit, _own: own })
    }

    fn own(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<Own> {
        let mut of = self.of();
        let count = of.entry(address).or_default();
        (*count < most).then(|| {
            *count += 1;
            Own { places: Arc::clone(self), address }
        })
    }

    fn of(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut of = self.places.of();
        if let Some(count) = of.get_mut(&self.address) {
            *count -= 1;
            // Nobody is remembered who is not there.
            if *count == 0 {
                of.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(change: impl FnOnce(&mut HttpConfig)) -> Arc<Places> {
        let mut config = HttpConfig::default();
        change(&mut config);
        Places::new(&config)
    }

    #[test]
    fn one_address_cannot_take_all_places() {
        let places = places(|config| {
            (config.connections, config.connections_of_address) = (4, Some(2));
            config.proxies = Proxies::trusted(["10.0.0.1".parse().unwrap()]);
        });
        let take = |address: &str| places.take(address.parse().unwrap());
        let (first, _second) = (take("192.0.2.1"), take("192.0.2.1"));
        assert!(first.is_some() && take("192.0.2.1").is_none() && take("::ffff:192.0.2.1").is_none());
        drop(first);
        let _again = take("192.0.2.1").unwrap();
        let _proxy = (take("10.0.0.1").unwrap(), take("10.0.0.1").unwrap());
        assert!(take("10.0.0.1").is_none() && take("198.51.100.1").is_none(), "four in all");
        drop(_proxy);
        assert!(take("198.51.100.1").is_some());
        assert_eq!(places.of().len(), 1, "who has gone is forgotten");
    }

    #[test]
    fn by_default_an_address_may_take_them_all() {
        let places = places(|config| config.connections = 3);
        let taken: Vec<_> = (0..4).map(|_| places.take("192.0.2.1".parse().unwrap())).collect();
        assert_eq!(taken.iter().flatten().count(), 3);
    }
}

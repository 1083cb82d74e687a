//! Which address a request comes from, also through proxies.
//!
//! What a header says of it can be made up by anybody, so none is believed unless a proxy that is trusted wrote it: the
//! list is read from its end, and the first address that is no trusted proxy's is the client's.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::header::{FORWARDED, HeaderName};
use http::request::Parts;

use super::elements::{elements, pair, parts};
use super::network::Network;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies in front of the server. None is trusted by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Where they connect from.
    pub trusted: Vec<Network>,
    /// The header in which they tell for whom. The others are not looked at.
    pub header: ForwardedBy,
}

/// The header that a proxy writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedBy {
    /// `X-Forwarded-For: 203.0.113.7, 10.0.0.2`.
    #[default]
    XForwardedFor,
    /// `Forwarded: for=203.0.113.7;proto=https` (RFC 7239).
    Forwarded,
}

impl Proxies {
    /// Proxies that connect from these ranges and write `X-Forwarded-For`.
    #[must_use]
    pub fn trusted(ranges: impl IntoIterator<Item = Network>) -> Self {
        Self { trusted: ranges.into_iter().collect(), header: ForwardedBy::XForwardedFor }
    }

    /// Whether an address is a trusted proxy's.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|range| range.contains(address))
    }

    /// The address that a request comes from; `None` where the server does not know its peers.
    pub(crate) fn client(&self, request: &Parts) -> Option<IpAddr> {
        let mut client = peer(request)?;
        if !self.trusts(client) {
            return Some(client);
        }
        let name = match self.header {
            ForwardedBy::XForwardedFor => X_FORWARDED_FOR,
            ForwardedBy::Forwarded => FORWARDED,
        };
        let hops: Vec<&str> = elements(&request.headers, name).collect();
        for hop in hops.into_iter().rev() {
            // What a trusted proxy wrote, and cannot be read, is that proxy's.
            let Some(address) = self.address(hop) else { break };
            client = address;
            if !self.trusts(address) {
                break;
            }
        }
        Some(client)
    }

    fn address(&self, hop: &str) -> Option<IpAddr> {
        match self.header {
            ForwardedBy::XForwardedFor => node(hop),
            ForwardedBy::Forwarded => {
                let (first, rest) = parts(hop);
                let mut pairs = std::iter::once(pair(first)).chain(rest);
                pairs.find(|(name, _)| name.eq_ignore_ascii_case("for")).and_then(|(_, value)| node(value))
            }
        }
    }
}

/// The other end of the connection.
pub(crate) fn peer(request: &Parts) -> Option<IpAddr> {
    let info = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(info.0.ip().to_canonical())
}

/// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn node(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse().or_else(|_| text.parse().map(|full: SocketAddr| full.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn client(proxies: &Proxies, peer: Option<&str>, name: &str, lines: &[&str]) -> Option<String> {
        let mut request = Request::get("/");
        for line in lines {
            request = request.header(name, *line);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        if let Some(peer) = peer {
            let address = SocketAddr::new(peer.parse().unwrap(), 4711);
            parts.extensions.insert(ConnectInfo(address));
        }
        proxies.client(&parts).map(|address| address.to_string())
    }

    #[test]
    fn nobody_is_believed_by_default() {
        let none = Proxies::default();
        for name in ["x-forwarded-for", "forwarded", "x-real-ip"] {
            assert_eq!(client(&none, Some("127.0.0.1"), name, &["203.0.113.7"]).as_deref(), Some("127.0.0.1"));
        }
        assert_eq!(client(&none, None, "x-forwarded-for", &["203.0.113.7"]), None);
        assert_eq!(client(&none, Some("::ffff:192.0.2.1"), "x", &[]).as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn a_trusted_proxy_is_believed_as_far_as_it_is_trusted() {
        let ranges = ["127.0.0.1", "10.0.0.0/8"].map(|range| range.parse().unwrap());
        let by = |header| Proxies { header, ..Proxies::trusted(ranges) };
        let (x, standard) = (by(ForwardedBy::XForwardedFor), by(ForwardedBy::Forwarded));
        for (proxies, peer, lines, expected) in [
            (&x, "127.0.0.1", &["203.0.113.7"][..], "203.0.113.7"),
            (&x, "127.0.0.1", &["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
            (&x, "127.0.0.1", &["1.1.1.1, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            (&x, "127.0.0.1", &["1.1.1.1", "203.0.113.7", "10.0.0.2"], "203.0.113.7"),
            (&x, "127.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (&x, "127.0.0.1", &["203.0.113.7, unknown"], "127.0.0.1"),
            (&x, "127.0.0.1", &["203.0.113.7, nonsense, 10.0.0.2"], "10.0.0.2"),
            (&x, "127.0.0.1", &[], "127.0.0.1"),
            (&x, "127.0.0.1", &["203.0.113.7:5123"], "203.0.113.7"),
            (&x, "127.0.0.1", &["[2001:db8::7]:5123"], "2001:db8::7"),
            (&x, "127.0.0.1", &["2001:db8::7"], "2001:db8::7"),
            (&x, "192.0.2.1", &["203.0.113.7"], "192.0.2.1"),
            (&standard, "127.0.0.1", &["for=203.0.113.7;proto=https"], "203.0.113.7"),
            (&standard, "127.0.0.1", &["proto=https;For=\"[2001:db8::7]:80\", for=10.0.0.2"], "2001:db8::7"),
            (&standard, "127.0.0.1", &["for=203.0.113.7, for=_hidden"], "127.0.0.1"),
            (&standard, "127.0.0.1", &["for=203.0.113.7, proto=https"], "127.0.0.1"),
        ] {
            let name = if proxies.header == ForwardedBy::Forwarded { "forwarded" } else { "x-forwarded-for" };
            assert_eq!(client(proxies, Some(peer), name, lines).as_deref(), Some(expected), "{name} {lines:?}");
        }
        let other = client(&x, Some("127.0.0.1"), "forwarded", &["for=203.0.113.7"]);
        assert_eq!(other.as_deref(), Some("127.0.0.1"), "only the configured header counts");
    }
}

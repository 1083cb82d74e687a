//! Who may read what is for operators: the metrics, the schema. Others get the 404 of what is not there.

use std::net::IpAddr;

use http::header::{FORWARDED, HOST, HeaderName, VIA};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Version};

use super::client::{Proxies, peer};
use super::network::Network;

/// Headers by which a proxy gives itself away.
const TRACES: [HeaderName; 5] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
];

/// Who may read what is for operators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Nobody. `/metrics` then has no route at all, so that a program can have one of its own.
    Nobody,
    /// Who asks from the same machine.
    ///
    /// A proxy on this machine is one of them, whoever stands behind it. It is told apart, and refused, where it shows:
    /// by a header such as `X-Forwarded-For` or `Via`, by HTTP/1.0, or by a `Host` that is not this machine. **A proxy
    /// that shows in none of these lets everybody in:** let it add `X-Forwarded-For`, let it not pass on the path, or say
    /// [`Nobody`](Self::Nobody). One in [`HttpConfig::proxies`](super::HttpConfig::proxies) is asked for whom it speaks.
    #[default]
    Loopback,
    /// Who asks from these addresses; behind a proxy, see [`HttpConfig::proxies`](super::HttpConfig::proxies).
    Networks(Vec<Network>),
    /// Everybody.
    Everybody,
}

impl Audience {
    /// Whether a request is of somebody who may.
    pub(crate) fn admits(&self, proxies: &Proxies, request: &Parts) -> bool {
        match self {
            Self::Nobody => false,
            Self::Everybody => true,
            Self::Networks(ranges) => {
                proxies.client(request).is_some_and(|client| ranges.iter().any(|range| range.contains(client)))
            }
            Self::Loopback => {
                // Who speaks for somebody else has to be trusted to say for whom.
                let told = peer(request).is_some_and(|peer| proxies.trusts(peer));
                let direct = told || !TRACES.iter().any(|name| request.headers.contains_key(name));
                direct
                    && request.version > Version::HTTP_10
                    && names_this_machine(request)
                    && proxies.client(request).is_some_and(|client| client.is_loopback())
            }
        }
    }
}

/// Whether a request was sent to a name of this machine. A page of somebody else's, whose name was made to point here,
/// sends its own (DNS rebinding).
fn names_this_machine(request: &Parts) -> bool {
    let header = request.headers.get(HOST).and_then(|host: &HeaderValue| host.to_str().ok()?.parse::<Authority>().ok());
    let Some(host) = request.uri.authority().cloned().or(header) else { return false };
    let host = host.host();
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::extract::ConnectInfo;
    use http::Request;

    use super::*;

    fn request(peer: Option<&str>, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::get("/metrics");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        if let Some(peer) = peer {
            parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
        }
        parts
    }

    const HERE: (&str, &str) = ("host", "localhost:3000");

    #[test]
    fn the_same_machine_and_no_proxy_on_it() {
        let (loopback, none) = (Audience::default(), Proxies::default());
        for (peer, headers, admitted) in [
            (Some("127.0.0.1"), &[HERE][..], true),
            (Some("127.0.0.1"), &[("host", "127.0.0.1:3000")], true),
            (Some("::1"), &[("host", "[::1]:3000")], true),
            (Some("::ffff:127.0.0.1"), &[HERE], true),
            (Some("192.0.2.1"), &[HERE], false),
            (None, &[HERE], false),
            (Some("127.0.0.1"), &[], false),
            (Some("127.0.0.1"), &[("host", "api.example.com")], false),
            (Some("127.0.0.1"), &[("host", "localhost.example.com")], false),
            (Some("127.0.0.1"), &[HERE, ("x-forwarded-for", "127.0.0.1")], false),
            (Some("127.0.0.1"), &[HERE, ("forwarded", "for=127.0.0.1")], false),
            (Some("127.0.0.1"), &[HERE, ("via", "1.1 proxy")], false),
            (Some("127.0.0.1"), &[HERE, ("x-real-ip", "127.0.0.1")], false),
            (Some("127.0.0.1"), &[HERE, ("x-forwarded-host", "localhost")], false),
        ] {
            assert_eq!(loopback.admits(&none, &request(peer, headers)), admitted, "{peer:?} {headers:?}");
        }
        let mut old = request(Some("127.0.0.1"), &[HERE]);
        old.version = Version::HTTP_10;
        assert!(!loopback.admits(&none, &old), "proxies that say nothing often speak HTTP/1.0");
    }

    #[test]
    fn a_trusted_proxy_is_asked_for_whom_it_speaks() {
        let proxies = Proxies::trusted(["127.0.0.1".parse::<Network>().unwrap()]);
        let from = |audience: &Audience, client: &str| {
            audience.admits(&proxies, &request(Some("127.0.0.1"), &[HERE, ("x-forwarded-for", client)]))
        };
        let office = Audience::Networks(vec!["192.0.2.0/24".parse().unwrap()]);
        assert!(!from(&Audience::Loopback, "192.0.2.1") && from(&Audience::Loopback, "::1"));
        assert!(from(&office, "192.0.2.1") && !from(&office, "198.51.100.1"));
        assert!(Audience::Loopback.admits(&proxies, &request(Some("127.0.0.1"), &[HERE])), "nobody behind it");
        assert!(office.admits(&Proxies::default(), &request(Some("192.0.2.9"), &[])));
        let forged = request(Some("198.51.100.1"), &[("x-forwarded-for", "192.0.2.9")]);
        assert!(!office.admits(&proxies, &forged));
    }

    #[test]
    fn nobody_and_everybody() {
        let somebody = request(None, &[]);
        let none = Proxies::default();
        assert!(Audience::Everybody.admits(&none, &somebody) && !Audience::Nobody.admits(&none, &somebody));
    }
}

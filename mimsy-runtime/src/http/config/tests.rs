use super::*;

#[test]
fn the_default_is_sound_and_what_lets_nothing_through_is_not() {
    assert_eq!(HttpConfig::default().check(), Ok(()));
    let with = |change: fn(&mut HttpConfig)| {
        let mut config = HttpConfig::default();
        change(&mut config);
        config.check().map_err(|error| error.to_string())
    };
    for (change, said) in [
        ((|config| config.prefix = "api".to_owned()) as fn(&mut HttpConfig), "write it as `/api`"),
        (|config| config.prefix = "/api/".to_owned(), "write it as `/api`"),
        (|config| config.prefix = "/{tenant}".to_owned(), "write it as `/api`"),
        (|config| config.concurrency = 0, "a concurrency of 0"),
        (|config| config.routes = vec![RouteLimits::of("a").concurrency(0)], "a concurrency of 0"),
        (|config| config.compression = Some(Compression { level: 10, ..Compression::default() }), "from 1 to 9"),
        (|config| config.streams = 0, "no stream"),
        (|config| config.rates.actor = Some(Rate::per_second(0)), "lets nothing through"),
        (|config| config.rates.address = Some(Rate::per_second(1).burst(0)), "lets nothing through"),
        (|config| config.routes = vec![RouteLimits::of("a").rate(Rate::per_hour(0))], "lets nothing through"),
    ] {
        let error = with(change).unwrap_err();
        assert!(error.contains(said), "{error}");
    }
    assert_eq!(with(|config| config.prefix = String::new()), Ok(()));
    assert_eq!(with(|config| config.prefix = "/v1/api".to_owned()), Ok(()));
}

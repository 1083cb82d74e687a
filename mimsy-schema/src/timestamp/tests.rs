use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn what_is_written_reads_back(micros in Timestamp::MIN.0..=Timestamp::MAX.0) {
        let moment = Timestamp(micros);
        let text = moment.to_string();
        prop_assert_eq!(text.len(), 27);
        prop_assert_eq!(Timestamp::parse(&text), Some(moment));
    }

    #[test]
    fn text_sorts_as_the_moments_do(a in Timestamp::MIN.0..=Timestamp::MAX.0, b in Timestamp::MIN.0..=Timestamp::MAX.0) {
        prop_assert_eq!(a.cmp(&b), Timestamp(a).to_string().cmp(&Timestamp(b).to_string()));
    }
}

#[test]
fn known_moments() {
    for (text, micros) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2000-02-29T12:34:56.789Z", 951_827_696_789_000),
        ("0001-01-01T00:00:00Z", Timestamp::MIN.0),
        ("9999-12-31T23:59:59.999999Z", Timestamp::MAX.0),
        ("2026-11-20T14:00:00+02:00", 1_795_176_000_000_000),
        ("2026-11-20t10:30:00-01:30", 1_795_176_000_000_000),
    ] {
        assert_eq!(Timestamp::parse(text).map(Timestamp::as_micros), Some(micros), "{text}");
    }
}

#[test]
fn what_is_no_moment_is_refused() {
    for text in [
        "",
        "2026-11-20",
        "2026-11-20T12:00:00",
        "2026-11-20T12:00Z",
        "2026-11-20T12:00:00+0200",
        "2026-11-20 12:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.1234567Z",
        "2026-01-01T00:00:00+2:00",
        "2026-01-01T00:00:00+25:00",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "२०२६-01-01T00:00:00Z",
        "2026-01-01T00:00:00Zjunk",
    ] {
        assert_eq!(Timestamp::parse(text), None, "{text}");
    }
}

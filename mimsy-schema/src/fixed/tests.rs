use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn what_is_written_reads_back(unscaled in -LIMIT..LIMIT, scale in 0u8..=MAX_SCALE) {
        let number = Fixed::new(unscaled, scale);
        prop_assert_eq!(Fixed::parse(&number.to_string()), Some(number));
    }

    #[test]
    fn another_scale_is_the_same_number_or_none(unscaled in -LIMIT..LIMIT, from in 0u8..=18, to in 0u8..=18) {
        let number = Fixed::new(unscaled, from);
        if let Some(scaled) = number.rescale(to) {
            prop_assert_eq!(scaled.scale, to);
            prop_assert_eq!(scaled.partial_cmp(&number), Some(std::cmp::Ordering::Equal));
            prop_assert_eq!(scaled.rescale(from), Some(number));
        } else {
            prop_assert!(to < from, "only fewer digits can lose some");
        }
    }
}

#[test]
fn what_is_no_plain_decimal_is_refused() {
    for text in ["", "-", ".5", "5.", "+1", "1e3", "1_000", " 1", "1 ", "0x1", "NaN", "1.2.3", "--1", "٣"] {
        assert_eq!(Fixed::parse(text), None, "{text:?}");
    }
    assert_eq!(Fixed::parse("-0.05").map(|number| number.to_string()), Some("-0.05".to_owned()));
}

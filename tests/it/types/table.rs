//! What goes into a field, what comes out of it, and what is refused.

/// A type: JSON texts, as they stand in a body.
pub(super) struct Row {
    pub(super) field: &'static str,
    /// What is sent, and what is told of it.
    pub(super) good: &'static [(&'static str, &'static str)],
    /// What is refused, and the code behind the pointer of the field.
    pub(super) bad: &'static [(&'static str, &'static str)],
    /// What a filter asks for, and which of `good` it finds.
    pub(super) asked: &'static [(&'static str, &'static [usize])],
    /// What no filter may ask.
    pub(super) unasked: &'static [(&'static str, &'static str)],
}

pub(super) const TABLE: &[Row] = &[
    Row {
        field: "flag",
        good: &[("true", "true"), ("false", "false")],
        bad: &[("1", "TYPE"), ("\"true\"", "TYPE")],
        asked: &[("=true", &[0]), ("[ne]=true", &[1])],
        unasked: &[("=1", "BAD_VALUE"), ("[lt]=true", "OPERATOR_NOT_ALLOWED")],
    },
    Row {
        field: "small",
        good: &[("-32768", "-32768"), ("32767", "32767"), ("-0", "0")],
        bad: &[("32768", "RANGE"), ("-32769", "RANGE"), ("1.0", "TYPE"), ("1e2", "TYPE"), ("\"1\"", "TYPE")],
        asked: &[("=32767", &[1]), ("[lt]=0", &[0])],
        unasked: &[("=32768", "BAD_VALUE"), ("[contains]=1", "OPERATOR_NOT_ALLOWED")],
    },
    Row {
        field: "medium",
        good: &[("-2147483648", "-2147483648"), ("2147483647", "2147483647")],
        bad: &[("2147483648", "RANGE"), ("-2147483649", "RANGE"), ("true", "TYPE")],
        asked: &[("[in]=2147483647,1", &[1])],
        unasked: &[("[in]=1,2147483648", "BAD_VALUE")],
    },
    Row {
        field: "large",
        good: &[("-9007199254740991", "-9007199254740991"), ("9007199254740991", "9007199254740991")],
        bad: &[("9007199254740992", "RANGE"), ("99999999999999999999", "RANGE"), ("\"1\"", "TYPE")],
        asked: &[("[gte]=9007199254740991", &[1])],
        unasked: &[("=9007199254740992", "BAD_VALUE")],
    },
    Row {
        field: "wide",
        good: &[
            ("\"-9223372036854775808\"", "\"-9223372036854775808\""),
            ("\"9223372036854775807\"", "\"9223372036854775807\""),
            ("7", "\"7\""),
        ],
        bad: &[("9007199254740992", "RANGE"), ("\"9223372036854775808\"", "RANGE"), ("\"1.0\"", "TYPE")],
        asked: &[("=9223372036854775807", &[1]), ("[lt]=7", &[0])],
        unasked: &[("=9223372036854775808", "BAD_VALUE")],
    },
    Row {
        field: "ratio",
        good: &[
            ("1.7976931348623157e308", "1.7976931348623157e308"),
            ("5e-324", "5e-324"),
            ("-0.0", "0.0"),
            ("0.1", "0.1"),
            ("9007199254740993", "9007199254740992.0"),
        ],
        bad: &[("1e309", "RANGE"), ("\"NaN\"", "TYPE"), ("\"1\"", "TYPE"), ("[1]", "TYPE")],
        asked: &[("[gt]=1e300", &[0]), ("[lte]=0", &[2])],
        unasked: &[("=0.1", "OPERATOR_NOT_ALLOWED"), ("[lt]=NaN", "BAD_VALUE"), ("[lt]=1e309", "BAD_VALUE")],
    },
    Row {
        field: "text",
        good: &[
            ("\"\"", "\"\""),
            ("\"\\u00e9\\ud83d\\ude00\\u0001\"", "\"é😀\\u0001\""),
            ("\"e\u{301} \\\\ \\/ \\\"\"", "\"e\u{301} \\\\ / \\\"\""),
            ("\"'; DROP TABLE specimens; --\"", "\"'; DROP TABLE specimens; --\""),
        ],
        bad: &[("\"\\u0000\"", "NUL"), ("\"\\ud800\"", "TYPE"), ("1", "TYPE"), ("{}", "TYPE")],
        asked: &[("=", &[0]), ("[contains]=%F0%9F%98%80", &[1])],
        unasked: &[("=%00", "BAD_VALUE"), ("[lt]=%00", "BAD_VALUE")],
    },
    Row {
        field: "raw",
        good: &[("\"\"", "\"\""), ("\"AP/+\"", "\"AP/+\""), ("\"AA==\"", "\"AA==\"")],
        bad: &[
            ("\"AA\"", "BASE64"),
            ("\"AP_-\"", "BASE64"),
            ("\"AB==\"", "BASE64"),
            ("\"*\"", "BASE64"),
            ("[0]", "TYPE"),
        ],
        asked: &[("=AA%3D%3D", &[2])],
        unasked: &[("=AA", "BAD_VALUE"), ("[lt]=AA%3D%3D", "OPERATOR_NOT_ALLOWED")],
    },
    Row {
        field: "device",
        good: &[
            ("\"00000000-0000-0000-0000-000000000000\"", "\"00000000-0000-0000-0000-000000000000\""),
            ("\"FFFFFFFF-ffff-FFFF-FFFF-FFFFFFFFFFFF\"", "\"ffffffff-ffff-ffff-ffff-ffffffffffff\""),
        ],
        bad: &[("\"ffffffffffffffffffffffffffffffff\"", "FORMAT"), ("\"\"", "FORMAT"), ("0", "TYPE")],
        asked: &[("=ffffffff-ffff-ffff-ffff-ffffffffffff", &[1])],
        unasked: &[("=f", "BAD_VALUE"), ("[lt]=ffffffff-ffff-ffff-ffff-ffffffffffff", "OPERATOR_NOT_ALLOWED")],
    },
    Row {
        field: "whole",
        good: &[("\"999999999999999999\"", "\"999999999999999999\""), ("-0", "\"0\""), ("\"-1\"", "\"-1\"")],
        bad: &[("\"1000000000000000000\"", "RANGE"), ("0.5", "SCALE"), ("1234567890123456", "RANGE"), ("\"\"", "TYPE")],
        asked: &[("=-1", &[2]), ("[gt]=0", &[0])],
        unasked: &[("=0.5", "BAD_VALUE")],
    },
    Row {
        field: "price",
        good: &[
            ("\"9999999999999999.99\"", "\"9999999999999999.99\""),
            ("0.1", "\"0.10\""),
            ("\"-0.01\"", "\"-0.01\""),
        ],
        bad: &[("\"10000000000000000.00\"", "RANGE"), ("\"0.001\"", "SCALE"), ("1e2", "TYPE"), ("\"1,5\"", "TYPE")],
        asked: &[("=0.1", &[1]), ("[lt]=0", &[2])],
        unasked: &[("=0.001", "BAD_VALUE")],
    },
    Row {
        field: "fine",
        good: &[
            ("\"0.999999999999999999\"", "\"0.999999999999999999\""),
            ("\"-0.000000000000000001\"", "\"-0.000000000000000001\""),
        ],
        bad: &[("\"1\"", "RANGE"), ("\"0.0000000000000000001\"", "SCALE")],
        asked: &[("[lt]=0", &[1])],
        unasked: &[("=1", "BAD_VALUE")],
    },
    Row {
        field: "moment",
        good: &[
            ("\"0001-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00.000000Z\""),
            ("\"9999-12-31T23:59:59.999999Z\"", "\"9999-12-31T23:59:59.999999Z\""),
            ("\"2026-11-20T01:00:00+02:00\"", "\"2026-11-19T23:00:00.000000Z\""),
        ],
        bad: &[
            ("\"0000-12-31T23:59:59Z\"", "FORMAT"),
            ("\"9999-12-31T23:59:59-01:00\"", "FORMAT"),
            ("\"2026-02-29T00:00:00Z\"", "FORMAT"),
            ("\"2026-11-20\"", "FORMAT"),
            ("0", "TYPE"),
        ],
        asked: &[("=2026-11-19T23:00:00Z", &[2]), ("[gt]=2026-11-19T23:00:00Z", &[1])],
        unasked: &[("=2026-11-20", "BAD_VALUE")],
    },
    Row {
        field: "day",
        good: &[
            ("\"0001-01-01\"", "\"0001-01-01\""),
            ("\"9999-12-31\"", "\"9999-12-31\""),
            ("\"2024-02-29\"", "\"2024-02-29\""),
        ],
        bad: &[
            ("\"0000-01-01\"", "FORMAT"),
            ("\"10000-01-01\"", "FORMAT"),
            ("\"2026-02-29\"", "FORMAT"),
            ("1", "TYPE"),
        ],
        asked: &[("=2024-02-29", &[2]), ("[lt]=2024-02-29", &[0])],
        unasked: &[("=2023-02-29", "BAD_VALUE")],
    },
    Row {
        field: "hour",
        good: &[("\"00:00:00\"", "\"00:00:00.000000\""), ("\"23:59:59.999999\"", "\"23:59:59.999999\"")],
        bad: &[("\"24:00:00\"", "FORMAT"), ("\"23:59:60\"", "FORMAT"), ("\"1:00\"", "FORMAT"), ("0", "TYPE")],
        asked: &[("[gt]=12:00", &[1])],
        unasked: &[("=24:00", "BAD_VALUE")],
    },
    Row {
        field: "size",
        good: &[("\"small\"", "\"small\""), ("\"extra_large\"", "\"extra_large\"")],
        bad: &[("\"Small\"", "ENUM"), ("\"\"", "ENUM"), ("0", "TYPE")],
        asked: &[("=small", &[0]), ("[nin]=small", &[1])],
        unasked: &[("=large", "BAD_VALUE"), ("[lt]=small", "OPERATOR_NOT_ALLOWED")],
    },
    Row {
        field: "drawer",
        good: &[("\"0193f2a4-5b6c-7d8e-9f00-112233445566\"", "\"0193f2a4-5b6c-7d8e-9f00-112233445566\"")],
        bad: &[
            ("\"00000000-0000-0000-0000-000000000000\"", "REFERENCE_NOT_FOUND"),
            ("\"x\"", "FORMAT"),
            ("{}", "TYPE"),
        ],
        asked: &[("=0193f2a4-5b6c-7d8e-9f00-112233445566", &[0])],
        unasked: &[("=x", "BAD_VALUE")],
    },
    Row {
        field: "extra",
        good: &[
            ("{\"b\": 1, \"a\": {\"d\": [null], \"c\": {}}}", "{\"a\":{\"c\":{},\"d\":[null]},\"b\":1}"),
            ("[-0, -0.0, 1E2, 1e300, 5e-324, 18446744073709551615]", "[0,0.0,100.0,1e300,5e-324,18446744073709551615]"),
            ("\"\\ud83d\\ude00\"", "\"😀\""),
            ("false", "false"),
            ("-1e19", "-1e19"),
        ],
        bad: &[("\"\\u0000\"", "NUL"), ("\"\\ud800\"", "TYPE"), ("18446744073709551616", "RANGE"), ("1e400", "RANGE")],
        asked: &[("[is_null]=false", &[0, 1, 2, 3, 4])],
        unasked: &[("=false", "OPERATOR_NOT_ALLOWED"), ("[contains]=a", "OPERATOR_NOT_ALLOWED")],
    },
];

//! What a database can do and how it spells it: capability flags, never names of engines.

/// How a parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// `?1`, `?2`, …
    Question,
    /// `$1`, `$2`, …
    Dollar,
}

/// How the arrays of JSON are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrays {
    /// By an operator, `@>`.
    Contain,
    /// By a table of their items, `json_each`.
    Unfold,
}

impl Arrays {
    /// The function that counts items.
    #[must_use]
    pub const fn length(self) -> &'static str {
        match self {
            Self::Contain => "jsonb_array_length",
            Self::Unfold => "json_array_length",
        }
    }

    /// The function that names the type of a document.
    #[must_use]
    pub const fn type_of(self) -> &'static str {
        match self {
            Self::Contain => "jsonb_typeof",
            Self::Unfold => "json_type",
        }
    }
}

/// How a decimal is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalStorage {
    /// As its unscaled integer.
    Unscaled,
    /// As NUMERIC(18, scale).
    Numeric,
}

/// The column types of a dialect, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnTypes {
    /// For `Kind::Bool`.
    pub boolean: &'static str,
    /// For a `Kind::Int` of 64 bits.
    pub int: &'static str,
    /// For a `Kind::Int` of 32 bits.
    pub int32: &'static str,
    /// For a `Kind::Int` of 16 bits.
    pub int16: &'static str,
    /// For `Kind::Float`.
    pub float: &'static str,
    /// For `Kind::Text` and `Kind::Enum`, with the bytewise collation.
    pub text: &'static str,
    /// For `Kind::Timestamp`.
    pub timestamp: &'static str,
    /// For `Kind::Date`.
    pub date: &'static str,
    /// For `Kind::Time`.
    pub time: &'static str,
    /// For `Kind::Uuid`.
    pub uuid: &'static str,
    /// For `Kind::Bytes`.
    pub bytes: &'static str,
    /// For `Kind::Json` and `Kind::List`.
    pub json: &'static str,
}

/// The types that parameters are cast to, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Casts {
    /// For `Kind::Bool`.
    pub boolean: &'static str,
    /// For `Kind::Int` of any width.
    pub int: &'static str,
    /// For `Kind::Float`.
    pub float: &'static str,
    /// For `Kind::Text` and `Kind::Enum`.
    pub text: &'static str,
    /// For `Kind::Decimal`.
    pub decimal: &'static str,
    /// For `Kind::Timestamp`.
    pub timestamp: &'static str,
    /// For `Kind::Date`.
    pub date: &'static str,
    /// For `Kind::Time`.
    pub time: &'static str,
    /// For `Kind::Uuid`.
    pub uuid: &'static str,
    /// For `Kind::Bytes`.
    pub bytes: &'static str,
    /// For `Kind::Json` and `Kind::List`.
    pub json: &'static str,
}

/// How the database counts the keys of rows, so that no number is given twice, whatever was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counters {
    /// By a sequence behind an IDENTITY column, which any number of transactions draw from.
    Sequence,
    /// By the greatest number that the table ever held (AUTOINCREMENT), which a transaction that writes reads alone.
    Greatest,
}

/// The functions that lock a number for the rest of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdvisoryLocks {
    /// Waits until the lock is free.
    pub wait: &'static str,
    /// Answers whether it was free.
    pub attempt: &'static str,
}

/// The capabilities of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// How a parameter is written.
    pub placeholder: Placeholder,
    /// What a parameter is cast to, where a prepared statement has parameters of fixed types: two statements that
    /// differ in a type alone must not have one text.
    pub casts: Option<Casts>,
    /// How decimals are stored.
    pub decimals: DecimalStorage,
    /// How the keys of rows are counted.
    pub counters: Counters,
    /// How the arrays of JSON are asked.
    pub arrays: Arrays,
    /// The column types.
    pub types: ColumnTypes,
    /// How `a == b` with NULL equal to NULL is written.
    pub null_safe_equal: &'static str,
    /// What an integer is cast to, so that arithmetic on it cannot fail and its range can be looked at afterwards. Without one,
    /// what is out of range is no integer any more.
    pub exact: Option<&'static str>,
    /// An expression of microseconds as a span that can be added to a moment; without one, moments are integers.
    pub span: Option<&'static str>,
    /// What follows a text that is compared by its bytes, where that is not how texts are compared anyway.
    pub bytewise: &'static str,
    /// The function that finds a text in another: 0 where it is not.
    pub position: &'static str,
    /// Whether NULL sorts as the largest value by itself (the order that Mimsy keeps everywhere).
    pub nulls_sort_high: bool,
    /// What a CREATE TABLE ends with.
    pub table_suffix: &'static str,
    /// Whether a row can be locked with FOR UPDATE.
    pub row_locks: bool,
    /// How a number is locked; `None` where a transaction that writes has the database to itself anyway.
    pub advisory_locks: Option<AdvisoryLocks>,
    /// What makes an index hold what is inside of its values; `None` where no index does.
    pub inverted_index: Option<&'static str>,
    /// What makes an INSERT take numbers that the database always counts by itself.
    pub given_anyway: &'static str,
    /// Whether the declared type of a column is a hint, and not what it holds.
    pub loose_types: bool,
    /// Whether booleans need a CHECK, for want of a type.
    pub check_booleans: bool,
    /// Whether JSON needs a CHECK, for want of a type.
    pub check_json: bool,
    /// Whether a foreign key stands in its CREATE TABLE, where it may name a table that comes later; otherwise it is
    /// added when all tables are there.
    pub inline_foreign_keys: bool,
}

/// The embedded database: SQLite 3.38 or later, STRICT tables.
pub const SQLITE: Dialect = Dialect {
    placeholder: Placeholder::Question,
    casts: None,
    decimals: DecimalStorage::Unscaled,
    arrays: Arrays::Unfold,
    counters: Counters::Greatest,
    types: ColumnTypes {
        boolean: "INTEGER",
        int: "INTEGER",
        int32: "INTEGER",
        int16: "INTEGER",
        float: "REAL",
        text: "TEXT",
        timestamp: "INTEGER",
        date: "INTEGER",
        time: "INTEGER",
        uuid: "BLOB",
        bytes: "BLOB",
        json: "TEXT",
    },
    null_safe_equal: "IS",
    exact: None,
    span: None,
    bytewise: "",
    position: "instr",
    nulls_sort_high: false,
    table_suffix: " STRICT",
    row_locks: false,
    advisory_locks: None,
    inverted_index: None,
    given_anyway: "",
    loose_types: true,
    check_booleans: true,
    check_json: true,
    inline_foreign_keys: true,
};

/// PostgreSQL 14 or later.
pub const POSTGRES: Dialect = Dialect {
    placeholder: Placeholder::Dollar,
    casts: Some(Casts {
        boolean: "::bool",
        int: "::int8",
        float: "::float8",
        text: "::text",
        decimal: "::numeric",
        timestamp: "::timestamptz",
        date: "::date",
        time: "::time",
        uuid: "::uuid",
        bytes: "::bytea",
        json: "::jsonb",
    }),
    decimals: DecimalStorage::Numeric,
    arrays: Arrays::Contain,
    counters: Counters::Sequence,
    types: ColumnTypes {
        boolean: "BOOLEAN",
        int: "BIGINT",
        int32: "INTEGER",
        int16: "SMALLINT",
        float: "DOUBLE PRECISION",
        text: "TEXT COLLATE \"C\"",
        timestamp: "TIMESTAMPTZ",
        date: "DATE",
        time: "TIME",
        uuid: "UUID",
        bytes: "BYTEA",
        // Its form is its own, but a GIN index serves it.
        json: "JSONB",
    },
    null_safe_equal: "IS NOT DISTINCT FROM",
    exact: Some("::numeric"),
    span: Some(" * interval '1 microsecond'"),
    bytewise: " COLLATE \"C\"",
    position: "strpos",
    nulls_sort_high: true,
    table_suffix: "",
    row_locks: true,
    advisory_locks: Some(AdvisoryLocks { wait: "pg_advisory_xact_lock", attempt: "pg_try_advisory_xact_lock" }),
    inverted_index: Some(" USING gin"),
    given_anyway: " OVERRIDING SYSTEM VALUE",
    loose_types: false,
    check_booleans: false,
    check_json: false,
    inline_foreign_keys: false,
};

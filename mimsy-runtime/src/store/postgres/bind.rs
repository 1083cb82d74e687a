//! Binds in Postgres' binary format. A NULL has the type of its bind's kind.

use mimsy_schema::{Date, Document, Kind, Time, Timestamp, Value};
use sqlx::Arguments as _;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo, Postgres};
use sqlx::types::Type;
use uuid::Uuid;

use super::failure;
use super::numeric::Numeric;
use crate::sql::Bind;
use crate::store::StoreError;
use crate::store::error::UNFINISHED;

/// The binds of a statement, encoded.
pub(super) fn arguments(binds: &[Bind]) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    arguments.reserve(binds.len(), binds.len() * 16);
    binds.iter().try_for_each(|bind| add(&mut arguments, bind))?;
    Ok(arguments)
}

/// One more bind.
pub(in crate::store) fn add(arguments: &mut PgArguments, bind: &Bind) -> Result<(), StoreError> {
    let added = match &bind.value {
        Value::Bool(value) => arguments.add(*value),
        Value::Int(value) => arguments.add(*value),
        Value::Text(value) => arguments.add(value.as_str()),
        Value::Decimal(value) => arguments.add(Numeric(*value)),
        Value::Timestamp(value) => arguments.add(Moment(*value)),
        Value::Uuid(value) => arguments.add(*value),
        Value::Float(value) => arguments.add(value.get()),
        Value::Bytes(value) => arguments.add(value.as_slice()),
        Value::Date(value) => arguments.add(Day(*value)),
        Value::Time(value) => arguments.add(TimeOfDay(*value)),
        Value::Json(value) => arguments.add(Jsonb(value)),
        Value::List(_) | Value::Merge(_) => Err(UNFINISHED.into()),
        Value::Flawed(flaw) => Err(flaw.detail.clone().into()),
        Value::Null => match bind.kind {
            Kind::Bool => arguments.add(None::<bool>),
            Kind::Int => arguments.add(None::<i64>),
            Kind::Text | Kind::Enum | Kind::Row | Kind::Rows => arguments.add(None::<&str>),
            Kind::Decimal => arguments.add(None::<Numeric>),
            Kind::Timestamp => arguments.add(None::<Moment>),
            Kind::Uuid => arguments.add(None::<Uuid>),
            Kind::Float => arguments.add(None::<f64>),
            Kind::Bytes => arguments.add(None::<&[u8]>),
            Kind::Date => arguments.add(None::<Day>),
            Kind::Time => arguments.add(None::<TimeOfDay>),
            Kind::Json | Kind::List => arguments.add(None::<Jsonb<'_>>),
        },
    };
    added.map_err(|error| failure::store_error(sqlx::Error::Encode(error)))
}

/// TIMESTAMPTZ on the wire: microseconds since 2000-01-01T00:00:00Z.
struct Moment(Timestamp);

/// 2000-01-01T00:00:00Z, in microseconds since 1970.
pub(super) const EPOCH: i64 = 946_684_800_000_000;

impl Type<Postgres> for Moment {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMPTZ)
    }
}

impl Encode<'_, Postgres> for Moment {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&(self.0.as_micros() - EPOCH).to_be_bytes());
        Ok(IsNull::No)
    }
}

/// DATE on the wire: days since 2000-01-01.
struct Day(Date);

/// 2000-01-01, in days since 1970-01-01.
pub(super) const EPOCH_DAY: i32 = 10_957;

impl Type<Postgres> for Day {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(DATE)
    }
}

impl Encode<'_, Postgres> for Day {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&(self.0.as_days() - EPOCH_DAY).to_be_bytes());
        Ok(IsNull::No)
    }
}

/// TIME on the wire: microseconds since 00:00.
struct TimeOfDay(Time);

impl Type<Postgres> for TimeOfDay {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIME)
    }
}

impl Encode<'_, Postgres> for TimeOfDay {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.0.as_micros().to_be_bytes());
        Ok(IsNull::No)
    }
}

/// JSONB on the wire: a version, then JSON as text.
struct Jsonb<'a>(&'a Document);

/// The one version of JSONB on the wire.
pub(super) const JSONB_VERSION: u8 = 1;

impl Type<Postgres> for Jsonb<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(JSONB)
    }
}

impl Encode<'_, Postgres> for Jsonb<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.push(JSONB_VERSION);
        buffer.extend_from_slice(self.0.as_str().as_bytes());
        Ok(IsNull::No)
    }
}

impl Type<Postgres> for Numeric {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(NUMERIC)
    }
}

impl Encode<'_, Postgres> for Numeric {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let bytes = self.to_bytes().ok_or("a decimal has more digits than the wire carries")?;
        buffer.extend_from_slice(&bytes);
        Ok(IsNull::No)
    }
}

/// The fixed object ids of the built-in types, from Postgres' `pg_type.dat`.
pub(super) const BOOL: Oid = Oid(16);
pub(super) const BYTEA: Oid = Oid(17);
pub(super) const NAME: Oid = Oid(19);
pub(super) const INT8: Oid = Oid(20);
pub(super) const INT2: Oid = Oid(21);
pub(super) const INT4: Oid = Oid(23);
pub(super) const TEXT: Oid = Oid(25);
pub(super) const FLOAT4: Oid = Oid(700);
pub(super) const FLOAT8: Oid = Oid(701);
pub(super) const UNKNOWN: Oid = Oid(705);
pub(super) const BPCHAR: Oid = Oid(1042);
pub(super) const VARCHAR: Oid = Oid(1043);
pub(super) const DATE: Oid = Oid(1082);
pub(super) const TIME: Oid = Oid(1083);
pub(super) const TIMESTAMPTZ: Oid = Oid(1184);
pub(super) const NUMERIC: Oid = Oid(1700);
pub(super) const UUID: Oid = Oid(2950);
pub(super) const JSONB: Oid = Oid(3802);

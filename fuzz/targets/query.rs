//! Query strings. Whatever is read can be rendered, for both databases, with as many parameters as binds; and a cursor
//! that a page of it would give opens beside the same query.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use mimsy_fuzz::{invoice, schema};
use mimsy_runtime::http::params::{ParamLimits, Params};
use mimsy_runtime::page::{Cursors, binding};
use mimsy_runtime::policy::Known;
use mimsy_runtime::sql::{Reader, dialect};
use mimsy_schema::{Expr, Schema};

static SCHEMA: LazyLock<Schema> = LazyLock::new(schema);
static CURSORS: LazyLock<Cursors> = LazyLock::new(|| Cursors::new(&[7; 32]));

fuzz_target!(|text: &str| {
    let model = invoice(&SCHEMA);
    let params = Params { schema: &SCHEMA, model, limits: ParamLimits::default(), cursors: &CURSORS };
    let _ = params.view(text);
    let Ok(query) = params.list(text) else { return };
    assert!((1..=1000).contains(&query.limit));
    let again = params.list(text).expect("it was read before");
    assert_eq!(query, again);
    assert_eq!(binding(&SCHEMA, model, &query), binding(&SCHEMA, model, &again));
    let scope = |_| Arc::new(Expr::bool(true));
    let fields: Vec<usize> = model.columns().collect();
    for dialect in [&dialect::SQLITE, &dialect::POSTGRES] {
        let reader = Reader { schema: &SCHEMA, dialect, known: Known::default(), scope: &scope };
        let statement = reader.list(model, &query, &fields, query.limit).statement;
        let mark = if statement.text.contains('$') { '$' } else { '?' };
        let last = format!("{mark}{}", statement.binds.len());
        assert!(statement.text.contains(&last), "{}", statement.text);
        assert!(!statement.text.contains(&format!("{mark}{}", statement.binds.len() + 1)), "{}", statement.text);
    }
});

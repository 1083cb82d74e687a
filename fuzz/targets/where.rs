//! Expressions of `where=`. Whatever is read can be rendered, for both databases, with as many parameters as binds; and no
//! text of the caller's stands in the statement.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use mimsy_fuzz::{invoice, schema};
use mimsy_runtime::http::params::{ParamLimits, Params};
use mimsy_runtime::page::Cursors;
use mimsy_runtime::policy::Known;
use mimsy_runtime::sql::{Reader, dialect};
use mimsy_schema::{Expr, Schema};

static SCHEMA: LazyLock<Schema> = LazyLock::new(schema);
static CURSORS: LazyLock<Cursors> = LazyLock::new(|| Cursors::new(&[7; 32]));

fuzz_target!(|text: &str| {
    let model = invoice(&SCHEMA);
    let params = Params { schema: &SCHEMA, model, limits: ParamLimits::default(), cursors: &CURSORS };
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let Ok(query) = params.list(&format!("where={encoded}")) else { return };
    let scope = |_| Arc::new(Expr::bool(true));
    for dialect in [&dialect::SQLITE, &dialect::POSTGRES] {
        let reader = Reader { schema: &SCHEMA, dialect, known: Known::default(), scope: &scope };
        let statement = reader.count(model, &query);
        let mark = if statement.text.contains('$') { '$' } else { '?' };
        assert!(statement.text.contains(&format!("{mark}{}", statement.binds.len())), "{}", statement.text);
        assert!(!statement.text.contains(&format!("{mark}{}", statement.binds.len() + 1)), "{}", statement.text);
        // Literals of ours, such as a format, are in quotes; they are closed, and nothing ends the statement.
        assert!(!statement.text.contains([';', '\\']), "{}", statement.text);
        assert_eq!(statement.text.matches('\'').count() % 2, 0, "{}", statement.text);
    }
});

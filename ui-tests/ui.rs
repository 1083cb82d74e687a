//! What the compiler says to an author: what passes, and the words for what does not.
//!
//! `TRYBUILD=overwrite cargo test -p mimsy-ui-tests` writes the messages anew; read each as a newcomer would.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    for part in ["entity", "expr", "policy", "routes", "schema"] {
        cases.pass(format!("{part}/pass/*.rs"));
        cases.compile_fail(format!("{part}/fail/*.rs"));
    }
}

//! The commands, as a shell sees them: what goes to stdout, what to stderr, and the exit code.

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_invoices"))
        .args(arguments)
        .env("DATABASE_URL", format!("sqlite://{}", folder.join("shop.db").display()))
        .env("MIMSY_SECRET", "0123456789abcdef0123456789abcdef")
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_command_of_the_programs_own() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let planted = run(&["seed", "--invoices", "8"]);
    assert!(stdout(&planted).starts_with("planted in "));
    assert_eq!(String::from_utf8_lossy(&planted.stderr), "", "no bars where nobody watches");

    let owed = stdout(&run(&["owed"]));
    let names: Vec<&str> = owed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["Acme", "Globex"], "{owed}");
    let one = stdout(&run(&["owed", "--org", "Acme"]));
    assert_eq!(owed.lines().next(), one.lines().next());
    assert_eq!(one.lines().count(), 1, "{one}");

    let help = stdout(&run(&["--help"]));
    let line = help.lines().find(|line| line.trim_start().starts_with("owed ")).unwrap_or_default();
    assert!(line.ends_with("Print what is owed to each organisation: the sum of its sent invoices"), "{help}");
    let wrong = run(&["owed", "--organisation", "Acme"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("'--org"), "{}", String::from_utf8_lossy(&wrong.stderr));
}

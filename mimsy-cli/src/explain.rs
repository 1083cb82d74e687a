//! `explain`: why somebody may do something, or may not.

use std::error::Error;
use std::fmt::Write as _;

use clap::{Arg, ArgAction, ArgMatches, Command as Clap, value_parser};
use mimsy_runtime::Value;
use mimsy_runtime::actions::{Explained, Missing, Reasons, Ruled};
use mimsy_runtime::app::App;
use mimsy_runtime::http::path;

/// What to explain.
pub(crate) struct Command {
    login: Option<String>,
    verb: String,
    target: String,
    limit: u32,
}

/// How the command line takes it.
pub(crate) fn describe() -> Clap {
    let login = Arg::new("as").long("as").value_name("LOGIN").required_unless_present("nobody").help("Who asks");
    let nobody = Arg::new("nobody")
        .long("nobody")
        .action(ArgAction::SetTrue)
        .conflicts_with("as")
        .help("Explain it for a caller without credentials");
    let verb = Arg::new("verb").required(true).help("What is asked for: list, read, create, update, delete …");
    let target = Arg::new("target")
        .required(true)
        .help("A row, as in a path: `invoices/019aa0d4-…`; or `invoices`, for all rows where it is not allowed");
    let limit = Arg::new("limit")
        .long("limit")
        .value_parser(value_parser!(u32).range(1..=1000))
        .default_value("20")
        .help("At most how many rows");
    Clap::new("explain")
        .about(
            "Say why somebody may do something, or may not: which rules decide it, and what would have to be otherwise",
        )
        .args([login, nobody, verb, target, limit])
}

pub(crate) fn read(matches: &ArgMatches) -> Command {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    Command {
        login: text("as"),
        verb: text("verb").unwrap_or_default(),
        target: text("target").unwrap_or_default(),
        limit: matches.get_one::<u32>("limit").copied().unwrap_or(20),
    }
}

pub(crate) async fn run(app: App, url: &str, command: &Command) -> Result<(), Box<dyn Error>> {
    let Command { login, verb, target, limit } = command;
    let connected = app.connect(url).await?;
    let explained = connected.explain(login.as_deref(), verb, target, *limit).await;
    connected.close().await;
    let who = login.as_deref().unwrap_or("nobody");
    print!("{}", told(who, verb, target, &explained?));
    Ok(())
}

fn told(who: &str, verb: &str, target: &str, explained: &Explained) -> String {
    match (&explained.rows[..], target.contains('/')) {
        ([row], true) => one(who, verb, target, row),
        ([], _) => format!("{who} may {verb} all {target}\n"),
        (rows, _) => {
            let more = if explained.more { ", and more" } else { "" };
            let mut text = format!("{who} may not {verb} {} of the {target}{more}\n", rows.len());
            for row in rows {
                let _ = write!(text, "\n{target}/{}\n{}", path::segment(&row.key), missing(row));
            }
            text
        }
    }
}

fn one(who: &str, verb: &str, target: &str, row: &Reasons) -> String {
    let may = if row.allowed { "may" } else { "may not" };
    let mut text = format!("{who} {may} {verb} {target}\n\n");
    let name = |ruled: &Ruled| format!("{} {} ({})", effect(ruled), ruled.rule, ruled.verb);
    let width = row.rules.iter().map(|ruled| name(ruled).chars().count()).max().unwrap_or(0);
    for ruled in &row.rules {
        let answer = match ruled.answer {
            Value::Bool(true) => "holds",
            Value::Bool(false) => "does not hold",
            _ => "is unknown",
        };
        let line = format!("  {:width$}  {answer:13}  {}", name(ruled), ruled.reason);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if !row.allowed {
        let _ = write!(text, "\nfor it to be allowed:\n{}", missing(row));
    }
    text
}

fn effect(ruled: &Ruled) -> &'static str {
    match ruled.effect {
        mimsy_runtime::policy::Effect::Can => "can",
        mimsy_runtime::policy::Effect::Cannot => "cannot",
        mimsy_runtime::policy::Effect::Must => "must",
    }
}

fn missing(row: &Reasons) -> String {
    let Some(missing) = &row.missing else {
        return "  no rule could ever allow it\n".to_owned();
    };
    let word = |answer: &Value| match answer {
        Value::Bool(true) => "yes",
        Value::Bool(false) => "no",
        _ => "unknown",
    };
    let line = |one: &Missing| {
        let wanted = if one.wanted { "yes" } else { "no" };
        let place = if one.at.line > 0 { format!(", {}", one.at) } else { String::new() };
        format!("  `{}` is {}, and has to be {wanted} (rule `{}`{place})\n", one.question, word(&one.is), one.rule)
    };
    missing.iter().map(line).collect()
}

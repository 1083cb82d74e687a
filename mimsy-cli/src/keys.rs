//! `keys`: API keys made, listed and revoked by the operator.

use std::error::Error;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command as Clap, value_parser};
use mimsy_runtime::Timestamp;
use mimsy_runtime::actions::{KeyInfo, NewKey};
use mimsy_runtime::app::{App, ConnectedApp};
use mimsy_runtime::error::ErrorKind;
use mimsy_runtime::token::api_key::ApiKey;
use uuid::Uuid;

/// What is to be done with keys.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Create { user: String, name: String, actions: Vec<String>, valid: Option<Duration> },
    List { user: Option<String> },
    Revoke { id: Uuid },
}

/// How the command line takes it.
pub(crate) fn describe() -> Clap {
    let user = Arg::new("user").long("user").help("The actor's login");
    let create = Clap::new("create")
        .about("Make an API key and print it, now and never again")
        .arg(user.clone().required(true))
        .arg(Arg::new("name").long("name").required(true).help("What it is for, such as ci"))
        .arg(
            Arg::new("actions")
                .long("actions")
                .required(true)
                .action(ArgAction::Append)
                .value_delimiter(',')
                .help("What it may do: invoices:read, *:read, *:*; several with commas between them"),
        )
        .arg(
            Arg::new("expires")
                .long("expires")
                .value_name("SPAN")
                .value_parser(span)
                .default_value("90d")
                .help("How long it is valid: 90d, 12h, 30m, or never"),
        );
    let list = Clap::new("list").about("Show API keys, without the keys themselves").arg(user);
    let id = Arg::new("id").required(true).value_parser(value_parser!(Uuid)).help("Its id, as list shows it");
    let revoke = Clap::new("revoke").about("End an API key").arg(id);
    Clap::new("keys")
        .about("API keys: they act for an actor, narrowed down to some actions")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([create, list, revoke])
}

/// What a command line asks for.
pub(crate) fn read(matches: &ArgMatches) -> Command {
    let text = |matches: &ArgMatches, name: &str| matches.get_one::<String>(name).cloned();
    match matches.subcommand() {
        Some(("create", own)) => Command::Create {
            user: text(own, "user").unwrap_or_default(),
            name: text(own, "name").unwrap_or_default(),
            actions: own.get_many::<String>("actions").into_iter().flatten().cloned().collect(),
            valid: own.get_one::<Span>("expires").and_then(|span| span.0),
        },
        Some(("revoke", own)) => Command::Revoke { id: own.get_one::<Uuid>("id").copied().unwrap_or_default() },
        Some((_, own)) => Command::List { user: text(own, "user") },
        None => Command::List { user: None },
    }
}

/// How long a key is valid; for ever, where nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span(Option<Duration>);

fn span(text: &str) -> Result<Span, String> {
    if text == "never" {
        return Ok(Span(None));
    }
    let wrong = || format!("`{text}` is no span: write 90d, 12h or 30m, or never");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        'd' => 24 * 3600,
        'h' => 3600,
        'm' => 60,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    let whole = number.checked_mul(seconds).filter(|whole| *whole > 0).ok_or_else(wrong)?;
    Ok(Span(Some(Duration::from_secs(whole))))
}

pub(crate) async fn run(app: App, url: &str, command: Command) -> Result<(), Box<dyn Error>> {
    let connected = app.connect(url).await?;
    let outcome = on(&connected, command).await;
    connected.close().await;
    outcome
}

async fn on(app: &ConnectedApp, command: Command) -> Result<(), Box<dyn Error>> {
    let keys = app.keys();
    match command {
        Command::Create { user, name, actions, valid } => {
            let actor = app.find_login(&user).await?;
            let new = actions.into_iter().fold(NewKey::new(name), NewKey::allow);
            let new = valid.into_iter().fold(new, NewKey::expires_in);
            let (info, key) = keys.create_for(actor, new).await?;
            told(&info, &key, &user);
        }
        Command::List { user } => {
            let found = match user {
                Some(user) => keys.list_of(app.find_login(&user).await?).await?,
                None => keys.all().await?,
            };
            for line in lines(&found) {
                println!("{line}");
            }
        }
        Command::Revoke { id } => match keys.revoke(id).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(format!("there is no key {id}; `keys list` shows those that there are").into());
            }
            outcome => {
                outcome?;
                println!("revoked {id}");
            }
        },
    }
    Ok(())
}

/// The key on stdout, alone, so that it can be piped into where it belongs.
fn told(info: &KeyInfo, key: &ApiKey, user: &str) {
    println!("{}", key.reveal());
    let until = info.expires_at.map_or_else(|| "until it is revoked".to_owned(), |at| format!("until {at}"));
    eprintln!("made key {} for {user}, valid {until}; it is not shown again", info.id);
}

/// A line a key, in columns.
fn lines(keys: &[KeyInfo]) -> Vec<String> {
    let text = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    let mut rows = vec![["ID", "NAME", "ACTIONS", "EXPIRES", "USED"].map(str::to_owned)];
    // A name is its owner's own words: whatever would move the cursor is shown as an escape.
    let name = |name: &str| {
        name.chars().flat_map(|one| if one.is_control() { one.escape_default().collect() } else { vec![one] }).collect()
    };
    rows.extend(keys.iter().map(|key| {
        [key.id.to_string(), name(&key.name), key.actions.join(","), text(key.expires_at), text(key.used_at)]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..5).map(width).collect();
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Option<Command> {
        let matches = describe().try_get_matches_from(std::iter::once(&"keys").chain(arguments)).ok()?;
        Some(read(&matches))
    }

    #[test]
    fn command_lines() {
        let create = |actions: &[&str], valid| {
            let actions = actions.iter().map(|one| (*one).to_owned()).collect();
            Some(Command::Create { user: "ada".to_owned(), name: "ci".to_owned(), actions, valid })
        };
        let days = |days: u64| Some(Duration::from_secs(days * 24 * 3600));
        let base = ["create", "--user", "ada", "--name", "ci", "--actions"];
        let with = |more: &[&'static str]| [&base[..], more].concat();
        assert_eq!(parsed(&with(&["a:read"])), create(&["a:read"], days(90)));
        assert_eq!(parsed(&with(&["a:read,b:*", "--actions", "c:d"])), create(&["a:read", "b:*", "c:d"], days(90)));
        assert_eq!(parsed(&with(&["a:read", "--expires", "never"])), create(&["a:read"], None));
        assert_eq!(
            parsed(&with(&["a:read", "--expires", "12h"])),
            create(&["a:read"], Some(Duration::from_secs(43_200)))
        );
        for span in ["", "d", "0d", "-1d", "1", "1w", "1.5d", "99999999999999999999d", "18446744073709551615d", "é"] {
            assert_eq!(parsed(&with(&["a:read", "--expires", span])), None, "{span}");
        }
        assert_eq!(parsed(&base[..5]), None, "a key says what it may do");
        assert_eq!(parsed(&["list"]), Some(Command::List { user: None }));
        assert_eq!(parsed(&["revoke", "x"]), None);
        assert_eq!(parsed(&[]), None);
    }
}

//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgMatches, Command as Clap, value_parser};
use mimsy_runtime::app::App;

use crate::own::Own;
use crate::{explain, export, keys, policy, signing_key};

/// Where to listen when nothing else is said.
const LISTEN: &str = "127.0.0.1:3000";

/// A parsed command line.
pub(crate) struct Arguments {
    pub(crate) url: String,
    pub(crate) command: Command,
}

pub(crate) enum Command {
    Serve { listen: String },
    Migrate,
    Check { strict: bool },
    Policy { markdown: bool },
    Export(export::Command),
    Explain(explain::Command),
    Seed { counts: Vec<(String, u64)> },
    Token { user: String, valid: Duration },
    Keys(keys::Command),
    SigningKey { out: PathBuf },
    Own { own: Box<Own>, matches: ArgMatches },
}

/// Read the command line.
pub(crate) fn parse(
    app: &App,
    mut own: Vec<Own>,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Arguments, clap::Error> {
    let mut all = describe(app);
    for one in &own {
        let name = one.clap.get_name();
        assert!(all.find_subcommand(name).is_none(), "two commands are called `{name}`: give one another name");
        all = all.subcommand(one.clap.clone());
    }
    let matches = all.try_get_matches_from(arguments)?;
    let text = |matches: &ArgMatches, name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let command = match matches.subcommand() {
        None | Some(("serve", _)) => {
            let listen = text(&matches, "listen");
            Command::Serve { listen: if listen.is_empty() { LISTEN.to_owned() } else { listen } }
        }
        Some(("migrate", _)) => Command::Migrate,
        Some(("check", own)) => Command::Check { strict: own.get_flag("strict") },
        Some(("policy", own)) => policy::read(own),
        Some(("explain", own)) => Command::Explain(explain::read(own)),
        Some(("export", own)) => Command::Export(export::read(own)),
        Some(("seed", own)) => {
            let names = app.seeding().map(|seed| seed.counts().to_vec()).unwrap_or_default();
            let given = |name: &str| own.get_one::<u64>(name).map(|count| (name.to_owned(), *count));
            Command::Seed { counts: names.iter().filter_map(|(name, _)| given(name)).collect() }
        }
        Some(("keys", own)) => Command::Keys(keys::read(own)),
        Some(("signing-key", own)) => Command::SigningKey { out: signing_key::read(own) },
        Some((name, matches)) if own.iter().any(|one| one.clap.get_name() == name) => {
            own.retain(|one| one.clap.get_name() == name);
            Command::Own { own: Box::new(own.remove(0)), matches: matches.clone() }
        }
        Some((_, own)) => {
            let hours = own.get_one::<u64>("hours").copied().unwrap_or(24);
            Command::Token { user: text(own, "user"), valid: Duration::from_secs(hours.saturating_mul(3600)) }
        }
    };
    let url = matches.get_one::<String>("database").cloned().unwrap_or_else(|| app.default_url());
    Ok(Arguments { url, command })
}

fn describe(app: &App) -> Clap {
    let listen = Arg::new("listen")
        .long("listen")
        .env("MIMSY_LISTEN")
        .default_value(LISTEN)
        .global(true)
        .help("The address and port to listen on");
    let database = Arg::new("database")
        .long("database")
        .env("DATABASE_URL")
        .hide_env_values(true)
        .global(true)
        .help(format!("Where the data is: sqlite://file or postgres://… [default: {}]", app.default_url()));
    let token = Clap::new("token")
        .about("Print a bearer token for an actor, and nothing else")
        .arg(Arg::new("user").long("user").required(true).help("The actor's login"))
        .arg(
            Arg::new("hours")
                .long("hours")
                .value_parser(value_parser!(u64).range(1..))
                .default_value("24")
                .help("How many hours it is valid"),
        );
    let strict = Arg::new("strict").long("strict").action(clap::ArgAction::SetTrue).help("Fail on advice, too");
    let mut command = Clap::new("mimsy")
        .about("A Mimsy application")
        .arg(listen)
        .arg(database)
        .subcommand(Clap::new("serve").about("Serve the API; this is what runs without a command"))
        .subcommand(Clap::new("migrate").about("Create the tables of an empty database"))
        .subcommand(Clap::new("check").about("Check the schema, and say what its policies do not say").arg(strict))
        .subcommand(policy::describe())
        .subcommand(explain::describe())
        .subcommand(export::describe())
        .subcommand(token)
        .subcommand(keys::describe())
        .subcommand(signing_key::describe());
    if let Some(seed) = app.seeding() {
        let counts = seed.counts().iter().map(|(name, help)| {
            Arg::new(*name).long(*name).value_name("COUNT").value_parser(value_parser!(u64)).help(*help)
        });
        command = command.subcommand(Clap::new("seed").about("Plant rows").args(counts));
    }
    command
}

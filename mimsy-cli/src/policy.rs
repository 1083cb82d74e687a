//! `policy table`: who may do what.

use std::error::Error;

use clap::{Arg, ArgAction, ArgMatches, Command as Clap};
use mimsy_runtime::app::App;
use mimsy_runtime::policy::table;

use crate::arguments::Command;

/// How the command line takes it.
pub(crate) fn describe() -> Clap {
    let markdown = Arg::new("markdown").long("markdown").action(ArgAction::SetTrue).help("As Markdown");
    let table = Clap::new("table").about("Print who may do what: each role, entity and action").arg(markdown);
    Clap::new("policy").about("Say what the policies say").subcommand_required(true).subcommand(table)
}

pub(crate) fn read(matches: &ArgMatches) -> Command {
    let markdown = matches.subcommand().is_some_and(|(_, own)| own.get_flag("markdown"));
    Command::Policy { markdown }
}

pub(crate) fn run(app: &App, markdown: bool) -> Result<(), Box<dyn Error>> {
    let table = table(&app.check()?);
    print!("{}", if markdown { table.to_markdown() } else { table.to_text() });
    Ok(())
}

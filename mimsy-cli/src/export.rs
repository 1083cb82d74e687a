//! `export`: files that other programs are built from.
//!
//! A file is written only where its text changes, so that what is built from it is not built again for nothing.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command as Clap, value_parser};
use mimsy_runtime::app::App;
use mimsy_runtime::export::{File, typescript};

/// What to export.
pub(crate) struct Command {
    out: PathBuf,
    check: bool,
}

/// How the command line takes it.
pub(crate) fn describe() -> Clap {
    let out = Arg::new("out")
        .long("out")
        .value_name("DIR")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help("The folder of the files; it is made where it is missing");
    let check = Arg::new("check")
        .long("check")
        .action(ArgAction::SetTrue)
        .help("Write nothing, and fail where a file is not what it would become");
    let ts = Clap::new("ts").about("The types of the API in TypeScript, and a client").arg(out).arg(check);
    Clap::new("export").about("Write files that other programs are built from").subcommand_required(true).subcommand(ts)
}

pub(crate) fn read(matches: &ArgMatches) -> Command {
    let own = matches.subcommand().map_or(matches, |(_, own)| own);
    Command { out: own.get_one::<PathBuf>("out").cloned().unwrap_or_default(), check: own.get_flag("check") }
}

pub(crate) fn run(app: &App, command: &Command) -> Result<(), Box<dyn Error>> {
    let schema = app.check()?;
    let files = typescript::files(&schema, app.prefix());
    let stale: Vec<&File> = files.iter().filter(|file| is_stale(&command.out, file)).collect();
    if command.check {
        return match &stale[..] {
            [] => Ok(()),
            stale => {
                let names: Vec<String> = stale.iter().map(|file| told(&command.out, file)).collect();
                let out = command.out.display();
                Err(format!("not up to date: {}; run `export ts --out {out}`", names.join(", ")).into())
            }
        };
    }
    let unwritten = |place: &Path, error| format!("{} cannot be written: {error}", place.display());
    fs::create_dir_all(&command.out).map_err(|error| unwritten(&command.out, error))?;
    for file in &stale {
        let place = command.out.join(file.name);
        fs::write(&place, &file.text).map_err(|error| unwritten(&place, error))?;
        println!("wrote {}", place.display());
    }
    if stale.is_empty() {
        println!("{} is up to date", command.out.display());
    }
    Ok(())
}

fn is_stale(folder: &Path, file: &File) -> bool {
    fs::read_to_string(folder.join(file.name)).map_or(true, |text| text != file.text)
}

fn told(folder: &Path, file: &File) -> String {
    folder.join(file.name).display().to_string()
}

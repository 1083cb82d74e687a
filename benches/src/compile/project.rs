//! The generated workspace, and cargo run in it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::Step;
use super::generate;
use super::variant::Variant;
use crate::{Outcome, machine};

/// How long to wait for a quiet machine.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Project {
    folder: PathBuf,
    cargo: OsString,
    entities: usize,
}

impl Project {
    /// Generate both crates. The lock file and the toolchain are the repository's, so that the versions are, too.
    pub(super) fn create(entities: usize) -> Outcome<Self> {
        let program = std::env::current_exe()?;
        let folder = program.parent().ok_or("the program has no folder")?.join("mimsy-bench-compile");
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("this package has no parent")?;
        let packages: Vec<&str> = Variant::ALL.into_iter().map(Variant::package).collect();
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("Cargo.toml"), format!("[workspace]\nresolver = \"3\"\nmembers = {packages:?}\n"))?;
        for name in ["Cargo.lock", "rust-toolchain.toml"] {
            fs::copy(repository.join(name), folder.join(name))?;
        }
        for variant in Variant::ALL {
            let source = folder.join(variant.package()).join("src");
            if source.exists() {
                fs::remove_dir_all(&source)?;
            }
            fs::create_dir_all(&source)?;
            let manifest = format!(
                "[package]\nname = {:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}",
                variant.package(),
                variant.dependencies(&repository.display().to_string()),
            );
            fs::write(folder.join(variant.package()).join("Cargo.toml"), manifest)?;
            for (name, text) in generate::crate_of(variant, entities) {
                fs::write(source.join(name), text)?;
            }
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Ok(Self { folder, cargo, entities })
    }

    /// Run cargo on one of the crates.
    pub(super) fn cargo(&self, variant: Variant, command: &str) -> Outcome<()> {
        let output = Command::new(&self.cargo)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .args([command, "--offline", "-p", variant.package()])
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        // What a hundred entities have in common is said a hundred times: the end will do.
        let end = &output.stderr[output.stderr.len().saturating_sub(4000)..];
        Err(format!("cargo {command} of {} failed:\n{}", variant.title(), String::from_utf8_lossy(end)).into())
    }

    /// How many seconds a step takes.
    pub(super) fn time(&self, variant: Variant, step: Step, round: usize) -> Outcome<f64> {
        if step.is_clean() {
            self.cargo(variant, "clean")?;
        } else {
            let number = self.entities / 2;
            let file = format!("{}/src/{}.rs", variant.package(), generate::module(number));
            let touched = 1 + 2 * round + usize::from(step == Step::BuildAgain);
            fs::write(self.folder.join(file), generate::entity(variant, number, touched))?;
        }
        machine::settle(PATIENCE)?;
        let begun = Instant::now();
        self.cargo(variant, step.command())?;
        Ok(begun.elapsed().as_secs_f64())
    }
}

//! `signing-key`: a new pair of keys for tokens by EdDSA.

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command as Clap, value_parser};
use mimsy_runtime::token::ed25519::SigningKey;

/// How the command line takes it.
pub(crate) fn describe() -> Clap {
    let out = Arg::new("out")
        .long("out")
        .value_name("FILE")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help("Where the private key goes: a new file, which MIMSY_TOKEN_KEY then names");
    Clap::new("signing-key").about("Make a key for tokens by EdDSA, and print its public half").arg(out)
}

/// Where the private key goes.
pub(crate) fn read(matches: &ArgMatches) -> PathBuf {
    matches.get_one::<PathBuf>("out").cloned().unwrap_or_default()
}

pub(crate) fn run(out: &Path) -> Result<(), Box<dyn Error>> {
    let (key, pem) = SigningKey::generate()?;
    let mut options = OpenOptions::new();
    // Never over a key that is there: tokens may have been signed with it.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = options.open(out).and_then(|mut file| file.write_all(pem.as_bytes()));
    write.map_err(|error| format!("the private key cannot be written to {}: {error}", out.display()))?;
    println!("{}", key.public().jwks());
    eprintln!("the private key is in {}; start with MIMSY_TOKEN_KEY={}", out.display(), out.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use mimsy_runtime::token::ed25519::TrustedKeys;

    use super::*;

    #[test]
    fn a_key_is_written_once_and_for_its_owner_alone() {
        let folder = std::env::temp_dir().join(format!("mimsy-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&folder).unwrap();
        let out = folder.join("token.pem");
        run(&out).unwrap();
        let key = SigningKey::from_file(&out).unwrap();
        assert!(TrustedKeys::from_jwks(&key.public().jwks()).unwrap().names().eq([key.public().thumbprint()]));
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&out).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        let again = run(&out).unwrap_err().to_string();
        assert!(again.contains("token.pem"), "{again}");
        assert_eq!(SigningKey::from_file(&out).unwrap().public(), key.public(), "and the old one is there still");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

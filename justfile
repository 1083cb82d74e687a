# `just` lists what there is.

# List the recipes.
default:
    @just --list --unsorted

# What CI runs, all of it.
ci:
    .ci/run

# Serve the flagship example on 127.0.0.1:3000.
run *arguments:
    cargo run -p invoices -- {{ arguments }}

# Every test, on every database of this machine.
test *arguments:
    cargo test --workspace {{ arguments }}

# The integration tests alone; `just it layering` runs those with that name.
it *names:
    cargo test -p mimsy-tests --test it -- {{ names }}

# What the compiler says to authors; `just ui null` runs one case.
ui case="":
    cargo test -p mimsy-ui-tests --test ui -- {{ if case == "" { "" } else { "ui trybuild=" + case } }}

# Write the compiler's messages anew; read each one as a newcomer would before it is committed.
ui-write:
    TRYBUILD=overwrite cargo test -p mimsy-ui-tests --test ui

# Format, then complain.
lint:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- -D warnings

# The documentation, as strictly as CI builds it.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# The TypeScript export: its types, its client against a running server.
typescript:
    tests/typescript/run

# The program outside of the workspace.
consumer:
    cp Cargo.lock tests/consumer/Cargo.lock
    cargo test --manifest-path tests/consumer/Cargo.toml

# Fuzz each target for some seconds, or one: `just fuzz 600 query`.
fuzz seconds="30" *targets:
    fuzz/run {{ seconds }} {{ targets }}

# The measurements; see benches/README.md.
bench *arguments:
    cargo run --release -p mimsy-benches -- {{ arguments }}

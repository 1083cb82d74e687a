//! What each command does.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mimsy_runtime::app::{App, ConnectedApp, Seed};
use mimsy_runtime::http::{raise_file_limit, stop_signal};
use mimsy_runtime::policy::prove;
use tokio::net::TcpListener;

use crate::arguments::{Arguments, Command};
use crate::progress::Bars;
use crate::{explain, export, keys, policy, signing_key};

type Outcome = Result<(), Box<dyn Error>>;

/// How long the token of the printed request is valid.
const DEMO: Duration = Duration::from_secs(24 * 3600);

pub(crate) async fn run(app: App, arguments: Arguments) -> Outcome {
    match arguments.command {
        Command::Serve { listen } => serve(app, &arguments.url, &listen).await,
        Command::Migrate => migrate(app, &arguments.url).await,
        Command::Check { strict } => check(&app, strict),
        Command::Explain(command) => explain::run(app, &arguments.url, &command).await,
        Command::Export(command) => export::run(&app, &command),
        Command::Policy { markdown } => policy::run(&app, markdown),
        Command::Seed { counts } => seed(app, &arguments.url, counts).await,
        Command::Token { user, valid } => token(app, &arguments.url, &user, valid).await,
        Command::Keys(command) => keys::run(app, &arguments.url, command).await,
        Command::SigningKey { out } => signing_key::run(&out),
        Command::Own { own, matches } => {
            let connected = app.connect(&arguments.url).await?;
            let outcome = (own.run)(connected.clone(), matches).await;
            connected.close().await;
            outcome
        }
    }
}

async fn serve(app: App, url: &str, listen: &str) -> Outcome {
    let (seed, demo) = (app.seeding().cloned(), app.demo_login().map(str::to_owned));
    let connected = app.connect(url).await?;
    if connected.is_new() {
        eprintln!("created the tables in {}", shown(url));
    }
    plant_first(&connected, seed.as_ref()).await?;
    raise_file_limit();
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        format!("cannot listen on {listen}: {error}; give another address with --listen or MIMSY_LISTEN")
    })?;
    let address = listener.local_addr()?;
    println!("serving http://{address}");
    if let Some(login) = demo.filter(|_| connected.takes_tokens()) {
        request(&connected, &address.to_string(), &login).await;
    }
    connected.serve(listener, stop_signal()).await;
    connected.close().await;
    Ok(())
}

/// Plant the demo data where there is no row at all.
async fn plant_first(app: &ConnectedApp, seed: Option<&Seed>) -> Outcome {
    if let Some(seed) = seed
        && app.is_empty().await?
    {
        app.plant(seed, Vec::new()).await?;
        eprintln!("planted the demo data");
    }
    Ok(())
}

/// Print a ready request of a planted actor.
async fn request(app: &ConnectedApp, address: &str, login: &str) {
    let schema = app.schema();
    let listed = schema.models().iter().filter_map(|model| Some((model, model.routes.as_ref()?)));
    let listed = listed.filter(|(_, routes)| routes.has("list"));
    let Some((_, routes)) = listed.max_by_key(|(model, _)| model.fields().len()) else { return };
    match app.find_login(login).await {
        Ok(actor) => {
            let token = app.token(&actor, DEMO);
            let url = format!("http://{address}{}/{}?limit=3", app.prefix(), routes.path);
            println!("try   curl -H 'Authorization: Bearer {token}' '{url}'");
        }
        Err(error) => eprintln!("no request to try: {error}"),
    }
}

async fn migrate(app: App, url: &str) -> Outcome {
    let connected = app.connect(url).await?;
    if connected.is_new() {
        println!("created the tables in {}", shown(url));
    } else {
        println!("{} is up to date", shown(url));
    }
    connected.close().await;
    Ok(())
}

fn check(app: &App, strict: bool) -> Outcome {
    let schema = app.check()?;
    let advice = prove(&schema);
    if !advice.0.is_empty() {
        eprintln!("{advice}");
        if strict {
            return Err(format!("{} of these are to be mended or said otherwise", advice.0.len()).into());
        }
    }
    let routed = schema.models().iter().filter(|model| model.routes.is_some()).count();
    println!("the schema is sound: {} entities, {routed} of them routed", schema.models().len());
    Ok(())
}

async fn seed(app: App, url: &str, counts: Vec<(String, u64)>) -> Outcome {
    let Some(seed) = app.seeding().cloned() else {
        return Err("the application has nothing to plant: give it `App::seed`".into());
    };
    let connected = app.connect(url).await?;
    let begun = Instant::now();
    connected.plant_watched(&seed, counts, Arc::new(Bars::default())).await?;
    println!("planted in {:.1} s", begun.elapsed().as_secs_f64());
    connected.close().await;
    Ok(())
}

async fn token(app: App, url: &str, user: &str, valid: Duration) -> Outcome {
    let seed = app.seeding().cloned();
    let connected = app.connect(url).await?;
    plant_first(&connected, seed.as_ref()).await?;
    let actor = connected.find_login(user).await?;
    println!("{}", connected.token(&actor, valid));
    connected.close().await;
    Ok(())
}

/// A database's address without its password.
fn shown(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://{place}"),
        _ => url.to_owned(),
    }
}

//! Commands of the program's own, beside ours: their arguments are a struct with `#[derive(clap::Args)]`.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use clap::{ArgMatches, Args, Command as Clap};
use mimsy_runtime::app::{App, ConnectedApp};

type Outcome = Result<(), Box<dyn Error>>;
type Run = Box<dyn FnOnce(ConnectedApp, ArgMatches) -> Pin<Box<dyn Future<Output = Outcome>>> + Send>;

/// A command of the program's own.
pub(crate) struct Own {
    /// How the command line takes it.
    pub(crate) clap: Clap,
    /// What it does.
    pub(crate) run: Run,
}

/// Adds commands of the program's own.
pub trait Commands {
    /// Add a command. Its arguments are what `A` declares, and the doc comment of `A` is its help; `()` takes none. It
    /// runs on the connected application, and its error is printed and exits with 1.
    ///
    /// ```
    /// use clap::Args;
    /// use mimsy_cli::Commands;
    /// use mimsy_runtime::app::{App, ConnectedApp};
    ///
    /// /// Close the books of a month.
    /// #[derive(Args)]
    /// struct CloseMonth {
    ///     /// The month, as in 2026-11.
    ///     month: String,
    ///     /// Say what would be done, and do nothing.
    ///     #[arg(long)]
    ///     dry_run: bool,
    /// }
    ///
    /// async fn close_month(app: ConnectedApp, args: CloseMonth) -> Result<(), mimsy_runtime::error::Error> {
    ///     let access = app.system("close the books");
    ///     // …
    ///     # let _ = (access, args.month, args.dry_run);
    ///     Ok(())
    /// }
    ///
    /// # fn with(app: App) -> App {
    /// app.command("close-month", close_month)
    /// # }
    /// ```
    ///
    /// # Panics
    /// When the program starts: where the name is that of another command.
    #[must_use]
    fn command<A, F, Fut, E>(self, name: &'static str, run: F) -> Self
    where
        A: Args + 'static,
        F: FnOnce(ConnectedApp, A) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), E>> + 'static,
        E: Into<Box<dyn Error>>;
}

impl Commands for App {
    fn command<A, F, Fut, E>(self, name: &'static str, run: F) -> Self
    where
        A: Args + 'static,
        F: FnOnce(ConnectedApp, A) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), E>> + 'static,
        E: Into<Box<dyn Error>>,
    {
        let run: Run = Box::new(move |app, matches| {
            Box::pin(async move {
                let arguments = A::from_arg_matches(&matches)?;
                run(app, arguments).await.map_err(Into::into)
            })
        });
        self.extend(Own { clap: A::augment_args(Clap::new(name)), run })
    }
}

//! Progress bars on stderr.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use mimsy_runtime::app::progress::{Bar, Meter};

/// Draws a bar for each thing that has begun; nothing where stderr is no terminal.
#[derive(Default)]
pub(crate) struct Bars(MultiProgress);

impl Meter for Bars {
    fn begin(&self, what: &str, total: u64) -> Box<dyn Bar> {
        let template = "{msg:20} {bar:40} {human_pos}/{human_len} {eta}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = self.0.add(ProgressBar::new(total).with_style(style).with_message(what.to_owned()));
        Box::new(Drawn(bar))
    }
}

struct Drawn(ProgressBar);

impl Bar for Drawn {
    fn add(&self, steps: u64) {
        self.0.inc(steps);
    }
}

impl Drop for Drawn {
    fn drop(&mut self) {
        self.0.finish();
    }
}

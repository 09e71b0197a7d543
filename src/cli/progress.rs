//! Progress on standard error: one line a stage, with its time; nothing where it is not wanted.

use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// Prints each stage while it runs and its seconds when it is done.
pub struct Stages {
    quiet: bool,
    running: Option<(String, Instant, ProgressBar)>,
}

impl Stages {
    pub fn new(quiet: bool) -> Self {
        Stages { quiet, running: None }
    }

    fn finish(&mut self) {
        if let Some((name, began, bar)) = self.running.take() {
            bar.finish_and_clear();
            eprintln!("{name:<44}{:>8.2} s", began.elapsed().as_secs_f64());
        }
    }
}

impl Progress for Stages {
    fn stage(&mut self, name: &str) {
        if self.quiet {
            return;
        }
        self.finish();
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        self.running = Some((name.to_owned(), Instant::now(), bar));
    }

    fn done(&mut self) {
        self.finish();
    }
}

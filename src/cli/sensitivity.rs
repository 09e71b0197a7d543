//! `onus sensitivity`: what the method's expert defaults decide on a dataset.

use super::args::Sensitivity;
use super::{config, print};
use crate::base::Result;
use crate::pipeline::RunConfig;
use crate::sensitivity::{StudySettings, readable, study, write};
use std::io::{IsTerminal, Write};

/// Runs the study, writes its tables where asked, and prints it.
pub(super) fn sensitivity(asked: &Sensitivity) -> Result<u8> {
    let config = RunConfig { focal: asked.focal.clone(), ..config(&asked.input)? };
    let settings = StudySettings { top: asked.top, draws: asked.draws, seed: asked.seed };
    let shown = !asked.quiet && std::io::stderr().is_terminal();
    let progress = |done: usize, all: usize| {
        if shown && (done.is_multiple_of(10) || done == all) {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r{done} of {all} runs{}", if done == all { "\n" } else { "" });
            let _ = err.flush();
        }
    };
    let found = study(&config, settings, &progress)?;
    if let Some(dir) = &asked.out {
        write(&found, dir)?;
    }
    print(&readable(&found))
}

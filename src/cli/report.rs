//! `onus report`: a result folder as one HTML file.

use super::args::Report;
use super::print;
use super::screen::grouped;
use crate::base::{Error, Result};
use crate::export::REPORT;
use crate::report::{Options, write_report};
use std::path::PathBuf;

/// Writes the report and says what is in it.
pub fn report(args: &Report) -> Result<u8> {
    let file: PathBuf = args.file.clone().unwrap_or_else(|| args.out.join(REPORT));
    if file.is_dir() {
        return Err(Error::settings("-o", format!("{} is a folder", file.display()), "name a file"));
    }
    let options = Options { language: args.lang.into(), changes: None };
    let written = write_report(&args.out, &file, &options)?;
    let rows = if written.rows < written.places {
        format!("the first {} of {} places", grouped(written.rows), grouped(written.places))
    } else {
        format!("{} places", grouped(written.places))
    };
    print(&format!(
        "{}: {} bytes, {rows} in its register, {} with a page in full; opens in any browser, without a network\n",
        file.display(),
        grouped(written.bytes),
        grouped(written.pages)
    ))
}

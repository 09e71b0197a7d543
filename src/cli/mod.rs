//! The command line: arguments in, screens and exit codes out. The only room that prints.

pub mod args;
mod calibrate;
mod check;
mod compare;
mod convert;
mod duty_screen;
mod explain;
mod import;
mod map;
mod matching;
mod pack;
mod progress;
mod report;
mod screen;
mod sensitivity;
mod trace;
mod verify;
mod walk;
mod what_if;

use crate::base::{Date, Error, Level, Result};
use crate::pack::MethodPack;
use crate::pipeline::ranges::RangesOf;
use crate::pipeline::{RunConfig, assess};
use crate::reference::Reference;
use crate::schema;
use crate::world::{Manner, Reality, WorldSettings, write_world};
use args::{Cli, Command, Input, SchemaFormat};
use clap::Parser;
use progress::Stages;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

const OTHER: u8 = 1;
const DATA: u8 = 3;
const OUTPUT: u8 = 4;
const UNVERIFIED: u8 = 5;

/// Parses the command line, runs the command, prints what it says, and returns the exit code that `--help` documents.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain(&error);
            ExitCode::from(code_of(&error))
        }
    }
}

fn code_of(error: &Error) -> u8 {
    match error {
        Error::Fatal(_) => DATA,
        Error::Output { .. } => OUTPUT,
        _ => OTHER,
    }
}

fn complain(error: &Error) {
    match error {
        Error::Fatal(problems) => {
            for problem in problems {
                eprintln!("{}: {problem}", problem.level.as_str());
            }
            let fatal = problems.iter().filter(|p| p.level == Level::Fatal).count();
            eprintln!("onus: nothing was written: {fatal} fatal problem(s). `onus check` lists all problems.");
        }
        other => eprintln!("onus: {other}"),
    }
}

fn run(command: Command) -> Result<u8> {
    match command {
        Command::Assess(a) => {
            let config = RunConfig { focal: a.focal, previous: a.previous, ranges: a.ranges.into(), ..config(&a.input)? };
            let summary = assess(&config, &a.out, a.overwrite, &mut Stages::new(a.quiet))?;
            if a.json { print(&json(&summary)?) } else { print(&screen::first_screen(&summary, &a.out.display().to_string())) }
        }
        Command::Check(c) => check::check(&config(&c.input)?, c.json, c.most),
        Command::Map(m) => map::map(&m),
        Command::Import(i) => import::import(&i),
        Command::Explain(e) => explain::explain(&e),
        Command::Report(r) => report::report(&r),
        Command::Trace(t) => trace::trace(&t),
        Command::WhatIf(w) => what_if::what_if(&w, RunConfig { focal: w.focal.clone(), ..config(&w.input)? }),
        Command::Match(m) => matching::matching(&m, &config(&m.input)?),
        Command::Walk(w) => walk::walking(&w),
        Command::Compare(c) => compare::comparing(&c),
        Command::Verify(v) => verify::verify(&v),
        Command::Sensitivity(s) => sensitivity::sensitivity(&s),
        Command::Convert(c) => convert::convert(&config(&c.input)?, &c.out),
        Command::Schema(s) => match (s.templates, s.workbook) {
            (Some(dir), _) => write_templates(&dir),
            (None, Some(file)) => write_template_book(&file),
            (None, None) => print(&match (s.outputs, s.format) {
                (false, SchemaFormat::Markdown) => schema::dictionary_markdown(),
                (false, SchemaFormat::Json) => schema::dictionary_json(),
                (false, SchemaFormat::Frictionless) => schema::frictionless_json(),
                (true, SchemaFormat::Markdown) => schema::outputs::dictionary_markdown(),
                (true, SchemaFormat::Json) => schema::outputs::dictionary_json()?,
                (true, SchemaFormat::Frictionless) => {
                    return Err(Error::settings("--format frictionless", "describes datasets, not results", "leave out --outputs"));
                }
            }),
        },
        Command::Pack(p) => pack::pack(&p),
        Command::World(w) => make_world(&w),
        Command::Calibrate(c) => calibrate::run(&c),
    }
}

fn make_world(w: &args::World) -> Result<u8> {
    let (pack, reference) = (MethodPack::embedded()?, Reference::embedded()?);
    let (manner, reality) =
        if w.as_the_method_says { (Manner::ByTheMethod, Reality::AS_THE_METHOD_SAYS) } else { (Manner::Lifelike, Reality::LIFELIKE) };
    let settings = WorldSettings {
        seed: w.seed,
        nodes: w.nodes,
        links: w.links,
        evidence_rows: w.evidence,
        // One ring to 500 nodes at most, or traders run out.
        closed_rings: (w.nodes / 500).min(WorldSettings::default().closed_rings),
        manner,
        reality,
        ..WorldSettings::default()
    };
    let summary = write_world(&settings, &pack, &reference, &w.out)?;
    let lines: Vec<String> = summary.rows.iter().map(|(table, n)| format!("{table}: {} rows\n", screen::grouped(*n))).collect();
    print(&format!(
        "An invented dataset, seed {}, in {}\n{}truth/states.csv: {} places, {} of them with a norm violated\ntruth/rows.csv: {} rows that do \
         not say what is true\n",
        w.seed,
        w.out.display(),
        lines.concat(),
        screen::grouped(summary.places),
        screen::grouped(summary.violated),
        screen::grouped(summary.lies)
    ))
}

/// The settings of a run from its arguments.
fn config(input: &Input) -> Result<RunConfig> {
    let as_of = match &input.as_of {
        None => None,
        Some(text) => Some(Date::parse(text).ok_or_else(|| Error::settings("--as-of", format!("'{text}' is no day"), "write YYYY-MM-DD"))?),
    };
    Ok(RunConfig {
        dataset: input.dataset.clone(),
        mapping: input.mapping.clone(),
        as_of,
        pack: input.pack.clone(),
        reference: input.reference.clone(),
        focal: Vec::new(),
        previous: Vec::new(),
        ranges: RangesOf::default(),
        threads: input.threads,
    })
}

/// Writes to standard output; a reader that went away early (`| head`) is no error.
fn print(text: &str) -> Result<u8> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::io("standard output", e)),
        _ => Ok(0),
    }
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string_pretty(value).map(|t| t + "\n").map_err(|e| Error::internal(e.to_string()))
}

fn write_template_book(path: &Path) -> Result<u8> {
    let bytes = schema::book::template_book()?;
    let mut file = std::fs::File::create_new(path).map_err(|e| Error::io(path, e))?;
    file.write_all(&bytes).map_err(|e| Error::io(path, e))?;
    print(&format!("A workbook to fill written to {}\n", path.display()))
}

fn write_templates(dir: &Path) -> Result<u8> {
    std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
    let templates = schema::templates();
    for (name, text) in &templates {
        let path = dir.join(name);
        // A template never replaces a table that somebody filled.
        let mut file = std::fs::File::create_new(&path).map_err(|e| Error::io(&path, e))?;
        file.write_all(text.as_bytes()).map_err(|e| Error::io(&path, e))?;
    }
    print(&format!("{} templates written to {}\n", templates.len(), dir.display()))
}

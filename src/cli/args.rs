//! The command line: what can be asked and how.

use crate::pipeline::ranges::RangesOf;
use crate::report::Language;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Human-rights due diligence over supply graphs: child labour, forced labour and trafficking at every node, and how much of what a
/// buyer buys is touched by them, unseen, or clear.
#[derive(Parser, Debug)]
#[command(name = "onus", version, about, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// Exit codes, printed under `--help`.
pub const EXIT_CODES: &str = "Exit codes:
  0  done
  1  something else went wrong (a file that cannot be read, settings that make no sense)
  2  the command line is wrong
  3  the data cannot be assessed: fatal problems, all of them printed
  4  the output folder is refused: it exists and is no result of onus, or --overwrite is missing
  5  a result does not verify";

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Assess a dataset and write a result folder
    Assess(Assess),
    /// Read and check a dataset, and write nothing
    Check(Check),
    /// Propose how the columns of an unknown table map onto the tables of a dataset
    Map(Map),
    /// Bring public lists, templates and registers into a dataset, every row with its file, sheet and line
    Import(Import),
    /// Write a result as one HTML file to read, print and hand over, and its register as a workbook to fill in
    Report(Report),
    /// Say why a node stands where it stands
    Explain(Explain),
    /// Follow the money: what stands upstream of a node, or whom its goods reach
    Trace(Trace),
    /// See every figure move: engage, remedy, drop or replace nodes and links, and what leaving would do to the workers there
    WhatIf(WhatIf),
    /// Follow the money over a network of your own: two tables, your own probabilities, any size
    Walk(Walk),
    /// Set two results beside each other: what moved every figure, exactly, and which nodes are behind it
    Compare(Compare),
    /// Recompute the hashes and sums of a result, and with the dataset the result itself
    Verify(Verify),
    /// Ask which nodes may be one, and which may stand on a screening list; take answers
    Match(Match),
    /// Halve and double every expert default and say which decide what comes first
    Sensitivity(Sensitivity),
    /// Print the data dictionary, or write templates to fill
    Schema(Schema),
    /// Write a dataset again as one workbook (FILE.xlsx) or as a folder of CSV: what passed, under the tables' own names
    Convert(Convert),
    /// Print the method: signs, sources, strengths, and what checks it
    Pack(Pack),
    /// Write an invented dataset of any size and what is true in it, from a seed
    World(World),
    /// Measure in invented worlds how far the probabilities hold, and print the tables
    Calibrate(Calibrate),
}

/// Where the data are and how they are read.
#[derive(Args, Debug, Clone)]
pub struct Input {
    /// Folder that holds the tables, or one workbook that does
    pub dataset: PathBuf,
    /// Mapping of foreign files and columns onto the tables (else onus.toml in the dataset)
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Day of the assessment (else as_of in onus.toml, else the newest date in the data)
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<String>,
    /// Folder of method files laid over the embedded pack, by id
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
    /// Folder of reference tables laid over the embedded ones, by file name and key
    #[arg(long, value_name = "DIR")]
    pub reference: Option<PathBuf>,
    /// Worker threads (0: one per core); the result is the same for any number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

#[derive(Args, Debug)]
pub struct Assess {
    #[command(flatten)]
    pub input: Input,
    /// Result folder
    #[arg(short, long, value_name = "OUT")]
    pub out: PathBuf,
    /// Focal company by node id; may be given several times
    #[arg(long, value_name = "NODE")]
    pub focal: Vec<String>,
    /// Earlier result; a supplier that it knows and the data no longer hold has been left. May be given several times: those of the last
    /// two years
    #[arg(long, value_name = "OUT")]
    pub previous: Vec<PathBuf>,
    /// Whose traced figures get a 5-95 % range over the draws of the method
    #[arg(long, value_enum, default_value_t = Ranges::Top, value_name = "WHOSE")]
    pub ranges: Ranges,
    /// Replace an earlier result at OUT
    #[arg(long)]
    pub overwrite: bool,
    /// Print the first screen as JSON
    #[arg(long)]
    pub json: bool,
    /// No progress on standard error
    #[arg(short, long)]
    pub quiet: bool,
}

/// Whose traced figures are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Ranges {
    /// Focal companies and the first places of the register, as far as the work stays within bounds
    Top,
    /// Every node
    All,
    /// Nobody
    None,
}

impl From<Ranges> for RangesOf {
    fn from(ranges: Ranges) -> Self {
        match ranges {
            Ranges::Top => RangesOf::Top,
            Ranges::All => RangesOf::All,
            Ranges::None => RangesOf::None,
        }
    }
}

#[derive(Args, Debug)]
pub struct Report {
    /// Result folder of `onus assess`
    pub out: PathBuf,
    /// File to write (else report.html in the result folder); register.xlsx stands beside it
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Language of the report; texts of the method stay in theirs
    #[arg(long, value_enum, default_value_t = Lang::En, value_name = "LANG")]
    pub lang: Lang,
    /// Earlier result: the report then tells what moved since
    #[arg(long, value_name = "OUT")]
    pub previous: Option<PathBuf>,
    /// Earlier register.xlsx: what was filled in is carried over into the new one, by node id
    #[arg(long, value_name = "FILE")]
    pub previous_register: Option<PathBuf>,
}

/// Languages of the report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Lang {
    /// English
    En,
    /// German
    De,
    /// French
    Fr,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::En => Language::En,
            Lang::De => Language::De,
            Lang::Fr => Language::Fr,
        }
    }
}

#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    pub input: Input,
    /// Print problems as JSON lines
    #[arg(long)]
    pub json: bool,
    /// Print at most this many problems of one code (0: all)
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub most: usize,
}

#[derive(Args, Debug)]
pub struct Map {
    /// The table: .csv, .tsv, .csv.gz, .parquet, .xlsx, .xls or .ods
    pub file: PathBuf,
    /// Which table it is, where that is known (else the one that fits best)
    #[arg(long, value_name = "TABLE")]
    pub table: Option<String>,
    /// Which sheet of a workbook (else the only one)
    #[arg(long, value_name = "SHEET")]
    pub sheet: Option<String>,
    /// Write the mapping here, to correct and keep as onus.toml beside the file
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace an earlier mapping at that place
    #[arg(long, requires = "out")]
    pub overwrite: bool,
}

#[derive(Args, Debug)]
pub struct Convert {
    #[command(flatten)]
    pub input: Input,
    /// New workbook (its name ends in .xlsx) or new folder
    #[arg(short, long, value_name = "OUT")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub struct Import {
    /// Format of the files, one of those that --formats prints
    #[arg(value_name = "FORMAT", required_unless_present = "formats")]
    pub format: Option<String>,
    /// Files of that format
    #[arg(value_name = "FILE", required_unless_present = "formats")]
    pub files: Vec<PathBuf>,
    /// New folder for the dataset
    #[arg(short, long, value_name = "DATASET", required_unless_present_any = ["formats", "into"], conflicts_with = "into")]
    pub out: Option<PathBuf>,
    /// Dataset to which rows are added that say something new
    #[arg(long, value_name = "DATASET")]
    pub into: Option<PathBuf>,
    /// Company whose disclosure a list is, where the file does not say it
    #[arg(long, value_name = "NAME")]
    pub company: Option<String>,
    /// Name of the list, in ids and sources (else the company, else the file's name)
    #[arg(long, value_name = "NAME")]
    pub list: Option<String>,
    /// Day or end of the period that the files speak of, where they do not say it
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<String>,
    /// Sheet to read, where a workbook has several
    #[arg(long, value_name = "SHEET")]
    pub sheet: Option<String>,
    /// Foreign column of a column of ours, before the spellings of the format; may be given several times
    #[arg(long = "column", value_name = "OURS=THEIRS")]
    pub columns: Vec<String>,
    /// Good that a list is about, as HS code; of trade flows only what begins with it
    #[arg(long, value_name = "HS")]
    pub product: Option<String>,
    /// Mapping of the format `table`, in the syntax of onus.toml
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Secret with which names of natural persons become keys (else the imported file itself)
    #[arg(long, value_name = "FILE")]
    pub person_key: Option<PathBuf>,
    /// Folder of reference tables laid over the embedded ones, by file name and key
    #[arg(long, value_name = "DIR")]
    pub reference: Option<PathBuf>,
    /// Print the formats, or the mapping of one
    #[arg(long)]
    pub formats: bool,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub struct Explain {
    /// Result folder
    pub out: PathBuf,
    /// Node id
    pub node: String,
    /// One norm: child_labour, forced_labour, trafficking or any
    #[arg(long, value_name = "NORM", default_value = "any")]
    pub norm: String,
    /// Show the rows of grievances too; needs --dataset
    #[arg(long, requires = "dataset")]
    pub restricted: bool,
    /// The dataset that the result was made from
    #[arg(long, value_name = "DATASET")]
    pub dataset: Option<PathBuf>,
    /// Its mapping, where one was used
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// How unknown mapped shares are taken.
#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub enum Rule {
    #[value(name = "cautious")]
    Cautious,
    #[value(name = "as_listed")]
    AsListed,
}

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("way").required(true))]
pub struct Trace {
    /// Result folder
    pub out: PathBuf,
    /// Node id
    pub node: String,
    /// What stands upstream: where the touched part of its purchases is, by which chains, and where it goes dark
    #[arg(long, group = "way")]
    pub up: bool,
    /// Whom its goods reach: focal companies, direct buyers, and what is due to it there
    #[arg(long, group = "way")]
    pub down: bool,
    /// One norm: child_labour, forced_labour, trafficking or any
    #[arg(long, value_name = "NORM", default_value = "any")]
    pub norm: String,
    /// Unknown mapped shares: taken cautiously, or the links as all there are
    #[arg(long, value_enum, value_name = "RULE", default_value_t = Rule::Cautious)]
    pub rule: Rule,
    /// Show the rows of grievances too; needs --dataset
    #[arg(long, requires = "dataset")]
    pub restricted: bool,
    /// The dataset that the result was made from: the walk then runs on its links, not on those that the result kept
    #[arg(long, value_name = "DATASET")]
    pub dataset: Option<PathBuf>,
    #[command(flatten)]
    pub with: ReadWith,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// The grammar of `--change`, printed under `--help`.
pub const CHANGES: &str = "A change is one of
  engage NODE [mapped=0.8]             NODE names its suppliers (all of them, or that part of its purchases)
  remedy NODE [verified=WHO]           what was reported there is remedied; WHO: company, independent, independent_workers
  drop NODE                            every buyer leaves NODE
  drop SUPPLIER -> BUYER               this buyer leaves it
  replace NODE by OTHER                every buyer of NODE buys from OTHER
  replace SUPPLIER -> BUYER by OTHER   this buyer does
or a row of FILE with the columns action, node_id, supplier_id, buyer_id, replace_by, value (mapped share, or WHO).
All changes hold at once.";

#[derive(Args, Debug)]
#[command(after_help = CHANGES)]
pub struct WhatIf {
    #[command(flatten)]
    pub input: Input,
    /// One change, in words; may be given several times
    #[arg(long = "change", value_name = "WORDS", required_unless_present = "changes")]
    pub change: Vec<String>,
    /// Table of changes, one a row
    #[arg(long, value_name = "FILE")]
    pub changes: Option<PathBuf>,
    /// Focal company by node id; may be given several times
    #[arg(long, value_name = "NODE")]
    pub focal: Vec<String>,
    /// Write every figure before and after into this new file, .csv or .parquet
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
    /// No progress on standard error
    #[arg(short, long)]
    pub quiet: bool,
}

/// What the dataset of a result was read with.
#[derive(Args, Debug)]
pub struct ReadWith {
    /// Its mapping, where one was used
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Its method overlay, where one was used
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
    /// Its reference overlay, where one was used
    #[arg(long, value_name = "DIR")]
    pub reference: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct Verify {
    /// Result folder
    pub out: PathBuf,
    /// Assess this dataset again with the settings of the run and compare every file
    #[arg(long, value_name = "DATASET")]
    pub dataset: Option<PathBuf>,
    /// Earlier results that the run was given
    #[arg(long, value_name = "OUT")]
    pub previous: Vec<PathBuf>,
    #[command(flatten)]
    pub with: ReadWith,
}

#[derive(Args, Debug)]
pub struct Match {
    #[command(flatten)]
    pub input: Input,
    /// Write the questions into this new CSV file, to be filled in
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Take the answers of a filled-in file into decisions.csv of the dataset, and ask nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "accept_sure"])]
    pub answers: Option<PathBuf>,
    /// Answer `same` for pairs of nodes that the matcher is sure of, in decisions.csv of the dataset; never for screening lists
    #[arg(long)]
    pub accept_sure: bool,
    /// Ask from this probability on
    #[arg(long, value_name = "P", default_value_t = 0.3)]
    pub ask: f64,
    /// Be sure from this probability on
    #[arg(long, value_name = "P", default_value_t = 0.9)]
    pub sure: f64,
    /// Print at most this many questions of each sort (0: all)
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub most: usize,
    /// Print the questions as JSON lines
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub struct Compare {
    /// Result folder of the earlier assessment
    pub old: PathBuf,
    /// Result folder of the later one
    pub new: PathBuf,
    /// Folder for changes.parquet and change_findings.parquet, or a file whose name ends in .json for the whole story
    #[arg(short, long, value_name = "DIR|FILE")]
    pub out: Option<PathBuf>,
    /// The dataset that OLD was made from: what a new method and the later day moved is then told apart exactly
    #[arg(long, value_name = "DATASET")]
    pub old_dataset: Option<PathBuf>,
    /// Its mapping, where one was used
    #[arg(long, value_name = "FILE", requires = "old_dataset")]
    pub old_mapping: Option<PathBuf>,
    /// Earlier result that OLD was made beside, as given to `onus assess --previous` then; may be given several times
    #[arg(long, value_name = "OUT", requires = "old_dataset")]
    pub old_previous: Vec<PathBuf>,
    /// Folder of method files that NEW was made with
    #[arg(long, value_name = "DIR", requires = "old_dataset")]
    pub pack: Option<PathBuf>,
    /// Folder of reference tables that NEW was made with
    #[arg(long, value_name = "DIR", requires = "old_dataset")]
    pub reference: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
    /// Worker threads (0: one per core); the result is the same for any number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

#[derive(Args, Debug)]
pub struct Sensitivity {
    #[command(flatten)]
    pub input: Input,
    /// Folder for sensitivity.parquet and sensitivity_top.parquet (else nothing is written)
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Focal company by node id; may be given several times
    #[arg(long, value_name = "NODE")]
    pub focal: Vec<String>,
    /// Places of the register that are watched
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub top: usize,
    /// Draws of all numbers at once
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub draws: u32,
    /// Seed of the joint draws
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// No progress on standard error
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub enum SchemaFormat {
    Markdown,
    Json,
    Frictionless,
}

#[derive(Args, Debug)]
pub struct Schema {
    #[arg(long, value_enum, default_value_t = SchemaFormat::Markdown)]
    pub format: SchemaFormat,
    /// The tables of a result instead of those of a dataset
    #[arg(long)]
    pub outputs: bool,
    /// Write one CSV template per table into this folder
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// Write one workbook to fill, with a sheet per table
    #[arg(long, value_name = "FILE.xlsx", conflicts_with = "templates")]
    pub workbook: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct Pack {
    #[command(subcommand)]
    pub command: Option<PackCommand>,
    /// Folder of method files laid over the embedded pack, by id
    #[arg(long, value_name = "DIR", global = true)]
    pub pack: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub enum PackCommand {
    /// List the signs by layer and family
    List(PackList),
    /// Show a sign, source, parameter, scheme or citation with its source in full
    Show {
        /// Its id, such as work_violence or prior.cap
        id: String,
    },
    /// List everything that is wrong with a method; exit code 1 where something is
    Lint {
        /// Folder of method files laid over the embedded pack (else the pack in effect)
        dir: Option<PathBuf>,
    },
    /// Say row by row what a folder of method files changes
    Diff {
        /// Folder of method files laid over the embedded pack
        dir: PathBuf,
    },
}

#[derive(Args, Debug)]
pub struct PackList {
    /// Only one layer: evidence, context, integrity, act or profile
    #[arg(long, value_name = "LAYER")]
    pub layer: Option<String>,
    /// Only signs that speak of this norm, as evidence or as context
    #[arg(long, value_name = "NORM")]
    pub norm: Option<String>,
    /// Only signs with this text in id or definition
    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,
}

#[derive(Args, Debug)]
pub struct World {
    /// Folder to write the dataset into
    #[arg(short, long, value_name = "DIR")]
    pub out: PathBuf,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long, default_value_t = 100_000)]
    pub nodes: usize,
    #[arg(long, default_value_t = 1_000_000)]
    pub links: usize,
    /// Rows over all tables of evidence
    #[arg(long, default_value_t = 200_000)]
    pub evidence: usize,
    /// Evidence with exactly the likelihood that the method assumes; else lifelike: signs that come together, coached visits, copied reports
    #[arg(long)]
    pub as_the_method_says: bool,
}

#[derive(Args, Debug)]
pub struct Calibrate {
    /// Worlds for reliability and ranges; a tenth of them for each row of the table of failing assumptions [default: 1000, quick 40]
    #[arg(long, value_name = "N")]
    pub worlds: Option<usize>,
    /// Nodes of a world, at least 500
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub nodes: usize,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Write the tables as CSV into this folder
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Few worlds, in under a minute
    #[arg(long)]
    pub quick: bool,
    /// Folder of method files laid over the embedded pack, by id
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
    /// Worker threads (0: one per core); the result is the same for any number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// No progress on standard error
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub struct Walk {
    /// Table of nodes, CSV or Parquet: node_id, p or p_NAME (probability that the walk stops touched there), mapped_share, exited_share
    pub nodes: PathBuf,
    /// Table of links, CSV or Parquet: supplier_id, buyer_id, value
    pub links: PathBuf,
    /// Parquet file to write: per node and p touched, unseen, clear and the closure defect
    #[arg(short, long, value_name = "FILE")]
    pub out: PathBuf,
    /// Largest part of a unit that may be left open at any node
    #[arg(long, value_name = "X", default_value_t = 1e-9)]
    pub tolerance: f64,
    /// Mapped share of nodes that trade in a circle no goods can come from
    #[arg(long, value_name = "X", default_value_t = 0.5)]
    pub closed_mapped: f64,
    /// Worker threads (0: one per core); the result is the same for any number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// Memory for links, such as 512MiB or 2GB, where the network is larger than memory: links are sorted into files and read from there. Nodes stay in
    /// memory. The files take up to 44 bytes a link in a folder beside FILE, which is removed when the walk ends, also where it fails. Without
    /// it all is held in memory
    #[arg(long, value_name = "SIZE", value_parser = super::walk::size)]
    pub memory: Option<u64>,
    /// Print what was done as JSON
    #[arg(long)]
    pub json: bool,
}

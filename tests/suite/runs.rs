//! What whole-run tests share: samples to copy and change, runs of the pipeline and of the binary, results read back as text cells.

use onus::base::{Date, NodeIx, Traced};
use onus::belief::context::{PriorBook, priors};
use onus::belief::origins::{Imports, origin_priors};
use onus::evidence::assemble::assemble;
use onus::export::read_all;
use onus::export::walk_rows::{MappedRule, View};
use onus::pack::MethodPack;
use onus::pipeline::beliefs::beliefs;
use onus::pipeline::exposure::{self, NodeColumns};
use onus::pipeline::network::Network;
use onus::pipeline::prepared::{bought, linked};
use onus::pipeline::summary::Summary;
use onus::pipeline::vocabulary::Words;
use onus::pipeline::{self, RunConfig, Silent, focal};
use onus::reference::Reference;
use onus::resolve::resolve;
use onus::schema::outputs::{OutputTable, OutputType};
use onus::validate::validate_dataset;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use tempfile::TempDir;

/// A path inside the repository.
pub fn inside(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A path inside the shared data, where they are present.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("ONUS_SHARED").map_or_else(|| inside("../shared"), PathBuf::from);
    Some(root.join(path)).filter(|p| p.exists())
}

/// The sample that every input table of which is filled.
pub fn sample() -> PathBuf {
    inside("data-samples/first-run")
}

/// A copy of the sample that a test may change, in a folder of its own.
pub fn copied_sample() -> (TempDir, PathBuf) {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path().join("data");
    copy(&sample(), &dir);
    (room, dir)
}

/// Copies the files of one folder.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// Copies a folder with all that is in it.
pub fn copy_all(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// A CSV table in memory.
#[derive(Clone, Debug)]
pub struct Csv {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Csv {
    pub fn read(dir: &Path, table: &str) -> Self {
        Self::read_file(&dir.join(table).with_extension("csv"))
    }

    pub fn read_file(path: &Path) -> Self {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
        Csv { header, rows }
    }

    pub fn write(&self, dir: &Path, table: &str) {
        self.write_as(&dir.join(table).with_extension("csv"), b',');
    }

    pub fn write_as(&self, path: &Path, delimiter: u8) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_path(path).unwrap();
        writer.write_record(&self.header).unwrap();
        for row in &self.rows {
            writer.write_record(row).unwrap();
        }
        writer.flush().unwrap();
    }

    pub fn at(&self, column: &str) -> usize {
        self.header.iter().position(|c| c == column).unwrap_or_else(|| panic!("no column {column} in {:?}", self.header))
    }

    pub fn cell<'a>(&self, row: &'a [String], column: &str) -> &'a str {
        &row[self.at(column)]
    }

    /// Adds a row; columns that are not named stay blank.
    pub fn push(&mut self, cells: &[(&str, &str)]) {
        let mut row = vec![String::new(); self.header.len()];
        for (column, text) in cells {
            row[self.at(column)] = (*text).to_owned();
        }
        self.rows.push(row);
    }

    /// The row whose `column` holds `text`.
    pub fn row_mut(&mut self, column: &str, text: &str) -> &mut Vec<String> {
        let at = self.at(column);
        self.rows.iter_mut().find(|r| r[at] == text).unwrap_or_else(|| panic!("no row with {column} {text}"))
    }

    pub fn column(&self, column: &str) -> Vec<String> {
        let at = self.at(column);
        self.rows.iter().map(|r| r[at].clone()).collect()
    }
}

/// A dataset of a few tables in a room of its own.
pub fn dataset(tables: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let room = tempfile::tempdir().unwrap();
    let data = room.path().join("data");
    fs::create_dir_all(&data).unwrap();
    for (name, text) in tables {
        fs::write(data.join(name).with_extension("csv"), text).unwrap();
    }
    (room, data)
}

/// Holds a result against its own sums.
pub fn verified(out: &Path) {
    let report = onus::export::verify(out).unwrap();
    let wrong: Vec<&str> = report.lines.iter().filter(|l| !l.holds).map(|l| l.text.as_str()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Assesses a dataset into `out`.
pub fn assess_with(config: &RunConfig, out: &Path) -> Summary {
    pipeline::assess(config, out, false, &mut Silent).unwrap_or_else(|e| panic!("{e}"))
}

pub fn assess(dataset: &Path, out: &Path, threads: usize) -> Summary {
    assess_with(&RunConfig { dataset: dataset.to_owned(), threads, ..RunConfig::default() }, out)
}

/// The result of the sample as it is shipped: its folder and its first screen.
pub static FIRST_RUN: LazyLock<(TempDir, PathBuf, Summary)> = LazyLock::new(|| {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    let summary = assess(&sample(), &out, 2);
    (room, out, summary)
});

/// A row of a result as text by column; empty where the cell is empty. Numbers are written so that different bits are different texts.
pub type Row = BTreeMap<String, String>;

/// Every row of a Parquet table of a result, in the order of the file.
pub fn rows(out: &Path, table: &OutputTable) -> Vec<Row> {
    let read = read_all(out, table).unwrap_or_else(|e| panic!("{}: {e}", table.file));
    let cell = |r: &onus::export::RowView<'_>, name: &str, kind: OutputType| match kind {
        OutputType::Text => r.text(name).map(str::to_owned),
        OutputType::Float => r.float(name).map(|x| format!("{x:?}")),
        OutputType::Int => r.int(name).map(|x| x.to_string()),
        OutputType::Bool => r.bool(name).map(|x| x.to_string()),
    };
    read.iter()
        .map(|r| table.columns.iter().map(|c| (c.name.to_string(), cell(&r, &c.name, c.kind).unwrap_or_default())).collect())
        .collect()
}

/// A number of a row.
pub fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} holds '{}'", row[column]))
}

/// Every file of a folder by its path inside it.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((path, prefix)) = open.pop() {
        for entry in fs::read_dir(&path).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else {
                found.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    found
}

/// Every text that a file of a result holds: the bytes as they lie, and for Parquet the decoded cells too.
pub fn texts(out: &Path) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> =
        files(out).into_iter().map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned())).collect();
    for table in onus::schema::outputs::tables().into_iter().filter(|t| t.is_parquet()) {
        let text = texts.get_mut(table.file).unwrap();
        for row in rows(out, table) {
            for cell in row.values() {
                text.push('\n');
                text.push_str(cell);
            }
        }
    }
    texts
}

/// The files of `folder` whose text holds `needle`.
pub fn holding<'a>(texts: &'a BTreeMap<String, String>, needle: &str) -> Vec<&'a str> {
    texts.iter().filter(|(_, text)| text.contains(needle)).map(|(name, _)| name.as_str()).collect()
}

/// The method, loaded once for all tests that need many small computations.
pub static METHOD: LazyLock<(MethodPack, Reference)> = LazyLock::new(|| (MethodPack::embedded().unwrap(), Reference::embedded().unwrap()));

/// Fitted priors by what the nodes are; fitting is most of the time of a small run.
static FITTED: LazyLock<Mutex<BTreeMap<String, Arc<PriorBook>>>> = LazyLock::new(Mutex::default);

/// One focal figure: focal node, norm, rule, view.
pub type FigureKey = (String, &'static str, &'static str, &'static str);

/// The parts of one unit of purchases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    pub touched: f64,
    pub unseen: f64,
    pub clear: f64,
    pub expected: f64,
}

/// What the rooms of the engine compute of a dataset, without a result folder.
pub struct Computed {
    /// Probability of any norm and of the eight, by input id; nodes where nobody works are absent.
    pub any: BTreeMap<String, f64>,
    pub decoupled: BTreeMap<String, [f64; 8]>,
    pub figures: BTreeMap<FigureKey, Parts>,
}

/// Reads a dataset and computes beliefs and focal figures by the same rooms as `onus assess`, with the method loaded once.
pub fn compute(dataset: &Path) -> Computed {
    let (pack, reference) = &*METHOD;
    let validated = validate_dataset(dataset, None, None, &Words { pack, reference }).unwrap();
    let refused: Vec<String> =
        validated.diagnostics.all.iter().filter(|d| d.level >= onus::base::Level::Error).map(|d| d.to_string()).collect();
    assert!(refused.is_empty(), "the changed sample is refused: {refused:?}");
    let inputs = validated.inputs;
    let as_of: Date = inputs.as_of.unwrap();
    let resolution = resolve(&inputs);
    let (links, _) = linked(&inputs, &resolution, as_of, pack);
    let (chosen, _) = focal::choose(&[], &resolution, &links).unwrap();
    let network = Network::build(&inputs, &resolution, &links).unwrap();
    let said = assemble(&inputs, &resolution, pack, Some(reference), as_of);
    let key: String = resolution
        .nodes
        .iter()
        .map(|n| {
            format!(
                "{}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}\n",
                n.id, n.kind, n.country, n.subdivision, n.sector, n.product, n.stage, n.people, n.places_count, n.informal_share, n.union
            )
        })
        .collect();
    let key =
        format!("{key}{:?}", said.context.iter().map(|(n, f)| (n.0, f.iter().map(|f| f.id).collect())).collect::<Vec<(u32, Vec<_>)>>());
    let known = FITTED.lock().unwrap().get(&key).cloned();
    let book = known.unwrap_or_else(|| {
        let fitted = Arc::new(priors(&resolution, pack, reference, &said.context).unwrap());
        FITTED.lock().unwrap().insert(key, Arc::clone(&fitted));
        fitted
    });
    let believed = beliefs(&resolution, &book, &said.by_node, pack);
    let imports = Imports::of(&inputs.trade_flows, as_of);
    let origins = origin_priors(&resolution, pack, reference, &imports, &bought(&network, &resolution)).unwrap();
    let columns = NodeColumns::new(&believed, &origins.rows, onus::graph::Exits::default());
    let (place_group, groups) = exposure::place_groups(&resolution);
    let upstream = exposure::Upstream {
        network: &network,
        resolution: &resolution,
        columns: &columns,
        place_group: &place_group,
        groups: groups.len(),
        pack,
    };
    let found = exposure::focal(&chosen, &upstream).unwrap();
    let id = |n: NodeIx| resolution.nodes[n.at()].id.to_string();
    let mut figures = BTreeMap::new();
    for f in &found {
        for w in &f.walks {
            let parts = Parts { touched: w.ends.touched(), unseen: w.ends.unseen, clear: w.ends.clear, expected: w.expected };
            figures.insert((id(f.focal), traced_word(w.traced), rule_word(w.rule), view_word(w.view)), parts);
        }
    }
    let with = |value: fn(&onus::pipeline::beliefs::SiteBelief) -> f64| {
        believed.iter().enumerate().filter_map(|(i, b)| Some((id(NodeIx(i as u32)), value(b.as_ref()?)))).collect::<BTreeMap<_, _>>()
    };
    let decoupled =
        believed.iter().enumerate().filter_map(|(i, b)| Some((id(NodeIx(i as u32)), b.as_ref()?.posterior.decoupled))).collect();
    Computed { any: with(|b| b.posterior.any), decoupled, figures }
}

fn traced_word(traced: Traced) -> &'static str {
    traced.as_str()
}

fn rule_word(rule: MappedRule) -> &'static str {
    rule.as_str()
}

fn view_word(view: View) -> &'static str {
    view.as_str()
}

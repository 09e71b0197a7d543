//! A change story as Parquet: `changes.parquet` and `change_findings.parquet`.

use super::story::{Company, Figure, Happened, NodeMove, Part, PartOfMove, Story};
use crate::base::{Error, Result};
use crate::export::parquet_file::write_parquet;
use crate::export::sink::{Row, Sink};
use crate::export::{Stamp, read_manifest};
use crate::schema::outputs::{self, OutputTable};
use std::cmp::Ordering;
use std::path::Path;

/// Writes both tables into `dir`, stamped as the new result is.
///
/// # Errors
/// `new` is no result; `dir` cannot be made, or holds other files than an earlier comparison.
pub fn write(story: &Story, new: &Path, dir: &Path) -> Result<()> {
    let Some(manifest) = read_manifest(new)? else {
        return Err(Error::output(new.display().to_string(), "no result of onus", "a result folder of `onus assess`"));
    };
    std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
    let ours = [outputs::CHANGES.file, outputs::CHANGE_FINDINGS.file];
    for entry in std::fs::read_dir(dir).map_err(|e| Error::io(dir, e))? {
        let name = entry.map_err(|e| Error::io(dir, e))?.file_name();
        if !ours.iter().any(|file| name == **file) {
            let found = format!("the folder holds '{}', which no comparison wrote", name.to_string_lossy());
            return Err(Error::output(dir.display().to_string(), found, "an empty folder, or one that an earlier comparison wrote"));
        }
    }
    write_tables(story, &manifest.stamp, dir)
}

fn write_tables(story: &Story, stamp: &Stamp, dir: &Path) -> Result<()> {
    write_parquet(&dir.join(outputs::CHANGES.file), stamp, story.companies.iter().flat_map(change_rows))?;
    let mut happened: Vec<&Happened> = story.happened.iter().collect();
    happened.sort_by(|a, b| a.node_id.cmp(&b.node_id).then_with(|| a.order(b)));
    write_parquet(&dir.join(outputs::CHANGE_FINDINGS.file), stamp, happened)?;
    Ok(())
}

fn change_rows(company: &Company) -> Vec<ChangeRow<'_>> {
    let mut rows = Vec::new();
    for (at, figure) in (0..).zip(&company.figures) {
        let row = |level: Level, part: Option<Part>, change: f64, node: Option<&'_ NodeMove>| (level, part, change, node.cloned());
        let mut push = |(level, part, change, node): (Level, Option<Part>, f64, Option<NodeMove>)| {
            let order = (at, rows.len());
            rows.push(ChangeRow { company, figure, level, part, change, node, order });
        };
        push(row(Level::Figure, None, figure.change(), None));
        for PartOfMove { part, change, nodes, rest, .. } in &figure.parts {
            push(row(Level::Part, Some(*part), *change, None));
            for node in nodes {
                push(row(Level::Node, Some(*part), node.change, Some(node)));
            }
            if *rest != 0.0 || nodes.is_empty() {
                push(row(Level::Rest, Some(*part), *rest, None));
            }
        }
    }
    rows
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Level {
    Figure,
    Part,
    Node,
    Rest,
}

struct ChangeRow<'a> {
    company: &'a Company,
    figure: &'a Figure,
    level: Level,
    part: Option<Part>,
    change: f64,
    node: Option<NodeMove>,
    order: (usize, usize),
}

impl Row for ChangeRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::CHANGES
    }

    fn lead(&self) -> &str {
        &self.company.id
    }

    fn order(&self, other: &Self) -> Ordering {
        self.order.cmp(&other.order)
    }

    fn fill(&self, sink: &mut impl Sink) {
        let level = match self.level {
            Level::Figure => "figure",
            Level::Part => "part",
            Level::Node => "node",
            Level::Rest => "rest",
        };
        let figure = (self.level == Level::Figure).then_some(self.figure);
        let node = self.node.as_ref();
        sink.put("focal_id", &self.company.id);
        sink.put("norm", self.figure.norm);
        sink.put("mapped_rule", self.figure.mapped_rule);
        sink.put("figure", self.figure.figure);
        sink.put("level", level);
        sink.put("part", self.part.map(Part::as_str));
        sink.put("node_id", node.map(|n| &n.id));
        sink.put("name", node.map(|n| &n.name));
        sink.put("node_in", node.map(|n| n.node_in.as_str()));
        sink.put("change", self.change);
        sink.put("old", figure.map(|f| f.old));
        sink.put("new", figure.map(|f| f.new));
        sink.put("within_ranges", figure.and_then(|f| f.within_ranges));
        sink.put("p_old", node.and_then(|n| n.p[0]));
        sink.put("p_new", node.and_then(|n| n.p[1]));
        sink.put("mapped_old", node.and_then(|n| n.mapped[0]));
        sink.put("mapped_new", node.and_then(|n| n.mapped[1]));
        sink.put("what", node.map(|n| &n.what).filter(|w| !w.is_empty()));
    }
}

impl Row for &Happened {
    fn table() -> &'static OutputTable {
        &outputs::CHANGE_FINDINGS
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        (self.thing, self.way, &self.norm, &self.other_id).cmp(&(other.thing, other.way, &other.norm, &other.other_id))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("name", Some(&self.name).filter(|n| !n.is_empty()));
        sink.put("thing", self.thing.as_str());
        sink.put("change", self.way.as_str());
        sink.put("norm", self.norm.as_ref());
        sink.put("other_id", self.other_id.as_ref());
        sink.put("old", self.old.as_ref());
        sink.put("new", self.new.as_ref());
        sink.put("what", &self.what);
    }
}

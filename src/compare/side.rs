//! One of two results, as far as a comparison needs it: who is where, what is believed, the walk of every company, evidence, findings, links.
//!
//! Nothing is taken on trust: a folder that is no result, one that an older version wrote without what is needed here, and one whose tables do not fit
//! together are refused with what is wrong.

use crate::base::{Error, Result, Traced};
use crate::export::kept_rows::{BelievedAt, Purchases, believed_columns, purchases_columns};
use crate::export::walk_rows::MappedRule;
use crate::export::{RowView, Rows, RunManifest, read_all, read_manifest};
use crate::schema::outputs::{self, OutputTable};
use std::collections::BTreeMap;
use std::path::Path;

/// Figures whose moves are split, in the order of `words::CHANGE_FIGURES` without `touched`, which is the sum of the first two.
pub const FIGURES: [&str; 6] = ["touched_on_evidence", "touched_by_context", "unseen", "exited", "clear", "expected"];

/// A node as a result shows it.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub name: String,
    pub kind: String,
    pub country: String,
    pub product: String,
    pub people: Option<f64>,
    pub focal: bool,
    pub state: String,
    pub signal_norms: Vec<String>,
    pub alert: bool,
    pub any: f64,
}

impl Place {
    /// Whether a rule or reports from the very site speak of it.
    pub fn speaks(&self) -> bool {
        ["site_signal", "possible", "indicated"].contains(&self.state.as_str())
    }
}

/// A vertex of a company's own view.
#[derive(Clone, Debug)]
pub struct Vertex {
    /// `None`: the published list of the company.
    pub node: Option<String>,
    pub heading: Option<String>,
    pub purchases: [Purchases; 2],
    pub believed: [BelievedAt; Traced::COUNT],
}

/// The walk of a company as its result keeps it.
#[derive(Clone, Debug, Default)]
pub struct KeptWalk {
    pub vertices: Vec<Vertex>,
    /// Buyer, supplier, weight.
    pub links: Vec<(usize, usize, f64)>,
}

/// Figures of a company, with their ranges.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exposed {
    /// In the order of [`FIGURES`].
    pub figures: [f64; FIGURES.len()],
    pub ranges: [Option<(f64, f64)>; FIGURES.len()],
    pub touched_range: Option<(f64, f64)>,
}

/// A report, look or silence; two rows with one key tell of the same.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is, of whom, by whom, when.
    pub key: String,
    pub norms: String,
    pub is_report: bool,
    pub used: bool,
    pub lapsed: bool,
    pub log_weight: f64,
    pub age_days: f64,
    pub half_life_days: f64,
    /// What its worth rests on beside its age, as text.
    pub worth: String,
}

/// What a rule finds at a place for a norm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub level: String,
    pub rule: String,
}

/// A relation of trade: buyer, supplier.
pub type Pair = (String, String);

/// A result read for comparison.
pub struct Side {
    pub manifest: RunManifest,
    pub places: BTreeMap<String, Place>,
    pub walks: BTreeMap<String, KeptWalk>,
    /// By company, norm, rule; own view.
    pub exposed: BTreeMap<(String, usize, usize), Exposed>,
    /// By node.
    pub items: BTreeMap<String, Vec<Item>>,
    /// By node and norm: possible and indicated alone.
    pub found: BTreeMap<(String, String), Found>,
    /// Supply links in force with their largest share of what the buyer buys.
    pub traded: BTreeMap<Pair, f64>,
    /// e of each node, all links merged.
    pub left: BTreeMap<String, f64>,
    /// Node of every record that several share.
    pub records: BTreeMap<String, String>,
    /// Rank and id of the head of the register.
    pub first: Vec<(u32, String)>,
}

/// How much of the register is its head.
pub const HEAD: u32 = 20;

impl Side {
    /// Reads a result.
    ///
    /// # Errors
    /// No result, one of an older version, or one that is damaged.
    pub fn read(out: &Path) -> Result<Self> {
        crate::export::recover(out)?;
        let Some(manifest) = read_manifest(out)? else {
            return Err(Error::output(out.display().to_string(), "no result of onus", "a result folder of `onus assess`"));
        };
        let places = places(out)?;
        let mut side = Side {
            manifest,
            places,
            walks: BTreeMap::new(),
            exposed: BTreeMap::new(),
            items: BTreeMap::new(),
            found: BTreeMap::new(),
            traded: BTreeMap::new(),
            left: BTreeMap::new(),
            records: BTreeMap::new(),
            first: head(out)?,
        };
        side.walks(out)?;
        side.exposures(out)?;
        side.evidence(out)?;
        side.claims(out)?;
        side.links(out)?;
        Ok(side)
    }

    /// The name of a node; its id where the result does not hold it.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.places.get(id).map_or(id, |p| p.name.as_str())
    }

    /// What was said of a node, by key.
    pub fn items_of(&self, id: &str) -> &[Item] {
        self.items.get(id).map_or(&[], Vec::as_slice)
    }

    /// Companies under assessment.
    pub fn companies(&self) -> impl Iterator<Item = &str> {
        self.places.iter().filter(|(_, p)| p.focal).map(|(id, _)| id.as_str())
    }

    fn walks(&mut self, out: &Path) -> Result<()> {
        let damaged =
            |what: String| Error::output(out.join(outputs::WALK_NODES.file).display().to_string(), what, "a whole result; assess again");
        for r in table(out, &outputs::WALK_NODES)?.iter() {
            let share = |name: &String| r.float(name).filter(|x| (0.0..=1.0).contains(x));
            let mut purchases = [Purchases::default(); 2];
            let mut believed = [BelievedAt::default(); Traced::COUNT];
            let mut whole = true;
            for (of, [mapped, left, listed]) in purchases.iter_mut().zip(purchases_columns()) {
                match (share(mapped), share(left), share(listed)) {
                    (Some(mapped), Some(left), Some(listed)) => *of = Purchases { mapped, left, listed },
                    _ => whole = false,
                }
            }
            for (of, [p, prior, origin, on_evidence]) in believed.iter_mut().zip(believed_columns()) {
                match (share(p), share(prior), share(origin), r.bool(on_evidence)) {
                    (Some(p), Some(prior), Some(origin), Some(on_evidence)) => *of = BelievedAt { p, prior, origin, on_evidence },
                    _ => whole = false,
                }
            }
            let company = text(&r, "focal_id");
            let walk = self.walks.entry(company.clone()).or_default();
            if !whole || r.int("vertex") != Some(walk.vertices.len() as i64) {
                return Err(damaged(format!("a row of {company} that is out of order or holds no share where one must stand")));
            }
            walk.vertices.push(Vertex {
                node: r.text("node_id").map(str::to_owned),
                heading: r.text("heading").map(str::to_owned),
                purchases,
                believed,
            });
        }
        for r in table(out, &outputs::WALK_LINKS)?.iter() {
            let company = r.text("focal_id").unwrap_or_default();
            let walk = self.walks.get_mut(company).ok_or_else(|| damaged(format!("steps of {company}, of which it has no vertex")))?;
            let vertex = |name: &str| r.int(name).and_then(|v| usize::try_from(v).ok()).filter(|v| *v < walk.vertices.len());
            match (vertex("buyer"), vertex("supplier"), r.float("weight").filter(|w| *w > 0.0 && *w <= 1.0 + 1e-9)) {
                (Some(buyer), Some(supplier), Some(weight)) => walk.links.push((buyer, supplier, weight)),
                _ => return Err(damaged(format!("a step of {company} that leads nowhere"))),
            }
        }
        Ok(())
    }

    fn exposures(&mut self, out: &Path) -> Result<()> {
        for r in table(out, &outputs::EXPOSURE)?.iter() {
            let (norm, rule) = (text(&r, "norm"), text(&r, "mapped_rule"));
            let (Some(norm), Some(rule)) = (Traced::parse(&norm), MappedRule::ALL.iter().position(|x| x.as_str() == rule)) else {
                continue;
            };
            match r.text("view") {
                Some("own") => {
                    let range = |name: &str| r.float(&format!("{name}_low")).zip(r.float(&format!("{name}_high")));
                    let figures = FIGURES.map(|name| r.float(name).filter(|x| x.is_finite()));
                    if figures.iter().any(Option::is_none) {
                        let found = format!("a figure of {} is no number", text(&r, "node_id"));
                        return Err(Error::output(
                            out.join(outputs::EXPOSURE.file).display().to_string(),
                            found,
                            "a whole result; assess again",
                        ));
                    }
                    let exposed = Exposed {
                        figures: figures.map(Option::unwrap_or_default),
                        ranges: FIGURES.map(range),
                        touched_range: range("touched"),
                    };
                    self.exposed.insert((text(&r, "node_id"), norm as usize, rule), exposed);
                }
                Some("all") if norm == Traced::Any && rule == 0 => {
                    let left = r.float("left_share").unwrap_or(0.0);
                    if left > 0.0 {
                        self.left.insert(text(&r, "node_id"), left);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn evidence(&mut self, out: &Path) -> Result<()> {
        for r in table(out, &outputs::EVIDENCE)?.iter() {
            let cell = |name: &str| r.text(name).unwrap_or("");
            let number = |name: &str| r.float(name).unwrap_or(0.0);
            // What the data call an origin of a grievance or survey is its place in the node: not the same in two results.
            let origin = if r.text("record").is_some() { cell("origin") } else { "" };
            let key = ["item", "sign", "norms", "source", "record", "quarter", "table"].map(cell).join("\u{1f}") + "\u{1f}" + origin;
            let worth =
                format!("{:?} {:?} {:?} {}", number("detection"), r.float("false_report"), number("half_life_days"), cell("factors"));
            self.items.entry(text(&r, "node_id")).or_default().push(Item {
                key,
                norms: cell("norms").to_owned(),
                is_report: cell("item") == "report",
                used: r.bool("used").unwrap_or(false),
                lapsed: cell("why_not").contains("lapsed"),
                log_weight: number("log_weight"),
                age_days: number("age_days"),
                half_life_days: number("half_life_days"),
                worth,
            });
        }
        for items in self.items.values_mut() {
            let order = |i: &Item| (i.used, i.worth.clone());
            items.sort_by(|a, b| {
                a.key.cmp(&b.key).then_with(|| order(a).cmp(&order(b))).then_with(|| a.log_weight.total_cmp(&b.log_weight))
            });
        }
        Ok(())
    }

    fn claims(&mut self, out: &Path) -> Result<()> {
        for r in table(out, &outputs::FINDINGS)?.iter() {
            let level = text(&r, "level");
            if r.text("scope") == Some("place") && ["possible", "indicated"].contains(&level.as_str()) {
                self.found.insert((text(&r, "node_id"), text(&r, "norm")), Found { level, rule: text(&r, "rule") });
            }
        }
        for r in table(out, &outputs::RECORDS)?.iter().filter(|r| r.text("list").is_none()) {
            self.records.insert(text(&r, "record_id"), text(&r, "node_id"));
        }
        Ok(())
    }

    fn links(&mut self, out: &Path) -> Result<()> {
        for r in table(out, &outputs::LINKS)?.iter() {
            let carries = r.float("weight").is_some_and(|w| w > 0.0);
            if carries && r.bool("in_force") == Some(true) {
                let share = r.float("weight_merged").or(r.float("weight")).unwrap_or(0.0);
                *self.traded.entry((text(&r, "buyer_id"), text(&r, "supplier_id"))).or_insert(0.0) += share;
            }
        }
        Ok(())
    }
}

fn text(r: &RowView<'_>, name: &str) -> String {
    r.text(name).unwrap_or_default().to_owned()
}

/// A table with all its columns.
fn table(out: &Path, declared: &'static OutputTable) -> Result<Rows> {
    let path = out.join(declared.file);
    let older = |what: String| {
        let expected =
            "a result of this version: assess the dataset again, with the method of then where it was another (--pack, --reference)";
        Error::output(path.display().to_string(), what, expected)
    };
    if !path.is_file() {
        return Err(older("the result has no such table: an older version of onus wrote it, or the file was removed".to_owned()));
    }
    let rows = read_all(out, declared)?;
    match rows.lacks(declared) {
        Some(column) => Err(older(format!("the table has no column '{column}' as this version writes it"))),
        None => Ok(rows),
    }
}

fn places(out: &Path) -> Result<BTreeMap<String, Place>> {
    let rows = table(out, &outputs::SITES)?;
    let place = |r: RowView<'_>| {
        let norms = text(&r, "signal_norms").split(';').filter(|n| !n.is_empty()).map(str::to_owned).collect();
        let place = Place {
            name: text(&r, "name"),
            kind: text(&r, "kind"),
            country: text(&r, "country"),
            product: text(&r, "product"),
            people: r.float("people"),
            focal: r.bool("focal").unwrap_or(false),
            state: text(&r, "state"),
            signal_norms: norms,
            alert: r.bool("alert").unwrap_or(false),
            any: r.float("any").unwrap_or(0.0),
        };
        (text(&r, "node_id"), place)
    };
    Ok(rows.iter().map(place).collect())
}

/// The first rows of `register.csv`.
fn head(out: &Path) -> Result<Vec<(u32, String)>> {
    let path = out.join(outputs::REGISTER.file);
    let trouble = |e: csv::Error| Error::output(path.display().to_string(), e.to_string(), "a whole result; assess again");
    let mut reader = csv::Reader::from_path(&path).map_err(trouble)?;
    let header = reader.headers().map_err(trouble)?.clone();
    let at = |name: &str| header.iter().position(|c| c == name);
    let (Some(rank), Some(id)) = (at("rank"), at("node_id")) else {
        return Err(Error::output(path.display().to_string(), "no columns rank and node_id", "a whole result; assess again"));
    };
    let mut head = Vec::new();
    for row in reader.records().take(HEAD as usize) {
        let row = row.map_err(trouble)?;
        let id = row.get(id).unwrap_or_default();
        // A cell that a spreadsheet would run stands behind an apostrophe.
        let id =
            id.strip_prefix('\'').filter(|rest| matches!(crate::export::csv_file::inert(rest), std::borrow::Cow::Owned(_))).unwrap_or(id);
        head.extend(row.get(rank).and_then(|r| r.parse().ok()).map(|r| (r, id.to_owned())));
    }
    Ok(head)
}

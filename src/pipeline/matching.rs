//! Which nodes of a dataset may be one, and which may stand on a screening list: the questions that `onus match` asks.
//!
//! Nodes are compared after identifiers and decisions have joined what they join, so that a question is asked once. Names alone never make a
//! hit of a screening list: such a pair is asked about however alike the names are.

use super::{RunConfig, method, read};
use crate::base::{Error, Level, NodeIx, Result, par};
use crate::export::decisions::Answer;
use crate::matching::{Class, Counts, Identifier, Names, Outcome, Record, Settings, Weights, between, within};
use crate::resolve::identity::{self, Thing, thing};
use crate::resolve::{Resolution, join, resolve};
use crate::validate::Inputs;
use crate::validate::inputs::{ListingRow, ListingScope, NodeRow, Relation};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One side of a question, as far as it may be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    pub id: Arc<str>,
    /// The id in the data, where `id` is a key that hides it: for answers alone, never shown.
    pub record: Arc<str>,
    pub name: Arc<str>,
    pub kind: &'static str,
    pub country: Option<String>,
    pub city: Option<Arc<str>>,
}

/// A pair to ask about.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub left: Side,
    pub right: Side,
    /// The screening list of the right side.
    pub list: Option<Arc<str>>,
    /// Probability that both are one; 1 only with an identifier.
    pub score: f64,
    /// Whether the matcher is sure enough to answer for itself; never of a screening list.
    pub sure: bool,
    /// What speaks for and against, strongest first.
    pub why: String,
}

/// What was compared and what is to be asked.
#[derive(Debug)]
pub struct Questions {
    pub dataset: String,
    pub as_of: Option<crate::base::Date>,
    pub nodes: usize,
    pub entries: usize,
    /// Records that identifiers and decisions have joined already.
    pub joined: usize,
    pub of_nodes: Counts,
    pub of_lists: Counts,
    /// Sure ones first, then by score.
    pub questions: Vec<Question>,
    /// Pairs that somebody has answered.
    pub answered: usize,
    pub weights: Weights,
}

/// Compares the nodes of a dataset with one another and with its screening lists.
///
/// # Errors
/// [`Error::Fatal`] where the data cannot be read; thresholds that make no sense.
pub fn questions(config: &RunConfig, settings: &Settings) -> Result<Questions> {
    let (pack, reference) = method(config)?;
    par::with_threads(config.threads, || {
        let validated = read(config, &pack, &reference)?;
        if validated.diagnostics.has_fatal() {
            return Err(Error::Fatal(validated.diagnostics.all.into_iter().filter(|d| d.level == Level::Fatal).collect()));
        }
        ask(&validated.inputs, settings)
    })?
}

fn ask(inputs: &Inputs, settings: &Settings) -> Result<Questions> {
    let resolution = resolve(inputs);
    let people = People::of(inputs, &resolution);
    let nodes = people.records();
    let records: Vec<Record<'_>> = nodes.iter().map(|(_, r)| r.clone()).collect();
    let answered = Answered::of(inputs, &resolution);

    let found = within(&records, settings)?;
    let mut questions = Vec::new();
    let mut answers = 0;
    for pair in &found.pairs {
        let (Some((left, _)), Some((right, _))) = (nodes.get(pair.left), nodes.get(pair.right)) else { continue };
        if answered.nodes.contains(&(*left.min(right), *left.max(right))) {
            answers += 1;
            continue;
        }
        questions.push(Question {
            left: people.side(&resolution, *left),
            right: people.side(&resolution, *right),
            list: None,
            score: pair.score,
            sure: pair.outcome == Outcome::Same,
            why: pair.because(),
        });
    }

    let entries: Vec<(usize, &ListingRow)> = inputs.listings.iter().enumerate().filter(|(_, l)| l.scope != ListingScope::Region).collect();
    let listed: Vec<Record<'_>> = entries.iter().map(|(_, l)| entry(inputs, l)).collect();
    let hits: BTreeSet<(NodeIx, usize)> = resolution.hits.iter().map(|h| (h.node, h.listing)).collect();
    let screened = between(&records, &listed, &Settings { across_classes: true, ..settings.clone() })?;
    for pair in &screened.pairs {
        let (Some((node, _)), Some((at, row))) = (nodes.get(pair.left), entries.get(pair.right)) else { continue };
        if hits.contains(&(*node, *at)) || answered.entries.contains(&(*node, *at)) {
            answers += 1;
            continue;
        }
        questions.push(Question {
            left: people.side(&resolution, *node),
            right: Side {
                id: Arc::from(inputs.ids.text(row.entry)),
                record: Arc::from(inputs.ids.text(row.entry)),
                name: row.name.clone(),
                kind: "entry",
                country: row.country.map(|c| c.to_string()),
                city: None,
            },
            list: Some(row.list.clone()),
            score: pair.score,
            sure: false,
            why: pair.because(),
        });
    }
    questions.sort_by(|a, b| {
        (b.list.is_some(), b.sure)
            .cmp(&(a.list.is_some(), a.sure))
            .then_with(|| b.score.total_cmp(&a.score))
            .then_with(|| (&a.left.id, &a.right.id).cmp(&(&b.left.id, &b.right.id)))
    });
    Ok(Questions {
        dataset: inputs.name.clone(),
        as_of: inputs.as_of,
        nodes: records.len(),
        entries: listed.len(),
        joined: resolution.records.len(),
        of_nodes: found.counts,
        of_lists: screened.counts,
        questions,
        answered: answers,
        weights: found.weights,
    })
}

/// Pairs that decisions speak of, as nodes.
struct Answered {
    nodes: BTreeSet<(NodeIx, NodeIx)>,
    entries: BTreeSet<(NodeIx, usize)>,
}

impl Answered {
    fn of(inputs: &Inputs, resolution: &Resolution) -> Self {
        let entry: BTreeMap<_, usize> = inputs.listings.iter().enumerate().map(|(i, l)| (l.entry, i)).collect();
        let mut answered = Self { nodes: BTreeSet::new(), entries: BTreeSet::new() };
        for (left, right) in join::decisions(inputs).into_keys() {
            match (resolution.node(left), resolution.node(right), entry.get(&left), entry.get(&right)) {
                (Some(a), Some(b), ..) => {
                    answered.nodes.insert((a.min(b), a.max(b)));
                }
                (Some(node), None, _, Some(at)) | (None, Some(node), Some(at), _) => {
                    answered.entries.insert((node, *at));
                }
                _ => {}
            }
        }
        answered
    }
}

/// What the records of each node say together.
struct People<'i> {
    inputs: &'i Inputs,
    /// Rows of each node, in order of nodes.
    rows: BTreeMap<NodeIx, Vec<&'i NodeRow>>,
    aliases: BTreeMap<NodeIx, Vec<&'i str>>,
    groups: BTreeMap<NodeIx, BTreeSet<&'i str>>,
    around: BTreeMap<NodeIx, BTreeSet<u32>>,
    identifiers: BTreeMap<NodeIx, BTreeSet<identity::Identifier>>,
}

impl<'i> People<'i> {
    fn of(inputs: &'i Inputs, resolution: &Resolution) -> Self {
        let mut people = Self {
            inputs,
            rows: BTreeMap::new(),
            aliases: BTreeMap::new(),
            groups: BTreeMap::new(),
            around: BTreeMap::new(),
            identifiers: BTreeMap::new(),
        };
        let mut name_of: BTreeMap<NodeIx, &'i str> = BTreeMap::new();
        for (row, identifiers) in inputs.nodes.iter().zip(identity::of_nodes(inputs)) {
            let Some(node) = resolution.node(row.id) else { continue };
            name_of.entry(node).or_insert(&row.name);
            people.rows.entry(node).or_default().push(row);
            people.identifiers.entry(node).or_default().extend(identifiers);
        }
        for alias in &inputs.aliases {
            if let Some(node) = resolution.node(alias.node) {
                people.aliases.entry(node).or_default().push(&alias.name);
            }
        }
        let parents = inputs.nodes.iter().filter_map(|r| resolution.node(r.id).zip(r.parent.and_then(|p| resolution.node(p))));
        let owners = inputs.links.iter().filter(|l| l.relation == Relation::Owns);
        let owners = owners.filter_map(|l| resolution.node(l.supplier).zip(resolution.node(l.buyer)));
        for (node, owner) in parents.chain(owners) {
            if let Some(name) = name_of.get(&owner) {
                people.groups.entry(node).or_default().insert(name);
            }
        }
        for link in &inputs.links {
            if let (Some(supplier), Some(buyer)) = (resolution.node(link.supplier), resolution.node(link.buyer)) {
                people.around.entry(supplier).or_default().insert(buyer.0);
                people.around.entry(buyer).or_default().insert(supplier.0);
            }
        }
        people
    }

    /// A node as it may be shown: of a holding that may be a person's, no town either.
    fn side(&self, resolution: &Resolution, node: NodeIx) -> Side {
        let Some(n) = resolution.nodes.get(node.at()) else {
            return Side { id: Arc::default(), record: Arc::default(), name: Arc::default(), kind: "unknown", country: None, city: None };
        };
        let city = self.rows.get(&node).into_iter().flatten().find_map(|row| row.city.clone()).filter(|_| n.shown_id == n.id);
        Side {
            id: n.shown_id.clone(),
            record: n.id.clone(),
            name: n.shown_name.clone(),
            kind: n.kind.as_str(),
            country: n.country.map(|c| c.to_string()),
            city,
        }
    }

    /// One record per node that a name can tell apart; lists, regions and persons are none.
    fn records(&self) -> Vec<(NodeIx, Record<'_>)> {
        let mut records = Vec::with_capacity(self.rows.len());
        for (node, rows) in &self.rows {
            let Some(first) = rows.first() else { continue };
            let Some(class) = class(first) else { continue };
            let mut names: Vec<Cow<'_, str>> = Vec::new();
            let more = self.aliases.get(node).into_iter().flatten().copied();
            for name in rows.iter().map(|r| &*r.name).chain(more) {
                if !names.iter().any(|n| n == name) {
                    names.push(Cow::Borrowed(name));
                }
            }
            let told = |one: fn(&NodeRow) -> Option<&str>| Cow::Borrowed(rows.iter().find_map(|r| one(r)).unwrap_or(""));
            let identifiers = self.identifiers.get(node).into_iter().flatten().map(|(scheme, value)| Identifier {
                scheme: Cow::Borrowed(scheme),
                value: Cow::Borrowed(value),
                names: whom(scheme, class),
            });
            records.push((
                *node,
                Record {
                    id: Cow::Borrowed(self.inputs.ids.text(first.id)),
                    names,
                    class,
                    country: rows.iter().find_map(|r| r.country),
                    subdivision: told(|r| r.subdivision.as_deref()),
                    city: told(|r| r.city.as_deref()),
                    address: told(|r| r.address.as_deref()),
                    position: rows.iter().find_map(|r| r.latitude.zip(r.longitude)),
                    groups: self.groups.get(node).into_iter().flatten().map(|g| Cow::Borrowed(*g)).collect(),
                    around: self.around.get(node).into_iter().flatten().copied().collect(),
                    identifiers: identifiers.collect(),
                },
            ));
        }
        records
    }
}

fn class(row: &NodeRow) -> Option<Class> {
    match (thing(row.kind), row.kind) {
        (_, crate::base::Kind::Vessel) => Some(Class::Vessel),
        (Thing::Place, _) => Some(Class::Place),
        (Thing::Party, _) => Some(Class::Party),
        (Thing::Other, _) => None,
    }
}

fn whom(scheme: &str, class: Class) -> Names {
    match (identity::names(scheme), class) {
        (identity::Names::Party, _) | (identity::Names::Either, Class::Party) => Names::Party,
        _ => Names::Site,
    }
}

fn entry<'i>(inputs: &'i Inputs, row: &'i ListingRow) -> Record<'i> {
    let class = if row.scope == ListingScope::Vessel { Class::Vessel } else { Class::Party };
    let identifiers = row.identifiers.iter().filter_map(|(scheme, value)| {
        let value = identity::canonical(scheme, value)?;
        Some(Identifier { scheme: Cow::Borrowed(&**scheme), value: Cow::Owned(value), names: whom(scheme, class) })
    });
    Record {
        id: Cow::Borrowed(inputs.ids.text(row.entry)),
        names: std::iter::once(&row.name).chain(&row.aliases).map(|n| Cow::Borrowed(&**n)).collect(),
        class,
        country: row.country,
        address: Cow::Borrowed(row.address.as_deref().unwrap_or("")),
        identifiers: identifiers.collect(),
        ..Record::default()
    }
}

/// Answers with the ids of the data where a question showed a key in place of an id, or made a formula character inert.
///
/// # Errors
/// An answer about a record that the dataset has not got; data that cannot be read.
pub fn real_ids(config: &RunConfig, answers: Vec<Answer>) -> Result<Vec<Answer>> {
    let (pack, reference) = method(config)?;
    let inputs = par::with_threads(config.threads, || read(config, &pack, &reference))??.inputs;
    let resolution = resolve(&inputs);
    let shown: BTreeMap<&str, &str> = resolution.nodes.iter().map(|n| (&*n.shown_id, &*n.id)).collect();
    let known: BTreeSet<&str> =
        inputs.nodes.iter().map(|n| n.id).chain(inputs.listings.iter().map(|l| l.entry)).map(|s| inputs.ids.text(s)).collect();
    let real = |id: &str| -> Result<String> {
        let bare = id.strip_prefix('\'').unwrap_or(id);
        let found = known.get(id).or_else(|| known.get(bare)).copied().or_else(|| shown.get(id).copied());
        found.map(str::to_owned).ok_or_else(|| {
            Error::settings("answers", format!("'{id}' is no record of the dataset"), "an id of nodes or listings as the questions have it")
        })
    };
    answers.into_iter().map(|a| Ok(Answer { left: real(&a.left)?, right: real(&a.right)?, ..a })).collect()
}

//! The expert defaults of both layers as one list, and the method with any of them changed.

use crate::base::Result;
use crate::pack::MethodPack;
use crate::pipeline::prepared::{Believed, Prepared};
use crate::reference::Reference;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Where a number stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layer {
    Pack,
    Reference,
}

impl Layer {
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Pack => "pack",
            Layer::Reference => "reference",
        }
    }
}

/// Whether a number was moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tried {
    Both,
    /// The rules of the method leave no room on the other.
    OneSide,
    /// Nothing that is compared draws on it, in this dataset.
    NotUsedHere,
}

impl Tried {
    pub fn as_str(self) -> &'static str {
        match self {
            Tried::Both => "both",
            Tried::OneSide => "one side",
            Tried::NotUsedHere => "not used here",
        }
    }
}

/// One expert default.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    pub key: String,
    pub layer: Layer,
    pub value: f64,
    pub unit: String,
    pub meaning: String,
    pub source: String,
}

impl Number {
    /// The number with 2^`doublings` times its size. An odds ratio has its size in its logarithm: one of 3 is doubled to 9, and halving never
    /// makes a circumstance that raises a risk one that lowers it.
    pub fn moved(&self, doublings: f64) -> f64 {
        if self.unit == "odds ratio" { self.value.powf(doublings.exp2()) } else { self.value * doublings.exp2() }
    }

    /// Numbers of one group are drawn together: the grades keep their order.
    pub(super) fn group(&self) -> &str {
        match self.key.strip_prefix("strength.") {
            Some(rest) if rest.ends_with(".present") => "strength present",
            Some(_) => "strength absent",
            None => &self.key,
        }
    }
}

/// The method with all its expert defaults.
pub struct Defaults<'a> {
    pack: &'a MethodPack,
    reference: &'a Reference,
    pub numbers: Vec<Number>,
    of_pack: usize,
}

impl<'a> Defaults<'a> {
    pub fn new(pack: &'a MethodPack, reference: &'a Reference) -> Self {
        let mut numbers: Vec<Number> = pack
            .expert_defaults()
            .into_iter()
            .map(|d| Number { key: d.key, layer: Layer::Pack, value: d.value, unit: d.unit, meaning: d.meaning, source: d.citation })
            .collect();
        let of_pack = numbers.len();
        numbers.extend(reference.expert_defaults().into_iter().map(|d| Number {
            key: format!("reference {}", d.parameter),
            layer: Layer::Reference,
            value: d.value,
            unit: d.unit,
            meaning: d.note,
            source: d.source,
        }));
        Self { pack, reference, numbers, of_pack }
    }

    /// The method with these numbers, in the order of `numbers`; `None` leaves one as it is.
    ///
    /// # Errors
    /// Numbers that break a rule of the method.
    pub fn method(&self, values: &[Option<f64>]) -> Result<(MethodPack, Cow<'a, Reference>)> {
        let (pack, reference) = values.split_at(self.of_pack.min(values.len()));
        let reference = match reference.iter().any(Option::is_some) {
            true => Cow::Owned(self.reference.with_numbers(reference)),
            false => Cow::Borrowed(self.reference),
        };
        Ok((self.pack.with_numbers(pack)?, reference))
    }

    /// The method with one number changed.
    ///
    /// # Errors
    /// A number that breaks a rule of the method.
    pub fn with_one(&self, at: usize, value: f64) -> Result<(MethodPack, Cow<'a, Reference>)> {
        let mut values = vec![None; self.numbers.len()];
        if let Some(slot) = values.get_mut(at) {
            *slot = Some(value);
        }
        self.method(&values)
    }

    /// The number moved by `doublings`, or as near to that as the rules of the method allow, in eighths of the way; `None` where they allow no
    /// move.
    pub fn reach(&self, at: usize, doublings: f64) -> Option<f64> {
        const STEPS: i32 = 8;
        let number = self.numbers.get(at)?;
        if number.value == 0.0 {
            return None;
        }
        (1..=STEPS)
            .rev()
            .map(|step| number.moved(doublings * f64::from(step) / f64::from(STEPS)))
            .find(|value| number.layer == Layer::Reference || self.with_one(at, *value).is_ok())
    }

    /// Which numbers something in the dataset can draw on.
    pub fn used(&self, prepared: &Prepared, believed: &Believed) -> Vec<bool> {
        let sources: BTreeSet<&str> = believed
            .evidence
            .by_node
            .values()
            .flat_map(|g| &g.rows)
            .filter_map(|r| self.pack.sources.get(r.source.0 as usize))
            .map(|s| s.id.as_str())
            .collect();
        let kinds: BTreeSet<&str> = prepared.resolution.nodes.iter().map(|n| n.kind.as_str()).collect();
        let channels = !prepared.inputs.channels.is_empty();
        let used = |n: &Number| {
            let row = n.key.split(':').next().unwrap_or_default();
            if let Some(source) = row.strip_prefix("source ") {
                sources.contains(source)
            } else if let Some(kind) = row.strip_prefix("kind ") {
                // The outside share is the footprint's alone.
                kinds.contains(kind) && !n.key.ends_with("outside_share")
            } else if row.starts_with("channel ") || row.starts_with("channel.") {
                channels
            } else if let Some(place) = row.strip_prefix("reference cl_place/") {
                kinds.contains(place)
            } else {
                // Tiers and domestic share are the expected figure's alone; the ratio of shipments decides what is said; the weights of severity move
                // no band, and the numbers of responses and remedies no place in the order.
                let apart = [
                    "draws.",
                    "severity.weight_",
                    "severity.scope_decades",
                    "response.",
                    "remedy.",
                    "alert.",
                    "shipments.",
                    "trace.imputed_tiers",
                    "trace.domestic_share",
                    "trace.exit_quarters",
                ];
                !apart.iter().any(|start| row.starts_with(start))
            }
        };
        self.numbers.iter().map(used).collect()
    }
}

//! What a country has signed, how far its inspectorate reaches, and a few country figures, each with its year and source.
//!
//! Missing is never zero: a figure that a source gives as unknown is absent here.

use super::geography::Geography;
use super::tables::{Tables, yes_or_no};
use crate::base::{CountryCode, Result};
use std::collections::BTreeMap;

/// Whether a country has ratified an instrument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ratification {
    pub ratified: bool,
    pub source: String,
    pub year: i32,
}

/// Enforcement of labour and criminal law as a country reports it for one year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enforcement {
    pub year: i32,
    /// Labour inspectors, people.
    pub inspectors: Option<u64>,
    /// Inspections in the year.
    pub inspections: Option<u64>,
    /// Child-labour violations found in the year.
    pub child_labour_violations: Option<u64>,
    /// Criminal investigations, prosecutions and convictions for worst forms.
    pub investigations: Option<u64>,
    pub prosecutions: Option<u64>,
    pub convictions: Option<u64>,
    pub unannounced_inspections: Option<bool>,
    pub complaint_mechanism: Option<bool>,
    /// Whether inspectors reach the ILO's advice of their number by workforce.
    pub inspectors_meet_standard: Option<bool>,
}

/// In which one layer a factor may be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layer {
    /// Already inside a base rate: never an odds ratio.
    Base,
    /// May move a prior as an odds ratio.
    Context,
    /// Results are held against it; it moves nothing.
    Audit,
}

/// A country factor: what it measures, which way risk grows, where it may be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContextFactor {
    pub factor: String,
    pub unit: String,
    /// Whether a higher value means more risk.
    pub high_is_risk: bool,
    pub layer: Layer,
    pub source: String,
    /// First and last year of the values.
    pub years: (i32, i32),
}

/// A country's value of a factor.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ContextValue {
    pub value: f64,
    /// The latest year that the value can be of.
    pub year: i32,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Law {
    ratifications: BTreeMap<CountryCode, BTreeMap<String, Ratification>>,
    enforcement: BTreeMap<CountryCode, Enforcement>,
    factors: BTreeMap<String, ContextFactor>,
    values: BTreeMap<CountryCode, BTreeMap<String, ContextValue>>,
}

impl Law {
    pub(super) fn read(tables: &Tables, geography: &Geography) -> Result<Self> {
        let mut all = Law::default();
        for row in tables.of("ratifications.csv") {
            let fact = Ratification { ratified: row.claim("ratified")?, source: row.text("source").to_owned(), year: row.year("year")? };
            all.ratifications.entry(geography.code_of(row, "country")?).or_default().insert(row.text("instrument").to_owned(), fact);
        }
        for row in tables.of("enforcement.csv") {
            let count = |column: &str| row.optional(column, "a whole number", |t| t.parse::<u64>().ok());
            let claim = |column: &str| row.optional(column, "yes or no", yes_or_no);
            let figures = Enforcement {
                year: row.year("year")?,
                inspectors: count("inspectors")?,
                inspections: count("inspections")?,
                child_labour_violations: count("child_labour_violations")?,
                investigations: count("investigations")?,
                prosecutions: count("prosecutions")?,
                convictions: count("convictions")?,
                unannounced_inspections: claim("unannounced_inspections")?,
                complaint_mechanism: claim("complaint_mechanism")?,
                inspectors_meet_standard: claim("inspectors_meet_standard")?,
            };
            all.enforcement.insert(geography.code_of(row, "country")?, figures);
        }
        for row in tables.of("context_factors.csv") {
            let factor = ContextFactor {
                factor: row.text("factor").to_owned(),
                unit: row.text("unit").to_owned(),
                high_is_risk: row.parsed("risk_direction", "high or low", |t| match t {
                    "high" => Some(true),
                    "low" => Some(false),
                    _ => None,
                })?,
                layer: row.parsed("layer", "base, context or audit", |t| match t {
                    "base" => Some(Layer::Base),
                    "context" => Some(Layer::Context),
                    "audit" => Some(Layer::Audit),
                    _ => None,
                })?,
                source: row.text("source").to_owned(),
                years: (row.year("year_from")?, row.year("year_to")?),
            };
            all.factors.insert(factor.factor.clone(), factor);
        }
        for row in tables.of("country_context.csv") {
            let factor = row.parsed("factor", "a factor of context_factors.csv", |t| all.factors.contains_key(t).then(|| t.to_owned()))?;
            let value = ContextValue { value: row.number("value", -1e12, 1e12)?, year: row.year("year")? };
            all.values.entry(geography.code_of(row, "country")?).or_default().insert(factor, value);
        }
        Ok(all)
    }

    pub(super) fn ratification(&self, country: CountryCode, instrument: &str) -> Option<&Ratification> {
        self.ratifications.get(&country)?.get(instrument)
    }

    pub(super) fn enforcement(&self, country: CountryCode) -> Option<&Enforcement> {
        self.enforcement.get(&country)
    }

    pub(super) fn factor(&self, factor: &str) -> Option<&ContextFactor> {
        self.factors.get(factor)
    }

    pub(super) fn factors(&self) -> impl Iterator<Item = &ContextFactor> {
        self.factors.values()
    }

    pub(super) fn value(&self, country: CountryCode, factor: &str) -> Option<ContextValue> {
        self.values.get(&country)?.get(factor).copied()
    }
}

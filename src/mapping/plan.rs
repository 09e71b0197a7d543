//! A mapping against the header of one file: which cell of ours comes from where.

use super::model::{Rule, TableMapping};
use super::suggest::nearest;
use crate::base::Kind;
use crate::read::cell::is_missing;
use crate::read::{RawTable, Trouble};
use crate::schema::codes::{COLUMN_MISSING, COLUMN_SKIPPED, MAPPING_COLUMN};
use crate::schema::{TAKEN_FROM, TableSchema};
use std::collections::BTreeMap;

/// How the rows of one file become rows of a table.
#[derive(Debug)]
pub struct Plan<'m> {
    schema: &'static TableSchema,
    columns: Vec<ColumnPlan<'m>>,
    rules: &'m [Rule],
    /// Position of `supplier_id` and `buyer_id`, for rules that swap them.
    ends: Option<(usize, usize)>,
    /// Columns that say where rows stood before they were taken over: file, sheet, line.
    pub taken_from: [Option<usize>; 3],
    /// Foreign columns that something reads.
    pub wanted: Vec<bool>,
    /// What is wrong with the header; a trouble with `in_mapping` is at a line of the mapping.
    pub troubles: Vec<PlanTrouble>,
}

/// A problem of header and mapping together.
#[derive(Debug)]
pub struct PlanTrouble {
    pub trouble: Trouble,
    pub in_mapping: bool,
}

#[derive(Debug, Default)]
struct ColumnPlan<'m> {
    sources: Vec<usize>,
    constant: Option<&'m str>,
    default: Option<&'m str>,
    values: Option<&'m BTreeMap<String, String>>,
    scale: Option<f64>,
}

impl<'m> Plan<'m> {
    /// Matches the header of a file with a table.
    pub fn new(schema: &'static TableSchema, mapping: Option<&'m TableMapping>, header: &[String]) -> Self {
        let mut plan = Self {
            schema,
            columns: Vec::with_capacity(schema.columns.len()),
            rules: mapping.map_or(&[], |m| &m.rules),
            ends: schema.position("supplier_id").zip(schema.position("buyer_id")),
            taken_from: TAKEN_FROM.each_ref().map(|c| header.iter().position(|h| own_name(h) == c.name)),
            wanted: vec![false; header.len()],
            troubles: Vec::new(),
        };
        let ignored = |name: &str| mapping.is_some_and(|m| m.ignore.iter().any(|i| i == name));
        for column in schema.columns {
            let mut ours = ColumnPlan::default();
            match mapping.and_then(|m| m.columns.get(column.name)) {
                Some((names, line)) => {
                    for name in names {
                        match header.iter().position(|h| h == name) {
                            Some(at) => ours.sources.push(at),
                            None => plan.no_such_column(column.name, name, header, *line),
                        }
                    }
                }
                None => ours.sources.extend(header.iter().position(|h| !ignored(h) && own_name(h) == column.name)),
            }
            if let Some(m) = mapping {
                ours.constant = m.constants.get(column.name).map(String::as_str);
                ours.default = m.defaults.get(column.name).map(String::as_str);
                ours.values = m.values.get(column.name);
                ours.scale = m.scale.get(column.name).copied();
            }
            if ours.constant.is_some() {
                ours.sources.clear();
            }
            for at in &ours.sources {
                if let Some(wanted) = plan.wanted.get_mut(*at) {
                    *wanted = true;
                }
            }
            if column.required && ours.sources.is_empty() && ours.constant.is_none() && ours.default.is_none() {
                plan.missing(column.name, header);
            }
            plan.columns.push(ours);
        }
        for at in plan.taken_from.into_iter().flatten() {
            if let Some(wanted) = plan.wanted.get_mut(at) {
                *wanted = true;
            }
        }
        for (name, wanted) in header.iter().zip(&plan.wanted) {
            if !wanted && !name.is_empty() && !ignored(name) {
                let trouble =
                    Trouble { code: &COLUMN_SKIPPED, line: 1, column: Some(name.clone()), found: "nothing reads this column".into() };
                plan.troubles.push(PlanTrouble { trouble, in_mapping: false });
            }
        }
        plan
    }

    fn missing(&mut self, column: &str, header: &[String]) {
        let hint = nearest(column, header.iter().map(String::as_str)).map_or(String::new(), |n| format!("; is it {n}?"));
        let trouble = Trouble { code: &COLUMN_MISSING, line: 1, column: Some(column.to_owned()), found: format!("no such column{hint}") };
        self.troubles.push(PlanTrouble { trouble, in_mapping: false });
    }

    fn no_such_column(&mut self, ours: &str, theirs: &str, header: &[String], line: u64) {
        let hint = nearest(theirs, header.iter().map(String::as_str)).map_or(String::new(), |n| format!("; did you mean {n}?"));
        let trouble =
            Trouble { code: &MAPPING_COLUMN, line, column: Some(ours.to_owned()), found: format!("no column {theirs} in the file{hint}") };
        self.troubles.push(PlanTrouble { trouble, in_mapping: true });
    }

    /// The factor on numbers of a column.
    pub fn scale(&self, column: usize) -> Option<f64> {
        self.columns.get(column).and_then(|c| c.scale)
    }

    /// The name of the foreign column that a cell of ours is read from, for locators.
    pub fn source_name<'h>(&self, column: usize, header: &'h [String]) -> Option<&'h str> {
        let at = self.columns.get(column)?.sources.first()?;
        header.get(*at).map(String::as_str)
    }

    /// The cells of a row, as our texts; missing ones are blank. `kind_of` gives the kind of a node by its id.
    pub fn row<'a>(&'a self, raw: &'a RawTable, row: usize, kind_of: &dyn Fn(&str) -> Option<Kind>, out: &mut Vec<&'a str>) {
        out.clear();
        for (column, ours) in self.schema.columns.iter().zip(&self.columns) {
            let cell = ours.constant.or_else(|| ours.sources.iter().map(|s| raw.cell(*s, row)).find(|t| !is_missing(t, column.kind)));
            out.push(cell.or(ours.default).unwrap_or(""));
        }
        let mut fixed: Vec<usize> = Vec::new();
        let mut swap = false;
        if !self.rules.is_empty() {
            let before = out.clone();
            for rule in self.rules {
                let holds = rule.when.iter().all(|c| {
                    let text = before.get(c.column).copied().unwrap_or("");
                    if c.kind_of_node { kind_of(text).is_some_and(|k| c.holds(k.as_str())) } else { c.holds(text) }
                });
                if !holds {
                    continue;
                }
                swap ^= rule.swap_ends;
                for (column, text) in &rule.set {
                    if let Some(slot) = out.get_mut(*column) {
                        *slot = text;
                        fixed.push(*column);
                    }
                }
            }
        }
        for (i, (ours, slot)) in self.columns.iter().zip(out.iter_mut()).enumerate() {
            if let Some(values) = ours.values
                && !fixed.contains(&i)
                && let Some(value) = values.get(*slot)
            {
                *slot = value;
            }
        }
        if swap && let Some((supplier, buyer)) = self.ends {
            out.swap(supplier, buyer);
        }
    }
}

/// A header as it is compared with the names of our columns: small letters, `_` for a blank or hyphen.
pub fn own_name(header: &str) -> String {
    header.trim().chars().map(|c| if c == ' ' || c == '-' { '_' } else { c.to_ascii_lowercase() }).collect()
}

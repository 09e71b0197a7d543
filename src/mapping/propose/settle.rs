//! A chosen table and its assignment made into a whole proposal: what is proposed, what is only possible, what is left out and why, and
//! what a person still has to say.

use super::cells::DateForm;
use super::choose::{Chosen, Looked};
use super::fit::{Likelihood, PERHAPS, PROPOSED, TIE, known_codes};
use super::profile::Profile;
use super::translate::{decimal, distinct, looks_like, scaled, translated, uncoded};
use super::words::{Dictionary, cell_key};
use super::{COLUMNS_MOST, Fixed, Foreign, LeftOut, LinksWithin, LookedUp, Pair, Proposal};
use crate::base::DateOrder;
use crate::read::Cells;
use crate::read::cell::is_missing;
use crate::reference::Reference;
use crate::schema::{ColumnSchema, ColumnType};
use std::collections::{BTreeMap, BTreeSet};

/// Spellings of one place under one code; more are different places.
const NAMES_OF_ONE: usize = 3;
/// Share of different codes below which a column repeats.
const DISTINCT_IDS: f64 = 0.98;

struct Settling<'a, 'f> {
    foreign: &'a Foreign<'f>,
    looked: &'a Looked,
    words: &'a Dictionary,
    reference: &'a Reference,
    proposal: Proposal,
}

/// Makes the proposal.
pub(super) fn settle(
    foreign: &Foreign<'_>,
    looked: Looked,
    chosen: Chosen,
    given: bool,
    words: &Dictionary,
    reference: &Reference,
) -> Proposal {
    let rows = foreign.raw.lines.len();
    let proposal = Proposal {
        file: foreign.file.to_owned(),
        sheet: foreign.sheet.map(str::to_owned),
        rows,
        looked_at: looked.profiles.iter().map(|p| p.rows).max().unwrap_or(0),
        table: chosen.table,
        table_given: given,
        tables: chosen.tables.clone(),
        pairs: Vec::new(),
        perhaps: Vec::new(),
        personal: Vec::new(),
        unmapped: Vec::new(),
        missing: Vec::new(),
        fixed: Vec::new(),
        scaled: Vec::new(),
        decimal: None,
        dates: None,
        translated: Vec::new(),
        lookups: Vec::new(),
        uncoded: Vec::new(),
        links_within: None,
        notes: Vec::new(),
    };
    let mut settling = Settling { foreign, looked: &looked, words, reference, proposal };
    settling.pairs(&chosen);
    settling.workers();
    settling.identifiers();
    settling.kind();
    settling.currency();
    settling.ends();
    settling.cells();
    settling.links_within();
    settling.left_out();
    settling.notes();
    settling.proposal
}

impl Settling<'_, '_> {
    fn cells_of(&self, header: &str) -> Option<(&Cells, &Profile)> {
        let at = self.foreign.header.iter().position(|h| h == header)?;
        Some((self.foreign.raw.columns.get(at)?.as_ref()?, self.looked.profiles.get(at)?))
    }

    fn pair(&self, ours: &'static ColumnSchema, at: usize, l: &Likelihood) -> Option<Pair> {
        let profile = self.looked.profiles.get(at)?;
        let mut rests_on = Vec::new();
        if l.header >= 0.85 {
            rests_on.push("header".to_owned());
        } else if l.header >= 0.3 {
            rests_on.push("part or likeness of the header".to_owned());
        }
        if !l.shape.what.is_empty() {
            let share = (100.0 * l.shape.fit).round();
            rests_on.push(match (profile.filled, l.shape.fit >= 0.995) {
                (0, _) => l.shape.what.to_owned(),
                _ if matches!(ours.kind, ColumnType::Code(_)) => format!("cells: {}", l.shape.what),
                (_, true) => format!("cells: {}", l.shape.what),
                _ => format!("cells: {share:.0} % {}", l.shape.what),
            });
        }
        Some(Pair {
            ours,
            theirs: self.foreign.header.get(at)?.clone(),
            also: Vec::new(),
            confidence: l.confidence,
            rests_on: rests_on.join(", "),
            looks_like: looks_like(profile),
            tie: None,
            not_proposed: None,
        })
    }

    fn pairs(&mut self, chosen: &Chosen) {
        let used: BTreeSet<usize> = chosen.taken.iter().flatten().copied().collect();
        for (i, ours) in chosen.table.columns.iter().enumerate() {
            let (Some(at), Some(row)) = (chosen.taken.get(i).copied().flatten(), chosen.likely.get(i)) else { continue };
            let Some(l) = row.get(at) else { continue };
            let Some(mut pair) = self.pair(ours, at, l) else { continue };
            pair.tie = chosen
                .table
                .columns
                .iter()
                .zip(&chosen.likely)
                .enumerate()
                .filter(|(j, (_, other))| {
                    *j != i && other.get(at).is_some_and(|o| o.confidence >= PROPOSED && (o.confidence - l.confidence).abs() < TIE)
                })
                // Where the other column has a foreign one of its own, nothing is open.
                .find(|(j, _)| chosen.taken.get(*j).copied().flatten().is_none())
                .map(|(_, (other, _))| other.name);
            if let ColumnType::Code(list) = ours.kind
                && let Some(profile) = self.looked.profiles.get(at).filter(|p| p.filled > 0)
                && known_codes(ours.name, list, profile, self.words) == 0
            {
                pair.not_proposed = Some(format!("none of its cells is a word known for {}", ours.name));
            }
            if l.confidence < PROPOSED {
                pair.not_proposed = Some("the confidence is low".to_owned());
            }
            // A country written twice, as code and as name: the second fills what the first leaves blank.
            if ours.kind == ColumnType::Country && pair.not_proposed.is_none() {
                let also = row.iter().enumerate().filter(|(o, l)| !used.contains(o) && l.confidence >= 0.8 && self.fills(at, *o));
                pair.also = also.filter_map(|(o, _)| self.foreign.header.get(o).cloned()).collect();
            }
            if pair.not_proposed.is_some() { self.proposal.perhaps.push(pair) } else { self.proposal.pairs.push(pair) }
        }
    }

    /// Whether one column is filled in rows where another is blank.
    fn fills(&self, first: usize, second: usize) -> bool {
        let raw = self.foreign.raw;
        let blank = |c: usize, row: usize| is_missing(raw.cell(c, row), ColumnType::Country);
        (0..raw.lines.len()).any(|row| blank(first, row) && !blank(second, row))
    }

    fn column(&self, name: &str) -> Option<&'static ColumnSchema> {
        self.proposal.table.columns.iter().find(|c| c.name == name)
    }

    /// Bands of workers in one column are the two ends of a range.
    fn workers(&mut self) {
        let Some(at) = self.proposal.pairs.iter().position(|p| p.ours.name == "workers") else { return };
        let Some(pair) = self.proposal.pairs.get(at).cloned() else { return };
        let Some((_, profile)) = self.cells_of(&pair.theirs) else { return };
        let (ranges, numbers) = (profile.ranges, profile.numbers);
        if ranges == 0 {
            return;
        }
        if numbers == 0 {
            self.proposal.pairs.remove(at);
        }
        for name in ["workers_low", "workers_high"] {
            let taken = self.proposal.pairs.iter().any(|p| p.ours.name == name);
            if let (Some(ours), false) = (self.column(name), taken) {
                let rests_on = format!("{}; {ranges} cells are ranges, kept as such", pair.rests_on);
                self.proposal.pairs.push(Pair { ours, rests_on, ..pair.clone() });
            }
        }
        let order = |p: &Pair| self.proposal.table.position(p.ours.name);
        let mut pairs = std::mem::take(&mut self.proposal.pairs);
        pairs.sort_by_key(order);
        self.proposal.pairs = pairs;
    }

    /// A list of places without a code of its own: the name stands for it, which is said.
    fn identifiers(&mut self) {
        let table = self.proposal.table;
        if table.name == "nodes"
            && let Some(at) = self.proposal.pairs.iter().position(|p| p.ours.name == "node_id")
            && let Some(why) = self.no_id_of_rows()
        {
            let pair = self.proposal.pairs.remove(at);
            self.proposal.perhaps.push(Pair { not_proposed: Some(why), ..pair });
        }
        if table.name == "nodes" && self.proposal.source_of("node_id").is_none() {
            let strong = ["os_id", "gln", "lei", "vendor_no"];
            let unique = |p: &&Pair| self.cells_of(&p.theirs).is_some_and(|(_, p)| p.distinct_share() > 0.999 && p.filled_share() > 0.999);
            let coded = self.proposal.pairs.iter().filter(|p| strong.contains(&p.ours.name)).find(unique);
            let from = coded.or_else(|| self.proposal.pairs.iter().find(|p| p.ours.name == "name"));
            if let (Some(from), Some(ours)) = (from.cloned(), self.column("node_id")) {
                let twice = self
                    .cells_of(&from.theirs)
                    .map_or(0, |(cells, _)| distinct(cells, ColumnType::Id).iter().filter(|(_, rows)| *rows > 1).count());
                let said = if twice > 0 {
                    format!("; {twice} of them stand in several rows, which are then one node or contradict each other")
                } else {
                    String::new()
                };
                let rests_on = format!("no column holds an identifier of every row: {} stands for it{said}", from.ours.name);
                let pair = Pair { ours, also: Vec::new(), confidence: PROPOSED, rests_on, tie: None, not_proposed: None, ..from };
                self.proposal.pairs.insert(0, pair);
            }
        }
    }

    /// Why the column of `node_id` names something else than the row: its codes stand beside more names than one place has spellings, or they
    /// repeat and no name bears out that they are the same place each time.
    fn no_id_of_rows(&self) -> Option<String> {
        let (ids, profile) = self.cells_of(self.proposal.source_of("node_id")?)?;
        let repeats = profile.filled > 0 && profile.distinct_share() < DISTINCT_IDS;
        let Some((names, _)) = self.proposal.source_of("name").and_then(|name| self.cells_of(name)) else {
            return repeats.then(|| "its codes repeat, and no column of names says that they are the same place each time".to_owned());
        };
        let mut of: BTreeMap<&str, (usize, BTreeSet<String>)> = BTreeMap::new();
        for row in (0..ids.len()).filter(|r| !is_missing(ids.get(*r), ColumnType::Id)) {
            let (rows, spelled) = of.entry(ids.get(row).trim()).or_default();
            *rows += 1;
            spelled.insert(cell_key(names.get(row)));
        }
        let several = of.values().filter(|(_, names)| names.len() > NAMES_OF_ONE).count();
        let (all, again) = (of.len(), of.values().filter(|(rows, _)| *rows > 1).count());
        let told = |of: usize, what: &str| {
            format!("{several} of its {of} {what} stand beside more than {NAMES_OF_ONE} names: it names something else than the row")
        };
        if 10 * several > 3 * all {
            Some(told(all, "codes"))
        } else if repeats && 10 * several > 3 * again {
            Some(told(again, "codes of several rows"))
        } else {
            None
        }
    }

    /// What the places are, where no column says it for every row.
    fn kind(&mut self) {
        if self.proposal.table.name != "nodes" {
            return;
        }
        let file = self.foreign.file.rsplit('/').next().unwrap_or(self.foreign.file);
        let stem = file.split('.').next().unwrap_or(file);
        let names = [self.proposal.source_of("name").unwrap_or(""), self.foreign.sheet.unwrap_or(""), stem];
        let said =
            names.iter().find_map(|n| self.words.kind_in(n).filter(|k| !matches!(*k, "list" | "company" | "group")).map(|k| (k, *n)));
        let (value, why) = match said {
            Some((kind, word)) => (kind.to_owned(), format!("\"{word}\" says it")),
            None => ("facility".to_owned(), "nothing says what the places are: facility is the widest".to_owned()),
        };
        match self.proposal.source_of("kind").map(str::to_owned) {
            None => self.proposal.fixed.push(Fixed {
                ours: "kind",
                value,
                why: format!("no column holds the kind; {why}"),
                comment: false,
                default: false,
            }),
            Some(header) => {
                let blank = self.cells_of(&header).is_some_and(|(cells, p)| {
                    p.filled_share() < 1.0 || (0..cells.len()).any(|r| is_missing(cells.get(r), ColumnType::Code(&[])))
                });
                if blank {
                    let why = format!("cells of {header} are blank in some rows; {why}");
                    self.proposal.fixed.push(Fixed { ours: "kind", value, why, comment: false, default: true });
                }
            }
        }
    }

    /// A currency that a header names (`Spend EUR`).
    fn currency(&mut self) {
        let has = |name: &str| self.proposal.table.position(name).is_some();
        let money = self.proposal.pairs.iter().find(|p| matches!(p.ours.name, "value" | "amount"));
        if let (true, None, Some(money)) = (has("currency"), self.proposal.source_of("currency"), money) {
            let said = money.theirs.split(|c: char| !c.is_ascii_alphabetic()).find(|w| {
                w.len() == 3
                    && ["EUR", "USD", "GBP", "CHF", "CNY", "RMB", "JPY", "INR", "TRY", "VND", "IDR", "MYR", "BRL", "MXN", "CAD", "AUD"]
                        .contains(&w.to_uppercase().as_str())
            });
            let fixed = match said {
                Some(code) => {
                    let value = if code.eq_ignore_ascii_case("RMB") { "CNY".to_owned() } else { code.to_uppercase() };
                    Fixed { ours: "currency", value, why: format!("the header {} names it", money.theirs), comment: false, default: false }
                }
                None => Fixed {
                    ours: "currency",
                    value: "EUR".to_owned(),
                    why: "no column names the currency of the values; blank is the base currency".to_owned(),
                    comment: true,
                    default: false,
                },
            };
            self.proposal.fixed.push(fixed);
        }
    }

    /// Columns that refer to nodes: by id or by name.
    fn ends(&mut self) {
        let nodes = self.proposal.table.name == "nodes";
        let known = |ours: &str| -> BTreeSet<&str> {
            let cells = self.proposal.source_of(ours).and_then(|h| self.cells_of(h));
            cells.map(|(c, _)| (0..c.len()).map(|r| c.get(r).trim()).collect()).unwrap_or_default()
        };
        let (ids, names) = if nodes { (known("node_id"), known("name")) } else { Default::default() };
        let mut lookups = Vec::new();
        let mut unknown = Vec::new();
        for pair in self.proposal.pairs.iter().filter(|p| p.ours.kind == ColumnType::NodeId) {
            let Some((cells, profile)) = self.cells_of(&pair.theirs) else { continue };
            if nodes {
                let all = distinct(cells, ColumnType::NodeId);
                let held = |set: &BTreeSet<&str>| all.iter().filter(|(c, _)| set.contains(c.trim())).count();
                let (by_id, by_name) = (held(&ids), held(&names));
                if 2 * by_id >= all.len() && !all.is_empty() {
                    continue;
                }
                if 2 * by_name >= all.len() && !all.is_empty() {
                    let why = format!("{by_name} of {} are names of rows of this table", all.len());
                    lookups.push(LookedUp { ours: pair.ours.name, why });
                } else {
                    let found = by_id + by_name;
                    unknown.push((
                        pair.ours.name,
                        format!("{found} of {} are rows of this table: give the parents rows of their own, then map it", all.len()),
                    ));
                }
            } else if profile.share(profile.wordy) > 0.5 && profile.share(profile.id_like) < 0.5 {
                lookups.push(LookedUp { ours: pair.ours.name, why: "cells read as names, not as identifiers of nodes".to_owned() });
            }
        }
        for (ours, why) in unknown {
            if let Some(at) = self.proposal.pairs.iter().position(|p| p.ours.name == ours) {
                let pair = self.proposal.pairs.remove(at);
                self.proposal.perhaps.push(Pair { not_proposed: Some(why), ..pair });
            }
        }
        self.proposal.lookups = lookups;
    }

    fn cells(&mut self) {
        let mut numbers = Vec::new();
        let mut forms: BTreeMap<DateForm, Vec<String>> = BTreeMap::new();
        let (mut translations, mut factors, mut texts, mut notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for pair in &self.proposal.pairs {
            let Some((cells, profile)) = self.cells_of(&pair.theirs) else { continue };
            translations.extend(translated(pair.ours, cells, profile, self.words, self.reference));
            factors.extend(scaled(pair.ours, &pair.theirs, profile));
            if matches!(pair.ours.kind, ColumnType::Amount | ColumnType::Share | ColumnType::Number { .. }) {
                numbers.push(profile);
            }
            if matches!(pair.ours.kind, ColumnType::Product | ColumnType::Sector) && profile.share(profile.hs_long) <= 0.2 {
                let (found, more) = uncoded(pair.ours, cells, self.reference);
                texts.extend(found);
                if more > 0 {
                    notes.push(format!("{} holds {more} more texts without a code than are listed under [codes]", pair.theirs));
                }
            }
            if profile.percent_signs > 0 && profile.percent_signs < profile.numbers && pair.ours.kind == ColumnType::Share {
                notes.push(format!("{}: some cells have a percent sign and some have none; make them alike", pair.theirs));
            }
            if profile.money_signs > 0 {
                notes.push(format!(
                    "{}: currency signs stand in {} cells, which are then no numbers; take them off",
                    pair.theirs, profile.money_signs
                ));
            }
            let dated = matches!(pair.ours.kind, ColumnType::Date | ColumnType::PeriodStart | ColumnType::PeriodEnd | ColumnType::Period);
            if let (true, Some(form)) = (dated && profile.share(profile.dates()) > 0.3, profile.date_order()) {
                forms.entry(form).or_default().push(pair.theirs.clone());
            }
        }
        let order = dates(&forms, &mut notes);
        for t in &translations {
            let unknown: u64 = t.cells.iter().filter(|c| c.1.is_none()).map(|c| c.2).sum();
            let strict = self.column(t.ours).is_some_and(|c| c.strict);
            if unknown > 0 && strict {
                notes.push(format!(
                    "{}: {unknown} rows have a word that is not known; they are refused until `values` says what it means",
                    t.ours
                ));
            }
        }
        let (sign, contradiction) = decimal(&numbers, self.foreign.semicolons);
        if contradiction {
            notes.push("some numbers have a decimal comma and some a decimal point; a number in doubt is refused".to_owned());
        }
        texts.sort_by(|a: &(String, u64), b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        texts.dedup_by(|a, b| a.0.eq_ignore_ascii_case(&b.0));
        self.proposal.decimal = sign;
        self.proposal.dates = order;
        self.proposal.translated = translations;
        self.proposal.scaled = factors;
        self.proposal.uncoded = texts;
        self.proposal.notes.extend(notes);
    }

    /// A supplier list of a buyer: each row is a place and the link to who buys from it.
    fn links_within(&mut self) {
        if self.proposal.table.name != "nodes" {
            return;
        }
        let Some(supplier) = self.proposal.source_of("node_id").map(str::to_owned) else { return };
        let header = |at: usize| self.foreign.header.get(at).cloned();
        let free = |h: &String| self.proposal.pairs.iter().all(|p| p.theirs != *h);
        let find = |meaning: &str| self.looked.column_of(meaning, self.words, 0.8).and_then(header).filter(free);
        let buyer = find("buyer_id").map(|h| (h, false)).or_else(|| find("buyer_name").map(|h| (h, true)));
        let buyer = buyer.or_else(|| find("supplier_name").map(|h| (h, true)));
        let tier = find("tier");
        if buyer.is_none() && tier.is_none() {
            return;
        }
        let why = match (&buyer, &tier) {
            (Some((b, _)), Some(t)) => format!("{b} names who is supplied and {t} the tier"),
            (Some((b, _)), None) => format!("{b} names another party of the chain"),
            (None, Some(t)) => format!("{t} names the tier, and no column the buyer"),
            (None, None) => String::new(),
        };
        self.proposal.links_within = Some(LinksWithin { supplier, buyer, tier, why });
    }

    fn left_out(&mut self) {
        let placed: BTreeSet<&str> =
            self.proposal.pairs.iter().flat_map(|p| p.also.iter().chain([&p.theirs])).map(String::as_str).collect();
        let possible: BTreeSet<&str> = self.proposal.perhaps.iter().map(|p| p.theirs.as_str()).collect();
        let (mut personal, mut unmapped) = (Vec::new(), Vec::new());
        for (i, header) in self.foreign.header.iter().enumerate() {
            if let Some(why) = self.looked.personal.get(i).and_then(Clone::clone) {
                personal.push(LeftOut { header: header.clone(), why });
                continue;
            }
            if placed.contains(header.as_str()) || possible.contains(header.as_str()) || header.trim().is_empty() {
                continue;
            }
            let scores = self.looked.scores.get(i).map_or(&[][..], Vec::as_slice);
            let nearest = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0))).filter(|(_, s)| **s >= 0.6);
            let why = match nearest {
                _ if i >= COLUMNS_MOST => format!("not looked at: it stands behind the first {COLUMNS_MOST} columns"),
                _ if self.looked.profiles.get(i).is_some_and(|p| p.filled == 0) => "no cell is filled".to_owned(),
                Some((m, _)) => format!(
                    "reads as {}, for which {} has no free column",
                    self.words.meaning(m).replace('_', " "),
                    self.proposal.table.name
                ),
                None => "not known".to_owned(),
            };
            unmapped.push(LeftOut { header: header.clone(), why });
        }
        self.proposal.personal = personal;
        self.proposal.unmapped = unmapped;
        self.proposal.perhaps.retain(|p| p.confidence >= PERHAPS);
        let proposal = &self.proposal;
        let filled =
            |name: &str| proposal.source_of(name).is_some() || proposal.fixed.iter().any(|f| f.ours == name && !f.comment && !f.default);
        self.proposal.missing = proposal.table.columns.iter().filter(|c| c.required && !filled(c.name)).map(|c| c.name).collect();
    }

    fn notes(&mut self) {
        let said_twice = |p: &Pair| {
            let (cells, _) = self.cells_of(&p.theirs).filter(|_| self.proposal.table.key == [p.ours.name])?;
            let (rows, different) = (self.proposal.rows, distinct(cells, ColumnType::Id).len());
            (different < rows).then(|| (p.ours.name, p.theirs.clone(), rows, different))
        };
        let keys: Vec<(&str, String, usize, usize)> = self.proposal.pairs.iter().filter_map(said_twice).collect();
        let columns = self.foreign.header.len();
        let proposal = &mut self.proposal;
        if columns > COLUMNS_MOST {
            proposal.notes.push(format!("the table has {columns} columns, of which the first {COLUMNS_MOST} were looked at"));
        }
        if let [(first, a), (second, b), ..] = proposal.tables.as_slice()
            && !proposal.table_given
            && a - b < 0.5
        {
            proposal.notes.insert(0, format!("{first} and {second} fit nearly alike: --table says which is meant"));
        }
        for name in proposal.table.key.iter().filter(|_| proposal.table.key.len() == 1) {
            if let Some((header, rows, distinct)) = keys.iter().find(|k| k.0 == *name).map(|k| (&k.1, k.2, k.3)) {
                proposal.notes.push(format!(
                    "{header}: {rows} rows have {distinct} different codes; rows of one code that contradict each other are refused"
                ));
            }
        }
        for name in &proposal.missing {
            let row = proposal.table.row;
            proposal.notes.push(format!("{name} must stand in every row ({row}), and no column was found for it"));
        }
    }
}

/// The order of all dates of a table together, where their columns agree; else what is to do.
fn dates(forms: &BTreeMap<DateForm, Vec<String>>, notes: &mut Vec<String>) -> Option<DateOrder> {
    let order = |form: &DateForm| match form {
        DateForm::DayMonthYear => Some(DateOrder::DayMonthYear),
        DateForm::MonthDayYear => Some(DateOrder::MonthDayYear),
        DateForm::YearMonthDay => Some(DateOrder::YearMonthDay),
        _ => None,
    };
    let said: BTreeSet<DateOrder> = forms.keys().filter_map(order).collect();
    // Where another column settles it, a column that leaves the order open follows.
    let one = said.first().copied().filter(|_| said.len() == 1);
    for (form, columns) in forms {
        let open = match form {
            DateForm::Iso => false,
            DateForm::DayOrMonthFirst => one.is_none_or(|o| o == DateOrder::YearMonthDay),
            DateForm::MonthInWords => true,
            _ => one.is_none(),
        };
        if open {
            let (columns, form) = (columns.join(", "), form.in_words());
            notes.push(format!("{columns}: dates are written as {form}; YYYY-MM-DD is read, or one order that `dates` names"));
        }
    }
    one
}

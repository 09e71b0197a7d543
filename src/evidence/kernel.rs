//! The likelihood of a node's rows for all readings at once: 60 joint states and 8 norms alone (model 1.2; the formulas stand in
//! [`super::weights`]).
//!
//! [`Kernel`] is the method compiled once: per sign the place of its value in every lane, families as numbers. [`Said`] is what does not change
//! between draws: rows sorted, ageing done. [`Scratch`] is lent by the caller, so that a node costs no allocation. All is
//! likelihood ratios, never logs: sums of r are products, halving an r is a square root, and nothing but the ageing needs exp.

use super::items::NodeEvidence;
use super::lanes::{LANES, Row, SETS, sort_falling, sort_rising};
use super::said::{Rates, Said, SaidLook, silent_row};
use crate::base::norm::STATE_COUNT;
use crate::base::{Branch, Norm, NormSet};
use crate::pack::{Grade, MethodPack, Strength};
use std::collections::BTreeMap;

/// No product of likelihood ratios grows beyond this; a sign has long said all that it can.
const MOST_RATIO: f64 = 1e300;
const GRADES: [Grade; 3] = [Grade::Weak, Grade::Medium, Grade::Strong];
pub(super) const BRANCHES: usize = Branch::ALL.len();
/// Columns of a document: by norm, then all signs, then by branch.
const ALL_SIGNS: usize = Norm::COUNT;
const COLUMNS: usize = Norm::COUNT + 1 + BRANCHES;

#[derive(Clone, Debug)]
pub(super) struct SignTable {
    /// Where in [`Active::values`] each lane's e^r stands: 0 nothing, 1 to 3 by grade for states, 4 to 6 by grade for norms alone.
    place: [u8; LANES],
    bears: NormSet,
    /// By grade, whether a norm has it.
    graded: [bool; 3],
    pub(super) branch: usize,
    family: u16,
}

impl SignTable {
    /// A sign that bears on nothing.
    const NONE: SignTable = SignTable { place: [0; LANES], bears: NormSet::EMPTY, graded: [false; 3], branch: 0, family: 0 };
}

/// The method, compiled for many nodes.
#[derive(Clone, Debug)]
pub struct Kernel {
    signs: Vec<SignTable>,
    central: Rates,
    halving: f64,
    pub(super) lapse_days: f64,
    model_error: f64,
}

/// One sign of which something was said.
#[derive(Clone, Copy, Debug)]
struct Active {
    sign: u16,
    family: u16,
    branch: usize,
    /// Reported, with d > 0.
    heard: bool,
    /// L - 1, and the same without the reports.
    ratio: f64,
    missed: f64,
    values: [f64; 8],
}

/// Room to work in and the last result; lent by the caller and used again for the next node.
#[derive(Clone, Debug)]
pub struct Scratch {
    pub(super) said: Said,
    active: Vec<Active>,
    /// (sign, document, likelihood ratio) of each origin's strongest report.
    heard: Vec<(u16, u32, f64)>,
    documents: Vec<[f64; COLUMNS]>,
    /// The most that reports may say in all, as a likelihood ratio by column.
    caps: Option<[f64; COLUMNS]>,
    /// Family in the upper half, place in `active` in the lower.
    up: Vec<u32>,
    rows: Vec<Row>,
    /// Factor of the signs looked for in vain by lane, in [0, 1].
    missed: Row,
    /// Factor of the silences by lane, in [0, 1].
    silent: Row,
    /// P(evidence | lane) / P(evidence | nothing violated) by lane; 1 = says nothing.
    pub likelihood: Row,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            said: Said::default(),
            active: Vec::new(),
            heard: Vec::new(),
            documents: Vec::new(),
            caps: None,
            up: Vec::new(),
            rows: Vec::new(),
            missed: [1.0; LANES],
            silent: [1.0; LANES],
            likelihood: [1.0; LANES],
        }
    }
}

impl Scratch {
    /// Sorts and ages the rows of the next node.
    pub fn prepare(&mut self, kernel: &Kernel, evidence: &NodeEvidence) {
        kernel.prepare(evidence, &mut self.said);
    }

    /// Nothing that was said of the node counts.
    pub fn is_silent(&self) -> bool {
        self.said.is_empty()
    }

    /// By branch, whether a report of one of its signs says something.
    pub fn told(&self) -> [bool; BRANCHES] {
        self.said.told
    }
}

impl Kernel {
    /// Compiles a method. Costs about as much as ten nodes: make it once for many.
    pub fn new(pack: &MethodPack) -> Self {
        Self::of_signs(pack, |_| true)
    }

    /// Compiles what the rows of one node need; says the same of them as the whole method.
    pub fn of_rows(pack: &MethodPack, evidence: &NodeEvidence) -> Self {
        let mut used = vec![false; pack.signs.len()];
        for sign in evidence.reports.iter().map(|r| r.sign).chain(evidence.looks.iter().map(|l| l.sign)) {
            if let Some(used) = used.get_mut(usize::from(sign.0)) {
                *used = true;
            }
        }
        Self::of_signs(pack, |sign| used[sign])
    }

    fn of_signs(pack: &MethodPack, used: impl Fn(usize) -> bool) -> Self {
        let named = pack.signs.iter().enumerate().filter(|(i, _)| used(*i)).map(|(_, s)| (s.family.as_str(), 0));
        let mut families: BTreeMap<&str, u16> = named.collect();
        for (number, family) in families.values_mut().enumerate() {
            *family = number as u16;
        }
        // Of the grades of the norms that are true the one with the largest `present` speaks, of equals the strongest.
        let mut order = GRADES;
        order.sort_by(|a, b| pack.strength(*b).present.total_cmp(&pack.strength(*a).present).then(b.cmp(a)));
        let signs = pack
            .signs
            .iter()
            .enumerate()
            .map(|(i, sign)| {
                if !used(i) {
                    return SignTable::NONE;
                }
                let mut by_grade = [NormSet::EMPTY; 3];
                for norm in Norm::ALL {
                    if let Some(grade) = sign.norms[norm.at()] {
                        by_grade[grade as usize].insert(norm);
                    }
                }
                let place = std::array::from_fn(|lane| {
                    let best = order.into_iter().find(|g| by_grade[*g as usize].0 & SETS[lane].0 != 0);
                    best.map_or(0, |g| g as u8 + if lane < STATE_COUNT { 1 } else { 4 })
                });
                let bears = NormSet(by_grade.iter().fold(0, |bits, n| bits | n.0));
                let graded = by_grade.map(|n| !n.is_empty());
                let family = families.get(sign.family.as_str()).copied().unwrap_or_default();
                SignTable { place, bears, graded, branch: sign.branch as usize, family }
            })
            .collect();
        Self {
            signs,
            central: Rates::central(pack),
            halving: pack.halving,
            lapse_days: pack.lapse_days,
            model_error: pack.prior.model_error,
        }
    }

    /// The rates of the pack itself.
    pub fn central(&self) -> &Rates {
        &self.central
    }

    /// Share of the prior mixed back into every posterior.
    pub fn model_error(&self) -> f64 {
        self.model_error
    }

    /// The sign's table, where the sign bears on a norm.
    pub(super) fn table(&self, sign: u16) -> Option<&SignTable> {
        self.signs.get(usize::from(sign)).filter(|t| !t.bears.is_empty())
    }

    /// Weighs the prepared rows of `scratch` under given rates: fills `likelihood`.
    pub fn weigh(&self, rates: &Rates, scratch: &mut Scratch) {
        self.signs_said(rates, scratch);
        self.silent(rates, scratch);
        scratch.caps =
            scratch.said.one_told_several.then(|| caps(&scratch.heard, &mut scratch.documents, scratch.said.origins.len(), self));
        self.missed(scratch);
        self.positive(scratch, None);
    }

    /// Likelihood by lane if the reports of one branch's signs were all the reports there are, looks as they are. Call
    /// [`Kernel::weigh`] before, with the same rates.
    pub fn weigh_branch(&self, rates: &Rates, branch: Branch, scratch: &mut Scratch) {
        let at = branch as usize;
        // Signs of other branches, reported and looked for in vain, now speak by the looks alone.
        let elsewhere = |a: &Active| a.heard && a.missed != 0.0 && a.branch != at;
        if scratch.active.iter().any(elsewhere) {
            let kept = scratch.missed;
            let full = std::mem::take(&mut scratch.active);
            for active in &full {
                let mut alone = *active;
                if elsewhere(active) {
                    alone.ratio = active.missed;
                    alone.values = self.values(active.sign, active.missed, rates);
                }
                scratch.active.push(alone);
            }
            self.missed(scratch);
            self.positive(scratch, Some(at));
            scratch.active = full;
            scratch.missed = kept;
        } else {
            self.positive(scratch, Some(at));
        }
    }

    /// L - 1 of every sign of which something was said, and its r by grade.
    fn signs_said(&self, rates: &Rates, scratch: &mut Scratch) {
        let Scratch { said, active, heard, .. } = scratch;
        active.clear();
        heard.clear();
        let (mut reports, mut looks) = (&said.reports[..], &said.looks[..]);
        while let Some(sign) = match (reports.first(), looks.first()) {
            (Some(r), Some(l)) => Some(r.sign.min(l.sign)),
            (Some(r), None) => Some(r.sign),
            (None, l) => l.map(|l| l.sign),
        } {
            let mut spoken = 1.0;
            let was_heard = reports.first().is_some_and(|r| r.sign == sign);
            while let Some(first) = reports.first().filter(|r| r.sign == sign) {
                let mut best: f64 = 1.0;
                let origin = first.origin;
                let document = first.document;
                while let Some((r, rest)) = reports.split_first().filter(|(r, _)| r.sign == sign && r.origin == origin) {
                    let d = rates.detection(r.detection, r.source) * r.left;
                    let f = rates.false_report(r.false_report, r.source);
                    best = best.max((d + (1.0 - d) * f) / f);
                    reports = rest;
                }
                spoken = f64::min(spoken * best, MOST_RATIO);
                heard.push((sign, document, best));
            }
            let mut missed = 1.0;
            while let Some(class) = looks.first().filter(|l| l.sign == sign).map(|l| l.class) {
                let of_class = looks.iter().take_while(|l| l.sign == sign && l.class == class).count();
                missed *= self.blind_spot(&looks[..of_class], rates);
                looks = &looks[of_class..];
            }
            let ratio = spoken * missed - 1.0;
            let values = self.values(sign, ratio, rates);
            let (family, branch) = self.table(sign).map_or((0, 0), |t| (t.family, t.branch));
            active.push(Active { sign, family, branch, heard: was_heard, ratio, missed: missed - 1.0, values });
        }
    }

    /// Product of 1 - halving^j d_j over looks of one class, d falling.
    fn blind_spot(&self, looks: &[SaidLook], rates: &Rates) -> f64 {
        let left = |l: &SaidLook| rates.detection(l.detection, l.source) * l.left;
        match looks {
            [] => 1.0,
            [one] => 1.0 - left(one),
            [one, two] => {
                let (a, b) = (left(one), left(two));
                let (a, b) = if a < b { (b, a) } else { (a, b) };
                (1.0 - a) * (1.0 - b * self.halving)
            }
            many => {
                let mut falling: Vec<f64> = many.iter().map(left).collect();
                falling.sort_unstable_by(|a, b| b.total_cmp(a));
                let mut weight = 1.0;
                falling.into_iter().fold(1.0, |product, d| {
                    let next = product * (1.0 - d * weight);
                    weight *= self.halving;
                    next
                })
            }
        }
    }

    /// e^r by grade for L - 1 = `ratio`: first as a state is read, with the smallest `absent` of the sign's grades, then norm by norm.
    fn values(&self, sign: u16, ratio: f64, rates: &Rates) -> [f64; 8] {
        let mut values = [1.0; 8];
        let Some(table) = self.table(sign).filter(|_| ratio != 0.0) else { return values };
        let of = |g: usize| rates.strengths[g];
        let graded = || (0..GRADES.len()).filter(|g| table.graded[*g]);
        let base = graded().map(|g| of(g).absent).fold(f64::INFINITY, f64::min);
        let none = 1.0 + base * ratio;
        for g in graded() {
            let Strength { present, absent } = of(g);
            let some = 1.0 + present * ratio;
            values[1 + g] = some / none;
            values[4 + g] = if absent == base { values[1 + g] } else { some / (1.0 + absent * ratio) };
        }
        values
    }

    fn fill(&self, active: &Active, row: &mut Row) {
        if let Some(table) = self.table(active.sign) {
            for (r, place) in row.iter_mut().zip(&table.place) {
                *r = active.values[usize::from(place & 7)];
            }
        }
    }

    /// Signs looked for in vain: one pool.
    fn missed(&self, scratch: &mut Scratch) {
        let Scratch { active, rows, missed, .. } = scratch;
        let mut count = 0;
        for active in active.iter().filter(|a| a.ratio < 0.0) {
            grow(rows, count);
            self.fill(active, &mut rows[count]);
            count += 1;
        }
        *missed = [1.0; LANES];
        sort_rising(&mut rows[..count]);
        self.halve(&mut rows[..count], missed);
    }

    /// Signs reported: families multiply, in all no more than the documents can say; with what was looked for in vain and the silences.
    fn positive(&self, scratch: &mut Scratch, only: Option<usize>) {
        let Scratch { active, up, rows, caps, missed, silent, likelihood, .. } = scratch;
        up.clear();
        for (i, a) in active.iter().enumerate() {
            if a.ratio > 0.0 && only.is_none_or(|b| a.branch == b) {
                up.push(u32::from(a.family) << 16 | i as u32);
            }
        }
        up.sort_unstable();
        *likelihood = [1.0; LANES];
        for of_family in up.chunk_by(|a, b| a >> 16 == b >> 16) {
            for (at, i) in of_family.iter().enumerate() {
                grow(rows, at);
                self.fill(&active[(i & 0xffff) as usize], &mut rows[at]);
            }
            let rows = &mut rows[..of_family.len()];
            sort_falling(rows);
            self.halve(rows, likelihood);
        }
        let mut cap = [MOST_RATIO; LANES];
        if let Some(caps) = caps {
            cap[..STATE_COUNT].fill(caps[only.map_or(ALL_SIGNS, |b| ALL_SIGNS + 1 + b)]);
            cap[STATE_COUNT..].copy_from_slice(&caps[..Norm::COUNT]);
        }
        for ((l, cap), (m, s)) in likelihood.iter_mut().zip(&cap).zip(missed.iter().zip(silent.iter())) {
            *l = (if *l > *cap { *cap } else { *l }) * m * s;
        }
    }

    /// Multiplies `total` by sorted rows, the j-th to the power halving^j: r0 (r1 (r2 ...)^halving)^halving.
    fn halve(&self, rows: &mut [Row], total: &mut Row) {
        for at in (1..rows.len()).rev() {
            if let [stronger, weaker] = &mut rows[at - 1..=at] {
                if self.halving == 0.5 {
                    for (s, w) in stronger.iter_mut().zip(weaker) {
                        *s *= w.sqrt();
                    }
                } else {
                    for (s, w) in stronger.iter_mut().zip(weaker) {
                        *s *= w.powf(self.halving);
                    }
                }
            }
        }
        if let Some(whole) = rows.first() {
            for (t, w) in total.iter_mut().zip(whole) {
                *t *= w;
            }
        }
    }

    /// Per class the largest d over the norms true in a lane, sorted, the j-th worth 1 - halving^j d.
    fn silent(&self, rates: &Rates, scratch: &mut Scratch) {
        let Scratch { said, rows, silent, .. } = scratch;
        *silent = [1.0; LANES];
        for class in said.silences.chunk_by(|a, b| a.class == b.class) {
            for (at, s) in class.iter().enumerate() {
                grow(rows, at);
                silent_row(s, rates, &mut rows[at]);
            }
            let rows = &mut rows[..class.len()];
            sort_falling(rows);
            let mut weight = 1.0;
            for row in rows {
                for (f, d) in silent.iter_mut().zip(row.iter()) {
                    *f *= 1.0 - d * weight;
                }
                weight *= self.halving;
            }
        }
    }
}

/// Product over documents of the most that each says, by column.
fn caps(heard: &[(u16, u32, f64)], documents: &mut Vec<[f64; COLUMNS]>, count: usize, kernel: &Kernel) -> [f64; COLUMNS] {
    documents.clear();
    documents.resize(count, [1.0; COLUMNS]);
    for (sign, document, ratio) in heard {
        let (Some(row), Some(table)) = (documents.get_mut(*document as usize), kernel.table(*sign)) else { continue };
        let columns = u32::from(table.bears.0) | 1 << ALL_SIGNS | 1 << (ALL_SIGNS + 1 + table.branch);
        for (column, most) in row.iter_mut().enumerate() {
            let here = if columns >> column & 1 == 1 { *ratio } else { 1.0 };
            *most = if here > *most { here } else { *most };
        }
    }
    let mut product = [1.0; COLUMNS];
    for row in documents {
        for (p, r) in product.iter_mut().zip(row.iter()) {
            *p = f64::min(*p * r, MOST_RATIO);
        }
    }
    product
}

fn grow(rows: &mut Vec<Row>, at: usize) {
    if rows.len() <= at {
        rows.resize(at + 1, [0.0; LANES]);
    }
}

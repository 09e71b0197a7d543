//! The way of one unit of spend, step by step: from the company's purchases through its suppliers by kind and country to where it ends, touched,
//! unseen, left, or clear.
//!
//! Each column is one purchase further back. A box is as tall as the part of the spend that arrives; grey bands lead on to the next column; what
//! ends at a box stands at its right edge in the colour of how it ends. Boxes and ends of a column sum to what the column before
//! sent on, so a person can add them up.

use super::{Box4, Meaning, at, label, open_picture, rect, shortened};
use crate::pipeline::chains::{Arrival, Ends, Step};
use crate::report::html::Html;
use std::collections::BTreeMap;

/// Boxes of one column; all smaller ones stand together in the last.
const BOXES_MOST: usize = 6;
/// Arrivals below this share are drawn in the last column they reach only as part of it.
const COLUMN_LEAST: f64 = 0.005;
/// Groups below this share stand together where there are several.
const BOX_LEAST: f64 = 0.003;
const HEIGHT: f64 = 300.0;
const TOP: f64 = 34.0;
const GAP: f64 = 22.0;
const BOX: f64 = 12.0;
const END: f64 = 22.0;
const COLUMN: f64 = 178.0;
/// Characters of a label that fit a column.
const LABEL_MOST: usize = 28;

/// What the picture says in words.
pub struct Words<'a> {
    pub says: &'a str,
    /// Title of the column of that number, 0 first.
    pub column: &'a dyn Fn(usize) -> String,
    pub others: &'a str,
    pub share: &'a dyn Fn(f64) -> String,
    pub part: &'a dyn Fn(Meaning) -> String,
}

struct Drawn {
    title: String,
    share: f64,
    ends: Ends,
    y: f64,
}

/// Draws the steps; groups are named by `name`.
pub fn flow<G: Ord + Clone>(h: &mut Html, steps: &[Step<G>], name: impl Fn(&G) -> String, words: &Words<'_>) {
    let last = steps.iter().rposition(|s| s.arrivals.iter().map(|a| a.share).sum::<f64>() >= COLUMN_LEAST).unwrap_or(0);
    let steps = steps.get(..=last).unwrap_or(steps);
    let columns: Vec<Column> = steps.iter().map(|s| Column::of(&s.arrivals, &name, words.others)).collect();
    let bottom = |c: &Column| c.boxes.last().map_or(TOP, |b| b.y + b.share * HEIGHT);
    let height = columns.iter().map(bottom).fold(TOP + HEIGHT / 2.0, f64::max) + 6.0;
    let width = COLUMN * columns.len() as f64 + 30.0;
    open_picture(h, "flow", width, height, words.says);
    for (i, (column, step)) in columns.iter().zip(steps).enumerate() {
        if let Some(next) = columns.get(i + 1) {
            bands(h, i, column, next, &step.onward);
        }
    }
    for (i, column) in columns.iter().enumerate() {
        let x = left(i);
        label(h, x, 16.0, "start", "head", &(words.column)(i));
        for b in &column.boxes {
            let tall = (b.share * HEIGHT).max(0.6);
            let title = format!("{}: {}", b.title, (words.share)(b.share));
            rect(h, &Box4 { x, y: b.y, width: BOX, height: tall }, "#4b5563", "none", &title);
            let mut y = b.y + tall - b.ends.total().min(b.share) * HEIGHT;
            for meaning in Meaning::ALL {
                let share = end(&b.ends, meaning);
                if share * HEIGHT < 0.3 {
                    continue;
                }
                let says = format!("{}: {} {}", b.title, (words.part)(meaning), (words.share)(share));
                rect(h, &Box4 { x: x + BOX, y, width: END, height: share * HEIGHT }, meaning.fill(), meaning.stroke(), &says);
                y += share * HEIGHT;
            }
            label(h, x, b.y - 5.0, "start", "box", &titled(&b.title, &(words.share)(b.share)));
        }
    }
    h.close("svg");
}

/// A box's name and share, within the width of a column.
fn titled(title: &str, share: &str) -> String {
    format!("{} {share}", shortened(title, LABEL_MOST.saturating_sub(share.chars().count())))
}

fn left(column: usize) -> f64 {
    4.0 + COLUMN * column as f64
}

fn end(ends: &Ends, meaning: Meaning) -> f64 {
    match meaning {
        Meaning::OnEvidence => ends.on_evidence,
        Meaning::ByContext => ends.by_context,
        Meaning::Unseen => ends.unseen,
        Meaning::Exited => ends.exited,
        Meaning::Clear => ends.clear,
    }
}

struct Column {
    boxes: Vec<Drawn>,
    /// Box of each group, by the group's position in the step.
    box_of: Vec<usize>,
}

impl Column {
    fn of<G: Ord + Clone>(arrivals: &[Arrival<G>], name: &impl Fn(&G) -> String, others: &str) -> Self {
        let mut order: Vec<usize> = (0..arrivals.len()).collect();
        let share = |i: &usize| arrivals.get(*i).map_or(0.0, |a| a.share);
        order.sort_by(|a, b| share(b).total_cmp(&share(a)).then(a.cmp(b)));
        let telling = order.iter().filter(|i| share(i) >= BOX_LEAST).count();
        let alone =
            if order.len() - telling.min(order.len()) > 1 || order.len() > BOXES_MOST { telling.min(BOXES_MOST - 1) } else { order.len() };
        let mut boxes: Vec<Drawn> = Vec::new();
        let mut box_of = vec![0; arrivals.len()];
        let mut y = TOP + GAP;
        for (rank, i) in order.iter().enumerate() {
            let Some(arrival) = arrivals.get(*i) else { continue };
            let at = rank.min(alone);
            if at == boxes.len() {
                let title = if rank < alone { name(&arrival.group) } else { others.to_owned() };
                boxes.push(Drawn { title, share: 0.0, ends: Ends::default(), y: 0.0 });
            }
            if let (Some(b), Some(place)) = (boxes.get_mut(at), box_of.get_mut(*i)) {
                b.share += arrival.share;
                b.ends.add(&arrival.ends);
                *place = at;
            }
        }
        for b in &mut boxes {
            b.y = y;
            y += b.share * HEIGHT + GAP;
        }
        Column { boxes, box_of }
    }
}

fn bands(h: &mut Html, column: usize, here: &Column, next: &Column, onward: &[(usize, usize, f64)]) {
    let mut merged: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (from, to, share) in onward {
        if let (Some(a), Some(b)) = (here.box_of.get(*from), next.box_of.get(*to)) {
            *merged.entry((*a, *b)).or_default() += share;
        }
    }
    let mut leaving: Vec<f64> = here.boxes.iter().map(|b| b.y).collect();
    let mut arriving: Vec<f64> = next.boxes.iter().map(|b| b.y).collect();
    let (x0, x1) = (left(column) + BOX, left(column + 1));
    let middle = (x0 + x1) / 2.0;
    for ((a, b), share) in merged {
        let (Some(from), Some(to)) = (leaving.get_mut(a), arriving.get_mut(b)) else { continue };
        let tall = share * HEIGHT;
        if tall >= 0.2 {
            let d = format!(
                "M{} {}C{m} {} {m} {} {} {}V{}C{m} {} {m} {} {} {}Z",
                at(x0),
                at(*from),
                at(*from),
                at(*to),
                at(x1),
                at(*to),
                at(*to + tall),
                at(*to + tall),
                at(*from + tall),
                at(x0),
                at(*from + tall),
                m = at(middle)
            );
            h.open("path", &[("d", &d), ("fill", "#c7ccd4"), ("fill-opacity", "0.6")]).close("path");
        }
        *from += tall;
        *to += tall;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words<'a>(share: &'a dyn Fn(f64) -> String, column: &'a dyn Fn(usize) -> String, part: &'a dyn Fn(Meaning) -> String) -> Words<'a> {
        Words { says: "the way of the spend", column, others: "others", share, part }
    }

    #[test]
    fn what_ends_at_a_box_is_drawn_in_the_colour_of_how_it_ends() {
        let steps = vec![
            Step {
                arrivals: vec![Arrival { group: "A", share: 1.0, ends: Ends { unseen: 0.4, ..Ends::default() } }],
                onward: vec![(0, 0, 0.6)],
            },
            Step {
                arrivals: vec![Arrival { group: "B<", share: 0.6, ends: Ends { on_evidence: 0.5, clear: 0.1, ..Ends::default() } }],
                onward: vec![],
            },
        ];
        let mut h = Html::new();
        flow(&mut h, &steps, |g| (*g).to_owned(), &words(&|x| format!("{x:.1}"), &|i| format!("step {i}"), &|m| m.name().to_owned()));
        let svg = h.as_str();
        assert_eq!(svg.matches("<rect").count(), 2 + 3);
        assert_eq!(svg.matches("<path").count(), 1);
        assert!(svg.contains("B&lt;: on_evidence 0.5") && svg.contains("A: unseen 0.4"));
    }

    #[test]
    fn many_groups_stand_together_as_others_and_nothing_is_lost() {
        let arrivals: Vec<Arrival<u32>> =
            (0..20).map(|g| Arrival { group: g, share: 0.05, ends: Ends { clear: 0.05, ..Ends::default() } }).collect();
        let column = Column::of(&arrivals, &|g| g.to_string(), "others");
        assert_eq!(column.boxes.len(), BOXES_MOST);
        assert!((column.boxes.iter().map(|b| b.share).sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(column.boxes.last().unwrap().title, "others");
    }
}

//! The one order of what to do first (model 3, "Priority"; UNGP 24: the most severe first).
//!
//! ```text
//! acts_first, then band A, B, C, none, then expected people affected, then children, then on evidence before by context, then the id
//! ```

use super::standing::Keys;
use crate::base::{NodeIx, par};
use crate::measures::Band;
use std::cmp::Ordering;

/// Who of two places comes first; the ids as outputs show them decide what all keys leave open.
pub fn look_first(a: (&Keys, &str), b: (&Keys, &str)) -> Ordering {
    let ((x, id_x), (y, id_y)) = (a, b);
    let rank = |band: Option<Band>| band.map_or(3, |b| b as u8);
    (y.acts_first.cmp(&x.acts_first))
        .then_with(|| rank(x.band).cmp(&rank(y.band)))
        .then_with(|| y.people.total_cmp(&x.people))
        .then_with(|| y.children.cmp(&x.children))
        .then_with(|| y.on_evidence.cmp(&x.on_evidence))
        .then_with(|| id_x.cmp(id_y))
}

/// Places in their order, and the 1-based position of every node; 0 where it has no keys.
pub fn positions<'a>(keys: &[Option<Keys>], id: impl Fn(NodeIx) -> &'a str + Sync) -> (Vec<NodeIx>, Vec<u32>) {
    let mut order: Vec<(NodeIx, Keys)> = keys.iter().enumerate().filter_map(|(i, k)| k.as_ref().map(|k| (NodeIx(i as u32), *k))).collect();
    par::sort_by(&mut order, |(a, x), (b, y)| look_first((x, id(*a)), (y, id(*b))).then(a.cmp(b)));
    let mut at = vec![0u32; keys.len()];
    for ((node, _), position) in order.iter().zip(1..) {
        if let Some(slot) = at.get_mut(node.at()) {
            *slot = position;
        }
    }
    (order.into_iter().map(|(n, _)| n).collect(), at)
}

/// The order as one number, larger first, where `people` alone is drawn anew: the other keys are claims, which a draw does not move.
pub fn drawn_score(keys: &Keys, people: f64) -> f64 {
    let tier = f64::from(u8::from(keys.acts_first) * 4 + keys.band.map_or(0, |b| 3 - b as u8));
    2.0 * tier + people / (1.0 + people)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(acts_first: bool, band: Option<Band>, people: f64, children: bool, on_evidence: bool) -> Keys {
        Keys { acts_first, band, people, children, on_evidence }
    }

    #[test]
    fn every_key_decides_before_those_after_it() {
        // Each is better than the next by one key and worse by all keys after it.
        let falling = [
            keys(true, None, 0.0, false, false),
            keys(false, Some(Band::A), 1.0, false, false),
            keys(false, Some(Band::B), 900.0, true, true),
            keys(false, Some(Band::B), 800.0, true, false),
            keys(false, Some(Band::B), 800.0, false, true),
            keys(false, Some(Band::B), 800.0, false, false),
            keys(false, Some(Band::C), 9e9, true, true),
            keys(false, None, 9e9, true, true),
        ];
        for pair in falling.windows(2) {
            assert_eq!(look_first((&pair[0], "z"), (&pair[1], "a")), Ordering::Less, "{pair:?}");
        }
        assert_eq!(look_first((&falling[0], "a"), (&falling[0], "b")), Ordering::Less);
        let drawn: Vec<f64> = falling.iter().map(|k| drawn_score(k, k.people)).collect();
        assert!(drawn.windows(2).all(|w| w[0] >= w[1]), "{drawn:?}");
    }
}

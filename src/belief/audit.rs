//! The poverty audit (model 1.4): does the ranking of nodes repeat the ranking of countries by income?
//!
//! Rank correlation of a score with the income of a node's country, over nodes: for the whole ranking (posterior), for context alone (prior)
//! and for evidence alone (what the evidence added, on the logit). Near -1: poor countries stand on top whatever was seen on site.

use crate::base::CountryCode;
use std::collections::{BTreeMap, BTreeSet};

/// One ranked node.
#[derive(Clone, Copy, Debug)]
pub struct Ranked {
    pub country: Option<CountryCode>,
    /// Probability from the context alone, and with the evidence.
    pub prior: f64,
    pub posterior: f64,
}

/// Rank correlations with national income, in [-1, 1]; `None` where all scores or all incomes are equal, or fewer than two nodes count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PovertyAudit {
    pub whole: Option<f64>,
    pub context: Option<f64>,
    /// Over the nodes whose posterior differs from their prior.
    pub evidence: Option<f64>,
    /// Nodes that count, nodes with evidence among them, and the countries they lie in.
    pub nodes: usize,
    pub with_evidence: usize,
    pub countries: usize,
    /// Nodes left out: no country, or no income known of it.
    pub without_income: usize,
}

/// The audit of a ranking; `income`: money a head and year, one unit for all countries.
pub fn poverty_audit(ranking: &[Ranked], income: &BTreeMap<CountryCode, f64>) -> PovertyAudit {
    let known: Vec<(CountryCode, f64, &Ranked)> = ranking
        .iter()
        .filter_map(|node| {
            let country = node.country?;
            let income = income.get(&country).copied().filter(|i| i.is_finite())?;
            Some((country, income, node))
        })
        .collect();
    let of = |score: &dyn Fn(&Ranked) -> f64, counts: &dyn Fn(&Ranked) -> bool| {
        let (scores, incomes): (Vec<f64>, Vec<f64>) = known.iter().filter(|n| counts(n.2)).map(|n| (score(n.2), n.1)).unzip();
        rank_correlation(&scores, &incomes)
    };
    let told = |n: &Ranked| n.posterior != n.prior;
    PovertyAudit {
        whole: of(&|n| n.posterior, &|_| true),
        context: of(&|n| n.prior, &|_| true),
        evidence: of(&|n| logit(n.posterior) - logit(n.prior), &told),
        nodes: known.len(),
        with_evidence: known.iter().filter(|n| told(n.2)).count(),
        countries: known.iter().map(|n| n.0).collect::<BTreeSet<_>>().len(),
        without_income: ranking.len() - known.len(),
    }
}

fn logit(p: f64) -> f64 {
    // Short of 0 and 1, so that a difference of two is a number.
    let p = p.clamp(1e-15, 1.0 - 1e-15);
    (p / (1.0 - p)).ln()
}

/// Spearman's rank correlation, equal values taking the mean of their ranks; `None` where one side does not vary or the lengths differ.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() || a.len() < 2 {
        return None;
    }
    let (a, b) = (mean_ranks(a), mean_ranks(b));
    let middle = (a.len() as f64 + 1.0) / 2.0;
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(&b) {
        let (x, y) = (x - middle, y - middle);
        (ab, aa, bb) = (ab + x * y, aa + x * x, bb + y * y);
    }
    (aa > 0.0 && bb > 0.0).then(|| (ab / (aa * bb).sqrt()).clamp(-1.0, 1.0))
}

/// Ranks from 1, equal values at the mean of their ranks.
pub fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        for i in tied {
            ranks[*i] = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        }
        before += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlation_takes_the_mean_of_tied_ranks() {
        // ranks 1, 2.5, 2.5, 4 against 4, 3, 2, 1: sum of products -4.5, of squares 4.5 and 5
        let found = rank_correlation(&[0.1, 0.4, 0.4, 0.9], &[9.0, 8.0, 7.0, 1.0]);
        assert!((found.unwrap_or(0.0) + 4.5 / 22.5f64.sqrt()).abs() < 1e-15, "{found:?}");
        assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[2.0, 4.0, 9.0]), Some(1.0));
        assert_eq!(rank_correlation(&[1.0, 1.0], &[2.0, 4.0]), None);
        assert_eq!(rank_correlation(&[1.0], &[2.0]), None);
    }

    #[test]
    fn context_may_follow_poverty_where_evidence_does_not() {
        let code = |text| CountryCode::new(text);
        let income: BTreeMap<CountryCode, f64> =
            [("AAA", 1.0), ("BBB", 2.0), ("CCC", 3.0)].into_iter().filter_map(|(c, i)| Some((code(c)?, i))).collect();
        let node = |country, prior, posterior| Ranked { country: code(country), prior, posterior };
        let ranking = [node("AAA", 0.3, 0.3), node("AAA", 0.3, 0.2), node("BBB", 0.2, 0.2), node("CCC", 0.1, 0.6), node("DDD", 0.9, 0.9)];
        let found = poverty_audit(&ranking, &income);
        assert_eq!(found.context, Some(-1.0));
        assert_eq!(found.evidence, Some(1.0));
        assert_eq!((found.nodes, found.with_evidence, found.countries, found.without_income), (4, 2, 3, 1));
        assert!(found.whole.is_some_and(|w| w > 0.0));
    }
}

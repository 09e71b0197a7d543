//! What firms say of themselves: informal work, young workers, unions, purchases and how much of them is mapped.

use super::commerce::Link;
use super::draw::Draws;
use super::firms::{Firm, Standing};

/// Figures of one firm as its row shows them; shares have two decimals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    pub informal_share: Option<f64>,
    pub young_worker_share: Option<f64>,
    pub union: Option<bool>,
    pub purchases_value: Option<u64>,
    pub mapped_share: Option<f64>,
}

/// A share as two decimals write it and a reader reads it again.
fn hundredths(share: f64) -> f64 {
    (share * 100.0).round() / 100.0
}

/// What a firm's links in tell of its purchases: (recorded value, whether every link in has one).
fn purchases(firms: &[Firm], links: &[Link]) -> Vec<(u64, bool)> {
    let mut of = vec![(0, true); firms.len()];
    for link in links.iter().filter(|l| l.relation.is_supply()) {
        if let Some((sum, complete)) = of.get_mut(link.buyer as usize) {
            *sum += link.value.unwrap_or(0);
            *complete &= link.value.is_some();
        }
    }
    of
}

/// One row of figures per firm.
pub fn figures(firms: &[Firm], links: &[Link], draws: &mut Draws) -> Vec<Figures> {
    let one = |(firm, (recorded, complete)): (&Firm, (u64, bool))| {
        let site = firm.workers.is_some();
        let (informal, young, union) = (draws.unit(), draws.unit() * 0.2, draws.chance(0.2));
        let (says_informal, says_young, says_union) = (draws.chance(0.2), draws.chance(0.2), draws.chance(0.5));
        // Some say what they buy in all, a tenth to a half more than is recorded; some say how much is mapped.
        let beyond = 1.1 + draws.unit() * 0.4;
        let open = firm.tier.buys() && firm.standing == Standing::Open;
        let says_purchases = draws.chance(0.3) && open && complete && recorded > 0;
        let mapped = 0.3 + draws.unit() * 0.7;
        let says_mapped = draws.chance(0.2) && open;
        // A ring that says it has shown all its suppliers is what makes it closed.
        let ring = matches!(firm.standing, Standing::Ring(_));
        Figures {
            informal_share: (site && says_informal).then(|| hundredths(informal)),
            young_worker_share: (site && says_young).then(|| hundredths(young)),
            union: (site && says_union).then_some(union),
            purchases_value: says_purchases.then_some((recorded as f64 * beyond).round() as u64),
            mapped_share: if ring { Some(1.0) } else { says_mapped.then(|| hundredths(mapped)) },
        }
    };
    firms.iter().zip(purchases(firms, links)).map(one).collect()
}

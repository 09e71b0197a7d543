//! Who sells what share to whom: the supply links read downstream, for the footprint (model 2, "Footprint").
//!
//! A seller's row is weighed by the rules of `weights` with the ends exchanged: value, else quantity of one unit, else equal per customer and
//! product. The share that a link states is one of the buyer's purchases and says nothing of the seller's sales.
//!
//! What a node sells outside the map is its stated output less what its links record, where every link has a value; else the method's share for the
//! kind, assumed. A node without customers on the map sells all outside.

use super::perspective::WholeGraph;
use super::trade::{Trade, TradeLink};
use super::weights::BuyerRow;
use crate::base::Result;

/// Customers of every node with their shares of its recorded sales, all scopes merged: in [`WholeGraph`]'s words the seller is the "buyer".
///
/// # Errors
/// Only where `Trade` broke its own rules.
pub fn sales(trade: &Trade) -> Result<WholeGraph> {
    let turned: Vec<TradeLink> =
        trade.links().iter().map(|l| TradeLink { supplier: l.buyer, buyer: l.supplier, share: None, ..*l }).collect();
    WholeGraph::new(&Trade::new(trade.nodes(), &turned)?)
}

/// Part of a node's output that leaves the map, 0 to 1, and whether that is the method's figure. `output` in the currency of the links' values.
pub fn outside_share(row: &BuyerRow, output: Option<f64>, by_kind: f64) -> (f64, bool) {
    match (row.links, row.recorded_value, output) {
        (0, _, _) => (1.0, false),
        (_, Some(recorded), Some(all)) if all > 0.0 => (1.0 - (recorded / all).min(1.0), false),
        _ => (by_kind.clamp(0.0, 1.0), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeIx;
    use crate::graph::trade::{NO_PRODUCT, NO_UNIT};

    #[test]
    fn sales_are_shared_by_value_and_what_no_link_holds_is_sold_outside() {
        let link = |supplier, buyer, value, share| TradeLink {
            supplier: NodeIx(supplier),
            buyer: NodeIx(buyer),
            product: NO_PRODUCT,
            value,
            quantity: None,
            unit: NO_UNIT,
            share,
            scope: None,
        };
        // Mill 0 sells 30 to 1, of which that is nine tenths of all purchases, and 10 to 2.
        let trade = Trade::new(3, &[link(0, 1, Some(30.0), Some(0.9)), link(0, 2, Some(10.0), None)]).unwrap();
        let sold = sales(&trade).unwrap();
        let row: Vec<(usize, f64)> = sold.graph.suppliers_of(NodeIx(0)).iter().collect();
        assert_eq!(row, [(1, 0.75), (2, 0.25)]);
        assert!(!outside_share(&sold.rows[0], Some(50.0), 0.3).1);
        assert!((outside_share(&sold.rows[0], Some(50.0), 0.3).0 - 0.2).abs() < 1e-15);
        assert_eq!(outside_share(&sold.rows[0], Some(20.0), 0.3), (0.0, false));
        assert_eq!(outside_share(&sold.rows[0], None, 0.3), (0.3, true));
        assert_eq!(outside_share(&sold.rows[1], Some(50.0), 0.3), (1.0, false));
    }
}

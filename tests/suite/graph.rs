//! The supply graph: rows that a person can check by hand, focal views, order and circles.

use onus::base::{Kind, NodeIx};
use onus::graph::{
    Basis, Entry, LISTED, NO_PRODUCT, NO_UNIT, Scope, SupplyGraph, Trade, TradeLink, View, WeightedLink, WholeGraph, weights::weigh_row,
};
use onus::trace::{Problem, TOLERANCE, open_circles, reach, solve, tier_sums, visits};
use proptest::prelude::*;
use std::collections::BTreeSet;

pub fn link(supplier: u32, buyer: u32) -> TradeLink {
    TradeLink {
        supplier: NodeIx(supplier),
        buyer: NodeIx(buyer),
        product: NO_PRODUCT,
        value: None,
        quantity: None,
        unit: NO_UNIT,
        share: None,
        scope: None,
    }
}

pub fn valued(supplier: u32, buyer: u32, value: f64) -> TradeLink {
    TradeLink { value: Some(value), ..link(supplier, buyer) }
}

fn scoped(supplier: u32, buyer: u32, focal: u32) -> TradeLink {
    TradeLink { scope: Some(NodeIx(focal)), ..link(supplier, buyer) }
}

fn of(product: u32, l: TradeLink) -> TradeLink {
    TradeLink { product, ..l }
}

fn quantity(unit: u32, amount: f64, l: TradeLink) -> TradeLink {
    TradeLink { unit, quantity: Some(amount), ..l }
}

fn share(share: f64, l: TradeLink) -> TradeLink {
    TradeLink { share: Some(share), ..l }
}

/// The weighed row of buyer 0, unscoped.
fn row_of_0(links: &[TradeLink]) -> (Vec<WeightedLink>, onus::graph::BuyerRow) {
    let trade = Trade::new(100, links).unwrap();
    let (mut buffer, mut out) = (Vec::new(), Vec::new());
    let row = weigh_row(trade.row_in(NodeIx(0), Scope::All, &mut buffer), &mut out);
    (out, row)
}

/// (supplier, product or -1, weight, basis, assumed) against the row.
fn assert_row(links: &[TradeLink], expected: &[(u32, i64, f64, Basis, bool)]) {
    let (row, _) = row_of_0(links);
    assert_eq!(row.len(), expected.len(), "{row:?}");
    for (supplier, product, weight, basis, assumed) in expected {
        let product = if *product < 0 { NO_PRODUCT } else { *product as u32 };
        let l =
            row.iter().find(|l| l.supplier.0 == *supplier && l.product == product).unwrap_or_else(|| panic!("no {supplier} in {row:?}"));
        assert!((l.weight - weight).abs() < 1e-12, "{l:?}, expected {weight}");
        assert_eq!((l.basis, l.assumed), (*basis, *assumed), "{l:?}");
    }
}

#[test]
fn values_weigh_within_and_across_products() {
    assert_row(
        &[of(1, valued(1, 0, 60.0)), of(1, valued(2, 0, 20.0)), of(2, valued(2, 0, 20.0))],
        &[(1, 1, 0.6, Basis::Value, false), (2, 1, 0.2, Basis::Value, false), (2, 2, 0.2, Basis::Value, false)],
    );
}

#[test]
fn a_link_told_in_parts_is_one_link() {
    let parts = [valued(1, 0, 10.0), valued(2, 0, 30.0), valued(1, 0, 20.0)];
    assert_row(&parts, &[(1, -1, 0.5, Basis::Value, false), (2, -1, 0.5, Basis::Value, false)]);
    assert_eq!(row_of_0(&parts).1.recorded_value, Some(60.0));
}

#[test]
fn unvalued_among_valued_take_the_median_of_the_product_then_of_the_buyer() {
    // Product 1: values 10, 30, 50, one unknown takes 30. Product 2 has no value: one link, the median of all known, 30.
    let links = [of(1, valued(1, 0, 10.0)), of(1, valued(2, 0, 30.0)), of(1, valued(3, 0, 50.0)), of(1, link(4, 0)), of(2, link(5, 0))];
    let median = |x: f64| x / 150.0;
    assert_row(
        &links,
        &[
            (1, 1, median(10.0), Basis::Value, false),
            (2, 1, median(30.0), Basis::Value, false),
            (3, 1, median(50.0), Basis::Value, false),
            (4, 1, median(30.0), Basis::Median, true),
            (5, 2, median(30.0), Basis::Median, true),
        ],
    );
    let row = row_of_0(&links).1;
    assert_eq!((row.links, row.assumed_links, row.recorded_value), (5, 2, None));
}

#[test]
fn a_valued_buyers_product_without_values_is_split_by_quantity() {
    // Product 2 weighs two medians of 40; 3 tonnes to 1.
    let links = [of(1, valued(1, 0, 40.0)), of(2, quantity(7, 3.0, link(2, 0))), of(2, quantity(7, 1.0, link(3, 0)))];
    assert_row(
        &links,
        &[
            (1, 1, 40.0 / 120.0, Basis::Value, false),
            (2, 2, 60.0 / 120.0, Basis::Quantity, true),
            (3, 2, 20.0 / 120.0, Basis::Quantity, true),
        ],
    );
}

#[test]
fn without_any_figure_every_distinct_supplier_of_a_product_weighs_alike() {
    let third = 1.0 / 3.0;
    assert_row(
        &[link(1, 0), link(2, 0), link(2, 0), link(3, 0)],
        &[(1, -1, third, Basis::Equal, true), (2, -1, third, Basis::Equal, true), (3, -1, third, Basis::Equal, true)],
    );
}

#[test]
fn without_values_products_weigh_alike_and_links_without_product_by_their_number() {
    assert_row(
        &[of(1, link(1, 0)), of(1, link(2, 0)), of(1, link(3, 0)), of(2, link(4, 0))],
        &[
            (1, 1, 0.5 / 3.0, Basis::Equal, true),
            (2, 1, 0.5 / 3.0, Basis::Equal, true),
            (3, 1, 0.5 / 3.0, Basis::Equal, true),
            (4, 2, 0.5, Basis::Equal, true),
        ],
    );
    assert_row(
        &[of(1, link(1, 0)), of(1, link(2, 0)), of(1, link(3, 0)), link(4, 0)],
        &[
            (1, 1, 0.25, Basis::Equal, true),
            (2, 1, 0.25, Basis::Equal, true),
            (3, 1, 0.25, Basis::Equal, true),
            (4, -1, 0.25, Basis::Equal, true),
        ],
    );
}

#[test]
fn quantities_weigh_where_a_product_has_one_unit_and_not_where_it_has_two() {
    assert_row(
        &[quantity(7, 30.0, link(1, 0)), quantity(7, 10.0, link(2, 0))],
        &[(1, -1, 0.75, Basis::Quantity, false), (2, -1, 0.25, Basis::Quantity, false)],
    );
    assert_row(
        &[quantity(7, 30.0, link(1, 0)), quantity(8, 10.0, link(2, 0))],
        &[(1, -1, 0.5, Basis::Equal, true), (2, -1, 0.5, Basis::Equal, true)],
    );
    // The third takes the median quantity, 20 of 60.
    assert_row(
        &[quantity(7, 30.0, link(1, 0)), quantity(7, 10.0, link(2, 0)), link(3, 0)],
        &[(1, -1, 0.5, Basis::Quantity, false), (2, -1, 1.0 / 6.0, Basis::Quantity, false), (3, -1, 1.0 / 3.0, Basis::Median, true)],
    );
}

#[test]
fn shares_are_of_all_purchases_whatever_the_product() {
    let links = [of(1, share(0.3, valued(1, 0, 1.0))), of(2, share(0.1, valued(2, 0, 999.0)))];
    assert_row(&links, &[(1, 1, 0.75, Basis::Share, false), (2, 2, 0.25, Basis::Share, false)]);
    let recorded = row_of_0(&links).1.recorded_share.unwrap();
    assert!((recorded - 0.4).abs() < 1e-12);
    // More than the whole is scaled to the whole.
    let over = [share(0.9, link(1, 0)), share(0.9, link(2, 0))];
    assert_row(&over, &[(1, -1, 0.5, Basis::Share, false), (2, -1, 0.5, Basis::Share, false)]);
    assert_eq!(row_of_0(&over).1.recorded_share, Some(1.0));
    // One link without share: what is recorded is not known.
    let some = [share(0.2, link(1, 0)), link(2, 0)];
    assert_row(&some, &[(1, -1, 0.5, Basis::Share, false), (2, -1, 0.5, Basis::Median, true)]);
    assert_eq!(row_of_0(&some).1.recorded_share, None);
}

#[test]
fn values_stand_where_more_links_state_a_value_than_a_share() {
    assert_row(
        &[share(0.9, valued(1, 0, 10.0)), valued(2, 0, 30.0)],
        &[(1, -1, 0.25, Basis::Value, false), (2, -1, 0.75, Basis::Value, false)],
    );
}

#[test]
fn amounts_that_are_no_amounts_count_as_missing() {
    assert_row(
        &[valued(1, 0, -3.0), valued(2, 0, f64::NAN), valued(3, 0, f64::INFINITY), valued(4, 0, 0.0)],
        &[
            (1, -1, 0.25, Basis::Equal, true),
            (2, -1, 0.25, Basis::Equal, true),
            (3, -1, 0.25, Basis::Equal, true),
            (4, -1, 0.25, Basis::Equal, true),
        ],
    );
}

#[test]
fn a_link_to_a_node_outside_the_graph_is_an_error_and_no_panic() {
    assert!(Trade::new(2, &[link(2, 0)]).is_err());
    assert!(SupplyGraph::new(2, &[Entry { buyer: 0, supplier: 5, weight: 1.0 }]).is_err());
    assert!(View::new(&Trade::new(2, &[]).unwrap(), NodeIx(2)).is_err());
}

#[test]
fn rows_run_both_ways_and_several_products_of_a_pair_are_one_entry() {
    let links = [of(1, valued(1, 0, 20.0)), of(2, valued(1, 0, 30.0)), of(1, valued(2, 0, 50.0)), valued(2, 1, 7.0)];
    let graph = WholeGraph::new(&Trade::new(4, &links).unwrap()).unwrap().graph;
    assert_eq!((graph.nodes(), graph.links()), (4, 3));
    assert_eq!(graph.suppliers_of(NodeIx(0)).iter().collect::<Vec<_>>(), [(1, 0.5), (2, 0.5)]);
    assert_eq!(graph.buyers_of(NodeIx(2)).iter().collect::<Vec<_>>(), [(0, 0.5), (1, 1.0)]);
    assert!(graph.suppliers_of(NodeIx(3)).is_empty() && graph.buyers_of(NodeIx(3)).is_empty());
    assert!(graph.suppliers_of(NodeIx(99)).is_empty());
}

#[test]
fn components_come_suppliers_first_in_post_order() {
    // 0 buys from 1, 1 from 2, 2 from 3, 3 from 1 (a circle 1-2-3), 3 from 4.
    let entry = |buyer, supplier| Entry { buyer, supplier, weight: 1.0 };
    let graph = SupplyGraph::new(5, &[entry(0, 1), entry(1, 2), entry(2, 3), entry(3, 1), entry(3, 4)]).unwrap();
    let components: Vec<&[u32]> = graph.components().iter().collect();
    assert_eq!(components, [&[4][..], &[3, 2, 1], &[0]]);
    assert_eq!(graph.components().largest(), 3);
}

#[test]
fn a_chain_of_a_million_nodes_is_ordered_and_solved() {
    let n = 1_000_000u32;
    let entries: Vec<Entry> = (0..n - 1).map(|b| Entry { buyer: b, supplier: b + 1, weight: 3.0 }).collect();
    let graph = SupplyGraph::new(n as usize, &entries).unwrap();
    assert_eq!(graph.components().len(), n as usize);
    assert_eq!(graph.components().order()[0], n - 1);
    let (p, mapped) = (vec![1e-6; n as usize], vec![1.0; n as usize]);
    let problem = Problem { p: &p, on_evidence: &vec![false; n as usize], mapped: &mapped, origin_prior: &p, exited: &[] };
    let solution = solve(&graph, &problem, TOLERANCE).unwrap();
    assert!((solution.clear[0] - (1.0f64 - 1e-6).powi(n as i32)).abs() < 1e-9);
    assert_eq!(solution.sweeps, 1);
}

#[test]
fn a_ring_of_many_nodes_is_swept_a_few_times() {
    let n = 200_000u32;
    let entries: Vec<Entry> = (0..n).map(|b| Entry { buyer: b, supplier: (b + 1) % n, weight: 1.0 }).collect();
    let graph = SupplyGraph::new(n as usize, &entries).unwrap();
    assert_eq!(graph.components().largest(), n as usize);
    let (p, mapped) = (vec![0.1; n as usize], vec![0.8; n as usize]);
    let problem = Problem { p: &p, on_evidence: &vec![true; n as usize], mapped: &mapped, origin_prior: &p, exited: &[] };
    let solution = solve(&graph, &problem, TOLERANCE).unwrap();
    // x = p / (1 - (1-p) mapped) at every node of a uniform ring.
    assert!(solution.on_evidence.iter().all(|x| (x - 0.1 / 0.28).abs() < 1e-9));
    assert!(solution.sweeps <= 3, "{} sweeps", solution.sweeps);
}

#[test]
fn a_focal_node_sees_its_own_disclosure_where_there_is_one_and_the_open_links_elsewhere() {
    // Brands 0 and 1 buy from trader 2; each reports the trader's mills: 3 and 4 for brand 0, 4 and 5 for brand 1; 6 is open. 3 buys from 7.
    let links = [link(2, 0), link(2, 1), scoped(3, 2, 0), scoped(4, 2, 0), scoped(4, 2, 1), scoped(5, 2, 1), link(6, 2), link(7, 3)];
    let trade = Trade::new(9, &links).unwrap();
    let seen = |focal: u32| {
        let view = View::new(&trade, NodeIx(focal)).unwrap();
        let mut nodes: Vec<(u32, u32)> = view.nodes.iter().map(|n| n.0).zip(view.tier.iter().copied()).collect();
        nodes.sort_unstable();
        nodes
    };
    assert_eq!(seen(0), [(0, 0), (2, 1), (3, 2), (4, 2), (7, 3)]);
    assert_eq!(seen(1), [(1, 0), (2, 1), (4, 2), (5, 2)]);
    assert_eq!(seen(2), [(2, 0), (6, 1)]);
    let view = View::new(&trade, NodeIx(0)).unwrap();
    let trader = view.local(NodeIx(2)).unwrap();
    assert_eq!(view.graph.suppliers_of(NodeIx(trader)).weights, [0.5, 0.5]);
    assert!(view.rows[trader as usize].scoped && !view.rows[0].scoped);
    assert_eq!(view.local(NodeIx(6)), None);
    let counted = reach(&view, |n| view.nodes[n] == NodeIx(4));
    assert_eq!(counted.tiers.iter().map(|t| (t.nodes, t.marked)).collect::<Vec<_>>(), [(1, 0), (2, 1), (1, 0)]);
    // All scopes merged: the trader's four mills, told by whomever, weigh alike.
    let whole = WholeGraph::new(&trade).unwrap();
    assert_eq!(whole.graph.suppliers_of(NodeIx(2)).iter().collect::<Vec<_>>(), [(3, 0.25), (4, 0.25), (5, 0.25), (6, 0.25)]);
}

fn touched_unseen(graph: &SupplyGraph, p: &[f64], mapped: &[f64]) -> (f64, f64) {
    let (evidence, prior) = (vec![false; p.len()], vec![0.0; p.len()]);
    let problem = Problem { p, on_evidence: &evidence, mapped, origin_prior: &prior, exited: &[] };
    let solution = solve(graph, &problem, TOLERANCE).unwrap();
    assert!(solution.largest_defect() < TOLERANCE);
    (solution.touched(0), solution.unseen[0])
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-12, "{a}, expected {b}");
}

#[test]
fn a_brand_with_a_list_alone_is_traced_to_its_places_in_equal_shares() {
    let kinds = [Kind::Brand, Kind::Mill, Kind::Mill];
    let trade = Trade::new(3, &[]).unwrap();
    let view = View::with_listing(&trade, NodeIx(0), &[NodeIx(2), NodeIx(1), NodeIx(1)], &kinds).unwrap();
    assert_eq!(view.tier, [0, LISTED, LISTED]);
    assert_eq!(reach(&view, |_| true).listed.nodes, 2);
    let p = view.column(&[0.0, 0.2, 0.4], 0.0).unwrap();
    let mapped = view.column(&[0.0; 3], 1.0).unwrap();
    let (touched, unseen) = touched_unseen(&view.graph, &p, &mapped);
    near(touched, 0.0);
    near(unseen, 1.0);
    let filled = view.fill(&mapped, &[]).unwrap().unwrap();
    assert_eq!(filled.assumed, 1);
    let (touched, unseen) = touched_unseen(&filled.graph, &p, &filled.mapped);
    near(touched, 0.3);
    near(unseen, 0.7);
}

/// Brand 0 buys from trader 1 (half of its purchases recorded), the trader from mill 2 (0.4 recorded); mill 3 and farm 4 supply nobody
/// on record, but farm 4 supplies mill 3.
fn trader_case() -> (Trade, [Kind; 5], [f64; 5], [f64; 5]) {
    let trade = Trade::new(5, &[link(1, 0), link(2, 1), link(4, 3)]).unwrap();
    let kinds = [Kind::Brand, Kind::Trader, Kind::Mill, Kind::Mill, Kind::Farm];
    (trade, kinds, [0.0, 0.0, 0.5, 0.1, 0.2], [0.5, 0.4, 0.0, 1.0, 1.0])
}

#[test]
fn unseen_mass_of_the_focal_node_and_its_traders_goes_to_places_that_no_chain_reaches() {
    let (trade, kinds, p, mapped) = trader_case();
    let view = View::with_listing(&trade, NodeIx(0), &[NodeIx(2), NodeIx(3)], &kinds).unwrap();
    let list = view.listing.as_ref().unwrap();
    assert!(!list.every_place_reached);
    assert_eq!(list.targets.iter().map(|t| view.global(*t).unwrap().0).collect::<Vec<_>>(), [3]);
    assert!(view.local(NodeIx(4)).is_some(), "what is upstream of a listed place joins the view");
    let (p, mapped) = (view.column(&p, 0.0).unwrap(), view.column(&mapped, 1.0).unwrap());
    // Without the list: half to the trader, 0.4 of it to mill 2, half of that touched.
    near(touched_unseen(&view.graph, &p, &mapped).0, 0.5 * 0.4 * 0.5);
    // With it: 0.5 of the brand's and 0.6 of the trader's mass to mill 3, touched at 0.1 + 0.9 x 0.2 = 0.28.
    let filled = view.fill(&mapped, &[]).unwrap().unwrap();
    let (touched, unseen) = touched_unseen(&filled.graph, &p, &filled.mapped);
    near(touched, 0.1 + (0.5 + 0.5 * 0.6) * 0.28);
    near(unseen, 0.5 * 0.4 * 0.5);
    let (evidence, prior) = (vec![false; p.len()], vec![0.0; p.len()]);
    let problem = Problem { p: &p, on_evidence: &evidence, mapped: &filled.mapped, origin_prior: &prior, exited: &[] };
    let sums = tier_sums(&filled.graph, &problem, 0, Some(list.node), 16).unwrap();
    near(sums.listed.touched(), 0.8 * 0.28);
    near(sums.tiers[2].touched(), 0.1);
    near(sums.beyond.total(), 0.0);
    near(sums.tiers.iter().map(|t| t.total()).sum::<f64>() + sums.listed.total(), 1.0);
    // The same where tiers are cut short before the list is met by the trader.
    let short = tier_sums(&filled.graph, &problem, 0, Some(list.node), 1).unwrap();
    near(short.listed.touched(), 0.8 * 0.28);
    near(short.beyond.touched(), 0.1);
}

#[test]
fn a_list_of_reached_places_leads_to_all_of_them() {
    let (trade, kinds, p, mapped) = trader_case();
    let view = View::with_listing(&trade, NodeIx(0), &[NodeIx(2)], &kinds).unwrap();
    assert!(view.listing.as_ref().unwrap().every_place_reached);
    let (p, mapped) = (view.column(&p, 0.0).unwrap(), view.column(&mapped, 1.0).unwrap());
    let filled = view.fill(&mapped, &[]).unwrap().unwrap();
    near(touched_unseen(&filled.graph, &p, &filled.mapped).0, 0.5);
}

#[test]
fn a_list_never_leads_back_to_the_trader_that_it_fills() {
    let (trade, kinds, _, _) = trader_case();
    let view = View::with_listing(&trade, NodeIx(0), &[NodeIx(1), NodeIx(0)], &kinds).unwrap();
    assert!(view.listing.is_none());
    assert!(view.fill(&[0.0; 3], &[]).unwrap().is_none());
}

#[test]
fn a_mill_of_the_chain_keeps_its_unseen_part() {
    // The brand is all mapped to mill 1, which is no intermediary: its unseen part does not go to the list.
    let trade = Trade::new(3, &[link(1, 0)]).unwrap();
    let view = View::with_listing(&trade, NodeIx(0), &[NodeIx(2)], &[Kind::Brand, Kind::Mill, Kind::Mill]).unwrap();
    let p = view.column(&[0.0, 0.25, 0.9], 0.0).unwrap();
    let filled = view.fill(&view.column(&[1.0, 0.0, 0.0], 1.0).unwrap(), &[]).unwrap().unwrap();
    let (touched, unseen) = touched_unseen(&filled.graph, &p, &filled.mapped);
    near(touched, 0.25);
    near(unseen, 0.75);
    assert_eq!(filled.assumed, 0);
}

/// N and links (supplier, buyer, value), no self-supply, for random networks with circles.
pub fn network(most: u32, density: usize) -> impl Strategy<Value = (u32, Vec<(u32, u32, f64)>)> {
    (2..=most).prop_flat_map(move |n| {
        let one = (0..n, 0..n, 1u32..1000).prop_map(|(s, b, v)| (s, b, f64::from(v) / 7.0));
        (Just(n), prop::collection::vec(one.prop_filter("self", |(s, b, _)| s != b), 0..n as usize * density))
    })
}

proptest! {
    #[test]
    fn circles_are_those_that_petgraph_finds_and_suppliers_come_first((n, links) in network(60, 3)) {
        let entries: Vec<Entry> = links.iter().map(|(s, b, w)| Entry { buyer: *b, supplier: *s, weight: *w }).collect();
        let graph = SupplyGraph::new(n as usize, &entries).unwrap();
        let mut oracle = petgraph::Graph::<(), ()>::new();
        let at: Vec<_> = (0..n).map(|_| oracle.add_node(())).collect();
        for (s, b, _) in &links {
            oracle.add_edge(at[*b as usize], at[*s as usize], ());
        }
        let expected: BTreeSet<BTreeSet<u32>> =
            petgraph::algo::tarjan_scc(&oracle).into_iter().map(|c| c.into_iter().map(|i| i.index() as u32).collect()).collect();
        let found: BTreeSet<BTreeSet<u32>> = graph.components().iter().map(|c| c.iter().copied().collect()).collect();
        prop_assert_eq!(found, expected);
        for (s, b, _) in &links {
            prop_assert!(graph.components().of_node(*s as usize) <= graph.components().of_node(*b as usize));
        }
    }

    #[test]
    fn rows_sum_to_one_and_both_directions_tell_the_same((n, links) in network(40, 4)) {
        let trade: Vec<TradeLink> = links.iter().map(|(s, b, v)| valued(*s, *b, *v)).collect();
        let graph = WholeGraph::new(&Trade::new(n as usize, &trade).unwrap()).unwrap().graph;
        let mut downstream = BTreeSet::new();
        for node in 0..n {
            let row = graph.suppliers_of(NodeIx(node));
            let sum: f64 = row.weights.iter().sum();
            prop_assert!(row.is_empty() || (sum - 1.0).abs() < 1e-12);
            downstream.extend(graph.buyers_of(NodeIx(node)).iter().map(|(b, w)| (b as u32, node, w.to_bits())));
        }
        let upstream: BTreeSet<_> =
            (0..n).flat_map(|b| graph.suppliers_of(NodeIx(b)).iter().map(move |(s, w)| (b, s as u32, w.to_bits()))).collect();
        prop_assert_eq!(downstream, upstream);
    }

    #[test]
    fn shuffled_links_give_the_same_bits((n, links) in network(30, 4), seed in any::<u64>()) {
        use rand::seq::SliceRandom;
        use rand::SeedableRng;
        // Values, quantities, shares, products and scopes in a mix that leaves no rule out.
        let mut trade: Vec<TradeLink> = links.iter().enumerate().map(|(i, (s, b, v))| TradeLink {
            product: if i % 5 == 0 { NO_PRODUCT } else { i as u32 % 3 },
            value: (i % 3 != 0).then_some(*v),
            quantity: (i % 2 == 0).then_some(v * 1.7),
            unit: i as u32 % 2,
            share: (b % 4 == 0).then_some(v / 500.0),
            scope: (i % 4 == 0).then_some(NodeIx(i as u32 % 2)),
            ..link(*s, *b)
        }).collect();
        let bits = |trade: &[TradeLink]| {
            let trade = Trade::new(n as usize, trade).unwrap();
            let whole = WholeGraph::new(&trade).unwrap();
            let view = View::with_listing(&trade, NodeIx(0), &[NodeIx(n - 1)], &vec![Kind::Trader; n as usize]).unwrap();
            let mapped = vec![0.7; view.graph.nodes()];
            let p = vec![0.05; view.graph.nodes()];
            let problem = Problem { p: &p, on_evidence: &vec![true; p.len()], mapped: &mapped, origin_prior: &p, exited: &[] };
            let solution = solve(&view.graph, &problem, TOLERANCE).unwrap();
            let seen = visits(&view.graph, &problem, &[(0, 1.0)]).unwrap();
            let weights: Vec<u64> = whole.links.iter().map(|l| l.weight.to_bits()).collect();
            let rows: Vec<u64> = (0..n).flat_map(|b| whole.graph.suppliers_of(NodeIx(b)).weights.to_vec()).map(f64::to_bits).collect();
            let solved: Vec<u64> = solution.on_evidence.iter().chain(&solution.unseen).chain(&seen.at).map(|x| x.to_bits()).collect();
            (view.nodes.clone(), weights, rows, solved)
        };
        let before = bits(&trade);
        trade.shuffle(&mut rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(seed));
        prop_assert_eq!(before, bits(&trade));
    }

    #[test]
    fn without_scopes_a_focal_view_is_the_whole_graph_as_far_as_it_reaches((n, links) in network(30, 3)) {
        let trade: Vec<TradeLink> = links.iter().map(|(s, b, v)| valued(*s, *b, *v)).collect();
        let trade = Trade::new(n as usize, &trade).unwrap();
        let whole = WholeGraph::new(&trade).unwrap().graph;
        let view = View::new(&trade, NodeIx(0)).unwrap();
        let p: Vec<f64> = (0..n).map(|i| f64::from(i % 7) / 20.0).collect();
        let mapped = vec![0.9; n as usize];
        let whole_mapped = open_circles(&whole, &mapped, 0.5).unwrap().mapped;
        let (local_p, local_mapped) = (view.column(&p, 0.0).unwrap(), view.column(&whole_mapped, 1.0).unwrap());
        let a = touched_unseen(&whole, &p, &whole_mapped);
        let b = touched_unseen(&view.graph, &local_p, &local_mapped);
        prop_assert!((a.0 - b.0).abs() < 1e-12 && (a.1 - b.1).abs() < 1e-12);
        for (local, global) in view.nodes.iter().enumerate() {
            let mut ours: Vec<(u32, u64)> =
                view.graph.suppliers_of(NodeIx(local as u32)).iter().map(|(s, w)| (view.nodes[s].0, w.to_bits())).collect();
            ours.sort_unstable();
            let theirs: Vec<(u32, u64)> = whole.suppliers_of(*global).iter().map(|(s, w)| (s as u32, w.to_bits())).collect();
            prop_assert_eq!(ours.len(), theirs.len());
            for (a, b) in ours.iter().zip(&theirs) {
                prop_assert_eq!(a.0, b.0);
                prop_assert!((f64::from_bits(a.1) - f64::from_bits(b.1)).abs() < 1e-14);
            }
        }
    }
}

//! Which nodes pass goods on without mixing them, and as what they pass them on: model 2, "Commodity walk".
//!
//! A trader, agent, importer, co-operative or warehouse mixes nothing. It stands in the graph once as a whole, its *mixture*, and once more for every
//! HS-4 heading as which it sells:
//!
//! ```text
//! row(node, heading) = links in of that heading and links in without product, weighed among themselves by the rules of `weights`
//! row(node)          = all links in: where links out without product lead, and the node's own figure starts
//! ```
//!
//! A link out of a heading leads to that heading's vertex. A heading that is sold and of which nothing is bought has an empty row, so that what comes to
//! it ends unseen. A product of fewer than four digits, or a text without a code, counts as no product.
//!
//! A node is split where this can matter: where it sells as a heading and has bought something of another one. All other nodes stay one vertex, and
//! a graph without such nodes is what it was. Whatever a node ever bought counts here, in force or not: a supplier that it left bears on what it sells.

use super::trade::TradeLink;
use crate::base::{Kind, NodeIx, ProductCode};
use std::collections::{BTreeMap, BTreeSet};

/// Not a heading: a vertex that is its node as a whole, or a product without a code of four digits.
pub const NO_HEADING: u16 = u16::MAX;

/// Headings sold times links bought of one node, beyond which it stays one vertex: every vertex reads the node's row.
const WORK_MOST: usize = 200_000_000;

/// Whether nodes of a kind pass goods on as they come. Kinds that transform may mix.
pub fn keeps_apart(kind: Kind) -> bool {
    matches!(kind, Kind::Trader | Kind::Agent | Kind::Importer | Kind::Cooperative | Kind::Warehouse)
}

/// The HS-4 heading of a product text; [`NO_HEADING`] where it has none.
pub fn heading(product: &str) -> u16 {
    let code = ProductCode::parse(product).filter(|p| p.as_str().len() >= 4);
    code.and_then(|p| p.as_str().get(..4).and_then(|h| h.parse().ok())).unwrap_or(NO_HEADING)
}

/// A heading as texts have it: four digits.
pub fn heading_text(heading: u16) -> Option<String> {
    (heading != NO_HEADING).then(|| format!("{heading:04}"))
}

/// The vertices of a graph: 0..N its nodes, then a (node, heading) each.
#[derive(Clone, Debug, Default)]
pub struct Commodities {
    nodes: u32,
    /// By product number.
    headings: Vec<u16>,
    /// Headings of what the nodes that keep apart ever bought, sorted.
    bought: BTreeSet<(NodeIx, u16)>,
    /// Sorted.
    apart: Vec<(NodeIx, u16)>,
    /// Nodes that sell as too many headings to be split.
    mixed: Vec<NodeIx>,
}

impl Commodities {
    /// Every node one vertex.
    pub fn none(nodes: usize) -> Self {
        Commodities { nodes: nodes as u32, ..Commodities::default() }
    }

    /// From the usable links. `kinds` by node, `headings` by product number; `bought_before` are headings of what nodes bought over links that are not
    /// in force any more.
    pub fn of(links: &[TradeLink], kinds: &[Kind], headings: Vec<u16>, bought_before: impl Iterator<Item = (NodeIx, u16)>) -> Self {
        let apart = |n: NodeIx| kinds.get(n.at()).is_some_and(|k| keeps_apart(*k));
        let mut all = Commodities { nodes: kinds.len() as u32, headings, ..Commodities::default() };
        let bought = links.iter().map(|l| (l.buyer, all.heading(l.product))).chain(bought_before);
        all.bought = bought.filter(|(n, h)| *h != NO_HEADING && apart(*n)).collect();
        if all.bought.is_empty() {
            return all;
        }
        let mut bought_links: BTreeMap<NodeIx, usize> = all.bought.iter().map(|(n, _)| (*n, 0)).collect();
        for l in links {
            if let Some(count) = bought_links.get_mut(&l.buyer) {
                *count += 1;
            }
        }
        let sold = all.of_products(links.iter().map(|l| (l.supplier, l.product)));
        let mut sold_headings: BTreeMap<NodeIx, usize> = BTreeMap::new();
        for (n, _) in &sold {
            *sold_headings.entry(*n).or_default() += 1;
        }
        let too_many = |n: &NodeIx| bought_links.get(n).zip(sold_headings.get(n)).is_some_and(|(b, s)| b.saturating_mul(*s) > WORK_MOST);
        all.mixed = sold_headings.keys().copied().filter(|n| too_many(n)).collect();
        all.apart = sold.into_iter().filter(|(n, _)| all.mixed.binary_search(n).is_err()).collect();
        all
    }

    /// The same with what nodes sell over these links as well.
    pub fn also_sold(&self, links: impl Iterator<Item = (NodeIx, u32)>) -> Self {
        let mut sold = self.of_products(links);
        sold.retain(|(n, _)| self.mixed.binary_search(n).is_err());
        sold.extend(&self.apart);
        Commodities { apart: sold.into_iter().collect(), ..self.clone() }
    }

    /// (node, heading) of what is sold where the node has bought something else.
    fn of_products(&self, sold: impl Iterator<Item = (NodeIx, u32)>) -> BTreeSet<(NodeIx, u16)> {
        let buys_another = |n: NodeIx, h: u16| self.bought.range((n, 0)..=(n, NO_HEADING)).any(|(_, other)| *other != h);
        let mut seen = BTreeSet::new();
        for (node, product) in sold {
            let heading = self.heading(product);
            if heading != NO_HEADING && !seen.contains(&(node, heading)) && buys_another(node, heading) {
                seen.insert((node, heading));
            }
        }
        seen
    }

    /// How many vertices there are: nodes, and headings of those that are split.
    pub fn vertices(&self) -> usize {
        self.nodes as usize + self.apart.len()
    }

    /// Whether every node is one vertex.
    pub fn is_plain(&self) -> bool {
        self.apart.is_empty()
    }

    /// Nodes that sell as too many headings, times the links that they buy over, to be split: they are walked as a mixture.
    pub fn left_mixed(&self) -> &[NodeIx] {
        &self.mixed
    }

    /// The heading of a product number.
    #[inline]
    pub fn heading(&self, product: u32) -> u16 {
        self.headings.get(product as usize).copied().unwrap_or(NO_HEADING)
    }

    /// The vertex of a supplier to which a link with that product leads.
    #[inline]
    pub fn vertex(&self, supplier: NodeIx, product: u32) -> u32 {
        if self.apart.is_empty() {
            return supplier.0;
        }
        let heading = self.heading(product);
        let found = if heading == NO_HEADING { None } else { self.apart.binary_search(&(supplier, heading)).ok() };
        found.map_or(supplier.0, |i| self.nodes + i as u32)
    }

    /// The node and the heading of a vertex; [`NO_HEADING`] where it is the node as a whole.
    #[inline]
    pub fn of_vertex(&self, vertex: u32) -> (NodeIx, u16) {
        let apart = vertex.checked_sub(self.nodes).and_then(|i| self.apart.get(i as usize));
        apart.copied().unwrap_or((NodeIx(vertex), NO_HEADING))
    }

    /// The headings as which a node stands in the graph beside its mixture.
    pub fn headings_of(&self, node: NodeIx) -> impl Iterator<Item = u16> + '_ {
        let from = self.apart.partition_point(|(n, _)| *n < node);
        self.apart.get(from..).unwrap_or_default().iter().take_while(move |(n, _)| *n == node).map(|(_, h)| *h)
    }

    /// The vertices of a buyer whose rows hold a link in with that product: the node as a whole, and the headings that it feeds.
    pub fn fed_by(&self, buyer: NodeIx, product: u32) -> impl Iterator<Item = u32> + '_ {
        let from = self.apart.partition_point(|(n, _)| *n < buyer);
        let apart = self.apart.get(from..).unwrap_or_default().iter().zip(self.nodes + from as u32..);
        let own = apart.take_while(move |((n, _), _)| *n == buyer).filter(move |((_, h), _)| self.feeds(product, *h));
        std::iter::once(buyer.0).chain(own.map(|(_, vertex)| vertex))
    }

    /// Whether a link in with that product feeds the vertex of a heading.
    #[inline]
    pub fn feeds(&self, product: u32, heading: u16) -> bool {
        let of_link = self.heading(product);
        of_link == NO_HEADING || heading == NO_HEADING || of_link == heading
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::trade::{NO_PRODUCT, NO_UNIT};

    fn link(supplier: u32, buyer: u32, product: u32) -> TradeLink {
        let (supplier, buyer) = (NodeIx(supplier), NodeIx(buyer));
        TradeLink { supplier, buyer, product, value: Some(1.0), quantity: None, unit: NO_UNIT, share: None, scope: None }
    }

    #[test]
    fn a_heading_is_four_digits_of_a_code_and_nothing_else() {
        assert_eq!([heading("1511"), heading("151190"), heading("15.11.10"), heading("HS 0902")], [1511, 1511, 1511, 902]);
        assert_eq!([heading("15"), heading("151"), heading("palm oil"), heading("")], [NO_HEADING; 4]);
        assert_eq!(heading_text(902).as_deref(), Some("0902"));
        assert_eq!(heading_text(NO_HEADING), None);
    }

    #[test]
    fn only_what_sells_one_heading_and_buys_another_is_split() {
        // 0 buys from the traders 1 (soy in, soy out), 2 (soy and palm in, palm out), 3 (soy in, palm out), the factory 4 and the trader 5.
        let kinds = [Kind::Brand, Kind::Trader, Kind::Warehouse, Kind::Importer, Kind::Factory, Kind::Agent, Kind::Farm];
        let headings = vec![1201, 1511, NO_HEADING];
        let links = [
            link(6, 1, 0),
            link(1, 0, 0),
            link(6, 2, 0),
            link(6, 2, 1),
            link(2, 0, 1),
            link(6, 3, 0),
            link(3, 0, 1),
            link(6, 4, 0),
            link(4, 0, 1),
            link(6, 5, 2),
            link(6, 5, NO_PRODUCT),
            link(5, 0, 1),
        ];
        let all = Commodities::of(&links, &kinds, headings.clone(), std::iter::empty());
        assert_eq!(all.vertices(), 9);
        assert_eq!([all.of_vertex(7), all.of_vertex(8), all.of_vertex(2)], [(NodeIx(2), 1511), (NodeIx(3), 1511), (NodeIx(2), NO_HEADING)]);
        assert_eq!([all.vertex(NodeIx(2), 1), all.vertex(NodeIx(2), 2), all.vertex(NodeIx(4), 1)], [7, 2, 4]);
        assert_eq!(all.headings_of(NodeIx(3)).collect::<Vec<_>>(), [1511]);
        assert_eq!([0, 1, NO_PRODUCT].map(|p| all.fed_by(NodeIx(2), p).collect::<Vec<_>>()), [vec![2], vec![2, 7], vec![2, 7]]);
        assert_eq!(all.fed_by(NodeIx(4), 0).collect::<Vec<_>>(), [4]);
        // What it bought once counts, and what somebody asks it to sell.
        let before = Commodities::of(&links, &kinds, headings, [(NodeIx(5), 1201), (NodeIx(4), 1201)].into_iter());
        assert_eq!(before.headings_of(NodeIx(5)).collect::<Vec<_>>(), [1511]);
        assert_eq!(before.also_sold([(NodeIx(1), 1)].into_iter()).headings_of(NodeIx(1)).collect::<Vec<_>>(), [1511]);
        assert!(before.also_sold([(NodeIx(1), 0)].into_iter()).headings_of(NodeIx(1)).next().is_none());
    }
}

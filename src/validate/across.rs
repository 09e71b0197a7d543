//! Checks across rows and tables: nodes that links name and nobody declares, nodes that look like one, shares that add up to more than
//! 1, circles of parents. Joins and groups run in Polars on frames of numbers; shares are summed as whole billionths, so that no order
//! of addition shows.

use super::context::Context;
use super::inputs::{Inputs, LinkRow, NodeRow, Relation, RowRef};
use crate::base::{Error, Locator, Result, Symbol};
use crate::mapping::fold;
use crate::schema::codes as c;
use polars::prelude::{
    DataFrame, DataType, IntoLazy, JoinArgs, JoinType, LazyFrame, NamedFrom, PolarsError, Series, SortMultipleOptions, col, len, lit,
};
use std::collections::{BTreeSet, HashMap};

/// What shares may add up to before it is said: 1 and one percent of rounding.
const SHARE_SUM_MOST: i64 = 1_010_000_000;
/// Billionths in a whole.
const WHOLE: f64 = 1e9;

fn failed(e: PolarsError) -> Error {
    Error::internal(format!("a check across tables failed: {e}"))
}

fn frame(columns: Vec<Series>) -> Result<LazyFrame> {
    let height = columns.first().map_or(0, |s| s.len());
    DataFrame::new(height, columns.into_iter().map(Into::into).collect()).map(IntoLazy::lazy).map_err(failed)
}

fn numbers(frame: &DataFrame, column: &str) -> Result<Vec<u32>> {
    let column = frame.column(column).and_then(|c| c.cast(&DataType::UInt32)).map_err(failed)?;
    Ok(column.u32().map_err(failed)?.iter().map(Option::unwrap_or_default).collect())
}

fn place(context: &Context, row: RowRef, column: &str) -> Locator {
    context.locate(row, Some(column))
}

/// Says each node that links name and the nodes table has not got, once, with its number of links.
pub(super) fn unknown_ends(context: &mut Context, nodes: &[NodeRow], links: &[LinkRow]) -> Result<()> {
    let mut ends: Vec<u32> = links.iter().map(|l| l.supplier.0).collect();
    ends.extend(links.iter().map(|l| l.buyer.0));
    let mut rows: Vec<u32> = (0..links.len() as u32).collect();
    rows.extend(0..links.len() as u32);
    let ends = frame(vec![Series::new("node".into(), ends), Series::new("row".into(), rows)])?;
    let known: Vec<u32> = nodes.iter().map(|n| n.id.0).collect();
    let yes = vec![1u32; known.len()];
    let known = frame(vec![Series::new("node".into(), known), Series::new("known".into(), yes)])?;
    let unknown = ends
        .join(known, [col("node")], [col("node")], JoinArgs::new(JoinType::Left))
        .filter(col("known").is_null())
        .group_by([col("node")])
        .agg([col("row").min().alias("row"), len().alias("links")])
        .sort(["node"], SortMultipleOptions::default())
        .collect()
        .map_err(failed)?;
    let (ids, rows, counts) = (numbers(&unknown, "node")?, numbers(&unknown, "row")?, numbers(&unknown, "links")?);
    for ((id, row), count) in ids.into_iter().zip(rows).zip(counts) {
        if let Some(link) = links.get(row as usize) {
            let column = if link.supplier == Symbol(id) { "supplier_id" } else { "buyer_id" };
            let found = format!(
                "{} is no node; it stands in {count} links, the first here",
                super::quarantine::inert(context.ids.text(Symbol(id)))
            );
            context.collector.say(&c::NODE_UNKNOWN, place(context, link.row, column), found, c::NODE_UNKNOWN.remedy);
        }
    }
    Ok(())
}

/// Says groups of nodes with equal name (case and blanks aside), kind and country.
pub(super) fn alike(context: &mut Context, nodes: &[NodeRow]) -> Result<()> {
    let mut name_numbers: HashMap<String, u32> = HashMap::new();
    let names: Vec<u32> = nodes
        .iter()
        .map(|n| {
            let next = name_numbers.len() as u32;
            *name_numbers.entry(fold(&n.name)).or_insert(next)
        })
        .collect();
    let kinds: Vec<u32> = nodes.iter().map(|n| n.kind as u32).collect();
    let letters = |n: &NodeRow| n.country.map_or(0, |c| c.as_str().bytes().fold(0u32, |sum, b| sum << 8 | u32::from(b)));
    let countries: Vec<u32> = nodes.iter().map(letters).collect();
    let rows: Vec<u32> = (0..nodes.len() as u32).collect();
    let groups = frame(vec![
        Series::new("name".into(), names),
        Series::new("kind".into(), kinds),
        Series::new("country".into(), countries),
        Series::new("row".into(), rows),
    ])?
    .group_by([col("name"), col("kind"), col("country")])
    .agg([col("row").min().alias("first"), col("row").max().alias("last"), len().alias("nodes")])
    .filter(col("nodes").gt(lit(1u32)))
    .sort(["first"], SortMultipleOptions::default())
    .collect()
    .map_err(failed)?;
    let (first, last, count) = (numbers(&groups, "first")?, numbers(&groups, "last")?, numbers(&groups, "nodes")?);
    for ((first, last), count) in first.into_iter().zip(last).zip(count) {
        if let (Some(first), Some(last)) = (nodes.get(first as usize), nodes.get(last as usize)) {
            let (first_shown, last_shown) = (context.shown_node(first.id), context.shown_node(last.id));
            let found = format!("{count} nodes of one name, kind and country, {first_shown} and {last_shown} among them");
            context.collector.say(&c::NODES_ALIKE, place(context, last.row, "name"), found, c::NODES_ALIKE.remedy);
        }
    }
    Ok(())
}

/// Says buyers whose shares of one scope and span, over all products, add up to more than 1.
pub(super) fn share_sums(context: &mut Context, links: &[LinkRow]) -> Result<()> {
    let stated: Vec<(u32, &LinkRow, f64)> = links
        .iter()
        .enumerate()
        .filter(|(_, l)| !matches!(l.relation, Relation::Lists | Relation::Owns))
        .filter_map(|(i, l)| l.share.map(|s| (i as u32, l, s)))
        .collect();
    if stated.is_empty() {
        return Ok(());
    }
    let optional = |s: Option<Symbol>| s.map_or(0, |s| s.0 + 1);
    let series = |name: &str, f: &dyn Fn(&LinkRow) -> u32| Series::new(name.into(), stated.iter().map(|s| f(s.1)).collect::<Vec<u32>>());
    let shares: Vec<i64> = stated.iter().map(|s| (s.2 * WHOLE).round() as i64).collect();
    let day = |d: i32| d.cast_unsigned();
    let sums = frame(vec![
        series("buyer", &|l| l.buyer.0),
        series("scope", &|l| optional(l.scope)),
        series("from", &|l| l.valid.map_or(0, |p| day(p.from.0))),
        series("to", &|l| l.valid.map_or(0, |p| day(p.to.0))),
        Series::new("share".into(), shares),
        Series::new("row".into(), stated.iter().map(|s| s.0).collect::<Vec<u32>>()),
    ])?
    .group_by([col("buyer"), col("scope"), col("from"), col("to")])
    .agg([col("share").sum().alias("sum"), col("row").min().alias("row")])
    .filter(col("sum").gt(lit(SHARE_SUM_MOST)))
    .sort(["row"], SortMultipleOptions::default())
    .collect()
    .map_err(failed)?;
    let rows = numbers(&sums, "row")?;
    let totals = sums.column("sum").map_err(failed)?.i64().map_err(failed)?.clone();
    for (row, total) in rows.into_iter().zip(totals.iter()) {
        if let Some(link) = links.get(row as usize) {
            let total = total.unwrap_or_default() as f64 / WHOLE;
            let buyer = context.shown_node(link.buyer);
            let found = format!("the shares of the purchases of {buyer} add up to {total:.3} over all products");
            context.collector.say(&c::SHARE_SUM, place(context, link.row, "share"), found, c::SHARE_SUM.remedy);
        }
    }
    Ok(())
}

/// Says once that flows of later years than that of the assessment count for nothing.
pub(super) fn later_flows(context: &mut Context, inputs: &Inputs) {
    let Some(as_of) = inputs.as_of else { return };
    let later = || inputs.trade_flows.iter().filter(|f| f.year > as_of.year());
    if let Some(first) = later().map(|f| f.row).min() {
        let found = format!("{} flows of years after the day of assessment, {as_of}; the first here", later().count());
        context.collector.say(&c::DATE_FUTURE, place(context, first, "year"), found, c::DATE_FUTURE.remedy);
    }
}

/// Decisions about records that are not there; a list that was taken out may come back, so the rows stay.
pub(super) fn unknown_decisions(context: &mut Context, inputs: &Inputs) {
    let known: BTreeSet<Symbol> = inputs.nodes.iter().map(|n| n.id).chain(inputs.listings.iter().map(|l| l.entry)).collect();
    for decision in &inputs.decisions {
        for (id, column) in [(decision.left, "left_id"), (decision.right, "right_id")] {
            if !known.contains(&id) {
                let at = place(context, decision.row, column);
                let found = format!("{} is no record of the dataset", super::quarantine::inert(context.ids.text(id)));
                context.collector.say(&c::DECISION_UNKNOWN, at, found, c::DECISION_UNKNOWN.remedy);
            }
        }
    }
}

/// Says companies of a portfolio that are no node.
pub(super) fn unknown_holdings(context: &mut Context, inputs: &Inputs) {
    let known: BTreeSet<Symbol> = inputs.nodes.iter().map(|n| n.id).collect();
    for holding in inputs.portfolio.iter().filter(|h| !known.contains(&h.node)) {
        let at = place(context, holding.row, "node_id");
        let found = format!("{} is no node; what is held of it ends unseen", super::quarantine::inert(context.ids.text(holding.node)));
        context.collector.say(&c::NODE_UNKNOWN, at, found, c::NODE_UNKNOWN.remedy);
    }
}

/// Parents must be nodes, and no node its own ancestor; the cells that break this become missing. Gives how many.
pub(super) fn parents(context: &mut Context, nodes: &mut [NodeRow]) -> u64 {
    let mut missing = 0;
    for node in nodes.iter_mut() {
        if let Some(parent) = node.parent.filter(|p| context.kind(*p).is_none()) {
            let shown = super::quarantine::inert(context.ids.text(parent));
            let at = place(context, node.row, "parent_id");
            context.collector.refuse(&c::PARENT_UNKNOWN, at, format!("{shown} is no node"), c::PARENT_UNKNOWN.remedy, shown);
            node.parent = None;
            missing += 1;
        }
    }
    let by_id: HashMap<Symbol, usize> = nodes.iter().enumerate().map(|(i, n)| (n.id, i)).collect();
    let up: Vec<Option<usize>> = nodes.iter().map(|n| n.parent.and_then(|p| by_id.get(&p).copied())).collect();
    // 0: not yet seen; else the number of the walk that saw it first.
    let mut seen = vec![0usize; nodes.len()];
    let mut circle = Vec::new();
    for start in 0..nodes.len() {
        let (walk, mut at) = (start + 1, Some(start));
        while let Some(i) = at {
            match seen.get_mut(i) {
                Some(mark) if *mark == 0 => *mark = walk,
                Some(mark) if *mark == walk => {
                    let mut around = i;
                    while let Some(next) = up.get(around).copied().flatten() {
                        circle.push(around);
                        around = next;
                        if around == i {
                            break;
                        }
                    }
                    break;
                }
                _ => break,
            }
            at = up.get(i).copied().flatten();
        }
    }
    for i in circle {
        if let Some(node) = nodes.get_mut(i) {
            let shown = context.shown_node(node.id);
            let at = place(context, node.row, "parent_id");
            context.collector.refuse(&c::PARENT_CYCLE, at, format!("{shown} is an ancestor of itself"), c::PARENT_CYCLE.remedy, shown);
            node.parent = None;
            missing += 1;
        }
    }
    missing
}

//! Generated worlds: the same bytes again, the shape of real networks, rows that hold together.

use onus::base::{Date, Kind};
use onus::world::{PackWords, WorldSettings, WorldSummary, write_world};
use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::LazyLock;

type Row = BTreeMap<String, String>;

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn small(seed: u64) -> WorldSettings {
    WorldSettings { seed, nodes: 10_000, links: 80_000, evidence_rows: 10_000, closed_rings: 4, ..WorldSettings::default() }
}

fn write(settings: &WorldSettings, dir: &Path) -> WorldSummary {
    let signs = texts(&["cl_under_general_age", "fl11_document_retention", "fl11_wage_withholding", "work_debt_bondage"]);
    let sources = texts(&["authority_or_court", "media_single", "ngo_investigation", "union_or_elected_reps"]);
    let schemes = texts(&["SMETA", "SA8000"]);
    write_world(settings, &PackWords { signs: &signs, source_classes: &sources, schemes: &schemes }, dir).expect("a world")
}

fn world(settings: &WorldSettings) -> (tempfile::TempDir, WorldSummary) {
    let dir = tempfile::tempdir().expect("a folder");
    let summary = write(settings, dir.path());
    (dir, summary)
}

fn bytes(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(dir).expect("a folder");
    files
        .map(|f| {
            let f = f.expect("a file");
            (f.file_name().into_string().expect("a name"), std::fs::read(f.path()).expect("bytes"))
        })
        .collect()
}

fn rows(dir: &Path, table: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(dir.join(table).with_extension("csv")).expect("a table");
    // A row with more or fewer cells than the header is an error here.
    reader.deserialize().map(|r| r.expect("a row as long as the header")).collect()
}

/// One small world for the tests that only read: folder, summary, nodes, links.
static SMALL: LazyLock<(tempfile::TempDir, WorldSummary, Vec<Row>, Vec<Row>)> = LazyLock::new(|| {
    let (dir, summary) = world(&small(5));
    let (nodes, links) = (rows(dir.path(), "nodes"), rows(dir.path(), "links"));
    (dir, summary, nodes, links)
});

fn suppliers_by_buyer(links: &[Row]) -> BTreeMap<&str, usize> {
    let mut of = BTreeMap::new();
    for l in links.iter().filter(|l| l["relation"] != "lists" && l["relation"] != "owns") {
        *of.entry(l["buyer_id"].as_str()).or_insert(0) += 1;
    }
    of
}

#[test]
fn a_seed_gives_the_same_bytes_again_and_another_seed_other_bytes() {
    let (first, again, other) = (world(&small(5)), world(&small(5)), world(&small(6)));
    assert_eq!(first.1, again.1);
    let (first, again, other) = (bytes(first.0.path()), bytes(again.0.path()), bytes(other.0.path()));
    assert_eq!(first.len(), 8);
    for (name, text) in &first {
        assert!(again[name] == *text, "{name} differs between two runs of one seed");
        assert!(other[name] != *text, "{name} is the same for two seeds");
    }
}

#[test]
fn a_world_written_inside_a_pool_of_threads_has_the_same_bytes() {
    let (alone, _) = world(&small(5));
    let dir = tempfile::tempdir().expect("a folder");
    onus::base::par::with_threads(3, || write(&small(5), dir.path())).expect("threads");
    assert!(bytes(alone.path()) == bytes(dir.path()));
}

#[test]
fn a_generated_world_says_that_it_is_invented() {
    let (dir, summary, _, _) = &*SMALL;
    let text = std::fs::read_to_string(dir.path().join("onus.toml")).expect("settings");
    let settings: toml::Table = text.parse().expect("TOML");
    let name = settings["dataset"]["name"].as_str().expect("a name");
    assert!(name.contains("generated") && name.contains("invented"), "{name}");
    assert_eq!(settings["dataset"]["as_of"].as_str(), Some("2026-06-30"));
    assert_eq!(summary.focal.len(), 3);
}

#[test]
fn every_table_has_as_many_rows_as_asked_for() {
    let settings = small(5);
    let (dir, summary, _, _) = &*SMALL;
    for (table, count) in &summary.rows {
        assert_eq!(rows(dir.path(), table).len() as u64, *count, "{table}");
    }
    let of: BTreeMap<_, _> = summary.rows.iter().copied().collect();
    assert_eq!(of["nodes"], settings.nodes as u64);
    assert_eq!(of["links"], settings.links as u64);
    let evidence: u64 = of.iter().filter(|(t, _)| !["nodes", "links"].contains(t)).map(|(_, n)| n).sum();
    assert_eq!(evidence, settings.evidence_rows as u64);
}

#[test]
fn ids_are_unique_and_links_end_at_nodes_but_for_the_stated_share() {
    let settings = small(5);
    let (dir, summary, nodes, links) = &*SMALL;
    let ids: BTreeSet<&str> = nodes.iter().map(|n| n["node_id"].as_str()).collect();
    assert_eq!(ids.len(), nodes.len());
    assert!(links.iter().all(|l| ids.contains(l["buyer_id"].as_str())));
    assert!(links.iter().all(|l| l["scope"].is_empty() || summary.focal.contains(&l["scope"])));
    let unknown = links.iter().filter(|l| !ids.contains(l["supplier_id"].as_str())).count() as u64;
    assert_eq!(unknown, summary.unknown_suppliers);
    assert_eq!(unknown as f64, settings.links as f64 * settings.unknown_share);
    let pairs: BTreeSet<_> = links.iter().map(|l| (&l["supplier_id"], &l["buyer_id"])).collect();
    assert_eq!(pairs.len(), links.len());
    assert!(links.iter().all(|l| l["supplier_id"] != l["buyer_id"]));
    for (table, key) in
        [("audits", "audit_id"), ("grievance_channels", "channel_id"), ("grievances", "grievance_id"), ("statements", "statement_id")]
    {
        let rows = rows(dir.path(), table);
        assert_eq!(rows.iter().map(|r| &r[key]).collect::<BTreeSet<_>>().len(), rows.len(), "{table}");
        assert!(rows.iter().all(|r| ids.contains(r["node_id"].as_str())), "{table}");
    }
}

#[test]
fn evidence_is_dated_before_the_day_of_the_dataset_and_keeps_its_keys() {
    let settings = small(5);
    let (dir, ..) = &*SMALL;
    let dated = |table: &str, column: &str| {
        for row in rows(dir.path(), table) {
            let day = Date::parse(&row[column]).expect("a date");
            assert!(day <= settings.as_of, "{table}: {day}");
        }
    };
    dated("audits", "date");
    dated("grievance_channels", "since");
    dated("grievances", "received_on");
    dated("statements", "date");
    let audits: HashMap<String, Date> =
        rows(dir.path(), "audits").into_iter().map(|a| (a["audit_id"].clone(), Date::parse(&a["date"]).expect("a date"))).collect();
    let findings = rows(dir.path(), "audit_findings");
    let looked_at: BTreeSet<_> = findings.iter().map(|f| (&f["audit_id"], &f["sign"])).collect();
    assert_eq!(looked_at.len(), findings.len(), "a sign twice in one visit");
    for f in &findings {
        let visit = audits[&f["audit_id"]];
        assert_eq!(f["closed_on"].is_empty(), f["status"] != "closed");
        assert!(f["closed_on"].is_empty() || Date::parse(&f["closed_on"]).expect("a date") >= visit);
    }
    let channels: HashMap<String, (String, String)> = rows(dir.path(), "grievance_channels")
        .into_iter()
        .map(|c| (c["channel_id"].clone(), (c["node_id"].clone(), c["since"].clone())))
        .collect();
    for g in rows(dir.path(), "grievances").iter().filter(|g| !g["channel_id"].is_empty()) {
        let (node, since) = &channels[&g["channel_id"]];
        assert_eq!(node, &g["node_id"]);
        assert!(*since <= g["received_on"]);
    }
}

#[test]
fn nodes_and_links_hold_values_that_the_dictionary_allows() {
    let (_, _, nodes, links) = &*SMALL;
    for n in nodes {
        let kind = Kind::parse(&n["kind"]).expect("a kind");
        assert!(kind.has_posterior() || n["workers"].is_empty(), "a party has no workplace");
        for share in ["informal_share", "young_worker_share", "mapped_share"] {
            assert!(n[share].is_empty() || (0.0..=1.0).contains(&n[share].parse::<f64>().expect("a share")));
        }
        assert!(n["workers"].is_empty() || n["workers"].parse::<u64>().expect("people") >= 1);
        assert!(n["country"].is_empty() || n["country"].len() == 3);
    }
    let relations: BTreeSet<&str> = links.iter().map(|l| l["relation"].as_str()).collect();
    assert_eq!(relations, BTreeSet::from(["lists", "owns", "recruits", "subcontracts", "supplies"]));
    let supply: Vec<_> = links.iter().filter(|l| l["relation"] != "lists" && l["relation"] != "owns").collect();
    let valued = supply.iter().filter(|l| !l["value"].is_empty()).count() as f64 / supply.len() as f64;
    assert!((valued - 0.8).abs() < 0.01, "{valued} of the supply links have a value");
    assert!(supply.iter().filter(|l| !l["value"].is_empty()).all(|l| l["value"].parse::<u64>().expect("money") > 0));
    assert!(links.iter().any(|l| !l["scope"].is_empty()));
}

#[test]
fn numbers_of_suppliers_have_a_heavy_tail() {
    let (_, _, _, links) = &*SMALL;
    let of = suppliers_by_buyer(links);
    let mean = of.values().sum::<usize>() as f64 / of.len() as f64;
    let most = *of.values().max().expect("buyers") as f64;
    assert!(most > 20.0 * mean, "the largest buyer has {most} suppliers, the mean is {mean}");
    let mut sold: BTreeMap<&str, usize> = BTreeMap::new();
    links.iter().for_each(|l| *sold.entry(l["supplier_id"].as_str()).or_insert(0) += 1);
    let mean = links.len() as f64 / sold.len() as f64;
    let most = *sold.values().max().expect("sellers") as f64;
    assert!(most > 20.0 * mean, "the largest seller has {most} buyers, the mean is {mean}");
}

#[test]
fn most_firms_above_the_origins_lie_in_one_component_with_cycles() {
    let (_, _, nodes, links) = &*SMALL;
    let mut graph = DiGraph::<bool, ()>::new();
    let mut at = HashMap::new();
    for n in nodes {
        let above = Kind::parse(&n["kind"]).is_some_and(|k| !k.is_origin());
        at.insert(n["node_id"].as_str(), graph.add_node(above));
    }
    for l in links.iter().filter(|l| l["relation"] != "lists" && l["relation"] != "owns") {
        if let Some(supplier) = at.get(l["supplier_id"].as_str()) {
            graph.add_edge(*supplier, at[l["buyer_id"].as_str()], ());
        }
    }
    let components = tarjan_scc(&graph);
    let giant = components.iter().map(Vec::len).max().expect("components");
    let above = graph.node_weights().filter(|above| **above).count();
    let share = giant as f64 / above as f64;
    assert!((0.6..=0.8).contains(&share), "{giant} of {above} firms: {share:.3}");
    // The closed rings stand apart, each three traders that say they have shown every supplier.
    let rings: Vec<_> = components.iter().filter(|c| c.len() == 3).collect();
    assert_eq!(rings.len(), 4);
    let declared: BTreeMap<&str, &str> = nodes.iter().map(|n| (n["node_id"].as_str(), n["mapped_share"].as_str())).collect();
    let ids: BTreeMap<_, _> = at.iter().map(|(id, at)| (*at, *id)).collect();
    for ring in rings {
        for member in ring {
            assert_eq!(declared[ids[member]], "1.00");
            let sellers: Vec<_> = graph.neighbors_directed(*member, petgraph::Direction::Incoming).collect();
            assert!(sellers.iter().all(|s| ring.contains(s)), "an outsider sells into a closed ring");
        }
    }
}

#[test]
fn a_world_that_cannot_be_is_refused_with_what_to_give_instead() {
    let dir = tempfile::tempdir().expect("a folder");
    let signs = texts(&["cl_under_general_age", "fl11_document_retention"]);
    let sources = texts(&["media_single"]);
    let words = PackWords { signs: &signs, source_classes: &sources, schemes: &[] };
    let refused =
        |settings: WorldSettings, words: &PackWords<'_>| write_world(&settings, words, dir.path()).expect_err("refused").to_string();
    assert!(refused(WorldSettings { nodes: 20, links: 100, ..small(1) }, &words).contains("at least 500 nodes"));
    assert!(refused(WorldSettings { links: 10_000, ..small(1) }, &words).contains("at least two links a node"));
    assert!(refused(WorldSettings { valued_share: 1.5, ..small(1) }, &words).contains("between 0 and 1"));
    assert!(refused(small(1), &PackWords { signs: &[], ..words }).contains("at least two signs"));
    let crowded = WorldSettings { nodes: 500, links: 40_000, closed_rings: 1, ..small(1) };
    assert!(refused(crowded, &words).contains("fewer links or more nodes"));
}

#[test]
fn the_smallest_world_holds_together() {
    let settings = WorldSettings { nodes: 500, links: 1_500, evidence_rows: 0, closed_rings: 1, ..small(2) };
    let (dir, summary) = world(&settings);
    assert_eq!(summary.rows.iter().find(|(t, _)| *t == "links").map(|(_, n)| *n), Some(1_500));
    let buyers: BTreeSet<String> = rows(dir.path(), "links").into_iter().map(|l| l["buyer_id"].clone()).collect();
    assert!(summary.focal.iter().all(|f| buyers.contains(f)), "a brand without suppliers");
}

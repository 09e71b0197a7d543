//! Generated worlds: the same bytes again, the shape of real networks, rows that hold together, truth that evidence follows from.

use onus::base::norm::STATES;
use onus::base::{Date, Kind, NodeIx, Norm};
use onus::belief::context::priors;
use onus::evidence::assemble::assemble;
use onus::evidence::weights::state_weights;
use onus::pack::MethodPack;
use onus::pipeline::beliefs::beliefs;
use onus::pipeline::{RunConfig, check};
use onus::reference::Reference;
use onus::resolve::resolve;
use onus::validate::Validated;
use onus::world::accounts::{Accounts, Lie, Outcome};
use onus::world::exact::{Habits, Menu, Plan, Seen, record};
use onus::world::{Draws, Manner, Population, Reality, Telling, World, WorldSettings, WorldSummary, happen, write_world};
use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::LazyLock;

type Row = BTreeMap<String, String>;

static METHOD: LazyLock<(MethodPack, Reference)> =
    LazyLock::new(|| (MethodPack::embedded().expect("the pack"), Reference::embedded().expect("the reference")));

fn small(seed: u64) -> WorldSettings {
    WorldSettings { seed, nodes: 10_000, links: 80_000, evidence_rows: 10_000, closed_rings: 4, ..WorldSettings::default() }
}

fn tiny(seed: u64) -> WorldSettings {
    WorldSettings { nodes: 500, links: 2_000, evidence_rows: 2_000, closed_rings: 1, ..small(seed) }
}

fn write(settings: &WorldSettings, dir: &Path) -> WorldSummary {
    write_world(settings, &METHOD.0, &METHOD.1, dir).expect("a world")
}

fn world(settings: &WorldSettings) -> (tempfile::TempDir, WorldSummary) {
    let dir = tempfile::tempdir().expect("a folder");
    let summary = write(settings, dir.path());
    (dir, summary)
}

fn bytes(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(dir).expect("a folder");
    let files = files.map(|f| f.expect("a file")).filter(|f| f.path().is_file());
    let mut all: BTreeMap<String, Vec<u8>> =
        files.map(|f| (f.file_name().into_string().expect("a name"), std::fs::read(f.path()).expect("bytes"))).collect();
    for truth in ["truth/states.csv", "truth/rows.csv"] {
        all.insert(truth.to_owned(), std::fs::read(dir.join(truth)).expect("bytes"));
    }
    all
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
    let (first, again, other) = (world(&tiny(5)), world(&tiny(5)), world(&tiny(6)));
    assert_eq!(first.1, again.1);
    let (first, again, other) = (bytes(first.0.path()), bytes(again.0.path()), bytes(other.0.path()));
    assert_eq!(first.len(), 11);
    for (name, text) in &first {
        assert!(again[name] == *text, "{name} differs between two runs of one seed");
        assert!(other[name] != *text, "{name} is the same for two seeds");
    }
}

#[test]
fn a_world_written_inside_a_pool_of_threads_has_the_same_bytes() {
    let (alone, _) = world(&tiny(5));
    let dir = tempfile::tempdir().expect("a folder");
    onus::base::par::with_threads(3, || write(&tiny(5), dir.path())).expect("threads");
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
    let asked = settings.evidence_rows as u64;
    assert!((asked..asked + 60).contains(&evidence), "{evidence} rows of evidence");
    let states = rows(dir.path(), "truth/states");
    assert_eq!(states.len() as u64, summary.places);
    assert_eq!(states.iter().filter(|s| s["any"] == "yes").count() as u64, summary.violated);
    assert_eq!(rows(dir.path(), "truth/rows").len() as u64, summary.lies);
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
    for (table, key) in [
        ("audits", "audit_id"),
        ("inspections", "audit_id"),
        ("grievance_channels", "channel_id"),
        ("grievances", "grievance_id"),
        ("statements", "statement_id"),
    ] {
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
    dated("inspections", "date");
    dated("grievance_channels", "since");
    dated("grievances", "received_on");
    dated("statements", "date");
    let visits = rows(dir.path(), "audits").into_iter().chain(rows(dir.path(), "inspections"));
    let audits: HashMap<String, Date> = visits.map(|a| (a["audit_id"].clone(), Date::parse(&a["date"]).expect("a date"))).collect();
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
    let cut = supply.iter().filter(|l| !l["valid_to"].is_empty()).count();
    assert!(cut > 0 && cut < supply.len() / 20, "{cut} of {} supply links were cut", supply.len());
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
    let refused = |settings: WorldSettings| write_world(&settings, &METHOD.0, &METHOD.1, dir.path()).expect_err("refused").to_string();
    assert!(refused(WorldSettings { nodes: 20, links: 100, ..small(1) }).contains("at least 500 nodes"));
    assert!(refused(WorldSettings { links: 10_000, ..small(1) }).contains("at least two links a node"));
    assert!(refused(WorldSettings { valued_share: 1.5, ..small(1) }).contains("between 0 and 1"));
    let mut reality = Reality::LIFELIKE;
    reality.off.prior = 0.0;
    assert!(refused(WorldSettings { reality, ..small(1) }).contains("between 0.01 and 100"));
    let crowded = WorldSettings { nodes: 500, links: 40_000, closed_rings: 1, ..small(1) };
    assert!(refused(crowded).contains("fewer links or more nodes"));
}

#[test]
fn the_smallest_world_holds_together() {
    let settings = WorldSettings { nodes: 500, links: 1_500, evidence_rows: 0, closed_rings: 1, ..small(2) };
    let (dir, summary) = world(&settings);
    assert_eq!(summary.rows.iter().find(|(t, _)| *t == "links").map(|(_, n)| *n), Some(1_500));
    let buyers: BTreeSet<String> = rows(dir.path(), "links").into_iter().map(|l| l["buyer_id"].clone()).collect();
    assert!(summary.focal.iter().all(|f| buyers.contains(f)), "a brand without suppliers");
}

/// Beliefs of a written world, as `assess` comes to them.
fn read_again(dir: &Path) -> Validated {
    let validated = check(&RunConfig { dataset: dir.to_path_buf(), ..RunConfig::default() }).expect("a dataset");
    assert!(!validated.diagnostics.has_fatal());
    validated
}

#[test]
fn the_engine_reads_a_world_without_complaint_and_never_its_truth() {
    let (dir, summary, ..) = &*SMALL;
    let read = read_again(dir.path());
    let codes: BTreeSet<&str> = read.diagnostics.all.iter().map(|d| d.code).collect();
    // A place without a country, a supplier that no table holds: both are meant.
    assert!(codes.iter().all(|c| ["country-missing", "node-unknown", "link-ends-unknown", "supplier-unknown"].contains(c)), "{codes:?}");
    assert!(read.inputs.files.iter().all(|f| !f.name.contains("truth")));
    let of: BTreeMap<_, _> = summary.rows.iter().copied().collect();
    assert_eq!(read.inputs.audits.len() as u64, of["audits"]);
    assert_eq!(read.inputs.inspections.len() as u64, of["inspections"]);
    assert_eq!((read.inputs.audit_findings.len() + read.inputs.inspection_findings.len()) as u64, of["audit_findings"]);
}

#[test]
fn a_world_in_memory_and_the_same_world_read_from_files_give_the_same_beliefs_to_the_bit() {
    let (pack, reference) = &*METHOD;
    for manner in [Manner::ByTheMethod, Manner::Lifelike] {
        let reality = if manner == Manner::Lifelike { Reality::LIFELIKE } else { Reality::AS_THE_METHOD_SAYS };
        let settings =
            WorldSettings { nodes: 500, links: 1_500, evidence_rows: 1_500, brands: 1, closed_rings: 0, manner, reality, ..small(3) };
        let (dir, _) = world(&settings);
        let read = read_again(dir.path()).inputs;
        let from_files = resolve(&read);
        let (population, mut memory) = drawn(500, 3);
        let nodes = resolve(&memory);
        let book = priors(&nodes, pack, reference, &std::collections::BTreeMap::new()).expect("priors");
        // Links and purchases enter no prior.
        assert_eq!(population.inputs(reference, settings.as_of).nodes.len(), 500);
        let weights = |i: usize| book.of(NodeIx(i as u32)).map(|p| p.joint.weight);
        let told = happen(&population, pack, weights, &Telling { manner, reality, rows: Some(1_500), seed: 3 });
        told.tell(&mut memory, pack);
        let a = beliefs(&nodes, &book, &assemble(&memory, &nodes, pack, Some(reference), settings.as_of).by_node, pack);
        let book = priors(&from_files, pack, reference, &std::collections::BTreeMap::new()).expect("priors");
        let b = beliefs(&from_files, &book, &assemble(&read, &from_files, pack, Some(reference), settings.as_of).by_node, pack);
        let mut compared = 0;
        for (i, node) in nodes.nodes.iter().enumerate() {
            let other = from_files.find(&node.id).expect("the node");
            assert_eq!(a[i].map(|x| x.posterior), b[other.at()].map(|x| x.posterior), "{}", node.id);
            compared += usize::from(a[i].is_some_and(|x| x.posterior.any != book.of(other).expect("a prior").silent.any));
        }
        assert!(compared > 100, "{compared} places with evidence");
    }
}

fn drawn(nodes: usize, seed: u64) -> (Population, onus::validate::Inputs) {
    let population = Population::places(nodes, seed).expect("places");
    let inputs = population.inputs(&METHOD.1, WorldSettings::default().as_of);
    (population, inputs)
}

/// Every outcome of `n` visits or looks.
fn outcomes(n: usize) -> Vec<Vec<bool>> {
    (0..1u32 << n).map(|bits| (0..n).map(|i| bits >> i & 1 == 1).collect()).collect()
}

#[test]
fn by_the_method_the_likelihood_of_every_outcome_is_what_the_engine_takes_it_for() {
    let (pack, _) = &*METHOD;
    let menu = Menu::new(pack);
    let mut draws = Draws::new(11, 0);
    let (_, mut inputs) = drawn(500, 1);
    let place = inputs.nodes.iter().position(|n| n.kind.has_posterior()).expect("a place");
    let nodes = resolve(&inputs);
    let as_of = WorldSettings::default().as_of;
    let no_habits = Habits { copied_share: 0.0, coached_share: 0.0 };
    let (mut cases, mut most) = (0, 0);
    for _ in 0..150 {
        let plan: Plan = menu.plan(&mut draws);
        let looks = plan.itemised.as_ref().map_or(0, |i| i.looks.len());
        most = most.max(plan.visits.len() + looks);
        for visits in outcomes(plan.visits.len()) {
            for looks in outcomes(looks) {
                let mut seen = Seen { visits: visits.clone(), looks };
                let mut all = Accounts::default();
                record(place as u32, &plan, &mut seen, pack, no_habits, &mut all, &mut draws);
                for table in [&mut inputs.audits, &mut inputs.inspections] {
                    table.clear();
                }
                inputs.audit_findings.clear();
                inputs.inspection_findings.clear();
                World { truths: Vec::new(), accounts: all }.tell(&mut inputs, pack);
                let gathered = assemble(&inputs, &nodes, pack, None, as_of).by_node.remove(&NodeIx(place as u32)).unwrap_or_default();
                let weights = state_weights(&gathered.evidence, pack, None);
                let at = |x: usize| menu.likelihood(&plan, &seen, STATES[x]);
                for (x, weight) in weights.iter().enumerate() {
                    assert!(at(x) > 0.0 && at(x) <= 1.0);
                    let gap = (at(x) / at(0)).ln() - weight;
                    assert!(gap.abs() < 1e-12, "{plan:?} {seen:?}: state {x} differs by {gap:e}");
                }
                cases += 1;
            }
        }
        // The outcomes of a plan share out all of the probability, whatever is true.
        for state in STATES.iter() {
            let total: f64 = outcomes(plan.visits.len())
                .into_iter()
                .flat_map(|visits| outcomes(looks).into_iter().map(move |looks| Seen { visits: visits.clone(), looks }))
                .map(|seen| menu.likelihood(&plan, &seen, *state))
                .sum();
            assert!((total - 1.0).abs() < 1e-12);
        }
    }
    assert!(cases > 500 && most >= 5, "{cases} cases, at most {most} visits and looks");
}

#[test]
fn by_the_method_every_norm_but_the_unreachable_is_looked_for() {
    let menu = Menu::new(&METHOD.0);
    let mut draws = Draws::new(2, 0);
    let mut covered = BTreeSet::new();
    for _ in 0..3_000 {
        let plan = menu.plan(&mut draws);
        for sign in plan.visits.iter().map(|v| v.sign).chain(plan.itemised.iter().map(|i| i.sign)) {
            let norms = &METHOD.0.signs[sign.0 as usize].norms;
            covered.extend(Norm::ALL.into_iter().filter(|n| norms[n.at()].is_some()));
        }
    }
    assert_eq!(covered.len(), Norm::COUNT, "{covered:?}");
}

#[test]
fn truth_follows_the_prior_and_false_rows_are_marked() {
    let (pack, reference) = &*METHOD;
    let (population, inputs) = drawn(2_500, 4);
    let nodes = resolve(&inputs);
    let book = priors(&nodes, pack, reference, &std::collections::BTreeMap::new()).expect("priors");
    let weights = |i: usize| book.of(NodeIx(i as u32)).map(|p| p.joint.weight);
    let telling = Telling { manner: Manner::Lifelike, reality: Reality::LIFELIKE, rows: Some(4_000), seed: 4 };
    let told = happen(&population, pack, weights, &telling);
    for norm in Norm::ALL {
        let p: Vec<f64> = (0..nodes.len()).filter_map(|i| book.of(NodeIx(i as u32))).map(|b| b.silent.coupled[norm.at()]).collect();
        let (mean, variance) = (p.iter().sum::<f64>(), p.iter().map(|p| p * (1.0 - p)).sum::<f64>());
        let held = told.truths.iter().flatten().filter(|t| t.state.contains(norm)).count() as f64;
        // Four standard deviations, and four places more where so few are expected that the count is skew.
        assert!((held - mean).abs() <= 4.0 * variance.sqrt() + 4.0, "{}: {held} places, {mean} expected", norm.as_str());
    }
    let known: Vec<_> = told.truths.iter().flatten().collect();
    let misfiled = known.iter().filter(|t| t.misfiled).count() as f64 / known.len() as f64;
    assert!((misfiled - pack.prior.model_error).abs() < 0.005, "{misfiled}");
    let seen = |lie: Option<Lie>| told.accounts.findings.iter().filter(|f| f.outcome == Outcome::Seen && f.lie == lie).count();
    assert!(seen(None) > 50 && seen(Some(Lie::FalseReport)) > 10);
    assert!(told.accounts.visits.iter().any(|v| v.lie == Some(Lie::Coached)));
    assert!(told.accounts.statements.iter().any(|s| s.lie == Some(Lie::Copied)));
    // A coached visit sees nothing that is there.
    let coached = |v: u32| told.accounts.visits[v as usize].lie == Some(Lie::Coached);
    assert!(told.accounts.findings.iter().filter(|f| coached(f.visit)).all(|f| f.outcome != Outcome::Seen || f.lie.is_some()));
}

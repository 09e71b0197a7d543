//! The change story of two results: parts that add up to the move of every figure, single causes in their own part, both directions, the same bits
//! whatever the threads and the order of rows, and refusals.

use super::runs::{self, Csv, number, rows};
use assert_cmd::cargo::CommandCargoExt;
use onus::compare::{Figure, NodeIn, OldDataset, Part, Story, Thing, Way, compare, write};
use onus::pipeline::RunConfig;
use onus::pipeline::ranges::RangesOf;
use onus::schema::outputs;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const NODES: &str = "node_id,name,kind,country,focal,workers,mapped_share\n\
    B,Brand One,brand,DEU,yes,,0.9\n\
    F1,Factory One,factory,BGD,,200,0.8\n\
    F2,Factory Two,factory,IND,,300,0.7\n\
    F3,Factory Three,factory,VNM,,100,0.5\n\
    T,Trader,trader,IND,,,0.6\n\
    M,Mill,mill,IND,,100,0.9\n\
    A,Mine A,mine,COD,,40,\n\
    S,Smallholders,smallholders,UZB,,60,\n";
const LINKS: &str = "supplier_id,buyer_id,relation,product,value\n\
    F1,B,supplies,6109,70\nF2,B,supplies,6109,30\nM,F1,supplies,5208,50\nM,F2,supplies,5208,30\nT,F2,supplies,5201,30\nT,M,supplies,5201,20\n\
    S,T,supplies,5201,50\nA,M,supplies,2601,50\nF1,M,supplies,6310,5\n";
const STATEMENTS: &str = "statement_id,node_id,date,sign,source_class,origin\n\
    S1,M,2025-03-01,work_debt_bondage,ngo_investigation,NGO-1\nS2,F2,2024-06-01,fl11_threats,ngo_investigation,NGO-2\n";
const DAY: &str = "2025-12-31";

/// A dataset, its folder.
fn data(nodes: &str, links: &str, statements: &str) -> (TempDir, PathBuf) {
    runs::dataset(&[("nodes", nodes), ("links", links), ("statements", statements)])
}

fn assess(dataset: &Path, out: &Path, day: &str, pack: Option<&Path>) {
    let config = RunConfig {
        dataset: dataset.to_owned(),
        as_of: onus::base::Date::parse(day),
        pack: pack.map(Path::to_owned),
        ranges: RangesOf::None,
        threads: 2,
        ..RunConfig::default()
    };
    runs::assess_with(&config, out);
    runs::verified(out);
}

/// A room with the dataset and its result.
fn result_on(day: &str, nodes: &str, links: &str, statements: &str) -> (TempDir, PathBuf) {
    let (room, data) = data(nodes, links, statements);
    let out = room.path().join("out");
    assess(&data, &out, day, None);
    (room, out)
}

fn result(nodes: &str, links: &str, statements: &str) -> (TempDir, PathBuf) {
    result_on(DAY, nodes, links, statements)
}

fn story(old: &Path, new: &Path) -> Story {
    compare(old, new, None, 2).unwrap_or_else(|e| panic!("{e}"))
}

/// Every figure is its old value and its parts, every part its nodes and the rest.
fn adds_up(story: &Story) {
    assert!(!story.companies.is_empty());
    for f in story.companies.iter().flat_map(|c| &c.figures) {
        let sum: f64 = f.parts.iter().map(|p| p.change).sum();
        let what = format!("{} {} {}", f.norm, f.mapped_rule, f.figure);
        assert!((sum - (f.new - f.old)).abs() < 1e-12, "{what}: {sum} is not {}", f.new - f.old);
        assert_eq!(f.part(Part::NotSplit), 0.0, "{what}: something of the walk is not in the results");
        for p in &f.parts {
            let told: f64 = p.nodes.iter().map(|n| n.change).sum::<f64>() + p.rest;
            assert!((told - p.change).abs() < 1e-12, "{what} {}: {told} is not {}", p.part.as_str(), p.change);
        }
    }
}

fn figures(story: &Story) -> impl Iterator<Item = &Figure> {
    story.companies.iter().flat_map(|c| &c.figures)
}

/// Asserts that figures moved, and that nothing but these parts moved them.
fn only(story: &Story, parts: &[Part]) {
    adds_up(story);
    assert!(figures(story).any(|f| f.change().abs() > 1e-4), "nothing moved");
    for f in figures(story) {
        let other = f.parts.iter().find(|p| !parts.contains(&p.part)).map(|p| (p.part.as_str(), p.change));
        assert_eq!(other, None, "{} {} {}", f.norm, f.mapped_rule, f.figure);
    }
}

#[test]
fn a_result_beside_itself_has_not_moved_and_nothing_happened() {
    let (_room, out) = result(NODES, LINKS, STATEMENTS);
    let story = story(&out, &out);
    assert!(figures(&story).count() > 0 && figures(&story).all(|f| f.parts.is_empty() && f.change() == 0.0));
    assert!(story.happened.is_empty() && story.method_differs.is_empty() && story.notes.is_empty());
    assert_eq!((story.nodes_both, story.nodes_added, story.nodes_gone), (8, 0, 0));
}

#[test]
fn a_single_cause_moves_figures_by_its_own_part_alone() {
    let (_room, old) = result(NODES, LINKS, STATEMENTS);
    // Rows of evidence: another report at a place that has a signal already, one at a place that had none.
    let more = format!("{STATEMENTS}S3,F2,2025-06-01,fl11_debt_bondage,ngo_investigation,NGO-3\n");
    let (_a, told) = result(NODES, LINKS, &more);
    only(&story(&old, &told), &[Part::Evidence, Part::FirstSignal]);
    let first = format!("{STATEMENTS}S3,F1,2025-11-01,work_debt_bondage,ngo_investigation,NGO-3\n");
    let (_b, signal) = result(NODES, LINKS, &first);
    let first = story(&old, &signal);
    only(&first, &[Part::Evidence, Part::FirstSignal]);
    let on_evidence = first.companies[0].figure("any", "cautious", "touched_on_evidence").unwrap();
    let by_context = first.companies[0].figure("any", "cautious", "touched_by_context").unwrap();
    assert!(on_evidence.part(Part::FirstSignal) > 0.01, "a first signal moves mass between the columns");
    assert!((on_evidence.part(Part::FirstSignal) + by_context.part(Part::FirstSignal)).abs() < 1e-12);
    assert_eq!(on_evidence.parts.iter().find(|p| p.part == Part::Evidence).unwrap().nodes[0].id, "F1");
    // One value of one link.
    let (_c, value) = result(NODES, &LINKS.replace("F1,B,supplies,6109,70", "F1,B,supplies,6109,20"), STATEMENTS);
    only(&story(&old, &value), &[Part::LinksReweighted]);
    // Who buys nothing any more from one, and from somebody new. The whole of it is network.
    let (_d, lost) = result(NODES, &LINKS.replace("T,F2,supplies,5201,30\n", ""), STATEMENTS);
    only(&story(&old, &lost), &[Part::LinksLost, Part::LinksReweighted]);
    let (_e, added) = result(NODES, &format!("{LINKS}F3,B,supplies,6109,50\n"), STATEMENTS);
    only(&story(&old, &added), &[Part::LinksAdded, Part::LinksReweighted]);
    // A mapped share.
    let (_f, mapped) = result(&NODES.replace("300,0.7", "300,0.95"), LINKS, STATEMENTS);
    let mapped = story(&old, &mapped);
    only(&mapped, &[Part::Coverage]);
    let node = &mapped.companies[0].figure("any", "cautious", "unseen").unwrap().parts[0].nodes[0];
    assert_eq!((node.id.as_str(), node.node_in, node.mapped), ("F2", NodeIn::Both, [Some(0.7), Some(0.95)]));
    // People at a place: what is believed of it before any report.
    let (_g, people) = result(&NODES.replace("F1,Factory One,factory,BGD,,200", "F1,Factory One,factory,BGD,,2000"), LINKS, STATEMENTS);
    only(&story(&old, &people), &[Part::Context]);
    // The day.
    let (_h, later) = result_on("2026-09-30", NODES, LINKS, STATEMENTS);
    only(&story(&old, &later), &[Part::Time, Part::FirstSignal]);
}

/// Another number of the method.
fn overlay(room: &Path) -> PathBuf {
    let dir = room.join("overlay");
    fs::create_dir_all(&dir).unwrap();
    fs::write(
        dir.join("parameters.toml"),
        "[[parameter]]\nid = \"prior.model_error\"\nvalue = 0.1\nunit = \"share\"\nmeaning = \"of the prior mixed back into every posterior\"\n\
         citation = \"onus-defaults\"\nstanding = \"expert_default\"\n",
    )
    .unwrap();
    dir
}

#[test]
fn another_method_is_its_own_part_with_the_old_dataset_and_is_said_to_be_mixed_without() {
    let (room, data) = data(NODES, LINKS, STATEMENTS);
    let (old, new, dir) = (room.path().join("old"), room.path().join("new"), overlay(room.path()));
    assess(&data, &old, DAY, None);
    assess(&data, &new, DAY, Some(&dir));
    let mixed = story(&old, &new);
    only(&mixed, &[Part::ContextAndMethod]);
    assert!(!mixed.method_apart && mixed.method_differs.len() == 1 && mixed.notes[0].contains("--old-dataset"), "{:?}", mixed.notes);
    let given = OldDataset { dataset: data.clone(), pack: Some(dir.clone()), ..OldDataset::default() };
    let apart = compare(&old, &new, Some(&given), 2).unwrap_or_else(|e| panic!("{e}"));
    only(&apart, &[Part::Method]);
    assert!(apart.method_apart);
    // Data, day and method at once.
    let (other_room, other) =
        self::data(&NODES.replace("300,0.7", "300,0.95"), &LINKS.replace("A,M,supplies,2601,50", "A,M,supplies,2601,90"), STATEMENTS);
    let all = other_room.path().join("out");
    assess(&other, &all, "2026-09-30", Some(&dir));
    let split = compare(&old, &all, Some(&given), 2).unwrap_or_else(|e| panic!("{e}"));
    only(&split, &[Part::Method, Part::Time, Part::Coverage, Part::LinksReweighted]);
    for (f, method) in figures(&split).zip(figures(&apart)) {
        assert!((f.part(Part::Method) - method.part(Part::Method)).abs() < 1e-9, "the method's part rests on the old data alone");
    }
    // Not the method of NEW; not the data of OLD.
    let refused = |given: &OldDataset| compare(&old, &new, Some(given), 2).err().map(|e| e.to_string()).unwrap_or_default();
    assert!(refused(&OldDataset { pack: None, ..given.clone() }).contains("not that of NEW"));
    assert!(refused(&OldDataset { dataset: other, ..given }).contains("not the dataset that OLD was made from"));
}

/// Nodes, links and statements of a small network that only the seed decides: circles, traders of two goods, lists, gone and new nodes.
fn random(seed: u64) -> [String; 3] {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |n: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % n
    };
    let kinds = ["factory", "mill", "trader", "farm", "mine", "factory", "trader", "cooperative"];
    let countries = ["BGD", "IND", "VNM", "UZB", "COD", "TUR"];
    let mut nodes =
        "node_id,name,kind,country,focal,workers,mapped_share\nB,Brand,brand,DEU,yes,,0.8\nC,Other brand,brand,FRA,yes,,0.7\n".to_owned();
    let present: Vec<u64> = (0..9).filter(|_| next(8) > 0).collect();
    for i in &present {
        let country = countries[next(6) as usize];
        let (people, mapped) = (20 + next(900), next(10));
        nodes += &format!(
            "N{i},Node {i},{},{country},,{people},{}\n",
            kinds[*i as usize % 8],
            if mapped > 2 { format!("0.{mapped}") } else { String::new() }
        );
    }
    let mut links = "supplier_id,buyer_id,relation,product,value,scope\n".to_owned();
    let mut known = std::collections::BTreeSet::new();
    for _ in 0..26 {
        let (s, b, product) = (present[next(present.len() as u64) as usize], next(12), ["5201", "1511", "6109"][next(3) as usize]);
        let buyer = match b {
            0..=1 => "B".to_owned(),
            2 => "C".to_owned(),
            b => format!("N{}", present[b as usize % present.len()]),
        };
        let scope = ["", "", "", "B"][next(4) as usize];
        if buyer != format!("N{s}") && known.insert((s, buyer.clone(), product, scope)) {
            let relation = if b == 2 && next(2) == 0 { "lists" } else { "supplies" };
            links += &format!("N{s},{buyer},{relation},{product},{},{scope}\n", 1 + next(90));
        }
    }
    let signs = ["work_debt_bondage", "fl11_threats", "fl11_excessive_overtime", "work_wages_withheld"];
    let mut statements = "statement_id,node_id,date,sign,source_class,origin\n".to_owned();
    for i in 0..next(7) {
        let node = present[next(present.len() as u64) as usize];
        statements +=
            &format!("S{i},N{node},202{}-0{}-11,{},ngo_investigation,NGO-{}\n", 3 + next(3), 1 + next(9), signs[next(4) as usize], next(4));
    }
    [nodes, links, statements]
}

/// The parts of a story with the sides of added and lost links exchanged.
fn back(part: Part) -> Part {
    match part {
        Part::LinksAdded => Part::LinksLost,
        Part::LinksLost => Part::LinksAdded,
        same => same,
    }
}

#[test]
fn parts_add_up_on_random_networks_with_every_kind_of_change_at_once_and_both_ways() {
    for seed in 1..=5u64 {
        let [nodes, links, statements] = random(2 * seed);
        let (_a, old) = result_on("2025-12-31", &nodes, &links, &statements);
        let [nodes, links, statements] = random(2 * seed + 1);
        let (_b, new) = result_on("2026-06-30", &nodes, &links, &statements);
        let (there, again) = (story(&old, &new), story(&new, &old));
        adds_up(&there);
        adds_up(&again);
        for (f, g) in figures(&there).zip(figures(&again)) {
            for part in Part::ALL {
                assert!((f.part(part) + g.part(back(part))).abs() < 1e-8, "seed {seed}, {} {} {}", f.norm, f.figure, part.as_str());
            }
        }
        let exposure = rows(&new, &outputs::EXPOSURE);
        for f in figures(&there).filter(|f| f.figure != "touched") {
            let own = |r: &&runs::Row| r["view"] == "own" && r["norm"] == f.norm && r["mapped_rule"] == f.mapped_rule;
            assert!(exposure.iter().filter(own).any(|r| number(r, f.figure) == f.new), "the figure of exposure.parquet");
        }
    }
}

/// The sample with links, evidence, people, mapped shares changed; row order too.
fn changed_sample() -> (TempDir, PathBuf) {
    let (room, dir) = runs::copied_sample();
    let mut links = Csv::read(&dir, "links");
    let (buyer, value) = (links.at("buyer_id"), links.at("value"));
    let of_alder: Vec<usize> =
        (0..links.rows.len()).filter(|i| links.rows[*i][buyer] == "BR-ALDER" && !links.rows[*i][value].is_empty()).collect();
    links.rows[of_alder[0]][value] = "9000000".to_owned();
    links.rows.remove(of_alder[1]);
    links.write(&dir, "links");
    let mut nodes = Csv::read(&dir, "nodes");
    let (mapped, workers) = (nodes.at("mapped_share"), nodes.at("workers"));
    nodes.row_mut("node_id", "BR-BIRCH")[mapped] = "0.75".to_owned();
    nodes.row_mut("node_id", "GA-005")[workers] = "4000".to_owned();
    nodes.write(&dir, "nodes");
    let mut statements = Csv::read(&dir, "statements");
    statements.push(&[
        ("statement_id", "NEW-1"),
        ("node_id", "GA-025"),
        ("date", "2026-06-01"),
        ("sign", "fl11_debt_bondage"),
        ("source_class", "ngo_investigation"),
        ("origin", "NGO-NEW"),
        ("status", "open"),
    ]);
    statements.write(&dir, "statements");
    (room, dir)
}

fn assess_sample(dir: &Path, out: &Path, threads: usize) {
    let config = RunConfig { dataset: dir.to_owned(), ranges: RangesOf::None, threads, ..RunConfig::default() };
    runs::assess_with(&config, out);
}

#[test]
fn the_sample_changed_all_over_adds_up_and_threads_and_row_order_change_no_bit() {
    let (room, dir) = changed_sample();
    let new = room.path().join("new");
    assess_sample(&dir, &new, 2);
    let old = &runs::FIRST_RUN.1;
    let told = story(old, &new);
    adds_up(&told);
    let alder = told.companies.iter().find(|c| c.id == "BR-ALDER").unwrap();
    let birch = told.companies.iter().find(|c| c.id == "BR-BIRCH").unwrap();
    assert!(alder.figure("any", "cautious", "touched_on_evidence").unwrap().network().abs() > 0.01);
    let birch: Vec<&Figure> = birch.figures.iter().filter(|f| f.mapped_rule == "cautious").collect();
    assert!(birch.iter().any(|f| f.part(Part::Coverage).abs() > 1e-3), "its mapped share moved");
    assert!(birch.iter().all(|f| f.network() == 0.0), "its published list takes less, and that is coverage, no link");
    assert!(told.happened.iter().any(|h| h.thing == Thing::Signal && h.way == Way::New && h.node_id == "GA-025"));
    assert!(told.happened.iter().any(|h| h.thing == Thing::CutLink && h.other_id.as_deref() == Some("BR-ALDER")));
    assert!(
        told.happened.iter().any(|h| h.thing == Thing::Node && h.way == Way::Other && h.node_id == "GA-005" && h.what.contains("people"))
    );

    for table in ["links", "nodes", "statements", "audits"] {
        let mut csv = Csv::read(&dir, table);
        csv.rows.reverse();
        csv.write(&dir, table);
    }
    let shuffled = room.path().join("shuffled");
    assess_sample(&dir, &shuffled, 1);
    let (a, b) = (room.path().join("a"), room.path().join("b"));
    write(&told, &new, &a).unwrap();
    write(&compare(old, &shuffled, None, 1).unwrap(), &shuffled, &b).unwrap();
    assert_eq!(runs::files(&a), runs::files(&b));

    // The table tells the same: each figure is the sum of its parts, each part of its nodes and the rest.
    let table = rows(&a, &outputs::CHANGES);
    let mut sums: std::collections::BTreeMap<[String; 4], [f64; 2]> = std::collections::BTreeMap::new();
    for r in &table {
        let key = ["focal_id", "norm", "mapped_rule", "figure"].map(|c| r[c].clone());
        match r["level"].as_str() {
            "figure" => sums.entry(key).or_default()[0] += number(r, "new") - number(r, "old"),
            "part" => sums.entry(key).or_default()[1] += number(r, "change"),
            _ => {}
        }
    }
    assert_eq!(sums.len(), 2 * 4 * 2 * 7);
    for (key, [figure, parts]) in sums {
        assert!((figure - parts).abs() < 1e-12, "{key:?}: {figure} is not {parts}");
    }
    let happened = rows(&a, &outputs::CHANGE_FINDINGS);
    assert_eq!(happened.len(), told.happened.len());
    // A folder with anything else in it is not written into.
    assert!(write(&told, &new, &new).is_err_and(|e| e.to_string().contains("which no comparison wrote")));
}

#[test]
fn what_cannot_be_compared_is_refused_or_said() {
    let (_a, old) = result(NODES, LINKS, STATEMENTS);
    // Different data.

    let other_nodes =
        "node_id,name,kind,country,focal,workers,mapped_share\nQ,Brand Q,brand,DEU,yes,,0.9\nR,Factory R,factory,BGD,,100,0.5\n";
    let (_b, other) = result(
        other_nodes,
        "supplier_id,buyer_id,relation,product,value\nR,Q,supplies,6109,70\n",
        "statement_id,node_id,date,sign,source_class,origin\n",
    );
    let told = story(&old, &other);
    assert!(
        told.companies.is_empty() && told.nodes_both == 0 && told.notes.iter().any(|n| n.contains("no node in common")),
        "{:?}",
        told.notes
    );
    assert!(told.happened.iter().any(|h| h.thing == Thing::Company && h.node_id == "Q" && h.way == Way::New));

    // No result, an older one, a damaged one.
    let why = |old: &Path, new: &Path| compare(old, new, None, 1).err().map(|e| e.to_string()).unwrap_or_default();
    assert!(why(Path::new("/nowhere/at/all"), &old).contains("no result of onus"));
    let room = tempfile::tempdir().unwrap();
    let copy = room.path().join("copy");
    runs::copy_all(&old, &copy);
    fs::remove_file(copy.join("walk_nodes.parquet")).unwrap();
    assert!(why(&copy, &old).contains("an older version of onus wrote it"), "{}", why(&copy, &old));
    fs::copy(old.join("links.parquet"), copy.join("walk_nodes.parquet")).unwrap();
    assert!(why(&copy, &old).contains("the table has no column 'focal_id'"), "{}", why(&copy, &old));
    fs::write(copy.join("walk_nodes.parquet"), "no table").unwrap();
    assert!(why(&old, &copy).contains("cannot be read"), "{}", why(&old, &copy));
    fs::copy(other.join("walk_nodes.parquet"), copy.join("walk_nodes.parquet")).unwrap();
    assert!(why(&old, &copy).contains("of which it has no vertex"), "{}", why(&old, &copy));
}

#[test]
fn nodes_and_companies_of_one_result_alone_and_records_that_were_merged_are_named() {
    let (_a, old) = result(NODES, LINKS, STATEMENTS);
    let nodes = format!("{}N,New mine,mine,IND,,10,\n", NODES.replace("F3,Factory Three,factory,VNM,,100,0.5\n", ""));
    let (_b, new) = result(&nodes, &format!("{LINKS}N,T,supplies,5201,50\n"), STATEMENTS);
    let told = story(&old, &new);
    adds_up(&told);
    assert_eq!((told.nodes_added, told.nodes_gone), (1, 1));
    let node = |id: &str, way: Way| told.happened.iter().any(|h| h.thing == Thing::Node && h.way == way && h.node_id == id);
    assert!(node("N", Way::New) && node("F3", Way::Gone));
    let context = told.companies[0].figure("any", "cautious", "touched_by_context").unwrap();
    let added = context.parts.iter().find(|p| p.part == Part::LinksAdded).unwrap();
    assert_eq!((added.nodes[0].id.as_str(), added.nodes[0].node_in, added.nodes[0].p[0]), ("N", NodeIn::NewAlone, None));
    assert!(added.nodes[0].what.contains("new for Trader"), "{}", added.nodes[0].what);
    // Two records that share an identifier are one node now.
    let alike = NODES.replace("Factory Three,factory,VNM", "Factory Three,factory,IND");
    let (_c, old) = result(&alike, LINKS, STATEMENTS);
    let with_id = |line: &str| match line.split(',').next() {
        Some("node_id") => format!("{line},os_id\n"),
        Some("F2" | "F3") => format!("{line},CN2021250D1DTN7\n"),
        _ => format!("{line},\n"),
    };
    let known: String = alike.lines().map(with_id).collect();
    let tables = [("nodes", known.as_str()), ("links", LINKS), ("statements", STATEMENTS)];
    let (room, data) = runs::dataset(&tables);
    let merged = room.path().join("out");
    assess(&data, &merged, DAY, None);
    let told = story(&old, &merged);
    adds_up(&told);
    let record = told.happened.iter().find(|h| h.thing == Thing::Record).unwrap();
    assert_eq!((record.other_id.as_deref(), record.old.as_deref(), record.new.as_deref()), (Some("F3"), Some("F3"), Some("F2")));
}

#[test]
fn of_a_place_that_the_data_no_longer_hold_nothing_is_told_but_that() {
    let (_a, old) = result(NODES, LINKS, STATEMENTS);
    let without =
        |text: &str| -> String { text.lines().filter(|l| !l.split(',').any(|cell| cell == "F2")).map(|l| format!("{l}\n")).collect() };
    let (_b, new) = result(&without(NODES), &without(LINKS), &without(STATEMENTS));
    let told = story(&old, &new);
    adds_up(&told);
    let of_place: Vec<_> = told.happened.iter().filter(|h| h.node_id == "F2" && h.thing != Thing::Node).collect();
    assert!(of_place.iter().any(|h| h.thing == Thing::Signal), "{of_place:?}");
    assert!(of_place.iter().all(|h| h.what.contains("the data no longer hold the place")), "{of_place:?}");
    // Neither did its buyer leave it, nor did it leave its suppliers.
    assert!(told.happened.iter().all(|h| h.thing != Thing::CutLink), "{:?}", told.happened);
}

#[test]
fn an_old_dataset_is_held_against_the_old_result_where_no_assessment_of_it_is_needed_too() {
    let (room, data) = data(NODES, LINKS, STATEMENTS);
    let out = room.path().join("out");
    assess(&data, &out, DAY, None);
    let given = OldDataset { dataset: data, ..OldDataset::default() };
    let told = compare(&out, &out, Some(&given), 1).unwrap_or_else(|e| panic!("{e}"));
    assert!(!told.method_apart, "nothing was assessed");
    let refused = |dataset: PathBuf| {
        let given = OldDataset { dataset, ..OldDataset::default() };
        compare(&out, &out, Some(&given), 1).err().map(|e| e.to_string()).unwrap_or_default()
    };
    let (_other_room, other) = self::data(&NODES.replace("300,0.7", "300,0.95"), LINKS, STATEMENTS);
    assert!(refused(other).contains("not the dataset that OLD was made from"));
    assert!(!refused(room.path().join("nowhere")).is_empty());
}

fn onus(args: &[&std::ffi::OsStr]) -> std::process::Output {
    std::process::Command::cargo_bin("onus").unwrap().args(args).output().unwrap()
}

#[test]
fn the_command_tells_writes_and_refuses() {
    let (_a, old) = result(NODES, LINKS, STATEMENTS);
    let (room, new) = result(&NODES.replace("300,0.7", "300,0.95"), LINKS, STATEMENTS);
    let (tables, file) = (room.path().join("moved"), room.path().join("story.json"));
    let (o, compare): (&std::ffi::OsStr, &std::ffi::OsStr) = ("-o".as_ref(), "compare".as_ref());
    let told = onus(&[compare, old.as_os_str(), new.as_os_str(), o, tables.as_os_str()]);
    let screen = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success());
    assert!(screen.contains("Brand One, any norm") && screen.contains("coverage ") && screen.contains("(Factory Two "), "{screen}");
    assert_eq!(runs::files(&tables).into_keys().collect::<Vec<_>>(), ["change_findings.parquet", "changes.parquet"]);
    let json = onus(&[compare, old.as_os_str(), new.as_os_str(), "--json".as_ref(), o, file.as_os_str()]);
    assert_eq!(json.stdout, fs::read(&file).unwrap());
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(value["companies"][0]["id"], "B");
    let again = onus(&[compare, old.as_os_str(), new.as_os_str(), o, file.as_os_str()]);
    assert!(!again.status.success(), "a file that stands there is not overwritten");
    let nowhere = onus(&[compare, room.path().as_os_str(), new.as_os_str()]);
    assert_eq!(nowhere.status.code(), Some(4));
    assert!(String::from_utf8(nowhere.stderr).unwrap().contains("no result of onus"));
}

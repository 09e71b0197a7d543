//! Consignments beside declared links: which link they tell of, what it takes from them, which links only they know of (`graph::consigned`).

use super::runs::{METHOD, assess_with, files, number, rows};
use onus::base::{Date, Level, NodeIx};
use onus::graph::consigned::Consigned;
use onus::graph::in_force::{Placed, Use};
use onus::pipeline::prepared::linked;
use onus::pipeline::vocabulary::Words;
use onus::pipeline::{RunConfig, SUMMARY};
use onus::resolve::{Resolution, resolve};
use onus::schema::outputs;
use onus::validate::inputs::Inputs;
use onus::validate::validate_dataset;
use std::path::Path;

const NODES: &str = "node_id,name,kind,country,focal\nB,Brand One,brand,DEU,yes\nC,Brand Two,brand,DEU,yes\nT,Trader T,trader,DEU,\n\
    M,Mill of the North,mill,IND,\nN,Mill of the South,mill,IND,\nO,Mill of the East,mill,IND,\nP,Mill of the East,mill,IND,\n";
const LINKS: &str = "supplier_id,buyer_id,relation,product,value,currency,quantity,unit,share,valid_from,valid_to,scope";
const SHIPMENTS: &str = "shipment_id,shipper_id,shipper_name,consignee_id,consignee_name,date,product,quantity,unit,value,currency";

fn table(header: &str, rows: &[&str]) -> String {
    rows.iter().fold(format!("{header}\n"), |text, row| text + row + "\n")
}

/// Tables by name; `nodes` as above where none is given.
fn write(dir: &Path, tables: &[(&str, String)]) {
    std::fs::write(dir.join("nodes.csv"), NODES).unwrap();
    std::fs::write(dir.join("onus.toml"), "[dataset]\nbase_currency = \"USD\"\n[fx]\nEUR = 2.0\n").unwrap();
    for (name, text) in tables {
        std::fs::write(dir.join(name).with_extension("csv"), text).unwrap();
    }
}

struct Read {
    inputs: Inputs,
    resolution: Resolution,
    links: Vec<Placed>,
    consigned: Consigned,
}

impl Read {
    fn of(links: &[&str], shipments: &[&str]) -> Self {
        Self::on("2025-12-31", links, shipments, &[])
    }

    fn on(as_of: &str, links: &[&str], shipments: &[&str], more: &[(&str, String)]) -> Self {
        let room = tempfile::tempdir().unwrap();
        write(room.path(), &[("links", table(LINKS, links)), ("shipments", table(SHIPMENTS, shipments))]);
        write_more(room.path(), more);
        let words = Words { pack: &METHOD.0, reference: &METHOD.1 };
        let read = validate_dataset(room.path(), None, Date::parse(as_of), &words).unwrap();
        let wrong: Vec<String> = read.diagnostics.all.iter().filter(|d| d.level >= Level::Error).map(ToString::to_string).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        let inputs = read.inputs;
        let resolution = resolve(&inputs);
        let (links, consigned) = linked(&inputs, &resolution, inputs.as_of.unwrap(), &METHOD.0);
        Read { inputs, resolution, links, consigned }
    }

    fn id(&self, node: NodeIx) -> &str {
        &self.resolution.nodes[node.at()].id
    }

    /// Supply links as `supplier>buyer product basis value quantity unit`, a scope in brackets, `-` where nothing is stated.
    fn supply(&self) -> Vec<String> {
        let text = |s: Option<onus::base::Symbol>| s.map_or("-", |s| self.inputs.ids.text(s)).to_owned();
        let amount = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| format!("{x}"));
        let one = |l: &Placed| {
            let scope = l.scope.map_or_else(String::new, |s| format!("[{}]", self.id(s)));
            format!(
                "{}>{}{scope} {} {:?} {} {} {}",
                self.id(l.supplier),
                self.id(l.buyer),
                text(l.product),
                l.basis,
                amount(l.value),
                amount(l.quantity),
                text(l.unit)
            )
        };
        self.links.iter().filter(|l| l.use_ == Use::Supply).map(one).collect()
    }

    fn codes(&self) -> Vec<&str> {
        let mut codes: Vec<&str> = self.consigned.diagnostics.iter().map(|d| d.code).collect();
        codes.sort_unstable();
        codes
    }
}

fn write_more(dir: &Path, tables: &[(&str, String)]) {
    for (name, text) in tables {
        std::fs::write(dir.join(name).with_extension("csv"), text).unwrap();
    }
}

/// A consignment from M to B of knitted shirts, in USD.
fn shirts(id: &str, date: &str, value: &str) -> String {
    format!("{id},M,,B,,{date},610910,,,{value},USD")
}

#[test]
fn consignments_that_no_link_declares_are_one_discovered_link_per_heading_with_their_yearly_sum() {
    let read = Read::of(
        &["N,B,supplies,6109,50,,,,,,,"],
        &[
            "S1,M,,B,,2025-03-01,610910,10,kg,100,USD",
            "S2,M,,B,,2025-06-01,610990,30,kg,30,EUR",
            "S3,M,,B,,2025-09-01,620342,5,pieces,7,USD",
            "S4,M,,B,,2025-09-02,620342,5,pieces,7,GBP",
            "S5,M,,M,,2025-09-02,620342,5,pieces,7,USD",
        ],
    );
    // 100 USD and 30 EUR at 2; the pound has no rate: its 5 pieces take the unit value of the other 5.
    assert_eq!(read.supply(), ["M>B 6109 Shipment 160 40 kg", "M>B 6203 Shipment 14 10 pieces", "N>B 6109 Declared 50 - -"]);
    let c = read.consigned.counts;
    assert_eq!((c.consignments, c.links_discovered, c.links_valued), (4, 2, 0));
    assert_eq!(read.codes(), ["shipment-unlinked"]);
    let found = &read.consigned.diagnostics[0].found;
    assert!(found.starts_with("M sent goods to B") && found.contains("4 consignments"), "{found}");
}

#[test]
fn a_declared_value_stands_and_is_never_added_to() {
    let shipped = [shirts("S1", "2025-03-01", "40"), shirts("S2", "2025-04-01", "50")];
    let shipped: Vec<&str> = shipped.iter().map(String::as_str).collect();
    for product in ["6109", "610910", "61", ""] {
        let read = Read::of(&[&format!("M,B,supplies,{product},100,,,,,,,")], &shipped);
        let shown = if product.is_empty() { "-" } else { product };
        assert_eq!(read.supply(), [format!("M>B {shown} Declared 100 - -")]);
        assert!(read.codes().is_empty(), "{:?}", read.codes());
    }
    for stated in ["M,B,supplies,6109,,,,,0.2,,,", "M,B,subcontracts,6109,,,7,t,,,,"] {
        let read = Read::of(&[stated], &shipped);
        assert_eq!(read.supply().len(), 1);
        assert!(read.links.iter().all(|l| l.value.is_none()), "{:?}", read.supply());
    }
}

#[test]
fn a_declared_value_far_from_the_consignments_is_said_with_both_amounts() {
    let read = |declared: &str| {
        let shipped = shirts("S1", "2025-03-01", "1000");
        Read::of(&[&format!("M,B,supplies,6109,{declared},,,,,,,")], &[&shipped])
    };
    // The factor is 3, either way.
    assert!(read("2999").codes().is_empty() && read("334").codes().is_empty());
    for declared in ["3001", "333"] {
        let read = read(declared);
        assert_eq!(read.codes(), ["shipment-value-differs"]);
        let found = &read.consigned.diagnostics[0].found;
        assert!(found.contains(&format!("{declared} USD")) && found.contains("1000 USD"), "{found}");
    }
    // Papers without values are a part of the papers: they do not speak against a larger declared value.
    let part = Read::of(&["M,B,supplies,6109,9000,,,,,,,"], &["S1,M,,B,,2025-03-01,610910,,,1000,USD", "S2,M,,B,,2025-03-02,610910,,,,"]);
    assert!(part.codes().is_empty());
}

#[test]
fn a_link_that_states_no_size_takes_it_from_the_consignments() {
    let shipped = ["S1,M,,B,,2025-03-01,610910,10,kg,100,USD", "S2,M,,B,,2025-03-02,620342,20,kg,60,USD"];
    // Without a product: the sum of all headings. With one: its own, and the other heading is discovered.
    assert_eq!(Read::of(&["M,B,supplies,,,,,,,,,"], &shipped).supply(), ["M>B - Declared 160 - -"]);
    assert_eq!(Read::of(&["M,B,supplies,6109,,,,,,,,"], &shipped).supply(), ["M>B 6109 Declared 100 - -", "M>B 6203 Shipment 60 20 kg"]);
    let both = Read::of(&["M,B,supplies,6109,,,,,,,,", "M,B,supplies,,,,,,,,,"], &shipped);
    assert_eq!(both.supply(), ["M>B - Declared 60 - -", "M>B 6109 Declared 100 - -"]);
    assert_eq!(both.consigned.counts.links_valued, 2);
    // Without money: quantity, where there is one unit.
    let quantity = |unit: &str| {
        let rows = ["S1,M,,B,,2025-03-01,610910,10,kg,,".to_owned(), format!("S2,M,,B,,2025-03-02,610910,20,{unit},,")];
        Read::of(&["M,B,supplies,6109,,,,,,,,"], &[&rows[0], &rows[1]]).supply()
    };
    assert_eq!(quantity("kg"), ["M>B 6109 Declared - 30 kg"]);
    assert_eq!(quantity("pieces"), ["M>B 6109 Declared - - -"]);
}

#[test]
fn links_of_one_heading_share_what_the_valued_ones_leave() {
    // By code where the papers have it, else by heading: 300 of 610910; of the rest of 6109 (90) the link of 610990 states 40.
    let links = ["M,B,supplies,610910,,,,,,,,", "M,B,supplies,610990,40,,,,,,,", "M,B,subcontracts,6109,,,,,,,,"];
    let read = Read::of(&links[..2], &["S1,M,,B,,2025-03-01,610910,,,300,USD", "S2,M,,B,,2025-03-01,610990,,,50,USD"]);
    assert_eq!(read.supply(), ["M>B 610910 Declared 300 - -", "M>B 610990 Declared 40 - -"]);
    // Papers that say the heading alone tell of all three together: 400 less 40, in two parts.
    let read = Read::of(&links, &["S1,M,,B,,2025-03-01,6109,,,400,USD"]);
    assert_eq!(read.supply(), ["M>B 610910 Declared 180 - -", "M>B 610990 Declared 40 - -", "M>B 6109 Declared 180 - -"]);
    // Nothing is left: nothing is given.
    let read = Read::of(&links, &["S1,M,,B,,2025-03-01,6109,,,30,USD"]);
    assert_eq!(read.supply(), ["M>B 610910 Declared - - -", "M>B 610990 Declared 40 - -", "M>B 6109 Declared - - -"]);
}

#[test]
fn a_name_stands_for_the_one_node_that_has_it() {
    let aliases = table("node_id,name", &["N,Southern Mill Ltd"]);
    let shipped = [
        "S1,,mill of the  NORTH,,Brand one,2025-03-01,6109,,,10,USD",
        "S2,,Southern Mill Ltd,B,,2025-03-01,6109,,,20,USD",
        "S3,,Mill of the East,B,,2025-03-01,6109,,,30,USD",
        "S4,,Somebody Else,B,,2025-03-01,6109,,,40,USD",
        "S5,,Mill of the Nort,B,,2025-03-01,6109,,,50,USD",
    ];
    let none = ["N,C,supplies,,,,,,,,,"];
    let read = Read::on("2025-12-31", &none, &shipped, &[("aliases", aliases)]);
    assert_eq!(read.supply(), ["M>B 6109 Shipment 10 - -", "N>B 6109 Shipment 20 - -", "N>C - Declared - - -"]);
    assert_eq!(read.consigned.counts.unplaced, 3, "two mills have the name of the third, nobody that of the others");
    let unplaced: Vec<_> = read.consigned.diagnostics.iter().filter(|d| d.code == "shipment-unplaced").collect();
    assert_eq!(unplaced.len(), 1);
    assert_eq!((unplaced[0].at.line, unplaced[0].level), (4, Level::Note));
    assert!(unplaced[0].found.starts_with("3 consignments") && !unplaced[0].found.contains("Somebody"), "{}", unplaced[0].found);
    // Somebody decided that the two mills of the East are one: then their name is one node's.
    let decisions = table("left_id,right_id,decision,decided_on", &["O,P,same,2025-01-01"]);
    let read = Read::on("2025-12-31", &none, &shipped[2..3], &[("decisions", decisions)]);
    assert_eq!(read.supply(), ["N>C - Declared - - -", "O>B 6109 Shipment 30 - -"]);
}

#[test]
fn only_the_four_quarters_up_to_the_day_count() {
    let shipped = [shirts("S1", "2024-12-31", "1"), shirts("S2", "2025-01-01", "10"), shirts("S3", "2025-12-31", "100")];
    let shipped: Vec<&str> = shipped.iter().map(String::as_str).collect();
    let none = ["N,B,supplies,,5,,,,,,,"];
    let read = Read::of(&none, &shipped);
    assert_eq!(read.supply(), ["M>B 6109 Shipment 110 - -", "N>B - Declared 5 - -"]);
    assert_eq!(read.consigned.counts.older, 1);
    assert_eq!(read.codes(), ["shipment-older", "shipment-unlinked"]);
    // Law B5: what comes later changes nothing.
    let earlier = Read::on("2025-12-30", &none, &shipped, &[]);
    assert_eq!(earlier.supply(), Read::on("2025-12-30", &none, &shipped[..2], &[]).supply());
    assert_eq!(earlier.supply(), ["M>B 6109 Shipment 11 - -", "N>B - Declared 5 - -"]);
}

#[test]
fn a_disclosure_keeps_its_links_and_what_it_leaves_holds_for_all() {
    let shipped = ["S1,M,,T,,2025-03-01,6109,,,100,USD"];
    assert_eq!(Read::of(&["M,T,supplies,6109,,,,,,,,B"], &shipped).supply(), ["M>T[B] 6109 Declared 100 - -"]);
    assert_eq!(Read::of(&["M,T,supplies,6109,200,,,,,,,B"], &shipped).supply(), ["M>T[B] 6109 Declared 200 - -"]);
    assert_eq!(Read::of(&["M,T,supplies,6109,60,,,,,,,B"], &shipped).supply(), ["M>T 6109 Shipment 40 - -", "M>T[B] 6109 Declared 60 - -"]);
    // Two disclosures of one purchase: never more than the papers.
    assert_eq!(
        Read::of(&["M,T,supplies,6109,,,,,,,,B", "M,T,supplies,6109,,,,,,,,C"], &shipped).supply(),
        ["M>T[B] 6109 Declared 50 - -", "M>T[C] 6109 Declared 50 - -"]
    );
}

#[test]
fn a_listed_or_owned_place_that_ships_is_a_supplier_too() {
    let read =
        Read::of(&["M,B,lists,,,,,,,,,", "N,B,owns,,,,,,,,,"], &["S1,M,,B,,2025-03-01,6109,,,10,USD", "S2,N,,B,,2025-03-01,6109,,,20,USD"]);
    assert_eq!(read.supply(), ["M>B 6109 Shipment 10 - -", "N>B 6109 Shipment 20 - -"]);
}

#[test]
fn repeated_rows_change_nothing() {
    let (a, b) = (shirts("S1", "2025-03-01", "10"), shirts("S2", "2025-03-01", "10"));
    let none = ["N,B,supplies,,5,,,,,,,"];
    let once = Read::of(&none, &[&a, &b]).supply();
    assert_eq!(once[0], "M>B 6109 Shipment 20 - -", "two consignments of one content and two ids are two");
    assert_eq!(Read::of(&none, &[&a, &a, &b, &a]).supply(), once);
}

// Ends and exits

#[test]
fn consignments_up_to_the_end_of_a_link_belong_to_it_and_later_ones_are_a_discovered_link() {
    let other = "N,B,supplies,6109,5,,,,,,,";
    let ended = "M,B,supplies,6109,30,,,,,2023-01-01,2025-06-30,";
    let early = shirts("S1", "2025-05-01", "10");
    let late = shirts("S2", "2025-07-01", "7");
    assert_eq!(Read::of(&[ended, other], &[&early]).supply(), ["N>B 6109 Declared 5 - -"]);
    assert_eq!(Read::of(&[ended, other], &[&early, &late]).supply(), ["M>B 6109 Shipment 7 - -", "N>B 6109 Declared 5 - -"]);
    // Of other goods: the whole relation ended that day, unless another link of the two is in force.
    let trousers = "S3,M,,B,,2025-05-01,6203,,,8,USD";
    assert_eq!(Read::of(&[ended, other], &[trousers]).supply(), ["N>B 6109 Declared 5 - -"]);
    let third = "M,B,supplies,8483,9,,,,,,,";
    assert_eq!(
        Read::of(&[ended, other, third], &[trousers, &early]).supply(),
        ["M>B 8483 Declared 9 - -", "M>B 6203 Shipment 8 - -", "N>B 6109 Declared 5 - -"]
    );
    // A link that ended without a value takes that of its last year.
    let unvalued = Read::of(&["M,B,supplies,6109,,,,,,2023-01-01,2025-06-30,", other], &[&early, &late]);
    let of_ended: Vec<Option<f64>> = unvalued.links.iter().filter(|l| l.use_ == Use::NotInForce).map(|l| l.value).collect();
    assert_eq!(of_ended, [Some(10.0)]);
}

const STATEMENTS: &str =
    "statement_id,node_id,date,sign,source_class,origin,status\nS1,M,2024-03-01,work_debt_bondage,ngo_investigation,NGO-1,open\n";

/// `exited` of brand B, cautious, any norm.
fn exited(links: &[&str], shipments: &[&str]) -> f64 {
    let room = tempfile::tempdir().unwrap();
    let data = room.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    write(&data, &[("links", table(LINKS, links)), ("shipments", table(SHIPMENTS, shipments)), ("statements", STATEMENTS.to_owned())]);
    let out = room.path().join("out");
    let config = RunConfig { dataset: data, as_of: Date::parse("2025-12-31"), threads: 2, ..RunConfig::default() };
    assess_with(&config, &out);
    let is_own = |r: &super::runs::Row| r["node_id"] == "B" && r["norm"] == "any" && r["view"] == "own" && r["mapped_rule"] == "cautious";
    number(&rows(&out, &outputs::EXPOSURE).into_iter().find(is_own).unwrap(), "exited")
}

#[test]
fn a_relation_that_goes_on_in_consignments_is_no_exit_and_consignments_that_stop_are_none() {
    let links = ["M,B,supplies,6109,40,,,,,2022-01-01,2025-06-30,", "N,B,supplies,6109,60,,,,,2022-01-01,,"];
    let (before, after) = (shirts("S1", "2025-06-30", "10"), shirts("S2", "2025-07-01", "10"));
    assert!(exited(&links, &[]) > 0.0);
    assert!(exited(&links, &[&before]) > 0.0, "what came before the end does not undo it");
    assert!(exited(&links, &[&before, &after]) == 0.0, "goods still come");
    assert!(exited(&links[1..], &[&before]) == 0.0, "nobody declared a link, so none ended");
    // One disclosure ended, and the papers go on.
    let scoped = ["M,B,supplies,6109,40,,,,,2022-01-01,2025-06-30,B", "N,B,supplies,6109,60,,,,,2022-01-01,,B"];
    assert!(exited(&scoped, &[]) > 0.0 && exited(&scoped, &[&after]) == 0.0);
}

// A whole run

fn run(dir: &Path, shipments: &[&str], threads: usize) -> (std::path::PathBuf, onus::pipeline::summary::Summary) {
    let data = dir.join("data");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).unwrap();
    let links = ["N,B,supplies,6109,100,,,,,,,", "O,B,supplies,6109,,,,,,,,", "T,B,supplies,5205,50,,,,,,,"];
    write(&data, &[("links", table(LINKS, &links)), ("shipments", table(SHIPMENTS, shipments))]);
    let out = dir.join(format!("out-{threads}-{}", shipments.len()));
    let _ = std::fs::remove_dir_all(&out);
    let config = RunConfig { dataset: data, as_of: Date::parse("2025-12-31"), threads, ..RunConfig::default() };
    let summary = assess_with(&config, &out);
    (out, summary)
}

#[test]
fn links_of_a_result_show_what_consignments_made_and_the_bytes_do_not_depend_on_their_order() {
    let room = tempfile::tempdir().unwrap();
    let shipped: Vec<String> = (0..20)
        .map(|i| format!("S{i:02},M,,B,,2025-03-{:02},610910,{}.7,kg,0.{i}1,USD", i + 1, i * 3))
        .chain(["X1,O,,B,,2025-03-01,610910,,,300,USD".to_owned(), "X2,M,,T,,2025-03-01,5205,,,,".to_owned()])
        .collect();
    let forward: Vec<&str> = shipped.iter().map(String::as_str).collect();
    let (out, summary) = run(room.path(), &forward, 1);
    let links = rows(&out, &outputs::LINKS);
    let of = |supplier: &str, buyer: &str| links.iter().find(|r| r["supplier_id"] == supplier && r["buyer_id"] == buyer).unwrap();
    assert_eq!((&*of("M", "B")["basis"], &*of("M", "B")["assumed"], &*of("M", "B")["in_force"]), ("shipment", "false", "true"));
    assert_eq!((&*of("O", "B")["basis"], &*of("O", "B")["assumed"], &*of("O", "B")["weight_basis"]), ("declared", "false", "value"));
    assert_eq!((&*of("M", "T")["basis"], &*of("M", "T")["assumed"]), ("shipment", "true"));
    let c = summary.consigned;
    assert_eq!((c.consignments, c.links_discovered, c.links_valued), (22, 2, 1));
    assert_eq!(summary.assumptions.links_without_value, 1);
    let data = room.path().join("data");
    let printed = assert_cmd::Command::cargo_bin("onus")
        .unwrap()
        .args(["assess", "--as-of", "2025-12-31", "--quiet", "-o"])
        .args([room.path().join("printed"), data])
        .assert()
        .success();
    let screen = String::from_utf8(printed.get_output().stdout.clone()).unwrap();
    assert!(
        screen.contains("Consignments of four quarters: 22 between nodes; 2 links discovered, 1 declared link takes its size from them."),
        "{screen}"
    );

    let told = |out: &Path| {
        let mut all = files(out);
        for name in ["inputs.json", "timing.json", "warnings.parquet", "run.json", "quarantine.csv"] {
            all.remove(name);
        }
        assert!(all.contains_key(SUMMARY));
        all
    };
    let first = told(&out);
    let backward: Vec<&str> = forward.iter().rev().copied().collect();
    let (other, _) = run(room.path(), &backward, 2);
    for (name, bytes) in told(&other) {
        assert!(first.get(&name) == Some(&bytes), "{name} differs");
    }
    // Without any consignment, what they gave is gone.
    let (none, summary) = run(room.path(), &[], 1);
    assert_eq!((summary.assumptions.links_without_value, rows(&none, &outputs::LINKS).len()), (1, 3));
}

#[test]
fn a_pair_with_thousands_of_links_and_products_takes_no_longer_than_its_rows() {
    let links: Vec<String> = (0..6000).map(|i| format!("M,B,supplies,article {i},,,,,,,,")).collect();
    let ended: Vec<String> = (0..3000).map(|i| format!("M,B,supplies,old {i},,,,,,2020-01-01,2025-{:02}-01,", i % 12 + 1)).collect();
    let shipped: Vec<String> = (0..12000).map(|i| format!("S{i},M,,B,,2025-03-01,article {i},,,2,USD")).collect();
    let links: Vec<&str> = links.iter().chain(&ended).map(String::as_str).collect();
    let shipped: Vec<&str> = shipped.iter().map(String::as_str).collect();
    let begun = std::time::Instant::now();
    let c = Read::of(&links, &shipped).consigned.counts;
    assert_eq!((c.links_valued, c.links_discovered), (6000, 6000));
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

//! Likely origins of what is unseen: import shares of `trade_flows`, tier by tier (`belief::origins`; model 2, "Expected").

use super::runs::{Csv, METHOD, assess, compute, copied_sample, files};
use onus::base::{CountryCode, Date, NodeIx, ProductCode, Traced};
use onus::belief::context::priors;
use onus::belief::origins::{Bought, Imports, OriginPriors, origin_priors};
use onus::pipeline::vocabulary::Words;
use onus::reference::Reference;
use onus::resolve::{Resolution, resolve};
use onus::validate::inputs::Inputs;
use onus::validate::validate_dataset;
use std::collections::BTreeMap;

type Figures = [f64; Traced::COUNT];

/// Places where goods begin, one per country and product, with nothing known of them but that.
fn farms(countries: &[&str], products: &[&str]) -> String {
    let mut text = String::new();
    for country in countries {
        for product in products {
            text += &format!("F-{country}-{product},Farm {country} {product},farm,{country},0116,{product},farm\n");
        }
    }
    text
}

struct Read {
    inputs: Inputs,
    resolution: Resolution,
}

/// Nodes as `node_id,kind,country,product`, beside the farms given, with flows as `exporter,importer,product,value` of 2024.
fn read(nodes: &[&str], farms: &str, flows: &[&str]) -> Read {
    let room = tempfile::tempdir().unwrap();
    let mut text = String::from("node_id,name,kind,country,sector,product,stage\n");
    for node in nodes {
        let cells: Vec<&str> = node.split(',').collect();
        text += &format!("{0},Node {0},{1},{2},,{3},\n", cells[0], cells[1], cells[2], cells[3]);
    }
    std::fs::write(room.path().join("nodes.csv"), text + farms).unwrap();
    let first = nodes[0].split(',').next().unwrap();
    std::fs::write(room.path().join("links.csv"), format!("supplier_id,buyer_id\n{first},{first}\n")).unwrap();
    let rows = flows.iter().fold(String::new(), |rows, flow| match flow.split(',').next() {
        Some(year) if year.len() == 4 => rows + flow + "\n",
        _ => rows + "2024," + flow + "\n",
    });
    std::fs::write(room.path().join("trade_flows.csv"), format!("year,exporter,importer,product,value\n{rows}")).unwrap();
    let words = Words { pack: &METHOD.0, reference: &METHOD.1 };
    let inputs = validate_dataset(room.path(), None, Date::parse("2026-06-30"), &words).unwrap().inputs;
    assert_eq!(inputs.trade_flows.len(), flows.len());
    let resolution = resolve(&inputs);
    Read { inputs, resolution }
}

impl Read {
    fn at(&self, id: &str) -> NodeIx {
        self.resolution.find(id).unwrap()
    }

    fn origins_with(&self, reference: &Reference, bought: &Bought) -> OriginPriors {
        let imports = Imports::of(&self.inputs.trade_flows, Date::parse("2026-06-30").unwrap());
        origin_priors(&self.resolution, &METHOD.0, reference, &imports, bought).unwrap()
    }

    fn pi(&self, id: &str) -> (Figures, bool) {
        let found = self.origins_with(&METHOD.1, &Bought::new());
        (found.rows[self.at(id).at()], found.by_flows[self.at(id).at()])
    }

    /// The prior of the farm of a country and product, as the engine believes it of a farm in the data.
    fn farm(&self, country: &str, product: &str) -> Figures {
        let book = priors(&self.resolution, &METHOD.0, &METHOD.1, &BTreeMap::new()).unwrap();
        let prior = book.of(self.at(&format!("F-{country}-{product}"))).unwrap();
        Traced::ALL.map(|t| prior.traced(t))
    }

    /// Parts of farms, by country.
    fn mix(&self, product: &str, parts: &[(f64, &str)]) -> Figures {
        let mut sum = [0.0; Traced::COUNT];
        for (part, country) in parts {
            for (s, f) in sum.iter_mut().zip(self.farm(country, product)) {
                *s += part * f;
            }
        }
        sum
    }
}

fn close(a: Figures, b: Figures) {
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-12 && *a > 0.0), "{a:?} is not {b:?}");
}

#[test]
fn two_exporters_count_by_their_import_shares_beside_the_country_itself() {
    let farms = farms(&["BGD", "IND", "PAK"], &["5201"]);
    let spinner = ["S,mill,BGD,5205", "T,trader,BGD,5201"];
    let two = read(&spinner, &farms, &["IND,BGD,5201,70", "PAK,BGD,5201,30", "IND,PAK,5201,900"]);
    // Half of the cotton is the country's own (trace.domestic_share).
    let mixed = two.mix("5201", &[(0.5, "BGD"), (0.35, "IND"), (0.15, "PAK")]);
    close(two.pi("S").0, mixed);
    assert!(two.pi("S").1);
    // A trader of cotton buys cotton, not what cotton is made of.
    close(two.pi("T").0, mixed);
    // A row of the country to itself says what is domestic.
    let own = read(&spinner, &farms, &["IND,BGD,5201,70", "PAK,BGD,5201,20", "BGD,BGD,5201,10"]);
    close(own.pi("S").0, own.mix("5201", &[(0.1, "BGD"), (0.7, "IND"), (0.2, "PAK")]));
}

#[test]
fn a_chain_of_two_tiers_takes_each_countrys_own_imports() {
    let farms = farms(&["BGD", "IND", "USA"], &["5201"]);
    let flows = ["IND,BGD,5205,12", "USA,IND,5201,5"];
    let read = read(&["W,mill,BGD,5208"], &farms, &flows);
    // Yarn: half spun in the country, of its own cotton (no flow into it is known), half in India, whose cotton is half American.
    close(read.pi("W").0, read.mix("5201", &[(0.5, "BGD"), (0.25, "IND"), (0.25, "USA")]));
}

#[test]
fn four_tiers_are_the_most_also_where_products_go_round_in_a_circle() {
    let room = tempfile::tempdir().unwrap();
    let circle = "product,input,share,domestic,source,standing\n5205,5201,0,,expert,expert default\n5206,5201,0,,expert,expert default\n\
                  5205,5206,1,0,expert,expert default\n5206,5205,1,0,expert,expert default\n";
    std::fs::write(room.path().join("product_inputs.csv"), circle).unwrap();
    let reference = METHOD.1.clone().with_overlay(room.path()).unwrap();
    // Each country buys all from the next: yarn of one kind, then of the other.
    let flows = ["IND,BGD,5205,1", "PAK,IND,5206,1", "EGY,PAK,5205,1", "TUR,EGY,5206,1", "USA,TUR,5205,1"];
    let read = read(&["S,mill,BGD,5206"], &farms(&["TUR"], &["5206"]), &flows);
    let found = read.origins_with(&reference, &Bought::new());
    close(found.rows[read.at("S").at()], read.farm("TUR", "5206"));
}

#[test]
fn without_a_country_or_a_flow_the_likely_origin_is_what_it_is_without_the_table() {
    let farms = farms(&["IND"], &["5201"]);
    let nodes = ["S,mill,VNM,5205", "N,mill,,5205", "C,mill,VNM,1803", "B,brand,VNM,"];
    let plain = read(&nodes, &farms, &[]);
    let with = read(&nodes, &farms, &["IND,BGD,5201,70", "IND,VNM,7403,5"]);
    for id in ["S", "N", "C", "B"] {
        let ((pi, by_flows), (before, _)) = (with.pi(id), plain.pi(id));
        assert!(!by_flows && pi == before, "{id}: {pi:?} {before:?}");
    }
}

#[test]
fn the_longest_code_of_the_latest_year_counts() {
    let shares = |flows: &[&str], product: &str| {
        let read = read(&["S,mill,BGD,5205"], "", flows);
        let imports = Imports::of(&read.inputs.trade_flows, Date::parse("2026-06-30").unwrap());
        let found = imports.shares(CountryCode::new("BGD").unwrap(), ProductCode::parse(product).unwrap());
        found.map(|s| s.iter().map(|(c, x)| format!("{c} {x}")).collect::<Vec<_>>().join(", "))
    };
    let all = ["IND,BGD,52,1", "PAK,BGD,5201,1", "USA,BGD,520100,3", "TUR,BGD,520300,1"];
    assert_eq!(shares(&all, "5201").as_deref(), Some("PAK 1"));
    assert_eq!(shares(&all, "520100").as_deref(), Some("USA 1"));
    assert_eq!(shares(&all, "5202").as_deref(), Some("IND 1"), "the chapter, where the heading has no row");
    assert_eq!(shares(&all[2..], "52").as_deref(), Some("TUR 0.25, USA 0.75"), "the sum of what lies within");
    assert_eq!(shares(&all[1..], "5205"), None);
    let years = ["2023,IND,BGD,5201,9", "2024,PAK,BGD,5201,1", "2027,USA,BGD,5201,5", "2022,TUR,BGD,5203,1"];
    assert_eq!(shares(&years, "5201").as_deref(), Some("PAK 1"), "2027 is after the day");
    assert_eq!(shares(&years, "5203").as_deref(), Some("TUR 1"), "the latest year of each product");
    assert_eq!(shares(&["IND,BGD,5201,0"], "5201"), None);
}

#[test]
fn a_company_without_a_product_buys_what_its_links_name() {
    let read = read(&["B,brand,DEU,"], &farms(&["DEU", "BRA", "VNM"], &["0901"]), &["BRA,DEU,0901,3", "VNM,DEU,090111,1"]);
    let bought: Bought = [(read.at("B"), vec![(ProductCode::parse("0901").unwrap(), 1.0)])].into();
    let found = read.origins_with(&METHOD.1, &bought);
    // The heading has a row of its own, so that of the finer code does not add to it.
    close(found.rows[read.at("B").at()], read.mix("0901", &[(0.5, "DEU"), (0.5, "BRA")]));
}

#[test]
fn inputs_that_do_not_sum_to_one_are_refused() {
    let room = tempfile::tempdir().unwrap();
    let refused = |rows: &str| {
        let text = format!("product,input,share,domestic,source,standing\n{rows}\n");
        std::fs::write(room.path().join("product_inputs.csv"), text).unwrap();
        METHOD.1.clone().with_overlay(room.path()).err().map(|e| e.to_string())
    };
    assert!(refused("5205,5203,0.5,,expert,expert default").unwrap().contains("5205"));
    assert!(refused("5205,cotton,1,,expert,expert default").is_some());
    assert!(refused("8479,5201,1,2,expert,expert default").is_some());
    assert!(refused("8479,5201,1,,expert,").is_some());
    assert_eq!(refused("8479,5201,1,,expert,expert default"), None);
}

// Whole runs

#[test]
fn flows_move_the_expected_figure_alone_and_it_stays_between_its_bounds() {
    let (_room, dir) = copied_sample();
    let with = compute(&dir);
    let mut flows = Csv::read(&dir, "trade_flows");
    let all = flows.clone();
    flows.rows.clear();
    flows.write(&dir, "trade_flows");
    let without = compute(&dir);
    assert_eq!(with.any, without.any);
    let mut moved = 0;
    for (key, a) in &with.figures {
        let b = &without.figures[key];
        assert_eq!((a.touched, a.unseen, a.clear), (b.touched, b.unseen, b.clear), "{key:?}");
        moved += usize::from(a.expected != b.expected);
        for x in [a, b] {
            assert!(x.touched - 1e-12 <= x.expected && x.expected <= x.touched + x.unseen + 1e-12, "{key:?} {x:?}");
        }
    }
    assert!(moved > 0);
    // Cotton of one country into all in place of another whose farms are likelier: every expected figure rises or stays.
    let priors = read(&["S,mill,BGD,5205"], &farms(&["IND", "DEU"], &["5201"]), &[]);
    let (likelier, rarer) = (priors.farm("IND", "5201"), priors.farm("DEU", "5201"));
    assert!(likelier.iter().zip(&rarer).all(|(a, b)| a > b), "{likelier:?} {rarer:?}");
    let of = |exporter: &str| {
        let mut changed = all.clone();
        let (at, product) = (changed.at("exporter"), changed.at("product"));
        changed.rows.iter_mut().filter(|r| r[product] == "5201").for_each(|r| r[at] = exporter.to_owned());
        changed.rows.dedup();
        changed.write(&dir, "trade_flows");
        compute(&dir)
    };
    let (high, low) = (of("IND"), of("DEU"));
    for (key, a) in &high.figures {
        let b = &low.figures[key];
        assert!(a.expected >= b.expected && a.touched == b.touched, "{key:?}");
    }
    assert!(high.figures.iter().any(|(key, a)| a.expected > low.figures[key].expected));
}

#[test]
fn the_order_of_flows_changes_no_byte_and_the_first_screen_says_what_they_gave() {
    let (room, dir) = copied_sample();
    let out = |name: &str| room.path().join(name);
    let summary = assess(&dir, &out("a"), 1);
    let o = &summary.origins;
    assert!(o.by_flows > 0 && o.by_own_country > 0 && o.latest_year == Some(2024), "{o:?}");
    let mut flows = Csv::read(&dir, "trade_flows");
    flows.rows.reverse();
    flows.write(&dir, "trade_flows");
    assess(&dir, &out("b"), 2);
    let told = |name: &str| {
        let mut all = files(&out(name));
        for name in ["inputs.json", "timing.json", "warnings.parquet", "run.json", "quarantine.csv"] {
            all.remove(name);
        }
        all
    };
    let (a, b) = (told("a"), told("b"));
    for (name, bytes) in &a {
        assert!(b.get(name) == Some(bytes), "{name} differs");
    }
    let report = onus::export::verify(&out("a")).unwrap();
    assert!(report.lines.iter().all(|l| l.holds));
}

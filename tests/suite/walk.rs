//! The walk over somebody's own tables: the reference model's figures, whatever the file's form, order of rows, or number of threads.

use arrow::array::AsArray;
use arrow::datatypes::Float64Type;
use onus::base::Error;
use onus::pipeline::walk::{LEAST_MEMORY, WalkConfig, Walked, walk};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

struct Room {
    dir: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn config(&self, nodes: &Path, links: &Path) -> WalkConfig {
        WalkConfig { nodes: nodes.into(), links: links.into(), tolerance: 1e-9, closed_mapped: 0.5, threads: 1, memory: None }
    }

    fn walk(&self, nodes: &str, links: &str) -> (Walked, Table) {
        let (nodes, links) = (self.file("nodes.csv", nodes), self.file("links.csv", links));
        self.run(&self.config(&nodes, &links))
    }

    fn run(&self, config: &WalkConfig) -> (Walked, Table) {
        let out = self.dir.path().join("out.parquet");
        let walked = walk(config, &out).unwrap();
        (walked, Table::read(&out))
    }
}

/// Figures by node id and column.
struct Table(BTreeMap<String, BTreeMap<String, f64>>);

impl Table {
    fn read(path: &Path) -> Self {
        let file = std::fs::File::open(path).unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        let mut rows: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
        for batch in reader {
            let batch = batch.unwrap();
            let ids = batch.column(0).as_string::<i32>();
            for i in 0..batch.num_rows() {
                let row = rows.entry(ids.value(i).to_owned()).or_default();
                for (field, column) in batch.schema().fields().iter().zip(batch.columns()).skip(1) {
                    row.insert(field.name().clone(), column.as_primitive::<Float64Type>().value(i));
                }
            }
        }
        Table(rows)
    }

    fn at(&self, node: &str, column: &str) -> f64 {
        self.0[node][column]
    }
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

#[test]
fn random_networks_of_the_oracle_come_out_as_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/trace_cases.json");
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let room = Room::new();
    for case in cases.iter().take(60) {
        let (p, mapped) = (numbers(&case["p"]), numbers(&case["mapped"]));
        let exits = if case["exits"].is_null() { vec![0.0; p.len()] } else { numbers(&case["exits"]) };
        let mut nodes = "node_id,p_any,p_half,mapped_share,exited_share\n".to_owned();
        for i in 0..p.len() {
            nodes += &format!("n{i:03},{},{},{},{}\n", p[i], p[i] / 2.0, mapped[i], exits[i]);
        }
        let mut links = "supplier_id,buyer_id,value\n".to_owned();
        for l in case["links"].as_array().unwrap() {
            links += &format!("n{:03},n{:03},{}\n", l[0].as_u64().unwrap(), l[1].as_u64().unwrap(), l[2]);
        }
        let (walked, table) = room.walk(&nodes, &links);
        assert!(walked.defect <= 1e-9 && walked.walks == ["any", "half"]);
        for column in ["touched", "unseen", "clear", "exited"] {
            for (i, oracle) in numbers(&case[column]).into_iter().enumerate() {
                let ours = table.at(&format!("n{i:03}"), &format!("{column}_any"));
                assert!((ours - oracle).abs() < 1e-8, "{column} of {i}: {ours}, the oracle has {oracle}");
            }
        }
    }
}

/// A buys 3/4 from B and 1/4 from C; B buys all from the origin O; C's suppliers are not known; X is only named by a link.
const NODES: &str = "node_id,p,mapped_share\nA,0,0.8\nB,0.5,\nC,0,\nO,0.1,1\n";
const LINKS: &str = "supplier_id,buyer_id,value\nB,A,30\nC,A,10\nO,B,5\nX,O2,1\n";

#[test]
fn a_network_that_can_be_worked_out_by_hand() {
    let (walked, t) = Room::new().walk(NODES, LINKS);
    // O: 0.1 touched, 0.9 clear. B: 0.5 + 0.5 x 0.1 = 0.55. A: 0.8 x 0.75 x 0.55 = 0.33 touched; unseen 0.2 + 0.8 x 0.25 (C has no links) = 0.4.
    for (node, touched, unseen, clear) in
        [("O", 0.1, 0.0, 0.9), ("B", 0.55, 0.0, 0.45), ("C", 0.0, 1.0, 0.0), ("A", 0.33, 0.4, 0.27), ("X", 0.0, 1.0, 0.0)]
    {
        let found = [t.at(node, "touched"), t.at(node, "unseen"), t.at(node, "clear")];
        assert!(found.iter().zip([touched, unseen, clear]).all(|(a, b)| (a - b).abs() < 1e-12), "{node}: {found:?}");
    }
    assert_eq!((walked.nodes, walked.unknown, walked.links, walked.rows), (6, 2, 4, [4, 4]));
}

#[test]
fn quotation_marks_semicolons_packed_files_and_order_of_rows_change_nothing() {
    let room = Room::new();
    let (_, plain) = room.walk(NODES, LINKS);
    let quoted = "\u{feff}\"node_id\";\"p\";\"mapped_share\"\r\n\"O\";0,1;1\r\n\"C\";;\r\n\"B\";\"0,5\";\r\nA;0;0,8\r\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b"value\tbuyer_id\tsupplier_id\n1\tO2\tX\n5\tB\tO\n10\tA\tC\n10\tA\tB\n20\tA\tB\n").unwrap();
    let config = room.config(&room.file("n.csv", quoted), &room.file("l.csv.gz", packed.finish().unwrap()));
    let (_, other) = room.run(&config);
    assert_eq!(plain.0, other.0);
}

#[test]
fn bytes_do_not_depend_on_threads_or_the_order_of_rows() {
    let room = Room::new();
    let mut nodes: Vec<String> = (0..6000)
        .map(|i| format!("N{i},{},{},{}\n", (i % 97) as f64 / 300.0, (i % 31) as f64 / 80.0, 0.5 + (i % 50) as f64 / 100.0))
        .collect();
    let mixed = |i: u64, by: u64| i.wrapping_mul(by) >> 40;
    let link =
        |i: u64| format!("N{},N{},{}\n", mixed(i, 0x9e37_79b9_7f4a_7c15) % 6000, mixed(i, 0xc2b2_ae3d_27d4_eb4f) % 6000, 1 + i % 113);
    let mut links: Vec<String> = (0..30_000).map(link).collect();
    let mut all = Vec::new();
    for (threads, name) in [(1, "a"), (2, "b"), (7, "c")] {
        let text = |header: &str, rows: &[String]| header.to_owned() + &rows.concat();
        let n = room.file("n.csv", text("node_id,p_x,p_y,mapped_share\n", &nodes));
        let l = room.file("l.csv", text("supplier_id,buyer_id,value\n", &links));
        let out = room.dir.path().join(name);
        let walked = walk(&WalkConfig { threads, ..room.config(&n, &l) }, &out).unwrap();
        assert!(walked.giant > 1000, "{}", walked.giant);
        all.push(std::fs::read(&out).unwrap());
        nodes.reverse();
        links.rotate_left(777);
    }
    assert!(all[0] == all[1] && all[1] == all[2]);
}

#[test]
fn rows_that_make_no_sense_are_told_with_their_line_and_too_many_stop_the_walk() {
    let room = Room::new();
    let good: String = (0..60).map(|i| format!("N{i},N{},3\n", i + 1)).collect();
    let nodes: String = "node_id,p\n".to_owned() + &(0..61).map(|i| format!("N{i},0.1\n")).collect::<String>();
    let (walked, _) = room.walk(&nodes, &format!("supplier_id,buyer_id,value\n{good}N1,N5,-2\nN2,N9,many\n"));
    let told: Vec<(u64, &str)> = walked.refused[1].iter().map(|u| (u.line, u.found.as_str())).collect();
    assert_eq!(told, [(62, "a value of -2; it must be above 0"), (63, "many is no number")]);
    let bad: String = "supplier_id,buyer_id,value\n".to_owned() + &good.replace(",3\n", ",x\n");
    let (n, l) = (room.file("nodes.csv", &nodes), room.file("links.csv", bad));
    let out = room.dir.path().join("none.parquet");
    assert!(matches!(walk(&room.config(&n, &l), &out), Err(Error::Fatal(_))));
    assert!(!out.exists());
    for (nodes, links) in
        [("node_id\nA\n", LINKS), ("id,p\nA,1\n", LINKS), (NODES, "a,b\nc,d\n"), ("", LINKS), ("node_id,p\nA,0.1\nA,0.2\n", LINKS)]
    {
        let (n, l) = (room.file("nodes.csv", nodes), room.file("links.csv", links));
        assert!(walk(&room.config(&n, &l), &out).is_err(), "{nodes}");
    }
}

#[test]
fn parquet_tables_are_read_as_text_tables_are() {
    use arrow::array::{ArrayRef, Float32Array, Int64Array, RecordBatch, StringArray};
    use std::sync::Arc;
    let room = Room::new();
    let write = |name: &str, columns: Vec<(&str, ArrayRef)>| {
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let path = room.dir.path().join(name);
        let mut writer = parquet::arrow::ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        path
    };
    let ids = |all: Vec<i64>| Arc::new(Int64Array::from(all)) as ArrayRef;
    let nodes =
        write("n.parquet", vec![("p", Arc::new(Float32Array::from(vec![Some(0.5), None, Some(0.25)]))), ("node_id", ids(vec![7, 8, 9]))]);
    let text = |all: Vec<&str>| Arc::new(StringArray::from(all)) as ArrayRef;
    let links =
        write("l.parquet", vec![("supplier_id", text(vec!["9", "7"])), ("buyer_id", text(vec!["8", "8"])), ("value", ids(vec![1, 3]))]);
    let (_, table) = room.run(&room.config(&nodes, &links));
    // 8 buys 1/4 from 9 and 3/4 from 7, of which nothing more is known.
    assert!((table.at("8", "touched") - (0.25 * 0.25 + 0.75 * 0.5)).abs() < 1e-12);
    assert_eq!(table.at("8", "clear"), 0.0);
}

/// Rows of a network with one large dense circle, small ones, closed ones, a long sparse one, and tails; ids in no order.
fn network(nodes: u64, links: u64) -> (Vec<String>, Vec<String>) {
    let mixed = |i: u64, by: u64| i.wrapping_mul(by) >> 40;
    let id = |i: u64| format!("N{:06}", i * 7919 % 1_000_003);
    let core = nodes / 3;
    let rows = (0..nodes).map(|i| {
        let mapped = if i % 50 < 4 { String::new() } else { format!("{}", 0.7 + (i % 30) as f64 / 100.0) };
        format!("{},{},{},{mapped}\n", id(i), (i % 97) as f64 / 900.0, if i % 50 < 4 { 0.0 } else { (i % 89) as f64 / 400.0 })
    });
    // The core; then pairs that buy from each other, each fourth also from the core; a ring; the rest buys from the core.
    let mut all: Vec<String> = (0..links)
        .map(|i| {
            let (b, s) = (mixed(i, 0x9e37_79b9_7f4a_7c15) % core, mixed(i, 0xc2b2_ae3d_27d4_eb4f) % core);
            format!("{},{},{}\n", id(s), id(b), 1 + i % 113)
        })
        .collect();
    for i in core..2 * core {
        all.push(format!("{},{},5\n", id(i ^ 1), id(i)));
        if i % 4 == 0 {
            all.push(format!("{},{},0.001\n", id(mixed(i, 0x9e37_79b9_7f4a_7c15) % core), id(i)));
        }
    }
    for i in 2 * core..nodes {
        all.push(format!("{},{},5\n", id(if i + 1 == nodes { 2 * core } else { i + 1 }), id(i)));
        all.push(format!("{},{},2\n", id(mixed(i, 0xc2b2_ae3d_27d4_eb4f) % core), id(i)));
        all.push(format!("{},OUT{i},2\n", id(i)));
    }
    (rows.collect(), all)
}

#[test]
fn a_walk_that_sorts_its_links_on_disk_has_the_same_bits_for_any_memory_threads_and_order_and_agrees_with_the_one_in_memory() {
    let room = Room::new();
    let (mut nodes, mut links) = network(6000, 300_000);
    let mut all: Vec<Vec<u8>> = Vec::new();
    for (threads, memory) in [(2, None), (1, Some(LEAST_MEMORY)), (2, Some(9 << 20)), (5, Some(1 << 40))] {
        let n = room.file("n.csv", "node_id,p_x,p_y,mapped_share\n".to_owned() + &nodes.concat());
        let l = room.file("l.csv", "supplier_id,buyer_id,value\n".to_owned() + &links.concat());
        let out = room.dir.path().join("out");
        let walked = walk(&WalkConfig { threads, memory, ..room.config(&n, &l) }, &out).unwrap();
        assert!(walked.giant >= 1900 && walked.unknown == 2000 && walked.closed_circle_nodes > 0, "{walked:?}");
        assert!(walked.defect <= 1e-9, "{}", walked.defect);
        all.push(std::fs::read(&out).unwrap());
        nodes.reverse();
        links.rotate_left(77_777);
        let left: Vec<_> = std::fs::read_dir(room.dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(left.iter().all(|f| !f.to_string_lossy().contains("scratch")), "{left:?}");
    }
    assert!(all[1] == all[2] && all[2] == all[3]);
    let table = |bytes: &[u8]| {
        let path = room.file("read.parquet", bytes);
        Table::read(&path).0
    };
    let (held, streamed) = (table(&all[0]), table(&all[1]));
    assert_eq!(held.len(), streamed.len());
    for (id, figures) in &held {
        for (name, figure) in figures {
            let other = streamed[id][name];
            assert!((figure - other).abs() <= 2e-9, "{name} of {id}: {figure} in memory, {other} from disk");
        }
    }
}

#[test]
fn networks_of_the_oracle_come_out_the_same_from_disk() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/trace_cases.json");
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let room = Room::new();
    for case in cases.iter().take(60) {
        let (p, mapped) = (numbers(&case["p"]), numbers(&case["mapped"]));
        let exits = if case["exits"].is_null() { vec![0.0; p.len()] } else { numbers(&case["exits"]) };
        let rows: String = (0..p.len()).map(|i| format!("n{i:03},{},{},{}\n", p[i], mapped[i], exits[i])).collect();
        let link = |l: &Value| format!("n{:03},n{:03},{}\n", l[0].as_u64().unwrap(), l[1].as_u64().unwrap(), l[2]);
        let links: String = case["links"].as_array().unwrap().iter().map(link).collect();
        let n = room.file("n.csv", "node_id,p,mapped_share,exited_share\n".to_owned() + &rows);
        let l = room.file("l.csv", "supplier_id,buyer_id,value\n".to_owned() + &links);
        let (walked, table) = room.run(&WalkConfig { memory: Some(LEAST_MEMORY), ..room.config(&n, &l) });
        assert!(walked.defect <= 1e-9);
        for column in ["touched", "unseen", "clear", "exited"] {
            for (i, oracle) in numbers(&case[column]).into_iter().enumerate() {
                let ours = table.at(&format!("n{i:03}"), column);
                assert!((ours - oracle).abs() < 1e-8, "{column} of {i}: {ours}, the oracle has {oracle}");
            }
        }
    }
}

#[test]
fn settings_that_make_no_sense_are_refused_before_anything_is_read() {
    let room = Room::new();
    let config = room.config(Path::new("none.csv"), Path::new("none.csv"));
    let out = room.dir.path().join("none.parquet");
    let said = |config: &WalkConfig| match walk(config, &out) {
        Err(error @ Error::Settings { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    for tolerance in [0.0, -1e-9, 1.0, 7.0, f64::NAN, f64::INFINITY] {
        let text = said(&WalkConfig { tolerance, ..config.clone() });
        assert!(text.starts_with(&format!("--tolerance: {tolerance} is not above 0 and below 1")), "{text}");
    }
    for closed_mapped in [-0.1, 1.1, f64::NAN] {
        assert!(said(&WalkConfig { closed_mapped, ..config.clone() }).starts_with("--closed-mapped"));
    }
    let text = said(&WalkConfig { memory: Some(LEAST_MEMORY - 1), ..config });
    assert!(text.contains("--memory") && text.contains("the least that works is 4MiB"), "{text}");
}

#[test]
fn a_walk_from_disk_that_fails_leaves_nothing_behind() {
    let room = Room::new();
    let n = room.file("nodes.csv", NODES);
    for links in ["supplier_id,buyer_id,value\nA,B,x\n", "supplier_id,value\nA,1\n", ""] {
        let l = room.file("links.csv", links);
        let out = room.dir.path().join("none.parquet");
        assert!(walk(&WalkConfig { memory: Some(LEAST_MEMORY), ..room.config(&n, &l) }, &out).is_err());
        assert_eq!(std::fs::read_dir(room.dir.path()).unwrap().count(), 2, "the two tables alone");
    }
    let nowhere = room.dir.path().join("no/such/folder/out.parquet");
    assert!(walk(&WalkConfig { memory: Some(LEAST_MEMORY), ..room.config(&n, &n) }, &nowhere).is_err());
}

/// What the process of one walk says of its most memory, when the graph is built and when all is written.
fn peaks(room: &Room, nodes: &str, links: &str) -> Option<(u64, u64)> {
    let (n, l) = (room.file("nodes.csv", nodes), room.file("links.csv", links));
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_onus"))
        .args(["walk", "--json", "--threads", "2", "-o"])
        .args([&room.dir.path().join("out.parquet"), &n, &l])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let said: Value = serde_json::from_slice(&run.stdout).unwrap();
    Some((said["peak_bytes"]["build"].as_u64()?, said["peak_bytes"]["write"].as_u64()?))
}

#[test]
fn building_takes_at_most_64_bytes_a_link_and_256_a_node() {
    let room = Room::new();
    let (nodes, links) = (100_000u64, 1_000_000u64);
    let mixed = |i: u64, by: u64| (i.wrapping_mul(by) >> 40) % nodes;
    let rows: String = (0..nodes).map(|i| format!("N{i:08},0.{:04},0.9\n", i % 9973)).collect();
    let link = |i: u64| format!("N{:08},N{:08},{}\n", mixed(i, 0x9e37_79b9_7f4a_7c15), mixed(i, 0xc2b2_ae3d_27d4_eb4f), 1 + i % 997);
    let table: String = (0..links).map(link).collect();
    let Some((alone, _)) = peaks(&room, "node_id,p\nA,0.1\n", "supplier_id,buyer_id,value\nA,B,1\n") else { return };
    let header = "supplier_id,buyer_id,value\n".to_owned();
    let (built, whole) = peaks(&room, &("node_id,p,mapped_share\n".to_owned() + &rows), &(header + &table)).unwrap();
    let most = 64 * links + 256 * nodes;
    assert!(built - alone <= most, "{} bytes more than for nothing, {most} are allowed", built - alone);
    assert!(whole - alone <= most, "solved and written: {} bytes more than for nothing, {most} are allowed", whole - alone);
}

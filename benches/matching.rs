//! Matching at scale, and a door for other programs to the same pairs.
//!
//! - `cargo bench --bench matching` : a seeded million-style test, small by default; `-- scale LEFT RIGHT [within]` for other sizes. Messy names
//!   of invented firms; a fifth of the left records have a true partner on the right under another spelling. Prints seconds, memory,
//!   compared pairs, blocking recall, precision and recall of `same`.
//! - `cargo bench --bench matching -- pairs IN OUT [KEEP_FROM]` : records from CSV (`side,id,names,class,country,subdivision,city,address,lat,lon,
//!   groups,around`; lists with `|`), pairs to CSV (`left,right,score,outcome,because`). Without a side `r` the records are one set.

use onus::base::{CountryCode, par};
use onus::matching::{Class, Outcome, Record, Settings, between, within};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// Numbers of a fixed sequence.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Low numbers far more often than high ones (nearly 1/rank).
    fn skewed(&mut self, n: usize) -> usize {
        let u = self.below(1_000_000) as f64 / 1_000_000.0;
        ((n as f64).powf(u) - 1.0) as usize
    }
}

/// What was read from a CSV file.
struct Table {
    left: Vec<Record<'static>>,
    right: Vec<Record<'static>>,
}

fn listed(text: &str) -> Vec<Cow<'static, str>> {
    text.split('|').map(str::trim).filter(|t| !t.is_empty()).map(|t| Cow::Owned(t.to_owned())).collect()
}

fn read(path: &str) -> Result<Table, Box<dyn std::error::Error>> {
    let mut table = Table { left: Vec::new(), right: Vec::new() };
    let mut reader = csv::Reader::from_path(path)?;
    for row in reader.deserialize() {
        let row: BTreeMap<String, String> = row?;
        let get = |column: &str| row.get(column).map_or("", String::as_str);
        let own = |column: &str| Cow::Owned(get(column).to_owned());
        let record = Record {
            id: own("id"),
            names: listed(get("names")),
            class: match get("class") {
                "party" => Class::Party,
                "vessel" => Class::Vessel,
                _ => Class::Place,
            },
            country: CountryCode::new(get("country")),
            subdivision: own("subdivision"),
            city: own("city"),
            address: own("address"),
            position: get("lat").parse().ok().zip(get("lon").parse().ok()),
            groups: listed(get("groups")),
            around: get("around").split('|').filter_map(|k| k.parse().ok()).collect(),
            identifiers: Vec::new(),
        };
        if get("side") == "r" { table.right.push(record) } else { table.left.push(record) }
    }
    Ok(table)
}

fn pairs(input: &str, output: &str, keep_from: f64) -> Result<(), Box<dyn std::error::Error>> {
    let table = read(input)?;
    let start = Instant::now();
    let rounds = std::env::var("MATCH_ROUNDS").ok().and_then(|r| r.parse().ok()).unwrap_or(Settings::default().rounds);
    let settings = Settings { keep_from: Some(keep_from), rounds, across_classes: true, ..Settings::default() };
    let one_set = table.right.is_empty();
    let found = if one_set { within(&table.left, &settings)? } else { between(&table.left, &table.right, &settings)? };
    let seconds = start.elapsed().as_secs_f64();
    let right = if one_set { &table.left } else { &table.right };
    let mut writer = csv::Writer::from_path(output)?;
    writer.write_record(["left", "right", "score", "outcome", "because"])?;
    for pair in &found.pairs {
        let outcome = match pair.outcome {
            Outcome::Same => "same",
            Outcome::Ask => "ask",
            Outcome::Different => "different",
        };
        let bits: Vec<String> = pair.reasons.iter().map(|r| format!("{} ({:+.1})", r.finding, r.bits)).collect();
        writer.write_record([
            table.left[pair.left].id.as_ref(),
            right[pair.right].id.as_ref(),
            &pair.score.to_string(),
            outcome,
            &bits.join("; "),
        ])?;
    }
    writer.flush()?;
    println!(
        "{{\"seconds\": {seconds:.3}, \"candidates\": {}, \"crowded\": {}, \"prior\": {:.5}, \"estimated\": {}}}",
        found.counts.candidates, found.counts.crowded_keys, found.weights.prior, found.weights.estimated
    );
    if std::env::var("MATCH_WEIGHTS").is_ok() {
        for (field, bits) in found.weights.bits.iter().enumerate() {
            eprintln!("{field}: {}", bits.iter().map(|b| format!("{b:.1}")).collect::<Vec<_>>().join(" "));
        }
    }
    Ok(())
}

const SYLLABLES: [&str; 48] = [
    "ka", "ri", "mo", "ta", "su", "len", "bar", "dan", "jo", "ve", "shi", "han", "po", "ga", "ndi", "ru", "ma", "wil", "ter", "xin",
    "zhou", "lu", "fe", "san", "tor", "el", "bi", "na", "ko", "pra", "dhi", "qu", "in", "as", "ur", "ne", "gol", "mer", "cha", "yu", "de",
    "vi", "ro", "pe", "ti", "hu", "ce", "jin",
];
const TRADES: [&str; 24] = [
    "Textile",
    "Garments",
    "Industries",
    "Trading",
    "Palm Oil Mill",
    "Apparel",
    "Mills",
    "Manufacturing",
    "International",
    "Enterprise",
    "Foods",
    "Electronics",
    "Plantations",
    "Metal",
    "Mining",
    "Footwear",
    "Knitting",
    "Fashion",
    "Group",
    "Export",
    "Agro",
    "Chemical",
    "Products",
    "Technology",
];
const FORMS: [&str; 14] =
    ["Co., Ltd.", "Sdn Bhd", "PT", "Ltd", "Limited", "GmbH", "S.A.", "S.A. de C.V.", "Ltda", "LLC", "Pvt Ltd", "Inc.", "JSC", ""];
const COUNTRIES: [&str; 20] = [
    "CHN", "IND", "BGD", "VNM", "IDN", "MYS", "TUR", "MEX", "BRA", "COL", "THA", "PAK", "KHM", "LKA", "ITA", "DEU", "USA", "PRT", "MAR",
    "ETH",
];

fn word(next: &mut Sequence, vocabulary: usize) -> String {
    let at = next.skewed(vocabulary);
    let mut inner = Sequence(at as u64 * 7_919 + 13);
    inner.below(7);
    let len = 2 + inner.below(2) + usize::from(at > 3_000);
    let text: String = (0..len).map(|_| SYLLABLES[inner.below(SYLLABLES.len())]).collect();
    let mut letters = text.chars();
    letters.next().map(|c| c.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

struct Firm {
    words: Vec<String>,
    trade: usize,
    form: usize,
    number: usize,
    country: usize,
    city: String,
    lat: f64,
    lon: f64,
}

fn firm(next: &mut Sequence) -> Firm {
    let words = (0..1 + next.below(3)).map(|_| word(next, 200_000)).collect();
    let country = next.below(COUNTRIES.len());
    Firm {
        words,
        trade: next.below(TRADES.len() + 6),
        form: next.below(FORMS.len()),
        number: if next.chance(12) { 1 + next.below(5) } else { 0 },
        country,
        city: word(next, 2_000),
        lat: country as f64 * 3.0 - 30.0 + next.below(20_000) as f64 / 10_000.0,
        lon: country as f64 * 8.0 - 80.0 + next.below(30_000) as f64 / 10_000.0,
    }
}

fn slip(text: &str, next: &mut Sequence) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = 1 + next.below(letters.len().saturating_sub(1));
    match next.below(3) {
        0 if letters.len() > 4 => {
            letters.remove(at.min(letters.len() - 1));
        }
        1 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => letters.insert(at.min(letters.len()), 'h'),
    }
    letters.into_iter().collect()
}

fn written(firm: &Firm, id: String, messy: bool, next: &mut Sequence) -> Record<'static> {
    let mut words = firm.words.clone();
    let (mut form, mut trade) = (firm.form, TRADES.get(firm.trade).copied());
    if messy {
        if next.chance(25) {
            let at = next.below(words.len());
            words[at] = slip(&words[at], next);
        }
        if words.len() > 1 && next.chance(10) {
            words.swap(0, 1);
        }
        if words.len() > 1 && next.chance(8) {
            let tail = words.remove(1);
            words[0] += &tail.to_lowercase();
        }
        if next.chance(30) {
            form = next.below(FORMS.len());
        }
        if next.chance(20) {
            trade = None;
        }
    }
    let mut name = if FORMS[form] == "PT" { format!("PT {}", words.join(" ")) } else { words.join(" ") };
    if let Some(trade) = trade {
        name = name + " " + trade;
    }
    if firm.number > 0 {
        name = if messy && next.chance(50) {
            format!("{name} (Unit {})", ["", "I", "II", "III", "IV", "V"][firm.number])
        } else {
            format!("{name} {}", firm.number)
        };
    }
    if FORMS[form] != "PT" && !FORMS[form].is_empty() {
        name = name + " " + FORMS[form];
    }
    if messy && next.chance(30) {
        name = name.to_uppercase();
    }
    let known = !messy || next.chance(80);
    let jitter = |next: &mut Sequence| if messy { (next.below(2_000) as f64 - 1_000.0) / 100_000.0 } else { 0.0 };
    Record {
        id: Cow::Owned(id),
        names: vec![Cow::Owned(name)],
        country: known.then(|| CountryCode::new(COUNTRIES[firm.country])).flatten(),
        city: if next.chance(60) { Cow::Owned(firm.city.clone()) } else { Cow::Borrowed("") },
        position: next.chance(40).then(|| (firm.lat + jitter(next), firm.lon + jitter(next))),
        ..Record::default()
    }
}

/// Highest resident memory of this process, GB, where the system tells it.
fn peak_gigabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1_048_576.0
}

fn scale(left: usize, right: usize, one_set: bool) -> Result<(), Box<dyn std::error::Error>> {
    let mut next = Sequence(20_261_122);
    let (mut ours, mut theirs) = (Vec::with_capacity(left), Vec::with_capacity(right));
    for i in 0..left.max(right) {
        let firm = firm(&mut next);
        let shared = i % 5 == 0;
        if i < left {
            ours.push(written(&firm, format!("a{i:08}"), false, &mut next));
        }
        if i < right {
            let other = if shared { firm } else { self::firm(&mut next) };
            theirs.push(written(&other, format!("b{i:08}"), true, &mut next));
        }
    }
    let generated = peak_gigabytes();
    let settings = Settings::default();
    let truth = left.min(right).div_ceil(5);
    let start = Instant::now();
    let (found, offset) = if one_set {
        ours.append(&mut theirs);
        (within(&ours, &settings)?, left)
    } else {
        (between(&ours, &theirs, &settings)?, 0)
    };
    let seconds = start.elapsed().as_secs_f64();
    let is_true = |l: usize, r: usize| {
        let (l, r) = (l.min(r), l.max(r));
        r >= offset && l == r - offset && l % 5 == 0
    };
    let (mut same_true, mut ask_true) = (0, 0);
    for pair in found.pairs.iter().filter(|p| is_true(p.left, p.right)) {
        match pair.outcome {
            Outcome::Same => same_true += 1,
            _ => ask_true += 1,
        }
    }
    let counts = found.counts;
    println!(
        "| records | seconds | peak GB (records alone) | compared pairs | a record | same: precision | same: recall | same or ask: recall | asked |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    println!(
        "| {left} x {right}{} | {seconds:.1} | {:.2} ({generated:.2}) | {} | {:.1} | {:.4} | {:.4} | {:.4} | {} |",
        if one_set { " in one set" } else { "" },
        peak_gigabytes(),
        counts.candidates,
        counts.candidates as f64 / left as f64,
        f64::from(same_true) / counts.same.max(1) as f64,
        f64::from(same_true) / truth as f64,
        f64::from(same_true + ask_true) / truth as f64,
        counts.ask,
    );
    Ok(())
}

/// Blocking recall needs every compared pair, so it is measured on a smaller draw of the same generator.
fn blocking_recall(size: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut next = Sequence(20_261_122);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for i in 0..size {
        let firm = firm(&mut next);
        ours.push(written(&firm, format!("a{i:08}"), false, &mut next));
        let other = if i % 5 == 0 { firm } else { self::firm(&mut next) };
        theirs.push(written(&other, format!("b{i:08}"), true, &mut next));
    }
    let found = between(&ours, &theirs, &Settings { keep_from: Some(0.0), ..Settings::default() })?;
    let kept: BTreeSet<usize> = found.pairs.iter().filter(|p| p.left == p.right && p.left % 5 == 0).map(|p| p.left).collect();
    println!("blocking recall at {size} x {size}: {:.4}", kept.len() as f64 / size.div_ceil(5) as f64);
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let number = |at: usize, default: usize| arguments.get(at).and_then(|a| a.parse().ok()).unwrap_or(default);
    match arguments.first().map(String::as_str) {
        Some("pairs") => {
            let (Some(input), Some(output)) = (arguments.get(1), arguments.get(2)) else { return Err("pairs IN OUT [KEEP_FROM]".into()) };
            let keep = arguments.get(3).and_then(|k| k.parse().ok()).unwrap_or(0.0);
            par::with_threads(0, || pairs(input, output, keep).map_err(|e| e.to_string()))??;
        }
        Some("recall") => blocking_recall(number(1, 100_000))?,
        _ => {
            let one_set = arguments.iter().any(|a| a == "within");
            scale(number(1, 20_000), number(2, 20_000), one_set)?;
            blocking_recall(number(1, 20_000).min(200_000))?;
        }
    }
    Ok(())
}

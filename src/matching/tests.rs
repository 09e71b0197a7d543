//! What the room promises, on records that a person can check.

use super::*;
use crate::base::CountryCode;

fn record<'a>(id: &'a str, names: &[&'a str]) -> Record<'a> {
    Record { id: id.into(), names: names.iter().map(|n| (*n).into()).collect(), ..Record::default() }
}

fn identified<'a>(mut record: Record<'a>, scheme: &'a str, value: &'a str, names: Names) -> Record<'a> {
    record.identifiers.push(Identifier { scheme: scheme.into(), value: value.into(), names });
    record
}

fn all() -> Settings {
    Settings { keep_from: Some(0.0), ..Settings::default() }
}

fn score(a: Record<'_>, b: Record<'_>) -> f64 {
    let found = between(&[a], &[b], &all()).unwrap();
    found.pairs.first().map_or(0.0, |p| p.score)
}

const MILLS: [&str; 24] = [
    "PT. Ramajaya Pramukti",
    "Ramajaya Pramukti, PT",
    "PT Sumber Tani Agung",
    "Adolina",
    "PT Perkebunan Nusantara IV - Adolina",
    "Ace Oil Mill Sdn Bhd",
    "Abedon Oil Mill Sdn Bhd",
    "Bukit Leelau Palm Oil Mill",
    "Bkt Leelau POM",
    "Extractora La Francia S.A.",
    "Extractora del Atlántico S.A.",
    "Abdi Budi Mulia 1",
    "Abdi Budi Mulia 2",
    "Vogue Tex (Pvt) Ltd Weligama",
    "Voguetex Pvt. Limited Weligama",
    "Univanich Palm Oil PCL - Lamthap Mill",
    "Siam Modern Palm Co Ltd",
    "Unipalm Industry Co Ltd",
    "Teluk Panji",
    "Golden Hope Textile Mills",
    "Green Hope Garment Factory",
    "Wilmar Trading Sdn Bhd",
    "Musim Mas",
    "Mewah Oils",
];

#[test]
fn twenty_records_give_sensible_pairs() {
    let ids: Vec<String> = (0..MILLS.len()).map(|i| format!("{i:02}")).collect();
    let records: Vec<Record<'_>> = MILLS.iter().zip(&ids).map(|(name, id)| record(id, &[name])).collect();
    let found = within(&records, &all()).unwrap();
    let of = |a: usize, b: usize| found.pairs.iter().find(|p| (p.left, p.right) == (a, b)).map_or(0.0, |p| p.score);
    for (a, b) in [(0, 1), (13, 14)] {
        assert!(of(a, b) > 0.5, "{} / {}: {}", MILLS[a], MILLS[b], of(a, b));
    }
    for (a, b) in [(11, 12), (5, 6), (9, 10), (19, 20), (2, 21)] {
        assert!(of(a, b) < 0.3, "{} / {}: {}", MILLS[a], MILLS[b], of(a, b));
    }
    assert!(found.pairs.iter().all(|p| p.score > 0.0 && p.score <= 0.999));
}

#[test]
fn another_number_is_strong_evidence_of_another_place() {
    for (a, b) in [
        ("Bukit Raja Mill 2", "Bukit Raja Mill 3"),
        ("Kencana Agri Unit II", "Kencana Agri Unit III"),
        ("Sejati Plant A", "Sejati Plant B"),
    ] {
        let same = score(record("1", &[a]), record("2", &[a]));
        let other = score(record("1", &[a]), record("2", &[b]));
        assert!(other < 0.3 && same > 0.6, "{a} / {b}: {same} {other}");
    }
    let numeral = score(record("1", &["Kencana Agri Unit II"]), record("2", &["Kencana Agri Unit 2"]));
    assert!(numeral > 0.6, "{numeral}");
}

#[test]
fn a_shared_site_identifier_is_the_same_place_whatever_the_spelling() {
    let a = identified(record("1", &["Teluk Panji"]), "os_id", "ID2019083XJJ7D7", Names::Site);
    let b = identified(record("2", &["Abdi Budi Mulia 1"]), "os_id", "ID2019083XJJ7D7", Names::Site);
    let found = between(&[a], &[b], &Settings::default()).unwrap();
    assert_eq!((found.pairs[0].score, found.pairs[0].outcome), (1.0, Outcome::Same));
    assert_eq!(found.pairs[0].reasons[0].finding.to_string(), "share the site identifier os_id");
}

#[test]
fn a_shared_identifier_of_other_name_and_country_is_asked() {
    let with = |id, name: &'static str, country| Record {
        country: CountryCode::new(country),
        ..identified(record(id, &[name]), "os_id", "X1", Names::Site)
    };
    let found = between(&[with("1", "Teluk Panji", "IDN")], &[with("2", "Calzados Rivera", "MEX")], &Settings::default()).unwrap();
    assert_eq!(found.pairs[0].outcome, Outcome::Ask);
    assert!(found.pairs[0].score < 1.0);
}

#[test]
fn other_values_of_one_site_scheme_are_different_places() {
    let a = identified(record("1", &["Adolina"]), "uml_id", "PO1", Names::Site);
    let b = identified(record("2", &["Adolina"]), "uml_id", "PO2", Names::Site);
    let found = between(&[a], &[b], &all()).unwrap();
    assert_eq!(found.pairs[0].outcome, Outcome::Different);
}

#[test]
fn one_lei_is_one_party_but_only_the_operator_of_two_places() {
    let with = |id: &'static str, name: &'static str, class| Record { class, ..identified(record(id, &[name]), "lei", "L1", Names::Party) };
    let parties = between(&[with("1", "Mewah Oils", Class::Party)], &[with("2", "Mewah Group", Class::Party)], &all()).unwrap();
    assert_eq!(parties.pairs[0].score, 1.0);
    let places = between(&[with("1", "Mewah Mill 1", Class::Place)], &[with("2", "Mewah Mill 2", Class::Place)], &all()).unwrap();
    assert!(places.pairs[0].score < 0.9, "{}", places.pairs[0].score);
    let same = between(&[with("1", "Mewah Bukit Mill", Class::Place)], &[with("2", "Mewah Bukit Mill", Class::Place)], &all()).unwrap();
    assert!(same.pairs[0].score <= 0.999);
}

#[test]
fn all_agreement_without_an_identifier_stays_below_one() {
    let full = |id: &'static str| Record {
        country: CountryCode::new("IDN"),
        city: "Rokan Hulu".into(),
        address: "Desa Kepenuhan Jalan 12".into(),
        position: Some((0.58, 100.92)),
        groups: vec!["First Resources".into()],
        around: vec![1, 2, 3, 4, 5],
        ..record(id, &["Arindo Tri Sejahtera"])
    };
    let found = between(&[full("1")], &[full("2")], &all()).unwrap();
    assert!(found.pairs[0].score <= 0.999 && found.pairs[0].score > 0.95, "{}", found.pairs[0].score);
    let because = found.pairs[0].because();
    for part in ["same name", "0 m apart", "share 5 of 5 known buyers, suppliers or owners", "same country", "same address"] {
        assert!(because.contains(part), "{because}");
    }
}

#[test]
fn facts_of_place_and_country_move_the_score_the_right_way() {
    let at = |id: &'static str, name: &'static str, position, country| Record {
        position,
        country: CountryCode::new(country),
        ..record(id, &[name])
    };
    let base = score(at("1", "Sungai Melayu", None, ""), at("2", "Sungai Melayu Mill", None, ""));
    let near = score(at("1", "Sungai Melayu", Some((1.0, 101.0)), ""), at("2", "Sungai Melayu Mill", Some((1.0005, 101.0)), ""));
    let far = score(at("1", "Sungai Melayu", Some((1.0, 101.0)), ""), at("2", "Sungai Melayu Mill", Some((9.0, 121.0)), ""));
    let abroad = score(at("1", "Sungai Melayu", None, "IDN"), at("2", "Sungai Melayu Mill", None, "MYS"));
    assert!(far < base && base < near && abroad < base, "{far} {base} {near} {abroad}");
    assert!(abroad > 0.0, "a country that differs costs, it does not exclude");
}

#[test]
fn classes_meet_only_where_asked_for() {
    let party = Record { class: Class::Party, ..record("2", &["Musim Mas Kuala Tanjung"]) };
    let (a, b) = ([record("1", &["Musim Mas Kuala Tanjung"])], [party]);
    assert!(between(&a, &b, &all()).unwrap().pairs.is_empty());
    assert_eq!(between(&a, &b, &Settings { across_classes: true, ..all() }).unwrap().pairs.len(), 1);
}

#[test]
fn a_word_in_brackets_that_two_names_share_does_not_make_them_one() {
    let ids: Vec<String> = (0..400).map(|i| format!("{i:03}")).collect();
    let names: Vec<String> = (0..400).map(|i| format!("{} {} Garment Factory Ltd", MILLS[i % 24], MILLS[(i / 24 + 5 * i) % 24])).collect();
    let mut records: Vec<Record<'_>> = ids.iter().zip(&names).map(|(id, name)| record(id, &[name])).collect();
    records.push(record("900", &["Papillion Textile (Cambodia) Co., Ltd"]));
    records.push(record("901", &["Trimstown (Cambodia) Co., Ltd."]));
    records.push(record("902", &["Trimstown Co Ltd"]));
    let found = within(&records, &all()).unwrap();
    let of = |a: usize, b: usize| found.pairs.iter().find(|p| (p.left, p.right) == (a, b)).map_or(0.0, |p| p.score);
    assert!(of(400, 401) < 0.3, "{}", of(400, 401));
    assert!(of(401, 402) > 0.6, "{}", of(401, 402));
}

#[test]
fn an_alias_counts_as_a_name() {
    let listed = record("2", &["Hetian Haolin Hair Accessories Co. Ltd.", "Hotan Haolin Hair Accessories", "Hollin Hair Accessories"]);
    let found = between(&[record("1", &["Hollin Hair Accessories Company Limited"])], &[listed], &all()).unwrap();
    assert!(found.pairs[0].because().contains("by another name of the second"), "{}", found.pairs[0].because());
}

#[test]
fn one_true_hit_among_many_false_is_not_argued_away() {
    let ids: Vec<String> = (0..400).map(|i| format!("{i:03}")).collect();
    let names: Vec<String> = (0..400).map(|i| format!("{} {} Garment Factory Ltd", MILLS[i % 24], MILLS[(i / 24 + 5 * i) % 24])).collect();
    let mut nodes: Vec<Record<'_>> = ids.iter().zip(&names).map(|(id, name)| record(id, &[name])).collect();
    nodes.push(record("999", &["Hetian Haolin Hair Accessories"]));
    let listed = [
        "Hetian Haolin Hair Accessories Co. Ltd.",
        "Lop County Hair Product Industrial Park",
        "Green Textile Prison Factory",
        "Camel Group Co., Ltd.",
    ];
    let listed: Vec<Record<'_>> = listed.iter().map(|name| record(name, &[name])).collect();
    let found = between(&listed, &nodes, &Settings::default()).unwrap();
    let hits: Vec<(usize, usize)> = found.pairs.iter().map(|p| (p.left, p.right)).collect();
    assert_eq!(hits, [(0, 400)]);
    assert!(found.pairs[0].score > 0.7, "{}", found.pairs[0].score);
}

#[test]
fn order_of_records_and_threads_change_no_bit() {
    let ids: Vec<String> = (0..240).map(|i| format!("{i:03}")).collect();
    let names: Vec<String> = (0..240).map(|i| format!("{} {}", MILLS[i % MILLS.len()], MILLS[(i * 7 + i / 24) % MILLS.len()])).collect();
    let records: Vec<Record<'_>> = ids
        .iter()
        .zip(&names)
        .enumerate()
        .map(|(i, (id, name))| Record {
            position: (i % 3 == 0).then(|| (i as f64 / 50.0, 100.0 + i as f64 / 70.0)),
            around: vec![i as u32 % 17, 40 + i as u32 % 5],
            ..record(id, &[name])
        })
        .collect();
    let reversed: Vec<Record<'_>> = records.iter().rev().cloned().collect();
    let run = |records: &[Record<'_>], threads| {
        let found = par::with_threads(threads, || within(records, &all())).unwrap().unwrap();
        let bits = |p: &Pair| (records[p.left].id.to_string(), records[p.right].id.to_string(), p.score.to_bits(), p.because());
        found.pairs.iter().map(bits).collect::<Vec<_>>()
    };
    let one = run(&records, 1);
    assert!(one.len() > 240, "{} pairs", one.len());
    assert_eq!(one, run(&records, 3));
    assert_eq!(one, run(&reversed, 2));
}

#[test]
fn a_hot_key_does_not_square_the_work() {
    let ids: Vec<String> = (0..1_500).map(|i| format!("{i:04}")).collect();
    let records: Vec<Record<'_>> = ids.iter().map(|id| record(id, &["Garment Factory Ltd"])).collect();
    let found = within(&records, &Settings::default()).unwrap();
    assert!(found.counts.candidates <= 1_500 * 40, "{}", found.counts.candidates);
    assert!(found.counts.crowded_keys > 0);
}

#[test]
fn odd_text_and_numbers_never_panic() {
    let long = "有限公司 Ltd. (((".repeat(4_000);
    let odd = ["", " ", "...", "\u{0}", "II", "1", "(", "Ltd", "\u{202e}\u{10ffff}", "a", &long, "ﷺ", "-1e999"];
    let records: Vec<Record<'_>> = odd
        .iter()
        .map(|text| Record {
            city: (*text).into(),
            address: (*text).into(),
            groups: vec![(*text).into()],
            position: Some((f64::NAN, 400.0)),
            around: vec![u32::MAX],
            ..identified(record(text, &[text, text]), text, text, Names::Party)
        })
        .collect();
    let found = within(&records, &all()).unwrap();
    assert!(found.pairs.iter().all(|p| (0.0..=1.0).contains(&p.score)));
    assert!(within(&[], &all()).unwrap().pairs.is_empty());
    assert!(between(&records, &[], &all()).unwrap().pairs.is_empty());
}

#[test]
fn thresholds_out_of_order_are_refused() {
    assert!(within(&[], &Settings { ask: 0.9, same: 0.5, ..Settings::default() }).is_err());
    assert!(within(&[], &Settings { same: f64::NAN, ..Settings::default() }).is_err());
}

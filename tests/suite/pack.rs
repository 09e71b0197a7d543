//! The embedded method and what may replace it.

use onus::base::{Branch, Kind, Norm, NormSet};
use onus::pack::{Grade, MethodPack, Standing};
use serde_json::Value;
use std::path::Path;

fn core() -> MethodPack {
    MethodPack::embedded().unwrap_or_else(|e| panic!("{e}"))
}

fn overlaid(toml: &str) -> Result<MethodPack, String> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("mine.toml"), toml).unwrap();
    core().with_overlay(dir.path()).map_err(|e| e.to_string())
}

fn refused(toml: &str) -> String {
    match overlaid(toml) {
        Ok(_) => panic!("accepted: {toml}"),
        Err(why) => why,
    }
}

fn golden() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/golden.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_embedded_pack_passes_its_own_lint() {
    assert_eq!(core().lint(), Vec::new());
}

#[test]
fn strengths_couplings_and_prior_parameters_are_those_of_the_reference() {
    let (pack, golden) = (core(), golden());
    for (grade, name) in [(Grade::Weak, "weak"), (Grade::Medium, "medium"), (Grade::Strong, "strong")] {
        assert_eq!(pack.strength(grade).present, golden["pack"]["strengths"][name]["present"].as_f64().unwrap());
        assert_eq!(pack.strength(grade).absent, golden["pack"]["strengths"][name]["absent"].as_f64().unwrap());
    }
    let expected = golden["couplings"].as_array().unwrap();
    assert_eq!(pack.couplings.len(), expected.len());
    for c in expected {
        let pair = NormSet::of(&[Norm::parse(c[0].as_str().unwrap()).unwrap(), Norm::parse(c[1].as_str().unwrap()).unwrap()]);
        let kappa = pack.couplings.iter().find(|(a, b, _)| NormSet::of(&[*a, *b]) == pair).map(|c| c.2);
        assert_eq!(kappa, c[2].as_f64(), "{c}");
    }
    assert!((pack.lapse_days - 84.0 * 30.4375).abs() < 1e-9);
    assert_eq!((pack.prior.discount, pack.prior.cap, pack.prior.model_error, pack.halving), (0.7, 2.5, 0.02, 0.5));
    assert!((pack.signal_weight - 3f64.ln()).abs() < 1e-15);
}

#[test]
fn source_classes_are_those_of_the_reference() {
    let (pack, golden) = (core(), golden());
    for id in ["audit_announced", "audit_unannounced_offsite", "ngo_investigation"] {
        let (found, expected) = (&pack.sources[pack.source(id).unwrap().0 as usize], &golden["pack"]["sources"][id]);
        let number = |key: &str| expected[key].as_f64().unwrap();
        assert_eq!(found.class, expected["class"].as_str().unwrap(), "{id}");
        assert_eq!(found.detection_sign, number("detection_sign"), "{id}");
        assert_eq!(found.false_report, number("false_report"), "{id}");
        assert!((found.half_life_negative_days - number("half_life_negative_days")).abs() < 1e-9, "{id}");
        assert!((found.half_life_positive_days - number("half_life_positive_days")).abs() < 1e-9, "{id}");
        for norm in Norm::ALL {
            assert_eq!(found.detection[norm.at()], expected["detection"][norm.as_str()].as_f64().unwrap(), "{id} {norm:?}");
        }
    }
}

#[test]
fn signs_of_all_three_branches_are_there_with_the_ids_that_others_use() {
    let pack = core();
    for branch in Branch::ALL {
        assert!(pack.signs.iter().filter(|s| s.branch == branch).count() >= 10, "{branch:?}");
    }
    for (id, expected) in golden()["pack"]["signs"].as_object().unwrap() {
        let sign = &pack.signs[pack.sign(id).unwrap_or_else(|| panic!("{id} is missing")).0 as usize];
        assert_eq!(sign.branch.as_str(), expected["branch"].as_str().unwrap(), "{id}");
    }
    assert!(pack.signs.windows(2).all(|w| w[0].id < w[1].id));
    assert!(pack.sources.windows(2).all(|w| w[0].id < w[1].id));
}

#[test]
fn a_sign_of_an_adult_does_not_accuse_of_child_trafficking() {
    let pack = core();
    let about_a_child = |id: &str| id.starts_with("cl_") || id == "rc_minor_in_batch";
    for sign in &pack.signs {
        if sign.norms[Norm::ChildTrafficking.at()].is_some() {
            assert!(about_a_child(&sign.id), "{}", sign.id);
        }
    }
}

#[test]
fn every_kind_has_defaults_and_only_parties_and_regions_have_no_people() {
    let pack = core();
    for kind in Kind::ALL {
        let defaults = pack.kinds.get(&kind).unwrap_or_else(|| panic!("{} is missing", kind.as_str()));
        assert_eq!(defaults.people > 0.0, kind.has_posterior(), "{}", kind.as_str());
        assert_eq!(defaults.assumed_mapped, if kind.is_origin() { 1.0 } else { 0.5 }, "{}", kind.as_str());
    }
}

#[test]
fn an_audit_counts_by_how_it_came_and_where_workers_were_heard() {
    let pack = core();
    let id = |announcement: &str, offsite: bool| pack.sources[pack.audit_source(announcement, offsite).0 as usize].id.clone();
    assert_eq!(id("announced", false), "audit_announced");
    assert_eq!(id("announced", true), "audit_announced");
    assert_eq!(id("semi_announced", true), "audit_semi_announced");
    assert_eq!(id("unannounced", false), "audit_unannounced");
    assert_eq!(id("unannounced", true), "audit_unannounced_offsite");
    assert_eq!(id("", false), "audit_announced");
}

#[test]
fn a_channel_is_trusted_by_who_runs_it() {
    let pack = core();
    let trust = |operator: Option<&str>, independent: Option<bool>| pack.channel(operator, independent).trust;
    assert_eq!(trust(Some("company"), Some(true)), 0.3);
    assert_eq!(trust(Some("public"), None), 0.5);
    assert_eq!(trust(Some("union"), None), 0.6);
    assert_eq!(trust(Some("union"), Some(false)), 0.3);
    assert_eq!(trust(Some("ngo"), Some(true)), 0.8);
    assert_eq!(trust(Some("ngo"), None), 0.3);
    assert_eq!(trust(None, None), 0.3);
    // methodology 3.3: reach .9, trust .8, use .7 give .504, children .3 of it
    let d = pack.channel_detection(0.9, 0.8, 0.7);
    assert!((d[Norm::ForcedLabour.at()] - 0.504).abs() < 1e-12);
    assert!((d[Norm::ChildLabour.at()] - 0.1512).abs() < 1e-12);
    assert_eq!(pack.channel_detection(0.0, 0.8, 0.7), [0.0; Norm::COUNT]);
    let company = pack.channel(Some("company"), None).source;
    assert_eq!(pack.sources[company.0 as usize].id, "grievance_company");
}

#[test]
fn a_management_system_covers_nothing_and_schemes_are_found_by_any_spelling() {
    let pack = core();
    for text in ["ISO 9001", "iso 14001:2015", "ISO-45001"] {
        assert!(pack.scheme(text).unwrap_or_else(|| panic!("{text}")).covers.is_empty(), "{text}");
    }
    assert_eq!(pack.scheme("SMETA 4 pillar").unwrap().id, "smeta_4_pillar");
    assert_eq!(pack.scheme("Sedex").unwrap().id, "smeta_4_pillar");
    assert_eq!(pack.scheme("BSCI").unwrap().id, "amfori_bsci");
    assert_eq!(pack.scheme("sa-8000").unwrap().id, "sa8000");
    assert!(pack.scheme("our own visit").is_none());
    for scheme in pack.schemes.values() {
        assert!(!scheme.covers.contains(Norm::StateImposed), "{}: nobody can look for it there", scheme.id);
    }
}

#[test]
fn a_source_that_speaks_only_of_harm_says_nothing_by_its_silence() {
    let pack = core();
    for id in ["media_single", "authority_or_court"] {
        let source = &pack.sources[pack.source(id).unwrap().0 as usize];
        assert!(source.positive_only);
        assert_eq!(source.detection, [0.0; Norm::COUNT]);
        assert!(source.detection_sign > 0.0);
    }
    let statements: Vec<&str> = pack.sources_of("statements").map(|s| pack.sources[s.0 as usize].id.as_str()).collect();
    for id in ["authority_or_court", "media_single", "ngo_investigation", "union_or_elected_reps"] {
        assert!(statements.contains(&id), "{id}");
    }
    assert!(!statements.contains(&"audit_announced"));
}

#[test]
fn a_court_tells_more_than_an_audit_and_an_audit_more_than_a_single_medium() {
    let pack = core();
    let ranked = pack.likelihood_ratios();
    assert_eq!(ranked.len(), pack.sources.len());
    assert!(ranked.windows(2).all(|w| w[0].1 >= w[1].1));
    let rank = |id: &str| ranked.iter().position(|r| r.0 == id).unwrap();
    assert_eq!(rank("authority_or_court"), 0);
    assert!(rank("audit_unannounced_offsite") < rank("media_single"));
    // methodology G35 and G36: LR+ 11.8 and 14.3
    assert!((ranked[rank("audit_unannounced_offsite")].1 - 11.8).abs() < 1e-9);
    assert!((ranked[rank("ngo_investigation")].1 - 14.3).abs() < 1e-9);
}

#[test]
fn classes_number_the_blind_spots() {
    let pack = core();
    let class = |id: &str| pack.class_of(pack.source(id).unwrap());
    assert_eq!(class("audit_announced"), class("audit_unannounced"));
    assert_ne!(class("audit_announced"), class("audit_unannounced_offsite"));
    assert_eq!(class("audit_unannounced_offsite"), class("worker_survey_confidential"));
}

#[test]
fn an_overlay_replaces_by_id_and_is_named() {
    let pack = overlaid(
        r#"
        [[parameter]]
        id = "strength.strong.present"
        value = 0.7
        unit = "probability"
        meaning = "P(sign | norm violated), strong grade, as elicited by us"
        citation = "us-2026"
        standing = "published"
        [[citation]]
        id = "us-2026"
        title = "Our elicitation"
        locator = "table 1"
        year = 2026
        "#,
    )
    .unwrap();
    assert_eq!(pack.strength(Grade::Strong).present, 0.7);
    assert_eq!(pack.parameter("strength.strong.present").unwrap().standing, Standing::Published);
    assert_eq!(pack.overridden, ["citation us-2026", "parameter strength.strong.present"]);
    assert_ne!(pack.hash, core().hash);
    assert_eq!(pack.version, "1.0.0+overlay");
    assert_eq!(pack.strength(Grade::Weak), core().strength(Grade::Weak));
}

#[test]
fn the_effective_method_read_back_is_the_same_method() {
    let pack = core();
    assert_eq!(pack.hash.len(), 64);
    assert_eq!(pack.hash, core().hash);
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in pack.write_effective().unwrap() {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let again = core().with_overlay(dir.path()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(again.hash, pack.hash);
}

#[test]
fn the_hash_ignores_layout_and_sees_every_number() {
    let row = |value: &str, comment: &str| {
        format!(
            "{comment}\n[[coupling]]\na = \"child_labour\"\nb = \"forced_labour\"\nlog_odds = {value}\ncitation = \"onus-defaults\"\nstanding = \"expert_default\"\n"
        )
    };
    let a = overlaid(&row("0.7", "")).unwrap();
    let b = overlaid(&row("0.70", "# told again")).unwrap();
    let c = overlaid(&row("0.71", "")).unwrap();
    assert_eq!(a.hash, b.hash);
    assert_ne!(a.hash, c.hash);
}

const SIGN: &str = "[[sign]]\nid = \"zz_mine\"\ndefinition = \"Mine.\"\nbranch = \"forced\"\nfamily = \"wages\"\n";

#[test]
fn what_breaks_the_rules_of_a_pack_is_refused_with_its_place() {
    let sign = |rest: &str| format!("{SIGN}{rest}\n");
    let parameter = |id: &str, value: f64| {
        format!(
            "[[parameter]]\nid = \"{id}\"\nvalue = {value:?}\nunit = \"\"\nmeaning = \"mine\"\ncitation = \"onus-defaults\"\nstanding = \"expert_default\"\n"
        )
    };
    let cases = [
        (sign("norms = { forced_labour = \"strong\" }\ncitation = \"\"\nstanding = \"published\""), "sign zz_mine", "no source"),
        (sign("norms = { forced_labour = \"strong\" }\ncitation = \"nobody\"\nstanding = \"published\""), "sign zz_mine", "nobody"),
        (sign("norms = { slavery = \"strong\" }\ncitation = \"c029\"\nstanding = \"published\""), "sign zz_mine", "slavery"),
        (sign("norms = { forced_labour = \"huge\" }\ncitation = \"c029\"\nstanding = \"published\""), "mine.toml", "huge"),
        (sign("norms = {}\ncitation = \"c029\"\nstanding = \"published\""), "sign zz_mine", "no norm"),
        (sign("norms = { forced_labour = \"strong\" }\ncitation = \"c029\"\nstanding = \"published\"\ncolour = \"red\""), "mine.toml", "colour"),
        (format!("{0}norms = {{ forced_labour = \"strong\" }}\ncitation = \"c029\"\nstanding = \"published\"\n{0}norms = {{ forced_labour = \"weak\" }}\ncitation = \"c029\"\nstanding = \"published\"\n", SIGN), "sign zz_mine", "twice"),
        (parameter("strength.strong.present", 0.39), "strength strong", "below"),
        (parameter("strength.strong.absent", 0.09), "strength strong", "above"),
        (parameter("strength.weak.present", 1.5), "strength.weak.present", "1.5"),
        (parameter("prior.clustering", 0.0), "prior.clustering", "0"),
        (parameter("prior.colour", 0.5), "prior.colour", "no parameter"),
        ("[[coupling]]\na = \"child_labour\"\nb = \"trafficking\"\nlog_odds = -0.1\ncitation = \"onus-defaults\"\nstanding = \"expert_default\"\n".into(), "coupling child_labour+trafficking", "-0.1"),
        ("[[kind]]\nid = \"castle\"\npeople = 3.0\noutside_share = 0.5\nassumed_mapped = 0.5\ncitation = \"onus-defaults\"\nstanding = \"expert_default\"\n".into(), "kind castle", "castle"),
        ("[[scheme]]\nid = \"mine\"\ntitle = \"Mine\"\naliases = [\"BSCI\"]\ncovers = []\ncitation = \"onus-defaults\"\nstanding = \"expert_default\"\n".into(), "scheme mine", "BSCI"),
    ];
    for (toml, place, found) in cases {
        let why = refused(&toml);
        assert!(why.contains(place) && why.contains(found), "{toml}\n{why}");
    }
    assert!(overlaid(&sign("norms = { forced_labour = \"strong\" }\ncitation = \"c029\"\nstanding = \"published\"")).is_ok());
}

#[test]
fn a_pack_folder_without_a_pack_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert!(core().with_overlay(dir.path()).is_err());
    assert!(core().with_overlay(&dir.path().join("nowhere")).is_err());
}

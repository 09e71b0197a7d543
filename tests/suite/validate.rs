//! From a folder to inputs, diagnostics and quarantine.

use onus::base::{CountryCode, Level, ProductCode, SectorCode, Stage};
use onus::pack::{SignIx, SourceIx};
use onus::validate::{ListedVocabulary, Validated, Vocabulary, validate_dataset};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A vocabulary for tests: a few signs, and any three capitals as a country.
pub struct AnyCountry(pub ListedVocabulary);

pub fn words() -> AnyCountry {
    AnyCountry(ListedVocabulary::new(
        &["debt_to_recruiter", "documents_withheld", "recruitment_fees", "under_15_at_work"],
        &["media_single", "ngo_investigation"],
        &["smeta_4_pillar"],
        &[("NA", "NAM", "Namibia"), ("VN", "VNM", "Viet Nam"), ("ID", "IDN", "Indonesia")],
    ))
}

impl Vocabulary for AnyCountry {
    fn sign(&self, id: &str) -> Option<SignIx> {
        self.0.sign(id)
    }
    fn sign_ids(&self) -> Vec<&str> {
        self.0.sign_ids()
    }
    fn source(&self, id: &str) -> Option<SourceIx> {
        self.0.source(id)
    }
    fn source_ids(&self) -> Vec<&str> {
        self.0.source_ids()
    }
    fn scheme_exists(&self, id: &str) -> bool {
        self.0.scheme_exists(id)
    }
    fn country(&self, code: &str) -> Option<CountryCode> {
        self.0.country(code).or_else(|| CountryCode::new(code))
    }
    fn country_by_name(&self, name: &str) -> Option<CountryCode> {
        self.0.country_by_name(name)
    }
    fn product_exists(&self, code: ProductCode) -> bool {
        self.0.product_exists(code)
    }
    fn sector_exists(&self, code: SectorCode) -> bool {
        self.0.sector_exists(code)
    }
    fn text_code(&self, folded: &str) -> Option<(Option<ProductCode>, Option<SectorCode>, Option<Stage>)> {
        self.0.text_code(folded)
    }
    fn stage_of_sector(&self, code: SectorCode) -> Option<Stage> {
        self.0.stage_of_sector(code)
    }
}

fn manifest(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

fn shared(inside: &str) -> Option<PathBuf> {
    let root = std::env::var_os("ONUS_SHARED").map_or_else(|| manifest("../shared"), PathBuf::from);
    Some(root.join(inside)).filter(|p| p.exists())
}

fn by_code(v: &Validated) -> BTreeMap<(Level, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for d in &v.diagnostics.all {
        *counts.entry((d.level, d.code)).or_default() += 1;
    }
    counts
}

fn real(name: &str) -> Option<Validated> {
    let dir = shared(&format!("data/{name}"))?;
    let mapping = manifest(&format!("data-samples/mappings/{name}.toml"));
    let v = validate_dataset(&dir, Some(&mapping), None, &words()).unwrap();
    println!("{name}: {:#?}\n{:?} as_of {:?} hash {}", v.inputs.tables, by_code(&v), v.inputs.as_of, v.inputs.dataset_hash);
    println!("{:?}", v.inputs.unmapped_texts);
    for code in by_code(&v).keys() {
        for d in v.diagnostics.all.iter().filter(|d| d.code == code.1).take(3) {
            println!("{d}");
        }
    }
    Some(v)
}

#[test]
fn the_real_palm_oil_data_load_as_they_are() {
    let Some(v) = real("real-palmoil") else { return };
    assert!(!v.diagnostics.has_fatal());
    assert_eq!((v.inputs.nodes.len(), v.inputs.links.len()), (4909, 66786));
}

#[test]
fn the_real_apparel_data_load_as_they_are() {
    let Some(v) = real("real-apparel") else { return };
    assert!(!v.diagnostics.has_fatal());
    assert_eq!((v.inputs.nodes.len(), v.inputs.links.len()), (4441, 6343));
}

//! The words that a dataset may use, taken from the method pack and the reference layers.

use crate::base::{CountryCode, ProductCode, SectorCode, Stage};
use crate::pack::{MethodPack, SignIx, SourceIx};
use crate::reference::Reference;
use crate::validate::Vocabulary;

/// Pack and reference as validation sees them.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    pub pack: &'a MethodPack,
    pub reference: &'a Reference,
}

impl Vocabulary for Words<'_> {
    fn sign(&self, id: &str) -> Option<SignIx> {
        self.pack.sign(id)
    }

    fn sign_ids(&self) -> Vec<&str> {
        self.pack.signs.iter().map(|s| s.id.as_str()).collect()
    }

    fn source(&self, id: &str) -> Option<SourceIx> {
        self.pack.source(id)
    }

    fn source_ids(&self) -> Vec<&str> {
        self.pack.sources.iter().map(|s| s.id.as_str()).collect()
    }

    fn scheme_exists(&self, id: &str) -> bool {
        self.pack.scheme(id).is_some()
    }

    fn response_exists(&self, id: &str) -> bool {
        self.pack.text.response.iter().any(|r| r.id == id)
    }

    fn country(&self, code: &str) -> Option<CountryCode> {
        self.reference.parse_country(code)
    }

    fn country_by_name(&self, name: &str) -> Option<CountryCode> {
        self.reference.country_by_name(name)
    }

    fn product_exists(&self, code: ProductCode) -> bool {
        self.reference.product_exists(code)
    }

    fn sector_exists(&self, code: SectorCode) -> bool {
        self.reference.sector_exists(code)
    }

    fn text_code(&self, folded: &str) -> Option<(Option<ProductCode>, Option<SectorCode>, Option<Stage>)> {
        self.reference.text_code(folded).map(|c| (c.product, c.sector, c.stage))
    }

    fn stage_of_sector(&self, code: SectorCode) -> Option<Stage> {
        self.reference.stage_of_sector(code)
    }
}

//! The embedded method and what may replace it.

use onus::pack::MethodPack;

#[test]
fn the_embedded_pack_passes_its_own_lint() {
    let pack = MethodPack::embedded().unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(pack.lint(), Vec::new());
}

//! Forced labour imposed by the State: compulsion by a public body or for it, and one of five purposes.
//!
//! Source: ILO Abolition of Forced Labour Convention, 1957 (No. 105), art. 1: (a) political coercion or education, or punishment for views, (b)
//! mobilising labour for economic development, (c) labour discipline, (d) punishment for strikes, (e) discrimination. The exceptions of C29
//! art. 2(2) do not cleanse these purposes. An official list of entities or a transfer programme by itself is a presumption that can be
//! rebutted (as in the Uyghur Forced Labor Prevention Act, sec. 3): at most *possible*.

use super::icls_2018;
use crate::findings::element::{Element, Outcome, Path};
use crate::findings::lists::Question;
use crate::validate::inputs::FactStatus;

const COMPELLED: &[&str] = &["si_quota_mobilisation", "si_military_police_enforcement", "si_prison_labour_private"];
const TRANSFER: &[&str] = &["si_labour_transfer_programme"];
/// Signs whose own words name a purpose: mobilisation (b), transfer of "surplus labour" (b), (e).
const PURPOSE: &[&str] = &["si_quota_mobilisation", "si_labour_transfer_programme"];
const PRESUMED: &[&str] = &["si_listed_entity", "si_labour_transfer_programme"];

/// Whether the case is labour that the State imposes.
pub fn rule(q: &Question) -> Outcome {
    // A purpose for which a public body compels the work says both.
    let told = match q.case.circumstances.state_purpose {
        Some(_) => Element::new("told", FactStatus::Established),
        None => Element::new("told", FactStatus::Absent),
    };
    let transferred = Element::all(
        "a transfer programme under compulsion",
        &[&q.any("a transfer programme", TRANSFER), &icls_2018::rule(q).as_element("involuntary work under penalty")],
    );
    let compelled = Element::any("work compelled by a public body or for it", &[&told, &q.any("", COMPELLED), &transferred]);
    let purpose = Element::any("a purpose of C105 art. 1", &[&told, &q.any("", PURPOSE)]);
    Outcome::strongest(
        "state_imposed_c105",
        vec![
            Path::all("c105_art_1", vec![compelled, purpose]),
            Path::all("official_presumption", vec![q.any("an official list or a transfer programme", PRESUMED)])
                .capped(FactStatus::Supported),
        ],
    )
}

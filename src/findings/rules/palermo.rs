//! Trafficking in persons: act, means, purpose, and no means for a child.
//!
//! Source: Protocol to Prevent, Suppress and Punish Trafficking in Persons (2000), art. 3(a)-(d). Consent is irrelevant once a means is
//! used; no border and no movement is needed, harbouring or receipt is an act. For a child (under 18) the means are not needed. An act
//! needs a third party: a child beside its own parents, hired without intermediary, is moved by nobody. How the indicators of 2009 show
//! means and purpose is for [`delphi_2009`](super::delphi_2009).

use crate::findings::element::{Element, Outcome};
use crate::findings::lists::Question;
use crate::validate::inputs::FactStatus;

/// Signs that show an act without being one of the five.
const SHOWS_AN_ACT: &[&str] = &["cl_intermediary_supplied"];
/// Transfer, harbouring and receipt: acts by which coercion at the place of work is itself a means.
const AT_DESTINATION: &[&str] = &["act_transferred", "act_harboured", "act_received", "cl_lives_on_site"];

fn handed_over(q: &Question) -> Element {
    let status = if q.case.circumstances.handed_over == Some(true) { FactStatus::Established } else { FactStatus::Absent };
    Element::new("handed over by parent or guardian", status)
}

/// Recruitment, transport, transfer, harbouring or receipt (art. 3(a)).
pub fn act(q: &Question) -> Element {
    let (acts, shown) = (q.any_of("an act", &q.lists.acts), q.any("an act", SHOWS_AN_ACT));
    Element::any("an act: recruited, transported, transferred, harboured or received", &[&acts, &shown, &act_at_destination(q)])
}

/// Transfer, harbouring or receipt.
pub fn act_at_destination(q: &Question) -> Element {
    let name = "an act of transfer, harbouring or receipt";
    Element::any(name, &[&q.any(name, AT_DESTINATION), &handed_over(q)])
}

/// Deception, coercion or abuse of vulnerability at recruitment (art. 3(a)): dimensions 1, 2, 3.
pub(super) fn means(d1: &Element, d2: &Element, d3: &Element) -> Element {
    Element::any("a means: deception, coercion or abuse of vulnerability at recruitment (D1, D2, D3)", &[d1, d2, d3])
}

/// Forced labour or services are the least that exploitation means (art. 3(a)): coercion at destination shows them, or the rule of forced
/// labour itself. Bad conditions alone are not enough.
pub(super) fn purpose(d5: &Element, forced: &Element) -> Element {
    Element::any("the purpose of exploitation: coercion at destination (D5) or forced labour", &[d5, forced])
}

/// Trafficking of the person of a case: by the means, or of a child without them (art. 3(c)).
pub fn trafficking(q: &Question) -> Outcome {
    super::delphi_2009::trafficking(q).or(child_trafficking(q))
}

/// Trafficking of a child (art. 3(c), (d)).
pub fn child_trafficking(q: &Question) -> Outcome {
    super::delphi_2009::child_trafficking(q)
}

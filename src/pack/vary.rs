//! The numbers of the method that no publication fixes, by name, and the method with some of them changed.

use super::load::{build, checked};
use super::model::{MethodPack, Standing};
use super::text::{Identified, PackText};
use crate::base::Result;

/// One expert default: a number with its place in the pack.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpertDefault {
    /// Row and field, `source audit_announced: detection_child`; a parameter's own id stands alone.
    pub key: String,
    pub value: f64,
    pub unit: String,
    pub meaning: String,
    pub citation: String,
}

/// Calls `each` with key, unit, meaning, citation and the number itself of every expert default, in the order of the pack's rows.
fn walk(text: &mut PackText, mut each: impl FnMut(&str, &str, &str, &str, &mut f64)) {
    let mine = |standing: Standing| standing == Standing::ExpertDefault;
    for p in text.parameter.iter_mut().filter(|p| mine(p.standing)) {
        each(&p.id, &p.unit, &p.meaning, &p.citation, &mut p.value);
    }
    for c in text.coupling.iter_mut().filter(|c| mine(c.standing)) {
        let key = c.key();
        each(&key, "log odds", "with which the two norms occur together beyond their marginals", &c.citation, &mut c.log_odds);
    }
    for c in text.channel.iter_mut().filter(|c| mine(c.standing)) {
        let key = format!("{}: trust", c.key());
        each(&key, "share", "trust in a grievance channel by who runs it", &c.citation, &mut c.trust);
    }
    for s in text.source.iter_mut().filter(|s| mine(s.standing)) {
        let row = s.key();
        let numbers = [
            ("detection_child", "probability", "detection by a silence, norms about children", &mut s.detection_child),
            ("detection_adult", "probability", "detection by a silence, other norms", &mut s.detection_adult),
            ("detection_sign", "probability", "detection of one sign", &mut s.detection_sign),
            ("false_report", "probability", "false-report rate", &mut s.false_report),
            ("half_life_negative_months", "months", "half-life of a silence", &mut s.half_life_negative_months),
            ("half_life_positive_months", "months", "half-life of a report", &mut s.half_life_positive_months),
        ];
        for (field, unit, meaning, number) in numbers {
            each(&format!("{row}: {field}"), unit, meaning, &s.citation, number);
        }
    }
    for k in text.kind.iter_mut().filter(|k| mine(k.standing)) {
        let row = k.key();
        let numbers = [
            ("people", "people", "people at a place of the kind", &mut k.people),
            ("outside_share", "share", "of output sold outside the map", &mut k.outside_share),
            ("assumed_mapped", "share", "of purchases that recorded links are assumed to hold", &mut k.assumed_mapped),
        ];
        for (field, unit, meaning, number) in numbers {
            each(&format!("{row}: {field}"), unit, meaning, &k.citation, number);
        }
    }
}

impl MethodPack {
    /// Every number of the pack whose standing is expert default.
    pub fn expert_defaults(&self) -> Vec<ExpertDefault> {
        let mut all = Vec::new();
        walk(&mut self.text.clone(), |key, unit, meaning, citation, value| {
            all.push(ExpertDefault {
                key: key.to_owned(),
                value: *value,
                unit: unit.to_owned(),
                meaning: meaning.to_owned(),
                citation: citation.to_owned(),
            });
        });
        all
    }

    /// This method with other numbers: `numbers[i]` in place of the i-th of [`expert_defaults`](Self::expert_defaults); `None` leaves one
    /// as it is. Signs and sources keep their positions.
    ///
    /// # Errors
    /// Numbers that break a rule of the method (a range, the order of the grades).
    pub fn with_numbers(&self, numbers: &[Option<f64>]) -> Result<Self> {
        let mut text = self.text.clone();
        let mut given = numbers.iter();
        walk(&mut text, |_, _, _, _, value| {
            if let Some(Some(number)) = given.next() {
                *value = *number;
            }
        });
        checked(build(text, self.overridden.clone())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_with_its_own_numbers_is_itself_and_one_number_changes_nothing_else() {
        let pack = MethodPack::embedded().unwrap();
        let defaults = pack.expert_defaults();
        assert_eq!(pack.with_numbers(&[]).unwrap().hash, pack.hash);
        let i = defaults.iter().position(|d| d.key == "source audit_announced: detection_adult").unwrap();
        let mut numbers = vec![None; defaults.len()];
        numbers[i] = Some(0.2);
        let other = pack.with_numbers(&numbers).unwrap();
        let changed: Vec<_> = defaults.iter().zip(other.expert_defaults()).filter(|(a, b)| **a != *b).collect();
        assert_eq!(changed.len(), 1);
        assert_eq!((changed[0].0.value, changed[0].1.value), (0.1, 0.2));
        assert_eq!(pack.signs.len(), other.signs.len());
    }

    #[test]
    fn a_number_out_of_its_range_is_refused() {
        let pack = MethodPack::embedded().unwrap();
        let defaults = pack.expert_defaults();
        let mut numbers = vec![None; defaults.len()];
        numbers[defaults.iter().position(|d| d.key == "strength.strong.present").unwrap()] = Some(1.2);
        assert!(pack.with_numbers(&numbers).is_err());
    }
}

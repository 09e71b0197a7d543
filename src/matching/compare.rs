//! A pair of records as levels of agreement, one for each field; level 0 says nothing.

use super::alike::{Alike, names_alike, word_alike};
use super::prepare::{Address, Name, Ready, Words};
use super::record::{Field, Finding};

/// The fields compared, in the order of [`Levels`].
pub(super) const FIELDS: [Field; 9] = [
    Field::Name,
    Field::Number,
    Field::LegalForm,
    Field::Group,
    Field::Country,
    Field::Locality,
    Field::Address,
    Field::Distance,
    Field::Around,
];
pub(super) const NAME: usize = 0;
pub(super) const NUMBER: usize = 1;
pub(super) const FORM: usize = 2;
pub(super) const GROUP: usize = 3;
pub(super) const COUNTRY: usize = 4;
pub(super) const LOCALITY: usize = 5;
pub(super) const ADDRESS: usize = 6;
pub(super) const DISTANCE: usize = 7;
pub(super) const AROUND: usize = 8;

/// Classes of likeness of names, best first; the last has one level, the others one for each band of shared information.
pub(super) const NAME_CLASSES: usize = 8;
pub(super) const NAME_BANDS: usize = 4;
/// Levels of each field, 0 (nothing said) included.
pub(super) const LEVELS: [usize; 9] = [2 + NAME_CLASSES * NAME_BANDS, 4, 3, 7, 3, 4, 6, 8, 5];
pub(super) const NAME_DIFFERS: u8 = (1 + NAME_CLASSES * NAME_BANDS) as u8;

/// A level for each field.
pub(super) type Levels = [u8; 9];

/// Levels and what the words of the reasons need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compared {
    pub levels: Levels,
    /// The level of the names before a number between them is looked at.
    pub name: u8,
    pub names: (u8, u8),
    pub metres: f64,
    pub shared_around: u32,
    pub of_around: u32,
}

/// Class of likeness: 0 same, 1 same but for order, spacing, common words, 2 nearly, 3 one within the other, then ever less.
fn name_class(alike: &Alike) -> usize {
    match alike {
        Alike { exact: true, .. } => 0,
        Alike { coverage, .. } if *coverage >= 0.95 => 1,
        Alike { coverage, .. } if *coverage >= 0.85 => 2,
        Alike { contained, .. } if *contained >= 0.92 => 3,
        Alike { coverage, .. } if *coverage >= 0.72 => 4,
        Alike { coverage, .. } if *coverage >= 0.58 => 5,
        Alike { coverage, .. } if *coverage >= 0.42 => 6,
        Alike { coverage, .. } if *coverage >= 0.25 => 7,
        _ => NAME_CLASSES,
    }
}

/// Band of shared information against what tells one record out of all: log2 of their number.
fn name_band(shared: f32, words: &Words) -> usize {
    let relative = f64::from(shared) / words.effective_names.log2().max(1.0);
    [0.5, 0.9, 1.4].iter().take_while(|bound| relative >= **bound).count()
}

/// Class that names with different numbers can reach.
const SISTERS: usize = 6;
/// Class that a part of a name, between brackets or dashes, can reach.
const PART: usize = 2;
/// Least coverage of a part and the other's whole name.
const PART_COVERAGE: f32 = 0.72;

pub(super) fn name_level(class: usize, band: usize) -> u8 {
    if class >= NAME_CLASSES { NAME_DIFFERS } else { (1 + class * NAME_BANDS + band) as u8 }
}

/// 1 same, 2 different, 3 on one side only or one has more; 0 none.
fn number_level(a: &[u32], b: &[u32]) -> u8 {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => 0,
        (false, false) if a == b => 1,
        (false, false) if !a.iter().any(|n| b.contains(n)) => 2,
        _ => 3,
    }
}

fn form_level(a: &Name, b: &Name) -> u8 {
    match (a.forms.is_empty(), b.forms.is_empty()) {
        (false, false) if a.forms.iter().any(|f| b.forms.contains(f)) => 1,
        (false, false) => 2,
        _ => 0,
    }
}

struct BestNames {
    name: u8,
    shown: u8,
    number: u8,
    form: u8,
    at: (u8, u8),
}

/// The two names that are closest. The more names were tried, the more of the shared information is chance: log2 of the tries is taken off.
fn best_names(a: &Ready, b: &Ready, words: &Words) -> BestNames {
    let whole = |r: &Ready| r.names.iter().filter(|n| !n.part).count();
    let tries = ((whole(a) * whole(b)).max(1) as f32).log2();
    let mut best = BestNames { name: 0, shown: 0, number: 0, form: 0, at: (0, 0) };
    let mut merit_of_best = f32::NEG_INFINITY;
    let mut i = 0;
    for left in &a.names {
        i += u8::from(!left.part);
        let mut j = 0;
        for right in &b.names {
            j += u8::from(!right.part);
            let mut alike = names_alike(left, right, (&a.group_words, &b.group_words), words);
            alike.shared -= tries;
            let number = number_level(&left.numbers, &right.numbers);
            let band = name_band(alike.shared, words);
            let part = left.part || right.part;
            // A part says something only where it is more than a common word and nearly the other's whole name: two may share `(Cambodia)`.
            if part && (band == 0 || (left.part && right.part) || alike.coverage < PART_COVERAGE) {
                continue;
            }
            let merit = alike.coverage.max(0.8 * alike.contained) * (1.0 + 0.15 * band as f32) + f32::from(u8::from(alike.exact)) * 0.1
                - match number {
                    2 => 0.35,
                    3 => 0.05,
                    _ => 0.0,
                }
                - if part { 0.2 } else { 0.0 };
            if merit > merit_of_best {
                merit_of_best = merit;
                let class = if part { name_class(&alike).max(PART) } else { name_class(&alike) };
                // Sister sites share a name and differ in its number: what is left of the likeness is that of relatives.
                let counted = if number == 2 { class.max(SISTERS) } else { class };
                let (name, shown) = (name_level(counted, band), name_level(class, band));
                best = BestNames { name, shown, number, form: form_level(left, right), at: (i - 1, j - 1) };
            }
        }
    }
    best
}

/// 1 same and rare, 2 same but held by many, 3 nearly the same, 4 the name of one is the group of the other, 5 different, 6 each
/// bears the name of the other's group.
fn group_level(a: &Ready, b: &Ready, words: &Words) -> u8 {
    let mut best: u8 = if a.groups.is_empty() || b.groups.is_empty() { 0 } else { 5 };
    let lower = |level: u8, best: &mut u8| {
        if *best == 0 || level < *best {
            *best = level;
        }
    };
    for left in &a.groups {
        for right in &b.groups {
            let alike = names_alike(left, right, (&[], &[]), words);
            if alike.coverage >= 0.9 {
                lower(if name_band(alike.shared, words) >= 1 { 1 } else { 2 }, &mut best);
            } else if alike.coverage >= 0.6 || (alike.contained >= 0.92 && name_band(alike.shared, words) >= 1) {
                lower(3, &mut best);
            }
        }
    }
    if best == 0 || best > 3 {
        let across = |one: &Ready, other: &Ready| {
            one.names.iter().any(|n| {
                other.groups.iter().any(|g| {
                    let alike = names_alike(n, g, (&[], &[]), words);
                    alike.coverage >= 0.85 && name_band(alike.shared, words) >= 1
                })
            })
        };
        match (across(a, b), across(b, a)) {
            (true, true) => best = 6,
            (false, false) => {}
            _ => lower(4, &mut best),
        }
    }
    best
}

fn same_words(a: &[u32], b: &[u32], words: &Words) -> bool {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    !few.is_empty()
        && few.iter().all(|w| {
            many.iter().any(|o| {
                w == o || {
                    let (at, to) = (*w as usize, *o as usize);
                    word_alike(&words.texts[at], &words.texts[to], words.letters[at], words.letters[to]) > 0.85
                }
            })
        })
}

fn within_address(place: &[u32], address: &Option<Box<Address>>) -> bool {
    !place.is_empty() && address.as_ref().is_some_and(|a| place.iter().all(|w| a.words.binary_search(w).is_ok()))
}

/// 1 same city, 2 same subdivision, 3 different.
fn locality_level(a: &Ready, b: &Ready, words: &Words) -> u8 {
    let cities = (!a.city.is_empty(), !b.city.is_empty());
    if same_words(&a.city, &b.city, words) || within_address(&a.city, &b.address) || within_address(&b.city, &a.address) {
        return 1;
    }
    if same_words(&a.subdivision, &b.subdivision, words)
        || within_address(&a.subdivision, &b.address)
        || within_address(&b.subdivision, &a.address)
    {
        return 2;
    }
    let subdivisions = !a.subdivision.is_empty() && !b.subdivision.is_empty();
    if subdivisions || cities == (true, true) { 3 } else { 0 }
}

/// 1 same, 2 nearly, 3 like but for the number, 4 some words, 5 different.
fn address_level(a: &Address, b: &Address, words: &Words) -> u8 {
    let bits = |w: u32| words.address_bits[w as usize];
    let mut shared = 0.0_f32;
    let (mut left_a, mut left_b): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut used = vec![false; b.words.len()];
    for w in &a.words {
        match b.words.binary_search(w) {
            Ok(at) => {
                shared += bits(*w);
                used[at] = true;
            }
            Err(_) => left_a.push(*w),
        }
    }
    left_b.extend(b.words.iter().zip(&used).filter(|(_, used)| !**used).map(|(w, _)| *w));
    let (mut total_a, mut total_b) = (a.bits, b.bits);
    for one in left_a {
        let text = &words.texts[one as usize];
        if text.len() < 4 {
            continue;
        }
        let found = left_b.iter().position(|other| {
            let other_text = &words.texts[*other as usize];
            let within = other_text.len() >= 4 && (text.contains(&**other_text) || other_text.contains(&**text));
            within || word_alike(text, other_text, words.letters[one as usize], words.letters[*other as usize]) > 0.8
        });
        if let Some(at) = found {
            let other = left_b.swap_remove(at);
            let worth = bits(one).min(bits(other));
            shared += 0.9 * worth;
            total_a += worth - bits(one);
            total_b += worth - bits(other);
        }
    }
    let alike = 0.5 * (shared / total_a.min(total_b).max(0.5)).min(1.0) + shared / (total_a + total_b).max(1.0);
    let figures = match (a.numbers.is_empty(), b.numbers.is_empty()) {
        (false, false) => Some(a.numbers.iter().any(|n| b.numbers.binary_search(n).is_ok())),
        _ => None,
    };
    match (alike, figures) {
        (x, Some(false)) if x >= 0.5 => 3,
        (x, _) if x >= 0.7 => 1,
        (x, Some(true)) if x >= 0.5 => 1,
        (x, _) if x >= 0.5 => 2,
        (x, Some(true)) if x >= 0.35 => 2,
        (x, _) if x >= 0.25 => 4,
        _ => 5,
    }
}

/// Metres over the great circle of a sphere of 6,371,008.8 m (haversine).
pub(super) fn metres((lat_a, lon_a): (f64, f64), (lat_b, lon_b): (f64, f64)) -> f64 {
    let (phi_a, phi_b) = (lat_a.to_radians(), lat_b.to_radians());
    let half = ((phi_b - phi_a) / 2.0).sin().powi(2) + phi_a.cos() * phi_b.cos() * ((lon_b - lon_a).to_radians() / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * half.clamp(0.0, 1.0).sqrt().asin()
}

fn distance_level(metres: f64) -> u8 {
    const BOUNDS: [f64; 6] = [250.0, 1_500.0, 5_000.0, 20_000.0, 100_000.0, 500_000.0];
    1 + BOUNDS.iter().take_while(|bound| metres > **bound).count() as u8
}

/// 1 most of the fewer and rare ones, 2 some rare, 3 only common ones, 4 none; 0 too few to say.
fn around_level(a: &[u32], b: &[u32], words: &Words) -> (u8, u32, u32) {
    let of = a.len().min(b.len()) as u32;
    if of == 0 {
        return (0, 0, 0);
    }
    let (mut shared, mut bits) = (0_u32, 0.0_f32);
    for key in a.iter().filter(|k| b.binary_search(k).is_ok()) {
        shared += 1;
        bits += words.around_bits.get(key).copied().unwrap_or(0.0);
    }
    let level = match shared {
        0 if of < 2 => 0,
        0 => 4,
        _ if shared * 2 >= of && bits >= 6.0 => 1,
        _ if bits >= 4.0 => 2,
        _ => 3,
    };
    (level, shared, of)
}

/// Compares two records.
pub(super) fn compare(a: &Ready, b: &Ready, words: &Words) -> Compared {
    let names = best_names(a, b, words);
    let mut levels: Levels = [0; 9];
    levels[NAME] = names.name;
    levels[NUMBER] = names.number;
    levels[FORM] = names.form;
    levels[GROUP] = group_level(a, b, words);
    levels[COUNTRY] = match (a.country, b.country) {
        (Some(one), Some(other)) => 1 + u8::from(one != other),
        _ => 0,
    };
    levels[LOCALITY] = locality_level(a, b, words);
    if let (Some(one), Some(other)) = (&a.address, &b.address) {
        levels[ADDRESS] = address_level(one, other, words);
    }
    let mut apart = 0.0;
    if let (Some(one), Some(other)) = (a.position, b.position) {
        apart = metres(one, other);
        levels[DISTANCE] = distance_level(apart);
    }
    let (around, shared_around, of_around) = around_level(&a.around, &b.around, words);
    levels[AROUND] = around;
    Compared { levels, name: names.shown, names: names.at, metres: apart, shared_around, of_around }
}

/// The words for one field's level.
pub(super) fn finding(field: usize, compared: &Compared) -> Option<Finding> {
    let level = if field == NAME { compared.name } else { compared.levels[field] };
    let (left, right) = compared.names;
    Some(match (field, level) {
        (_, 0) => return None,
        (NAME, NAME_DIFFERS) => Finding::DifferentName,
        (NAME, _) => {
            let (class, band) = (usize::from(level - 1) / NAME_BANDS, usize::from(level - 1) % NAME_BANDS);
            let common = band == 0;
            match class {
                0 => Finding::SameName { left, right, common },
                1 => Finding::SameWords { left, right, common },
                2 => Finding::NearName { left, right, common },
                3 => Finding::OneNameInsideOther { left, right, common },
                _ => Finding::SomeSharedWords { left, right, common },
            }
        }
        (NUMBER, 1) => Finding::SameNumber,
        (NUMBER, 2) => Finding::DifferentNumber,
        (NUMBER, _) => Finding::NumberOnOneSide,
        (FORM, 1) => Finding::SameLegalForm,
        (FORM, _) => Finding::DifferentLegalForm,
        (GROUP, 1 | 2) => Finding::SameGroup,
        (GROUP, 3) => Finding::NearGroup,
        (GROUP, 4 | 6) => Finding::NamedAsGroupOfOther,
        (GROUP, _) => Finding::DifferentGroup,
        (COUNTRY, 1) => Finding::SameCountry,
        (COUNTRY, _) => Finding::DifferentCountry,
        (LOCALITY, 1) => Finding::SameCity,
        (LOCALITY, 2) => Finding::SameSubdivision,
        (LOCALITY, _) => Finding::DifferentLocality,
        (ADDRESS, 1) => Finding::SameAddress,
        (ADDRESS, 2) => Finding::NearAddress,
        (ADDRESS, 3) => Finding::SameStreetOtherNumber,
        (ADDRESS, 4) => Finding::SomeSharedAddress,
        (ADDRESS, _) => Finding::DifferentAddress,
        (DISTANCE, _) => Finding::Metres(compared.metres),
        (AROUND, 4) => Finding::NoSharedNeighbours { of: compared.of_around },
        (AROUND, _) => Finding::SharedNeighbours { shared: compared.shared_around, of: compared.of_around },
        _ => return None,
    })
}

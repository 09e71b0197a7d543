//! From TOML to the method: the embedded pack, an overlay folder, the canonical hash, and the effective method as text.

use super::lint::{Problem, problems_of};
use super::model::{
    ChannelParameters, Citation, Grade, KindDefaults, MethodPack, PriorParameters, Scheme, Sign, SourceClass, Strength, TraceParameters,
    is_about_children,
};
use super::text::{Header, PackText, SchemeText, SignText, SourceText};
use crate::base::{Branch, Error, Kind, Norm, NormSet, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Days of a month, 365.25 / 12.
pub const MONTH_DAYS: f64 = 30.4375;

const CORE: &[(&str, &str)] = &[
    ("core/citations.toml", include_str!("packs/core/citations.toml")),
    ("core/detectors.toml", include_str!("packs/core/detectors.toml")),
    ("core/kinds.toml", include_str!("packs/core/kinds.toml")),
    ("core/parameters.toml", include_str!("packs/core/parameters.toml")),
    ("core/responses.toml", include_str!("packs/core/responses.toml")),
    ("core/rules.toml", include_str!("packs/core/rules.toml")),
    ("core/reliability.toml", include_str!("packs/core/reliability.toml")),
    ("core/schemes.toml", include_str!("packs/core/schemes.toml")),
    ("core/signs.toml", include_str!("packs/core/signs.toml")),
    ("core/signs_acts.toml", include_str!("packs/core/signs_acts.toml")),
    ("core/signs_child.toml", include_str!("packs/core/signs_child.toml")),
    ("core/signs_context.toml", include_str!("packs/core/signs_context.toml")),
    ("core/signs_delphi.toml", include_str!("packs/core/signs_delphi.toml")),
    ("core/signs_integrity.toml", include_str!("packs/core/signs_integrity.toml")),
    ("core/signs_purchasing.toml", include_str!("packs/core/signs_purchasing.toml")),
    ("core/signs_recruitment.toml", include_str!("packs/core/signs_recruitment.toml")),
    ("core/signs_state_imposed.toml", include_str!("packs/core/signs_state_imposed.toml")),
    ("core/signs_survey.toml", include_str!("packs/core/signs_survey.toml")),
    ("core/sources.toml", include_str!("packs/core/sources.toml")),
];

impl MethodPack {
    /// The method that ships with the engine.
    ///
    /// # Errors
    /// Only where the embedded files break the rules of a pack; tests hold that they do not.
    pub fn embedded() -> Result<Self> {
        let mut whole = PackText::default();
        for (name, toml) in CORE {
            join(&mut whole, parse(name, toml)?);
        }
        checked(build(whole, Vec::new())?)
    }

    /// This method with the rows of every `*.toml` in `dir` in place of the rows of the same id; new ids are added. A `[pack]` table there
    /// renames the method, else its version gets `+overlay`.
    ///
    /// # Errors
    /// An unreadable folder, an unknown key or name, a number out of range, a row without a known source: with file and row.
    pub fn with_overlay(self, dir: &Path) -> Result<Self> {
        checked(self.overlaid(dir)?)
    }

    /// Every problem of this method with an overlay laid over it; empty where [`with_overlay`](Self::with_overlay) accepts it. What cannot be
    /// read at all is one problem.
    pub fn lint_overlay(self, dir: &Path) -> Vec<Problem> {
        match self.overlaid(dir) {
            Ok(pack) => problems_of(&pack),
            Err(Error::Settings { place, found, expected }) => vec![Problem { at: place, found, expected }],
            Err(other) => {
                vec![Problem { at: dir.display().to_string(), found: other.to_string(), expected: "a folder of TOML files".into() }]
            }
        }
    }

    fn overlaid(self, dir: &Path) -> Result<Self> {
        let mut files: Vec<_> = std::fs::read_dir(dir)
            .map_err(|e| Error::io(dir, e))?
            .map(|entry| entry.map(|e| e.path()).map_err(|e| Error::io(dir, e)))
            .collect::<Result<_>>()?;
        files.retain(|p| p.extension().is_some_and(|e| e == "toml"));
        files.sort();
        if files.is_empty() {
            return Err(Error::settings(dir.display().to_string(), "no .toml file", "a pack folder holds at least one"));
        }
        let mut over = PackText::default();
        for path in files {
            let toml = std::fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
            join(&mut over, parse(&path.display().to_string(), &toml)?);
        }
        over.sort();
        refuse_duplicates(&over)?;
        let mut whole = self.text;
        let renamed = over.pack.is_some();
        let (replaced, added) = whole.overlay(over);
        if !renamed
            && let Some(header) = &mut whole.pack
            && !header.version.ends_with("+overlay")
        {
            header.version.push_str("+overlay");
        }
        let overridden: BTreeSet<String> = self.overridden.into_iter().chain(replaced).chain(added).collect();
        build(whole, overridden.into_iter().collect())
    }

    /// The method in effect as TOML files (name, text): read as an overlay of the embedded pack they give this pack again.
    ///
    /// # Errors
    /// Text that cannot be written as TOML; an internal error.
    pub fn write_effective(&self) -> Result<Vec<(String, String)>> {
        let t = self.text.clone();
        let none = PackText::default;
        let files = [
            ("pack.toml", PackText { pack: t.pack, deviation: t.deviation, ..none() }),
            ("citations.toml", PackText { citation: t.citation, ..none() }),
            ("parameters.toml", PackText { parameter: t.parameter, coupling: t.coupling, channel: t.channel, ..none() }),
            ("sources.toml", PackText { source: t.source, ..none() }),
            ("signs.toml", PackText { sign: t.sign, ..none() }),
            ("kinds.toml", PackText { kind: t.kind, ..none() }),
            ("schemes.toml", PackText { scheme: t.scheme, ..none() }),
            ("responses.toml", PackText { response: t.response, danger: t.danger, ..none() }),
        ];
        files
            .into_iter()
            .map(|(name, part)| {
                let text = toml::to_string(&part).map_err(|e| Error::internal(format!("the pack cannot be written as TOML: {e}")))?;
                Ok((name.to_owned(), text))
            })
            .collect()
    }
}

fn parse(place: &str, toml: &str) -> Result<PackText> {
    toml::from_str(toml)
        .map_err(|e| Error::settings(place, e.to_string().trim_end(), "see the embedded pack for every key that a pack may hold"))
}

/// Puts the rows of one file behind those of the others; doubles are found later, over all files.
fn join(whole: &mut PackText, part: PackText) {
    whole.pack = part.pack.or_else(|| whole.pack.take());
    whole.citation.extend(part.citation);
    whole.parameter.extend(part.parameter);
    whole.coupling.extend(part.coupling);
    whole.channel.extend(part.channel);
    whole.source.extend(part.source);
    whole.sign.extend(part.sign);
    whole.kind.extend(part.kind);
    whole.scheme.extend(part.scheme);
    whole.deviation.extend(part.deviation);
    whole.response.extend(part.response);
    whole.danger.extend(part.danger);
}

fn refuse_duplicates(text: &PackText) -> Result<()> {
    match text.duplicates().first() {
        Some(key) => Err(Error::settings(key.clone(), "stands twice in one pack", "one row per id")),
        None => Ok(()),
    }
}

/// BLAKE3 of the sorted rows as JSON, in hex: comments, order and layout of the files do not count.
fn hash_of(text: &PackText) -> Result<String> {
    let canonical = serde_json::to_string(text).map_err(|e| Error::internal(format!("the pack has no canonical text: {e}")))?;
    Ok(blake3::hash(canonical.as_bytes()).to_hex().to_string())
}

/// Names to numbers.
pub(super) fn build(mut text: PackText, overridden: Vec<String>) -> Result<MethodPack> {
    text.sort();
    refuse_duplicates(&text)?;
    let hash = hash_of(&text)?;
    let Header { id, version, .. } =
        text.pack.clone().ok_or_else(|| Error::settings("pack", "no [pack] table", "id, version and title of the pack"))?;
    let numbers: BTreeMap<&str, f64> = text.parameter.iter().map(|p| (p.id.as_str(), p.value)).collect();
    let number = |id: &str| {
        numbers
            .get(id)
            .copied()
            .ok_or_else(|| Error::settings(format!("parameter {id}"), "is missing", "every number of the method is a row of [[parameter]]"))
    };
    let strength = |grade: &str| {
        Ok(Strength { present: number(&format!("strength.{grade}.present"))?, absent: number(&format!("strength.{grade}.absent"))? })
    };
    let under = |prefix: &str| -> BTreeMap<String, f64> {
        numbers.iter().filter_map(|(id, value)| id.strip_prefix(prefix).map(|rest| (rest.to_owned(), *value))).collect()
    };
    let sources: Vec<SourceClass> = text.source.iter().map(source).collect();
    let mut classes: Vec<String> = sources.iter().map(|s| s.class.clone()).collect();
    classes.sort();
    classes.dedup();
    Ok(MethodPack {
        id,
        version,
        hash,
        strengths: [strength("weak")?, strength("medium")?, strength("strong")?],
        halving: number("evidence.halving")?,
        lapse_days: number("evidence.lapse_months")? * MONTH_DAYS,
        signal_weight: number("evidence.signal_ratio")?.ln(),
        signs: text.sign.iter().map(sign).collect::<Result<_>>()?,
        sources,
        couplings: text
            .coupling
            .iter()
            .map(|c| Ok((norm("coupling", &c.a)?, norm("coupling", &c.b)?, c.log_odds)))
            .collect::<Result<_>>()?,
        prior: PriorParameters {
            clustering: number("prior.clustering")?,
            children_per_worker: number("prior.children_per_worker")?,
            discount: number("prior.discount")?,
            cap: number("prior.cap")?,
            model_error: number("prior.model_error")?,
            people_bins_per_decade: number("prior.people_bins_per_decade")? as u32,
            odds_ratios: under("odds_ratio."),
        },
        channels: ChannelParameters {
            trust: text.channel.iter().map(|c| (c.operator.clone(), c.trust)).collect(),
            rows: text.channel.clone(),
            use_tested: number("channel.use_tested")?,
            use_default: number("channel.use_default")?,
            use_silent: number("channel.use_silent")?,
            silent_people: number("channel.silent_people")?,
            tested_within_days: (number("channel.tested_within_months")? * MONTH_DAYS).round() as i32,
            child_factor: number("channel.child_factor")?,
        },
        trace: TraceParameters {
            closed_mapped: number("trace.closed_mapped")?,
            tolerance: number("trace.tolerance")?,
            rest_share: number("trace.rest_share")?,
            rows_share: number("trace.rows_share")?,
            rows_most: number("trace.rows_most")? as usize,
            exit_quarters: number("trace.exit_quarters")?,
        },
        kinds: text
            .kind
            .iter()
            .map(|k| {
                let kind = Kind::parse(&k.id).ok_or_else(|| unknown(format!("kind {}", k.id), &k.id, "a kind of the node table"))?;
                let (people, outside_share, assumed_mapped) = (k.people, k.outside_share, k.assumed_mapped);
                Ok((kind, KindDefaults { people, outside_share, assumed_mapped, standing: k.standing }))
            })
            .collect::<Result<_>>()?,
        schemes: text.scheme.iter().map(|s| Ok((s.id.clone(), scheme(s)?))).collect::<Result<_>>()?,
        citations: text
            .citation
            .iter()
            .map(|c| {
                let citation = Citation {
                    id: c.id.clone(),
                    title: c.title.clone(),
                    locator: c.locator.clone(),
                    year: c.year,
                    read_on: c.read_on.clone(),
                };
                (c.id.clone(), citation)
            })
            .collect(),
        classes,
        text,
        overridden,
    })
}

/// Everything that lint holds against a pack refuses it.
pub(super) fn checked(pack: MethodPack) -> Result<MethodPack> {
    let mut problems = problems_of(&pack).into_iter();
    match (problems.next(), problems.len()) {
        (None, _) => Ok(pack),
        (Some(p), 0) => Err(Error::settings(p.at, p.found, p.expected)),
        (Some(p), more) => Err(Error::settings(p.at, p.found, format!("{} ({more} more problems in this pack)", p.expected))),
    }
}

fn unknown(at: String, found: &str, expected: &str) -> Error {
    Error::settings(at, format!("'{found}' is not known"), expected)
}

fn norm(at: &str, name: &str) -> Result<Norm> {
    Norm::parse(name).ok_or_else(|| unknown(at.to_owned(), name, "one of the eight norms, child_labour to child_trafficking"))
}

fn sign(s: &SignText) -> Result<Sign> {
    let at = format!("sign {}", s.id);
    let mut norms: [Option<Grade>; Norm::COUNT] = [None; Norm::COUNT];
    for (name, grade) in &s.norms {
        norms[norm(&at, name)?.at()] = Some(*grade);
    }
    let mut about = NormSet::EMPTY;
    for name in &s.about {
        about.insert(norm(&at, name)?);
    }
    Ok(Sign {
        id: s.id.clone(),
        definition: s.definition.clone(),
        layer: s.layer,
        phase: s.phase,
        seen_in: s.seen_in.clone(),
        delphi: s.delphi,
        survey: s.survey.clone(),
        same_fact_as: s.same_fact_as.clone(),
        branch: Branch::parse(&s.branch).ok_or_else(|| unknown(at, &s.branch, "a branch: child, forced or trafficking"))?,
        family: s.family.clone(),
        norms,
        about,
        effect: s.effect,
        citation: s.citation.clone(),
        standing: s.standing,
    })
}

fn source(s: &SourceText) -> SourceClass {
    let of = |n: Norm| match (s.positive_only, is_about_children(n)) {
        (true, _) => 0.0,
        (false, true) => s.detection_child,
        (false, false) => s.detection_adult,
    };
    SourceClass {
        id: s.id.clone(),
        definition: s.definition.clone(),
        class: s.class.clone(),
        detection: Norm::ALL.map(of),
        detection_sign: s.detection_sign,
        false_report: s.false_report,
        half_life_negative_days: s.half_life_negative_months * MONTH_DAYS,
        half_life_positive_days: s.half_life_positive_months * MONTH_DAYS,
        positive_only: s.positive_only,
        tables: s.tables.clone(),
        citation: s.citation.clone(),
        standing: s.standing,
    }
}

fn scheme(s: &SchemeText) -> Result<Scheme> {
    let mut covers = NormSet::EMPTY;
    for name in &s.covers {
        covers.insert(norm(&format!("scheme {}", s.id), name)?);
    }
    Ok(Scheme {
        id: s.id.clone(),
        title: s.title.clone(),
        covers,
        label_criteria: s.label_criteria,
        citation: s.citation.clone(),
        standing: s.standing,
    })
}

//! The base rate of a norm at a place: the share of persons in the situation, before anything is known of the site.
//!
//! Children. Let w be the share of working children (country, else region, else world), s_g the share of group g (agriculture, industry,
//! services) in child labour and e_g its share in employment, both of one area. R = s_g / e_g, held in [1/3, 3], says how much thicker child labour
//! is in the group than work as a whole.
//!
//! ```text
//! where families work      q = w R            among children of the households
//! elsewhere                q = w R k o f      among workers
//!                          k = 13/15 under15 / (workers per inhabitant): children of 5 to 17 per worker
//!                          o = 0.279: child labour outside the family;  f: such a place against its sector (informal shops)
//! ```
//!
//! Forced labour. r = people in forced labour per inhabitant of the region, a = 17.3/27.6 the part in private work outside commercial
//! sexual exploitation, b = workers per inhabitant, W = (sector's share of forced labour) / (sector's share of employment) in [1/4, 4],
//! u = country's unfreedom^1.5 over the regional mean, in [0.1, 5] (V-Dem freedom from forced labour; it stands in no other layer):
//! `q = r a / b W u`.
//!
//! The other norms are cited shares c of their parent, taken on the logit so that no rate leaves (0, 1) and none exceeds what it
//! implies: `logit q = logit q_parent + ln c`. State-imposed labour has no rate of persons: official flags of regions and countries
//! alone, counted by site; without a flag the norm is off.
//!
//! A survey of the very sector, where the table has one for this denominator, comes before all of this.
//!
//! # Source
//! Each part carries its source id; formulas and clamps: methodology 5.2 and `parameters.csv`. Who the workers are by origin, faith, sex
//! or ethnic group is no input.

use super::codes::{Codes, SectorGroup, stage_of_kind};
use super::geography::{Country, Geography};
use super::law::Law;
use super::rates::{Counted, Denominator, Employment, Rate, RateLevel, Rates, Split, fits};
use crate::base::{CountryCode, Kind, Norm, ProductCode, SectorCode, Stage};

/// Where a node stands, for a base rate. What is missing falls back to a wider level. Nodes of one place share their rates: compute
/// them once per distinct place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place<'a> {
    pub country: Option<CountryCode>,
    /// ISO 3166-2 (`CN-XJ`).
    pub subdivision: Option<&'a str>,
    pub sector: Option<SectorCode>,
    pub product: Option<ProductCode>,
    pub stage: Option<Stage>,
    pub kind: Kind,
}

/// The share of persons in the situation, with everything that `explain` needs.
#[derive(Clone, PartialEq, Debug)]
pub struct BaseRate {
    /// Share of the denominator, in (0, 1); more is worse.
    pub q: f64,
    pub level: RateLevel,
    /// Prior uncertainty on the logit, from the level.
    pub tau: f64,
    pub denominator: Denominator,
    /// Source of the leading figure; the other parts name theirs.
    pub source: String,
    pub year: i32,
    pub standing: String,
    /// Spread on the logit as the table states it, where it does.
    pub sd: Option<f64>,
    /// The figures that were multiplied, in order.
    pub parts: Vec<(String, f64)>,
}

/// The tables that a base rate is computed from.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) geography: &'a Geography,
    pub(super) codes: &'a Codes,
    pub(super) law: &'a Law,
    pub(super) rates: &'a Rates,
}

const UNFREEDOM: &str = "vdem_forced_labour_freedom";

impl Sources<'_> {
    pub(super) fn base_rate(&self, norm: Norm, place: &Place) -> Option<BaseRate> {
        if !place.kind.has_posterior() {
            return None;
        }
        match norm {
            Norm::ChildLabour => self.child_labour(place),
            Norm::ForcedLabour => self.forced_labour(place),
            Norm::StateImposed => self.state_imposed(place),
            Norm::ChildTrafficking => {
                // It implies trafficking too: never above it.
                let ceiling = self.base_rate(Norm::Trafficking, place)?.q * 0.999;
                let mut rate = self.conditional(norm, place)?;
                if rate.q > ceiling {
                    rate.q = ceiling;
                    rate.parts.push(("held below trafficking".to_owned(), ceiling));
                }
                Some(rate)
            }
            _ => self.conditional(norm, place),
        }
    }

    fn country(&self, place: &Place) -> Option<&Country> {
        self.geography.get(place.country?)
    }

    fn stage(&self, place: &Place) -> Option<Stage> {
        place.stage.or_else(|| self.codes.stage_of_sector(place.sector?)).or_else(|| stage_of_kind(place.kind))
    }

    /// The published rate that lies nearest: by area, then a rate of this product, sector and stage before a rate of all.
    fn nearest(&self, norm: Norm, place: &Place, counts: impl Fn(&Rate) -> bool) -> Option<&Rate> {
        let here = (place.product, place.sector, self.stage(place));
        let country = self.country(place);
        let own = country.map(|c| c.code.as_str());
        // Finer groups first.
        let groups = country.map(|c| [&c.ilo_subregion, &c.child_labour_region, &c.ilo_region, &c.subregion, &c.region]);
        let groups = groups.into_iter().flatten().map(String::as_str);
        let mut areas = [place.subdivision, own].into_iter().flatten().chain(groups).chain(["world"]);
        areas.find_map(|area| {
            let rows = self.rates.rates[norm.at()].get(area)?.iter();
            let fitting = rows.filter(|r| counts(r) && fits((r.product, r.sector, r.stage), here, self.codes));
            // Rows stand by key, so that equal ranks always give the same row.
            fitting.max_by_key(|r| (r.product.map(|p| p.as_str().len()), r.sector.map(|s| s.as_str().len()), r.stage.is_some()))
        })
    }

    fn child_labour(&self, place: &Place) -> Option<BaseRate> {
        let denominator = Denominator::of_child_labour(place.kind);
        let same = |counted: Counted| match denominator {
            Denominator::ChildrenOfHouseholds => counted == Counted::ChildrenOfHouseholds,
            _ => counted == Counted::Workers,
        };
        let rate = self.nearest(Norm::ChildLabour, place, |r| {
            // A rate of a sector holds for its own denominator alone; a rate of all children can be carried over.
            same(r.counted) || !r.is_of_a_sector() && r.counted == Counted::ChildrenOfHouseholds
        })?;
        if rate.is_of_a_sector() || rate.counted != Counted::ChildrenOfHouseholds {
            return Some(as_published(rate, denominator));
        }
        let group = self.group(place);
        let mut parts = vec![(format!("working children in {} ({})", rate.area, rate.source), rate.q)];
        let mut q = rate.q;
        if let Some((label, intensity)) = group.and_then(|g| self.intensity(g, rate, place)) {
            parts.push((label, intensity));
            q *= intensity;
        }
        let factor = self.rates.parameter_if_any(&format!("cl_place/{}", place.kind.as_str())).unwrap_or(1.0);
        if denominator == Denominator::Workers {
            let under15 = self.employment(self.areas(place), |e| e.under15);
            let per_worker = self.rates.parameter("children_per_under15") * under15 / self.rates.parameter("employment_to_population");
            let outside = self.rates.parameter("cl_outside_family");
            parts.push(("children of 5 to 17 per worker (wdi-employment, ilo-employment)".to_owned(), per_worker));
            parts.push(("child labour outside the family (ilo-unicef-2020)".to_owned(), outside));
            q *= per_worker * outside;
        }
        if factor != 1.0 {
            parts.push((format!("{} against its sector (expert)", place.kind.as_str()), factor));
            q *= factor;
        }
        let level = with_sector(rate.level, group.is_some());
        Some(rated(rate, held(q, self.rates.parameter("cl_most")), level, denominator, parts))
    }

    /// R = share of child labour over share of employment, clamped.
    fn intensity(&self, group: SectorGroup, rate: &Rate, place: &Place) -> Option<(String, f64)> {
        // A regional rate takes the split of its own region where there is one.
        let of_rate = (rate.level == RateLevel::Region).then_some(rate.area.as_str());
        let all = || of_rate.into_iter().chain(self.areas(place));
        let (area, split) = all().find_map(|a| Some((a.to_owned(), self.rates.splits.get(a)?)))?;
        // Both shares of one area: a region's child labour over a country's small farm sector would say nothing of either.
        let own = place.country.is_some_and(|c| c.as_str() == area);
        let areas = || all().skip_while(|a| !own && *a != area);
        let agriculture = self.employment(areas(), |e| e.agriculture);
        let industry = (1.0 - agriculture) * self.employment(areas(), |e| e.industry_of_rest);
        let employed = match group {
            SectorGroup::Agriculture => agriculture,
            SectorGroup::Industry => industry,
            SectorGroup::Services => 1.0 - agriculture - industry,
        };
        let ratio = share_of(split, group) / employed.max(1e-4);
        let clamped = ratio.clamp(self.rates.parameter("cl_intensity_low"), self.rates.parameter("cl_intensity_high"));
        Some((format!("child labour over employment in {}, {area} ({})", group.as_str(), split.source), clamped))
    }

    /// A figure of the country, else of its region, else of the world.
    fn employment<'b>(&self, mut areas: impl Iterator<Item = &'b str>, figure: impl Fn(&Employment) -> Option<f64>) -> f64 {
        areas.find_map(|a| figure(self.rates.employment.get(a)?)).unwrap_or(0.25)
    }

    fn areas<'b>(&'b self, place: &Place) -> impl Iterator<Item = &'b str> + use<'b> {
        let country = self.country(place);
        let own = country.map(|c| c.code.as_str());
        let region = country.map(|c| c.ilo_subregion.as_str());
        [own, region, Some("world")].into_iter().flatten()
    }

    fn forced_labour(&self, place: &Place) -> Option<BaseRate> {
        let rate = self.nearest(Norm::ForcedLabour, place, |r| r.counted != Counted::ChildrenOfHouseholds)?;
        if rate.is_of_a_sector() {
            return Some(as_published(rate, Denominator::Workers));
        }
        let mut parts = vec![(format!("forced labour in {} ({})", rate.area, rate.source), rate.q)];
        let mut q = rate.q;
        if rate.counted == Counted::Inhabitants {
            let private = self.rates.parameter("fl_private_share");
            let working = self.rates.parameter("employment_to_population");
            parts.push(("in private work outside sexual exploitation (gems-2022)".to_owned(), private));
            parts.push(("workers per inhabitant, divided by (ilo-employment)".to_owned(), working));
            q *= private / working;
        }
        let weight = self.forced_weight(place);
        if let Some((section, weight)) = weight {
            parts.push((format!("sector weight of ISIC {section} (gems-sectors)"), weight));
            q *= weight;
        }
        let mut level = rate.level;
        if let Some((label, spread)) = self.country_spread(rate, place) {
            parts.push((label, spread));
            q *= spread;
            level = RateLevel::Country;
        }
        // A regional rate spread over countries stays as wide as a country rate, whatever the sector.
        let level = if rate.level == RateLevel::Country { with_sector(level, weight.is_some()) } else { level };
        Some(rated(rate, held(q, 0.5), level, Denominator::Workers, parts))
    }

    /// W = share of forced labour over share of employment of the place's ISIC section, clamped.
    fn forced_weight(&self, place: &Place) -> Option<(char, f64)> {
        let section = self.section(place)?;
        let total: f64 = self.rates.forced_groups.iter().map(|g| g.millions).sum();
        let group = self.rates.forced_groups.iter().find(|g| (g.sections.0..=g.sections.1).contains(&section))?;
        let weight = group.millions / total / group.employment_share;
        Some((section, weight.clamp(self.rates.parameter("fl_weight_low"), self.rates.parameter("fl_weight_high"))))
    }

    /// How a regional rate falls on a country: u = unfreedom^x over the mean of the region.
    fn country_spread(&self, rate: &Rate, place: &Place) -> Option<(String, f64)> {
        let country = self.country(place)?;
        if rate.level != RateLevel::Region || country.ilo_region != rate.area {
            return None;
        }
        let mean = self.rates.parameter_if_any(&format!("fl_spread_mean/{}", country.ilo_region))?;
        let freedom = self.law.value(country.code, UNFREEDOM)?.value;
        let spread = (1.0 - freedom).max(0.0).powf(self.rates.parameter("fl_spread_exponent")) / mean;
        let clamped = spread.clamp(self.rates.parameter("fl_spread_low"), self.rates.parameter("fl_spread_high"));
        Some((format!("{} within its region (vdem)", country.code), clamped))
    }

    fn state_imposed(&self, place: &Place) -> Option<BaseRate> {
        let here = (place.product, place.sector, self.stage(place));
        let own = self.country(place).map(|c| c.code.as_str());
        let areas = [place.subdivision, own].into_iter().flatten();
        let flags =
            areas.filter_map(|a| self.rates.flags.get(a)).flatten().filter(|f| fits((f.product, f.sector, f.stage), here, self.codes));
        let flag = flags.max_by(|a, b| a.q.total_cmp(&b.q))?;
        let level = RateLevel::Country;
        Some(BaseRate {
            q: flag.q,
            level,
            tau: level.tau(),
            denominator: Denominator::Site,
            source: flag.source.clone(),
            year: flag.year,
            standing: flag.standing.clone(),
            sd: None,
            parts: vec![(format!("official flag of {} ({})", flag.area, flag.source), flag.q)],
        })
    }

    /// logit q = logit q_parent + ln c, or a survey of the norm itself where one counts the same people.
    fn conditional(&self, norm: Norm, place: &Place) -> Option<BaseRate> {
        let child = !matches!(norm, Norm::DebtBondage | Norm::Trafficking);
        let denominator = if child { Denominator::of_child_labour(place.kind) } else { Denominator::Workers };
        let group = self.group(place);
        let shares = self
            .rates
            .conditionals
            .iter()
            .filter(|c| c.norm == norm && c.group.is_none_or(|g| group == Some(g)) && c.denominator.is_none_or(|d| d == denominator));
        let share = shares.max_by_key(|c| (c.group.is_some(), c.denominator.is_some()))?;
        let parent = self.base_rate(share.parent, place)?;
        let counted = if denominator == Denominator::Workers { Counted::Workers } else { Counted::ChildrenOfHouseholds };
        if let Some(rate) = self.nearest(norm, place, |r| r.counted == counted) {
            let mut own = as_published(rate, denominator);
            if norm.implied().contains(share.parent) && own.q > parent.q * 0.999 {
                own.q = parent.q * 0.999;
                own.parts.push((format!("held below {}", share.parent.as_str()), own.q));
            }
            return Some(own);
        }
        let odds = parent.q / (1.0 - parent.q) * share.share;
        let level = parent.level.max(RateLevel::Country);
        let mut parts = parent.parts;
        parts.push((format!("share of {} on the logit ({})", share.parent.as_str(), share.source), share.share));
        Some(BaseRate {
            q: odds / (1.0 + odds),
            level,
            tau: level.tau(),
            denominator,
            source: share.source.clone(),
            year: share.year,
            standing: share.standing.clone(),
            sd: None,
            parts,
        })
    }

    /// The ISIC section: of the sector, else of the stage, else of the kind.
    fn section(&self, place: &Place) -> Option<char> {
        if let Some(section) = place.sector.and_then(|s| self.codes.section(s)) {
            return Some(section);
        }
        let of_stage = |stage| match stage {
            Stage::Farm | Stage::Fishing => 'A',
            Stage::Mine => 'B',
            Stage::Processing | Stage::Manufacturing => 'C',
        };
        place.stage.or_else(|| stage_of_kind(place.kind)).map(of_stage).or(match place.kind {
            Kind::Facility => Some('C'),
            Kind::Warehouse => Some('H'),
            Kind::Trader | Kind::Agent | Kind::Importer => Some('G'),
            Kind::Cooperative => Some('A'),
            Kind::Recruiter => Some('N'),
            _ => None,
        })
    }

    fn group(&self, place: &Place) -> Option<SectorGroup> {
        SectorGroup::of_section(self.section(place)?)
    }
}

fn share_of(split: &Split, group: SectorGroup) -> f64 {
    match group {
        SectorGroup::Agriculture => split.agriculture,
        SectorGroup::Industry => split.industry,
        SectorGroup::Services => split.services,
    }
}

/// A country rate becomes a modelled country x sector rate once a sector is known.
fn with_sector(level: RateLevel, known: bool) -> RateLevel {
    if level == RateLevel::Country && known { RateLevel::CountrySector } else { level }
}

fn held(q: f64, most: f64) -> f64 {
    q.clamp(1e-8, most)
}

fn as_published(rate: &Rate, denominator: Denominator) -> BaseRate {
    let parts = vec![(format!("{} in {} ({})", rate.norm.as_str(), rate.area, rate.source), rate.q)];
    rated(rate, rate.q, rate.level, denominator, parts)
}

fn rated(rate: &Rate, q: f64, level: RateLevel, denominator: Denominator, parts: Vec<(String, f64)>) -> BaseRate {
    BaseRate {
        q,
        level,
        tau: level.tau(),
        denominator,
        source: rate.source.clone(),
        year: rate.year,
        standing: rate.standing.clone(),
        sd: rate.sd,
        parts,
    }
}

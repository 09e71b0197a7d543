//! What sources say of the places of a world: audits with findings, channels, grievances, statements.
//!
//! Rows are drawn without regard to what is true at a place (no truth is drawn yet): they carry size and shape, and no result on them says
//! how good a measurement is.

use super::WorldSettings;
use super::draw::{Draws, Urn};
use super::firms::{Firm, Tier};

/// One visit.
pub struct Audit {
    pub node: u32,
    pub days_before: u16,
    /// Position among the schemes of the caller; `None`: the row itself lists norms.
    pub scheme: Option<usize>,
    pub announcement: &'static str,
    pub interviews_offsite: u64,
    pub union_present: bool,
}

/// One sign looked at in a visit.
pub struct Finding {
    pub audit: u32,
    pub sign: usize,
    pub result: &'static str,
    pub people: Option<u64>,
    pub corroborated: bool,
    pub closed: bool,
}

/// One channel.
pub struct Channel {
    pub node: u32,
    pub operator: &'static str,
    pub reach: f64,
    pub since_days: u16,
    pub tested_days: Option<u16>,
}

/// One report by a worker.
pub struct Grievance {
    pub node: u32,
    pub channel: Option<u32>,
    pub days_before: u16,
    pub sign: usize,
    pub people: Option<u64>,
    pub corroborated: bool,
}

/// One sign that somebody outside reported.
pub struct Statement {
    pub node: u32,
    pub days_before: u16,
    pub sign: usize,
    /// Position among the source classes of the caller.
    pub source: usize,
    /// Number of the document: several rows may come from one.
    pub origin: u64,
    pub people: Option<u64>,
}

/// All evidence rows of a world.
#[derive(Default)]
pub struct Accounts {
    pub audits: Vec<Audit>,
    pub findings: Vec<Finding>,
    pub channels: Vec<Channel>,
    pub grievances: Vec<Grievance>,
    pub statements: Vec<Statement>,
}

/// How many of each the caller has to choose from.
pub struct Choices {
    pub signs: usize,
    pub sources: usize,
    pub schemes: usize,
}

/// Seven years, the reach of evidence.
const WINDOW_DAYS: usize = 2_556;

/// How often places of a tier are visited and heard, relative to each other: eyes are on the factories.
fn attention(tier: Tier) -> f64 {
    match tier {
        Tier::Factory => 10.0,
        Tier::Processor => 5.0,
        Tier::HomeWork | Tier::Collector | Tier::Seller => 1.0,
        Tier::Origin => 0.6,
        Tier::Brand | Tier::Retail | Tier::Recruiter => 0.0,
    }
}

fn people(draws: &mut Draws) -> Option<u64> {
    let count = draws.log_normal(6.0, 1.2).round().max(1.0) as u64;
    Some(count).filter(|_| !draws.chance(0.3))
}

/// Draws exactly `settings.evidence_rows` rows over places; none where the caller names no sign or no source.
pub fn accounts(settings: &WorldSettings, firms: &[Firm], choices: &Choices, draws: &mut Draws) -> Accounts {
    let mut places = Urn::default();
    for (i, firm) in firms.iter().enumerate() {
        let weight = attention(firm.tier) * firm.seller_weight.sqrt();
        if weight > 0.0 {
            places.push(i as u32, weight);
        }
    }
    let rows = settings.evidence_rows;
    let part = |percent: usize| rows * percent / 100;
    let (audits, channels, grievances, statements) = (part(25), part(8), part(22), part(5));
    let findings = rows - audits - channels - grievances - statements;
    let mut all = Accounts::default();

    for _ in 0..audits {
        let Some(node) = places.draw(draws) else { break };
        let scheme = (choices.schemes > 0 && draws.chance(0.8)).then(|| draws.below(choices.schemes));
        all.audits.push(Audit {
            node,
            days_before: draws.below(WINDOW_DAYS) as u16,
            scheme,
            announcement: draws.pick(&[("announced", 0.7), ("semi_announced", 0.2), ("unannounced", 0.1)]).unwrap_or("announced"),
            interviews_offsite: if draws.chance(0.2) { draws.below(20) as u64 } else { 0 },
            union_present: draws.chance(0.15),
        });
    }
    // Findings are spread evenly over the audits, each audit's signs in a row from a start of its own: no sign twice in one visit.
    let mut start = 0;
    let mut last_audit = None;
    for k in 0..findings {
        let Some(audit) = (k * all.audits.len()).checked_div(findings) else { break };
        if last_audit != Some(audit) {
            start = draws.below(choices.signs);
            last_audit = Some(audit);
        }
        let first_of_audit = (audit * findings).div_ceil(all.audits.len().max(1));
        let sign = (start + k - first_of_audit).checked_rem(choices.signs).unwrap_or(0);
        let result = draws.pick(&[("seen", 0.06), ("not_seen", 0.84), ("not_assessed", 0.10)]).unwrap_or("not_assessed");
        let seen = result == "seen";
        let (people, corroborated, closed) = (people(draws), draws.chance(0.3), draws.chance(0.4));
        all.findings.push(Finding {
            audit: audit as u32,
            sign,
            result,
            people: people.filter(|_| seen),
            corroborated: seen && corroborated,
            closed: seen && closed,
        });
    }
    for _ in 0..channels {
        let Some(node) = places.draw(draws) else { break };
        let since_days = draws.below(WINDOW_DAYS) as u16;
        let tested = draws.chance(0.4).then(|| draws.below(usize::from(since_days) + 1) as u16);
        all.channels.push(Channel {
            node,
            operator: draws.pick(&[("company", 0.6), ("union", 0.15), ("ngo", 0.15), ("public", 0.1)]).unwrap_or("company"),
            reach: (draws.unit() * 100.0).round() / 100.0,
            since_days,
            tested_days: tested,
        });
    }
    for _ in 0..grievances {
        let channel = draws.below(all.channels.len());
        let through = all.channels.get(channel).filter(|_| !draws.chance(0.1));
        let Some(node) = through.map(|c| c.node).or_else(|| places.draw(draws)) else { break };
        let most = through.map_or(WINDOW_DAYS, |c| usize::from(c.since_days) + 1);
        let is_through = through.is_some();
        all.grievances.push(Grievance {
            node,
            channel: is_through.then_some(channel as u32),
            days_before: draws.below(most) as u16,
            sign: draws.below(choices.signs),
            people: people(draws),
            corroborated: draws.chance(0.25),
        });
    }
    for _ in 0..statements {
        let Some(node) = places.draw(draws) else { break };
        all.statements.push(Statement {
            node,
            days_before: draws.below(WINDOW_DAYS) as u16,
            sign: draws.below(choices.signs),
            source: draws.below(choices.sources),
            origin: draws.below(statements / 2 + 1) as u64,
            people: people(draws),
        });
    }
    all
}

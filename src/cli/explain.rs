//! `onus explain`: why a node stands where it stands, on the screen.

use super::args::Explain;
use super::duty_screen::explained;
use super::screen::{share, words};
use super::{json, print};
use crate::base::{Date, Error, NodeIx, Norm, Result, Traced};
use crate::export::read_manifest;
use crate::pipeline::explanation::{EvidenceLine, Explanation, FindingLine, NormLine, RecordLine, explanation};
use crate::pipeline::{self, RunConfig};
use crate::resolve::resolve;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// Rows of evidence that are printed of each kind.
const ROWS_MOST: usize = 25;
/// Cases with insufficient evidence that are printed.
const NEAR_MOST: usize = 5;

/// Prints the explanation of one node.
pub fn explain(args: &Explain) -> Result<u8> {
    let traced = Traced::parse(&args.norm).ok_or_else(|| {
        Error::settings("--norm", format!("'{}' is not traced", args.norm), format!("one of {}", Traced::NAMES.join(", ")))
    })?;
    let found = explanation(&args.out, &args.node, traced)?;
    if args.json {
        return print(&json(&found)?);
    }
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = write_all(&mut text, &found, traced);
    if let Some(dataset) = args.dataset.as_deref().filter(|_| args.restricted) {
        text.push_str(&grievance_rows(&args.out, dataset, args.mapping.as_deref(), std::slice::from_ref(&args.node))?);
    } else if found.evidence.iter().any(|e| e.table == "grievances") {
        text.push_str("\nRows of grievances are shown with --restricted --dataset DATASET alone.\n");
    }
    print(&text)
}

/// Who it is: the records that tell of it, and the lists that it stands on.
fn records(s: &mut String, e: &Explanation) -> std::fmt::Result {
    let because = |r: &RecordLine| match (r.why.as_str(), &r.by) {
        ("own", _) => "its own record".to_owned(),
        ("identifier", Some(by)) => format!("same {by}"),
        (_, Some(by)) => format!("decided, {by}"),
        (why, None) => why.to_owned(),
    };
    let (listed, own): (Vec<&RecordLine>, Vec<&RecordLine>) = e.records.iter().partition(|r| r.list.is_some());
    if !own.is_empty() {
        writeln!(s, "One node of {} records:", own.len())?;
        for r in own.iter().take(ROWS_MOST) {
            writeln!(s, "    {} ({}), {}; {}", r.name, r.record_id, because(r), r.place)?;
        }
        if own.len() > ROWS_MOST {
            writeln!(s, "    ... and {} more in records.parquet", own.len() - ROWS_MOST)?;
        }
    }
    for r in listed {
        let list = r.list.as_deref().unwrap_or_default();
        let counts = if r.is_evidence { "a report" } else { "no report: no sign, source class or date stands there" };
        writeln!(s, "On a screening list: {list}, entry {} ({}), {}; {counts}; {}", r.record_id, r.name, because(r), r.place)?;
    }
    Ok(())
}

fn write_all(s: &mut String, e: &Explanation, traced: Traced) -> std::fmt::Result {
    let known = |x: &Option<String>, none: &str| x.clone().unwrap_or_else(|| none.to_owned());
    writeln!(s, "{} ({})", e.name, e.node_id)?;
    writeln!(
        s,
        "{}, {}; product {}; sector {}; stage {}",
        e.kind,
        known(&e.country, "country unknown"),
        known(&e.product, "unknown"),
        known(&e.sector, "unknown"),
        known(&e.stage, "unknown")
    )?;
    if let Some(people) = e.people {
        writeln!(s, "{people:.0} people ({})", known(&e.people_standing, "?"))?;
    }
    records(s, e)?;
    let signal = e.signal_norms.split(';').map(words).collect::<Vec<_>>().join(", ");
    match e.state.as_str() {
        "site_signal" => writeln!(
            s,
            "State: site signal ({}). Reports from this very site; what rules find stands below.",
            if e.signal_norms.is_empty() { "norms together" } else { &signal }
        )?,
        "possible" | "indicated" => writeln!(
            s,
            "State: {} by rule ({}); an indication from evidence, never a finding of guilt.",
            words(&e.state),
            e.finding_norms.split(';').map(words).collect::<Vec<_>>().join(", ")
        )?,
        "context_risk" => writeln!(
            s,
            "State: context risk. What was reported here, if anything, makes no site signal: the figure is context, and accuses nobody."
        )?,
        _ => writeln!(s, "No workplace: a party, region or unknown node has no probability of its own.")?,
    }
    if !e.norms.is_empty() {
        writeln!(
            s,
            "\nProbability (uncalibrated)         prior    coupled  decoupled   coverage   90 % uncertainty range (expert-elicited)"
        )?;
        let range = |r: Option<(f64, f64)>| r.map_or_else(String::new, |(low, high)| format!("   {} to {}", share(low), share(high)));
        for n in &e.norms {
            let prior = n.prior.as_ref().map_or_else(|| "off".to_owned(), |p| share(p.marginal));
            writeln!(
                s,
                "  {:<28}{prior:>10}{:>11}{:>11}{:>11}{}",
                words(&n.norm),
                share(n.coupled),
                share(n.decoupled),
                share(n.coverage),
                range(n.range)
            )?;
        }
        writeln!(s, "  {:<28}{:>10}{:>11}{:>22}{}", "any norm", "", share(e.any.unwrap_or(0.0)), "", range(e.any_range))?;
        if let Some((low, high)) = e.rank_range {
            writeln!(
                s,
                "  position in the order of the register over the draws: {low} to {high}{}",
                if e.alert { "; an alert is raised" } else { "" }
            )?;
        }
        for b in &e.better_explained {
            writeln!(
                s,
                "  {}: {} on its own evidence, {} read together: the same signs are better explained by {} ({} before, {} now)",
                words(&b.norm),
                share(b.decoupled),
                share(b.coupled),
                words(&b.by),
                share(b.by_prior),
                share(b.by_coupled)
            )?;
        }
        writeln!(s, "  protection gap (seen only when the norms are read together): {}", share(e.protection_gap.unwrap_or(0.0)))?;
        writeln!(s, "\nThe prior")?;
        for n in &e.norms {
            prior(s, n)?;
        }
    }
    if !e.norms.is_empty() {
        findings(s, e)?;
    }
    if !e.norms.is_empty() || !e.evidence.is_empty() {
        evidence(s, &e.evidence)?;
    }
    if !e.practices.is_empty() {
        writeln!(s, "\nWhat its buyers did beyond a threshold (the buyer's involvement, no finding on this place)")?;
        for p in e.practices.iter().take(ROWS_MOST) {
            writeln!(s, "  {} {}: {} {:.2} (threshold {:.2})", p.quarter, p.buyer_id, words(&p.practice), p.value, p.threshold)?;
        }
    }
    explained(s, e)?;
    exposure(s, e, traced)
}

/// What published rules find: per place and norm, then per case with its way through the rule.
fn findings(s: &mut String, e: &Explanation) -> std::fmt::Result {
    if e.findings.is_empty() {
        return writeln!(s, "\nFindings by rule: no case here, so no rule was applied.");
    }
    writeln!(s, "\nFindings by rule (from evidence alone, no prior; an indication, never a finding of guilt)")?;
    if e.cluster_concern {
        writeln!(s, "  cluster concern: two norms or more just miss for want of evidence; no finding on any norm")?;
    }
    let told = |level: &str| level == "possible" || level == "indicated";
    for f in e.findings.iter().filter(|f| f.case.is_none()) {
        if told(&f.level) {
            writeln!(
                s,
                "  {}: {}, by {}; cases at least possible: {}, of {} read",
                words(&f.norm),
                words(&f.level),
                f.rule,
                f.cases_at_least_possible.as_deref().unwrap_or("0"),
                f.cases_read.as_deref().unwrap_or("0")
            )?;
            if let Some(contested) = &f.contested {
                writeln!(s, "      the supplier answers: {}; the finding stands", contested.replace(';', "; "))?;
            }
        }
    }
    if !e.findings.iter().any(|f| f.case.is_none() && told(&f.level)) {
        writeln!(s, "  no rule reaches possible: {}", words(&e.finding))?;
    }
    let mut cases: Vec<&FindingLine> = e.findings.iter().filter(|f| f.case.is_some()).collect();
    let order = |level: &str| ["indicated", "possible", "insufficient_evidence", "not_indicated"].iter().position(|l| *l == level);
    cases.sort_by_key(|f| order(&f.level));
    let (strong, weak): (Vec<&FindingLine>, Vec<&FindingLine>) =
        cases.into_iter().filter(|f| f.level != "not_indicated").partition(|f| told(&f.level));
    // What nothing speaks for yet is no news: of those that lack evidence, the ones with an element met.
    let near = weak.iter().filter(|f| !f.elements_met.is_empty()).take(NEAR_MOST);
    let shown: Vec<_> = strong.iter().take(ROWS_MOST).chain(near).collect();
    for f in &shown {
        writeln!(s, "  {}, {}: {}", f.case.as_deref().unwrap_or_default(), words(&f.norm), words(&f.level))?;
        writeln!(s, "      rule {} by {} ({})", f.rule, words(&f.path), f.source)?;
        for (title, text) in [("met", &f.elements_met), ("missing", &f.elements_missing), ("facts", &f.facts)] {
            if !text.is_empty() {
                writeln!(s, "      {title}: {}", text.replace(';', "; "))?;
            }
        }
        let mut notes: Vec<String> = f.files.iter().map(|f| format!("told in {}", f.replace(';', ", "))).collect();
        notes.extend(f.age_rule.iter().map(|a| format!("ages: {a}")));
        notes.extend(f.caveats.iter().cloned());
        notes.extend(f.contested.iter().map(|c| format!("the supplier answers: {}", c.replace(';', ", "))));
        if !notes.is_empty() {
            writeln!(s, "      {}", notes.join("; "))?;
        }
    }
    let more = strong.len() + weak.len() - shown.len();
    if more > 0 {
        writeln!(s, "  ... and {more} more in findings.parquet, {} of them with insufficient evidence", more.min(weak.len()))?;
    }
    Ok(())
}

fn prior(s: &mut String, n: &NormLine) -> std::fmt::Result {
    let Some(p) = &n.prior else {
        return writeln!(s, "  {}: off (no base rate holds here)", words(&n.norm));
    };
    let year = p.year.map_or_else(String::new, |y| format!(", {y}"));
    writeln!(
        s,
        "  {}: {} per 1,000 {} ({} level; {}{year}, {}) over {:.0} people: {}{}",
        words(&n.norm),
        per_thousand(p.base_rate),
        p.denominator.replace('_', " "),
        p.level.replace('_', " "),
        p.source,
        p.standing.replace('_', " "),
        p.people,
        share(p.marginal),
        if p.lifted { " (raised to what implies it)" } else { "" }
    )?;
    for factor in p.factors.split(';').filter(|f| !f.is_empty()) {
        let mut parts = factor.splitn(3, ':');
        let (id, ratio, source) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        writeln!(s, "      odds x {ratio} for {} ({source})", id.replace('_', " "))?;
    }
    Ok(())
}

fn per_thousand(q: f64) -> String {
    let x = q * 1000.0;
    if x >= 0.1 { format!("{x:.1}") } else { format!("{x:.1e}") }
}

fn evidence(s: &mut String, rows: &[EvidenceLine]) -> std::fmt::Result {
    if rows.is_empty() {
        return writeln!(s, "\nEvidence: none. Nobody reported, looked, or could have been heard here.");
    }
    writeln!(s, "\nEvidence (log weight of each row on its own, before families and caps)")?;
    for (item, title) in [("report", "reports"), ("look", "looked for and not seen"), ("silence", "silence of who could have heard")] {
        let of: Vec<&EvidenceLine> = rows.iter().filter(|r| r.item == item && r.used).collect();
        if of.is_empty() {
            continue;
        }
        writeln!(s, "  {title}: {}", of.len())?;
        for r in of.iter().take(ROWS_MOST) {
            let what = r.sign.clone().unwrap_or_else(|| norm_words(&r.norms));
            let place = r.place();
            let origin = r.origin.as_deref().unwrap_or("?");
            writeln!(
                s,
                "    {:>+6.2}  {what}, {} by {} ({origin}); d {:.2}, now {:.2}; {place}",
                r.log_weight, r.quarter, r.source, r.detection, r.detection_now
            )?;
            if let Some(factors) = &r.factors {
                writeln!(s, "            worth changed by {factors}")?;
            }
        }
        if of.len() > ROWS_MOST {
            writeln!(s, "    ... and {} more in evidence.parquet", of.len() - ROWS_MOST)?;
        }
    }
    let unused: Vec<&EvidenceLine> = rows.iter().filter(|r| !r.used).collect();
    if !unused.is_empty() {
        writeln!(s, "  not counted: {}", unused.len())?;
        for r in unused.iter().take(ROWS_MOST) {
            let place = r.place();
            writeln!(
                s,
                "            {}, {}: {}; {place}",
                r.sign.as_deref().unwrap_or(&r.item),
                r.quarter,
                r.why_not.as_deref().unwrap_or("?")
            )?;
        }
    }
    Ok(())
}

fn norm_words(norms: &str) -> String {
    if norms.split(';').count() == Norm::COUNT {
        "every norm".to_owned()
    } else {
        norms.split(';').map(words).collect::<Vec<_>>().join(", ")
    }
}

fn exposure(s: &mut String, e: &Explanation, traced: Traced) -> std::fmt::Result {
    let title = words(traced.as_str());
    let rows: Vec<_> = e.exposure.iter().filter(|x| x.norm == traced.as_str()).collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(s, "\nOf one unit of its goods, {title}           on evidence  by context      unseen       clear    expected")?;
    for x in &rows {
        let what = format!("{}, {}", view_words(&x.view), if x.mapped_rule == "cautious" { "cautious" } else { "links as all there are" });
        writeln!(
            s,
            "  {what:<44}{:>12}{:>12}{:>12}{:>12}{:>12}",
            share(x.touched_on_evidence),
            share(x.touched_by_context),
            share(x.unseen),
            share(x.clear),
            x.expected.map_or_else(|| "-".to_owned(), share)
        )?;
    }
    if !e.contributions.is_empty() {
        writeln!(s, "\nWhere the touched part of its own purchases is ({title}; cautious, published lists filled in)")?;
        for c in &e.contributions {
            let basis = if c.on_evidence { "on evidence" } else { "by context" };
            let tier = c.tier.map_or_else(|| "by its published list".to_owned(), |t| format!("tier {t}"));
            writeln!(s, "  {:>8}  {} ({}), {tier}, {basis}", share(c.touched), c.name, c.node_id)?;
            for chain in e.sources.iter().filter(|x| x.node_id == c.node_id).flat_map(|x| &x.chains) {
                writeln!(s, "            {} of the spend by {}", share(chain.share), chain.nodes.join(" <- "))?;
            }
        }
    }
    if !e.sources.is_empty() && e.contributions.is_empty() {
        writeln!(s, "\nWhere the touched part of what it buys comes from ({title}; recorded chains, cautious)")?;
        for source in &e.sources {
            let basis = if source.on_evidence { "on evidence" } else { "by context" };
            writeln!(s, "  {:>8}  {} ({}), {basis}", share(source.touched), source.name, source.node_id)?;
            for chain in &source.chains {
                writeln!(s, "            {} of the spend by {}", share(chain.share), chain.nodes.join(" <- "))?;
            }
        }
        if e.sources_rest > 0.0 {
            writeln!(s, "  {:>8}  all others", share(e.sources_rest))?;
        }
    }
    if !e.held_by.is_empty() {
        writeln!(s, "\nWhat it is to the focal companies ({title})")?;
        for h in &e.held_by {
            let tier = h.tier.map_or_else(|| "by a published list".to_owned(), |t| format!("tier {t}"));
            writeln!(
                s,
                "  {}: {tier}, {} of its purchases touched here, {} of all that is touched",
                h.focal_id,
                share(h.touched),
                share(h.share_of_touched)
            )?;
        }
    }
    Ok(())
}

fn view_words(view: &str) -> &'static str {
    match view {
        "own" => "own purchases",
        "own_unfilled" => "own, without published lists",
        _ => "all links merged",
    }
}

/// The grievance rows of nodes, read from the dataset again: the result folder does not hold them.
pub(super) fn grievance_rows(out: &Path, dataset: &Path, mapping: Option<&Path>, nodes: &[String]) -> Result<String> {
    let as_of = read_manifest(out)?.and_then(|m| Date::parse(&m.stamp.as_of));
    let config = RunConfig { dataset: dataset.to_owned(), mapping: mapping.map(Path::to_owned), as_of, ..RunConfig::default() };
    let validated = pipeline::check(&config)?;
    let resolution = resolve(&validated.inputs);
    let found = nodes.iter().filter_map(|id| resolution.find(id).or_else(|| resolution.find_shown(id)));
    let wanted: BTreeSet<NodeIx> = found.collect();
    let mut text = String::from("\nGrievance rows (restricted: for the people who handle them)\n");
    for g in validated.inputs.grievances.iter().filter(|g| resolution.node(g.node).is_some_and(|n| wanted.contains(&n))) {
        let at = validated.inputs.file(g.row).map(|f| f.locate(u64::from(g.row.line), None)).unwrap_or_default();
        text.push_str(&format!("  {at}  {}  received {}\n", validated.inputs.ids.text(g.grievance), g.received_on));
    }
    Ok(text)
}

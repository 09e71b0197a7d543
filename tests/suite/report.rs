//! The report of a result: what it must say, what it must never say, and that no text of the data becomes part of the page.

use crate::runs;
use onus::base::Traced;
use onus::export::{read_manifest, verify};
use onus::pipeline::RunConfig;
use onus::pipeline::chains::{Chains, Ends};
use onus::pipeline::ranges::RangesOf;
use onus::report::{Changes, CompanyChange, HappenedAt, Language, Move, NodeMoved, Options, PartMove, render, write_report};
use onus::schema::outputs;
use std::path::Path;

fn report(out: &Path, language: Language) -> String {
    render(out, &Options { language, changes: None }).unwrap().0
}

fn section<'a>(html: &'a str, id: &str) -> &'a str {
    let start = html.find(&format!("<section id=\"{id}\"")).unwrap_or_else(|| panic!("no section {id}"));
    let rest = &html[start..];
    &rest[..rest.find("</section>").unwrap()]
}

#[test]
fn the_first_screen_says_which_company_what_period_how_bad_how_sure_and_what_first() {
    let html = report(&runs::FIRST_RUN.1, Language::En);
    let top = html.find("<section id=\"origin\"").unwrap();
    assert!(html.len() - top > top / 2);
    let brief = section(&html, "brief");
    for needle in ["Brand Alder", "on evidence", "unseen", "Uncalibrated", "What first", "<li>"] {
        assert!(brief.contains(needle), "{needle}");
    }
    assert!(html.contains("Assessed as of 30\u{A0}June 2026") && html.contains("<html lang=\"en\">"));
    let ids = [
        "brief",
        "glance",
        "first",
        "changes",
        "origin",
        "register",
        "nodes",
        "severity",
        "map",
        "choke",
        "people",
        "portfolio",
        "coverage",
    ];
    let places: Vec<usize> = ids.iter().map(|id| html.find(&format!("<section id=\"{id}\"")).unwrap()).collect();
    assert!(places.is_sorted());
}

#[test]
fn the_same_result_gives_the_same_bytes_and_the_figures_are_those_of_the_summary() {
    let (a, b) = (report(&runs::FIRST_RUN.1, Language::En), report(&runs::FIRST_RUN.1, Language::En));
    assert_eq!(a, b);
    let summary: onus::pipeline::summary::Summary =
        serde_json::from_str(&std::fs::read_to_string(runs::FIRST_RUN.1.join("summary.json")).unwrap()).unwrap();
    let alder = summary.focal.iter().find(|f| f.node_id == "BR-ALDER").unwrap();
    for f in alder.figures.iter().filter(|f| f.view == "own" && f.mapped_rule == "cautious") {
        for x in [f.touched_on_evidence, f.touched_by_context, f.unseen, f.clear, f.expected] {
            let shown = Language::En.share(x);
            assert!(section(&a, "glance").contains(&shown), "{} {x} as {shown}", f.norm);
        }
    }
}

#[test]
fn a_report_beside_its_result_is_no_foreign_file_and_goes_with_it() {
    let (_room, data) = runs::copied_sample();
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    runs::assess(&data, &out, 0);
    let written = write_report(&out, &out.join("report.html"), &Options::default()).unwrap();
    assert_eq!(written.bytes, std::fs::metadata(out.join("report.html")).unwrap().len());
    assert!(written.bytes < 5_000_000 && written.rows == written.places);
    assert!(verify(&out).unwrap().holds());
    onus::pipeline::assess(&RunConfig { dataset: data, ..RunConfig::default() }, &out, true, &mut onus::pipeline::Silent).unwrap();
    assert!(!out.join("report.html").exists(), "a report of an earlier run never stands beside a later one");
}

#[test]
fn no_text_of_the_data_becomes_part_of_the_page() {
    let hostile =
        ["<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "\"\" onmouseover=\"\"alert(1)", "'><svg onload=alert(1)>"];
    let rows: Vec<String> = hostile.iter().enumerate().map(|(i, n)| format!("\"n{i}{n}\",\"{n}\u{202E}\",factory,BGD")).collect();
    let nodes = format!("node_id,name,kind,country\nB,\"{}\",brand,DEU\n{}\n", hostile[1], rows.join("\n"));
    let links: Vec<String> = hostile.iter().enumerate().map(|(i, n)| format!("\"n{i}{n}\",B,10,EUR")).collect();
    let (_room, data) =
        runs::dataset(&[("nodes", &nodes), ("links", &format!("supplier_id,buyer_id,value,currency\n{}\n", links.join("\n")))]);
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    runs::assess(&data, &out, 0);
    let html = report(&out, Language::De);
    assert_eq!(html.matches("<script").count(), 2, "the data of the script and the script");
    assert!(!html.contains("<img") && !html.contains("<svg onload") && !html.contains('\u{202E}'));
    assert!(!html.contains("\" onmouseover=\"") && html.contains("&quot;&quot; onmouseover=") || html.contains("&quot; onmouseover="));
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn without_evidence_nothing_is_called_told_and_nothing_is_drawn_in_its_colour() {
    let nodes = "node_id,name,kind,country,workers\nB,Brand,brand,DEU,\nF,Factory,factory,BGD,200\nG,Farm,farm,IND,\n";
    let (_room, data) = runs::dataset(&[("nodes", nodes), ("links", "supplier_id,buyer_id,value,currency\nF,B,10,EUR\nG,F,5,EUR\n")]);
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    runs::assess_with(&RunConfig { dataset: data, ranges: RangesOf::None, ..RunConfig::default() }, &out);
    let html = report(&out, Language::En);
    assert!(html.contains("No site evidence in these data"));
    assert!(!html.contains("tag told"), "no place has a standing by evidence");
    for id in ["severity", "map", "origin", "register", "nodes"] {
        assert!(!section(&html, id).contains("#c24f00"), "{id}");
    }
    assert!(section(&html, "register").contains("class=\"dark\""), "what nobody could hear is hatched");
    assert!(section(&html, "glance").contains("%</td>"), "a figure without draws has no range, not one of 0");
}

#[test]
fn a_shared_report_tells_no_grievance_survey_or_case_row_by_row() {
    let internal = report(&runs::FIRST_RUN.1, Language::En);
    assert!(internal.contains("<code>surveys</code>") && internal.contains("their way") || internal.contains("and its way"));
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    runs::copy_all(&runs::FIRST_RUN.1, &out);
    let run = out.join("run.json");
    let text = std::fs::read_to_string(&run).unwrap();
    assert!(text.contains("\"audience\": \"internal\""));
    std::fs::write(&run, text.replace("\"audience\": \"internal\"", "\"audience\": \"shared\"")).unwrap();
    assert_eq!(read_manifest(&out).unwrap().unwrap().stamp.audience, onus::export::Audience::Shared);
    let shared = report(&out, Language::En);
    for table in ["surveys", "grievances", "cases"] {
        assert!(!shared.contains(&format!("<code>{table}</code>")), "{table}");
    }
    assert!(!shared.contains("class=\"steps\"><dt>Met") && shared.contains("Cases are not told for this audience"));
}

#[test]
fn assumptions_are_told_in_words_and_counted() {
    let html = report(&runs::FIRST_RUN.1, Language::De);
    let told = section(&html, "assumptions");
    assert!(told.contains("Verbindungen ohne Wert: gleiche oder mittlere Anteile</td><td class=\"n\">16"), "{told}");
    assert!(!told.contains("links without value"));
}

#[test]
fn small_counts_stay_small_counts() {
    let html = report(&runs::FIRST_RUN.1, Language::En);
    assert!(html.contains("&lt;5 of 26"), "cases of a place are told as under five");
    let least = section(&html, "people");
    let companies = least.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
    for cell in companies.split("<td class=\"n\">").skip(1).map(|c| c.split("</td>").next().unwrap()) {
        let is_told = cell.replace(',', "").parse::<f64>().is_ok_and(|x| x == 0.0 || x >= 5.0);
        assert!(is_told || cell == "&lt;5" || cell == "\u{2013}", "{cell}");
    }
    let table = least.rsplit("<tbody>").next().unwrap();
    for cell in table.split("<td class=\"n\">").skip(1) {
        let shown: f64 = cell.split('<').next().unwrap().replace(',', "").parse().unwrap();
        assert!(shown >= 5.0, "{shown} people are told of one place");
    }
}

#[test]
fn rows_behind_numbers_are_named_by_file_and_line() {
    let html = report(&runs::FIRST_RUN.1, Language::En);
    let page = html.split("<article class=\"node\" id=\"node-GA-017\"").nth(1).unwrap().split("</article>").next().unwrap();
    assert!(page.contains("<code>audit_findings.csv:") || page.contains("<code>recruitment.csv:"), "a row of a file");
    assert!(page.contains("Brand Birch") && page.contains("\u{2190}"), "a chain to the company");
    assert!(page.contains("never a finding of guilt"));
}

#[test]
fn every_language_tells_every_section_in_its_own_words() {
    for (language, words) in [
        (Language::De, ["Auf einen Blick", "Zwangsarbeit", "Wie sicher"]),
        (Language::Fr, ["Vue d’ensemble", "travail forcé", "Quelle certitude"]),
    ] {
        let html = report(&runs::FIRST_RUN.1, language);
        assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())));
        for word in words {
            assert!(html.contains(word), "{word}");
        }
        // Works that the method cites keep their titles; the words of the page are the reader's.
        for id in ["brief", "glance", "register", "coverage"] {
            let told = section(&html, id);
            assert!(!told.contains("forced labour") && !told.contains(" unseen"), "{}: {id}", language.tag());
        }
        assert!(html.contains("lang=\"en\""), "texts of the method say which language they are in");
    }
}

#[test]
fn a_change_story_is_told_with_parts_that_add_up() {
    let behind = [("GA-017", "Garments 017", 0.02), ("GONE-1", "A <place> that is gone", 0.01)];
    let nodes = behind.map(|(id, name, change)| NodeMoved { node_id: id.to_owned(), name: name.to_owned(), change }).to_vec();
    let parts = vec![
        PartMove { part: "evidence".to_owned(), change: 0.03, nodes },
        PartMove { part: "links_lost".to_owned(), change: -0.01, nodes: Vec::new() },
    ];
    let told = Move { norm: "any".to_owned(), figure: "touched_on_evidence".to_owned(), old: 0.10, new: 0.12, parts };
    let changes = Changes {
        old_as_of: "2025-06-30".to_owned(),
        companies: vec![
            CompanyChange { node_id: "BR-ALDER".to_owned(), moves: vec![told] },
            CompanyChange { node_id: "BR-BIRCH".to_owned(), moves: Vec::new() },
        ],
        happened: [("GONE-2", "A mill that is gone"), ("GA-017", "Garments 017")]
            .map(|(id, name)| HappenedAt { node_id: id.to_owned(), name: name.to_owned(), what: "was among the alerts".to_owned() })
            .to_vec(),
        ..Changes::default()
    };
    let html = render(&runs::FIRST_RUN.1, &Options { language: Language::En, changes: Some(changes) }).unwrap().0;
    let shown = section(&html, "changes");
    assert!(shown.contains("30\u{A0}June 2025") && shown.contains("+2.0 points"));
    assert!(shown.contains("<li>evidence +3.0 points: ") && shown.contains("<li>links lost \u{2212}1.0 points</li>"), "{shown}");
    assert!(
        shown.contains("href=\"#node-GA-017\"") && shown.contains("A &lt;place&gt; that is gone") && shown.contains(" +1.0 points</li>")
    );
    assert!(shown.contains(": no figure moved</p>"), "a company without moves is told, too");
    assert!(shown.contains("<bdi>A mill that is gone</bdi>: was among the alerts") && !shown.contains("GONE-2"));
    assert!(shown.contains("class=\"plain-table moves\"") && shown.contains("data-l=\"Of which\""));
    assert!(section(&html, "brief").contains("on evidence +2.0 points"));
    assert!(section(&report(&runs::FIRST_RUN.1, Language::En), "changes").contains("--previous"));
}

#[test]
fn a_file_that_is_no_report_is_never_replaced() {
    let (out, room) = (&runs::FIRST_RUN.1, tempfile::tempdir().unwrap());
    let file = room.path().join("page.html");
    for foreign in ["node_id,name\n", "", "<!DOCTYPE html>\n<html><head><title>Ours</title></head></html>"] {
        std::fs::write(&file, foreign).unwrap();
        let refused = write_report(out, &file, &Options::default()).unwrap_err().to_string();
        assert!(refused.contains("no report of onus"), "{refused}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), foreign);
        assert_eq!(std::fs::read_dir(room.path()).unwrap().count(), 1);
    }
    std::fs::remove_file(&file).unwrap();
    write_report(out, &file, &Options::default()).unwrap();
    write_report(out, &file, &Options { language: Language::Fr, changes: None }).unwrap();
    assert!(std::fs::read_to_string(&file).unwrap().contains("<html lang=\"fr\">"), "an earlier report is replaced");
}

#[test]
fn a_response_names_its_basis_without_a_level() {
    for (language, level) in
        [(Language::En, "Indicated by a rule"), (Language::De, "Nach Regel angezeigt"), (Language::Fr, "Indiqué selon une règle")]
    {
        let html = report(&runs::FIRST_RUN.1, language);
        assert!(!html.contains(level), "{level}: a rule may find it possible alone");
    }
}

#[test]
fn what_is_no_result_is_refused_and_nothing_is_left_behind() {
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("report.html");
    let told = write_report(room.path(), &file, &Options::default()).unwrap_err().to_string();
    assert!(told.contains("run.json"), "{told}");
    assert!(std::fs::read_dir(room.path()).unwrap().next().is_none());
}

/// The picture of the way is drawn from links again; what ends along it is what the walk of the run says (closure, to the engine's agreement).
#[test]
fn the_ends_of_the_way_of_the_spend_add_up_to_the_figures_without_published_lists() {
    let out = &runs::FIRST_RUN.1;
    for company in ["BR-ALDER", "BR-BIRCH"] {
        let told = runs::rows(out, &outputs::EXPOSURE).into_iter().filter(|r| {
            let is = |column: &str, text: &str| r.get(column).is_some_and(|t| t == text);
            is("node_id", company) && is("norm", "any") && is("mapped_rule", "cautious") && !is("view", "all")
        });
        let rows: Vec<_> = told.collect();
        let row = rows.iter().find(|r| r["view"] == "own_unfilled").or(rows.first()).unwrap();
        let chains = Chains::of(out, company, Traced::Any).unwrap().unwrap();
        for most in [0, 1, 3, 9] {
            let steps = chains.steps(most, |id| id.to_owned()).unwrap();
            let mut ends = Ends::default();
            steps.iter().flat_map(|s| &s.arrivals).for_each(|a| ends.add(&a.ends));
            let figures = [
                ("touched_on_evidence", ends.on_evidence),
                ("touched_by_context", ends.by_context),
                ("unseen", ends.unseen),
                ("exited", ends.exited),
                ("clear", ends.clear),
            ];
            for (column, x) in figures {
                let said = runs::number(row, column);
                assert!((said - x).abs() < 1e-6, "{company}, {most} steps: {column} {x}, the run says {said}");
            }
            for pair in steps.windows(2) {
                let (sent, arrived) =
                    (pair[0].onward.iter().map(|o| o.2).sum::<f64>(), pair[1].arrivals.iter().map(|a| a.share).sum::<f64>());
                assert!((sent - arrived).abs() < 1e-12);
            }
        }
        let ways = chains.to("GA-017", 3).unwrap();
        assert!(ways.iter().all(|w| w.nodes.first().unwrap().node_id == company && w.nodes.last().unwrap().node_id == "GA-017"));
        assert!(ways.windows(2).all(|w| w[0].share >= w[1].share));
    }
    assert!(Chains::of(out, "BR-ALDER", Traced::Any).unwrap().unwrap().to("no such node", 2).unwrap().is_empty());
}

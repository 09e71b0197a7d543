//! The reference room: codes, fallbacks of base rates, the stage rule of the TVPRA list, overlays. Expected values are typed from the
//! sources that the tables name.

use onus::base::{CountryCode, Error, Kind, Norm, ProductCode, SectorCode, Stage};
use onus::reference::{BaseRate, Denominator, Layer, Place, RateLevel, Reference};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

static SHIPPED: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().unwrap());

fn country(code: &str) -> CountryCode {
    CountryCode::new(code).unwrap()
}

fn product(code: &str) -> ProductCode {
    ProductCode::parse(code).unwrap()
}

fn sector(code: &str) -> SectorCode {
    SectorCode::parse(code).unwrap()
}

/// A place of a kind in a country; `codes` are a sector and a product, `-` where missing.
fn place(kind: Kind, code: &str, codes: (&str, &str)) -> Place<'static> {
    Place {
        country: CountryCode::new(code),
        subdivision: None,
        sector: SectorCode::parse(codes.0),
        product: ProductCode::parse(codes.1),
        stage: None,
        kind,
    }
}

fn rate(norm: Norm, place: &Place) -> BaseRate {
    SHIPPED.base_rate(norm, place).unwrap()
}

fn part(rate: &BaseRate, label: &str) -> f64 {
    rate.parts.iter().find(|(l, _)| l.contains(label)).map(|(_, v)| *v).unwrap()
}

/// Six places whose order of risk is known, with kinds, sectors and products as real data give them.
fn cells() -> Vec<(&'static str, Place<'static>)> {
    vec![
        ("palm estate IDN", place(Kind::Estate, "IDN", ("0126", "-"))),
        ("garment factory BGD", place(Kind::Factory, "BGD", ("1410", "61"))),
        ("cocoa smallholders CIV", place(Kind::Smallholders, "CIV", ("0127", "1801"))),
        ("artisanal cobalt mine COD", place(Kind::ArtisanalMine, "COD", ("0729", "260500"))),
        ("fishing vessel THA", place(Kind::Vessel, "THA", ("0311", "0302"))),
        ("electronics factory DEU", place(Kind::Factory, "DEU", ("2610", "8542"))),
    ]
}

#[test]
fn countries_are_read_from_both_codes_in_any_case_and_na_is_namibia() {
    for (text, code) in [("NA", "NAM"), ("na", "NAM"), ("SL", "SLE"), ("sle", "SLE"), (" CI ", "CIV"), ("CHN", "CHN")] {
        assert_eq!(SHIPPED.parse_country(text), Some(country(code)), "{text}");
    }
    for text in ["", "N/A", "Namibia", "XX", "XKX", "N", "ÄÄ"] {
        assert_eq!(SHIPPED.parse_country(text), None, "{text}");
    }
    assert_eq!(SHIPPED.countries().count(), 249);
    assert_eq!(
        SHIPPED.country(country("CIV")).map(|c| (c.name.as_str(), c.subregion.as_str(), c.ilo_region.as_str())),
        Some(("Côte d’Ivoire", "Western Africa", "Africa"))
    );
    assert_eq!(SHIPPED.country(country("SAU")).map(|c| c.ilo_region.as_str()), Some("Arab States"));
    assert_eq!(SHIPPED.country(country("TUR")).map(|c| c.ilo_region.as_str()), Some("Europe and Central Asia"));
}

#[test]
fn country_names_are_exact_and_each_means_one_country() {
    for (text, code) in
        [("Indonesia", "IDN"), ("Burma", "MMR"), ("viet nam", "VNM"), ("Vietnam", "VNM"), ("Democratic Republic of the Congo", "COD")]
    {
        assert_eq!(SHIPPED.country_by_name(text), Some(country(code)), "{text}");
    }
    assert_eq!(SHIPPED.country_by_name("Indonesi"), None);
    assert_eq!(SHIPPED.country_by_name("NA"), None);
}

#[test]
fn products_and_sectors_of_the_lists_exist_and_others_do_not() {
    for code in ["15", "1511", "1511.10", "1513.2", "610910"] {
        assert!(SHIPPED.product_exists(product(code)), "{code}");
    }
    for code in ["77", "1599", "151115", "151"] {
        assert_eq!(SHIPPED.product_exists(product(code)), code == "151", "{code}");
    }
    assert!(SHIPPED.product_name(product("1801")).is_some_and(|n| n.starts_with("Cocoa beans")));
    assert_eq!(SHIPPED.product_section(product("610910")).map(|s| s.0), Some("XI"));
    assert!(SHIPPED.sector_exists(sector("1410")) && !SHIPPED.sector_exists(sector("1499")));
    assert_eq!(SHIPPED.sector_name(sector("0126")), Some("Growing of oleaginous fruits"));
    for (code, stage) in [
        ("0126", Some(Stage::Farm)),
        ("0220", Some(Stage::Farm)),
        ("0311", Some(Stage::Fishing)),
        ("0729", Some(Stage::Mine)),
        ("1040", Some(Stage::Processing)),
        ("1410", Some(Stage::Manufacturing)),
        ("4711", None),
        ("A", None),
    ] {
        assert_eq!(SHIPPED.stage_of_sector(sector(code)), stage, "{code}");
    }
}

#[test]
fn texts_of_the_palm_and_apparel_disclosures_stand_for_the_agreed_codes() {
    let of = |text: &str| {
        let code = SHIPPED.text_code(text).unwrap();
        (code.product, code.more_products.clone(), code.sector, code.stage)
    };
    assert_eq!(of(" Crude palm oil ").0, Some(product("1511.10")));
    assert_eq!(of("palm oil").0, Some(product("1511")));
    assert_eq!(of("palm kernel oil").0, Some(product("1513.2")));
    assert_eq!(of("fresh fruit bunches"), (None, vec![], Some(sector("0126")), Some(Stage::Farm)));
    assert_eq!(of("palm oil milling").2, Some(sector("1040")));
    assert_eq!((of("Apparel").0, of("Apparel").1, of("Apparel").2), (Some(product("61")), vec![product("62")], Some(sector("1410"))));
    assert_eq!((of("Footwear").0, of("Footwear").2), (Some(product("64")), Some(sector("1520"))));
    assert_eq!(SHIPPED.text_code("crude palm"), None);
}

#[test]
fn every_sector_and_product_text_of_the_real_cases_has_a_row() {
    let root = std::env::var("ONUS_SHARED").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").to_owned());
    for case in ["real-palmoil", "real-apparel"] {
        let file = Path::new(&root).join("data").join(case).join("nodes.csv");
        let Ok(mut reader) = csv::Reader::from_path(file) else { continue };
        let header = reader.headers().unwrap().clone();
        for record in reader.records() {
            let record = record.unwrap();
            for column in ["sector", "product"] {
                let text = header.iter().position(|h| h == column).and_then(|i| record.get(i)).unwrap();
                assert!(text.is_empty() || SHIPPED.text_code(text).is_some(), "{case} {column}: {text}");
            }
        }
    }
}

#[test]
fn all_169_listed_goods_stand_for_existing_codes_at_the_stage_of_their_sector() {
    let goods: Vec<_> = SHIPPED.listed_goods().collect();
    assert_eq!(goods.len(), 169);
    for good in goods {
        assert!(!good.products.is_empty() || good.good == "Pornography", "{}", good.good);
        assert!(good.products.iter().all(|p| SHIPPED.product_exists(*p)), "{}", good.good);
        assert!(!good.sectors.is_empty() && good.sectors.iter().all(|s| SHIPPED.sector_exists(*s)), "{}", good.good);
        if good.good != "Pornography" {
            assert!(good.sectors.iter().any(|s| SHIPPED.stage_of_sector(*s) == Some(good.stage)), "{} {:?}", good.good, good.stage);
        }
    }
}

#[test]
fn a_listing_holds_at_its_country_product_and_stage_only() {
    let listed = |c: &str, p: &str, s: Stage| SHIPPED.listing(country(c), ProductCode::parse(p), None, s);
    let cotton = listed("CHN", "5201", Stage::Farm).unwrap();
    assert_eq!((cotton.goods, cotton.child_labour, cotton.forced_labour, cotton.year), (vec!["Cotton".to_owned()], true, true, 2022));
    assert_eq!(listed("CHN", "5201", Stage::Manufacturing), None);
    assert_eq!(listed("BGD", "5201", Stage::Farm), None);
    // India's garments are listed for child, forced and forced child labour; German ones for nothing.
    let garments = listed("IND", "610910", Stage::Manufacturing).unwrap();
    assert!(garments.child_labour && garments.forced_labour && garments.forced_child);
    assert_eq!(listed("DEU", "610910", Stage::Manufacturing), None);
    // A product wider than the good is not shown to be it.
    assert!(listed("VNM", "080132", Stage::Farm).is_some());
    assert_eq!(listed("VNM", "0801", Stage::Farm), None);
}

#[test]
fn a_derived_good_gives_nothing_where_it_is_made() {
    let mill = SHIPPED.listing(country("IDN"), Some(product("1511.10")), Some(sector("1040")), Stage::Processing);
    assert_eq!(mill, None);
    let estate = SHIPPED.listing(country("IDN"), None, Some(sector("0126")), Stage::Farm).unwrap();
    assert_eq!((estate.goods, estate.child_labour, estate.forced_labour), (vec!["Palm Fruit".to_owned()], true, false));
}

#[test]
fn a_sector_stands_in_for_a_missing_product_only_where_it_names_the_good() {
    assert!(SHIPPED.listing(country("BGD"), None, Some(sector("1410")), Stage::Manufacturing).is_some());
    assert_eq!(SHIPPED.listing(country("CIV"), None, Some(sector("0127")), Stage::Farm), None);
    assert!(SHIPPED.listing(country("CIV"), Some(product("1801")), Some(sector("0127")), Stage::Farm).is_some());
}

#[test]
fn child_labour_counts_children_of_households_where_families_work_and_workers_elsewhere() {
    for kind in Kind::ALL.into_iter().filter(|k| k.has_posterior()) {
        let families = matches!(kind, Kind::Farm | Kind::Smallholders | Kind::ArtisanalMine | Kind::HomeWork | Kind::Vessel);
        let expected = if families { Denominator::ChildrenOfHouseholds } else { Denominator::Workers };
        for norm in [Norm::ChildLabour, Norm::HazardousChildWork, Norm::WorstForms, Norm::ChildTrafficking] {
            assert_eq!(rate(norm, &place(kind, "IDN", ("-", "-"))).denominator, expected, "{kind:?} {norm:?}");
        }
        assert_eq!(rate(Norm::ForcedLabour, &place(kind, "IDN", ("-", "-"))).denominator, Denominator::Workers);
    }
}

#[test]
fn a_derived_rate_is_the_product_of_its_parts() {
    // Indonesia 2022: 3.7 % of children of 10 to 14 work, 61.6 % of them in agriculture.
    let farm = rate(Norm::ChildLabour, &place(Kind::Farm, "IDN", ("0126", "-")));
    assert_eq!((farm.level, farm.tau, farm.source.as_str(), farm.year), (RateLevel::CountrySector, 1.0, "ilab-findings", 2022));
    assert_eq!(part(&farm, "working children"), 0.037);
    assert!((farm.q - farm.parts.iter().map(|p| p.1).product::<f64>()).abs() < 1e-12);
    assert!((part(&farm, "child labour over employment") - 0.616 / 1.001 / (0.3412 * 0.8)).abs() < 0.01);
    // World manufacturing: 3.5 per 1,000 x (17.3/27.6)/0.41 x (3.2/15.7)/0.136.
    let factory = rate(Norm::ForcedLabour, &place(Kind::Factory, "-", ("C", "-")));
    let expected = 0.0035 * (17.3 / 27.6) / 0.41 * (3.2 / 15.7 / 0.136);
    assert!((factory.q / expected - 1.0).abs() < 1e-4, "{} {expected}", factory.q);
    assert_eq!((factory.level, factory.tau), (RateLevel::World, 1.5));
}

#[test]
fn what_is_missing_falls_back_to_the_wider_level_and_says_so() {
    let level = |kind, c: &str, s: &str, p: &str, norm| rate(norm, &place(kind, c, (s, p))).level;
    assert_eq!(level(Kind::Smallholders, "GHA", "0127", "1801", Norm::ChildLabour), RateLevel::SubnationalSector);
    assert_eq!(level(Kind::Smallholders, "GHA", "0127", "0901", Norm::ChildLabour), RateLevel::CountrySector);
    assert_eq!(level(Kind::Vessel, "THA", "0311", "-", Norm::ForcedLabour), RateLevel::NationalSector);
    assert_eq!(level(Kind::Facility, "BGD", "-", "-", Norm::ChildLabour), RateLevel::CountrySector);
    assert_eq!(level(Kind::Factory, "DEU", "2610", "-", Norm::ChildLabour), RateLevel::Region);
    assert_eq!(level(Kind::Factory, "DEU", "2610", "-", Norm::ForcedLabour), RateLevel::Country);
    assert_eq!(level(Kind::Factory, "-", "2610", "-", Norm::ChildLabour), RateLevel::World);
    // Antarctica lies in no region of the estimates.
    assert_eq!(level(Kind::Vessel, "ATA", "0311", "-", Norm::ForcedLabour), RateLevel::World);
    // The cocoa survey counted households; an estate takes the modelled rate of its workers.
    assert_eq!(level(Kind::Estate, "CIV", "0127", "1801", Norm::ChildLabour), RateLevel::CountrySector);
}

#[test]
fn a_regional_rate_takes_both_shares_of_its_own_region() {
    // ILO-UNICEF 2020: 23.9 % in sub-Saharan Africa, 0.9 % in high-income countries. Mauritius has few farms, Botswana little hazardous
    // work of children: neither may multiply the rate of a region by figures of another area.
    let farm = |c: &str| rate(Norm::ChildLabour, &place(Kind::Smallholders, c, ("A", "-")));
    assert_eq!((part(&farm("BWA"), "working children"), part(&farm("JPN"), "working children")), (0.239, 0.009));
    assert!(part(&farm("BWA"), "Sub-Saharan Africa (ilostat-hazardous)") < 2.0);
    assert!(farm("MUS").q < 0.05 && farm("JPN").q < 0.05 && farm("USA").q < 0.05);
}

#[test]
fn surveys_of_the_sector_stand_as_published() {
    let cocoa = &cells()[2].1;
    assert_eq!(rate(Norm::ChildLabour, cocoa).q, 0.38);
    assert_eq!(rate(Norm::HazardousChildWork, cocoa).q, 0.37);
    assert_eq!(rate(Norm::ChildLabour, cocoa).tau, 0.6);
}

#[test]
fn the_misplaced_figure_of_montserrat_is_not_taken() {
    // 0.968 without an age range is a completion rate in the wrong field; the region answers instead (6.0 %).
    let montserrat = rate(Norm::ChildLabour, &place(Kind::Farm, "MSR", ("A", "-")));
    assert_eq!(montserrat.level, RateLevel::Region);
    assert_eq!(part(&montserrat, "working children"), 0.06);
}

#[test]
fn state_imposed_labour_is_on_by_official_flag_alone() {
    let cotton = |c: &str, subdivision| Place { subdivision, ..place(Kind::Farm, c, ("0116", "5201")) };
    assert_eq!(SHIPPED.base_rate(Norm::StateImposed, &cotton("CHN", None)), None);
    let flagged = rate(Norm::StateImposed, &cotton("CHN", Some("CN-XJ")));
    assert_eq!((flagged.denominator, flagged.source.as_str()), (Denominator::Site, "uflpa-2021"));
    assert!(flagged.q > rate(Norm::StateImposed, &Place { subdivision: Some("CN-XJ"), ..place(Kind::Factory, "CHN", ("2011", "2815")) }).q);
    assert!(SHIPPED.base_rate(Norm::StateImposed, &cotton("TKM", None)).is_some());
    assert_eq!(SHIPPED.base_rate(Norm::StateImposed, &place(Kind::Factory, "TKM", ("1410", "61"))), None);
    assert!(SHIPPED.base_rate(Norm::StateImposed, &place(Kind::Factory, "PRK", ("1312", "52"))).is_some());
    assert_eq!(SHIPPED.base_rate(Norm::StateImposed, &place(Kind::Farm, "UZB", ("0116", "5201"))), None);
}

#[test]
fn parties_and_regions_have_no_base_rate() {
    for kind in [Kind::Brand, Kind::Group, Kind::List, Kind::Region, Kind::Unknown] {
        assert!(Norm::ALL.into_iter().all(|n| SHIPPED.base_rate(n, &place(kind, "IDN", ("0126", "-"))).is_none()), "{kind:?}");
    }
}

#[test]
fn no_rate_of_the_world_leaves_the_open_interval_and_none_exceeds_what_it_implies() {
    let sectors = ["-", "0126", "0311", "0729", "1040", "1410", "2610", "4100", "3510", "5210", "9700"];
    let countries: Vec<String> = SHIPPED.countries().map(|c| c.code.to_string()).chain(["-".to_owned()]).collect();
    for code in &countries {
        for s in sectors {
            for kind in [Kind::Farm, Kind::Vessel, Kind::Estate, Kind::Smelter, Kind::Factory, Kind::Recruiter] {
                let here = place(kind, code, (s, "-"));
                let rates = Norm::ALL.map(|n| SHIPPED.base_rate(n, &here));
                for norm in Norm::ALL {
                    let Some(own) = &rates[norm.at()] else {
                        assert_eq!(norm, Norm::StateImposed);
                        continue;
                    };
                    assert!(own.q > 0.0 && own.q < 1.0, "{code} {s} {kind:?} {norm:?} {}", own.q);
                    assert_eq!(own.tau, own.level.tau());
                    if own.denominator == Denominator::Site {
                        continue;
                    }
                    for wider in norm.implied().iter() {
                        let implied = rates[wider.at()].as_ref().unwrap();
                        assert!(own.q < implied.q, "{code} {s} {kind:?}: {norm:?} {} above {wider:?} {}", own.q, implied.q);
                    }
                }
            }
        }
    }
}

#[test]
fn the_six_cells_keep_their_order_of_risk() {
    let q = |i: usize, norm| rate(norm, &cells()[i].1).q;
    // Children: cocoa > artisanal mine > estate > garment factory > German electronics.
    let child: Vec<f64> = [2, 3, 0, 1, 5].into_iter().map(|i| q(i, Norm::ChildLabour)).collect();
    assert!(child.windows(2).all(|w| w[0] > w[1]), "{child:?}");
    assert!(q(4, Norm::ForcedLabour) > q(1, Norm::ForcedLabour) && q(1, Norm::ForcedLabour) > q(5, Norm::ForcedLabour));
}

#[test]
fn every_row_names_a_registered_source_and_none_of_the_forbidden_data_sets_is_shipped() {
    // `embedded` refuses a row without a registered source; here the register itself is looked at.
    let ids: BTreeSet<&str> = SHIPPED.sources().map(|s| s.id.as_str()).collect();
    assert!(ids.len() > 20 && ids.contains("tvpra-2022"));
    assert!(SHIPPED.sources().all(|s| !s.title.is_empty() && !s.locator.is_empty() && !s.licence.is_empty() && s.year > 1900));
    assert!(SHIPPED.sources().all(|s| ["published", "secondary", "from memory", "expert default"].contains(&s.standing.as_str())));
    for (code, norm) in [("IDN", Norm::ForcedLabour), ("CIV", Norm::HazardousChildWork)] {
        assert!(ids.contains(rate(norm, &place(Kind::Farm, code, ("A", "-"))).source.as_str()));
    }
    assert!(SHIPPED.context_factors().all(|f| !f.factor.contains("hdi") && !f.factor.contains("cpi") && !f.factor.contains("tip")));
}

#[test]
fn conventions_enforcement_and_context_keep_missing_apart_from_no() {
    let ratified = |c: &str, i: &str| SHIPPED.ratification(country(c), i).map(|r| r.ratified);
    assert_eq!(ratified("ALB", "C29"), Some(true));
    assert_eq!(ratified("ALB", "P29"), Some(false));
    assert_eq!(ratified("IDN", "C138"), Some(true));
    assert_eq!(ratified("IDN", "C999"), None);
    let indonesia = SHIPPED.enforcement(country("IDN")).unwrap();
    assert_eq!(
        (indonesia.year, indonesia.inspectors, indonesia.inspections, indonesia.prosecutions),
        (2022, Some(1570), Some(14627), None)
    );
    assert_eq!(SHIPPED.context(country("MSR"), "informal_employment"), None);
    assert!(SHIPPED.context(country("IDN"), "informal_employment").is_some_and(|v| v.value > 0.5));
    // The factor inside the forced-labour base rate may not come back as an odds ratio.
    assert_eq!(SHIPPED.context_factor("vdem_forced_labour_freedom").map(|f| f.layer), Some(Layer::Base));
}

fn overlay(files: &[(&str, &str)]) -> Result<Reference, Error> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    SHIPPED.clone().with_overlay(dir.path())
}

const OWN_SOURCE: (&str, &str) = ("sources.csv", "source,title,locator,year,licence,standing\nmine,A survey,table 1,2025,own,published\n");

#[test]
fn an_overlay_adds_and_replaces_rows_and_changes_the_hash() {
    let header = "norm,area,product,sector,stage,denominator,q,level,source,year,standing\n";
    let rows = "child_labour,ID-RI,,0126,,workers,0.02,subnational_sector,mine,2025,published\nforced_labour,IDN,,,,workers,0.006,country,mine,2025,published\n";
    let mine = overlay(&[OWN_SOURCE, ("base_rates.csv", &format!("{header}{rows}"))]).unwrap();
    assert_ne!(mine.hash, SHIPPED.hash);
    assert_eq!(mine.overlays().iter().map(|o| o.0.as_str()).collect::<Vec<_>>(), ["base_rates.csv", "sources.csv"]);
    let estate = Place { subdivision: Some("ID-RI"), ..place(Kind::Estate, "IDN", ("0126", "-")) };
    let survey = mine.base_rate(Norm::ChildLabour, &estate).unwrap();
    assert_eq!((survey.q, survey.level, survey.source.as_str()), (0.02, RateLevel::SubnationalSector, "mine"));
    let forced = mine.base_rate(Norm::ForcedLabour, &estate).unwrap();
    assert_eq!((forced.level, part(&forced, "forced labour in IDN")), (RateLevel::CountrySector, 0.006));
    // The order of rows in a file does not count.
    let lines: Vec<&str> = rows.lines().collect();
    let turned = overlay(&[OWN_SOURCE, ("base_rates.csv", &format!("{header}{}\n{}\n", lines[1], lines[0]))]).unwrap();
    assert_eq!(turned.hash, mine.hash);
}

#[test]
fn an_overlay_may_leave_out_columns_that_it_does_not_change() {
    let mine = overlay(&[("parameters.csv", "parameter,value\ncl_place/factory,0.2\n")]).unwrap();
    let before = rate(Norm::ChildLabour, &cells()[1].1).q;
    let after = mine.base_rate(Norm::ChildLabour, &cells()[1].1).unwrap().q;
    assert!((after / before - 2.0).abs() < 1e-9);
}

#[test]
fn a_wrong_overlay_is_refused_with_its_place() {
    let refused = |files: &[(&str, &str)]| match overlay(files) {
        Err(Error::Settings { place, .. }) => place,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&[("walkfree.csv", "country,score\n")]), "walkfree.csv");
    assert_eq!(refused(&[("parameters.csv", "parameter,wert\nx,1\n")]), "parameters.csv: wert");
    assert_eq!(refused(&[("parameters.csv", "value\n1\n")]), "parameters.csv: parameter");
    assert_eq!(refused(&[("parameters.csv", "parameter,value\ncl_most,0.5\ncl_most,0.4\n")]), "parameters.csv:3");
    assert_eq!(refused(&[("parameters.csv", "parameter,value\ncl_most,NaN\n")]), "parameters.csv:2: value");
    assert_eq!(refused(&[("employment.csv", "area,agriculture,source\nIDN,0.3,nobody\n")]), "employment.csv:2: source");
    assert_eq!(refused(&[("tvpra_goods.csv", "good,country,child_labour\nUnicorns,IDN,yes\n")]), "tvpra_goods.csv:2: good");
    assert!(matches!(SHIPPED.clone().with_overlay(Path::new("no/such/folder")), Err(Error::Io { .. })));
}

#[test]
fn the_shipped_tables_hash_alike_every_time() {
    assert_eq!(Reference::embedded().unwrap().hash, SHIPPED.hash);
    assert_eq!(SHIPPED.hash.len(), 64);
}

#[test]
fn a_heading_without_subheadings_is_listed_as_its_only_subheading() {
    let country = CountryCode::new("COD").unwrap();
    for code in ["2605", "260500"] {
        let listing = SHIPPED.listing(country, ProductCode::parse(code), None, Stage::Mine);
        assert!(listing.is_some_and(|l| l.child_labour && l.goods == ["Cobalt ore (heterogenite)"]), "{code}");
    }
    assert_eq!(SHIPPED.listing(country, ProductCode::parse("26"), None, Stage::Mine), None);
}

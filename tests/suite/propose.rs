//! Mappings proposed for unknown tables: invented files in many languages, and the published lists where they are present.

use crate::runs;
use onus::mapping::load::parse;
use onus::mapping::propose::{Foreign, Proposal, Proposer, wanted};
use onus::read::{Limits, OpenTable, folder};
use onus::reference::Reference;
use onus::schema::input_table;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().unwrap());
static PROPOSER: LazyLock<Proposer<'static>> = LazyLock::new(|| Proposer::new(&REFERENCE).unwrap());

fn of_file(path: &Path) -> Proposal {
    let file = folder::single(path).unwrap();
    let opened = OpenTable::open(&file, &Limits::default()).unwrap();
    let (header, semicolons) = (opened.header.clone(), opened.semicolons());
    let raw = opened.read(&wanted(&header), &Limits::default()).unwrap();
    PROPOSER.propose(&Foreign { file: &file.name, sheet: None, header: &header, raw: &raw, semicolons }, None)
}

fn of_text(name: &str, text: &str) -> Proposal {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join(name);
    std::fs::write(&path, text).unwrap();
    of_file(&path)
}

fn pairs(p: &Proposal) -> BTreeSet<(&str, &str)> {
    p.pairs.iter().map(|x| (x.ours.name, x.theirs.as_str())).collect()
}

/// Every proposal must load without a fatal problem, and say what it says.
fn loads(p: &Proposal) -> onus::mapping::Mapping {
    let toml = p.to_toml();
    let loaded = parse("onus.toml".into(), &toml);
    assert!(loaded.diagnostics.all.is_empty(), "{:?}\n{toml}", loaded.diagnostics.all);
    let table = &loaded.mapping.tables[p.table.name];
    for pair in &p.pairs {
        let names: Vec<&String> = std::iter::once(&pair.theirs).chain(&pair.also).collect();
        assert_eq!(table.columns[pair.ours.name].0.iter().collect::<Vec<_>>(), names);
    }
    assert_eq!(table.columns.len(), p.pairs.len());
    assert!(p.pairs.iter().all(|x| x.confidence > 0.0 && x.confidence < 1.0));
    loaded.mapping
}

/// Name, text, table, pairs that a person would make.
type Case = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Invented rows under headers as such files have them.
const FIXTURES: &[Case] = &[
    (
        "Lieferantenliste.csv",
        "Lieferantennummer;Firmenname;Straße;PLZ;Ort;Land;Warengruppe;Branche;Anzahl Mitarbeiter;Frauenanteil in %;Ansprechpartner;Telefonnummer;E-Mail\n\
         0004711;Muster Textil GmbH;Hauptstr. 1;12345;Musterstadt;Deutschland;Bekleidung;Apparel;120;65,5;A. B.;+49 30 1234567;a@b.de\n\
         0004712;Beispiel Ltd.;Road 2;1000;Dhaka;Bangladesch;Bekleidung;Footwear;2400;80,0;C. D.;+880 2 1234567;c@d.bd\n\
         0004713;Probe A.Ş.;Cadde 3;34000;Istanbul;Türkei;Zutaten;Apparel;300;40,25;E. F.;+90 212 1234567;e@f.tr\n",
        "nodes",
        &[
            ("node_id", "Lieferantennummer"),
            ("vendor_no", "Lieferantennummer"),
            ("name", "Firmenname"),
            ("country", "Land"),
            ("category", "Warengruppe"),
            ("sector", "Branche"),
            ("workers", "Anzahl Mitarbeiter"),
            ("female_share", "Frauenanteil in %"),
        ],
    ),
    (
        "audits_fr.csv",
        "Référence audit,Code usine,Date d'audit,Référentiel,Type d'annonce,Société d'audit,Syndicat présent,Nombre de travailleurs,Courriel\n\
         A-1,U-001,31/01/2025,SMETA,annoncé,Cabinet Un,oui,100,x@y.fr\n\
         A-2,U-002,15/02/2025,SA8000,non annoncé,Cabinet Deux,non,250,x@y.fr\n\
         A-3,U-003,28/03/2025,SMETA,semi-annoncé,Cabinet Un,non,75,x@y.fr\n",
        "audits",
        &[
            ("audit_id", "Référence audit"),
            ("node_id", "Code usine"),
            ("date", "Date d'audit"),
            ("scheme", "Référentiel"),
            ("announcement", "Type d'annonce"),
            ("auditor", "Société d'audit"),
            ("union_present", "Syndicat présent"),
        ],
    ),
    (
        "fabricas_es.csv",
        "Código de planta,Nombre de la fábrica,Dirección,Ciudad,País,Latitud,Longitud,Tipo de planta,Tipo de producto,Número de trabajadores,Empresa matriz,Persona de contacto,Correo electrónico\n\
         P1,Tejidos Uno,Calle 1,Puebla,México,19.0414,-98.2063,fábrica,Apparel,501-1000,Grupo Uno,N. N.,n@n.mx\n\
         P2,Tintorería Dos,Calle 2,Lima,Perú,-12.0464,-77.0428,tintorería,Materials,<1000,Grupo Dos,N. N.,n@n.pe\n\
         P3,Calzados Tres,Calle 3,León,España,21.1250,-101.6860,fábrica,Footwear,1001-5000,Grupo Uno,N. N.,n@n.es\n",
        "nodes",
        &[
            ("node_id", "Código de planta"),
            ("name", "Nombre de la fábrica"),
            ("country", "País"),
            ("latitude", "Latitud"),
            ("longitude", "Longitud"),
            ("kind", "Tipo de planta"),
            ("product", "Tipo de producto"),
            ("workers_low", "Número de trabajadores"),
            ("workers_high", "Número de trabajadores"),
        ],
    ),
    (
        "denuncias_pt.csv",
        "Número da denúncia,Código da fábrica,Data de recebimento,Tipo de denúncia,Situação,Faixa etária,Trabalhadores afetados,Nome do trabalhador,Telefone\n\
         D-1,F-1,2025-01-10,salário atrasado,aberta,adulto,3,N,+55 11 99999-0000\n\
         D-2,F-2,2025-02-11,horas extras,encerrada,menor de idade,1,N,+55 11 99999-0001\n",
        "grievances",
        &[
            ("grievance_id", "Número da denúncia"),
            ("node_id", "Código da fábrica"),
            ("received_on", "Data de recebimento"),
            ("sign", "Tipo de denúncia"),
            ("status", "Situação"),
            ("age_band", "Faixa etária"),
            ("people", "Trabalhadores afetados"),
        ],
    ),
    (
        "certificati.csv",
        "Codice fornitore,Nome fornitore,Certificazione,Data di emissione,Data di scadenza,Numero certificato,Prodotto\n\
         S1,Filatura Alfa,GOTS,01.02.2024,31.01.2025,C-1,Apparel\nS2,Conceria Beta,SA8000,15.03.2024,14.03.2025,C-2,Footwear\n",
        "certificates",
        &[
            ("node_id", "Codice fornitore"),
            ("scheme", "Certificazione"),
            ("issued", "Data di emissione"),
            ("expires", "Data di scadenza"),
            ("scope_product", "Prodotto"),
        ],
    ),
    (
        "fabrieken.csv",
        "Fabriekscode;Naam fabriek;Plaats;Landcode;Breedtegraad;Lengtegraad;Aantal werknemers;Vakbond aanwezig;Contactpersoon;Moederbedrijf\n\
         F1;Fabriek Een;Tilburg;NL;51,5606;5,0919;80;ja;N;Holding\nF2;Fabriek Twee;Hanoi;VN;21,0285;105,8542;900;nee;N;Holding\n",
        "nodes",
        &[
            ("node_id", "Fabriekscode"),
            ("name", "Naam fabriek"),
            ("country", "Landcode"),
            ("latitude", "Breedtegraad"),
            ("longitude", "Lengtegraad"),
            ("workers", "Aantal werknemers"),
            ("union", "Vakbond aanwezig"),
        ],
    ),
    (
        "daftar pabrik.csv",
        "Kode pabrik,Nama perusahaan,Nama pabrik,Alamat,Kabupaten,Negara,Garis lintang,Garis bujur,Kapasitas,Nama pemilik,No. HP\n\
         K1,PT Satu,PKS Satu,Jl. 1,Riau,Indonesia,0.5809,100.9246,45,N,+62 812 1234\nK2,PT Dua,PKS Dua,Jl. 2,Jambi,Indonesia,-1.6101,103.6131,60,N,+62 812 1235\n",
        "nodes",
        &[
            ("node_id", "Kode pabrik"),
            ("name", "Nama pabrik"),
            ("country", "Negara"),
            ("latitude", "Garis lintang"),
            ("longitude", "Garis bujur"),
            ("capacity", "Kapasitas"),
        ],
    ),
    (
        "tedarikçiler.csv",
        "Tedarikçi kodu;Tedarikçi adı;Adres;Ülke;Ürün türü;İşçi sayısı;Sendika var mı;Yetkili kişi;Telefon\n\
         T1;Bir Tekstil A.Ş.;Cad. 1;Türkiye;Apparel;150;evet;N;+90 212 1111111\nT2;İki Konfeksiyon;Cad. 2;Mısır;Apparel;700;hayır;N;+20 2 1111111\n",
        "nodes",
        &[
            ("node_id", "Tedarikçi kodu"),
            ("name", "Tedarikçi adı"),
            ("country", "Ülke"),
            ("product", "Ürün türü"),
            ("workers", "İşçi sayısı"),
            ("union", "Sendika var mı"),
        ],
    ),
    (
        "nha_may.csv",
        "Mã nhà máy,Tên nhà máy,Địa chỉ,Quốc gia,Loại sản phẩm,Số công nhân,Người liên hệ,Điện thoại\n\
         N1,Công ty May Một,Đường 1,Việt Nam,Apparel,1200,N,+84 28 1111\nN2,Công ty Giày Hai,Đường 2,Việt Nam,Footwear,5400,N,+84 28 1112\n",
        "nodes",
        &[
            ("node_id", "Mã nhà máy"),
            ("name", "Tên nhà máy"),
            ("country", "Quốc gia"),
            ("product", "Loại sản phẩm"),
            ("workers", "Số công nhân"),
        ],
    ),
    (
        "工厂名单.csv",
        "工厂编号,工厂名称,地址,国家,产品类型,员工人数,统一社会信用代码,联系人,联系电话\n\
         C1,第一制衣厂,路1号,中国,Apparel,800,91350200MA31,甲,+86 592 1234567\nC2,第二鞋厂,路2号,越南,Footwear,2600,91350200MA32,乙,+84 28 1234567\n",
        "nodes",
        &[("node_id", "工厂编号"), ("name", "工厂名称"), ("country", "国家"), ("product", "产品类型"), ("workers", "员工人数")],
    ),
    (
        "監査.csv",
        "監査番号,工場コード,監査日,監査基準,予告の有無,監査機関,担当者\nK1,J1,2025年1月31日,SMETA,予告あり,監査社,甲\nK2,J2,2025年2月28日,SA8000,抜き打ち,監査社,乙\n",
        "audits",
        &[
            ("audit_id", "監査番号"),
            ("node_id", "工場コード"),
            ("date", "監査日"),
            ("scheme", "監査基準"),
            ("announcement", "予告の有無"),
            ("auditor", "監査機関"),
        ],
    ),
    (
        "transparency list.csv",
        "Factory Name,Factory Adress,Contry,Parent Company,Product Type,Number of Workers,% Female Workers,OS ID,Date Added\n\
         Alpha Garments Ltd,1 Road,Bangladesh,Alpha Group,Apparel,1001-5000,61%,CN2021250D1DTN7,2024-05-01\n\
         Beta Shoes Co,2 Road,Viet Nam,Beta Group,Footwear,>10000,55%,PK2019083XJJ7D7,2024-05-01\n",
        "nodes",
        &[
            ("node_id", "OS ID"),
            ("name", "Factory Name"),
            ("country", "Contry"),
            ("product", "Product Type"),
            ("workers_low", "Number of Workers"),
            ("workers_high", "Number of Workers"),
            ("female_share", "% Female Workers"),
            ("os_id", "OS ID"),
            ("known_since", "Date Added"),
        ],
    ),
    (
        "imports 2024.csv",
        "Bill of Lading No.,Arrival Date,Shipper Name,Shipper Address,Consignee Name,Port of Loading,HS Code,Weight,Unit,Value (USD),Country of Origin,Notify Party Phone\n\
         MAEU1,2024-05-01,Alpha Garments Ltd,1 Road,Buyer Inc,Chattogram,6109.10.00,1200.5,kg,15000.00,Bangladesh,+1 212 5550000\n\
         MAEU2,2024-05-03,Beta Shoes Co,2 Road,Buyer Inc,Hai Phong,6403.99.00,900.25,kg,32000.00,Vietnam,+1 212 5550000\n",
        "shipments",
        &[
            ("shipment_id", "Bill of Lading No."),
            ("date", "Arrival Date"),
            ("shipper_name", "Shipper Name"),
            ("consignee_name", "Consignee Name"),
            ("product", "HS Code"),
            ("quantity", "Weight"),
            ("unit", "Unit"),
            ("value", "Value (USD)"),
            ("origin_country", "Country of Origin"),
        ],
    ),
    (
        "spend.csv",
        "Kunde;Lieferantennummer;Lieferant;Produkt;Einkaufsvolumen TEUR;Gültig ab\nMarke A;0001;Werk A;Apparel;1.250,50;01.01.2025\nMarke A;0002;Werk B;Footwear;980,25;15.02.2025\n",
        "links",
        &[
            ("buyer_id", "Kunde"),
            ("supplier_id", "Lieferantennummer"),
            ("product", "Produkt"),
            ("value", "Einkaufsvolumen TEUR"),
            ("valid_from", "Gültig ab"),
        ],
    ),
    (
        "payroll 2025.csv",
        "Site ID,Pay Period,Legal Minimum Wage,Average Wage,Weekly Hours,Deductions %,Days Late,Workers under 18,Employee Name\n\
         S1,2025-01,150,170,52.5,12,3,0,N\nS2,2025-01,150,151,61.0,20,14,4,N\n",
        "payroll",
        &[
            ("node_id", "Site ID"),
            ("period", "Pay Period"),
            ("legal_minimum_wage", "Legal Minimum Wage"),
            ("median_wage", "Average Wage"),
            ("hours_mean", "Weekly Hours"),
            ("deductions_share", "Deductions %"),
            ("paid_late_days", "Days Late"),
            ("under_18", "Workers under 18"),
        ],
    ),
    (
        "baci.csv",
        "t,Reporter ISO,Partner ISO,Cmd Code,Primary Value,Net Weight\n2022,BGD,DEU,610910,1200.5,30.25\n2022,VNM,USA,640399,99.5,2.75\n",
        "trade_flows",
        &[
            ("year", "t"),
            ("exporter", "Reporter ISO"),
            ("importer", "Partner ISO"),
            ("product", "Cmd Code"),
            ("value", "Primary Value"),
            ("quantity", "Net Weight"),
        ],
    ),
];

/// Addresses and towns, right wherever a table has them.
const ADDRESSES: &[(&str, &str)] = &[
    ("address", "Straße"),
    ("city", "Ort"),
    ("address", "Dirección"),
    ("city", "Ciudad"),
    ("city", "Plaats"),
    ("address", "Alamat"),
    ("address", "Adres"),
    ("address", "Địa chỉ"),
    ("address", "地址"),
    ("address", "Factory Adress"),
    ("address", "address"),
    ("city", "city"),
];

/// Right, expected, and what is proposed beyond.
fn compare(p: &Proposal, table: &str, expected: &[(&str, &str)], also_right: &[(&str, &str)]) -> (usize, usize, usize, String) {
    if p.table.name != table {
        return (0, expected.len(), p.pairs.len(), format!("{} read as {}\n", p.file, p.table.name));
    }
    let found = pairs(p);
    let right = expected.iter().filter(|e| found.contains(*e) || also_right.iter().any(|a| a.0 == e.0 && found.contains(a))).count();
    let wrong: Vec<&(&str, &str)> = found.iter().filter(|f| !expected.contains(f) && !also_right.contains(f)).collect();
    let lost: Vec<&(&str, &str)> = expected.iter().filter(|e| !found.iter().any(|f| f.0 == e.0)).collect();
    let said =
        if wrong.is_empty() && lost.is_empty() { String::new() } else { format!("{}: wrong {wrong:?}, not found {lost:?}\n", p.file) };
    (right, expected.len(), wrong.len(), said)
}

#[test]
fn invented_files_of_many_languages_are_proposed_as_a_person_would_map_them() {
    let (mut right, mut all, mut wrong, mut said) = (0, 0, 0, String::new());
    for (name, text, table, expected) in FIXTURES {
        let p = of_text(name, text);
        loads(&p);
        let (r, a, w, s) = compare(&p, table, expected, ADDRESSES);
        (right, all, wrong) = (right + r, all + a, wrong + w);
        said += &s;
    }
    println!("{right} of {all} columns, {wrong} proposed wrongly\n{said}");
    assert!(right * 100 >= all * 97 && wrong * 100 <= all * 3, "{right} of {all}, {wrong} wrong\n{said}");
}

#[test]
fn personal_columns_are_neither_read_nor_proposed_and_their_cells_stand_nowhere() {
    for (name, text, ..) in FIXTURES {
        let p = of_text(name, text);
        let shown = p.to_toml() + &p.to_screen();
        for secret in ["1234567", "@b.de", "x@y.fr", "n@n", "99999-0000", "A. B."] {
            assert!(!shown.contains(secret), "{name}: {secret}");
        }
    }
    let german = of_text(FIXTURES[0].0, FIXTURES[0].1);
    let left: Vec<&str> = german.personal.iter().map(|l| l.header.as_str()).collect();
    assert_eq!(left, ["Ansprechpartner", "Telefonnummer", "E-Mail"]);
    let hidden =
        of_text("sites.csv", "Site ID,Site Name,Country,Info\nS1,Mill One,India,jane@example.org\nS2,Mill Two,India,joe@example.org\n");
    assert_eq!(hidden.personal.len(), 1, "cells say it where the header does not");
    assert!(!(hidden.to_toml() + &hidden.to_screen()).contains("example.org"));
}

#[test]
fn cells_become_ours_percents_shares_bands_ends_and_foreign_words_codes() {
    let german = loads(&of_text(FIXTURES[0].0, FIXTURES[0].1));
    let nodes = &german.tables["nodes"];
    assert_eq!((nodes.decimal, nodes.scale.get("female_share")), (Some(b','), Some(&0.01)));
    assert_eq!(nodes.values["country"]["Bangladesch"], "BGD");
    assert_eq!(nodes.constants["kind"], "facility");
    let french = loads(&of_text(FIXTURES[1].0, FIXTURES[1].1));
    assert_eq!(french.tables["audits"].dates.map(|d| d.as_str()), Some("day-month-year"));
    let announced = &french.tables["audits"].values["announcement"];
    assert_eq!((announced["non annoncé"].as_str(), announced["semi-annoncé"].as_str()), ("unannounced", "semi_announced"));
    assert_eq!(french.tables["audits"].values["union_present"]["oui"], "yes");
    let spanish = loads(&of_text(FIXTURES[2].0, FIXTURES[2].1));
    let (low, high) = (&spanish.tables["nodes"].values["workers_low"], &spanish.tables["nodes"].values["workers_high"]);
    assert_eq!(
        (low["501-1000"].as_str(), high["501-1000"].as_str(), low["<1000"].as_str(), high["<1000"].as_str()),
        ("501", "1000", "", "1000")
    );
    assert_eq!(spanish.tables["nodes"].values["kind"]["tintorería"], "facility");
    let bills = loads(&of_text(FIXTURES[12].0, FIXTURES[12].1));
    assert_eq!(bills.tables["shipments"].values["product"]["6109.10.00"], "610910");
    assert_eq!(bills.tables["shipments"].constants["currency"], "USD");
    let spend = loads(&of_text(FIXTURES[13].0, FIXTURES[13].1));
    assert_eq!(spend.tables["links"].scale["value"], 1000.0);
    assert!(spend.tables["links"].lookup.contains_key("buyer_id") && !spend.tables["links"].lookup.contains_key("supplier_id"));
}

#[test]
fn what_is_not_known_is_a_comment_and_never_a_guess() {
    let p = of_text(
        "things.csv",
        "Site Name,Country,Site Type,Zorp,Sector\nMill One,India,gizmo plant,17,widget making\nMill Two,Peru,factory,17,widget making\n",
    );
    let toml = p.to_toml();
    assert!(toml.contains("# \"gizmo plant\" = \"\"") && toml.contains("# \"widget making\" = {"), "{toml}");
    let mapping = loads(&p);
    assert!(mapping.codes.is_empty());
    assert!(p.unmapped.iter().any(|l| l.header == "Zorp"));
    assert!(mapping.tables["nodes"].ignore.contains(&"Zorp".to_owned()));
    let nothing = of_text("numbers.csv", "a1,b2\n1,2\n3,4\n");
    assert!(nothing.pairs.is_empty() && !nothing.missing.is_empty(), "{:?}", pairs(&nothing));
    loads(&nothing);
}

#[test]
fn a_supplier_list_of_a_buyer_is_places_with_the_links_as_a_comment() {
    let p = of_text("list.csv", "Supplier ID,Supplier Name,Country,Tier,Customer\nS1,Alpha,India,1,Brand A\nS2,Beta,Peru,2,Brand B\n");
    assert_eq!(p.table.name, "nodes");
    let within = p.links_within.as_ref().unwrap();
    assert_eq!((within.supplier.as_str(), within.tier.as_deref()), ("Supplier ID", Some("Tier")));
    assert!(p.to_toml().contains("# columns = { supplier_id = \"Supplier ID\", buyer_id = \"Customer\" }"));
    assert!(!loads(&p).tables.contains_key("links"));
}

#[test]
fn a_code_that_stands_beside_many_names_is_not_the_id_of_the_row() {
    let rows: String = (0..40).map(|i| format!("M{},Estate {i},Honduras\n", i / 8)).collect();
    let p = of_text("estates.csv", &format!("Mill ID,Estate,Country\n{rows}"));
    assert_eq!(p.source_of("node_id"), Some("Estate"));
    assert!(p.perhaps.iter().any(|x| x.theirs == "Mill ID"));
}

#[test]
fn an_asked_for_table_is_taken_and_empty_or_odd_files_propose_without_panic() {
    let raw = onus::read::RawTable::default();
    let header: Vec<String> = ["", "Name", "\u{202e}x\n\"y\"", "Name "].map(str::to_owned).to_vec();
    let foreign = Foreign { file: "a \"b\".csv", sheet: Some("S\n1"), header: &header, raw: &raw, semicolons: false };
    for table in onus::schema::INPUT_TABLES {
        let p = PROPOSER.propose(&foreign, input_table(table.name));
        assert_eq!(p.table.name, table.name);
        loads(&p);
        assert!(!p.to_screen().is_empty());
    }
    let none = Foreign { header: &[], ..foreign };
    loads(&PROPOSER.propose(&none, None));
}

/// File, table, pairs that a person would make, further ones that are as right.
type Real = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)]);

const REAL: &[Real] = &[
    (
        "osh-facility-lists/facility_lists.csv",
        "nodes",
        &[
            ("node_id", "row_id"),
            ("name", "name"),
            ("country", "country_iso3"),
            ("sector", "sector"),
            ("latitude", "lat"),
            ("longitude", "lng"),
        ],
        &[("country", "country_raw")],
    ),
    (
        "sportswear-factory-lists/factories.csv",
        "nodes",
        &[
            ("node_id", "row_id"),
            ("name", "factory_name"),
            ("kind", "factory_type"),
            ("country", "country_iso3"),
            ("product", "product_type"),
            ("workers", "workers_total"),
            ("workers_low", "workers_lower"),
            ("workers_high", "workers_upper"),
            ("female_share", "female_pct"),
            ("migrant_share", "migrant_pct"),
        ],
        &[("country", "country"), ("vendor_no", "factory_number")],
    ),
    (
        "real-apparel/nodes.csv",
        "nodes",
        &[
            ("node_id", "id"),
            ("name", "name"),
            ("kind", "kind"),
            ("country", "country_iso3"),
            ("sector", "sector"),
            ("product", "product"),
            ("workers", "workers"),
            ("workers_low", "workers_low"),
            ("workers_high", "workers_high"),
            ("female_share", "female_share"),
            ("migrant_share", "migrant_share"),
        ],
        &[("country", "country")],
    ),
    (
        "real-apparel/links.csv",
        "links",
        &[("supplier_id", "supplier"), ("buyer_id", "buyer"), ("relation", "relation"), ("product", "product"), ("source", "source")],
        &[("value", "value"), ("share", "share")],
    ),
    (
        "real-palmoil/nodes.csv",
        "nodes",
        &[
            ("node_id", "id"),
            ("name", "name"),
            ("kind", "kind"),
            ("country", "country_iso3"),
            ("latitude", "latitude"),
            ("longitude", "longitude"),
            ("sector", "sector"),
            ("product", "product"),
        ],
        &[("workers", "workers")],
    ),
    (
        "real-palmoil/links.csv.gz",
        "links",
        &[
            ("supplier_id", "supplier"),
            ("buyer_id", "buyer"),
            ("relation", "relation"),
            ("product", "product"),
            ("valid_from", "period"),
            ("scope", "reported_by"),
            ("source", "source"),
        ],
        &[("value", "value"), ("share", "share")],
    ),
    (
        "palm-oil-disclosures/brand_mill_listings_2017_2021.csv.gz",
        "links",
        &[("supplier_id", "uml_id"), ("buyer_id", "brand"), ("valid_from", "year")],
        &[],
    ),
    (
        "palm-oil-disclosures/mills_universal_mill_list.csv",
        "nodes",
        &[("node_id", "uml_id"), ("name", "mill_name"), ("country", "iso3"), ("latitude", "latitude"), ("longitude", "longitude")],
        &[("country", "country")],
    ),
    (
        "palm-oil-disclosures/ferrero_mills_2021H1.csv",
        "nodes",
        &[("node_id", "uml_id"), ("name", "mill"), ("country", "country"), ("latitude", "lat"), ("longitude", "lon")],
        &[],
    ),
    (
        "palm-oil-disclosures/ferrero_ffb_estates_2021H1.csv",
        "nodes",
        &[("node_id", "estate"), ("name", "estate"), ("country", "country"), ("latitude", "lat"), ("longitude", "lon")],
        &[],
    ),
    (
        "palm-oil-disclosures/colgate_palmolive_chains_2020.csv.gz",
        "nodes",
        &[("node_id", "uml_id"), ("name", "mill"), ("country", "country"), ("latitude", "lat"), ("longitude", "lon")],
        &[],
    ),
    (
        "palm-oil-disclosures/hershey_mills_suppliers_2020.csv.gz",
        "nodes",
        &[("node_id", "uml_id"), ("name", "mill"), ("country", "country"), ("latitude", "lat"), ("longitude", "lon")],
        &[("node_id", "mill")],
    ),
    (
        "palm-oil-disclosures/mondelez_mills_suppliers_2021.csv",
        "nodes",
        &[("node_id", "uml_id"), ("name", "mill"), ("country", "country"), ("latitude", "lat"), ("longitude", "lon")],
        &[],
    ),
    (
        "palm-oil-disclosures/frieslandcampina_supplier_mills_2020_2022.csv.gz",
        "nodes",
        &[("node_id", "uml_id"), ("name", "mill"), ("country", "country"), ("latitude", "lat"), ("longitude", "lon")],
        &[],
    ),
    (
        "palm-oil-disclosures/nestle_supplier_mills_2017.csv.gz",
        "nodes",
        &[("node_id", "mill"), ("name", "mill"), ("country", "country")],
        &[],
    ),
    (
        "palm-oil-disclosures/pepsico_direct_suppliers_2021.csv",
        "nodes",
        &[("node_id", "direct_supplier"), ("name", "direct_supplier")],
        &[],
    ),
    (
        "palm-oil-disclosures/ferrero_direct_suppliers_2021H1.csv",
        "nodes",
        &[("node_id", "direct_supplier"), ("name", "direct_supplier")],
        &[],
    ),
    (
        "trase-commodity-exports/exports_by_exporter_port_destination.csv.gz",
        "trade_flows",
        &[
            ("year", "year"),
            ("exporter", "country_of_production"),
            ("importer", "country_of_destination"),
            ("product", "commodity"),
            ("value", "fob"),
            ("quantity", "volume"),
        ],
        &[],
    ),
    (
        "us-state-wage-complaints/wage_complaints.csv.gz",
        "grievances",
        &[
            ("grievance_id", "case_id"),
            ("node_id", "employer_name"),
            ("received_on", "date_opened"),
            ("sign", "violation_category"),
            ("status", "case_status"),
        ],
        &[("remedied_on", "date_paid")],
    ),
    (
        "wikirate-msa-companies/companies_by_sector.csv",
        "nodes",
        &[("node_id", "wikirate_id"), ("name", "company"), ("sector", "sector"), ("country", "headquarters")],
        &[],
    ),
    (
        "forced-labour-screening-lists/cbp_wro_findings_active_2026-01.csv",
        "nodes",
        &[("node_id", "name"), ("name", "name"), ("country", "country_iso3"), ("sector", "industry")],
        &[("country", "country")],
    ),
];

#[test]
fn published_lists_are_proposed_as_a_person_would_map_them() {
    let (mut right, mut all, mut wrong, mut files, mut said) = (0, 0, 0, 0, String::new());
    let mut bands = [(0u32, 0u32); 4];
    for (file, table, expected, also) in REAL {
        let Some(path) = runs::shared(&format!("data/{file}")) else { continue };
        let p = of_file(&path);
        loads(&p);
        files += 1;
        let also = &[also, ADDRESSES].concat()[..];
        let (r, a, w, s) = compare(&p, table, expected, also);
        (right, all, wrong) = (right + r, all + a, wrong + w);
        said += &s;
        for x in &p.pairs {
            let good = p.table.name == *table && (expected.contains(&(x.ours.name, &x.theirs)) || also.contains(&(x.ours.name, &x.theirs)));
            let band = &mut bands[((x.confidence * 10.0) as usize).saturating_sub(5).clamp(0, 4) * 3 / 4];
            *band = (band.0 + u32::from(good), band.1 + 1);
        }
    }
    println!("{files} files: {right} of {all} columns proposed rightly, {wrong} wrongly\n{said}");
    for ((good, of), band) in bands.iter().zip(["0.5-0.7", "0.7-0.8", "0.8-0.9", "0.9-1"]) {
        println!("confidence {band}: {good} of {of} right");
    }
    assert!(right * 100 >= all * 95 && wrong * 100 <= all * 5, "{right} of {all}, {wrong} wrong\n{said}");
}

fn onus(args: &[&str]) -> (Option<i32>, String, String) {
    let out = assert_cmd::Command::cargo_bin("onus").unwrap().args(args).output().unwrap();
    (out.status.code(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
}

#[test]
fn the_command_prints_a_proposal_writes_it_once_and_says_what_it_cannot_read() {
    let room = tempfile::tempdir().unwrap();
    let at = |name: &str| room.path().join(name).display().to_string();
    std::fs::write(at("sites.csv"), "Site ID,Site Name,Country\nS1,Mill One,India\nS2,Mill Two,Peru\n").unwrap();
    let (code, said, _) = onus(&["map", &at("sites.csv"), "-o", &at("onus.toml")]);
    assert_eq!(code, Some(0));
    assert!(said.contains("Read as nodes") && said.contains("node_id*"), "{said}");
    assert!(parse("onus.toml".into(), &std::fs::read_to_string(at("onus.toml")).unwrap()).diagnostics.all.is_empty());
    std::fs::write(at("onus.toml"), "# corrected by hand\n").unwrap();
    let (code, _, said) = onus(&["map", &at("sites.csv"), "-o", &at("onus.toml")]);
    assert_eq!((code, said.contains("--overwrite")), (Some(4), true), "{said}");
    assert_eq!(std::fs::read_to_string(at("onus.toml")).unwrap(), "# corrected by hand\n");
    assert_eq!(onus(&["map", &at("sites.csv"), "-o", &at("onus.toml"), "--overwrite"]).0, Some(0));
    assert_eq!(onus(&["map", &at("sites.csv"), "--table", "sites"]).0, Some(1));
    assert_eq!(onus(&["map", &at("sites.csv"), "--table", "aliases"]).0, Some(0));
    assert_eq!(onus(&["map", &at("gone.csv")]).0, Some(3));
    assert_eq!(onus(&["map", &at("sites.docx")]).0, Some(1));
    std::fs::write(at("empty.csv"), "").unwrap();
    assert_eq!(onus(&["map", &at("empty.csv")]).0, Some(3));
}

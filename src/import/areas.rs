//! Countries of trade statistics: numeric codes of the United Nations and what statisticians put beside them.
//!
//! # Source
//! UN Statistics Division, Standard Country or Area Codes for Statistical Use (M49), which ISO 3166-1 numeric follows; the codes that UN
//! Comtrade and CEPII's BACI use for a country with its annexes: UN Comtrade, reporter and partner reference; CEPII, BACI country codes.

use crate::base::CountryCode;
use crate::reference::Reference;

/// Three digits and the alpha-3 code of each country of ISO 3166-1.
const NUMERIC: &str = "004AFG 008ALB 010ATA 012DZA 016ASM 020AND 024AGO 028ATG 031AZE 032ARG 036AUS 040AUT 044BHS 048BHR 050BGD 051ARM 052BRB 056BEL \
     060BMU 064BTN 068BOL 070BIH 072BWA 074BVT 076BRA 084BLZ 086IOT 090SLB 092VGB 096BRN 100BGR 104MMR 108BDI 112BLR 116KHM 120CMR \
     124CAN 132CPV 136CYM 140CAF 144LKA 148TCD 152CHL 156CHN 158TWN 162CXR 166CCK 170COL 174COM 175MYT 178COG 180COD 184COK 188CRI \
     191HRV 192CUB 196CYP 203CZE 204BEN 208DNK 212DMA 214DOM 218ECU 222SLV 226GNQ 231ETH 232ERI 233EST 234FRO 238FLK 239SGS 242FJI \
     246FIN 248ALA 250FRA 254GUF 258PYF 260ATF 262DJI 266GAB 268GEO 270GMB 275PSE 276DEU 288GHA 292GIB 296KIR 300GRC 304GRL 308GRD \
     312GLP 316GUM 320GTM 324GIN 328GUY 332HTI 334HMD 336VAT 340HND 344HKG 348HUN 352ISL 356IND 360IDN 364IRN 368IRQ 372IRL 376ISR \
     380ITA 384CIV 388JAM 392JPN 398KAZ 400JOR 404KEN 408PRK 410KOR 414KWT 417KGZ 418LAO 422LBN 426LSO 428LVA 430LBR 434LBY 438LIE \
     440LTU 442LUX 446MAC 450MDG 454MWI 458MYS 462MDV 466MLI 470MLT 474MTQ 478MRT 480MUS 484MEX 492MCO 496MNG 498MDA 499MNE 500MSR \
     504MAR 508MOZ 512OMN 516NAM 520NRU 524NPL 528NLD 531CUW 533ABW 534SXM 535BES 540NCL 548VUT 554NZL 558NIC 562NER 566NGA 570NIU \
     574NFK 578NOR 580MNP 581UMI 583FSM 584MHL 585PLW 586PAK 591PAN 598PNG 600PRY 604PER 608PHL 612PCN 616POL 620PRT 624GNB 626TLS \
     630PRI 634QAT 638REU 642ROU 643RUS 646RWA 652BLM 654SHN 659KNA 660AIA 662LCA 663MAF 666SPM 670VCT 674SMR 678STP 682SAU 686SEN \
     688SRB 690SYC 694SLE 702SGP 703SVK 704VNM 705SVN 706SOM 710ZAF 716ZWE 724ESP 728SSD 729SDN 732ESH 740SUR 744SJM 748SWZ 752SWE \
     756CHE 760SYR 762TJK 764THA 768TGO 772TKL 776TON 780TTO 784ARE 788TUN 792TUR 795TKM 796TCA 798TUV 800UGA 804UKR 807MKD 818EGY \
     826GBR 831GGY 832JEY 833IMN 834TZA 840USA 850VIR 854BFA 858URY 860UZB 862VEN 876WLF 882WSM 887YEM 894ZMB";

/// Numbers of trade statistics for one country together with annexes that have no statistics of their own.
const WITH_ANNEXES: [(u32, &str); 6] = [
    (251, "FRA"), // with Monaco
    (381, "ITA"), // with San Marino
    (579, "NOR"), // with Svalbard and Jan Mayen
    (699, "IND"), // without Sikkim
    (757, "CHE"), // with Liechtenstein
    (842, "USA"), // with Puerto Rico and the Virgin Islands
];

/// What a code or name of trade statistics stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Area {
    Country(CountryCode),
    /// The world, a union, or what is not told apart: no country, and its sum counts others again.
    Aggregate,
    Unknown,
}

/// Reads a numeric code.
pub fn by_number(text: &str) -> Area {
    let Ok(number) = text.trim().parse::<u32>() else { return Area::Unknown };
    if let Some((_, alpha)) = WITH_ANNEXES.iter().find(|(n, _)| *n == number) {
        return CountryCode::new(alpha).map_or(Area::Unknown, Area::Country);
    }
    let digits = format!("{number:03}");
    let found = NUMERIC.split_whitespace().find_map(|entry| entry.strip_prefix(digits.as_str()));
    match found.and_then(CountryCode::new) {
        Some(code) => Area::Country(code),
        // 0 is the world; 97 the European Union; 490, 568, 577, 636, 637, 837 to 839, 849, 879, 899 what is not told apart.
        None if matches!(
            number,
            0 | 97 | 290 | 471 | 472 | 473 | 490 | 492 | 527 | 568 | 577 | 636 | 637 | 711 | 837..=839 | 849 | 879 | 899
        ) =>
        {
            Area::Aggregate
        }
        None => Area::Unknown,
    }
}

/// Reads an alpha code, else a number, else a name: the first of the texts that is filled.
pub fn of_texts(alpha: &str, number: &str, name: &str, reference: &Reference) -> Area {
    let (alpha, name) = (alpha.trim(), name.trim());
    if let Some(code) = reference.parse_country(alpha) {
        return Area::Country(code);
    }
    if is_aggregate(alpha) {
        return Area::Aggregate;
    }
    match by_number(if number.trim().is_empty() { alpha } else { number }) {
        Area::Unknown => {}
        known => return known,
    }
    if is_aggregate(name) {
        return Area::Aggregate;
    }
    let named = if name.is_empty() { alpha } else { name };
    super::cells::country(named, reference).map_or(Area::Unknown, Area::Country)
}

/// Codes and names that UN Comtrade gives to what is no country (`W00`, `S19`, `_X`, `Areas, nes`).
fn is_aggregate(text: &str) -> bool {
    let lower = text.to_lowercase();
    let coded =
        matches!(lower.as_str(), "w00" | "wld" | "wl" | "eur" | "eu2" | "eu27" | "eu28" | "za1" | "world" | "all" | "european union")
            || lower.starts_with('_')
            || (text.len() == 3
                && text.starts_with(char::is_alphabetic)
                && text.get(1..).is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit())))
            || (text.len() == 2 && lower.starts_with('x') && text.get(1..).is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit())));
    coded
        || lower.contains(", nes")
        || lower.contains(" nes")
        || ["bunkers", "free zones", "special categories", "neutral zone"].contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_trade_statistics_are_countries_or_no_country() {
        let of = |t: &str| match by_number(t) {
            Area::Country(c) => c.to_string(),
            Area::Aggregate => "aggregate".to_owned(),
            Area::Unknown => "unknown".to_owned(),
        };
        for (number, area) in [
            ("4", "AFG"),
            ("842", "USA"),
            ("840", "USA"),
            ("699", "IND"),
            ("757", "CHE"),
            ("251", "FRA"),
            ("156", "CHN"),
            ("894", "ZMB"),
            ("0", "aggregate"),
            ("490", "aggregate"),
            ("999", "unknown"),
            ("CHN", "unknown"),
        ] {
            assert_eq!(of(number), area, "{number}");
        }
        assert_eq!(NUMERIC.split_whitespace().count(), 249);
    }

    #[test]
    fn every_number_is_a_country_of_the_reference() {
        let reference = Reference::embedded().unwrap();
        for entry in NUMERIC.split_whitespace() {
            assert!(reference.parse_country(&entry[3..]).is_some(), "{entry}");
        }
        for text in ["W00", "S19", "_X", "X1", "A79", "World", "Areas, nes"] {
            assert_eq!(of_texts(text, "", "", &reference), Area::Aggregate, "{text}");
        }
        assert!(matches!(of_texts("", "", "Viet Nam", &reference), Area::Country(_)));
        assert!(matches!(of_texts("DEU", "276", "Germany", &reference), Area::Country(_)));
        assert_eq!(of_texts("", "", "Atlantis", &reference), Area::Unknown);
    }
}

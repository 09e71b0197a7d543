//! Standard normal numbers that depend on names alone: what is drawn for a country does not move when rows, nodes or threads do.
//!
//! ```text
//! z(kind, key, r) = inverse normal of (u + 0.5) / 2^53
//! u = the top 53 bits of the first 8 bytes, little endian, of BLAKE3("seed|kind|key|r"), numbers in decimal
//! ```
//!
//! # Source
//! Inverse normal: M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988) 477-484, routine PPND16, about 1 part in 10^16.

/// What a drawn number stands for; [`Drawn::as_str`] is its name in the hash.
///
/// Keys: `country` ISO 3166-1 alpha-3; `sector` the ISIC code as shown (`0126`); `detection`, `false_report` the id of the source class;
/// `present`, `absent` the grade (`weak`, `medium`, `strong`); `mapped` the kind of node. `-` where the code is missing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Drawn {
    Country,
    Sector,
    Detection,
    FalseReport,
    Present,
    Absent,
    Mapped,
}

impl Drawn {
    pub fn as_str(self) -> &'static str {
        match self {
            Drawn::Country => "country",
            Drawn::Sector => "sector",
            Drawn::Detection => "detection",
            Drawn::FalseReport => "false_report",
            Drawn::Present => "present",
            Drawn::Absent => "absent",
            Drawn::Mapped => "mapped",
        }
    }
}

/// The key of a code that is missing.
pub const MISSING: &str = "-";

/// z(kind, key, r) under a seed.
pub fn z(seed: u64, kind: Drawn, key: &str, r: u32) -> f64 {
    let hash = blake3::hash(format!("{seed}|{}|{key}|{r}", kind.as_str()).as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    let u = u64::from_le_bytes(first) >> 11;
    inverse_normal((u as f64 + 0.5) / (1u64 << 53) as f64)
}

/// Near the middle: in 0.180625 - (p - 1/2)^2.
#[expect(clippy::excessive_precision, reason = "the digits of the paper")]
const MIDDLE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_608,
        1.331_416_678_917_843_774_5e2,
        1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4,
        4.592_195_393_154_987_145_7e4,
        6.726_577_092_700_870_085_3e4,
        3.343_057_558_358_812_810_5e4,
        2.509_080_928_730_122_672_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091_125_2e1,
        6.871_870_074_920_579_083e2,
        5.394_196_021_424_751_107_7e3,
        2.121_379_430_158_659_586_7e4,
        3.930_789_580_009_271_061e4,
        2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561e3,
    ],
];
/// Towards the tails: in r - 1.6, r = sqrt(-ln p).
#[expect(clippy::excessive_precision, reason = "the digits of the paper")]
const TAIL: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_9,
        5.769_497_221_460_691_405_5,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        2.417_807_251_774_506_117_7e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_4e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_4,
        6.897_673_349_851_000_045_5e-1,
        1.481_039_764_274_800_745_9e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
];
/// Far out: in r - 5, where r > 5.
#[expect(clippy::excessive_precision, reason = "the digits of the paper")]
const FAR: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103_777_2,
        5.463_784_911_164_114_369_9,
        1.784_826_539_917_291_335_8,
        2.965_605_718_285_048_912_3e-1,
        2.653_218_952_657_612_309_3e-2,
        1.242_660_947_388_078_438_6e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879_376_9e-1,
        1.369_298_809_227_358_053_1e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591e-4,
        1.846_318_317_510_054_681_8e-5,
        1.421_511_758_316_445_888_7e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
];

/// The number below which a standard normal falls with probability `p`; minus or plus infinity at 0 and 1, no number outside [0, 1].
pub fn inverse_normal(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&MIDDLE, 0.180_625 - q * q);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail == 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-tail.ln()).sqrt();
    let size = if r <= 5.0 { ratio(&TAIL, r - 1.6) } else { ratio(&FAR, r - 5.0) };
    if q < 0.0 { -size } else { size }
}

fn ratio([above, below]: &[[f64; 8]; 2], x: f64) -> f64 {
    let polynomial = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, term| sum * x + term);
    polynomial(above) / polynomial(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_normal_meets_the_published_check_values() {
        // AS 241, table of test values for PPND16
        for (p, expected) in [(0.25, -0.674_489_750_196_081_7), (0.001, -3.090_232_306_167_814), (1e-20, -9.262_340_089_798_408)] {
            assert!((inverse_normal(p) / expected - 1.0f64).abs() < 1e-15, "{p}: {}", inverse_normal(p));
        }
        assert_eq!(inverse_normal(0.5), 0.0);
        assert!((inverse_normal(0.75) + inverse_normal(0.25)).abs() < 1e-15);
        assert_eq!(inverse_normal(0.0), f64::NEG_INFINITY);
        assert_eq!(inverse_normal(1.0), f64::INFINITY);
        assert!(inverse_normal(-0.1).is_nan() && inverse_normal(1.1).is_nan());
    }
}

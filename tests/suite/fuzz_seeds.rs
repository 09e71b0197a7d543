//! The seeds of the fuzz targets, replayed: hostile and odd files that a reader must survive, among them every one that once broke it.

#[path = "../fuzz/readers.rs"]
mod readers;

use super::runs;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Replays a target's seeds; each has some.
fn replay(target: &str, read: fn(&[u8])) {
    let folder = runs::inside("tests/fuzz/seeds").join(target);
    let mut seeds: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "{target} has no seed");
    for seed in seeds {
        let bytes = std::fs::read(&seed).unwrap();
        if let Err(panic) = std::panic::catch_unwind(|| read(&bytes)) {
            let said = panic.downcast_ref::<String>().map_or("", String::as_str);
            panic!("{}: {said}", seed.display());
        }
    }
}

macro_rules! replayed {
    ($($target:ident),*) => {
        $(#[test]
        fn $target() {
            replay(stringify!($target), readers::$target);
        })*
    };
}

replayed!(text, workbook, parquet, json, mapping, import, names, dataset);

/// A reader by the name of its seeds.
type Target = (&'static str, fn(&[u8]));

/// Bytes of a seed, changed at random: bits flipped, parts cut, doubled, or taken from another seed.
fn mutated(seeds: &[Vec<u8>], random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    let pick = |random: &mut Xoshiro256PlusPlus, n: usize| (random.next_u64() as usize) % n.max(1);
    let mut bytes = seeds[pick(random, seeds.len())].clone();
    for _ in 0..=pick(random, 6) {
        let (at, other) = (pick(random, bytes.len()), pick(random, bytes.len()));
        let (from, to) = (at.min(other), at.max(other));
        match pick(random, 6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << pick(random, 8),
            1 if !bytes.is_empty() => bytes[at] = random.next_u64() as u8,
            2 => drop(bytes.drain(from..to)),
            3 if to - from < 4096 => {
                let part = bytes[from..to].to_vec();
                bytes.splice(at..at, part);
            }
            4 => {
                let donor = &seeds[pick(random, seeds.len())];
                let (a, b) = (pick(random, donor.len()), pick(random, donor.len()));
                bytes.splice(from..to, donor[a.min(b)..a.max(b)].iter().copied());
            }
            _ => bytes.truncate(at),
        }
        bytes.truncate(1 << 18);
    }
    bytes
}

/// Seeds changed at random, the same ones in every run: a second of each target, or as many as `ONUS_FUZZ_SECONDS` says.
#[test]
fn changed_seeds_break_no_reader() {
    let targets: [Target; 8] = [
        ("text", readers::text),
        ("workbook", readers::workbook),
        ("parquet", readers::parquet),
        ("json", readers::json),
        ("mapping", readers::mapping),
        ("import", readers::import),
        ("names", readers::names),
        ("dataset", readers::dataset),
    ];
    let stated: Option<u64> = std::env::var("ONUS_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok());
    let start: u64 = std::env::var("ONUS_FUZZ_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    for (target, read) in targets {
        let mut names: Vec<_> =
            std::fs::read_dir(runs::inside("tests/fuzz/seeds").join(target)).unwrap().map(|e| e.unwrap().path()).collect();
        names.sort();
        let seeds: Vec<Vec<u8>> = names.iter().map(|p| std::fs::read(p).unwrap()).collect();
        let mut random = Xoshiro256PlusPlus::seed_from_u64(start);
        let (begun, mut runs) = (std::time::Instant::now(), 0u64);
        while begun.elapsed().as_secs() < stated.unwrap_or(1) {
            let bytes = mutated(&seeds, &mut random);
            if std::panic::catch_unwind(|| read(&bytes)).is_err() {
                let path = std::env::temp_dir().join(format!("onus-{target}-{start}-{runs}.bin"));
                std::fs::write(&path, &bytes).unwrap();
                panic!("{target}: {} bytes, kept at {}", bytes.len(), path.display());
            }
            runs += 1;
        }
        println!("{target}: {runs} runs");
    }
}

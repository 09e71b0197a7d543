//! The seeds of the fuzz targets, replayed: hostile and odd files that a reader must survive, among them every one that once broke it.

#[path = "../fuzz/readers.rs"]
mod readers;

use super::runs;

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

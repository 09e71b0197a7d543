//! The house's floors: a room imports only from floors below its own, and the list in the crate's documentation is this list.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: [&[&str]; 17] = [
    &["base"],
    &["schema", "pack", "reference", "measures"],
    &["read", "matching"],
    &["mapping"],
    &["validate", "import"],
    &["resolve"],
    &["graph"],
    &["evidence"],
    &["belief", "findings"],
    &["trace"],
    &["duty"],
    &["export"],
    &["world"],
    &["pipeline"],
    &["sensitivity", "calibration", "compare", "register"],
    &["report"],
    &["cli"],
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn floors() -> BTreeMap<&'static str, usize> {
    FLOORS.iter().enumerate().flat_map(|(floor, rooms)| rooms.iter().map(move |r| (*r, floor))).collect()
}

/// Every `crate::room` that a text names, comments and strings aside.
fn imports(text: &str) -> Vec<String> {
    let code: String = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut rooms = Vec::new();
    for part in code.split("crate::").skip(1) {
        let name: String = part.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
        if name.is_empty() && part.starts_with('{') {
            let group = part.split('}').next().unwrap_or("");
            rooms.extend(group.trim_start_matches('{').split(',').map(|g| g.trim().split("::").next().unwrap_or("").to_owned()));
        } else {
            rooms.push(name);
        }
    }
    rooms
}

#[test]
fn a_room_imports_only_from_floors_below_its_own() {
    let floors = floors();
    let mut files = Vec::new();
    sources(&root(), &mut files);
    assert!(files.len() > 30, "the walk found {} files", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(root()).unwrap();
        let room = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let Some(&own) = floors.get(room.trim_end_matches(".rs")) else {
            assert!(matches!(room.as_str(), "lib.rs" | "main.rs"), "{room} stands on no floor");
            continue;
        };
        for import in imports(&fs::read_to_string(&file).unwrap()) {
            match floors.get(import.as_str()) {
                Some(_) if import == room => {}
                Some(&floor) if floor < own => {}
                Some(&floor) => wrong.push(format!("{} (floor {own}) imports {import} (floor {floor})", inside.display())),
                None => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_documented_floors_are_these() {
    let text = fs::read_to_string(root().join("lib.rs")).unwrap();
    for (floor, rooms) in FLOORS.iter().enumerate() {
        let names: Vec<String> = rooms.iter().map(|r| format!("`{r}`")).collect();
        let line = format!("//! | {floor} | {} |", names.join(", "));
        assert!(text.contains(&line), "src/lib.rs lacks {line}");
    }
}

#[test]
fn only_the_driver_of_the_ground_floor_knows_rayon_and_polars_stops_at_validate() {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    for file in files {
        let inside = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("rayon::") || inside == "base/par.rs", "{inside} uses rayon");
        let polars_allowed = inside.starts_with("read") || inside.starts_with("validate");
        assert!(!text.contains("polars::") || polars_allowed, "{inside} uses Polars");
    }
}

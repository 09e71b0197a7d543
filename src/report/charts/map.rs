//! Where the places are: circles on the land of the world, one a country, and a dot for each place whose position is known.
//!
//! The land is drawn without borders, so the map takes no side in a dispute over one: `tables/land.csv` holds the coast lines of Natural Earth's 110m
//! land (public domain; taken from world-atlas 2.0.2, M. Bostock, ISC), to half a degree, cut at the antimeridian, without Antarctica and
//! islands below 0.6 square degrees. Projection: Natural Earth (T. Patterson 2008; polynomial by B. Šavrič, B. Jenny, T. Patterson,
//! D. Petrovič, L. Hurni, Cartography and Geographic Information Science 38 (2011) 363-372).

use super::{CONTEXT, EVIDENCE, at, open_picture};
use crate::base::{Error, Result};
use crate::report::html::Html;

const LAND: &str = include_str!("tables/land.csv");
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 436.0;
/// Half the width of the projected world, in its own unit: x of longitude 180 degrees at the equator.
const HALF: f64 = 0.8707 * std::f64::consts::PI;

/// x and y on the page of a latitude and longitude in degrees.
pub fn project(latitude: f64, longitude: f64) -> (f64, f64) {
    let (f, l) = (latitude.to_radians(), longitude.to_radians());
    let f2 = f * f;
    let f4 = f2 * f2;
    let x = l * (0.8707 - 0.131_979 * f2 + f4 * (-0.013_791 + f4 * (0.003_971 * f2 - 0.001_529 * f4)));
    let y = f * (1.007_226 + f2 * (0.015_085 + f4 * (-0.044_475 + 0.028_874 * f2 - 0.005_916 * f4)));
    let scale = (WIDTH - 8.0) / (2.0 * HALF);
    (WIDTH / 2.0 + x * scale, 250.0 - y * scale)
}

/// The places of one country.
#[derive(Clone, Debug, PartialEq)]
pub struct Circle {
    pub point: (f64, f64),
    pub places: u64,
    pub on_evidence: u64,
    pub title: String,
}

/// Draws the map: circles by the number of places, the part of them with evidence of its own within.
///
/// # Errors
/// Never on an intact build: a table of land that cannot be read is an internal error.
pub fn map(h: &mut Html, circles: &[Circle], dots: &[(f64, f64)], says: &str) -> Result<()> {
    open_picture(h, "map", WIDTH, HEIGHT, says);
    graticule(h);
    let d = land()?;
    h.open("path", &[("d", &d), ("fill", "#e9e5da"), ("stroke", "#b9b3a3"), ("stroke-width", "0.6")]).close("path");
    for (latitude, longitude) in dots {
        let (x, y) = project(*latitude, *longitude);
        h.open("circle", &[("cx", &at(x)), ("cy", &at(y)), ("r", "1.6"), ("fill", "#374151")]).close("circle");
    }
    let most = circles.iter().map(|c| c.places).max().unwrap_or(1).max(1) as f64;
    let radius = |n: u64| if n == 0 { 0.0 } else { 3.0 + 23.0 * (n as f64 / most).sqrt() };
    let mut order: Vec<&Circle> = circles.iter().collect();
    order.sort_by(|a, b| b.places.cmp(&a.places).then_with(|| a.title.cmp(&b.title)));
    for c in order {
        let (x, y) = project(c.point.0, c.point.1);
        let r = radius(c.places);
        let round = [("cx", at(x)), ("cy", at(y)), ("r", at(r))];
        let [cx, cy, outer] = &round;
        h.open(
            "circle",
            &[(cx.0, &cx.1), (cy.0, &cy.1), (outer.0, &outer.1), ("fill", "url(#context)"), ("fill-opacity", "0.85"), ("stroke", CONTEXT)],
        );
        h.element("title", &[], &c.title).close("circle");
        if c.on_evidence > 0 {
            // The inner disc has the same part of the area as the places have of all.
            let inner = at((r * (c.on_evidence as f64 / c.places.max(1) as f64).sqrt()).max(2.0));
            h.open(
                "circle",
                &[(cx.0, &cx.1), (cy.0, &cy.1), ("r", &inner), ("fill", EVIDENCE), ("stroke", "#fff"), ("stroke-width", "0.8")],
            );
            h.element("title", &[], &c.title).close("circle");
        }
    }
    h.close("svg");
    Ok(())
}

fn graticule(h: &mut Html) {
    let mut d = String::new();
    for longitude in (-180..=180).step_by(30) {
        for (i, latitude) in (-60..=85).step_by(5).enumerate() {
            let (x, y) = project(f64::from(latitude), f64::from(longitude));
            d.push_str(&format!("{}{} {}", if i == 0 { 'M' } else { 'L' }, at(x), at(y)));
        }
    }
    for latitude in (-60..=60).step_by(30) {
        let ((x0, y), (x1, _)) = (project(f64::from(latitude), -180.0), project(f64::from(latitude), 180.0));
        d.push_str(&format!("M{} {}H{}", at(x0), at(y), at(x1)));
    }
    h.open("path", &[("d", &d), ("fill", "none"), ("stroke", "#d9dde3"), ("stroke-width", "0.5")]).close("path");
}

fn land() -> Result<String> {
    let broken = |what: &str| Error::internal(format!("the table of land: {what}"));
    let mut d = String::new();
    for row in csv::Reader::from_reader(LAND.as_bytes()).records() {
        let row = row.map_err(|e| broken(&e.to_string()))?;
        for (i, point) in row.get(1).unwrap_or_default().split(';').enumerate() {
            let mut parts = point.split(' ').map(str::parse::<f64>);
            let (Some(Ok(longitude)), Some(Ok(latitude))) = (parts.next(), parts.next()) else { return Err(broken(point)) };
            let (x, y) = project(latitude, longitude);
            d.push_str(&format!("{}{} {}", if i == 0 { 'M' } else { 'L' }, at(x), at(y)));
        }
        d.push('Z');
    }
    Ok(d)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of the polynomial at the corners that the paper's formula gives by hand: the equator keeps 0.8707 of longitude, a pole lies at 1.4224.
    #[test]
    fn the_projection_keeps_the_equator_straight_and_the_world_on_the_page() {
        assert_eq!(project(0.0, 0.0), (480.0, 250.0));
        let (x, y) = project(0.0, 180.0);
        assert!((x - 956.0).abs() < 1e-9 && (y - 250.0).abs() < 1e-9);
        let (_, pole) = project(90.0, 0.0);
        let scale = 952.0 / (2.0 * HALF);
        assert!(((250.0 - pole) / scale - 1.422).abs() < 0.002, "{}", (250.0 - pole) / scale);
        assert!(project(10.0, 20.0).0 > 480.0 && project(10.0, 20.0).1 < 250.0);
    }

    #[test]
    fn no_coast_runs_across_the_page() {
        let path = land().unwrap();
        let mut last: Option<(f64, f64)> = None;
        for token in path.split_inclusive(['M', 'L', 'Z']).flat_map(|t| t.split(['M', 'L'])).filter(|t| !t.is_empty()) {
            let ends = token.ends_with('Z');
            let mut numbers = token.trim_end_matches('Z').split(' ').map(|n| n.parse::<f64>());
            if let (Some(Ok(x)), Some(Ok(y))) = (numbers.next(), numbers.next()) {
                if let Some((px, _)) = last {
                    assert!((x - px).abs() < 200.0, "from {px} to {x} {y}");
                }
                last = (!ends).then_some((x, y));
            }
        }
    }

    #[test]
    fn a_country_without_evidence_of_its_own_has_no_disc_of_evidence() {
        let circle = |on_evidence| Circle { point: (10.0, 10.0), places: 4, on_evidence, title: "x".to_owned() };
        let draw = |on_evidence| {
            let mut h = Html::new();
            map(&mut h, &[circle(on_evidence)], &[], "map").unwrap();
            h.into_string()
        };
        assert!(!draw(0).contains(EVIDENCE));
        assert!(draw(1).contains(EVIDENCE) && draw(1).contains("url(#context)"));
    }
}

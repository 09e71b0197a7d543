"""Matching against peers on the same pairs in one run.

    python benches/peers/match_peers.py SHARED OURS [WORKDIR] [--dev | --test]

SHARED: folder of the shared data. OURS: command that runs `pairs IN OUT` (the bench binary, or `cargo bench --bench matching --`).

Truth: mill mentions of five brands against the Universal Mill List; `uml_id` is hidden from every matcher and equal ids are a true pair.
Each brand is a fold of its own. Nothing here is fitted to labels at run time: every default of ours was chosen on the brands of DEV alone;
TEST brands and the Open Supply Hub pairs were not looked at when choosing. Peers' thresholds are given the same chance: the best F1
threshold of the DEV brands, kept for the TEST brands.

Settings of fields: `names` (mill name), `country` (+ country), `groups` (+ company, parent, group), `coordinates` (+ coordinates).
`hard` counts only pairs whose names differ in letters or figures.
"""

import csv
import gzip
import json
import math
import re
import subprocess
import sys
import time
import unicodedata
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process, utils

warnings.filterwarnings("ignore")

DEV = ["FrieslandCampina", "Mondelez"]
TEST = ["Hershey", "Ferrero", "Colgate-Palmolive"]
ISO = {
    "Indonesia": "IDN", "Malaysia": "MYS", "Colombia": "COL", "Guatemala": "GTM", "Honduras": "HND", "Mexico": "MEX", "Ecuador": "ECU",
    "Brazil": "BRA", "Peru": "PER", "Thailand": "THA", "Costa Rica": "CRI", "Papua New Guinea": "PNG", "Solomon Islands": "SLB", "Ghana": "GHA",
    "Nigeria": "NGA", "Ivory Coast": "CIV", "Cote d'Ivoire": "CIV", "Côte d'Ivoire": "CIV", "Liberia": "LBR", "Cameroon": "CMR", "Gabon": "GAB",
    "Sierra Leone": "SLE", "Nicaragua": "NIC", "Panama": "PAN", "Philippines": "PHL", "India": "IND", "Cambodia": "KHM",
    "Dominican Republic": "DOM", "Venezuela": "VEN", "Myanmar": "MMR", "Sri Lanka": "LKA", "Democratic Republic of the Congo": "COD",
}


def rows(path):
    opener = gzip.open if str(path).endswith("gz") else open
    with opener(path, "rt", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def number(text):
    try:
        return float(text.replace(",", "."))
    except (ValueError, AttributeError):
        return None


def mention(row, **cells):
    lat, lon = number(row["lat"]), number(row["lon"])
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        lat = lon = None
    out = dict(uml=row["uml_id"].strip(), country=ISO.get(row["country"].strip().title().replace("D'I", "d'I"), ISO.get(row["country"].strip(), "")), lat=lat, lon=lon)
    out.update(cells)
    out["groups"] = [g for g in dict.fromkeys(c.strip() for c in out["groups"]) if g]
    return out


def load(shared):
    folder = Path(shared) / "palm-oil-disclosures"
    brands = {
        "FrieslandCampina": [mention(r, names=[r["mill"]], groups=[r["parent"]]) for r in rows(folder / "frieslandcampina_supplier_mills_2020_2022.csv.gz")],
        "Mondelez": [mention(r, names=[r["mill"]], groups=[r["parent"], r["group"]]) for r in rows(folder / "mondelez_mills_suppliers_2021.csv")],
        "Hershey": [mention(r, names=[r["mill"]], groups=[r["mill_company"], r["group"]]) for r in rows(folder / "hershey_mills_suppliers_2020.csv.gz")],
        "Ferrero": [mention(r, names=[r["mill"]], groups=[r["company"], r["parent"]]) for r in rows(folder / "ferrero_mills_2021H1.csv")],
        "Colgate-Palmolive": [mention(r, names=[r["mill"]], groups=[r["mill_company"], r["group"]]) for r in rows(folder / "colgate_palmolive_chains_2020.csv.gz")],
    }
    uml = []
    for r in rows(folder / "mills_universal_mill_list.csv"):
        names = [r["mill_name"]] + [n.strip() for n in re.split(r"[;|]", r["alternative_name"]) if n.strip()]
        iso = "SLE" if r["iso3"] == "SL" else r["iso3"]
        groups = [g for g in dict.fromkeys([r["parent_company"].strip(), r["group_name"].strip()]) if g]
        uml.append(dict(uml=r["uml_id"], names=names, groups=groups, country=iso, lat=number(r["latitude"]), lon=number(r["longitude"])))
    known = {u["uml"] for u in uml}
    for brand, list_ in brands.items():
        seen, kept = set(), []
        for m in list_:
            m["names"] = [n.strip() for n in m["names"] if n.strip()]
            if not m["names"] or not m["uml"].startswith("PO1"):
                continue
            key = (m["names"][0].lower(), tuple(m["groups"]), m["country"], m["lat"], m["lon"], m["uml"])
            if key not in seen:
                seen.add(key)
                kept.append(m)
        brands[brand] = kept
        print(f"{brand}: {len(kept)} distinct mentions, {sum(m['uml'] in known for m in kept)} with an id of the list", file=sys.stderr)
    for list_ in [*brands.values(), uml]:
        for i, m in enumerate(list_):
            m["id"] = f"{i:05d}"
    return brands, uml


def plain(name):
    name = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[^a-z0-9]+", "", "".join(c for c in name if not unicodedata.combining(c)))


FIELDS = {"names": (), "country": ("country",), "groups": ("country", "groups"), "coordinates": ("country", "groups", "coordinates")}


def ours(command, work, left, right, fields, extra=()):
    path, out = work / "in.csv", work / "out.csv"
    with open(path, "w", newline="") as f:
        w = csv.writer(f)
        w.writerow("side id names class country subdivision city address lat lon groups around".split())
        for side, list_ in (("l", left), ("r", right)):
            for m in list_:
                w.writerow([
                    side, m["id"], "|".join(n.replace("|", " ") for n in m["names"]), m.get("class", "place"), m["country"] if "country" in fields else "",
                    "", m.get("city", "") if "address" in fields else "", m.get("address", "") if "address" in fields else "",
                    m["lat"] if "coordinates" in fields and m["lat"] is not None else "", m["lon"] if "coordinates" in fields and m["lon"] is not None else "",
                    "|".join(g.replace("|", " ") for g in m["groups"]) if "groups" in fields else "", "",
                ])
    start = time.time()
    said = subprocess.run([*command, "pairs", str(path), str(out), *extra], check=True, capture_output=True, text=True).stdout
    info = json.loads(said.strip().splitlines()[-1])
    info["wall"] = time.time() - start
    table = pd.read_csv(out, dtype={"left": str, "right": str})
    return {(int(a), int(b)): s for a, b, s in zip(table.left, table.right, table.score)}, info, table


def exact(left, right, fields):
    index = defaultdict(list)
    for j, m in enumerate(right):
        for n in m["names"]:
            index[plain(n)].append(j)
    scores = {}
    for i, m in enumerate(left):
        for n in m["names"]:
            for j in index[plain(n)]:
                same = "country" not in fields or not m["country"] or not right[j]["country"] or m["country"] == right[j]["country"]
                scores[i, j] = 1.0 if same else 0.0
    return scores


RATIOS = {}


def ratios(left, right):
    """Token-set ratios from 50 on; the same for every setting of fields, so counted once."""
    known = RATIOS.get((id(left), id(right)))
    if known is None:
        known = {}
        names = [(j, utils.default_process(n)) for j, m in enumerate(right) for n in m["names"]]
        distinct = defaultdict(set)
        for i, m in enumerate(left):
            for n in m["names"]:
                distinct[utils.default_process(n)].add(i)
        queries = sorted(distinct.items())
        for at in range(0, len(queries), 512):
            part = queries[at:at + 512]
            ratio = process.cdist([q[0] for q in part], [n[1] for n in names], scorer=fuzz.token_set_ratio, score_cutoff=50, workers=1)
            for a, b in zip(*np.nonzero(ratio >= 50)):
                for i in part[a][1]:
                    known[i, names[b][0]] = max(known.get((i, names[b][0]), 0.0), float(ratio[a, b]))
        RATIOS[id(left), id(right)] = known
    return known


def token_set(left, right, fields):
    scores = {}
    for (i, j), s in ratios(left, right).items():
        differ = "country" in fields and left[i]["country"] and right[j]["country"] and left[i]["country"] != right[j]["country"]
        scores[i, j] = s - 25 if differ else s
    return scores


def by_splink(left, right, fields):
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    def frame(list_):
        out = []
        for m in list_:
            for n in m["names"]:
                words = utils.default_process(n)
                out.append(dict(
                    unique_id=len(out), rec=int(m["id"]), name=words, first3=words.replace(" ", "")[:3], w1=(words.split() or [""])[0], w2=(words.split() + ["", ""])[1],
                    last=(words.split() or [""])[-1], long=max(words.split() or [""], key=len), country=m["country"] or None,
                    grp=utils.default_process(m["groups"][0]) if m["groups"] else None, addr=utils.default_process(m.get("address", "")) or None,
                    lat=m["lat"], lon=m["lon"], cell=None if m["lat"] is None else f"{round(m['lat'], 1)}/{round(m['lon'], 1)}",
                ))
        return pd.DataFrame(out)

    a, b = frame(left), frame(right)
    comparisons = [cl.JaroWinklerAtThresholds("name", [0.95, 0.9, 0.8, 0.7]).configure(term_frequency_adjustments="--splink-tf" in sys.argv)]
    blocks = [block_on("first3"), block_on("long"), block_on("w1"), block_on("last"), block_on("w2")]
    if "country" in fields:
        comparisons.append(cl.ExactMatch("country"))
    if "groups" in fields:
        comparisons.append(cl.JaroWinklerAtThresholds("grp", [0.92, 0.8]).configure(term_frequency_adjustments=True))
    if "address" in fields:
        comparisons.append(cl.JaroWinklerAtThresholds("addr", [0.92, 0.85, 0.75]))
    if "coordinates" in fields:
        comparisons.append(cl.DistanceInKMAtThresholds("lat", "lon", [0.3, 1.5, 5, 20, 100]))
        blocks.append(block_on("cell"))
    settings = SettingsCreator(link_type="link_only", comparisons=comparisons, blocking_rules_to_generate_predictions=blocks, additional_columns_to_retain=["rec"])
    api = DuckDBAPI()
    linker = Linker([api.register(a), api.register(b)], settings, log_level=40)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("name")], recall=0.6)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in ([block_on("first3")] + ([block_on("cell")] if "coordinates" in fields else [block_on("long")])):
        try:
            training.estimate_parameters_using_expectation_maximisation(rule)
        except Exception as error:  # noqa: BLE001
            print("splink training:", error, file=sys.stderr)
    table = linker.inference.predict(threshold_match_probability=0.0001).as_pandas_dataframe()
    scores = {}
    for x, y, p in zip(table["rec_l"] if "rec_l" in table else a.rec.loc[table.unique_id_l].values,
                       table["rec_r"] if "rec_r" in table else b.rec.loc[table.unique_id_r].values, table.match_probability):
        scores[int(x), int(y)] = max(scores.get((int(x), int(y)), 0.0), float(p))
    return scores


def curve(scores, true):
    """Average precision and the best F1 with its threshold; pairs that were never scored count as missed."""
    order = sorted(scores.items(), key=lambda kv: (-kv[1], kv[0]))
    hits, ap, best = 0, 0.0, (0.0, math.inf)
    at = 0
    while at < len(order):
        to = at
        while to < len(order) and order[to][1] == order[at][1]:
            to += 1
        new = sum(order[k][0] in true for k in range(at, to))
        hits += new
        ap += new * hits / to
        f1 = 2 * hits / (to + len(true))
        if f1 > best[0]:
            best = (f1, order[at][1])
        at = to
    return ap / max(1, len(true)), best


def at_threshold(scores, true, threshold):
    called = [p for p, s in scores.items() if s >= threshold]
    hits = sum(p in true for p in called)
    precision, recall = hits / max(1, len(called)), hits / max(1, len(true))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall), len(called)


def calibration(scores, true, pairs=None):
    s = np.array([scores[p] for p in (pairs or scores)])
    y = np.array([p in true for p in (pairs or scores)], dtype=float)
    clipped = np.clip(s, 1e-6, 1 - 1e-6)
    bins = []
    for low, high in ((0, .05), (.05, .2), (.2, .4), (.4, .6), (.6, .8), (.8, .9), (.9, .95), (.95, .99), (.99, 1.01)):
        inside = (s >= low) & (s < high)
        if inside.sum():
            bins.append(f"{low:g}-{min(high, 1):g}: said {s[inside].mean():.3f}, true {y[inside].mean():.3f} (n {int(inside.sum())})")
    return dict(brier=float(((s - y) ** 2).mean()), log_loss=float(-(y * np.log(clipped) + (1 - y) * np.log(1 - clipped)).mean()), bins=bins)


def hard_of(left, right):
    spelled = [{plain(n) for n in m["names"]} for m in right]
    return lambda i, j: not ({plain(n) for n in left[i]["names"]} & spelled[j])


def speaking_of(left, right):
    """Pairs of whose names some two share at least two runs of three letters: what blocking on names could keep at all."""
    grams = lambda m: [{p[k:k + 3] for k in range(len(p) - 2)} for p in map(plain, m["names"])]  # noqa: E731
    ours, theirs = [grams(m) for m in left], [grams(m) for m in right]
    return lambda i, j: any(len(a & b) >= 2 for a in ours[i] for b in theirs[j])


def mills(command, work, shared, which):
    brands, uml = load(shared)
    thresholds = defaultdict(list)
    for setting, fields in FIELDS.items():
        print(f"\n## Mills, {setting}\n")
        print("| brand | matcher | true pairs | average precision | threshold | precision | recall | F1 | hard pairs: AP | hard: F1 | blocking recall | compared | seconds |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        where = defaultdict(list)
        for j, u in enumerate(uml):
            where[u["uml"]].append(j)
        for brand in DEV + TEST:
            if brand not in which:
                continue
            left = brands[brand]
            true = {(i, j) for i, m in enumerate(left) for j in where[m["uml"]]}
            is_hard = hard_of(left, uml)
            hard = {p for p in true if is_hard(*p)}
            says = speaking_of(left, uml)
            speaking = {p for p in true if says(*p)}
            found, info, table = ours(command, work, left, uml, fields)
            results = [("onus", found, info["seconds"])]
            for label, matcher in (("exact name", exact), ("token_set_ratio", token_set), ("splink", by_splink)):
                if "--ours" in sys.argv or ("--splink" in sys.argv and label != "splink"):
                    continue
                start = time.time()
                try:
                    results.append((label, matcher(left, uml, fields), time.time() - start))
                except Exception as error:  # noqa: BLE001
                    print(f"{label}: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
            for label, scores, seconds in results:
                ap, best = curve(scores, true)
                if brand in DEV:
                    thresholds[setting, label].append(best[1])
                threshold = 1.0 if label == "exact name" else float(np.median(thresholds[setting, label] or [best[1]]))
                precision, recall, f1, _ = at_threshold(scores, true, threshold)
                rest = {p: s for p, s in scores.items() if is_hard(*p)}
                hard_ap, _ = curve(rest, hard)
                _, _, hard_f1, _ = at_threshold(rest, hard, threshold)
                extra = (f"{len([p for p in true if p in scores]) / len(true):.4f} | {len(scores)}" if label in ("onus", "splink") else " | ")
                mark = " (dev)" if brand in DEV else ""
                print(f"| {brand}{mark} | {label} | {len(true)} | {ap:.4f} | {threshold:.3g} | {precision:.4f} | {recall:.4f} | {f1:.4f} | {hard_ap:.4f} | {hard_f1:.4f} | {extra} | {seconds:.1f} |")
                if label in ("onus", "splink"):
                    told = calibration(scores, true)
                    kept = sum(p in scores for p in speaking) / max(1, len(speaking))
                    print(f"<!-- {brand} {label} blocking keeps {kept:.4f} of the {len(speaking)} true pairs whose names share two runs of three letters -->")
                    print(f"<!-- {brand} {label} calibration over its compared pairs: Brier {told['brier']:.5f}, log loss {told['log_loss']:.4f}; " + "; ".join(told["bins"]) + " -->")
                if label == "onus":
                    same, ask = at_threshold(scores, true, 0.9), at_threshold(scores, true, 0.3)
                    print(f"<!-- {brand} onus same (0.9): precision {same[0]:.4f}, recall {same[1]:.4f}; same or ask (0.3): {ask[0]:.4f}, {ask[1]:.4f}; best F1 {best[0]:.4f} at {best[1]:.3f}; prior {info['prior']} -->")
                    if "--errors" in sys.argv:
                        errors(table, left, uml, true, setting, brand, work)


def errors(table, left, right, true, setting, brand, work):
    show = lambda m: f"{m['names']} {m['groups']} {m['country']} {m['lat']},{m['lon']}"  # noqa: E731
    scored = {(int(r.left), int(r.right)): r for r in table.itertuples()}
    with open(work / f"errors_{setting}_{brand}.txt", "w") as f:
        for p, r in sorted(scored.items(), key=lambda kv: -kv[1].score):
            if p not in true and r.score >= 0.5:
                f.write(f"FALSE {r.score:.3f} {show(left[p[0]])} <> {show(right[p[1]])} :: {r.because}\n")
        for p in sorted(true):
            r = scored.get(p)
            if r is None:
                f.write(f"NOTBLOCKED {show(left[p[0]])} <> {show(right[p[1]])}\n")
            elif r.score < 0.5:
                f.write(f"MISSED {r.score:.3f} {show(left[p[0]])} <> {show(right[p[1]])} :: {r.because}\n")


def facilities(command, work, shared):
    table = rows(Path(shared) / "osh-facility-lists" / "match_training_pairs.csv")
    pandas_iso = {}
    for r in rows(Path(shared) / "osh-facility-lists" / "facility_lists.csv"):
        pandas_iso.setdefault(r["country_raw"].strip().lower(), r["country_iso3"])
    code = lambda c: c.upper() + "_" if len(c) == 2 else ""  # noqa: E731
    # Country codes have two letters here; a third keeps them codes without a table.
    side = lambda r, s, i: dict(id=f"{i:05d}", names=[r[f"{s}_name"]], address=r[f"{s}_address"], country=code(r[f"{s}_country"]).replace("_", "X"), lat=None, lon=None, groups=[])  # noqa: E731
    left, right = [side(r, "a", i) for i, r in enumerate(table)], [side(r, "b", i) for i, r in enumerate(table)]
    labelled = [(i, i) for i in range(len(table))]
    true = {(i, i) for i, r in enumerate(table) if r["label"] == "match"}
    print(f"\n## Open Supply Hub pairs: {len(true)} of {len(table)} match\n")
    print("| fields | matcher | average precision | threshold | precision | recall | F1 | best F1 (threshold) | Brier | log loss | blocked |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for setting, fields in (("names, country", ("country",)), ("names, country, address", ("country", "address"))):
        results = [("onus", *ours(command, work, left, right, fields)[:1])]
        if "--ours" not in sys.argv:
            results.append(("exact name", exact(left, right, fields)))
            ts = {}
            for i, (a, b) in enumerate(zip(left, right)):
                ts[i, i] = fuzz.token_set_ratio(a["names"][0], b["names"][0], processor=utils.default_process)
                if "address" in fields:
                    ts[i, i] = (ts[i, i] + fuzz.token_set_ratio(a["address"], b["address"], processor=utils.default_process)) / 2
            results.append(("token_set_ratio", ts))
            try:
                results.append(("splink", by_splink(left, right, fields)))
            except Exception as error:  # noqa: BLE001
                print(f"splink: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
        for label, scores in results:
            blocked = sum(p in scores for p in true) / len(true)
            of_pairs = {p: scores.get(p, 0.0) for p in labelled}
            ap, best = curve(of_pairs, true)
            threshold = {"onus": 0.9, "exact name": 1.0, "token_set_ratio": 90, "splink": 0.9}[label]
            precision, recall, f1, _ = at_threshold(of_pairs, true, threshold)
            told = calibration({p: min(1.0, s / (100 if label == "token_set_ratio" else 1)) for p, s in of_pairs.items()}, true)
            print(f"| {setting} | {label} | {ap:.4f} | {threshold} | {precision:.4f} | {recall:.4f} | {f1:.4f} | {best[0]:.4f} ({best[1]:.3g}) | {told['brier']:.4f} | {told['log_loss']:.4f} | {blocked:.3f} |")
            if label == "onus":
                print("<!-- " + "; ".join(told["bins"]) + " -->")
                if "--errors" in sys.argv:
                    with open(work / f"errors_osh_{len(fields)}.txt", "w") as f:
                        for i, r in enumerate(table):
                            f.write(f"{r['label']} {of_pairs[i, i]:.3f} {r['a_name']} | {r['a_address']} <> {r['b_name']} | {r['b_address']}\n")


def screening(command, work, shared):
    folder = Path(shared) / "forced-labour-screening-lists"
    listed = []
    for r in rows(folder / "cbp_wro_findings_active_2026-01.csv") + rows(folder / "uflpa_entity_list_partial.csv"):
        names = [r["name"]] + [a.strip() for a in r["aliases"].split(";") if a.strip()]
        listed.append(dict(id=f"{len(listed):05d}", names=names, groups=[], country=r["country_iso3"], lat=None, lon=None, **{"class": "party"}))
    nodes = [
        dict(id=f"{i:05d}", names=[r["name"]], groups=[], country=r["country_iso3"], lat=None, lon=None, city=r["city"], address=r["address"])
        for i, r in enumerate(rows(Path(shared) / "real-apparel" / "nodes.csv"))
    ]
    print(f"\n## Screening: {len(listed)} listed against {len(nodes)} nodes of real-apparel; no hit is true\n")
    print("| matcher | fields | called same | asked | on nodes |")
    print("| --- | --- | ---: | ---: | ---: |")
    for fields in ((), ("country",), ("country", "address")):
        found, _, table = ours(command, work, listed, nodes, fields)
        same, ask = [p for p, s in found.items() if s >= 0.9], [p for p, s in found.items() if 0.3 <= s < 0.9]
        print(f"| onus | name {' '.join(fields)} | {len(same)} | {len(ask)} | {len({b for _, b in same + ask})} |")
        for r in table.sort_values("score", ascending=False).head(6).itertuples():
            print(f"<!-- {r.score:.3f} {listed[int(r.left)]['names'][:3]} / {nodes[int(r.right)]['names'][0]}: {r.because} -->")
    ratio = token_set(listed, nodes, ())
    for bound in (90, 86):
        hits = [p for p, s in ratio.items() if s >= bound]
        print(f"| token_set_ratio >= {bound} | name | {len(hits)} | | {len({b for _, b in hits})} |")


def main():
    plain_arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    shared, command = plain_arguments[0], plain_arguments[1].split()
    work = Path(plain_arguments[2]) if len(plain_arguments) > 2 else Path("target/match_peers")
    work.mkdir(parents=True, exist_ok=True)
    which = DEV if "--dev" in sys.argv else TEST if "--test" in sys.argv else DEV + TEST
    mills(command, work, shared, which)
    if "--dev" not in sys.argv:
        facilities(command, work, shared)
    screening(command, work, shared)


if __name__ == "__main__":
    main()

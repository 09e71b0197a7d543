#!/usr/bin/env python3
"""Draws random cases and what the reference model says of them. Needs Python >= 3.11 and numpy.

The reference model (oracle.py) shares no code with the engine. It is looked for in $ONUS_SHARED/oracle, else in ../shared/oracle
beside the repository. The committed files come from

    draw_cases.py trace  --count 500  --seed 20260701 --out trace_cases.json
    draw_cases.py belief --count 1000 --seed 20260701 --out belief_cases.json.gz
    draw_cases.py prior  --count 300  --seed 20260701 --out prior_cases.json
"""
import argparse
import gzip
import json
import math
import os
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
SHARED = pathlib.Path(os.environ.get("ONUS_SHARED") or HERE.parents[2] / "shared")
sys.path.insert(0, str(SHARED / "oracle"))
sys.dont_write_bytecode = True
import numpy as np  # noqa: E402

import oracle  # noqa: E402


def short(x, digits=4):
    """An input of few digits, so that the files stay small; every number read back is exactly the one used."""
    return float(f"{x:.{digits}g}")


def long(values):
    return [float(f"{v:.15g}") for v in values]


# ---------------------------------------------------------------- trace
def draw_graph(rng):
    """A graph of 1 to 12 nodes: chains, cycles, parallel links, sometimes closed circles; node 0 is where visits start."""
    n = rng.randint(1, 12)
    links = []
    for buyer in range(n):
        for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
            # mostly upstream by number, sometimes back: a cycle
            pool = [s for s in range(n) if s != buyer and (s > buyer or rng.random() < 0.25)]
            if pool:
                links.append([rng.choice(pool), buyer, short(math.exp(rng.gauss(3, 1.5)), 3)])
    if n >= 4 and rng.random() < 0.4:  # a closed circle at the end that somebody buys from
        size = rng.randint(2, min(3, n - 2))
        ring = list(range(n - size, n))
        links = [x for x in links if x[1] not in ring]
        links += [[ring[(i + 1) % size], ring[i], short(rng.uniform(1, 50), 3)] for i in range(size)]
        if rng.random() < 0.8:
            links.append([ring[0], rng.randrange(n - size), short(rng.uniform(1, 50), 3)])
        closed = ring
    else:
        closed = []
    p = [rng.choice([0.0, 1e-9, short(rng.random() ** 4), short(rng.random() ** 2), short(rng.random()), 1.0 if rng.random() < 0.1 else 0.3]) for _ in range(n)]
    mapped = [1.0 if i in closed or rng.random() < 0.5 else rng.choice([0.0, 0.5, short(rng.random())]) for i in range(n)]
    exits = None if rng.random() < 0.5 else [0.0 if rng.random() < 0.5 else short(rng.random() * 0.6) for _ in range(n)]
    return n, links, p, mapped, exits


def trace_case(rng):
    n, links, p, mapped, exits = draw_graph(rng)
    touched, unseen, clear, exited = oracle.trace(p, mapped, links, exits)
    start = [1.0] + [0.0] * (n - 1)
    tiers = 64
    while True:  # until nothing of the unit is left on the way
        rows = oracle.visits(p, mapped, links, start, tiers)
        if rows[-1].sum() < 1e-17 or tiers >= 65536:
            break
        tiers *= 2
    burden = [float(rng.choice([0, 0, rng.randint(1, 100)])) for _ in range(n)]
    outside = [short(rng.uniform(1, 60), 3) for _ in range(n)]
    carried, leaves = oracle.footprint(burden, links, outside)
    return {"n": n, "links": links, "p": p, "mapped": mapped, "exits": exits, "opened": oracle.opened(mapped, links).tolist(),
            "touched": long(touched), "unseen": long(unseen), "clear": long(clear), "exited": long(exited),
            # without exits, as the reference's `visits` has none
            "visits_from_0": long(rows.sum(0)), "tiers_from_0": [long(r) for r in rows[:5]],
            "contribution_to_0": long(rows.sum(0) * np.array(p)),
            "burden": burden, "sold_outside": outside, "carried": long(carried), "leaves": long(leaves)}


# ---------------------------------------------------------------- belief
def draw_pack(rng):
    def grades(low, high, falling):
        xs = sorted((short(rng.uniform(low, high)) for _ in range(3)), reverse=falling)
        return xs

    present, absent = grades(0.2, 0.8, True), grades(0.005, 0.19, False)
    families = ["documents", "wages", "debt", "age_hours", "hazard", "recruitment"][: rng.randint(1, 6)]
    branches = list(oracle.BRANCHES)
    sources, signs = {}, {}
    for k in range(rng.randint(2, 8)):
        d = {n: rng.choice([0.0, short(rng.random() * 0.99), short(rng.random() * 0.4)]) for n in oracle.NORMS}
        sources[f"source_{k}"] = {"class": rng.choice(["site_visit", "offsite", "grievance", "investigation"]), "detection": d,
                                  "detection_sign": rng.choice([0.0, short(rng.random() * 0.99), short(rng.random() * 0.5)]),
                                  "false_report": rng.choice([0.002, 0.02, 0.05, 0.15, short(rng.uniform(0.001, 0.5))]),
                                  "half_life_negative_days": short(rng.uniform(60, 400)), "half_life_positive_days": short(rng.uniform(300, 2500))}
    for k in range(rng.randint(3, 14)):
        norms = rng.sample(oracle.NORMS, rng.choice([1, 1, 2, 3, 4, 8]))
        signs[f"sign_{k:02}"] = {"branch": rng.choice(branches), "family": rng.choice(families),
                                 "norms": {n: rng.choice(["strong", "medium", "weak"]) for n in norms}}
    return {"strengths": {g: {"present": p, "absent": a} for g, p, a in zip(("strong", "medium", "weak"), present, absent)},
            "sources": sources, "signs": signs}


def draw_prior(rng):
    """Marginals with norms missing, off, on the border, above what they imply, near 0 and near 1."""
    top = rng.choice([0.02, 0.1, 0.5, 0.97])
    prior = {}
    for n in oracle.NORMS:
        above = [prior[a] for a in oracle.ABOVE[n] if a in prior]
        draw = rng.random()
        if draw < 0.08:
            continue
        if draw < 0.16:
            prior[n] = rng.choice([0.0, 5e-10, 1e-9])
        elif above and draw < 0.24:
            prior[n] = min(above)
        elif above and draw < 0.30:
            prior[n] = short(min(0.98, min(above) * rng.uniform(1, 3)))
        else:
            prior[n] = short((min(above) if above else top) * rng.random() ** rng.choice([1, 3]))
    return prior


def draw_evidence(rng, pack):
    signs, sources = sorted(pack["signs"]), sorted(pack["sources"])

    def age():
        return rng.choice([0.0, short(rng.uniform(0, 200)), short(rng.uniform(0, 3000)), oracle.LAPSE_DAYS, 2556.0, 2557.0])

    size = rng.choice([0, 1, 3, 8, 20])
    origins = [f"origin_{k}" for k in range(rng.choice([1, 2, 5, 30]))]
    reports = []
    for _ in range(rng.randint(0, size)):
        r = {"sign": rng.choice(signs), "source": rng.choice(sources), "origin": rng.choice(origins), "age_days": age()}
        if rng.random() < 0.2:
            r["open"] = True
        if rng.random() < 0.2:
            r["remedied"] = rng.choice([0.3, 0.6, 0.85, 1.0])
        reports.append(r)
    looks = [{"sign": rng.choice(signs), "source": rng.choice(sources), "age_days": age()} for _ in range(rng.randint(0, size))]
    silences = [{"source": rng.choice(sources), "norms": rng.sample(oracle.NORMS, rng.randint(1, 8)), "age_days": age()} for _ in range(rng.randint(0, size))]
    return reports, looks, silences


def draw_couplings(rng):
    if rng.random() < 0.5:
        return oracle.COUPLINGS
    pairs = rng.sample([(a, b) for i, a in enumerate(oracle.NORMS) for b in oracle.NORMS[i + 1:]], rng.randint(0, 6))
    return {pair: short(rng.uniform(0, 3)) for pair in pairs}


def belief_case(rng, packs):
    if not packs or rng.random() < 0.04:
        packs.append(draw_pack(rng))
    index = rng.randrange(len(packs))
    pack = packs[index]
    while True:
        prior, couplings = draw_prior(rng), draw_couplings(rng)
        reports, looks, silences = draw_evidence(rng, pack)
        try:
            said = oracle.belief(prior, couplings, reports, looks, silences, pack)
            break
        except (ValueError, np.linalg.LinAlgError):  # the reference's own fit has its limits
            continue
    kept = oracle.admissible(prior)
    out = {"pack": index, "prior": prior, "couplings": [[a, b, k] for (a, b), k in couplings.items()], "reports": reports, "looks": looks, "silences": silences,
           "admissible": {n: float(f"{m:.15g}") for n, m in kept.items()},
           "coupled": long(said["coupled"][n] for n in oracle.NORMS), "any": said["coupled"]["any"],
           "decoupled": long(said["decoupled"][n] for n in oracle.NORMS), "gap": said["protection_gap"]}
    if rng.random() < 0.15:
        out["state_weights"] = long(oracle.state_weights(reports, looks, silences, pack))
    return out


def draw_belief(rng, count):
    packs = []
    cases = [belief_case(rng, packs) for _ in range(count)]
    return {"packs": packs, "cases": cases}


def prior_case(rng):
    q = rng.choice([short(10 ** rng.uniform(-8, -0.1)), 0.5, 0.004])
    m, rho = rng.choice([1.0, 2.0, short(10 ** rng.uniform(0, 6))]), rng.choice([0.05, 0.2, 0.5, short(rng.uniform(0.01, 0.9))])
    ratios = [short(rng.gauss(0, 1)) for _ in range(rng.choice([0, 1, 3, 7]))]
    return {"base_rate": q, "people": m, "clustering": rho, "log_odds_ratios": ratios, "p": oracle.prior_marginal(q, m, rho, ratios)}


DRAW = {"trace": lambda rng, count: [trace_case(rng) for _ in range(count)], "belief": draw_belief,
        "prior": lambda rng, count: [prior_case(rng) for _ in range(count)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=sorted(DRAW))
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", help="a .json or .json.gz file; standard output where blank")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    drawn = DRAW[args.what](rng, args.count)
    lines = (lambda rows: "[\n" + ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows) + "\n]")
    text = (lines(drawn) if isinstance(drawn, list) else "{" + ",".join(f'"{k}":{lines(v)}' for k, v in drawn.items()) + "}") + "\n"
    if args.out is None:
        sys.stdout.write(text)
    elif args.out.endswith(".gz"):
        with open(args.out, "wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as f:
            f.write(text.encode())
    else:
        pathlib.Path(args.out).write_text(text)


if __name__ == "__main__":
    main()

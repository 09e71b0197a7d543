#!/usr/bin/env python3
"""Draws random cases and what the reference model says of them. Needs Python >= 3.11 and numpy.

The reference model (oracle.py) shares no code with the engine. It is looked for in $ONUS_SHARED/oracle, else in ../shared/oracle
beside the repository. The committed files come from

    draw_cases.py trace  --count 500  --seed 20260701 --out trace_cases.json
    draw_cases.py belief --count 1000 --seed 20260701 --out belief_cases.json.gz
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


DRAW = {"trace": trace_case}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=sorted(DRAW))
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", help="a .json or .json.gz file; standard output where blank")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    text = "[\n" + ",\n".join(json.dumps(DRAW[args.what](rng), separators=(",", ":")) for _ in range(args.count)) + "\n]\n"
    if args.out is None:
        sys.stdout.write(text)
    elif args.out.endswith(".gz"):
        with open(args.out, "wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as f:
            f.write(text.encode())
    else:
        pathlib.Path(args.out).write_text(text)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What the reference model says under drawn parameters (model 1.6). Needs Python >= 3.11 and numpy.

Shares no code with the engine: BLAKE3 is written out here from its specification (one chunk), the inverse normal is that of the standard
library, beliefs are those of oracle.py, which is looked for in $ONUS_SHARED/oracle, else in ../shared/oracle beside the repository.
The committed file comes from

    draws_reference.py --out draws_cases.json
"""
import argparse
import json
import math
import os
import pathlib
import statistics
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
SHARED = pathlib.Path(os.environ.get("ONUS_SHARED") or HERE.parents[2] / "shared")
sys.path.insert(0, str(SHARED / "oracle"))
sys.dont_write_bytecode = True
import numpy as np  # noqa: E402

import oracle  # noqa: E402

SEED = 1
SOURCE_SD, STRENGTH_SD, MAPPED_SD = 0.5, 0.3, 1.0
ROOTS = ["child_labour", "forced_labour", "trafficking"]
GRADES = ["weak", "medium", "strong"]

# ---------------------------------------------------------------- BLAKE3 of at most 1024 bytes
IV = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19]
PERMUTED = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
CHUNK_START, CHUNK_END, ROOT = 1, 2, 8


def compress(chaining, words, length, flags):
    v = [*chaining, *IV[:4], 0, 0, length, flags]

    def turn(x, n):
        return (x >> n | x << 32 - n) & 0xFFFFFFFF

    def mix(a, b, c, d, x, y):
        v[a] = (v[a] + v[b] + x) & 0xFFFFFFFF
        v[d] = turn(v[d] ^ v[a], 16)
        v[c] = (v[c] + v[d]) & 0xFFFFFFFF
        v[b] = turn(v[b] ^ v[c], 12)
        v[a] = (v[a] + v[b] + y) & 0xFFFFFFFF
        v[d] = turn(v[d] ^ v[a], 8)
        v[c] = (v[c] + v[d]) & 0xFFFFFFFF
        v[b] = turn(v[b] ^ v[c], 7)

    m = list(words)
    for _ in range(7):
        for i in range(4):
            mix(i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1])
        for i in range(4):
            mix(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[8 + 2 * i], m[9 + 2 * i])
        m = [m[p] for p in PERMUTED]
    return [v[i] ^ v[i + 8] for i in range(8)]


def blake3(data):
    assert len(data) <= 1024
    blocks = [data[i:i + 64] for i in range(0, len(data), 64)] or [b""]
    chaining = IV
    for i, block in enumerate(blocks):
        flags = (CHUNK_START if i == 0 else 0) | (CHUNK_END | ROOT if i == len(blocks) - 1 else 0)
        chaining = compress(chaining, struct.unpack("<16I", block.ljust(64, b"\0")), len(block), flags)
    return struct.pack("<8I", *chaining)


assert blake3(b"").hex() == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"  # the published test vector


def z(kind, key, r):
    u = int.from_bytes(blake3(f"{SEED}|{kind}|{key}|{r}".encode())[:8], "little") >> 11
    return statistics.NormalDist().inv_cdf((u + 0.5) / 2 ** 53)


# ---------------------------------------------------------------- drawn parameters
def moved(p, by):
    return p if p in (0.0, 1.0) else 1 / (1 + math.exp(-(math.log(p / (1 - p)) + by)))


def drawn_pack(pack, r):
    sources = {}
    for name, s in pack["sources"].items():
        d = SOURCE_SD * z("detection", name, r)
        f = min(0.5, s["false_report"] * math.exp(SOURCE_SD * z("false_report", name, r)))
        sources[name] = {**s, "detection": {n: moved(x, d) for n, x in s["detection"].items()},
                         "detection_sign": moved(s["detection_sign"], d), "false_report": f}
    strengths, weaker = {}, None
    for g in GRADES:
        s = pack["strengths"][g]
        present = moved(s["present"], STRENGTH_SD * z("present", g, r))
        absent = present * math.exp(min(0.0, math.log(s["absent"] / s["present"]) + STRENGTH_SD * z("absent", g, r)))
        if weaker:
            present, absent = max(present, weaker["present"]), min(absent, weaker["absent"])
        strengths[g] = weaker = {"present": present, "absent": absent}
    return {**pack, "sources": sources, "strengths": strengths}


def drawn(case, pack, country, sector, tau, r, error=0.02):
    """Coupled, any and decoupled under draw r."""
    pack = drawn_pack(pack, r)
    rows = case["reports"], case["looks"], case["silences"]
    kept = oracle.admissible(case["prior"])
    shift = math.sqrt(0.5) * z("country", country or "-", r) + math.sqrt(0.5) * z("sector", sector or "-", r)
    prior = oracle.fit_prior(kept, oracle.COUPLINGS)
    prior = prior + sum(t * shift * oracle.X[:, oracle.AT[n]] for n, t in zip(ROOTS, tau))
    marginal = oracle.normalise(prior) @ oracle.X
    post = oracle.mixed(prior, oracle.state_weights(*rows, pack), error)
    alone = [0.0] * len(oracle.NORMS)
    for n in kept:
        m = marginal[oracle.AT[n]]
        on_its_own = np.array([math.log1p(-m), math.log(m)])
        alone[oracle.AT[n]] = float(oracle.mixed(on_its_own, oracle.state_weights(*rows, pack, n), error)[1])
    for n in reversed(oracle.NORMS):
        for a in oracle.ABOVE[n]:
            alone[oracle.AT[a]] = max(alone[oracle.AT[a]], alone[oracle.AT[n]])
    return {"r": r, "coupled": (post @ oracle.X).tolist(), "any": float(post[1:].sum()), "decoupled": alone}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", help="standard output where blank")
    args = parser.parse_args()
    golden = json.loads((HERE / "golden.json").read_text())
    places = [("IND", "0116", [0.8, 1.0, 1.0]), ("MYS", "1040", [1.5, 1.5, 1.5]), (None, None, [0.6, 1.5, 0.0])]
    keys = [("country", "IND"), ("country", "-"), ("sector", "0116"), ("sector", "-"), ("detection", "audit_announced"),
            ("false_report", "ngo_investigation"), ("present", "strong"), ("absent", "weak"), ("mapped", "mill")]
    strengths = {r: drawn_pack(golden["pack"], r)["strengths"] for r in range(1, 201)}
    restored = [r for r in strengths if strengths[r]["strong"]["present"] == strengths[r]["medium"]["present"]
                or strengths[r]["medium"]["present"] == strengths[r]["weak"]["present"]]
    cases = []
    for i, case in enumerate(golden["belief"]):
        country, sector, tau = places[i % len(places)]
        rs = [1, 2 + i, 200] + ([restored[i % len(restored)]] if restored else [])
        cases.append({"name": case["name"], "country": country, "sector": sector, "tau": tau,
                      "draws": [drawn(case, golden["pack"], country, sector, tau, r) for r in rs]})
    out = {"seed": SEED, "z": [{"kind": k, "key": key, "r": r, "z": z(k, key, r)} for k, key in keys for r in (1, 57, 200)],
           "restored": restored, "strengths": [{"r": r, **strengths[r]} for r in (1, 2, 3, *restored[:5])], "cases": cases}
    text = json.dumps(out, indent=1) + "\n"
    if args.out:
        pathlib.Path(args.out).write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()

"""The walk against peers on the same files in one run.

    python benches/peers/walk_peers.py ONUS WORKDIR [--nodes 1000000] [--links 10600000] [--only polars,duckdb,scipy,graphblas] [--repeat 1]
    python benches/peers/walk_peers.py ONUS WORKDIR --nodes 10000000 --links 100000000 --parquet --memory third

With --parquet the tables are Parquet, and with --memory SIZE (or `third`: of the graph's 12 bytes a link) we run alone, in memory and then with links kept
on disk, and the slowdown and the largest difference of any figure are printed.

ONUS: the release binary. Files are drawn once into WORKDIR: nodes.csv (node_id, mapped_share, p of four norms) and links.csv (supplier_id,
buyer_id, value), ids in random order, 11 % of the nodes without suppliers, 10 % without buyers, degrees of heavy tail.

  polars    read, join ids, normalise in polars; iterate x = source + diag((1-p) mapped) W x in scipy, one dense block for all norms, until
            touched + unseen + clear is within 1e-9 of 1 at every node; write Parquet. As a good analyst would write it.
  duckdb    read and normalise in SQL; one round of the same iteration in SQL, timed, times the rounds that polars + scipy took.
  scipy     the iteration alone, from the ready matrix. graphblas: the same with SuiteSparse:GraphBLAS on two threads.

Ours ends at the same defect, whatever way it takes there. Peak memory is that of the process (`/usr/bin/time`-like, from the system's own count of
children); the figures of all are compared with ours, and the largest difference is printed.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

NORMS = ["child_labour", "forced_labour", "trafficking", "any"]


def draw(work, n, m, parquet=False, seed=20261122):
    import numpy as np
    import polars as pl

    kind = "parquet" if parquet else "csv"
    nodes, links = work / f"nodes_{n}.{kind}", work / f"links_{n}.{kind}"
    if nodes.exists() and links.exists():
        return nodes, links
    rng = np.random.default_rng(seed)
    names = rng.permutation(n)
    ids = pl.Series("node_id", [f"N{i:08d}" for i in names])
    kind = rng.random(n)
    buys, sells = kind > 0.11, (kind <= 0.90) | (kind > 0.9999)
    weight = rng.pareto(1.6, n) + 0.2
    buyers, sellers = np.flatnonzero(buys), np.flatnonzero(sells)

    def pick(pool, size):
        cum = np.cumsum(weight[pool])
        return pool[np.searchsorted(cum, rng.random(size) * cum[-1])]

    # Every buyer has a supplier, every seller a buyer; the rest by weight.
    b = np.concatenate([buyers, pick(buyers, len(sellers)), pick(buyers, max(0, m - len(buyers) - len(sellers)))])
    s = np.concatenate([pick(sellers, len(buyers)), sellers, pick(sellers, max(0, m - len(buyers) - len(sellers)))])
    keep = b != s
    b, s = b[keep], s[keep]
    value = np.round(np.exp(rng.normal(9, 1.4, len(b))), 2)
    mapped = np.where(buys, np.round(0.6 + 0.4 * rng.random(n), 4), 1.0)
    columns = {"node_id": ids, "mapped_share": mapped}
    for k, norm in enumerate(NORMS):
        base = np.where(rng.random(n) < 0.05, 0.3, 0.01 * (k + 1))
        columns[f"p_{norm}"] = np.round(base * rng.random(n), 6)
    order = rng.permutation(len(b))
    if parquet:
        import pyarrow.parquet as pq

        pl.DataFrame(columns).write_parquet(nodes)
        writer = None
        for part in np.array_split(order, max(1, len(order) // 5_000_000)):
            table = pl.DataFrame({"supplier_id": ids.gather(s[part]), "buyer_id": ids.gather(b[part]), "value": value[part]}).to_arrow()
            writer = writer or pq.ParquetWriter(links, table.schema, compression="zstd")
            writer.write_table(table, row_group_size=1_000_000)
        writer.close()
        return nodes, links
    pl.DataFrame(columns).write_csv(nodes)
    pl.DataFrame({"supplier_id": ids.gather(s[order]), "buyer_id": ids.gather(b[order]), "value": value[order]}).write_csv(links)
    return nodes, links


def matrix(nodes_file, links_file):
    """Ids, (1-p) mapped, sources and W as polars and scipy make them."""
    import numpy as np
    import polars as pl
    import scipy.sparse as sp

    clock = [time.time()]
    nodes = pl.read_csv(nodes_file).sort("node_id").with_row_index("i")
    links = pl.read_csv(links_file)
    clock.append(time.time())
    index = nodes.select("node_id", "i")
    links = links.join(index.rename({"node_id": "supplier_id", "i": "s"}), on="supplier_id").join(index.rename({"node_id": "buyer_id", "i": "b"}), on="buyer_id")
    links = links.group_by("b", "s").agg(pl.col("value").sum())
    links = links.with_columns(w=pl.col("value") / pl.col("value").sum().over("b"))
    clock.append(time.time())
    n = len(nodes)
    w = sp.csr_matrix((links["w"].to_numpy(), (links["b"].to_numpy(), links["s"].to_numpy())), shape=(n, n))
    ends = np.diff(w.indptr) == 0
    mapped = nodes["mapped_share"].to_numpy()
    on, source = [], []
    for norm in NORMS:
        p = nodes[f"p_{norm}"].to_numpy()
        on.append((1 - p) * mapped)
        source += [p, (1 - p) * (1 - mapped), (1 - p) * mapped * ends]
    clock.append(time.time())
    return nodes["node_id"], w, np.repeat(np.array(on).T, 3, axis=1), np.array(source).T.copy(), clock


def iterate(product, on, source, tolerance=1e-9):
    import numpy as np

    x, rounds = np.zeros_like(source), 0
    while True:
        x = source + on * product(x)
        rounds += 1
        closed = x.reshape(len(x), len(NORMS), 3).sum(2)
        if np.abs(1 - closed).max() < tolerance or rounds > 2000:
            return x, rounds


def polars_scipy(nodes, links, out):
    import polars as pl

    start = time.time()
    ids, w, on, source, clock = matrix(nodes, links)
    solving = time.time()
    x, rounds = iterate(lambda x: w @ x, on, source)
    solved = time.time()
    columns = {"node_id": ids}
    for k, norm in enumerate(NORMS):
        for j, figure in enumerate(["touched", "unseen", "clear"]):
            columns[f"{figure}_{norm}"] = x[:, 3 * k + j]
    pl.DataFrame(columns).write_parquet(out)
    done = time.time()
    steps = [clock[1] - clock[0], clock[2] - clock[1], clock[3] - clock[2], solved - solving, done - solved]
    return dict(seconds=done - start, read=steps[0], join=steps[1], matrix=steps[2], solve=steps[3], write=steps[4], rounds=rounds)


def scipy_alone(nodes, links, _):
    _, w, on, source, _ = matrix(nodes, links)
    start = time.time()
    _, rounds = iterate(lambda x: w @ x, on, source)
    return dict(solve=time.time() - start, rounds=rounds)


def graphblas_alone(nodes, links, _):
    import graphblas as gb
    import numpy as np

    gb.ss.config["nthreads"] = 2
    _, w, on, source, _ = matrix(nodes, links)
    a = gb.io.from_scipy_sparse(w)

    def product(x):
        dense = gb.Matrix.from_dense(x)
        result = a.mxm(dense, gb.semiring.plus_times).new()
        return result.to_dense(fill_value=0.0)

    product(source)
    start = time.time()
    _, rounds = iterate(product, on, source)
    return dict(solve=time.time() - start, rounds=rounds)


def duckdb_rounds(nodes, links, _, rounds):
    import duckdb

    db = duckdb.connect()
    db.execute("SET threads = 2")
    start = time.time()
    db.execute(f"CREATE TABLE n AS SELECT row_number() OVER (ORDER BY node_id) - 1 AS i, * FROM read_csv('{nodes}')")
    db.execute(f"""CREATE TABLE w AS SELECT b.i AS b, s.i AS s, sum(value) / sum(sum(value)) OVER (PARTITION BY b.i) AS w
        FROM read_csv('{links}') JOIN n b ON b.node_id = buyer_id JOIN n s ON s.node_id = supplier_id GROUP BY b.i, s.i""")
    read = time.time() - start
    figures = [f"{f}_{norm}" for norm in NORMS for f in ("t", "u", "c")]
    sources = []
    for norm in NORMS:
        p = f"p_{norm}"
        sources += [f"{p} AS t_{norm}", f"(1-{p})*(1-mapped_share) AS u_{norm}", f"CASE WHEN i IN (SELECT b FROM w) THEN 0 ELSE (1-{p})*mapped_share END AS c_{norm}"]
    db.execute(f"CREATE TABLE src AS SELECT i, mapped_share, {', '.join('p_' + norm for norm in NORMS)}, {', '.join(sources)} FROM n")
    db.execute("CREATE TABLE x AS SELECT i, " + ", ".join(figures) + " FROM src")
    took = []
    for _ in range(3):
        start = time.time()
        sums = ", ".join(f"sum(w * x.{f}) AS {f}" for f in figures)
        new = ", ".join(f"src.{f} + (1-src.p_{f[2:]})*src.mapped_share*coalesce(a.{f}, 0) AS {f}" for f in figures)
        db.execute(f"CREATE OR REPLACE TABLE x2 AS SELECT src.i, {new} FROM src LEFT JOIN (SELECT b, {sums} FROM w JOIN x ON x.i = w.s GROUP BY b) a ON a.b = src.i")
        db.execute("DROP TABLE x; ALTER TABLE x2 RENAME TO x")
        took.append(time.time() - start)
    took.sort()
    return dict(seconds=read + took[1] * rounds, read=read, solve=took[1] * rounds, a_round=took[1], rounds=rounds)


PEERS = {"polars": polars_scipy, "scipy": scipy_alone, "graphblas": graphblas_alone, "duckdb": duckdb_rounds}


def child(arguments):
    """Runs a command; seconds, peak MB of it, and the last line that it printed."""
    start = time.time()
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    said = process.stdout.read()
    _, status, usage = __import__("os").wait4(process.pid, 0)
    if status:
        sys.exit(f"{arguments} failed: {said}")
    return time.time() - start, usage.ru_maxrss / 1024, said


def on_disk(args, nodes, links):
    """Our walk in memory and with links on disk, on the same tables: seconds by stage, peak, slowdown, largest difference."""
    import polars as pl

    rows, files = [], []
    for name in ["in memory", "on disk"]:
        out = args.work / f"onus_{name.replace(' ', '_')}.parquet"
        command = [args.onus, "walk", str(nodes), str(links), "-o", str(out), "--json"]
        if rows:
            third = 12 * rows[0][1]["links"] // 3
            memory = f"{third // (1 << 20)}MiB" if args.memory == "third" else args.memory
            command += ["--memory", memory]
            name = f"links within {memory}"
        wall, peak, said = child(command)
        rows.append((name, json.loads(said), wall, peak))
        files.append(out)
    print(f"{args.nodes} nodes, {rows[0][1]['links']} links (12 bytes each: {12 * rows[0][1]['links'] / (1 << 20):.0f} MiB); {nodes.stat().st_size / 1e6:.0f} + {links.stat().st_size / 1e6:.0f} MB")
    print("\n| | whole, s | read | build | solve | write | peak MiB | sweeps | times as long | solve, times as long |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    base = rows[0]
    for name, told, wall, peak in rows:
        t = told["seconds"]
        print(f"| {name} | {wall:.1f} | {t['read']:.1f} | {t['build']:.1f} | {t['solve']:.1f} | {t['write']:.1f} | {peak:.0f} | {told['sweeps']} | {wall / base[2]:.2f} | {t['solve'] / base[1]['seconds']['solve']:.2f} |")
    print(f"\nlargest circle {base[1]['largest_circle']} nodes, defects " + ", ".join(f"{r[1]['defect']:.1e}" for r in rows))
    worst = 0.0
    for column in [c for c in pl.scan_parquet(files[0]).collect_schema().names() if c != "node_id"]:
        a, b = (pl.read_parquet(f, columns=[column])[column] for f in files)
        worst = max(worst, (a - b).abs().max())
    print(f"largest difference of any figure: {worst:.1e}")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("onus")
    ap.add_argument("work", type=Path)
    ap.add_argument("--nodes", type=int, default=1_000_000)
    ap.add_argument("--links", type=int, default=10_600_000)
    ap.add_argument("--only", default="polars,scipy,graphblas,duckdb")
    ap.add_argument("--repeat", type=int, default=1)
    ap.add_argument("--parquet", action="store_true")
    ap.add_argument("--memory")
    ap.add_argument("--peer")
    ap.add_argument("--rounds", type=int, default=60)
    args = ap.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    nodes, links = draw(args.work, args.nodes, args.links, args.parquet)
    if args.memory:
        on_disk(args, nodes, links)
        return
    if args.parquet:
        sys.exit("peers read CSV: give --memory with --parquet")
    if args.peer:
        extra = [args.rounds] if args.peer == "duckdb" else []
        print(json.dumps(PEERS[args.peer](nodes, links, args.work / f"{args.peer}.parquet", *extra)))
        return
    print(f"{args.nodes} nodes, {args.links} links; {nodes.stat().st_size / 1e6:.0f} + {links.stat().st_size / 1e6:.0f} MB of CSV")
    rounds = args.rounds
    for _ in range(args.repeat):
        rows = []
        wall, peak, said = child([args.onus, "walk", str(nodes), str(links), "-o", str(args.work / "onus.parquet"), "--json"])
        ours = json.loads(said)
        own = ours["seconds"]
        rows.append(("onus", wall, own["read"], own["build"], own["solve"], own["write"], peak, ours["sweeps"]))
        for peer in [p for p in args.only.split(",") if p]:
            command = [sys.executable, __file__, args.onus, str(args.work), "--nodes", str(args.nodes), "--links", str(args.links), "--peer", peer, "--rounds", str(rounds)]
            wall_peer, peak_peer, said = child(command)
            told = json.loads(said.strip().splitlines()[-1])
            rounds = told.get("rounds", rounds)
            # What a process takes to start is ours as well as theirs; the seconds of a peer are its own count where it has one.
            rows.append((peer, told.get("seconds"), told.get("read"), (told.get("join") or 0) + (told.get("matrix") or 0), told["solve"], told.get("write"), peak_peer, told["rounds"]))
        print("\n| | whole, s | read | join ids, build | solve | write | peak MB | rounds | whole / ours | solve / ours |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        show = lambda x: "" if x is None else f"{x:.2f}"  # noqa: E731
        for name, whole, read, build, solve, write, peak, n in rows:
            ratio = "" if whole is None else f"{whole / rows[0][1]:.2f}"
            print(f"| {name} | {show(whole)} | {show(read)} | {show(build)} | {show(solve)} | {show(write)} | {peak:.0f} | {n} | {ratio} | {solve / rows[0][4]:.2f} |")
        print(f"\nlargest circle {ours['largest_circle']} nodes, defect {ours['defect']:.1e}")
        if "polars" in args.only:
            import polars as pl

            a, b = (pl.read_parquet(args.work / f"{f}.parquet").sort("node_id") for f in ("onus", "polars"))
            worst = max((a[c] - b[c]).abs().max() for c in b.columns if c != "node_id")
            print(f"largest difference of any figure: {worst:.1e}")


if __name__ == "__main__":
    main()

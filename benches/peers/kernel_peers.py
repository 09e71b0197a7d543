"""Kernels of the walk against peers on the same files in one run: components, reach, and touched under a hundred draws.

    python benches/peers/kernel_peers.py WORKDIR [--nodes 1000000] [--links 10600000] [--only igraph,rustworkx,scipy] [--bench "cargo bench --bench trace --"]

Files are those of walk_peers.py. Ours runs by `--bench`, in the folder of the project.

  igraph     strongly connected components, and how many nodes are upstream of each of 64 buyers (neighborhood_size without bound).
  rustworkx  the same (strongly_connected_components, ancestors).
  scipy      components (csgraph); touched of 100 draws as one dense block, x = p + diag((1-p) mapped) W x from 0, float32, until every figure is
             within 1e-5 of its value: the rounds that this takes are found before the clock starts.

Draw r has p (0.5 + r / 100) at every node. Largest differences and counts are compared.
"""

import argparse
import json
import shlex
import subprocess
import time
from pathlib import Path

from walk_peers import draw

DRAWS = 100


def network(nodes_file, links_file):
    import numpy as np
    import polars as pl
    import scipy.sparse as sp

    nodes = pl.read_csv(nodes_file).sort("node_id").with_row_index("i")
    index = nodes.select("node_id", "i")
    links = pl.read_csv(links_file)
    links = links.join(index.rename({"node_id": "supplier_id", "i": "s"}), on="supplier_id").join(index.rename({"node_id": "buyer_id", "i": "b"}), on="buyer_id")
    links = links.group_by("b", "s").agg(pl.col("value").sum())
    links = links.with_columns(w=pl.col("value") / pl.col("value").sum().over("b"))
    n = len(nodes)
    w = sp.csr_matrix((links["w"].to_numpy(), (links["b"].to_numpy(), links["s"].to_numpy())), shape=(n, n))
    return w, nodes["p_any"].to_numpy(), np.where(np.diff(w.indptr) == 0, 1.0, nodes["mapped_share"].to_numpy())


def igraph_kernels(w, starts):
    import igraph
    import numpy as np

    b = np.repeat(np.arange(w.shape[0]), np.diff(w.indptr))
    graph = igraph.Graph(n=w.shape[0], edges=np.column_stack([b, w.indices]), directed=True)
    clock = time.time()
    components = graph.connected_components(mode="strong")
    took = time.time() - clock
    clock = time.time()
    sizes = graph.neighborhood_size(vertices=starts, order=w.shape[0], mode="out")
    return dict(components=took, count=len(components), reach=time.time() - clock, reached=sum(sizes) - len(starts))


def rustworkx_kernels(w, starts):
    import numpy as np
    import rustworkx as rx

    graph = rx.PyDiGraph()
    graph.add_nodes_from(range(w.shape[0]))
    b = np.repeat(np.arange(w.shape[0]), np.diff(w.indptr))
    graph.add_edges_from_no_data(list(zip(b.tolist(), w.indices.tolist())))
    clock = time.time()
    components = rx.strongly_connected_components(graph)
    took = time.time() - clock
    clock = time.time()
    reached = sum(len(rx.descendants(graph, s)) for s in starts)
    return dict(components=took, count=len(components), reach=time.time() - clock, reached=reached)


def scipy_kernels(w, p, mapped, ours):
    import numpy as np
    from scipy.sparse.csgraph import connected_components

    clock = time.time()
    count, _ = connected_components(w, directed=True, connection="strong")
    components = time.time() - clock
    block = np.minimum(1, p[:, None] * (0.5 + np.arange(DRAWS) / 100)).astype(np.float32)
    on = ((1 - block) * mapped[:, None]).astype(np.float32)
    w32 = w.astype(np.float32)

    def rounds_of(reference):
        x, rounds = block.copy(), 0
        while np.abs(x - reference).max() > 1e-5 and rounds < 500:
            x = block + on * (w32 @ x)
            rounds += 1
        return rounds, np.abs(x - reference).max()

    rounds, difference = rounds_of(ours)
    clock = time.time()
    x = block.copy()
    for _ in range(rounds):
        x = block + on * (w32 @ x)
    return dict(components=components, count=int(count), draws=time.time() - clock, rounds=rounds, difference=float(difference))


def main():
    import numpy as np

    ap = argparse.ArgumentParser()
    ap.add_argument("work", type=Path)
    ap.add_argument("--nodes", type=int, default=1_000_000)
    ap.add_argument("--links", type=int, default=10_600_000)
    ap.add_argument("--only", default="igraph,rustworkx,scipy")
    ap.add_argument("--bench", default="cargo bench --bench trace --")
    args = ap.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    nodes, links = (f.resolve() for f in draw(args.work, args.nodes, args.links))
    out = (args.work / "draws.f32").resolve()
    said = subprocess.run([*shlex.split(args.bench), "files", str(nodes), str(links), str(out)], check=True, capture_output=True, text=True).stdout
    ours = json.loads(said.strip().splitlines()[-1])
    w, p, mapped = network(nodes, links)
    rows = [("onus", ours)]
    for peer in args.only.split(","):
        if peer == "scipy":
            drawn = np.fromfile(out, dtype="<f4").reshape(w.shape[0], DRAWS)
            rows.append((peer, scipy_kernels(w, p, mapped, drawn)))
        else:
            rows.append((peer, {"igraph": igraph_kernels, "rustworkx": rustworkx_kernels}[peer](w, ours["starts"])))
    print(f"{args.nodes} nodes, {w.nnz} links, largest circle {ours['largest']}\n")
    print("| | components, s | / ours | reach of 64 buyers, s | / ours | 100 draws of touched, s | / ours |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, told in rows:
        cells = [name]
        for kernel in ("components", "reach", "draws"):
            took = told.get(kernel)
            cells += ["", ""] if took is None else [f"{took:.3f}", f"{took / ours[kernel]:.1f}"]
        print("| " + " | ".join(cells) + " |")
    for name, told in rows[1:]:
        notes = [f"components {'agree' if told['count'] == ours['count'] else told['count']}"]
        if "reached" in told:
            notes.append("reach agrees" if told["reached"] == ours["reached"] else f"reach {told['reached']} against {ours['reached']}")
        if "rounds" in told:
            notes.append(f"{told['rounds']} rounds, largest difference {told['difference']:.1e}")
        print(f"{name}: " + "; ".join(notes))


if __name__ == "__main__":
    main()

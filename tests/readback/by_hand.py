"""Recomputes a brand's contributions from the palm oil sources by the documented rules, sharing no code with the engine.

usage: by_hand.py NODES.csv LINKS.csv.gz P.csv BRAND_NAME...

P.csv (node_id,p) holds the probability of each place. Prints brand,node,visits,touched as CSV. Rules: goods alone (buys_from); of each
discloser the latest period; a brand's own disclosure at every buyer where it has one, else what is said for everybody (estates of mills);
equal parts per distinct product, and within it per distinct supplier; 0.5 of what a buyer buys is taken as known, all at an estate,
nothing at a node without suppliers; the brand itself is no workplace. A trader passes palm oil on as palm oil and kernel oil as kernel oil: what goes to
it as one goes on to those who sold it that, or a mixture of both; what goes to it as a mixture goes on to all.
"""

import csv
import gzip
import sys
from collections import defaultdict

AS_OF = "2023-12-31"
# A mixture has no heading of its own.
HEADING = {"palm oil": "1511", "palm kernel oil": "1513"}
ENDS = {"H1": "06-30", "H2": "12-31"}


def last_day(period):
    year, half = period[:4], period[4:]
    return f"{year}-{ENDS[half] if half else '12-31'}"


def first_day(period):
    return f"{period[:4]}-{'07-01' if period[4:] == 'H2' else '01-01'}"


nodes_file, links_file, p_file, *brands = sys.argv[1:]
with open(nodes_file, encoding="utf-8", newline="") as f:
    nodes = {r["id"]: r for r in csv.DictReader(f)}
with open(p_file, encoding="utf-8", newline="") as f:
    p = {r["node_id"]: float(r["p"]) for r in csv.DictReader(f)}
brand_of_name = {r["name"]: i for i, r in nodes.items() if r["kind"] == "brand"}

rows = []
with gzip.open(links_file, "rt", encoding="utf-8", newline="") as f:
    for r in csv.DictReader(f):
        if r["relation"] != "buys_from":
            continue
        to_mill = nodes[r["buyer"]]["kind"] == "mill" and nodes[r["supplier"]]["kind"] == "estate"
        scope = None if to_mill else brand_of_name[r["reported_by"]]
        rows.append((scope, r["buyer"], r["supplier"], r["product"], r["period"]))

latest = {}
for scope, buyer, _, _, period in rows:
    discloser = (scope, None if scope else buyer)
    key = (last_day(period), first_day(period))
    if key[1] <= AS_OF and key > latest.get(discloser, ("", "")):
        latest[discloser] = key

suppliers = defaultdict(lambda: defaultdict(set))  # (scope, buyer) -> product -> suppliers
for scope, buyer, supplier, product, period in rows:
    if last_day(period) == latest[(scope, None if scope else buyer)][0] and supplier != buyer:
        suppliers[(scope, buyer)][product].add(supplier)

out = csv.writer(sys.stdout)
out.writerow(["brand", "node", "visits", "touched"])
for name in brands:
    brand = brand_of_name[name]

    def goods(node):
        return suppliers.get((brand, node)) or suppliers.get((None, node)) or {}

    def passed_on(node, heading):
        """Weight of each supplier, as what it sells, in one visit of a node as what it sells."""
        by_product = {g: s for g, s in goods(node).items() if heading is None or HEADING.get(g, heading) == heading}
        known = 1.0 if nodes[node]["kind"] == "estate" else 0.5
        on = (1.0 - (0.0 if node == brand else p.get(node, 0.0))) * known
        weights = defaultdict(float)
        for product, of_product in by_product.items():
            for s in of_product:
                apart = HEADING.get(product) if nodes[s]["kind"] == "trader" else None
                weights[(s, apart)] += on / len(by_product) / len(of_product)
        return weights

    visits, arriving, rows_of = defaultdict(float), {(brand, None): 1.0}, {}
    while arriving and sum(arriving.values()) > 1e-15:
        following = defaultdict(float)
        for at, mass in arriving.items():
            visits[at[0]] += mass
            if at not in rows_of:
                rows_of[at] = passed_on(*at)
            for supplier, weight in rows_of[at].items():
                following[supplier] += mass * weight
        arriving = following
    for node in sorted(visits):
        risk = 0.0 if node == brand else p.get(node, 0.0)
        out.writerow([brand, node, repr(visits[node]), repr(visits[node] * risk)])

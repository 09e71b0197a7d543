#!/usr/bin/env python3
"""Opens every Parquet table of a result folder with pyarrow and with DuckDB and holds both against codebook.csv, run.json and the sums.

usage: check.py RESULT        needs pyarrow and duckdb; exit code 0: all holds, 1: something does not, 2: nothing could be checked
"""
import csv
import json
import pathlib
import sys

import duckdb
import pyarrow
import pyarrow.parquet as pq

ARROW = {"text": "string", "float64": "double", "int64": "int64", "boolean": "bool"}
DUCK = {"text": "VARCHAR", "float64": "DOUBLE", "int64": "BIGINT", "boolean": "BOOLEAN"}
SORTED_BY = {"sites": "node_id", "priors": "node_id", "evidence": "node_id", "exposure": "node_id", "contributions": "focal_id",
             "contribution_sums": "focal_id", "links": "supplier_id", "warnings": "file",
             "findings": "node_id", "practices": "buyer_id", "records": "node_id", "chokepoints": "focal_id", "footprint": "node_id",
             "actions": "node_id", "duties": "focal_id", "remedies": "node_id", "remedy_shares": "node_id", "overrides": "node_id",
             "contests": "node_id", "portfolio": "portfolio", "portfolio_contributions": "portfolio", "walk_nodes": "focal_id",
             "walk_links": "focal_id"}
WALK = "norm, view, mapped_rule"
ROUNDING, AGREEMENT = 1e-9, 1e-6

# Each query gives rows that should not exist.
SUMS = {
    "touched = on evidence + by context":
        f"select node_id, {WALK} from exposure where abs(touched - touched_on_evidence - touched_by_context) > {ROUNDING}",
    "touched + unseen + exited + clear + defect = 1":
        f"select node_id, {WALK} from exposure where abs(1 - touched - unseen - exited - clear - defect) > {ROUNDING}",
    "expected between touched and touched + unseen":
        f"select node_id from exposure where expected < touched - {ROUNDING} or expected > touched + unseen + {ROUNDING}",
    "contributions + rest = touched":
        f"""select * from (select focal_id node_id, {WALK}, sum(touched) t, sum(is_rest::int) r from contributions group by all)
            left join exposure using (node_id, {WALK}) where r != 1 or touched is null or abs(t - touched) > {AGREEMENT}""",
    "sums of a dimension = the focal node's figures":
        f"""select * from (select focal_id node_id, {WALK}, dimension, sum(touched_on_evidence) e, sum(touched_by_context) c, sum(unseen) u,
                                  sum(clear) k from contribution_sums group by all) left join exposure using (node_id, {WALK})
            where touched is null or greatest(abs(e - touched_on_evidence), abs(c - touched_by_context), abs(u - unseen), abs(k - clear)) > {AGREEMENT}""",
    "shares of a remedy sum to 1":
        f"select node_id, currency from remedy_shares group by all having abs(sum(share) - 1) > {AGREEMENT} or sum(is_rest::int) != 1",
    "actions stand in the order of sites":
        "select a.node_id from actions a left join sites s using (node_id) where s.priority is null or s.priority != a.priority",
    "no row ends orders without its ledger": "select node_id from actions where ends_orders != (ledger_people is not null)",
    "a place has a probability exactly where it says so":
        'select node_id from sites where has_posterior != ("any" is not null) or has_posterior = (state = \'no_posterior\')',
    "the steps of a kept walk lead from and to its vertices, and a buyer's weights sum to 1":
        """select focal_id, buyer from walk_links group by all having abs(sum(weight) - 1) > 1e-9
           union all select focal_id, buyer from walk_links anti join walk_nodes n on walk_links.focal_id = n.focal_id and buyer = vertex
           union all select focal_id, supplier from walk_links anti join walk_nodes n on walk_links.focal_id = n.focal_id and supplier = vertex""",
    "implying <= implied <= any": """select node_id from sites where has_posterior and (greatest(hazardous_child_work_coupled,
        worst_forms_coupled) > child_labour_coupled + 1e-9 or greatest(debt_bondage_coupled, state_imposed_coupled) > forced_labour_coupled + 1e-9
        or child_trafficking_coupled > least(trafficking_coupled, worst_forms_coupled) + 1e-9
        or greatest(child_labour_coupled, forced_labour_coupled, trafficking_coupled) > "any" + 1e-9)""",
}


def main(folder):
    faults = []

    def hold(ok, what):
        if not ok:
            faults.append(what)

    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    codebook = list(csv.DictReader((folder / "codebook.csv").open(encoding="utf-8", newline="")))
    db = duckdb.connect()
    tables = sorted({(r["table"], r["file"]) for r in codebook if r["file"].endswith(".parquet")})
    if not tables:
        return None
    on_disk = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    hold(on_disk == set(run["files"]) | {"run.json", "inputs.json", "timing.json"}, f"files differ from run.json: {sorted(on_disk ^ set(run['files']))}")
    for table, file in tables:
        declared = [r for r in codebook if r["table"] == table]
        names = [r["column"] for r in declared]
        path = folder / file
        arrow = pq.read_table(path)
        hold(arrow.column_names == names, f"{file}: pyarrow sees {arrow.column_names}")
        hold([str(t) for t in arrow.schema.types] == [ARROW[r["type"]] for r in declared], f"{file}: pyarrow types {arrow.schema.types}")
        hold(arrow.num_rows == run["files"][file]["rows"], f"{file}: {arrow.num_rows} rows, run.json {run['files'][file]['rows']}")
        for row in declared:
            column = arrow.column(row["column"])
            hold(row["may_be_empty"] == "true" or column.null_count == 0, f"{file}: {row['column']} is empty {column.null_count} times")
            words = set(filter(None, row["values"].split("|")))
            hold(not words or set(column.unique().to_pylist()) - {None} <= words, f"{file}: {row['column']} holds words outside its list")
        meta = {k.decode(): v.decode() for k, v in (pq.read_metadata(path).metadata or {}).items()}
        hold(meta.get("onus.dataset_hash") == run["dataset"]["hash"] and meta.get("onus.pack_hash") == run["pack"]["hash"], f"{file}: stamp differs")
        hold("ARROW:schema" not in meta, f"{file}: carries an Arrow schema")
        hold(isinstance(json.loads(meta.get("onus.scores", "null")), dict), f"{file}: no score metadata")

        db.execute(f"create view {table} as select * from read_parquet('{path.as_posix()}')")
        seen = db.execute(f"describe {table}").fetchall()
        hold([s[0] for s in seen] == names, f"{file}: DuckDB sees other columns")
        hold([s[1] for s in seen] == [DUCK[r["type"]] for r in declared], f"{file}: DuckDB types {[s[1] for s in seen]}")
        hold(db.execute(f"select count(*) from {table}").fetchone()[0] == arrow.num_rows, f"{file}: DuckDB counts other rows")
        lead = [x.encode() for x in arrow.column(SORTED_BY[table]).to_pylist()]
        hold(lead == sorted(lead), f"{file}: not sorted by {SORTED_BY[table]}")
        for row in declared:
            if row["type"] == "float64":
                bad = db.execute(f'select count(*) from {table} where not isfinite("{row["column"]}")').fetchone()[0]
                hold(bad == 0, f"{file}: {row['column']} holds {bad} numbers that are none")
    for what, query in SUMS.items():
        wrong = db.execute(query).fetchall()
        hold(not wrong, f"{what}: {len(wrong)} rows, the first {wrong[:1]}")
    for file in ("register.csv", "quarantine.csv"):
        with (folder / file).open(encoding="utf-8", newline="") as opened:
            reader = csv.reader(opened)
            hold(next(reader) == [r["column"] for r in codebook if r["file"] == file], f"{file}: other columns")
            numbers = {i for i, r in enumerate(r for r in codebook if r["file"] == file) if r["type"] != "text"}
            for row in reader:
                hold(all(i in numbers or not c.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for i, c in enumerate(row)), f"{file}: {row}")
    return faults, len(tables)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    outcome = main(pathlib.Path(sys.argv[1]))
    if outcome is None:
        print("codebook.csv declares no Parquet table")
        sys.exit(2)
    for fault in outcome[0]:
        print("FAILS", fault)
    print(f"{outcome[1]} tables read by pyarrow {pyarrow.__version__} and DuckDB {duckdb.__version__}: {len(outcome[0])} faults")
    sys.exit(1 if outcome[0] else 0)

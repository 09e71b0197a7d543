#!/usr/bin/env python3
"""Opens register.xlsx with openpyxl and holds it against register.csv and codebook.csv of the result: types, values, header, rules.

usage: workbook.py RESULT [register.xlsx]        needs openpyxl; exit code 0: all holds, 1: something does not
"""
import csv
import datetime
import pathlib
import re
import sys

import openpyxl

TEAM = ["owner", "due", "status", "comment"]
QUARTER = re.compile(r"^(\d{4})Q([1-4])$")


def expected(text, kind):
    if text == "":
        return None
    if kind in ("float64", "int64"):
        return float(text)
    if kind == "boolean":
        return text == "true"
    quarter = QUARTER.match(text)
    if quarter:
        year, month = int(quarter[1]), 3 * int(quarter[2])
        return datetime.datetime(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)
    # In the CSV an apostrophe keeps a text from being run; in a workbook it is a text anyway.
    return text[1:] if re.match(r"^' *[=+\-@\t\r\n]", text) else text


def main(folder, book):
    faults = []

    def hold(ok, what):
        if not ok:
            faults.append(what)

    codebook = [r for r in csv.DictReader((folder / "codebook.csv").open(encoding="utf-8", newline="")) if r["table"] == "register"]
    rows = list(csv.DictReader((folder / "register.csv").open(encoding="utf-8", newline="")))
    opened = openpyxl.load_workbook(book)
    hold(opened.sheetnames[:2] == ["Read me", "register"] and "columns" in opened.sheetnames, f"sheets {opened.sheetnames}")
    sheet = opened["register"]
    header = [c.value for c in sheet[1]]
    hold(set(header) >= {r["column"] for r in codebook} | set(TEAM), f"columns {header}")
    hold(sheet.freeze_panes == "D2", f"frozen at {sheet.freeze_panes}")
    hold(sheet.auto_filter.ref is not None, "no filter")
    hold(len(sheet.conditional_formatting) >= 3, "no conditional formats")
    kinds = sorted(v.type for v in sheet.data_validations.dataValidation)
    hold(kinds == ["date", "list", "textLength", "textLength"], f"data validation {kinds}")
    hold(sheet.max_row == len(rows) + 1, f"{sheet.max_row - 1} rows, register.csv {len(rows)}")
    types = {r["column"]: r["type"] for r in codebook}
    for row, told in zip(sheet.iter_rows(min_row=2), rows):
        for name, cell in zip(header, row):
            hold(cell.data_type != "f", f"{cell.coordinate} is a formula")
            if name in types:
                want = expected(told[name], types[name])
                hold(cell.value == want and isinstance(cell.value, bool) == isinstance(want, bool), f"{cell.coordinate} {name}: {cell.value!r}, not {want!r}")
                if types[name] == "float64" and next(r["unit"] for r in codebook if r["column"] == name) in ("share", "probability"):
                    hold(cell.value is None or "%" in cell.number_format, f"{cell.coordinate} {name}: shown as {cell.number_format}")
    said = {r[0].value: r for r in opened["columns"].iter_rows(min_row=2)}
    for r in codebook:
        hold(r["column"] in said and (said[r["column"]][2].value or "") == r["unit"], f"columns: {r['column']}")
    return faults


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    result = pathlib.Path(sys.argv[1])
    found = main(result, sys.argv[2] if len(sys.argv) == 3 else result / "register.xlsx")
    for fault in found[:50]:
        print("FAILS", fault)
    print(f"register.xlsx read by openpyxl {openpyxl.__version__}: {len(found)} faults")
    sys.exit(1 if found else 0)

//! `datapackage.json`: which file is which table, how it is written, and how its cells are to be read.
//!
//! Read are, of Data Package and Table Schema v1 (specs.frictionlessdata.io) and v2 (datapackage.org): `resources` with `name`, `path`,
//! `encoding`, `dialect` (`delimiter`, `quoteChar`, `commentChar`, `commentRows`, `header`, `headerRows`, `nullSequence`, the sheet of a
//! workbook), and `schema` (`fields` with `type`, `format`, `decimalChar`, `groupChar`, `bareNumber`, `trueValues`, `falseValues`;
//! `missingValues` of both). Paths stay inside the dataset: nothing is fetched. Whatever else a package says has no part in reading; what
//! cannot be followed is named.

use super::cell::error_of;
use super::layout::{Dialect, Layout};
use super::table::{Cells, RawTable};
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value;
use std::collections::BTreeMap;

/// A package: its resources, and what of it is not followed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DataPackage {
    pub resources: Vec<Resource>,
    /// Whole sentences, in the order of the file.
    pub unfollowed: Vec<String>,
}

/// A file or sheet of a package.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Resource {
    pub name: String,
    /// As they stand in the file; whether they stay inside the dataset is for the reader of files to see.
    pub paths: Vec<String>,
    pub sheet: Option<String>,
    pub header_row: Option<u32>,
    /// Whether the file has a row of names; else the fields name its columns.
    pub headless: bool,
    pub dialect: Dialect,
    pub fields: Vec<Field>,
    pub missing: Vec<String>,
}

/// How the cells of a column are written.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Field {
    pub name: String,
    pub kind: FieldKind,
    /// Texts that mean that there is no value, in place of the resource's.
    pub missing: Option<Vec<String>>,
}

/// Kinds of fields whose cells are rewritten; all others are read as they stand.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum FieldKind {
    #[default]
    AsItStands,
    Number {
        decimal: String,
        group: Option<String>,
        /// No currency and no unit stands beside the digits.
        bare: bool,
    },
    /// A day, with or without a time, in the notation of C's `strptime`.
    Date(String),
    YesNo {
        yes: Vec<String>,
        no: Vec<String>,
    },
}

/// Bytes of a package beyond which it is none.
const BYTES_MOST: usize = 16 << 20;

/// Reads a package.
///
/// # Errors
/// No JSON, or no object with a list of resources; in words.
pub fn parse(bytes: &[u8]) -> Result<DataPackage, String> {
    if bytes.len() > BYTES_MOST {
        return Err(format!("more than {BYTES_MOST} bytes"));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let root: Value = serde_json::from_slice(bytes).map_err(|e| format!("no JSON: {e}"))?;
    let resources = root.get("resources").and_then(Value::as_array).ok_or("no list of resources")?;
    let mut package = DataPackage::default();
    for (i, value) in resources.iter().enumerate() {
        if let Some(resource) = resource(i, value, &mut package.unfollowed) {
            package.resources.push(resource);
        }
    }
    Ok(package)
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Texts of a list; v2 allows objects with a `value` in place of texts.
fn texts(value: &Value, key: &str) -> Option<Vec<String>> {
    let list = value.get(key)?.as_array()?;
    Some(list.iter().filter_map(|v| v.as_str().or_else(|| v.get("value").and_then(Value::as_str))).map(str::to_owned).collect())
}

fn resource(at: usize, value: &Value, unfollowed: &mut Vec<String>) -> Option<Resource> {
    let paths = match value.get("path") {
        Some(Value::String(path)) => vec![path.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let name = text(value, "name").unwrap_or_default();
    let shown = if name.is_empty() { format!("{}", at + 1) } else { name.clone() };
    if paths.is_empty() {
        unfollowed.push(format!("resource {shown} has no path: data inside the package are not read"));
        return None;
    }
    let mut resource = Resource { name, paths, ..Resource::default() };
    resource.dialect.encoding = text(value, "encoding").filter(|e| !e.is_empty());
    match value.get("dialect") {
        Some(Value::Object(_)) => dialect(value.get("dialect").unwrap_or(&Value::Null), &shown, &mut resource, unfollowed),
        Some(Value::String(_)) => unfollowed.push(format!("the dialect of resource {shown} stands in another file and is not read")),
        _ => {}
    }
    match value.get("schema") {
        Some(schema @ Value::Object(_)) => {
            if let Some(missing) = texts(schema, "missingValues") {
                resource.missing.extend(missing);
            }
            let fields = schema.get("fields").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            resource.fields = fields.iter().filter_map(field).collect();
        }
        Some(Value::String(_)) => unfollowed.push(format!("the schema of resource {shown} stands in another file and is not read")),
        _ => {}
    }
    Some(resource)
}

fn dialect(value: &Value, shown: &str, resource: &mut Resource, unfollowed: &mut Vec<String>) {
    let sign = |key: &str, unfollowed: &mut Vec<String>| {
        let text = text(value, key)?;
        match text.as_bytes() {
            [one] if one.is_ascii() => Some(*one),
            [] => None,
            _ => {
                unfollowed.push(format!("{key} of resource {shown} is no single ASCII sign"));
                None
            }
        }
    };
    resource.dialect.delimiter = sign("delimiter", unfollowed);
    resource.dialect.quote = sign("quoteChar", unfollowed);
    resource.dialect.comment = sign("commentChar", unfollowed);
    let rows = |key: &str| -> Vec<u32> {
        let list = value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(Value::as_u64).filter_map(|n| u32::try_from(n).ok()).filter(|n| *n > 0).collect()
    };
    resource.dialect.comment_rows = rows("commentRows");
    resource.header_row = rows("headerRows").into_iter().max().filter(|r| *r > 1);
    resource.headless = value.get("header").and_then(Value::as_bool) == Some(false);
    // Frictionless Python writes the sheet under `excel`, v2 as `sheetName`.
    resource.sheet =
        text(value, "sheetName").or_else(|| text(value, "sheet")).or_else(|| value.get("excel").and_then(|e| text(e, "sheet")));
    resource.missing.extend(text(value, "nullSequence"));
    if text(value, "escapeChar").is_some_and(|e| !e.is_empty()) {
        unfollowed.push(format!("escapeChar of resource {shown}: quotation marks are read as doubled"));
    }
}

fn field(value: &Value) -> Option<Field> {
    let name = text(value, "name")?;
    let format = text(value, "format").unwrap_or_else(|| "default".to_owned());
    let own = |format: &str| !matches!(format, "default" | "any" | "");
    let kind = match value.get("type").and_then(Value::as_str).unwrap_or("") {
        "number" | "integer" => {
            let decimal = text(value, "decimalChar").filter(|d| !d.is_empty()).unwrap_or_else(|| ".".to_owned());
            let group = text(value, "groupChar").filter(|g| !g.is_empty());
            let bare = value.get("bareNumber").and_then(Value::as_bool).unwrap_or(true);
            FieldKind::Number { decimal, group, bare }
        }
        "date" | "datetime" if own(&format) => FieldKind::Date(format),
        "boolean" => {
            let list = |key| texts(value, key).unwrap_or_default();
            FieldKind::YesNo { yes: list("trueValues"), no: list("falseValues") }
        }
        _ => FieldKind::AsItStands,
    };
    Some(Field { name, kind, missing: texts(value, "missingValues") })
}

impl Resource {
    /// Adds what the package says of the file; what is stated already stays.
    pub fn apply_to(&self, layout: &mut Layout) {
        layout.dialect = self.dialect.clone();
        layout.header_row = layout.header_row.or(self.header_row);
        if self.headless && layout.header_row.is_none() {
            layout.names = Some(self.fields.iter().map(|f| f.name.clone()).collect());
        }
        layout.known.extend(self.fields.iter().map(|f| super::layout::column_key(&f.name)));
    }

    /// Whether a field says how its numbers are written.
    pub fn states_numbers(&self) -> bool {
        self.fields.iter().any(|f| matches!(f.kind, FieldKind::Number { .. }))
    }

    /// Rewrites the cells of a table as the package says that they are to be read; a cell that is not as it says stays as it stands.
    /// Returns false where a column becomes too long.
    pub fn rewrite(&self, header: &[String], table: &mut RawTable) -> bool {
        let fields: BTreeMap<&str, &Field> = self.fields.iter().map(|f| (f.name.as_str(), f)).collect();
        for (name, column) in header.iter().zip(&mut table.columns) {
            let field = fields.get(name.as_str());
            let missing = field.and_then(|f| f.missing.as_ref()).unwrap_or(&self.missing);
            let kind = field.map_or(&FieldKind::AsItStands, |f| &f.kind);
            let says_nothing = missing.iter().all(String::is_empty) && *kind == FieldKind::AsItStands;
            let Some(cells) = column.as_mut().filter(|_| !says_nothing) else { continue };
            let mut rewritten = Cells::default();
            for row in 0..cells.len() {
                let cell = cells.get(row);
                let kept = if missing.iter().any(|m| m == cell) || cell.is_empty() {
                    rewritten.push("")
                } else if error_of(cell).is_some() {
                    rewritten.push(cell)
                } else {
                    match kind.rewritten(cell) {
                        Some(text) => rewritten.push(&text),
                        None => rewritten.push(cell),
                    }
                };
                if !kept {
                    return false;
                }
            }
            *cells = rewritten;
        }
        true
    }
}

impl FieldKind {
    /// The cell as it would stand without the package; `None` where it stands so already, or is not what the package says.
    fn rewritten(&self, cell: &str) -> Option<String> {
        match self {
            FieldKind::AsItStands => None,
            FieldKind::YesNo { yes, no } => {
                let is = |list: &[String]| list.iter().any(|w| w == cell);
                if is(yes) {
                    Some("yes".to_owned())
                } else if is(no) {
                    Some("no".to_owned())
                } else {
                    None
                }
            }
            FieldKind::Date(format) => {
                let day = NaiveDate::parse_from_str(cell, format).ok();
                let day = day.or_else(|| NaiveDateTime::parse_from_str(cell, format).ok().map(|t| t.date()));
                day.map(|d| d.format("%Y-%m-%d").to_string())
            }
            FieldKind::Number { decimal, group, bare } => number(cell, decimal, group.as_deref(), *bare),
        }
    }
}

fn number(cell: &str, decimal: &str, group: Option<&str>, bare: bool) -> Option<String> {
    let percent = if cell.trim_end().ends_with('%') { "%" } else { "" };
    let mut text = cell.trim().trim_end_matches('%').trim().to_owned();
    if !bare {
        // What stands before the first and behind the last digit is a currency or a unit.
        let inner = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+');
        let start = text.find(inner)?;
        let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
        text = text.get(start..end)?.to_owned();
    }
    if let Some(group) = group {
        text = text.replace(group, "");
    }
    if decimal != "." {
        // A point that is neither decimal nor group is nothing that the package says.
        if text.contains('.') {
            return None;
        }
        text = text.replacen(decimal, ".", 1);
    }
    let value: f64 = text.parse().ok()?;
    (value.is_finite() && text.bytes().any(|b| b.is_ascii_digit())).then(|| format!("{text}{percent}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> RawTable {
        let mut column = Cells::default();
        cells.iter().for_each(|c| assert!(column.push(c)));
        RawTable { columns: vec![Some(column)], ..RawTable::default() }
    }

    fn read(field: &str, missing: &str, cells: &[&str]) -> Vec<String> {
        let json = format!(r#"{{"resources":[{{"name":"t","path":"t.csv","schema":{{"fields":[{field}],"missingValues":{missing}}}}}]}}"#);
        let package = parse(json.as_bytes()).unwrap();
        let mut table = column(cells);
        assert!(package.resources[0].rewrite(&["a".to_owned()], &mut table));
        (0..cells.len()).map(|i| table.cell(0, i).to_owned()).collect()
    }

    #[test]
    fn cells_are_read_as_their_field_says() {
        let number = r#"{"name":"a","type":"number","decimalChar":",","groupChar":"."}"#;
        assert_eq!(read(number, r#"["","n.a."]"#, &["1.234,5", "n.a.", "65%", "many", "#REF!"]), ["1234.5", "", "65%", "many", "#REF!"]);
        let money = r#"{"name":"a","type":"number","bareNumber":false,"groupChar":","}"#;
        assert_eq!(read(money, "[]", &["USD 1,200.50", "12 t"]), ["1200.50", "12"]);
        let day = r#"{"name":"a","type":"date","format":"%d/%m/%Y"}"#;
        assert_eq!(read(day, "[]", &["31/01/2026", "2026-01-31"]), ["2026-01-31", "2026-01-31"]);
        let yes = r#"{"name":"a","type":"boolean","trueValues":["ja"],"falseValues":["nein"]}"#;
        assert_eq!(read(yes, "[]", &["ja", "nein", "yes"]), ["yes", "no", "yes"]);
    }

    #[test]
    fn what_is_not_followed_is_named() {
        let json = br#"{"resources":[{"name":"t","data":[1]},{"name":"u","path":"u.csv","schema":"https://example.org/s.json",
            "dialect":{"delimiter":"||","escapeChar":"\\","headerRows":[1,2]}}]}"#;
        let package = parse(json).unwrap();
        assert_eq!(package.unfollowed.len(), 4, "{:?}", package.unfollowed);
        assert_eq!(package.resources[0].header_row, Some(2));
        assert!(parse(b"[1]").is_err() && parse(b"{").is_err());
    }

    #[test]
    fn dialects_of_both_versions_are_read() {
        let json =
            br##"{"resources":[{"name":"t","path":["a.csv","b.csv"],"encoding":"iso-8859-1","dialect":{"delimiter":";","quoteChar":"'",
            "commentChar":"#","commentRows":[1],"header":false},"schema":{"fields":[{"name":"a"}],"missingValues":[{"value":"-99"}]}}]}"##;
        let r = parse(json).unwrap().resources.remove(0);
        assert_eq!((r.dialect.delimiter, r.dialect.quote, r.dialect.comment), (Some(b';'), Some(b'\''), Some(b'#')));
        assert_eq!((r.paths.len(), r.headless, r.missing, r.dialect.comment_rows), (2, true, vec!["-99".to_owned()], vec![1]));
    }
}

//! Every code of a diagnostic of the input: how bad, what it means, what to do. Codes are stable.

use crate::base::Level;

/// A kind of problem of the input.
#[derive(Debug, PartialEq)]
pub struct Code {
    /// Stable kebab-case name.
    pub code: &'static str,
    pub level: Level,
    pub meaning: &'static str,
    pub remedy: &'static str,
}

macro_rules! codes {
    ($($name:ident $code:literal $level:ident $meaning:literal $remedy:literal;)*) => {
        $(pub static $name: Code = Code { code: $code, level: Level::$level, meaning: $meaning, remedy: $remedy };)*
        /// All codes, by stage: files, mapping, rows, cells, across tables.
        pub static CODES: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    TABLE_MISSING "table-missing" Fatal "A table that every dataset needs is not there." "Add the file, or name it in onus.toml under [tables].";
    TABLE_TWICE "table-twice" Fatal "Two files hold one table." "Keep one, or list both under `files` in onus.toml.";
    TABLE_EMPTY "table-empty" Fatal "A table that every dataset needs has no row that passed." "Fill it, or see why its rows were refused.";
    FILE_UNREADABLE "file-unreadable" Fatal "A file cannot be opened or is broken." "Check that it opens elsewhere and write it again.";
    FILE_TOO_LARGE "file-too-large" Fatal "A file, or what it unpacks to, is beyond the limits." "Split it into parts, or write it as Parquet.";
    FILE_SKIPPED "file-skipped" Note "A file of the folder is no table." "Rename it to a table's name, name it in onus.toml, or leave it.";
    FILE_EMPTY "file-empty" Warning "A file holds nothing at all." "Fill it, or remove it; a table that no dataset needs may be absent.";
    HEADER_MISSING "header-missing" Fatal "A file has no header line." "Write the column names in one line, or state `header_row` for the table in onus.toml.";
    HEADER_TWICE "header-twice" Fatal "Two columns of a file have the same name." "Rename or remove one.";
    PACKAGE_IGNORED "package-ignored" Warning "A part of datapackage.json is not followed." "Correct it, or say in onus.toml what it says.";
    HEADER_FOUND "header-found" Note "The column names do not stand in the first line: what stands above them was not read." "Nothing, or state `header_row` for the table in onus.toml.";
    QUOTE_OPEN "quote-open" Fatal "A quotation mark is never closed: everything after it is one cell." "Close or double the quotation mark.";
    COLUMN_MISSING "column-missing" Fatal "A column that each row must fill is not in the file." "Add it, or map it in onus.toml.";
    COLUMN_SKIPPED "column-skipped" Note "A column is neither a table's own nor mapped: none of its values is kept." "Map it in onus.toml, or list it under `ignore`.";
    COLUMN_TYPE "column-type" Fatal "A Parquet column has a type that is no cell (list, struct, bytes)." "Write it as text, number, date or yes/no.";
    COLUMN_PERSONAL "column-personal" Fatal "A column that identifies persons is mapped." "Remove it from the mapping and from the files.";
    ENCODING_CP1252 "encoding-cp1252" Warning "A file is not UTF-8 and was read as Windows-1252." "Save it as UTF-8 so that no letter is guessed.";
    ENCODING_UTF16 "encoding-utf16" Warning "A file is UTF-16 and was read as such." "Save it as UTF-8.";
    MAPPING_SYNTAX "mapping-syntax" Fatal "The mapping is not valid TOML, or a value has the wrong type." "Correct it at the place named.";
    MAPPING_UNKNOWN_KEY "mapping-unknown-key" Fatal "The mapping has a key that nothing reads." "Correct its spelling or remove it.";
    MAPPING_PATH "mapping-path" Fatal "A path of the mapping leaves the dataset, or nothing is there." "Give the path inside the dataset, without `..`.";
    MAPPING_COLUMN "mapping-column" Fatal "The mapping names a column that the file has not got." "Correct its spelling or remove it.";
    LOOKUP_UNKNOWN "lookup-unknown" Warning "No node, or more than one, has the name that a lookup searches." "Correct the name, or list it under `none`.";
    ROW_SHORT "row-short" Error "A row has fewer cells than the header." "Fill the row; a missing cell is never guessed.";
    ROW_LONG "row-long" Error "A row has more cells than the header." "Quote the cell that holds the separator.";
    ROW_NUL "row-nul" Error "A row holds NUL bytes." "Export the file again.";
    ROW_BLANK "row-blank" Note "Rows without any value were passed over." "Nothing, or remove them.";
    ROW_BELOW "row-below" Note "A total or a remark below a table was passed over." "Nothing; where it is a row of the table, give its other cells.";
    ROW_TWICE "row-twice" Note "A row says again what another row says; it counts once." "Nothing, or remove it.";
    KEY_CONFLICT "key-conflict" Error "Two rows have the same key and say different things." "Correct or remove one.";
    ROWS_REFUSED "rows-refused" Fatal "More than 5 % of a table's rows are refused." "Correct the rows; `onus check` lists every one.";
    CELL_TOO_LONG "cell-too-long" Error "A cell is longer than 65,536 bytes; its row is refused." "Shorten it; look for a quotation mark that does not close.";
    CELL_ERROR "cell-error" Error "A cell holds an error of a spreadsheet (#REF!, #N/A, #DIV/0!)." "Correct the formula, or write the value.";
    CELL_REQUIRED "cell-required" Error "A cell that each row must fill is blank." "Fill it.";
    CELL_ID "cell-id" Error "An identifier is longer than 256 bytes or has control characters." "Use a shorter, printable identifier.";
    CELL_NUMBER "cell-number" Error "A cell is not a number." "Write digits, with a decimal point.";
    CELL_AMBIGUOUS "cell-ambiguous" Error "A comma or point may be a decimal or a thousands separator." "Remove thousands separators, or set `decimal` for the table in onus.toml.";
    CELL_NEGATIVE "cell-negative" Error "A number that cannot be negative is." "Correct the sign.";
    CELL_WHOLE "cell-whole" Error "A count is not a whole number." "Write a whole number.";
    CELL_SHARE "cell-share" Error "A share is above 1." "Write 0.65 or 65%.";
    CELL_RANGE "cell-range" Error "A number is outside its range." "Correct it; look for swapped or scaled columns.";
    CELL_CODE "cell-code" Error "A cell is none of the allowed values." "Use an allowed value, or map the text in onus.toml.";
    CELL_YES_NO "cell-yes-no" Error "A cell is neither yes nor no." "Write yes or no.";
    CELL_DATE "cell-date" Error "A cell is no date." "Write YYYY-MM-DD.";
    CELL_PERIOD "cell-period" Error "A cell is no period." "Write 2020, 2020H1, 2020Q3, 2020-05 or a day.";
    CELL_YEAR "cell-year" Error "A cell is no year from 1900 to 2199." "Write four digits.";
    CELL_COUNTRY "cell-country" Error "A country is not known." "Use ISO 3166-1 alpha-2 or alpha-3, or the short name.";
    CELL_SUBDIVISION "cell-subdivision" Error "A subdivision is not of the form of ISO 3166-2." "Write as ID-RI.";
    CELL_CURRENCY "cell-currency" Error "A currency is not three capital letters." "Use ISO 4217, as USD.";
    CELL_LEI "cell-lei" Error "A LEI has the wrong length or check digits." "Copy it again from the register.";
    CELL_OS_ID "cell-os-id" Error "An OS ID has the wrong form or check digit." "Copy it again from the register.";
    CELL_GLN "cell-gln" Error "A GLN has the wrong length or check digit." "Copy it again from the register.";
    CELL_DUNS "cell-duns" Error "A D-U-N-S number is not nine digits." "Copy it again.";
    SIGN_UNKNOWN "sign-unknown" Error "The method pack has no such sign." "Use a sign of the pack, or map the text in onus.toml.";
    SOURCE_UNKNOWN "source-unknown" Error "The method pack has no such source class." "Use a source class of the pack, or map the text in onus.toml.";
    FACT_UNKNOWN "fact-unknown" Error "A word under `facts` is no sign, phase, status or source class; the row keeps its other facts." "Write sign, sign@phase, sign:status or sign:status:source.";
    COVERS_UNKNOWN "covers-unknown" Error "A word under `covers` is neither norm nor sign." "Correct it; the visit counts as covering only what is known.";
    SCHEME_UNKNOWN "scheme-unknown" Warning "The method pack does not know the scheme: its visits and certificates say nothing by themselves." "State `covers` of a visit, or add the scheme to the pack.";
    TEXT_UNCODED "text-uncoded" Note "A sector or product text has no code: its nodes fall to country level, its links stay apart by the text." "Add the text under [codes] in onus.toml.";
    DATE_IMPLAUSIBLE "date-implausible" Warning "A date is before 1970, or stands alone as the newest by more than a year." "Check the year, or set as_of.";
    DATE_FUTURE "date-future" Warning "A date is after the day of assessment; what it dates does not count yet." "Check the date, or set as_of.";
    PERIOD_CROSSED "period-crossed" Warning "A span ends before it begins; both ends count as missing." "Swap or correct the dates.";
    RANGE_CROSSED "range-crossed" Warning "A lower figure is above its upper one; both count as missing." "Swap or correct them.";
    COUNTRY_MISSING "country-missing" Warning "A place has no country: its prior is the widest." "Fill the country.";
    CURRENCY_UNCONVERTED "currency-unconverted" Warning "A value has a currency without rate and counts as not given." "Give the rate under [fx] in onus.toml.";
    LINK_SELF "link-self" Error "A node is linked to itself." "Leave internal transfers out.";
    NODE_UNKNOWN "node-unknown" Warning "A link or a holding names a node that the nodes table has not got; its share counts as unseen." "Add the node.";
    SCOPE_UNKNOWN "scope-unknown" Warning "A link's scope names no node: the link serves no focal company." "Add the node or correct the scope.";
    REFERENCE_UNKNOWN "reference-unknown" Error "A row is about a node that the nodes table has not got." "Add the node or correct the identifier.";
    PARENT_UNKNOWN "parent-unknown" Error "A parent is no node." "Add the node or correct the identifier.";
    PARENT_CYCLE "parent-cycle" Error "Nodes are each other's parents; all parents of the circle count as missing." "Correct the parents.";
    AUDIT_UNKNOWN "audit-unknown" Error "A finding belongs to no audit or inspection." "Add the visit or correct the identifier.";
    CHANNEL_UNKNOWN "channel-unknown" Error "A grievance names a channel that is not there." "Add the channel or correct the identifier.";
    ENTRY_IS_NODE "entry-is-node" Error "An entry of a screening list has the identifier of a node." "Give entries identifiers of their own.";
    DECISION_SELF "decision-self" Error "A decision names one record twice." "Name two records.";
    DECISION_UNKNOWN "decision-unknown" Warning "A decision names a record that is neither node nor entry of a screening list: it decides nothing." "Correct the identifier, or leave the row: it counts again once the record is there.";
    DECISION_CONFLICT "decision-conflict" Warning "Decisions contradict each other, or an identifier joins what a decision keeps apart; kept apart it stays." "Correct a decision or the identifier.";
    IDENTIFIER_SHARED "identifier-shared" Warning "Records of two countries, or many of unlike names, have one identifier: they are not joined." "Correct the identifier, or decide in `decisions`.";
    IDENTIFIER_VOID "identifier-void" Warning "A value stands in place of an identifier, or has not its form: it joins nothing." "Correct it, or leave the row out.";
    IDENTIFIERS_DIFFER "identifiers-differ" Warning "Records of one node have different identifiers of one scheme." "Check that they are one; if not, decide \"different\" in `decisions`.";
    RECORDS_DIFFER "records-differ" Warning "Records of one node state different things; the first that states it counts." "Correct one, or decide \"different\" in `decisions`.";
    SHARE_SUM "share-sum" Warning "The shares of a buyer's links of one product add up to more than 1." "Check the shares; they are scaled down to 1.";
    SHIPMENT_UNLINKED "shipment-unlinked" Note "Goods moved between two nodes and no link in force declares it: the consignments are a discovered link, with basis shipment." "Nothing, or add the link, with scope or share where the consignments are not all there is.";
    SHIPMENT_UNPLACED "shipment-unplaced" Note "Consignments name a shipper or consignee that is not one node: they make no link and weigh none." "Give shipper_id and consignee_id, or add the names of the papers to `aliases`.";
    SHIPMENT_OLDER "shipment-older" Note "Consignments are older than the four quarters up to the day of the assessment: they make no link and weigh none that is in force." "Nothing, or choose an earlier day with --as-of.";
    SHIPMENT_VALUE_DIFFERS "shipment-value-differs" Note "The value that links declare and the sum of the consignments between the same two nodes are far apart; the declared value stands." "Check currency and period of the link's value, and whether the consignments are complete.";
    OVERRIDE_VALUE "override-value" Error "A judgement has a value that its field cannot have." "severity_band: A, B or C. priority: a whole number from 1. response: a row of the response matrix. involvement: cause, contribute or linked. alert: yes or no.";
    REASON_PERSONAL "reason-personal" Error "A reason holds what looks like a mail address, a web address or a telephone number; it is not kept." "Say why without names or contacts.";
    CASE_UNKNOWN "case-unknown" Error "An answer names a case that is not there; it counts as an answer to everything said of the place." "Correct the identifier, or leave it blank.";
    NODES_ALIKE "nodes-alike" Warning "Two nodes have the same name, kind and country." "Merge them, or leave them if they are two places.";
}

/// The code of that name.
pub fn code_of(name: &str) -> Option<&'static Code> {
    CODES.iter().copied().find(|c| c.code == name)
}

//! From a resolution to the rows of who is who.

use super::tables::Facts;
use crate::export::record_rows::RecordRow;
use crate::export::sink::Row;
use crate::resolve::Why;
use crate::validate::inputs::RowRef;
use std::borrow::Cow;

impl<'a> Facts<'a> {
    /// Rows of `records.parquet`.
    pub fn records(&self) -> Vec<RecordRow<'a>> {
        let mut rows: Vec<RecordRow<'a>> = Vec::new();
        for r in &self.resolution.records {
            let (file, sheet, line) = self.place_of(r.row);
            rows.push(RecordRow {
                node_id: self.id(r.node),
                record_id: Cow::Borrowed(&*r.shown_id),
                name: Cow::Borrowed(&*r.shown_name),
                list: None,
                why: self.why(&r.why),
                by: self.by(&r.why),
                is_evidence: false,
                file,
                sheet,
                line,
            });
        }
        for hit in &self.resolution.hits {
            let Some(entry) = self.inputs.listings.get(hit.listing) else { continue };
            let (file, sheet, line) = self.place_of(entry.row);
            rows.push(RecordRow {
                node_id: self.id(hit.node),
                record_id: Cow::Borrowed(self.inputs.ids.text(entry.entry)),
                name: Cow::Borrowed(&*entry.name),
                list: Some(Cow::Borrowed(&*entry.list)),
                why: self.why(&hit.why),
                by: self.by(&hit.why),
                is_evidence: entry.speaks().is_some(),
                file,
                sheet,
                line,
            });
        }
        rows.sort_by(|a, b| a.lead().cmp(b.lead()).then_with(|| a.order(b)));
        rows
    }

    fn why(&self, why: &Why) -> &'static str {
        match why {
            Why::Own => "own",
            Why::Identifier(_) => "identifier",
            Why::Decision(_) => "decision",
        }
    }

    fn by(&self, why: &Why) -> Option<String> {
        match why {
            Why::Own => None,
            Why::Identifier(text) => Some(text.clone()),
            Why::Decision(row) => self.inputs.file(*row).map(|f| f.locate(u64::from(row.line), None).to_string()),
        }
    }

    fn place_of(&self, row: RowRef) -> (Cow<'a, str>, Option<Cow<'a, str>>, i64) {
        let file = self.inputs.file(row);
        let name = Cow::Borrowed(file.map_or("", |f| &*f.name));
        (name, file.and_then(|f| f.part.as_deref()).map(Cow::Borrowed), i64::from(row.line))
    }
}

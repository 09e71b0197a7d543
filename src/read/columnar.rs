//! Parquet to cells: text in all its layouts, numbers, dates, timestamps, yes/no and decimals become the text that a CSV would hold.

use super::bytes::Limits;
use super::table::{Cells, RawTable, Trouble};
use crate::schema::codes::{CELL_TOO_LONG, COLUMN_TYPE, FILE_TOO_LARGE, FILE_UNREADABLE};
use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use std::fs::File;
use std::path::Path;

/// A Parquet file whose columns are known.
#[derive(Debug)]
pub struct ColumnarFile {
    builder: ParquetRecordBatchReaderBuilder<File>,
}

impl ColumnarFile {
    pub(super) fn open(path: &Path, limits: &Limits) -> Result<(Vec<String>, Self), Trouble> {
        let unreadable = |e: String| Trouble::file(&FILE_UNREADABLE, e);
        let file = File::open(path).map_err(|e| unreadable(e.to_string()))?;
        // The Arrow schema that writers embed adds nothing to texts, and a hostile one makes its decoder panic.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).map_err(|e| unreadable(e.to_string()))?;
        let metadata = builder.metadata();
        let unpacked: i64 = metadata.row_groups().iter().map(|g| g.total_byte_size()).fold(0, i64::saturating_add);
        let rows = metadata.file_metadata().num_rows();
        if u64::try_from(unpacked).unwrap_or(u64::MAX) > limits.unpacked_bytes || u32::try_from(rows).is_err() {
            return Err(Trouble::file(&FILE_TOO_LARGE, format!("{rows} rows in {unpacked} bytes once unpacked")));
        }
        let header = builder.schema().fields().iter().map(|f| f.name().trim().to_owned()).collect();
        Ok((header, Self { builder }))
    }

    pub(super) fn read(self, header: &[String], wanted: &[bool], limits: &Limits) -> Result<RawTable, Trouble> {
        let unreadable = |e: String| Trouble::file(&FILE_UNREADABLE, e);
        let roots: Vec<usize> = (0..header.len()).filter(|c| wanted.get(*c).copied().unwrap_or(false)).collect();
        let schema = self.builder.schema().clone();
        for c in &roots {
            let name = header.get(*c).cloned();
            if let Some(field) = schema.fields().get(*c)
                && !is_cell(field.data_type())
            {
                return Err(Trouble {
                    code: &COLUMN_TYPE,
                    line: 0,
                    column: name,
                    found: format!("a column of type {}", field.data_type()),
                });
            }
        }
        let mask = ProjectionMask::roots(self.builder.parquet_schema(), roots.iter().copied());
        let mut table =
            RawTable { columns: (0..header.len()).map(|c| roots.contains(&c).then(Cells::default)).collect(), ..RawTable::default() };
        let reader = self.builder.with_projection(mask).with_batch_size(1 << 14).build().map_err(|e| unreadable(e.to_string()))?;
        let mut row = 0u32;
        for batch in reader {
            let batch = batch.map_err(|e| unreadable(e.to_string()))?;
            let mut texts = Vec::with_capacity(roots.len());
            for array in batch.columns() {
                texts.push(cast(array, &DataType::Utf8).map_err(|e| unreadable(e.to_string()))?);
            }
            let texts: Vec<_> = texts.iter().map(|t| t.as_string::<i32>()).collect();
            for i in 0..batch.num_rows() {
                row += 1;
                let cell = |t: &&arrow::array::StringArray| if t.is_null(i) { "" } else { t.value(i).trim() }.len();
                if texts.iter().all(|t| cell(t) == 0) {
                    table.blank += 1;
                    table.first_blank = if table.first_blank == 0 { row } else { table.first_blank };
                    continue;
                }
                if let Some(long) = texts.iter().map(cell).find(|l| *l > limits.cell_bytes) {
                    table.refused.push(super::RefusedRow { code: &CELL_TOO_LONG, line: row, found: format!("a cell of {long} bytes") });
                    continue;
                }
                for (c, t) in roots.iter().zip(&texts) {
                    let text = if t.is_null(i) { "" } else { t.value(i).trim() };
                    if let Some(Some(cells)) = table.columns.get_mut(*c)
                        && !cells.push(text)
                    {
                        return Err(Trouble::file(&FILE_TOO_LARGE, "a column holds more than 4 GiB of text"));
                    }
                }
                table.lines.push(row);
            }
        }
        Ok(table)
    }
}

fn is_cell(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, value) => is_cell(value),
        DataType::Null | DataType::Boolean | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => true,
        DataType::Decimal128(..) | DataType::Decimal256(..) | DataType::Decimal32(..) | DataType::Decimal64(..) => true,
        other => other.is_integer() || other.is_floating(),
    }
}

//! Reads rows of a result back, for `onus explain` and for checks: typed cells by column name, filtered by one text column.

use super::swap;
use crate::base::{Error, Result};
use crate::schema::outputs::OutputTable;
use arrow::array::{Array, BooleanArray, Float64Array, Int64Array, StringArray};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicateFn, ParquetRecordBatchReaderBuilder, RowFilter};
use parquet::file::metadata::RowGroupMetaData;
use std::fs::File;
use std::path::{Path, PathBuf};

/// One row of a table that was read.
#[derive(Clone, Copy, Debug)]
pub struct RowView<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

impl<'a> RowView<'a> {
    fn column<A: Array + 'static>(&self, name: &str) -> Option<&'a A> {
        let array: &'a A = self.batch.column_by_name(name)?.as_any().downcast_ref()?;
        (!array.is_null(self.row)).then_some(array)
    }

    /// The text of a column; `None` where it is empty or no text column of that name exists.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.column::<StringArray>(name).map(|a| a.value(self.row))
    }

    pub fn float(&self, name: &str) -> Option<f64> {
        self.column::<Float64Array>(name).map(|a| a.value(self.row))
    }

    pub fn int(&self, name: &str) -> Option<i64> {
        self.column::<Int64Array>(name).map(|a| a.value(self.row))
    }

    pub fn bool(&self, name: &str) -> Option<bool> {
        self.column::<BooleanArray>(name).map(|a| a.value(self.row))
    }
}

/// Rows that were read, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    batches: Vec<RecordBatch>,
}

impl Rows {
    pub(super) fn one(batch: RecordBatch) -> Self {
        Self { batches: vec![batch] }
    }

    pub fn iter(&self) -> impl Iterator<Item = RowView<'_>> {
        self.batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| RowView { batch, row }))
    }

    pub fn len(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first declared column that the rows lack, or hold in another type.
    pub fn lacks(&self, table: &OutputTable) -> Option<String> {
        let declared = super::parquet_file::arrow_schema(table);
        let batch = self.batches.first()?;
        let fits = |name: &str, kind: &arrow::datatypes::DataType| batch.column_by_name(name).is_some_and(|c| c.data_type() == kind);
        declared.fields().iter().find(|f| !fits(f.name(), f.data_type())).map(|f| f.name().clone())
    }
}

fn table_path(out: &Path, table: &OutputTable) -> Result<PathBuf> {
    swap::recover(out)?;
    let path = out.join(table.file);
    if path.is_file() {
        Ok(path)
    } else {
        Err(Error::output(path.display().to_string(), "no such table", "a result folder of `onus assess`"))
    }
}

/// Opens a Parquet file for reading.
pub(super) fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| broken(path, e))
}

pub(super) fn broken(path: &Path, why: impl ToString) -> Error {
    Error::output(
        path.display().to_string(),
        format!("a table that cannot be read ({})", why.to_string()),
        "a whole file; run the assessment again",
    )
}

fn collect(path: &Path, builder: ParquetRecordBatchReaderBuilder<File>) -> Result<Rows> {
    let reader = builder.build().map_err(|e| broken(path, e))?;
    let batches = reader.collect::<Result<Vec<_>, ArrowError>>().map_err(|e| broken(path, e))?;
    Ok(Rows { batches })
}

/// Every row of a table of the result at `out`.
///
/// # Errors
/// `Error::Output` where the table is missing or cannot be read.
pub fn read_all(out: &Path, table: &OutputTable) -> Result<Rows> {
    let path = table_path(out, table)?;
    collect(&path, open(&path)?)
}

/// Every row of a table by the name of its file; `None` where the result has no such file, since an earlier version wrote it.
///
/// # Errors
/// `Error::Output` where the file cannot be read.
pub fn read_if_there(out: &Path, file: &str) -> Result<Option<Rows>> {
    swap::recover(out)?;
    let path = out.join(file);
    if path.is_file() { open(&path).and_then(|b| collect(&path, b)).map(Some) } else { Ok(None) }
}

/// Whether a row group may hold `value` in column `at`, by its statistics.
fn may_hold(group: &RowGroupMetaData, at: usize, value: &[u8]) -> bool {
    let Some(statistics) = group.column(at).statistics() else { return true };
    let low = statistics.min_bytes_opt().is_none_or(|low| low <= value);
    let high = statistics.max_bytes_opt().is_none_or(|high| value <= high);
    low && high
}

/// The rows of a table whose text column `column` holds `value`: `rows_where(out, &EVIDENCE, "node_id", "mill-7")`.
///
/// Only row groups that may hold the value are opened, and only matching rows are decoded.
///
/// # Errors
/// `Error::Output` where the table is missing or cannot be read; an internal error where it declares no such column.
pub fn rows_where(out: &Path, table: &OutputTable, column: &str, value: &str) -> Result<Rows> {
    let path = table_path(out, table)?;
    let builder = open(&path)?;
    let at = table.position(column).ok_or_else(|| Error::internal(format!("{} declares no column {column}", table.name)))?;
    if builder.parquet_schema().columns().get(at).is_none_or(|c| c.name() != column) {
        return Err(broken(&path, format!("column {} is not {column}", at + 1)));
    }
    let groups: Vec<usize> =
        builder.metadata().row_groups().iter().enumerate().filter(|(_, g)| may_hold(g, at, value.as_bytes())).map(|(i, _)| i).collect();
    let mask = ProjectionMask::leaves(builder.parquet_schema(), [at]);
    let wanted = value.to_owned();
    let predicate = ArrowPredicateFn::new(mask, move |batch: RecordBatch| {
        let texts = batch.column(0).as_any().downcast_ref::<StringArray>();
        let texts = texts.ok_or_else(|| ArrowError::SchemaError("a text column was expected".to_owned()))?;
        Ok(texts.iter().map(|t| Some(t == Some(wanted.as_str()))).collect::<BooleanArray>())
    });
    collect(&path, builder.with_row_groups(groups).with_row_filter(RowFilter::new(vec![Box::new(predicate)])))
}

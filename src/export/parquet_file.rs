//! Writes one output table as Parquet that old readers know: format 1.0, plain types, zstd, page statistics, a stable column order.
//!
//! The same rows give the same bytes: no clock, no embedded Arrow schema, borders of row groups by row count alone.

use super::manifest::Stamp;
use super::sink::{Cell, Checker, Row, Sink};
use crate::base::{Error, Result};
use crate::schema::outputs::{OutputTable, OutputType};
use arrow::array::{ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

/// Rows of a row group.
const ROW_GROUP: usize = 262_144;
/// Rows gathered before they are handed to the encoder.
const BATCH: usize = 16_384;

/// The Arrow schema of a declared table: Utf8, Float64, Int64, Boolean.
pub fn arrow_schema(table: &OutputTable) -> SchemaRef {
    let fields: Vec<Field> = table
        .columns
        .iter()
        .map(|c| {
            let kind = match c.kind {
                OutputType::Text => DataType::Utf8,
                OutputType::Float => DataType::Float64,
                OutputType::Int => DataType::Int64,
                OutputType::Bool => DataType::Boolean,
            };
            Field::new(c.name.as_ref(), kind, c.nullable)
        })
        .collect();
    Arc::new(Schema::new(fields))
}

fn properties(table: &OutputTable, stamp: &Stamp) -> Result<WriterProperties> {
    let level = ZstdLevel::try_new(3).map_err(|e| Error::internal(e.to_string()))?;
    let mut metadata: Vec<KeyValue> = stamp.pairs().into_iter().map(|(k, v)| KeyValue::new(k, v)).collect();
    metadata.push(KeyValue::new("onus.table".to_owned(), table.name.to_owned()));
    metadata.push(KeyValue::new("onus.scores".to_owned(), table.scores_json()));
    let sorting =
        table.position(table.sorted_by).map(|at| vec![SortingColumn { column_idx: at as i32, descending: false, nulls_first: false }]);
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_data_page_row_count_limit(20_000)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(sorting)
        .set_key_value_metadata(Some(metadata))
        .set_created_by(format!("onus version {}", stamp.onus_version));
    for column in &table.columns {
        // A dictionary only costs where nearly every value is its own.
        if column.kind == OutputType::Float || column.name.ends_with("node_id") || column.name == "name" {
            builder = builder.set_column_dictionary_enabled(ColumnPath::from(column.name.as_ref()), false);
        }
    }
    Ok(builder.build())
}

enum Builder {
    Text(StringBuilder),
    Float(Float64Builder),
    Int(Int64Builder),
    Bool(BooleanBuilder),
}

impl Builder {
    fn new(kind: OutputType) -> Self {
        match kind {
            OutputType::Text => Builder::Text(StringBuilder::new()),
            OutputType::Float => Builder::Float(Float64Builder::new()),
            OutputType::Int => Builder::Int(Int64Builder::new()),
            OutputType::Bool => Builder::Bool(BooleanBuilder::new()),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Text(b) => Arc::new(b.finish()),
            Builder::Float(b) => Arc::new(b.finish()),
            Builder::Int(b) => Arc::new(b.finish()),
            Builder::Bool(b) => Arc::new(b.finish()),
        }
    }
}

/// Typed columns that rows are put into.
struct Columns {
    checker: Checker,
    builders: Vec<Builder>,
    rows: usize,
}

impl Columns {
    fn new(table: &'static OutputTable) -> Self {
        Self { checker: Checker::new(table), builders: table.columns.iter().map(|c| Builder::new(c.kind)).collect(), rows: 0 }
    }

    fn take(&mut self, schema: &SchemaRef) -> Result<RecordBatch> {
        self.rows = 0;
        let arrays = self.builders.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(schema.clone(), arrays).map_err(|e| Error::internal(e.to_string()))
    }
}

impl Sink for Columns {
    fn put<'a>(&mut self, column: &str, cell: impl Into<Cell<'a>>) {
        let (at, cell) = self.checker.admit(column, cell.into());
        match (self.builders.get_mut(at), cell) {
            (Some(Builder::Text(b)), Cell::Text(x)) => b.append_value(x),
            (Some(Builder::Text(b)), _) => b.append_null(),
            (Some(Builder::Float(b)), Cell::Float(x)) => b.append_value(x),
            (Some(Builder::Float(b)), _) => b.append_null(),
            (Some(Builder::Int(b)), Cell::Int(x)) => b.append_value(x),
            (Some(Builder::Int(b)), _) => b.append_null(),
            (Some(Builder::Bool(b)), Cell::Bool(x)) => b.append_value(x),
            (Some(Builder::Bool(b)), _) => b.append_null(),
            (None, _) => {}
        }
    }
}

struct TableWriter<'p> {
    writer: ArrowWriter<BufWriter<File>>,
    schema: SchemaRef,
    columns: Columns,
    path: &'p Path,
    written: u64,
}

impl TableWriter<'_> {
    fn trouble(path: &Path, e: ParquetError) -> Error {
        Error::io(path, std::io::Error::other(e.to_string()))
    }

    fn write<R: Row>(&mut self, group: &mut Vec<R>) -> Result<()> {
        group.sort_by(R::order);
        for row in group.drain(..) {
            row.fill(&mut self.columns);
            self.columns.checker.end_row(row.lead())?;
            self.columns.rows += 1;
            self.written += 1;
            if self.columns.rows == BATCH {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        let batch = self.columns.take(&self.schema)?;
        self.writer.write(&batch).map_err(|e| Self::trouble(self.path, e))
    }
}

/// Writes rows that come with their leads in byte order; rows of one lead may come in any order. Returns how many.
///
/// # Errors
/// A cell that its declaration does not allow, leads out of order (both faults of the engine), or a full disk.
pub fn write_parquet<R: Row>(path: &Path, stamp: &Stamp, rows: impl IntoIterator<Item = R>) -> Result<u64> {
    let table = R::table();
    let schema = arrow_schema(table);
    let file = BufWriter::new(File::create(path).map_err(|e| Error::io(path, e))?);
    let options = ArrowWriterOptions::new().with_properties(properties(table, stamp)?).with_skip_arrow_metadata(true);
    let writer = ArrowWriter::try_new_with_options(file, schema.clone(), options).map_err(|e| TableWriter::trouble(path, e))?;
    let mut out = TableWriter { writer, schema, columns: Columns::new(table), path, written: 0 };
    let mut group: Vec<R> = Vec::new();
    for row in rows {
        match group.first().map(|first| first.lead().cmp(row.lead())) {
            Some(std::cmp::Ordering::Less) => out.write(&mut group)?,
            Some(std::cmp::Ordering::Greater) => {
                return Err(Error::internal(format!("{}: row of {} after a row of {}", table.name, row.lead(), group[0].lead())));
            }
            _ => {}
        }
        group.push(row);
    }
    out.write(&mut group)?;
    out.flush()?;
    let written = out.written;
    let mut file = out.writer.into_inner().map_err(|e| TableWriter::trouble(path, e))?;
    std::io::Write::flush(&mut file).map_err(|e| Error::io(path, e))?;
    Ok(written)
}

//! A Parquet table of plain columns, for figures of millions of nodes: columns are compressed side by side, row group by row group.

use crate::base::{Error, Result, par};
use arrow::array::{ArrayRef, Float64Array, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

/// Rows of a row group.
const GROUP: usize = 1 << 19;

/// One column of numbers, length N.
pub struct NumberColumn<'a> {
    pub name: String,
    pub values: Box<dyn Fn(usize) -> f64 + Send + Sync + 'a>,
}

/// Writes `rows` rows: the ids, then the numbers. `said` goes into the file's metadata.
///
/// # Errors
/// A disk that is full or a place that cannot be written.
pub fn write_columns<'a>(
    path: &Path,
    rows: usize,
    (id_name, id): (&str, impl Fn(usize) -> &'a str),
    numbers: &[NumberColumn<'_>],
    said: &[(&str, String)],
) -> Result<()> {
    let trouble = |e: parquet::errors::ParquetError| Error::io(path, std::io::Error::other(e));
    let mut fields = vec![Field::new(id_name, DataType::Utf8, false)];
    fields.extend(numbers.iter().map(|n| Field::new(&n.name, DataType::Float64, false)));
    let schema = Arc::new(Schema::new(fields));
    let level = ZstdLevel::try_new(1).map_err(trouble)?;
    let metadata = said.iter().map(|(k, v)| KeyValue::new((*k).to_owned(), v.clone())).collect();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_dictionary_enabled(false)
        .set_created_by(concat!("onus ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(metadata))
        .build();
    let file = BufWriter::new(File::create(path).map_err(|e| Error::io(path, e))?);
    let descriptor = ArrowSchemaConverter::new().convert(&schema).map_err(trouble)?;
    let mut writer = SerializedFileWriter::new(file, descriptor.root_schema_ptr(), Arc::new(properties)).map_err(trouble)?;
    let groups = ArrowRowGroupWriterFactory::new(&writer, schema.clone());
    for (at, from) in (0..rows).step_by(GROUP).enumerate() {
        let to = (from + GROUP).min(rows);
        let mut ids = StringBuilder::with_capacity(to - from, (to - from) * 12);
        (from..to).for_each(|i| ids.append_value(id(i)));
        let ids: ArrayRef = Arc::new(ids.finish());
        let columns = groups.create_column_writers(at).map_err(trouble)?;
        let work: Vec<_> = columns.into_iter().zip(schema.fields()).enumerate().collect();
        let chunks = par::map_owned(work, |(at, (mut column, field))| {
            let array = match at.checked_sub(1).and_then(|n| numbers.get(n)) {
                Some(number) => Arc::new(Float64Array::from_iter_values((from..to).map(&number.values))) as ArrayRef,
                None => ids.clone(),
            };
            for leaf in compute_leaves(field, &array)? {
                column.write(&leaf)?;
            }
            column.close()
        });
        let chunks = chunks.into_iter().collect::<std::result::Result<Vec<_>, _>>().map_err(trouble)?;
        let mut group = writer.next_row_group().map_err(trouble)?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group).map_err(trouble)?;
        }
        group.close().map_err(trouble)?;
    }
    let mut file = writer.into_inner().map_err(trouble)?;
    std::io::Write::flush(&mut file).map_err(|e| Error::io(path, e))
}

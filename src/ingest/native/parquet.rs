//! A canonical table from Parquet, in bulk: natural column types are taken whole, cells are looked at one by one only
//! where the type leaves something to check.

use std::fs::File;

use polars::prelude::{
    ArrowDataType, ArrowSchema, ChunkedArray, Column as Frame, DataFrame, DataType, ParquetReader,
    PolarsError, PolarsNumericType, PolarsResult, SerReader, Series, TimeUnit,
};

use super::super::locate::NamedFile;
use super::super::{FileError, identifiers, words};
use super::table::{
    BAD_DAY, BAD_NUMBER, Bad, Column, Header, NO_DAY, NO_NUMBER, NO_WORD, Raw, Words, header,
    refuse_identifiers,
};
use crate::num::Day;
use crate::schema::tables::{Column as Spec, Table, Type};

/// Loads a table. A file that makes the Parquet reader panic is damaged.
pub(super) fn load(file: &NamedFile, table: &'static Table) -> Result<Raw, Vec<FileError>> {
    std::panic::catch_unwind(|| read(file, table)).unwrap_or_else(|_| {
        let cause = "its contents do not fit together".to_owned();
        Err(vec![FileError::Parquet { file: file.name.clone(), cause }])
    })
}

fn read(file: &NamedFile, table: &'static Table) -> Result<Raw, Vec<FileError>> {
    let unreadable = |source| vec![FileError::Unreadable { file: file.name.clone(), source }];
    let damaged = |error: PolarsError| vec![damaged(file, &error)];
    let open = || File::open(&file.path).map_err(unreadable);
    let schema = ParquetReader::new(open()?).schema().map_err(damaged)?;
    let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
    let header = header(&file.name, table, &names)?;
    check_types(file, table, &schema)?;
    let wanted = header.place.iter().flatten().map(|place| names[*place].clone()).collect();
    let reader = ParquetReader::new(open()?).with_columns(Some(wanted));
    let frame = reader.finish().map_err(damaged)?;
    let mut raw = Raw {
        file: file.name.clone(),
        table,
        rows: frame.height(),
        columns: Vec::new(),
        bad: Vec::new(),
        unknown: unknown(file, &header, &schema)?,
        lines: None,
    };
    for spec in table.columns {
        let column = match frame.column(spec.name) {
            Ok(column) => take(spec, column, &mut raw.bad).map_err(damaged)?,
            Err(_) => Column::Absent,
        };
        raw.columns.push(column);
    }
    raw.bad.sort_by_key(|bad| bad.row);
    refuse_identifiers(&raw).map_err(|fault| vec![fault])?;
    Ok(raw)
}

fn damaged(file: &NamedFile, error: &PolarsError) -> FileError {
    let cause = error.to_string();
    FileError::Parquet { file: file.name.clone(), cause: cause.lines().next().unwrap_or_default().to_owned() }
}

/// Refuses the columns from whose type the values cannot be taken.
fn check_types(file: &NamedFile, table: &Table, schema: &ArrowSchema) -> Result<(), Vec<FileError>> {
    use ArrowDataType as A;
    let mut faults = Vec::new();
    for spec in table.columns {
        let Some(field) = schema.get(spec.name) else { continue };
        let text =
            matches!(field.dtype(), A::Utf8 | A::LargeUtf8 | A::Utf8View | A::Dictionary(..) | A::Null);
        let whole =
            matches!(field.dtype(), A::Int32 | A::Int64 | A::UInt8 | A::UInt16 | A::UInt32 | A::UInt64);
        let fits = match spec.ty {
            Type::Surrogate => whole || text || matches!(field.dtype(), A::Float32 | A::Float64),
            Type::Date | Type::Month => text || matches!(field.dtype(), A::Date32 | A::Timestamp(..)),
            _ => text || whole,
        };
        if !fits {
            let found = format!("values of type {:?}", field.dtype());
            let allowed = words::allowed(spec.ty, spec.required);
            faults.push(FileError::ColumnType { file: file.name.clone(), column: spec.name, found, allowed });
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The columns that the schema does not know; a sample of those that hold text or whole numbers is looked at.
fn unknown(
    file: &NamedFile,
    header: &Header,
    schema: &ArrowSchema,
) -> Result<Vec<(String, Option<&'static str>)>, Vec<FileError>> {
    use ArrowDataType as A;
    let mut found = Vec::new();
    for (_, name) in &header.unknown {
        let sampled = schema.get(name).is_some_and(|f| {
            matches!(f.dtype(), A::Utf8 | A::LargeUtf8 | A::Utf8View | A::Dictionary(..) | A::Int64)
        });
        let mut looks_like = identifiers::by_name(name);
        if sampled && looks_like.is_none() {
            let source = File::open(&file.path)
                .map_err(|source| vec![FileError::Unreadable { file: file.name.clone(), source }])?;
            let reader = ParquetReader::new(source).with_columns(Some(vec![name.clone()]));
            let sample = reader.with_slice(Some((0, identifiers::SAMPLE))).finish();
            looks_like = sample.and_then(|frame| by_content(&frame)).map_err(|e| vec![damaged(file, &e)])?;
        }
        found.push((name.clone(), looks_like));
    }
    Ok(found)
}

fn by_content(frame: &DataFrame) -> PolarsResult<Option<&'static str>> {
    let Some(column) = frame.columns().first() else { return Ok(None) };
    let text = column.as_materialized_series().cast(&DataType::String)?;
    Ok(identifiers::by_content(text.str()?.iter().flatten()))
}

fn take(spec: &Spec, column: &Frame, bad: &mut Vec<Bad>) -> PolarsResult<Column> {
    let series = column.as_materialized_series();
    let mut note = |row: usize, found: &str| {
        let allowed = words::allowed(spec.ty, spec.required);
        bad.push(Bad { row, column: spec.name, found: found.to_owned(), allowed });
    };
    Ok(match spec.ty {
        Type::Surrogate => Column::Numbers(numbers(series, &mut note)?),
        Type::Date | Type::Month => Column::Days(days(series, &mut note)?),
        _ => Column::Words(codes(series)?),
    })
}

type Note<'a> = &'a mut dyn FnMut(usize, &str);

fn numbers(series: &Series, note: Note<'_>) -> PolarsResult<Vec<i64>> {
    match series.dtype() {
        DataType::Null => Ok(vec![NO_NUMBER; series.len()]),
        // Tables written from pandas hold whole numbers with gaps as decimals.
        DataType::Float32 | DataType::Float64 => {
            let decimals = series.cast(&DataType::Float64)?;
            let whole = |(row, value): (usize, Option<f64>)| match value.filter(|v| !v.is_nan()) {
                None => NO_NUMBER,
                Some(v) => whole_number(v).unwrap_or_else(|| {
                    note(row, "a number with a decimal point or out of range");
                    BAD_NUMBER
                }),
            };
            Ok(decimals.f64()?.iter().enumerate().map(whole).collect())
        }
        DataType::String | DataType::Categorical(..) | DataType::Enum(..) => {
            let words = codes(series)?;
            let parsed: Vec<Option<i64>> = words.distinct.iter().map(|w| w.parse().ok()).collect();
            Ok(spread(&words, &parsed, NO_NUMBER, BAD_NUMBER, words::not_a_number, note))
        }
        _ => {
            let whole = series.strict_cast(&DataType::Int64)?;
            let mut out = plain(whole.i64()?, NO_NUMBER);
            if out.iter().any(|v| *v <= BAD_NUMBER) {
                for (row, value) in whole.i64()?.iter().enumerate() {
                    if value.is_some_and(|v| v <= BAD_NUMBER) {
                        note(row, "a number with a decimal point or out of range");
                        out[row] = BAD_NUMBER;
                    }
                }
            }
            Ok(out)
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within 2^53")]
fn whole_number(value: f64) -> Option<i64> {
    (value.fract().abs() < f64::MIN_POSITIVE && value.abs() <= 9_007_199_254_740_992.0)
        .then_some(value as i64)
}

fn days(series: &Series, note: Note<'_>) -> PolarsResult<Vec<Day>> {
    match series.dtype() {
        DataType::Null => Ok(vec![NO_DAY; series.len()]),
        DataType::Date => {
            let days = series.to_physical_repr();
            let mut days: Vec<Day> = plain(days.i32()?, NO_DAY.0).into_iter().map(Day).collect();
            for (row, day) in days.iter_mut().enumerate().filter(|(_, day)| **day != NO_DAY) {
                *day = of_our_time(row, *day, note);
            }
            Ok(days)
        }
        DataType::Datetime(unit, _) => {
            let ticks = match unit {
                TimeUnit::Nanoseconds => 86_400_000_000_000_i64,
                TimeUnit::Microseconds => 86_400_000_000,
                TimeUnit::Milliseconds => 86_400_000,
            };
            let times = series.to_physical_repr();
            let day = |(row, time): (usize, Option<i64>)| {
                let Some(time) = time else { return NO_DAY };
                let day = i32::try_from(time.div_euclid(ticks)).ok().filter(|_| time.rem_euclid(ticks) == 0);
                match day.map(Day) {
                    Some(day) => of_our_time(row, day, note),
                    None => {
                        note(row, "a date followed by a time of day");
                        BAD_DAY
                    }
                }
            };
            Ok(times.i64()?.iter().enumerate().map(day).collect())
        }
        _ => {
            let words = codes(series)?;
            let parsed: Vec<Option<Day>> = words.distinct.iter().map(|w| words::day(w)).collect();
            Ok(spread(&words, &parsed, NO_DAY, BAD_DAY, words::not_a_day, note))
        }
    }
}

fn of_our_time(row: usize, day: Day, note: Note<'_>) -> Day {
    // Days from 1900 to 2099; the calendar is asked only about others.
    if (-25_567..=47_481).contains(&day.0) || words::is_of_our_time(day) {
        return day;
    }
    note(row, words::OTHER_TIME);
    BAD_DAY
}

/// The values of a column, `none` where there is none.
fn plain<T: PolarsNumericType>(column: &ChunkedArray<T>, none: T::Native) -> Vec<T::Native> {
    if column.null_count() > 0 {
        return column.iter().map(|value| value.unwrap_or(none)).collect();
    }
    let mut out = Vec::with_capacity(column.len());
    for chunk in column.downcast_iter() {
        out.extend_from_slice(chunk.values());
    }
    out
}

/// The value of each row from the values of the distinct words.
fn spread<T: Copy>(
    words: &Words,
    parsed: &[Option<T>],
    none: T,
    bad: T,
    wrong: fn(&str) -> &'static str,
    note: Note<'_>,
) -> Vec<T> {
    let value = |(row, place): (usize, &u32)| match parsed.get(*place as usize) {
        None => none,
        Some(Some(value)) => *value,
        Some(None) => {
            note(row, wrong(&words.distinct[*place as usize]));
            bad
        }
    };
    words.of.iter().enumerate().map(value).collect()
}

fn codes(series: &Series) -> PolarsResult<Words> {
    let mut words = Words::default();
    let of = match series.dtype() {
        DataType::Null => vec![NO_WORD; series.len()],
        DataType::Categorical(_, mapping) | DataType::Enum(_, mapping) => {
            // The mapping may hold the words of other files, so only those met here are entered.
            const UNSEEN: u32 = u32::MAX - 2;
            let mut places = vec![UNSEEN; mapping.num_cats_upper_bound()];
            let ids = series.to_physical_repr().cast(&DataType::UInt32)?;
            let mut of = plain(ids.u32()?, NO_WORD);
            for id in &mut of {
                let Some(place) = places.get_mut(*id as usize) else { continue };
                if *place == UNSEEN {
                    *place = words.place(mapping.cat_to_str(*id).unwrap_or_default());
                }
                *id = *place;
            }
            of
        }
        _ => {
            let text = series.cast(&DataType::String)?;
            let mut of = Vec::with_capacity(text.len());
            for chunk in text.str()?.downcast_iter() {
                of.extend(chunk.iter().map(|w| w.map_or(NO_WORD, |w| words.place(w))));
            }
            of
        }
    };
    words.of = of;
    Ok(words)
}

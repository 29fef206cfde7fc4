//! The 190 features of `featurise_polars.py`, built by rerefer's own counter: Parquet in, matrix in memory.
//!
//! `cargo bench --bench features_190 -- DATA [OUT.parquet]` prints one line of JSON like the peer scripts do. With
//! OUT it also writes the matrix, so that the peers' `check.py` can compare every value.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops")]

use polars::prelude::*;
use rayon::prelude::*;
use rerefer::features::as_of::{Item, Past};
use rerefer::features::windows::{Counter, NONE, SeriesMap};
use rerefer::history::NO_EPISODE;
use rerefer::num::Day;
use std::time::Instant;

const CODES: [&str; 30] = [
    "contact",
    "referral",
    "referral_nfa",
    "assessment_start",
    "assessment_end",
    "s47",
    "icpc",
    "cp_start",
    "cp_end",
    "cla_start",
    "cla_end",
    "closure",
    "domestic_abuse",
    "neglect",
    "parental_mental_health",
    "parental_substance_misuse",
    "parental_alcohol_misuse",
    "physical_abuse",
    "sexual_abuse",
    "emotional_abuse",
    "child_mental_health",
    "child_substance_misuse",
    "missing_episodes",
    "sexual_exploitation",
    "criminal_exploitation",
    "gangs",
    "self_harm",
    "learning_disability",
    "young_carer",
    "housing",
];
const SEXES: [&str; 2] = ["F", "M"];
const ETHNICITIES: [&str; 6] = ["asian", "black", "mixed", "other", "white_british", "white_other"];
const WINDOWS: [i32; 4] = [90, 180, 365, 730];
const HORIZON: i32 = 365;
const REFERRAL: u16 = 1;
const PER_CODE: usize = WINDOWS.len() + 2;
const WIDTH: usize = CODES.len() * PER_CODE + 10;

struct Data {
    first: Vec<usize>,
    date: Vec<i32>,
    code: Vec<u8>,
    birth: Vec<i32>,
    sex: Vec<u8>,
    ethnicity: Vec<u8>,
    disability: Vec<bool>,
}

/// The physical codes of a categorical or text column, renumbered by `names`.
fn codes(column: &Column, names: &[&str]) -> Vec<u8> {
    // Categories are shared between columns, so a name may belong to another column.
    let place =
        |s: &str| names.iter().position(|n| *n == s).and_then(|p| u8::try_from(p).ok()).unwrap_or(u8::MAX);
    let series = column.as_materialized_series();
    if let Ok(categories) = series.cat32() {
        let map = categories.get_mapping().clone();
        let size = map.num_cats_upper_bound();
        let table: Vec<u8> =
            (0..u32::try_from(size).unwrap()).map(|i| map.cat_to_str(i).map_or(u8::MAX, place)).collect();
        let mut out = Vec::with_capacity(series.len());
        for chunk in categories.physical().downcast_iter() {
            out.extend(chunk.values().iter().map(|c| table[*c as usize]));
        }
        return out;
    }
    series.str().unwrap().iter().map(|s| place(s.unwrap())).collect()
}

fn values(column: &Int32Chunked) -> Vec<i32> {
    let mut out = Vec::with_capacity(column.len());
    column.downcast_iter().for_each(|chunk| out.extend_from_slice(chunk.values()));
    out
}

fn read(folder: &str) -> Data {
    let scan = |file: &str, columns: &[&str]| {
        let path = PlRefPath::new(format!("{folder}/{file}.parquet"));
        let columns: Vec<Expr> = columns.iter().map(|c| col(*c)).collect();
        LazyFrame::scan_parquet(path, ScanArgsParquet::default()).unwrap().select(columns).collect().unwrap()
    };
    let events = scan("events", &["child_id", "date", "code"]);
    let code = codes(events.column("code").unwrap(), &CODES);
    let date = values(events.column("date").unwrap().date().unwrap().physical());
    let children = scan("children", &["birth_month", "sex", "ethnicity", "disability"]);
    let mut first = vec![0_usize; children.height() + 1];
    for chunk in events.column("child_id").unwrap().i64().unwrap().downcast_iter() {
        chunk.values().iter().for_each(|c| first[usize::try_from(*c).unwrap() + 1] += 1);
    }
    (0..children.height()).for_each(|c| first[c + 1] += first[c]);
    Data {
        first,
        date,
        code,
        birth: values(children.column("birth_month").unwrap().date().unwrap().physical()),
        sex: codes(children.column("sex").unwrap(), &SEXES),
        ethnicity: codes(children.column("ethnicity").unwrap(), &ETHNICITIES),
        disability: children
            .column("disability")
            .unwrap()
            .bool()
            .unwrap()
            .iter()
            .map(|b| b.unwrap())
            .collect(),
    }
}

struct Matrix {
    child: Vec<u32>,
    day: Vec<i32>,
    values: Vec<f32>,
}

fn featurise(data: &Data, end: i32) -> Matrix {
    let map = SeriesMap { count: CODES.len(), of_key: (0..30).map(|c| [c, NONE]).collect() };
    let is_index = |i: usize| u16::from(data.code[i]) == REFERRAL && data.date[i] + HORIZON <= end;
    let children = data.first.len() - 1;
    let size = children.div_ceil(256).max(1);
    let starts: Vec<usize> = (0..children).step_by(size).collect();
    let ranges: Vec<std::ops::Range<usize>> = starts.iter().map(|s| *s..(*s + size).min(children)).collect();
    let rows: Vec<usize> = ranges
        .par_iter()
        .map(|r| (data.first[r.start]..data.first[r.end]).filter(|i| is_index(*i)).count())
        .collect();
    let total: usize = rows.iter().sum();
    let (mut child, mut day, mut values) =
        (vec![0_u32; total], vec![0_i32; total], vec![0.0_f32; total * WIDTH]);
    let (mut c, mut d, mut v) = (child.as_mut_slice(), day.as_mut_slice(), values.as_mut_slice());
    let mut tasks = Vec::new();
    for (range, n) in ranges.into_iter().zip(rows) {
        let (c0, c1) = c.split_at_mut(n);
        let (d0, d1) = d.split_at_mut(n);
        let (v0, v1) = v.split_at_mut(n * WIDTH);
        tasks.push((range, c0, d0, v0));
        (c, d, v) = (c1, d1, v1);
    }
    let observed = [true; WINDOWS.len()];
    tasks.into_par_iter().for_each_init(
        || (Counter::new(&map, &WINDOWS), Vec::<Item>::new()),
        |(counter, items), (range, out_child, out_day, out)| {
            let mut at = 0;
            for who in range {
                let places = data.first[who]..data.first[who + 1];
                items.clear();
                items.extend(places.clone().map(|i| Item {
                    known_on: data.date[i],
                    date: data.date[i],
                    key: u16::from(data.code[i]),
                    episode: NO_EPISODE,
                }));
                counter.clear();
                let mut past = Past::new(items);
                for i in places.filter(|i| is_index(*i)) {
                    let day = data.date[i];
                    counter.add(past.release(Day(day)));
                    let row = &mut out[at * WIDTH..(at + 1) * WIDTH];
                    let (counts, person) = row.split_at_mut(CODES.len() * PER_CODE);
                    counter.write(day, &observed, counts);
                    person[0] = (f64::from(day - data.birth[who]) / 365.25) as f32;
                    person[1 + usize::from(data.sex[who])] = 1.0;
                    person[3 + usize::from(data.ethnicity[who])] = 1.0;
                    person[9] = f32::from(u8::from(data.disability[who]));
                    (out_child[at], out_day[at]) = (u32::try_from(who).unwrap(), day);
                    at += 1;
                }
            }
        },
    );
    Matrix { child, day, values }
}

fn write(matrix: &Matrix, path: &str) {
    let mut columns = vec![
        Column::new("child_id".into(), matrix.child.iter().map(|c| i64::from(*c)).collect::<Vec<_>>()),
        Column::new("date".into(), &matrix.day).cast(&DataType::Date).unwrap(),
    ];
    let mut names: Vec<String> = Vec::new();
    for code in CODES {
        names.extend(WINDOWS.iter().map(|w| format!("{code}_n{w}")));
        names.extend([format!("{code}_nall"), format!("{code}_since")]);
    }
    names.push("age".to_owned());
    names.extend(SEXES.iter().map(|s| format!("sex_{s}")));
    names.extend(ETHNICITIES.iter().map(|e| format!("eth_{e}")));
    names.push("disability".to_owned());
    for (i, name) in names.iter().enumerate() {
        let values: Vec<f32> = matrix.values.iter().skip(i).step_by(WIDTH).copied().collect();
        columns.push(Column::new(name.as_str().into(), values));
    }
    let mut frame = DataFrame::new_infer_height(columns).unwrap();
    ParquetWriter::new(std::fs::File::create(path).unwrap()).finish(&mut frame).unwrap();
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let Some(folder) = arguments.first() else {
        println!("usage: cargo bench --bench features_190 -- DATA [OUT.parquet]");
        return;
    };
    let start = Instant::now();
    let data = read(folder);
    let read_s = start.elapsed().as_secs_f64();
    let matrix = featurise(&data, Day::parse("2023-12-31").unwrap().0);
    let seconds = start.elapsed().as_secs_f64();
    drop(data);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find(|l| l.starts_with("VmHWM:"))
        .and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok());
    println!(
        "{{\"script\":\"rerefer\",\"seconds\":{seconds:.3},\"read_s\":{read_s:.3},\"rows\":{},\"columns\":{WIDTH},\"matrix_mb\":{:.1},\"peak_rss_mb\":{:.1}}}",
        matrix.day.len(),
        (matrix.values.len() * 4) as f64 / 1048576.0,
        peak.unwrap_or_default() / 1024.0
    );
    if let Some(path) = arguments.get(1) {
        write(&matrix, path);
    }
}

//! The canonical tables: what is written comes back, from every form that a table can take, and every check bites.

use std::fmt::Write as _;
use std::path::Path;

use polars::prelude::{
    DataFrame, DataType, IntoColumn, NamedFrom, ParquetReader, ParquetWriter, SerReader, Series, TimeUnit,
};
use rerefer::history::{History, NO_CODE, NO_EPISODE};
use rerefer::ingest::{self, Format, Ingested, write_native};
use rerefer::io::atomic;
use rerefer::schema::codes::{DISABILITY, ETHNICITY, LEFT, SEX};
use tempfile::TempDir;

use crate::cin::histories::{day, random};
use crate::cin::{lines, read};

/// A history as CSV tables.
fn write_csv(history: &History, folder: &Path) {
    let c = &history.children;
    let code = |list: &rerefer::schema::codes::CodeList, place: u8| list.get(place).map_or("", |c| c.code);
    let text = |day: Option<rerefer::num::Day>| day.map_or(String::new(), |d| d.to_string());
    let mut children = "observed_to,child,birth_month,sex,ethnicity,disabilities,household,authority,observed_from,left_on,left_reason\r\n".to_owned();
    for i in 0..c.len() {
        let codes: Vec<&str> =
            (0..16).filter(|p| c.disabilities[i] >> p & 1 == 1).map(|p| code(&DISABILITY, p)).collect();
        writeln!(
            children,
            "{},{},{},{},{},{},{},{},{},{},{}\r",
            c.observed_to[i],
            c.id[i],
            text(c.birth_month[i]),
            code(&SEX, c.sex[i]),
            code(&ETHNICITY, c.ethnicity[i]),
            codes.join(" "),
            c.household[i],
            history.authorities[usize::from(c.authority[i])],
            c.observed_from[i],
            text(c.left_on[i]),
            code(&LEFT, c.left_reason[i])
        )
        .unwrap();
    }
    let mut events = "\u{feff}child,date,known_on,kind,code,episode\n".to_owned();
    for e in history.events.iter() {
        let episode = if e.episode == NO_EPISODE { String::new() } else { e.episode.to_string() };
        let spec = e.kind.spec();
        let code = spec.codes.map_or("", |list| code(list, e.code));
        writeln!(
            events,
            "{},{},{},{},\"{code}\",{episode}",
            c.id[e.child as usize], e.date, e.known_on, spec.name
        )
        .unwrap();
    }
    atomic::write(&folder.join("children.csv"), children.as_bytes()).unwrap();
    atomic::write(&folder.join("events.csv"), events.as_bytes()).unwrap();
}

fn same(a: &History, b: &History) {
    assert_eq!(a.children, b.children);
    assert_eq!(a.events, b.events);
    assert_eq!((&a.authorities, &a.first_event), (&b.authorities, &b.first_event));
    assert_eq!(a.source.households, b.source.households);
}

#[test]
fn parquet_and_csv_come_back_the_same() {
    for root in 0..8 {
        let history = random(root, 70);
        let folder = TempDir::new().unwrap();
        let (parquet, csv) = (folder.path().join("parquet"), folder.path().join("csv"));
        write_native(&history, &parquet).unwrap();
        write_csv(&history, &csv);
        for place in [parquet, csv] {
            let read = read(&place);
            same(&read.history, &history);
            assert!(read.quarantined.is_empty(), "{}", lines(&read));
            assert_eq!(read.format, Format::Native);
            // Random codes are of any year, and some are not recorded.
            let known = ["nothing, for a kind that has codes", "a code that"];
            assert!(
                read.problems.iter().all(|p| known.iter().any(|k| p.found.starts_with(k))),
                "{}",
                lines(&read)
            );
            assert_eq!(read.files.iter().map(|f| f.sha256.len()).collect::<Vec<_>>(), [64, 64]);
        }
    }
}

#[test]
fn written_bytes_are_the_same_every_time() {
    let history = random(1, 300);
    let folder = TempDir::new().unwrap();
    let bytes = |name: &str| {
        write_native(&history, &folder.path().join(name)).unwrap();
        let file = |table: &str| std::fs::read(folder.path().join(name).join(table)).unwrap();
        [file("children.parquet"), file("events.parquet")]
    };
    assert_eq!(bytes("a"), bytes("b"));
}

#[test]
fn parquet_as_other_programs_write_it_is_read() {
    let history = random(5, 60);
    let folder = TempDir::new().unwrap();
    write_native(&history, folder.path()).unwrap();
    for (table, as_float, as_time) in
        [("children.parquet", "household", "observed_from"), ("events.parquet", "episode", "date")]
    {
        let path = folder.path().join(table);
        let frame = ParquetReader::new(std::fs::File::open(&path).unwrap()).finish().unwrap();
        let columns = frame.columns().iter().map(|column| {
            let name = column.name().as_str();
            let dtype = match (column.dtype(), name) {
                (_, name) if name == as_float => DataType::Float64,
                (_, name) if name == as_time => DataType::Datetime(TimeUnit::Nanoseconds, None),
                (DataType::Enum(..) | DataType::Date, _) => DataType::String,
                (_, "child") => DataType::Int32,
                (dtype, _) => dtype.clone(),
            };
            column.cast(&dtype).unwrap()
        });
        let mut frame = DataFrame::new_infer_height(columns.rev_in_place()).unwrap();
        ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
    }
    let read = read(folder.path());
    same(&read.history, &history);
    assert!(read.quarantined.is_empty(), "{}", lines(&read));
}

/// Columns in the opposite order: order must not matter.
trait Reversed: Iterator + Sized {
    fn rev_in_place(self) -> Vec<Self::Item> {
        let mut all: Vec<_> = self.collect();
        all.reverse();
        all
    }
}
impl<I: Iterator> Reversed for I {}

const CHILDREN: &str = "child,birth_month,authority,observed_from,observed_to\n";
const EVENTS: &str = "child,date,known_on,kind,code,episode\n";

fn read_csv(children: &str, events: &str) -> Ingested {
    let folder = TempDir::new().unwrap();
    atomic::write(&folder.path().join("children.csv"), children.as_bytes()).unwrap();
    atomic::write(&folder.path().join("events.csv"), events.as_bytes()).unwrap();
    read(folder.path())
}

#[test]
fn a_child_left_out_takes_its_events_with_it_and_no_others() {
    let children = format!(
        "{CHILDREN}5,2015-05-01,201,2018-04-01,2020-03-31\n6,2015-05-02,201,2018-04-01,2020-03-31\n\
         4,,201,2018-04-01,2020-03-31\n"
    );
    let events = format!(
        "{EVENTS}4,2019-01-01,2019-01-01,referral,1A,9\n6,2019-01-01,2019-01-01,referral,1A,1\n\
         6,2019-01-02,2019-01-02,s47,,1\n5,2019-01-01,2019-01-01,referral,1A,7\n"
    );
    let read = read_csv(&children, &events);
    assert_eq!(read.history.children.id, [4, 5]);
    assert_eq!(read.history.events.child, [0, 1]);
    assert_eq!(read.history.events.episode, [9, 7]);
    insta::assert_snapshot!(lines(&read), @"
    error: children.csv: children, birth_month, once (row 3): found a day within a month; allowed: the first day of the month, so that no birthday is held
    error: events.csv: events, child, 2 times (row 3, 4): found a child whose row in children was left out; allowed: rows of children whose own row could be used; correct that row first
    ");
    let out: Vec<_> = read.quarantined.iter().map(|q| (q.file.as_str(), q.row, q.column.as_str())).collect();
    assert_eq!(
        out,
        [
            ("children.csv", Some(3), "birth_month"),
            ("events.csv", Some(3), "child"),
            ("events.csv", Some(4), "child")
        ]
    );
}

#[test]
fn every_problem_is_found_at_once() {
    let children = "child,birth_month,sex,ethnicity,disabilities,household,authority,observed_from,observed_to,left_on,left_reason\n\
        1,2015-05-01,M,WBRI,NONE,1,201,2018-04-01,2020-03-31,,\n\
        2,2015-05-01,m,XXXX,NONE AUT,x,201,2020-03-31,2018-04-01,2019-01-01,\n\
        3,2015-05-01,F,WBRI,AUT LD,,201,2018-04-01,2020-03-31,,died\n\
        4,2015-05-01,F,WBRI,,,,31/03/2018,2020-03-31,,\n\
        5,2015-05-01,F,WBRI,,,201,2018-04-01,2020-03-31,,\n\
        5,2015-05-01,F,WBRI,,,201,2018-04-01,2020-03-31,,\n\
        6,2015-05-01,F\n";
    let events = "child,date,known_on,kind,code,episode\n\
        1,2019-01-01,2019-01-01,referral,1A,1\n\
        1,2019-01-01,2018-12-31,need,N1,1\n\
        1,2012-01-01,2019-01-01,contact,,\n\
        1,2019-01-03,2019-01-03,referral,1A,\n\
        1,2019-01-03,2019-01-03,contact,1A,\n\
        1,2019-01-03,2019-01-03,factor,,1\n\
        1,2019-01-03,2019-01-03,factor,24A,1\n\
        1,2019-01-03,2019-01-03,factor,1Z,1\n\
        1,2019-01-03,2019-01-03,visit,,1\n\
        9,2019-01-03,2019-01-03,contact,,\n\
        1,2018-12-31,2018-12-31,closure,RC7,1\n\
        1,2018-12-31,2018-12-31,s47,,1\n\
        1,2020-04-01,2020-04-01,contact,,\n\
        1,2019-02-01,2019-02-01,referral,1A,1\n\
        1,2019-01-05,2019-01-05,cp_start,,1\n\
        1,2019-02-30,2019-03-01,contact,,one\n";
    let read = read_csv(children, events);
    insta::assert_snapshot!("every_problem", lines(&read));
    assert_eq!(read.history.children.id, [1]);
    assert_eq!(read.history.events.len(), 5);
    assert!(!format!("{read:?}").contains("XXXX"));
}

#[test]
fn an_episode_belongs_to_one_child() {
    let child = |id: u32| format!("{id},,201,2018-04-01,2020-03-31\n");
    let events = format!(
        "{EVENTS}1,2019-01-01,2019-01-01,referral,1A,7\n2,2019-01-01,2019-01-01,referral,1A,8\n\
         2,2019-01-01,2019-01-01,s47,,7\n1,2019-02-01,2019-02-01,referral,1A,9999999999\n"
    );
    let read = read_csv(&format!("{CHILDREN}{}{}", child(1), child(2)), &events);
    assert_eq!(read.history.events.len(), 2);
    // One number does not fit into memory's, so all are numbered anew, in their order.
    assert_eq!(read.history.events.episode, [2, 1]);
    assert_eq!(
        read.problems.iter().filter(|p| p.column == "episode").map(|p| p.row).collect::<Vec<_>>(),
        [Some(2), Some(4)]
    );
}

#[test]
fn households_are_numbered_from_0_and_children_without_one_stand_alone() {
    let rows = "child,household,authority,observed_from,observed_to\n9,70,202,2018-04-01,2020-03-31\n\
        3,,201,2018-04-01,2020-03-31\n5,70,201,2018-04-01,2020-03-31\n7,-1,201,2018-04-01,2020-03-31\n";
    let events = format!("{EVENTS}9,2019-01-01,2019-01-01,contact,,\n");
    let read = read_csv(rows, &events);
    assert_eq!(read.history.children.id, [3, 5, 7, 9]);
    assert_eq!(read.history.children.household, [0, 1, 2, 1]);
    assert_eq!(read.history.authorities, ["201", "202"]);
    assert!(read.history.source.households && read.history.source.remarks.is_empty());
    assert_eq!(read.history.children.sex, [NO_CODE; 4]);

    let alone = read_csv(&format!("{CHILDREN}9,,201,2018-04-01,2020-03-31\n"), &events);
    assert!(!alone.history.source.households);
    assert!(alone.history.source.remarks[0].contains("no household is recorded"));
}

#[test]
fn columns_that_are_not_known_are_never_read() {
    let events = "child,date,known_on,kind,code,episode,ward,ref,Surname\n\
        1,2019-01-01,2019-01-01,contact,,,x,A123456789123,Q7SENTINEL\n";
    let read = read_csv(&format!("{CHILDREN}1,,201,2018-04-01,2020-03-31\n"), events);
    assert_eq!(read.history.events.len(), 1);
    assert_eq!(read.history.events.date, [day("2019-01-01")]);
    insta::assert_snapshot!(lines(&read), @"
    error: events.csv: events, Surname: found a column that looks like a person's name; allowed: no direct identifiers; take the column out (it was not read)
    error: events.csv: events, ref: found a column that looks like a unique pupil number; allowed: no direct identifiers; take the column out (it was not read)
    warning: events.csv: events, ward: found a column that is not known; allowed: the columns of the data dictionary; it was not read
    ");
    assert!(!format!("{read:?}").contains("Q7SENTINEL"));
}

#[test]
fn nhs_numbers_are_refused_as_surrogates() {
    let folder = TempDir::new().unwrap();
    write_native(&random(1, 12), folder.path()).unwrap();
    let path = folder.path().join("children.parquet");
    let mut frame = ParquetReader::new(std::fs::File::open(&path).unwrap()).finish().unwrap();
    // Ten-digit numbers with a valid check digit.
    let valid = |n: i64| {
        let digits: Vec<i64> = (0..9).rev().map(|i| n / 10_i64.pow(i) % 10).collect();
        let check = (11 - digits.iter().zip((2..=10).rev()).map(|(d, w)| d * w).sum::<i64>() % 11) % 11;
        (check < 10).then_some(n * 10 + check)
    };
    let ids: Vec<i64> = (943_476_591..).filter_map(valid).take(12).collect();
    frame.replace("child", Series::new("child".into(), ids).into_column()).unwrap();
    ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
    let error = ingest::read(folder.path(), &|_, _, _| {}).unwrap_err().to_string();
    assert!(
        error.starts_with("children.parquet: column `child` holds what looks like NHS numbers;"),
        "{error}"
    );
}

#[test]
fn notes_come_back_and_are_said_to_have_no_part() {
    let folder = TempDir::new().unwrap();
    let mut history = random(1, 12);
    let (first, last) = (history.children.id[0], history.children.id[11]);
    write_native(&history, folder.path()).unwrap();
    let text = format!(
        "child,date,known_on,kind,text\n{last},2019-01-02,2019-01-03,visit,\"Seen at home, well.\"\n\
         {first},2019-01-05,2019-01-05,call,second\n{first},2019-01-04,2019-01-05,call,first\n"
    );
    atomic::write(&folder.path().join("notes.csv"), text.as_bytes()).unwrap();
    let one = read(folder.path());
    let notes = &one.history.notes;
    assert_eq!(notes.child, [0, 0, 11]);
    assert_eq!(notes.text, ["first", "second", "Seen at home, well."]);
    assert_eq!(notes.kind, ["call", "call", "visit"]);
    assert_eq!(notes.known_on, ["2019-01-05", "2019-01-05", "2019-01-03"].map(day));
    assert!(one.history.source.remarks.iter().any(|r| r.contains("had no part in any result")));
    assert!(!format!("{one:?}").contains("Seen at home"));
    assert_eq!(one.files.len(), 3, "the notes are part of the data's identity");

    // As Parquet and back; and without notes the old table does not stay behind.
    let other = TempDir::new().unwrap();
    history.notes = notes.clone();
    write_native(&history, other.path()).unwrap();
    assert_eq!(&read(other.path()).history.notes, notes);
    history.notes = rerefer::history::Notes::default();
    write_native(&history, other.path()).unwrap();
    assert!(read(other.path()).history.notes.is_empty());
}

#[test]
fn every_problem_of_a_note_is_found_at_once() {
    let folder = TempDir::new().unwrap();
    write_native(&random(1, 12), folder.path()).unwrap();
    let text = "child,date,known_on,kind,text\n\
        -5,2019-01-02,2019-01-01,visit,x\n,02/01/2019,2019-01-03,,\n";
    atomic::write(&folder.path().join("notes.csv"), text.as_bytes()).unwrap();
    let read = read(folder.path());
    assert!(read.history.notes.is_empty());
    insta::assert_snapshot!("every_problem_of_a_note", notes_only(&read));
}

fn notes_only(read: &Ingested) -> String {
    lines(read).lines().filter(|l| l.contains("notes.csv")).map(|l| format!("{l}\n")).collect()
}

//! The ledger as a file: locked, read whole, added to by one line.

use super::chain::{self, Reading};
use super::entry::{Draft, Entry, GENESIS};
use super::error::LedgerError;
use super::fault::Fault;
use super::{form, rules};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The ledger's name in the runs folder.
pub const FILE_NAME: &str = "ledger.jsonl";

/// Adds one entry, and gives it back as written; its `hash` is what the run's manifest must record.
///
/// Holds an exclusive lock on the file, and waits for whoever holds it. The whole chain is read first. The line is
/// written by one write and is on the disk when this returns. `at` is the time, UTC, as `YYYY-MM-DDTHH:MM:SSZ`; data
/// digests may come in any order. A ledger that does not exist is begun.
///
/// A process killed while writing leaves nothing, or an unfinished last line. The next call refuses such a ledger and
/// says how to mend it. It never drops the unfinished line itself, whatever it begins with: a line that a killed process
/// left and an opening whose end somebody cut off are the same bytes, and only the second has been acted upon.
///
/// # Errors
/// Returns an error if the entry is malformed or the rules forbid it, the chain is broken, or the file system refuses.
pub fn append(path: &Path, draft: &Draft, at: &str) -> Result<Entry, LedgerError> {
    let event = draft.clone().in_order();
    if let Some(problem) = form::problem(at, &event) {
        return Err(LedgerError::Malformed(problem));
    }
    let failed = |source| LedgerError::Io { path: path.to_owned(), source };
    let mut file = open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.lock().and_then(|()| file.read_to_end(&mut bytes)).map_err(failed)?;
    let entries = sound(path, chain::read(&bytes))?;
    if let Some(reason) = rules::objection(&entries, &event) {
        return Err(LedgerError::Refused(reason));
    }
    let entry = match entries.last() {
        Some(last) => Entry::seal(last.seq + 1, at, event, &last.hash),
        None => Entry::seal(1, at, event, GENESIS),
    };
    let line = format!("{}\n", entry.line());
    if let Err(source) = write(&mut file, path, line.as_bytes(), bytes.is_empty()) {
        // An entry that the caller is told failed must not count.
        let path = path.to_owned();
        return Err(match file.set_len(bytes.len() as u64).and_then(|()| file.sync_all()) {
            Ok(()) => LedgerError::Io { path, source },
            Err(_) => LedgerError::Unsure { path, source },
        });
    }
    Ok(entry)
}

/// The entries of a sound ledger; none if the file does not exist.
///
/// # Errors
/// Returns an error if the chain is broken or the file cannot be read.
pub fn read(path: &Path) -> Result<Vec<Entry>, LedgerError> {
    sound(path, chain::read(&bytes(path)?))
}

/// Every fault of a ledger at once, none if it is sound.
///
/// `heads` are pairs of run and hash: what [`append`] gave back to that run, as recorded in its manifest or printed in
/// its report. Without them, lines removed at the end leave no trace, nor does a ledger written anew from the start.
///
/// # Errors
/// Returns an error if the file cannot be read. A file that does not exist is an empty ledger.
pub fn verify(path: &Path, heads: &[(String, String)]) -> Result<Vec<Fault>, LedgerError> {
    let Reading { entries, mut faults } = chain::read(&bytes(path)?);
    faults.extend(chain::missing_heads(&entries, heads));
    Ok(faults)
}

fn sound(path: &Path, reading: Reading) -> Result<Vec<Entry>, LedgerError> {
    let others = reading.faults.len().saturating_sub(1);
    match reading.faults.into_iter().next() {
        None => Ok(reading.entries),
        Some(first) => Err(LedgerError::Broken { path: path.to_owned(), first: Box::new(first), others }),
    }
}

/// The bytes of the file, never while a line is being written.
fn bytes(path: &Path) -> Result<Vec<u8>, LedgerError> {
    let mut bytes = Vec::new();
    let mut read = || {
        let mut file = File::open(path)?;
        file.lock_shared()?;
        file.read_to_end(&mut bytes)
    };
    match read() {
        Ok(_) => Ok(bytes),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(bytes),
        Err(source) => Err(LedgerError::Io { path: path.to_owned(), source }),
    }
}

fn open(path: &Path) -> io::Result<File> {
    fs::create_dir_all(folder(path))?;
    OpenOptions::new().read(true).append(true).create(true).open(path)
}

fn folder(path: &Path) -> PathBuf {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new(".")).to_owned()
}

/// Writes a line by one write and waits until it is on the disk; for the first line, the file's name too.
fn write(file: &mut File, path: &Path, line: &[u8], first: bool) -> io::Result<()> {
    if file.write(line)? < line.len() {
        return Err(io::Error::new(io::ErrorKind::WriteZero, "only part of the line could be written"));
    }
    file.sync_all()?;
    #[cfg(unix)]
    if first {
        File::open(folder(path))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _unused = (path, first);
    Ok(())
}

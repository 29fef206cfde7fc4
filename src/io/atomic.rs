//! Files and folders that appear whole or not at all.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes `bytes` to `path` by way of a temporary file in the same folder and a rename.
///
/// # Errors
/// Returns the error of the first step that failed; `path` is then as it was.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(parent)?;
    let mut file = temporary_file(parent)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// Writes several files into `folder`: all are written under temporary names first and then renamed, so that a full disk
/// leaves the folder as it was.
///
/// # Errors
/// Returns the file that failed, and why.
pub fn write_all(folder: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), (PathBuf, std::io::Error)> {
    let at = |name: &str| folder.join(name);
    fs::create_dir_all(folder).map_err(|e| (folder.to_owned(), e))?;
    let mut written = Vec::new();
    for (name, bytes) in files {
        let write = || {
            let mut file = temporary_file(folder)?;
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        written.push((at(name), write().map_err(|e| (at(name), e))?));
    }
    for (path, file) in written {
        file.persist(&path).map_err(|e| (path, e.error))?;
    }
    Ok(())
}

/// A file being written under a temporary name, that appears under its own when it is [kept](keep).
#[derive(Debug)]
pub struct Pending {
    file: std::io::BufWriter<tempfile::NamedTempFile>,
    path: PathBuf,
}

impl Pending {
    /// A file that will be called `name` in `folder`, which is made if it is absent.
    ///
    /// # Errors
    /// Returns the file, and why it could not be begun.
    pub fn new(folder: &Path, name: &str) -> Result<Self, (PathBuf, std::io::Error)> {
        let path = folder.join(name);
        let begin = || {
            fs::create_dir_all(folder)?;
            temporary_file(folder)
        };
        let file = begin().map_err(|e| (path.clone(), e))?;
        Ok(Self { file: std::io::BufWriter::with_capacity(1 << 20, file), path })
    }

    /// The name that it will have.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A second way to write to the same file, for writers that keep what they are given.
    ///
    /// # Errors
    /// Returns the error of the file system.
    pub fn handle(&self) -> std::io::Result<fs::File> {
        self.file.get_ref().as_file().try_clone()
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Gives all files their own names, after every one of them is safely written.
///
/// # Errors
/// Returns the file that failed, and why.
pub fn keep(files: Vec<Pending>) -> Result<(), (PathBuf, std::io::Error)> {
    let mut written = Vec::new();
    for pending in files {
        let path = pending.path;
        let finish = || {
            let file = pending.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        let file = finish().map_err(|e| (path.clone(), e))?;
        written.push((path, file));
    }
    for (path, file) in written {
        file.persist(&path).map_err(|e| (path, e.error))?;
    }
    Ok(())
}

/// A temporary file that becomes permanent: those may read it whom the user's umask lets, as with any other file.
fn temporary_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// A temporary folder in `folder`, removed when dropped.
///
/// # Errors
/// Returns the error of the file system.
pub fn aside(folder: &Path) -> std::io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder)
}

/// How temporary files and folders begin.
const PREFIX: &str = ".rerefer-";

/// After so long, a temporary folder is what a killed run left.
const ABANDONED: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// Removes the temporary folders that killed runs left beside `path`. What cannot be removed stays.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if ours && age().is_some_and(|age| age > ABANDONED) {
            let _gone = fs::remove_dir_all(entry.path());
        }
    }
}

/// Closes a folder to everyone but the user, where the system knows such a thing.
///
/// # Errors
/// Returns the error of the file system.
pub fn close_to_others(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    #[cfg(not(unix))]
    let _folder = folder;
    Ok(())
}

/// Fills a folder by `fill`, given a temporary folder beside `path`, and renames it to `path` once `fill` is done.
///
/// An existing `path` is replaced only after `fill` succeeded.
///
/// # Errors
/// Returns the error of `fill` or of the file system; `path` is then as it was.
pub fn folder<E: From<std::io::Error>>(
    path: &Path,
    fill: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(parent)?;
    sweep(parent);
    // The outer folder is the user's alone, so that nobody reads what a killed run left half done.
    let outer = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
    let new = outer.path().join("new");
    fs::create_dir(&new)?;
    fill(&new)?;
    let old = outer.path().join("old");
    if path.exists() {
        fs::rename(path, &old)?;
    }
    if let Err(error) = fs::rename(&new, path) {
        if old.exists() {
            fs::rename(&old, path)?;
        }
        return Err(error.into());
    }
    Ok(())
}

//! Files and folders that appear whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

/// Writes `bytes` to `path` by way of a temporary file in the same folder and a rename.
///
/// # Errors
/// Returns the error of the first step that failed; `path` is then as it was.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(parent)?;
    let mut file = builder(0o666).tempfile_in(parent)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// Temporary files and folders that become permanent: those who may read are those whom the user's umask lets, as with
/// any other file, not the user alone.
fn builder(mode: u32) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rerefer-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _mode = mode;
    builder
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
    let new = builder(0o777).tempdir_in(parent)?;
    fill(new.path())?;
    if path.exists() {
        let old = tempfile::Builder::new().prefix(".rerefer-old-").tempdir_in(parent)?;
        fs::rename(path, old.path().join("old"))?;
        if let Err(error) = fs::rename(new.path(), path) {
            fs::rename(old.path().join("old"), path)?;
            return Err(error.into());
        }
    } else {
        fs::rename(new.path(), path)?;
    }
    let _path = new.keep();
    Ok(())
}

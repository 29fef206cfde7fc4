//! Names the source that a binary was built from, so that a run can say which code made it.

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=Cargo.lock");
    let mut files = vec![PathBuf::from("Cargo.lock")];
    collect(Path::new("src"), &mut files);
    files.sort();
    // FNV-1a, 64 bit: an identity, not a safeguard.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for file in files {
        let name = file.to_string_lossy().replace('\\', "/");
        for byte in name.into_bytes().into_iter().chain(std::fs::read(&file).unwrap_or_default()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    let lock = std::fs::read_to_string("Cargo.lock").unwrap_or_default();
    let crates = ["polars", "linfa", "linfa-trees", "ndarray"].map(|name| {
        let entry = lock
            .split("[[package]]")
            .find(|e| e.contains(&format!("name = \"{name}\"\n")))
            .unwrap_or_default();
        format!(
            "{name} {}",
            entry.split("version = \"").nth(1).and_then(|v| v.split('"').next()).unwrap_or("?")
        )
    });
    println!("cargo:rustc-env=REREFER_CRATES={}", crates.join(", "));
    println!("cargo:rustc-env=REREFER_CODE={}+{hash:016x}", env!("CARGO_PKG_VERSION"));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

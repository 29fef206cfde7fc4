//! The `rerefer` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    rerefer::cli::main()
}

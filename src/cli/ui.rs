//! The only printer: results on stdout, everything else on stderr, progress bars only on a terminal.

use super::error::{Failure, Kind};
use crate::experiment::run::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Prints and keeps time.
#[derive(Debug)]
pub(super) struct Ui {
    quiet: bool,
    json: bool,
    unprinted: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    bar: ProgressBar,
    stage: Option<(&'static str, Instant)>,
    laps: Vec<(&'static str, Duration)>,
}

impl Ui {
    pub(super) fn new(quiet: bool, json: bool) -> Self {
        Self {
            quiet,
            json,
            unprinted: AtomicBool::new(false),
            state: Mutex::new(State { bar: ProgressBar::hidden(), stage: None, laps: Vec::new() }),
        }
    }

    /// Prints the result: a line of text, or its JSON form.
    pub(super) fn result(&self, text: &str, json: &serde_json::Value) {
        self.finish();
        let written = if self.json {
            writeln!(std::io::stdout(), "{json}")
        } else {
            writeln!(std::io::stdout(), "{text}")
        };
        // Whoever closed the pipe has seen enough.
        if written.is_err_and(|e| e.kind() != std::io::ErrorKind::BrokenPipe) {
            self.unprinted.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a result could not be printed.
    pub(super) fn unprinted(&self) -> bool {
        self.unprinted.load(Ordering::Relaxed)
    }

    /// Prints a note for the person at the keyboard.
    #[expect(clippy::print_stderr, reason = "the only printer")]
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.finish();
            eprintln!("{text}");
        }
    }

    /// Prints a failure and returns its exit code.
    #[expect(clippy::print_stderr, reason = "the only printer")]
    pub(super) fn fail(&self, failure: &Failure) -> ExitCode {
        self.finish();
        if self.json {
            let json = serde_json::json!({"error": failure.kind.words(), "message": failure.message, "hint": failure.hint});
            eprintln!("{json}");
        } else {
            eprintln!("{}: {}", failure.kind.words(), failure.message);
            if let Some(hint) = &failure.hint {
                eprintln!("hint: {hint}");
            }
        }
        ExitCode::from(failure.kind as u8)
    }

    /// Moves the bar to `done` of `total`.
    pub(super) fn at(&self, done: u64, total: u64) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.bar.set_length(total);
        state.bar.set_position(done);
    }

    fn finish(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.close();
        state.bar.finish_and_clear();
    }

    /// Seconds of each stage so far, and the peak memory of the process where the system tells it.
    pub(super) fn timings(&self) -> serde_json::Value {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.close();
        let stages: serde_json::Map<_, _> =
            state.laps.iter().map(|(name, time)| ((*name).to_owned(), time.as_secs_f64().into())).collect();
        serde_json::json!({
            "seconds": stages,
            "peak_memory_bytes": peak_memory(),
            "threads": rayon::current_num_threads(),
        })
    }
}

impl State {
    fn close(&mut self) {
        if let Some((name, start)) = self.stage.take() {
            self.laps.push((name, start.elapsed()));
        }
    }
}

impl Progress for Ui {
    fn stage(&self, name: &'static str, total: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.close();
        state.bar.finish_and_clear();
        let target = if self.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        state.bar = ProgressBar::with_draw_target(Some(total), target).with_message(name);
        if let Ok(style) = ProgressStyle::with_template("{msg:28} [{bar:30}] {percent:>3}%  {elapsed}") {
            state.bar.set_style(style.progress_chars("=> "));
        }
        state.stage = Some((name, Instant::now()));
    }

    fn step(&self, steps: u64) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).bar.inc(steps);
    }
}

/// Prints clap's message and returns its exit code: 0 for help and version, 2 for misuse.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    // Where the arguments make no sense, whether JSON is wanted can only be guessed from them.
    if error.use_stderr() && std::env::args().any(|a| a == "--json") {
        let message = error.render().to_string();
        return Ui::new(true, true).fail(&Failure { kind: Kind::Usage, message, hint: None });
    }
    let _printed = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// Where a panic happened, for the message of [`caught`].
static PANIC: Mutex<String> = Mutex::new(String::new());

/// Runs `work`; a panic becomes an internal failure. What is caught further down, such as a damaged file that makes a
/// library panic, prints nothing.
pub(super) fn caught<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    std::panic::set_hook(Box::new(|panic| {
        let mut place = PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        *place = panic.location().map_or_else(String::new, ToString::to_string);
    }));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let place = PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        // The text of a panic can hold a value from a row; its place cannot.
        let message = format!("rerefer stopped at a fault of its own ({place})");
        Err(Failure::new(Kind::Internal, message, "please report this line"))
    })
}

/// Highest resident memory of this process in bytes, where `/proc` tells it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::{Kind, caught};

    #[test]
    fn a_panic_is_an_internal_error_that_quotes_nothing() {
        let failure = caught::<()>(|| panic!("Q7SENTINEL")).unwrap_err();
        assert_eq!((failure.kind, failure.kind as u8), (Kind::Internal, 70));
        assert!(failure.message.contains("src/cli/ui.rs") && !failure.message.contains("Q7SENTINEL"));
        let _hook = std::panic::take_hook();
    }
}

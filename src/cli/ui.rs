//! The only printer: results on stdout, everything else on stderr, progress bars only on a terminal.

use super::error::Failure;
use crate::experiment::run::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Prints and keeps time.
#[derive(Debug)]
pub(super) struct Ui {
    quiet: bool,
    json: bool,
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
            state: Mutex::new(State { bar: ProgressBar::hidden(), stage: None, laps: Vec::new() }),
        }
    }

    /// Prints the result: a line of text, or its JSON form.
    #[expect(clippy::print_stdout, reason = "the only printer")]
    pub(super) fn result(&self, text: &str, json: &serde_json::Value) {
        self.finish();
        if self.json {
            println!("{json}");
        } else {
            println!("{text}");
        }
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
    let _printed = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// Highest resident memory of this process in bytes, where `/proc` tells it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

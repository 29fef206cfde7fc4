//! The command line: one file a command. Commands turn arguments into calls of the library, errors into advice and
//! exit codes, and print through [`ui`] alone.

mod case;
mod check;
mod clock;
mod error;
mod evaluate;
mod export;
mod final_test;
mod ingest;
mod learners;
mod ledger;
mod load;
mod plan;
mod redact;
mod report;
mod run;
mod scan;
mod synth;
mod ui;
mod verify;

use clap::{Parser, Subcommand};
use error::Failure;
use std::process::ExitCode;
use ui::Ui;

/// Can records tell when a referred child may come back? An honest answer, for research.
///
/// rerefer reads pseudonymised referral histories, tests whether models predict better than counting earlier
/// referrals, and writes a report for people who decide whether such a model should exist. It runs offline and never
/// lists children.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_long_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Number of threads, 1 to 256; results do not depend on it.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Prints no progress and no summary, only the result and errors.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Prints the result as one line of JSON.
    #[arg(long, global = true)]
    json: bool,
}

const EXIT_CODES: &str = "Exit codes:
  0   done (also when the answer is no, and when there were warnings)
  1   `check` found warnings only
  2   the command was used wrongly
  3   the data or the ledger have errors
  4   the experiment or scenario file has errors, or the final test may not be opened,
      or a real child's estimate not explained
  5   too few referrals to evaluate
  70  a fault in rerefer; please report it

Example:
  rerefer run experiments/first-look/experiment.toml";

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::Args),
    Run(run::Args),
    Evaluate(evaluate::Args),
    Ledger(ledger::Args),
    Learners(learners::Args),
    Check(check::Args),
    Ingest(ingest::Args),
    Redact(redact::Args),
    Scan(scan::Args),
    Synth(synth::Args),
    Report(report::Args),
    Case(case::Args),
    Export(export::Args),
    Verify(verify::Args),
}

/// Runs the command line and returns the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ui::usage(&error),
    };
    let ui = Ui::new(cli.quiet, cli.json);
    if let Some(threads) = cli.threads
        && let Err(error) = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global()
    {
        return ui.fail(&Failure::internal(&error));
    }
    let done = ui::caught(|| match cli.command {
        Command::Plan(args) => plan::main(&args, &ui),
        Command::Run(args) => run::main(&args, &ui),
        Command::Evaluate(args) => evaluate::main(&args, &ui),
        Command::Ledger(args) => ledger::main(&args, &ui),
        Command::Learners(args) => learners::main(&args, &ui),
        Command::Check(args) => check::main(&args, &ui),
        Command::Ingest(args) => ingest::main(&args, &ui),
        Command::Redact(args) => redact::main(&args, &ui),
        Command::Scan(args) => scan::main(&args, &ui),
        Command::Synth(args) => synth::main(&args, &ui),
        Command::Report(args) => report::main(&args, &ui),
        Command::Case(args) => case::main(&args, &ui),
        Command::Export(args) => export::main(&args, &ui),
        Command::Verify(args) => verify::main(&args, &ui),
    });
    if ui.unprinted() {
        let message = "the result could not be printed: standard output cannot be written";
        return ui.fail(&Failure { kind: error::Kind::Usage, message: message.to_owned(), hint: None });
    }
    done.unwrap_or_else(|failure| ui.fail(&failure))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}

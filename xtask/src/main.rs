//! The workspace's own checks and measurements: `cargo xtask <task>`.
//!
//! Everything here is written with the standard library alone, so that the tool builds in a second
//! and can never be the reason why a dependency of the library is held back.

mod compile_bench;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <task>

  tidy             check the house rules: file heads, file sizes, directions of imports, compile errors
  compile-bench    measure what the compiler needs for a generated crate of many models
                     --models 50,100            how many models
                     --shape chain,tree,cycles  how their keys refer to each other
                     --drafts                   also one `draft().save()` per model
                     --long-chain               only check that 200 models in a chain, and in a cycle, compile
                     --enforce                  exit 1 where a goal is missed
";

fn main() -> ExitCode {
    // Cargo starts this same binary in place of rustc while the benchmark runs.
    if let Some(log) = std::env::var_os(compile_bench::LOG_VARIABLE) {
        return compile_bench::run_as_rustc(log.into());
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((task, rest)) if task == "tidy" && rest.is_empty() => tidy::run(&root()),
        Some((task, rest)) if task == "compile-bench" => compile_bench::run(&root(), rest),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::from(2)
        }
    }
}

fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map(PathBuf::from).unwrap_or(manifest)
}

//! Stands between cargo and rustc, to learn the memory that rustc needs for one crate.
//!
//! The kernel's own account (`getrusage`) is out of reach without unsafe code, so the running
//! compiler is asked instead. `VmHWM` is a high-water mark and never falls: only what grows in the
//! last few milliseconds before the end can be missed.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::time::Duration;

use super::source::CRATE;

/// Set for the cargo of the benchmark alone; its value is the file that the figures are added to.
pub(crate) const LOG_VARIABLE: &str = "ORM_COMPILE_BENCH_LOG";

const PAUSE: Duration = Duration::from_millis(3);

pub(crate) fn run_as_rustc(log: PathBuf) -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(rustc) = arguments.next() else {
        return ExitCode::FAILURE;
    };
    let arguments: Vec<OsString> = arguments.collect();
    let result = Command::new(&rustc)
        .args(&arguments)
        .spawn()
        .and_then(|mut child| {
            if !is_the_crate(&arguments) {
                return child.wait();
            }
            let (status, kilobytes) = watch(&mut child)?;
            if let Some(kilobytes) = kilobytes {
                let mut log = fs::OpenOptions::new().create(true).append(true).open(log)?;
                writeln!(log, "{kilobytes}")?;
            }
            Ok(status)
        });
    match result {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        // Cargo asks only whether it went well.
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot run {}: {error}", rustc.display());
            ExitCode::FAILURE
        }
    }
}

/// Cargo also calls for the compiler's version and settings; those runs are not to be counted.
fn is_the_crate(arguments: &[OsString]) -> bool {
    arguments
        .windows(2)
        .any(|pair| pair[0] == "--crate-name" && pair[1] == CRATE)
}

fn watch(child: &mut Child) -> std::io::Result<(ExitStatus, Option<u64>)> {
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status, peak));
        }
        let status = fs::read_to_string(&status_file).unwrap_or_default();
        peak = peak.max(high_water_mark(&status));
        std::thread::sleep(PAUSE);
    }
}

fn high_water_mark(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The largest figure in the log; `None` where the platform has no `/proc`.
pub(crate) fn peak_megabytes(log: &Path) -> Option<f64> {
    let text = fs::read_to_string(log).ok()?;
    let kilobytes = text
        .lines()
        .filter_map(|line| line.parse::<u64>().ok())
        .max()?;
    Some(kilobytes as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_read_from_the_status() {
        let status = "Name:\trustc\nVmPeak:\t  900 kB\nVmHWM:\t  12345 kB\nVmRSS:\t 1 kB\n";
        assert_eq!(high_water_mark(status), Some(12345));
        assert_eq!(high_water_mark("Name:\trustc\n"), None);
    }

    #[test]
    fn only_the_crate_counts() {
        let arguments = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(is_the_crate(&arguments(
            "--crate-name orm_compile_bench --edition=2024"
        )));
        assert!(!is_the_crate(&arguments("-vV")));
        assert!(!is_the_crate(&arguments("--crate-name ___ --print=cfg")));
    }
}

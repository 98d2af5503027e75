//! Runs cargo on the generated crate and takes the time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::rustc::{self, LOG_VARIABLE};
use super::shape::Plan;
use super::source;

/// The best of so many runs: what disturbs a measurement only ever makes it longer.
const RUNS: usize = 3;

pub(crate) struct Figures {
    /// Seconds of a check with nothing of this crate in any cache.
    pub(crate) clean: f64,
    /// Seconds of a check after one literal in one query was edited.
    pub(crate) touched: f64,
    /// Where the platform tells it.
    pub(crate) megabytes: Option<f64>,
}

pub(crate) struct Bench {
    /// Holds the generated crate, the log and a build directory of its own.
    folder: PathBuf,
}

impl Bench {
    pub(crate) fn prepare(root: &Path) -> Result<Self, String> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let folder = root
            .join(target.unwrap_or("target".into()))
            .join("compile-bench");
        let bench = Self { folder };
        let package = bench.package();
        fs::create_dir_all(package.join("src")).map_err(|error| explain(&package, &error))?;
        bench.write("Cargo.toml", &source::manifest(root))?;
        // The same versions as in the workspace; cargo drops what this crate does not need.
        if let Ok(lock) = fs::read_to_string(root.join("Cargo.lock")) {
            bench.write("Cargo.lock", &lock)?;
        }
        Ok(bench)
    }

    pub(crate) fn measure(&self, plan: &Plan) -> Result<Figures, String> {
        self.generate(plan)?;
        self.warm_up()?;
        let mut figures = Figures {
            clean: f64::MAX,
            touched: f64::MAX,
            megabytes: None,
        };
        for _ in 0..RUNS {
            self.forget()?;
            figures.clean = figures.clean.min(self.check()?);
        }
        let model = plan.models / 2;
        for run in 0..RUNS {
            let text = source::module(plan, model, 1000 + run);
            self.write(&format!("src/item{model}.rs"), &text)?;
            figures.touched = figures.touched.min(self.check()?);
        }
        figures.megabytes = rustc::peak_megabytes(&self.log());
        Ok(figures)
    }

    pub(crate) fn check_once(&self, plan: &Plan) -> Result<f64, String> {
        self.generate(plan)?;
        self.warm_up()?;
        self.forget()?;
        self.check()
    }

    fn generate(&self, plan: &Plan) -> Result<(), String> {
        let source = self.package().join("src");
        fs::remove_dir_all(&source)
            .and_then(|()| fs::create_dir_all(&source))
            .map_err(|error| explain(&source, &error))?;
        self.write("src/lib.rs", &source::lib(plan))?;
        for model in 0..plan.models {
            let text = source::module(plan, model, 7);
            self.write(&format!("src/item{model}.rs"), &text)?;
        }
        Ok(())
    }

    /// Builds the dependencies, and shows an error of the generated crate before any time is taken.
    fn warm_up(&self) -> Result<(), String> {
        self.check()?;
        // Memory is that of the measured runs; a first run may have met another load.
        match fs::remove_file(self.log()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(explain(&self.log(), &error))
            }
            _ => Ok(()),
        }
    }

    fn forget(&self) -> Result<(), String> {
        self.cargo(&["clean", "--package", source::CRATE])
    }

    fn check(&self) -> Result<f64, String> {
        let start = Instant::now();
        self.cargo(&["check"])?;
        Ok(start.elapsed().as_secs_f64())
    }

    fn cargo(&self, arguments: &[&str]) -> Result<(), String> {
        let this = std::env::current_exe().map_err(|error| error.to_string())?;
        let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
        let output = Command::new(cargo)
            .args(arguments)
            .arg("--target-dir")
            .arg(self.folder.join("target"))
            .current_dir(self.package())
            // Only for this crate: dependencies given by path are not members of its workspace.
            .env("RUSTC_WORKSPACE_WRAPPER", this)
            .env(LOG_VARIABLE, self.log())
            .output()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&output.stderr);
        let start: Vec<&str> = text.lines().take(60).collect();
        let command = arguments.join(" ");
        let package = self.package();
        Err(format!(
            "`cargo {command}` failed in {}:\n{}",
            package.display(),
            start.join("\n")
        ))
    }

    fn package(&self) -> PathBuf {
        self.folder.join("crate")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("memory.log")
    }

    fn write(&self, path: &str, text: &str) -> Result<(), String> {
        let path = self.package().join(path);
        fs::write(&path, text).map_err(|error| explain(&path, &error))
    }
}

fn explain(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

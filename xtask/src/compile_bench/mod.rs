//! `cargo xtask compile-bench`: what a program with many models costs its author at every build.
//!
//! A crate of models and queries is generated beside the build directory and checked by cargo.
//! Its dependencies are built beforehand, so what is measured is that crate alone.

mod measure;
mod options;
mod report;
mod rustc;
mod shape;
mod source;

use std::path::Path;

use measure::Bench;
use options::Options;
use shape::{Plan, Shape};

pub(crate) use rustc::{LOG_VARIABLE, run_as_rustc};

const LONG_CHAIN: usize = 200;

/// `Ok(false)` when a goal is missed and goals are enforced, or the long chain does not compile.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<bool, String> {
    let options = Options::parse(arguments)?;
    let bench = Bench::prepare(root)?;
    if options.long_chain {
        return long_chain(&bench);
    }
    let mut met = true;
    println!("{}", report::heading());
    for &shape in &options.shapes {
        for &models in &options.models {
            let plan = Plan {
                models,
                shape,
                drafts: options.drafts,
                asserts: false,
            };
            let figures = bench.measure(&plan)?;
            println!("{}", report::row(&plan, &figures));
            met &= report::meets_goals(&plan, &figures);
        }
    }
    if !met {
        println!("some goals are missed");
    }
    Ok(met || !options.enforce)
}

/// Auto traits and derives must not walk from model to model: far beyond what a program has, the
/// compiler's recursion limit must not come into sight.
fn long_chain(bench: &Bench) -> Result<bool, String> {
    for shape in [Shape::Chain, Shape::Cycles] {
        let plan = Plan {
            models: LONG_CHAIN,
            shape,
            drafts: false,
            asserts: true,
        };
        let seconds = bench.check_once(&plan)?;
        println!("{LONG_CHAIN} models, {shape}: compiles, {seconds:.2} s");
    }
    Ok(true)
}

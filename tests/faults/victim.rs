//! A child process that plays the victim of a test: the same test program, told to run the same test at the same place.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::place::{APPLICATION, LENT, Place};

/// What begins a line that the child says to its parent, among those of the test program.
const SAYS: &str = "victim says: ";

/// Tells the parent something. The line break before it ends what the test program has begun.
pub fn say(what: impl std::fmt::Display) {
    println!("\n{SAYS}{what}");
}

/// Waits to be killed.
pub fn wait_for_death() -> ! {
    loop {
        std::thread::park();
    }
}

/// A child process, killed with the value.
pub struct Victim {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Victim {
    /// Starts the test a second time, in a process of its own.
    pub fn of(at: &Place) -> Self {
        let program = std::env::current_exe().expect("the test program");
        Self::start(Command::new(program), at, at.url())
    }

    /// Starts the test a second time, by a command that may put the test program into other surroundings, and at a URL
    /// that may be another.
    pub fn start(mut command: Command, at: &Place, url: &str) -> Self {
        let mut child = command
            .args(["--exact", at.test, "--nocapture", "--test-threads=1"])
            .env(LENT, url)
            .env(APPLICATION, at.victims())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the child process starts");
        let out = child.stdout.take().expect("what the child says");
        let lines = BufReader::new(out).lines();
        Self { child, lines }
    }

    /// The next thing that the child says.
    #[track_caller]
    pub fn hear(&mut self) -> String {
        let said = self.lines.find_map(|line| {
            let line = line.expect("a line of the child");
            line.strip_prefix(SAYS).map(str::to_owned)
        });
        said.expect("the child says something before it ends")
    }

    /// Ends the child by SIGKILL, from which nothing can be saved.
    pub fn kill(mut self) {
        self.child.kill().expect("the child is killed");
        let status = self.child.wait().expect("the child has ended");
        assert!(!status.success(), "the child was not killed: {status}");
    }

    /// Waits until the child's test has passed.
    #[track_caller]
    pub fn passes(mut self) {
        // It must be able to write the rest.
        self.lines.by_ref().for_each(drop);
        let status = self.child.wait().expect("the child has ended");
        assert!(status.success(), "the child's test failed: {status}");
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // Both fail where it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! Recording the statements that run through a handle: `capture` and `assert_queries!`.

use std::sync::Arc;

use orm_core::error::Result;

use crate::database::Database;
use crate::log::{Log, Sink};
use crate::observe::{OpenRecording, Watch};
use crate::router::Router;
use crate::transaction::Transaction;

/// A handle whose statements can be recorded: `Database`, `Router`, and references to them and to a `Transaction`.
pub trait Capturable {
    /// The handle that records, of the same type.
    #[doc(hidden)]
    type Recorder;
    #[doc(hidden)]
    fn recorder(&self) -> (Self::Recorder, RecordingSink);
}

/// Where a recording's statements go.
#[doc(hidden)]
pub struct RecordingSink {
    sink: Arc<Sink>,
    /// So that the thread knows of it.
    open: OpenRecording,
}

impl RecordingSink {
    pub(crate) fn new(sink: Arc<Sink>, watch: &Watch) -> Self {
        let open = OpenRecording::new(&sink);
        open.of(watch);
        Self { sink, open }
    }

    /// It is of the database of this watch as well.
    pub(crate) fn also_of(&self, watch: &Watch) {
        self.open.of(watch);
    }

    fn finish(self) -> Log {
        drop(self.open);
        self.sink.take()
    }
}

impl Capturable for Database {
    type Recorder = Self;
    fn recorder(&self) -> (Self, RecordingSink) {
        self.recording()
    }
}

impl Capturable for Router {
    type Recorder = Self;
    fn recorder(&self) -> (Self, RecordingSink) {
        self.recording()
    }
}

impl Capturable for Transaction<'_> {
    type Recorder = Self;
    fn recorder(&self) -> (Self, RecordingSink) {
        self.recording()
    }
}

impl<C: Capturable> Capturable for &C {
    type Recorder = C::Recorder;
    fn recorder(&self) -> (C::Recorder, RecordingSink) {
        (**self).recorder()
    }
}

/// A recording under way, for code in which the closure of `capture` is in the way.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let recording = orm::Recording::of(&db);
/// Book::objects().count(recording.handle())?;
/// assert_eq!(recording.finish().len(), 1);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Recording<H: Capturable> {
    recorder: H::Recorder,
    sink: RecordingSink,
}

impl<H: Capturable> Recording<H> {
    /// Begins to record what runs through [`Recording::handle`].
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let recording = orm::Recording::of(&db);
    /// Book::objects().count(&db)?;  // not through its handle
    /// assert!(recording.finish().is_empty());
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn of(handle: &H) -> Self {
        let (recorder, sink) = handle.recorder();
        Self { recorder, sink }
    }

    /// The handle that is recorded; nothing that runs through the original one is.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let recording = orm::Recording::of(&db);
    /// let db = recording.handle();
    /// assert_eq!(Book::objects().count(db)?, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn handle(&self) -> &H::Recorder {
        &self.recorder
    }

    /// What was recorded. Iterators that are still open show the rows of so far.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let recording = orm::Recording::of(&db);
    /// Book::objects().iterator(recording.handle())?.next();
    /// assert_eq!(recording.finish().len(), 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn finish(self) -> Log {
        self.sink.finish()
    }
}

/// Runs `work` with a handle that records.
pub(crate) fn capture<H: Capturable, T>(
    handle: &H,
    work: impl FnOnce(&H::Recorder) -> Result<T>,
) -> Result<(T, Log)> {
    let recording = Recording::of(handle);
    let value = work(recording.handle())?;
    Ok((value, recording.finish()))
}

/// What `assert_queries!` names: the handle of the type that the shadowed variable has.
#[doc(hidden)]
pub trait Shadow {
    type Handle<'r>
    where
        Self: 'r;
    fn shadow(&self) -> Self::Handle<'_>;
}

macro_rules! shadow_by_value {
    ($($handle:ty)*) => {$(
        impl Shadow for Recording<$handle> {
            type Handle<'r>
                = $handle
            where
                Self: 'r;
            fn shadow(&self) -> $handle {
                self.recorder.clone()
            }
        }
    )*};
}
shadow_by_value! { Database Router }

impl<C: Capturable> Shadow for Recording<&C> {
    type Handle<'r>
        = &'r C::Recorder
    where
        Self: 'r;
    fn shadow(&self) -> &C::Recorder {
        &self.recorder
    }
}

/// Fails with the statements if their number is not the expected one.
#[doc(hidden)]
#[track_caller]
pub fn assert_count<H: Capturable>(recording: Recording<H>, expected: usize) {
    let log = recording.finish();
    let count = log.len();
    if count == expected {
        return;
    }
    let hints: String = log
        .n_plus_one()
        .iter()
        .map(|group| format!("{group}\n"))
        .collect();
    panic!("expected {expected} queries, but {count} ran:\n{log}{hints}");
}

/// Asserts that a block runs exactly so many statements; transaction control does not count. It is Django's
/// `assertNumQueries`.
///
/// Inside the block the name of the handle stands for one that records. The block's value is the macro's.
///
/// # Panics
/// When another number ran; the message lists them with their source lines, and says of those that one line of source ran
/// for row after row what would load their rows at once.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let books = assert_queries!(db, 1, { Book::objects().all(&db)? });
/// assert_eq!(books.len(), 4);
/// # Ok::<(), orm::Error>(())
/// ```
#[macro_export]
macro_rules! assert_queries {
    ($(&)? $db:ident, $expected:expr, $body:block $(,)?) => {{
        let recording = $crate::__private::Recording::of(&$db);
        let value = {
            #[allow(unused_variables)]
            let $db = $crate::__private::Shadow::shadow(&recording);
            $body
        };
        $crate::__private::assert_count(recording, $expected);
        value
    }};
}

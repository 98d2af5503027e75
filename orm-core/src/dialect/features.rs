//! What a database can do, as data. Only the last pass of [`lower`](crate::lower) and the tests ask.

/// What a database can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// `SELECT DISTINCT ON (..)`
    pub distinct_on: bool,
    /// `FOR UPDATE`. Without it a transaction that locks rows has the whole database locked already.
    pub row_locks: bool,
    /// Arrays as parameters of an INSERT, by `unnest`.
    pub insert_arrays: bool,
    /// Each row has a number, which is the value of an integer primary key; the driver is told that of the last row.
    pub row_ids: bool,
    /// An order of arrays.
    pub ordered_arrays: bool,
    /// Frames that end some decimals away, whatever the decimals are computed from.
    pub decimal_ranges: bool,
    /// A DELETE counts the rows that it was asked for, also those that one of them took along.
    pub counts_cascades: bool,
    /// Regular expressions that are no bound values: they need no translation.
    pub regex_exprs: bool,
}

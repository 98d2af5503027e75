//! The fields of a model behind a path.

/// The paths to all fields of a model, as one constant: what `Book::author` derefs to.
pub trait PathFields: 'static {
    /// The constant.
    const ALL: &'static Self;
}

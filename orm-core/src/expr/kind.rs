//! How many values an expression has in a row of its query.

/// [`OneRow`] or [`ManyRows`].
pub trait Kind: 'static {
    /// The kind of an expression made of one of this kind and one of kind `K`.
    type With<K: Kind>: Kind;
}

/// One value a row.
pub struct OneRow;

/// One value for each row of a to-many relation.
pub struct ManyRows;

/// One value a row, that depends on the rows around it.
pub struct Windowed;

impl Kind for Windowed {
    type With<K: Kind> = Self;
}

impl Kind for OneRow {
    type With<K: Kind> = K;
}

impl Kind for ManyRows {
    type With<K: Kind> = Self;
}

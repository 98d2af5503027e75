//! Several rows of one model, as the methods take them that change who belongs to a relation.

use crate::draft::{DraftKey, TakesKey};
use crate::types::NotNull;
use crate::value::Value;

/// Several rows of `M`: a list of instances or of keys, or anything else that can be walked and gives such.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let mut eve = Author::objects().get(&db, Author::name.eq("Eve"))?;
/// let of_bob = Book::objects().filter(Book::author.name.eq("Bob")).all(&db)?;
/// eve.books.add(&db, &of_bob)?;
/// eve.books.add(&db, [of_bob[0].id, of_bob[1].id])?;
/// assert_eq!(eve.books.count(&db)?, 4);
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no rows of `{M}`",
    label = "expected a list of instances or keys of `{M}`"
)]
pub trait RowList<M> {
    /// The keys, to bind.
    fn into_keys(self) -> Vec<Value>;
}

#[diagnostic::do_not_recommend]
impl<M, I> RowList<M> for I
where
    I: IntoIterator,
    DraftKey: TakesKey<I::Item, M, NotNull>,
{
    fn into_keys(self) -> Vec<Value> {
        self.into_iter().map(DraftKey::key_value).collect()
    }
}

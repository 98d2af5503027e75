//! Rows of a model, as the methods take them that change who belongs to a relation.

use crate::draft::{DraftKey, TakesKey};
use crate::model::{KeyType, Model, SingleKey};
use crate::types::NotNull;
use crate::value::Value;

/// Several rows of `M`: a list of instances or of keys, or anything else that can be walked and gives such. A key of several
/// fields is a tuple.
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
    /// The keys, to bind: a list for each of their fields.
    fn into_keys(self) -> Vec<Vec<Value>>;
}

#[diagnostic::do_not_recommend]
impl<M: Model, I> RowList<M> for I
where
    I: IntoIterator,
    I::Item: OneOf<M, M::Key>,
{
    fn into_keys(self) -> Vec<Vec<Value>> {
        let mut keys: Vec<Vec<Value>> = M::SCHEMA.keys().map(|_| Vec::new()).collect();
        let mut key = Vec::with_capacity(keys.len());
        for row in self {
            row.push_key(&mut key);
            for (part, value) in keys.iter_mut().zip(key.drain(..)) {
                part.push(value);
            }
        }
        keys
    }
}

/// The keys of rows that keys of a link table point at: they have one field.
pub(super) fn single_keys<M>(rows: impl RowList<M>) -> Vec<Value> {
    rows.into_keys().pop().unwrap_or_default()
}

/// One row of `M`, whose key is a `K`: an instance, or its key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no row of `{M}`",
    label = "expected a `&{M}` or its key, which is a `{K}`"
)]
pub trait OneOf<M, K> {
    /// Adds the values of its key, to bind.
    fn push_key(self, to: &mut Vec<Value>);
}

#[diagnostic::do_not_recommend]
impl<M, K: SingleKey, V> OneOf<M, K> for V
where
    DraftKey: TakesKey<V, M, NotNull>,
{
    fn push_key(self, to: &mut Vec<Value>) {
        to.push(DraftKey::key_value(self));
    }
}

macro_rules! composite_keys {
    ($($($name:ident)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, $($name: SingleKey),+> OneOf<M, Self> for ($($name,)+) {
            fn push_key(self, to: &mut Vec<Value>) {
                to.extend(self.into_values());
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M, $($name: SingleKey),+> OneOf<M, ($($name,)+)> for &($($name,)+) {
            fn push_key(self, to: &mut Vec<Value>) {
                to.extend(self.clone().into_values());
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model<Key = ($($name,)+)>, $($name: SingleKey),+> OneOf<M, ($($name,)+)> for &M {
            fn push_key(self, to: &mut Vec<Value>) {
                to.extend(self.key().into_values());
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model<Key = ($($name,)+)>, $($name: SingleKey),+> OneOf<M, ($($name,)+)> for &&M {
            fn push_key(self, to: &mut Vec<Value>) {
                to.extend(self.key().into_values());
            }
        }
    )+ };
}
composite_keys! {
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}

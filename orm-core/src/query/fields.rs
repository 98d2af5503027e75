//! A set of a model's own fields: for `save_only`, `get_or_create`, `on_conflict` and their kin.

use crate::model::Model;
use crate::path::{Field, FieldDef, Join, OwnRow, ParentField, Relation, Root, ToOne, Writable};

/// A field of `M`, or a tuple of up to 16; keys are fields too. `save_only`, `get_or_create`, `bulk_update`, `on_conflict` and
/// their kin take it.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let mut book = Book::objects().get(&db, Book::title.eq("SQL"))?;
/// book.save_only(&db, Book::price)?;
/// book.save_only(&db, (Book::author, Book::title))?;
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not a field of `{M}`",
    label = "expected a field of `{M}`, or a tuple of fields"
)]
pub trait FieldSet<M> {
    /// Adds the indexes in the model's schema.
    fn push_indexes(&self, to: &mut Vec<usize>);

    /// The indexes in the model's schema.
    fn indexes(&self) -> Vec<usize> {
        let mut named = Vec::new();
        self.push_indexes(&mut named);
        // One that is named twice, by itself and in an embedded struct, say, is written once.
        let mut indexes = Vec::with_capacity(named.len());
        for index in named {
            if !indexes.contains(&index) {
                indexes.push(index);
            }
        }
        indexes
    }
}

/// Fields of the model's own table, and those of its parents'. One impl for both would be told of as a mismatch of types.
macro_rules! fields {
    ($([$($generics:tt)*] $path:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M: Model, F: FieldDef, $($generics)*> FieldSet<M> for Field<$path, F> {
            fn push_indexes(&self, to: &mut Vec<usize>) {
                to.push(<$path as OwnRow>::AT + F::INDEX);
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model, F: FieldDef<Access: Writable>, $($generics)*> WritableFields<M> for Field<$path, F> {}

        #[diagnostic::do_not_recommend]
        impl<M: Model, R: Relation, $($generics)*> FieldSet<M> for ToOne<$path, R> {
            fn push_indexes(&self, to: &mut Vec<usize>) {
                const {
                    assert!(
                        R::SCHEMA.is_key(),
                        "the key of this relation is a field of the other model"
                    )
                }
                to.push(<$path as OwnRow>::AT + R::SCHEMA.key);
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model, R: Relation, $($generics)*> WritableFields<M> for ToOne<$path, R> {}
    )+ };
}
fields! {
    [] Root<M>;
    [P: OwnRow<Root = M>, Up: ParentField] Join<P, Up>;
}

/// A field of `M` that the program may write, or a tuple of such.
#[diagnostic::on_unimplemented(
    message = "this is not a field of `{M}` that can be written",
    label = "expected a field of `{M}` that is not generated, or a tuple of fields"
)]
pub trait WritableFields<M>: FieldSet<M> {}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, $($name: FieldSet<M>),+> FieldSet<M> for ($($name,)+) {
            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn push_indexes(&self, to: &mut Vec<usize>) {
                let ($($name,)+) = self;
                $($name.push_indexes(to);)+
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M, $($name: WritableFields<M>),+> WritableFields<M> for ($($name,)+) {}
    )+ };
}
crate::tuples::for_each!(tuples);

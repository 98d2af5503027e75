//! What Django's managers do and query sets do not, as methods that say what to write instead.

use crate::query::QuerySet;

/// What is asked to create rows of a model, instead of the model: of that the compiler would show where it is defined.
pub struct NewRows;

/// A trait of methods, and for each a bound that nothing meets.
macro_rules! refused {
    ($($(#[$attribute:meta])+ $bound:ident: $method:ident;)+) => {
        $(
            $(#[$attribute])+
            pub trait $bound<M> {
                /// Nothing that the compiler knows, and so it has no more to say about it.
                type Output;

                #[doc(hidden)]
                fn refused() -> Self::Output;
            }
        )+

        // They take references, so that a method of a program's own `#[queryset]` comes before them.
        #[doc(hidden)]
        pub trait CreateMethods<M> {
            $(
                fn $method<D: ?Sized, V>(&self, _: &D, _: V) -> <NewRows as $bound<M>>::Output
                where
                    NewRows: $bound<M>,
                {
                    <NewRows as $bound<M>>::refused()
                }
            )+
        }
    };
}
refused! {
    /// What creates a row.
    #[diagnostic::on_unimplemented(
        message = "a query set creates no rows: a draft of `{M}` does",
        label = "`{M}::draft()`, its fields, and `.save(&db)`"
    )]
    Creates: create;

    /// What finds a row or creates one.
    #[diagnostic::on_unimplemented(
        message = "a query set creates no rows: a draft of `{M}` does",
        label = "`{M}::draft()`, its fields, and `.get_or_create(&db, {M}::field)`"
    )]
    GetsOrCreates: get_or_create;

    /// What changes a row or creates one.
    #[diagnostic::on_unimplemented(
        message = "a query set creates no rows: a draft of `{M}` does",
        label = "`{M}::draft()`, its fields, and `.update_or_create(&db, {M}::field)`"
    )]
    UpdatesOrCreates: update_or_create;
}

impl<M, R, L> CreateMethods<M> for QuerySet<M, R, L> {}

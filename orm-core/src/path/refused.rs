//! What a path cannot be asked, as methods that say what to write instead. Without them the compiler finds methods of the
//! same names in traits that have nothing to do with paths, and explains why a path is no `Iterator`.

use crate::path::{Relation, ToMany};

/// A trait of methods, and the bound that none of them meets.
macro_rules! refused {
    ($(
        $(#[$diagnostic:meta])+
        $methods:ident / $bound:ident: $($method:ident($($argument:ident)?))+, $([$($generics:tt)*] $type:ty)+;
    )+) => { $(
        $(#[$diagnostic])+
        pub trait $bound {
            /// Nothing that the compiler knows, and so it has no more to say about it.
            type Output;

            #[doc(hidden)]
            fn refused(&self) -> Self::Output;
        }

        #[doc(hidden)]
        pub trait $methods: Sized {
            $(
                fn $method$(<$argument>)?(&self $(, _: $argument)?) -> Self::Output
                where
                    Self: $bound,
                {
                    self.refused()
                }
            )+
        }

        $(impl<$($generics)*> $methods for $type {})+
    )+ };
}
refused! {
    #[diagnostic::on_unimplemented(
        message = "a relation to many is never NULL: it has rows, or none",
        label = "`.is_empty()` is true where it has none"
    )]
    NullLookups / NullableRelation: is_null() is_not_null(), [P, R: Relation] ToMany<P, R>;

    #[diagnostic::on_unimplemented(
        message = "a relation to many is not one value that could be compared",
        label = "`.contains(&row)` asks for one row, `.any(condition)` for some row that meets a condition"
    )]
    ValueLookups / ComparableRelation: eq(V) ne(V) gt(V) gte(V) lt(V) lte(V) is_in(V) range(V),
        [P, R: Relation] ToMany<P, R>;
}

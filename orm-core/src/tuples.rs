//! Tuples: for how many members what can be written as a tuple is there.

/// Calls a macro once, with a line for each tuple of 1 to 16 members: a type parameter and an index for each member.
macro_rules! for_each {
    ($implement:ident) => {
        $implement! {
            T0 0;
            T0 0 T1 1;
            T0 0 T1 1 T2 2;
            T0 0 T1 1 T2 2 T3 3;
            T0 0 T1 1 T2 2 T3 3 T4 4;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10 T11 11;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10 T11 11 T12 12;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10 T11 11 T12 12 T13 13;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10 T11 11 T12 12 T13 13 T14 14;
            T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10 T11 11 T12 12 T13 13 T14 14 T15 15;
        }
    };
}
pub(crate) use for_each;

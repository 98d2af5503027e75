//! The bits of integers.

use super::{Combined, With, call_with};
use crate::ast::builtin::math;
use crate::expr::{ArithmeticOperand, BaseOf, Expression, NullOf, Operand};
use crate::path::{About, Scope};
use crate::types::{Arithmetic, Integer, Nullness, SqlType, WidensTo};

/// The bits of integers, which are methods where Django's are `bitand`, `bitor`, `bitxor`, `bitleftshift` and `bitrightshift`.
pub trait BitFunctions: Expression {
    /// The bits that both have, of the wider type of the two.
    ///
    /// SQL: `"stock_level" & ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::stock_level.bit_and(4).eq(4)).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn bit_and<R>(
        &self,
        other: R,
    ) -> Combined<Self, R::Base, <NullOf<Self> as Nullness>::Or<R::Null>, R::Kind>
    where
        R: ArithmeticOperand<Self::Scope, BaseOf<Self>, Base: Integer>,
        BaseOf<Self>: Arithmetic<R::Base>,
        BaseOf<Self>: Integer,
    {
        call_with(self, &math::BIT_AND, [other.into_node()])
    }

    /// The bits that either has, of the wider type of the two.
    ///
    /// SQL: `"stock_level" | ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::stock_level.bit_or(2).eq(7)).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn bit_or<R>(
        &self,
        other: R,
    ) -> Combined<Self, R::Base, <NullOf<Self> as Nullness>::Or<R::Null>, R::Kind>
    where
        R: ArithmeticOperand<Self::Scope, BaseOf<Self>, Base: Integer>,
        BaseOf<Self>: Arithmetic<R::Base>,
        BaseOf<Self>: Integer,
    {
        call_with(self, &math::BIT_OR, [other.into_node()])
    }

    /// The bits that one of the two has alone, of the wider type of the two.
    ///
    /// SQL: `"stock_level" # ?` on PostgreSQL, `orm_bit_xor("stock_level", ?)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::stock_level.bit_xor(1).eq(4)).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn bit_xor<R>(
        &self,
        other: R,
    ) -> Combined<Self, R::Base, <NullOf<Self> as Nullness>::Or<R::Null>, R::Kind>
    where
        R: ArithmeticOperand<Self::Scope, BaseOf<Self>, Base: Integer>,
        BaseOf<Self>: Arithmetic<R::Base>,
        BaseOf<Self>: Integer,
    {
        call_with(self, &math::BIT_XOR, [other.into_node()])
    }

    /// The bits moved up by so many places, within the type: what leaves it is lost. Where the number is negative, or the type has no so many bits,
    /// none is left.
    ///
    /// SQL: `"stock_level" << ?` within a `CASE` on PostgreSQL, `orm_shl(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::stock_level.shl(2).eq(20)).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn shl<A>(&self, places: A) -> With<Self, A::Null, A::Kind, BaseOf<Self>>
    where
        A: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Integer,
    {
        call_with(self, math::shl(Self::Type::COLUMN), [places.into_node()])
    }

    /// The bits moved down by so many places, filled up with the sign. Where the number is negative, or the type has no so many bits, only the sign is
    /// left: 0 or -1.
    ///
    /// SQL: `"stock_level" >> ..` on PostgreSQL, `orm_shr(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::stock_level.shr(1).eq(2)).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn shr<A>(&self, places: A) -> With<Self, A::Null, A::Kind, BaseOf<Self>>
    where
        A: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Integer,
    {
        call_with(self, math::shr_of(Self::Type::COLUMN), [places.into_node()])
    }
}

impl<E: Expression + ?Sized> BitFunctions for E {}

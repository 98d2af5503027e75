//! What a key compares with and is set to: keys of other fields, and plain values of the types of keys.

use uuid::Uuid;

use crate::ast::Expr as Node;
use crate::draft::{DraftKey, TakesKey};
use crate::expr::{IntoKeyValue, KeyOperand, OneRow};
use crate::model::{Model, SingleKey};
use crate::relation::{ForeignKey, KeyField as _, OneToOne, Parent};
use crate::types::SqlType;
use crate::value::Value;

macro_rules! key_fields {
    ($($key:ident)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S, M: Model<Key: SingleKey>> KeyOperand<S, M> for &$key<M> {
            fn into_key_node(self) -> Node {
                Node::Bind(self.key_value())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, M: Model<Key: SingleKey>, N> IntoKeyValue<S, M, N> for &$key<M> {
            type Kind = OneRow;

            fn into_key_value(self) -> Node {
                Node::Bind(self.key_value())
            }
        }
    )+ };
}
key_fields!(ForeignKey OneToOne Parent);

/// Implements the keys' traits for a type of keys.
#[doc(hidden)]
#[macro_export]
macro_rules! key_literal {
    ($($literal:ty => $type:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<__S, __M: $crate::model::Model<Key = $type>> $crate::expr::KeyOperand<__S, __M> for $literal {
            fn into_key_node(self) -> $crate::ast::Expr {
                $crate::ast::Expr::Bind($crate::types::SqlType::into_value(<$type>::from(self)))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<__S, __M: $crate::model::Model<Key = $type>, __N> $crate::expr::IntoKeyValue<__S, __M, __N> for $literal {
            type Kind = $crate::expr::OneRow;

            fn into_key_value(self) -> $crate::ast::Expr {
                $crate::ast::Expr::Bind($crate::types::SqlType::into_value(<$type>::from(self)))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<__M: $crate::model::Model<Key = $type>, __N> $crate::draft::TakesKey<$literal, __M, __N>
            for $crate::draft::DraftKey
        {
            fn key_value(key: $literal) -> $crate::value::Value {
                $crate::types::SqlType::into_value(<$type>::from(key))
            }
        }
    )+ };
}
key_literal! {
    i16 => i16;
    i32 => i32;
    i64 => i64;
    &str => String;
    String => String;
    Uuid => Uuid;
}

/// Keys that are borrowed from a list of them.
macro_rules! borrowed {
    ($($type:ty)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M: Model<Key = $type>, N> TakesKey<&$type, M, N> for DraftKey {
            fn key_value(key: &$type) -> Value {
                key.to_value()
            }
        }
    )+ };
}
borrowed! { i16 i32 i64 String Uuid }

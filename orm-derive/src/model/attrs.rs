//! The options of `#[model(..)]` and `#[field(..)]`, as written.

use darling::{Error, FromMeta, Result};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Meta, Path};

use crate::diagnostics::suggestion;
use crate::options::{
    Expression, Keyed, NamedExpressions, Names, NotYet, Number, OptionalExpression, Switch, Text,
    Word, options, takes, ungrouped, value_of,
};

options! {
    /// `#[model(..)]` on the struct.
    ModelAttrs {
        table: Option<Keyed<Text>>,
        ordering: Option<Keyed<Names>>,
        index: Vec<Keyed<IndexAttrs>>,
        unique: Vec<Keyed<UniqueAttrs>>,
        check: Vec<Keyed<CheckAttrs>>,
        default_filter: Option<Keyed<Expression>>,
        manager: Vec<Keyed<NamedExpressions>>,
        primary_key: Option<Keyed<Names>>,
        validate: Option<Keyed<NotYet>>,
    }
}

options! {
    /// `index(..)`
    IndexAttrs {
        name: Option<Keyed<Text>>,
        fields: Option<Keyed<Names>>,
        expr: Option<Keyed<Expression>>,
        condition: Option<Keyed<Expression>>,
        include: Option<Keyed<Names>>,
        using: Option<Keyed<Text>>,
    }
}

options! {
    /// `unique(..)`
    UniqueAttrs {
        name: Option<Keyed<Text>>,
        fields: Option<Keyed<Names>>,
    }
}

options! {
    /// `check(..)`
    CheckAttrs {
        name: Option<Keyed<Text>>,
        condition: Option<Keyed<Expression>>,
    }
}

options! {
    /// `#[field(..)]`
    FieldAttrs {
        primary_key: Option<Keyed<Switch>>,
        unique: Option<Keyed<Switch>>,
        index: Option<Keyed<Switch>>,
        column: Option<Keyed<Text>>,
        default: Option<Keyed<OptionalExpression>>,
        db_default: Option<Keyed<Expression>>,
        max_length: Option<Keyed<Number>>,
        max_digits: Option<Keyed<Number>>,
        decimal_places: Option<Keyed<Number>>,
        auto_now: Option<Keyed<Switch>>,
        auto_now_add: Option<Keyed<Switch>>,
        generated: Option<Keyed<Expression>>,
        on_delete: Option<Keyed<OnDelete>>,
        path: Option<Keyed<Word>>,
        through: Option<Keyed<Through>>,
        symmetrical: Option<Keyed<Switch>>,
        table: Option<Keyed<Text>>,
        validate: Option<Keyed<NotYet>>,
    }
}

options! {
    /// `#[model(..)]` on a field.
    ShapeAttrs {
        embed: Option<Keyed<EmbedAttrs>>,
        parent: Option<Keyed<Switch>>,
    }
}

/// `embed`, `embed(prefix = "..")`
#[derive(Clone, Default)]
pub(crate) struct EmbedAttrs {
    pub(crate) prefix: Option<String>,
}

options! {
    /// What stands between the parentheses of `embed(..)`.
    EmbedOptions {
        prefix: Option<Keyed<Text>>,
    }
}

impl FromMeta for EmbedAttrs {
    fn from_meta(item: &Meta) -> Result<Self> {
        match item {
            Meta::Path(_) => Ok(Self::default()),
            Meta::List(_) => EmbedOptions::from_meta(item).map(|options| Self {
                prefix: options.prefix.map(|prefix| prefix.value.0),
            }),
            Meta::NameValue(_) => Err(takes(
                item,
                "takes no value: `",
                "`, or `embed(prefix = \"..\")`",
            )),
        }
    }
}

/// `through = Membership`, `through = (Membership::team, Membership::person)`
#[derive(Clone)]
pub(crate) enum Through {
    Model(Path),
    Keys(Path, Path),
}

impl FromMeta for Through {
    fn from_meta(item: &Meta) -> Result<Self> {
        let path = |expr: &Expr| match ungrouped(expr) {
            Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
            _ => None,
        };
        let told = match value_of(item) {
            Some(Expr::Tuple(keys)) if keys.elems.len() == 2 => path(&keys.elems[0])
                .zip(path(&keys.elems[1]))
                .filter(|(a, b)| a.segments.len() > 1 && b.segments.len() > 1)
                .map(|(a, b)| Self::Keys(a, b)),
            Some(model) => path(model).map(Self::Model),
            None => None,
        };
        told.ok_or_else(|| {
            takes(
                item,
                "names the link model, or its two keys: `",
                " = Link` or `(Link::a, Link::b)`",
            )
        })
    }
}

/// `on_delete = ..`
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum OnDelete {
    Cascade,
    Restrict,
    SetNull,
    SetDefault,
    NoAction,
}

impl OnDelete {
    const WORDS: [(&'static str, Self); 5] = [
        ("cascade", Self::Cascade),
        ("restrict", Self::Restrict),
        ("set_null", Self::SetNull),
        ("set_default", Self::SetDefault),
        ("no_action", Self::NoAction),
    ];

    /// The variant's name, as the schema has it.
    pub(crate) fn tokens(self) -> TokenStream {
        match self {
            Self::Cascade => quote!(Cascade),
            Self::Restrict => quote!(Restrict),
            Self::SetNull => quote!(SetNull),
            Self::SetDefault => quote!(SetDefault),
            Self::NoAction => quote!(NoAction),
        }
    }
}

impl FromMeta for OnDelete {
    fn from_meta(item: &Meta) -> Result<Self> {
        let words = || Self::WORDS.iter().map(|(word, _)| *word);
        let Ok(Word(word)) = Word::from_meta(item) else {
            let words: Vec<_> = words().map(|word| format!("`{word}`")).collect();
            let message = format!("`on_delete` is one of {}, without quotes", words.join(", "));
            return Err(Error::custom(message).with_span(item));
        };
        let name = word.to_string();
        match Self::WORDS.iter().find(|(word, _)| *word == name) {
            Some((_, action)) => Ok(*action),
            None => {
                let suggestion = match crate::django::on_delete(&name) {
                    Some(word) => format!("; write `{word}`"),
                    None => suggestion(&name, words()),
                };
                Err(
                    Error::custom(format!("unknown `on_delete` action `{name}`{suggestion}"))
                        .with_span(&word),
                )
            }
        }
    }
}

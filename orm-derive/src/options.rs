//! What stands in attributes: lists of options, and the kinds of values that an option takes.

use darling::ast::NestedMeta;
use darling::error::Accumulator;
use darling::{Error, FromMeta, Result};
use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Expr, ExprLit, Lit, Member, Meta, Path, UnOp};

use crate::diagnostics::Mistakes;

/// An option's value with the token that named the option.
#[derive(Clone)]
pub(crate) struct Keyed<T> {
    pub(crate) key: Path,
    pub(crate) value: T,
}

impl<T: FromMeta> FromMeta for Keyed<T> {
    fn from_meta(item: &Meta) -> Result<Self> {
        T::from_meta(item).map(|value| Self {
            key: item.path().clone(),
            value,
        })
    }
}

/// Where an option's value goes.
pub(crate) trait Slot {
    fn put(&mut self, item: &Meta) -> Result<()>;
}

impl<T: FromMeta> Slot for Option<Keyed<T>> {
    fn put(&mut self, item: &Meta) -> Result<()> {
        let value = Keyed::from_meta(item)?;
        match self.replace(value) {
            Some(_) => Err(Error::duplicate_field_path(item.path()).with_span(item.path())),
            None => Ok(()),
        }
    }
}

/// An option that may be given several times.
impl<T: FromMeta> Slot for Vec<Keyed<T>> {
    fn put(&mut self, item: &Meta) -> Result<()> {
        self.push(Keyed::from_meta(item)?);
        Ok(())
    }
}

/// A list of options. One that cannot be read leaves the others as they are, so that one mistake is
/// not followed by complaints about what was not read.
pub(crate) trait Options: Default {
    const NAMES: &'static [&'static str];

    /// Sets the option; `None` if there is none of this name.
    fn set(&mut self, name: &str, item: &Meta) -> Option<Result<()>>;

    fn read(&mut self, tokens: TokenStream, errors: &mut Accumulator) {
        let Some(items) = errors.handle(NestedMeta::parse_meta_list(tokens).map_err(Error::from))
        else {
            return;
        };
        for item in items {
            let error = match &item {
                NestedMeta::Meta(meta) => match self.set(&name_of(meta.path()), meta) {
                    Some(result) => result.err().map(|error| error.with_span(meta)),
                    None => Some(unknown::<Self>(meta.path())),
                },
                NestedMeta::NameValueInvalidExpr(meta)
                    if Self::NAMES.contains(&&*name_of(&meta.path)) =>
                {
                    Some(meta.error.clone())
                }
                NestedMeta::NameValueInvalidExpr(meta) => Some(unknown::<Self>(&meta.path)),
                NestedMeta::Lit(lit) => {
                    Some(Error::custom("expected an option's name").with_span(lit))
                }
            };
            if let Some(error) = error {
                errors.push(error);
            }
        }
    }

    /// Reads every attribute of this name.
    fn of(attrs: &[Attribute], name: &str, mistakes: &mut Mistakes) -> Self {
        let mut options = Self::default();
        let mut errors = Error::accumulator();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
            match &attr.meta {
                Meta::List(list) => options.read(list.tokens.clone(), &mut errors),
                Meta::Path(_) | Meta::NameValue(_) => {
                    errors.push(
                        Error::custom(format!("expected `#[{name}(..)]`")).with_span(attr.path()),
                    );
                }
            }
        }
        if let Err(error) = errors.finish() {
            mistakes.parsed(error);
        }
        options
    }
}

fn unknown<O: Options>(path: &Path) -> Error {
    let name = name_of(path);
    match crate::django::instead_of(&name) {
        Some(instead) => Error::custom(format!("unknown option `{name}`: {instead}")),
        None => Error::unknown_field_with_alts(&name, O::NAMES),
    }
    .with_span(path)
}

fn name_of(path: &Path) -> String {
    path.get_ident()
        .map(crate::names::unraw)
        .unwrap_or_else(|| darling::util::path_to_string(path))
}

/// Declares a list of options: a struct with a field for each.
macro_rules! options {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $option:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Default)]
        pub(crate) struct $name {
            $($(#[$doc])* pub(crate) $option: $type,)+
        }

        impl $crate::options::Options for $name {
            const NAMES: &'static [&'static str] = &[$(stringify!($option)),+];

            fn set(&mut self, name: &str, item: &::syn::Meta) -> Option<::darling::Result<()>> {
                match name {
                    $(stringify!($option) => Some($crate::options::Slot::put(&mut self.$option, item)),)+
                    _ => None,
                }
            }
        }

        impl ::darling::FromMeta for $name {
            fn from_meta(item: &::syn::Meta) -> ::darling::Result<Self> {
                let mut options = Self::default();
                let mut errors = ::darling::Error::accumulator();
                match item {
                    ::syn::Meta::List(list) => {
                        $crate::options::Options::read(&mut options, list.tokens.clone(), &mut errors);
                    }
                    _ => errors.push($crate::options::takes(item, "takes a list of options: `", "(..)`")),
                }
                errors.finish_with(options)
            }
        }
    };
}
pub(crate) use options;

/// The error of an option with the wrong kind of value: `before`, the option's name, `after`.
pub(crate) fn takes(item: &Meta, before: &str, after: &str) -> Error {
    let name = name_of(item.path());
    Error::custom(format!("`{name}` {before}{name}{after}")).with_span(item.path())
}

/// The value of `name = value`, out of the invisible groups that `macro_rules!` puts around it.
pub(crate) fn value_of(item: &Meta) -> Option<&Expr> {
    let Meta::NameValue(pair) = item else {
        return None;
    };
    Some(ungrouped(&pair.value))
}

pub(crate) fn ungrouped(mut expr: &Expr) -> &Expr {
    while let Expr::Group(group) = expr {
        expr = &group.expr;
    }
    expr
}

/// An option that is given by its name alone.
#[derive(Clone)]
pub(crate) struct Switch;

impl FromMeta for Switch {
    fn from_meta(item: &Meta) -> Result<Self> {
        match item {
            Meta::Path(_) => Ok(Self),
            _ => Err(takes(item, "takes no value: `", "` alone")),
        }
    }
}

/// `name = 100`
#[derive(Clone)]
pub(crate) struct Number(pub(crate) u32);

impl FromMeta for Number {
    fn from_meta(item: &Meta) -> Result<Self> {
        let number = match value_of(item) {
            Some(Expr::Lit(ExprLit {
                lit: Lit::Int(int), ..
            })) => int.base10_parse().ok(),
            _ => None,
        };
        number
            .map(Self)
            .ok_or_else(|| takes(item, "takes a number: `", " = 10`"))
    }
}

/// `name = "text"`
#[derive(Clone)]
pub(crate) struct Text(pub(crate) String);

impl FromMeta for Text {
    fn from_meta(item: &Meta) -> Result<Self> {
        match value_of(item) {
            Some(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) if !text.value().is_empty() => Ok(Self(text.value())),
            _ => Err(takes(item, "takes a text: `", " = \"..\"`")),
        }
    }
}

/// `name = word`
#[derive(Clone)]
pub(crate) struct Word(pub(crate) Ident);

impl FromMeta for Word {
    fn from_meta(item: &Meta) -> Result<Self> {
        match value_of(item) {
            Some(Expr::Path(path)) if path.path.get_ident().is_some() => path.path.get_ident(),
            _ => None,
        }
        .map(|ident| Self(ident.clone()))
        .ok_or_else(|| takes(item, "takes a name: `", " = ..`"))
    }
}

/// `name = expression`
#[derive(Clone)]
pub(crate) struct Expression(pub(crate) Expr);

impl FromMeta for Expression {
    fn from_meta(item: &Meta) -> Result<Self> {
        let value =
            value_of(item).ok_or_else(|| takes(item, "takes an expression: `", " = ..`"))?;
        Ok(Self(value.clone()))
    }
}

/// `name`, or `name = expression`
#[derive(Clone)]
pub(crate) struct OptionalExpression(pub(crate) Option<Expr>);

impl FromMeta for OptionalExpression {
    fn from_meta(item: &Meta) -> Result<Self> {
        match item {
            Meta::Path(_) => Ok(Self(None)),
            _ => Expression::from_meta(item).map(|value| Self(Some(value.0))),
        }
    }
}

/// `name = [a, -b]`
#[derive(Clone)]
pub(crate) struct Names(pub(crate) Vec<Name>);

/// A field's name in a list, with `-` before it for descending.
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) ident: Ident,
    /// The names behind it, where it is an embedded struct: `stamps.created_at`.
    pub(crate) inner: Vec<Ident>,
    pub(crate) descending: bool,
}

impl FromMeta for Names {
    fn from_meta(item: &Meta) -> Result<Self> {
        let Some(Expr::Array(list)) = value_of(item) else {
            return Err(takes(item, "takes a list of fields: `", " = [a, -b]`"));
        };
        let mut errors = Error::accumulator();
        let names = list
            .elems
            .iter()
            .filter_map(|expr| errors.handle(Name::of(expr)))
            .collect();
        errors.finish_with(Self(names))
    }
}

impl Name {
    fn of(expr: &Expr) -> Result<Self> {
        let (expr, descending) = match ungrouped(expr) {
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
                (ungrouped(&unary.expr), true)
            }
            other => (other, false),
        };
        let mut inner = Vec::new();
        let first = dotted(expr, &mut inner).and_then(Path::get_ident);
        first
            .map(|ident| Self {
                ident: ident.clone(),
                inner,
                descending,
            })
            .ok_or_else(|| {
                Error::custom("expected a field of this struct by its name").with_span(expr)
            })
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.ident)?;
        self.inner.iter().try_for_each(|name| write!(f, ".{name}"))
    }
}

/// The path before the dots of `Post::stamps.created_by`, and the names behind them.
pub(crate) fn dotted<'a>(expr: &'a Expr, inner: &mut Vec<Ident>) -> Option<&'a Path> {
    match ungrouped(expr) {
        Expr::Path(path) if path.qself.is_none() => Some(&path.path),
        Expr::Field(field) => {
            let path = dotted(&field.base, inner)?;
            let Member::Named(name) = &field.member else {
                return None;
            };
            inner.push(name.clone());
            Some(path)
        }
        _ => None,
    }
}

/// `name(first = expression, second = expression)`
#[derive(Clone)]
pub(crate) struct NamedExpressions(pub(crate) Vec<(Ident, Expr)>);

impl FromMeta for NamedExpressions {
    fn from_meta(item: &Meta) -> Result<Self> {
        let form = || takes(item, "takes names with their conditions: `", "(name = ..)`");
        let Meta::List(list) = item else {
            return Err(form());
        };
        let items = NestedMeta::parse_meta_list(list.tokens.clone()).map_err(Error::from)?;
        if items.is_empty() {
            return Err(form());
        }
        let mut errors = Error::accumulator();
        let named = items.iter().filter_map(|item| {
            let one = match item {
                NestedMeta::Meta(meta) => match (meta.path().get_ident(), value_of(meta)) {
                    (Some(name), Some(value)) => Ok((name.clone(), value.clone())),
                    _ => Err(
                        Error::custom("expected a name and a condition: `name = ..`")
                            .with_span(meta),
                    ),
                },
                NestedMeta::NameValueInvalidExpr(meta) => Err(meta.error.clone()),
                NestedMeta::Lit(lit) => Err(Error::custom(
                    "expected a name and a condition: `name = ..`",
                )
                .with_span(lit)),
            };
            errors.handle(one)
        });
        let named = named.collect();
        errors.finish_with(Self(named))
    }
}

/// An option that the documentation describes and that is still to come.
#[derive(Clone)]
pub(crate) struct NotYet;

impl FromMeta for NotYet {
    fn from_meta(item: &Meta) -> Result<Self> {
        let name = name_of(item.path());
        Err(Error::custom(format!("`{name}` is not supported yet")).with_span(item.path()))
    }
}

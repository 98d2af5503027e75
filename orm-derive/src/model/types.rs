//! What a field's type says by its name: relations, `Option`, and what options go with it.

use syn::{GenericArgument, Ident, PathArguments, PathSegment, Type};

use super::ir::Known;

/// A field's type without its `Option`.
pub(crate) struct Shape<'a> {
    pub(crate) nullable: bool,
    pub(crate) kind: Kind<'a>,
    /// Where it is in a `Deferred`, what that holds.
    pub(crate) deferred: Option<Deferred<'a>>,
}

/// `Deferred<T>`
pub(crate) struct Deferred<'a> {
    pub(crate) of: &'a Type,
    /// Whether there is an `Option` around it, instead of in it.
    pub(crate) in_option: bool,
}

pub(crate) enum Kind<'a> {
    Plain(Known),
    ForeignKey(&'a Type),
    OneToOne(&'a Type),
    HasMany(&'a Type),
    HasOne(&'a Type),
    ManyToMany(&'a Type),
    /// A list, which no column holds.
    List(&'a Ident),
    /// A key whose `Option` stands inside of it: the key's name, and what it should be around.
    OptionInside(&'a Ident, &'a Type),
    Parent(&'a Type),
}

/// Recognises types by the last name of their path: a macro sees no further.
pub(crate) fn shape(ty: &Type) -> Shape<'_> {
    let option = last_segment(ty)
        .filter(|segment| segment.ident == "Option")
        .and_then(argument);
    let inner = option.unwrap_or(ty);
    let deferred = last_segment(inner)
        .filter(|segment| segment.ident == "Deferred")
        .and_then(argument);
    if let Some(of) = deferred {
        let in_option = option.is_some();
        return Shape {
            deferred: Some(Deferred { of, in_option }),
            ..shape(of)
        };
    }
    Shape {
        nullable: option.is_some(),
        kind: kind(inner),
        deferred: None,
    }
}

fn kind(ty: &Type) -> Kind<'_> {
    let Some(segment) = last_segment(ty) else {
        return Kind::Plain(Known::Opaque);
    };
    let ident = &segment.ident;
    let Some(inner) = argument(segment) else {
        return Kind::Plain(plain(&ident.to_string()));
    };
    match ident.to_string().as_str() {
        "ForeignKey" | "OneToOne" if is(inner, "Option") => Kind::OptionInside(ident, inner),
        "ForeignKey" => Kind::ForeignKey(inner),
        "OneToOne" => Kind::OneToOne(inner),
        "HasMany" => Kind::HasMany(inner),
        "HasOne" => Kind::HasOne(inner),
        "ManyToMany" => Kind::ManyToMany(inner),
        "Parent" => Kind::Parent(inner),
        "DateTime" if is(inner, "Utc") => Kind::Plain(Known::Moment),
        "Vec" if is(inner, "u8") => Kind::Plain(Known::Bytes),
        "Vec" => Kind::List(ident),
        _ => Kind::Plain(Known::Opaque),
    }
}

fn plain(name: &str) -> Known {
    match name {
        "bool" => Known::Bool,
        "i16" | "i32" | "i64" => Known::Integer,
        "f32" | "f64" => Known::Float,
        "String" => Known::Text,
        "Decimal" => Known::Decimal,
        "Uuid" => Known::Uuid,
        "NaiveDate" | "NaiveTime" | "NaiveDateTime" => Known::Moment,
        "TimeDelta" => Known::Duration,
        "i8" | "u8" => Known::NoColumn("i16"),
        "u16" => Known::NoColumn("i32"),
        "u32" | "u64" | "usize" | "isize" => Known::NoColumn("i64"),
        "i128" | "u128" => Known::NoColumn("Decimal"),
        "char" => Known::NoColumn("String"),
        _ => Known::Opaque,
    }
}

fn last_segment(mut ty: &Type) -> Option<&PathSegment> {
    // `macro_rules!` and parentheses put a type into a group.
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            Type::Path(path) if path.qself.is_none() => return path.path.segments.last(),
            _ => return None,
        };
    }
}

/// The one type between the angle brackets of a type.
pub(crate) fn argument_of(ty: &Type) -> Option<&Type> {
    last_segment(ty).and_then(argument)
}

/// The one type between the angle brackets.
fn argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(ty)) if arguments.args.len() == 1 => Some(ty),
        _ => None,
    }
}

fn is(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn relations_are_seen_through_option_and_paths() {
        let ty = parse_quote!(std::option::Option<orm::prelude::ForeignKey<crate::Author>>);
        let Shape {
            nullable: true,
            kind: Kind::ForeignKey(_),
            deferred: None,
        } = shape(&ty)
        else {
            panic!()
        };
        let ty = parse_quote!(HasMany<Book>);
        let Shape {
            nullable: false,
            kind: Kind::HasMany(_),
            deferred: None,
        } = shape(&ty)
        else {
            panic!()
        };
    }

    #[test]
    fn a_deferred_field_is_what_is_in_it() {
        let ty = parse_quote!(Deferred<Option<String>>);
        let Shape {
            nullable: true,
            kind: Kind::Plain(Known::Text),
            deferred: Some(Deferred {
                in_option: false, ..
            }),
        } = shape(&ty)
        else {
            panic!()
        };
    }

    #[test]
    fn other_types_are_what_their_names_say() {
        for (ty, expected) in [
            (parse_quote!(i32), Known::Integer),
            (parse_quote!(Option<String>), Known::Text),
            (parse_quote!(DateTime<Utc>), Known::Moment),
            (parse_quote!(Vec<u8>), Known::Bytes),
            (parse_quote!(u32), Known::NoColumn("i64")),
            (parse_quote!(Status), Known::Opaque),
            (parse_quote!((i32, i32)), Known::Opaque),
        ] {
            let Shape {
                kind: Kind::Plain(known),
                ..
            } = shape(&ty)
            else {
                panic!()
            };
            assert!(known == expected);
        }
    }
}

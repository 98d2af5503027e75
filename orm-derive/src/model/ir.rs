//! A model as the derive understands it, before anything is checked or written.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Path, Type, Visibility};

use super::attrs::{FieldAttrs, OnDelete};
use crate::options::{Keyed, Name, Names, Number, OptionalExpression, Switch};

pub(crate) struct Model<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) vis: &'a Visibility,
    pub(crate) table: String,
    /// All fields, in the struct's order.
    pub(crate) fields: Vec<Field<'a>>,
    /// The indexes in `fields` of the primary key; none where there is a mistake in it.
    pub(crate) key: Vec<usize>,
    /// The composite key, as it was written.
    pub(crate) primary_key: Option<Keyed<Names>>,
    pub(crate) ordering: Option<Keyed<Names>>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) uniques: Vec<Unique>,
    pub(crate) checks: Vec<Check>,
    pub(crate) default_filter: Option<Expr>,
    /// Query sets with names, each with its condition.
    pub(crate) managers: Vec<(Ident, Expr)>,
}

pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    /// The name without `r#`.
    pub(crate) name: String,
    /// The name of the path and of the draft's method.
    pub(crate) path: Ident,
    /// The helper type that stands for the field.
    pub(crate) marker: Ident,
    /// How widely the path can be seen: as widely as both the struct and the field.
    pub(crate) vis: &'a Visibility,
    pub(crate) ty: &'a Type,
    /// The type, with the struct's name for `Self`.
    pub(crate) tokens: TokenStream,
    pub(crate) nullable: bool,
    /// Whether a query may leave it out; `tokens` and `known` are then about what is in the `Deferred`.
    pub(crate) deferred: bool,
    pub(crate) known: Known,
    pub(crate) docs: TokenStream,
    /// What was written about it, for the checks.
    pub(crate) attrs: FieldAttrs,
    pub(crate) role: Role,
}

pub(crate) enum Role {
    /// A column with a value or a key.
    Column(Box<Column>),
    /// The other side of a key.
    Reverse(Reverse),
    /// A many-to-many.
    Links(Links),
    /// A struct whose fields are columns of this model, with what their names begin with.
    Embed(String),
    /// Something that a mistake was reported about.
    Broken,
}

pub(crate) struct Column {
    /// The index in the schema.
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) relation: Option<Relation>,
    pub(crate) primary_key: bool,
    pub(crate) auto_increment: Decision,
    /// Whether a draft must set it.
    pub(crate) required: Decision,
    pub(crate) unique: bool,
    pub(crate) index_of_its_own: bool,
    pub(crate) max_length: Option<Number>,
    pub(crate) max_digits: Option<Number>,
    pub(crate) decimal_places: Option<Number>,
    pub(crate) auto_now: bool,
    pub(crate) auto_now_add: bool,
    pub(crate) default: Option<OptionalExpression>,
    pub(crate) db_default: Option<Expr>,
    pub(crate) generated: Option<Expr>,
}

/// Something that may hang on a type that the macro cannot see through, such as a newtype.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Decision {
    Yes,
    No,
    ByType,
}

/// A key to another model.
pub(crate) struct Relation {
    pub(crate) one_to_one: bool,
    /// `ForeignKey`, `OneToOne` or `Parent`.
    pub(crate) kind: Ident,
    pub(crate) to: TokenStream,
    pub(crate) on_delete: OnDelete,
    /// Whether the other row is a part of this one.
    pub(crate) parent: bool,
}

/// The other side of a key.
pub(crate) struct Reverse {
    pub(crate) many: bool,
    pub(crate) to: TokenStream,
    /// Whether there is a `#[reverse(..)]`.
    pub(crate) told: bool,
    /// The key, as it names it.
    pub(crate) key: Option<KeyPath>,
}

/// `Book::author`, or of an embedded struct `Book::stamps.created_by`.
#[derive(Clone)]
pub(crate) struct KeyPath {
    pub(crate) path: Path,
    pub(crate) inner: Vec<Ident>,
}

impl ToTokens for KeyPath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { path, inner } = self;
        tokens.extend(quote!(#path #(.#inner)*));
    }
}

/// A relation by way of a link table.
pub(crate) struct Links {
    pub(crate) to: TokenStream,
    /// Whether it is to the model itself, as far as its name tells.
    pub(crate) to_self: bool,
    pub(crate) way: Way,
    pub(crate) symmetrical: bool,
}

/// Where the links are.
pub(crate) enum Way {
    /// In a table of the relation's own: its name, the names of its keys to this side and to the other, and their columns.
    Own {
        table: String,
        keys: [String; 2],
        columns: [String; 2],
    },
    /// In the table of a model, whose keys are found by their types.
    Through(Path),
    /// The same by these two keys.
    Keys(Path, Path),
    /// Where those of the other side are.
    Reverse(KeyPath),
    /// A mistake was reported about it.
    Unreadable,
}

pub(crate) struct Index {
    pub(crate) key: Path,
    pub(crate) name: Option<String>,
    pub(crate) fields: Option<Names>,
    pub(crate) expr: Option<Expr>,
    pub(crate) condition: Option<Expr>,
    pub(crate) include: Option<Names>,
    pub(crate) using: Option<String>,
}

pub(crate) struct Unique {
    pub(crate) key: Path,
    pub(crate) name: Option<String>,
    pub(crate) fields: Option<Names>,
}

pub(crate) struct Check {
    pub(crate) key: Path,
    pub(crate) name: Option<String>,
    pub(crate) condition: Option<Expr>,
}

/// What a type is, as far as its name tells.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Known {
    Bool,
    Integer,
    Float,
    Text,
    Bytes,
    Decimal,
    Uuid,
    /// A date, a time or both.
    Moment,
    Duration,
    /// A key to a model.
    Key,
    /// A number or character of Rust that no column holds, with the type to use instead.
    NoColumn(&'static str),
    /// Any other: an enum or newtype of the program, an alias.
    Opaque,
}

impl Field<'_> {
    /// Something of the embedded struct that the field is, asked at the type's first token: if the type is none, that is one
    /// text at one place, and so the compiler prints it once.
    pub(crate) fn as_embed(&self, asked: &TokenStream) -> TokenStream {
        let tokens = &self.tokens;
        let span = tokens.span();
        let last = tokens.clone().into_iter().last();
        let last = last.map_or(span, |token| token.span());
        let asked = asked.clone().into_iter().map(|mut token| {
            token.set_span(last);
            token
        });
        let asked: TokenStream = asked.collect();
        quote_spanned!(span=> <#tokens as __orm::Embed>::#asked)
    }

    /// The model whose rows those of this one go on from, if the field is the parent.
    pub(crate) fn parent(&self) -> Option<&Relation> {
        let relation = self.column()?.relation.as_ref()?;
        relation.parent.then_some(relation)
    }

    pub(crate) fn column(&self) -> Option<&Column> {
        match &self.role {
            Role::Column(column) => Some(column),
            Role::Reverse(_) | Role::Links(_) | Role::Embed(_) | Role::Broken => None,
        }
    }
}

impl Model<'_> {
    /// The fields that are columns, in the schema's order.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&Field<'_>, &Column)> {
        self.fields
            .iter()
            .filter_map(|field| field.column().map(|column| (field, column)))
    }

    /// The field that is the whole primary key.
    pub(crate) fn single_key(&self) -> Option<&Field<'_>> {
        match self.key[..] {
            [key] => Some(&self.fields[key]),
            _ => None,
        }
    }

    /// The field that is the parent, and to which model.
    pub(crate) fn parent(&self) -> Option<(&Field<'_>, &Relation)> {
        let mut fields = self.fields.iter();
        fields.find_map(|field| Some((field, field.parent()?)))
    }

    /// The fields that are embedded structs.
    pub(crate) fn embeds(&self) -> impl Iterator<Item = &Field<'_>> {
        let embeds = |field: &&Field<'_>| matches!(field.role, Role::Embed(_));
        self.fields.iter().filter(embeds)
    }

    /// Where all is written that needs an embedded struct to be one, or the parent to be a model: at the first one's type, so that
    /// the compiler says once that it is none.
    pub(crate) fn asked_span(&self) -> Span {
        let first = self.embeds().next().map(|field| field.tokens.span());
        let parent = || self.parent().map(|(_, relation)| relation.to.span());
        first.or_else(parent).unwrap_or_else(Span::call_site)
    }

    /// The fields with columns in the order of these: the embedded ones come last.
    pub(crate) fn stored(&self) -> impl Iterator<Item = &Field<'_>> {
        self.columns().map(|(field, _)| field).chain(self.embeds())
    }

    /// The index in the schema of the first column of an embedded struct, or that behind the last one.
    pub(crate) fn offset_of(&self, embedded: Option<&Field<'_>>) -> TokenStream {
        let own = self.columns().count();
        let before = self
            .embeds()
            .take_while(|field| embedded.is_none_or(|embedded| embedded.ident != field.ident))
            .map(|field| field.as_embed(&quote!(WIDTH)));
        quote!(#own #(+ #before)*)
    }

    /// The index in the schema of a field's column; the compiler finds that of a field of an embedded struct.
    pub(crate) fn index_of(&self, name: &Name) -> Option<TokenStream> {
        let field = self
            .fields
            .iter()
            .find(|field| *field.ident == name.ident)?;
        match &field.role {
            Role::Embed(_) if !name.inner.is_empty() => {
                let ident = self.ident.to_token_stream();
                Some(column_of(&ident, &field.path, &name.inner))
            }
            Role::Column(_) if !name.inner.is_empty() => {
                let (to, at) = (&field.parent()?.to, self.offset_of(None));
                let place = column_of(to, &name.inner[0], &name.inner[1..]);
                Some(quote!(#at + #place))
            }
            _ if name.inner.is_empty() => {
                let index = field.column()?.index;
                Some(quote!(#index))
            }
            _ => None,
        }
    }
}

/// The index in the schema of a column that is named by its path: the compiler finds it.
pub(crate) fn column_of(model: &TokenStream, path: &Ident, inner: &[Ident]) -> TokenStream {
    // At the names, which is what a wrong one is wrong about.
    let mut names = quote_spanned!(path.span()=> #model::#path);
    for name in inner {
        names = quote_spanned!(name.span()=> __orm::embedded_paths(#names).#name);
    }
    quote!(__orm::column_of::<#model, _>(#names))
}

impl Column {
    /// Whether a draft has a method for it.
    pub(crate) fn settable(&self) -> bool {
        self.generated.is_none()
    }
}

/// Whether an option without a value was given.
pub(crate) fn given(switch: &Option<Keyed<Switch>>) -> bool {
    switch.is_some()
}

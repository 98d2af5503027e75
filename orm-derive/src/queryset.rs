//! `#[queryset] impl QuerySet<Post> { .. }`: an extension trait of query sets, and of what else leads to rows.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, GenericParam, ImplItem, ImplItemFn, ItemImpl, Pat,
    PathArguments, ReceiverKind, ReturnType, Safety, Signature, Type, Visibility,
};

use crate::diagnostics::Mistakes;
use crate::names::{replace_self, unraw};

const WHERE: &str = "`#[queryset]` belongs on an `impl QuerySet<Post> { .. }` with the methods";

pub(crate) fn expand(name: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let expanded = read(name, item, &mut mistakes).map(|set| set.expand());
    let mut tokens = mistakes.into_tokens();
    tokens.extend(expanded);
    tokens
}

/// What was written.
struct Set {
    /// The traits that are made, each with its methods; those without visibility are in one of their own.
    traits: Vec<(Visibility, Ident, Vec<Method>)>,
    attrs: Vec<Attribute>,
    model: Type,
    self_ty: Type,
}

struct Method {
    /// Whether it is a step for rows of every shape.
    step: bool,
    written: ImplItemFn,
}

fn read(name: TokenStream, item: TokenStream, mistakes: &mut Mistakes) -> Option<Set> {
    let name: Option<Ident> = match name.is_empty() {
        true => None,
        false => match syn::parse2(name.clone()) {
            Ok(name) => Some(name),
            Err(_) => {
                let message = "`#[queryset(PostReports)]` takes the name of the trait";
                mistakes.at(name, message);
                None
            }
        },
    };
    let Ok(item) = syn::parse2::<ItemImpl>(item.clone()) else {
        // Half-written code has errors of its own to tell.
        match syn::parse2::<syn::Item>(item.clone()) {
            Ok(_) => mistakes.at(first(&item), WHERE),
            Err(error) => mistakes.parsed(error.into()),
        }
        return None;
    };
    let model = model_of(&item, mistakes)?;
    let name = match name {
        Some(name) => name,
        None => {
            let last = last_ident(&model)?;
            Ident::new(&format!("{}QuerySet", unraw(last)), last.span())
        }
    };
    let methods = item.items.into_iter();
    let methods = methods.filter_map(|item| method(item, mistakes));
    Some(Set {
        traits: traits(name, methods.collect(), mistakes),
        attrs: item.attrs,
        model,
        self_ty: *item.self_ty,
    })
}

/// The first token, to underline.
fn first(tokens: &TokenStream) -> TokenStream {
    tokens.clone().into_iter().take(1).collect()
}

/// The model of `impl QuerySet<Model>`.
fn model_of(item: &ItemImpl, mistakes: &mut Mistakes) -> Option<Type> {
    if let Some((path, _)) = &item.trait_ {
        mistakes.at(path, WHERE);
        return None;
    }
    if !item.generics.params.is_empty() {
        let message = "`#[queryset]` is for the query sets of one model: `impl QuerySet<Post>`";
        mistakes.at(&item.generics, message);
        return None;
    }
    let segment = match &*item.self_ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let arguments = match segment.map(|segment| (&segment.arguments, &segment.ident)) {
        Some((PathArguments::AngleBracketed(arguments), name)) if name == "QuerySet" => arguments,
        _ => {
            mistakes.at(&item.self_ty, WHERE);
            return None;
        }
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(model))
            if arguments.args.len() == 1 && last_ident(model).is_some() =>
        {
            Some(model.clone())
        }
        _ => {
            let message = "name the model alone, `QuerySet<Post>`: what returns `Self` is for rows of every shape";
            mistakes.at(arguments, message);
            None
        }
    }
}

fn last_ident(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        Type::Group(group) => last_ident(&group.elem),
        _ => None,
    }
}

/// A method, if there is nothing wrong with it.
fn method(item: ImplItem, mistakes: &mut Mistakes) -> Option<Method> {
    let ImplItem::Fn(written) = item else {
        mistakes.at(item, "`#[queryset]` makes methods only");
        return None;
    };
    let Signature {
        constness,
        asyncness,
        safety,
        abi,
        ident,
        output,
        ..
    } = &written.sig;
    let step = match output {
        ReturnType::Type(_, ty) => matches!(&**ty, Type::Path(path) if path.path.is_ident("Self")),
        ReturnType::Default => false,
    };
    let by_value = |receiver: &syn::Receiver| matches!(receiver.kind, ReceiverKind::Value);
    if let Some(asyncness) = asyncness {
        let message = "a method of a query set cannot be async: building a query waits for nothing, and `db.run(..)` runs one";
        mistakes.at(asyncness, message);
    } else if let Safety::Unsafe(safety) = safety {
        mistakes.at(safety, "a method of a query set cannot be unsafe");
    } else if let Some(constness) = constness {
        mistakes.at(constness, "a method of a query set cannot be const");
    } else if let Some(abi) = abi {
        mistakes.at(abi, "a method of a query set has no ABI");
    } else if !written.sig.receiver().is_some_and(by_value) {
        let message = format!(
            "a method of a query set takes `self`, as `filter` does: `fn {ident}(self, ..)`"
        );
        match written.sig.receiver() {
            Some(receiver) => mistakes.at(receiver, message),
            None => mistakes.at(ident, message),
        }
    } else {
        return Some(Method { step, written });
    }
    None
}

/// The methods by their visibility: that of a method is its trait's.
fn traits(
    name: Ident,
    methods: Vec<Method>,
    mistakes: &mut Mistakes,
) -> Vec<(Visibility, Ident, Vec<Method>)> {
    let private = |method: &Method| matches!(method.written.vis, Visibility::Inherited);
    let (inner, outer): (Vec<_>, Vec<_>) = methods.into_iter().partition(private);
    let Some(vis) = outer.first().map(|method| method.written.vis.clone()) else {
        return vec![(Visibility::Inherited, name, inner)];
    };
    for other in outer.iter().map(|method| &method.written.vis) {
        if other.to_token_stream().to_string() != vis.to_token_stream().to_string() {
            let message = format!(
                "the methods of one `#[queryset]` share the visibility of the trait `{name}`: this one goes into an impl \
                 of its own, with `#[queryset(AnotherName)]`"
            );
            mistakes.at(other, message);
        }
    }
    // In scope where it stands, and nowhere else.
    let hidden = format_ident!("__{name}");
    let mut traits = vec![(vis, name, outer)];
    if !inner.is_empty() {
        traits.push((Visibility::Inherited, hidden, inner));
    }
    traits
}

impl Set {
    fn expand(&self) -> TokenStream {
        let all = || self.traits.iter().flat_map(|(_, _, methods)| methods);
        let declared = self
            .traits
            .iter()
            .map(|(vis, name, methods)| self.declared(vis, name, methods));
        let implemented = self
            .traits
            .iter()
            .map(|(_, name, methods)| self.implemented(name, methods));
        let (model, self_ty) = (&self.model, &self.self_ty);
        let rows = quote!(__orm::QuerySet<#model, __R, __L>);
        let steps = self.bodies(
            &format_ident!("__Steps"),
            &quote!(<__R: __orm::AnyRows, __L: __orm::Terms<Database = __orm::AnyDatabase>>),
            &rows,
            all().filter(|method| method.step),
        );
        let whole = self.bodies(
            &format_ident!("__Whole"),
            &TokenStream::new(),
            &self_ty.to_token_stream(),
            all().filter(|method| !method.step),
        );
        let attrs = self.attrs.iter().filter(|attr| !is_doc(attr));
        quote! {
            #(#declared)*
            #(#attrs)*
            const _: () = {
                use ::orm::private as __orm;
                #steps
                #whole
                #(#implemented)*
            };
        }
    }

    /// The trait that a program names.
    fn declared(&self, vis: &Visibility, name: &Ident, methods: &[Method]) -> TokenStream {
        let model = &self.model;
        let attrs = &self.attrs;
        let documented = attrs.iter().any(is_doc);
        let doc = (!documented).then(|| {
            let doc = format!(
                "Steps and questions of queries of `{}`.",
                last_ident(model).map(unraw).unwrap_or_default()
            );
            quote!(#[doc = #doc])
        });
        let methods = methods.iter().map(|method| {
            let attrs = method.written.attrs.iter();
            let attrs = attrs.filter(|attr| is_any(attr, &IN_SIGHT) || is_any(attr, &BOTH));
            let signature = self.signature(method);
            quote!(#(#attrs)* #signature;)
        });
        quote! {
            #doc
            #(#attrs)*
            #[allow(private_interfaces, private_bounds, clippy::all, clippy::pedantic)]
            #vis trait #name: ::orm::private::Narrow { #(#methods)* }
        }
    }

    /// A method as the trait has it.
    fn signature(&self, method: &Method) -> TokenStream {
        let model = &self.model;
        let sig = plain(&method.written.sig);
        let Signature {
            ident,
            generics,
            inputs,
            output,
            ..
        } = &sig;
        let (output, of_self, whole) = if method.step {
            (
                quote!(-> <Self as ::orm::private::Narrow>::Narrowed),
                quote!(::orm::private::QuerySet<
                    #model,
                    <Self as ::orm::private::Narrow>::Rows,
                    <Self as ::orm::private::Narrow>::Lock
                >),
                None,
            )
        } else {
            let of_self = quote!(::orm::private::QuerySet<#model>);
            let output = replace_self(output.to_token_stream(), &|_| of_self.clone());
            // At the method's name, which the compiler shows where it is called on something else.
            let whole = quote_spanned!(ident.span()=> Self: ::orm::private::WholeQuery<#model>,);
            (output, of_self, Some(whole))
        };
        let of_self = |_| of_self.clone();
        let inputs = inputs.iter().skip(1);
        let inputs = replace_self(quote!(#(#inputs),*), &of_self);
        let params = replace_self(generics.to_token_stream(), &of_self);
        let bounds = generics.where_clause.iter().map(|clause| {
            let predicates = clause.predicates.iter();
            replace_self(quote!(#(#predicates,)*), &of_self)
        });
        quote!(fn #ident #params (self, #inputs) #output where #whole #(#bounds)*)
    }

    /// The trait on everything that it is for: each method goes on to the one with the body.
    fn implemented(&self, name: &Ident, methods: &[Method]) -> TokenStream {
        let model = &self.model;
        let methods = methods.iter().map(|method| {
            let signature = self.signature(method);
            let cfg = cfg(&method.written.attrs);
            let sig = plain(&method.written.sig);
            let body = body_ident(&sig.ident);
            let generics = turbofish(&sig);
            let arguments = sig.inputs.iter().filter_map(|input| match input {
                FnArg::Typed(input) => Some(&input.pat),
                FnArg::Receiver(_) => None,
            });
            let call = quote!(.#body #generics (#(#arguments),*));
            let forwarded = if method.step {
                quote!(__orm::Narrow::narrow(self, move |rows| rows #call))
            } else {
                quote!(__orm::WholeQuery::<#model>::whole_query(self) #call)
            };
            quote!(#(#cfg)* #signature { #forwarded })
        });
        let (bound, methods) = (self.is_model(), quote!(#(#methods)*));
        // One impl for each: of one for all that leads to rows, the compiler lists what it would need.
        quote! {
            #[allow(clippy::all, clippy::pedantic)]
            impl<__R: __orm::AnyRows, __L: __orm::Terms> #name for __orm::QuerySet<#model, __R, __L> #bound { #methods }
            #[allow(clippy::all, clippy::pedantic)]
            impl #name for &__orm::HasMany<#model> #bound { #methods }
            #[allow(clippy::all, clippy::pedantic)]
            impl #name for &__orm::ManyToMany<#model> #bound { #methods }
            #[allow(clippy::all, clippy::pedantic)]
            impl<__P, __R: __orm::Relation<To = #model>> #name for __orm::ToMany<__P, __R> #bound { #methods }
            #[allow(clippy::all, clippy::pedantic)]
            impl<__P, __R: __orm::Relation<To = #model>, __S: __orm::AnyRows, __E> #name
                for __orm::Related<__P, __R, __S, __E> #bound { #methods }
        }
    }

    /// That the model is one: in the same words at the same place for each impl, so that the compiler says it once.
    fn is_model(&self) -> TokenStream {
        let model = &self.model;
        quote_spanned!(model.span()=> where #model: __orm::Model)
    }

    /// The methods as they were written, on query sets: in a trait, since only their crate could have them without one.
    fn bodies<'a>(
        &self,
        name: &Ident,
        generics: &TokenStream,
        on: &TokenStream,
        methods: impl Iterator<Item = &'a Method>,
    ) -> TokenStream {
        let (declared, written): (Vec<_>, Vec<_>) = methods
            .map(|Method { written, .. }| {
                let ImplItemFn {
                    attrs, sig, block, ..
                } = written;
                let body = body_ident(&sig.ident);
                let mut declared = plain(sig);
                declared.ident = body.clone();
                let mut sig = sig.clone();
                sig.ident = body;
                let cfg = cfg(attrs);
                let attrs = attrs.iter().filter(|attr| !is_any(attr, &IN_SIGHT));
                (quote!(#(#cfg)* #declared;), quote!(#(#attrs)* #sig #block))
            })
            .unzip();
        if written.is_empty() {
            return TokenStream::new();
        }
        let bound = self.is_model();
        quote! {
            #[allow(private_interfaces, private_bounds, clippy::all, clippy::pedantic)]
            trait #name: __orm::Sized { #(#declared)* }
            impl #generics #name for #on #bound { #(#written)* }
        }
    }
}

/// The signature without patterns: with a name for each argument.
fn plain(sig: &Signature) -> Signature {
    let mut sig = sig.clone();
    for (at, input) in sig.inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) => receiver.mutability = None,
            FnArg::Typed(input) => {
                let name = match &*input.pat {
                    Pat::Ident(pat) if pat.subpat.is_none() => pat.ident.clone(),
                    _ => Ident::new(&format!("argument_{at}"), Span::mixed_site()),
                };
                input.attrs.clear();
                *input.pat = Pat::Verbatim(name.into_token_stream());
            }
        }
    }
    sig
}

/// The parameters to hand on: an inferred one might be known to the caller alone.
fn turbofish(sig: &Signature) -> Option<TokenStream> {
    let parameters: Vec<_> = sig
        .generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    (!parameters.is_empty()).then(|| quote!(::<#(#parameters),*>))
}

fn is_doc(attr: &Attribute) -> bool {
    attr.path().is_ident("doc")
}

fn body_ident(ident: &Ident) -> Ident {
    format_ident!("__{}", unraw(ident), span = ident.span())
}

/// Attributes that belong where a caller sees the method.
const IN_SIGHT: [&str; 3] = ["doc", "must_use", "deprecated"];
/// Attributes that decide whether a method is there, and where it was called from; all others belong to the body.
const BOTH: [&str; 2] = ["cfg", "track_caller"];

fn is_any(attr: &Attribute, names: &[&str]) -> bool {
    names.iter().any(|name| attr.path().is_ident(name))
}

/// What each copy of a method must have.
fn cfg(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| is_any(attr, &BOTH))
}

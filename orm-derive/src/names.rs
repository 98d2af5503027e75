//! Names in Rust and in the database.

use std::collections::HashSet;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// `r#type` is `type`.
pub(crate) fn unraw(ident: &Ident) -> String {
    let name = ident.to_string();
    match name.strip_prefix("r#") {
        Some(plain) => plain.to_owned(),
        None => name,
    }
}

/// `HTTPServerName` is `http_server_name`.
pub(crate) fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, &here) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(at + 1);
        let begins = here.is_uppercase()
            && before.is_some_and(|before| {
                before != '_'
                    && (!before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()))
            });
        if begins {
            snake.push('_');
        }
        snake.extend(here.to_lowercase());
    }
    snake
}

/// The tokens with another name for `Self`: inside of an impl for a helper type it would be that one.
pub(crate) fn without_self(tokens: TokenStream, name: &Ident) -> TokenStream {
    replace_self(tokens, &|span| {
        let mut name = name.clone();
        name.set_span(span);
        name.into_token_stream()
    })
}

/// The tokens with others for each `Self`, made for its place.
pub(crate) fn replace_self(tokens: TokenStream, with: &dyn Fn(Span) -> TokenStream) -> TokenStream {
    if !contains_self(tokens.clone()) {
        return tokens;
    }
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(ident) if ident == "Self" => with(ident.span()),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), replace_self(group.stream(), with));
            inner.set_span(group.span());
            TokenTree::Group(inner).into()
        }
        other => other.into(),
    });
    replaced.collect()
}

fn contains_self(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "Self",
        TokenTree::Group(group) => contains_self(group.stream()),
        _ => false,
    })
}

/// Adds the names by which paths in these tokens begin: a helper type of such a name would come
/// between the program's text and what it means.
pub(crate) fn collect_heads(tokens: impl ToTokens, heads: &mut HashSet<String>) {
    heads_of(tokens.into_token_stream(), heads);
}

fn heads_of(tokens: TokenStream, heads: &mut HashSet<String>) {
    let mut continues = false;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                if !continues {
                    heads.insert(unraw(&ident));
                }
                continues = false;
            }
            TokenTree::Punct(punct) => continues = matches!(punct.as_char(), ':' | '.'),
            TokenTree::Group(group) => {
                heads_of(group.stream(), heads);
                continues = false;
            }
            TokenTree::Literal(_) => continues = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn words_begin_at_capitals() {
        assert_eq!(snake_case("Book"), "book");
        assert_eq!(snake_case("BookReview"), "book_review");
        assert_eq!(snake_case("HTTPServer"), "http_server");
        assert_eq!(snake_case("OAuth2Token"), "o_auth2_token");
        assert_eq!(snake_case("Already_Snake"), "already_snake");
        assert_eq!(snake_case("X"), "x");
    }

    #[test]
    fn self_is_replaced_at_any_depth() {
        let name = Ident::new("Node", proc_macro2::Span::call_site());
        let replaced = without_self(quote!(Option<(Self, [Self; 2])>), &name);
        assert_eq!(
            replaced.to_string(),
            quote!(Option<(Node, [Node; 2])>).to_string()
        );
    }

    #[test]
    fn only_the_first_name_of_a_path_counts() {
        let mut heads = HashSet::new();
        collect_heads(quote!(Option<uuid::Uuid>), &mut heads);
        collect_heads(quote!(Book::price.lt(limit)), &mut heads);
        let mut heads: Vec<_> = heads.into_iter().collect();
        heads.sort();
        assert_eq!(heads, ["Book", "Option", "limit", "uuid"]);
    }
}

//! `#[derive(Model)]`: attributes as written, the model as meant, the rules it must keep, its code.

mod attrs;
pub(crate) mod check;
pub(crate) mod expand;
pub(crate) mod ir;
pub(crate) mod resolve;
pub(crate) mod types;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diagnostics::Mistakes;
use crate::fallback;

/// The code of a model; with mistakes in it, their errors beside what lets the rest of the program
/// still be understood.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let Some(model) = resolve::model(input, &mut mistakes) else {
        return mistakes.into_tokens();
    };
    check::check(&model, &mut mistakes);
    if mistakes.is_empty() {
        return expand::expand(&model);
    }
    let mut tokens = mistakes.into_tokens();
    tokens.extend(fallback::expand(model));
    tokens
}

#[cfg(test)]
mod tests;

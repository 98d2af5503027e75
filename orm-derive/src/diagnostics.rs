//! Mistakes: collected, so that all of them are reported at once, each at its own token.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Mistakes(Vec<syn::Error>);

impl Mistakes {
    /// A mistake at these tokens, all of which are underlined.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// What darling and syn found, in our words.
    pub(crate) fn parsed(&mut self, error: darling::Error) {
        for error in syn::Error::from(error) {
            self.0
                .push(syn::Error::new(error.span(), reworded(&error.to_string())));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0
            .into_iter()
            .map(syn::Error::into_compile_error)
            .collect()
    }

    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

/// Darling speaks of fields and ends its sentences; users write options.
fn reworded(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("Unknown field: ") {
        let rest = rest.replacen(". Did you mean ", "; did you mean ", 1);
        return format!(
            "unknown option {}",
            rest.replacen(". Available values: ", "; the options are ", 1)
        );
    }
    if let Some(name) = message.strip_prefix("Duplicate field ") {
        return format!("the option {name} is given twice");
    }
    if let Some(name) = message.strip_prefix("Missing field ") {
        return format!("the option {name} is missing");
    }
    let mut chars = message.chars();
    let first = chars.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

/// `; did you mean `x`?` where a name is much like this one, else nothing.
pub(crate) fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    // Darling has the measure of likeness and shows it only inside of its message.
    let message = darling::Error::unknown_value_with_alts(name, &known).to_string();
    match message.split_once(". Did you mean ") {
        Some((_, suggestion)) => format!("; did you mean {suggestion}"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_ours() {
        assert_eq!(
            reworded("Unknown field: `max_lenght`. Did you mean `max_length`?"),
            "unknown option `max_lenght`; did you mean `max_length`?"
        );
        assert_eq!(
            reworded("Unknown field: `x`. Available values: `a`, `b`"),
            "unknown option `x`; the options are `a`, `b`"
        );
        assert_eq!(
            reworded("Duplicate field `index`"),
            "the option `index` is given twice"
        );
        assert_eq!(
            reworded("Missing field `name`"),
            "the option `name` is missing"
        );
        assert_eq!(reworded("Expected so"), "expected so");
    }

    #[test]
    fn suggestions_are_made_for_near_names_alone() {
        assert_eq!(
            suggestion("titel", ["title", "price"]),
            "; did you mean `title`?"
        );
        assert_eq!(suggestion("zzz", ["title", "price"]), "");
    }
}

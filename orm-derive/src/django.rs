//! What has another name in Django: told to those who write it as they know it.

/// What to write instead of an option of Django's.
pub(crate) fn instead_of(option: &str) -> Option<&'static str> {
    Some(match option {
        "null" => "a field that may be NULL is an `Option`",
        "blank" => {
            "a field that may be NULL is an `Option`; what else it may hold is said by a `check(..)` of the model"
        }
        "choices" => "a field with choices is an enum that derives `DbEnum`",
        "related_name" | "related_query_name" | "default_related_name" => {
            "the other side is a field of the other model: `#[reverse(Book::author)] books: HasMany<Book>`"
        }
        "verbose_name" | "verbose_name_plural" | "help_text" => {
            "what a field is for is said in a comment: nothing here is shown in forms"
        }
        "db_column" => "it is `column`",
        "db_index" => "it is `index`",
        "db_table" => "it is `table`",
        "auto_created" | "editable" | "managed" | "app_label" => "there is nothing like it here",
        "unique_together" => "it is `unique(fields = [a, b])`",
        "index_together" | "indexes" => "it is `index(fields = [a, b])`, once for each",
        "constraints" => "they are `unique(..)` and `check(..)`, once for each",
        "to" | "to_field" => "a key says by its type what it points at: `ForeignKey<Author>`",
        _ => return None,
    })
}

/// The action that Django writes so.
pub(crate) fn on_delete(action: &str) -> Option<&'static str> {
    Some(match action {
        "CASCADE" => "cascade",
        "PROTECT" | "RESTRICT" | "protect" => "restrict",
        "SET_NULL" => "set_null",
        "SET_DEFAULT" => "set_default",
        "DO_NOTHING" | "do_nothing" => "no_action",
        _ => return None,
    })
}

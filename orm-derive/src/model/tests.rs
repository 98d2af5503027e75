//! Each rule by the message that its user reads, and that no mistake causes a second one.

use quote::ToTokens;
use syn::{DeriveInput, parse_quote};

use super::*;

fn messages(input: &DeriveInput) -> Vec<String> {
    let mut mistakes = Mistakes::default();
    if let Some(model) = resolve::model(input, &mut mistakes) {
        check::check(&model, &mut mistakes);
    }
    mistakes.messages()
}

/// The one message of a model with an `id` and these attributes and fields.
macro_rules! message {
    ($(#[$attr:meta])* { $($field:tt)* }) => {{
        let input = parse_quote! { $(#[$attr])* struct Book { id: i64, $($field)* } };
        let messages = messages(&input);
        assert_eq!(messages.len(), 1, "{messages:?}");
        // What follows an error must be complete Rust.
        syn::parse2::<syn::File>(derive(&input)).unwrap();
        messages[0].clone()
    }};
}

fn expansion(input: &DeriveInput) -> String {
    assert_eq!(messages(input), [""; 0]);
    let file: syn::File = syn::parse2(derive(input)).unwrap();
    file.to_token_stream().to_string()
}

#[test]
fn a_model_is_a_struct_with_named_fields() {
    assert_eq!(
        messages(&parse_quote! { enum Book { A } }),
        [
            "a model is a struct with named fields; `#[derive(DbEnum)]` makes an enum without fields a column type"
        ]
    );
    assert_eq!(
        messages(&parse_quote! { union Book { a: i32 } }),
        ["a model is a struct with named fields"]
    );
    assert_eq!(
        messages(&parse_quote! { struct Book(i64); }),
        ["a model needs named fields: each column has a name"]
    );
    assert_eq!(
        messages(&parse_quote! { struct Book; }),
        ["a model needs fields: each column is one"]
    );
    assert_eq!(
        messages(&parse_quote! { struct Book<'a, T> { id: i64, text: &'a T } }),
        ["a model cannot be generic: each model is one table"]
    );
}

#[test]
fn a_misspelt_option_has_a_suggestion() {
    assert_eq!(
        message!({ #[field(max_lenght = 10)] title: String }),
        "unknown option `max_lenght`; did you mean `max_length`?"
    );
    assert_eq!(
        message!(
            #[model(tabel = "x")]
            {}
        ),
        "unknown option `tabel`; did you mean `table`?"
    );
    assert_eq!(
        message!(
            #[model(index(feilds = [id], fields = [id]))]
            {}
        ),
        "unknown option `feilds`; did you mean `fields`?"
    );
    assert_eq!(
        message!(
            #[model(unique(nam = "x", fields = [id]))]
            {}
        ),
        "unknown option `nam`; did you mean `name`?"
    );
    assert_eq!(
        message!({ #[field(on_delete = cascde)] author: ForeignKey<Author> }),
        "unknown `on_delete` action `cascde`; did you mean `cascade`?"
    );
    assert_eq!(
        messages(&parse_quote! { struct Book { #[field(primray_key)] code: String } }),
        ["unknown option `primray_key`; did you mean `primary_key`?"]
    );
}

#[test]
fn an_option_has_its_kind_of_value() {
    assert_eq!(
        message!({ #[field(max_length = "10")] title: String }),
        "`max_length` takes a number: `max_length = 10`"
    );
    assert_eq!(
        message!({ #[field(unique = true)] title: String }),
        "`unique` takes no value: `unique` alone"
    );
    assert_eq!(
        message!({ #[field(column = title)] title: String }),
        "`column` takes a text: `column = \"..\"`"
    );
    assert_eq!(
        message!({ #[field(index, index)] title: String }),
        "the option `index` is given twice"
    );
    assert_eq!(
        message!({ #[field] title: String }),
        "expected `#[field(..)]`"
    );
    assert_eq!(
        message!(
            #[model(ordering = id)]
            {}
        ),
        "`ordering` takes a list of fields: `ordering = [a, -b]`"
    );
    assert_eq!(
        message!(
            #[model(ordering = [id + 1])]
            {}
        ),
        "expected a field of this struct by its name"
    );
}

#[test]
fn an_embedded_struct_is_named_by_its_fields() {
    assert_eq!(
        message!(#[model(ordering = [stamps])] { #[model(embed)] stamps: TimeStamps }),
        "`stamps` has several columns: name one of them, `stamps.field`"
    );
    assert_eq!(
        message!(
            #[model(ordering = [id.x])]
            {}
        ),
        "`id` is no embedded struct, and so nothing can be behind it"
    );
    assert_eq!(
        message!({ #[model(embed)] #[field(unique)] stamps: TimeStamps }),
        "`unique` is said of a field of the embedded struct, where that is declared"
    );
    assert_eq!(
        message!({ #[model(embed)] stamps: Option<TimeStamps> }),
        "an embedded struct is always there: take the `Option` off, and put it on the fields of the struct"
    );
    assert_eq!(
        message!({ #[model(embed = "x")] stamps: TimeStamps }),
        "`embed` takes no value: `embed`, or `embed(prefix = \"..\")`"
    );
}

#[test]
fn what_is_to_come_says_so() {
    assert_eq!(
        message!({ #[field(validate(min = 0))] stars: i32 }),
        "`validate` is not supported yet"
    );
}

#[test]
fn a_parent_is_the_key_and_a_part_of_the_row() {
    assert_eq!(
        message!({ #[model(parent)] tag: Parent<Tag> }),
        "`Book` has the primary key of its parent, `tag`, and needs no `id`"
    );
    assert_eq!(
        messages(
            &parse_quote! { struct Book { tag: Parent<Tag>, author: Parent<Author>, #[field(primary_key)] isbn: String } }
        ),
        [
            "a model has one parent, and `tag` is it already: refer to this one by a `OneToOne`",
            "the primary key is that of the parent, `tag`: leave this out"
        ]
    );
    assert_eq!(
        messages(
            &parse_quote! { #[model(primary_key = [a, b])] struct Book { tag: Parent<Tag>, a: i32, b: i32 } }
        ),
        ["the primary key is that of the parent, `tag`: leave this out"]
    );
    assert_eq!(
        messages(&parse_quote! { struct Book { #[field(unique, default = 1)] tag: Parent<Tag> } }),
        [
            "`unique` is not for a parent, whose key is the one of both rows",
            "`default` is not for a parent, whose key is the one of both rows"
        ]
    );
    assert_eq!(
        message!({ #[model(parent)] tag: Tag }),
        "a parent is a `Parent<..>` around the model whose rows go on here"
    );
    assert_eq!(
        message!({ tag: Option<Parent<Tag>> }),
        "each row has its parent's, which is a part of it: take the `Option` off"
    );
    assert_eq!(
        messages(&parse_quote! { struct Book { tag: Parent<Self> } }),
        ["a model cannot be its own parent"]
    );
    assert_eq!(
        messages(
            &parse_quote! { #[model(index(fields = [tag.word]))] struct Book { tag: Parent<Tag> } }
        ),
        ["`tag.word` is in another table, that of the parent: say this there"]
    );
    let code = expansion(
        &parse_quote! { #[model(ordering = [tag.word])] struct Book { #[model(parent)] tag: Parent<Tag> } },
    );
    assert!(code.contains("impl __orm :: Deref for Book"), "{code}");
    // Of a model without a parent nothing is written for parents.
    let plain = expansion(&parse_quote! { struct Book { id: i64 } });
    assert!(
        !plain
            .to_lowercase()
            .replace("parent : __orm :: none", "")
            .contains("parent"),
        "{plain}"
    );
}

#[test]
fn deferred_fields_are_columns() {
    assert_eq!(
        message!({ body: Option<Deferred<String>> }),
        "what may be NULL is in the `Deferred`: `Deferred<Option<String>>`"
    );
    assert_eq!(
        message!({ author: Deferred<ForeignKey<Author>> }),
        "a relation cannot be deferred: its rows are loaded only where they are asked for"
    );
    assert_eq!(
        messages(&parse_quote! { struct Book { id: Deferred<i64> } }),
        ["a primary key is always read: take the `Deferred` off"]
    );
    assert_eq!(
        message!({ #[field(max_length = 3)] pages: Deferred<i32> }),
        "`max_length` is for texts: it counts characters"
    );
}

#[test]
fn managers_have_a_name_and_a_condition() {
    assert_eq!(
        message!(
            #[model(manager = Book::is_published)]
            {}
        ),
        "`manager` takes names with their conditions: `manager(name = ..)`"
    );
    assert_eq!(
        message!(
            #[model(manager(published))]
            {}
        ),
        "expected a name and a condition: `name = ..`"
    );
    assert_eq!(
        message!(
            #[model(manager(title = Book::title.eq("x")))]
            { title: String }
        ),
        "a manager cannot be called `title`: `Book::title` is the path of a field"
    );
    assert_eq!(
        message!(
            #[model(manager(draft = Book::id.gt(3)))]
            {}
        ),
        "a manager cannot be called `draft`: `Book::draft` is there already"
    );
    assert_eq!(
        message!(
            #[model(manager(big = Book::id.gt(3)), manager(big = Book::id.gt(4)))]
            {}
        ),
        "a manager cannot be called `big`: there is another of this name"
    );
}

#[test]
fn there_is_one_primary_key() {
    assert_eq!(
        messages(&parse_quote! { struct Book { title: String } }),
        [
            "`Book` has no primary key: add `pub id: i64`, or mark a field with `#[field(primary_key)]`"
        ]
    );
    assert_eq!(
        messages(
            &parse_quote! { struct Book { #[field(primary_key)] a: i64, #[field(primary_key)] b: i64 } }
        ),
        ["a model has one primary key, and `a` is it already"]
    );
    assert_eq!(
        messages(&parse_quote! { struct Book { #[field(primary_key)] isbn: Option<String> } }),
        ["a primary key cannot be NULL: take the `Option` off"]
    );
    assert_eq!(
        messages(&parse_quote! { struct Book { id: f64 } }),
        ["a `f64` cannot be a primary key: use an integer, a `Uuid` or a `String`"]
    );
}

#[test]
fn deletion_fits_the_key() {
    assert_eq!(
        message!({ #[field(on_delete = set_null)] author: ForeignKey<Author> }),
        "`on_delete = set_null` needs an optional key: `Option<ForeignKey<Author>>`"
    );
    assert_eq!(
        message!({ #[field(on_delete = set_default)] author: ForeignKey<Author> }),
        "`on_delete = set_default` needs a `default`"
    );
    assert_eq!(
        message!({ #[field(on_delete = cascade)] title: String }),
        "`on_delete` belongs on a `ForeignKey` or a `OneToOne`"
    );
}

#[test]
fn a_key_has_no_default_of_its_own() {
    assert_eq!(
        message!({ #[field(default)] author: ForeignKey<Author> }),
        "a key has no default of its own: `default = ..`"
    );
}

#[test]
fn options_fit_the_type() {
    assert_eq!(
        message!({ #[field(max_length = 10)] pages: Option<i32> }),
        "`max_length` is for texts: it counts characters"
    );
    assert_eq!(
        message!({ #[field(max_digits = 6)] title: String }),
        "`max_digits` is for a `Decimal`"
    );
    assert_eq!(
        message!({ #[field(max_digits = 2, decimal_places = 3)] price: Decimal }),
        "`decimal_places` is more than `max_digits`, which counts all digits"
    );
    assert_eq!(
        message!({ #[field(max_digits = 6)] price: Decimal }),
        "how many digits there are needs both options: `decimal_places = 2` is missing, say"
    );
    assert_eq!(
        message!({ #[field(decimal_places = 2)] price: Option<Decimal> }),
        "how many digits there are needs both options: `max_digits = 6` is missing, say"
    );
    assert_eq!(
        message!({ #[field(auto_now)] title: String }),
        "`auto_now` is for dates and times"
    );
    assert_eq!(
        message!({ #[field(auto_now, default = now())] at: DateTime<Utc> }),
        "the clock fills this field; a default would never be used"
    );
    assert_eq!(
        message!({ pages: u32 }),
        "`u32` is not a type that a column can have; use `i64`"
    );
    assert_eq!(
        message!({ pages: Option<u8> }),
        "`Option<u8>` is not a type that a column can have; use `Option<i16>`"
    );
    // What the macro does not know it leaves to the compiler.
    let input = parse_quote! { struct Book { id: i64, #[field(max_length = 10)] title: Title } };
    assert_eq!(messages(&input), [""; 0]);
}

#[test]
fn a_generated_field_has_no_other_source() {
    assert_eq!(
        message!({ #[field(generated = Book::id * 2, default = 0)] twice: i64 }),
        "the database computes a `generated` field: it cannot have `default`"
    );
    assert_eq!(
        message!({ #[field(default = 1, db_default = 2)] pages: i32 }),
        "`default` comes first, so `db_default` would never be used"
    );
}

#[test]
fn lists_name_fields_with_columns() {
    assert_eq!(
        message!(#[model(ordering = [-titel])] { title: String }),
        "`Book` has no field `titel`; did you mean `title`?"
    );
    assert_eq!(
        message!(
            #[model(unique(fields = [id, id]))]
            {}
        ),
        "`id` is named twice"
    );
    assert_eq!(
        message!(
            #[model(unique(fields = [-id]))]
            {}
        ),
        "a direction means nothing here"
    );
    assert_eq!(
        message!(#[model(index(fields = [reviews]))] { #[reverse(Review::book)] reviews: HasMany<Review> }),
        "`reviews` has no column in the table of `Book`"
    );
    assert_eq!(
        message!(
            #[model(index(name = "i"))]
            {}
        ),
        "an index needs `fields = [..]` or `expr = ..`"
    );
    assert_eq!(
        message!(
            #[model(unique(name = "u"))]
            {}
        ),
        "a unique constraint needs `fields = [..]`"
    );
    assert_eq!(
        message!(
            #[model(check(name = "c"))]
            {}
        ),
        "a check needs `condition = ..`"
    );
    assert_eq!(
        message!(
            #[model(index(name = "i", fields = [id]), unique(name = "i", fields = [id]))]
            {}
        ),
        "the name \"i\" is taken already"
    );
}

#[test]
fn names_are_free() {
    assert_eq!(
        message!({ draft: bool }),
        "a field cannot be called `draft`, which is the name of `Book::draft`: add `#[field(path = draft_)]`, and the \
         column keeps its name"
    );
    assert_eq!(
        message!({ save: bool }),
        "a field cannot be called `save`, which is the name of the method `save` of drafts: add \
         `#[field(path = save_)]`, and the column keeps its name"
    );
    assert_eq!(
        message!({ #[field(column = "id")] number: i64 }),
        "`id` has the column \"id\" already"
    );
    assert_eq!(
        message!({ author_id: i64, author: ForeignKey<Author> }),
        "`author_id` has the column \"author_id\" already"
    );
    assert_eq!(
        message!({ a: i64, #[field(path = a)] b: i64 }),
        "`a` is the path of another field"
    );
}

#[test]
fn the_other_side_names_its_key() {
    assert_eq!(
        message!({ reviews: HasMany<Review> }),
        "a `HasMany` needs the key it is the other side of: `#[reverse(Review::field)]`"
    );
    assert_eq!(
        message!({ #[reverse(Author::books)] author: ForeignKey<Author> }),
        "`#[reverse(..)]` belongs on a `HasMany`, a `HasOne` or a `ManyToMany`: this field has a column of its own"
    );
    assert_eq!(
        message!({ #[reverse(Review::book)] #[field(unique)] reviews: HasMany<Review> }),
        "this is the other side of a key and has no column of its own"
    );
    assert_eq!(
        message!({ #[reverse("Review::book")] reviews: HasMany<Review> }),
        "`#[reverse(..)]` names the key of the other model: `#[reverse(Book::author)]`"
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let input = parse_quote! {
        #[model(ordering = [nme])]
        struct Author {
            id: i64,
            #[field(max_lenght = 1)] name: String,
            #[field(on_delete = set_null)] agent: ForeignKey<Agent>,
            age: u8,
        }
    };
    assert_eq!(messages(&input).len(), 4);
}

#[test]
fn names_have_their_defaults() {
    let text = expansion(&parse_quote! {
        struct BookReview { id: i64, book: ForeignKey<Book>, r#type: String, #[field(column = "n")] note: String }
    });
    for part in [
        "table : \"book_review\"",
        "(\"book\" , \"book_id\" , __Options :: NONE)",
        "(\"type\" , \"type\" , __Options :: NONE)",
        "(\"note\" , \"n\" , __Options :: NONE)",
        "__orm :: OnDelete :: Restrict",
        "fn r#type (self",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn a_draft_must_set_what_nothing_else_fills() {
    let text = expansion(&parse_quote! {
        struct Book {
            id: i64, title: String, subtitle: Option<String>, #[field(default = 0)] sold: i32,
            #[field(auto_now)] at: DateTime<Utc>, #[field(generated = Book::sold)] same: i32,
        }
    });
    assert!(text.contains("struct BookDraft < __0 >"), "{text}");
    assert!(
        text.contains("trait Has_title") && !text.contains("fn same (self"),
        "{text}"
    );
    // An integer key counts up; others must be given, and what a newtype is the compiler knows.
    for (ty, begin) in [
        ("i32", "BookDraft < >"),
        ("Uuid", "BookDraft < __orm :: Missing >"),
        (
            "BookId",
            "BookDraft < < < BookId as __orm :: SqlType > :: Family as __orm :: KeyFamily > :: State >",
        ),
    ] {
        let ty: syn::Type = syn::parse_str(ty).unwrap();
        let text = expansion(&parse_quote! { struct Book { #[field(primary_key)] number: #ty } });
        assert!(text.contains(&format!("fn draft () -> {begin}")), "{text}");
    }
}

#[test]
fn helper_types_step_aside_for_the_programs_own_names() {
    let text = expansion(&parse_quote! { struct Book { id: i64, uuid: uuid::Uuid } });
    assert!(
        text.contains("enum uuid_field") && text.contains("const uuid : "),
        "{text}"
    );
}

#[test]
fn an_other_name_is_that_of_path_and_draft() {
    let text =
        expansion(&parse_quote! { struct Book { id: i64, #[field(path = draft_)] draft: bool } });
    for part in [
        "const draft_ : ",
        "fn draft_ (self",
        "(\"draft\" , \"draft\" , ",
        "draft : __draft",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

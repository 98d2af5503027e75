//! The derives of `orm`. Programs depend on the crate `orm`, which re-exports them.
//!
//! What a macro writes into a program names one module only, `::orm::private`, so that the façade's
//! visible paths stay free to change.

mod db_enum;
mod diagnostics;
mod django;
mod embed;
mod fallback;
mod model;
mod names;
mod options;
mod projection;
mod proxy;
mod queryset;
mod serialize;
mod sql_type;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a model: its instances are rows of a table.
///
/// It gives the struct a constant path for each field (`Book::title`), `objects()`, `all_objects()`, `draft()` and
/// `raw(sql, params)`, and implements `Model`. The struct has named fields and no generics. Every mistake is reported at
/// once, at its own token.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, PartialEq)]
/// pub struct Author {
///     pub id: i64,
///     pub name: String,
///     #[reverse(Book::author)]
///     pub books: HasMany<Book>,
/// }
///
/// #[derive(Model, Debug, Clone, PartialEq)]
/// #[model(ordering = [title], unique(fields = [author, title]))]
/// pub struct Book {
///     pub id: i64,
///     #[field(max_length = 200, index)]
///     pub title: String,
///     #[field(on_delete = cascade)]
///     pub author: ForeignKey<Author>,
///     #[field(max_digits = 6, decimal_places = 2)]
///     pub price: Decimal,
/// }
///
/// # fn main() -> Result<()> {
/// let db = Database::connect("sqlite::memory:")?;
/// db.create_tables()?;
/// let bob = Author::draft().name("Bob").save(&db)?;
/// Book::draft().title("Joins").author(&bob).price(dec!(39.90)).save(&db)?;
/// let dear = Author::objects().filter(Author::books.price.gt(30)).all(&db)?;
/// assert_eq!(dear, [bob]);
/// # Ok(())
/// # }
/// ```
///
/// # `#[model(..)]` on the struct
///
/// | option | says | without it |
/// | --- | --- | --- |
/// | `table = ".."` | the table | the struct's name in `snake_case` |
/// | `ordering = [-a, b]` | the order of whole rows where a query names none | no order |
/// | `index(fields = [a, -b])`, `index(expr = ..)` | an index on columns, or on one expression; any number of them | |
/// | `index(.., name = "..", condition = ..)` | its name; the rows that it is about | a name of table and columns; all rows |
/// | `index(.., include = [c], using = "..")` | further columns, the access method: PostgreSQL | |
/// | `unique(fields = [a, b], name = "..")` | a unique constraint; any number of them | a name of table and columns |
/// | `check(name = "..", condition = ..)` | a check, any number of them; NULL passes | |
/// | `primary_key = [a, b]` | the primary key, where it is made of several fields | the field `id`, or the one marked so |
/// | `default_filter = ..` | what `objects()` keeps; `all_objects()` keeps all | all rows |
/// | `manager(name = ..)` | a function `name()` beside `objects()`, for those of its rows that meet a condition; any number of them | |
///
/// Fields are named as in the struct; a key is named by its field. Conditions and expressions are those of queries, over the
/// model's own columns; those of `default_filter` and `manager` may lead through relations.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model)]
/// #[model(
///     table = "shop_article",
///     ordering = [-price, name],
///     index(fields = [kind, -price]),
///     index(name = "cheap_articles", fields = [price], condition = Article::price.lt(10)),
///     index(expr = Article::name.lower()),
///     unique(fields = [kind, name], name = "one_name_a_kind"),
///     check(name = "price_not_negative", condition = Article::price.gte(0)),
///     default_filter = !Article::hidden,
///     manager(teas = Article::kind.eq("tea")),
/// )]
/// pub struct Article {
///     pub id: i64,
///     pub kind: String,
///     pub name: String,
///     #[field(max_digits = 8, decimal_places = 2)]
///     pub price: Decimal,
///     #[field(default)]
///     pub hidden: bool,
/// }
/// # fn main() -> Result<()> {
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// # assert_eq!(Article::draft().kind("tea").name("Assam").price(7).hidden(true).save(&db)?.price, dec!(7));
/// # assert_eq!((Article::objects().count(&db)?, Article::all_objects().count(&db)?), (0, 1));
/// # assert!(!Article::teas().exists(&db)?);
/// # Ok(())
/// # }
/// ```
///
/// # `#[field(..)]` on a field
///
/// | option | on | says | without it |
/// | --- | --- | --- | --- |
/// | `primary_key` | a column | the primary key | the field `id` is |
/// | `column = ".."` | a column | the column | the field's name; of a key with `_id` behind it |
/// | `unique` | a column | a unique constraint | only a `OneToOne` has one |
/// | `index` | a column | an index | only keys have one |
/// | `max_length = 100` | a text | the most characters, `varchar(100)` | `text` |
/// | `max_digits = 6`, `decimal_places = 2` | a `Decimal` | `numeric(6, 2)` | `numeric` |
/// | `default`, `default = ..` | a column | the value where a draft sets none: the type's `Default`, an expression of Rust | it is required |
/// | `db_default = ..` | a column | the same, computed by the database | |
/// | `auto_now_add`, `auto_now` | a date or time | the time of the insert; of the last `save` | |
/// | `generated = ..` | a column | computed by the database from other columns, and stored | |
/// | `on_delete = ..` | a key | `cascade`, `restrict`, `set_null`, `set_default` or `no_action` | `restrict` |
/// | `through = ..` | a `ManyToMany` | the link model, or its keys to this model and to the other, `(L::a, L::b)` | a link table of its own |
/// | `table = ".."` | a `ManyToMany` | the name of its own link table | the model's table, `_`, the field |
/// | `symmetrical` | a `ManyToMany` to `Self` | each link holds both ways | it has a direction |
/// | `path = ..` | any field | the name of the path and of the draft's method | the field's |
///
/// A field with `#[model(embed)]` is a struct that derives [`Embed`](macro@Embed): its fields are columns of this model. In lists
/// they are named by the way to them, `stamps.created_at`.
///
/// A field of type `Parent<T>`, marked by `#[model(parent)]`, is the row of another model that this one's goes on from: the primary key, and
/// that model's fields. Of `#[field(..)]` it takes `column` and `path`.
///
/// A `Deferred<T>` is a column of type `T` that a query may leave out by `defer` and `only`.
///
/// An `Option` is a column that may be NULL, and is not required. An integer primary key without a default is counted up by
/// the database.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model)]
/// pub struct Ticket {
///     #[field(primary_key, default = Uuid::new_v4())]
///     pub code: Uuid,
///     #[field(max_length = 40, column = "holder_name", index)]
///     pub holder: String,
///     pub seat: Option<i32>,
///     #[field(max_digits = 6, decimal_places = 2, default = dec!(20))]
///     pub price: Decimal,
///     #[field(max_digits = 8, decimal_places = 4, generated = Ticket::price * dec!(0.07))]
///     pub tax: Decimal,
///     #[field(db_default = "open")]
///     pub state: String,
///     #[field(auto_now_add)]
///     pub sold: DateTime<Utc>,
///     #[field(auto_now)]
///     pub changed: DateTime<Utc>,
///     #[field(path = raw_)]
///     pub raw: Option<String>,
/// }
/// # fn main() -> Result<()> {
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// let ticket = Ticket::draft().holder("Ann").raw_("QR").save(&db)?;
/// assert_eq!((ticket.tax, &*ticket.state, ticket.seat), (dec!(1.4), "open", None));
/// # Ok(())
/// # }
/// ```
///
/// # Relations
///
/// The type of a field makes it a relation: `ForeignKey<T>` and `OneToOne<T>`, each also in an `Option`, have a column;
/// `HasMany<T>` and `HasOne<T>` are their other sides, with `#[reverse(T::field)]`, and have none. The compiler checks that
/// the named field is a key to this model. `ManyToMany<T>` has a link table, of its own or, with `through`, of a model; its other
/// side is a `ManyToMany` with `#[reverse(T::field)]`.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model)]
/// pub struct Person {
///     pub id: i64,
///     #[field(on_delete = set_null)]
///     pub boss: Option<ForeignKey<Self>>,
///     #[reverse(Person::boss)]
///     pub staff: HasMany<Person>,
///     #[reverse(Desk::person)]
///     pub desk: HasOne<Desk>,
/// }
///
/// #[derive(Model)]
/// pub struct Desk {
///     pub id: i64,
///     #[field(on_delete = cascade)]
///     pub person: OneToOne<Person>,
///     pub room: String,
/// }
/// # fn main() -> Result<()> {
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// let ann = Person::draft().save(&db)?;
/// let ben = Person::draft().boss(&ann).save(&db)?;
/// Desk::draft().person(&ben).room("7 B").save(&db)?;
/// let bosses = Person::objects().filter(Person::staff.desk.room.startswith("7"));
/// assert_eq!(bosses.one(&db)?.id, ann.id);
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(Model, attributes(model, field, reverse))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    model::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes the fields of a struct columns of each model that embeds it, by `#[model(embed)]` on a field.
///
/// That is what abstract base classes are in Django: what several models have in common is declared once. The columns are the
/// model's own, called as the fields, and stand behind its other columns. A model may embed several structs, and one struct
/// twice, with a prefix before the columns' names: `#[model(embed(prefix = "billing_"))]`. An embedded struct may embed others.
///
/// The paths go on by a dot: `Post::stamps.created_at`, wherever a path stands; in lists of fields, as `ordering` and `unique`
/// have them, `stamps.created_at`, and in `#[reverse(..)]` too. The options of `#[field(..)]` are those of a [`Model`](macro@Model)
/// but `primary_key` and `generated`. A key may be among the fields; what has no column may not: the other sides of keys, and
/// many-to-many relations.
///
/// A draft takes the struct, or what the struct's own `draft()` gives, where fields with a default, those filled by the clock, and
/// optional ones can be left out. Where nothing in it is required, the draft of the model need not set it at all.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Embed, Debug, Clone, PartialEq)]
/// pub struct Changes {
///     #[field(auto_now_add, index)]
///     pub created_at: DateTime<Utc>,
///     #[field(max_length = 40)]
///     pub created_by: String,
/// }
///
/// #[derive(Model, Debug, Clone, PartialEq)]
/// #[model(ordering = [-changes.created_at], unique(fields = [title, changes.created_by]))]
/// pub struct Memo {
///     pub id: i64,
///     pub title: String,
///     #[model(embed)]
///     pub changes: Changes,
/// }
///
/// # fn main() -> Result<()> {
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// let memo = Memo::draft().title("Tea").changes(Changes::draft().created_by("Ann")).save(&db)?;
/// assert_eq!(memo.changes.created_by, "Ann");
/// let of_ann = Memo::objects().filter(Memo::changes.created_by.eq("Ann"));
/// assert_eq!(of_ann.one(&db)?, memo);
/// of_ann.update(&db, Memo::changes.created_by.set("Eve"))?;
/// assert_eq!(db.query::<(String, String)>("SELECT title, created_by FROM memo", ())?[0].1, "Eve");
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(Embed, attributes(model, field, reverse))]
pub fn derive_embed(input: TokenStream) -> TokenStream {
    embed::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an enum without fields a column type, stored as the variant's name in `snake_case`.
///
/// | attribute | on | says |
/// | --- | --- | --- |
/// | `#[db_enum(rename = "..")]` | a variant | the text that is stored |
/// | `#[db_enum(repr = "i16")]`, `"i32"` | the enum | numbers are stored: those of the variants, counted on from the one before |
///
/// Its values stand in conditions, drafts and assignments. A text or number that no variant has is `Error::Decode` when it is
/// read. What else the enum derives is for the program: `PartialEq` and `Debug` for `assert_eq!`, `Clone` for models that are.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
/// pub enum Mood {
///     Happy,                            // "happy"
///     VerySad,                          // "very_sad"
///     #[db_enum(rename = "??")]
///     Unknown,                          // "??"
/// }
///
/// #[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
/// #[db_enum(repr = "i16")]
/// pub enum Level {
///     Low = 1,
///     Middle,                           // 2
///     High = 10,
/// }
///
/// #[derive(Model)]
/// pub struct Diary {
///     pub id: i64,
///     #[field(default = Mood::Unknown)]
///     pub mood: Mood,
///     pub level: Level,
/// }
///
/// # fn main() -> Result<()> {
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// Diary::draft().mood(Mood::VerySad).level(Level::Middle).save(&db)?;
/// let stored = db.query::<(String, i16)>("SELECT mood, level FROM diary", ())?;
/// assert_eq!(stored, [("very_sad".to_owned(), 2)]);
/// assert_eq!(Diary::objects().filter(Diary::mood.eq(Mood::VerySad)).one(&db)?.level, Level::Middle);
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(DbEnum, attributes(db_enum))]
pub fn derive_db_enum(input: TokenStream) -> TokenStream {
    db_enum::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct around one column type a column type of its own.
///
/// The database holds what the inner type is, and the lookups of the inner type work; but only values of the new type compare
/// with it. Around an integer, a text or a UUID it can be a primary key, if it derives `Clone`, `Debug`, `Eq`, `Ord` and `Hash`
/// too.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(SqlType, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// pub struct PlantId(i64);
///
/// #[derive(SqlType, Debug, Clone, PartialEq)]
/// pub struct LatinName(String);
///
/// #[derive(Model)]
/// pub struct Plant {
///     pub id: PlantId,
///     #[field(max_length = 80)]
///     pub name: LatinName,
/// }
///
/// # fn main() -> Result<()> {
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// let oak = Plant::draft().name(LatinName("Quercus robur".into())).save(&db)?;
/// let found = Plant::objects().filter(Plant::name.istartswith("quercus") & Plant::id.eq(oak.id));
/// assert_eq!(found.count(&db)?, 1);
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(SqlType)]
pub fn derive_sql_type(input: TokenStream) -> TokenStream {
    sql_type::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct the row of a query: what its fields name is selected, and nothing else.
///
/// | attribute | on | says |
/// | --- | --- | --- |
/// | `#[projection(Book)]` | the struct | the model |
/// | `#[projection(Book::author.name)]` | a field | the path or expression; without it the model's field of the same name |
/// | `#[projection(annotated)]` | a field | it takes what the query is annotated with, in the order of such fields |
///
/// Each field has the type of its expression, or an `Option` of it; another type does not compile. What may be NULL needs an
/// `Option`. The struct has named fields and no generics.
///
/// A field may hold rows: of a relation to one row another such struct, joined, or an `Option` of it where there may be none;
/// of a relation to many a `Vec` of them, loaded by one query more for each such field, however many rows there are. The
/// relation to many may be filtered, ordered and limited for each row: `#[projection(Author::books.filter(Book::is_published))]`.
/// Whole models do as well, and a struct that holds a `Vec` of itself is a whole tree, a query for each level. What the struct
/// names is loaded: nothing in it can be "not loaded".
///
/// ```
/// use orm::prelude::*;
///
/// # #[derive(Model)]
/// # pub struct Artist {
/// #     pub id: i64,
/// #     pub name: String,
/// #     #[reverse(Song::artist)]
/// #     pub songs: HasMany<Song>,
/// # }
/// # #[derive(Model)]
/// # pub struct Song {
/// #     pub id: i64,
/// #     pub title: String,
/// #     pub seconds: i32,
/// #     pub artist: ForeignKey<Artist>,
/// #     pub guest: Option<ForeignKey<Artist>>,
/// # }
/// #[derive(Projection, Debug, PartialEq)]
/// #[projection(Song)]
/// pub struct Line {
///     pub title: String,
///     #[projection(Song::artist.name)]
///     pub artist: String,
///     #[projection(Song::guest.name)]
///     pub guest: Option<String>,
///     #[projection(Song::seconds / 60)]
///     pub minutes: i32,
/// }
///
/// /// An artist with their songs, each with its own columns.
/// #[derive(Projection)]
/// #[projection(Artist)]
/// pub struct Repertoire {
///     pub name: String,
///     #[projection(Artist::songs.order_by(Song::title))]
///     pub songs: Vec<Line>,
/// }
///
/// # fn main() -> Result<()> {
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// # let ann = Artist::draft().name("Ann").save(&db)?;
/// # Song::draft().title("Waltz").seconds(185).artist(&ann).save(&db)?;
/// let lines: Vec<Line> = Song::objects().order_by(Song::title).values::<Line>().all(&db)?;
/// assert_eq!(lines, [Line { title: "Waltz".into(), artist: "Ann".into(), guest: None, minutes: 3 }]);
///
/// let ann = assert_queries!(db, 2, { Artist::objects().values::<Repertoire>().one(&db)? });
/// assert_eq!((&*ann.name, ann.songs), ("Ann", lines));
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(Projection, attributes(projection))]
pub fn derive_projection(input: TokenStream) -> TokenStream {
    projection::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// serde's `Serialize`, which knows of models that a row may be loaded in part: a loaded relation is written as its row, another
/// as its key, and what has nothing to show unless it is loaded (`HasMany`, `ManyToMany`, `HasOne`, `Deferred`) is left out. A row
/// within itself is written as its key, so rows that are loaded in a circle come to an end. It is here with the feature `serde`,
/// and the crate `serde` with its feature `derive` belongs to the program's own dependencies.
///
/// All attributes of serde hold: `skip_serializing_if` on such a field is its own word on when it is left out. For types that are
/// no models it is what serde's derive is; with type parameters they take serde's. Models may take that too: then what is not
/// loaded is `null`, and a row is told within itself only from the first relation to many on. serde's `Deserialize` goes with both.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Serialize)]
/// pub struct Band {
///     pub id: i64,
///     pub name: String,
///     #[reverse(Concert::band)]
///     pub concerts: HasMany<Concert>,
/// }
///
/// #[derive(Model, Serialize)]
/// pub struct Concert {
///     pub id: i64,
///     pub town: String,
///     pub band: ForeignKey<Band>,
/// }
///
/// # fn main() -> Result<()> {
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// let band = Band::draft().name("Trio").save(&db)?;
/// Concert::draft().town("Basel").band(&band).save(&db)?;
///
/// assert_eq!(json!(Band::objects().all(&db)?), json!([{"id": 1, "name": "Trio"}]));
/// let bands = Band::objects().prefetch_related(Band::concerts);
/// assert_eq!(json!(bands.all(&db)?), json!([
///     {"id": 1, "name": "Trio", "concerts": [{"id": 1, "town": "Basel", "band": 1}]},
/// ]));
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(Serialize, attributes(serde))]
pub fn derive_serialize(input: TokenStream) -> TokenStream {
    serialize::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct around a model a proxy of it: another type for the same rows, with an order and a filter of its own.
///
/// | option | says | without it |
/// | --- | --- | --- |
/// | `#[proxy(Post)]` | the model | |
/// | `ordering = [-a, b]` | the order of whole rows where a query names none | the model's |
/// | `default_filter = ..` | what `objects()` keeps, of what the model's own keeps; `all_objects()` keeps all | all of them |
///
/// `Published::objects()` is a query set of the model, `QuerySet<Post, Proxied<Published>>`: conditions, orderings and changes are made
/// of the model's paths, and the model's `#[queryset]` methods can be called on it; what is returned for a row is a `Published`. That
/// derefs to the model, so the fields, `save`, `update` and `refresh` are there; `into_inner()` and `From` turn one into the other. Methods of its own
/// are what it is for. It has no columns of its own, is made by the draft of its model, and no key can point at it: one to the
/// model does. Rows that a relation leads to are the model's.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug)]
/// pub struct Job {
///     pub id: i64,
///     pub name: String,
///     pub urgency: i32,
///     #[field(default)]
///     pub done: bool,
/// }
///
/// #[derive(Proxy, Debug)]
/// #[proxy(Job, ordering = [-urgency], default_filter = !Job::done)]
/// pub struct OpenJob(Job);
///
/// # fn main() -> Result<()> {
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// Job::draft().name("Sweep").urgency(1).save(&db)?;
/// Job::draft().name("Repair").urgency(9).save(&db)?;
/// let mut first = OpenJob::objects().filter(Job::urgency.gt(0)).first(&db)?.unwrap();
/// assert_eq!(first.name, "Repair");
/// first.update(&db, Job::done.set(true))?;
/// assert_eq!((OpenJob::objects().count(&db)?, OpenJob::all_objects().count(&db)?), (1, 2));
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(Proxy, attributes(proxy))]
pub fn derive_proxy(input: TokenStream) -> TokenStream {
    proxy::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes the methods of an `impl QuerySet<Post>` steps of queries of `Post`, in a trait called `PostQuerySet`: where it is in
/// scope, they are methods like `filter`.
///
/// A method takes `self`. One that returns `Self` is a step for rows of every shape: it is there after `values_list`, and
/// `select_for_update`, on the rows of a relation, `author.posts.published()`, which it turns into a query set, and on a relation as `with` takes
/// it, `Author::posts.published()`. One that
/// returns anything else — rows of another shape, or the answer of a query — is for query sets of whole rows and for
/// relations; in it `Self` is `QuerySet<Post>`. Methods may be generic, and have documentation and other attributes. Their
/// visibility is the trait's, so it is one for all, but for methods without any, which can be called in the same module.
///
/// `#[queryset(PostReports)]` gives the trait a name of one's own: for a second impl of the same model.
///
/// In Django these are the methods of a `QuerySet` class, and `as_manager` makes a manager of them.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model)]
/// pub struct Blogger {
///     pub id: i64,
///     pub name: String,
///     #[reverse(Post::author)]
///     pub posts: HasMany<Post>,
/// }
///
/// #[derive(Model)]
/// pub struct Post {
///     pub id: i64,
///     pub title: String,
///     pub author: ForeignKey<Blogger>,
///     #[field(default)]
///     pub views: i32,
///     #[field(default)]
///     pub published: bool,
/// }
///
/// #[queryset]
/// impl QuerySet<Post> {
///     /// Those that everybody may read.
///     pub fn published(self) -> Self {
///         self.filter(Post::published)
///     }
///
///     pub fn by_author(self, author: &Blogger) -> Self {
///         self.filter(Post::author.eq(author))
///     }
///
///     pub fn popular(self, views: i32) -> Self {
///         self.published().filter(Post::views.gte(views)).order_by(Post::views.desc())
///     }
///
///     pub fn titles(self, db: &impl Handle) -> Result<Vec<String>> {
///         self.values_list(Post::title).all(db)
///     }
/// }
/// # fn main() -> Result<()> {
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// # let ann = Blogger::draft().name("Ann").save(&db)?;
/// # Post::draft().title("Hello").author(&ann).views(9).published(true).save(&db)?;
/// # Post::draft().title("Soon").author(&ann).save(&db)?;
/// assert_eq!(Post::objects().published().by_author(&ann).count(&db)?, 1);
/// assert_eq!(Post::objects().values_list(Post::title).popular(5).all(&db)?, ["Hello"]);
/// assert_eq!(ann.posts.published().count(&db)?, 1);
/// # Ok(())
/// # }
/// ```
#[proc_macro_attribute]
pub fn queryset(name: TokenStream, item: TokenStream) -> TokenStream {
    queryset::expand(name.into(), item.into()).into()
}

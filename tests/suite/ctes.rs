//! Common table expressions, recursions and trees.

use orm::prelude::*;

use crate::models::*;
use crate::support::suite;

/// Two trees: a (b (d, e (f)), c) and x (y).
fn forest(db: &Database) -> Result<()> {
    let category = |name: &str, parent: Option<&Category>| {
        let draft = Category::draft().name(name);
        match parent {
            Some(parent) => draft.parent(parent).save(db),
            None => draft.save(db),
        }
    };
    let a = category("a", None)?;
    let b = category("b", Some(&a))?;
    category("c", Some(&a))?;
    category("d", Some(&b))?;
    let e = category("e", Some(&b))?;
    category("f", Some(&e))?;
    let x = category("x", None)?;
    category("y", Some(&x))?;
    Ok(())
}

fn below(name: &str) -> orm::query::Tree<Category> {
    Category::objects()
        .filter(Category::name.eq(name))
        .descend(Category::parent)
}

suite! {
    fn a_tree_is_walked_down_from_any_node(db) {
        forest(db)?;
        let tree = below("b").with_path(Category::name, "/");
        let rows = tree.rows().order_by(tree.path()).values_list((Category::name, tree.depth(), tree.path())).all(db)?;
        let row = |name: &str, depth: i64, path: &str| (name.to_owned(), depth, path.to_owned());
        assert_eq!(rows, [row("b", 0, "b"), row("d", 1, "b/d"), row("e", 1, "b/e"), row("f", 2, "b/e/f")]);
        let models = tree.rows().order_by((tree.depth().desc(), Category::name)).all(db)?;
        assert_eq!(models.iter().map(|category| category.name.as_str()).collect::<Vec<_>>(), ["f", "d", "e", "b"]);
        let roots = Category::objects().filter(Category::parent.is_null()).descend(Category::parent);
        assert_eq!(roots.rows().count(db)?, 8);
        assert_eq!(roots.rows().filter(roots.depth().eq(0)).count(db)?, 2);
        assert_eq!(below("nothing").rows().all(db)?, []);
        assert!(below("x").rows().exists(db)?);
    }

    fn rows_without_one_stay_beside_an_optional_one(db) {
        library(db)?;
        let dear = |price: i64| cte(Book::objects().filter(Book::price.gt(price)).values_list((Book::author, Book::title))).optional();
        let titles = |price: i64| {
            let dear = dear(price);
            let (_, title) = dear.columns::<Author>();
            let authors = Author::objects().join(&dear, |(author, _)| Author::id.eq(author));
            let rows = authors.clone().order_by((Author::name, &title)).values_list((Author::name, &title)).all(db)?;
            let none = authors.filter(title.is_null()).count(db)?;
            Ok::<_, Error>((rows.into_iter().map(|(_, title)| title.unwrap_or_default()).collect::<Vec<_>>(), none))
        };
        assert_eq!(titles(13)?, (vec!["Joins".to_owned(), "Dragons".to_owned(), String::new()], 1));
        assert_eq!(titles(20)?, (vec!["Joins".to_owned(), String::new(), String::new()], 2));
        assert_eq!(titles(100)?.1, 3);
        // Both ways in one query, where its columns are those of each; and columns that are no Options are not of an optional one.
        let books = cte(Book::objects().filter(Book::price.gt(20)).values_list((Book::author, Book::title)));
        let maybe = books.optional();
        let ((_, title), (_, perhaps)) = (books.columns::<Author>(), maybe.columns::<Author>());
        let rows = Author::objects().join(&books, |_| Q::<Author>::all()).join(&maybe, |(author, _)| Author::id.eq(author));
        let rows = rows.order_by(Author::name).values_list((Author::name, &title, perhaps)).all(db)?;
        assert_eq!(rows[0], ("Ann".to_owned(), "Joins".to_owned(), Some("Joins".to_owned())));
        assert_eq!(rows[1], ("Bob".to_owned(), "Joins".to_owned(), None));
        let prices = cte(Book::objects().values_list((Book::author, Book::price))).optional();
        let (_, price) = prices.columns::<Author>();
        let rows = Author::objects().join(&prices, |(author, _)| Author::id.eq(author)).order_by(price.desc().nulls_last()).values_list(price);
        assert_eq!(rows.all(db)?[1].map(|price| price.to_string()).as_deref(), Some("14.00"));
        let wrong = Author::objects().join(&maybe, |(author, _)| Author::id.eq(author)).values_list(title).all(db);
        assert!(matches!(wrong, Err(Error::InvalidQuery { .. })), "{wrong:?}");
        // Joined twice, with a value of its own for each.
        let (few, many) = (dear(13), dear(1));
        let (_, one) = few.columns::<Author>();
        let (_, other) = many.columns::<Author>();
        let both = Author::objects().join(&few, |(author, _)| Author::id.eq(author)).join(&many, |(author, _)| Author::id.eq(author));
        let pairs = both.values_list((Author::name, one, other)).order_by(Author::name).all(db)?;
        assert_eq!(pairs.len(), 6);
        assert!(pairs.iter().all(|(name, one, _)| one.as_deref() == match name.as_str() {
            "Ann" => Some("Joins"),
            "Bob" => Some("Dragons"),
            _ => None,
        }));
    }

    fn a_tree_is_walked_up(db) {
        forest(db)?;
        let above = Category::objects().filter(Category::name.eq("f")).ascend(Category::parent).with_path(Category::name.upper(), " < ");
        let rows = above.rows().order_by(above.depth()).values_list((Category::name, above.path())).all(db)?;
        assert_eq!(rows.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["f", "e", "b", "a"]);
        assert_eq!(rows[3].1, "F < E < B < A");
        let root = above.rows().order_by(above.depth().desc()).first(db)?;
        assert_eq!(root.map(|category| category.name), Some("a".to_owned()));
    }

    fn the_rows_of_a_tree_are_a_query_set(db) {
        forest(db)?;
        let tree = below("a");
        let leaves = tree.rows().filter(Category::children.is_empty()).order_by(Category::name).values_list(Category::name);
        assert_eq!(leaves.all(db)?, ["c", "d", "f"]);
        assert_eq!(Category::objects().filter(Category::parent.is_in(tree.rows())).count(db)?, 5);
        assert_eq!(Category::objects().filter(!Category::id.is_in(tree.rows().values_list(Category::id))).count(db)?, 2);
        let both = Category::objects().filter(Category::id.is_in(tree.rows().values_list(Category::id)) | Category::id.is_in(below("x").rows().values_list(Category::id)));
        assert_eq!(both.count(db)?, 8);
        let united = tree.rows().union(below("x").rows()).order_by(Category::name);
        assert_eq!(united.count(db)?, 8);
        let first = tree.rows().order_by((tree.depth(), Category::name)).limit(3);
        assert_eq!(first.clone().values_list((Category::name, tree.depth())).all(db)?.len(), 3);
        assert_eq!(first.order_by(tree.depth().desc()).values_list(Category::name).first(db)?.map(|_| ()), Some(()));
        // From the first two only, and as a subquery about the row around.
        let some = Category::objects().order_by(Category::name).limit(2).descend(Category::parent);
        assert_eq!(some.rows().count(db)?, 10, "each of the two, and what is below each");
        let deep = exists(|category: Outer<Category, _>| tree.rows().filter(tree.depth().gt(1) & Category::parent.eq(category.id)));
        assert_eq!(Category::objects().filter(deep).order_by(Category::name).values_list(Category::name).all(db)?, ["b", "e"]);
        let selected = tree.rows().select_related(Category::parent).order_by(Category::name).all(db)?;
        assert_eq!(selected[3].parent.get()?.map(|parent| parent.name.as_str()), Some("b"));
    }

    fn the_rows_of_a_tree_are_updated_and_deleted(db) {
        forest(db)?;
        let tree = below("b");
        let deep = tree.rows().filter(tree.depth().gte(1));
        assert_eq!(deep.update(db, Category::name.set(Category::name.upper()))?, 3);
        let names = Category::objects().order_by(Category::id).values_list(Category::name).all(db)?;
        assert_eq!(names, ["a", "b", "c", "D", "E", "F", "x", "y"]);
        // Those that go because others do may not be counted.
        assert!(below("b").rows().delete(db)? > 0);
        assert_eq!(Category::objects().count(db)?, 4);
    }

    fn a_circle_ends(db) {
        forest(db)?;
        let f = Category::objects().get(db, Category::name.eq("f"))?;
        Category::objects().filter(Category::name.eq("a")).update(db, Category::parent.set(&f))?;
        let tree = below("b");
        let names = tree.rows().order_by((tree.depth(), Category::name)).values_list((Category::name, tree.depth())).all(db)?;
        let names: Vec<_> = names.iter().map(|(name, depth)| (name.as_str(), *depth)).collect();
        assert_eq!(names, [("b", 0), ("d", 1), ("e", 1), ("f", 2), ("a", 3), ("c", 4)]);
    }

    fn a_common_table_expression_is_joined(db) {
        library(db)?;
        let dear = cte(Book::objects().filter(Book::price.gt(9)).values_list((Book::author, Book::title, Book::price)));
        let (_, title, price) = dear.columns::<Author>();
        let rows = Author::objects().join(&dear, |(author, ..)| Author::id.eq(author)).filter(price.lt(20))
            .order_by(&title).values_list((Author::name, &title, &price)).all(db)?;
        let row = |name: &str, title: &str, price| (name.to_owned(), title.to_owned(), price);
        assert_eq!(rows, [row("Ann", "100% SQL", dec!(9.99)), row("Bob", "Dragons", dec!(14))]);
        // Twice in one query, computed once.
        let other = cte(Book::objects().values_list(Book::author));
        let query = Author::objects().join(&other, |author| Author::id.eq(author))
            .filter(exists(|author: Outer<Author, _>| Book::objects().join(&other, |column| Book::author.eq(column)).filter(Book::author.eq(author))));
        assert_eq!(query.clone().count(db)?, 5);
        assert_eq!(query.to_sql(Dialect::Sqlite)?.0.matches(r#"AS (SELECT"#).count(), 1);
        let stray = Author::objects().filter(title.eq("Joins")).all(db);
        assert!(matches!(stray, Err(Error::InvalidQuery { .. })));
    }

    fn a_recursion_goes_on_from_its_rows(db) {
        library(db)?;
        let numbers = recursive(
            Author::objects().filter(Author::name.eq("Ann")).values_list((Author::name, value(1_i64), Author::rating)),
            |(name, number, rating)| {
                Author::objects().filter(Author::name.eq("Bob") & number.lt(4)).values_list((concat((&name, "+")), &number * 2, rating))
            },
        );
        let (name, number, rating) = numbers.columns::<Author>();
        let rows = Author::objects().filter(Author::name.eq("Cid")).join(&numbers, |_| Q::<Author>::all())
            .order_by(&number).values_list((name, &number, rating)).all(db)?;
        let row = |name: &str, number| (name.to_owned(), number, Some(4.5));
        assert_eq!(rows, [row("Ann", 1), row("Ann+", 2), row("Ann++", 4)]);
        // Decimals, which have other digits at each step.
        let prices = recursive(
            Book::objects().filter(Book::title.eq("Joins")).values_list(Book::price),
            |price| Book::objects().filter(Book::title.eq("Joins") & price.gt(1)).values_list(&price * dec!(0.25)),
        );
        let price = prices.columns::<Author>();
        let rows = Author::objects().filter(Author::name.eq("Cid")).join(&prices, |_| Q::<Author>::all()).order_by(price.desc()).values_list(&price).all(db)?;
        assert_eq!(rows, [dec!(39.90), dec!(9.975), dec!(2.49375), dec!(0.6234375)]);
    }
}

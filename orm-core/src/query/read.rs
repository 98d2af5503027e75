//! The methods that run a query and return rows.

use std::collections::HashMap;
use std::hash::Hash;
use std::panic::Location;

use crate::ast::{CompareOp, Distinct, Expr as Node, In, Order, Output};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::executor::{Executor, Flow, Handle, RunsOn};
use crate::expr::{Condition, IntoCondition, IntoOrder, KeyFrom, Operand, PerRow, members};
use crate::model::Model;
use crate::path::{About, Field, FieldDef, Root, Scope, key_order};
use crate::query::run::{self, Caller};
use crate::query::{QuerySet, RowShape, Whole};
use crate::types::{Bool, ComparableWith, SqlType};
use crate::value::Value;

impl<M: Model, R: RowShape, L> QuerySet<M, R, L> {
    /// All rows. For more than fit into memory there is [`iterator`](Self::iterator).
    ///
    /// SQL: `SELECT ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books: Vec<Book> = Book::objects().all(&db)?;
    /// assert_eq!(books.len(), 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's, and [`Error::Decode`] when a column holds something its field cannot.
    #[track_caller]
    pub fn all<D: Handle + ?Sized>(&self, db: &D) -> Result<Vec<R::Output>>
    where
        L: RunsOn<D::Kind>,
    {
        self.fetch(db.executor(), Location::caller())
    }

    /// The one row that meets the condition: short for `filter` and [`one`](Self::one).
    ///
    /// SQL: `SELECT .. WHERE .. LIMIT 2`, without an order; of a primary key without LIMIT
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// let missing = Book::objects().get(&db, Book::id.eq(-1));
    /// assert!(matches!(missing, Err(Error::DoesNotExist { model: "Book" })));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if none does, [`Error::MultipleObjects`] if several do, and the database's.
    #[track_caller]
    pub fn get<D, C: IntoCondition<M, Type: Bool, Kind: PerRow>>(
        &self,
        db: &D,
        condition: C,
    ) -> Result<R::Output>
    where
        D: Handle + ?Sized,
        Scope: About<C::Scope, M>,
        L: RunsOn<D::Kind>,
    {
        let (db, caller) = (db.executor(), Location::caller());
        let condition = condition.into_condition().map(Condition::into_node);
        if let Some(condition) = &condition
            && self.loading.is_none()
            && self.select.is_all_rows()
            && let Some(key) = self.select.key_asked_by(condition)
        {
            let row = run::fetch_by_key::<R>(&self.select, key, None, db, caller)?;
            return row.ok_or(Error::DoesNotExist {
                model: M::SCHEMA.name,
            });
        }
        let mut query = self.clone();
        let is_key = query.loading.is_none()
            && query.select.is_all_rows()
            && condition
                .as_ref()
                .is_some_and(|condition| query.select.is_key_asked_by(condition));
        if let Some(condition) = condition {
            query.push_filter(condition);
        }
        if is_key {
            // One row at most.
            query.select.order = Order::By(Vec::new());
            let row = query.fetch_first(db, caller)?;
            return row.ok_or(Error::DoesNotExist {
                model: M::SCHEMA.name,
            });
        }
        query.only_one(db, caller)
    }

    /// The one row of the query.
    ///
    /// SQL: `SELECT .. LIMIT 2`, without an order
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let many = Book::objects().one(&db);
    /// assert!(matches!(many, Err(Error::MultipleObjects { model: "Book" })));
    /// let price = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::price).one(&db)?;
    /// assert_eq!(price, dec!(10.00));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if there is none, [`Error::MultipleObjects`] if there are several, and the database's.
    #[track_caller]
    pub fn one<D: Handle + ?Sized>(&self, db: &D) -> Result<R::Output>
    where
        L: RunsOn<D::Kind>,
    {
        self.one_at(db.executor(), Location::caller())
    }

    pub(crate) fn one_at(&self, db: &dyn Executor, caller: Caller) -> Result<R::Output> {
        self.clone().only_one(db, caller)
    }

    fn only_one(mut self, db: &dyn Executor, caller: Caller) -> Result<R::Output> {
        if !self.select.is_sliced() && !matches!(self.select.distinct, Distinct::On(_)) {
            // Of one row there is no order.
            self.select.order = Order::By(Vec::new());
        }
        let mut rows = self.limit(2).fetch(db, caller)?;
        match (rows.pop(), rows.is_empty()) {
            (Some(row), true) => Ok(row),
            (None, _) => Err(Error::DoesNotExist {
                model: M::SCHEMA.name,
            }),
            (Some(_), false) => Err(Error::MultipleObjects {
                model: M::SCHEMA.name,
            }),
        }
    }

    /// The first row by the order; whole models without one come by primary key.
    ///
    /// SQL: `SELECT .. ORDER BY .. LIMIT 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheapest: Option<Book> = Book::objects().order_by(Book::price).first(&db)?;
    /// assert_eq!(cheapest.unwrap().title, "Draft");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn first<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<R::Output>>
    where
        L: RunsOn<D::Kind>,
    {
        let first = self.clone().ordered().limit(1);
        first.fetch_first(db.executor(), Location::caller())
    }

    /// The last row by the order; whole models without one come by primary key.
    ///
    /// SQL: `SELECT .. ORDER BY .. LIMIT 1`, the order turned round
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dearest: Option<Book> = Book::objects().order_by(Book::price).last(&db)?;
    /// assert_eq!(dearest.unwrap().title, "Rust");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn last<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<R::Output>>
    where
        L: RunsOn<D::Kind>,
    {
        let last = self.clone().ordered().reverse().limit(1);
        last.fetch_first(db.executor(), Location::caller())
    }

    /// Whole models that have no order get that of the primary key.
    pub(super) fn ordered(mut self) -> Self {
        let whole = self.select.output == Output::Model;
        if whole && !self.is_ordered() && self.select.slice.is_none() {
            self.select.order = Order::By(key_order::<M>(false).collect());
        }
        self
    }

    /// The row with the greatest value; rows where it is NULL are passed over. `None` where there is no row, where Django
    /// raises an error.
    ///
    /// SQL: `SELECT .. WHERE .. IS NOT NULL ORDER BY .. DESC LIMIT 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let newest: Option<Book> = Book::objects().latest(&db, Book::created_at)?;
    /// let greatest = Book::objects().latest(&db, (Book::subtitle, Book::title))?;
    /// assert_eq!(greatest.unwrap().title, "Dunes");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn latest<D, O>(&self, db: &D, order: O) -> Result<Option<R::Output>>
    where
        D: Handle + ?Sized,
        O: IntoOrder<M>,
        Scope: About<O::Scope, M>,
        R: crate::query::OrderAllowed<O::Kind>,
        L: RunsOn<D::Kind>,
    {
        let latest = self.clone().present(order).reverse().limit(1);
        latest.fetch_first(db.executor(), Location::caller())
    }

    /// The row with the least value; rows where it is NULL are passed over. `None` where there is no row.
    ///
    /// SQL: `SELECT .. WHERE .. IS NOT NULL ORDER BY .. LIMIT 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let oldest: Option<Book> = Book::objects().earliest(&db, Book::created_at)?;
    /// let least = Book::objects().earliest(&db, Book::subtitle)?;
    /// assert_eq!(least.unwrap().title, "Rust");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn earliest<D, O>(&self, db: &D, order: O) -> Result<Option<R::Output>>
    where
        D: Handle + ?Sized,
        O: IntoOrder<M>,
        Scope: About<O::Scope, M>,
        R: crate::query::OrderAllowed<O::Kind>,
        L: RunsOn<D::Kind>,
    {
        let earliest = self.clone().present(order).limit(1);
        earliest.fetch_first(db.executor(), Location::caller())
    }

    /// Ordered so, without the rows where a term is NULL.
    fn present<O: IntoOrder<M>>(mut self, order: O) -> Self {
        self.close_slice();
        let mut terms = Vec::new();
        order.push_terms(&mut terms);
        for term in &terms {
            self.push_filter(Node::compare(
                CompareOp::Ne,
                term.expr.clone(),
                Node::Bind(Value::Null),
            ));
        }
        self.select.order = Order::By(terms);
        self.select.reversed = false;
        self
    }

    /// The number of rows; of a slice, of the slice's rows.
    ///
    /// SQL: `SELECT count(*) ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::is_published).count(&db)?, 3);
    /// assert_eq!(Book::objects().values_list(Book::author).distinct().count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn count<D: Handle + ?Sized>(&self, db: &D) -> Result<u64>
    where
        L: RunsOn<D::Kind>,
    {
        let mut select = self.select.clone();
        select.output = match select.output {
            Output::Exprs(exprs) | Output::Named(_, exprs) => Output::CountOf(exprs),
            _ => Output::Count,
        };
        run::count(&select, db.executor(), Location::caller())
    }

    /// Whether there is a row. It is cheaper than `count`: the database stops at the first one.
    ///
    /// SQL: `SELECT 1 .. LIMIT 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Book::objects().filter(Book::title.eq("SQL")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn exists<D: Handle + ?Sized>(&self, db: &D) -> Result<bool>
    where
        L: RunsOn<D::Kind>,
    {
        let mut query = self.clone();
        query.select = super::subquery::asked(query.select);
        let query = query.limit(1);
        let rows = run::for_each(
            &query.select,
            db.executor(),
            Location::caller(),
            &mut |_| Ok(Flow::Stop),
        )?;
        Ok(rows > 0)
    }

    /// The SQL and its parameters, without a connection.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let (sql, values) = Book::objects().filter(Book::title.eq("SQL")).to_sql(Dialect::Postgres)?;
    /// assert!(sql.contains(r#"WHERE "book"."title" = $1"#));
    /// assert_eq!(values.len(), 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] for what the database lacks, [`Error::InvalidQuery`] for what cannot mean anything.
    pub fn to_sql(&self, dialect: Dialect) -> Result<(String, Vec<Value>)> {
        let ready = run::ready_select(&self.joined(), dialect.words())?;
        Ok((ready.sql().to_owned(), ready.params.into_vec()))
    }
}

impl<M: Model, L> QuerySet<M, Whole<M>, L> {
    /// Whether a row is among those of the query, by its primary key.
    ///
    /// SQL: `SELECT 1 .. WHERE .. AND "id" = ? LIMIT 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let draft = Book::objects().get(&db, Book::title.eq("Draft"))?;
    /// assert!(!Book::objects().filter(Book::is_published).contains(&db, &draft)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn contains<D: Handle + ?Sized>(&self, db: &D, row: &M) -> Result<bool>
    where
        L: RunsOn<D::Kind>,
    {
        let mut chosen = self.clone();
        crate::expr::key_is::<M>(row.key()).for_each(|part| chosen.push_filter(part));
        chosen.exists(db)
    }

    /// The rows with these primary keys, by key; keys without a row are left out. A filter before it holds too.
    ///
    /// SQL: `SELECT .. WHERE "id" = ANY($1)`, on SQLite `IN rarray(?)`: one statement for any number of keys. Composite keys are
    /// tuples: `("order_id", "product_id") IN (SELECT * FROM unnest($1, $2))`, on SQLite the same by an `rarray` for each part.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books: HashMap<i64, Book> = Book::objects().in_bulk(&db, [1, 2, 99])?;
    /// assert_eq!(books.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn in_bulk<D, I>(&self, db: &D, keys: I) -> Result<HashMap<M::Key, M>>
    where
        D: Handle + ?Sized,
        I: IntoIterator,
        M::Key: KeyFrom<M, I::Item>,
        L: RunsOn<D::Kind>,
    {
        let mut chosen = self.clone();
        chosen.push_filter(M::Key::among(keys.into_iter()));
        chosen.by_key(db.executor(), Location::caller(), M::key)
    }

    /// All rows, by primary key.
    ///
    /// SQL: `SELECT ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books: HashMap<i64, Book> = Book::objects().filter(Book::is_published).in_bulk_all(&db)?;
    /// assert_eq!(books.len(), 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn in_bulk_all<D: Handle + ?Sized>(&self, db: &D) -> Result<HashMap<M::Key, M>>
    where
        L: RunsOn<D::Kind>,
    {
        self.by_key(db.executor(), Location::caller(), M::key)
    }

    /// The rows with these values of a field that tells rows apart, by its value.
    ///
    /// SQL: `SELECT .. WHERE "title" = ANY($1)`, on SQLite `IN rarray(?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books: HashMap<String, Book> = Book::objects().in_bulk_by(&db, Book::title, ["SQL", "Rust"])?;
    /// assert_eq!(books["Rust"].price, dec!(42.50));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's, and [`Error::MultipleObjects`] where two rows have the same value; Django asks for a unique field instead.
    #[track_caller]
    pub fn in_bulk_by<D, F, I>(
        &self,
        db: &D,
        field: Field<Root<M>, F>,
        values: I,
    ) -> Result<HashMap<F::Type, M>>
    where
        D: Handle + ?Sized,
        F: FieldDef<Model = M>,
        F::Type: Hash + Eq,
        I: IntoIterator,
        I::Item: Operand<M, F::Type, Base: ComparableWith<<F::Type as SqlType>::Base>>,
        Scope: About<<I::Item as Operand<M, F::Type>>::Scope, M>,
        L: RunsOn<D::Kind>,
    {
        let members = members(values.into_iter().map(Operand::into_node), F::Type::COLUMN);
        let subject = crate::expr::Expression::node(&field);
        let mut chosen = self.clone();
        chosen.push_filter(Node::In(Box::new(In { subject, members })));
        // What they are found by is read, whatever was to be left out.
        chosen.select.left_out.retain(|field| *field != F::INDEX);
        let rows = chosen.fetch(db.executor(), Location::caller())?;
        let mut by_value = HashMap::with_capacity(rows.len());
        for row in rows {
            let value = row.value(F::INDEX);
            let value = F::Type::decode(value.as_ref()).map_err(|mismatch| Error::Decode {
                model: M::SCHEMA.name,
                field: M::SCHEMA.fields[F::INDEX].name.to_owned(),
                expected: mismatch.expected,
                found: mismatch.found,
            })?;
            if by_value.insert(value, row).is_some() {
                return Err(Error::MultipleObjects {
                    model: M::SCHEMA.name,
                });
            }
        }
        Ok(by_value)
    }

    fn by_key<K: Hash + Eq>(
        &self,
        db: &dyn Executor,
        caller: Caller,
        key: fn(&M) -> K,
    ) -> Result<HashMap<K, M>> {
        let rows = self.fetch(db, caller)?;
        Ok(rows.into_iter().map(|row| (key(&row), row)).collect())
    }
}

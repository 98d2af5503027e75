//! `SELECT`.

use crate::ast::{
    Asked, Backend, Column, CompareOp, Ctes, Expr, Grouping, Origin, TableRef, row_columns,
};
use crate::schema::{LinkSchema, ModelSchema, PathNode, RelationSchema};
use crate::value::{ColumnType, Value};

/// A query that reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// The model it is about.
    pub model: &'static ModelSchema,
    /// What it returns.
    pub output: Output,
    /// Columns of a whole model that are not read, by their indexes in its schema, ascending: NULL stands in their place.
    pub left_out: Vec<usize>,
    /// Expressions that are returned behind the columns of a whole model: parts that were appended to its row.
    pub appended: Vec<Expr>,
    /// Columns of other models that are returned behind those of a whole model and what was appended to it.
    pub related: Vec<Expr>,
    /// Conditions, all of which must hold.
    pub filters: Vec<Expr>,
    /// How the rows are gathered; `None` where nothing was annotated to values, though aggregates alone gather them too.
    pub grouping: Option<Box<Grouping>>,
    /// The order of the rows.
    pub order: Order,
    /// Whether the order is turned round, the place of NULLs too.
    pub reversed: bool,
    /// Whether equal rows are returned once.
    pub distinct: Distinct,
    /// At most so many rows.
    pub limit: Option<u64>,
    /// So many rows are passed over first.
    pub offset: u64,
    /// Whether the rows are locked until the transaction's end.
    pub lock: Option<Lock>,
    /// A slice whose rows this query is about.
    pub slice: Option<Box<Select>>,
    /// The query is about the rows of several, united: its `output` is the first one's, or some of it.
    pub combined: Option<Box<Combined>>,
    /// The rows of a relation for many others at once; none where the query stands for itself.
    pub parents: Option<Box<Parents>>,
    /// The common table expressions that it joins; none, usually.
    pub ctes: Option<Box<Ctes>>,
    /// The query has no rows, whatever else it says.
    pub empty: bool,
    /// The database that it says it is for.
    pub backend: Option<Backend>,
    /// The instance that it began at. The SQL does not depend on it; those who look at queries do.
    pub origin: Option<Box<Origin>>,
    /// Made by lowering: the query is a part of the one around it, whose terms its own are.
    pub part: bool,
    /// Made by lowering: the columns of a whole row that are in the tables of its model's parents; behind its own.
    pub inherited: Vec<Expr>,
    /// Made by lowering: the tables. Empty before.
    pub from: Vec<FromItem>,
}

/// The rows that a query begins at: it is of the rows of a relation of theirs, for all of them at once.
///
/// A limit then counts for each of them. Behind the other columns comes the key of the row's parent, unless it is among
/// them already.
#[derive(Clone, Debug, PartialEq)]
pub struct Parents {
    /// The relation.
    pub relation: &'static RelationSchema,
    /// The link table of a many-to-many, and the step into it from the rows.
    pub through: Option<(&'static LinkSchema, &'static PathNode)>,
    /// Their keys, as one array; NULL where these are all rows that there are, so that nothing needs to be looked up.
    pub keys: Value,
    /// Whether the key comes back with the rows; not from a query inside another.
    pub returned: bool,
    /// Made by lowering: the key. None before.
    pub key: Option<Expr>,
    /// Made by lowering: the key is among what the query returns anyway.
    pub among: bool,
    /// Made by lowering: an index begins with the key and the order, so that it holds the first rows of each parent.
    pub indexed: bool,
}

/// What a query returns.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// All columns of the model, in the schema's order.
    Model,
    /// These expressions.
    Exprs(Vec<Expr>),
    /// These expressions, read as JSON under names.
    Named(Vec<JsonColumn>, Vec<Expr>),
    /// The number of rows.
    Count,
    /// The number of rows that a selection of these expressions would have (a path to the many side
    /// gives a row for each; `distinct` counts different ones).
    CountOf(Vec<Expr>),
    /// The constant 1 a row, to see whether there is one.
    One,
    /// Made by lowering: the number of rows of the subquery that `from` holds.
    CountAll,
    /// Made by lowering: all columns of the subquery that `from` holds.
    All,
}

/// How a column of a JSON row is called and read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonColumn {
    /// The key.
    pub name: String,
    /// What it holds.
    pub column_type: ColumnType,
    /// What its elements are, of an array.
    pub element: Option<ColumnType>,
}

/// The order of rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// The model's own, as given by [`Model::ORDERING`](crate::model::Model::ORDERING); applies to
    /// rows that are whole models only.
    Default(&'static [DefaultOrder]),
    /// These terms; none means no order.
    By(Vec<OrderTerm>),
}

/// A term of a model's default ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultOrder {
    /// The index of the field.
    pub field: usize,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// A term of ORDER BY.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderTerm {
    /// What is compared.
    pub expr: Expr,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Where NULLs come; without it NULL is the greatest value.
    pub nulls: Option<Nulls>,
}

/// The place of NULLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nulls {
    /// Before all others.
    First,
    /// After all others.
    Last,
}

/// Which rows count as one.
#[derive(Clone, Debug, PartialEq)]
pub enum Distinct {
    /// None.
    No,
    /// Those that are equal.
    Rows,
    /// Those that are equal in these expressions (PostgreSQL).
    On(Vec<Expr>),
}

/// `FOR UPDATE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// What to do about rows that others have locked.
    pub wait: Wait,
    /// `FOR NO KEY UPDATE`: lets others insert rows that point at the locked ones.
    pub no_key: bool,
    /// The relations whose rows are locked beside the query's own.
    pub of: Vec<&'static PathNode>,
    /// Made by lowering: their tables.
    pub tables: Vec<TableRef>,
}

/// What to do about rows that others have locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wait {
    /// Wait for them.
    Block,
    /// Fail at once.
    NoWait,
    /// Pass over them.
    SkipLocked,
}

/// A table in FROM, made by lowering.
#[derive(Clone, Debug, PartialEq)]
pub struct FromItem {
    /// How it is joined; ignored for the first.
    pub join: JoinKind,
    /// The table or subquery.
    pub source: Source,
    /// The name by which columns refer to it: a table's own name, or an alias.
    pub name: TableRef,
    /// The condition of the join; `None` for the first.
    pub on: Option<Expr>,
}

/// What stands in FROM.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A table.
    Table(&'static str),
    /// A subquery.
    Select(Box<Select>),
    /// A subquery whose columns are known by their numbers.
    Numbered(Box<Select>),
    /// Several queries, united.
    Combined(Box<Combined>),
    /// A common table expression, by the number that is its name.
    Cte(u32),
}

/// Queries whose rows are united, from the left to the right.
#[derive(Clone, Debug, PartialEq)]
pub struct Combined {
    /// The first.
    pub first: Select,
    /// The others, each with how it is united with those before. None means the rows of the first.
    pub rest: Vec<(SetOp, Select)>,
    /// Made by lowering: the columns have the names that [`OutputColumn`](crate::ast::OutputColumn) knows them by.
    pub named: bool,
}

/// How the rows of two queries are united.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetOp {
    /// `UNION`: the rows of both, equal ones once.
    Union,
    /// `UNION ALL`: the rows of both.
    UnionAll,
    /// `INTERSECT`: the rows that both have, equal ones once.
    Intersect,
    /// `INTERSECT ALL`: of equal rows as many as both have.
    IntersectAll,
    /// `EXCEPT`: the rows that the second lacks, equal ones once.
    Except,
    /// `EXCEPT ALL`: of equal rows as many as the first has more.
    ExceptAll,
}

impl SetOp {
    /// Whether it binds tighter than the others on PostgreSQL; on SQLite all bind alike.
    pub const fn is_intersection(self) -> bool {
        matches!(self, Self::Intersect | Self::IntersectAll)
    }

    /// Whether it matters how many equal rows there are, and the rows are not simply put together.
    pub const fn counts(self) -> bool {
        matches!(self, Self::IntersectAll | Self::ExceptAll)
    }
}

/// How a table is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// `INNER JOIN`
    Inner,
    /// `LEFT JOIN`
    Left,
}

impl OrderTerm {
    /// Turns the order round, the place of NULLs too.
    pub fn turn(&mut self) {
        self.descending = !self.descending;
        self.nulls = self.nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
    }
}

impl Parents {
    /// Whether the rows themselves hold the keys of their parents.
    pub const fn is_own_column(&self) -> bool {
        self.through.is_none()
    }

    /// The column that holds the key of a row's parent.
    pub fn column(&self) -> Column {
        match self.through {
            Some((link, path)) => Column {
                path: Some(path),
                field: link.home.local(),
            },
            None => Column {
                path: None,
                field: self.relation.remote(),
            },
        }
    }
}

impl Select {
    /// All rows of a model, in its default ordering.
    pub fn from_model(model: &'static ModelSchema, ordering: &'static [DefaultOrder]) -> Self {
        Self {
            model,
            output: Output::Model,
            left_out: Vec::new(),
            appended: Vec::new(),
            related: Vec::new(),
            filters: Vec::new(),
            grouping: None,
            order: Order::Default(ordering),
            reversed: false,
            distinct: Distinct::No,
            limit: None,
            offset: 0,
            lock: None,
            slice: None,
            combined: None,
            parents: None,
            ctes: None,
            empty: false,
            backend: None,
            origin: None,
            part: false,
            inherited: Vec::new(),
            from: Vec::new(),
        }
    }

    /// Whether it asks for the rows of the relation that it began at as they are, or for their number: what could have been
    /// loaded with the instance.
    pub fn is_whole_relation(&self) -> bool {
        let rows = match self.output {
            Output::Model => self.appended.is_empty() && self.limit.is_none(),
            Output::Count => self.limit.is_none(),
            Output::One => true,
            _ => false,
        };
        let whole = rows
            && self.offset == 0
            && self.slice.is_none()
            && self.distinct == Distinct::No
            && matches!(self.order, Order::Default(_));
        self.origin
            .as_ref()
            .is_some_and(|origin| match origin.asked {
                Asked::Relation(relation) => {
                    !relation.is_many() || whole && origin.filters == self.filters.len()
                }
                Asked::Field(_) => false,
            })
    }

    /// Whether these are the model's rows as they are, in whatever order: none chosen, cut off or locked.
    pub fn is_all_rows(&self) -> bool {
        self.filters.is_empty()
            && self.output == Output::Model
            && self.appended.is_empty()
            && self.left_out.is_empty()
            && self.slice.is_none()
            && self.combined.is_none()
            && self.ctes.is_none()
            && !self.is_sliced()
            && self.distinct == Distinct::No
            && self.lock.is_none()
            && !self.empty
            && self.backend.is_none()
    }

    /// The value that a condition asks of the primary key: there is one row at most that meets it.
    pub fn key_asked_by<'c>(&self, condition: &'c Expr) -> Option<&'c Value> {
        let Expr::Compare(compare) = condition else {
            return None;
        };
        match (&compare.left, &compare.right) {
            (Expr::Column(Column { path: None, field }), Expr::Bind(value))
                if compare.op == CompareOp::Eq && self.model.is_key(field.index) =>
            {
                Some(value)
            }
            _ => None,
        }
    }

    /// Whether there is one row at most, by what the query says rather than by what the tables hold.
    pub fn is_one_row(&self) -> bool {
        let gathered = || match &self.output {
            Output::Exprs(exprs) => {
                self.is_gathered()
                    && self.grouping.is_none()
                    && exprs.iter().all(Expr::has_aggregate)
            }
            output => matches!(output, Output::Count),
        };
        self.limit.is_some_and(|limit| limit <= 1) || gathered()
    }

    /// Whether a condition asks a value of each part of a composite key: there is one row at most that meets it.
    pub fn is_key_asked_by(&self, condition: &Expr) -> bool {
        let Expr::And(items) = condition else {
            return false;
        };
        let key = self.model.primary_key;
        key.len() > 1 && key.iter().all(|part| {
            let asks = |item: &Expr| match item {
                Expr::Compare(compare) if compare.op == CompareOp::Eq => {
                    matches!((&compare.left, &compare.right), (Expr::Column(column), Expr::Bind(_))
                            if column.own_field().is_some_and(|field| field.index == *part))
                }
                _ => false,
            };
            items.iter().any(asks)
        })
    }

    /// The expressions that make rows distinct; none where rows are not, or are those of the model.
    pub fn distinct_exprs(&self) -> &[Expr] {
        match (&self.distinct, &self.output) {
            (Distinct::On(exprs), _)
            | (Distinct::Rows, Output::Exprs(exprs) | Output::Named(_, exprs)) => exprs,
            _ => &[],
        }
    }

    /// For each term of the ordering which of the distinct expressions it is.
    pub fn places_of_order(&self) -> Vec<Option<usize>> {
        let exprs = self.distinct_exprs();
        match &self.order {
            Order::By(terms) if !exprs.is_empty() => terms
                .iter()
                .map(|term| exprs.iter().position(|expr| *expr == term.expr))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The expression that is returned at an index, where it is none of a whole model's own columns.
    pub fn selected(&self, index: usize) -> Option<&Expr> {
        match &self.output {
            Output::Exprs(exprs) | Output::Named(_, exprs) => exprs.get(index),
            Output::Model => self.appended.get(index.checked_sub(self.model.width())?),
            Output::Count | Output::CountOf(_) | Output::One | Output::CountAll | Output::All => {
                None
            }
        }
    }

    /// The index of the first of the related columns.
    pub fn related_at(&self) -> usize {
        self.model.width() + self.appended.len()
    }

    /// Makes a query about united rows one about the rows that it returns.
    pub fn nest(&mut self) {
        let mut outer = Self::from_model(self.model, &[]);
        outer.output = self.output.clone();
        outer.left_out = self.left_out.clone();
        outer.appended = self.appended.clone();
        outer.order = Order::By(Vec::new());
        if let (Output::Count | Output::CountOf(_), Some(combined)) = (&self.output, &self.combined)
        {
            self.output = combined.first.output.clone();
        }
        let first = std::mem::replace(self, outer);
        self.combined = Some(Box::new(Combined {
            first,
            rest: Vec::new(),
            named: false,
        }));
    }

    /// Leaves columns out, also of the parts of united rows: equal rows stay equal.
    pub fn leave_out(&mut self, fields: &[usize]) {
        fields.clone_into(&mut self.left_out);
        if let Some(combined) = &mut self.combined {
            combined.first.leave_out(fields);
            combined
                .rest
                .iter_mut()
                .for_each(|(_, part)| part.leave_out(fields));
        }
    }

    /// What the query returns, column for column.
    pub fn columns(&self) -> Vec<Expr> {
        match &self.output {
            Output::Exprs(exprs) | Output::Named(_, exprs) | Output::CountOf(exprs) => {
                exprs.clone()
            }
            _ => {
                let mut own = row_columns(self.model, None);
                for place in &self.left_out {
                    own[*place] = Expr::Bind(Value::Null);
                }
                own.into_iter()
                    .chain(self.appended.iter().cloned())
                    .chain(self.related.iter().cloned())
                    .collect()
            }
        }
    }

    /// How many columns it returns, beside that key.
    pub fn width(&self) -> usize {
        match &self.output {
            Output::Exprs(exprs) | Output::Named(_, exprs) => exprs.len(),
            Output::Model => self.related_at() + self.related.len(),
            Output::All => match self.from.first().map(|item| &item.source) {
                Some(Source::Combined(combined)) => combined.first.width(),
                Some(Source::Select(inner) | Source::Numbered(inner)) => inner.width(),
                _ => 0,
            },
            Output::Count | Output::CountOf(_) | Output::One | Output::CountAll => 1,
        }
    }

    /// The index of the column that holds the key of a row's parent.
    pub fn parent_at(&self) -> usize {
        self.parent_among().unwrap_or_else(|| match &self.output {
            Output::Exprs(exprs) | Output::Named(_, exprs) => exprs.len(),
            _ => self.related_at() + self.related.len(),
        })
    }

    /// The index of that column where the query returns it anyway. What lowering has made of a query no longer tells.
    pub fn parent_among(&self) -> Option<usize> {
        let parents = self.parents.as_deref()?;
        let own = parents.is_own_column().then(|| parents.relation.remote())?;
        match &self.output {
            Output::Model => Some(own.index),
            Output::Exprs(exprs) | Output::Named(_, exprs) => {
                exprs.iter().position(|expr| match expr {
                    Expr::Column(Column { path: None, field }) => field.index == own.index,
                    // The key of the row that a key points at is the key itself.
                    Expr::Column(Column {
                        path: Some(step),
                        field,
                    }) => {
                        let relation = step.relation;
                        step.parent.is_none()
                            && relation.is_key()
                            && relation.key == own.index
                            && **field == *relation.remote()
                    }
                    _ => false,
                })
            }
            _ => None,
        }
    }

    /// The key of a row's parent, where it comes back in a column of its own.
    pub fn parent_column(&self) -> Option<&Expr> {
        let parents = self.parents.as_deref()?;
        let apart = parents.returned && !parents.among;
        parents.key.as_ref().filter(|_| apart)
    }

    /// Whether it asks for all rows of its model, so that to each row that points at one of them there is one of these.
    pub fn has_all_rows(&self) -> bool {
        let all = self.parents.as_ref().is_none_or(|of| of.keys.is_null());
        let chosen =
            self.empty || self.is_sliced() || self.slice.is_some() || self.distinct != Distinct::No;
        let gathered = self.grouping.is_some() || self.combined.is_some() || self.ctes.is_some();
        all && !chosen && !gathered && self.filters.is_empty()
    }

    /// Whether its rows are made of many of the model's: groups, or all together.
    pub fn is_gathered(&self) -> bool {
        if self.combined.is_some() {
            return false;
        }
        match &self.output {
            Output::Exprs(exprs) | Output::Named(_, exprs) | Output::CountOf(exprs) => {
                let annotated = self
                    .grouping
                    .as_ref()
                    .map_or(exprs.len(), |grouping| grouping.selected.min(exprs.len()));
                let narrowed = self
                    .grouping
                    .as_ref()
                    .is_some_and(|grouping| grouping.narrowed);
                narrowed
                    || exprs.iter().chain(&self.filters).any(Expr::has_aggregate)
                    || exprs[annotated..].iter().any(Expr::has_related)
                    || matches!(&self.order, Order::By(terms) if terms.iter().any(|term| term.expr.has_aggregate()))
            }
            _ => false,
        }
    }

    /// How the SQL calls the table of the model itself, once the query is lowered.
    pub fn root(&self) -> TableRef {
        self.from.first().map_or(TableRef::Bare, |item| item.name)
    }

    /// Whether the query returns a part of its rows by their number.
    pub const fn is_sliced(&self) -> bool {
        self.limit.is_some() || self.offset > 0
    }
}

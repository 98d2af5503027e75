//! Pass 2: columns find their tables.

use super::scope::{Frame, Joins, Scope, first_many, table_column, trimmed};
use super::{related, shape};
use crate::ast::{
    Arithmetic, Column, Distinct, Expr, FromItem, In, JoinKind, Members, Order, Output, Select,
    Source, TableColumn, TableRef, With, ancestors, inherited_columns, to_parent,
};
use crate::error::{Error, Result};
use crate::schema::{ModelSchema, PathNode};
use crate::value::Value;

/// No statement has as many aliases; a table whose name is a larger number is like any other.
const MOST_ALIASES: u32 = 1 << 24;

/// The second pass, with what it must know of the whole statement.
pub(super) struct Resolver {
    /// The model that error messages name.
    pub(super) model: &'static str,
    /// The aliases given out: each is one of the whole statement.
    pub(super) aliases: u32,
    /// The tables that the queries around the current one call by their own names.
    pub(super) named: Vec<&'static str>,
    /// The queries around the current one, and it, the innermost last.
    pub(super) scopes: Vec<Scope>,
    /// The outermost of them that something inside spoke of, by its place.
    pub(super) reached: usize,
    /// How many queries are being resolved, one inside the other.
    pub(super) open: usize,
    /// The common table expressions met so far, with the number that is each one's name.
    pub(super) ctes: Vec<(u64, u32)>,
    /// What the outermost query has to say of them.
    pub(super) with: Vec<With>,
}

impl Resolver {
    pub(super) const fn new(model: &'static ModelSchema) -> Self {
        Self {
            model: model.name,
            aliases: 0,
            named: Vec::new(),
            scopes: Vec::new(),
            reached: usize::MAX,
            open: 0,
            ctes: Vec::new(),
            with: Vec::new(),
        }
    }

    pub(super) fn for_definition(model: &'static str) -> Self {
        let scope = Scope::new(Joins::Refuse, Frame::bare());
        Self {
            model,
            aliases: 0,
            named: Vec::new(),
            scopes: vec![scope],
            reached: usize::MAX,
            open: 0,
            ctes: Vec::new(),
            with: Vec::new(),
        }
    }

    /// Shapes and resolves a query with everything in it.
    pub(super) fn select(&mut self, select: &mut Select) -> Result<()> {
        if !select.from.is_empty() {
            return Ok(());
        }
        self.open += 1;
        let resolved = self.opened(select);
        self.open -= 1;
        if self.open == 0 {
            self.give_with(select);
        }
        resolved
    }

    fn opened(&mut self, select: &mut Select) -> Result<()> {
        if select.combined.is_some() {
            if select.parents.is_some() {
                return Err(self.invalid("united rows cannot be loaded as those of a relation"));
            }
            return self.combined(select);
        }
        shape::shape(select, self.model)?;
        if shape::counts_subquery(select) {
            return self.count_of_subquery(select);
        }
        if Self::asks_windows(select) {
            if !Self::asks_keys(select) {
                return self.windowed(select);
            }
            Self::windowed_keys(select);
        }
        if select.is_gathered() {
            if select.parents.is_some() {
                return Err(self.invalid(
                    "groups cannot be loaded as the rows of a relation: group by the relation's key instead",
                ));
            }
            return self.gathered(select);
        }
        let named = self.named.len();
        let frame = self.root_frame(None, select.model);
        self.scopes.push(Scope {
            few: related::few_rows(select),
            part: select.part,
            ..Scope::new(Joins::Join, frame).about(select.model)
        });
        let resolved = self.cte_joins(select).and_then(|()| self.parts(select));
        let from = self.close();
        self.named.truncate(named);
        resolved?;
        select.from = from;
        Ok(())
    }

    fn parts(&mut self, select: &mut Select) -> Result<()> {
        self.parents(select)?;
        Self::windows_of_parents(select);
        let whole_rows = select.output == Output::Model;
        let places = select.places_of_order();
        self.locked(select);
        self.allow_windows(true);
        if let Output::Exprs(exprs) | Output::Named(_, exprs) = &mut select.output {
            self.values(exprs)?;
        }
        if whole_rows {
            self.inherited(select)?;
            self.values(&mut select.appended)?;
            self.values(&mut select.related)?;
        }
        if let Distinct::On(exprs) = &mut select.distinct {
            self.values(exprs)?;
        }
        self.allow_windows(false);
        self.conditions(&mut select.filters)?;
        self.allow_windows(true);
        let distinct = select.distinct_exprs().to_vec();
        if let Order::By(terms) = &mut select.order {
            for (index, term) in terms.iter_mut().enumerate() {
                // The very same expression, with the aliases in it: PostgreSQL compares the texts.
                let place = places.get(index).copied().flatten();
                if let Some(expr) = place.and_then(|place| distinct.get(place)) {
                    term.expr = expr.clone();
                    continue;
                }
                if whole_rows && crosses_many(&term.expr) {
                    return Err(
                        self.invalid("whole rows cannot be ordered by something each has many of")
                    );
                }
                self.value(&mut term.expr)?;
            }
        }
        Ok(())
    }

    /// Joins the tables whose rows are locked too: those of the relations that are named, and of the parents of all.
    fn locked(&mut self, select: &mut Select) {
        let Some(lock) = &mut select.lock else {
            return;
        };
        for path in ancestors(select.model).chain(lock.of.iter().copied()) {
            lock.tables.push(self.require(path));
        }
        for path in &lock.of {
            for parent in ancestors(path.target()) {
                lock.tables
                    .push(self.require(to_parent(Some(path), parent)));
            }
        }
    }

    /// Of whole rows the columns that are in other tables.
    fn inherited(&mut self, select: &mut Select) -> Result<()> {
        if select.model.parent.is_none() {
            return Ok(());
        }
        select.inherited = inherited_columns(select.model);
        let own = select.model.fields.len();
        let left_out = select.left_out.iter().filter_map(|at| at.checked_sub(own));
        for place in left_out {
            select.inherited[place] = Expr::Bind(Value::Null);
        }
        self.values(&mut select.inherited)
    }

    /// Of the rows of a relation, those of the parents; finds the parents' key.
    fn parents(&mut self, select: &mut Select) -> Result<()> {
        let Some(parents) = &mut select.parents else {
            return Ok(());
        };
        let column = parents.column();
        let (mut key, own) = (Expr::Column(column), Expr::Column(column));
        if let (Some(path), Some((link, _))) = (column.path, parents.through) {
            let links = self.require(path);
            if !link.is_unique() {
                select.filters.push(self.first_link(link, links));
            }
        }
        let keys = std::mem::replace(&mut parents.keys, Value::Null);
        self.value(&mut key)?;
        // A slice of each parent's rows is compared by the same key.
        for filter in &mut select.filters {
            if let Expr::In(of) = filter
                && let Expr::Row(parts) = &mut of.subject
            {
                for part in parts.iter_mut().filter(|part| **part == own) {
                    *part = key.clone();
                }
            }
        }
        if !keys.is_null() {
            select.filters.push(Expr::In(Box::new(In {
                subject: key.clone(),
                members: Members::Values(keys),
            })));
        }
        parents.key = Some(key);
        Ok(())
    }

    /// `SELECT count(*) FROM (SELECT ..)`
    fn count_of_subquery(&mut self, select: &mut Select) -> Result<()> {
        let model = select.model;
        let mut inner = std::mem::replace(select, Select::from_model(model, &[]));
        shape::counted(&mut inner);
        self.select(&mut inner)?;
        self.aliases += 1;
        select.output = Output::CountAll;
        select.order = Order::By(Vec::new());
        select.from.push(FromItem {
            join: JoinKind::Inner,
            source: Source::Select(Box::new(inner)),
            name: TableRef::Alias(self.aliases),
            on: None,
        });
        Ok(())
    }

    /// The FROM of a query about a model: by the table's own name, unless that means something
    /// else here already.
    pub(super) fn root_frame(
        &mut self,
        prefix: Option<&'static PathNode>,
        model: &'static ModelSchema,
    ) -> Frame {
        let table = model.table;
        let taken = self
            .named
            .iter()
            .any(|name| name.eq_ignore_ascii_case(table));
        // A table may be called as an alias is.
        let as_alias = table
            .strip_prefix(['t', 'T'])
            .and_then(|digits| digits.parse::<u32>().ok())
            .filter(|number| *number < MOST_ALIASES);
        let name = if taken || as_alias.is_some_and(|number| number <= self.aliases) {
            self.aliases += 1;
            TableRef::Alias(self.aliases)
        } else {
            self.aliases = self.aliases.max(as_alias.unwrap_or(0));
            self.named.push(table);
            TableRef::Named(table)
        };
        Frame::new(prefix, table, name)
    }

    pub(super) fn conditions(&mut self, conditions: &mut [Expr]) -> Result<()> {
        conditions
            .iter_mut()
            .try_for_each(|condition| self.condition(condition))
    }

    pub(super) fn values(&mut self, values: &mut [Expr]) -> Result<()> {
        values.iter_mut().try_for_each(|value| self.value(value))
    }

    /// Resolves a condition.
    pub(super) fn condition(&mut self, expr: &mut Expr) -> Result<()> {
        match expr {
            Expr::Not(inner) => self.condition(inner),
            Expr::And(items) | Expr::Or(items) => self.conditions(items),
            Expr::Xor(sides) => {
                self.condition(&mut sides.0)?;
                self.condition(&mut sides.1)
            }
            Expr::Quantified(_) => self.quantified(expr),
            Expr::Exists(select) => self.subquery(select),
            Expr::Outer(_) => self.outer(expr, Self::condition),
            Expr::Constant(_) | Expr::Raw(_) => Ok(()),
            Expr::Compare(_)
            | Expr::Lookup(_)
            | Expr::Between(_)
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::In(_)
            | Expr::Column(_)
            | Expr::Bind(_)
            | Expr::Call(_)
            | Expr::Arithmetic(_)
            | Expr::Negate(_)
            | Expr::Case(_)
            | Expr::Cast(_)
            | Expr::Collate(_)
            | Expr::Truth(_)
            | Expr::Row(_)
            | Expr::Aggregate(_)
            | Expr::Related(_)
            | Expr::Each(_)
            | Expr::Table(_)
            | Expr::OutputColumn(_)
            | Expr::CteColumn(_)
            | Expr::Window(_)
            | Expr::Scalar(_) => self.leaf(expr),
        }
    }

    /// Resolves the values in a leaf condition.
    pub(super) fn operands(&mut self, leaf: &mut Expr) -> Result<()> {
        match leaf {
            Expr::Compare(compare) => {
                self.value(&mut compare.left)?;
                self.value(&mut compare.right)
            }
            Expr::Lookup(lookup) => {
                self.value(&mut lookup.subject)?;
                self.value(&mut lookup.operand)
            }
            Expr::Between(of) => {
                self.value(&mut of.subject)?;
                self.value(&mut of.low)?;
                self.value(&mut of.high)
            }
            Expr::IsNull(inner) | Expr::IsNotNull(inner) | Expr::IsTrue(inner) => self.value(inner),
            Expr::In(of) => {
                self.value(&mut of.subject)?;
                match &mut of.members {
                    Members::Values(_) | Members::Rows(_) => Ok(()),
                    Members::Exprs(items) => self.values(items),
                    Members::Select(select) => {
                        shape::members(select, self.model)?;
                        self.subquery(select)
                    }
                }
            }
            value => self.value(value),
        }
    }

    /// Resolves a value.
    pub(super) fn value(&mut self, expr: &mut Expr) -> Result<()> {
        match expr {
            Expr::Column(column) => {
                *expr = self.column(*column)?;
                Ok(())
            }
            Expr::Row(parts) => self.values(parts),
            Expr::Window(window) => self.window(window),
            Expr::CteColumn(column) => {
                *expr = self.cte_column(*column)?;
                Ok(())
            }
            Expr::Call(call) => self.values(&mut call.args),
            Expr::Arithmetic(arithmetic) => {
                self.refuse_zero_divisor(arithmetic)?;
                self.value(&mut arithmetic.left)?;
                self.value(&mut arithmetic.right)
            }
            Expr::Negate(inner) | Expr::Cast(inner) => self.value(&mut inner.0),
            Expr::Collate(of) => self.value(&mut of.0),
            Expr::Case(case) => {
                for (when, then) in &mut case.whens {
                    self.own_condition(when)?;
                    self.value(then)?;
                }
                case.otherwise
                    .as_mut()
                    .map_or(Ok(()), |otherwise| self.value(otherwise))
            }
            Expr::Truth(inner) => self.own_condition(inner),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Related(_) => self.related(expr),
            Expr::Each(_) => self.each_row(expr),
            Expr::Scalar(select) => self.scalar(select),
            Expr::Outer(_) => self.outer(expr, Self::value),
            Expr::Bind(_)
            | Expr::Constant(_)
            | Expr::Raw(_)
            | Expr::Table(_)
            | Expr::OutputColumn(_) => Ok(()),
            Expr::Compare(_)
            | Expr::Lookup(_)
            | Expr::Between(_)
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::In(_)
            | Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Xor(_)
            | Expr::Quantified(_)
            | Expr::Exists(_) => self.own_condition(expr),
        }
    }

    /// Resolves a condition inside a value: it speaks of rows of its own, not of the row that a
    /// condition around the value is about.
    pub(super) fn own_condition(&mut self, expr: &mut Expr) -> Result<()> {
        let Some(scope) = self.scopes.last_mut() else {
            return Ok(());
        };
        let outer = std::mem::replace(&mut scope.visible_from, scope.frames.len());
        let resolved = self.condition(expr);
        if let Some(scope) = self.scopes.last_mut() {
            scope.visible_from = outer;
        }
        resolved
    }

    /// Resolves a query inside an expression.
    pub(super) fn subquery(&mut self, select: &mut Select) -> Result<()> {
        self.refuse_in_definition()?;
        self.select(select)
    }

    /// A definition knows only the row itself.
    pub(super) fn refuse_in_definition(&self) -> Result<()> {
        match self.scopes.last() {
            Some(scope) if scope.joins == Joins::Refuse => {
                Err(self.invalid("the definition of a table can only use the table's own columns"))
            }
            _ => Ok(()),
        }
    }

    fn column(&mut self, column: Column) -> Result<Expr> {
        let column = trimmed(column);
        let Some(scope) = self.scopes.last_mut() else {
            return Ok(Expr::Column(column));
        };
        let frame = scope.frame_of(column.path);
        let beyond = column.path.is_some() && column.path != scope.frames[frame].prefix;
        if beyond && frame == 0 {
            match scope.joins {
                Joins::Sparing if column.path.and_then(first_many).is_none() => {
                    return self.column_by_subquery(column);
                }
                Joins::Join | Joins::Sparing => {}
                Joins::Subquery => return self.column_by_subquery(column),
                Joins::Refuse => self.refuse_in_definition()?,
            }
        }
        Ok(Expr::Table(self.joined_column(frame, column)))
    }

    /// A column of a frame, whose table is joined if it must be.
    pub(super) fn joined_column(&mut self, frame: usize, column: Column) -> TableColumn {
        match self.scopes.last_mut() {
            Some(scope) => scope.frames[frame].column(column, false, &mut self.aliases),
            None => table_column(TableRef::Bare, column.field, false),
        }
    }

    /// A literal zero as a divisor is a mistake, where an expression that may be zero is not.
    pub(super) fn refuse_zero_divisor(&self, arithmetic: &Arithmetic) -> Result<()> {
        if arithmetic.right.is_zero_literal() && arithmetic.may_divide_by_zero() {
            return Err(self.invalid("it divides by zero"));
        }
        Ok(())
    }

    #[cold]
    pub(super) fn invalid(&self, message: &str) -> Error {
        Error::InvalidQuery {
            model: self.model,
            message: message.to_owned(),
        }
    }
}

/// Whether a value uses a column that a row has many of.
pub(super) fn crosses_many(expr: &Expr) -> bool {
    let mut found = false;
    expr.each_of_a_row(&mut |node| {
        found |= match node {
            Expr::Column(column) => trimmed(*column).path.and_then(first_many).is_some(),
            _ => true,
        }
    });
    found
}

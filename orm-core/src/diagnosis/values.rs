//! Which field a value stands for that a database cannot hold.

use super::Failed;
use crate::ast::{Column, Distinct, Expr, Members, Order, Output, Select, Updating};
use crate::error::{Error, FieldError};
use crate::executor::Subject;
use crate::schema::{FieldSchema, ModelSchema, PathNode};
use crate::value::Value;

/// Why a database cannot hold a value; `None` where it can.
pub type Unfit<'a> = &'a dyn Fn(&Value) -> Option<&'static str>;

impl Failed<'_> {
    /// The error of parameters that the database cannot hold, each by the field that it stands for.
    #[cold]
    pub fn refused(&self, unfit: Unfit<'_>) -> Error {
        let mut search = Search {
            unfit,
            model: None,
            errors: Vec::new(),
        };
        match self.command.subject {
            Subject::Insert(insert) => search.row(insert.model, &insert.columns, self.params),
            Subject::UpdateMany(update) => {
                let key = update.model.primary_key;
                let columns = update.columns.iter().chain(key);
                let columns: Vec<_> = columns.copied().collect();
                search.row(update.model, &columns, self.params);
            }
            Subject::Select(select) => search.select(select),
            Subject::Update(Updating {
                rows, assignments, ..
            }) => {
                for (field, value) in assignments {
                    let field = Field::own(rows.model, &rows.model.fields[*field]);
                    search.expr(value, rows.model, Some(&field));
                }
                search.select(rows);
            }
            Subject::Delete(rows) => search.select(rows),
            Subject::ByKey(model, _) => search.row(model, model.primary_key, self.params),
            Subject::Sql => {}
        }
        match search.model {
            Some(model) => Error::Validation {
                model: model.name,
                errors: search.errors,
            },
            None => self.refused_parameters(unfit),
        }
    }

    /// The values stand for no fields: their numbers are all there is to tell.
    fn refused_parameters(&self, unfit: Unfit<'_>) -> Error {
        let errors = self.params.iter().enumerate().filter_map(|(index, value)| {
            let why = unfit(value)?;
            Some(FieldError::new(format!("parameter {}", index + 1), why))
        });
        Error::Validation {
            model: self.statement_model().unwrap_or("raw SQL"),
            errors: errors.collect(),
        }
    }
}

/// A field, with the way to it from the model that is spoken of.
#[derive(Clone)]
struct Field {
    model: &'static ModelSchema,
    path: Option<&'static PathNode>,
    field: &'static FieldSchema,
}

impl Field {
    const fn own(model: &'static ModelSchema, field: &'static FieldSchema) -> Self {
        Self {
            model,
            path: None,
            field,
        }
    }

    /// `author.name`
    fn name(&self) -> String {
        let steps = self.path.map(PathNode::steps).unwrap_or_default();
        let mut name = String::new();
        for step in steps {
            name.push_str(step.name);
            name.push('.');
        }
        name.push_str(self.field.name);
        name
    }
}

/// Walks over a statement in search of values that the database cannot hold and that stand for a field.
struct Search<'a> {
    unfit: Unfit<'a>,
    /// The model of the first that was found: fields of others are not told beside its.
    model: Option<&'static ModelSchema>,
    errors: Vec<FieldError>,
}

impl Search<'_> {
    fn row(&mut self, model: &'static ModelSchema, columns: &[usize], values: &[Value]) {
        for (column, value) in columns.iter().zip(values) {
            let field = Field::own(model, &model.fields[*column]);
            self.value(value, Some(&field));
        }
    }

    fn value(&mut self, value: &Value, about: Option<&Field>) {
        let Some((why, field)) = (self.unfit)(value).zip(about) else {
            return;
        };
        let model = *self.model.get_or_insert(field.model);
        let error = FieldError::new(field.name(), why);
        if model == field.model && !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    fn select(&mut self, select: &Select) {
        let model = select.model;
        if let Output::Exprs(exprs) | Output::Named(_, exprs) | Output::CountOf(exprs) =
            &select.output
        {
            self.exprs(exprs, model, None);
        }
        self.exprs(&select.filters, model, None);
        if let Distinct::On(exprs) = &select.distinct {
            self.exprs(exprs, model, None);
        }
        if let Order::By(terms) = &select.order {
            for term in terms {
                self.expr(&term.expr, model, None);
            }
        }
        if let Some(slice) = &select.slice {
            self.select(slice);
        }
        for join in select.ctes.iter().flat_map(|ctes| &ctes.joins) {
            if let Some(cte) = &join.cte {
                self.select(&cte.first);
                cte.step.iter().for_each(|step| self.select(step));
            }
            join.on.iter().for_each(|on| self.expr(on, model, None));
        }
        if let Some(combined) = &select.combined {
            self.select(&combined.first);
            combined.rest.iter().for_each(|(_, part)| self.select(part));
        }
    }

    fn exprs(&mut self, exprs: &[Expr], model: &'static ModelSchema, about: Option<&Field>) {
        for expr in exprs {
            self.expr(expr, model, about);
        }
    }

    /// Walks over an expression of a query of `model`. `about` is the field that values in it stand for.
    fn expr(&mut self, expr: &Expr, model: &'static ModelSchema, about: Option<&Field>) {
        match expr {
            Expr::Bind(value) => self.value(value, about),
            Expr::Row(parts) => self.exprs(parts, model, None),
            Expr::Call(call) => self.exprs(&call.args, model, about),
            Expr::Arithmetic(of) => {
                self.expr(&of.left, model, about);
                self.expr(&of.right, model, about);
            }
            Expr::Negate(of) | Expr::Cast(of) => self.expr(&of.0, model, about),
            Expr::Collate(of) => self.expr(&of.0, model, about),
            Expr::Case(case) => {
                for (when, then) in &case.whens {
                    self.expr(when, model, None);
                    self.expr(then, model, about);
                }
                if let Some(otherwise) = &case.otherwise {
                    self.expr(otherwise, model, about);
                }
            }
            Expr::Compare(of) => self.sides(&of.left, &[&of.right], model),
            Expr::Lookup(of) => self.sides(&of.subject, &[&of.operand], model),
            Expr::Between(of) => self.sides(&of.subject, &[&of.low, &of.high], model),
            Expr::In(of) => match &of.members {
                Members::Values(values) => {
                    self.expr(&of.subject, model, None);
                    self.value(values, field_of(&of.subject, model).as_ref());
                }
                Members::Rows(arrays) => {
                    if let Expr::Row(parts) = &of.subject {
                        for (part, values) in parts.iter().zip(arrays) {
                            self.value(values, field_of(part, model).as_ref());
                        }
                    }
                }
                Members::Exprs(items) => {
                    let items: Vec<&Expr> = items.iter().collect();
                    self.sides(&of.subject, &items, model);
                }
                Members::Select(select) => {
                    self.expr(&of.subject, model, None);
                    self.select(select);
                }
            },
            Expr::Truth(of)
            | Expr::IsNull(of)
            | Expr::IsNotNull(of)
            | Expr::IsTrue(of)
            | Expr::Not(of) => self.expr(of, model, None),
            Expr::And(items) | Expr::Or(items) => self.exprs(items, model, None),
            Expr::Xor(sides) => {
                self.expr(&sides.0, model, None);
                self.expr(&sides.1, model, None);
            }
            Expr::Quantified(of) => {
                if let Some(condition) = &of.condition {
                    self.expr(condition, of.path.target(), None);
                }
            }
            Expr::Aggregate(of) => {
                self.exprs(&of.args, model, None);
                if let Some(filter) = &of.filter {
                    self.expr(filter, model, None);
                }
            }
            Expr::Related(of) | Expr::Each(of) => {
                self.exprs(&of.filters, of.path.target(), None);
                self.expr(&of.value, of.path.target(), None);
            }
            Expr::Exists(select) | Expr::Scalar(select) => self.select(select),
            Expr::Window(window) => {
                self.exprs(&window.args, model, about);
                self.exprs(&window.over.partition, model, None);
                let terms = window.over.order.iter();
                terms.for_each(|term| self.expr(&term.expr, model, None));
                window
                    .filter
                    .iter()
                    .for_each(|filter| self.expr(filter, model, None));
            }
            Expr::Outer(outer) => self.expr(&outer.node, outer.query.model, None),
            Expr::Column(_)
            | Expr::Constant(_)
            | Expr::Raw(_)
            | Expr::Table(_)
            | Expr::OutputColumn(_)
            | Expr::CteColumn(_) => {}
        }
    }

    /// The values on each side of a comparison stand for the field on the other.
    fn sides(&mut self, left: &Expr, right: &[&Expr], model: &'static ModelSchema) {
        let of_right = right.iter().find_map(|side| field_of(side, model));
        self.expr(left, model, of_right.as_ref());
        let of_left = field_of(left, model);
        for side in right {
            self.expr(side, model, of_left.as_ref());
        }
    }
}

/// The only field that an expression is computed from.
fn field_of(expr: &Expr, model: &'static ModelSchema) -> Option<Field> {
    let mut found: Option<Column> = None;
    let mut several = false;
    expr.each_column(&mut |column| {
        several |= found.is_some_and(|known| known != *column);
        found = Some(*column);
    });
    let Column { path, field } = found.filter(|_| !several)?;
    Some(Field { model, path, field })
}

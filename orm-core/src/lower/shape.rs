//! Pass 1: slices, the ordering and counts.

use super::resolve::crosses_many;
use crate::ast::{
    Column, DefaultOrder, Distinct, Expr, In, Members, Order, OrderTerm, Output, Parents, Select,
    row_column,
};
use crate::error::{Error, Result};
use crate::schema::ModelSchema;

/// Shapes one query; not those inside it.
pub(super) fn shape(select: &mut Select, model: &'static str) -> Result<()> {
    if select.slice.is_some() && !counts_slice(select) {
        slice(select, model)?;
    }
    ordering(select);
    for_each_parent(select, model)?;
    // Whole rows are distinct; of values that are counted the selection is known.
    if matches!(select.output, Output::Count | Output::One) && select.distinct == Distinct::Rows {
        select.distinct = Distinct::No;
    }
    if is_count(&select.output) {
        select.lock = None;
    }
    if select.empty {
        select.filters.clear();
        select.filters.push(Expr::Constant(false));
    }
    Ok(())
}

const fn is_count(output: &Output) -> bool {
    matches!(output, Output::Count | Output::CountOf(_))
}

/// Whether the query counts what it has to select first.
pub(super) fn counts_subquery(select: &Select) -> bool {
    let rows_change = match &select.output {
        Output::Count => false,
        Output::CountOf(exprs) => {
            select.distinct == Distinct::Rows
                || exprs.iter().any(crosses_many)
                || select.is_gathered()
        }
        _ => return false,
    };
    rows_change
        || select.is_sliced()
        || matches!(select.distinct, Distinct::On(_))
        || counts_slice(select)
}

/// Whether nothing is asked of the slice but the number of its rows.
fn counts_slice(select: &Select) -> bool {
    let one_for_each = match &select.output {
        Output::Count => true,
        Output::CountOf(exprs) => !exprs.iter().any(crosses_many),
        _ => false,
    };
    let gathers = |slice: &Select| slice.output == Output::Model && select.is_gathered();
    let sliced = select.slice.as_deref();
    one_for_each && sliced.is_some_and(|slice| !gathers(slice)) && asks_nothing(select)
}

/// Makes a counting query into the one whose rows are counted.
pub(super) fn counted(select: &mut Select) {
    if counts_slice(select)
        && let Some(slice) = select.slice.take()
    {
        *select = *slice;
        return;
    }
    select.output = match std::mem::replace(&mut select.output, Output::One) {
        Output::CountOf(exprs) => Output::Exprs(exprs),
        _ => Output::One,
    };
}

/// Whether a query about a slice has neither conditions, order nor limits of its own.
fn asks_nothing(select: &Select) -> bool {
    select.filters.is_empty()
        && inherits_order(select)
        && !select.reversed
        && select.distinct == Distinct::No
        && !select.is_sliced()
        && !select.empty
}

fn inherits_order(select: &Select) -> bool {
    matches!(&select.order, Order::By(terms) if terms.is_empty())
}

/// Members of `IN` need no order, unless only some of them count.
pub(super) fn members(select: &mut Select, model: &'static str) -> Result<()> {
    slice(select, model)?;
    if !select.is_sliced() && !matches!(select.distinct, Distinct::On(_)) {
        select.order = Order::By(Vec::new());
    }
    Ok(())
}

/// Gives a query of whole rows the order that it will keep as a query of their keys.
pub(super) fn order_of_rows(select: &mut Select) {
    if select.slice.is_none() || !inherits_order(select) {
        ordering(select);
    }
}

/// Makes the ordering into terms, turned round if that was asked for.
pub(super) fn ordering(select: &mut Select) {
    if let Order::Default(list) = select.order {
        let applies = select.output == Output::Model;
        let terms = if applies {
            list.iter().map(|order| term(select.model, order)).collect()
        } else {
            Vec::new()
        };
        select.order = Order::By(start_with_distinct(terms, &select.distinct));
    }
    let unordered =
        is_count(&select.output) || (select.output == Output::One && !select.is_sliced());
    let Order::By(terms) = &mut select.order else {
        return;
    };
    if unordered {
        terms.clear();
    }
    if std::mem::take(&mut select.reversed) {
        terms.iter_mut().for_each(OrderTerm::turn);
    }
}

fn term(model: &'static ModelSchema, order: &DefaultOrder) -> OrderTerm {
    OrderTerm {
        expr: Expr::Column(row_column(model, order.field)),
        descending: order.descending,
        nulls: None,
    }
}

/// `DISTINCT ON` asks that the order begins with its expressions; the model's own does not.
fn start_with_distinct(terms: Vec<OrderTerm>, distinct: &Distinct) -> Vec<OrderTerm> {
    let Distinct::On(exprs) = distinct else {
        return terms;
    };
    let first = exprs.iter().cloned().map(ascending);
    let rest = terms.into_iter().filter(|term| !exprs.contains(&term.expr));
    first.chain(rest).collect()
}

const fn ascending(expr: Expr) -> OrderTerm {
    OrderTerm {
        expr,
        descending: false,
        nulls: None,
    }
}

/// The query is about the rows of its slice.
fn slice(select: &mut Select, model: &'static str) -> Result<()> {
    let Some(mut inner) = select.slice.take() else {
        return Ok(());
    };
    // The slice is one of each parent's rows, and so is what it is a slice of.
    inner.parents = select.parents.clone().map(|mut parents| {
        parents.returned = false;
        parents
    });
    // The slice's order is the one it has with its own output.
    slice(&mut inner, model)?;
    ordering(&mut inner);
    if asks_nothing(select) && can_take_output(select, &inner) {
        let output = std::mem::replace(&mut select.output, Output::One);
        let left_out = std::mem::take(&mut select.left_out);
        let appended = std::mem::take(&mut select.appended);
        let related = std::mem::take(&mut select.related);
        let lock = select.lock.take();
        let parents = select.parents.take();
        *select = Select {
            output,
            left_out,
            appended,
            related,
            lock,
            parents,
            ..*inner
        };
        return Ok(());
    }
    refuse_values(&inner, model)?;
    if inherits_order(select) && select.distinct == Distinct::No && !select.is_gathered() {
        select.order = inner.order.clone();
    }
    if inner.distinct == Distinct::Rows {
        // Whole rows are distinct.
        inner.distinct = Distinct::No;
    }
    if !inner.is_sliced() && inner.distinct == Distinct::No {
        inner.order = Order::By(Vec::new());
    }
    let key = Expr::key_of(select.model);
    // Of a row that has several parents it is one of one of them.
    let shared = select
        .parents
        .as_ref()
        .filter(|parents| !parents.is_own_column());
    let key = match shared {
        Some(parents) => {
            let mut parts = key.into_parts();
            parts.push(Expr::Column(parents.column()));
            Expr::Row(parts)
        }
        None => key,
    };
    inner.output = Output::Exprs(key.clone().into_parts());
    inner.lock = None;
    inner.part = true;
    let rows = Expr::In(Box::new(In {
        subject: key,
        members: Members::Select(inner),
    }));
    select.filters.insert(0, rows);
    if let Some(grouping) = &mut select.grouping {
        grouping.rows += 1;
    }
    Ok(())
}

/// What is distinct is so among the rows of one parent, and what is cut off is so for each.
fn for_each_parent(select: &mut Select, model: &'static str) -> Result<()> {
    let (sliced, among) = (select.is_sliced(), select.parent_among().is_some());
    let Some(parents) = &mut select.parents else {
        return Ok(());
    };
    parents.among = among;
    parents.indexed =
        sliced && parents.is_own_column() && is_indexed(select.model, parents, &select.order);
    // The limit is a window itself, and none stands in another.
    if sliced
        && let Order::By(terms) = &select.order
        && terms.iter().any(|term| term.expr.has_window())
    {
        return Err(Error::InvalidQuery {
            model,
            message: "what is ordered by a window function cannot be limited for each row that it is loaded for: filter by it"
                .to_owned(),
        });
    }
    let key = Expr::Column(parents.column());
    match &mut select.distinct {
        Distinct::No => {}
        // Whole rows are distinct.
        Distinct::Rows if select.output == Output::Model => select.distinct = Distinct::No,
        Distinct::Rows if !sliced => {}
        Distinct::On(exprs) if !sliced => {
            exprs.insert(0, key.clone());
            if let Order::By(terms) = &mut select.order
                && !terms.is_empty()
            {
                terms.insert(0, ascending(key));
            }
        }
        Distinct::Rows | Distinct::On(_) => {
            return Err(Error::InvalidQuery {
                model,
                message: "what is distinct cannot be limited for each row that it is loaded for"
                    .to_owned(),
            });
        }
    }
    Ok(())
}

/// Whether an index of the model begins with the parents' key and what the rows are ordered by first.
fn is_indexed(model: &ModelSchema, parents: &Parents, order: &Order) -> bool {
    let key = parents.relation.remote().index;
    let Order::By(terms) = order else {
        return false;
    };
    let Some(Expr::Column(Column { path: None, field })) = terms.first().map(|term| &term.expr)
    else {
        return false;
    };
    let wanted = [key, field.index];
    let begins = |fields: &mut dyn Iterator<Item = usize>| fields.take(2).eq(wanted);
    let mut indexes = model.indexes.iter().filter(|index| index.using.is_none());
    indexes.any(|index| begins(&mut index.columns.iter().map(|column| column.field)))
        || model
            .uniques
            .iter()
            .any(|unique| begins(&mut unique.fields.iter().copied()))
}

/// Whether the slice can return what the query about it returns.
fn can_take_output(select: &Select, inner: &Select) -> bool {
    match &select.output {
        Output::Exprs(exprs) | Output::Named(_, exprs) => {
            inner.output == Output::Model
                && inner.distinct == Distinct::No
                && !select.is_gathered()
                && !exprs.iter().any(crosses_many)
        }
        Output::One => inner.distinct == Distinct::No,
        output => *output == inner.output,
    }
}

/// Only of whole rows can be told, by their keys, which ones a slice has.
fn refuse_values(inner: &Select, model: &'static str) -> Result<()> {
    let (Output::Exprs(exprs) | Output::Named(_, exprs)) = &inner.output else {
        return Ok(());
    };
    let message = if inner.is_gathered() {
        "a slice of groups cannot be filtered or ordered again: filter before `limit`, `offset` and `slice`"
    } else if inner.distinct == Distinct::Rows {
        "a slice of distinct values cannot be filtered or ordered again: filter before `limit`, `offset` and `slice`"
    } else if exprs.iter().any(crosses_many) {
        "a slice of values of many related rows cannot be filtered or ordered again: filter before `limit`, `offset` \
         and `slice`"
    } else {
        return Ok(());
    };
    Err(Error::InvalidQuery {
        model,
        message: message.to_owned(),
    })
}

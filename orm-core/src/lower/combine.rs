//! Queries whose rows are united: `UNION` and its kin.

use super::group::is_same;
use super::resolve::Resolver;
use super::shape;
use crate::ast::{
    Combined, Distinct, Expr, FromItem, JoinKind, Order, Output, OutputColumn, Select, Source,
    TableRef,
};
use crate::error::Result;

/// Shows the queries whose rows are united, those of parts that are united themselves too; that of the columns first.
fn each_part(combined: &Combined, visit: &mut dyn FnMut(&Select)) {
    let rest = combined.rest.iter().map(|(_, part)| part);
    for part in std::iter::once(&combined.first).chain(rest) {
        match &part.combined {
            Some(inner) if inner.first.columns() == part.columns() => each_part(inner, visit),
            // Of others something else is selected.
            _ => visit(part),
        }
    }
}

impl Resolver {
    /// Resolves a query about united rows: its parts, and what is asked of them together by the numbers of their columns.
    pub(super) fn combined(&mut self, select: &mut Select) -> Result<()> {
        if matches!(select.output, Output::Count | Output::CountOf(_)) && select.is_sliced() {
            select.nest();
        }
        let Some(mut combined) = select.combined.take() else {
            return Ok(());
        };
        self.aliases += 1;
        let table = TableRef::Alias(self.aliases);
        let related = std::mem::take(&mut select.related);
        let columns = combined.first.columns();
        let mut parts = Vec::new();
        each_part(&combined, &mut |part| parts.push(part.columns()));
        shape::ordering(select);
        let whole = select.columns() == columns;
        match &mut select.output {
            Output::Count | Output::CountOf(_) => select.output = Output::CountAll,
            Output::One => {}
            _ if whole => select.output = Output::All,
            Output::Exprs(exprs) | Output::Named(_, exprs) => {
                self.numbered(exprs.iter_mut(), &parts, table)?;
            }
            _ => return Err(self.invalid("united rows have the columns of the first part")),
        }
        if let Order::By(terms) = &mut select.order {
            let exprs = terms.iter_mut().map(|term| &mut term.expr);
            self.numbered(exprs, &parts, table)?;
        }
        // Those of `latest`: a column is there.
        let exprs = select.filters.iter_mut().filter_map(|filter| match filter {
            Expr::IsNotNull(column) => Some(&mut **column),
            _ => None,
        });
        self.numbered(exprs, &parts, table)?;
        select.appended = Vec::new();
        self.part(&mut combined.first, &related)?;
        for (_, part) in &mut combined.rest {
            self.same_columns(&combined.first.output, &part.output)?;
            self.part(part, &related)?;
        }
        let ordered = matches!(&select.order, Order::By(terms) if !terms.is_empty());
        combined.named = ordered
            || !select.filters.is_empty()
            || matches!(select.output, Output::Exprs(_) | Output::Named(..));
        select.from.push(FromItem {
            join: JoinKind::Inner,
            source: Source::Combined(combined),
            name: table,
            on: None,
        });
        Ok(())
    }

    /// Resolves one of the queries that are united. Its order matters only where some of its rows are left out by it.
    fn part(&mut self, part: &mut Select, related: &[Expr]) -> Result<()> {
        part.related = related.to_vec();
        let chosen = part.is_sliced() || matches!(part.distinct, Distinct::On(_));
        if !chosen && part.slice.is_none() {
            part.order = Order::By(Vec::new());
        }
        self.select(part)?;
        if !part.is_sliced() && !matches!(part.distinct, Distinct::On(_)) {
            part.order = Order::By(Vec::new());
        }
        Ok(())
    }

    /// The expressions as columns of the united rows, whose parts have these.
    fn numbered<'e>(
        &self,
        exprs: impl Iterator<Item = &'e mut Expr>,
        parts: &[Vec<Expr>],
        table: TableRef,
    ) -> Result<()> {
        for expr in exprs {
            let place = parts
                .first()
                .and_then(|first| first.iter().position(|column| is_same(column, expr)));
            let Some(place) = place else {
                return Err(self
                    .invalid("united rows can be ordered only by what their first part selects"));
            };
            *expr = Expr::OutputColumn(OutputColumn {
                table,
                number: u32::try_from(place + 1).unwrap_or(u32::MAX),
                column_type: expr.column_type(),
                nullable: parts
                    .iter()
                    .any(|part| part.get(place).is_none_or(Expr::is_nullable)),
            });
        }
        Ok(())
    }

    /// Rows of JSON have keys, which the types do not tell.
    fn same_columns(&self, first: &Output, other: &Output) -> Result<()> {
        match (first, other) {
            (Output::Named(first, _), Output::Named(other, _)) if first != other => {
                Err(self.invalid("rows of different keys cannot be united"))
            }
            _ => Ok(()),
        }
    }
}

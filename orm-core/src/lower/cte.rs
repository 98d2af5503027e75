//! Common table expressions: `WITH`, at the front of the outermost query that uses them.

use super::resolve::Resolver;
use crate::ast::{
    Cte, CteColumn, Distinct, Expr, FromItem, JoinKind, Order, OutputColumn, Select, Source,
    TableRef, With,
};
use crate::error::Result;

impl Resolver {
    /// Joins the common table expressions of a query whose tables are open.
    pub(super) fn cte_joins(&mut self, select: &mut Select) -> Result<()> {
        let Some(ctes) = &mut select.ctes else {
            return Ok(());
        };
        for join in std::mem::take(&mut ctes.joins) {
            let known = self.ctes.iter().find(|(id, _)| *id == join.id);
            let number = match (known.map(|(_, number)| *number), &join.cte) {
                (Some(number), _) => number,
                (None, Some(cte)) => self.define(cte)?,
                (None, None) => {
                    return Err(self.invalid("the step of a recursion stands outside of it"));
                }
            };
            self.aliases += 1;
            let table = TableRef::Alias(self.aliases);
            if let Some(scope) = self.scopes.last_mut() {
                scope.ctes.push((join.known_as, table));
            }
            let mut on = join.on.unwrap_or(Expr::Constant(true));
            self.condition(&mut on)?;
            let item = FromItem {
                join: match join.optional {
                    true => JoinKind::Left,
                    false => JoinKind::Inner,
                },
                source: Source::Cte(number),
                name: table,
                on: Some(on),
            };
            if let Some(frame) = self
                .scopes
                .last_mut()
                .and_then(|scope| scope.frames.first_mut())
            {
                frame.from.push(item);
            }
        }
        Ok(())
    }

    /// Resolves a common table expression that was not met before: it knows nothing of the queries that join it.
    fn define(&mut self, cte: &Cte) -> Result<u32> {
        let number = u32::try_from(self.ctes.len() + 1).unwrap_or(u32::MAX);
        self.ctes.push((cte.id, number));
        let scopes = std::mem::take(&mut self.scopes);
        let named = std::mem::take(&mut self.named);
        let mut first = cte.first.clone();
        let mut step = cte.step.clone();
        let columns = u32::try_from(first.columns().len()).unwrap_or(u32::MAX);
        let resolved = self.definition_part(&mut first).and_then(|()| {
            step.as_mut()
                .map_or(Ok(()), |step| self.definition_part(step))
        });
        self.scopes = scopes;
        self.named = named;
        resolved?;
        self.with.push(With {
            number,
            columns,
            first,
            step,
        });
        Ok(number)
    }

    fn definition_part(&mut self, part: &mut Select) -> Result<()> {
        self.select(part)?;
        if !part.is_sliced() && !matches!(part.distinct, Distinct::On(_)) {
            part.order = Order::By(Vec::new());
        }
        Ok(())
    }

    /// The outermost query defines what it and those inside it join.
    pub(super) fn give_with(&mut self, select: &mut Select) {
        self.ctes.clear();
        if !self.with.is_empty() {
            select.ctes.get_or_insert_default().with = std::mem::take(&mut self.with);
        }
    }

    /// A column of a common table expression that this query joins, or one around it.
    pub(super) fn cte_column(&self, column: CteColumn) -> Result<Expr> {
        let joined = self
            .scopes
            .iter()
            .rev()
            .flat_map(|scope| scope.ctes.iter().rev());
        let Some((_, table)) = joined.into_iter().find(|(id, _)| *id == column.cte) else {
            return Err(self.invalid(
                "a column of a common table expression stands in a query that does not join it",
            ));
        };
        Ok(Expr::OutputColumn(OutputColumn {
            table: *table,
            number: column.number,
            column_type: Some(column.column_type),
            nullable: column.nullable,
        }))
    }
}

//! Link tables that may have a pair twice: a row that is linked twice is one row still.

use super::resolve::Resolver;
use super::scope::table_column;
use crate::ast::{CompareOp, Expr, Order, Output, Select, TableRef};
use crate::schema::{FieldSchema, LinkSchema};

impl Resolver {
    /// Of the links in `links`: there is none of the same pair before it.
    pub(super) fn first_link(&mut self, link: &LinkSchema, links: TableRef) -> Expr {
        let named = self.named.len();
        let frame = self.root_frame(None, link.model());
        self.named.truncate(named);
        let compare = |op, field: &FieldSchema| {
            let column = |table| Expr::Table(table_column(table, field, false));
            Expr::compare(op, column(frame.table), column(links))
        };
        // Before: by the first part of the key in which they differ.
        let keys: Vec<_> = link.model().keys().collect();
        let before = (0..keys.len()).map(|differs| {
            let same = keys[..differs]
                .iter()
                .map(|key| compare(CompareOp::Eq, key));
            let mut all: Vec<_> = same.collect();
            all.push(compare(CompareOp::Lt, keys[differs]));
            all.into_iter().fold(Expr::Constant(true), Expr::and)
        });
        let before = before.fold(Expr::Constant(false), Expr::or);
        let mut others = Select::from_model(link.model(), &[]);
        others.output = Output::One;
        others.order = Order::By(Vec::new());
        others.filters = vec![
            compare(CompareOp::Eq, link.home.local()),
            compare(CompareOp::Eq, link.onward.local()),
            before,
        ];
        others.from = frame.from;
        Expr::Exists(Box::new(others)).negate()
    }
}

//! Whose table it is that a database speaks of.

use crate::executor::Command;
use crate::model::Registration;
use crate::schema::ModelSchema;

/// The models linked into the program, in no order.
pub(super) fn linked() -> impl Iterator<Item = &'static Registration> {
    inventory::iter::<Registration>.into_iter()
}

/// What a model registered.
pub(super) fn registration_of(model: &'static ModelSchema) -> Option<&'static Registration> {
    linked().find(|registered| (registered.schema)() == model)
}

/// The model that has a table. Of several the statement's own, else one that knows the columns.
pub(super) fn model_of_table(
    table: &str,
    columns: &[String],
    command: &Command<'_>,
) -> Option<&'static ModelSchema> {
    if let Some(own) = command.subject.model().filter(|own| own.table == table) {
        return Some(own);
    }
    let knows_all = |model: &ModelSchema| {
        columns
            .iter()
            .all(|column| index_of(model, column).is_some())
    };
    linked()
        .map(|registered| (registered.schema)())
        .filter(|model| model.table == table)
        .min_by_key(|model| (model.name != command.model, !knows_all(model), model.name))
}

fn index_of(model: &ModelSchema, column: &str) -> Option<usize> {
    model.fields.iter().position(|field| field.column == column)
}

/// The fields of columns; a column that no field has stays as it is.
pub(super) fn field_names(model: Option<&ModelSchema>, columns: Vec<String>) -> Vec<String> {
    let Some(model) = model else { return columns };
    columns
        .into_iter()
        .map(|column| match index_of(model, &column) {
            Some(index) => model.fields[index].name.to_owned(),
            None => column,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::*;
    use crate::ast::Select;
    use crate::compile::tests::schema::BOOK;
    use crate::executor::Subject;
    use crate::model::Definitions;

    /// A model of the same table, which knows less of it.
    static TITLE: ModelSchema = ModelSchema {
        name: "ATitle",
        fields: BOOK.fields.split_at(2).0,
        ..BOOK
    };

    inventory::submit!(Registration {
        schema: || &TITLE,
        definitions: Definitions::default,
        default_value: |_| None,
    });
    inventory::submit!(Registration {
        schema: || &BOOK,
        definitions: Definitions::default,
        default_value: |_| None,
    });

    #[test]
    fn of_several_models_the_statements_own_comes_first() {
        let delete = |model| Select::from_model(model, &[]);
        let (book, title) = (delete(&BOOK), delete(&TITLE));
        let column = |name: &str| vec![name.to_owned()];
        let (known, unknown) = (column(BOOK.fields[0].column), column(BOOK.fields[3].column));
        for (subject, name, columns, expected) in [
            (Subject::Delete(&book), "Book", &known, "Book"),
            (Subject::Delete(&title), "ATitle", &unknown, "ATitle"),
            // Of raw SQL the name alone is known, or nothing.
            (Subject::Sql, "Book", &known, "Book"),
            (Subject::Sql, "ATitle", &unknown, "ATitle"),
            (Subject::Sql, "", &known, "ATitle"),
            (Subject::Sql, "", &unknown, "Book"),
        ] {
            let command = Command {
                sql: "",
                params: &[],
                statement: None,
                row_ids: None,
                writes: true,
                model: name,
                subject,
                goes_on: false,
                caller: Location::caller(),
            };
            let found = model_of_table("book", columns, &command);
            assert_eq!(found.map(|model| model.name), Some(expected));
            assert_eq!(model_of_table("shelf", columns, &command), None);
        }
    }
}

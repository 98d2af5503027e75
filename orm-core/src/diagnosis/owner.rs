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

//! The order in which tables are made: each behind those it points at, as far as there are no cycles.

use orm_core::model::Registration;
use orm_core::schema::RelationSchema;

/// The models, and for each the keys whose table is made only later.
pub(crate) fn in_order<'a>(
    models: &[&'a Registration],
) -> Vec<(&'a Registration, Vec<&'static RelationSchema>)> {
    let mut waiting: Vec<&Registration> = models.to_vec();
    let mut ordered: Vec<(&Registration, Vec<&'static RelationSchema>)> =
        Vec::with_capacity(models.len());
    while !waiting.is_empty() {
        // Without a model that points only at what is made already there is a cycle: its first model
        // goes ahead, and its keys into the cycle are added at the end.
        let next = waiting
            .iter()
            .position(|model| keys(model).all(|key| !is_waiting(key, model, &waiting)))
            .unwrap_or(0);
        let model = waiting.remove(next);
        let late = keys(model)
            .filter(|key| is_waiting(key, model, &waiting))
            .collect();
        ordered.push((model, late));
    }
    ordered
}

/// The keys of a model.
pub(crate) fn keys(model: &Registration) -> impl Iterator<Item = &'static RelationSchema> {
    (model.schema)()
        .fields
        .iter()
        .filter_map(|field| field.relation)
}

fn is_waiting(key: &RelationSchema, from: &Registration, waiting: &[&Registration]) -> bool {
    let target = (key.to)();
    target != (from.schema)() && waiting.iter().any(|model| (model.schema)() == target)
}

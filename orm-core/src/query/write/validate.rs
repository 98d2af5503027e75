//! What is refused before any SQL: texts and decimals that do not fit their column.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::schema::{FieldSchema, ModelSchema};
use crate::value::Value;

/// Checks a value against its column; a decimal gets as many digits behind the point as the column has.
pub(super) fn fit(
    model: &'static ModelSchema,
    field: &'static FieldSchema,
    value: &mut Value,
) -> Result<()> {
    let refuse = |message: String| {
        Err(Error::Validation {
            model: model.name,
            field: field.name,
            message,
        })
    };
    match value {
        Value::Null if !field.nullable && !field.database_fills() => {
            refuse("it cannot be NULL".to_owned())
        }
        Value::Text(text) => match field.options.max_length {
            Some(most) if text.len() > most as usize && text.chars().count() > most as usize => {
                refuse(format!("longer than {most} characters"))
            }
            _ => Ok(()),
        },
        Value::Decimal(decimal) => match (field.options.max_digits, field.options.decimal_places) {
            (None, None) => Ok(()),
            (digits, places) => fit_decimal(decimal, digits, places).or_else(refuse),
        },
        _ => Ok(()),
    }
}

fn fit_decimal(
    value: &mut Decimal,
    digits: Option<u32>,
    places: Option<u32>,
) -> std::result::Result<(), String> {
    let plain = value.normalize();
    if let Some(places) = places.filter(|places| plain.scale() > *places) {
        return Err(format!("more than {places} digits behind the point"));
    }
    if let Some(digits) = digits {
        // The digits before the point must fit beside those that the column has behind it.
        let room = digits.saturating_sub(places.unwrap_or(0));
        let whole = plain.trunc().abs().mantissa();
        let before = whole.checked_ilog10().map_or(0, |log| log + 1);
        if before > room {
            return Err(format!("more than {room} digits before the point"));
        }
    }
    if let Some(places) = places {
        value.rescale(places);
    }
    Ok(())
}
